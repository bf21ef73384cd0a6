package shadow

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// LogFormat is the --format of the git log that ReadLog reads. The log is to be
// made with -z --raw -c --no-abbrev --no-renames.
const LogFormat = "format:%x00commit%x00%H%x00%ct%x00%an%x00%ae%x00%cn%x00%ce%x00%B%x00"

// maxMessage is how much of a commit's message is looked at, in bytes.
const maxMessage = 1 << 20

// A Commit is what is told of one.
type Commit struct {
	ID   string // in hex
	Unix int64  // when it was committed, in seconds
}

// A blobID is the id of a blob: SHA-1 or SHA-256, padded with zeros.
type blobID [32]byte

// A change is a file that a commit wrote.
type change struct {
	commit   int32
	path     int32
	new, old int32 // blobs; old is -1 for a file that is new
}

// History is what the commits of a repository say. It holds some 60 bytes for
// each file that a commit changed, and no contents.
type History struct {
	s       *Scanner
	Commits []Commit
	changes []change
	more    map[int32][]int32 // of a change with several parents, the other old blobs
	gone    map[int32][]int32 // blobs that a commit took away
	paths   []string
	pathOf  map[string]int32
	ids     []blobID
	blobOf  map[blobID]int32
	isNew   []bool // the blob was written by a commit that was read
	hexLen  int

	people map[string]bool // the addresses of authors and committers, in small letters
	agents map[int]*sighting
	files  map[string]gone // files of agents, by path, in the last commit that wrote them

	blobs map[int32]blobFound
	moved struct { // what stood in the files that a commit took away
		commit int32
		from   []blobFound
	}
	over int // blobs that are too large
	lost int // blobs that are not there
}

// A sighting is what commits say of an agent.
type sighting struct {
	commits  int // how many
	trailers []Evidence
	phrases  []Evidence
	last     string
}

type gone struct {
	agent  int
	what   string
	commit int32
}

// NewHistory returns a History without commits.
func (s *Scanner) NewHistory() *History {
	return &History{s: s, more: map[int32][]int32{}, gone: map[int32][]int32{}, pathOf: map[string]int32{}, blobOf: map[blobID]int32{},
		people: map[string]bool{}, agents: map[int]*sighting{}, files: map[string]gone{}, blobs: map[int32]blobFound{}, hexLen: 40}
}

// keepEvidence is how many commits are shown of those that name an agent.
const keepEvidence = 5

// ReadLog reads the output of git log, the newest commit first. An error tells
// of output that is not what LogFormat makes.
func (h *History) ReadLog(r io.Reader) error {
	t := tokens{r: bufio.NewReaderSize(r, 1<<16)}
	for {
		tok, err := t.next(maxMessage)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch {
		case len(tok) == 0 || len(tok) == 1 && tok[0] == '\n':
		case bytes.Equal(tok, []byte("commit")):
			err = h.commit(&t)
		default:
			if tok[0] == '\n' {
				tok = tok[1:]
			}
			if tok[0] != ':' || len(h.Commits) == 0 {
				return fmt.Errorf("git log says %q", tok[:min(len(tok), 40)])
			}
			err = h.entry(&t, tok)
		}
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return err
		}
	}
}

// tokens reads what ends in a NUL.
type tokens struct {
	r   *bufio.Reader
	buf []byte
}

// next returns the next token, at most limit bytes of it. It is valid until the
// next call.
func (t *tokens) next(limit int) ([]byte, error) {
	t.buf = t.buf[:0]
	for {
		part, err := t.r.ReadSlice(0)
		end := err == nil
		if end {
			part = part[:len(part)-1]
		}
		if room := limit - len(t.buf); room > 0 {
			t.buf = append(t.buf, part[:min(room, len(part))]...)
		}
		switch {
		case end:
			return t.buf, nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(t.buf) > 0:
			return t.buf, nil
		default:
			return nil, err
		}
	}
}

// commit reads the fields of a commit.
func (h *History) commit(t *tokens) error {
	var f [7]string
	for i := range f {
		tok, err := t.next(maxMessage)
		if err != nil {
			return err
		}
		f[i] = string(tok)
	}
	unix, err := strconv.ParseInt(f[1], 10, 64)
	if err != nil || len(f[0]) < 40 {
		return fmt.Errorf("git log says %q of a commit", f[0][:min(len(f[0]), 80)])
	}
	c := Commit{f[0], unix}
	h.hexLen = len(c.ID)
	h.Commits = append(h.Commits, c)
	h.people[lower(f[3])], h.people[lower(f[5])] = true, true
	note := func(agent int, text string, trailer bool) {
		s := h.agents[agent]
		if s == nil {
			s = &sighting{}
			h.agents[agent] = s
		}
		if s.last != c.ID {
			s.last = c.ID
			s.commits++
		}
		e := Evidence{Kind: "phrase", Commit: c.ID, Unix: c.Unix, Text: text}
		list := &s.phrases
		if trailer {
			e.Kind, list = "trailer", &s.trailers
		}
		if len(*list) < keepEvidence {
			*list = append(*list, e)
		}
	}
	for i, who := range [2]string{"author", "committer"} {
		if i == 1 && f[4] == f[2] && f[5] == f[3] {
			break
		}
		if a := h.s.person(f[2+2*i], f[3+2*i]); a >= 0 {
			note(a, who+" "+f[2+2*i], true)
		}
	}
	h.s.message(f[6], note)
	return nil
}

// entry reads a file that a commit changed: ":mode mode old new status" and its
// path. A merge has a colon, a mode and an old blob for each parent.
func (h *History) entry(t *tokens, tok []byte) error {
	parents := 0
	for parents < len(tok) && tok[parents] == ':' {
		parents++
	}
	fields := strings.Fields(string(tok[parents:]))
	if len(fields) < 2*parents+3 {
		return fmt.Errorf("git log says %q of a file", tok[:min(len(tok), 40)])
	}
	name, err := t.next(1 << 16)
	if err != nil {
		return err
	}
	mode, ids := fields[parents], fields[parents+1:2*parents+2]
	commit := int32(len(h.Commits) - 1)
	if !strings.HasPrefix(mode, "100") { // taken away, a link, or a submodule
		if mode == "000000" && strings.HasPrefix(fields[0], "100") {
			if b, ok := h.blob(ids[0]); ok {
				h.gone[commit] = append(h.gone[commit], b)
			}
		}
		return nil
	}
	p := h.path(string(name))
	b, ok := h.blob(ids[parents])
	if !ok {
		return nil
	}
	h.isNew[b] = true
	ch := change{commit: commit, path: p, new: b, old: -1}
	for i := range parents {
		if o, ok := h.blob(ids[i]); ok && strings.HasPrefix(fields[i], "100") {
			if ch.old < 0 {
				ch.old = o
			} else {
				n := int32(len(h.changes))
				h.more[n] = append(h.more[n], o)
			}
		}
	}
	h.changes = append(h.changes, ch)
	return nil
}

// path returns the number of a path, and notes whose file it is.
func (h *History) path(name string) int32 {
	if n, ok := h.pathOf[name]; ok {
		return n
	}
	n := int32(len(h.paths))
	h.paths = append(h.paths, name)
	h.pathOf[name] = n
	h.s.signals.find(name, func(agent int, what string) {
		key := strconv.Itoa(agent) + " " + what
		if _, ok := h.files[key]; !ok {
			h.files[key] = gone{agent, what, int32(len(h.Commits) - 1)}
		}
	})
	return n
}

// blob returns the number of a blob. ok is false for the id of nothing.
func (h *History) blob(hexID string) (n int32, ok bool) {
	var id blobID
	some := byte(0)
	if len(hexID) > 2*len(id) {
		return 0, false
	}
	for i := 0; i+1 < len(hexID); i += 2 {
		id[i/2] = nibble(hexID[i])<<4 | nibble(hexID[i+1])
		some |= id[i/2]
	}
	if some == 0 {
		return 0, false
	}
	n, ok = h.blobOf[id]
	if !ok {
		n = int32(len(h.ids))
		h.ids = append(h.ids, id)
		h.isNew = append(h.isNew, false)
		h.blobOf[id] = n
	}
	return n, true
}

func nibble(c byte) byte {
	if c >= 'a' {
		return c - 'a' + 10
	}
	return c - '0'
}

// Len returns how many commits were read.
func (h *History) Len() int { return len(h.Commits) }
