package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"

	"agenttrace/lib/cli"
	"agenttrace/lib/event"
	"agenttrace/lib/guard"
	"agenttrace/lib/postmortem"
	"agenttrace/lib/rule"
	"agenttrace/lib/store"
	"agenttrace/lib/text"
	"agenttrace/lib/watch"
)

// A tail is how far a transcript was read.
type tail struct {
	name string
	size int64
}

// spent reads what the agents' own transcripts tell of tokens since they were
// read last: hooks are not told.
func (x *watcher) spent() error {
	if !x.spends {
		return nil
	}
	for _, s := range x.w.Sessions() {
		over := s.Ended || s.Last < x.started.Add(-recent).UnixNano()
		if s.Transcript == "" || over && x.tails[s.ID] != nil {
			continue
		}
		lines, err := x.tail(s)
		if err != nil {
			x.trouble.Store(true)
			x.c.Notef("cannot read the transcript: %v", err)
			s.Transcript = ""
			continue
		}
		for _, line := range lines {
			if e, err := event.Parse(line); err == nil {
				if err := x.alerts(x.w.Spent(s, e)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// tail returns the answers that are new in a transcript. A trace may name
// anything: only regular files of the kind are read.
func (x *watcher) tail(s *watch.Session) (list [][]byte, err error) {
	t := x.tails[s.ID]
	if t == nil || t.name != s.Transcript {
		t = &tail{name: s.Transcript}
		x.tails[s.ID] = t
	}
	info, err := os.Stat(t.name)
	if err != nil || !info.Mode().IsRegular() || filepath.Ext(t.name) != ".jsonl" || info.Size() == t.size {
		return nil, nil // it may come
	}
	f, err := os.Open(t.name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info.Size() < t.size {
		t.size = 0 // answers that come again count once
	}
	n, err := store.ScanLines(io.NewSectionReader(f, t.size, info.Size()-t.size), func(line []byte) error {
		if u := guard.Usage(line, s.ID); u != nil {
			list = append(list, u)
		}
		return nil
	})
	t.size += n
	return list, err
}

// postmortem writes what a session came to into the trace store's folder.
func (x *watcher) postmortem(session string) (name string, err error) {
	s := x.death(session)
	dir := x.store.Dir()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	name = filepath.Join(dir, "postmortem-"+store.DirName(session)+".md")
	return name, cli.ReplaceFile(name, s.Report().AppendMarkdown(nil), 0o600, nil)
}

// death returns what is known of a session that was killed: as the store has
// it, if that is as much as was read.
func (x *watcher) death(session string) *postmortem.Fold {
	set := postmortem.New()
	set.Instructions = instructions
	_, _, _ = x.store.Scan(session, 0, func(line []byte) error {
		if e, err := event.Parse(line); err == nil {
			set.Add(e)
		}
		return nil
	})
	f, read := set.Session(session), x.deaths.Session(session)
	if f == nil || read != nil && f.Events() < read.Events() {
		set, f = x.deaths, read
	}
	if f == nil {
		f = set.Open(session)
	}
	set.Alert(x.killer[session])
	return f
}

// instructions returns those in the directory of a session that was killed.
func instructions(f *postmortem.Fold) (list []*postmortem.Instruction) {
	if !filepath.IsAbs(f.Cwd) {
		return nil
	}
	for _, name := range postmortem.Files {
		if data, err := cli.ReadConfig(filepath.Join(f.Cwd, name)); err == nil {
			list = append(list, postmortem.ParseInstructions(name, string(data))...)
		}
	}
	return list
}

// pauseRequest is the file by which an editor asks for a pause: it holds the id
// of the session. The agent goes on when the file is gone.
const pauseRequest = ".pause-request"

// A pauser is the editor's pause that holds.
type pauser struct {
	asked   string // what the file holds
	session *watch.Session
}

// maxRequest is how much of the file is read, in bytes.
const maxRequest = 4096

// editor pauses and resumes as the file asks for.
func (x *watcher) editor() {
	asked, there := x.request()
	if p := &x.pauser; p.session != nil && (!there || asked != p.asked) {
		x.signal(p.session, rule.Resume)
		*p = pauser{}
	}
	if !there || x.pauser.session != nil {
		return
	}
	if s := x.asked(asked); s != nil {
		x.pauser = pauser{asked, s}
		x.signal(s, rule.Pause)
	}
}

func (x *watcher) request() (string, bool) {
	f, err := os.Open(filepath.Join(x.store.Dir(), pauseRequest))
	if err != nil {
		return "", false
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxRequest))
	return strings.TrimSpace(string(b)), err == nil
}

// asked returns the session that a request means: the one with the id, or with
// an id that begins so, or the latest of all if it names none.
func (x *watcher) asked(id string) (found *watch.Session) {
	if s := x.w.Session(id); s != nil {
		return s
	}
	for _, s := range x.w.Sessions() {
		switch {
		case s.Ended || !strings.HasPrefix(s.ID, id):
		case found == nil || id == "" && s.Last >= found.Last:
			found = s
		case id != "":
			return nil // two
		}
	}
	return found
}

// signal does what an editor asks for.
func (x *watcher) signal(s *watch.Session, action rule.Action) {
	a := &watch.Alert{Session: s, Rule: &rule.Rule{Name: "pause request", Action: action}, Event: s.Events}
	stopped := x.stopped
	d := x.act(a)
	x.stopped = stopped // a person did it
	x.c.Notef("%s", text.Line(a.Message(d), 0))
}
