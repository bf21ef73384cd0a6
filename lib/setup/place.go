package setup

import (
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
)

// blank sets plain: the text with spaces in the place of comments, and of
// commas before a closing bracket. Places in it are places in the text.
func (d *doc) blank() {
	d.plain = d.text
	if !d.loose {
		return
	}
	b := []byte(d.text)
	comma := -1     // one that nothing but a value stands before and nothing has followed yet
	last := byte(0) // what is neither white space nor in a comment
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			comma, last = -1, c
			for i++; i < len(b) && b[i] != '"' && b[i] != '\n'; i++ {
				if b[i] == '\\' {
					i++
				}
			}
		case c == '/' && commentEnd(d.text[i:]) > 0:
			end := i + commentEnd(d.text[i:])
			for ; i < end; i++ {
				if b[i] != '\n' && b[i] != '\r' {
					b[i] = ' '
				}
			}
			i--
		case c == ',':
			if comma = i; last == 0 || last == ',' || last == '{' || last == '[' {
				comma = -1
			}
			last = c
		case c == '}' || c == ']':
			if comma >= 0 {
				b[comma] = ' '
			}
			comma, last = -1, c
		case c != ' ' && c != '\t' && c != '\n' && c != '\r':
			comma, last = -1, c
		}
	}
	d.plain = string(b)
}

// commentEnd returns the length of the comment that s begins with, without the
// newline that ends it; 0 if there is none.
func commentEnd(s string) int {
	switch {
	case strings.HasPrefix(s, "//"):
		if i := strings.IndexByte(s, '\n'); i >= 0 {
			return len(strings.TrimSuffix(s[:i], "\r"))
		}
		return len(s)
	case strings.HasPrefix(s, "/*"):
		if i := strings.Index(s[2:], "*/"); i >= 0 {
			return i + 4
		}
	}
	return 0
}

// between says what stands between two values: white space, commas, comments.
type between struct {
	comments int // where the last comment ends, -1 if there is none
	first    int // where the first one begins
	comma    int // where the comma is, -1 if there is none
}

func (d *doc) between(from, to int) between {
	s := between{-1, -1, -1}
	for i := from; i < to; i++ {
		if n := commentEnd(d.text[i:to]); n > 0 && d.loose {
			if s.first < 0 {
				s.first = i
			}
			i += n - 1
			s.comments = i + 1
		} else if d.text[i] == ',' {
			s.comma = i
		}
	}
	return s
}

func inside(container gjson.Result) (from, to int) {
	return container.Index + 1, container.Index + len(container.Raw) - 1
}

// drop takes the i-th element out of a container, with its comma and without
// the comments around it. It undoes add.
func (d *doc) drop(container gjson.Result, i int) {
	list := elements(container)
	open, shut := inside(container)
	e := list[i]
	before, after := d.between(open, e.start), d.between(e.end, shut)
	if i > 0 {
		before = d.between(list[i-1].end, e.start)
	}
	switch {
	case len(list) == 1 && before.comments < 0 && after.comments < 0:
		d.splice(open, shut, "")
	case i < len(list)-1:
		after = d.between(e.end, list[i+1].start)
		to := list[i+1].start
		if after.comments >= 0 {
			to = max(after.comma+1, e.end)
			if after.first < after.comma { // a comment before the comma goes too
				to = after.comma + 1
			}
			to += len(d.text[to:]) - len(strings.TrimLeft(d.text[to:], " \t\r\n"))
		}
		d.splice(e.start, to, "")
	case before.comments < 0 && i > 0:
		d.splice(list[i-1].end, e.end, "")
	default:
		from, to := max(before.comments, open), e.end
		if after.comma >= 0 && (after.first < 0 || after.comma < after.first) { // the comma before it was there first
			d.splice(max(from, before.comma+1), after.comma+1, "")
			return
		}
		d.splice(from, to, "")
		if before.comma >= 0 && before.comma < from {
			d.splice(before.comma, before.comma+1, "")
		}
	}
}

// add puts a value at the end of a container, laid out as its elements are.
// key is "" for an array.
func (d *doc) add(container gjson.Result, key string, value []byte) {
	prefix := ""
	if key != "" {
		prefix = string(event.AppendString(nil, key)) + ":"
		if d.spaced {
			prefix += " "
		}
	}
	list := elements(container)
	open, shut := inside(container)
	if len(list) == 0 {
		outer := d.lineIndent(container.Index)
		inner := outer + d.indent
		if c := d.between(open, shut); c.comments >= 0 {
			d.splice(c.comments, c.comments, d.nl+inner+prefix+d.pretty(value, inner))
		} else if !d.lines {
			d.splice(open, shut, prefix+compact(value))
		} else {
			d.splice(open, shut, d.nl+inner+prefix+d.pretty(value, inner)+d.nl+outer)
		}
		return
	}
	end := list[len(list)-1].end
	lead, ok := d.lead(list[0].start)
	if c := d.between(end, shut); c.comments >= 0 {
		if !ok {
			lead = d.lineIndent(container.Index) + d.indent
		}
		added := d.nl + lead + prefix + d.pretty(value, lead)
		if c.comma >= 0 {
			at := max(c.comments, c.comma+1)
			d.splice(at, at, added+",")
			return
		}
		d.splice(c.comments, c.comments, added)
		d.splice(end, end, ",")
		return
	}
	if ok {
		d.splice(end, end, ","+d.nl+lead+prefix+d.pretty(value, lead))
		return
	}
	comma := ","
	if d.spaced {
		comma = ", "
	}
	d.splice(end, end, comma+prefix+compact(value))
}

func (d *doc) splice(from, to int, s string) {
	d.text = d.text[:from] + s + d.text[to:]
	d.blank()
}
