package curve

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"time"

	"agenttrace/lib/cost"
	"agenttrace/lib/event"
	"agenttrace/lib/text"
)

// Kind is the event_type of the record of a kind of task.
const Kind = "curve"

// week is how long a history must be to tell what a month costs.
const week = 7 * 24 * time.Hour

// month returns what an amount comes to in 30 days, at the rate of the
// sessions. ok is false if they are of less than a week.
func (r *Report) month(nano int64) (n int64, ok bool) {
	span := time.Duration(r.End - r.Start)
	if !r.Timed || span < week {
		return 0, false
	}
	return cost.MulDiv(nano, int64(30*24*time.Hour), int64(span)), true
}

// Record appends the record of a session to dst, without a newline: what it
// cost, and what is known of its kind of task. Its time is the end of the
// session.
func (r *Report) Record(dst []byte, row *Row, i int) []byte {
	s := row.list[i]
	var o, of event.Object
	o.Text("task_type", row.Task.String())
	if s.known() {
		ratio, verdict := judge(s.cost.nano, row.Sweet)
		o.Int("usd_nano", s.cost.nano).True("rough", s.cost.rough)
		o.Int("ratio_permille", ratio).Text("verdict", verdict.word())
	}
	o.Int("sweet_spot_usd_nano", row.Sweet).Text("baseline", row.Baseline)
	of.Int("sessions", int64(row.Sessions)).Int("priced", int64(row.Priced))
	if row.Verdict != Unknown {
		of.Int("avg_usd_nano", row.Avg).Int("ratio_permille", row.Ratio).Text("verdict", row.Verdict.word()).Int("over_usd_nano", row.Over)
		if n, ok := r.month(row.Over); ok {
			of.Int("month_usd_nano", n)
		}
	}
	o.Raw("task", of.Bytes())
	return event.Append(dst, event.Header{
		Type: Kind, UnixNano: s.end, Untimed: !s.timed, ID: event.ID(s.id, Kind), Session: s.id,
	}, o.Bytes())
}

// word is the verdict in a record.
func (v Verdict) word() string {
	return map[Verdict]string{Efficient: "efficient", Over: "over", Self: "self"}[v]
}

// AppendCSV appends a table of comma-separated values, with the columns of
// agent-strace: what a kind of task costs in a month is at the rate of the
// sessions, and empty if they are of less than a week.
func (r *Report) AppendCSV(dst []byte) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write([]string{"task_type", "session_count", "avg_cost_usd", "sweet_spot_usd", "ratio", "verdict", "monthly_estimate_usd"})
	for _, row := range r.Rows {
		avg, ratio, month := "", "", ""
		if row.Verdict != Unknown {
			avg, ratio = fixed(row.Avg, 1e9, 4), fixed(row.Ratio, 1000, 2)
			if n, ok := r.month(row.Total); ok {
				month = fixed(n, 1e9, 2)
			}
		}
		_ = w.Write([]string{row.Task.String(), fmt.Sprint(row.Sessions), avg, fixed(row.Sweet, 1e9, 4), ratio, string(row.Verdict), month})
	}
	w.Flush() // a buffer takes everything
	return append(dst, b.Bytes()...)
}

// fixed writes n units with a number of decimals, rounded half up.
func fixed(n, unit int64, decimals int) string {
	ten := int64(1)
	for range decimals {
		ten *= 10
	}
	step := unit / ten
	v := n / step
	if n%step*2 >= step && step > 1 {
		v++
	}
	return fmt.Sprintf("%d.%0*d", v/ten, decimals, v%ten)
}

// maxSavings is how many kinds of task are named that cost too much.
const maxSavings = 5

// AppendText appends the report as people read it. few is how many sessions are
// too few to tell.
func (r *Report) AppendText(dst []byte, few int) []byte {
	if r.Sessions == 0 {
		return dst
	}
	p := printer{dst}
	p.printf("Your agent cost curve (%s%s)\n", text.Count(r.Sessions, "session"), r.span())
	if r.Sessions < few {
		p.printf("Only %s: %d at least are wanted to tell.\n", text.Count(r.Sessions, "session"), few)
	}
	p.printf("\n  %-18s %8s %10s %10s %8s  %s\n", "Task type", "Sessions", "Sweet spot", "Your avg", "Ratio", "Verdict")
	for _, row := range r.Rows {
		p.row(row)
	}
	p.savings(r)
	p.notes(r)
	return p.b
}

func (r *Report) span() string {
	if !r.Timed {
		return ""
	}
	return ", " + text.Count(max(1, int((r.End-r.Start)/int64(24*time.Hour))), "day")
}

type printer struct{ b []byte }

func (p *printer) printf(format string, args ...any) { p.b = fmt.Appendf(p.b, format, args...) }

func (p *printer) row(row *Row) {
	mark := map[string]string{"own": "*", "given": "!"}[row.Baseline]
	sweet := cents(row.Sweet) + mark
	if row.Verdict == Unknown {
		p.printf("  %-18s %8d %10s %10s %8s  %s\n", row.Task, row.Sessions, sweet, "unpriced", "", "not known")
		return
	}
	avg := cents(row.Avg)
	if row.Rough > 0 {
		avg = "~" + avg
	}
	p.printf("  %-18s %8d %10s %10s %7s×  %s\n", row.Task, row.Sessions, sweet, avg, fixed(row.Ratio, 1000, 2), row.Verdict)
}

// cents shows an amount with two decimals.
func cents(nano int64) string {
	if nano > 0 && nano < 5_000_000 {
		return "<$0.01"
	}
	return "$" + fixed(nano, 1e9, 2)
}

// savings names what cost most above its sweet spot.
func (p *printer) savings(r *Report) {
	var list []*Row
	total := int64(0)
	for _, row := range r.Rows {
		if row.Over > 0 {
			list = append(list, row)
			total = cost.Add(total, row.Over)
		}
	}
	if len(list) == 0 {
		return
	}
	slices.SortStableFunc(list, func(a, b *Row) int {
		switch {
		case a.Over > b.Over:
			return -1
		case a.Over < b.Over:
			return 1
		}
		return 0
	})
	p.printf("\nAbove the sweet spot, by more than half\n")
	for i, row := range list {
		if i == maxSavings {
			p.printf("  … and %d more\n", len(list)-i)
			break
		}
		p.printf("  %-18s %10s in %s\n", row.Task, cents(row.Over), text.Count(row.Priced, "session"))
	}
	p.printf("  %-18s %10s", "Total", cents(total))
	if n, ok := r.month(total); ok {
		p.printf(", %s in 30 days at this rate", cents(n))
	}
	p.printf("\n")
}

// notes print what a reader must know about the figures.
func (p *printer) notes(r *Report) {
	unpriced, rough := 0, 0
	baseline := map[string]bool{}
	for _, row := range r.Rows {
		unpriced += row.Sessions - row.Priced
		rough += row.Rough
		baseline[row.Baseline] = true
	}
	var notes []string
	if unpriced > 0 {
		notes = append(notes, fmt.Sprintf("The cost of %s is not known; they are in no average.", text.Count(unpriced, "session")))
	}
	if rough > 0 {
		notes = append(notes, fmt.Sprintf("~ That of %s is known only roughly: an estimate, at least, or from totals.", text.Count(rough, "session")))
	}
	if baseline["own"] {
		notes = append(notes, "* The sweet spot is your own: the median of the sessions that went well.")
	}
	if baseline["given"] {
		notes = append(notes, "! The sweet spot is as given.")
	}
	if baseline["table"] {
		notes = append(notes, "Sweet spots are those of agent-strace, which names no source for them.")
	}
	p.printf("\n%s\n", strings.Join(notes, "\n"))
}
