package policy

import (
	"path"
	"strings"

	"agenttrace/lib/tool"
)

// A Finding is what a policy says of one thing that a call does.
type Finding struct {
	Verdict Verdict
	Kind    string // read, write, command, network, tool, unknown
	Rule    string // files.read.deny, network.deny_all …; "" if no rule speaks of it
	Pattern string // the entry of that rule
	Reason  string
	Action  string // "Read .env", "Ran: curl x.example"
	Subject string // the path, program or host

	// Span is where in the shell line it stands, in bytes; both are 0 if it
	// is not in one.
	Span [2]int

	Sensitive bool // it is the use of a sensitive file

	text string // of the command that is unknown
	glob string // the pattern of files, as it is shown, if it is one
	at   []place
	deep bool // it is a directory that is used with all that is in it
}

// Worst returns the verdict on a call of which there are these findings.
func Worst(list []Finding) Verdict {
	v := None
	for i := range list {
		v = max(v, list[i].Verdict)
	}
	return v
}

// A judge collects findings on one call.
type judge struct {
	p    *Policy
	ctx  *Context
	list []Finding
	seen map[string]bool
	cmd  *tool.Command // that is judged
}

// Judge says what a policy says of a call. Nil stands for no policy: then
// there are findings, but no verdicts.
func (p *Policy) Judge(call tool.Call, ctx *Context) []Finding {
	j := newJudge(p, ctx)
	j.tool(call.Name)
	for _, f := range call.Reads {
		j.file(access{op: "read", verb: "Read", path: f})
	}
	for _, f := range call.Globs {
		j.filter(f, "")
	}
	for _, f := range call.Writes {
		j.file(access{op: "write", verb: "Write", path: f})
	}
	if call.Kind == tool.Search || len(call.Searches) > 0 {
		j.search(call)
	}
	for _, f := range call.MayRead {
		j.file(access{op: "read", verb: "Read", path: f, guess: true})
	}
	for _, f := range call.MayWrite {
		j.file(access{op: "write", verb: "Write", path: f, guess: true})
	}
	for _, f := range call.Named {
		j.file(access{op: "read", verb: "Read", path: f, only: true})
		j.mayHost(f)
		if !call.Looks {
			j.file(access{op: "write", verb: "Write", path: f, only: true})
		}
	}
	for _, h := range call.Hosts {
		j.host(h)
	}
	if call.Line != "" {
		inner := *j.ctx
		if call.Dir != "" {
			inner.Cwd = inner.join("", call.Dir)
		}
		j.ctx = &inner
		j.line(call.Line, strings.Contains(strings.ToLower(call.Name), "powershell") || strings.Contains(strings.ToLower(call.Name), "pwsh"))
		j.cmd = nil
	}
	if call.Input != "" {
		j.line(call.Input, true)
		j.cmd = nil
	}
	if call.Code != "" {
		j.code(call.Code)
	}
	for _, l := range call.MayRun {
		j.mayRun(l, &tool.Command{}, 0)
	}
	if len(j.list) == 0 {
		j.add(Finding{Kind: "tool", Action: "Tool: " + call.Name, Subject: call.Name, Reason: "no policy rule for this tool type"})
	}
	return j.list
}

// JudgeFile says what a policy says of one use of a file.
func (p *Policy) JudgeFile(file string, write bool, ctx *Context) []Finding {
	j := newJudge(p, ctx)
	if write {
		j.file(access{op: "write", verb: "Write", path: file})
	} else {
		j.file(access{op: "read", verb: "Read", path: file})
	}
	return j.list
}

func newJudge(p *Policy, ctx *Context) *judge {
	if p == nil {
		p = &Policy{}
	}
	return &judge{p: p, ctx: ctx, seen: map[string]bool{}}
}

// add adds a finding, unless there is an equal one.
func (j *judge) add(f Finding) {
	if j.cmd != nil {
		f.Span = j.cmd.Span
	}
	key := f.Kind + "\x00" + f.Subject + "\x00" + f.Action + "\x00" + f.Rule + "\x00" + f.text
	if j.seen[key] {
		return
	}
	j.seen[key] = true
	j.list = append(j.list, f)
}

func (j *judge) tool(name string) {
	for i := range j.p.Tools.Deny {
		if n := &j.p.Tools.Deny[i]; n.matches(name) {
			j.add(Finding{Verdict: Deny, Kind: "tool", Rule: "tools.deny", Pattern: n.Text, Reason: "denied by tools.deny", Action: "Tool: " + name, Subject: name})
			return
		}
	}
	if len(j.p.Tools.Allow) == 0 {
		return
	}
	for i := range j.p.Tools.Allow {
		if n := &j.p.Tools.Allow[i]; n.matches(name) {
			j.add(Finding{Verdict: Allow, Kind: "tool", Rule: "tools.allow", Pattern: n.Text, Reason: "matches tools.allow", Action: "Tool: " + name, Subject: name})
			return
		}
	}
	j.add(Finding{Verdict: Deny, Kind: "tool", Rule: "tools.allow", Reason: "not in tools.allow", Action: "Tool: " + name, Subject: name})
}

// An access is one use of a path.
type access struct {
	op, verb string
	path     string
	dir      string // where a relative path is taken from, in the call's directory
	glob     bool   // a pattern of the shell
	hidden   bool   // which matches hidden names, too
	tree     bool   // with all that is in it
	deep     bool   // and that must be allowed, too
	doubt    bool   // the path holds what is not known
	list     bool   // only names are asked for
	only     bool   // it matters only if it is denied
	guess    bool   // what the tool does with it is not known
	far      bool   // with all that is in it, if it lies outside of the working directory
	shown    string // instead of the path
}

// search judges a search: by the path, and by the directory that begins the
// pattern of a search for names.
func (j *judge) search(call tool.Call) {
	verb := "Grep"
	if call.Listing {
		verb = "Glob"
	}
	if call.Kind != tool.Search && call.Kind != tool.MCP {
		verb = "Search"
	}
	dirs := call.Searches
	if len(dirs) == 0 {
		dirs = []string{"."}
	}
	for _, d := range dirs {
		a := access{op: "read", verb: verb, path: d, list: call.Listing, far: !call.Listing}
		if call.Listing {
			if b := staticDir(call.Pattern); b != "" {
				a.path, a.dir = b, d
			}
		}
		j.file(a)
		for _, f := range call.Filters {
			if !strings.HasPrefix(f, "!") {
				j.filter(strings.TrimSuffix(d, "/")+"/**/"+strings.TrimPrefix(f, "/"), "")
			}
		}
	}
}

// staticDir returns the directory that begins a pattern.
func staticDir(pattern string) string {
	i := strings.IndexAny(pattern, "*?[{")
	if i < 0 {
		return pattern
	}
	k := strings.LastIndexByte(pattern[:i], '/')
	switch {
	case k < 0:
		return ""
	case k == 0:
		return "/"
	}
	return pattern[:k]
}

// file judges one use of a path.
func (j *judge) file(a access) {
	rules, name := &j.p.Read, "files.read"
	if a.op == "write" {
		rules, name = &j.p.Write, "files.write"
	}
	if a.path == "" {
		return
	}
	shown := a.shown
	if shown == "" {
		shown = j.ctx.show(a.dir, a.path)
	}
	f := Finding{Kind: a.op, Action: a.verb + " " + shown, Subject: shown}
	places, globbed := j.places(a)
	if f.at = places; a.glob && strings.ContainsAny(a.path, "*?") {
		f.glob = shown
	}
	for _, at := range places {
		if !a.list && (Sensitive("/"+at.abs) || at.inside && Sensitive(at.in)) {
			f.Sensitive = true
		}
	}
	if globbed && !a.list && (Sensitive(sampleName(a.path)) || j.globSensitive(a)) {
		f.Sensitive = true
	}
	if a.op == "write" {
		for _, at := range places {
			if j.ctx.protects(at) || a.tree && j.holdsProtected(at) {
				f.Verdict, f.Rule, f.Reason = Deny, "policy.self", "the policy itself may not be changed"
				j.add(f)
				return
			}
		}
	}
	if v, pat := j.denied(a, rules.Deny, places, globbed); v > None {
		f.Verdict, f.Rule, f.Pattern, f.Reason = v, name+".deny", pat, "denied by "+name+".deny"
		if v == Unknown {
			f.Reason = "may match " + name + ".deny"
			f.Verdict = j.unknownVerdict()
			if f.Verdict == Allow {
				f.Verdict = None
			}
		}
		j.add(f)
		return
	}
	if a.only && !f.Sensitive {
		return
	}
	ownDir := a.list && len(places) > 0 && places[0].inside && places[0].in == "."
	switch {
	case a.only || ownDir:
		f.Reason = "no " + spell(name) + " policy"
		if ownDir {
			f.Reason = "the working directory may be listed"
		}
	case len(rules.Allow) > 0 && a.doubt:
		return // told as unknown
	case len(rules.Allow) > 0:
		if a.deep && path.Ext(strings.TrimLeft(path.Base(a.path), ".")) == "" {
			f.deep = true
			for _, at := range places {
				places = append(places, at.child())
			}
		}
		if pat, ok := allowed(rules.Allow, places, j.ctx); ok {
			f.Verdict, f.Rule, f.Pattern, f.Reason = Allow, name+".allow", pat, "matches "+name+".allow"
		} else {
			f.Verdict, f.Rule, f.Reason = Deny, name+".allow", "not in "+name+".allow"
			if a.guess {
				f.Verdict, f.Rule, f.Reason = j.unknownVerdict(), "unknown", "what the tool does with the path is not known, and it is not in "+name+".allow"
			}
		}
	case rules.rules():
		f.Verdict, f.Rule, f.Reason = Allow, name+".deny", "not denied by "+name+".deny"
	default:
		f.Reason = "no " + spell(name) + " policy"
	}
	if f.Sensitive && j.p.Sensitive > None && f.Verdict < j.p.Sensitive && !j.listed(rules.Allow, places) {
		f.Verdict, f.Rule, f.Reason = j.p.Sensitive, "sensitive", "a sensitive file"
	}
	j.add(f)
}

func spell(rule string) string {
	if rule == "files.write" {
		return "file write"
	}
	return "file read"
}

// listed reports whether an allow list has the very path.
func (j *judge) listed(allow []Pattern, places []place) bool {
	for i := range allow {
		if allow[i].Plain() && !allow[i].name && len(places) > 0 && allow[i].allows(places[0], j.ctx) {
			return true
		}
	}
	return false
}

func (j *judge) holdsProtected(at place) bool {
	for _, p := range j.ctx.Protected {
		if f := j.ctx.form(p); strings.HasPrefix(f, at.abs+"/") || at.abs == "" {
			return true
		}
	}
	return false
}

// allowed reports whether all the places are allowed.
func allowed(allow []Pattern, places []place, ctx *Context) (pattern string, ok bool) {
	for _, at := range places {
		found := false
		for i := range allow {
			if allow[i].allows(at, ctx) {
				if found = true; pattern == "" {
					pattern = allow[i].Text
				}
				break
			}
		}
		if !found {
			return "", false
		}
	}
	return pattern, len(places) > 0
}

// mayHost judges a word that may be a host: it matters if the deny list names
// it. Patterns such as *.sh, which the names of files match, do not.
func (j *judge) mayHost(h string) {
	name := canonical(h)
	for i := range j.p.Network.Deny {
		d := &j.p.Network.Deny[i]
		if _, end, any := strings.Cut(d.glob, "*"); any && strings.Count(strings.Trim(end, "."), ".") == 0 {
			continue
		}
		if d.matches(name) {
			j.host(h)
			return
		}
	}
}

func (j *judge) host(h string) {
	n := &j.p.Network
	name := canonical(h)
	f := Finding{Kind: "network", Action: "Network access " + h, Subject: h}
	for i := range n.Deny {
		if n.Deny[i].matches(name) {
			f.Verdict, f.Rule, f.Pattern, f.Reason = Deny, "network.deny", n.Deny[i].Text, "denied by network.deny"
			j.add(f)
			return
		}
	}
	for i := range n.Allow {
		if n.Allow[i].matches(name) {
			f.Verdict, f.Rule, f.Pattern, f.Reason = Allow, "network.allow", n.Allow[i].Text, "allowed by network.allow"
			j.add(f)
			return
		}
	}
	switch {
	case n.DenyAll:
		f.Verdict, f.Rule, f.Reason = Deny, "network.deny_all", "denied by network.deny_all"
	case len(n.Allow) > 0:
		f.Verdict, f.Rule, f.Reason = Deny, "network.allow", "not in network.allow"
	case n.rules():
		f.Verdict, f.Rule, f.Reason = Allow, "network.deny", "not denied by network.deny"
	default:
		f.Reason = "no network policy"
	}
	j.add(f)
}

func (j *judge) unknownVerdict() Verdict {
	if v := j.p.Unknown.Verdict; v != None {
		return v
	}
	return Unknown
}

// code judges source text that is given to an interpreter.
func (j *judge) code(text string) {
	for _, m := range tool.Mentions(text) {
		if !strings.Contains(m, "://") {
			j.file(access{op: "read", verb: "Read", path: m, only: true})
			j.file(access{op: "write", verb: "Write", path: m, only: true})
		}
	}
	c := &tool.Command{Text: text, Doubt: tool.DoubtProgram}
	j.doubts(c)
}
