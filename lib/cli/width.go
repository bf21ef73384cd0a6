package cli

import (
	"os"
	"strconv"

	"golang.org/x/term"
)

// Columns returns the width of the terminal f: $COLUMNS, else what the
// terminal says, else 80. ok is false if f is no terminal: then output has the
// same width wherever it is made.
func Columns(f any) (n int, ok bool) {
	file, isFile := f.(*os.File)
	if !isFile || !IsTerminal(file) {
		return 0, false
	}
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		return n, true
	}
	if n, _, err := term.GetSize(int(file.Fd())); err == nil && n > 0 {
		return n, true
	}
	return 80, true
}
