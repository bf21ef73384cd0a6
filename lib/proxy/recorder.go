package proxy

import (
	"fmt"
	"sync"
	"time"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/mcp"
)

// The bounds of what is held.
const (
	// MaxMessage is the longest message that is recorded whole, in bytes.
	MaxMessage = 16 << 20
	// MaxQueue is how much may wait to be recorded, in bytes.
	MaxQueue = 64 << 20
)

// maxJobs is how many things may wait to be recorded.
const maxJobs = 1 << 16

// A Sink stores events: a store.Saver.
type Sink interface {
	Save(session string, line []byte) error
	Flush() error
}

// A Recorder makes events of what passes and stores them.
type Recorder struct {
	sink  Sink
	clean func(line []byte) ([]byte, error)
	main  func() *mcp.Conn // whose gaps are; nil as long as there is none

	mu     sync.Mutex
	wake   chan struct{}
	jobs   []job
	bytes  int
	missed mcp.Gap // what found no room
	closed bool
	done   chan struct{}

	// For the goroutine that stores, and after it.
	held  int64   // events that Save took and Flush has not stored
	lost  mcp.Gap // events that could not be stored since the last that could
	total int64   // events that could not be stored at all
	cause error
}

type job struct {
	size int
	run  func() error
}

// NewRecorder returns a recorder that stores events in sink. clean, if it is not
// nil, returns an event as it may be stored.
func NewRecorder(sink Sink, clean func(line []byte) ([]byte, error)) *Recorder {
	r := &Recorder{sink: sink, clean: clean, wake: make(chan struct{}, 1), done: make(chan struct{})}
	go r.work()
	return r
}

// Emit stores an event. It is what the tracer of the recorder's connections
// calls, and nobody else.
func (r *Recorder) Emit(line []byte) error {
	if r.clean != nil {
		clean, err := r.clean(line)
		if err != nil {
			r.fail(err, 1)
			return nil
		}
		line = clean
	}
	r.held++
	if err := r.sink.Save(gjson.GetBytes(line, "session_id").String(), line); err != nil {
		r.fail(err, r.held)
		r.held = 0
	}
	return nil
}

// fail notes that events are lost.
func (r *Recorder) fail(err error, n int64) {
	r.cause = err
	r.lost.Events += n
	r.total += n
}

// now is the time of what is seen now.
func now() int64 { return time.Now().UnixNano() }

// offer has something recorded, if there is room: it never waits. size is how
// many bytes of messages it holds.
func (r *Recorder) offer(size int, run func() error) {
	r.mu.Lock()
	if r.closed || r.bytes+size > MaxQueue || len(r.jobs) >= maxJobs {
		r.missed.Messages++
		r.missed.Bytes += int64(size)
		r.mu.Unlock()
		return
	}
	r.add(size, run)
}

// always is offer for what must not be missing, which is small.
func (r *Recorder) always(run func() error) {
	r.mu.Lock()
	if r.closed || len(r.jobs) >= 8*maxJobs {
		r.mu.Unlock()
		return
	}
	r.add(0, run)
}

// add queues a job and gives up the lock.
func (r *Recorder) add(size int, run func() error) {
	r.jobs = append(r.jobs, job{size, run})
	r.bytes += size
	r.mu.Unlock()
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// work stores what is queued. Whenever nothing is left, all that was made is
// written.
func (r *Recorder) work() {
	defer close(r.done)
	for {
		r.mu.Lock()
		jobs, closed := r.jobs, r.closed
		r.jobs = nil
		r.mu.Unlock()
		if len(jobs) == 0 {
			if closed {
				return
			}
			<-r.wake
			continue
		}
		for i := range jobs {
			r.run(jobs[i].run)
			r.mu.Lock()
			r.bytes -= jobs[i].size
			r.mu.Unlock()
			jobs[i] = job{}
		}
		r.flush()
	}
}

// run runs a job. A panic costs one message, and not the traffic.
func (r *Recorder) run(fn func() error) {
	defer func() {
		if p := recover(); p != nil {
			r.fail(fmt.Errorf("a message could not be read: %v", p), 1)
		}
	}()
	if err := fn(); err != nil {
		r.fail(err, 1)
	}
}

// flush writes what is held, and what is missing.
func (r *Recorder) flush() {
	r.mu.Lock()
	missed := r.missed
	r.missed = mcp.Gap{}
	r.mu.Unlock()
	lost := r.lost
	if r.main != nil && missed != (mcp.Gap{}) {
		missed.Reason = "recording was slower than the traffic"
		r.run(func() error { return r.main().Lost(now(), true, missed) })
	}
	if r.main != nil && lost.Events > 0 {
		lost.Reason = "events could not be stored"
		if r.cause != nil {
			lost.Reason += ": " + r.cause.Error()
		}
		r.lost = mcp.Gap{}
		before := r.total
		r.run(func() error { return r.main().Lost(now(), true, lost) })
		if r.total > before || !r.write() {
			r.lost = mcp.Gap{Events: lost.Events} // told when it can be
			r.retell(missed)
		}
		return
	}
	if !r.write() {
		r.retell(missed)
	}
}

// retell puts back what was missed, since telling of it has failed.
func (r *Recorder) retell(missed mcp.Gap) {
	r.mu.Lock()
	r.missed.Messages += missed.Messages
	r.missed.Bytes += missed.Bytes
	r.mu.Unlock()
}

func (r *Recorder) write() bool {
	err := r.sink.Flush()
	if err != nil {
		r.fail(err, r.held)
	}
	r.held = 0
	return err == nil
}

// Stop stores what is queued, for as long as it may take at most, and returns
// how many events could not be stored, and why.
func (r *Recorder) Stop(limit time.Duration) (lost int64, cause error) {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	select {
	case r.wake <- struct{}{}:
	default:
	}
	t := time.NewTimer(limit)
	defer t.Stop()
	select {
	case <-r.done:
		return r.total, r.cause
	case <-t.C:
		r.mu.Lock()
		defer r.mu.Unlock()
		return int64(len(r.jobs)) + 1, fmt.Errorf("the store does not answer")
	}
}
