package postmortem

import (
	"fmt"
	"slices"
	"strings"

	"agenttrace/lib/event"
)

// An Advice is what might be done, and the events that say why.
type Advice struct {
	Text   string
	Events []int
}

// stuckAfter is how often in a row the same thing fails before it is said.
const stuckAfter = 3

// maxEvidence is how many events are named.
const maxEvidence = 10

// kinds are failures that their own text explains. says is in lower case.
var kinds = []struct {
	says   []string
	api    bool // of the model's API alone
	advice string
}{
	{says: []string{"permission denied", "eacces", "operation not permitted", "access is denied"},
		advice: "Give the agent the rights that this needs, or forbid the path in its policy, so that it does not try"},
	{says: []string{"command not found", "not recognized as an internal", "executable file not found", ": not found"},
		advice: "Install the program before the session, or name the one to use in the agent's instructions"},
	{says: []string{"modulenotfounderror", "no module named", "cannot find module", "err_module_not_found", "cannot find package", "unresolved import", "no required module"},
		advice: "Install the dependencies before the session, or say in the agent's instructions how the environment is entered"},
	{says: []string{"could not resolve host", "enotfound", "network is unreachable", "connection refused", "econnrefused", "temporary failure in name resolution"},
		advice: "Make what it connects to reachable, or say in the agent's instructions that there is no network"},
	{says: []string{"no space left on device", "enospc", "disk quota exceeded"},
		advice: "Make room on the disk"},
	{says: []string{"timed out", "deadline exceeded", "etimedout"},
		advice: "Give the command more time, or let it run in the background"},
	{says: []string{"string to replace not found", "string not found in file", "has been modified since", "file has not been read yet"},
		advice: "Have files read again before they are edited"},
	{says: []string{"rate limit", "rate-limit", "rate_limit", "overloaded", "too many requests"}, api: true,
		advice: "Run fewer sessions at once, or later: the model's API was overloaded"},
	{says: []string{"prompt is too long", "context length", "context window", "maximum context", "too many tokens"}, api: true,
		advice: "Keep the context smaller: shorter outputs, subagents for searches, a compaction earlier"},
}

// ends is how much of a failure's text is looked at, at each end, in bytes:
// what is wrong stands first or last.
const ends = 1 << 10

// classify notes which of the kinds a failure is of, by what it says.
func (f *Fold) classify(e event.Event, a *attempt) {
	s := failureText(e)
	if len(s) > 2*ends {
		s = s[:ends] + s[len(s)-ends:]
	}
	s = strings.ToLower(s)
	for i := range kinds {
		if kinds[i].api != a.api || !slices.ContainsFunc(kinds[i].says, func(x string) bool { return strings.Contains(s, x) }) {
			continue
		}
		if f.kinds == nil {
			f.kinds = map[int][]int{}
		}
		f.kinds[i] = append(f.kinds[i], a.event)
		return
	}
}

// maxStuck is how many of the things that failed again and again are named.
const maxStuck = 3

// advice returns the recommendations that something shows to be of use.
func (f *Fold) advice(r *Report) (list []Advice) {
	byRule := map[*Instruction]int{}
	for _, b := range f.broken {
		if i, ok := byRule[b.Instruction]; ok {
			list[i].Events = append(list[i].Events, b.Event)
			continue
		}
		byRule[b.Instruction] = len(list)
		what := b.Instruction.What
		list = append(list, Advice{fmt.Sprintf("Have at-guard deny %q, which %s:%d forbids: an instruction alone was not followed", what, b.Instruction.File, b.Instruction.Line), []int{b.Event}})
	}
	stuck := slices.Clone(f.stuck)
	slices.SortStableFunc(stuck, func(a, b *repeats) int { return len(b.events) - len(a.events) })
	for _, s := range stuck[:min(len(stuck), maxStuck)] {
		list = append(list, Advice{fmt.Sprintf("Stop after the second failure: %s failed %d times in a row (a rule retries > 1 does so)", strings.TrimSpace(s.title), len(s.events)), s.events})
	}
	for i := range kinds {
		// Once and made good is no reason for advice.
		if at := f.kinds[i]; len(at) > 1 || len(at) == 1 && r.Cause != nil && r.Cause.Event == at[0] {
			list = append(list, Advice{kinds[i].advice, at})
		}
	}
	return list
}
