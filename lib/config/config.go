// Package config reads configuration files, JSON or YAML, into a tree whose
// parts know the line they stand on, so that whatever is wrong in a file can
// be told with file and line.
//
// It is strict: a key that stands twice, a second document, an alias or text
// after the end is an error.
package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Kind is what a node is.
type Kind int

// The kinds.
const (
	Null Kind = iota
	Bool
	Number
	String
	List
	Map
)

var kindNames = [...]string{"null", "a boolean", "a number", "a string", "a list", "an object"}

// String returns what a message calls the kind.
func (k Kind) String() string { return kindNames[k] }

// A Node is a value in a file.
type Node struct {
	Line    int
	Kind    Kind
	Text    string // of a scalar: a string unquoted, a number as it stands
	Items   []*Node
	Members []Member
	file    string
}

// A Member is a key of an object and its value.
type Member struct {
	Key   string
	Line  int
	Value *Node
}

// An Error is what is wrong in a file, and where. Line is 0 where it is the
// file as a whole.
type Error struct {
	File string
	Line int
	Msg  string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Msg
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Msg)
}

// Errorf returns an error about a node.
func (n *Node) Errorf(format string, args ...any) error {
	return &Error{n.file, n.Line, fmt.Sprintf(format, args...)}
}

// Get returns the value of a key, nil if there is none.
func (n *Node) Get(key string) *Node {
	for _, m := range n.Members {
		if m.Key == key {
			return m.Value
		}
	}
	return nil
}

// Want returns an error if a node is not of one of the kinds.
func (n *Node) Want(what string, kinds ...Kind) error {
	var names []string
	for _, k := range kinds {
		if n.Kind == k {
			return nil
		}
		names = append(names, k.String())
	}
	return n.Errorf("%s is %s, want %s", what, n.Kind, strings.Join(names, " or "))
}

// Only returns an error if an object has a key that is not in the list.
func (n *Node) Only(what string, keys ...string) error {
	if err := n.Want(what, Map); err != nil {
		return err
	}
	for _, m := range n.Members {
		known := false
		for _, k := range keys {
			known = known || k == m.Key
		}
		if !known {
			where := ""
			if what != "" {
				where = " in " + what
			}
			return &Error{n.file, m.Line, fmt.Sprintf("unknown key %q%s, want %s", m.Key, where, strings.Join(keys, ", "))}
		}
	}
	return nil
}

// maxDepth is how deep a file may be nested.
const maxDepth = 50

// Parse reads a file. name is its name, for messages and for its format: YAML
// if it ends in .yaml or .yml or does not begin with a bracket, else JSON.
func Parse(name string, data []byte) (*Node, error) {
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	text := bytes.TrimSpace(data)
	if len(text) == 0 {
		return nil, &Error{name, 0, "the file is empty"}
	}
	ext := strings.ToLower(path.Ext(name))
	if ext != ".yaml" && ext != ".yml" && (text[0] == '{' || text[0] == '[') {
		return parseJSON(name, data)
	}
	return parseYAML(name, data)
}

func lineAt(data []byte, offset int64) int {
	return 1 + bytes.Count(data[:min(max(offset, 0), int64(len(data)))], []byte{'\n'})
}

type jsonReader struct {
	name string
	data []byte
	dec  *json.Decoder
}

func parseJSON(name string, data []byte) (*Node, error) {
	r := &jsonReader{name, data, json.NewDecoder(bytes.NewReader(data))}
	r.dec.UseNumber()
	n, err := r.value(0)
	if err != nil {
		return nil, r.fail(err)
	}
	if _, err := r.dec.Token(); !errors.Is(err, io.EOF) {
		return nil, &Error{name, lineAt(data, r.dec.InputOffset()), "text after the end of the JSON"}
	}
	return n, nil
}

func (r *jsonReader) fail(err error) error {
	var at *Error
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &at):
		return err
	case errors.As(err, &syntax):
		return &Error{r.name, lineAt(r.data, syntax.Offset), "not JSON: " + syntax.Error()}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &Error{r.name, lineAt(r.data, int64(len(bytes.TrimSpace(r.data)))), "not JSON: unexpected end"}
	}
	return &Error{r.name, lineAt(r.data, r.dec.InputOffset()), "not JSON: " + err.Error()}
}

func (r *jsonReader) line() int { return lineAt(r.data, r.dec.InputOffset()) }

func (r *jsonReader) value(depth int) (*Node, error) {
	t, err := r.dec.Token()
	if err != nil {
		return nil, err
	}
	n := &Node{Line: r.line(), file: r.name}
	switch t := t.(type) {
	case nil:
	case bool:
		n.Kind, n.Text = Bool, fmt.Sprint(t)
	case json.Number:
		n.Kind, n.Text = Number, t.String()
	case string:
		n.Kind, n.Text = String, t
	case json.Delim:
		if depth > maxDepth {
			return nil, n.Errorf("nested too deep")
		}
		if t == '[' {
			n.Kind = List
			for r.dec.More() {
				v, err := r.value(depth + 1)
				if err != nil {
					return nil, err
				}
				n.Items = append(n.Items, v)
			}
		} else {
			n.Kind = Map
			for r.dec.More() {
				key, err := r.dec.Token()
				if err != nil {
					return nil, err
				}
				m := Member{Key: key.(string), Line: r.line()}
				if m.Value, err = r.value(depth + 1); err != nil {
					return nil, err
				}
				if err := n.add(m); err != nil {
					return nil, err
				}
			}
		}
		_, err = r.dec.Token()
		return n, err
	}
	return n, nil
}

func (n *Node) add(m Member) error {
	if n.Get(m.Key) != nil {
		return &Error{n.file, m.Line, fmt.Sprintf("the key %q stands twice", m.Key)}
	}
	n.Members = append(n.Members, m)
	return nil
}

func parseYAML(name string, data []byte) (*Node, error) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	if err := dec.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, &Error{name, 0, "the file is empty"}
		}
		return nil, yamlError(name, err)
	}
	var more yaml.Node
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		if err != nil {
			return nil, yamlError(name, err)
		}
		return nil, &Error{name, more.Line, "a second document"}
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 {
		return nil, &Error{name, 0, "the file is empty"}
	}
	return fromYAML(name, doc.Content[0], 0)
}

func yamlError(name string, err error) error {
	msg := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 0
	if n, _ := fmt.Sscanf(msg, "line %d:", &line); n == 1 {
		_, msg, _ = strings.Cut(msg, ": ")
	}
	return &Error{name, line, "not YAML: " + msg}
}

func fromYAML(name string, y *yaml.Node, depth int) (*Node, error) {
	n := &Node{Line: y.Line, file: name}
	if depth > maxDepth {
		return nil, n.Errorf("nested too deep")
	}
	switch y.Kind {
	case yaml.ScalarNode:
		n.Text = y.Value
		switch y.ShortTag() {
		case "!!null":
		case "!!bool":
			n.Kind = Bool
			n.Text = strings.ToLower(y.Value)
		case "!!int", "!!float":
			n.Kind = Number
		case "!!str", "!!timestamp":
			n.Kind = String
		default:
			return nil, n.Errorf("a value of type %s", y.Tag)
		}
	case yaml.SequenceNode:
		n.Kind = List
		for _, c := range y.Content {
			v, err := fromYAML(name, c, depth+1)
			if err != nil {
				return nil, err
			}
			n.Items = append(n.Items, v)
		}
	case yaml.MappingNode:
		n.Kind = Map
		for i := 0; i+1 < len(y.Content); i += 2 {
			k := y.Content[i]
			if k.Kind != yaml.ScalarNode || k.ShortTag() == "!!merge" {
				return nil, &Error{name, k.Line, "a key that is not a plain word"}
			}
			v, err := fromYAML(name, y.Content[i+1], depth+1)
			if err != nil {
				return nil, err
			}
			if err := n.add(Member{k.Value, k.Line, v}); err != nil {
				return nil, err
			}
		}
	default:
		return nil, n.Errorf("aliases are not read")
	}
	return n, nil
}
