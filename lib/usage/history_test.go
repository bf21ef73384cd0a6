package usage

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"agenttrace/lib/capture"
	"agenttrace/lib/cost"
	"agenttrace/lib/event"
	"agenttrace/lib/find"
)

// A world is a folder of transcripts that changes as agents, users and sync
// programs change it.
type world struct {
	t        *testing.T
	r        *rand.Rand
	dir      string
	files    []string
	message  int
	side     map[string]string // by session: the uuid of the last line of a subagent in its file
	clock    time.Time
	messages []string // lines of answers that were written
	worth    int64
}

func (w *world) line(session, agent string) string {
	w.clock = w.clock.Add(time.Duration(1+w.r.IntN(4000)) * time.Second)
	more := ""
	if agent != "" {
		more = fmt.Sprintf(`,"agentId":%q`, agent)
	}
	uuid, parent := fmt.Sprint("u", w.r.Uint32()), fmt.Sprintf(`"p%d"`, w.message)
	// In the files of some sessions there are subagents without names, told by
	// the chain of their lines.
	side := agent == "" && strings.HasSuffix(session, "5") && w.r.IntN(3) == 0
	if side {
		if parent = "null"; w.side[session] != "" && w.r.IntN(4) > 0 {
			parent = fmt.Sprintf("%q", w.side[session])
		}
		w.side[session] = uuid
	}
	head := fmt.Sprintf(`"parentUuid":%s,"isSidechain":%t,"sessionId":%q,"version":%q%s,"uuid":%q`,
		parent, agent != "" || side, session, []string{"2.1.219", "2.1.20"}[w.r.IntN(2)], more, uuid)
	if w.r.IntN(12) > 0 {
		head += fmt.Sprintf(`,"timestamp":%q`, w.clock.Format("2006-01-02T15:04:05.000Z"))
	}
	searches := session[len(session)-1] < '3' // the others' answers can be bundled
	switch n := w.r.IntN(14); {
	case n == 0:
		return fmt.Sprintf(`{%s,"type":"user","message":{"role":"user","content":"do %d"}}`, head, w.r.IntN(99))
	case n == 1 && searches:
		return fmt.Sprintf(`{%s,"type":"user","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"t%d","content":"ok"}]},"toolUseResult":{"searchCount":%d}}`, head, w.message, w.r.IntN(3))
	case n == 2:
		return `{"type":"summary","summary":"s","leafUuid":"x"}`
	case n == 3:
		return fmt.Sprintf(`{%s,"type":"cost-state","totalCostUSD":%d.5,"modelUsage":{"claude-opus-4-7":{"inputTokens":7,"outputTokens":%d}}}`, head, w.r.IntN(9), w.r.IntN(9999))
	case n == 4 && (session[len(session)-1]-'0')%3 == 2: // the others can be read on
		return []string{`{"torn":`, `no json`, `{"type":"user"`, "", "\xff\xfe"}[w.r.IntN(5)]
	case n == 5:
		if len(w.messages) > 0 { // a copy, in this session
			old := w.messages[w.r.IntN(len(w.messages))]
			return strings.ReplaceAll(old, "SESSION", session)
		}
	}
	if w.r.IntN(3) > 0 {
		w.message++
	}
	stop := []string{"null", `"end_turn"`, `"tool_use"`}[w.r.IntN(3)]
	block := `{"type":"text","text":"x"}`
	if searches && w.r.IntN(6) == 0 {
		block = fmt.Sprintf(`{"type":"tool_use","id":"t%d","name":"WebSearch","input":{"query":"q"}}`, w.message)
	}
	ids := fmt.Sprintf(`"id":"msg_%d",`, w.message)
	if side { // of its own
		ids = fmt.Sprintf(`"id":"msg_%s",`, w.side[session])
	}
	if w.r.IntN(15) == 0 && !strings.Contains(block, "WebSearch") {
		ids = ""
	}
	usage := fmt.Sprintf(`"input_tokens":%d,"output_tokens":%d,"cache_read_input_tokens":%d,"cache_creation_input_tokens":%d`, w.r.IntN(9), w.r.IntN(500), w.r.IntN(300_000), w.r.IntN(999))
	switch w.r.IntN(12) {
	case 0:
		usage += `,"speed":"fast"`
	case 1:
		usage += `,"service_tier":"batch"`
	case 2:
		usage += `,"iterations":[{"type":"message","input_tokens":1,"output_tokens":1},{"type":"advisor_message","model":"claude-opus-4-7","input_tokens":5,"output_tokens":9}]`
	case 3:
		usage += `,"server_tool_use":{"web_search_requests":2}`
	case 4:
		usage = `"input_tokens":3`
	}
	model := []string{"claude-opus-4-7", "claude-sonnet-4-6", "claude-sonnet-4-5", "claude-later-9", "<synthetic>"}[w.r.IntN(5)]
	line := fmt.Sprintf(`{%s,"type":"assistant","requestId":"r%d","message":{%s"model":%q,"role":"assistant","content":[%s],"stop_reason":%s,"usage":{%s}}}`,
		head, w.message, ids, model, block, stop, usage)
	if agent == "" && !side {
		w.messages = append(w.messages, strings.ReplaceAll(line, session, "SESSION"))
	}
	return line
}

// ids returns the session and the subagent of a file.
func ids(name string) (session, agent string) {
	stem := strings.TrimSuffix(filepath.Base(name), ".jsonl")
	if a, ok := strings.CutPrefix(stem, "agent-"); ok {
		return filepath.Base(filepath.Dir(filepath.Dir(name))), a
	}
	return stem, ""
}

func (w *world) lines(name string, n int) []byte {
	session, agent := ids(name)
	var b bytes.Buffer
	for range n {
		b.WriteString(w.line(session, agent))
		b.WriteByte('\n')
	}
	return b.Bytes()
}

func (w *world) must(err error) {
	if err != nil {
		w.t.Helper()
		w.t.Fatal(err)
	}
}

func (w *world) write(name string, data []byte) {
	w.must(os.MkdirAll(filepath.Dir(name), 0o755))
	w.must(os.WriteFile(name, data, 0o644))
	if !slices.Contains(w.files, name) {
		w.files = append(w.files, name)
	}
}

func (w *world) add(name string, data []byte) {
	f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
	w.must(err)
	_, err = f.Write(data)
	w.must(err)
	w.must(f.Close())
}

// step changes something, and says what.
func (w *world) step() string {
	if len(w.files) == 0 || w.r.IntN(5) == 0 {
		name := filepath.Join(w.dir, fmt.Sprintf("p%d", w.r.IntN(2)), fmt.Sprintf("s%d.jsonl", w.r.IntN(1000)))
		w.write(name, w.lines(name, w.r.IntN(60)))
		return "new " + name
	}
	name := w.files[w.r.IntN(len(w.files))]
	data, err := os.ReadFile(name)
	w.must(err)
	switch w.r.IntN(13) {
	case 0:
		w.must(os.Remove(name))
		w.files = slices.DeleteFunc(w.files, func(f string) bool { return f == name })
		return "deleted " + name
	case 1:
		session, agent := ids(name)
		if agent != "" {
			break
		}
		fork := filepath.Join(filepath.Dir(name), fmt.Sprintf("s%d.jsonl", w.r.IntN(1000)))
		to, _ := ids(fork)
		w.write(fork, bytes.ReplaceAll(data[:len(data)/2], []byte(`"`+session+`"`), []byte(`"`+to+`"`)))
		return "forked " + name
	case 2:
		child := filepath.Join(strings.TrimSuffix(name, ".jsonl"), "subagents", fmt.Sprintf("agent-a%d.jsonl", w.r.IntN(9)))
		if _, agent := ids(name); agent != "" {
			break
		}
		w.write(child, w.lines(child, w.r.IntN(9)))
		return "subagent " + child
	case 3:
		if _, agent := ids(name); agent == "" {
			break
		}
		meta := childPath(name)
		w.must(os.WriteFile(meta, fmt.Appendf(nil, `{"agentType":"kind%d"}`, w.r.IntN(9)), 0o644))
		return "meta " + meta
	case 4: // another file in its place
		w.must(os.WriteFile(name+".new", w.lines(name, w.r.IntN(30)), 0o644))
		w.must(os.Rename(name+".new", name))
		return "replaced " + name
	case 5: // written anew, longer, with another beginning
		data = bytes.Replace(data, []byte(`"output_tokens":1`), []byte(`"output_tokens":9`), 1)
		w.write(name, append(data, w.lines(name, 2)...))
		return "rewritten " + name
	case 6: // of the same size, with the same time
		info, err := os.Stat(name)
		w.must(err)
		w.write(name, bytes.Replace(data, []byte(`"output_tokens":2`), []byte(`"output_tokens":8`), 1))
		w.must(os.Chtimes(name, time.Time{}, info.ModTime()))
		return "edited " + name
	case 7:
		w.must(os.Truncate(name, int64(w.r.IntN(len(data)+1))))
		return "cut " + name
	case 8:
		w.must(os.Chtimes(name, time.Time{}, time.Now().Add(-time.Hour)))
		return "touched " + name
	case 9: // a line comes in two pieces
		line := w.lines(name, 1)
		w.add(name, line[:w.r.IntN(len(line))])
		return "began a line of " + name
	}
	w.add(name, w.lines(name, w.r.IntN(4)))
	return "grew " + name
}

// A result is all that a user sees.
type result struct{ text, problems string }

var groupings = []cost.By{cost.ByNothing, cost.BySession, cost.ByModel, cost.ByAgent, cost.ByDay}

// shown prints a ledger in every way.
func shown(by cost.By, guess bool, fill func(l *cost.Ledger, problem func(error))) result {
	var res result
	l := cost.New(cost.Options{By: by, NoGuess: !guess, Zone: time.FixedZone("", 5400)})
	fill(l, func(err error) { res.problems += err.Error() + "\n" })
	l.Close()
	text := l.AppendText(nil)
	for _, s := range l.Sessions() {
		text = append(l.Record(text, s), '\n')
	}
	res.text = string(text)
	return res
}

func (w *world) read(cache string, by cost.By, guess bool, agents []string) result {
	return shown(by, guess, func(l *cost.Ledger, problem func(error)) {
		r := &Reader{
			Cache: cache, worth: w.worth, Alone: true, Guess: guess, Clock: func() int64 { return time.Now().UnixNano() }, Problem: problem,
			Emit: func(line []byte) error {
				e, err := event.Parse(line)
				if err == nil {
					l.Add(e)
				}
				return err
			},
		}
		w.must(r.Read(l, Root{w.dir, agents}))
	})
}

// pipe is what at-capture --usage-only and at-cost say.
func (w *world) pipe(by cost.By, agents []string) result {
	return shown(by, false, func(l *cost.Ledger, problem func(error)) {
		k := &capture.Capture{Usage: true, Clock: func() int64 { return 1 }}
		k.Problem = func(err *event.SyntaxError, _ []byte) { problem(err) }
		k.Emit = func(line []byte) error {
			e, err := event.Parse(line)
			if err == nil {
				l.Add(e)
			}
			return err
		}
		var inputs []capture.Input
		for _, f := range find.Sort(find.Under(w.dir, agents, problem)) {
			inputs = append(inputs, capture.Input{File: f.Capture(), Open: func() (io.ReadCloser, error) { return os.Open(f.Path) }})
		}
		k.ReadAll(inputs, problem)
	})
}

// TestHistories checks that what is remembered never changes what is said:
// neither the report nor the records, nor what is wrong with the files; and
// that it is what at-capture and at-cost say.
func TestHistories(t *testing.T) {
	histories, steps := 12, 20
	if testing.Short() {
		histories = 3
	}
	for seed := range histories {
		agents := find.Agents()
		if seed%2 == 0 {
			agents = agents[:1]
		}
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			cache := t.TempDir()
			w := &world{t: t, r: rand.New(rand.NewPCG(uint64(seed), 7)), dir: t.TempDir(), side: map[string]string{}, clock: time.Date(2026, 8, 1, 7, 0, 0, 0, time.UTC), worth: []int64{1, 1, 3 * perFile}[seed/2%3]}
			var did []string
			for range steps {
				did = append(did, w.step())
				if w.r.IntN(3) == 0 {
					time.Sleep(time.Duration(w.r.IntN(70)) * time.Millisecond)
				}
				for _, by := range groupings {
					guess := seed%3 == 0
					want := w.read("", by, guess, agents)
					if got := w.read(cache, by, guess, agents); got != want {
						t.Fatalf("%s\nby %q, remembered:\n%s\nread:\n%s", strings.Join(did, "\n"), by, diff(got, want), "")
					}
					if guess {
						continue // the pipe knows no more of the texts
					}
					if got := w.pipe(by, agents); got != want {
						t.Fatalf("%s\nby %q, pipe against read:\n%s", strings.Join(did, "\n"), by, diff(got, want))
					}
				}
			}
		})
	}
}

// diff returns the lines that two results do not share.
func diff(got, want result) string {
	var b strings.Builder
	for _, p := range [][2]string{{got.text, want.text}, {got.problems, want.problems}} {
		a, c := strings.Split(p[0], "\n"), strings.Split(p[1], "\n")
		for _, l := range a {
			if !slices.Contains(c, l) {
				fmt.Fprintf(&b, "got:  %s\n", l)
			}
		}
		for _, l := range c {
			if !slices.Contains(a, l) {
				fmt.Fprintf(&b, "want: %s\n", l)
			}
		}
	}
	if b.Len() == 0 {
		b.WriteString("the same lines in another order")
	}
	return b.String()
}
