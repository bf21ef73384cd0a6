package mask

import (
	"testing"

	"agenttrace/lib/scrub"
)

// TestEmailNeighbours checks that what stands right before or after an address,
// beyond ASCII, does not keep it from being found.
func TestEmailNeighbours(t *testing.T) {
	mask, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	const address = "jane.roe@big-bank.dev"
	for _, s := range []string{"→", "…", "。", "\uFFFD", "\u00a0", "’", "—", "」", "\u200b", "😀", "✅", "│", "\xff"} {
		for _, text := range []string{"to " + address + s + " now", "to " + s + address + " now", s + address + s} {
			found := mask.Find([]byte(text), &scrub.Place{}, nil)
			if len(found) != 1 || text[found[0].From:found[0].To] != address {
				t.Errorf("%q: found %v", text, found)
			}
		}
	}
}

// TestCandidateSeesEscapes checks that what Find finds in a text is seen in its
// line, in which control bytes and quotes are escapes.
func TestCandidateSeesEscapes(t *testing.T) {
	mask, err := New(Options{IP: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"\"x.y.\"@big-bank.dev\"", "\x00::4:0 x", "\a4111 1111 1111 1111", "postgres://ap\r:pw@db.internal:5432/x"} {
		if len(mask.Find([]byte(text), &scrub.Place{}, nil)) > 0 && !mask.Candidate(lineWith(text)) {
			t.Errorf("no candidate: %s", lineWith(text))
		}
	}
}
