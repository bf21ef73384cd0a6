package store

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// TestKey checks that processes that make the key at once all get the same.
func TestKey(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "traces")
	keys := make([]string, 20)
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() {
			key, err := At(dir).Key()
			if err != nil {
				t.Error(err)
			}
			keys[i] = string(key)
		})
	}
	wg.Wait()
	for _, k := range keys {
		if k != keys[0] || len(k) != keySize {
			t.Fatalf("keys differ: %x and %x", k, keys[0])
		}
	}
	info, err := os.Stat(filepath.Join(dir, keyFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".redact-key-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if list, err := At(dir).Sessions(); len(list) > 0 || err != nil {
		t.Errorf("the key is taken for a session: %v, %v", list, err)
	}
}

func TestBadKey(t *testing.T) {
	name := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(name, []byte("short\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := KeyIn(name); err == nil {
		t.Error("a short key was taken")
	}
	if _, err := KeyIn(filepath.Join(name, "below")); err == nil {
		t.Error("a key below a file")
	}
}
