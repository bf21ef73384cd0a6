package mask

import (
	"bytes"
	"math/rand/v2"
	"strings"
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
	for _, text := range []string{"mrn:00000\x15", "\nmAil\":'0@0'", "\x0eX 1.0.0.0", strings.Repeat("�", 100) + "\n+49100000", "\"x.y.\"@big-bank.dev\"", "\x00::4:0 x", "\a4111 1111 1111 1111", "postgres://ap\r:pw@db.internal:5432/x"} {
		if len(mask.Find([]byte(text), &scrub.Place{}, nil)) > 0 && !mask.Candidate(lineWith(text)) {
			t.Errorf("no candidate: %s", lineWith(text))
		}
	}
}

// TestTwice checks that masking twice is masking once where what is masked first
// stands beside what may be a number or a name then.
func TestTwice(t *testing.T) {
	f := testFilter(t, Options{IP: true})
	m := maker{rand.New(rand.NewPCG(seed, 3))}
	for range 200 {
		text := ""
		for range 2 + m.IntN(4) {
			text += m.pick("/home/0A", "/Users/jdoe", m.fill("+1 NNN NN# ####"), m.fill("NNN-NN#-####"), m.fill("NNN NN# ####"), fours(m.card("51", 16), " "), m.ssn(), "a.b@big-bank.dev", "1.2.3.4", m.iban("DE", ""), "tel", "ssn")
			text += m.pick("", " ", "-", "\ufffd", ",", "/", "\u00a0", ".", "\xff")
		}
		once, n, _ := f.Line(nil, lineWith(text))
		once = bytes.Clone(once)
		if twice, k, _ := f.Line(nil, once); n > 0 && k > 0 {
			t.Errorf("%q: %s, then %s", text, once, twice)
		}
	}
}
