package grep

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"agenttrace/lib/headline"
)

// A Spec is the conditions of a query as they are written. Of several values
// in a list, one must be met.
type Spec struct {
	Types     []string // event types, short names of at-replay, globs; several in one with commas
	Tools     []string // globs for names of tools, whatever their case
	Paths     []string // globs for paths read, written or searched
	Reads     []string
	Writes    []string
	Commands  []string // regular expressions for shell lines and the commands in them
	Texts     []string // regular expressions
	ExitCodes []string // numbers and ranges, 1-127
	Labels    []string // globs
	Sessions  []string // ids, or their beginnings
	Error     bool     // error events

	Since, Until time.Time // zero if not given
}

// Options are about all conditions.
type Options struct {
	IgnoreCase bool // in text, commands, paths and labels
	Fixed      bool // texts and commands are not regular expressions
}

// A Query is a compiled Spec.
type Query struct {
	types, sessions, labels []string
	thinking                bool
	tools                   []string
	paths, reads, writes    []glob
	commands, texts         []*pattern
	exits                   []span
	error                   bool
	since, until            int64 // nanoseconds since 1970
	timed                   bool
	ignoreCase              bool
}

type span struct{ low, high int }

// Compile makes a query of its conditions.
func (s *Spec) Compile(o Options) (*Query, error) {
	q := &Query{error: s.Error, sessions: s.Sessions, ignoreCase: o.IgnoreCase}
	for _, list := range s.Types {
		for t := range strings.SplitSeq(list, ",") {
			if t = headline.LongType(strings.TrimSpace(t)); t == "thinking" {
				q.thinking = true
			}
			if t == "" || !doublestar.ValidatePattern(t) {
				return nil, fmt.Errorf("type: '%s' is not an event type", list)
			}
			q.types = append(q.types, t)
		}
	}
	for _, t := range s.Tools {
		if t == "" || !doublestar.ValidatePattern(t) {
			return nil, fmt.Errorf("tool: '%s' is neither a name nor a glob", t)
		}
		q.tools = append(q.tools, strings.ToLower(t))
	}
	for _, l := range s.Labels {
		if !doublestar.ValidatePattern(l) {
			return nil, fmt.Errorf("label: '%s' is not a glob", l)
		}
		q.labels = append(q.labels, q.folded(l))
	}
	for _, x := range s.ExitCodes {
		r, err := newSpan(x)
		if err != nil {
			return nil, err
		}
		q.exits = append(q.exits, r)
	}
	for _, l := range []struct {
		name string
		in   []string
		out  *[]glob
	}{{"path", s.Paths, &q.paths}, {"reads", s.Reads, &q.reads}, {"writes", s.Writes, &q.writes}} {
		for _, p := range l.in {
			g, err := newGlob(p, o.IgnoreCase)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", l.name, err)
			}
			*l.out = append(*l.out, g)
		}
	}
	for _, l := range []struct {
		name string
		in   []string
		out  *[]*pattern
	}{{"command", s.Commands, &q.commands}, {"text", s.Texts, &q.texts}} {
		for _, x := range l.in {
			p, err := newPattern(x, o.Fixed, o.IgnoreCase)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", l.name, err)
			}
			*l.out = append(*l.out, p)
		}
	}
	q.time(s)
	return q, nil
}

func (q *Query) time(s *Spec) {
	q.since, q.until = -1<<63, 1<<63-1
	if !s.Since.IsZero() {
		q.since, q.timed = s.Since.UnixNano(), true
	}
	if !s.Until.IsZero() {
		q.until, q.timed = s.Until.UnixNano(), true
	}
}

func (q *Query) folded(s string) string {
	if q.ignoreCase {
		return strings.ToLower(s)
	}
	return s
}

var number = regexp.MustCompile(`^(-?\d+)(?:-(\d+))?$`)

func newSpan(s string) (span, error) {
	m := number.FindStringSubmatch(s)
	if m == nil {
		return span{}, fmt.Errorf("exit-code: '%s' is neither a number nor a range such as 1-127", s)
	}
	low, err1 := strconv.Atoi(m[1])
	high, err2 := low, error(nil)
	if m[2] != "" {
		high, err2 = strconv.Atoi(m[2])
	}
	if err := errors.Join(err1, err2); err != nil || low > high {
		return span{}, fmt.Errorf("exit-code: '%s' is not a range", s)
	}
	return span{low, high}, nil
}

// empty reports whether there are no conditions, which every event meets.
func (q *Query) empty() bool {
	return len(q.types) == 0 && len(q.sessions) == 0 && len(q.labels) == 0 && len(q.exits) == 0 &&
		len(q.texts) == 0 && !q.error && !q.timed && !q.ofCalls()
}

// ofCalls reports whether there are conditions that an outcome shares with
// its call.
func (q *Query) ofCalls() bool { return len(q.tools) > 0 || q.needsCall() }

// needsCall reports whether there are some that only the call itself tells.
func (q *Query) needsCall() bool {
	return len(q.paths) > 0 || len(q.reads) > 0 || len(q.writes) > 0 || len(q.commands) > 0
}

// needsDir reports whether there are globs for paths.
func (q *Query) needsDir() bool { return len(q.paths) > 0 || len(q.reads) > 0 || len(q.writes) > 0 }

// ParseSpec reads conditions from one text: key=value, separated by blanks. A
// value goes on to the next key=, or is quoted, by " (with \ before a quote or
// backslash) or '. The keys are type, tool, path, reads, writes, command,
// text, exit-code, label and session; the word error stands for error events.
// Outside of quotes, a key of a value's own must be quoted.
func ParseSpec(text string) (Spec, error) {
	var s Spec
	p := specParser{text: text}
	for p.blanks(); p.rest() != ""; p.blanks() {
		key, ok := p.key()
		if !ok {
			word, _, _ := strings.Cut(strings.NewReplacer("\t", " ", "\n", " ", "\r", " ").Replace(p.rest()), " ")
			if word == "error" {
				s.Error = true
				p.at += len(word)
				continue
			}
			if k, _, ok := strings.Cut(word, "="); ok {
				return s, fmt.Errorf("'%s' is not a condition; there are %s", k, strings.Join(keys, ", "))
			}
			return s, fmt.Errorf("'%s' is not a condition; want KEY=VALUE or error", word)
		}
		value, err := p.value()
		if err != nil {
			return s, err
		}
		if value == "" {
			return s, fmt.Errorf("%s= has no value", key)
		}
		list := s.list(key)
		*list = append(*list, value)
	}
	if p.text == "" || strings.TrimSpace(text) == "" {
		return s, errors.New("no condition")
	}
	return s, nil
}

var keys = []string{"type", "tool", "path", "reads", "writes", "command", "text", "exit-code", "label", "session"}

func (s *Spec) list(key string) *[]string {
	return map[string]*[]string{
		"type": &s.Types, "tool": &s.Tools, "path": &s.Paths, "reads": &s.Reads, "writes": &s.Writes,
		"command": &s.Commands, "text": &s.Texts, "exit-code": &s.ExitCodes, "label": &s.Labels, "session": &s.Sessions,
	}[key]
}

type specParser struct {
	text string
	at   int
}

func (p *specParser) rest() string { return p.text[p.at:] }

func (p *specParser) blanks() {
	for p.at < len(p.text) && isSpace(p.text[p.at]) {
		p.at++
	}
}

// key reads key= where one stands.
func (p *specParser) key() (string, bool) {
	for _, k := range keys {
		if strings.HasPrefix(p.rest(), k+"=") {
			p.at += len(k) + 1
			return k, true
		}
	}
	return "", false
}

func (p *specParser) value() (string, error) {
	if r := p.rest(); r != "" && (r[0] == '"' || r[0] == '\'') {
		return p.quoted(r[0])
	}
	from := p.at
	for p.at < len(p.text) {
		if isSpace(p.text[p.at]) {
			end := p.at
			p.blanks()
			back := p.at
			if _, ok := p.key(); ok {
				p.at = end
				return p.text[from:end], nil
			}
			p.at = back
			continue
		}
		p.at++
	}
	return strings.TrimRight(p.text[from:], " \t\r\n"), nil
}

func (p *specParser) quoted(quote byte) (string, error) {
	var b strings.Builder
	for i := p.at + 1; i < len(p.text); i++ {
		c := p.text[i]
		switch {
		case c == quote:
			p.at = i + 1
			if p.at < len(p.text) && !isSpace(p.text[p.at]) {
				return "", fmt.Errorf("text right after a quoted value: %s", p.rest())
			}
			return b.String(), nil
		case c == '\\' && quote == '"' && i+1 < len(p.text) && (p.text[i+1] == '"' || p.text[i+1] == '\\'):
			i++
			b.WriteByte(p.text[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", fmt.Errorf("no closing %c in %s", quote, p.rest())
}
