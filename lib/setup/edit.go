package setup

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
)

// An Error says why settings cannot be understood, and where.
type Error struct {
	Line int // from 1
	Msg  string
}

func (e *Error) Error() string { return fmt.Sprintf("%d: %s", e.Line, e.Msg) }

// A doc is the text of a settings file that is being edited. Each edit changes
// the text, after which places in it are looked up again: settings are small.
type doc struct {
	bom    string // byte order mark, or nothing
	text   string // the rest
	plain  string // text with spaces in the place of what JSON has not
	loose  bool   // comments, and commas before a closing bracket, are allowed
	flat   bool   // a hook stands in its event's array itself, not in a group
	nl     string // how its lines end
	indent string // one step of indentation
	spaced bool   // a space stands after a colon
	lines  bool   // it is laid out in lines

	mine func(handler gjson.Result) bool // which handlers are meant
}

// parse checks that the settings are a JSON object and sees how they are laid
// out. What is added will look the same. loose allows comments.
func parse(settings []byte, loose bool) (*doc, error) {
	d := &doc{nl: "\n", indent: "  ", spaced: true, lines: true, mine: ours, loose: loose}
	d.text = string(settings)
	if rest, ok := strings.CutPrefix(d.text, "\ufeff"); ok {
		d.bom, d.text = d.text[:len(d.text)-len(rest)], rest
	}
	d.blank()
	if err := d.checkSyntax(); err != nil {
		return nil, err
	}
	root := d.root()
	if !root.IsObject() {
		return nil, d.errorAt(root.Index, "not a JSON object")
	}
	list := elements(root)
	if len(list) == 0 {
		return d, nil
	}
	if strings.Contains(d.text, "\r\n") {
		d.nl = "\r\n"
	}
	lead, ok := d.lead(list[0].start)
	d.lines = ok
	if ok && lead != "" {
		d.indent = lead
	}
	first := list[0]
	d.spaced = strings.HasSuffix(d.text[first.start:first.value.Index], " ")
	return d, nil
}

func (d *doc) checkSyntax() error {
	var raw json.RawMessage
	err := json.Unmarshal([]byte(d.plain), &raw)
	var bad *json.SyntaxError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &bad):
		return d.errorAt(0, err.Error())
	}
	at := max(int(bad.Offset)-1, 0) // Offset counts the bytes read
	if at < len(d.text) && d.text[at] == '/' {
		return d.errorAt(at, "a comment: JSON has none")
	}
	return d.errorAt(at, bad.Error())
}

func (d *doc) errorAt(at int, msg string) error {
	return &Error{Line: 1 + strings.Count(d.text[:min(at, len(d.text))], "\n"), Msg: msg}
}

// checkTwice reports a key that stands twice in an object: which of the two
// counts depends on the reader.
func (d *doc) checkTwice(object gjson.Result, key string) error {
	seen := false
	for _, e := range elements(object) {
		if e.key == key && seen {
			return d.errorAt(e.start, fmt.Sprintf("%q stands twice", key))
		}
		seen = seen || e.key == key
	}
	return nil
}

func (d *doc) bytes() []byte { return []byte(d.bom + d.text) }

func (d *doc) root() gjson.Result {
	root := gjson.Parse(d.plain)
	root.Raw = strings.TrimRight(root.Raw, " \t\r\n") // gjson leaves what follows
	return root
}

// An element is a member of an object or an array.
type element struct {
	start int // where its key begins, or its value if there is no key
	end   int // where its value ends
	key   string
	value gjson.Result
}

func elements(container gjson.Result) []element {
	var list []element
	if !container.IsObject() && !container.IsArray() {
		return nil
	}
	container.ForEach(func(k, v gjson.Result) bool {
		e := element{start: v.Index, end: v.Index + len(v.Raw), value: v}
		if container.IsObject() {
			e.start, e.key = k.Index, k.Str
		}
		list = append(list, e)
		return true
	})
	return list
}

func (d *doc) member(object gjson.Result, key string) (gjson.Result, bool) {
	for _, e := range elements(object) {
		if e.key == key {
			return e.value, true
		}
	}
	return gjson.Result{}, false
}

func (d *doc) dropKey(object gjson.Result, key string) {
	if i := slices.IndexFunc(elements(object), func(e element) bool { return e.key == key }); i >= 0 {
		d.drop(object, i)
	}
}

// layOut returns a value as it is written at a place in the text: over several
// lines if it begins a line there.
func (d *doc) layOut(at int, value []byte) string {
	if lead, ok := d.lead(at); ok {
		return d.pretty(value, lead)
	}
	return compact(value)
}

// lead returns the white space before a place, if nothing else stands before
// it on its line, and it has a line before it.
func (d *doc) lead(at int) (string, bool) {
	nl := strings.LastIndexByte(d.text[:at], '\n')
	lead := d.text[nl+1 : at]
	return lead, nl >= 0 && strings.Trim(lead, " \t") == ""
}

// lineIndent returns the white space that begins the line of a place.
func (d *doc) lineIndent(at int) string {
	line := d.text[strings.LastIndexByte(d.text[:at], '\n')+1 : at]
	return line[:len(line)-len(strings.TrimLeft(line, " \t"))]
}

// pretty returns a value over several lines; lead begins all but the first.
func (d *doc) pretty(value []byte, lead string) string {
	var b bytes.Buffer
	if json.Indent(&b, value, lead, d.indent) != nil {
		return string(value)
	}
	return strings.ReplaceAll(b.String(), "\n", d.nl)
}

func compact(value []byte) string { return string(event.AppendCompact(nil, value)) }
