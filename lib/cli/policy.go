package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"agenttrace/lib/policy"
)

// PolicyContext returns what this machine knows that a policy is judged by.
func PolicyContext() policy.Context {
	home, _ := os.UserHomeDir()
	return policy.Context{
		Home: home,
		Fold: runtime.GOOS == "darwin" || runtime.GOOS == "windows",
		Real: RealPath, Glob: Glob,
	}
}

// LoadPolicy reads a policy file. If name is "", it is the one in dir, if there
// is one; else the policy is nil.
func LoadPolicy(name, dir string) (file string, p *policy.Policy, err error) {
	if name != "" {
		p, err = readPolicy(name)
		return name, p, err
	}
	for _, n := range policy.Names {
		name = filepath.Join(dir, n)
		p, err = readPolicy(name)
		if !errors.Is(err, fs.ErrNotExist) {
			return name, p, err
		}
	}
	return "", nil, nil
}

// maxConfig is the size of a policy or rules file that is read, in bytes.
const maxConfig = 16 << 20

// readPolicy reads one file.
func readPolicy(name string) (*policy.Policy, error) {
	data, err := ReadConfig(name)
	if err != nil {
		return nil, fmt.Errorf("cannot read the policy: %w", err)
	}
	p, err := policy.Load(name, data)
	if err != nil {
		return nil, fmt.Errorf("cannot use the policy: %w", err)
	}
	return p, nil
}

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
