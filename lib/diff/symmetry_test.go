package diff

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// random makes a session of about n events.
func random(r *rand.Rand, id string, n int) *script {
	s := begin(id, "/p")
	for len(s.lines) < n {
		switch r.IntN(7) {
		case 0:
			s.ask(fmt.Sprintf("do %d", r.IntN(3)))
		case 1:
			s.say(fmt.Sprintf("I say %d", r.IntN(100)))
		case 2:
			s.file("Read", fmt.Sprintf("/p/%d.go", r.IntN(3)))
		case 3:
			s.file("Edit", fmt.Sprintf("/p/%d.go", r.IntN(3)))
		case 4:
			s.sh(fmt.Sprintf("make %d", r.IntN(3)), "ok")
		case 5:
			s.sh("go test ./...", []string{"ok", "!FAIL"}[r.IntN(2)])
		case 6:
			s.call("TodoWrite", `{"todos":[]}`, "ok")
		}
	}
	return s
}

// mirror swaps the sides of a divergence.
func (d *Divergence) mirror() string {
	if d == nil {
		return "none"
	}
	return fmt.Sprintf("%s %+v %+v", d.Kind, d.B, d.A)
}

func plainly(d *Divergence) string {
	if d == nil {
		return "none"
	}
	return fmt.Sprintf("%s %+v %+v", d.Kind, d.A, d.B)
}

// shows are all that is made of a result.
var shows = map[string]func(*Result) []byte{
	"text": (*Result).Text, "semantic": (*Result).Semantic, "compare": (*Result).Compare, "stat": (*Result).Stat,
	"record": func(r *Result) []byte { return r.Record(nil) },
	"matrix": func(r *Result) []byte { return Matrix(r.A, []*Result{r}) },
}

// swap swaps the sides of a result.
func swap(r *Result) *Result {
	s := &Result{A: r.B, B: r.A, Common: r.Common, numbers: [2]Numbers{r.numbers[1], r.numbers[0]}}
	turn := func(d *Divergence) *Divergence {
		if d == nil {
			return nil
		}
		return &Divergence{d.Kind, d.B, d.A}
	}
	s.Diverged, s.Told = turn(r.Diverged), turn(r.Told)
	for _, p := range r.Phases {
		s.Phases = append(s.Phases, PhasePair{p.B, p.A, p.OnlyB, p.OnlyA, p.Moved, p.FailedB, p.FailedA})
	}
	return s
}

// swaps fails the test if back is not there with its sides swapped, in each of
// the forms. Between phases that both have, those of the first side come
// first; for that, they are put into an order of their own.
func swaps(t *testing.T, there, back *Result) {
	t.Helper()
	a, b := 0, 0
	for _, p := range there.Phases {
		if p.A != nil && p.A.Number <= a || p.B != nil && p.B.Number <= b {
			t.Fatalf("phases are out of order:\n%s", there.Text())
		}
		if p.A != nil {
			a = p.A.Number
		}
		if p.B != nil {
			b = p.B.Number
		}
	}
	there = swap(there)
	for _, r := range []*Result{there, back} {
		slices.SortFunc(r.Phases, func(x, y PhasePair) int { return bytes.Compare(x.json(), y.json()) })
	}
	for name, show := range shows {
		if x, y := show(there), show(back); !bytes.Equal(x, y) {
			t.Fatalf("%s:\n%s\n\n%s", name, x, y)
		}
	}
}

// Swapping the sides swaps the answer, in each of its forms; a session against
// itself is identical.
func TestSymmetry(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	opposites := map[Verdict]Verdict{Improved: Regressed, Regressed: Improved, Mixed: Mixed, Unchanged: Unchanged}
	for range 200 {
		a, b := random(rnd, "a", 5+rnd.IntN(60)), random(rnd, "b", 5+rnd.IntN(60))
		there, back := compare(t, a, b), compare(t, b, a)
		if x, y := plainly(there.Diverged), back.Diverged.mirror(); x != y {
			t.Fatalf("divergence:\n%s\n%s", x, y)
		}
		if x, y := plainly(there.Told), back.Told.mirror(); x != y {
			t.Fatalf("told:\n%s\n%s", x, y)
		}
		swaps(t, there, back)
		if there.Differs() && len(there.Phases) == 0 && there.Diverged.A.Phase+there.Diverged.B.Phase > 0 {
			t.Fatalf("a headline with nothing below it:\n%s", there.Text())
		}
		v, _ := there.Verdict()
		w, _ := back.Verdict()
		if opposites[v] != w {
			t.Fatalf("verdicts %s and %s", v, w)
		}
		self := compare(t, a, a)
		if v, list := self.Verdict(); !self.Identical() || self.Differs() || len(self.Phases) > 0 || v != Unchanged || list != nil {
			t.Fatalf("a session differs from itself: %s", self.Text())
		}
		contains(t, self.Text(), "Sessions are identical.")
		contains(t, self.Stat(), ": identical\n")
		contains(t, self.Record(nil), `"identical":true,`, `"outcome":"unchanged"`)
	}
}
