package session

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// A Summary is what a session was, in numbers: the data of a session_summary
// record, whose keys lib/event documents. "" and nil mean unknown.
type Summary struct {
	Session string // the id; it stands in the record, not in its data

	Agent, AgentVersion string
	Models              []string // in the order of their first answer

	// StartedAt and EndedAt are nanoseconds since 1970; Timed is false if no
	// event had a time.
	StartedAt, EndedAt int64
	Timed              bool

	Events      int
	Prompts     int
	FirstPrompt string // its first 500 characters

	ToolCalls       int
	Tools           map[string]*Tool // by name
	Errors          int              // but for API errors
	APIErrors       int
	Retries         int
	UnfinishedCalls int
	Evidence        Evidence

	FilesRead, FilesWritten               []string // sorted
	FilesReadByShell, FilesWrittenByShell []string // sorted
	Commands                              int      // shell calls

	LLMRequests  int
	Tokens       *Tokens // nil if no answer told its usage
	UsageByModel map[string]*ModelUsage
	Compactions  int

	Host, User, CWD, Branch, Title string

	// Repo is the top directory of the work tree, Remote the address of its
	// origin, without credentials. Process is the object of session_start.
	Repo, Remote, Commit, Process string

	ParentSession, ParentEvent string
	AgentID, AgentType         string

	Sessions int    // how many were added up by Merge, else 0
	Slowest  []Slow // slowest first

	// Failures are the first errors, API errors too. They are not part of the
	// record.
	Failures []Failure
}

// A Tool is what is known of the calls of one tool.
type Tool struct {
	Calls, Errors int

	// Total is the time of the calls whose duration is known; Timed is false if
	// there are none.
	Total time.Duration
	Timed bool

	// P50 and P95 are percentiles of the durations, by nearest rank. They are
	// not known (Ranked is false) where Merge had to add up summaries that were
	// read back.
	P50, P95 time.Duration
	Ranked   bool

	times *durations
}

// A ModelUsage is what one model was asked for.
type ModelUsage struct {
	Requests int
	Tokens   *Tokens // nil if no answer told its usage
}

func (m *ModelUsage) add(t *Tokens) { m.Tokens = addTokens(m.Tokens, t) }

func addTokens(sum, t *Tokens) *Tokens {
	if t == nil {
		return sum
	}
	if sum == nil {
		sum = &Tokens{}
	}
	sum.Add(*t)
	return sum
}

// Duration returns the time from the first event to the last.
func (s *Summary) Duration() time.Duration { return time.Duration(s.EndedAt - s.StartedAt) }

// Summary returns the numbers so far. It does not change when events are added
// later. Its cost grows with the number of calls, answers and files.
func (f *Fold) Summary() *Summary {
	s := &Summary{
		Session: f.id, Agent: f.facts.agent, AgentVersion: f.facts.version,
		Models: slices.Clone(f.models), StartedAt: f.started, EndedAt: f.ended, Timed: f.timed,
		Events: f.events, Prompts: f.prompts, FirstPrompt: f.firstPrompt,
		ToolCalls: len(f.calls), Tools: map[string]*Tool{}, Errors: f.errors, APIErrors: f.apiErrors,
		Retries: f.retries, UnfinishedCalls: len(f.calls) - f.answered,
		FilesRead: f.read.sorted(), FilesWritten: f.written.sorted(),
		FilesReadByShell:    f.shRead.less(f.read, f.facts.cwd).sorted(),
		FilesWrittenByShell: f.shWrote.less(f.written, f.facts.cwd).sorted(),
		Commands:            f.commands,
		LLMRequests:         len(f.answers) + len(f.unanswered) + f.nameless,
		UsageByModel:        map[string]*ModelUsage{}, Compactions: f.compactions,
		Host: f.facts.host, User: f.facts.user, CWD: f.facts.cwd, Branch: f.facts.branch, Title: f.facts.title,
		Repo: f.facts.repo, Remote: f.facts.remote, Commit: f.facts.commit, Process: f.facts.process,
		ParentSession: f.facts.parent, ParentEvent: f.facts.parentEvent,
		AgentID: f.facts.agentID, AgentType: f.facts.agentType,
		Slowest: slices.Clone(f.slowest), Failures: slices.Clone(f.failures),
	}
	s.Evidence = f.evidence
	s.Evidence.StrayResults = len(f.early)
	if len(s.Models) == 0 && f.startModel != "" {
		s.Models = []string{f.startModel}
	}
	for _, t := range f.tools {
		if s.Tools[t.name] == nil {
			s.Tools[t.name] = newTool(t.calls, t.errors, t.times.clone())
		}
	}
	for i := range f.answers {
		f.answers[i].count(s)
	}
	return s
}

func newTool(calls, errors int, times *durations) *Tool {
	t := &Tool{Calls: calls, Errors: errors, times: times}
	if times.n > 0 {
		p := times.percentiles(50, 95)
		t.Total, t.P50, t.P95, t.Timed, t.Ranked = times.total, p[0], p[1], true, true
	}
	return t
}

func (a *answer) count(s *Summary) {
	name := a.model
	if name == "" {
		name = unnamed
	}
	m := s.UsageByModel[name]
	if m == nil {
		m = &ModelUsage{}
		s.UsageByModel[name] = m
	}
	m.Requests++
	if a.known {
		m.add(&a.used)
		s.Tokens = addTokens(s.Tokens, &a.used)
	}
}

func (s set) sorted() []string { return slices.Sorted(maps.Keys(s)) }

// less returns the paths of s that are not also, perhaps written in another
// way, in other.
func (s set) less(other set, cwd string) set {
	known := set{}
	for p := range other {
		known.add(resolve(p, cwd))
	}
	left := set{}
	for p := range s {
		if _, ok := known[resolve(p, cwd)]; !ok {
			left.add(p)
		}
	}
	return left
}

// byCalls returns the names of the tools, those with most calls first.
func (s *Summary) byCalls() []string {
	names := slices.Collect(maps.Keys(s.Tools))
	slices.SortFunc(names, func(a, b string) int {
		if d := s.Tools[b].Calls - s.Tools[a].Calls; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return names
}
