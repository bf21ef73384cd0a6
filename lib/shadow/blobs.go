package shadow

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"path"
	"strconv"
	"strings"
	"sync"

	"agenttrace/lib/scrub"
)

// MaxFile is the size of the files that are looked into, in bytes. Larger ones
// are counted, and told of as not looked into.
const MaxFile = 16 << 20

// maxFound is how many hosts, and how many values of personal data, are told of
// one content.
const maxFound = 1000

// blobFound is what stands in a content.
type blobFound struct {
	people []person
	ends   []endpoint
}

// A person is a place with personal data. What it says is not kept.
type person struct {
	rule  string
	value uint64 // a hash of it, for an address in small letters
	line  int

	credit bool // an address on a line that says whose work it is
	sample bool // an address that is no one's, such as those of example.com
}

// Request writes the ids of the blobs that the commits wrote to w, one a line,
// for the input of git cat-file.
func (h *History) Request(w io.Writer) error {
	b := bufio.NewWriterSize(w, 1<<16)
	for n := range h.ids {
		if h.isNew[n] {
			if _, err := b.WriteString(h.hexID(int32(n)) + "\n"); err != nil {
				return err
			}
		}
	}
	return b.Flush()
}

// hexID returns the id of a blob.
func (h *History) hexID(n int32) string { return hex.EncodeToString(h.ids[n][:h.hexLen/2]) }

// Small reads the output of git cat-file --batch-check and writes the ids of the
// blobs that are small enough to w. Those that are too large, and those that
// are not there, are counted.
func (h *History) Small(w io.Writer, r io.Reader) error {
	in, out := bufio.NewScanner(r), bufio.NewWriterSize(w, 1<<16)
	for in.Scan() {
		id, size, err := header(in.Text())
		switch {
		case err != nil:
			return err
		case size < 0:
			h.lost++
		case size > MaxFile:
			h.over++
		default:
			if _, err := out.WriteString(id + "\n"); err != nil {
				return err
			}
		}
	}
	if err := in.Err(); err != nil {
		return err
	}
	return out.Flush()
}

// header reads "id type size" or "id missing", of which the size is -1.
func header(line string) (id string, size int64, err error) {
	f := strings.Fields(line)
	if len(f) == 2 && f[1] == "missing" {
		return f[0], -1, nil
	}
	if len(f) == 3 {
		size, err = strconv.ParseInt(f[2], 10, 64)
	}
	if len(f) != 3 || err != nil || size < 0 {
		return "", 0, fmt.Errorf("git cat-file says %q", line)
	}
	return f[0], size, nil
}

// Over returns how many contents were too large to look into, and how many are
// not in the repository.
func (h *History) Over() (large, missing int) { return h.over, h.lost }

// ReadBlobs reads the output of git cat-file --batch, and looks into each with
// so many goroutines.
func (h *History) ReadBlobs(r io.Reader, goroutines int) error {
	type job struct {
		n    int32
		data []byte
	}
	jobs := make(chan job, goroutines)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range goroutines {
		wg.Go(func() {
			for j := range jobs {
				f := h.s.content(j.data)
				if len(f.people)+len(f.ends) > 0 {
					mu.Lock()
					h.blobs[j.n] = f
					mu.Unlock()
				}
			}
		})
	}
	err := h.eachBlob(r, func(n int32, data []byte) { jobs <- job{n, data} })
	close(jobs)
	wg.Wait()
	return err
}

func (h *History) eachBlob(r io.Reader, fn func(n int32, data []byte)) error {
	in := bufio.NewReaderSize(r, 1<<18)
	for {
		line, err := in.ReadString('\n')
		if errors.Is(err, io.EOF) && line == "" {
			return nil
		}
		if err != nil {
			return err
		}
		id, size, err := header(strings.TrimSuffix(line, "\n"))
		if err != nil {
			return err
		}
		if size < 0 {
			h.lost++
			continue
		}
		data := make([]byte, size+1)
		if _, err := io.ReadFull(in, data); err != nil {
			return err
		}
		if n, ok := h.blob(id); ok {
			fn(n, data[:size])
		}
	}
}

// binary reports whether a content is no text, as git tells: a NUL near its
// beginning. UTF-16 has them too.
func binary(data []byte) bool { return bytes.IndexByte(data[:min(len(data), 8000)], 0) >= 0 }

// content looks into a content.
func (s *Scanner) content(data []byte) (f blobFound) {
	if binary(data) {
		return f
	}
	f.ends = s.endpoints(data, nil)
	if !s.mask.Candidate(data) {
		return f
	}
	c := counter{text: data}
	seen := map[uint64]bool{}
	for _, m := range s.mask.Find(data, &scrub.Place{Kind: scrub.String}, nil) {
		if len(f.people) >= maxFound {
			break
		}
		value := data[m.From:m.To]
		line := lineAt(data, m.From)
		p := person{rule: m.Rule, value: sum(value), line: c.line(m.From)}
		if m.Rule == "email" {
			if public(value) {
				continue
			}
			p.credit = credits(line)
			p.value = sum(bytes.ToLower(value))
			p.sample = reserved(lower(string(value)))
			if p.sample && comment(line) {
				continue
			}
		}
		if !seen[p.value] {
			seen[p.value] = true
			f.people = append(f.people, p)
		}
	}
	return f
}

func sum(b []byte) uint64 {
	h := fnv.New64a()
	h.Write(b)
	return h.Sum64()
}

// lineAt returns the line that a byte stands in, no more than some hundred bytes
// of it.
func lineAt(b []byte, i int) []byte {
	from, to := max(0, i-200), min(len(b), i+200)
	if nl := bytes.LastIndexByte(b[from:i], '\n'); nl >= 0 {
		from += nl + 1
	}
	if nl := bytes.IndexByte(b[i:to], '\n'); nl >= 0 {
		to = i + nl
	}
	return b[from:to]
}

// public reports whether an address is one that is meant to be read: a place
// where bugs are told, a host of git, one that no one reads.
func public(value []byte) bool {
	v := lower(string(value))
	name, domain, _ := strings.Cut(v, "@")
	if name == "git" || strings.Contains(name, "noreply") || strings.Contains(name, "no-reply") || strings.Contains(domain, "noreply") {
		return true
	}
	switch name {
	case "support", "contact", "security", "help", "bugs", "opensource", "oss", "conduct", "legal", "abuse", "privacy":
		return true
	}
	return false
}

// credits reports whether a line says who wrote something, or looks after it.
func credits(line []byte) bool {
	low := lower(string(line))
	for _, w := range []string{"author", "maintainer", "contributor", "copyright", "(c)", "©", "signed-off-by", "reviewed-by", "co-authored-by", "developer", "bugs", "credit", "packager", "publisher", "written by", "cherry-picked"} {
		if strings.Contains(low, w) {
			return true
		}
	}
	return false
}

// reserved reports whether an address is of a domain that no one has (RFC 2606).
func reserved(mail string) bool {
	_, domain, _ := strings.Cut(mail, "@")
	for _, d := range []string{"example.com", "example.org", "example.net", "example", "test", "invalid", "localhost"} {
		if under(domain, d) {
			return true
		}
	}
	return false
}

// comment reports whether a line is a comment of a program.
func comment(line []byte) bool {
	line = bytes.TrimSpace(line)
	for _, c := range []string{"//", "#", "*", "/*", "--", "<!--"} {
		if bytes.HasPrefix(line, []byte(c)) {
			return true
		}
	}
	return false
}

// sampled reports whether a file is a test or documentation, in which people
// are made up.
func sampled(file string) bool {
	low := "/" + lower(file)
	for _, d := range []string{"/test/", "/tests/", "/testdata/", "/fixtures/", "/__tests__/", "/spec/", "/docs/", "/doc/", "/examples/", "_test.", ".test.", ".spec.", "/test_", "readme"} {
		if strings.Contains(low, d) {
			return true
		}
	}
	return strings.HasSuffix(low, ".md") || strings.HasSuffix(low, ".rst")
}

// records reports whether a file holds data, and not what people wrote.
func records(file string) bool {
	switch path.Ext(lower(file)) {
	case ".csv", ".tsv", ".sql", ".ndjson", ".jsonl", ".log", ".dump", ".vcf", ".ldif", ".har", ".xlsx", ".parquet":
		return true
	}
	return false
}

// manifests are files in which an address is that of an author, in small
// letters; a * stands for any ending.
var manifests = []string{"package.json", "package-lock.json", "composer.json", "composer.lock", "cargo.toml", "pyproject.toml", "setup.py", "setup.cfg", "pom.xml", "pubspec.yaml", "mix.exs", "build.gradle", "chart.yaml",
	"debian/control", "debian/changelog", "manifest.json", "bower.json", "elm.json", "description", "pkgbuild", "license*", "licence*", "copying*", "notice*", "authors*", "contributors*", "maintainers*", "owners*", "codeowners", ".mailmap",
	"credits*", "thanks*", "security.md", "code_of_conduct.md", "contributing.md", "changelog*", "*.gemspec", "*.patch", "*.diff", "*.nuspec", "*.csproj", "*.podspec", "*.cabal", "*.spec", "*.opam", "plugin.json", "marketplace.json", "citation.cff", "codemeta.json"}

// manifest reports whether a file is one in which addresses are public.
func manifest(file string) bool {
	low := lower(file)
	base := low[strings.LastIndexByte(low, '/')+1:]
	for _, m := range manifests {
		begin, open := strings.CutSuffix(m, "*")
		switch {
		case m[0] == '*' && strings.HasSuffix(base, m[1:]), m == base, strings.Contains(m, "/") && strings.HasSuffix(low, m):
			return true
		case open && strings.HasPrefix(base, begin) && !strings.HasSuffix(base, ".csv") && !strings.HasSuffix(base, ".sql"):
			return true
		}
	}
	return false
}
