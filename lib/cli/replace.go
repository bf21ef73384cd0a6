package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// ReplaceFile puts a file in the place of another at one stroke, so that nobody
// reads half of it. check, if it is not nil, is asked just before whether that is
// still wanted: its error keeps the file that is there.
func ReplaceFile(name string, data []byte, mode fs.FileMode, check func() error) error {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails once it has been renamed
	_, err = f.Write(data)
	if err := errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return err
	}
	if check != nil {
		if err := check(); err != nil {
			return err
		}
	}
	return os.Rename(f.Name(), name)
}
