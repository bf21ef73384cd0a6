//go:build unix

package store

import (
	"os"
	"syscall"
)

// lock waits for the advisory lock on f, which ends with f. A file system
// without locks is used without them: O_APPEND alone keeps writers apart.
func lock(f *os.File) error { return flock(f, syscall.LOCK_EX) }

// lockShared waits until nobody appends to f.
func lockShared(f *os.File) error { return flock(f, syscall.LOCK_SH) }

func unlock(f *os.File) { flock(f, syscall.LOCK_UN) }

func flock(f *os.File, how int) error {
	for {
		switch err := syscall.Flock(int(f.Fd()), how); err {
		case syscall.EINTR:
		case nil, syscall.ENOTSUP, syscall.ENOSYS, syscall.ENOLCK:
			return nil
		default:
			return err
		}
	}
}
