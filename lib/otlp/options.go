package otlp

import (
	"crypto/sha256"
	"slices"
)

// Content is how much of what was said and done is exported.
type Content uint8

// The levels of content. Names, ids, numbers, sizes, paths of files and the names
// of programs are exported at every level, and so are decisions.
const (
	None Content = iota // no text of prompts, answers, arguments, results, errors
	Meta                // titles of calls and sessions, and the first line of errors
	Full                // everything, each text cut at the limit
)

// Limits of OpenTelemetry.
const (
	// DefaultLimit is the length of a string attribute, in bytes. New Relic takes
	// 4,095 characters.
	DefaultLimit = 4000

	// maxCount is how many attributes and events there are by default.
	maxCount = 128

	// metaLimit is the length of a text at the level Meta.
	metaLimit = 200
)

// Schema is the address of the semantic conventions whose names are used.
const Schema = "https://opentelemetry.io/schemas/1.41.0"

// A KeyValue is an attribute of the resource.
type KeyValue struct{ Key, Value string }

// A Parent is a span of another program that sessions belong to.
type Parent struct {
	Trace [16]byte
	Span  [8]byte
}

// Options say how events are mapped.
type Options struct {
	Signals []Signal // which are made; nil means traces

	Service  string     // service.name
	Resource []KeyValue // more attributes of the resource
	Version  string     // of the instrumentation scope

	Content Content
	Limit   int // of a string attribute, in bytes; 0 means DefaultLimit

	// How many attributes a span, an event of a span and a log record have at most,
	// and how many events a span; 0 means 128, as in OpenTelemetry. What is beyond
	// is counted as dropped.
	MaxAttrs, MaxEventAttrs, MaxLogAttrs, MaxEvents int

	Latest bool     // names of the conventions after 1.41
	Also   []string // dialects whose attributes are added, see Dialects
	Parent *Parent  // nil for none
	Delta  bool     // metrics are deltas, not cumulative

	// MeasuredNow gives points of metrics the time that Tick told last, since some
	// stores refuse old ones; else they have that of the session.
	MeasuredNow bool

	// ByTurn makes a trace of what follows from each prompt, linked to that of the
	// session. Sessions below another span stay whole.
	ByTurn bool

	// Rebase moves the times of each trace so that it ends then, in nanoseconds
	// since 1970, for stores that refuse what is old; 0 moves nothing. All spans and
	// log records are held until Close. The root span tells when it began.
	Rebase int64

	MaxItems int // of a batch; 0 means 512
	MaxBytes int // of a batch in protobuf; 0 means 900,000

	// Live is set if the stream goes on: sessions end Grace after their
	// session_end, or after Idle without an event, by the times given to Tick, and
	// not with the stream alone. Both are in nanoseconds.
	Live        bool
	Grace, Idle int64

	// Ended, if set, is told of each session that has ended, after its root span,
	// if there is one, was made.
	Ended func(Place)

	// MaxOpen is how many sessions are open at most. If there are more, those that
	// have had their session_end and then those that were quiet for longest are
	// ended. 0 means 10,000.
	MaxOpen int
}

func (o *Options) has(s Signal) bool {
	if o.Signals == nil {
		return s == Traces
	}
	return slices.Contains(o.Signals, s)
}

// A Place is where the root span of a session stands.
type Place struct {
	Session string
	Trace   [16]byte
	Root    [8]byte
	Depth   int // 0 is a session that no other started
}

// TraceID returns the id of the trace of a session.
func TraceID(session string) (id [16]byte) {
	sum := sha256.Sum256([]byte(session))
	copy(id[:], sum[:])
	return id
}

// SpanID returns the id of the span of an event.
func SpanID(event string) (id [8]byte) {
	sum := sha256.Sum256([]byte(event))
	copy(id[:], sum[:])
	return id
}

// RootID returns the id of the root span of a session.
func RootID(session string) (id [8]byte) { return SpanID("root-" + session) }

// aboutOf makes what all requests have in common.
func aboutOf(o *Options) *about {
	a := attrs{limit: o.Limit}
	for _, kv := range o.Resource {
		a.str(kv.Key, kv.Value)
	}
	a.drop("service.name")
	a.str("service.name", o.Service)
	var x about
	b, at := open(nil, 1)
	x.resource = shut(a.append(b, 1), at)
	b, at = open(nil, 1)
	b = appendBytes(b, 1, "agent-trace")
	if o.Version != "" {
		b = appendBytes(b, 2, o.Version)
	}
	x.scope = shut(b, at)
	if !o.Latest {
		x.schema = appendBytes(nil, 3, Schema)
	}
	return &x
}
