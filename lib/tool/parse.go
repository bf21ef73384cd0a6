package tool

import "strings"

// Parse tells what a call means. args is the JSON of its arguments: an object,
// or a string that holds an object or a patch; see the package comment. It
// never fails: what is not understood is not told.
func Parse(name string, args []byte) Call {
	c := Call{Name: name}
	t, known := lookup(name)
	if server, tool, ok := splitMCP(name); !known && ok {
		c.Server, c.MCPTool = server, tool
		if t, known = lookup(tool); vague[strings.ToLower(tool)] || t.use == viaMCP {
			t, known = spec{}, false
		}
		t.kind = MCP
	}
	c.Kind = t.kind
	if !known {
		c.stranger(args)
	}
	if t.use == nothing && t.kind != MCP {
		if known && t.kind == Shell {
			c.typed(args)
			if has("runtests run_tests run_task create_and_run_task run_notebook_cell", strings.ToLower(name)) {
				c.stranger(args)
			}
		}
		return c
	}
	c.arguments(t, args, 0)
	if t.kind == MCP && known && len(c.Reads)+len(c.Writes)+len(c.Searches)+len(c.Hosts) == 0 && c.Line == "" && t.use != viaMCP {
		c.stranger(args) // what it takes has other names there
	}
	return c
}

// found is what one pass over the arguments gathers.
type found struct {
	paths   set
	sources set // of paths, those that are only read by a copy
	urls    []string
	prose   string // a text that may name URLs
	pattern string // what is searched for
	query   string // the same, of a search for names in words
	filters set    // which files are searched
	dir     string // where a line is to run
	command []byte // the value of command, cmd …
	lines   []byte // the value of commands: lines, not an argument vector
	argv    []byte // the value of args
	mode    string // the command of an editor
	patch   []string
	server  string
	tool    string
	nested  []byte
}

func (c *Call) arguments(t spec, args []byte, depth int) {
	value, txt := unwrap(args)
	var f found
	switch {
	case txt != "" && t.use == patches:
		f.patch = append(f.patch, txt)
	case txt != "" && t.use == runs:
		c.Line = txt
	case len(value) > 0 && value[0] == '[' && t.use == runs:
		f.command = value
	default:
		members(value, func(k, v []byte) { f.member(t, k, v) })
	}
	switch t.use {
	case reads:
		c.Reads = f.paths.list
		if strings.EqualFold(c.Name, "read_many_files") {
			for _, p := range c.Reads {
				if strings.ContainsAny(p, "*?[{") {
					c.Globs = append(c.Globs, p)
				}
			}
		}
	case writes:
		c.Writes = f.paths.list
	case searches:
		c.Searches, c.Pattern = f.paths.list, f.pattern
		defer func() {
			if !c.Listing {
				c.Filters = f.filters.list
			}
		}()
		called := c.MCPTool
		if called == "" {
			called = c.Name
		}
		c.Listing = listing[strings.ToLower(called)]
		if c.Listing && c.Pattern == "" {
			c.Pattern = f.query
		}
	case copies:
		c.Reads, c.Writes = f.sources.list, f.paths.list
	case patches:
		for _, p := range f.patch {
			patchPaths(p, &f.paths)
		}
		c.Writes = f.paths.list
	case byCommand:
		// Whatever is not known to look only may write.
		if f.mode == "view" || f.mode == "read" {
			c.Reads = f.paths.list
			if c.Kind == Edit {
				c.Kind = Read
			}
		} else {
			c.Writes = f.paths.list
		}
	case runs:
		c.shell(&f)
	case fetches, downloads:
		c.Hosts = webHosts(&f)
		for _, u := range f.urls {
			if p, ok := cutFold(strings.TrimSpace(u), "file://"); ok {
				c.Reads = append(c.Reads, p)
			}
		}
		if t.use == downloads {
			c.Writes = f.paths.list
		}
	case viaMCP:
		c.Server, c.MCPTool = f.server, f.tool
		inner, _ := lookup(f.tool)
		if depth == 0 && inner.use != viaMCP && !vague[strings.ToLower(f.tool)] {
			inner.kind = MCP
			c.arguments(inner, f.nested, depth+1)
		}
	case nothing:
		if c.Server == "" {
			c.Server = f.server
		}
		for _, u := range f.urls { // of a resource
			if p, ok := cutFold(strings.TrimSpace(u), "file://"); ok {
				c.Reads = append(c.Reads, p)
			} else if h := urlHost(u, false); strings.HasPrefix(strings.ToLower(u), "http") && h != "" {
				c.Hosts = append(c.Hosts, h)
			}
		}
	}
}

func (f *found) member(t spec, key, value []byte) {
	var room [32]byte
	k := fold(room[:0], key)
	switch t.use {
	case runs:
		switch string(k) {
		case "command", "cmd", "commandline", "script":
			f.command = value // of a key that is there twice, agents take the last
		case "commands":
			f.lines = value
		case "args":
			f.argv = value
		case "action": // of a call as the API has it
			members(value, func(k, v []byte) { f.member(t, k, v) })
		case "input":
			if len(f.command) == 0 {
				f.command = value
			}
		case "workdir", "cwd", "directory", "dirpath", "workingdirectory", "workingdir":
			f.dir = text(value)
		}
		return
	case viaMCP, nothing:
		switch string(k) {
		case "server", "servername":
			f.server = text(value)
		case "toolname", "tool":
			f.tool = text(value)
		case "arguments":
			f.nested = value
		case "uri", "url":
			f.strings(value, &f.urls)
		}
		return
	case patches:
		switch string(k) {
		case "input", "patch", "patchtext", "command", "diff", "content":
			f.strings(value, &f.patch)
		case "changes":
			f.changes(value)
		case "operation":
			members(value, func(k, v []byte) {
				if string(k) == "path" || string(k) == "move_path" {
					f.addPaths(v)
				}
			})
		}
	case byCommand:
		if string(k) == "command" {
			f.mode = text(value)
		}
	case searches:
		switch string(k) {
		case "query":
			if q := text(value); f.pattern == "" && strings.ContainsAny(q, "*/") && !strings.ContainsAny(q, " \t\n") {
				f.query = q
			}
		case "pattern", "globpattern", "glob", "namepattern":
			if f.pattern == "" || string(k) == "pattern" {
				f.pattern = text(value)
			}
		}
		switch string(k) {
		case "glob", "include", "includepattern", "includeglob", "filepattern", "fileglob", "filefilter":
			var list []string
			f.strings(value, &list)
			for _, x := range list {
				f.filters.add(x)
			}
			return
		}
	case fetches, downloads:
		switch string(k) {
		case "url", "urls", "uri", "href", "link":
			f.strings(value, &f.urls)
		case "prompt":
			f.prose = text(value)
		}
		if t.use == fetches {
			return
		}
	}
	switch string(k) {
	case "filepath", "path", "absolutepath", "notebookpath", "targetfile", "filename", "file", "uri",
		"dirpath", "directorypath", "directory", "searchpath", "searchdirectory", "targetdirectory",
		"targetdirectories", "relativeworkspacepath", "targetnotebook", "paths", "filepaths", "include",
		"destination", "destinationpath", "newpath", "oldpath":
		f.addPaths(value)
	case "args":
		if t.use == reads { // <file><path>a</path></file>
			for rest := text(value); ; {
				_, after, ok := strings.Cut(rest, "<path>")
				if !ok {
					break
				}
				p, more, _ := strings.Cut(after, "</path>")
				f.paths.add(strings.TrimSpace(p))
				rest = more
			}
		}
	case "source", "sourcepath":
		if t.use == copies {
			f.sources.add(text(value))
		} else {
			f.addPaths(value)
		}
	case "files", "replacements", "operations", "edits":
		// Several files, as names or as objects with a name and more.
		elements(value, func(v []byte) {
			if v[0] == '"' {
				f.paths.add(text(v))
			} else {
				members(v, func(k, v []byte) {
					switch string(fold(room[:0], k)) {
					case "path", "filepath", "file":
						f.addPaths(v)
					}
				})
			}
		})
	}
}

func (f *found) addPaths(value []byte) {
	if len(value) > 0 && value[0] == '[' {
		elements(value, func(v []byte) { f.paths.add(text(v)) })
		return
	}
	p := text(value)
	f.paths.add(p)
	f.paths.add(strings.TrimSpace(p)) // some tools take the blanks off
}

// changes adds the files of a change that was made: the keys of an object, with
// where each was moved to, or a list of objects with a path.
func (f *found) changes(value []byte) {
	paths := func(change []byte) {
		members(change, func(k, v []byte) {
			switch string(k) {
			case "path", "move_path":
				f.paths.add(text(v))
			}
		})
	}
	elements(value, paths)
	members(value, func(k, v []byte) {
		f.paths.add(string(k))
		paths(v)
	})
}

func (f *found) strings(value []byte, into *[]string) {
	if len(value) > 0 && value[0] == '[' {
		elements(value, func(v []byte) { f.strings(v, into) })
		return
	}
	if s := text(value); s != "" {
		*into = append(*into, s)
	}
}

// shell sets the line of a call. An argument vector is a line too: its words
// quoted, or what a shell in it is told to run.
func (c *Call) shell(f *found) {
	c.Dir = f.dir
	if len(f.command) == 0 {
		if len(f.lines) > 0 {
			c.Line = linesOf(f.lines)
		}
		return
	}
	var argv []string
	if f.command[0] == '"' {
		line := text(f.command)
		elements(f.argv, func(v []byte) { argv = append(argv, text(v)) })
		if len(argv) == 0 {
			c.Line = line
			return
		}
		argv = append([]string{line}, argv...)
	} else {
		elements(f.command, func(v []byte) { argv = append(argv, text(v)) })
	}
	if len(argv) == 3 && shells[base(argv[0])] && strings.HasPrefix(argv[1], "-") && strings.HasSuffix(argv[1], "c") {
		c.Line = argv[2]
		return
	}
	if len(argv) > 1 && base(argv[0]) == "apply_patch" {
		var paths set
		for _, a := range argv[1:] {
			patchPaths(a, &paths)
		}
		c.Writes = paths.list
	}
	for i, a := range argv {
		argv[i] = quote(a)
	}
	c.Line = strings.Join(argv, " ")
}

// linesOf returns several commands, each a line or an object with command and
// args, as the lines of a script.
func linesOf(value []byte) string {
	list, line := unwrap(value)
	if len(list) == 0 || list[0] != '[' {
		return line
	}
	var lines []string
	elements(list, func(v []byte) {
		if line := text(v); line != "" {
			lines = append(lines, line)
			return
		}
		var one found
		members(v, func(k, v []byte) { one.member(spec{Shell, runs}, k, v) })
		var c Call
		if c.shell(&one); c.Line != "" {
			lines = append(lines, c.Line)
		}
	})
	return strings.Join(lines, "\n")
}

// fold returns the key in lower case and without underscores and hyphens, cut
// at the room there is: longer keys are of no interest.
func fold(room, key []byte) []byte {
	for _, c := range key {
		if len(room) == cap(room) {
			break
		}
		switch {
		case c == '_' || c == '-':
		case 'A' <= c && c <= 'Z':
			room = append(room, c+'a'-'A')
		default:
			room = append(room, c)
		}
	}
	return room
}

// A set is a list without repetitions, in order.
type set struct {
	list []string
	seen map[string]bool // once it is long
}

func (s *set) add(x string) {
	if x == "" {
		return
	}
	if s.seen == nil {
		for _, y := range s.list {
			if x == y {
				return
			}
		}
		if len(s.list) >= 16 {
			s.seen = map[string]bool{}
			for _, y := range s.list {
				s.seen[y] = true
			}
		}
	}
	if s.seen != nil {
		if s.seen[x] {
			return
		}
		s.seen[x] = true
	}
	s.list = append(s.list, x)
}
