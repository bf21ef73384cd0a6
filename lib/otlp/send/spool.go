package send

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"agenttrace/lib/otlp"
)

// A Spool keeps requests in a folder until they are delivered: one file each, so
// that what was not sent when the program was stopped is sent when it runs again.
// One program may use a folder at a time. The methods may be called from several
// goroutines.
type Spool struct {
	Dir string
	Max int64 // bytes

	mu   sync.Mutex
	size int64
	list []string // names, oldest first
	next int
}

// ErrFull is returned by Put if there is no room.
var ErrFull = errors.New("the spool is full")

// OpenSpool opens a folder, which is made if it is not there.
func OpenSpool(dir string, limit int64) (*Spool, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	s := &Spool{Dir: dir, Max: limit}
	entries, err := os.ReadDir(dir) // sorted by name
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".new-") {
			os.Remove(filepath.Join(dir, name)) // was never whole
			continue
		}
		var n int
		if _, _, ok := spoolName(name, &n); !ok {
			continue
		}
		if info, err := e.Info(); err == nil {
			s.size += info.Size()
			s.list = append(s.list, name)
			s.next = max(s.next, n+1)
		}
	}
	return s, nil
}

// spoolName reads the name of a file: 000000012345-traces.pb.
func spoolName(name string, n *int) (string, otlp.Signal, bool) {
	number, rest, ok := strings.Cut(name, "-")
	if !ok || len(number) != 12 {
		return "", 0, false
	}
	if _, err := fmt.Sscanf(number, "%012d", n); err != nil {
		return "", 0, false
	}
	for _, sig := range otlp.Signals {
		if rest == sig.String()+".pb" {
			return number, sig, true
		}
	}
	return "", 0, false
}

// Len returns the number of requests.
func (s *Spool) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.list)
}

// Put adds a batch at the end.
func (s *Spool) Put(b *otlp.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	size := int64(b.Size())
	if s.size+size > s.Max {
		return ErrFull
	}
	name := fmt.Sprintf("%012d-%s.pb", s.next, b.Signal)
	temp := filepath.Join(s.Dir, ".new-"+name)
	if err := os.WriteFile(temp, b.AppendProtobuf(make([]byte, 0, size)), 0o600); err != nil {
		os.Remove(temp)
		return err
	}
	if err := os.Rename(temp, filepath.Join(s.Dir, name)); err != nil {
		return err
	}
	s.next++
	s.size += size
	s.list = append(s.list, name)
	return nil
}

// First returns the oldest request, which stays until Remove. It is nil if there
// is none.
func (s *Spool) First() (name string, list []*otlp.Batch, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.list) > 0 {
		name = s.list[0]
		var n int
		_, sig, _ := spoolName(name, &n)
		b, err := os.ReadFile(filepath.Join(s.Dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			s.list = s.list[1:]
			continue
		}
		if err != nil {
			return name, nil, err
		}
		list, err = otlp.Requests(sig, b)
		return name, list, err
	}
	return "", nil, nil
}

// Remove forgets a request.
func (s *Spool) Remove(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path := filepath.Join(s.Dir, name)
	if info, err := os.Stat(path); err == nil {
		s.size -= info.Size()
	}
	os.Remove(path)
	if i := slices.Index(s.list, name); i >= 0 {
		s.list = slices.Delete(s.list, i, i+1)
	}
}
