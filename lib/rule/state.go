package rule

import (
	"hash/fnv"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
	"agenttrace/lib/price"
	"agenttrace/lib/tool"
)

// Limits of what a State holds, so that it stays small however long a session
// is.
const (
	maxFiles    = 10000
	maxCommands = 4096
	maxOpen     = 512
	maxAnswers  = 4096
	maxRecent   = 64
	maxSeen     = 65536
)

// A State is what rules need to know of a session: the fold of its events. It
// can be kept between two runs as JSON, see Pack.
type State struct {
	Root      string          `json:"root,omitempty"`
	First     int64           `json:"first,omitempty"` // nanoseconds since 1970
	Last      int64           `json:"last,omitempty"`
	Calls     int             `json:"calls,omitempty"`
	Files     []string        `json:"files,omitempty"` // written
	CostNano  int64           `json:"cost_nano,omitempty"`
	Priced    bool            `json:"priced,omitempty"`
	Tokens    int64           `json:"tokens,omitempty"`
	Context   int64           `json:"context,omitempty"` // input tokens of the last request
	Window    int64           `json:"window,omitempty"`
	TestFails int             `json:"test_fails,omitempty"`
	Errors    int             `json:"errors,omitempty"`
	Retries   int             `json:"retries,omitempty"`
	Open      map[string]Open `json:"open,omitempty"` // calls without outcome, by id

	// What follows is kept in Packed: most of it is numbers, and reading them as
	// JSON takes longer than all the rest.
	commands map[uint64]int    // how often, by the line
	recent   []uint64          // the latest calls
	answers  map[uint64]answer // of the models
	seen     []uint64          // ids of events
	Packed   []byte            `json:"packed,omitempty"`

	known   map[string]bool
	lookup  map[uint64]bool // of seen, once it is asked for often
	asked   int
	started bool
}

// Open is a call that has no outcome yet.
type Open struct {
	Test bool `json:"test,omitempty"` // it runs tests
}

type answer struct{ out, nano, all int64 }

// repeated notes the id of an event and reports whether it was there before.
func (s *State) repeated(id string) bool {
	h := hash(id)
	if s.asked++; s.asked == 32 {
		s.lookup = make(map[uint64]bool, len(s.seen))
		for _, x := range s.seen {
			s.lookup[x] = true
		}
	}
	if s.lookup != nil && s.lookup[h] || s.lookup == nil && slices.Contains(s.seen, h) {
		return true
	}
	if len(s.seen) >= maxSeen {
		s.seen = slices.Clone(s.seen[maxSeen/2:])
	}
	s.seen = append(s.seen, h)
	if s.lookup != nil {
		s.lookup[h] = true
	}
	return false
}

func hash(parts ...string) uint64 {
	h := fnv.New64a()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return h.Sum64()
}

// Add adds an event of the session. One that was added before counts once.
func (s *State) Add(e event.Event) {
	if e.IsRecord() || e.Is("guard_verdict") {
		return
	}
	s.start()
	if ns, ok := e.UnixNano(); ok && ns > 0 {
		if s.First == 0 || ns < s.First {
			s.First = ns
		}
		s.Last = max(s.Last, ns)
	}
	if e.Is("llm_response") {
		s.answer(e) // may say more when it is told again
		return
	}
	if id := e.ID(); id != "" && s.repeated(id) {
		return
	}
	switch {
	case e.Is("session_start"):
		if s.Root == "" {
			s.Root = e.Get("cwd").Str
		}
	case e.Is("tool_call"):
		args := []byte(e.Get("arguments").Raw)
		call := tool.Parse(e.Get("tool_name").String(), args)
		if s.Root == "" {
			s.Root = e.Get("cwd").Str
		}
		s.Call(&call, args, e.ID(), e.Get("tool_use_id").String())
	case e.Is("tool_result"):
		s.outcome(e, false)
	case e.Is("error") && e.Get("kind").Str != "api":
		s.outcome(e, true)
	case e.Is("file_write"):
		s.wrote(e.Get("path").String())
	}
}

// Call adds a call. ids are those by which its outcome names it.
func (s *State) Call(call *tool.Call, args []byte, ids ...string) {
	s.start()
	s.Calls++
	for _, f := range call.Writes {
		s.wrote(f)
	}
	test := false
	if call.Line != "" {
		for _, c := range tool.Commands(call.Line) {
			test = test || c.Activity() == tool.ActTest
			for _, f := range c.Writes {
				if len(c.Dirs) > 0 && c.Dirs[0] != "" && !strings.HasPrefix(f, "/") && !strings.HasPrefix(f, "~") {
					f = path.Join(c.Dirs[0], f)
				}
				s.wrote(f)
			}
		}
		h := hash(strings.Join(strings.Fields(call.Line), " "))
		if len(s.commands) < maxCommands || s.commands[h] > 0 {
			s.commands[h]++
			s.Retries = max(s.Retries, s.commands[h]-1)
		}
	}
	s.recent = append(s.recent, hash(call.Name, string(tool.Canonical(args))))
	if len(s.recent) > maxRecent {
		s.recent = slices.Clone(s.recent[len(s.recent)-maxRecent:])
	}
	for _, id := range ids {
		if id == "" {
			continue
		}
		if len(s.Open) >= maxOpen {
			clear(s.Open)
		}
		s.Open[id] = Open{test}
	}
}

func (s *State) wrote(f string) {
	if f == "" {
		return
	}
	if !strings.HasPrefix(f, "/") && !strings.HasPrefix(f, "~") && s.Root != "" {
		f = s.Root + "/" + f
	}
	if f = path.Clean(f); !s.known[f] && len(s.Files) < maxFiles {
		s.known[f] = true
		s.Files = append(s.Files, f)
	}
}

// outcome takes what became of a call.
func (s *State) outcome(e event.Event, failed bool) {
	o, ok := s.Open[e.Parent()]
	id := e.Get("tool_use_id").String()
	if !ok {
		o, ok = s.Open[id]
	}
	delete(s.Open, e.Parent())
	delete(s.Open, id)
	if !ok && (e.Parent() != "" || id != "") {
		return // told before
	}
	if !failed && o.Test {
		failed = testFailed(text(e))
	}
	if failed {
		s.Errors++
	} else {
		s.Errors = 0
	}
	if o.Test {
		if failed {
			s.TestFails++
		} else {
			s.TestFails = 0
		}
	}
}

// text returns what a result says.
func text(e event.Event) string {
	for _, at := range []string{"result.stdout", "result.llmContent", "result.content", "result", "content"} {
		if v := e.Get(at); v.Exists() && v.Type == gjson.String {
			return v.Str
		}
	}
	return e.Get("result").Raw
}

// failures is what test runners print when a test has failed, at least one:
// pytest, jest, mocha, cargo, JUnit; go test.
var failures = regexp.MustCompile(`(?m)\b[1-9]\d* (?:failed|failures?|failing|errors?)\b|^(?:--- )?FAIL\b|\bFAILED \(|^test result: FAILED|Failures: [1-9]`)

func testFailed(out string) bool {
	_, failed := testFailure(out)
	return failed
}

// testFailure returns the line that says that a test has failed, "" if it is
// the exit status alone.
func testFailure(out string) (line string, failed bool) {
	if code, ok := tool.ExitCode(out); ok && code == 0 {
		return "", false
	} else if ok {
		failed = true
	}
	// Runners sum up at the end.
	const enough = 16 << 10
	out = out[max(0, len(out)-enough):]
	for line := range strings.Lines(out) {
		if mayFail(line) && failures.MatchString(line) {
			return strings.TrimSpace(line), true
		}
	}
	return "", failed
}

// mayFail reports whether a line may be one of failures: whether it is worth
// more than a glance, as most of a long output is not.
func mayFail(line string) bool {
	if strings.Contains(line, "FAIL") || strings.Contains(line, "Failures: ") {
		return true
	}
	for _, word := range []string{" fail", " error"} {
		for rest := line; ; {
			i := strings.Index(rest, word)
			if i < 0 {
				break
			}
			if i > 0 && '0' <= rest[i-1] && rest[i-1] <= '9' {
				return true
			}
			rest = rest[i+1:]
		}
	}
	return false
}

// TestFailure reports whether the result of a test run says that a test has
// failed, and in which line; that is "" if only the exit status says it.
func TestFailure(e event.Event) (line string, failed bool) { return testFailure(text(e)) }

// answer counts an answer of a model, once however often it is told.
func (s *State) answer(e event.Event) {
	name := e.Get("message_id").String() + "/" + e.Get("request_id").String()
	if name == "/" {
		name = e.ID()
	}
	key := hash(name)
	u := e.Get("usage")
	if !u.Exists() || e.Get("usage_in_session").Exists() || e.Get("model").Str == "<synthetic>" {
		return
	}
	n := func(k string) int64 { return max(0, u.Get(k).Int()) }
	in, out, read, w5, w1 := n("input_tokens"), n("output_tokens"), n("cache_read_tokens"), n("cache_write_5m_tokens"), n("cache_write_1h_tokens")
	input := in + read + w5 + w1
	a := answer{out: out, all: input + out}
	var at time.Time
	if ns, ok := e.UnixNano(); ok {
		at = time.Unix(0, ns)
	}
	row, match := price.Lookup(e.Get("model").Str, at)
	if match != price.None {
		r := row.For(input)
		pico := r.Input.Cost(in) + r.Output.Cost(out) + r.CacheRead.Cost(read) + row.WriteRate(r).Cost(w5) + r.CacheWrite1h.Cost(w1)
		a.nano = price.Nano(pico)
		s.Priced = true
		s.Window = row.ContextWindow
	}
	if old, ok := s.answers[key]; ok {
		if old.out >= a.out {
			return
		}
		s.CostNano -= old.nano
		s.Tokens -= old.all
	} else if len(s.answers) >= maxAnswers {
		clear(s.answers)
	}
	s.answers[key] = a
	s.CostNano += a.nano
	s.Tokens += a.all
	s.Context = input
}

// Value returns the number that a condition is about; ok is false if it is not
// known.
func (s *State) Value(metric string, now int64) (v float64, ok bool) {
	s.start()
	const minute = float64(time.Minute)
	switch metric {
	case "cost_usd":
		return float64(s.CostNano) / 1e9, s.Priced
	case "tokens":
		return float64(s.Tokens), true
	case "context_pct":
		if s.Window == 0 {
			return 0, false
		}
		return 100 * float64(s.Context) / float64(s.Window), true
	case "files_modified":
		return float64(len(s.Files)), true
	case "consecutive_test_failures":
		return float64(s.TestFails), true
	case "consecutive_errors":
		return float64(s.Errors), true
	case "retries":
		return float64(s.Retries), true
	case "loops":
		return float64(Loops(s.recent)), true
	case "duration_minutes":
		return float64(now-s.First) / minute, s.First != 0
	case "idle_minutes":
		return float64(now-s.Last) / minute, s.Last != 0
	case "tool_calls":
		return float64(s.Calls), true
	}
	return 0, false
}

// maxPeriod is the longest series of calls that is looked for as a loop.
const maxPeriod = 10

// Loops returns how often the latest calls came one after the other in the
// same order: 1 if they did not repeat, 0 if there are none.
func Loops(keys []uint64) int {
	best := min(1, len(keys))
	for p := 1; p <= maxPeriod && 2*p <= len(keys); p++ {
		times := 1
		for i := len(keys) - 2*p; i >= 0 && slices.Equal(keys[i:i+p], keys[len(keys)-p:]); i -= p {
			times++
		}
		best = max(best, times)
	}
	return best
}
