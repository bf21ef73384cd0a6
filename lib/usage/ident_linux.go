package usage

import (
	"io/fs"
	"syscall"
)

// identify returns what tells a file.
func identify(info fs.FileInfo) (ident, bool) {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return ident{size: info.Size()}, false
	}
	return ident{uint64(s.Dev), s.Ino, s.Size, s.Mtim.Nano(), s.Ctim.Nano()}, true
}
