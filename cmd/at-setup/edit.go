package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"agenttrace/lib/cli"
	"agenttrace/lib/setup"
)

// An edit is a change of a file.
type edit struct {
	path   string
	what   string // names the change in errors: merge into
	change func(text []byte) ([]byte, error)
	undo   bool                   // it takes out what was put in before
	idle   func(text []byte) bool // with undo: nothing is left that somebody would miss
}

// run makes the change and says what it did. It reports whether it did
// anything. A file that is not as it should be is left as it was.
func (e edit) run(c *cli.IO) (changed bool, err error) {
	trouble := func(err error) (bool, error) {
		if at := new(setup.Error); errors.As(err, &at) {
			return false, fmt.Errorf("cannot %s '%s': %s:%w", e.what, e.path, e.path, at)
		}
		return false, fmt.Errorf("cannot %s '%s': %w", e.what, e.path, err)
	}
	target, err := follow(e.path)
	if err != nil {
		return trouble(err)
	}
	old, mode, err := read(target)
	if err != nil {
		return trouble(err)
	}
	if old == nil && e.undo {
		return false, nil
	}
	now, err := e.change(old)
	if err != nil {
		return trouble(err)
	}
	if bytes.Equal(old, now) {
		return false, nil
	}
	if e.undo {
		var kept bool
		now, kept = e.restored(target, now)
		if now == nil || !kept && target == e.path && e.idle(now) {
			if err := os.Remove(target); err != nil {
				return trouble(err)
			}
			c.Notef("removed '%s'", e.path)
			return true, nil
		}
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
		c.Notef("made '%s'", e.path)
	} else {
		c.Notef("changed '%s'; the file as it was: '%s'", e.path, saved)
	}
	return true, nil
}

// restored returns the backup that means the same as the text, so that the file
// becomes what it was to the byte; the text itself if there is none. kept
// reports whether there are backups, that is, whether the file was there before
// anything was put in.
func (e edit) restored(target string, now []byte) (text []byte, kept bool) {
	for n := 1; ; n++ {
		b, err := os.ReadFile(backupName(target, n))
		if errors.Is(err, fs.ErrNotExist) {
			return now, n > 1
		}
		if err != nil || now == nil {
			continue
		}
		clean, err := e.change(b)
		if err == nil && bytes.Equal(clean, b) && setup.Same(target, b, now) {
			return b, true
		}
	}
}

func backupName(path string, n int) string {
	if n == 1 {
		return path + ".bak"
	}
	return fmt.Sprintf("%s.bak-%d", path, n)
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
		name := backupName(path, n)
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

// replace puts new contents in the place of a file, so that the agent never reads
// half of it. It gives up if the file is no longer what it was: the agent writes
// it too.
func replace(path string, old, now []byte, mode fs.FileMode) error {
	return cli.ReplaceFile(path, now, mode, func() error {
		have, _, err := read(path)
		if err != nil || !bytes.Equal(have, old) {
			return errors.Join(err, errors.New("it was changed meanwhile; try again"))
		}
		return nil
	})
}
