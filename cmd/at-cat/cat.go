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
	list, chosen, err := choose(c, o, st)
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

// choose returns the sessions that are printed, and those that are listed.
func choose(c *cli.IO, o *options, st *store.Store) (list, chosen []store.Session, err error) {
	if o.last < 0 {
		return nil, nil, fmt.Errorf("--last %d: want a number of sessions", o.last)
	}
	if list, err = listed(o, st); err != nil {
		return nil, nil, err
	}
	switch {
	case len(o.ids) > 0:
		chosen = named(c, o, st)
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
		chosen = withSubagents(st, chosen, list)
	}
	now := o.clock.Now()
	since, until := o.since.Time(now), o.until.Time(now)
	return list, slices.DeleteFunc(slices.Clone(chosen), func(s store.Session) bool {
		return !since.IsZero() && s.End().Before(since) || !until.IsZero() && s.Start().After(until)
	}), nil
}

// listed returns all sessions, unless those that are named are enough.
func listed(o *options, st *store.Store) ([]store.Session, error) {
	if len(o.ids) > 0 && !o.tree {
		return nil, nil
	}
	return st.Sessions()
}

// named returns the sessions that were named. A name that means none is
// reported; the others are printed all the same.
func named(c *cli.IO, o *options, st *store.Store) (chosen []store.Session) {
	for _, id := range o.ids {
		s, err := st.Resolve(id)
		if err != nil {
			c.Warnf("%v", err)
			c.Hintf("at-ls lists the sessions of %s", st.Dir())
			continue
		}
		chosen = append(chosen, s)
	}
	return chosen
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
	if list, err = listed(o, st); err != nil {
		return nil, nil, err
	}
	for _, id := range ids {
		if s, err := st.Resolve(id); err == nil {
			again = append(again, s)
		}
	}
	if o.tree {
		again = withSubagents(st, again, list)
	}
	return list, again, nil
}

// withSubagents adds to each session those that it started, after it, and
// those that they started in turn.
func withSubagents(st *store.Store, chosen, list []store.Session) []store.Session {
	st.LookUpParents(list)
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
