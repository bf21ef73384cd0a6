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
var changing = []string{"write", "edit", "create", "delete", "remove", "move", "rename", "save", "update", "append", "insert", "replace", "put", "upload", "copy", "patch", "apply", "set", "modify", "mkdir", "touch", "store", "add", "export", "download"}

// running are words in the name of a tool, or of its server, that runs lines
// of a shell.
var running = []string{"shell", "bash", "terminal", "exec", "command", "process", "subprocess", "cmd", "console"}

// stranger takes what may be paths, hosts and lines among the arguments of a
// tool that is not known.
func (c *Call) stranger(args []byte) {
	value, _ := unwrap(args)
	name := strings.ToLower(c.Name)
	writes := false
	for _, w := range changing {
		writes = writes || strings.Contains(name, w)
	}
	runs := false
	for _, w := range running {
		runs = runs || strings.Contains(name, w)
	}
	var paths, hosts set
	var take func(key, v []byte, depth int)
	take = func(key, v []byte, depth int) {
		if len(v) == 0 || depth > 4 {
			return
		}
		switch v[0] {
		case '{':
			members(v, func(k, v []byte) { take(k, v, depth+1) })
			return
		case '[':
			elements(v, func(v []byte) { take(key, v, depth+1) })
			return
		case '"':
		default:
			return
		}
		s := text(v)
		var room [32]byte
		k := string(fold(room[:0], key))
		switch {
		case strings.Contains(s, "://") && !strings.ContainsAny(s, " \n"):
			if p, ok := cutFold(s, "file://"); ok {
				paths.add(p)
			} else if h := urlHost(s, false); h != "" {
				hosts.add(h)
			}
		case runs && (k == "command" || k == "cmd" || k == "commandline" || k == "script"):
			if c.Line == "" {
				c.Input += s
			}
		case len(s) > 4096 || strings.Contains(s, "\n"):
		case strings.Contains(k, "path") || strings.Contains(k, "file") || strings.Contains(k, "uri") ||
			strings.HasSuffix(k, "dir") || strings.Contains(k, "directory") || k == "source" || k == "destination" || k == "target" ||
			strings.HasPrefix(s, "/") || strings.HasPrefix(s, "~/") || strings.HasPrefix(s, "./") || strings.HasPrefix(s, "../"):
			paths.add(s)
		}
	}
	members(value, func(k, v []byte) { take(k, v, 0) })
	c.Hosts = hosts.list
	if writes {
		c.MayWrite = paths.list
	} else {
		c.MayRead = paths.list
	}
}

// listing are the search tools that look for names, not into files.
var listing = words(`glob ls list_dir list_directory file_search list_files listdirectory filesearch find_by_name find_path
	directory_tree list_directory_with_sizes list_allowed_directories copilot_findfiles copilot_listdirectory list finder`)
