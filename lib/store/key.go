package store

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// keyFile holds the key of the tags in replacements. A session cannot have
// this name.
const keyFile = ".redact-key"

// keySize is the length of a key that is made here, in bytes.
const keySize = 32

// Key returns the key of the store, under which at-redact and at-mask make the
// tags by which equal texts are recognised. It is made if there is none.
func (s *Store) Key() ([]byte, error) {
	key, err := readKey(filepath.Join(s.dir, keyFile))
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	root, err := s.root(true)
	if err != nil {
		return nil, err
	}
	root.Close()
	return KeyIn(filepath.Join(s.dir, keyFile))
}

// KeyIn returns the key in a file, which is made, for its owner alone, if it
// is not there. Of several processes that make it at once, all get the key of
// one.
func KeyIn(path string) ([]byte, error) {
	key, err := readKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	var fresh [keySize]byte
	rand.Read(fresh[:])
	f, err := os.CreateTemp(filepath.Dir(path), ".redact-key-*") // 0600
	if err != nil {
		return nil, fmt.Errorf("cannot make a key: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(hex.EncodeToString(fresh[:]) + "\n")
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("cannot make a key: %w", err)
	}
	if err = os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		// A file system without links: a rename may replace the key of a
		// process that makes one in this very moment.
		if err = os.Rename(f.Name(), path); err != nil {
			return nil, fmt.Errorf("cannot make a key: %w", err)
		}
	}
	return readKey(path)
}

// readKey reads a key: its hex digits, or any other text of 16 bytes or more.
func readKey(path string) ([]byte, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the key: %w", err)
	}
	b = bytes.TrimSpace(b)
	if len(b) < 16 {
		return nil, fmt.Errorf("cannot use the key in %s: %d bytes, want 16 or more", path, len(b))
	}
	if raw, err := hex.DecodeString(string(b)); err == nil && len(raw) >= 16 {
		return raw, nil
	}
	return b, nil
}
