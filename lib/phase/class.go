package phase

import (
	"path"
	"strings"

	"agenttrace/lib/event"
	"agenttrace/lib/tool"
)

// A class is a kind of activity. Of a shell line with several commands, the
// class that stands first here counts: who runs the tests after a cd tests.
type class uint8

const (
	test class = iota
	build
	lint
	install
	vcs // what changes a repository, here or elsewhere
	edit
	agent
	mcp
	web
	run
	history // version control that only looks: git status, log, diff
	look
	none // says nothing: a plan, a question, echo
	classes
)

var intents = [classes]string{"test", "build", "lint", "install", "vcs", "edit", "agent", "mcp", "web", "run", "explore", "explore", "other"}

// strong reports whether calls of the class are a step by themselves. The
// others go with whatever is being done, as long as they are few.
func (c class) strong() bool { return c <= mcp }

// weak reports whether calls of the class are looking around.
func (c class) weak() bool { return c > mcp && c < none }

// classOf maps what lib/tool calls an activity.
var classOf = map[string]class{
	tool.ActTest: test, tool.ActBuild: build, tool.ActLint: lint, tool.ActInstall: install, tool.ActVCS: vcs,
	tool.ActEdit: edit, tool.ActNetwork: web, tool.ActRun: run, tool.ActSearch: look, tool.ActRead: look, tool.ActOther: none,
}

// A call is what is kept of a tool call until its phase is over.
type call struct {
	name     string // the tool
	class    class
	way      string // by what means: the runner of a command, else the tool
	label    string // for the title: what was committed, pushed, started, asked for
	line     string // the shell line, cut
	shell    bool
	reads    []string
	writes   []string
	intent   uint64 // hash of its tool.Intent
	link     uint64 // hash of the id that it shares with its outcome
	number   int    // of the event
	from     int64  // since when the agent was at it; see Segmenter
	began    int64  // the time of the call
	timed    bool
	retry    bool
	done     bool // its outcome is known
	failed   bool
	broken   bool // the user stopped it
	outcome  int  // number of its event
	wasted   int64
	phase    *open // nil as long as it is held back
	commands int   // place in the phase's commands, from 1
}

// maxCommand is how much of a shell line a record shows, in bytes. The event
// has the whole.
const maxCommand = 500

// newCall reads a tool_call.
func newCall(e event.Event) *call {
	var name string
	var args []byte
	var link uint64
	event.Fields(e.DataRaw(), func(k, v []byte) bool {
		switch string(k) {
		case "tool_name":
			name = unquote(v)
		case "arguments":
			args = v
		case "tool_use_id", "request_id":
			if link == 0 || string(k) == "tool_use_id" {
				link = hashRaw(v)
			}
		}
		return true
	})
	t := tool.Parse(name, args)
	c := &call{name: name, way: name, reads: t.Reads, writes: t.Writes, link: link}
	c.intent = hash(t.Intent(args))
	switch {
	case t.Line != "":
		c.shell = true
		c.line = shorten(t.Line)
		c.readLine(t.Line)
	case t.Kind == tool.Plan, t.Kind == tool.Shell:
		c.class = none
		if t.Kind == tool.Shell {
			// A tool of its own for a kind of command: runTests.
			c.class = classOf[t.Activity()]
		}
	case t.Kind == tool.Agent:
		c.class = agent
		if c.label = describe(args); c.label == "" {
			c.class = none // it waits for one, stops one, tells it something
		}
	default:
		if c.class = classOf[t.Activity()]; c.class == none && t.Kind == tool.MCP {
			c.class, c.label, c.way = mcp, t.Server, t.Server
		}
	}
	return c
}

// describe returns what a subagent was started for.
func describe(args []byte) string {
	var text, kind string
	event.Fields(args, func(k, v []byte) bool {
		switch string(k) {
		case "description", "task_name", "task":
			text = unquote(v)
		case "prompt", "message", "subagent_type", "objective":
			if kind == "" {
				kind = unquote(v)
			}
		}
		return text == ""
	})
	if text == "" {
		text = kind
	}
	return shorten(text)
}

// readLine finds out what a shell line does.
func (c *call) readLine(line string) {
	c.class = none
	var labels []string
	for _, cmd := range tool.Commands(line) {
		cl, label := commandClass(cmd)
		c.reads = appendFiles(c.reads, cmd.Reads)
		c.writes = appendFiles(c.writes, cmd.Writes)
		switch {
		case cl > c.class:
			continue
		case cl < c.class:
			c.class, c.way, labels = cl, wayOf(cmd), labels[:0]
		}
		if label != "" {
			labels = append(labels, label)
		}
	}
	c.label = strings.Join(labels, "\x00")
}

// commandClass returns the class of a command and a word for the title.
func commandClass(cmd tool.Command) (class, string) {
	cl := classOf[cmd.Activity()]
	switch cl {
	case vcs:
		return vcsClass(cmd)
	case web:
		for _, h := range cmd.Hosts {
			if h != "localhost" && h != "127.0.0.1" && h != "0.0.0.0" && h != "::1" && h != "[::1]" {
				return web, ""
			}
		}
		return run, cmd.Program // it tries what runs here
	case edit:
		switch cmd.Program {
		case "mkdir", "rmdir", "rm", "touch", "chmod", "chown", "ln", "kill", "unlink":
			return run, cmd.Program // chores: they go with anything
		}
		if len(appendFiles(nil, cmd.Writes)) == 0 && len(cmd.Writes) > 0 {
			return look, "" // its output is put aside
		}
	case run:
		return run, cmd.Program
	}
	return cl, ""
}

// gitLooks are the subcommands that change nothing.
var gitLooks = words(`status diff log show blame rev-parse ls-files ls-tree ls-remote describe shortlog reflog grep
	cat-file rev-list merge-base name-rev help version show-ref diff-tree for-each-ref whatchanged count-objects check-ignore var`)

// gitLists are those that change nothing without operands.
var gitLists = words("branch tag remote stash worktree config notes submodule")

// ghLooks are the verbs of gh and glab that change nothing.
var ghLooks = words("view list diff status checks watch search download browse ls")

func vcsClass(cmd tool.Command) (class, string) {
	var ops []string
	for i := 0; i < len(cmd.Args); i++ {
		switch a := cmd.Args[i]; {
		case len(ops) == 0 && (a == "-C" || a == "-c" || a == "--git-dir" || a == "--work-tree" || a == "-R" || a == "--repo"):
			i++
		case !strings.HasPrefix(a, "-"):
			ops = append(ops, a)
		}
	}
	if len(ops) == 0 {
		return history, ""
	}
	switch cmd.Program {
	case "gh", "glab":
		if len(ops) < 2 || ghLooks[ops[1]] || ops[0] == "auth" || ops[0] == "search" {
			return history, ""
		}
		if ops[0] == "api" {
			for _, a := range cmd.Args {
				if a == "-X" || a == "-f" || a == "-F" || strings.HasPrefix(a, "--method") || strings.HasPrefix(a, "--input") {
					return vcs, ""
				}
			}
			return history, ""
		}
		switch ops[0] + " " + ops[1] {
		case "pr create", "mr create":
			return vcs, "open a pull request"
		case "pr merge", "mr merge":
			return vcs, "merge"
		case "pr comment", "pr review", "issue comment":
			return vcs, "comment"
		}
		return vcs, ""
	}
	switch {
	case gitLooks[ops[0]] || len(ops) == 1 && gitLists[ops[0]]:
		return history, ""
	case len(ops) > 1 && (ops[1] == "list" || ops[1] == "show") && gitLists[ops[0]]:
		return history, ""
	case gitVerbs[ops[0]]:
		return vcs, ops[0]
	}
	return vcs, ""
}

// gitVerbs are the subcommands that make a title.
var gitVerbs = words("commit push merge rebase pull tag clone revert cherry-pick")

// transparent are the programs that change nothing about how another is run.
var transparent = words("env timeout gtimeout time gtime nice nohup stdbuf command exec bash sh zsh dash setsid unbuffer xargs watch caffeinate")

// wayOf returns by what means a command does what it does: its program and
// what runs it. Python and python3 are one.
func wayOf(cmd tool.Command) string {
	var way []string
	for _, v := range cmd.Via {
		if !transparent[v] {
			way = append(way, v)
		}
	}
	p := cmd.Program
	if strings.HasPrefix(p, "python") {
		p = "python"
		for i, a := range cmd.Args {
			if a == "-m" && i+1 < len(cmd.Args) {
				p += " -m " + cmd.Args[i+1]
				break
			}
		}
	}
	return strings.Join(append(way, p), " ")
}

// appendFiles adds the paths that are files of somebody: not devices, and not
// what is put aside in /tmp.
func appendFiles(list, paths []string) []string {
	for _, p := range paths {
		if strings.HasPrefix(p, "/dev/") || strings.HasPrefix(p, "/tmp/") || strings.HasPrefix(p, "/proc/") {
			continue
		}
		list = append(list, p)
	}
	return list
}

// verbTitle joins the words of the calls of a phase: commit, push.
func verbTitle(words []string) string {
	const most = 3
	if len(words) > most {
		words = words[:most]
	}
	return strings.Join(words, ", ")
}

// baseName is the last part of a path of either kind.
func baseName(p string) string {
	if i := strings.LastIndexByte(p, '\\'); i >= 0 {
		return p[i+1:]
	}
	return path.Base(p)
}

func words(list string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(list) {
		m[w] = true
	}
	return m
}
