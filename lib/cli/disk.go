package cli

import (
	"fmt"
	"os"
)

// IsDir reports whether there is a directory.
func IsDir(p string) bool {
	info, err := os.Stat(p)
	return err == nil && info.IsDir()
}

// maxConfig is the size of a policy or rules file that is read, in bytes.
const maxConfig = 16 << 20

// ReadConfig reads a configuration file of a sensible size.
func ReadConfig(name string) ([]byte, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, fmt.Errorf("%s is a directory", name)
	case info.Size() > maxConfig:
		return nil, fmt.Errorf("%s is too large", name)
	}
	return os.ReadFile(name)
}
