package curve

import (
	"cmp"
	"slices"

	"agenttrace/lib/cost"
)

// A Report is what tasks cost, by kind.
type Report struct {
	Rows       []*Row
	Sessions   int // with their subagents
	Timed      bool
	Start, End int64 // of all of them, in nanoseconds since 1970
}

// A Row is a kind of task.
type Row struct {
	Task     Task
	Sessions int
	Priced   int    // those whose cost is known
	Rough    int    // of these, those that it is known of only roughly
	Total    int64  // what they cost, in nano-dollars
	Avg      int64  // and on average
	Sweet    int64  // what such a task should cost
	Baseline string // who says so: table, own, given
	Ratio    int64  // Avg by Sweet, in thousandths
	Verdict  Verdict
	Over     int64 // what they cost above the sweet spot, if that is much
	list     []*one
}

// A Verdict is what a ratio means.
type Verdict string

// The verdicts.
const (
	Efficient Verdict = "efficient"
	Over      Verdict = "over sweet spot"
	Self      Verdict = "do this yourself"
	Unknown   Verdict = "" // nothing has a price
)

// Up to which ratio, in thousandths, a kind of task is efficient, and up to
// which it is over its sweet spot; and from which there is something to save.
const (
	efficient = 1100
	over      = 2000
	saving    = 1500
)

// ownMin is how many sessions of a kind must have gone well for the user's own
// history to be a baseline.
const ownMin = 5

func (m *Meter) row(t Task, list []*one) *Row {
	r := &Row{Task: t, Sessions: len(list), Sweet: kinds[t].nano, Baseline: "table", list: list}
	var well []int64
	for _, s := range list {
		if !s.known() {
			continue
		}
		r.Priced++
		if s.cost.rough {
			r.Rough++
		}
		r.Total = cost.Add(r.Total, s.cost.nano)
		if s.wentWell() {
			well = append(well, s.cost.nano)
		}
	}
	if m.o.Own && len(well) >= ownMin {
		r.Sweet, r.Baseline = median(well), "own"
	}
	if n, ok := m.o.Given[t]; ok {
		r.Sweet, r.Baseline = n, "given"
	}
	if r.Priced == 0 {
		return r
	}
	r.Avg = r.Total / int64(r.Priced)
	r.Ratio, r.Verdict = judge(r.Avg, r.Sweet)
	if r.Ratio > saving {
		r.Over = r.Total - cost.MulDiv(r.Sweet, int64(r.Priced), 1)
	}
	return r
}

// judge returns the ratio of a cost to a sweet spot, and what it means. It goes by
// the amounts: a ratio is cut to thousandths.
func judge(nano, sweet int64) (ratio int64, v Verdict) {
	switch ratio = cost.MulDiv(nano, 1000, sweet); {
	case nano <= cost.MulDiv(efficient, sweet, 1000):
		return ratio, Efficient
	case nano <= cost.MulDiv(over, sweet, 1000):
		return ratio, Over
	}
	return ratio, Self
}

// known reports whether it is known what all of a session cost.
func (s *one) known() bool { return s.cost.priced && !s.cost.nothing }

// wentWell reports whether at most one call in ten of a session failed.
func (s *one) wentWell() bool {
	return s.summary.ToolCalls > 0 && s.summary.Errors*10 <= s.summary.ToolCalls
}

// median returns the middle of some numbers, the lower one of two.
func median(list []int64) int64 {
	slices.SortFunc(list, func(a, b int64) int { return cmp.Compare(a, b) })
	return max(list[(len(list)-1)/2], 1)
}
