package store

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// spliced moves a part of f into w without a copy through this process, where
// w is a pipe. It reports how much it moved: 0 where w is none.
func spliced(w io.Writer, f *os.File, from, to int64) int64 {
	out, ok := w.(*os.File)
	if !ok {
		return 0
	}
	info, err := out.Stat()
	if err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		return 0
	}
	// A larger pipe means fewer turns; the reader's size is the limit.
	unix.FcntlInt(out.Fd(), unix.F_SETPIPE_SZ, 1<<20)
	at := from
	for at < to {
		n, err := unix.Splice(int(f.Fd()), &at, int(out.Fd()), nil, int(min(to-at, 1<<20)), 0)
		if err == unix.EINTR || err == unix.EAGAIN {
			continue
		}
		if err != nil || n == 0 {
			break // write says what is wrong, also that the reader is gone
		}
	}
	return at - from
}
