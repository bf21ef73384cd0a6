package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"agenttrace/lib/cli"
	"agenttrace/lib/event"
	"agenttrace/lib/join"
	"agenttrace/lib/store"
)

func run(c *cli.IO, o *options) error {
	st, err := o.where.Open()
	if err != nil {
		return err
	}
	list, err := st.Sessions()
	if err != nil {
		return err
	}
	chosen, err := choose(c, o, list)
	if err != nil {
		return err
	}
	if o.join {
		if list, chosen, err = joined(c, o, st, chosen); err != nil {
			return err
		}
	}
	now := o.clock.Now()
	out := between(c.Stdout, o.since.Time(now), o.until.Time(now))
	problem := func(err error) { c.Warnf("%v", err) }
	done := map[string]int64{}
	for _, s := range list {
		if len(o.ids) == 0 {
			done[s.ID] = s.Size // what is older than the start is not followed
		}
	}
	for _, s := range chosen {
		size, err := st.Copy(out, s, problem)
		if err != nil {
			c.Warnf("%v", err)
			continue
		}
		done[s.ID] = size
	}
	if !o.follow {
		return nil
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	f := &store.Follower{Store: st, Out: out, From: done, Problem: problem}
	if len(o.ids) > 0 {
		f.Wants = func(id string) bool {
			return slices.ContainsFunc(chosen, func(s store.Session) bool { return s.ID == id })
		}
	}
	return f.Run(ctx)
}

// choose returns the sessions that are printed. A name that means none is an
// error; the others are printed all the same.
func choose(c *cli.IO, o *options, list []store.Session) ([]store.Session, error) {
	var chosen []store.Session
	now := o.clock.Now()
	switch {
	case o.last < 0:
		return nil, fmt.Errorf("--last %d: want a number of sessions", o.last)
	case len(o.ids) > 0:
		for _, id := range o.ids {
			s, err := store.Resolve(list, id)
			if err != nil {
				c.Warnf("%v", err)
				c.Hintf("at-ls lists the sessions of %s", where(o))
				continue
			}
			chosen = append(chosen, s)
		}
	case o.lastN:
		byEnd := slices.SortedStableFunc(slices.Values(list), func(a, b store.Session) int {
			return cmp.Compare(a.End().UnixNano(), b.End().UnixNano())
		})
		newest := byEnd[max(0, len(byEnd)-o.last):]
		for _, s := range list {
			if slices.ContainsFunc(newest, func(n store.Session) bool { return n.Name == s.Name }) {
				chosen = append(chosen, s)
			}
		}
	case o.all || o.since.IsSet() || o.until.IsSet():
		chosen = list
	default:
		if s, ok := store.Latest(list); ok {
			chosen = append(chosen, s)
		}
	}
	if o.tree {
		chosen = withSubagents(chosen, list)
	}
	since, until := o.since.Time(now), o.until.Time(now)
	return slices.DeleteFunc(slices.Clone(chosen), func(s store.Session) bool {
		return !since.IsZero() && s.End().Before(since) || !until.IsZero() && s.Start().After(until)
	}), nil
}

// joined stores what transcripts say of the cost of the chosen sessions, and
// chooses anew: their subagents may be in the store only now.
func joined(c *cli.IO, o *options, st *store.Store, chosen []store.Session) (list, again []store.Session, err error) {
	var ids []string
	for _, s := range chosen {
		ids = append(ids, s.ID)
	}
	j := &join.Joiner{Store: st, Problem: func(err error) { c.Warnf("%v", err) }}
	if _, err := j.Sessions(ids...); err != nil {
		return nil, nil, err
	}
	if list, err = st.Sessions(); err != nil {
		return nil, nil, err
	}
	for _, s := range chosen {
		i := slices.IndexFunc(list, func(n store.Session) bool { return n.ID == s.ID })
		if i >= 0 {
			again = append(again, list[i])
		}
	}
	if o.tree {
		again = withSubagents(again, list)
	}
	return list, again, nil
}

func where(o *options) string {
	st, err := o.where.Open()
	if err != nil {
		return "the store"
	}
	return st.Dir()
}

// withSubagents adds to each session those that it started, after it, and
// those that they started in turn.
func withSubagents(chosen, list []store.Session) []store.Session {
	children := map[string][]store.Session{}
	for _, s := range list {
		if p := s.Parent(); p != "" {
			children[p] = append(children[p], s)
		}
	}
	var all []store.Session
	seen := map[string]bool{}
	var add func(s store.Session)
	add = func(s store.Session) {
		if seen[s.Name] {
			return
		}
		seen[s.Name] = true
		all = append(all, s)
		for _, child := range children[s.ID] {
			add(child)
		}
	}
	for _, s := range chosen {
		add(s)
	}
	return all
}

// between returns a writer that passes on the events from since to until. An
// event without a time passes.
func between(w io.Writer, since, until time.Time) io.Writer {
	if since.IsZero() && until.IsZero() {
		return w
	}
	out := event.NewWriter(w)
	return event.LineWriter(func(line []byte) error {
		if e, err := event.Parse(line); err == nil {
			if ns, ok := e.UnixNano(); ok {
				t := time.Unix(0, ns)
				if !since.IsZero() && t.Before(since) || !until.IsZero() && !t.Before(until) {
					return nil
				}
			}
		}
		return out.Write(line)
	}, out.Flush)
}
