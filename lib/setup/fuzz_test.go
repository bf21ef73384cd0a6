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
		text, err := claude.Merge(old, plain)
		if err != nil {
			return
		}
		valid(t, text)
		if again, err := claude.Merge(text, plain); err != nil || !bytes.Equal(again, text) {
			t.Errorf("merging twice is not merging once (%v):\n%s\n%s", err, text, again)
		}
		if n, want := count(text), len(claude.Hooks(plain)); n != want {
			t.Errorf("%d hooks of ours, want %d", n, want)
		}
		rest, err := claude.Remove(text)
		if err != nil {
			t.Fatal(err)
		}
		valid(t, rest)
		if again, err := claude.Remove(rest); err != nil || !bytes.Equal(again, rest) || count(rest) != 0 {
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
