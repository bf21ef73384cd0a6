package diff

import (
	"bytes"
	"cmp"
	"path"
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
	"agenttrace/lib/headline"
	"agenttrace/lib/tool"
)

// A sum is an FNV-1a hash. It is the same in every run, and so is what depends on
// its order.
type sum uint64

const (
	sumStart sum = 14695981039346656037
	sumPrime sum = 1099511628211
)

func (s sum) byte(c byte) sum { return (s ^ sum(c)) * sumPrime }

func add[T string | []byte](s sum, b T) sum {
	for i := range len(b) {
		s = (s ^ sum(b[i])) * sumPrime
	}
	return s.byte(0xff) // no text has it: it ends the part
}

// A place is the directory of a session, relative to which paths are compared and
// shown.
type place struct{ cwd string }

// rel returns a path relative to the session's directory if it is below it,
// and clean.
func (p place) rel(name string) string {
	if strings.Contains(name, "://") {
		return name
	}
	if len(p.cwd) > 1 && p.cwd[1] == ':' { // Windows has two separators
		name = strings.ReplaceAll(name, `\`, "/")
	}
	if p.cwd != "" {
		if name == p.cwd {
			return "."
		}
		if rest, ok := strings.CutPrefix(name, p.cwd+"/"); ok {
			name = rest
		}
	}
	if name == "" {
		return "."
	}
	return path.Clean(name)
}

func (p place) rels(names []string) []string {
	var list []string
	for _, n := range names {
		list = append(list, p.rel(n))
	}
	return list
}

// arg returns an argument of a command with the paths in it made relative:
// also --root=/home/u/proj/x.
func (p place) arg(a string) string {
	a = p.within(a)
	if strings.HasPrefix(a, "./") && len(a) > 2 {
		a = a[2:]
	}
	return a
}

// within returns a text without the session's directory in its paths.
func (p place) within(s string) string {
	if len(p.cwd) < 2 || !strings.Contains(s, p.cwd) {
		return s
	}
	var b strings.Builder
	for {
		i := strings.Index(s, p.cwd)
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		rest := s[i+len(p.cwd):]
		b.WriteString(s[:i])
		switch {
		case i > 0 && isName(s[i-1]) || rest != "" && isName(rest[0]):
			b.WriteString(p.cwd) // another path that has it as a part
		case len(rest) > 1 && rest[0] == '/' && isName(rest[1]):
			rest = rest[1:]
		default:
			b.WriteByte('.')
		}
		s = rest
	}
}

func isName(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '.' || c >= 0x80
}

// told hashes what an event tells, but for what differs from run to run.
func (p place) told(e event.Event) sum {
	s := add(sumStart, e.TypeRaw())
	return s ^ p.value(e.DataRaw(), e.Is("session_start"), 0)*sumPrime
}

// passing are the keys that differ whenever something is done again.
var passing = map[string]bool{
	"uuid": true, "message_id": true, "request_id": true, "tool_use_id": true, "prompt_id": true, "usage": true,
	"child_session_id": true, "parent_session_id": true, "parent_event_id": true, "agent_id": true, "agentId": true,
	"transcript_path": true, "duration_ms": true, "durationMs": true, "totalDurationMs": true, "durationSeconds": true,
	"compact_duration_ms": true, "pre_tokens": true, "post_tokens": true, "totalTokens": true, "timestamp": true,
	"usage_in_session": true, "service_tier": true, "inference_geo": true, "speed": true, "iterations": true,
	"retry_in_ms": true, "signature": true, "session_id": true, "wall_time_seconds": true,
}

// machine are the keys of a session_start that say where it ran, not what.
var machine = map[string]bool{"cwd": true, "process": true, "host": true, "user": true, "git": true, "title": true, "entrypoint": true}

// maxDepth is how deep values are taken apart. What lies deeper is taken as it
// stands: each level is read once more for every level above it.
const maxDepth = 64

// value hashes a JSON value. The order of an object's members does not matter.
func (p place) value(raw []byte, start bool, depth int) sum {
	if len(raw) == 0 {
		return 0
	}
	switch c := raw[0]; {
	case depth == maxDepth:
	case c == '{':
		var all sum
		event.Fields(raw, func(k, v []byte) bool {
			if !passing[string(k)] && !(start && machine[string(k)]) {
				// A sum, so that the order does not matter.
				all += (add(sumStart, k) ^ p.value(v, false, depth+1)*sumPrime) * sumPrime
			}
			return true
		})
		return all
	case c == '[':
		s := sumStart
		gjson.ParseBytes(raw).ForEach(func(_, v gjson.Result) bool {
			s = (s ^ p.value([]byte(v.Raw), false, depth+1)) * sumPrime
			return true
		})
		return s
	}
	if len(p.cwd) > 1 && bytes.Contains(raw, []byte(p.cwd)) {
		return add(sumStart, p.within(string(raw)))
	}
	return add(sumStart, raw)
}

// A step is something that was done, or tried.
type step struct {
	key    sum    // equal for equal steps
	number int32  // of its event
	phase  int32  // 0 if it is in none
	label  string // for people
	title  string // likewise, with the type of the event
	id     string // event_id
	prompt bool

	outcome     outcome
	closed      int32 // number of the event with its outcome
	closedID    string
	closedTitle string
}

// outcome is what is known of how a call ended.
type outcome uint8

const (
	unknown outcome = iota
	passed
	failed
)

// call reads a tool_call as a step; ok is false if it is none.
func (p place) call(e event.Event) (s step, c tool.Call, ok bool) {
	name, args := headline.CallOf(e)
	c = tool.Parse(name, args)
	switch {
	case c.Line != "":
		s.key, c.Writes = p.line(c.Line)
		s.label = "$ " + headline.Cut(strings.TrimPrefix(p.within(oneLine(c.Line)), "cd . && "))
	case c.Kind == tool.Plan:
		return s, c, false
	case c.Kind == tool.Agent:
		kind := gjson.GetBytes(args, "subagent_type").String()
		s.key = add(add(add(sumStart, "agent"), strings.ToLower(name)), kind)
		s.label = strings.TrimSpace(name + "  " + p.within(tool.Title(name, args)))
	case len(c.Writes) > 0:
		s.key = p.files("write", c.Writes)
		s.label = "wrote " + strings.Join(p.rels(c.Writes), ", ")
	case len(c.Reads) > 0 && c.Kind != tool.MCP:
		s.key = p.files("read", c.Reads)
		s.label = "read " + strings.Join(p.rels(c.Reads), ", ")
	default:
		s.key = add(add(add(sumStart, "call"), name), p.within(string(tool.Canonical(args))))
		s.label = strings.TrimRight(name+"  "+p.within(tool.Title(name, args)), " ")
	}
	title := name + "  " + p.within(tool.Title(name, args))
	if name == "" {
		if a2a := headline.A2A(e); a2a != "" {
			s.key, s.label, title = add(add(sumStart, "a2a"), p.within(a2a)), a2a, a2a
		}
	}
	s.label = headline.Cut(cmp.Or(s.label, "a call without a name"))
	s.title = "tool_call: " + headline.Cut(strings.TrimRight(title, " "))
	return s, c, true
}

func oneLine(s string) string { return strings.Join(strings.Fields(s[:min(len(s), 2000)]), " ") }

func (p place) files(verb string, names []string) sum {
	s := add(sumStart, verb)
	for _, n := range names {
		s = add(s, p.rel(n))
	}
	return s
}

// line hashes the commands of a shell line, and returns the files they write.
func (p place) line(line string) (s sum, writes []string) {
	s, any := add(sumStart, "sh"), false
	for _, c := range tool.Commands(line) {
		for _, w := range c.Writes {
			writes = append(writes, c.From(w))
		}
		if c.Program == "cd" && len(c.Args) == 1 && p.rel(c.Args[0]) == "." {
			continue
		}
		any = true
		for _, v := range c.Via {
			s = add(s, v)
		}
		s = add(s, c.Program).byte(1)
		for _, a := range c.Args {
			s = add(s, p.arg(a))
		}
		s = s.byte(2)
		for _, w := range c.Writes {
			s = add(s, p.rel(w))
		}
		s = s.byte(3)
		if c.Program == "" {
			for _, r := range c.Reads {
				s = add(s, p.rel(r))
			}
		}
	}
	if !any {
		s = add(s, strings.Join(strings.Fields(line), " "))
	}
	return s, writes
}

// prompt reads a user_prompt or a slash command as a step.
func (p place) prompt(e event.Event) step {
	said := e.Get("prompt").String()
	if e.Is("user_prompt_expansion") {
		said = strings.TrimPrefix(strings.TrimSpace(e.Get("command_name").String()+" "+e.Get("command_args").String()), "/")
	}
	words := p.within(strings.Join(strings.Fields(said), " "))
	return step{key: add(add(sumStart, "prompt"), words), label: `"` + headline.Cut(words) + `"`, prompt: true,
		title: e.Type() + `: "` + headline.Cut(words) + `"`}
}
