package clitest

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"time"

	"agenttrace/lib/event"
)

// WriteTranscript writes about size bytes of a transcript of Claude Code in its
// true shape: prompts, thinking, text, parallel calls, results with the output
// of tools as the model sees it and as the tool gave it, snapshots and
// progress lines in the proportions of real sessions. Equal seeds give equal
// bytes.
func WriteTranscript(w io.Writer, session string, size int64, seed uint64) error {
	g := &transcript{w: bufio.NewWriterSize(w, 1<<20), session: session, r: rand.New(rand.NewPCG(seed, 1))}
	g.now = time.Date(2026, 11, 22, 7, 0, 0, 0, time.UTC)
	for g.n < size {
		g.turn()
	}
	return g.w.Flush()
}

type transcript struct {
	w       *bufio.Writer
	session string
	r       *rand.Rand
	now     time.Time
	n       int64
	id      int
	parent  string
}

// line writes one line: the members of its type, then those that all have.
func (g *transcript) line(typ, members string) {
	g.id++
	g.now = g.now.Add(time.Duration(g.r.IntN(1500)) * time.Millisecond)
	uuid := fmt.Sprintf("%08x-0000-4000-8000-%012x", g.id, g.id)
	n, _ := fmt.Fprintf(g.w, `{"parentUuid":"%s","isSidechain":false,"userType":"external","cwd":"/home/u/proj","sessionId":"%s","version":"2.1.330","gitBranch":"main","type":"%s",%s,"uuid":"%s","timestamp":"%s"}`+"\n",
		g.parent, g.session, typ, members, uuid, g.now.Format("2006-01-02T15:04:05.000Z"))
	g.n += int64(n)
	g.parent = uuid
}

func (g *transcript) turn() {
	g.line("user", fmt.Sprintf(`"promptId":"p%d","message":{"role":"user","content":%s}`, g.id, text(g.prose(30))))
	for range 3 + g.r.IntN(12) {
		g.message()
	}
}

// message writes an API message with its calls, and their results.
func (g *transcript) message() {
	msg := fmt.Sprintf("msg_%08d", g.id)
	block := func(content, stop string) {
		g.line("assistant", fmt.Sprintf(`"requestId":"req_%s","message":{"id":"%s","type":"message","role":"assistant","model":"claude-sonnet-5","content":[%s],"stop_reason":%s,"usage":{"input_tokens":%d,"cache_creation_input_tokens":%d,"cache_read_input_tokens":%d,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":%d},"output_tokens":%d,"service_tier":"standard"}}`,
			msg, msg, content, stop, 3+g.r.IntN(9), g.id%5000, 20000+g.id%90000, g.id%5000, 20+g.r.IntN(900)))
	}
	block(`{"type":"thinking","thinking":`+text(g.prose(60))+`,"signature":"`+strings.Repeat("EqQBCgIYAhIM", 20)+`"}`, `"tool_use"`)
	block(`{"type":"text","text":`+text(g.prose(25))+`}`, `"tool_use"`)
	var calls []string
	for range 1 + g.r.IntN(3) {
		id := fmt.Sprintf("toolu_%08d", g.id)
		calls = append(calls, id)
		if g.r.IntN(3) == 0 {
			block(fmt.Sprintf(`{"type":"tool_use","id":"%s","name":"Read","input":{"file_path":"/home/u/proj/src/file%d.go"}}`, id, g.r.IntN(400)), `"tool_use"`)
		} else {
			block(fmt.Sprintf(`{"type":"tool_use","id":"%s","name":"Bash","input":{"command":"go test ./pkg%d/... 2>&1 | tail -20","description":"Run the tests"}}`, id, g.r.IntN(40)), `"tool_use"`)
		}
		g.line("progress", fmt.Sprintf(`"data":{"type":"bash_progress","output":%s,"elapsedTimeSeconds":2},"toolUseID":"%s"`, text(g.code(8)), id))
	}
	for _, id := range calls {
		out := text(g.code(10 + g.r.IntN(60)))
		failed := g.r.IntN(12) == 0
		g.line("user", fmt.Sprintf(`"message":{"role":"user","content":[{"tool_use_id":"%s","type":"tool_result","content":%s,"is_error":%v}]},"toolUseResult":{"stdout":%s,"stderr":"","interrupted":false,"isImage":false}`, id, out, failed, out))
	}
}

func text(s string) string { return string(event.AppendString(nil, s)) }

var words = strings.Fields("the a test file function returns error when call parse of and it is not read config value before after we should fix handler request path list map string index build run check module server client token cache update remove add which then because")

func (g *transcript) prose(n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(words[g.r.IntN(len(words))])
	}
	return b.String()
}

func (g *transcript) code(lines int) string {
	var b strings.Builder
	for i := range lines {
		fmt.Fprintf(&b, "%6d→\tif err := %s.%s(\"%s\", %d); err != nil {\n", i+1, words[g.r.IntN(len(words))], words[g.r.IntN(len(words))], g.prose(3), g.r.IntN(1000))
	}
	return b.String()
}
