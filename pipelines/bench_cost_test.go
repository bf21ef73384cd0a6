//go:build unix

package pipelines_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tidwall/gjson"
)

// ccusage is what at-cost is measured against: a native program, as its own
// launcher would run it. The launcher's version has not always one.
const ccusage = "@ccusage/ccusage-linux-x64@20.0.24"

// TestBenchCost measures what the cost of a folder of transcripts takes, beside
// ccusage in the same run, and checks that both come to the amount that the
// folder was made to cost; and then what it takes again, by what is remembered
// of the folder, as it is and with more in one of its files. It runs if AT_BENCH
// is set, on AT_BENCH_COST_MB MiB (200); without the npm registry it measures
// at-cost alone.
func TestBenchCost(t *testing.T) {
	wanted(t)
	size := mebibytes("AT_BENCH_COST_MB", 200)
	dir := t.TempDir()
	want := writeFolder(t, filepath.Join(dir, "projects"), int(size))
	other := fetchCcusage(t, t.TempDir())
	fmt.Printf("%d MiB of transcripts\n", size>>20)
	const runs = 5
	check := func(u usedBy, want int64) usedBy {
		t.Helper()
		got := int64(0)
		for line := range bytes.Lines(u.out) {
			got += gjson.GetBytes(line, "data.usd_nano").Int()
		}
		if got != want {
			t.Errorf("at-cost says %d nano-dollars, want %d", got, want)
		}
		return u
	}
	const cost = "at-cost --by model --format json "
	var cold, first, again, grown, piped, theirs []usedBy
	for range runs {
		if other != "" {
			u := measure(t, dir, "exec "+other+" claude daily --offline --json")
			if got := int64(gjson.GetBytes(u.out, "totals.totalCost").Float()*1e9 + 0.5); abs(got-want) > 1e6 {
				t.Errorf("ccusage says %d nano-dollars, want %d", got, want)
			}
			theirs = append(theirs, u)
		}
		cold = append(cold, check(measure(t, dir, "exec "+cost+"--no-cache projects"), want))
		piped = append(piped, check(measure(t, dir, "at-capture --usage-only projects | "+cost), want))
	}
	for range runs {
		if err := os.RemoveAll(filepath.Join(dir, ".cache")); err != nil {
			t.Fatal(err)
		}
		first = append(first, check(measure(t, dir, "exec "+cost+"projects"), want))
	}
	check(measure(t, dir, cost+"projects"), want) // the times of files that were just written are not trusted
	for range runs {
		again = append(again, check(measure(t, dir, "exec "+cost+"projects"), want))
	}
	for range runs {
		want += growFolder(t, filepath.Join(dir, "projects"))
		grown = append(grown, check(measure(t, dir, "exec "+cost+"projects"), want))
	}
	a := best("at-cost --no-cache DIR", cold)
	if other != "" {
		b := best("ccusage claude daily --offline", theirs)
		fmt.Printf("%.2f times the time of ccusage, %.2f times its memory\n", float64(a.took)/float64(b.took), float64(a.rss)/float64(b.rss))
	}
	best("at-capture --usage-only | at-cost", piped)
	b := best("at-cost DIR, the first time", first)
	for _, x := range []struct {
		name string
		runs []usedBy
	}{{"at-cost DIR, again", again}, {"at-cost DIR, again, with a new answer", grown}} {
		u := best(x.name, x.runs)
		fmt.Printf("%.0f times as fast as the first time\n", float64(b.took)/float64(u.took))
	}
}

// growFolder adds an answer to one of the transcripts, and returns what it
// costs in nano-dollars.
func growFolder(t *testing.T, root string) (nano int64) {
	t.Helper()
	name := filepath.Join(root, "-home-dev-0", "session-0000.jsonl")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	grown := fmt.Sprintf(`{"parentUuid":"p","isSidechain":false,"sessionId":"session-0000","version":"2.1.219","uuid":"grown-%d","timestamp":"2026-09-01T07:00:00.000Z","type":"assistant","message":{"model":"claude-haiku-4-5-20251001","id":"msg_grown_%[1]d","role":"assistant","content":[{"type":"text","text":"more"}],"stop_reason":"end_turn","usage":{"input_tokens":7,"output_tokens":11}}}`, len(text))
	if err := os.WriteFile(name, append(text, grown+"\n"...), 0o644); err != nil {
		t.Fatal(err)
	}
	return 7*1000 + 11*5000
}

func abs(n int64) int64 { return max(n, -n) }

// usedBy is what a run took.
type usedBy struct {
	took, cpu time.Duration
	rss       int64 // of its largest process, KiB
	out       []byte
}

func measure(t *testing.T, dir, line string) usedBy {
	t.Helper()
	c := exec.Command("bash", "-o", "pipefail", "-c", line)
	c.Dir = dir
	c.Env = append(os.Environ(), "CLAUDE_CONFIG_DIR="+dir, "HOME="+dir, "XDG_CACHE_HOME="+filepath.Join(dir, ".cache"), "TZ=UTC")
	c.Stderr = os.Stderr
	from := time.Now()
	out, err := c.Output()
	took := time.Since(from)
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	r := c.ProcessState.SysUsage().(*syscall.Rusage)
	return usedBy{took, c.ProcessState.UserTime() + c.ProcessState.SystemTime(), r.Maxrss, out}
}

// best prints the fastest and the median run, and returns the median.
func best(name string, runs []usedBy) usedBy {
	slices.SortFunc(runs, func(a, b usedBy) int { return int(a.took - b.took) })
	m := runs[len(runs)/2]
	fmt.Printf("%-38s %6.3f s (fastest %.3f), CPU %.3f s, %d MiB\n", name, m.took.Seconds(), runs[0].took.Seconds(), m.cpu.Seconds(), m.rss>>10)
	return m
}

// fetchCcusage returns the path of ccusage, "" if it cannot be had.
func fetchCcusage(t *testing.T, dir string) string {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		return ""
	}
	c := exec.Command("bash", "-c", "npm pack --silent "+ccusage+" && tar xzf *.tgz && chmod +x package/bin/ccusage")
	c.Dir = dir
	if out, err := c.CombinedOutput(); err != nil {
		t.Logf("no ccusage: %v: %s", err, out)
		return ""
	}
	return filepath.Join(dir, "package/bin/ccusage")
}

// writeFolder writes transcripts of about a size, and returns what they cost
// in nano-dollars. They are as Claude Code writes them: several lines a
// message, the early ones with less output; subagents; sessions that begin with
// a copy of another; caches of two lifetimes.
func writeFolder(t *testing.T, root string, size int) (nano int64) {
	r := rand.New(rand.NewPCG(1, 2))
	filler := strings.Repeat("func (s *server) handle(w http.ResponseWriter, r *http.Request) {\n\tid := r.PathValue(\"id\") // 42\n", 700)
	text := func(n int) string {
		at := r.IntN(len(filler) - n - 1)
		b, _ := json.Marshal(filler[at : at+n])
		return string(b)
	}
	prices := map[string][5]int64{ // nano-dollars a token: input, output, read, 5 minutes, an hour
		"claude-opus-4-7": {5000, 25000, 500, 6250, 10000}, "claude-sonnet-4-6": {3000, 15000, 300, 3750, 6000},
		"claude-haiku-4-5-20251001": {1000, 5000, 100, 1250, 2000},
	}
	written, clock, message := 0, time.Date(2026, 8, 1, 7, 0, 0, 0, time.UTC), 0
	conversation := func(session, model, agent string, turns int) (lines []string) {
		at, context := clock, int64(14000+r.IntN(8000))
		head := func() string {
			at = at.Add(time.Duration(400+r.IntN(20000)) * time.Millisecond)
			more := ""
			if agent != "" {
				more = fmt.Sprintf(`,"agentId":%q`, agent)
			}
			return fmt.Sprintf(`"isSidechain":%t,"userType":"external","cwd":"/home/dev/x","sessionId":%q,"version":"2.1.219","gitBranch":"main"%s,"uuid":"%08x-%08x","timestamp":%q`,
				agent != "", session, more, r.Uint32(), r.Uint32(), at.Format("2006-01-02T15:04:05.000Z"))
		}
		lines = append(lines, fmt.Sprintf(`{"parentUuid":null,%s,"type":"user","message":{"role":"user","content":%s}}`, head(), text(80+r.IntN(800))))
		p := prices[model]
		for range turns {
			message++
			fresh, output := int64(300+r.IntN(5700)), int64(8+r.IntN(900))
			in, w5, w1 := int64(1+r.IntN(12)), fresh, int64(0)
			if r.IntN(100) < 85 {
				w5, w1 = 0, fresh
			}
			nano += in*p[0] + output*p[1] + context*p[2] + w5*p[3] + w1*p[4]
			blocks := []string{
				`{"type":"text","text":` + text(60+r.IntN(440)) + `}`,
				`{"type":"thinking","thinking":` + text(100+r.IntN(1400)) + `,"signature":"` + strings.Repeat("0f", 200) + `"}`,
				fmt.Sprintf(`{"type":"tool_use","id":"toolu_%d","name":%q,"input":{"command":%s}}`, message, []string{"Bash", "Read", "Edit"}[r.IntN(3)], text(30+r.IntN(570))),
			}[2-r.IntN(3):]
			for i, b := range blocks {
				shown, stop := output, `"tool_use"`
				if i < len(blocks)-1 {
					stop = "null"
					if r.IntN(10) < 3 {
						shown = min(output, 1+int64(r.IntN(8)))
					}
				}
				lines = append(lines, fmt.Sprintf(`{"parentUuid":"p",%s,"type":"assistant","requestId":"req_%d","message":{"model":%q,"id":"msg_%022d","type":"message","role":"assistant","content":[%s],"stop_reason":%s,"usage":{"input_tokens":%d,"cache_creation_input_tokens":%d,"cache_read_input_tokens":%d,"cache_creation":{"ephemeral_5m_input_tokens":%d,"ephemeral_1h_input_tokens":%d},"output_tokens":%d,"service_tier":"standard","server_tool_use":{"web_search_requests":0}}}}`,
					head(), message, model, message, b, stop, in, fresh, context, w5, w1, shown))
			}
			context = min(context+fresh, 180_000)
			body := text(500 + r.IntN(12000))
			lines = append(lines, fmt.Sprintf(`{"parentUuid":"p",%s,"type":"user","message":{"role":"user","content":[{"tool_use_id":"toolu_%d","type":"tool_result","content":%s}]},"toolUseResult":{"stdout":%s,"stderr":""}}`, head(), message, body, body))
		}
		return lines
	}
	write := func(path string, lines []string) {
		path = filepath.Join(root, path)
		text := []byte(strings.Join(lines, "\n") + "\n")
		written += len(text)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	models := []string{"claude-opus-4-7", "claude-opus-4-7", "claude-sonnet-4-6"}
	for n := 0; written < size; n++ {
		session, project := fmt.Sprintf("session-%04d", n), fmt.Sprintf("-home-dev-%d", n%8)
		lines := conversation(session, models[r.IntN(len(models))], "", 40+r.IntN(220))
		write(project+"/"+session+".jsonl", lines)
		for a := range []int{0, 0, 1, 2, 4}[r.IntN(5)] {
			agent := fmt.Sprintf("a%04d%d", n, a)
			write(project+"/"+session+"/subagents/agent-"+agent+".jsonl", conversation(session, "claude-haiku-4-5-20251001", agent, 5+r.IntN(35)))
		}
		if r.IntN(8) == 0 { // a fork: the beginning of the session under another id; it ends with a whole message
			fork := strings.Split(strings.ReplaceAll(strings.Join(lines[:len(lines)/3], "\n"), session, session+"-fork"), "\n")
			for len(fork) > 0 && !strings.Contains(fork[len(fork)-1], `"type":"tool_result"`) {
				fork = fork[:len(fork)-1]
			}
			write(project+"/"+session+"-fork.jsonl", fork)
		}
		clock = clock.Add(100 * time.Minute)
	}
	return nano
}
