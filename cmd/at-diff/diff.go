package main

import (
	"fmt"
	"strings"

	"agenttrace/lib/cli"
	"agenttrace/lib/diff"
)

func run(c *cli.IO, report *cli.Report, o *options) error {
	set := diff.Set{PerFile: len(c.Files()) == 2 && o.against == ""}
	err := report.Gather(c, diff.Kind, set.Add)
	if err != nil {
		return err
	}
	sessions := set.Sessions()
	if len(sessions) == 0 {
		return nil
	}
	base, others, err := choose(sessions, o.against, set.PerFile)
	if err != nil {
		return err
	}
	var results []*diff.Result
	differ := false
	for _, s := range others {
		r := diff.Compare(base, s)
		differ = differ || r.Differs()
		results = append(results, r)
	}
	if err := print(c, report, o, base, results); err != nil {
		return err
	}
	if o.exitCode && differ {
		return cli.ErrNo
	}
	return nil
}

func print(c *cli.IO, report *cli.Report, o *options, base *diff.Session, results []*diff.Result) error {
	if o.against != "" && !report.Records() {
		if o.stat {
			for _, r := range results {
				if err := c.Print(r.Stat()); err != nil {
					return err
				}
			}
			return nil
		}
		return c.Print(diff.Matrix(base, results))
	}
	for _, r := range results {
		var err error
		switch {
		case report.Records():
			err = c.Out.Write(r.Record(nil))
		case o.stat:
			err = c.Print(r.Stat())
		case o.compare:
			err = c.Print(r.Compare())
		case o.semantic:
			err = c.Print(r.Semantic())
		default:
			err = c.Print(r.Text())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// choose returns the base and those to compare with it.
func choose(all []*diff.Session, against string, perFile bool) (*diff.Session, []*diff.Session, error) {
	if against != "" {
		base, err := diff.Find(all, against)
		if err != nil {
			return nil, nil, err
		}
		var others []*diff.Session
		for _, s := range all {
			if s != base {
				others = append(others, s)
			}
		}
		return base, others, nil
	}
	if pair := diff.Pair(all, perFile); len(pair) == 2 {
		return pair[0], pair[1:], nil
	}
	if len(all) == 1 {
		return nil, nil, cli.WithHint(fmt.Errorf("cannot compare '%s': it is the only session in the input", all[0].ID), "at-cat ID ID | at-diff")
	}
	var ids []string
	for i, s := range all {
		if i == 5 {
			ids = append(ids, "…")
			break
		}
		ids = append(ids, s.ID)
	}
	return nil, nil, cli.WithHint(fmt.Errorf("cannot compare %d sessions (%s): want two", len(all), strings.Join(ids, ", ")), "at-diff --against "+all[0].ID)
}
