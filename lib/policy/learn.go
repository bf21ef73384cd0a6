package policy

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"agenttrace/lib/event"
	"agenttrace/lib/tool"
)

// A Learner learns a policy from sessions: one that they satisfy, and that
// allows little more.
type Learner struct {
	audit    Audit
	read     map[string]bool // patterns; true if the path must stand for itself
	write    map[string]bool
	commands map[string]bool
	hosts    map[string]bool
	unknown  map[string]bool
	warnings map[string]bool
	calls    int
}

// NewLearner returns a Learner. ctx has what is known of the machine.
func NewLearner(ctx Context, links func(string) bool) *Learner {
	l := &Learner{read: map[string]bool{}, write: map[string]bool{}, commands: map[string]bool{}, hosts: map[string]bool{},
		unknown: map[string]bool{}, warnings: map[string]bool{}}
	// Everything is ruled, and nothing allowed: what is found is what is used.
	l.audit.Policy = &Policy{learning: true, Network: Network{DenyAll: true}, Unknown: UnknownRule{Verdict: Unknown}}
	never, _ := ParsePattern("\x01/never")
	l.audit.Policy.Read.Allow, l.audit.Policy.Write.Allow = []Pattern{never}, []Pattern{never}
	words, _ := parseWords("\x01never")
	l.audit.Policy.Commands.Allow = []Words{words}
	l.audit.Context, l.audit.Links = ctx, links
	return l
}

// Add learns from an event.
func (l *Learner) Add(e event.Event) {
	if e.Is("tool_call") {
		l.calls++
	}
	for _, x := range l.audit.Add(e) {
		l.finding(&x)
	}
	if !e.Is("tool_call") {
		return
	}
	call := tool.Parse(e.Get("tool_name").String(), []byte(e.Get("arguments").Raw))
	for _, line := range []string{call.Line, call.Input} {
		if line == "" {
			continue
		}
		list := tool.Commands(line)
		for i := range list {
			l.command(&list[i])
		}
	}
}

// Sessions returns how many sessions it has learned from.
func (l *Learner) Sessions() int { return len(l.audit.order) }

func (l *Learner) finding(x *Entry) {
	if x.Sensitive {
		l.warnings[fmt.Sprintf("%s is a sensitive file, and was used: %s", x.Subject, x.Action)] = true
	}
	into := l.read
	switch x.Kind {
	case "write":
		into = l.write
		fallthrough
	case "read":
		if x.Verdict.Violates() {
			if x.glob != "" || len(x.at) == 0 {
				p, self := learnPath(x, x.Subject)
				into[p] = into[p] || self
			}
			for _, at := range x.at {
				if x.glob != "" && len(x.at) == 1 {
					break
				}
				name := "/" + at.abs
				if at.inside {
					name = at.in
				} else if at == x.at[0] {
					name = x.Subject
				}
				p, self := learnPath(x, name)
				into[p] = into[p] || self
			}
		}
	case "network":
		l.hosts[strings.ToLower(x.Subject)] = true
	case "unknown":
		l.unknown[flat(x.text)] = true
	}
	if x.Outcome == Failed && x.Verdict.Violates() {
		l.warnings["learned from a call that failed: "+x.Action] = true
	}
}

// learnPath returns the pattern that allows what a finding is about, and
// whether it must not be put together with others.
func learnPath(x *Entry, p string) (pattern string, self bool) {
	p, self = pathPattern(x, p)
	return edges(p), self
}

// edges writes a pattern so that nothing is taken off its ends when it is read:
// a name may begin or end in blanks.
func edges(p string) string {
	inner := strings.TrimSpace(p)
	if inner == p || inner == "" {
		return p
	}
	before, after, _ := strings.Cut(p, inner)
	any := func(s string) string { return strings.Repeat("?", utf8.RuneCountInString(s)) }
	return any(before) + inner + any(after)
}

func pathPattern(x *Entry, p string) (pattern string, self bool) {
	if x.glob == "" || p != x.Subject {
		p = escapeNames(p)
	} else {
		p = globPattern(x.glob)
	}
	if x.deep {
		return strings.TrimPrefix(strings.TrimSuffix(p, "/")+"/**", "./"), true
	}
	switch {
	case p == ".", strings.HasPrefix(p, "/"), strings.HasPrefix(p, "~/"), strings.HasPrefix(p, "../"):
		return p, true
	case !strings.Contains(p, "/"):
		return "./" + p, true
	}
	return p, x.Sensitive || x.glob != "" && p == x.Subject
}

// escapeNames quotes what stands for other text in a pattern, but brackets,
// which mean themselves, too.
func escapeNames(p string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `{`, `\{`, `}`, `\}`).Replace(p)
}

// globPattern returns a pattern of a shell as one of a policy.
func globPattern(p string) string {
	var segs []string
	for _, s := range strings.Split(p, "/") {
		if s == "**" {
			segs = append(segs, s)
			continue
		}
		var b strings.Builder
		for _, t := range tokens(s) {
			switch t {
			case star:
				b.WriteByte('*')
			case any1:
				b.WriteByte('?')
			default:
				b.WriteString(escapeNames(string(t)))
			}
		}
		segs = append(segs, b.String())
	}
	return strings.Join(segs, "/")
}

// subcommands are programs that do different things by the word after them, or
// by two.
var subcommands = map[string]int{
	"git": 1, "npm": 1, "pnpm": 1, "yarn": 1, "bun": 1, "go": 1, "cargo": 1, "docker": 1, "podman": 1, "docker-compose": 1, "kubectl": 1, "helm": 1,
	"uv": 1, "poetry": 1, "pip": 1, "pip3": 1, "pipenv": 1, "make": 1, "just": 1, "task": 1, "gh": 2, "glab": 2, "aws": 2, "gcloud": 2, "az": 2,
	"terraform": 1, "systemctl": 1, "brew": 1, "apt": 1, "apt-get": 1, "bundle": 1, "rails": 1, "composer": 1, "dotnet": 1, "mvn": 1, "gradle": 1,
	"python": 1, "python3": 1, "python2": 1, "node": 1, "deno": 1, "ruby": 1, "perl": 1, "php": 1, "bash": 1, "sh": 1, "zsh": 1, "tsx": 1, "npx": 1,
}

// deeper are subcommands after which another word counts.
var deeper = map[string]bool{
	"npm run": true, "pnpm run": true, "yarn run": true, "bun run": true, "docker compose": true, "docker container": true, "docker image": true,
	"go mod": true, "go tool": true, "uv pip": true, "uv tool": true, "git remote": true, "git stash": true, "git worktree": true, "git submodule": true, "python -m": true, "python3 -m": true,
}

// command learns the pattern that allows a command.
func (l *Learner) command(c *tool.Command) {
	if len(c.Layers) == 0 || c.Program == "" || !certain(c) && c.Doubt&tool.DoubtProgram != 0 {
		return
	}
	words := c.Layers[len(c.Layers)-1]
	if len(words) == 0 || words[0] == "" {
		return
	}
	if p := learnWords(words); p != "" {
		l.commands[p] = true
	}
}

func learnWords(words []string) string {
	words = shorter(words)
	prog := words[0]
	if strings.HasPrefix(prog, "/") && !strings.HasPrefix(prog, "/tmp/") && !strings.HasPrefix(prog, "/var/tmp/") && !strings.HasPrefix(prog, "/dev/") && !strings.HasPrefix(prog, "/private/") && !strings.HasPrefix(prog, "/proc/") {
		prog = cmp.Or(base(prog), prog) // a directory has no name to go by
	}
	out := []string{oneWord(prog)}
	n := subcommands[strings.ToLower(base(prog))]
	for _, w := range words[1:] {
		if n == 0 || w == "" || strings.ContainsFunc(w, unicode.IsSpace) || strings.ContainsAny(w, "$`*?[\"'") || len(w) > 80 {
			break
		}
		out = append(out, w)
		if len(w) > 1 && w[0] == '-' {
			if w == "-m" || w == "-c" || w == "-e" {
				if deeper[base(prog)+" "+w] {
					continue
				}
				break
			}
			continue
		}
		n--
		if deeper[strings.Join(append([]string{base(prog)}, out[1:]...), " ")] {
			n++
		}
	}
	// Options at the end that no subcommand follows say too much.
	if n > 0 {
		for len(out) > 1 && strings.HasPrefix(out[len(out)-1], "-") && out[len(out)-1] != "-c" && out[len(out)-1] != "-e" {
			out = out[:len(out)-1]
		}
	}
	return strings.Join(out, " ")
}

// oneWord writes a name so that it is one word of a pattern, which means it. A
// pattern is parted by more blanks than a shell's line, and where it has a
// wildcard, brackets and backslashes are not themselves: any character stands
// in their place.
func oneWord(s string) string {
	if !strings.ContainsFunc(s, unicode.IsSpace) && !strings.ContainsAny(s, "*?") {
		return s
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '[' || r == '\\' {
			return '?'
		}
		return r
	}, s)
}

// few is how many files of a directory are listed by name; of more, the
// directory is.
const few = 3

// collapse puts together the files of a directory, and directories of one.
func collapse(paths map[string]bool) []string {
	var out []string
	byDir := map[string][]string{}
	for p, self := range paths {
		if d := path.Dir(p); !self && d != "." {
			byDir[d] = append(byDir[d], p)
		} else {
			out = append(out, p)
		}
	}
	byParent := map[string][]string{}
	for d, list := range byDir {
		if len(list) < few {
			out = append(out, list...)
			continue
		}
		if parent := path.Dir(d); parent != "." {
			byParent[parent] = append(byParent[parent], d)
		} else {
			out = append(out, d+"/*")
		}
	}
	for parent, dirs := range byParent {
		if len(dirs) >= few {
			out = append(out, parent+"/**")
			continue
		}
		for _, d := range dirs {
			out = append(out, d+"/*")
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Learned is a learned policy, in the form of its file.
type Learned struct {
	Read, Write, Commands, Hosts, Unknown []string
	Warnings                              []string
	Sessions, Calls                       int
}

// Learned returns what was learned so far.
func (l *Learner) Learned() *Learned {
	sorted := func(m map[string]bool) []string { return slices.Sorted(maps.Keys(m)) }
	return &Learned{
		Read: collapse(l.read), Write: collapse(l.write), Commands: shortest(sorted(l.commands)), Hosts: sorted(l.hosts), Unknown: sorted(l.unknown),
		Warnings: sorted(l.warnings), Sessions: l.Sessions(), Calls: l.calls,
	}
}

// shortest leaves out the patterns that another one covers.
func shortest(list []string) []string {
	var out []string
	slices.SortFunc(list, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
	for _, p := range list {
		if !slices.ContainsFunc(out, func(q string) bool { return strings.HasPrefix(p, q+" ") }) {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return out
}

// JSON returns the policy file. A section of which nothing was used allows
// nothing.
func (l *Learned) JSON() []byte {
	b := []byte("{\n  \"files\": {\n    \"read\":  ")
	b = appendSection(b, l.Read, "allow", "/dev/null", "    ")
	b = append(b, ",\n    \"write\": "...)
	b = appendSection(b, l.Write, "allow", "/dev/null", "    ")
	b = append(b, "\n  },\n  \"commands\": "...)
	b = appendSection(b, l.Commands, "allow", "/dev/null", "  ")
	b = append(b, ",\n  \"network\": {\"deny_all\": true, \"allow\": "...)
	b = appendList(b, l.Hosts, "  ")
	b = append(b, "}"...)
	if len(l.Unknown) > 0 {
		b = append(b, ",\n  \"unknown\": {\"verdict\": \"flag\", \"allow\": "...)
		b = appendList(b, l.Unknown, "  ")
		b = append(b, '}')
	}
	return append(b, "\n}\n"...)
}

// appendSection appends a section. One that allows nothing is written as a
// list of what is no file and no program: an empty list rules nothing.
func appendSection(b []byte, allow []string, list, none, indent string) []byte {
	if len(allow) == 0 {
		b = append(b, `{"`+list+`": [`...)
		return append(event.AppendString(b, none), "]}"...)
	}
	b = append(b, `{"allow": `...)
	return append(appendList(b, allow, indent), '}')
}

// appendList writes short lists on one line.
func appendList(b []byte, list []string, indent string) []byte {
	n := 0
	for _, s := range list {
		n += len(s) + 4
	}
	if n < 80 {
		b = append(b, '[')
		for i, s := range list {
			if i > 0 {
				b = append(b, ", "...)
			}
			b = event.AppendString(b, s)
		}
		return append(b, ']')
	}
	b = append(b, "[\n"...)
	for i, s := range list {
		b = append(b, indent+"  "...)
		b = event.AppendString(b, s)
		if i < len(list)-1 {
			b = append(b, ',')
		}
		b = append(b, '\n')
	}
	return append(append(b, indent...), ']')
}

// indented lays JSON out over lines.
func indented(b []byte) []byte {
	var out bytes.Buffer
	if json.Indent(&out, b, "", "  ") != nil {
		return b
	}
	out.WriteByte('\n')
	return out.Bytes()
}
