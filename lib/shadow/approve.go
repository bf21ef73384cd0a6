package shadow

import (
	"bufio"
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// Approved are the agents, servers and endpoints that may be used.
type Approved struct {
	given  []string        // as given, in order
	agents map[string]bool // ids
	rest   []approval      // what is not the name of an agent
}

// An approval names a server, a host, a provider or a kind of personal data.
type approval struct {
	kind string // "", or the kind of finding that it is for
	text string // in small letters
	at   int    // in given
}

// Approve adds what is approved: an agent by id, name or alias, in any case and
// with any punctuation; an MCP server by name, package or host; an endpoint by
// host, *.domain or provider. A kind with a colon before it is for that kind
// only: agent:, mcp:, endpoint:, pii:. Commas separate several.
func (a *Approved) Approve(list string) error {
	for item := range strings.SplitSeq(list, ",") {
		item = strings.TrimSpace(item)
		if item == "" {
			continue
		}
		kind, text := "", item
		if k, rest, ok := strings.Cut(item, ":"); ok && !strings.HasPrefix(rest, "//") {
			switch k = lower(strings.TrimSpace(k)); k {
			case "agent", "mcp", "endpoint", "pii":
				kind, text = k, strings.TrimSpace(rest)
			case "mcp_server":
				kind, text = "mcp", strings.TrimSpace(rest)
			}
		}
		if text == "" {
			return fmt.Errorf("%q approves nothing", item)
		}
		a.given = append(a.given, item)
		if kind == "" || kind == "agent" {
			if id := agentNamed(text); id != "" {
				if a.agents == nil {
					a.agents = map[string]bool{}
				}
				a.agents[id] = true
				continue
			} else if kind == "agent" {
				return fmt.Errorf("%q is no agent that is known", text)
			}
		}
		if kind != "agent" {
			if _, host := site(text); host != "" {
				text = host
			}
			a.rest = append(a.rest, approval{kind, lower(text), len(a.given) - 1})
		}
	}
	return nil
}

// ApproveFile adds the lines of a file. What follows a # is a comment; a line
// may begin with "- ", as the items of a list in YAML do.
func (a *Approved) ApproveFile(name string, data []byte) error {
	in := bufio.NewScanner(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
	for n := 1; in.Scan(); n++ {
		line := in.Text()
		if i := strings.Index(line, "#"); i == 0 || i > 0 && line[i-1] == ' ' {
			line = line[:i]
		}
		line = strings.TrimSpace(line)
		if line == "approved:" {
			continue
		}
		line = strings.Trim(strings.TrimSpace(strings.TrimPrefix(line, "- ")), `"'`)
		if strings.ContainsAny(line, "{}[]\x00") {
			return fmt.Errorf("%s:%d: want one name in a line", name, n)
		}
		if err := a.Approve(line); err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
	if err := in.Err(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// Given returns what was approved, as it was given.
func (a *Approved) Given() []string { return a.given }

// fold writes a name with letters and digits only.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, lower(s))
}

func agentNamed(text string) string {
	f := fold(text)
	if f == "" {
		return ""
	}
	for _, a := range agents {
		if f == fold(a.ID) || f == fold(a.Name) || slices.ContainsFunc(a.Aliases, func(s string) bool { return fold(s) == f }) {
			return a.ID
		}
	}
	return ""
}

func providerNamed(text string) int {
	return slices.IndexFunc(providers, func(p provider) bool { return fold(p.id) == fold(text) || fold(p.name) == fold(text) })
}

// agent reports whether an agent is approved. AGENTS.md is if an agent is that
// reads it.
func (a *Approved) agent(id string) bool {
	if a.agents[id] {
		return true
	}
	return id == AgentsMD && slices.ContainsFunc(readsAgentsMD, func(id string) bool { return a.agents[id] })
}

// names reports whether any of the names is approved for a kind of finding.
func (a *Approved) names(kind string, names ...string) (ok bool) {
	for _, r := range a.rest {
		if r.kind != "" && r.kind != kind {
			continue
		}
		for _, n := range names {
			if n = lower(n); n == "" {
				continue
			}
			if tail, star := strings.CutPrefix(r.text, "*."); r.text == n || star && strings.HasSuffix(n, "."+tail) {
				ok = true
			}
		}
	}
	return ok
}

// endpoint reports whether an endpoint is approved: by its host, by its
// provider, or with an agent that is approved and that uses it.
func (a *Approved) endpoint(host string, p int) bool {
	name := host
	if h, _, ok := strings.Cut(host, ":"); ok {
		name = h
	}
	if p < 0 {
		return a.names("endpoint", host, name)
	}
	if a.names("endpoint", host, name, providers[p].id, providers[p].name) {
		return true
	}
	for id := range a.agents {
		if ag := agentOf(id); ag != nil && slices.Contains(ag.Provider, providers[p].id) {
			return true
		}
	}
	return false
}

// server reports whether an MCP server is approved: by its name, its package or
// its host.
func (a *Approved) server(v *Server) bool { return a.names("mcp", v.Name, v.Package, v.Host) }

// Unused returns what was approved and is neither known nor found, as given:
// it may be misspelt.
func (a *Approved) Unused(list []Finding) []string {
	var out []string
	for _, r := range a.rest {
		one := Approved{rest: []approval{r}}
		if providerNamed(r.text) >= 0 || r.text == "pii" || slices.Contains(pii, r.text) || slices.ContainsFunc(list, func(f Finding) bool { return f.Approved && one.covers(&f) }) {
			continue
		}
		out = append(out, a.given[r.at])
	}
	return out
}

// covers reports whether a finding is approved.
func (a *Approved) covers(f *Finding) bool {
	switch f.Kind {
	case KindAgent:
		return a.agent(f.ID)
	case KindServer:
		return a.server(f.Server)
	case KindEndpoint:
		return a.endpoint(f.ID, f.provider)
	}
	return a.names("pii", "pii", f.ID)
}
