package tool

import (
	"slices"
	"strings"
	"sync"
)

// lineOptions are the options of programs whose value is a line that they run,
// mostly beside what they are for: a pager, what is to be done before and after.
var lineOptions = sync.OnceValue(func() map[string]string {
	return spread(map[string]string{
		"man":                   "-P --pager -H --html",
		"hyperfine":             "-p --prepare -s --setup -c --cleanup --conclude",
		"zip":                   "-TT --unzip-command",
		"rsync":                 "--rsync-path",
		"ansible ansible-pull":  "-a --args",
		"apt apt-get aptitude":  "-o --option",
		"gdb lldb":              "-ex -iex -eval-command --eval-command -o --one-line",
		"start-server-and-test": "",
		"salt salt-call":        "",
		"inotify-hookable":      "-c",
		"fswatch reflex":        "-c",
		"pv socat":              "",
		"kubectl":               "--editor",
		"bat delta":             "--pager",
		"gh":                    "--editor",
		"fzf sk":                "--preview --bind",
		"npm pnpm yarn":         "--node-options --script-shell",
	})
})

// runs notes a line that a command is given to run, where how it does is not
// known.
func (c *command) runs(line string) {
	if line = strings.TrimSpace(line); line != "" && !slices.Contains(c.MayRun, line) && len(c.MayRun) < maxVars {
		c.MayRun = append(c.MayRun, line)
	}
}

// execs are the options whose value is run, in most programs that have them.
const execs = "-e -x -c --exec --command --cmd --run --execute --shell-command --on-change --before --after"

// typedKeys are words that tmux sends as keys, not as text.
const typedKeys = "Enter C-m C-j KPEnter Space Escape Tab"

// mayRun notes the lines that a program may run which it is given among its
// words, where that is not sure enough to be told as commands: they matter if
// they are denied.
func (c *command) mayRun(words []word) {
	add := func(line string) {
		line = strings.TrimSpace(line)
		for _, p := range []string{"shell ", "!", "platform shell "} { // of a debugger
			if rest, ok := strings.CutPrefix(line, p); ok && has("gdb lldb", c.Program) {
				line = rest
			}
		}
		if _, val, ok := strings.Cut(line, "::="); ok && strings.HasPrefix(c.Program, "apt") {
			line = val
		}
		if strings.ContainsAny(line, " \t") && !slices.Contains(c.MayRun, line) || c.Program == "man" && line != "" {
			c.MayRun = append(c.MayRun, line)
		}
	}
	opts, listed := lineOptions()[c.Program]
	if _, known := programs()[c.Program]; !listed && !known && !shells[c.Program] {
		opts = execs
	}
	for i := 1; i < len(words); i++ {
		opt, val, joined := option(words[i].text)
		switch {
		case c.Program == "man" && strings.HasPrefix(words[i].text, "-H"):
			add(words[i].text[2:])
		case strings.HasPrefix(words[i].text, "scripts.") && has("npm pnpm yarn bun", c.Program):
			if _, line, ok := strings.Cut(words[i].text, "="); ok {
				c.MayRun = append(c.MayRun, line)
			}
		case words[i].text == "set-script" && i+2 < len(words) && has("npm pnpm", c.Program):
			c.MayRun = append(c.MayRun, words[i+2].text)
		case has(opts, opt) && joined:
			add(val)
		case has(opts, opt) && i+1 < len(words):
			i++
			add(words[i].text)
		case c.Program == "cargo" && opt == "--config" && i+1 < len(words):
			if i++; strings.Contains(words[i].text, "wrapper") || strings.Contains(words[i].text, "linker") || strings.Contains(words[i].text, "runner") {
				_, val, _ := strings.Cut(words[i].text, "=")
				add(strings.Trim(val, "\"' ") + " x")
			}
		case words[i].text == "--" && !listed && opts != "" && i+2 < len(words):
			add(quoted(words[i+1:]))
			return
		case words[i].text == "--args" && c.Program == "gdb" && i+1 < len(words):
			add(quoted(words[i+1:]))
			return
		case has("start-server-and-test salt salt-call", c.Program):
			add(words[i].text)
		}
	}
	switch {
	case c.Program == "tmux" && has("send-keys send", subcommand(words, "-L -S -f")):
		c.MayRun = append(c.MayRun, keys(words[2:], "-t -N -c"))
	case c.Program == "tmux" && has("source-file source", subcommand(words, "-L -S -f")):
		c.doubt(DoubtProgram)
	case c.Program == "screen":
		for i, x := range words[:len(words)-1] {
			if x.text == "stuff" {
				c.MayRun = append(c.MayRun, strings.NewReplacer(`\n`, "\n", `\015`, "\n", "^M", "\n").Replace(words[i+1].text))
			}
		}
	}
}

// keys returns the text that keys type.
func keys(words []word, values string) string {
	var b strings.Builder
	for i := 0; i < len(words); i++ {
		switch x := words[i].text; {
		case has(values, x):
			i++
		case len(x) > 1 && x[0] == '-':
		case has(typedKeys, x):
			b.WriteString(map[bool]string{true: " ", false: "\n"}[x == "Space"])
		default:
			b.WriteString(x)
		}
	}
	return b.String()
}

// compilers are variables that name a program which builds run, by themselves
// or before another one.
var compilers = words("CC CXX LD AR RUSTC RUSTC_WRAPPER RUSTC_WORKSPACE_WRAPPER CARGO_BUILD_RUSTC_WRAPPER CMAKE_C_COMPILER_LAUNCHER CMAKE_CXX_COMPILER_LAUNCHER BROWSER KUBE_EDITOR SUDO_EDITOR SVN_EDITOR FCEDIT MAKE SHELL")
