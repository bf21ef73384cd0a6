package capture

import (
	"errors"

	"agenttrace/lib/capture/claude"
	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// Claude is the name of the agent that is read here without a dialect.Reader:
// its transcripts are taken apart in parallel.
const Claude = "claude"

// A foreign is a reader of another agent's records.
type foreign struct {
	name  string
	begun bool // in this input
	dialect.Reader
}

// readers makes the readers of all agents.
func (c *Capture) readers() []foreign {
	list := make([]foreign, len(Agents))
	for i, a := range Agents {
		sink := &dialect.Sink{Emit: c.Emit, All: c.All, Origin: c.origin(a.Name)}
		list[i] = foreign{name: a.Name, Reader: a.New(sink)}
	}
	return list
}

// origin returns Origin for the sessions of an agent.
func (c *Capture) origin(agent string) claude.Origin {
	return func(cwd string, o *event.Object) {
		if c.Origin != nil {
			c.Origin(agent, cwd, o)
		}
	}
}

// surely reports whether a record that may be a line of Claude's transcripts
// is nothing else: no other agent's need be asked.
func surely(r *record.Record) bool {
	return r.Has("parentUuid") || r.Has("sessionId") || r.Has("leafUuid") || r.Has("isSidechain") || r.Has("snapshot")
}

// find returns the reader of the record in c.rec, nil if it is Claude's or
// nobody's. The one of the record before it is asked first.
func (c *Capture) find() *foreign {
	if c.file.Agent == Claude {
		return nil
	}
	if c.current != nil && c.current.Is(&c.rec) {
		return c.current
	}
	sure := claude.IsTranscript(&c.rec) && surely(&c.rec)
	for i := range c.others {
		f := &c.others[i]
		if c.file.Agent == f.name || c.file.Agent == "" && !sure && f.Is(&c.rec) {
			return f
		}
	}
	return nil
}

// foreign makes the events of the record in c.rec, which was told at a time, if
// it is another agent's.
func (c *Capture) foreign(line int, nano int64) (taken bool, err error) {
	f := c.find()
	if f == nil {
		return false, nil
	}
	c.current, c.mixed = f, true
	if !f.begun {
		f.begun = true
		f.Begin(dialect.File{Name: c.file.Name, Session: c.file.Session})
	}
	raw := c.rec.Raw
	err = f.Take(&c.rec, nano)
	var p dialect.Problem
	switch {
	case err == dialect.ErrNoSession:
		c.problem(line, err.Error(), raw)
		err = nil
	case errors.As(err, &p):
		c.problem(line, err.Error(), raw)
		err = nil
	}
	return true, err
}

// endForeign ends the input for the readers that had a part in it.
func (c *Capture) endForeign() error {
	var errs []error
	for i := range c.others {
		if f := &c.others[i]; f.begun {
			errs = append(errs, f.End())
			f.begun = false
		}
	}
	c.current = nil
	return errors.Join(errs...)
}
