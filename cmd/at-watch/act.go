package main

import (
	"errors"
	"fmt"

	"agenttrace/lib/proc"
	"agenttrace/lib/rule"
	"agenttrace/lib/text"
	"agenttrace/lib/watch"
)

// act does what an alert asks for. To end a process takes up to the grace, and
// goes on beside the rest.
func (x *watcher) act(a *watch.Alert) (d watch.Deed) {
	action := a.Action()
	if action == rule.Alert {
		return d
	}
	if action != rule.Resume {
		x.stopped = true
	}
	if d.DryRun = x.dryRun; d.DryRun {
		return d
	}
	p := x.w.Process(a.Session)
	if p == nil {
		d.Refused = proc.ErrUnknown.Error()
		return d
	}
	if p.Host != "" && p.Host != x.host {
		d.Refused = "it runs on another machine, " + text.Line(p.Host, 60)
		return d
	}
	t := target(p)
	if _, err := t.Find(); err != nil {
		d.Refused = err.Error()
		return d
	}
	d.PID = t.PID
	var err error
	switch action {
	case rule.Kill:
		x.kill(a.Session.ID, t)
	case rule.Pause:
		if _, err = t.Pause(); err == nil {
			x.c.Hintf("at-watch pauses; kill -CONT -%d resumes", t.PID)
		}
	case rule.Resume:
		_, err = t.Resume()
	}
	if err != nil {
		d.PID, d.Refused = 0, err.Error()
		if !errors.Is(err, proc.ErrGone) {
			x.trouble.Store(true)
		}
	}
	return d
}

// kill ends the process of a session and what belongs to it, once, and writes
// what the session came to.
func (x *watcher) kill(session string, t proc.Target) {
	if x.killing[t] {
		return
	}
	x.killing[t] = true
	x.working.Add(1)
	go func() {
		defer x.working.Done()
		n, forced, err := t.Kill(x.grace)
		x.Lock()
		defer x.Unlock()
		how := ""
		if forced {
			how = ", by force"
		}
		switch {
		case errors.Is(err, proc.ErrGone), errors.Is(err, proc.ErrRecycled):
			x.c.Notef("%s: process %d has ended", text.Line(session, 60), t.PID)
		case err != nil:
			x.trouble.Store(true)
			x.c.Notef("cannot kill '%s': %v", text.Line(session, 60), err)
		default:
			x.c.Notef("%s: ended %s%s", text.Line(session, 60), processes(n), how)
		}
		if name, err := x.postmortem(session); err != nil {
			x.trouble.Store(true)
			x.c.Notef("cannot write the post-mortem: %v", err)
		} else {
			x.c.Notef("%s: the post-mortem is in %s", text.Line(session, 60), name)
		}
	}()
}

func processes(n int) string {
	if n == 1 {
		return "1 process"
	}
	return fmt.Sprintf("%d processes", n)
}
