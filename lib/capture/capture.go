// Package capture turns the raw records of agents into events. It tells by a
// record's own keys what it is, so that one stream may mix records of several
// kinds, and events that have been captured already, which pass unchanged.
//
// Records are JSON objects: one a line, or over several lines, or in arrays.
// The lines of a file are taken apart on several goroutines; what depends on
// the lines before is done in order.
package capture

import (
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/claude"
	"agenttrace/lib/capture/mcp"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// A Capture turns records into events. It remembers what it needs over all the
// files it reads.
type Capture struct {
	// Emit is given each event, without a newline; the bytes are used again.
	Emit func(line []byte) error
	// Problem is told of what is no record; it goes on with the rest. raw is
	// what was not used, nil if nothing was lost.
	Problem func(err *event.SyntaxError, raw []byte)
	// Clock returns the present time in nanoseconds, for records without one.
	Clock func() int64
	// Origin tells what the machine knows of a session of an agent that starts
	// on it. It may be set and unset between inputs.
	Origin func(agent, cwd string, o *event.Object)
	// All keeps bookkeeping records too.
	All bool
	// Usage keeps only what tells the cost of sessions: session_start,
	// llm_response, vendor_cost, and the calls that searched the web.
	Usage bool
	// Idle is called before waiting for more input.
	Idle func() error

	// Mark is told of each message in a transcript of Claude Code that begins;
	// what it returns stands in the Position of a Tail.
	Mark func() int

	hooks   *claude.Hooks
	claude  *claude.State
	parser  claude.Parser
	others  []foreign
	current *foreign // whose the last record was, nil if it was Claude's
	file    File
	docs    documents
	rec     record.Record
	mixed   bool
	textLog bool // the input is text with messages of MCP in it
}

// Mixed reports whether anything was read but lines of Claude Code's
// transcripts: what was made of it may depend on the inputs before.
func (c *Capture) Mixed() bool { return c.mixed }

// First returns what the first line says of the message of which the last
// llm_response of a transcript of Claude Code tells.
func (c *Capture) First() claude.First { return c.claude.First() }

// A File says what is known of an input beside its bytes.
type File struct {
	Name    string // for messages
	Session string // that its name tells, for lines that do not say
	Child   claude.Child
	Agent   string // whose records it holds, "" if they shall tell themselves
	Log     bool   // payloads of hooks in it are a log, no agent waits for them
}

func (c *Capture) init() {
	if c.hooks == nil {
		if c.Usage {
			c.Emit = usageOnly(c.Emit)
		}
		c.hooks = &claude.Hooks{Emit: c.Emit, Origin: c.origin(Claude)}
		c.claude = claude.NewState(c.Emit)
		c.claude.Mark = c.Mark
		c.parser.All, c.parser.Usage = c.All, c.Usage
		c.others = c.readers()
	}
}

// Read reads one input to its end.
func (c *Capture) Read(r io.Reader, f File) error {
	c.init()
	c.begin(f)
	err := event.Chunks(text(r), c.Idle, c.parse, c.take)
	if err == nil {
		err = c.end()
	}
	if err != nil {
		return fmt.Errorf("%s: %w", f.Name, err)
	}
	return nil
}

// firstLines are those of a file that are always looked at: a session begins
// in them.
const firstLines = 32

// skippable reports whether a line is a whole one of a transcript of Claude
// Code that tells of no cost.
func skippable(line []byte) bool {
	if line[len(line)-1] != '}' || claude.TellsUsage(line) {
		return false
	}
	for _, begin := range transcriptBegins {
		if bytes.HasPrefix(line, begin) {
			return !linksSidechain(line[:min(len(line), 400)])
		}
	}
	return false
}

// linksSidechain reports whether a line, of which this is the beginning, may be
// one of a subagent in the session's own file: old versions did not name it, and
// whose its answers are is told by the chain of lines alone.
func linksSidechain(head []byte) bool {
	return bytes.Contains(head, []byte(`"isSidechain":true`)) && !bytes.Contains(head, []byte(`"agentId"`))
}

// transcriptBegins are how those lines begin that make up most of a
// transcript.
var transcriptBegins = [][]byte{[]byte(`{"parentUuid":`), []byte(`{"type":"file-history-snapshot"`), []byte(`{"type":"progress"`), []byte(`{"isSidechain":`)}

// usageOnly returns emit for the events that tell the cost of sessions.
func usageOnly(emit func([]byte) error) func([]byte) error {
	return func(line []byte) error {
		switch gjson.GetBytes(line, "event_type").Str {
		case "session_start", "llm_response", "vendor_cost":
			return emit(line)
		case "tool_call", "tool_result":
			// The result of a call that another run has seen does not name it.
			if bytes.Contains(line, []byte(`"WebSearch"`)) || bytes.Contains(line, []byte(`"searchCount"`)) {
				return emit(line)
			}
		}
		return nil
	}
}

// kind says what a record is.
type kind uint8

const (
	unknown kind = iota
	captured
	hook
	transcript
	serial // what is to be asked of it depends on the records before it
)

// detect tells what a record is by its keys, as far as a single one tells.
func detect(r *record.Record) kind {
	switch {
	case isString(r.Get("event_type")) && (r.Has("session_id") || r.Has("timestamp") || r.Has("data")):
		return captured
	case claude.IsHook(r):
		return hook
	case claude.IsTranscript(r):
		return transcript
	}
	return unknown
}

// ambiguous reports whether a record may be another agent's.
func ambiguous(k kind, r *record.Record) bool {
	return k == hook || k == unknown || k == transcript && !surely(r)
}

func isString(raw []byte) bool { return len(raw) > 0 && raw[0] == '"' }

// parsed is a line of a chunk whose record is whole.
type parsed struct {
	kind kind
	n    int // its number
	raw  []byte
	line claude.Line
}

// batch is what the lines of a chunk are. odd is set where one of them is not
// a whole record: then the chunk is read again line by line.
type batch struct {
	chunk event.Chunk
	lines []parsed
	odd   bool
}

// parse takes the lines of a chunk apart. It uses nothing of c that changes.
func (c *Capture) parse(chunk event.Chunk) batch {
	b := batch{chunk: chunk}
	var rec record.Record
	p := claude.Parser{All: c.All, Usage: c.Usage}
	for data, n := chunk.Data, chunk.Line; len(data) > 0; n++ {
		line := data
		if i := bytes.IndexByte(data, '\n'); i >= 0 {
			line, data = data[:i], data[i+1:]
		} else {
			data = nil
		}
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		if c.Usage && n > firstLines && skippable(line) {
			continue
		}
		if !utf8.Valid(line) || rec.Parse(line) != nil {
			b.odd = true
			return b
		}
		x := parsed{kind: detect(&rec), n: n, raw: line}
		if ambiguous(x.kind, &rec) {
			x.kind = serial
		}
		if x.kind == transcript {
			x.line = p.Parse(&rec)
		}
		b.lines = append(b.lines, x)
	}
	return b
}

// take makes the events of a chunk.
func (c *Capture) take(b batch) error {
	if b.odd || c.docs.open() {
		c.claude.Here(-1, 0)
		return c.docs.chunk(c, b.chunk)
	}
	for i := range b.lines {
		x := &b.lines[i]
		c.claude.Here(b.chunk.Off+int64(cap(b.chunk.Data)-cap(x.raw)), x.n)
		var err error
		switch x.kind {
		case captured:
			c.mixed = true
			err = c.Emit(x.raw)
		case transcript:
			if c.current == nil && (c.file.Agent == "" || c.file.Agent == Claude) {
				err = c.noSession(c.claude.Take(&x.line), x.n, x.raw)
				break
			}
			fallthrough
		case serial:
			err = c.record(x.raw, x.n)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// hook makes the events of the payload in c.rec, which was told at a time.
func (c *Capture) hook(line int, nano int64) error {
	c.mixed, c.hooks.Log = true, c.file.Log
	return c.noSession(c.hooks.Take(&c.rec, nano), line, c.rec.Raw)
}

// noSession reports a record of which nothing tells the session; every other
// error is returned.
func (c *Capture) noSession(err error, line int, raw []byte) error {
	if claude.IsNoSession(err) {
		c.problem(line, err.Error(), raw)
		return nil
	}
	return err
}

func (c *Capture) problem(line int, msg string, raw []byte) {
	c.Problem(&event.SyntaxError{File: c.file.Name, Line: line, Msg: msg}, raw)
}

// record makes the events of one whole JSON value.
func (c *Capture) record(raw []byte, line int) error {
	raw = bytes.TrimSpace(raw)
	if len(raw) > 0 && raw[0] == '[' {
		return c.array(raw, line)
	}
	if err := c.rec.Parse(raw); err != nil {
		c.problem(line, err.Error(), raw)
		return nil
	}
	k := detect(&c.rec)
	if k == captured {
		c.mixed = true
		if bytes.IndexByte(raw, '\n') >= 0 {
			raw = event.AppendCompact(nil, raw)
		}
		return c.Emit(raw)
	}
	if c.current != nil || c.file.Agent != "" || ambiguous(k, &c.rec) {
		nano := c.Clock()
		if taken, err := c.foreign(line, nano); taken {
			return err
		}
		c.current = nil
		if k == hook {
			return c.hook(line, nano)
		}
	}
	if k == transcript {
		l := c.parser.Parse(&c.rec)
		return c.noSession(c.claude.Take(&l), line, raw)
	}
	if inner := c.rec.Get("input_data"); len(inner) > 0 && inner[0] == '{' {
		return c.wrapped(inner, line)
	}
	if c.textLog && !mcp.IsTextRecord(&c.rec) { // what a server wrote to its standard error
		return c.record(mcp.TextRecord(bytes.Clone(raw)), line)
	}
	c.problem(line, "a JSON object that is no record of a known agent", raw)
	return nil
}

// mayBe reports whether the input may hold records of an agent.
func (c *Capture) mayBe(agent string) bool { return c.file.Agent == "" || c.file.Agent == agent }

// wrapped makes the events of a payload that a hook script has wrapped, which
// is common: {"timestamp": …, "input_data": {payload}}.
func (c *Capture) wrapped(inner []byte, line int) error {
	nano, timed := record.Nanos(c.rec.Get("timestamp"))
	whole := c.rec.Raw
	if !timed {
		nano = c.Clock()
	}
	if c.rec.Parse(inner) == nil {
		if taken, err := c.foreign(line, nano); taken {
			return err
		}
		if detect(&c.rec) == hook {
			return c.hook(line, nano)
		}
	}
	c.problem(line, "a JSON object that is no record of a known agent", whole)
	return nil
}

// array makes the events of the records in an array.
func (c *Capture) array(raw []byte, line int) error {
	var err error
	at, seen, others := line, 0, 0
	record.Elements(raw, func(el []byte) {
		if err != nil {
			return
		}
		off := cap(raw) - cap(el)
		at += bytes.Count(raw[seen:off], []byte{'\n'})
		seen = off
		if el[0] != '{' {
			others++
			return
		}
		err = c.record(el, at)
	})
	if others > 0 {
		c.problem(line, fmt.Sprintf("a JSON array; elements that are no records: %d", others), raw)
	}
	return err
}
