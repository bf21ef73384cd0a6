package redact_test

import (
	"testing"

	"agenttrace/lib/redact"
)

// TestRules is the table of recall and precision: no rule may miss a secret of
// the generated cases, or change one that is harmless, whatever the seed.
func TestRules(t *testing.T) {
	for _, seed := range []uint64{redact.SelfTestSeed, 1, 2} {
		cases := redact.Cases(seed)
		if len(cases) < 500 {
			t.Fatalf("only %d cases", len(cases))
		}
		list, err := redact.Scores(cases)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range list {
			for _, c := range s.Missed {
				t.Errorf("seed %d: %s, %s: missed in %.400s", seed, s.Rule, c.Kind, c.Line)
			}
			for _, c := range s.Wrong {
				t.Errorf("seed %d: %s, %s: spoilt %.400s", seed, s.Rule, c.Kind, c.Line)
			}
		}
	}
}
