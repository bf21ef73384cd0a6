package trace

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"agenttrace/lib/event"
	"agenttrace/lib/origin"
	"agenttrace/lib/redact"
	"agenttrace/lib/scrub"
	"agenttrace/lib/store"
)

// A Config says what a session is, and where its events go. The zero value
// will do: events go to the trace store.
type Config struct {
	Agent   string // what the agent is called
	Version string // of the agent
	Model   string // the model at the start

	// Session is the id of the session; "" makes a new one. Events of one that
	// is there already are added to it.
	Session string
	Source  string // why it starts: startup (the default for a new one), resume
	Title   string

	// Type and Description say what kind of subagent it is, and what it is
	// started for.
	Type, Description string

	// ParentSession and ParentEvent are for a subagent in a process of its own:
	// what Current gives in its parent. Subagent sets them by itself.
	ParentSession, ParentEvent string

	// Command is the command line, if it is to be told.
	Command []string

	// Writer gets the events, one a Write, from one goroutine at a time. Where
	// it is os.Stdout and nobody reads that any more, Go ends the process; any
	// other error stays in the trace.
	Writer io.Writer

	// Dir is the trace directory, if Writer is nil. "" is what all commands
	// take: $AGENT_TRACE_DIR, else the nearest .agent-traces in the working
	// directory or above it, else .agent-traces there.
	Dir string

	// Redact has secrets taken out, as at-redact does. So do Patterns, regular
	// expressions in the syntax of RE2 for secrets of your own. With one that is
	// wrong nothing is recorded at all, and Err tells it.
	Redact   bool
	Patterns []string
}

// A Session is one run of an agent, or of a subagent. It may be used from any
// number of goroutines.
type Session struct {
	id    string
	agent string
	sink  *sink
	root  bool // it is no subagent, so the end of it is the end of writing
	begin time.Time
	self  []byte // what origin says of this process

	nonce string // no other process has it
	count atomic.Uint64
	ended bool // guarded by sink.mu, so that nothing comes behind the end

	mu   sync.Mutex
	uses map[string]int // ids of calls that were given, and how often
}

// Start starts a session, and returns a context that carries it. It never
// fails: a trace that cannot be written is no reason for an agent not to run.
func Start(ctx context.Context, c Config) (context.Context, *Session) {
	s := &Session{sink: newSink(&c), root: true}
	var self event.Object
	cwd, _ := os.Getwd()
	self.Str("cwd", cwd)
	origin.AddSelf(&self, cwd)
	s.self = self.Bytes()
	s.start(c)
	return s.Context(ctx), s
}

// Subagent starts the session of a subagent of the one that the context
// carries, in the call that it carries. It goes where its parent goes: Writer,
// Dir, Redact and Patterns of c do not count. Without a session in the context
// there is none.
func Subagent(ctx context.Context, c Config) (context.Context, *Session) {
	up := spanOf(ctx)
	if up.session == nil {
		return ctx, nil
	}
	if c.Agent == "" {
		c.Agent = up.session.agent
	}
	s := &Session{sink: up.session.sink, self: up.session.self}
	c.ParentSession, c.ParentEvent = up.session.id, up.call.ID()
	s.start(c)
	up.call.child(s.id)
	return s.Context(ctx), s
}

func (s *Session) start(c Config) {
	s.begin, s.nonce = time.Now(), newID()
	if s.id = c.Session; s.id == "" {
		s.id = newID()
		if c.Source == "" {
			c.Source = "startup"
		}
	}
	s.agent = c.Agent
	var o event.Object
	o.Str("agent", c.Agent).Str("agent_version", c.Version).Str("model", c.Model).Str("source", c.Source).
		Str("title", c.Title).Str("agent_type", c.Type).Str("description", c.Description).
		Str("parent_session_id", c.ParentSession).Str("parent_event_id", c.ParentEvent).Strs("command", c.Command)
	event.Fields(s.self, func(k, v []byte) bool {
		o.RawKey(k, v)
		return true
	})
	s.emit("session_start", "", s.begin, nil, &o)
}

// newID returns a text that nobody else has.
func newID() string {
	var b [16]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// newSink returns where the events go that c speaks of.
func newSink(c *Config) *sink {
	k := &sink{}
	var st *store.Store
	if c.Writer != nil {
		k.write = lineWriter(c.Writer)
	} else {
		dir := c.Dir
		if dir == "" {
			wd, _ := os.Getwd()
			dir = store.Find(os.Getenv(store.EnvDir), wd)
		}
		st = store.At(dir)
		k.write, k.batch = st.Append, true
	}
	if !c.Redact && len(c.Patterns) == 0 {
		return k
	}
	for _, p := range c.Patterns {
		if _, err := redact.Compile("custom", p); err != nil {
			k.write = func(string, []byte) error { return fmt.Errorf("nothing is recorded: %w", err) }
			return k
		}
	}
	k.clean = cleaner(c.Patterns, st)
	return k
}

var errNotRedacted = errors.New("an event could not be redacted")

// cleaner returns a function that takes secrets out of a line. It is for one
// goroutine at a time, and its result holds until the next call. Equal secrets
// get equal tags if there is a store, which has a key for them.
func cleaner(patterns []string, st *store.Store) func([]byte) ([]byte, error) {
	var f *scrub.Filter
	var buf, key []byte
	replace := func(rule string, found []byte) string {
		if key == nil {
			return "[REDACTED:" + rule + "]"
		}
		return "[REDACTED:" + rule + ":" + scrub.Tag(key, found) + "]"
	}
	return func(line []byte) ([]byte, error) {
		if f == nil {
			var err error
			if f, err = redact.NewFilter(patterns, replace); err != nil {
				return nil, err
			}
			if st != nil {
				key, _ = st.Key() // without one there are no tags
			}
		}
		out, n, _ := f.Line(buf[:0], line)
		if out == nil {
			return nil, errNotRedacted
		}
		if n > 0 {
			buf = out
		}
		return out, nil
	}
}

// ID returns the id of the session, under which at-cat finds it.
func (s *Session) ID() string {
	if s == nil {
		return ""
	}
	return s.id
}

// End ends the session, and waits until its events are written, but no longer
// than some seconds. The error is that of Err. What happens in a session after
// its end is not recorded: end subagents before what has started them.
func (s *Session) End() error { return s.EndWith("") }

// EndWith is End with the reason for it.
func (s *Session) EndWith(reason string) error {
	if s == nil {
		return nil
	}
	now := time.Now()
	var o event.Object
	o.Str("reason", reason).Millis("duration_ms", now.Sub(s.begin))
	s.sink.put(s, s.line("session_end", s.newID("session_end"), "", now, nil, &o), true)
	if !s.root {
		return nil
	}
	return s.Flush(patience)
}

// Flush waits until all events so far are written, but no longer than limit.
// The error is that of Err.
func (s *Session) Flush(limit time.Duration) error {
	if s == nil {
		return nil
	}
	if !s.sink.wait(limit) {
		return errors.Join(s.sink.err(), errors.New("cannot record the last events: the trace does not take them"))
	}
	return s.sink.err()
}

// Err says how many events could not be recorded so far, of the session and its
// subagents, and why the first of them; nil if none were lost.
func (s *Session) Err() error {
	if s == nil {
		return nil
	}
	return s.sink.err()
}

// emit records an event and returns its id.
func (s *Session) emit(typ, parent string, at time.Time, took *time.Duration, data *event.Object) string {
	id := s.newID(typ)
	s.record(typ, id, parent, at, took, data)
	return id
}

// newID returns the id of a new event. Where the session has been there before
// its numbers have too, hence the nonce.
func (s *Session) newID(typ string) string {
	return event.ID(s.id, typ, s.nonce, strconv.FormatUint(s.count.Add(1), 10))
}

func (s *Session) record(typ, id, parent string, at time.Time, took *time.Duration, data *event.Object) {
	s.sink.put(s, s.line(typ, id, parent, at, took, data), false)
}

func (s *Session) line(typ, id, parent string, at time.Time, took *time.Duration, data *event.Object) []byte {
	h := event.Header{Type: typ, UnixNano: at.UnixNano(), ID: id, Session: s.id, Parent: parent, Nanos: (*int64)(took)}
	body := data.Bytes()
	return event.Append(make([]byte, 0, len(body)+256), h, body)
}

// A span is what a context carries.
type span struct {
	session *Session
	call    *Call  // that is being made
	use     string // see WithToolUseID
}

type spanKey struct{}

func spanOf(ctx context.Context) span {
	if ctx == nil {
		return span{}
	}
	sp, _ := ctx.Value(spanKey{}).(span)
	return sp
}

func (sp span) on(ctx context.Context) context.Context {
	if ctx == nil {
		ctx = context.Background()
	}
	return context.WithValue(ctx, spanKey{}, sp)
}

// Context returns a context that carries the session: for work whose context
// does not come from Start, such as a request of a server.
func (s *Session) Context(ctx context.Context) context.Context {
	if s == nil {
		return ctx
	}
	return span{session: s}.on(ctx)
}

// From returns the session that a context carries, nil if there is none.
func From(ctx context.Context) *Session { return spanOf(ctx).session }

// Current returns the session that a context carries, and the event_id of the
// call: what a subagent in a process of its own gets as ParentSession and
// ParentEvent. Without a session, or outside of a call, they are "".
func Current(ctx context.Context) (session, event string) {
	sp := spanOf(ctx)
	return sp.session.ID(), sp.call.ID()
}
