package event

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/tidwall/gjson"
)

// documented is what the package comment says of a type.
type documented struct {
	fields   []Field
	examples []string
}

var item = regexp.MustCompile(`^  - (\w+): (\w+)\.`)

// parseDoc reads the types out of doc.go: a heading that is the name of a type,
// a list of its fields, an indented example.
func parseDoc(t *testing.T) (names []string, types map[string]*documented) {
	src, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	types = map[string]*documented{}
	var now *documented
	for line := range strings.Lines(string(src)) {
		line = strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(line, "//"), " "), "\n")
		if h, ok := strings.CutPrefix(line, "# "); ok {
			now = nil
			if !strings.ContainsFunc(h, func(r rune) bool { return unicode.IsUpper(r) || r == ' ' }) {
				now = &documented{}
				names = append(names, h)
				types[h] = now
			}
		}
		if now == nil {
			continue
		}
		if m := item.FindStringSubmatch(line); m != nil {
			now.fields = append(now.fields, Field{m[1], Kind(m[2])})
		}
		if ex, ok := strings.CutPrefix(line, "\t"); ok {
			now.examples = append(now.examples, ex)
		}
	}
	return names, types
}

func TestSchemaIsDocumented(t *testing.T) {
	names, types := parseDoc(t)
	var inCode []string
	for _, s := range Schema {
		inCode = append(inCode, s.Name)
		d := types[s.Name]
		if d == nil {
			t.Errorf("%s is in Schema and not in doc.go", s.Name)
			continue
		}
		if got, want := fmt.Sprint(d.fields), fmt.Sprint(s.Fields); got != want {
			t.Errorf("%s:\n doc.go %s\n Schema %s", s.Name, got, want)
		}
		if len(d.examples) == 0 {
			t.Errorf("%s has no example in doc.go", s.Name)
		}
		for _, ex := range d.examples {
			checkExample(t, s, ex)
		}
	}
	if fmt.Sprint(names) != fmt.Sprint(inCode) {
		t.Errorf("types in doc.go %v\nin Schema %v", names, inCode)
	}
}

func checkExample(t *testing.T, s Type, line string) {
	e, err := Parse([]byte(line))
	if err != nil {
		t.Errorf("%s: example: %v", s.Name, err)
		return
	}
	if e.Type() != s.Name {
		t.Errorf("example of %s is a %s", s.Name, e.Type())
	}
	if len(e.ID()) != 12 || e.Session() == "" {
		t.Errorf("example of %s: id %q, session %q", s.Name, e.ID(), e.Session())
	}
	kinds := map[string]Kind{}
	for _, f := range s.Fields {
		kinds[f.Name] = f.Kind
	}
	e.Data().ForEach(func(k, v gjson.Result) bool {
		want, ok := kinds[k.String()]
		if got := kindOf(v); !ok || want != Any && want != got {
			t.Errorf("example of %s: %s is %s, documented as %q", s.Name, k, got, want)
		}
		return true
	})
}

func kindOf(v gjson.Result) Kind {
	switch {
	case v.IsObject():
		return Obj
	case v.IsArray():
		return Array
	case v.IsBool():
		return Boolean
	case v.Type == gjson.Number:
		return Number
	case v.Type == gjson.String:
		return String
	}
	return "null"
}

// Every record has a section: who reads the stream finds what it says.
func TestRecordsAreDocumented(t *testing.T) {
	for _, r := range Records {
		if !slices.ContainsFunc(Schema, func(s Type) bool { return s.Name == r }) {
			t.Errorf("%s is a record and not in Schema", r)
		}
	}
}
