package payload

import (
	"strconv"

	"agenttrace/lib/event"
	"agenttrace/lib/tool"
)

// Calls gives calls and their outcomes ids that do not depend on an id of the
// agent's, so that a source that has one and a source that has none say the
// same: the id is made of the tool, its arguments, and which of the session's
// equal calls it is. Outcomes without an id go to equal calls first in, first
// out. Each source of a session has Calls of its own.
type Calls struct {
	equal  map[string]*equal
	native map[string]*Call // by session and the agent's own id
}

// equal counts equal calls and their outcomes.
type equal struct {
	calls, outcomes int
	open            []*Call
}

// A Call is what is known of a call.
type Call struct {
	ID      string // of the tool_call
	Outcome string // of the tool_result or error
	Name    string
	Nano    int64
	Timed   bool
	Done    bool // its outcome was told
}

// ids returns the ids of the nth of the session's equal calls. A second one
// has the id that the reader of the store gives to what is told again later.
func ids(session, what string, nth int) (call, outcome string) {
	call, outcome = event.ID(session, "tool_call", what), event.ID(session, "tool_result", what)
	if nth > 1 {
		n := strconv.Itoa(nth)
		call, outcome = event.ID(session, "repeat", call, n), event.ID(session, "repeat", outcome, n)
	}
	return call, outcome
}

// what is by what calls are equal.
func what(name string, args []byte) string {
	if len(args) == 0 {
		return name + "\x00"
	}
	return name + "\x00" + string(tool.Canonical(args))
}

func (c *Calls) of(session, what string) *equal {
	if c.equal == nil {
		c.equal = map[string]*equal{}
		c.native = map[string]*Call{}
	}
	key := event.ID(session, "", what) // arguments may be large
	e := c.equal[key]
	if e == nil {
		e = &equal{}
		c.equal[key] = e
	}
	return e
}

// Begin notes a call. native is the agent's own id of it, "" if there is none.
// isNew is false if the call with this id was told before.
func (c *Calls) Begin(session, native, name string, args []byte) (call *Call, isNew bool) {
	w := what(name, args)
	e := c.of(session, w)
	key := session + "\x00" + native
	if native != "" {
		if call = c.native[key]; call != nil {
			return call, false
		}
	}
	e.calls++
	call = &Call{Name: name}
	call.ID, call.Outcome = ids(session, w, e.calls)
	if native != "" {
		c.native[key] = call
	} else {
		e.open = append(e.open, call)
	}
	return call, true
}

// Known returns the call with an id of the agent's own, nil if none was told.
func (c *Calls) Known(session, native string) *Call {
	if native == "" {
		return nil
	}
	return c.native[session+"\x00"+native]
}

// End returns the call of an outcome; of one that was not told, what its ids
// are if it was the first that was not.
func (c *Calls) End(session, native, name string, args []byte) *Call {
	if call := c.Known(session, native); call != nil {
		return call
	}
	w := what(name, args)
	e := c.of(session, w)
	e.outcomes++
	if len(e.open) > 0 {
		call := e.open[0]
		e.open = e.open[1:]
		return call
	}
	call := &Call{Name: name}
	call.ID, call.Outcome = ids(session, w, max(e.outcomes, e.calls))
	return call
}

// At notes when a call began.
func (c *Call) At(nano int64) { c.Nano, c.Timed = nano, true }

// Took returns how long the call took if its outcome came at a time, nil if
// that is not known.
func (c *Call) Took(nano int64, timed bool) *int64 {
	if !c.Timed || !timed || nano < c.Nano {
		return nil
	}
	ns := nano - c.Nano
	return &ns
}
