package tool

import (
	"regexp"
	"strings"
	"sync"
)

// inlined are the interpreters and their options that take code.
var inlined = sync.OnceValue(func() map[string]string {
	return spread(map[string]string{
		"python python2 python3 pypy pypy3":                                "-c",
		"node nodejs bun deno tsx ts-node":                                 "-e --eval -p --print eval",
		"ruby perl lua luajit Rscript osascript groovy julia elixir scala": "-e -E --eval",
		"php":                       "-r",
		"pwsh powershell":           "-Command -c -EncodedCommand -e -enc",
		"awk gawk mawk nawk":        "",
		"sed gsed":                  "",
		"vim nvim vi ex ed emacs":   "-c --cmd --eval -e",
		"psql mysql sqlite3 duckdb": "",
		"nu xonsh elvish rc expect tclsh capsh guile": "-c --commands",
		"R":           "-e",
		"erl":         "-eval",
		"sbcl":        "--eval --load",
		"cmd cmd.exe": "/c /C /k",
		"jshell irb":  "-e",
		"ghc clojure": "-e",
	})
})

// code tells that a command is given source text: what that does is not
// known. The files and hosts that the text names are told as what it may
// touch.
func (c *command) code(words []word) {
	name := version(c.Program)
	opts, ok := inlined()[name]
	if !ok {
		if opts, ok = inlined()[c.Program]; !ok {
			return
		}
	}
	switch name {
	case "awk", "gawk", "mawk", "nawk":
		c.awk(words)
		return
	case "sed", "gsed":
		c.sed(words)
		return
	case "psql", "mysql", "sqlite3", "duckdb":
		for _, x := range words[1:] {
			c.sql(x.text)
		}
		c.sql(c.stdin)
		if c.input != nil {
			c.sql(c.input.text)
		}
		return
	}
	script := false
	for i := 1; i < len(words); i++ {
		x := words[i]
		t := x.text
		if name == "cmd" && strings.HasPrefix(t, "/") && !has(opts, t) {
			continue
		}
		if !strings.HasPrefix(t, "-") && !has(opts, t) {
			script = true
			break
		}
		if strings.HasPrefix(name, "python") && strings.HasPrefix(t, "-m") {
			script = true
			break
		}
		if k := strings.IndexAny(t, "eE"); has("perl ruby", name) && k > 1 && k+1 < len(t) && t[1] != '-' && strings.Trim(t[1:k], "pnlaiwWs0123456789") == "" {
			c.source(name, word{text: t[k+1:], known: x.known}) // -pe1
			for _, f := range words[i+1:] {
				c.mayUse(f.text, f.glob)
			}
			return
		}
		for _, o := range strings.Fields(opts) {
			switch {
			case t == o, len(o) == 2 && len(t) > 2 && t[1] != '-' && strings.HasSuffix(t, o[1:]) && has("perl ruby python python3 node nodejs", name):
				if i+1 < len(words) && name == "cmd" {
					c.source(name, join(words[i+1:]))
				} else if i+1 < len(words) {
					c.source(name, words[i+1])
					for _, f := range words[i+2:] { // what the code is given
						if !strings.HasPrefix(f.text, "-") {
							c.mayUse(f.text, f.glob)
						}
					}
				}
				return
			case len(o) == 2 && strings.HasPrefix(t, o) && len(t) > 2 && t[1] != '-' && !has("node nodejs bun deno", name):
				c.source(name, word{text: t[2:], known: x.known})
				return
			case strings.HasPrefix(o, "--") && strings.HasPrefix(t, o+"="):
				c.source(name, word{text: t[len(o)+1:], known: x.known})
				return
			}
		}
		if t == "-" {
			break
		}
	}
	if !script && (has("python node ruby perl php lua", strings.TrimRight(name, "23js")) || has("tclsh expect jshell R julia irb sbcl guile deno bun osascript Rscript", name)) {
		switch {
		case c.stdin != "":
			c.source(name, word{text: c.stdin, known: true})
		case c.piped || len(c.Reads) > 0:
			c.doubt(DoubtProgram)
		}
	}
}

// substitution is a script of perl or ruby that changes text and does nothing
// else.
var substitution = expression(`^\s*(?:(?:s|y|tr)([/|#,!])(?:[^/|#,!\\$@` + "`" + `]|\\.)*[/|#,!](?:[^/|#,!\\@` + "`" + `$]|\\.|\$\d)*[/|#,!][gimsx]*\s*;?\s*)+$`)

func (c *command) source(name string, x word) {
	if has("perl ruby", name) && substitution().MatchString(x.text) {
		return
	}
	c.doubt(DoubtProgram)
	c.spawns(x.text)
	switch {
	case has("pwsh powershell cmd", name): // much of which reads as a line here, too
		c.runs(x.text)
	case has("vim nvim vi ex", name):
		line := strings.TrimLeft(strings.TrimPrefix(x.text, "silent "), ": ")
		verb, f, _ := strings.Cut(line, " ")
		if rest, ok := strings.CutPrefix(line, "!"); ok {
			c.runs(rest)
		} else if has("r read w write e edit sp vs tabe", strings.TrimRight(verb, "!")) {
			c.mayRead(word{text: f})
			c.mayWrite(word{text: f})
		}
	}
	for _, m := range Mentions(x.text) {
		if strings.Contains(m, "://") {
			if h := urlHost(m, false); h != "" && !strings.ContainsAny(h, "{}$%<> ") {
				c.host(h, true)
			}
			continue
		}
		c.mayRead(word{text: m})
		c.mayWrite(word{text: m})
	}
}

// spawns notes the lines that source text gives to what starts programs.
func (c *command) spawns(code string) {
	for _, m := range spawning().FindAllStringSubmatch(code, 16) {
		var argv []string
		for _, s := range literal().FindAllStringSubmatch(m[1], 64) {
			argv = append(argv, s[1]+s[2]+s[3])
		}
		if len(argv) == 1 {
			c.runs(argv[0])
		} else {
			c.runs(strings.Join(quotedAll(argv), " "))
		}
	}
}

// expression compiles a regular expression when it is first asked for.
func expression(re string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(re) })
}

// spawning are calls that start programs in the languages of interpreters, with
// the strings that they are given.
var spawning = expression("\\b(?:system|[pP]open2?|exec\\w*|spawn\\w*|shell_exec|passthru|proc_open|check_output|check_call|getoutput|getstatusoutput|run|call|shell-command|script|execute)\\b[ \t]*[(]?[ \t]*[\\[(]?[ \t]*" +
	"((?:\"[^\"\n]*\"|'[^'\n]*'|`[^`\n]*`)(?:[ \t]*,[ \t]*(?:\"[^\"\n]*\"|'[^'\n]*'))*)")

// literal is a string in the source of a programming language.
var literal = expression("\"((?:[^\"\\\\\n]|\\\\.)*)\"|'((?:[^'\\\\\n]|\\\\.)*)'|`([^`\n]*)`")

// maxMentions limits what is taken out of one source text.
const maxMentions = 200

// Mentions returns the strings in a source text that may be the names of files
// or URLs.
func Mentions(code string) []string {
	var out set
	for _, m := range literal().FindAllStringSubmatch(code, -1) {
		s := m[1] + m[2] + m[3]
		if s == "" || len(s) > 4096 {
			continue
		}
		if !strings.ContainsAny(s, " \t") {
			out.add(s)
			continue
		}
		// A line for a shell, or text. Each word may be a path.
		for _, f := range strings.Fields(s) {
			if f = strings.Trim(f, "\"'`,;()"); strings.ContainsAny(f, "./~") {
				out.add(f)
			}
		}
		if len(out.list) > maxMentions {
			break
		}
	}
	return out.list
}

// sql tells of statements that leave the database.
func (c *command) sql(text string) {
	low := strings.ToLower(text)
	if strings.Contains(low, ".shell") || strings.Contains(low, ".system") || strings.Contains(low, "\\!") || strings.Contains(low, "load_extension") ||
		strings.Contains(low, "from program") || strings.Contains(low, "to program") {
		c.doubt(DoubtProgram)
	}
	if f, ok := strings.CutPrefix(strings.TrimSpace(low), "source "); ok || strings.Contains(low, "\\. ") {
		c.mayRead(word{text: strings.Trim(f, " ;")})
		c.doubt(DoubtProgram)
	}
	for _, k := range databaseFiles {
		if strings.Contains(low, k) {
			c.source("sql", word{text: text, known: true})
			for _, f := range strings.Fields(text) {
				c.mayRead(word{text: strings.Trim(f, "'\";")})
				c.mayWrite(word{text: strings.Trim(f, "'\";")})
			}
			return
		}
	}
}

// databaseFiles are what statements have that name files of the machine.
var databaseFiles = []string{".read", ".output", ".backup ", ".once", ".import", "readfile(", "read_text(", "read_csv(", "read_json(", "read_parquet(", "writefile(", "load_file(", "pg_read_file(", "pg_read_binary_file(", "pg_ls_dir(", "outfile", "dumpfile", "infile", "lo_import(", "lo_export(", "\\i ", "\\o ", "\\copy"}

// leavesDatabase reports whether a statement does something outside of the
// database.
func leavesDatabase(text string) bool {
	low := strings.ToLower(text)
	for _, k := range append([]string{"from program", "to program", "load_extension", "xp_cmdshell", "dblink"}, databaseFiles[5:]...) {
		if strings.Contains(low, k) {
			return true
		}
	}
	return false
}
