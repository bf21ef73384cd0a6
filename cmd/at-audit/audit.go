package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"agenttrace/lib/cli"
	"agenttrace/lib/cli/policyfile"
	"agenttrace/lib/event"
	"agenttrace/lib/policy"
	"agenttrace/lib/rule"
	"agenttrace/lib/watch"
)

func run(c *cli.IO, o *options) error {
	a := &policy.Audit{Context: policyfile.Context()}
	if o.links {
		a.Links = cli.IsDir
	}
	file, p, err := policyfile.Load(o.policy, ".")
	if err != nil {
		return err
	}
	if a.Policy = p; p != nil {
		abs, err := filepath.Abs(file)
		if err != nil {
			return err
		}
		a.Context.Protected = []string{abs}
	}
	if o.rules != "" {
		data, err := cli.ReadConfig(o.rules)
		if err != nil {
			return fmt.Errorf("cannot read the rules: %w", err)
		}
		w := &watch.Watcher{Context: a.Context, Links: a.Links}
		if w.Rules, err = rule.Load(o.rules, data); err != nil {
			return fmt.Errorf("cannot use the rules: %w", err)
		}
		a.More = w.Findings()
	}
	if o.since != "" {
		if a.Since, err = commitTime(o.since); err != nil {
			return err
		}
	}
	err = o.report.Each(c, policy.Kind+" "+policy.SensitiveKind, func(e event.Event) error {
		a.Add(e)
		return nil
	})
	if err == nil {
		err = o.print(c, a, file)
	}
	if err != nil {
		return err
	}
	for _, s := range a.Sessions() {
		if len(s.Violations()) > 0 {
			return cli.ErrNo
		}
	}
	return nil
}

// print prints the report.
func (o *options) print(c *cli.IO, a *policy.Audit, file string) error {
	if len(a.Sessions()) == 0 {
		return nil
	}
	switch {
	case o.report.Records():
		for _, s := range a.Sessions() {
			for i := range s.Entries {
				for _, r := range s.Entries[i].Records(s.ID) {
					if err := c.Out.Write(r); err != nil {
						return err
					}
				}
			}
		}
		return nil
	case o.report.Format == "sarif":
		if file == "" {
			file = policy.Names[0]
		}
		return a.WriteSARIF(c.Stdout, filepath.ToSlash(file))
	case o.report.Format == "junit":
		return a.WriteJUnit(c.Stdout)
	}
	for i, s := range a.Sessions() {
		var b []byte
		if i > 0 {
			b = append(b, '\n')
		}
		b = s.AppendText(b, a.Policy != nil)
		if err := c.Print(b); err != nil {
			return err
		}
	}
	return nil
}

// commitTime returns when a commit was made, in nanoseconds since 1970.
func commitTime(rev string) (int64, error) {
	cmd := exec.Command("git", "log", "-1", "--format=%ct", "--end-of-options", rev, "--")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return 0, fmt.Errorf("cannot find commit '%s': %w", rev, err)
	}
	sec, err := strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("cannot find commit '%s': git says %q", rev, out)
	}
	return sec * 1e9, nil
}
