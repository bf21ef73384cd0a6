package shadow

import (
	"cmp"
	"path"
	"slices"
	"strings"
	"sync"
)

// A Tree is the files there are now. Its methods may be called from several
// goroutines.
type Tree struct {
	s       *Scanner
	mu      sync.Mutex
	signs   map[string]sign // of an agent and what it is
	servers []Server
	ends    []treeEnd
	odd     []string // configurations of MCP that cannot be read
}

type sign struct {
	agent   int
	what    string
	ignored bool
}

type treeEnd struct {
	endpoint
	file string
}

// NewTree returns a Tree without files.
func (s *Scanner) NewTree() *Tree { return &Tree{s: s, signs: map[string]sign{}} }

// Name notes a file, or a directory with a slash at its end. ignored says that
// git does not keep it. It reports whether the file is to be opened and handed
// to File: of what is ignored, only what belongs to an agent, and environments.
func (t *Tree) Name(name string, ignored bool) (open bool) {
	t.s.signals.find(name, func(agent int, what string) {
		open = true
		key := agents[agent].ID + " " + what
		t.mu.Lock()
		if old, ok := t.signs[key]; !ok || old.ignored && !ignored {
			t.signs[key] = sign{agent, what, ignored}
		}
		t.mu.Unlock()
	})
	if strings.HasSuffix(name, "/") {
		return open
	}
	base := lower(path.Base(name))
	return open || !ignored || strings.HasPrefix(base, ".env") || strings.HasSuffix(base, ".env") || strings.Contains(base, "mcp")
}

// File looks into a file.
func (t *Tree) File(name string, data []byte) {
	if binary(data) {
		return
	}
	ends := t.s.endpoints(data, nil)
	var servers []Server
	ok := true
	if isConfig(name, data) {
		servers, ok = t.s.servers(name, data, nil)
	}
	if len(ends) == 0 && len(servers) == 0 && ok {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, e := range ends {
		t.ends = append(t.ends, treeEnd{e, name})
	}
	t.servers = append(t.servers, servers...)
	if !ok {
		t.odd = append(t.odd, name)
	}
}

// Unread returns the configurations of MCP that could not be read, sorted.
func (t *Tree) Unread() []string {
	slices.Sort(t.odd)
	return t.odd
}

// sort brings what several goroutines found into one order.
func (t *Tree) sort() {
	slices.SortFunc(t.servers, func(a, b Server) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Name, b.Name))
	})
	slices.SortFunc(t.ends, func(a, b treeEnd) int {
		return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.line, b.line), cmp.Compare(a.host, b.host))
	})
}
