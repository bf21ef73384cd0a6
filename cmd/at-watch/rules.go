package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strconv"
	"time"

	"agenttrace/lib/cli"
	"agenttrace/lib/cli/policyfile"
	"agenttrace/lib/rule"
	"agenttrace/lib/watch"
)

// load reads what the sessions are watched by: the rules of all files and
// limits that are given; if none is, the default ones.
func (o *options) load(w *watch.Watcher) error {
	name, optional := o.rules, o.rules == ""
	if optional {
		name = rule.Name
	}
	given := !optional || o.config != "" || o.policy != ""
	data, err := cli.ReadConfig(name)
	switch {
	case optional && errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fmt.Errorf("cannot read the rules: %w", err)
	default:
		given = true
		if w.Rules, err = rule.Load(name, data); err != nil {
			return fmt.Errorf("cannot use the rules: %w", err)
		}
	}
	if o.config != "" {
		if err := o.configure(w); err != nil {
			return err
		}
	}
	if o.policy != "" {
		if _, w.Policy, err = policyfile.Load(o.policy, "."); err != nil {
			return err
		}
	}
	if o.duration != "" {
		d, ok := cli.ParseSpan(o.duration)
		if sec, err := strconv.ParseFloat(o.duration, 64); err == nil && sec >= 0 {
			d, ok = time.Duration(sec*float64(time.Second)), true
		}
		if !ok {
			return fmt.Errorf("cannot use --max-duration: %q is no length of time", o.duration)
		}
		o.limits.Minutes = d.Minutes()
	}
	if !given && o.limits == watch.NoLimits() {
		o.limits = watch.DefaultLimits()
	}
	limits, err := o.limits.Rules(rule.Action(o.action))
	if err != nil {
		return fmt.Errorf("cannot use the limits: %w", err)
	}
	w.Rules = append(w.Rules, limits...)
	if u, err := url.Parse(o.webhook); o.webhook != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		return fmt.Errorf("cannot use the webhook: %q is no address that begins with http:// or https://", o.webhook)
	}
	return nil
}

func (o *options) configure(w *watch.Watcher) error {
	data, err := cli.ReadConfig(o.config)
	if err != nil {
		return fmt.Errorf("cannot read the configuration: %w", err)
	}
	c, err := watch.LoadConfig(o.config, data)
	if err != nil {
		return fmt.Errorf("cannot use the configuration: %w", err)
	}
	w.Rules = append(w.Rules, c.Rules...)
	if o.webhook == "" {
		o.webhook = c.Webhook
	}
	if o.policy == "" {
		o.policy = c.Policy
	}
	return nil
}
