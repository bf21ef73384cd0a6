package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"agenttrace/lib/cli"
	"agenttrace/lib/setup"
)

// settingsFile returns the path of the settings for this directory or for all
// projects.
func settingsFile(a setup.Agent, global bool) (string, error) {
	if !global {
		return filepath.FromSlash(a.File), nil
	}
	name := filepath.Base(filepath.FromSlash(a.File))
	if dir := os.Getenv(a.HomeEnv); dir != "" {
		return filepath.Join(dir, name), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("cannot find the home directory: %w", err)
	}
	return filepath.Join(home, filepath.FromSlash(a.HomeDir), name), nil
}

// command returns the at-capture that hooks run. The one that stands beside
// this program is meant; its bare name will do if the PATH leads to it.
func command(c *cli.IO, given string) (string, error) {
	if strings.ContainsAny(given, `/\`) {
		return anchor(given)
	}
	if given != "" {
		return given, nil
	}
	const name = "at-capture"
	found, _ := exec.LookPath(name)
	self, err := os.Executable()
	if err != nil {
		return name, nil
	}
	beside := filepath.Join(filepath.Dir(self), name)
	switch {
	case !sameFile(beside, beside): // there is none
		if found == "" {
			c.Notef("%s is not on the PATH: hooks cannot run it until it is", name)
		}
		return name, nil
	case sameFile(beside, found):
		return name, nil
	}
	return beside, nil
}

func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// anchor makes a path absolute. A hook runs wherever the agent stands at the
// time. A variable that the agent fills in is kept.
func anchor(path string) (string, error) {
	if path == "" || setup.Anchored(path) {
		return path, nil
	}
	return filepath.Abs(path)
}

// edit changes a settings file, and says what it did. what names the change in
// errors.
func edit(c *cli.IO, path, what string, change func([]byte) ([]byte, error)) error {
	trouble := func(err error) error {
		if at := new(setup.Error); errors.As(err, &at) {
			return fmt.Errorf("cannot %s '%s': %s:%w", what, path, path, at)
		}
		return fmt.Errorf("cannot %s '%s': %w", what, path, err)
	}
	target, err := follow(path)
	if err != nil {
		return trouble(err)
	}
	old, mode, err := read(target)
	if err != nil {
		return trouble(err)
	}
	now, err := change(old)
	if err != nil {
		return trouble(err)
	}
	if bytes.Equal(old, now) {
		c.Notef("nothing to do: '%s' is as it should be", path)
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return trouble(err)
	}
	saved := ""
	if old != nil {
		if saved, err = backup(target, old, mode); err != nil {
			return trouble(err)
		}
	}
	if err := replace(target, old, now, mode); err != nil {
		return trouble(err)
	}
	if saved == "" {
		c.Notef("made '%s'", path)
	} else {
		c.Notef("changed '%s'; the file as it was: '%s'", path, saved)
	}
	return nil
}

// follow returns the file that a path leads to, which need not exist: what is
// replaced must be the file, not a link to it.
func follow(path string) (string, error) {
	for range 40 { // as many links as Linux follows
		info, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) {
			return path, nil
		}
		if err != nil {
			return "", err
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			return path, nil
		}
		link, err := os.Readlink(path)
		if err != nil {
			return "", err
		}
		if !filepath.IsAbs(link) {
			dir, err := filepath.EvalSymlinks(filepath.Dir(path))
			if err != nil {
				return "", err
			}
			link = filepath.Join(dir, link)
		}
		path = link
	}
	return "", errors.New("too many links")
}

// read returns the contents and the mode of a file; nil and the mode of a new
// one if there is no such file. Settings may hold secrets.
func read(path string) ([]byte, fs.FileMode, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0o600, nil
	}
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return nil, 0, errors.New("not a regular file")
	}
	b, err := os.ReadFile(path)
	if b == nil {
		b = []byte{}
	}
	return b, info.Mode().Perm(), err
}

// backup keeps the contents of a file beside it under a name that is free, and
// returns that name. An older backup that holds the same is as good.
func backup(path string, b []byte, mode fs.FileMode) (string, error) {
	for n := 1; ; n++ {
		name := path + ".bak"
		if n > 1 {
			name = fmt.Sprintf("%s-%d", name, n)
		}
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if errors.Is(err, fs.ErrExist) {
			if have, err := os.ReadFile(name); err == nil && bytes.Equal(have, b) {
				return name, nil
			}
			continue
		}
		if err != nil {
			return "", err
		}
		_, err = f.Write(b)
		if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
			os.Remove(name)
			return "", err
		}
		return name, nil
	}
}

// replace puts new contents in the place of a file at one stroke, so that the
// agent never reads half of it. It gives up if the file is no longer what it
// was: the agent writes it too.
func replace(path string, old, now []byte, mode fs.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails once it has been renamed
	_, err = f.Write(now)
	if err := errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return err
	}
	if have, _, err := read(path); err != nil || !bytes.Equal(have, old) {
		return errors.Join(err, errors.New("it was changed meanwhile; try again"))
	}
	return os.Rename(f.Name(), path)
}
