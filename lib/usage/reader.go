package usage

import (
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"agenttrace/lib/capture"
	"agenttrace/lib/cost"
	"agenttrace/lib/event"
	"agenttrace/lib/find"
)

// A Root is a directory, and whose files are to be found below it.
type Root struct {
	Dir    string
	Agents []string
}

// A Reader reads the files of agents below some roots.
type Reader struct {
	// Cache is the directory for what is remembered, "" to remember nothing.
	Cache string
	// Version is that of the program.
	Version string
	// Clock returns the present time in nanoseconds.
	Clock func() int64
	// Problem is told of what could not be read; the rest is.
	Problem func(err error)
	// Emit is given the events of files that are read whole.
	Emit func(line []byte) error
	// Alone says that the ledger is given nothing else.
	Alone bool
	// Guess reads transcripts that tell no usage whole, so that what they cost
	// can be estimated.
	Guess bool
	// Whole reads every file whole.
	Whole bool

	mark  func() []byte
	worth int64 // bytes read from which it is remembered; 0 for worthWriting
}

// folder is a root and its entries.
type folder struct {
	Root
	cache   string
	known   map[string]*entry
	entries []*entry // in the order of the walk
	foreign []find.File
	work    int64 // bytes that the next run must read again if nothing is written now
}

// An item is a file in its place in the order of all of them.
type item struct {
	find.File
	entry  *entry // nil if it is read whole
	silent bool   // it tells no answer's usage
}

// Read gives the ledger what the files tell.
func (r *Reader) Read(l *cost.Ledger, roots ...Root) error {
	r.mark = sync.OnceValue(func() []byte { return mark(r.Version) })
	var items []item
	var folders []*folder
	var stale []*entry
	for _, root := range roots {
		f := &folder{Root: root}
		folders = append(folders, f)
		if r.Whole {
			f.foreign = find.Under(root.Dir, root.Agents, r.Problem)
			continue
		}
		f.cache = r.cacheFile(root)
		loaded := make(chan map[string]*entry, 1)
		go func() { loaded <- r.load(f.cache) }()
		r.walk(f, loaded)
		for _, x := range f.entries {
			if x.stale {
				stale = append(stale, x)
			}
		}
	}
	r.scan(stale)
	for _, f := range folders {
		for i := range f.foreign {
			items = append(items, item{File: f.foreign[i]})
		}
		for _, x := range f.entries {
			if x.kind != transcript && x.kind != mixed && x.failed == nil {
				continue
			}
			it := item{File: x.file}
			it.Path = filepath.Join(f.Dir, filepath.FromSlash(x.path))
			if x.kind == transcript && !(x.silent && r.Guess) {
				it.entry = x
			}
			it.silent = x.kind == transcript && x.silent && !x.answers
			items = append(items, it)
		}
	}
	slices.SortStableFunc(items, func(a, b item) int {
		return cmp.Or(a.Began.Compare(b.Began), cmp.Compare(len(a.Child.Agent), len(b.Child.Agent)), strings.Compare(a.Path, b.Path))
	})
	items = slices.CompactFunc(items, func(a, b item) bool { return a.Path == b.Path })
	if err := r.fold(l, items, len(folders) == 1 && r.Alone && l.Bundles()); err != nil {
		return err
	}
	for _, f := range folders {
		r.remember(f)
	}
	return nil
}

// walk finds the files below a root, and which of them must be read.
func (r *Reader) walk(f *folder, loaded <-chan map[string]*entry) {
	infos := map[string]fs.FileInfo{}
	var paths []string
	justClaude := len(f.Agents) == 1 && f.Agents[0] == capture.Claude
	fs.WalkDir(os.DirFS(f.Dir), ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			r.Problem(err)
		case !d.Type().IsRegular():
		case justClaude && !strings.HasSuffix(p, ".jsonl") && !strings.HasSuffix(p, ".meta.json"):
		default:
			if info, err := d.Info(); err == nil {
				infos[p] = info
				paths = append(paths, p)
			}
		}
		return nil
	})
	f.known = <-loaded
	var strange []string
	seen := 0
	for _, p := range paths {
		id, _ := identify(infos[p])
		x := f.known[p]
		child := ident{}
		if info := infos[childPath(p)]; info != nil && isSubagent(p) {
			child, _ = identify(info)
		}
		if x != nil {
			seen++
		}
		switch {
		case x == nil || x.id.dev != id.dev || x.id.ino != id.ino || x.id.size > id.size:
			if !justClaude || strings.HasSuffix(p, ".jsonl") {
				strange = append(strange, p)
			}
			continue
		case x.kind == other && x.id != id, x.kind == mixed && (!x.sure || x.id != id || x.child != child):
			strange = append(strange, p)
			continue
		case x.kind == transcript:
			x.stale = !x.sure || x.id != id || x.child != child
			x.child = child
		}
		x.root, x.keep = f, true
		f.entries = append(f.entries, x)
	}
	f.work = int64(len(f.known)-seen) * perFile
	if len(strange) > 0 {
		r.classify(f, strange, len(strange)*2 > len(paths), infos)
	}
}

// classify finds out what files are of which nothing is known.
func (r *Reader) classify(f *folder, paths []string, most bool, infos map[string]fs.FileInfo) {
	var found []find.File
	if most {
		found = find.Under(f.Dir, f.Agents, r.Problem)
	} else {
		found = find.Only(f.Dir, paths, f.Agents, r.Problem)
	}
	files := map[string]find.File{}
	bases := map[string]bool{}
	for _, x := range found {
		name := x.Path
		if x.Database() != nil {
			name = x.Database().Path
		}
		rel, err := filepath.Rel(f.Dir, name)
		switch rel = filepath.ToSlash(rel); {
		case err != nil:
		case x.Database() != nil:
			f.foreign = append(f.foreign, x)
			bases[rel] = true
		default:
			files[rel] = x
		}
	}
	for _, p := range paths {
		if bases[p] {
			continue // it is looked at each time: what is new in it may stand in its log
		}
		file, is := files[p]
		if is && file.Agent != "" {
			f.foreign = append(f.foreign, file)
			continue
		}
		x := &entry{path: p, kind: transcript, file: file, root: f, stale: true, looked: true}
		if info := infos[childPath(p)]; info != nil && isSubagent(p) {
			x.child, _ = identify(info)
		}
		if !is {
			id, known := identify(infos[p])
			if path.Ext(p) == ".jsonl" && slices.Contains(f.Agents, capture.Claude) {
				continue // it could not be looked at, which was told
			}
			x.kind, x.stale, x.keep, x.id, x.sure = other, false, known, id, known
		}
		f.work += worthWriting // to find out takes longer than to write it
		f.entries = append(f.entries, x)
	}
}

// scan reads files, several at a time, the largest first.
func (r *Reader) scan(list []*entry) {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b *entry) int { return cmp.Compare(b.file.Size, a.file.Size) })
	todo := make(chan *entry)
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(list)) {
		wg.Go(func() {
			var buf []byte
			for x := range todo {
				buf, x.failed = scan(x, x.root.Dir, buf, r.Clock)
				if x.failed != nil {
					x.keep = x.failed == errMixed
					x.steps, x.keys, x.short, x.resumable = nil, nil, nil, false
				}
				if x.failed == errMixed {
					x.failed, x.kind = nil, mixed
				}
			}
		})
	}
	for _, x := range list {
		todo <- x
	}
	close(todo)
	wg.Wait()
}

// fold gives the ledger what files tell, in order.
func (r *Reader) fold(l *cost.Ledger, items []item, short bool) error {
	some := false
	for i := range items {
		x := items[i].entry
		short = short && (x != nil || items[i].silent) // else it may tell any answer again
		some = some || x != nil && !x.fresh && len(x.short) > 0
	}
	short = short && some
	fresh := map[uint64]bool{}
	for i := range items {
		if x := items[i].entry; short && x != nil && x.fresh {
			keys, _ := keysOf(x.steps)
			for _, k := range keys {
				fresh[k] = true
			}
		}
	}
	size := 0
	for i := range items {
		x := items[i].entry
		if x == nil {
			continue
		}
		if x.use = x.steps; short && !x.fresh && len(x.short) > 0 && (len(fresh) == 0 || !x.conflicts(fresh)) {
			x.use = x.short
		}
		size += len(x.use)
	}
	f := newFold(l, size)
	var emitErr error
	k := &capture.Capture{Clock: r.Clock}
	k.Emit = func(line []byte) error {
		if emitErr == nil {
			emitErr = r.Emit(line)
		}
		return emitErr
	}
	k.Problem = func(err *event.SyntaxError, _ []byte) { r.Problem(err) }
	var whole []capture.Input
	flush := func() error {
		if len(whole) > 0 {
			k.ReadAll(whole, func(err error) {
				if emitErr == nil {
					r.Problem(err)
				}
			})
			whole = nil
		}
		return emitErr
	}
	for i := range items {
		it := &items[i]
		if it.entry == nil {
			whole = append(whole, capture.Input{File: it.Capture(), Open: func() (io.ReadCloser, error) { return it.Open(nil) }})
			continue
		}
		if err := flush(); err != nil {
			return err
		}
		for _, p := range it.entry.problems {
			r.Problem(&event.SyntaxError{File: it.Path, Line: p.line, Msg: p.msg})
		}
		if it.entry.failed != nil {
			r.Problem(it.entry.failed)
			continue
		}
		if !f.file(it.entry.use) {
			return fmt.Errorf("%s: what is remembered of it cannot be read; see --no-cache", it.Path)
		}
	}
	return flush()
}

// How much work must be saved for what is remembered to be written anew: bytes
// to be read, and what it takes to look at a file counted in bytes. Below that
// reading what is new once more takes less time than writing all.
const (
	worthWriting = 2 << 20
	perFile      = 128 << 10
)

// remember writes what is known of a root, if that is worth it.
func (r *Reader) remember(f *folder) {
	for _, x := range f.entries {
		if x.fresh {
			f.work += x.work + perFile
		}
	}
	if f.cache == "" || f.known != nil && f.work < cmp.Or(r.worth, worthWriting) {
		return
	}
	list := slices.DeleteFunc(f.entries, func(x *entry) bool { return !x.keep })
	shorten(list)
	r.save(f.cache, list)
}
