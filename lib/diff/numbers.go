package diff

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"agenttrace/lib/text"
)

// Numbers are the totals of a session, and what they say of it.
type Numbers struct {
	Events    int
	Duration  time.Duration
	Timed     bool
	ToolCalls int
	Errors    int
	Retries   int
	Tokens    int64 // all classes
	Counted   bool  // tokens are known
	Cost      int64 // billionths of a US dollar
	Priced    bool
	AtLeast   bool // instead of Priced: some models have no known price, it cost more than Cost
	Redundant int  // reads
	Resets    int  // of the context
	Tools     []string
	Written   []string // by tools and, as far as command lines tell, by shell calls
	Passed    int      // scores
	Scored    bool     // there are scores that say whether they passed
	Completed bool     // the last phase did not fail
	Judged    bool     // there is a phase
}

// Numbers returns the numbers of the session so far.
func (s *Session) Numbers() Numbers {
	sum := s.fold.Summary()
	n := Numbers{
		Events: sum.Events, Duration: sum.Duration(), Timed: sum.Timed, ToolCalls: sum.ToolCalls,
		Errors: sum.Errors + sum.APIErrors, Retries: sum.Retries, Cost: s.usd, Priced: s.priced && !s.atLeast, AtLeast: s.priced && s.atLeast,
		Redundant: s.redundant, Resets: s.resets, Tools: slices.Sorted(maps.Keys(sum.Tools)),
	}
	if sum.Tokens != nil {
		n.Tokens, n.Counted = sum.Tokens.Total(), true
	}
	n.Written = append(s.place.rels(sum.FilesWritten), s.place.rels(sum.FilesWrittenByShell)...)
	n.Written = slices.DeleteFunc(n.Written, func(p string) bool {
		return strings.HasPrefix(p, "/dev/") || strings.HasPrefix(p, "/tmp/") || strings.HasPrefix(p, "/proc/")
	})
	slices.Sort(n.Written)
	n.Written = slices.Compact(n.Written)
	for _, sc := range s.scores {
		if sc.passed != gjson.Null {
			n.Scored = true
		}
		if sc.passed == gjson.True {
			n.Passed++
		}
	}
	if k := len(s.phases); k > 0 {
		n.Judged, n.Completed = true, !s.phases[k-1].Failed
	}
	return n
}

// Numbers returns those of both sides.
func (r *Result) Numbers() (a, b Numbers) { return r.numbers[0], r.numbers[1] }

// SameTask reports whether both sessions began with the same prompt; known is
// false if one has none.
func (r *Result) SameTask() (same, known bool) {
	return r.A.task == r.B.task, r.A.prompts > 0 && r.B.prompts > 0
}

// only returns what is in a and not in b; both are sorted.
func only(a, b []string) (list []string) {
	for _, x := range a {
		if _, found := slices.BinarySearch(b, x); !found {
			list = append(list, x)
		}
	}
	return list
}

// Verdict is which side is better.
type Verdict string

// The verdicts, about B seen from A.
const (
	Improved  Verdict = "improved"
	Regressed Verdict = "regressed"
	Unchanged Verdict = "unchanged"
	Mixed     Verdict = "mixed" // for some reasons better, for others worse
)

// A Reason is something that speaks for a side.
type Reason struct {
	For  int    // 1: it speaks for B; -1: for A
	Text string // as said of that side: fewer errors
	From string // what the other side has
	To   string // and this one
}

// Verdict weighs the numbers; see the package comment.
func (r *Result) Verdict() (Verdict, []Reason) {
	a, b := r.Numbers()
	var all []Reason
	verdict := Unchanged
	decide := func(list ...Reason) {
		all = append(all, list...)
		if verdict != Unchanged {
			return
		}
		switch sum := total(list); {
		case sum > 0:
			verdict = Improved
		case sum < 0:
			verdict = Regressed
		case len(list) > 0:
			verdict = Mixed
		}
	}
	if a.Judged && b.Judged && a.Completed != b.Completed {
		words := map[bool]string{true: "completed", false: "failed"}
		decide(reason(b.Completed, "task completed", words[a.Completed], words[b.Completed]))
	}
	if a.Errors != b.Errors {
		decide(reason(b.Errors < a.Errors, "fewer errors", fmt.Sprint(a.Errors), fmt.Sprint(b.Errors)))
	}
	if a.Scored && b.Scored && a.Passed != b.Passed {
		decide(reason(b.Passed > a.Passed, "more scores passed", fmt.Sprint(a.Passed), fmt.Sprint(b.Passed)))
	}
	var means []Reason
	switch {
	case a.Priced && b.Priced:
		if apart(a.Cost, b.Cost) {
			means = append(means, reason(b.Cost < a.Cost, "cheaper", text.Dollars(a.Cost), text.Dollars(b.Cost)))
		}
	case a.Counted && b.Counted && apart(a.Tokens, b.Tokens):
		means = append(means, reason(b.Tokens < a.Tokens, "fewer tokens", text.Tokens(a.Tokens), text.Tokens(b.Tokens)))
	}
	if a.Timed && b.Timed && apart(int64(a.Duration), int64(b.Duration)) {
		means = append(means, reason(b.Duration < a.Duration, "faster", length(a.Duration), length(b.Duration)))
	}
	decide(means...)
	return verdict, all
}

// total is 1 if all reasons speak for B, -1 if all speak for A, else 0.
func total(list []Reason) int {
	if len(list) == 0 {
		return 0
	}
	for _, r := range list {
		if r.For != list[0].For {
			return 0
		}
	}
	return list[0].For
}

func reason(forB bool, words, a, b string) Reason {
	if forB {
		return Reason{1, words, a, b}
	}
	return Reason{-1, words, b, a}
}

// apart reports whether two numbers differ by a tenth of the larger, or more.
func apart(a, b int64) bool {
	a, b = min(a, b), max(a, b)
	return b > a && b-a >= b/10
}

func length(d time.Duration) string {
	if d < time.Second {
		return text.Latency(d)
	}
	return text.Duration(d)
}
