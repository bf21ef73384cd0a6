package shadow

import (
	"fmt"
	"strings"

	"agenttrace/lib/text"
)

// A Head is what a report begins with.
type Head struct {
	Repo  string
	Since string // "" for the whole history
	Given []string
}

// Limits of what the text shows of each finding and of each kind. The records
// have all of it.
const (
	shownEvidence = 3
	shownPlaces   = 50
)

// AppendText appends the report for people.
func (r *Report) AppendText(b []byte, h Head) []byte {
	p := func(format string, args ...any) { b = fmt.Appendf(b, format, args...) }
	p("AI tools in a repository\n")
	p("  Repo:     %s\n", text.Line(h.Repo, 0))
	if h.Since == "" {
		p("  Since:    the first commit\n")
	} else {
		p("  Since:    %s\n", text.Line(h.Since, 0))
	}
	if len(h.Given) == 0 {
		p("  Approved: none\n")
	} else {
		p("  Approved: %s\n", text.Line(strings.Join(h.Given, ", "), 0))
	}
	r.each(KindAgent, func(n int, f *Finding) {
		if n == 0 {
			p("\nDetected tools:\n")
		}
		p("  %s %s (%s)%s\n", mark(f), text.Pad(f.Name, 20), f.Confidence, inCommits(f))
		for i, e := range f.Evidence {
			if i == shownEvidence {
				p("       and %s more\n", text.Count(len(f.Evidence)-i, "sign"))
				break
			}
			p("       %s\n", e.line())
		}
	})
	r.each(KindServer, func(n int, f *Finding) {
		if n == 0 {
			p("\nMCP servers:\n")
		}
		v := f.Server
		p("  %s %s  %s\n", mark(f), text.Line(v.Name, 60), f.Evidence[0].place())
		if v.Command != "" {
			p("       command: %s\n", text.Line(v.Command, 200))
		}
		if v.URL != "" {
			p("       remote:  %s\n", text.Line(v.URL, 200))
		}
		if v.Unpinned {
			p("       warning: %s is fetched in whatever version there is\n", text.Line(v.Package, 100))
		}
		if len(v.Env) > 0 {
			p("       sets:    %s\n", text.Line(strings.Join(v.Env, ", "), 200))
		}
		if len(v.Secrets) > 0 {
			p("       warning: a secret is written out in %s\n", text.Line(strings.Join(v.Secrets, ", "), 200))
		}
	})
	r.each(KindEndpoint, func(n int, f *Finding) {
		if n == 0 {
			p("\nLLM endpoints:\n")
		}
		who := f.Provider
		if f.provider < 0 {
			who = "unknown provider or private proxy"
		}
		p("  %s %s (%s)%s\n", mark(f), text.Line(f.ID, 100), who, inCommits(f))
		for _, e := range f.Evidence[:min(shownEvidence, len(f.Evidence))] {
			p("       %s\n", e.line())
		}
	})
	unapproved, signals := 0, 0
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Approved || f.Kind == KindPII {
			continue
		}
		unapproved++
		if f.Kind == KindEndpoint { // its own list says so
			continue
		}
		if signals++; signals == 1 {
			p("\nUnapproved tool signals:\n")
		}
		p("  ❌ %s%s detected but not in approved list\n", kindNames[f.Kind], text.Line(f.Name, 100))
	}
	places := r.More
	r.each(KindPII, func(n int, f *Finding) { places++ })
	r.each(KindPII, func(n int, f *Finding) {
		if n == 0 {
			p("\nData risk indicators (%d):\n", places)
		}
		if n < shownPlaces {
			e := f.Evidence[0]
			p("  %s %s  %s  added in %s\n", mark(f), text.Pad(f.Name, 10), e.place(), short(e.Commit))
		}
	})
	if places > shownPlaces {
		p("  and %d more\n", places-shownPlaces)
	}
	if unapproved == 0 && places == 0 {
		p("\nNo unapproved tools or data risk indicators found.\n")
	}
	return b
}

// kindNames stand before the name of what is no agent.
var kindNames = map[string]string{KindServer: "MCP server "}

// each calls fn for the findings of a kind, numbered from 0.
func (r *Report) each(kind string, fn func(n int, f *Finding)) {
	n := 0
	for i := range r.Findings {
		if r.Findings[i].Kind == kind {
			fn(n, &r.Findings[i])
			n++
		}
	}
}

func mark(f *Finding) string {
	if f.Approved {
		return "✅"
	}
	return "❌"
}

func inCommits(f *Finding) string {
	if f.Commits == 0 {
		return ""
	}
	return ", " + text.Count(f.Commits, "commit")
}

// place is the file and line.
func (e Evidence) place() string {
	s := text.Line(e.Path, 200)
	if e.Line > 0 {
		s += fmt.Sprintf(":%d", e.Line)
	}
	return s
}

// line is evidence for people.
func (e Evidence) line() string {
	switch e.Kind {
	case "file":
		return e.place()
	case "ignored":
		return e.place() + " (not kept by git)"
	case "history":
		return e.place() + " in commit " + short(e.Commit)
	}
	return "commit " + short(e.Commit) + ": " + text.Line(e.Text, 120)
}

func short(id string) string { return id[:min(8, len(id))] }
