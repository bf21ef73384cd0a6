package main

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tidwall/gjson"

	"agenttrace/lib/cli"
	"agenttrace/lib/event"
	"agenttrace/lib/session"
	"agenttrace/lib/store"
	"agenttrace/lib/text"
)

func run(c *cli.IO, o *options) error {
	st, err := o.where.Open()
	if err != nil {
		return err
	}
	var list []store.Session
	if o.show != "" {
		s, err := st.Resolve(o.show)
		if err != nil {
			return cli.WithHint(err, "at-ls lists the sessions of "+st.Dir())
		}
		list = []store.Session{s}
	} else if list, err = st.Sessions(); err != nil {
		return err
	}
	short := abbreviate(list)
	since := o.since.Time(o.clock.Now())
	list = slices.DeleteFunc(list, func(s store.Session) bool { return !since.IsZero() && s.End().Before(since) })
	sums := summaries(c, st, list)
	switch {
	case o.json:
		var buf []byte
		for _, s := range sums {
			buf = s.Record(buf[:0])
			if err := c.Out.Write(buf); err != nil {
				return err
			}
		}
	case o.show != "":
		for _, s := range sums {
			b := s.AppendText(nil, o.zone.Location())
			if err := c.Print(b); err != nil {
				return err
			}
		}
	case len(sums) > 0:
		return table(c, sums, short, o.zone.Location())
	}
	return nil
}

// summaries returns the summary of each session: the cached one, or one made
// now, which is then cached.
func summaries(c *cli.IO, st *store.Store, list []store.Session) []*session.Summary {
	sums := make([]*session.Summary, len(list))
	var mu sync.Mutex // over c
	problem := func(err error) {
		mu.Lock()
		defer mu.Unlock()
		c.Warnf("%v", err)
	}
	next := make(chan int)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				sums[i] = summary(st, list[i], problem)
			}
		})
	}
	for i := range list {
		next <- i
	}
	close(next)
	wg.Wait()
	return sums
}

func summary(st *store.Store, s store.Session, problem func(error)) *session.Summary {
	if data, fresh := s.Summary(); fresh {
		sum := session.ParseSummary(gjson.ParseBytes(data))
		sum.Session = s.ID
		return sum
	}
	fold := session.New(s.ID)
	bad := false
	size, err := st.Copy(event.LineWriter(func(line []byte) error {
		if e, err := event.Parse(line); err == nil {
			fold.Add(e)
		}
		return nil
	}, func() error { return nil }), s, func(err error) {
		bad = true
		problem(err)
	})
	sum := fold.Summary()
	if err != nil {
		problem(err)
	} else if !bad {
		// A session with bad lines is read again each time, so that they are
		// reported each time. A store that cannot be written to is no reason
		// not to list it.
		var o event.Object
		sum.AppendData(&o)
		_ = st.SaveSummary(s, size, o.Bytes())
	}
	return sum
}

// minAbbrev is the fewest characters of an id that are shown, as many as git
// shows of a commit's and one more.
const minAbbrev = 8

// abbreviate returns for each id its shortest beginning that no other id has.
func abbreviate(list []store.Session) map[string]string {
	ids := make([]string, len(list))
	for i, s := range list {
		ids[i] = s.ID
	}
	slices.Sort(ids)
	short := make(map[string]string, len(ids))
	for i, id := range ids {
		n := minAbbrev
		if i > 0 {
			n = max(n, common(id, ids[i-1])+1)
		}
		if i+1 < len(ids) {
			n = max(n, common(id, ids[i+1])+1)
		}
		short[id] = id[:min(n, len(id))]
	}
	return short
}

func common(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// table prints the sessions. The columns are as wide as what they hold; the
// last takes what is left of the terminal.
func table(c *cli.IO, sums []*session.Summary, short map[string]string, zone *time.Location) error {
	rows := [][]string{{"ID", "START", "TIME", "AGENT", "MODEL", "TOLD BY", "PROMPTS", "TOOLS", "ERRORS", "TOKENS", "FIRST PROMPT"}}
	for _, s := range sums {
		rows = append(rows, row(s, short[s.Session], zone))
	}
	last := len(rows[0]) - 1
	width := make([]int, last)
	for _, r := range rows {
		for i := range width {
			width[i] = max(width[i], text.Width(r[i]))
		}
	}
	left := 0
	for _, w := range width {
		left += w + 2
	}
	columns, ok := cli.Columns(c.Stdout)
	if !ok {
		columns = left + 60
	}
	left = max(columns-left, 20)
	for _, r := range rows {
		var b strings.Builder
		for i, w := range width {
			if i >= 6 || i == 2 {
				b.WriteString(strings.Repeat(" ", w-text.Width(r[i])) + r[i])
			} else {
				b.WriteString(text.Pad(r[i], w))
			}
			b.WriteString("  ")
		}
		b.WriteString(text.Cut(r[last], left))
		if err := c.Out.Write([]byte(strings.TrimRight(b.String(), " "))); err != nil {
			return err
		}
	}
	return nil
}

func row(s *session.Summary, short string, zone *time.Location) []string {
	start, took, model, tokens := "-", "-", "-", "-"
	if s.Timed {
		start = time.Unix(0, s.StartedAt).In(zone).Format("2006-01-02 15:04")
		took = text.Duration(s.Duration())
	}
	if len(s.Models) > 0 {
		model = s.Models[0]
	}
	if s.Tokens != nil {
		tokens = text.Tokens(s.Tokens.Total())
	}
	return []string{
		text.Line(short, 64), start, took, text.Line(dash(s.Agent), 16), text.Line(model, 24),
		dash(s.Evidence.Sources()), fmt.Sprint(s.Prompts), fmt.Sprint(s.ToolCalls), fmt.Sprint(s.Errors), tokens, text.Line(s.FirstPrompt, 120),
	}
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
