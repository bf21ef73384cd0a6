package session

import "slices"

// Merge adds up the summary of a session and those of its subagents: numbers
// are added, lists joined, and the time is that from the first event of all to
// the last. What a session is (agent, directory, title …) stays that of root.
// The arguments do not change.
func Merge(root *Summary, children ...*Summary) *Summary {
	s := *root
	s.Sessions = max(root.Sessions, 1)
	s.Models = slices.Clone(root.Models)
	s.Slowest = slices.Clone(root.Slowest)
	s.Failures = slices.Clone(root.Failures)
	s.Tokens = addTokens(nil, root.Tokens)
	s.Tools, s.UsageByModel = map[string]*Tool{}, map[string]*ModelUsage{}
	s.mergeTools(root)
	s.mergeUsage(root)
	for _, c := range children {
		s.merge(c)
	}
	return &s
}

func (s *Summary) merge(c *Summary) {
	s.Sessions += max(c.Sessions, 1)
	switch {
	case c.Timed && s.Timed:
		s.StartedAt, s.EndedAt = min(s.StartedAt, c.StartedAt), max(s.EndedAt, c.EndedAt)
	case c.Timed:
		s.StartedAt, s.EndedAt, s.Timed = c.StartedAt, c.EndedAt, true
	}
	for _, m := range c.Models {
		if !slices.Contains(s.Models, m) {
			s.Models = append(s.Models, m)
		}
	}
	s.Events += c.Events
	s.Prompts += c.Prompts
	s.ToolCalls += c.ToolCalls
	s.Errors += c.Errors
	s.APIErrors += c.APIErrors
	s.Retries += c.Retries
	s.UnfinishedCalls += c.UnfinishedCalls
	s.Evidence.merge(c.Evidence)
	s.Commands += c.Commands
	s.LLMRequests += c.LLMRequests
	s.Compactions += c.Compactions
	s.FilesRead = join(s.FilesRead, c.FilesRead)
	s.FilesWritten = join(s.FilesWritten, c.FilesWritten)
	s.FilesReadByShell = without(join(s.FilesReadByShell, c.FilesReadByShell), s.FilesRead, s.CWD)
	s.FilesWrittenByShell = without(join(s.FilesWrittenByShell, c.FilesWrittenByShell), s.FilesWritten, s.CWD)
	s.Tokens = addTokens(s.Tokens, c.Tokens)
	s.mergeTools(c)
	s.mergeUsage(c)
	for _, x := range c.Slowest {
		x.Session = orElse(x.Session, c.Session)
		s.Slowest = addSlow(s.Slowest, x)
	}
	for _, x := range c.Failures {
		if len(s.Failures) < maxFailures {
			x.Session = orElse(x.Session, c.Session)
			s.Failures = append(s.Failures, x)
		}
	}
}

func orElse(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

func (s *Summary) mergeTools(c *Summary) {
	for name, t := range c.Tools {
		sum := s.Tools[name]
		switch {
		case sum == nil:
			copied := *t
			if t.times != nil {
				copied.times = t.times.clone()
			}
			s.Tools[name] = &copied
		case sum.times != nil && t.times != nil:
			sum.times.merge(t.times)
			s.Tools[name] = newTool(sum.Calls+t.Calls, sum.Errors+t.Errors, sum.times)
		default:
			s.Tools[name] = addTool(sum, t)
		}
	}
}

// addTool adds up two tools of which one has lost its durations.
func addTool(a, b *Tool) *Tool {
	t := &Tool{Calls: a.Calls + b.Calls, Errors: a.Errors + b.Errors, Total: a.Total + b.Total, Timed: a.Timed || b.Timed}
	switch {
	case !b.Timed:
		t.P50, t.P95, t.Ranked = a.P50, a.P95, a.Ranked
	case !a.Timed:
		t.P50, t.P95, t.Ranked = b.P50, b.P95, b.Ranked
	}
	return t
}

func (s *Summary) mergeUsage(c *Summary) {
	for name, u := range c.UsageByModel {
		sum := s.UsageByModel[name]
		if sum == nil {
			sum = &ModelUsage{}
			s.UsageByModel[name] = sum
		}
		sum.Requests += u.Requests
		sum.add(u.Tokens)
	}
}

// join returns what is in a or b, sorted.
func join(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

// without returns the paths of a that are not in b.
func without(a, b []string, cwd string) []string {
	return setOf(a).less(setOf(b), cwd).sorted()
}

func setOf(l []string) (s set) {
	for _, x := range l {
		s.add(x)
	}
	return s
}
