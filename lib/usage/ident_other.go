//go:build !linux && !darwin

package usage

import "io/fs"

// identify cannot tell files apart here: nothing is remembered.
func identify(info fs.FileInfo) (ident, bool) { return ident{size: info.Size()}, false }
