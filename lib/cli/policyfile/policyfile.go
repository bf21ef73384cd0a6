// Package policyfile reads policies, and tells what of this machine they are
// judged by. It is apart from lib/cli, since few commands need it: what a program
// has in it, it makes ready at each start.
package policyfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"agenttrace/lib/cli"
	"agenttrace/lib/policy"
)

// Context returns what this machine knows that a policy is judged by.
func Context() policy.Context {
	home, _ := os.UserHomeDir()
	return policy.Context{
		Home: home,
		Fold: runtime.GOOS == "darwin" || runtime.GOOS == "windows",
		Real: realPath, Glob: glob,
	}
}

// Load reads a policy file. If name is "", it is the one in dir, if there
// is one; else the policy is nil.
func Load(name, dir string) (file string, p *policy.Policy, err error) {
	if name != "" {
		p, err = read(name)
		return name, p, err
	}
	for _, n := range policy.Names {
		name = filepath.Join(dir, n)
		p, err = read(name)
		if !errors.Is(err, fs.ErrNotExist) {
			return name, p, err
		}
	}
	return "", nil, nil
}

// read reads one file.
func read(name string) (*policy.Policy, error) {
	data, err := cli.ReadConfig(name)
	if err != nil {
		return nil, fmt.Errorf("cannot read the policy: %w", err)
	}
	p, err := policy.Load(name, data)
	if err != nil {
		return nil, fmt.Errorf("cannot use the policy: %w", err)
	}
	return p, nil
}
