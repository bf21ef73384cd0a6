// Package headline says in one line what an event is, for reports that name
// single events: tool_call: Bash  $ pytest tests/, or error: exit 1.
package headline

import (
	"bytes"
	"cmp"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
	"agenttrace/lib/text"
	"agenttrace/lib/tool"
)

// Max is how long a headline is at most, in bytes; "…" is put after what is cut.
const Max = 160

// Of returns the headline of an event: its type and, after a colon, what tells
// it from others of its type. It has no line breaks, but is not safe for a
// terminal: see lib/text.
func Of(e event.Event) string {
	typ := e.Type()
	if d := detail(e, typ); d != "" {
		if typ == "assistant_response" && e.Get("thinking").Bool() {
			typ = "thinking"
		}
		return typ + ": " + d
	}
	return typ
}

// quoted are the types whose text is what somebody said.
var quoted = map[string]bool{"user_prompt": true, "assistant_response": true}

// keys are the members of data that the headline of a type is taken from, best
// first.
var keys = map[string][]string{
	"user_prompt":           {"prompt", "text", "content"},
	"assistant_response":    {"text", "content", "content_preview"},
	"llm_request":           {"model"},
	"llm_response":          {"model"},
	"session_start":         {"agent", "agent_name", "source"},
	"session_end":           {"reason"},
	"file_read":             {"path", "uri"},
	"file_write":            {"path", "uri"},
	"decision":              {"choice"},
	"compaction":            {"trigger"},
	"user_prompt_expansion": {"command_name"},
	"user_command":          {"command"},
	"error":                 {"error", "message", "result"},
}

func detail(e event.Event, typ string) string {
	switch typ {
	case "tool_call":
		return call(e)
	case "tool_result":
		name := e.Get("tool_name").String()
		for _, k := range []string{"result", "content", "content_preview"} {
			if s := words(e.Get(k), 0); s != "" {
				return strings.TrimLeft(name+"  ", " ") + Cut(s)
			}
		}
		return name
	}
	for _, k := range keys[typ] {
		if s := words(e.Get(k), 0); s != "" {
			if quoted[typ] {
				return `"` + Cut(s) + `"`
			}
			return Cut(s)
		}
	}
	for _, k := range []string{"message", "text", "reason", "title"} {
		if s := words(e.Get(k), 0); s != "" {
			return Cut(s)
		}
	}
	return ""
}

// CallOf returns the tool that a tool_call names, and its arguments as they
// stand in the line.
func CallOf(e event.Event) (name string, args []byte) {
	event.Fields(e.DataRaw(), func(k, v []byte) bool {
		switch {
		case string(k) == "tool_name" && name == "":
			name = gjson.ParseBytes(v).String()
		case string(k) == "arguments" && args == nil:
			args = v
		}
		return true
	})
	return name, args
}

func call(e event.Event) string {
	name, args := CallOf(e)
	if name == "" {
		if a2a := A2A(e); a2a != "" {
			return Cut(a2a)
		}
	}
	return Call(name, args)
}

// A2A returns what a call of another agent by the A2A protocol is about: the
// agent, and the task. It is "" if the tool_call is none.
func A2A(e event.Event) string {
	if !bytes.Contains(e.DataRaw(), []byte(`"a2a_call"`)) || e.Get("event_subtype").String() != "a2a_call" {
		return ""
	}
	agent := cmp.Or(e.Get("agent_id").String(), e.Get("agent_url").String())
	return strings.TrimRight("a2a "+agent+"  "+strings.Join(strings.Fields(e.Get("task").String()), " "), " ")
}

// Call returns what the headline of a tool_call has after its type.
func Call(name string, args []byte) string {
	return Cut(strings.TrimRight(name+"  "+tool.Title(name, args), " "))
}

// maxDepth is how deep texts are looked for in what a tool gave.
const maxDepth = 4

// words returns the first text in a value: of an array that of its first
// element, of an object that of the members in which tools and models tell
// something.
func words(v gjson.Result, depth int) (s string) {
	switch {
	case v.Type == gjson.String:
		return firstLine(v.Str)
	case v.Type == gjson.Number:
		return v.Raw
	case !v.IsArray() && !v.IsObject() || depth == maxDepth:
		return ""
	case v.IsArray():
		v.ForEach(func(_, x gjson.Result) bool {
			s = words(x, depth+1)
			return s == ""
		})
		return s
	}
	for _, k := range []string{"stdout", "stderr", "text", "message", "content", "output", "error", "filePath", "file"} {
		if s = words(v.Get(k), depth+1); s != "" {
			return s
		}
	}
	return ""
}

// firstLine returns the first line that is not blank.
func firstLine(s string) string {
	s = strings.TrimSpace(s[:min(len(s), 64*Max)])
	i := strings.IndexAny(s, "\r\n")
	if i < 0 {
		return s
	}
	first := strings.TrimRight(s[:i], " \t")
	if strings.HasPrefix(first, "Exit code ") && len(first) < 16 {
		return first + ": " + firstLine(s[i:]) // which says more
	}
	return first
}

// Line returns a headline as it can be shown: safe, on one line, and at most
// width columns wide.
func Line(s string, width int) string {
	return text.Cut(text.Safe(breaks.Replace(s)), width)
}

var breaks = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ", "\t", " ")

// Cut returns a copy of s that is at most Max bytes long, "…" apart.
func Cut(s string) string {
	if len(s) <= Max {
		return strings.Clone(s)
	}
	n := Max
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}
