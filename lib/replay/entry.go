package replay

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"agenttrace/lib/event"
	"agenttrace/lib/headline"
	"agenttrace/lib/text"
)

// Options say what is shown and how.
type Options struct {
	Filter    []string       // the types shown, or their short names; all if empty
	Lines     int            // lines of text shown below an entry; 0 is all of them, uncut
	Width     int            // columns of such a line
	Color     bool           // with colours
	Zone      *time.Location // of the start; UTC if nil
	NoSummary bool           // no summary of a session above its entries
	Hold      int            // bytes of text that Printer keeps back for a summary, see there
}

var icons = map[string]string{
	"session_start": "▶", "session_end": "■",
	"tool_call": "→", "tool_result": "←", "error": "✗",
	"llm_request": "⬆", "llm_response": "⬇",
	"file_read": "📖", "file_write": "📝", "decision": "◆",
	"user_prompt": "👤", "user_prompt_expansion": "👤", "user_command": "👤",
	"assistant_response": "🤖", "thinking": "💭",
	"compaction": "≡", "compaction_summary": "≡", "interrupt": "✋",
	"task_notification": "🔔", "notification": "🔔",
	"subagent_start": "▷", "subagent_stop": "□",
	"phase": "§", "cost": "$", "session_summary": "Σ", "violation": "⚠", "score": "★", "alert": "‼", "annotation": "✎",
}

const otherIcon = "·"

// The indents of the lines below an entry and of the entry itself: a number
// of five columns, a space, an offset of eight.
const (
	numberWidth = 5
	detailWidth = 20
)

// An entry is one event made ready to be printed.
type entry struct {
	number int    // 0 for a record
	offset string // from the start of the session
	icon   string
	head   string // type and name
	notes  string // what stands in parentheses after it
	detail []string
	style  style

	hidden bool   // by the filter
	id     string // the event_id; kept by Family alone
	at     int64
	timed  bool
}

// view makes entries.
type view struct {
	Options
	thinking bool // thinking is shown though responses may not be
	types    []string

	data, inner object // of the event at hand
}

func newView(o Options) view {
	v := view{Options: o}
	for _, t := range o.Filter {
		if t == "thinking" { // an assistant_response, too
			v.thinking = true
		}
		v.types = append(v.types, headline.LongType(t))
	}
	if v.Zone == nil {
		v.Zone = time.UTC
	}
	return v
}

// shows reports whether the filter lets the event through.
func (v *view) shows(e event.Event) bool {
	if len(v.types) == 0 {
		return true
	}
	return slices.Contains(v.types, e.Type()) || v.thinking && isThinking(e)
}

func isThinking(e event.Event) bool {
	return e.Is("assistant_response") && e.Get("thinking").Bool()
}

// entry makes the entry of an event of the session. of is the call that it is
// the outcome of, if it is one and the call was seen.
func (v *view) entry(e event.Event, s *session, number int, of call) entry {
	x := entry{number: number, offset: v.offset(e, s)}
	typ := e.Type()
	d := description{view: v, of: of}
	if number == 0 {
		d.record(e, typ)
	} else {
		d.event(e, typ)
	}
	x.head = text.Line(typ, 60)
	if d.name != "" {
		x.head += " " + text.Line(d.name, max(v.Width, 40))
	}
	if len(d.notes) > 0 {
		x.notes = "(" + text.Line(strings.Join(d.notes, ", "), max(v.Width, 40)) + ")"
	}
	icon := typ
	if d.thinking {
		icon = "thinking"
	}
	x.icon = icons[icon]
	if x.icon == "" {
		x.icon = otherIcon
	}
	x.detail = d.lines
	x.style = styleOf(icon, number == 0)
	return x
}

func (v *view) offset(e event.Event, s *session) string {
	at, ok := e.UnixNano()
	if !ok || !s.timed {
		return "       ?"
	}
	return offset(time.Duration(at - s.first))
}

// offset returns a time from the start of a session: +  0.07s, +1m43.67s,
// +1h02m03.67s.
func offset(d time.Duration) string {
	sign := '+'
	if d < 0 {
		sign, d = '-', -d
	}
	cs := int64(d.Round(10*time.Millisecond) / (10 * time.Millisecond))
	sec, frac := cs/100, cs%100
	switch {
	case sec < 60:
		return fmt.Sprintf("%c%3d.%02ds", sign, sec, frac)
	case sec < 3600:
		return fmt.Sprintf("%c%dm%02d.%02ds", sign, sec/60, sec%60, frac)
	}
	return fmt.Sprintf("%c%dh%02dm%02d.%02ds", sign, sec/3600, sec%3600/60, sec%60, frac)
}

// append appends the entry as lines, each after the indent.
func (v *view) append(dst []byte, indent string, x *entry) []byte {
	number := ""
	if x.number > 0 {
		number = fmt.Sprintf("#%d", x.number)
	}
	dst = append(dst, indent...)
	dst = v.paint(dst, dim, fmt.Sprintf("%*s %s", numberWidth, number, x.offset))
	dst = append(dst, ' ')
	dst = v.paint(dst, x.style.head, x.icon+" "+x.head)
	if x.notes != "" {
		dst = append(dst, ' ')
		dst = v.paint(dst, dim, x.notes)
	}
	dst = append(dst, '\n')
	for _, line := range x.detail {
		dst = append(dst, indent...)
		if line != "" {
			dst = fmt.Appendf(dst, "%*s", detailWidth, "")
			dst = v.paint(dst, x.style.detail, line)
		}
		dst = append(dst, '\n')
	}
	return dst
}

// style is the colours of an entry, as SGR parameters.
type style struct{ head, detail string }

const (
	bold    = "1"
	dim     = "2"
	red     = "31"
	green   = "32"
	yellow  = "33"
	cyan    = "36"
	boldRed = "1;31"
)

func styleOf(typ string, record bool) style {
	switch {
	case typ == "violation" || typ == "alert":
		return style{boldRed, ""}
	case record:
		return style{yellow, ""}
	}
	switch typ {
	case "error", "interrupt":
		return style{red, red}
	case "user_prompt", "user_prompt_expansion", "user_command":
		return style{bold, bold}
	case "assistant_response":
		return style{green, ""}
	case "tool_call":
		return style{cyan, ""}
	case "thinking", "llm_request", "llm_response":
		return style{dim, dim}
	}
	return style{}
}

// paint appends s in a colour, if there are any.
func (v *view) paint(dst []byte, sgr, s string) []byte {
	if !v.Color || sgr == "" || s == "" {
		return append(dst, s...)
	}
	dst = append(dst, "\x1b["...)
	dst = append(dst, sgr...)
	dst = append(dst, 'm')
	dst = append(dst, s...)
	return append(dst, "\x1b[0m"...)
}
