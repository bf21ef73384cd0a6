package phase

import (
	"bytes"
	"hash/maphash"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
)

// attempts knows the calls of a session that have no outcome yet, and which
// attempts failed when they were last made.
type attempts struct {
	running map[uint64]*call // by the hashes of event_id and tool_use_id
	order   []*running
	failed  map[uint64]struct{} // by intent
	wasted  spans
}

// running is a call that has no outcome yet, and where it is found.
type running struct {
	call *call
	ids  [2]uint64
}

// maxRunning is how many calls without an outcome are remembered for a
// session. More do not run at once; the outcomes of the first are lost.
const maxRunning = 1024

// begin takes a call and says whether it is a retry. It returns false if the
// call is known already: the event is there twice.
func (a *attempts) begin(c *call, ids [2]uint64) bool {
	if ids[0] != 0 && a.running[ids[0]] != nil {
		return false
	}
	if a.running == nil {
		a.running = map[uint64]*call{}
	}
	_, c.retry = a.failed[c.intent]
	for _, id := range ids {
		if id != 0 {
			a.running[id] = c
		}
	}
	a.order = append(a.order, &running{c, ids})
	if len(a.order) >= 2*maxRunning {
		a.forget()
	}
	return true
}

// forget drops what is done, and what is too old to get an outcome.
func (a *attempts) forget() {
	keep := a.order[:0]
	for i, r := range a.order {
		if !r.call.done && i >= len(a.order)-maxRunning {
			keep = append(keep, r)
			continue
		}
		for _, id := range r.ids {
			if a.running[id] == r.call {
				delete(a.running, id)
			}
		}
	}
	clear(a.order[len(keep):])
	a.order = keep
}

// outcome is what a tool_result or error says.
type outcome struct {
	failed bool
	broken bool // the user stopped it: nobody knows what would have come of it
	loose  bool // it is no call's: the model's API failed
	name   string
	link   uint64
}

func readOutcome(e event.Event) outcome {
	o := outcome{failed: e.Is("error")}
	kind := ""
	event.Fields(e.DataRaw(), func(k, v []byte) bool {
		switch string(k) {
		case "kind":
			kind = unquote(v)
		case "tool_name":
			o.name = unquote(v)
		case "tool_use_id", "request_id":
			if o.link == 0 || string(k) == "tool_use_id" {
				o.link = hashRaw(v)
			}
		case "is_error":
			o.failed = o.failed || string(v) == "true"
		case "exit_code":
			o.failed = o.failed || string(v) != "0" && v[0] != '"' && v[0] != 'n'
		case "is_interrupt":
			o.broken = o.broken || string(v) == "true"
		case "error":
			o.broken = o.broken || refused(v)
		}
		return true
	})
	o.loose = o.failed && (kind == "api" || o.name == "" && o.link == 0 && len(e.ParentRaw()) == 0)
	if o.broken {
		o.failed = false
	}
	return o
}

// refused reports whether an error says that the user did not let the call
// run, or stopped it, in the words of Claude Code's transcripts, which have no
// other sign of it.
func refused(raw []byte) bool {
	return bytes.HasPrefix(raw, []byte(`"The user doesn't want to proceed with this tool use`)) ||
		bytes.HasPrefix(raw, []byte(`"[Request interrupted by user`))
}

// answered returns the call that an outcome belongs to, nil if it is not
// known. Without any id, it is the only call of its tool that still runs.
func (a *attempts) answered(parent uint64, o outcome) *call {
	for _, id := range []uint64{parent, o.link} {
		if c := a.running[id]; id != 0 && c != nil && !c.done {
			return c
		}
	}
	if parent != 0 || o.link != 0 || o.name == "" {
		return nil
	}
	var only *call
	for _, r := range a.order {
		if r.call.done || r.call.name != o.name {
			continue
		}
		if only != nil {
			return nil
		}
		only = r.call
	}
	return only
}

// settle notes the outcome of a call for those that try the same after it.
func (a *attempts) settle(c *call, o outcome) {
	c.done, c.failed, c.broken = true, o.failed, o.broken
	switch {
	case o.failed:
		if a.failed == nil {
			a.failed = map[uint64]struct{}{}
		}
		a.failed[c.intent] = struct{}{}
	case !o.broken && len(a.failed) > 0:
		delete(a.failed, c.intent)
	}
	for len(a.order) > 0 && a.order[0].call.done {
		for _, id := range a.order[0].ids {
			if a.running[id] == a.order[0].call {
				delete(a.running, id)
			}
		}
		a.order = a.order[1:]
	}
}

// spans is a set of times, as intervals that do not touch, in order. Only the
// last ones are kept: attempts end about in the order of the stream.
type spans []struct{ from, to int64 }

const maxSpans = 64

// add adds the time from from to to and returns how much of it is new.
func (s *spans) add(from, to int64) (added int64) {
	if to <= from {
		return 0
	}
	list := *s
	i := len(list)
	for i > 0 && list[i-1].to >= from {
		i--
	}
	j := i
	added = to - from
	at, end := from, to
	for j < len(list) && list[j].from <= to {
		added -= min(list[j].to, to) - max(list[j].from, from)
		at, end = min(at, list[j].from), max(end, list[j].to)
		j++
	}
	rest := append(spans(nil), list[j:]...)
	list = append(list[:i], struct{ from, to int64 }{at, end})
	list = append(list, rest...)
	if len(list) > maxSpans {
		list = append(list[:0], list[len(list)-maxSpans:]...)
	}
	*s = list
	return added
}

var seed = maphash.MakeSeed()

// hash returns a number for a text, never 0. It is compared within a process
// only.
func hash(s string) uint64 { return maphash.String(seed, s) | 1 }

// hashRaw is hash for a JSON value, 0 for none.
func hashRaw(raw []byte) uint64 {
	if len(raw) < 3 && (len(raw) == 0 || raw[0] == '"') || string(raw) == "null" {
		return 0
	}
	return maphash.Bytes(seed, raw) | 1
}

func unquote(v []byte) string {
	if len(v) < 2 || v[0] != '"' {
		return ""
	}
	return gjson.ParseBytes(v).String()
}

// shorten cuts a text that is kept for the titles and commands of records.
func shorten(s string) string {
	if len(s) <= maxCommand {
		return s
	}
	n := maxCommand
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n] + "…"
}

// Failed reports whether a tool_result or error says that the attempt failed.
// One that the user stopped or refused did not.
func Failed(e event.Event) bool {
	o := readOutcome(e)
	return o.failed && !o.loose
}
