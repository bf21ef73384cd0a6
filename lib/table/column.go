package table

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"agenttrace/lib/event"
)

// Default are the columns of agent-strace's export.
var Default = []Column{
	{Name: "timestamp", path: []string{"timestamp"}}, {Name: "event_type", path: []string{"event_type"}},
	{Name: "event_id", path: []string{"event_id"}}, {Name: "parent_id", path: []string{"parent_id"}},
	{Name: "duration_ms", path: []string{"duration_ms"}}, {Name: "data", path: []string{"data"}},
}

// A Column is where the values of a column are found, and what it is called.
type Column struct {
	Name string
	path []string // nil for the time
}

// Columns reads a list with commas between its columns.
func Columns(list string) ([]Column, error) {
	var out []Column
	rest, more := strings.CutPrefix(list, "+")
	if more {
		out = slices.Clone(Default)
	}
	for text := range strings.SplitSeq(rest, ",") {
		name, path, named := strings.Cut(strings.TrimSpace(text), "=")
		if !named {
			path = name
		}
		c := Column{Name: name}
		if path != "time" {
			c.path = split(path)
		}
		if name == "" || slices.Contains(c.path, "") {
			return nil, fmt.Errorf("%q is not a column: want the name of a key, such as data.tool_name", text)
		}
		if slices.ContainsFunc(out, func(o Column) bool { return o.Name == name }) {
			return nil, fmt.Errorf("the column %q is there twice", name)
		}
		out = append(out, c)
	}
	if len(out) == 0 {
		return nil, errors.New("there are no columns")
	}
	return out, nil
}

// split splits a path at its dots, but for those behind a backslash.
func split(path string) []string {
	var list []string
	var part []byte
	for i := 0; i < len(path); i++ {
		switch {
		case path[i] == '\\' && i+1 < len(path):
			i++
			part = append(part, path[i])
		case path[i] == '.':
			list = append(list, string(part))
			part = part[:0]
		default:
			part = append(part, path[i])
		}
	}
	return append(list, string(part))
}

// find returns the JSON text of the value at a path; nil if there is none.
func find(value []byte, path []string) []byte {
	for _, part := range path {
		switch {
		case len(value) == 0:
			return nil
		case value[0] == '{':
			value = member(value, part)
		case value[0] == '[':
			value = element(value, part)
		default:
			return nil
		}
	}
	return value
}

// member returns the first member of an object with a key.
func member(object []byte, want string) (found []byte) {
	event.Fields(object, func(key, value []byte) bool {
		if same(key, want) {
			found = value
		}
		return found == nil
	})
	return found
}

// same reports whether a key, as it stands in the line, is want.
func same(key []byte, want string) bool {
	if string(key) == want {
		return true
	}
	return slices.Contains(key, '\\') && event.Unquote([]byte(`"`+string(key)+`"`)) == want
}

// element returns an element of an array.
func element(array []byte, index string) []byte {
	n, err := strconv.Atoi(index)
	if err != nil || n < 0 {
		return nil
	}
	for i := 1; i < len(array); {
		if c := array[i]; c == ' ' || c == '\t' || c == ',' || c == '\n' || c == '\r' {
			i++
			continue
		}
		end, ok := event.Value(array[i:])
		if !ok {
			return nil // the end
		}
		if n == 0 {
			return array[i : i+end]
		}
		n--
		i += end
	}
	return nil
}
