package shadow

import (
	"cmp"
	"slices"
	"strings"
)

// The kinds of findings.
const (
	KindAgent    = "agent"
	KindServer   = "mcp_server"
	KindEndpoint = "endpoint"
	KindPII      = "pii"
)

// A Finding is an agent, an MCP server, an endpoint, or a place with personal
// data.
type Finding struct {
	Kind       string
	ID         string // of the agent; the name of the server; the host; the kind of personal data
	Name       string // for people
	Approved   bool
	Confidence string // confirmed, likely, possible: of agents and endpoints
	Commits    int    // how many name the agent, or wrote the endpoint or the data
	Provider   string // of the endpoint, if it is known
	Server     *Server
	Evidence   []Evidence // some of it, the best first

	provider int
}

// Evidence is where something was found.
type Evidence struct {
	Kind   string // file; ignored: a file that git does not keep; history: a file in a commit; trailer; phrase
	Path   string
	Line   int    // 0 if it is the file as a whole
	Commit string // "" for files there are now
	Unix   int64  // when it was committed, in seconds
	Text   string // the line of a message
}

// maxPII is how many places with personal data are told of.
const maxPII = 10000

// A Report is what was found.
type Report struct {
	Findings []Finding // agents, servers, endpoints, personal data
	More     int       // places with personal data that are left out
}

// Unapproved returns how many findings are not approved.
func (r *Report) Unapproved() (n int) {
	for i := range r.Findings {
		if !r.Findings[i].Approved {
			n++
		}
	}
	return n + r.More
}

// Report judges what the tree and the history hold. Either may be nil.
func (s *Scanner) Report(t *Tree, h *History, a *Approved) *Report {
	if t == nil {
		t = s.NewTree()
	}
	if h == nil {
		h = s.NewHistory()
	}
	t.sort()
	r := &Report{}
	r.Findings = append(r.Findings, agentFindings(t, h)...)
	for i := range t.servers {
		v := &t.servers[i]
		r.Findings = append(r.Findings, Finding{Kind: KindServer, ID: v.Name, Name: v.Name, Confidence: "confirmed", Server: v,
			Evidence: []Evidence{{Kind: "file", Path: v.File, Line: v.Line}}})
	}
	r.Findings = append(r.Findings, endpointFindings(t, h)...)
	list, more := h.personal()
	r.Findings, r.More = append(r.Findings, list...), more
	for i := range r.Findings {
		r.Findings[i].Approved = a.covers(&r.Findings[i])
	}
	if a.names("pii", "pii") {
		r.More = 0
	}
	return r
}

// agentFindings joins what files and commits say of agents.
func agentFindings(t *Tree, h *History) []Finding {
	by := map[int]*Finding{}
	get := func(i int) *Finding {
		f := by[i]
		if f == nil {
			f = &Finding{Kind: KindAgent, ID: agents[i].ID, Name: agents[i].Name}
			by[i] = f
		}
		return f
	}
	for _, key := range sortedKeys(t.signs) {
		g := t.signs[key]
		f := get(g.agent)
		f.Confidence = "confirmed"
		kind := "file"
		if g.ignored {
			kind = "ignored"
		}
		f.Evidence = append(f.Evidence, Evidence{Kind: kind, Path: g.what})
	}
	for i := range agents {
		if g := h.agents[i]; g != nil {
			f := get(i)
			f.Commits = g.commits
			if f.Confidence == "" && len(g.trailers) > 0 {
				f.Confidence = "likely"
			}
			f.Evidence = append(append(f.Evidence, g.trailers...), g.phrases...)
		}
	}
	for _, key := range sortedKeys(h.files) {
		g := h.files[key]
		if _, now := t.signs[agents[g.agent].ID+" "+g.what]; now {
			continue
		}
		f := get(g.agent)
		f.Confidence = cmp.Or(f.Confidence, "likely")
		c := h.Commits[g.commit]
		f.Evidence = append(f.Evidence, Evidence{Kind: "history", Path: g.what, Commit: c.ID, Unix: c.Unix})
	}
	var list []Finding
	for i := range agents {
		if f := by[i]; f != nil {
			f.Confidence = cmp.Or(f.Confidence, "possible")
			list = append(list, *f)
		}
	}
	return list
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// endpointFindings joins what files and commits hold of endpoints.
func endpointFindings(t *Tree, h *History) []Finding {
	by := map[string]*Finding{}
	get := func(e endpoint) *Finding {
		f := by[e.host]
		if f == nil {
			f = &Finding{Kind: KindEndpoint, ID: e.host, Name: e.host, Confidence: "likely", provider: e.provider}
			if e.provider >= 0 {
				f.Provider = providers[e.provider].id
			}
			by[e.host] = f
		}
		return f
	}
	for _, e := range t.ends {
		f := get(e.endpoint)
		f.Confidence = "confirmed"
		if ev := (Evidence{Kind: "file", Path: e.file, Line: e.line}); len(f.Evidence) < keepEvidence && !slices.Contains(f.Evidence, ev) {
			f.Evidence = append(f.Evidence, ev)
		}
	}
	now := map[string]bool{}
	for host := range by {
		now[host] = true
	}
	for n := range h.changes {
		c := &h.changes[n]
		ends := h.blobs[c.new].ends
		if len(ends) == 0 {
			continue
		}
		old := map[string]bool{}
		h.before(int32(n), func(f blobFound) {
			for _, e := range f.ends {
				old[e.host] = true
			}
		})
		for _, e := range ends {
			if old[e.host] {
				continue
			}
			old[e.host] = true
			f := get(e)
			f.Commits++
			if now[e.host] {
				continue // where it stands now says more
			}
			if len(f.Evidence) < keepEvidence {
				commit := h.Commits[c.commit]
				f.Evidence = append(f.Evidence, Evidence{Kind: "history", Path: h.paths[c.path], Line: e.line, Commit: commit.ID, Unix: commit.Unix})
			}
		}
	}
	var list []Finding
	for _, key := range sortedKeys(by) {
		list = append(list, *by[key])
	}
	return list
}

// before calls fn for what stood in the files that a change replaces: the file
// itself in each parent, and what its commit took away, since it may have been
// moved.
func (h *History) before(n int32, fn func(blobFound)) {
	c := &h.changes[n]
	if c.old >= 0 {
		fn(h.blobs[c.old])
	}
	for _, b := range h.more[n] {
		fn(h.blobs[b])
	}
	if h.moved.commit != c.commit || h.moved.from == nil {
		h.moved.commit, h.moved.from = c.commit, []blobFound{}
		for _, b := range h.gone[c.commit] {
			if f, ok := h.blobs[b]; ok {
				h.moved.from = append(h.moved.from, f)
			}
		}
	}
	for _, f := range h.moved.from {
		fn(f)
	}
}

// Older returns the ids of the blobs that stood before those in which something
// was found, and that no commit that was read has written, sorted. There are
// some only if the log does not go back to the first commit. They are to be
// read like the others before Report is called.
func (h *History) Older() []string {
	want := map[int32]bool{}
	for n := range h.changes {
		c := &h.changes[n]
		if _, ok := h.blobs[c.new]; !ok {
			continue
		}
		for _, b := range append(append([]int32{c.old}, h.more[int32(n)]...), h.gone[c.commit]...) {
			if b >= 0 && !h.isNew[b] {
				want[b] = true
			}
		}
	}
	var ids []string
	for b := range want {
		ids = append(ids, h.hexID(b))
	}
	slices.Sort(ids)
	return ids
}

// personal returns the places where commits added personal data: each value once
// for a file, where it came first.
func (h *History) personal() (list []Finding, more int) {
	own := map[uint64]bool{}
	for p := range h.people {
		own[sum([]byte(p))] = true
	}
	type place struct {
		path  int32
		value uint64
	}
	seen := map[place]bool{}
	for n := len(h.changes) - 1; n >= 0; n-- {
		c := &h.changes[n]
		people := h.blobs[c.new].people
		if len(people) == 0 {
			continue
		}
		file := h.paths[c.path]
		open, sample, data := manifest(file), sampled(file), records(file)
		old := map[uint64]bool{}
		h.before(int32(n), func(f blobFound) {
			for _, p := range f.people {
				old[p.value] = true
			}
		})
		for _, p := range people {
			k := place{c.path, p.value}
			if old[p.value] || seen[k] || p.rule == "email" && (open || own[p.value]) || p.sample && sample || p.credit && !data {
				continue
			}
			seen[k] = true
			if len(list) == maxPII {
				more++
				continue
			}
			commit := h.Commits[c.commit]
			list = append(list, Finding{Kind: KindPII, ID: p.rule, Name: p.rule, Commits: 1,
				Evidence: []Evidence{{Kind: "history", Path: file, Line: p.line, Commit: commit.ID, Unix: commit.Unix}}})
		}
	}
	slices.SortStableFunc(list, func(a, b Finding) int {
		return cmp.Or(strings.Compare(a.Evidence[0].Path, b.Evidence[0].Path), cmp.Compare(a.Evidence[0].Line, b.Evidence[0].Line), strings.Compare(a.ID, b.ID))
	})
	return list, more
}
