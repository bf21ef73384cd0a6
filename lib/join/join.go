// Package join copies into the trace store what an agent's own transcripts say
// of the cost of sessions that hooks have told of. Hooks tell no usage, and
// agents delete their transcripts after some weeks.
//
// Only usage is copied: session_start, llm_response and vendor_cost events, and
// calls that searched the web. What was said and done the hooks have told
// already, and it may have been redacted since.
package join

import (
	"fmt"
	"hash/maphash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture"
	"agenttrace/lib/capture/claude"
	"agenttrace/lib/event"
	"agenttrace/lib/store"
)

// A Joiner joins transcripts to sessions of a store.
type Joiner struct {
	Store    *store.Store
	Problem  func(error)
	Deadline time.Time // no more is begun after it; the zero time is none

	// Clean, if set, returns what is saved of an event: without its secrets.
	Clean func(line []byte) ([]byte, error)

	known map[string]map[uint64]bool // by session: hashes of the lines that the store has
	seen  map[string]bool            // transcripts that were read
}

var seed = maphash.MakeSeed()

// Sessions joins the transcripts that the events of the sessions name, and
// those of their subagents, as far as they still exist. What is in the store
// already is not saved again. It returns how many events were saved.
func (j *Joiner) Sessions(ids ...string) (saved int, err error) {
	var found []claude.Transcript
	for _, id := range ids {
		found = append(found, j.named(id)...)
	}
	if len(found) == 0 {
		return 0, nil
	}
	claude.Sort(found)
	saver := j.Store.NewSaver()
	k := &capture.Capture{
		Usage: true, Clock: func() int64 { return 0 }, Idle: func() error { return nil },
		Problem: func(*event.SyntaxError, []byte) {}, // at-capture on the transcript tells
		Emit: func(line []byte) (err error) {
			if j.Clean != nil {
				if line, err = j.Clean(line); err != nil {
					return err
				}
			}
			session := gjson.GetBytes(line, "session_id").String()
			if session == "" || !j.isNew(session, line) {
				return nil
			}
			saved++
			return saver.Save(session, line)
		},
	}
	for _, t := range found {
		if !j.Deadline.IsZero() && time.Now().After(j.Deadline) {
			break
		}
		if err := j.read(k, t); err != nil {
			j.Problem(err)
		}
	}
	return saved, saver.Flush()
}

// read captures one transcript. A deadline ends it between two blocks.
func (j *Joiner) read(k *capture.Capture, t claude.Transcript) error {
	f, err := os.Open(t.Path)
	if err != nil {
		return err
	}
	defer f.Close()
	return k.Read(&timed{f, j.Deadline}, capture.File{Name: t.Path, Session: t.Session, Child: t.Child})
}

// timed is a reader that ends at a time.
type timed struct {
	io.Reader
	until time.Time
}

func (t *timed) Read(b []byte) (int, error) {
	if !t.until.IsZero() && time.Now().After(t.until) {
		return 0, io.EOF
	}
	return t.Reader.Read(b)
}

// named returns the transcripts that the events of a session name.
func (j *Joiner) named(id string) (found []claude.Transcript) {
	var last string
	agents := map[string]bool{}
	err := j.lines(id, func(line []byte) {
		e, err := event.Parse(line)
		if err != nil {
			return
		}
		g := gjson.GetManyBytes(e.DataRaw(), "transcript_path", "agent_transcript_path")
		if p := g[0].Str; p != "" {
			last = p // resuming a session may move it
		}
		if p := g[1].Str; p != "" {
			agents[p] = true
		}
	})
	if err != nil {
		j.Problem(err)
	}
	if last != "" {
		found = append(found, j.look(last)...)
		dir := filepath.Join(strings.TrimSuffix(last, ".jsonl"), "subagents")
		filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() && filepath.Ext(p) == ".jsonl" {
				found = append(found, j.look(p)...)
			}
			return nil
		})
	}
	for p := range agents {
		found = append(found, j.look(p)...)
	}
	return found
}

// look returns the transcript of a path, if it is there and was not returned
// before. A trace may name anything: only regular files of the kind are read.
func (j *Joiner) look(path string) []claude.Transcript {
	if j.seen == nil {
		j.seen = map[string]bool{}
	}
	path = filepath.Clean(path)
	info, err := os.Stat(path)
	ext := filepath.Ext(path)
	if err != nil || !info.Mode().IsRegular() || ext != ".jsonl" && ext != ".json" || j.seen[path] {
		return nil
	}
	j.seen[path] = true
	root, name := filepath.Dir(path), filepath.Base(path)
	if before, rest, ok := strings.Cut(path, "/subagents/"); ok {
		// The session is told by the folder above.
		root, name = filepath.Dir(before), filepath.ToSlash(filepath.Join(filepath.Base(before), "subagents", rest))
	}
	t, err := claude.Look(os.DirFS(root), name)
	if err != nil {
		j.Problem(err)
		return nil
	}
	t.Path = path
	return []claude.Transcript{t}
}

// isNew reports whether the store does not have a line, and notes it.
func (j *Joiner) isNew(session string, line []byte) bool {
	set := j.known[session]
	if set == nil {
		set = map[uint64]bool{}
		j.known[session] = set
		err := j.lines(session, func(l []byte) { set[maphash.Bytes(seed, l)] = true })
		if err != nil {
			j.Problem(err)
		}
	}
	h := maphash.Bytes(seed, line)
	if set[h] {
		return false
	}
	set[h] = true
	return true
}

// lines gives the lines of a session in the store; none if it has none.
func (j *Joiner) lines(session string, fn func([]byte)) error {
	if j.known == nil {
		j.known = map[string]map[uint64]bool{}
	}
	f, err := os.Open(filepath.Join(j.Store.Dir(), store.DirName(session), "events.ndjson"))
	if err != nil {
		if os.IsNotExist(err) {
			return nil
		}
		return err
	}
	defer f.Close()
	r := event.NewLineReader(f)
	for {
		line, err := r.Read()
		if len(line) > 0 {
			fn(line)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", session, err)
		}
	}
}
