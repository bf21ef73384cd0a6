package tool

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// How long the parts of a title may be, in characters.
const (
	maxTitle = 120
	maxOld   = 60
	maxValue = 150
)

// Title returns a call in one line, for people:
//
//	$ command                  a shell line
//	path                       what is read or written
//	path (replacing: text)     an edit
//	pattern in path            a search for files
//	/pattern/ path             a search in files
//	url, query                 of the web
//	prompt                     of a subagent
//	key: value                 the first short text of any other call
//	key, key                   the names of the arguments, if there is none
//
// Long texts are cut and end in "...". Control bytes other than white space
// are as they were given.
func Title(name string, args []byte) string {
	c := Parse(name, args)
	value, txt := unwrap(args)
	var t string
	switch {
	case c.Line != "":
		return "$ " + line(c.Line, maxTitle)
	case c.Kind == MCP:
	case c.Kind == Edit && len(c.Writes) > 0:
		t = edit(&c, value)
	case c.Kind == Read && len(c.Reads) > 0:
		t = some(c.Reads)
	case c.Kind == Search:
		t = search(&c, value)
	case c.Kind == Web:
		t = line(arg(value, "url", "query", "q", "urls", "prompt"), maxTitle)
	case c.Kind == Agent:
		t = line(arg(value, "prompt", "description", "message", "task"), maxTitle)
	case c.Kind == Plan && arg(value, "subject", "plan") != "":
		t = line(arg(value, "subject", "plan"), maxTitle)
	}
	if t != "" {
		return t
	}
	if value == nil {
		return line(txt, maxTitle)
	}
	return first(value)
}

func edit(c *Call, value []byte) string {
	t := some(c.Writes)
	if len(c.Writes) > 1 {
		return t
	}
	if old := arg(value, "old_string", "old_str", "oldString", "old_text"); old != "" {
		return t + " (replacing: " + line(old, maxOld) + ")"
	}
	n := 0
	members(value, func(k, v []byte) {
		if string(k) == "edits" {
			elements(v, func([]byte) { n++ })
		}
	})
	if n > 0 {
		return t + " (" + strconv.Itoa(n) + plural(n, " edit)", " edits)")
	}
	return t
}

func plural(n int, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}

func search(c *Call, value []byte) string {
	where := some(c.Searches)
	pattern := line(arg(value, "pattern", "regex", "query", "glob_pattern", "q"), maxTitle)
	if pattern == "" || pattern == where {
		return where
	}
	switch strings.ToLower(c.Name) {
	case "grep", "grep_search", "search_file_content", "rg", "grepsearch", "grep_files", "search_files":
		pattern = "/" + pattern + "/"
		if where != "" {
			pattern += " " + where
		}
		return pattern
	}
	if where != "" {
		return pattern + " in " + where
	}
	return pattern
}

// some joins paths, as many as fit.
func some(paths []string) string {
	if len(paths) == 0 {
		return ""
	}
	t := line(paths[0], 2*maxTitle)
	for i, p := range paths[1:] {
		if len(t)+len(p) > maxTitle {
			return t + " and " + strconv.Itoa(len(paths)-1-i) + " more"
		}
		t += ", " + line(p, maxTitle)
	}
	return t
}

// first tells of a call of which nothing is known.
func first(value []byte) string {
	var t string
	var names []string
	members(value, func(k, v []byte) {
		if t != "" {
			return
		}
		if s := text(v); s != "" && utf8.RuneCountInString(s) < maxValue {
			t = line(string(k), maxTitle) + ": " + line(s, maxValue)
		}
		if len(names) < maxTitle {
			names = append(names, string(k))
		}
	})
	if t != "" {
		return t
	}
	return line(strings.Join(names, ", "), maxTitle)
}

// arg returns the first of the named arguments that is a text; of a list, its
// first text.
func arg(value []byte, keys ...string) string {
	best, at := "", len(keys)
	members(value, func(k, v []byte) {
		for i, key := range keys[:at] {
			if string(k) != key && !bytes.EqualFold(k, []byte(key)) {
				continue
			}
			s := text(v)
			if len(v) > 0 && v[0] == '[' {
				s = gjson.GetBytes(v, "0").String()
			}
			if s != "" {
				best, at = s, i
			}
			return
		}
	})
	return best
}

// line returns s in one line of at most n characters.
func line(s string, n int) string {
	s = strings.TrimSpace(s)
	if len(s) > 8*n {
		s = cut(s, 8*n) // what follows can't be seen
	}
	s = strings.Map(func(r rune) rune {
		switch r {
		case '\n', '\r', '\t', '\v', '\f', '\u0085', '\u2028', '\u2029':
			return ' '
		}
		return r
	}, s)
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	k := 0
	for i := range s {
		if k == n {
			return s[:i] + "..."
		}
		k++
	}
	return s
}

// cut returns at most n bytes of s and no part of a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
