package replay

import (
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
	"agenttrace/lib/text"
)

const tab = "    "

// preview returns the first lines of s that are not blank, cut to the width,
// and how many were left out. With Lines 0 it returns all lines as they are.
// Either way control bytes are made visible.
func (v *view) preview(s string, width int) (out []string, more int) {
	s = strings.TrimRight(s, " \t\r\n")
	for s != "" {
		line, rest, _ := strings.Cut(s, "\n")
		line = strings.TrimRight(line, " \t\r")
		switch {
		case v.Lines == 0:
			out = append(out, text.Safe(line))
		case line == "":
		case len(out) == v.Lines:
			return out, 1 + strings.Count(s, "\n")
		default:
			out = append(out, one(line, width))
		}
		s = rest
	}
	return out, 0
}

// left appends a line that tells how many lines were left out.
func left(lines []string, more int) []string {
	if more == 0 {
		return lines
	}
	return append(lines, "… "+text.Count(more, "more line"))
}

// one returns a line made safe and cut to the width, its spaces kept.
func one(line string, width int) string {
	if limit := 16*width + 256; len(line) > limit {
		line = line[:limit] // no more than this can be shown
		line = strings.ToValidUTF8(line, "") + "…"
	}
	if strings.IndexByte(line, '\t') >= 0 {
		line = strings.ReplaceAll(line, "\t", tab)
	}
	return text.Cut(text.Safe(line), width)
}

// short returns s as one line, cut to the width unless all is to be shown.
func (v *view) short(s string) string {
	if v.Lines == 0 {
		return text.Line(s, 0)
	}
	return text.Line(s, v.Width)
}

// quoted returns what somebody said, in quotes.
func (v *view) quoted(s string) []string {
	lines, more := v.preview(s, v.Width-2)
	for i := range lines {
		if i == 0 {
			lines[i] = `"` + lines[i]
		} else if lines[i] != "" {
			lines[i] = " " + lines[i]
		}
	}
	if n := len(lines); n > 0 && more == 0 {
		lines[n-1] += `"`
	}
	return left(lines, more)
}

// plain returns the text of a JSON value that may be a string, a list of
// content blocks, or an object that has the text under one of the usual names;
// anything else is returned as JSON.
func plain(v gjson.Result) string {
	s, _ := words(v, 0)
	return s
}

// textKeys are where the tools of the known agents keep what they print.
var textKeys = []string{"stdout", "content", "text", "output", "result", "llmContent", "aggregated_output", "message", "error", "filenames", "matches"}

// words is plain. ok is false if it found no text and gives JSON.
func words(v gjson.Result, depth int) (s string, ok bool) {
	const deep = 4 // levels that are looked through
	switch {
	case v.Type == gjson.String:
		return v.Str, true
	case v.Type == gjson.Null:
		return "", false
	case v.Type != gjson.JSON || depth == deep:
		return asJSON(v.Raw), false
	case v.IsArray():
		return blocks(v, depth)
	}
	if out := streams(v); out != "" {
		return out, true
	}
	for _, key := range textKeys {
		if f := v.Get(key); f.Exists() && f.Type != gjson.Null {
			if s, ok := words(f, depth+1); s != "" {
				return s, ok
			}
		}
	}
	if t := v.Get("type"); t.Type == gjson.String && v.Get("source").Exists() {
		return "[" + t.Str + "]", true // an image, a document
	}
	return asJSON(v.Raw), false
}

// A getter has members: a gjson.Result, an object.
type getter interface{ Get(string) gjson.Result }

// streams returns what a command printed: stdout, then stderr.
func streams(v getter) string {
	stdout, stderr := v.Get("stdout").String(), v.Get("stderr").String()
	if stdout != "" && stderr != "" && !strings.HasSuffix(stdout, "\n") {
		stdout += "\n"
	}
	return stdout + stderr
}

// blocks returns the texts of a list, a line or more each.
func blocks(v gjson.Result, depth int) (s string, ok bool) {
	var b strings.Builder
	v.ForEach(func(_, item gjson.Result) bool {
		s, found := words(item, depth+1)
		ok = ok || found
		if b.Len() > 0 && s != "" {
			b.WriteByte('\n')
		}
		b.WriteString(s)
		return true
	})
	return b.String(), ok
}

// asJSON returns a JSON value on one line. An empty one has nothing to show.
func asJSON(raw string) string {
	if raw == "{}" || raw == "[]" {
		return ""
	}
	if strings.ContainsAny(raw, "\n\r") {
		return string(event.AppendCompact(nil, []byte(raw)))
	}
	return raw
}

// members returns the members of an object that are strings, numbers or true
// as "key: value", apart from those named; lists and objects are left out.
func members(v gjson.Result, but ...string) string {
	const most = 12
	var parts []string
	v.ForEach(func(key, f gjson.Result) bool {
		for _, k := range but {
			if k == key.Str {
				return true
			}
		}
		if f.Type == gjson.String && f.Str != "" || f.Type == gjson.Number || f.Type == gjson.True {
			parts = append(parts, key.Str+": "+text.Line(f.String(), 100))
		}
		return len(parts) < most
	})
	return strings.Join(parts, ", ")
}
