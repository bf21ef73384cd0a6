package cli

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"sync"

	"github.com/alecthomas/kingpin/v2"

	"agenttrace/lib/event"
	"agenttrace/lib/scrub"
	"agenttrace/lib/store"
)

// Scrub is the flag group of at-redact and at-mask.
type Scrub struct {
	Plain bool // replacements are [REDACTED] or [MASKED] and no more

	stats, check     bool
	keyFile, receipt string
	store            *Store
	word             string // REDACTED or MASKED

	io   *IO
	once sync.Once
	key  []byte
}

// ScrubFlags adds --plain, --key-file, --trace-dir, --stats, --check and
// --receipt. word is what stands in the replacements.
func ScrubFlags(app *kingpin.Application, word string) *Scrub {
	s := &Scrub{word: word}
	app.Flag("plain", "Put ["+word+"] and no more in the place of what is found.").BoolVar(&s.Plain)
	app.Flag("key-file", "Make tags with the key in FILE, not with that of the trace store. It is made if it is not there.").
		PlaceHolder("FILE").StringVar(&s.keyFile)
	s.store = StoreFlags(app)
	app.Flag("stats", "Print how many places were replaced, by rule, to standard error.").BoolVar(&s.stats)
	app.Flag("check", "Print a record of each place instead of the lines; exit with 1 if there are any.").BoolVar(&s.check)
	app.Flag("receipt", "Write what was done, and digests of input and output, to a file or the open descriptor with this number.").
		PlaceHolder("FILE|FD").StringVar(&s.receipt)
	return s
}

// Markers returns what Scrub.Replace does, with the key of a store, for
// commands that scrub what they capture.
func Markers(c *IO, st *Store, word string) func(rule string, found []byte) string {
	s := &Scrub{word: word, store: st, io: c}
	return s.Replace
}

// Replace returns what stands for a text: [MASKED:email:3f2a9c].
func (s *Scrub) Replace(rule string, found []byte) string { return s.Marker(rule, found, "") }

// Marker is Replace with more in it: [MASKED:card:3f2a9c:4491].
func (s *Scrub) Marker(rule string, found []byte, more string) string {
	if s.Plain {
		return "[" + s.word + "]"
	}
	marker := "[" + s.word + ":" + rule
	if key := s.theKey(); key != nil {
		marker += ":" + scrub.Tag(key, found)
	}
	if more != "" {
		marker += ":" + more
	}
	return marker + "]"
}

// theKey returns the key of tags: nil if there is none and none can be made.
func (s *Scrub) theKey() []byte {
	s.once.Do(func() {
		if s.key != nil {
			return
		}
		st, err := s.store.Open()
		if err == nil {
			s.key, err = st.Key()
		}
		if err != nil {
			s.io.Notef("replacements have no tags: %v", err)
			s.io.Hintf("name a key with --key-file, or ask for --plain")
		}
	})
	return s.key
}

// Run scrubs the FILE arguments to standard output.
func (s *Scrub) Run(c *IO, o scrub.Options) error {
	s.io = c
	if s.keyFile != "" {
		var err error
		if s.key, err = store.KeyIn(s.keyFile); err != nil {
			return err
		}
	}
	if o.Replace == nil {
		o.Replace = s.Replace
	}
	out := c.Stdout
	r := &receipt{}
	if s.receipt != "" {
		w, err := openReceipt(s.receipt)
		if err != nil {
			return err
		}
		defer w.Close()
		r.to, r.in, r.out = w, sha256.New(), sha256.New()
	}
	var file string
	found := 0
	if s.check {
		out = io.Discard
		var buf []byte
		o.Found = func(f scrub.Finding) {
			found++
			buf = appendFinding(buf[:0], f, file)
			c.Out.Write(buf) // an error stays, and Flush tells it
		}
	}
	o.Problem = func(line int, msg string) { c.Warnf("%s:%d: %s", file, line, msg) }
	f := scrub.New(o)
	c.hintTerminal()
	err := c.Inputs(func(in io.Reader, name string) error {
		file = name
		if r.to != nil {
			in, out = io.TeeReader(in, r.in), io.MultiWriter(c.Stdout, r.out)
			if s.check {
				out = r.out
			}
		}
		idle := func() error { return nil }
		if s.check {
			idle = c.Out.Flush
		}
		if err := f.Copy(out, in, idle); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	counts := f.Counts()
	if s.stats {
		printCounts(c.Stderr, counts)
	}
	if r.to != nil {
		if err := r.write(c.Name, s.Plain, counts); err != nil {
			return fmt.Errorf("cannot write the receipt: %w", err)
		}
	}
	if found > 0 {
		return ErrNo
	}
	return nil
}

// printCounts prints the most frequent first.
func printCounts(w io.Writer, counts map[string]int) {
	rules := slices.Sorted(maps.Keys(counts))
	slices.SortStableFunc(rules, func(a, b string) int { return cmp.Compare(counts[b], counts[a]) })
	for _, r := range rules {
		fmt.Fprintf(w, "%8d %s\n", counts[r], r)
	}
}

// appendFinding appends the record of a place.
func appendFinding(dst []byte, f scrub.Finding, file string) []byte {
	var data event.Object
	data.Str("rule", f.Rule).Str("path", f.Path).True("in_key", f.InKey).
		Int("offset", int64(f.Offset)).Int("length", int64(f.Length)).
		Str("marker", f.Marker).Str("file", file).Int("line", int64(f.Line))
	h := event.Header{
		Type: "finding", Untimed: true, Session: f.Session, Parent: f.Event,
		ID: event.ID(f.Session, "finding", f.Event, file, strconv.Itoa(f.Line), f.Path, f.Rule, strconv.Itoa(f.Offset)),
	}
	return event.Append(dst, h, data.Bytes())
}

// A receipt says what was done to a stream. By its digests, whoever has the output
// can check that it is what came out, and whoever has the input that it is what
// went in.
type receipt struct {
	to      io.WriteCloser
	in, out hash.Hash
}

func openReceipt(name string) (io.WriteCloser, error) {
	if fd, err := strconv.ParseUint(name, 10, 16); err == nil {
		f := os.NewFile(uintptr(fd), "descriptor "+name)
		if _, err := f.Stat(); err != nil {
			return nil, fmt.Errorf("cannot write the receipt: %w", err)
		}
		return f, nil
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot write the receipt: %w", err)
	}
	return f, nil
}

func (r *receipt) write(command string, plain bool, counts map[string]int) error {
	var rules event.Object
	total := 0
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		rules.Int(name, int64(counts[name]))
		total += counts[name]
	}
	var data event.Object
	data.Str("command", command).Str("version", version()).True("plain", plain).Int("replaced", int64(total)).
		Raw("rules", rules.Bytes()).
		Str("input_sha256", hex.EncodeToString(r.in.Sum(nil))).Str("output_sha256", hex.EncodeToString(r.out.Sum(nil)))
	_, err := r.to.Write(append(data.Bytes(), '\n'))
	return err
}
