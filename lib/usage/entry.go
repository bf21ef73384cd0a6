package usage

import (
	"os"
	"path"
	"strings"
	"time"

	"agenttrace/lib/capture/claude"
	"agenttrace/lib/find"
)

// A kind says what a file is.
type kind byte

const (
	unknown    kind = iota
	transcript      // of Claude Code, and nothing else
	mixed           // found as a transcript, and holds more
	other           // no agent's
)

// An entry is what is known of a file.
type entry struct {
	path      string // below the root, with slashes
	kind      kind
	id        ident // as it was read; its size is how much was
	sure      bool  // a change would show in id
	sum       uint32
	file      find.File
	child     ident // of the file beside it that tells of the subagent
	resume    claude.Resume
	resumable bool
	steps     []byte
	silent    bool // a session in it has no usage: what it cost must be estimated
	answers   bool // it tells usage, or where it is told
	problems  []problem
	keys      []byte // of the answers, 8 bytes each
	short     []byte // the steps once more, with bundles; nil if there are none

	root   *folder
	keep   bool   // to be remembered
	stale  bool   // it must be read
	looked bool   // file is what it is now
	fresh  bool   // it was read in this run
	work   int64  // bytes that were read of it in this run
	use    []byte // the steps that are gone through: all, or the short ones
	failed error
}

// childPath is where it is told which subagent a transcript is of.
func childPath(p string) string { return strings.TrimSuffix(p, ".jsonl") + ".meta.json" }

// isSubagent reports whether a transcript is one by its name.
func isSubagent(p string) bool { return strings.HasPrefix(path.Base(p), "agent-") }

// look finds out what the file's head, name and neighbour tell.
func (x *entry) look(root string) error {
	if x.looked {
		return nil
	}
	t, err := claude.Look(os.DirFS(root), x.path)
	if err != nil {
		return err
	}
	before := x.file
	x.file = find.Transcript(t)
	if before.Child != x.file.Child || before.Session != x.file.Session {
		x.resumable = false
	}
	x.looked = true
	return nil
}

// set writes an entry.
func (e *encoder) entry(x *entry) {
	e.text(path.Dir(x.path))
	e.string(path.Base(x.path))
	e.uint(uint64(x.kind))
	e.ident(x.id)
	e.bool(x.sure)
	if x.kind == other {
		return
	}
	e.uint(uint64(x.sum))
	e.text(x.file.Session)
	e.time(x.file.Began)
	c := &x.file.Child
	e.bool(c.Agent != "")
	if c.Agent != "" {
		for _, v := range []string{c.Agent, c.Parent, c.Type, c.Description, c.ToolUseID} {
			e.string(v)
		}
		e.ident(x.child)
	}
	if x.kind != transcript {
		return
	}
	e.bool(x.silent)
	e.bool(x.answers)
	e.bool(x.resumable)
	if r := &x.resume; x.resumable {
		e.uint(uint64(r.Off))
		e.uint(uint64(r.Line))
		e.uint(uint64(r.Given))
		e.text(r.Session)
		e.bool(r.HasTime)
		e.int(r.Nano)
	}
	e.uint(uint64(len(x.problems)))
	for _, p := range x.problems {
		e.uint(uint64(p.line))
		e.string(p.msg)
	}
	e.bytes(x.steps)
	e.bytes(x.keys)
	e.bytes(x.short)
}

func (e *encoder) bool(v bool) {
	n := uint64(0)
	if v {
		n = 1
	}
	e.uint(n)
}

func (e *encoder) ident(id ident) {
	e.uint(id.dev)
	e.uint(id.ino)
	e.int(id.size)
	e.int(id.changed)
	e.int(id.moved)
}

func (e *encoder) time(t time.Time) {
	e.bool(!t.IsZero())
	if !t.IsZero() {
		e.int(t.UnixNano())
	}
}

// entry reads an entry.
func (d *decoder) entry() *entry {
	x := &entry{}
	dir := d.text()
	x.path = path.Join(dir, string(d.bytes()))
	x.kind = kind(d.uint())
	x.id = d.ident()
	x.sure = d.uint() == 1
	if x.kind == other {
		return x
	}
	x.sum = uint32(d.uint())
	x.file.Session = d.text()
	if d.uint() == 1 {
		x.file.Began = time.Unix(0, d.int()).UTC()
	}
	if d.uint() == 1 {
		c := &x.file.Child
		for _, v := range []*string{&c.Agent, &c.Parent, &c.Type, &c.Description, &c.ToolUseID} {
			*v = string(d.bytes())
		}
		x.child = d.ident()
	}
	if x.kind != transcript {
		return x
	}
	x.silent, x.answers = d.uint() == 1, d.uint() == 1
	if x.resumable = d.uint() == 1; x.resumable {
		r := &x.resume
		r.Off, r.Line, r.Given = int64(d.uint()), int(d.uint()), int(d.uint())
		r.Session, r.HasTime, r.Nano = d.text(), d.uint() == 1, d.int()
	}
	for n := d.uint(); n > 0 && !d.bad; n-- {
		x.problems = append(x.problems, problem{int(d.uint()), string(d.bytes())})
	}
	x.steps, x.keys, x.short = d.bytes(), d.bytes(), d.bytes()
	if r := &x.resume; r.Off < 0 || r.Off > x.id.size || r.Given < 0 || r.Given > len(x.steps) || x.kind > other {
		d.bad = true
	}
	return x
}

func (d *decoder) ident() ident {
	return ident{d.uint(), d.uint(), d.int(), d.int(), d.int()}
}
