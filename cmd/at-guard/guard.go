package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/tidwall/gjson"

	"agenttrace/lib/cli"
	"agenttrace/lib/cli/policyfile"
	"agenttrace/lib/guard"
	"agenttrace/lib/policy"
	"agenttrace/lib/rule"
	"agenttrace/lib/text"
)

// result is what judging came to.
type result struct {
	decision *guard.Decision
	err      error
}

// maxPayload is the size of a payload that is read, in bytes.
const maxPayload = 256 << 20

// run answers, whatever happens, before the deadline.
func (o *options) run() int {
	debug.SetGCPercent(400) // it lives for milliseconds
	var known atomic.Pointer[guard.Payload]
	done := make(chan result, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				done <- result{err: fmt.Errorf("internal error: %v", r)}
			}
		}()
		d, err := o.judge(&known)
		done <- result{d, err}
	}()
	var r result
	timer := time.NewTimer(o.deadline - time.Since(o.started))
	select {
	case r = <-done:
	case <-timer.C:
		r.err = fmt.Errorf("no judgement within %v", o.deadline)
	}
	p := known.Load()
	if p == nil {
		p = &guard.Payload{}
	}
	answer, failure := o.answer(p, r)
	if o.explain {
		return explain(p, r, answer)
	}
	status := say(answer)
	if o.save && (p.Before || failure != "") && p.Session != "" {
		stored := make(chan struct{})
		go func() {
			defer close(stored)
			defer func() { _ = recover() }()
			o.store(p, r.decision, answer, failure)
		}()
		select {
		case <-stored:
		case <-time.After(max(o.deadline-time.Since(o.started), 50*time.Millisecond)):
		}
	}
	return status
}

// judge reads the payload and judges it. The payload is made known as soon as
// it is read.
func (o *options) judge(known *atomic.Pointer[guard.Payload]) (*guard.Decision, error) {
	if cli.IsTerminal(os.Stdin) {
		fmt.Fprintln(os.Stderr, "at-guard: reading a payload from the terminal")
	}
	raw, err := io.ReadAll(io.LimitReader(os.Stdin, maxPayload+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("cannot read the payload: %w", err)
	case len(raw) > maxPayload:
		return nil, errors.New("the payload is too large")
	}
	p, err := guard.Read(raw)
	if o.explain && gjson.GetBytes(raw, "event_type").Str == "tool_call" {
		p, err = fromEvent(raw), nil
	}
	if o.agent != "" {
		p.Agent = guard.Agents[o.agent]
	}
	known.Store(p)
	if err != nil || !p.Before {
		return nil, err
	}
	return o.decide(p)
}

// fromEvent is the payload of a tool_call event.
func fromEvent(raw []byte) *guard.Payload {
	g := gjson.ParseBytes(raw)
	return &guard.Payload{
		Agent: guard.Claude, Hook: "tool_call", Session: g.Get("session_id").Str, Outer: g.Get("session_id").Str, Cwd: g.Get("data.cwd").Str,
		Tool: g.Get("data.tool_name").Str, Args: []byte(g.Get("data.arguments").Raw), Before: true,
	}
}

func (o *options) decide(p *guard.Payload) (*guard.Decision, error) {
	st, err := o.where.Open()
	if err != nil {
		return nil, err
	}
	var rules []*rule.Rule
	if o.rules != "" {
		data, err := cli.ReadConfig(o.rules)
		if err != nil {
			return nil, fmt.Errorf("cannot read the rules: %w", err)
		}
		if rules, err = rule.Load(o.rules, data); err != nil {
			return nil, fmt.Errorf("cannot use the rules: %w", err)
		}
	}
	states, err := o.states(st, p, rules)
	if err != nil {
		return nil, err
	}
	ctx := policyfile.Context()
	ctx.Root, ctx.Cwd = project(p, states, st), p.Cwd
	c := guard.Case{Payload: p, Context: &ctx, Rules: rules, States: states, Now: o.clock.Now().UnixNano()}
	if o.policy != "none" {
		file, pol, err := policyfile.Load(o.policy, ctx.Root)
		if err != nil {
			return nil, err
		}
		if pol == nil {
			return nil, fmt.Errorf("there is no policy: neither --policy nor %s", filepath.Join(ctx.Root, policy.Names[0]))
		}
		c.Policy = pol
		ctx.Protected = append(ctx.Protected, abs(file))
	}
	if o.rules != "" {
		ctx.Protected = append(ctx.Protected, abs(o.rules))
	}
	return c.Judge(), nil
}

func abs(name string) string {
	if a, err := filepath.Abs(name); err == nil {
		return a
	}
	return name
}

// answer turns a result into what is said, and into why nothing could be
// judged.
func (o *options) answer(p *guard.Payload, r result) (guard.Answer, string) {
	if r.err == nil {
		if r.decision == nil {
			return guard.Answer{Said: "allow"}, "" // nothing to judge
		}
		return p.Answer(r.decision.Verdict, r.decision.Reason), ""
	}
	cause := text.Line(r.err.Error(), 500)
	verdict := map[string]policy.Verdict{"deny": policy.Deny, "ask": policy.Ask, "allow": policy.Allow}[o.onError]
	refused := "refused"
	if verdict == policy.Ask {
		refused = "not let pass"
	}
	return p.Answer(verdict, "at-guard could not judge this call: "+cause+
		". It is "+refused+" for that reason alone; this says nothing of other calls. Tell the user, who can mend it."), cause
}

// say gives the answer. If it cannot be written, the exit status gives it.
func say(a guard.Answer) int {
	if a.Stderr != "" {
		fmt.Fprintln(os.Stderr, a.Stderr)
	}
	if len(a.Stdout) > 0 {
		if _, err := os.Stdout.Write(a.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, "at-guard: denied; the answer could not be written")
			return cli.Trouble
		}
	}
	return a.Status
}

func explain(p *guard.Payload, r result, a guard.Answer) int {
	switch {
	case r.err != nil:
		fmt.Fprintf(os.Stderr, "at-guard: %s\n", text.Line(r.err.Error(), 500))
		fmt.Printf("answer: %s\n", a.Said)
		return cli.Trouble
	case r.decision == nil:
		fmt.Printf("%s: nothing to judge\n", text.Line(p.Hook, 60))
		return cli.OK
	}
	os.Stdout.Write(r.decision.AppendExplanation(nil, p, a))
	if r.decision.Verdict.Violates() {
		return cli.No
	}
	return cli.OK
}

func (o *options) store(p *guard.Payload, d *guard.Decision, a guard.Answer, failure string) {
	st, err := o.where.Open()
	if err != nil {
		return
	}
	line := p.Event(nil, d, a, o.clock.Now().UnixNano(), failure)
	// The call has been judged; that the verdict cannot be kept is no reason
	// to change the answer, and there is nobody to tell.
	_ = st.Append(p.Session, append(line, '\n'))
}
