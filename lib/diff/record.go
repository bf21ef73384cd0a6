package diff

import (
	"fmt"
	"maps"
	"slices"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
	"agenttrace/lib/session"
)

// Kind is the event_type of the records of this package.
const Kind = "diff"

// Record appends the diff record to dst, without a newline. It is about B: its
// time is that of the divergence's event there, and so is its parent.
func (r *Result) Record(dst []byte) []byte {
	var o event.Object
	a, b := r.Numbers()
	o.Str("base_session_id", r.A.ID)
	o.True("differs", r.Differs()).True("identical", r.Identical())
	o.Raw("divergence", r.Diverged.json()).Raw("told", r.Told.json())
	if r.Differs() {
		o.Int("common_phases", int64(r.Common))
		o.Raw("phases", array(r.Phases, func(p PhasePair) []byte { return p.json() }))
	}
	list := func(key string, l []string) {
		if len(l) == 0 {
			o.Raw(key, []byte("[]"))
		}
		o.Strs(key, l)
	}
	list("tools_added", only(b.Tools, a.Tools))
	list("tools_removed", only(a.Tools, b.Tools))
	list("files_added", only(b.Written, a.Written))
	list("files_removed", only(a.Written, b.Written))
	o.Raw("base", r.A.json(a)).Raw("session", r.B.json(b))
	if same, known := r.SameTask(); known {
		o.True("same_task", same)
	}
	v, reasons := r.Verdict()
	o.Str("outcome", string(v)).Strs("reasons", seenFromB(reasons))
	h := event.Header{Type: Kind, ID: event.ID(r.B.ID, Kind, r.A.ID, r.A.File, r.B.File), Session: r.B.ID}
	if r.A.ID != r.B.ID {
		h.ID = event.ID(r.B.ID, Kind, r.A.ID) // whatever files they were read from
	}
	if r.Diverged != nil {
		h.Parent = r.Diverged.B.ID
	}
	sum := r.B.fold.Summary()
	h.UnixNano, h.Untimed = sum.EndedAt, !sum.Timed
	return event.Append(dst, h, o.Bytes())
}

func array[T any](list []T, one func(T) []byte) []byte {
	b := []byte{'['}
	for i, x := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, one(x)...)
	}
	return append(b, ']')
}

func (d *Divergence) json() []byte {
	if d == nil {
		return nil
	}
	at := func(a At) []byte {
		if a.Event == 0 {
			return nil
		}
		var o event.Object
		o.Int("event", int64(a.Event)).Int("phase", int64(a.Phase)).Str("event_id", a.ID).Str("text", a.Title)
		if d.Kind == KindOutcome {
			o.True("failed", a.Failed)
		}
		return o.Bytes()
	}
	var o event.Object
	o.Str("kind", string(d.Kind)).Raw("base", at(d.A)).Raw("session", at(d.B))
	return o.Bytes()
}

func (p *PhasePair) json() []byte {
	list := func(steps []Step) []byte {
		return array(steps, func(s Step) []byte {
			var o event.Object
			o.Str("step", s.Text).Int("event", int64(s.Event)).Int("times", int64(s.Times)).Count("other_times", int64(s.Other))
			return o.Bytes()
		})
	}
	one := func(ph *Phase, only, failed []Step) []byte {
		if ph == nil {
			return nil
		}
		var o event.Object
		o.Int("number", int64(ph.Number)).Text("title", ph.Title).Str("intent", ph.Intent).True("failed", ph.Failed)
		o.Int("first", int64(ph.First)).Int("last", int64(ph.Last))
		o.Raw("only", list(only))
		if failed != nil {
			o.Raw("failed_only", list(failed))
		}
		return o.Bytes()
	}
	var o event.Object
	o.Raw("base", one(p.A, p.OnlyA, p.FailedA)).Raw("session", one(p.B, p.OnlyB, p.FailedB)).Strs("moved", p.Moved)
	return o.Bytes()
}

// json returns the numbers of a side.
func (s *Session) json(n Numbers) []byte {
	var o event.Object
	o.Int("events", int64(n.Events))
	if n.Timed {
		o.Millis("duration_ms", n.Duration)
	}
	o.Int("tool_calls", int64(n.ToolCalls)).Int("errors", int64(n.Errors)).Int("retries", int64(n.Retries))
	o.Int("redundant_reads", int64(n.Redundant)).Int("context_resets", int64(n.Resets))
	o.Int("files_modified", int64(len(n.Written)))
	if n.Counted {
		o.Raw("tokens", tokens(s.fold.Summary().Tokens))
	}
	if n.Priced || n.AtLeast {
		o.Int("cost_usd_nano", n.Cost)
	}
	o.True("cost_at_least", n.AtLeast)
	if len(s.scores) > 0 {
		o.Raw("scores", array(slices.Sorted(maps.Keys(s.scores)), s.scoreJSON))
	}
	if n.Scored {
		o.Int("scores_passed", int64(n.Passed))
	}
	if n.Judged {
		o.Raw("completed", []byte(map[bool]string{true: "true", false: "false"}[n.Completed]))
	}
	return o.Bytes()
}

func (s *Session) scoreJSON(name string) []byte {
	var o event.Object
	sc := s.scores[name]
	o.Str("scorer", name)
	if sc.value != "" {
		o.Raw("score", []byte(sc.value))
	}
	if sc.passed != gjson.Null {
		o.Raw("passed", fmt.Append(nil, sc.passed == gjson.True))
	}
	return o.Bytes()
}

func tokens(t *session.Tokens) []byte {
	var o event.Object
	t.AppendTo(&o)
	return o.Bytes()
}
