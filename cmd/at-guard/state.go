package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"
	"time"

	"agenttrace/lib/event"
	"agenttrace/lib/guard"
	"agenttrace/lib/rule"
	"agenttrace/lib/store"
)

// cacheName is the file beside a session's events that keeps its state.
const cacheName = "guard.json"

// cacheVersion changes whenever what is in the file does.
const cacheVersion = 1

// A cache is the state of a session, and how much it covers.
type cache struct {
	Version    int         `json:"version"`
	Events     int64       `json:"events"`     // bytes of the session's file
	Transcript int64       `json:"transcript"` // bytes of the agent's own
	State      *rule.State `json:"state"`
}

// spending are the conditions that need the tokens of the answers.
var spending = []string{"cost_usd", "tokens", "context_pct"}

// states returns the state of the session that makes the call, and of the one
// that started it. There is none if no rule asks for any.
func (o *options) states(st *store.Store, p *guard.Payload, rules []*rule.Rule) ([]*rule.State, error) {
	if !slices.ContainsFunc(rules, func(r *rule.Rule) bool { return slices.Contains(rule.Metrics, r.Condition) }) || p.Session == "" {
		return nil, nil
	}
	spends := slices.ContainsFunc(rules, func(r *rule.Rule) bool { return slices.Contains(spending, r.Condition) })
	transcript := ""
	if p.Agent == guard.Claude && spends {
		transcript = p.Transcript
	}
	until := o.started.Add(o.deadline / 2) // what was read is kept, so that it is not lost
	outer, err := state(st, p.Outer, transcript, !o.explain, until)
	if err != nil || p.Session == p.Outer {
		return []*rule.State{outer}, err
	}
	own, err := state(st, p.Session, "", !o.explain, until)
	return []*rule.State{own, outer}, err
}

// refold is how much of a session is folded anew each time rather than kept, in
// bytes: to keep a state takes longer than that.
const refold = 64 << 10

var errLate = errors.New("the session so far is long, and was read in part only: the next call goes on from there")

// state folds what was stored of a session since it was folded last.
func state(st *store.Store, session, transcript string, keep bool, until time.Time) (*rule.State, error) {
	c := cache{State: &rule.State{}}
	if json.Unmarshal(st.Cached(session, cacheName), &c) != nil || c.Version != cacheVersion || c.State == nil {
		c = cache{State: &rule.State{}}
	}
	before := c
	var late error
	add := func(line []byte) error {
		if e, err := event.Parse(line); err == nil {
			c.State.Add(e)
		}
		if time.Now().After(until) {
			late = errLate
		}
		return late
	}
	to, again, err := st.Scan(session, c.Events, add)
	if again { // the file was made anew
		c = cache{State: &rule.State{}}
		late = nil
		to, _, err = st.Scan(session, 0, add)
	}
	if err != nil && !errors.Is(err, late) {
		return nil, err
	}
	c.Events = to
	if transcript != "" && late == nil {
		if c.Transcript, err = spent(c.State, session, transcript, c.Transcript); err != nil {
			return nil, err
		}
	}
	if keep && c.Events-before.Events+c.Transcript-before.Transcript > refold {
		c.Version = cacheVersion
		c.State.Pack()
		if b, err := json.Marshal(&c); err == nil {
			_ = st.Cache(session, cacheName, b) // else it is folded again the next time
		}
	}
	if late != nil {
		return nil, late
	}
	return c.State, nil
}

// spent adds the usage that the agent's own transcript tells since an offset.
// A transcript that is not there yet tells nothing.
func spent(s *rule.State, session, name string, from int64) (int64, error) {
	f, err := os.Open(name)
	if os.IsNotExist(err) {
		return 0, nil
	} else if err != nil {
		return from, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return from, err
	}
	if from > info.Size() {
		from = 0 // answers that come again count once
	}
	n, err := store.ScanLines(io.NewSectionReader(f, from, info.Size()-from), func(line []byte) error {
		if u := guard.Usage(line, session); u != nil {
			if e, err := event.Parse(u); err == nil {
				s.Add(e)
			}
		}
		return nil
	})
	return from + n, err
}

// projectVars are the variables by which agents tell a hook the project.
var projectVars = []string{"CLAUDE_PROJECT_DIR", "GEMINI_PROJECT_DIR", "CURSOR_PROJECT_DIR"}

// project returns the session's working directory: that of its start, as it is
// stored, else what the agent tells of the project, else where it is now.
func project(p *guard.Payload, states []*rule.State, st *store.Store) string {
	for _, s := range slices.Backward(states) {
		if s != nil && s.Root != "" {
			return s.Root
		}
	}
	if root := stored(st, p.Outer); root != "" {
		return root
	}
	for _, v := range projectVars {
		if dir := os.Getenv(v); dir != "" {
			return dir
		}
	}
	if len(p.Roots) > 0 && p.Roots[0] != "" {
		return p.Roots[0]
	}
	if p.Cwd != "" {
		return p.Cwd
	}
	wd, _ := os.Getwd()
	return wd
}

// stored returns the working directory that the start of a stored session
// tells.
func stored(st *store.Store, session string) string {
	if session == "" {
		return ""
	}
	root := ""
	_ = st.Head(session, 64<<10, func(line []byte) bool {
		if e, err := event.Parse(line); err == nil && e.Is("session_start") {
			root = e.Get("cwd").Str
		}
		return root == ""
	})
	return root
}
