package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"
	"github.com/tidwall/gjson"

	"agenttrace/lib/capture"
	"agenttrace/lib/cli"
	"agenttrace/lib/find"
)

// The beats of following. Changes are told by the file system; looking is for
// what it cannot tell: a folder that does not exist yet, a change between the
// first look and the watch, file systems that tell nothing.
const (
	lookAgain = 2 * time.Second
	// recent is how long after its last change a file is still looked at.
	recent = time.Hour
	// quiet is how long nothing must have come for the last message of a
	// transcript to be taken for whole: agents write its lines as they come in.
	quiet = 5 * time.Second
	// block is how much is read at once, in bytes.
	block = 4 << 20
)

// A follower makes events of files as agents write them.
type follower struct {
	c      *cli.IO
	k      *capture.Capture
	o      *options
	w      *fsnotify.Watcher
	files  map[string]*followed
	bases  map[string]*followedBase
	dirs   map[string]bool // that are watched
	start  bool            // what is there already is being noted
	begun  time.Time
	now    *followed // whose events are being made
	muted  bool
	fresh  bool // events came since the last Quiet
	active time.Time
}

// followed is a file that is followed.
type followed struct {
	path     string
	file     capture.File // as far as it is known
	tail     *capture.Tail
	from     int64 // what stands before is not told
	size     int64 // of what was read
	modified time.Time
	whole    bool            // it is one document, and read anew
	seen     map[string]bool // the ids of its events, if so
}

// follow follows the folders of agents, and files and directories that are
// named, until it is told to end. Of what is there when it starts it prints
// nothing, unless --since asks for it.
func follow(c *cli.IO, k *capture.Capture, o *options) error {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("cannot watch the agents' folders: %w", err)
	}
	defer w.Close()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	f := &follower{c: c, k: k, o: o, w: w, files: map[string]*followed{}, bases: map[string]*followedBase{}, dirs: map[string]bool{}, begun: time.Now()}
	emit := k.Emit
	k.Emit = func(line []byte) error {
		if f.now.again(line) {
			return nil
		}
		if f.muted && gjson.GetBytes(line, "event_type").Str != "session_start" { // which tells where the session is
			return nil
		}
		f.fresh = true
		return emit(line)
	}
	f.start = true
	err = f.look()
	f.start = false
	if err != nil {
		return err
	}
	again := time.NewTicker(lookAgain)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return f.end()
		case ev, ok := <-w.Events:
			if !ok {
				return errors.New("cannot watch the agents' folders any more")
			}
			err = f.changed(ev.Name)
		case <-w.Errors:
			err = f.look()
		case <-again.C:
			err = f.look()
			if err == nil && f.fresh && time.Since(f.active) > quiet {
				f.fresh = false
				err = k.Quiet()
			}
		}
		if err == nil {
			err = k.Idle()
		}
		if err != nil {
			return err
		}
	}
}

// again reports whether an event of a document that is read anew was told.
func (x *followed) again(line []byte) bool {
	if x == nil || !x.whole {
		return false
	}
	id := gjson.GetBytes(line, "event_id").String()
	if id == "" || !x.seen[id] {
		x.seen[id] = true
		return false
	}
	return true
}

// own returns the agents whose own folders are followed.
func (f *follower) own() []string {
	own := f.o.own()
	if len(own) == 0 && len(f.c.Files()) == 0 {
		own = find.Agents()
	}
	return own
}

// folders returns the directories that are followed, and whose files they hold.
func (f *follower) folders() map[string][]string {
	list := map[string][]string{}
	for _, name := range f.c.Files() {
		if info, err := os.Stat(name); err == nil && info.IsDir() {
			list[name] = find.Agents()
		}
	}
	for _, agent := range f.own() {
		for _, dir := range find.Roots(agent) {
			list[dir] = append(list[dir], agent)
		}
	}
	return list
}

// look looks at every directory, and at the files that have changed lately.
func (f *follower) look() error {
	sources := append(slices.Sorted(maps.Keys(f.folders())), f.c.Files()...)
	for _, agent := range f.own() {
		sources = append(sources, find.DatabasesElsewhere(agent)...)
	}
	for _, source := range sources {
		err := filepath.WalkDir(source, func(name string, d fs.DirEntry, err error) error {
			switch {
			case err != nil: // gone, or not yet there
			case d.IsDir():
				f.watch(name)
			case d.Type().IsRegular():
				if base, is := isBase(name); is {
					return f.base(base)
				}
				if x := f.files[name]; x == nil || time.Since(x.modified) < recent {
					return f.file(name)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *follower) watch(dir string) {
	if !f.dirs[dir] && f.w.Add(dir) == nil {
		f.dirs[dir] = true // else it is made up for by looking again
	}
}

// changed looks at a path of which the file system has told something.
func (f *follower) changed(name string) error {
	info, err := os.Lstat(name)
	if err != nil {
		delete(f.dirs, name)
		return nil
	}
	if info.IsDir() {
		f.watch(name)
		return f.look()
	}
	return f.file(name)
}

// file makes the events of what is new in a file.
func (f *follower) file(name string) error {
	if base, is := isBase(name); is {
		return f.base(base)
	}
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	x := f.files[name]
	if x == nil {
		if !records(name) {
			return nil
		}
		x = &followed{path: name, whole: strings.HasSuffix(name, ".json"), seen: map[string]bool{}}
		f.files[name] = x
		if since := f.o.since.Time(f.o.clock.Now()); f.start && (since.IsZero() || info.ModTime().Before(since)) {
			// It was there before. Of a file that grows, its size is all there
			// is to know for now; of one that is written anew, what it holds.
			x.from, x.size, x.modified = info.Size(), info.Size(), info.ModTime()
			if !x.whole || time.Since(x.modified) > recent {
				return nil
			}
			x.size, f.muted = 0, true
			defer func() { f.muted = false }()
		}
	}
	if info.Size() == x.size && info.ModTime().Equal(x.modified) {
		return nil
	}
	if err := f.read(x, info); err != nil {
		return f.failed(x, err)
	}
	return nil
}

// records reports whether a file of this name may hold records.
func records(name string) bool {
	name = filepath.Base(name)
	return !strings.HasPrefix(name, ".") && (strings.HasSuffix(name, ".jsonl") || strings.HasSuffix(name, ".json") || strings.HasSuffix(name, ".ndjson"))
}

// failed reports an error with a file, and goes on, unless it is one of the
// output.
func (f *follower) failed(x *followed, err error) error {
	var perr *fs.PathError
	if errors.As(err, &perr) && perr.Path == x.path {
		f.c.Warnf("%v", err)
		return nil
	}
	return err
}

// read reads the whole lines of a file that have come.
func (f *follower) read(x *followed, info fs.FileInfo) error {
	in, err := os.Open(x.path)
	if err != nil {
		return err
	}
	defer in.Close()
	x.modified = info.ModTime()
	if info.Size() < x.size && x.tail != nil && !x.whole {
		f.c.Notef("%s became shorter, reading it from its start", x.path)
	}
	if x.tail == nil || x.whole || info.Size() < x.size {
		if info.Size() < x.size {
			x.from = 0
		}
		if x.file.Name == "" {
			file, known := f.known(x.path)
			if !known {
				x.size = info.Size() // until it changes again
				return nil
			}
			x.file = file
		}
		x.tail, x.size = f.k.Tail(x.file), 0
	}
	if x.whole {
		return f.document(x, in)
	}
	f.now, f.active = x, time.Now()
	defer func() { f.now, f.muted = nil, false }()
	for {
		data := make([]byte, min(block, info.Size()-x.size))
		n, err := in.ReadAt(data, x.size)
		if err != nil && err != io.EOF {
			return err
		}
		data = data[:n]
		for len(data) == block && bytes.IndexByte(data, '\n') < 0 { // a long line
			more := make([]byte, len(data))
			n, err := in.ReadAt(more, x.size+int64(len(data)))
			data = append(data, more[:n]...)
			if err != nil {
				break
			}
		}
		data = data[:bytes.LastIndexByte(data, '\n')+1]
		if len(data) == 0 {
			return nil
		}
		old := max(0, min(x.from-x.size, int64(len(data))))
		old = int64(bytes.LastIndexByte(data[:old], '\n') + 1)
		for _, part := range []struct {
			data  []byte
			muted bool
		}{{data[:old], true}, {data[old:], false}} {
			if f.muted = part.muted; len(part.data) > 0 {
				if err := x.tail.Lines(part.data); err != nil {
					return err
				}
			}
		}
		x.size += int64(len(data))
	}
}

// document reads a file that is one document, and is written anew each time.
// One that is being written is read when that is done.
func (f *follower) document(x *followed, in *os.File) error {
	data, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	x.size = int64(len(data))
	if !gjson.ValidBytes(data) {
		return nil
	}
	f.now, f.active = x, time.Now()
	defer func() { f.now = nil }()
	if err := x.tail.Lines(append(data, '\n')); err != nil {
		return err
	}
	return x.tail.End()
}

// known returns what is known of a file, and whether an agent writes such.
func (f *follower) known(name string) (capture.File, bool) {
	file := capture.File{Name: name, Agent: f.o.from, Log: true}
	for _, named := range f.c.Files() {
		if named == name {
			return file, true
		}
	}
	for dir, agents := range f.folders() {
		rel, err := filepath.Rel(dir, name)
		if err != nil || !filepath.IsLocal(rel) {
			continue
		}
		if list := find.Only(dir, []string{filepath.ToSlash(rel)}, agents, func(error) {}); len(list) > 0 {
			in := fileInput(&list[0])
			if f.o.from != "" {
				in.Agent = f.o.from
			}
			return in.File, true
		}
	}
	return file, false
}

// end ends all files.
func (f *follower) end() error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(f.files)) {
		if x := f.files[name]; x.tail != nil && !x.whole {
			f.now = x
			errs = append(errs, x.tail.End())
		}
	}
	errs = append(errs, f.k.Quiet(), f.k.Idle())
	return errors.Join(errs...)
}
