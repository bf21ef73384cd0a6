package setup

import (
	"bytes"
	"testing"

	"github.com/tidwall/gjson"
)

// FuzzMerge checks that merging leaves JSON behind, is done after once, and
// that removing takes all of ours out and is done after once.
func FuzzMerge(f *testing.F) {
	for _, s := range settings {
		f.Add([]byte(s))
	}
	f.Add([]byte(`{"hooks":{"Stop":[{"hooks":[{"command":"at-capture --save"},{"command":"x"}]},{"hooks":[{"command":"at-capture | at-save"}]}]}}`))
	f.Fuzz(func(t *testing.T, old []byte) {
		text, err := claudeFormat.Merge(old, plain)
		if err != nil {
			return
		}
		valid(t, text)
		if again, err := claudeFormat.Merge(text, plain); err != nil || !bytes.Equal(again, text) {
			t.Errorf("merging twice is not merging once (%v):\n%s\n%s", err, text, again)
		}
		if n, want := count(text), len(claude.Hooks(plain)); n != want {
			t.Errorf("%d hooks of ours, want %d", n, want)
		}
		rest, err := claudeFormat.Remove(text)
		if err != nil {
			t.Fatal(err)
		}
		valid(t, rest)
		if again, err := claudeFormat.Remove(rest); err != nil || !bytes.Equal(again, rest) || count(rest) != 0 {
			t.Errorf("removing left something (%v):\n%s", err, rest)
		}
	})
}

func valid(t *testing.T, text []byte) {
	t.Helper()
	if !gjson.ValidBytes(bytes.TrimPrefix(text, []byte("\ufeff"))) {
		t.Fatalf("not JSON: %q", text)
	}
}

// FuzzComments is FuzzMerge for an agent that allows comments.
func FuzzComments(f *testing.F) {
	for _, s := range commented {
		f.Add([]byte(s))
	}
	f.Add([]byte("{\"hooks\":{\"SessionEnd\":[{\"hooks\":[// a\n{\"command\":\"at-capture --save\"}/*b*/,//c\n{\"command\":\"x\"},]},],/*d*/},}"))
	file := gemini.Files[0]
	f.Fuzz(func(t *testing.T, old []byte) {
		text, err := file.Merge(old, plain)
		if err != nil {
			return
		}
		if again, err := file.Merge(text, plain); err != nil || !bytes.Equal(again, text) {
			t.Errorf("merging twice is not merging once (%v):\n%s\n%s", err, text, again)
		}
		rest, err := file.Remove(text)
		if err != nil {
			t.Fatalf("%v:\n%s", err, text)
		}
		if list, err := file.Find(rest); err != nil || len(list) > 0 {
			t.Errorf("removing left something (%v):\n%s", err, rest)
		}
		d, err := parse(old, true)
		if err != nil {
			return // it was empty
		}
		e, err := parse(rest, true)
		if err != nil {
			t.Fatal(err)
		}
		if a, b := comments(d), comments(e); !mentioned(old) && a != b {
			t.Errorf("comments were %q, and are %q", a, b)
		}
	})
}

func mentioned(text []byte) bool { return bytes.Contains(text, []byte("at-capture")) }

// comments returns all comments of a text.
func comments(d *doc) (all string) {
	for i := range d.text {
		if d.text[i] != d.plain[i] && d.text[i] != ',' {
			all += d.text[i : i+1]
		}
	}
	return all
}
