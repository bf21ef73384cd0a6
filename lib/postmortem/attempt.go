package postmortem

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
	"agenttrace/lib/tool"
)

// An attempt is a call, or a failure of the model's API.
type attempt struct {
	step     *Step
	event    int // of the call
	failedAt int // of its outcome
	at       int64
	api      bool
	lone     bool // its call is not known
	hides    bool // that it was no error does not say that its exit status is 0
	intent   string
	act      string
	name     string   // of the tool
	program  string   // and subcommand
	operands []string // of a shell command
	writes   []string
	reads    []string // of a file tool
	cost     int64    // nano-dollars spent before
	priced   bool
}

func newAttempt(c *tool.Call, args []byte) *attempt {
	a := &attempt{intent: c.Intent(args), act: c.Activity(), name: c.Name, writes: c.Writes, reads: c.Reads}
	if c.Line == "" {
		if c.Kind == tool.Read || c.Kind == tool.Search {
			a.act = tool.ActRead
		}
		return a
	}
	// Claude Code tells any other status as an error; a pipe or list hides it.
	a.hides = c.Name != "Bash" || strings.ContainsAny(c.Line, "|;\n")
	for _, cmd := range tool.Commands(c.Line) {
		a.writes = append(slices.Clip(a.writes), cmd.Writes...)
		if cmd.Activity() != a.act {
			continue
		}
		a.program = cmd.Program
		a.operands = a.operands[:0]
		for _, w := range cmd.Args {
			if strings.HasPrefix(w, "-") {
				continue
			}
			if a.program == cmd.Program {
				a.program += " " + w
			}
			if !verbs[w] {
				a.operands = append(a.operands, strings.TrimSuffix(strings.TrimPrefix(w, "./"), "/"))
			}
		}
		slices.Sort(a.operands)
	}
	return a
}

// verbs are words that say what to do, or to do it to everything, and name
// nothing.
var verbs = map[string]bool{
	"test": true, "tests": true, "tests/": true, "spec": true, "spec/": true, "check": true, "run": true, "build": true, "install": true, "add": true,
	"lint": true, "ci": true, "i": true, "get": true, "sync": true, "pytest": true, "unittest": true, "pip": true, "exec": true, "verify": true,
	"all": true, ".": true, "./": true, "./...": true,
}

// looksAround reports whether an attempt only looked around: that nothing was found is
// an answer.
func (a *attempt) looksAround() bool { return a.act == tool.ActRead || a.act == tool.ActSearch }

// significant are the activities whose failure no other success makes good.
func significant(act string) bool {
	return act == tool.ActTest || act == tool.ActBuild || act == tool.ActInstall
}

// makesGood reports whether the success of a makes the failure of f good.
func (a *attempt) makesGood(f *attempt) bool {
	switch {
	case a.api || f.api:
		return a.api && f.api || f.api && a.event > 0
	case f.lone:
		return false
	case a.intent == f.intent:
		return true
	case f.looksAround():
		return true
	case significant(f.act) || f.act == tool.ActLint:
		if a.act == f.act && (len(a.operands) == 0 && f.act != tool.ActInstall || slices.Equal(a.operands, f.operands)) {
			return true
		}
	case overlap(a.writes, f.writes):
		return true
	case f.act == tool.ActVCS && a.act == f.act && a.program == f.program:
		return true
	case f.program == "" && a.name == f.name && f.act != tool.ActEdit:
		return true
	}
	return !significant(f.act) && (a.act == tool.ActTest || a.act == tool.ActBuild || a.act == tool.ActVCS && strings.Contains(a.program, "commit"))
}

func overlap(a, b []string) bool {
	for _, x := range a {
		if slices.Contains(b, x) {
			return true
		}
	}
	return false
}

// failureText returns what an outcome says.
func failureText(e event.Event) string {
	for _, at := range []string{"error.message", "error", "message", "result.stderr", "result.stdout", "result.content", "content", "result"} {
		v := e.Get(at)
		if v.Type == gjson.String && strings.TrimSpace(v.Str) != "" {
			return v.Str
		}
		if v.IsArray() {
			if t := v.Get("0.text"); t.Str != "" {
				return t.Str
			}
		}
	}
	if v := e.Get("exit_code"); v.Exists() {
		return "exit code " + v.Raw
	}
	if v := e.Get("status"); v.Exists() {
		return "status " + v.Raw
	}
	return ""
}

// refusals are in the message of a call that was not let run: by a hook, by
// the user or for want of one, or since another one that was made with it had
// failed.
var refusals = []string{"at-guard:", "requested permissions", "permission to use", "hook blocked", "blocked by hook", "Sibling tool call errored", "Command rejected because"}

// denied reports whether a message says that a call was not let run.
func denied(s string) bool {
	return slices.ContainsFunc(refusals, func(r string) bool { return strings.Contains(s, r) })
}
