package tool

import (
	"strings"
)

// typed takes what is typed into a running program, and code that is given to
// an interpreter.
func (c *Call) typed(args []byte) {
	value, txt := unwrap(args)
	if txt != "" && len(value) == 0 {
		c.Code = txt
		return
	}
	members(value, func(k, v []byte) {
		var room [32]byte
		switch string(fold(room[:0], k)) {
		case "chars", "input", "stdin", "keys", "text", "data", "command":
			c.Input += text(v)
		case "code", "source", "script":
			c.Code += text(v)
		}
	})
}

// changing are words in the name of a tool that says it changes something.
var changing = []string{"write", "edit", "create", "delete", "remove", "move", "rename", "save", "update", "append", "insert", "replace", "put", "upload", "copy", "patch", "apply", "set", "modify", "mkdir", "touch", "store", "add", "export", "download", "unlink", "push", "commit", "truncate", "trash"}

// looking are words in the name of a tool that says it changes nothing.
var looking = []string{"read", "get", "list", "search", "find", "view", "show", "look", "fetch", "describe", "info", "stat", "query", "check", "grep", "glob", "diagnostic", "symbol", "analy", "inspect", "load", "cat", "tree", "diff", "status", "log", "summar", "preview", "open"}

// running are words in the name of a tool, or of its server, that runs lines
// of a shell.
var running = []string{"shell", "bash", "terminal", "tmux", "exec", "command", "process", "subprocess", "cmd", "console"}

// coding are those of one that runs source text.
var coding = []string{"exec", "jupyter", "notebook", "python", "repl", "eval", "cell", "runcode", "run_code", "script", "sandbox", "interpreter"}

func hasAny(name string, list []string) bool {
	for _, w := range list {
		if strings.Contains(name, w) {
			return true
		}
	}
	return false
}

// A guess gathers what may be paths, hosts and lines among the arguments of a
// tool that is not known.
type guess struct {
	call  *Call
	runs  bool // lines
	codes bool // source text
	paths, named,
	hosts set
}

// stranger takes what may be paths, hosts and lines among the arguments of a
// tool that is not known.
func (c *Call) stranger(args []byte) {
	value, _ := unwrap(args)
	name := strings.ToLower(c.Name)
	own := name
	if c.MCPTool != "" {
		own = strings.ToLower(c.MCPTool)
	}
	writes := hasAny(name, changing) || own == "rm" || own == "mv" || own == "cp"
	c.Looks = !hasAny(own, changing) && hasAny(own, looking)
	g := guess{call: c, runs: hasAny(name, running), codes: hasAny(name, coding)}
	g.together(value)
	members(value, func(k, v []byte) { g.take(k, v, 0) })
	c.Hosts, c.Named = g.hosts.list, g.named.list
	if writes {
		c.MayWrite = g.paths.list
	} else {
		c.MayRead = g.paths.list
	}
	for _, p := range g.paths.list {
		if !c.Looks {
			c.Named = append(c.Named, p)
		}
	}
}

func (g *guess) take(key, v []byte, depth int) {
	if len(v) == 0 || depth > 4 {
		return
	}
	switch v[0] {
	case '{':
		g.together(v)
		members(v, func(k, v []byte) { g.take(k, v, depth+1) })
		return
	case '[':
		var room [32]byte
		if k := string(fold(room[:0], key)); g.runs && has("command cmd argv commandline", k) && g.call.Line == "" {
			g.call.Input += argvLine("", v)
			return
		}
		elements(v, func(v []byte) { g.take(key, v, depth+1) })
		return
	case '"':
	default:
		return
	}
	c, s := g.call, text(v)
	var room [32]byte
	k := string(fold(room[:0], key))
	switch {
	case strings.Contains(s, "://") && !strings.ContainsAny(s, " \n"):
		if p, ok := cutFold(s, "file://"); ok {
			g.paths.add(p)
		} else if h := urlHost(s, false); h != "" {
			g.hosts.add(h)
			g.hosts.add(otherHost(s))
		}
	case g.runs && (k == "command" || k == "cmd" || k == "commandline" || k == "script"):
		if c.Line == "" {
			c.Input += s
		}
	case g.codes && (k == "code" || k == "source" || k == "script" || k == "cell"):
		c.Code += s
	case (k == "sql" || k == "query" || k == "statement") && leavesDatabase(s):
		c.Code += s
	case has("command cmd commandline shellcommand script", k) && len(s) <= maxLine:
		c.MayRun = append(c.MayRun, s)
		g.named.add(s)
	case g.runs && has("input text keys chars stdin data", k) && hasAny(strings.ToLower(c.Name), typing):
		c.Input += s
	case has("function expression javascript js", k):
		for _, m := range Mentions(s) {
			g.mention(m)
		}
	case len(s) < 4096 && (strings.HasPrefix(s, "{") || strings.HasPrefix(s, "[")) && depth < 4 && !has("content contents body text message description prompt data value", k):
		g.take(key, []byte(strings.TrimSpace(s)), depth+1) // JSON within JSON
	case len(s) > 4096 || strings.Contains(s, "\n"):
	case (strings.Contains(k, "remote") || strings.Contains(k, "repo") || strings.Contains(k, "url")) && strings.Contains(s, "@") && scpHost(s) != "":
		g.hosts.add(scpHost(s))
	case (k == "image" || k == "imagename") && strings.Contains(s, "/") && hostLike(strings.SplitN(s, "/", 2)[0]):
		g.hosts.add(imageHost(s))
	case has("revision rev ref object treeish", k) && strings.Contains(s, ":"):
		_, p, _ := strings.Cut(s, ":")
		g.named.add(p)
	case has("url host hostname server domain address endpoint baseurl", k) && hostLike(strings.SplitN(s, "/", 2)[0]):
		g.hosts.add(hostPort(strings.SplitN(s, "/", 2)[0]))
	case strings.Contains(k, "path") || strings.Contains(k, "file") || strings.Contains(k, "uri") ||
		strings.HasSuffix(k, "dir") || strings.Contains(k, "directory") || k == "source" || k == "destination" || k == "target" ||
		strings.HasPrefix(s, "/") || strings.HasPrefix(s, "~/") || strings.HasPrefix(s, "./") || strings.HasPrefix(s, "../"):
		g.paths.add(s)
	case !strings.ContainsAny(s, " \t") && strings.ContainsAny(s, "./"):
		g.named.add(s)
	}
}

// typing are words in the name of a tool that types into a running program.
var typing = []string{"interact", "send", "write", "input", "type", "keys", "stdin", "paste"}

// mention takes a string in source text.
func (g *guess) mention(m string) {
	if h := urlHost(m, false); strings.Contains(m, "://") && h != "" {
		g.hosts.add(h)
	} else if strings.ContainsAny(m, "./") {
		g.named.add(m)
	}
}

// together takes an object that has a command and its arguments.
func (g *guess) together(v []byte) {
	command, args := "", []byte(nil)
	members(v, func(k, v []byte) {
		var room [32]byte
		switch string(fold(room[:0], k)) {
		case "command", "cmd", "program":
			command = text(v)
		case "args", "arguments", "argv":
			args = v
		}
	})
	if command != "" && len(args) > 0 && args[0] == '[' {
		g.call.MayRun = append(g.call.MayRun, argvLine(command, args))
	}
}

// argvLine returns the line of an argument vector.
func argvLine(command string, args []byte) string {
	var argv []string
	if command != "" {
		argv = append(argv, command)
	}
	elements(args, func(v []byte) { argv = append(argv, text(v)) })
	if len(argv) == 3 && shells[base(argv[0])] && strings.HasPrefix(argv[1], "-") && strings.HasSuffix(argv[1], "c") {
		return argv[2]
	}
	return strings.Join(quotedAll(argv), " ")
}

// listing are the search tools that look for names, not into files.
var listing = words(`glob ls list_dir list_directory file_search list_files listdirectory filesearch find_by_name find_path
	directory_tree list_directory_with_sizes list_allowed_directories copilot_findfiles copilot_listdirectory list finder`)
