package usage

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"agenttrace/lib/cost"
)

var justClaude = []string{"claude"}

// newWorld returns a folder with some sessions, and what they cost.
func newWorld(t *testing.T) (w *world, cache string, want result) {
	w = &world{t: t, r: rand.New(rand.NewPCG(3, 7)), dir: t.TempDir(), side: map[string]string{}, clock: time.Date(2026, 8, 1, 7, 0, 0, 0, time.UTC), worth: 1}
	for _, name := range []string{"p/s1.jsonl", "p/s7.jsonl", "p/s6.jsonl"} {
		name = filepath.Join(w.dir, name)
		w.write(name, w.lines(name, 60))
	}
	cache = t.TempDir()
	want = w.read(cache, cost.ByModel, false, justClaude)
	return w, cache, want
}

func cacheOf(t *testing.T, dir string) string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(dir, "usage-*"))
	if err != nil || len(list) != 1 {
		t.Fatalf("%v, %v", list, err)
	}
	return list[0]
}

// TestDamaged checks that a damaged cache is as good as none, and that not even
// one whose checksum is right ends the program.
func TestDamaged(t *testing.T) {
	w, dir, want := newWorld(t)
	name := cacheOf(t, dir)
	whole, err := os.ReadFile(name)
	w.must(err)
	for n := range 40 {
		data := bytes.Clone(whole)
		at := w.r.IntN(len(data))
		if n%3 == 0 {
			data = data[:at]
		} else {
			data[at] ^= byte(1 + w.r.IntN(255))
		}
		w.must(os.WriteFile(name, data, 0o600))
		if got := w.read(dir, cost.ByModel, false, justClaude); got != want {
			t.Fatalf("damaged at %d: %s", at, diff(got, want))
		}
	}
	r := &Reader{mark: func() []byte { return whole[len(magic) : len(magic)+32] }}
	for range 1500 {
		data := bytes.Clone(whole[:len(whole)-4])
		at := len(magic) + 32 + w.r.IntN(len(data)-len(magic)-32)
		data[at] ^= byte(1 + w.r.IntN(255))
		data = binary.LittleEndian.AppendUint32(data, crc32.Checksum(data, castagnoli))
		w.must(os.WriteFile(name, data, 0o600))
		f := newFold(cost.New(cost.Options{}), 0)
		for _, x := range r.load(name) {
			f.file(x.steps)
			f.file(x.short)
			resumed(x.steps)
		}
	}
}

// TestUnchanged checks that files that have not changed are not read again, and
// that what grew is read from where it ended.
func TestUnchanged(t *testing.T) {
	w, dir, want := newWorld(t)
	long := time.Now().Add(-time.Hour)
	for _, name := range w.files {
		w.must(os.Chtimes(name, long, long))
	}
	time.Sleep(2 * tick) // the time of the change itself cannot be set
	w.read(dir, cost.ByModel, false, justClaude)
	before, err := os.Stat(cacheOf(t, dir))
	w.must(err)
	if got := w.read(dir, cost.ByModel, false, justClaude); got != want {
		t.Error(diff(got, want))
	}
	after, err := os.Stat(cacheOf(t, dir))
	w.must(err)
	if !after.ModTime().Equal(before.ModTime()) {
		t.Error("written again though nothing has changed")
	}
	raw, err := os.ReadFile(cacheOf(t, dir))
	w.must(err)
	r := &Reader{mark: func() []byte { return raw[len(magic) : len(magic)+32] }}
	list := r.load(cacheOf(t, dir))
	if len(list) != 3 {
		t.Fatalf("%d entries", len(list))
	}
	for path, x := range list {
		if !x.sure || !x.resumable || x.resume.Off == 0 {
			t.Errorf("%s: sure %t, resumable %t from %d of %d", path, x.sure, x.resumable, x.resume.Off, x.id.size)
		}
		if path != "p/s6.jsonl" && (len(x.short) > 0) != (path == "p/s7.jsonl") { // s6 has copies of calls of s1
			t.Errorf("%s: %d bytes of bundles", path, len(x.short))
		}
	}
	if info, err := os.Stat(cacheOf(t, dir)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// TestSure checks when times tell that a file has not changed.
func TestSure(t *testing.T) {
	const second = int64(time.Second)
	now := 1000 * second
	for _, c := range []struct {
		changed, moved int64
		want           bool
	}{
		{now - second + 1, now - second, true}, {now - second + 1, now - 1, false}, {now - 1, now - second, false},
		{now - second, now - second, false}, {now - 10*second, now - 10*second, true}, {now + second + 1, 1, false},
	} {
		if got := (ident{changed: c.changed, moved: c.moved}).sure(now); got != c.want {
			t.Errorf("%d, %d before now: %t", now-c.changed, now-c.moved, got)
		}
	}
}

// TestWhole checks files that hold more than a transcript, and transcripts that
// tell no usage: both are read whole, now and the next time.
func TestWhole(t *testing.T) {
	w, dir, _ := newWorld(t)
	event := `{"event_type":"llm_response","timestamp":1785578400.5,"event_id":"aaaaaaaaaaaa","session_id":"e","data":{"model":"claude-opus-4-7","message_id":"msg_3","stop_reason":"end_turn","usage":{"input_tokens":5,"output_tokens":99999}}}` + "\n"
	mixed := filepath.Join(w.dir, "p", "s300.jsonl")
	w.write(mixed, append(w.lines(mixed, 5), event...))
	silent := filepath.Join(w.dir, "p", "s400.jsonl")
	w.write(silent, []byte(`{"parentUuid":null,"isSidechain":false,"sessionId":"s400","version":"2.1.219","type":"user","uuid":"a","timestamp":"2026-08-01T10:00:00.000Z","message":{"role":"user","content":"say something long"}}
{"parentUuid":"a","isSidechain":false,"sessionId":"s400","version":"2.1.219","type":"assistant","uuid":"b","timestamp":"2026-08-01T10:00:09.000Z","message":{"model":"claude-opus-4-7","role":"assistant","content":[{"type":"text","text":"something long"}]}}
`))
	for _, by := range groupings {
		want := w.read("", by, true, justClaude)
		for range 3 {
			if got := w.read(dir, by, true, justClaude); got != want {
				t.Errorf("by %q: %s", by, diff(got, want))
			}
		}
		if !bytes.Contains([]byte(want.text), []byte(`"session_id":"e"`)) || !bytes.Contains([]byte(want.text), []byte(`"estimate":1`)) {
			t.Errorf("by %q: %s", by, want.text)
		}
	}
}
