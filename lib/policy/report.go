package policy

import (
	"fmt"

	"agenttrace/lib/event"
	"agenttrace/lib/text"
)

// shown is how many entries of a harmless section a report shows.
const shown = 20

// AppendText appends the report of a session. policy says whether there is
// one.
func (s *Session) AppendText(dst []byte, policy bool) []byte {
	dst = fmt.Appendf(dst, "AUDIT: Session %s (%s, %s)", text.Line(s.ID, 0), text.Count(s.Events, "event"), text.Count(s.Calls, "tool call"))
	if !policy {
		dst = append(dst, " (no policy file)"...)
	}
	dst = append(dst, '\n')
	var allow, none, bad, prevented, sens []Entry
	for _, e := range s.Entries {
		switch {
		case e.Verdict.Violates() && e.Outcome == Prevented:
			prevented = append(prevented, e)
		case e.Verdict.Violates():
			bad = append(bad, e)
		case e.Verdict == Allow:
			allow = append(allow, e)
		default:
			none = append(none, e)
		}
		if e.Sensitive && e.Outcome != Prevented {
			sens = append(sens, e)
		}
	}
	dst = section(dst, "✅ Allowed", allow, shown, func(e Entry) string { return "" })
	dst = section(dst, "⚠️  No policy", none, shown, func(e Entry) string { return "  (" + e.Reason + ")" })
	dst = section(dst, "❌ Violations", bad, 0, func(e Entry) string { return "  ← " + e.Reason })
	dst = section(dst, "🛑 Prevented", prevented, 0, func(e Entry) string { return "  ← " + e.Reason })
	dst = section(dst, "🔐 Sensitive files accessed", sens, 0, func(e Entry) string { return fmt.Sprintf("  (event #%d)", e.Event) })
	if len(bad)+len(sens) == 0 {
		dst = append(dst, "\nNo violations found.\n"...)
	}
	return dst
}

// section appends one section. Equal lines are shown once. limit 0 is none.
func section(dst []byte, title string, list []Entry, limit int, note func(Entry) string) []byte {
	if len(list) == 0 {
		return dst
	}
	dst = fmt.Appendf(dst, "\n%s (%d):\n", title, len(list))
	times := map[string]int{}
	var lines []string
	for _, e := range list {
		line := text.Line(e.Action, 100) + note(e)
		if e.Outcome == Failed {
			line += "  (failed)"
		}
		if times[line]++; times[line] == 1 {
			lines = append(lines, line)
		}
	}
	for i, line := range lines {
		if limit > 0 && i == limit {
			dst = fmt.Appendf(dst, "  … and %d more\n", len(lines)-limit)
			break
		}
		dst = append(append(dst, "  "...), text.Safe(line)...)
		if n := times[line]; n > 1 {
			dst = fmt.Appendf(dst, "  (%d times)", n)
		}
		dst = append(dst, '\n')
	}
	return dst
}

// Records appends the records of an entry, a line each, without newline: a
// violation, a sensitive_access, both or none.
func (e *Entry) Records(session string) [][]byte {
	var out [][]byte
	head := event.Header{UnixNano: e.Nano, Untimed: !e.Timed, Session: session, Parent: e.ID}
	if e.Verdict.Violates() {
		head.Type = Kind
		head.ID = event.ID(session, Kind, e.ID, fmt.Sprint(e.Event), e.Kind, e.Rule, e.Action, e.Subject)
		var o event.Object
		e.data(&o)
		out = append(out, event.Append(nil, head, o.Bytes()))
	}
	if e.Sensitive {
		head.Type = SensitiveKind
		head.ID = event.ID(session, SensitiveKind, e.ID, fmt.Sprint(e.Event), e.Kind, e.Subject)
		var o event.Object
		o.Str("path", e.Subject).Str("use", e.Kind).Str("verdict", e.Verdict.String()).Str("action", e.Action).
			Str("tool_name", e.Tool).Int("event", int64(e.Event)).Str("outcome", e.Outcome)
		out = append(out, event.Append(nil, head, o.Bytes()))
	}
	return out
}

func (e *Entry) data(o *event.Object) {
	o.Str("rule", e.Rule).Str("verdict", e.Verdict.String()).Str("reason", e.Reason).Str("subject", e.Subject)
	if e.Span != [2]int{} {
		o.Raw("at", fmt.Appendf(nil, "[%d,%d]", e.Span[0], e.Span[1]))
	}
	o.Str("kind", e.Kind).Str("pattern", e.Pattern).Str("action", e.Action).Str("tool_name", e.Tool).
		Int("event", int64(e.Event)).Str("outcome", e.Outcome)
}
