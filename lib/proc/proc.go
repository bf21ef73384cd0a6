package proc

import (
	"errors"
	"fmt"
	"time"
)

// A Process is one that runs, or has ended and was not waited for.
type Process struct {
	PID, Parent, Group int
	Name               string // of its program, cut by the system to some 15 bytes
	StartNano          int64  // nanoseconds since 1970, to some 10 ms; 0 if unknown
	Ended              bool   // it has ended, and its parent does not know yet
	Stopped            bool   // by a signal
}

// The reasons for which a recorded process is not signalled.
var (
	ErrUnsupported = errors.New("processes cannot be controlled on this system")
	ErrUnknown     = errors.New("the pid or start time of the agent is not recorded")
	ErrGone        = errors.New("the agent's process has ended")
	ErrRecycled    = errors.New("the agent's process has ended, and its pid is another process now")
)

// slack is how far two readings of one start time may be apart. The time of the
// system's start, from which Linux counts, is told in whole seconds.
const slack = time.Second

// A Target is a process as it was recorded.
type Target struct {
	PID       int
	StartNano int64 // nanoseconds since 1970
}

// Find returns the process, if it still runs and is the one that was recorded.
// The error is one of those above, or that of the system.
func (t Target) Find() (Process, error) {
	if t.PID <= 1 || t.StartNano <= 0 {
		return Process{}, ErrUnknown
	}
	p, err := Look(t.PID)
	switch {
	case err != nil:
		return Process{}, err
	case !t.is(p):
		return Process{}, ErrRecycled
	case p.Ended:
		return Process{}, ErrGone
	}
	return p, nil
}

func (t Target) is(p Process) bool {
	d := time.Duration(p.StartNano - t.StartNano)
	return p.PID == t.PID && p.StartNano > 0 && d <= slack && d >= -slack
}

// A Partial error tells that some of the processes were not reached.
type Partial struct {
	PID int
	Err error
}

func (e *Partial) Error() string { return fmt.Sprintf("process %d: %v", e.PID, e.Err) }
func (e *Partial) Unwrap() error { return e.Err }
