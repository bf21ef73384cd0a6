//go:build linux || darwin

package proc

import (
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// A family is a process and what belongs to it, as far as it was seen.
type family struct {
	group int             // of the first process, if it leads it and this process is not in it; else 0
	seen  map[int]Process // by pid
	alive []Process       // in the order of the system
}

// newFamily finds what belongs to a process.
func newFamily(t Target) (*family, error) {
	p, err := t.Find()
	if err != nil {
		return nil, err
	}
	f := &family{seen: map[int]Process{p.PID: p}}
	if p.Group == p.PID && unix.Getpgrp() != p.Group {
		f.group = p.Group
	}
	return f, f.scan()
}

// scan looks for those of the family that are alive, new ones too. A process
// belongs to it if its parent does, or if it is in the group, which can be no
// other's as long as someone of the family is in it.
func (f *family) scan() error {
	all, err := All()
	if err != nil {
		return err
	}
	f.alive = f.alive[:0]
	in := map[int]bool{}
	ours := false // someone of the family is in the group
	for _, p := range all {
		if old, ok := f.seen[p.PID]; ok && !p.Ended && old.StartNano == p.StartNano {
			in[p.PID] = true
			ours = ours || f.group != 0 && p.Group == f.group
		}
	}
	for more := true; more; {
		more = false
		for _, p := range all {
			if !in[p.PID] && !p.Ended && p.PID > 1 && (in[p.Parent] || ours && p.Group == f.group) {
				in[p.PID], more = true, true
				f.seen[p.PID] = p
			}
		}
	}
	for _, p := range all {
		if in[p.PID] && p.PID != os.Getpid() {
			f.alive = append(f.alive, p)
		}
	}
	return nil
}

// signal sends a signal to those that are alive and wanted, and to the group as
// a whole if one of them is in it.
func (f *family) signal(sig unix.Signal, wanted func(Process) bool) (sent int, err error) {
	group := false
	for _, p := range f.alive {
		if !wanted(p) {
			continue
		}
		if f.group != 0 && p.Group == f.group {
			group = true
			sent++
			continue
		}
		now, lookErr := Look(p.PID)
		if lookErr != nil || now.StartNano != p.StartNano {
			continue // it ended meanwhile
		}
		if e := unix.Kill(p.PID, sig); e == nil {
			sent++
		} else if !errors.Is(e, unix.ESRCH) && err == nil {
			err = &Partial{p.PID, e}
		}
	}
	if group {
		if e := unix.Kill(-f.group, sig); e != nil && !errors.Is(e, unix.ESRCH) && err == nil {
			err = &Partial{f.group, e}
		}
	}
	return sent, err
}

// rounds is how often the family is looked at again for processes that were
// started meanwhile.
const rounds = 20

// Pause stops the process and what belongs to it. It returns how many processes
// were stopped, 0 if all were.
func (t Target) Pause() (int, error) {
	return t.each(unix.SIGSTOP, func(p Process) bool { return !p.Stopped })
}

// Resume lets the process and what belongs to it go on. It returns how many
// processes went on, 0 if none was stopped.
func (t Target) Resume() (int, error) {
	return t.each(unix.SIGCONT, func(p Process) bool { return p.Stopped })
}

// each signals the family until no one is left who is wanted.
func (t Target) each(sig unix.Signal, wanted func(Process) bool) (int, error) {
	f, err := newFamily(t)
	if err != nil {
		return 0, err
	}
	total := 0
	for range rounds {
		n, err := f.signal(sig, wanted)
		if err != nil || n == 0 {
			return total, err
		}
		total = max(total, n)
		time.Sleep(2 * time.Millisecond) // a signal takes effect when its process runs next
		if err := f.scan(); err != nil {
			return total, err
		}
	}
	return total, nil
}

// poll is how often an ending family is looked at.
const poll = 20 * time.Millisecond

// Kill ends the process and what belongs to it: by SIGTERM, and what is still
// alive after the grace by SIGKILL. It returns when all have ended, or with an
// error if some have not. forced says that SIGKILL was needed.
func (t Target) Kill(grace time.Duration) (ended int, forced bool, err error) {
	f, err := newFamily(t)
	if err != nil {
		return 0, false, err
	}
	asked := map[int]bool{}
	var failure error
	for until := time.Now().Add(grace); len(f.alive) > 0; {
		_, e := f.signal(unix.SIGTERM, func(p Process) bool { return !asked[p.PID] })
		for _, p := range f.alive {
			asked[p.PID] = true
		}
		// One that is stopped does not see the signal before it goes on.
		_, _ = f.signal(unix.SIGCONT, func(p Process) bool { return p.Stopped })
		if failure == nil {
			failure = e
		}
		if time.Now().After(until) {
			break
		}
		time.Sleep(poll)
		if err := f.scan(); err != nil {
			return len(f.seen), false, err
		}
	}
	for range 10 * rounds {
		if len(f.alive) == 0 {
			return len(f.seen), forced, nil
		}
		forced = true
		if _, e := f.signal(unix.SIGKILL, func(Process) bool { return true }); e != nil {
			return len(f.seen), forced, e
		}
		time.Sleep(poll)
		if err := f.scan(); err != nil {
			return len(f.seen), forced, err
		}
	}
	if failure == nil {
		failure = &Partial{f.alive[0].PID, errors.New("it does not end")}
	}
	return len(f.seen), forced, failure
}
