//go:build !unix

package store

import "os"

// Without advisory locks, appending in one write is what keeps lines apart.
func lock(*os.File) error       { return nil }
func lockShared(*os.File) error { return nil }
func unlock(*os.File)           {}
