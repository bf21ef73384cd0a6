package main

import (
	"errors"
	"os"
	"os/signal"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"agenttrace/lib/cli"
	"agenttrace/lib/cli/policyfile"
	"agenttrace/lib/event"
	"agenttrace/lib/postmortem"
	"agenttrace/lib/proc"
	"agenttrace/lib/rule"
	"agenttrace/lib/store"
	"agenttrace/lib/watch"
)

// The beats of watching.
const (
	beat = 200 * time.Millisecond
	// settled is how long nothing came before the clock is asked: until then the
	// input may be what happened long ago.
	settled = 2 * time.Second
	// recent is how long ago the last event of a session may be that is taken
	// for one that still runs, if its process is not known.
	recent = time.Hour
)

// A watcher is a run of at-watch. What reads, the clock and those who end
// processes share it by its lock.
type watcher struct {
	*options
	sync.Mutex
	c       *cli.IO
	w       *watch.Watcher
	store   *store.Store
	host    string
	started time.Time
	waiting time.Time // since when input is waited for; zero if it is not

	spends bool // a rule is about money or tokens
	tails  map[string]*tail
	deaths *postmortem.Set // of sessions whose process runs; nil if no rule kills
	mortal map[proc.Target]bool
	killer map[string][]byte // by session: the alert that kills it

	post    *poster
	killing map[proc.Target]bool
	working sync.WaitGroup
	pauser  pauser
	stopped bool // a rule has stopped an agent, or would have
	trouble atomic.Bool
}

// spending are the conditions that answers of models count in.
var spending = []string{"cost_usd", "tokens", "context_pct"}

func run(c *cli.IO, o *options) error {
	x := &watcher{options: o, c: c, started: time.Now(), tails: map[string]*tail{}, killing: map[proc.Target]bool{}, mortal: map[proc.Target]bool{}, killer: map[string][]byte{}}
	x.w = &watch.Watcher{Context: policyfile.Context(), Links: cli.IsDir}
	if err := o.load(x.w); err != nil {
		return err
	}
	st, err := o.where.Open()
	if err != nil {
		return err
	}
	x.store = st
	x.host, _ = os.Hostname()
	for _, r := range x.w.Rules {
		x.spends = x.spends || slices.Contains(spending, r.Condition)
		if r.Action == rule.Kill && !o.dryRun {
			x.deaths = postmortem.New()
			x.deaths.Instructions = instructions
		}
	}
	x.post = newPoster(o.webhook, o.command, x.fail)
	return x.run()
}

// run reads until the end of the input or a signal. The reader is left where it
// is then: it may be waiting.
func (x *watcher) run() error {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	done := make(chan error, 1)
	x.c.In.BeforeBlock = x.idle
	go func() { done <- x.c.Each(x.event, x.bad) }()
	ticks := time.NewTicker(beat)
	defer ticks.Stop()
	var err error
	for running := true; running; {
		select {
		case err = <-done:
			x.Lock()
			err = or(err, x.last())
			x.Unlock()
			running = false
		case <-stop:
			running = false
		case now := <-ticks.C:
			if err = x.tick(now); err != nil {
				running = false
			}
		}
	}
	x.working.Wait()
	x.post.close()
	x.Lock() // for good: what the reader still finds is of no use
	switch {
	case err != nil:
		return err
	case x.trouble.Load():
		return errors.New("not everything could be done that the alerts ask for")
	case x.stopped:
		return cli.ErrNo
	}
	return nil
}

func or(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// event takes an event of the input.
func (x *watcher) event(e event.Event) error {
	x.Lock()
	defer x.Unlock()
	x.waiting = time.Time{}
	if e.Is(watch.Kind) {
		return nil
	}
	if x.report.Tee {
		if err := x.c.Out.Write(e.Raw); err != nil {
			return err
		}
	}
	list := x.w.Add(e)
	if x.deaths != nil && x.canDie(e.Session()) {
		x.deaths.Add(e)
	}
	return x.alerts(list)
}

// canDie reports whether the process of a session ran when it was first told.
// Of others no post-mortem will be written.
func (x *watcher) canDie(id string) bool {
	s := x.w.Session(id)
	if s == nil {
		return false
	}
	p := x.w.Process(s)
	if p == nil {
		return false
	}
	t := target(p)
	runs, asked := x.mortal[t]
	if !asked {
		_, err := t.Find()
		runs = err == nil
		x.mortal[t] = runs
	}
	return runs
}

func (x *watcher) bad(line []byte) error {
	if !x.report.Tee {
		return nil
	}
	x.Lock()
	defer x.Unlock()
	return x.c.Out.Write(line)
}

// idle is called when the reader has to wait, maybe.
func (x *watcher) idle() error {
	x.Lock()
	defer x.Unlock()
	x.waiting = time.Now()
	return x.c.Out.Flush()
}

// tick is what is done now and then.
func (x *watcher) tick(now time.Time) error {
	x.Lock()
	defer x.Unlock()
	x.editor()
	if x.waiting.IsZero() || now.Sub(x.waiting) < beat {
		return nil
	}
	if err := x.spent(); err != nil {
		return err
	}
	if !x.clock.IsSet() && now.Sub(x.waiting) >= settled {
		if err := x.alerts(x.w.Tick(now.UnixNano(), x.live)); err != nil {
			return err
		}
	}
	return x.c.Out.Flush()
}

// last is what is done at the end of the input. With a time that is given, the
// sessions go on until then.
func (x *watcher) last() error {
	err := x.spent()
	if err == nil && x.clock.IsSet() {
		err = x.alerts(x.w.Tick(x.clock.Now().UnixNano(), func(*watch.Session) bool { return true }))
	}
	return err
}

// live reports whether a session still runs.
func (x *watcher) live(s *watch.Session) bool {
	if p := x.w.Process(s); p != nil && (p.Host == "" || p.Host == x.host) {
		_, err := target(p).Find()
		return err == nil
	}
	return s.Last > x.started.Add(-recent).UnixNano()
}

func target(s *watch.Session) proc.Target { return proc.Target{PID: s.PID, StartNano: s.StartNano} }

// alerts does what is to be done at alerts.
func (x *watcher) alerts(list []watch.Alert) error {
	for i := range list {
		a := &list[i]
		d := x.act(a)
		record := a.Record(nil, d)
		if a.Action() == rule.Kill && d.PID != 0 && x.killer[a.Session.ID] == nil {
			x.killer[a.Session.ID] = record
		}
		msg := a.Message(d)
		var err error
		if x.report.Format == "text" && !x.report.Tee {
			err = x.c.Out.Write([]byte(msg))
		} else {
			x.c.Notef("%s", msg)
			err = x.c.Out.Write(record)
		}
		if err == nil {
			err = x.c.Out.Flush() // it is not to wait for the next event
		}
		if err != nil {
			return err
		}
		x.post.send(record, msg)
	}
	return nil
}

// fail tells of something that could not be done; the lock need not be held.
func (x *watcher) fail(err error) {
	x.trouble.Store(true)
	x.c.Notef("%v", err)
}
