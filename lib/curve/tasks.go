package curve

import (
	"path"
	"strings"
	"unicode"

	"agenttrace/lib/session"
)

// A Task is a kind of task.
type Task int

// The kinds, in the order of agent-strace.
const (
	Tests Task = iota
	Refactoring
	Debugging
	Architecture
	Boilerplate
	Documentation
	Review
	Feature
	Performance
	Security
	General
	tasks
)

// kinds has the name of each kind and what such a task should cost, in
// nano-dollars. The figures are those of agent-strace, which calls them a
// benchmark of the community and names no source.
var kinds = [tasks]struct {
	name string
	nano int64
}{
	Tests:         {"Unit test writing", 120_000_000},
	Refactoring:   {"Code refactoring", 450_000_000},
	Debugging:     {"Bug debugging", 800_000_000},
	Architecture:  {"Architecture", 1_200_000_000},
	Boilerplate:   {"Boilerplate gen", 80_000_000},
	Documentation: {"Documentation", 150_000_000},
	Review:        {"Code review", 200_000_000},
	Feature:       {"Feature impl", 600_000_000},
	Performance:   {"Performance", 900_000_000},
	Security:      {"Security", 700_000_000},
	General:       {"General / other", 400_000_000},
}

// String returns the name of the kind.
func (t Task) String() string { return kinds[t].name }

// ParseTask returns the kind of a name, without regard to case.
func ParseTask(name string) (Task, bool) {
	for t := range tasks {
		if strings.EqualFold(name, kinds[t].name) {
			return t, true
		}
	}
	return 0, false
}

// hints are words and pairs of words that speak for a kind, and how much. They
// are whole words: "latest" speaks of no test, "prefix" of no fix, "process" of no
// pull request.
var hints = makeHints()

type hint struct {
	task   Task
	weight int
}

func makeHints() map[string]hint {
	list := map[string]hint{}
	for _, h := range []struct {
		task   Task
		weight int
		words  string
	}{
		{Tests, 2, "test,tests,testing,unittest,unittests,pytest,spec,specs,coverage,testcase,testcases,unit test,unit tests,test cases"},
		{Refactoring, 3, "refactor,refactors,refactored,refactoring,cleanup,clean up,tidy up,reorganize,reorganise,restructure,restructuring,deduplicate"},
		{Refactoring, 2, "simplify,rename,extract,modernize,modernise"},
		{Debugging, 3, "debug,debugging,fix,fixes,fixed,fixing,bug,bugs,crash,crashes,crashed,crashing,traceback,stacktrace,stack trace,panics,hotfix"},
		{Debugging, 2, "failing,fails,broken,regression,flaky,not working,not work,doesn work"},
		{Debugging, 1, "error,errors,exception,exceptions,failure,failures"},
		{Architecture, 3, "architect,architecture,design,system design,database design,api design"},
		{Architecture, 2, "schema,schemas,data model,rfc"},
		{Boilerplate, 3, "scaffold,scaffolding,boilerplate,skeleton,bootstrap,create project,new project,set up,project template"},
		{Boilerplate, 2, "init,initialize,initialise,setup,template,templates"},
		{Boilerplate, 1, "generate"},
		{Documentation, 3, "doc,docs,document,documentation,documenting,readme,docstring,docstrings,changelog"},
		{Documentation, 2, "comment,comments,tutorial"},
		{Review, 3, "review,reviews,reviewing,code review,pull request,pull requests"},
		{Review, 2, "pr,prs,lint,linting,feedback"},
		{Feature, 2, "implement,implements,implementing,implementation,feature,features,add,adds,adding,build,create,develop,support"},
		{Performance, 3, "performance,optimize,optimise,optimizing,optimization,latency,profile,profiling,speed up,speedup,memory leak,throughput"},
		{Performance, 2, "speed,slow,slower,faster,benchmark,benchmarks"},
		{Security, 3, "security,auth,authentication,authorization,oauth,vulnerability,vulnerabilities,cve,injection,xss,csrf,ssrf"},
		{Security, 2, "login,secrets,permissions"},
	} {
		for _, w := range strings.Split(h.words, ",") {
			list[w] = hint{h.task, h.weight}
		}
	}
	return list
}

// making are verbs that make of "tests" or "docs" the thing to be made, if it
// follows within a few words.
var making = map[string]bool{"write": true, "add": true, "create": true, "generate": true, "extend": true, "increase": true, "improve": true, "update": true, "cover": true}

// near is how many words are a few, and early how many at the beginning of a
// prompt count twice: there stands what is to be done.
const (
	near  = 5
	early = 15
)

// Classify returns the kind of the task of a session, by what was asked for and
// what was done, and why. The command line of the agent says nothing of it.
func Classify(s *session.Summary) Task {
	var score [tasks]int
	ask(&score, s.FirstPrompt)
	ask(&score, s.Title)
	work(&score, s)
	best, most := General, 0
	for t := range General {
		if score[t] > most {
			best, most = t, score[t]
		}
	}
	return best
}

// ask adds what a text speaks for. Each hint counts once.
func ask(score *[tasks]int, text string) {
	list := words(text)
	seen := map[string]bool{}
	made := -near - 1 // where a making verb stood
	for i, w := range list {
		pair := ""
		if i+1 < len(list) {
			pair = w + " " + list[i+1]
		}
		for _, k := range []string{pair, w} {
			h, ok := hints[k]
			if !ok || seen[k] {
				continue
			}
			seen[k] = true
			n := h.weight
			if (h.task == Tests || h.task == Documentation) && i-made <= near {
				n += 3
			}
			if i < early {
				n *= 2
			}
			score[h.task] += n
		}
		if making[w] {
			made = i
		}
	}
}

// maxWords is how many words of a text are read.
const maxWords = 200

// words returns the words of a text in lower case. What looks like a path, an
// address or the name of a package is left out: it is what the work is about,
// not what the work is.
func words(text string) (list []string) {
	for _, field := range strings.Fields(text) {
		if stem, _, ok := strings.Cut(strings.ToLower(field), "."); ok && (stem == "readme" || stem == "changelog") {
			field = stem
		}
		if strings.ContainsAny(field, `/\@<>=`) || strings.Contains(strings.Trim(field, ".,;:!?"), ".") || strings.Contains(field, "_") {
			continue
		}
		for _, w := range strings.FieldsFunc(strings.ToLower(field), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' }) {
			w = strings.Trim(w, "-")
			if strings.Contains(w, "-") { // http-proxy is one thing, and no proxy
				w = strings.ReplaceAll(w, "-", "")
			}
			if list = append(list, w); len(list) >= maxWords {
				return list
			}
		}
	}
	return list
}

// work adds what the files that were written speak for, if they are all of one
// kind.
func work(score *[tasks]int, s *session.Summary) {
	tests, docs, all := 0, 0, 0
	for _, list := range [][]string{s.FilesWritten, s.FilesWrittenByShell} {
		for _, f := range list {
			all++
			switch {
			case isTest(f):
				tests++
			case isDoc(f):
				docs++
			}
		}
	}
	switch {
	case all > 0 && tests == all:
		score[Tests] += 3
	case all > 0 && docs == all:
		score[Documentation] += 3
	case all == 0 && s.ToolCalls > 0 && score[Review] > 0:
		score[Review] += 2 // it looked, and changed nothing
	}
}

// isTest reports whether a file is one of tests, by the conventions of the
// common languages.
func isTest(name string) bool {
	base := strings.ToLower(path.Base(strings.ReplaceAll(name, `\`, "/")))
	stem := strings.TrimSuffix(base, path.Ext(base))
	return strings.HasPrefix(base, "test_") || strings.HasSuffix(stem, "_test") || strings.HasSuffix(stem, ".test") ||
		strings.HasSuffix(stem, ".spec") || strings.HasSuffix(stem, "_spec") || strings.HasSuffix(path.Base(strings.TrimSuffix(name, path.Ext(name))), "Test") ||
		base == "conftest.py"
}

func isDoc(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".md", ".rst", ".adoc", ".txt", ".mdx":
		return true
	}
	return false
}
