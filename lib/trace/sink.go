package trace

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"
	"time"

	"agenttrace/lib/event"
)

// MaxQueue is how much may wait to be written, in bytes. What finds no room is
// lost, and counted.
const MaxQueue = 64 << 20

// maxBatch is how much is written at once, in bytes: a line is never cut.
const maxBatch = 1 << 20

// How long the end of a session, and a panic, wait for what is not written yet.
var (
	patience      = 5 * time.Second
	panicPatience = time.Second
)

// A sink writes events behind the caller's back, in their order. A goroutine
// lives as long as there is something to write: nothing is left behind by a
// session that is not ended.
type sink struct {
	// write writes lines of one session, each with its newline.
	write func(session string, lines []byte) error
	// batch says that several lines may be written at once.
	batch bool
	// clean returns a line as it may be written; nil if that is how it is.
	clean func(line []byte) ([]byte, error)

	mu      sync.Mutex
	queue   []item
	bytes   int           // that wait
	running chan struct{} // closed when all is written; nil if all is
	lost    int64
	cause   error            // of the first loss
	gaps    map[string]int64 // events lost of a session, as long as its trace does not say so
	told    int              // gaps that it says

	text []byte // for the goroutine
}

type item struct {
	session string
	line    []byte
}

// put queues a line of a session, which is the sink's from then on. last says
// that it is the session's end: a second one does not count.
func (k *sink) put(s *Session, line []byte, last bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case s.ended && last:
		return
	case s.ended:
		k.lose(s.id, 1, errEnded)
		return
	case k.bytes+len(line) > MaxQueue && k.bytes > 0:
		s.ended = last
		k.lose(s.id, 1, errFull)
		return
	}
	s.ended = last
	k.queue = append(k.queue, item{s.id, line})
	k.bytes += len(line)
	if k.running == nil {
		k.running = make(chan struct{})
		go k.drain()
	}
}

var errEnded = errors.New("the session has ended")

var errFull = fmt.Errorf("more than %d MiB wait to be written", MaxQueue>>20)

// lose counts lost events. k.mu is held.
func (k *sink) lose(session string, n int64, cause error) {
	k.lost += n
	if k.cause == nil {
		k.cause = cause
	}
	if k.gaps == nil {
		k.gaps = map[string]int64{}
	}
	k.gaps[session] += n
}

// fail is lose for those who do not hold k.mu.
func (k *sink) fail(session string, n int64, cause error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.lose(session, n, cause)
}

// err returns what was lost.
func (k *sink) err() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.lost == 0 {
		return nil
	}
	return fmt.Errorf("cannot record %d events: %w", k.lost, k.cause)
}

// wait waits until all is written, but no longer than limit. It reports whether
// all is.
func (k *sink) wait(limit time.Duration) bool {
	k.mu.Lock()
	running := k.running
	k.mu.Unlock()
	if running == nil {
		return true
	}
	t := time.NewTimer(limit)
	defer t.Stop()
	select {
	case <-running:
		return true
	case <-t.C:
		return false
	}
}

// drain writes what is queued until nothing is left.
func (k *sink) drain() {
	for {
		k.mu.Lock()
		queue := k.queue
		k.queue = nil
		if len(queue) == 0 {
			close(k.running)
			k.running = nil
			k.mu.Unlock()
			return
		}
		k.mu.Unlock()
		for len(queue) > 0 {
			n, size := k.next(queue)
			clear(queue[:n]) // a long queue need not be held to its end
			queue = queue[n:]
			k.mu.Lock()
			k.bytes -= size
			k.mu.Unlock()
		}
	}
}

// next writes the first lines of the queue, and returns how many they were, and
// their size.
func (k *sink) next(queue []item) (n, size int) {
	session := queue[0].session
	text, lines := k.text[:0], int64(0)
	for n < len(queue) && queue[n].session == session && (n == 0 || k.batch && len(text) < maxBatch) {
		line := queue[n].line
		size += len(line)
		n++
		line, err := k.scrub(line)
		if err != nil {
			k.fail(session, 1, err)
			continue
		}
		text = append(append(text, line...), '\n')
		lines++
	}
	if lines == 0 || !k.tell(session) {
		if lines > 0 {
			k.fail(session, lines, k.why())
		}
	} else if err := k.try(session, text); err != nil {
		k.fail(session, lines, err)
	}
	if k.text = text; cap(text) > 2*maxBatch {
		k.text = nil
	}
	return n, size
}

// tell writes how many events of a session are missing, if any are. It reports
// whether the trace says all.
func (k *sink) tell(session string) bool {
	k.mu.Lock()
	n, cause := k.gaps[session], k.cause
	k.told++
	nth := k.told
	k.mu.Unlock()
	if n == 0 {
		return true
	}
	now := time.Now().UnixNano()
	var o event.Object
	o.Str("reason", "events could not be recorded: "+cause.Error()).Int("events", n)
	id := event.ID(session, "trace_gap", strconv.FormatInt(now, 10), strconv.Itoa(nth))
	line := event.Append(nil, event.Header{Type: "trace_gap", UnixNano: now, ID: id, Session: session}, o.Bytes())
	line, err := k.scrub(line)
	if err != nil || k.try(session, append(line, '\n')) != nil {
		return false
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.gaps[session] -= n; k.gaps[session] == 0 {
		delete(k.gaps, session)
	}
	return true
}

func (k *sink) why() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.cause
}

// scrub takes out what must not be written.
func (k *sink) scrub(line []byte) (out []byte, err error) {
	if k.clean == nil {
		return line, nil
	}
	defer recovered(&err)
	return k.clean(line)
}

// try writes lines. A writer that panics is one that fails.
func (k *sink) try(session string, lines []byte) (err error) {
	defer recovered(&err)
	return k.write(session, lines)
}

func recovered(err *error) {
	if v := recover(); v != nil {
		*err = fmt.Errorf("panic: %s", plain(v))
	}
}

// lineWriter writes each text with one Write. Where a part of one was written
// and not the rest, the next begins on a line of its own.
func lineWriter(w io.Writer) func(string, []byte) error {
	torn := false
	return func(_ string, text []byte) error {
		if torn {
			text = append([]byte{'\n'}, text...)
		}
		n, err := w.Write(text)
		if err == nil && n < len(text) {
			err = io.ErrShortWrite
		}
		switch {
		case err == nil:
			torn = false
		case n > 0 && n <= len(text):
			torn = text[n-1] != '\n'
		}
		return err
	}
}
