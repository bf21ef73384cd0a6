package policy

import (
	"path"
	"strings"

	"agenttrace/lib/tool"
)

// Words is a command pattern: a prefix of the words of a command. A word may
// have * and ?.
type Words struct {
	Text  string
	words []string
}

func parseWords(text string) (Words, string) {
	w := Words{text, strings.Fields(text)}
	if n := len(w.words); n > 1 && w.words[n-1] == "*" {
		w.words = w.words[:n-1] // pytest * is pytest, too
	}
	if len(w.words) == 0 {
		return w, "is empty"
	}
	for _, x := range w.words {
		if _, err := path.Match(x, ""); err != nil && strings.Contains(x, "*") {
			return w, "is not a pattern"
		}
	}
	return w, ""
}

// wordMatch reports whether a word is one that a word of a pattern means.
func wordMatch(pattern, word string) bool {
	if pattern == word {
		return true
	}
	if !strings.ContainsAny(pattern, "*?") {
		return false
	}
	// Words may hold slashes, which * of path.Match does not cross.
	ok, _ := path.Match(strings.ReplaceAll(pattern, "/", "\x01"), strings.ReplaceAll(word, "/", "\x01"))
	return ok
}

// covers reports whether the pattern is a prefix of words, of which the first
// names a program.
func (w *Words) covers(words []string, ctx *Context) bool {
	if len(words) < len(w.words) || !programMatch(w.words[0], words[0], ctx) {
		return false
	}
	for i, x := range w.words[1:] {
		if !wordMatch(x, words[i+1]) {
			return false
		}
	}
	return true
}

// programMatch reports whether a program is the one that an allow list names.
func programMatch(pattern, program string, ctx *Context) bool {
	if ctx.Fold {
		pattern, program = strings.ToLower(pattern), strings.ToLower(program)
	}
	if strings.Contains(pattern, "/") {
		return wordMatch(pattern, program) || path.Clean(pattern) == path.Clean(program)
	}
	if !strings.Contains(program, "/") && wordMatch(pattern, program) {
		return true // also with what base takes off: x.exe is x.exe
	}
	return wordMatch(pattern, base(program)) && (!strings.Contains(program, "/") || !temporary(program, ctx))
}

// temporary reports whether a program lies where anything may lie.
func temporary(program string, ctx *Context) bool {
	at := ctx.place(ctx.join("", program))
	if at.inside {
		return false
	}
	for _, d := range []string{"tmp/", "var/tmp/", "dev/shm/", "private/tmp/", "proc/"} {
		if strings.HasPrefix(at.abs, d) {
			return true
		}
	}
	return false
}

func base(p string) string {
	if i := strings.LastIndexAny(p, `/\`); i >= 0 {
		p = p[i+1:]
	}
	return strings.TrimSuffix(p, ".exe")
}

// plainName is a program without its version: python3.11 is python.
func plainName(p string) string {
	if t := strings.TrimRight(p, "0123456789."); t != "" {
		return t
	}
	return p
}

// denies reports whether the pattern of a deny list means the words of a
// command.
func (w *Words) denies(words []string) bool {
	if len(words) == 0 {
		return false
	}
	pat, prog := strings.ToLower(base(w.words[0])), strings.ToLower(base(words[0]))
	if own, ok := sameAs[prog]; ok && !wordMatch(pat, prog) {
		prog = own
	}
	if !wordMatch(pat, prog) && !wordMatch(pat, plainName(prog)) && !(plainName(pat) == pat && pat == plainName(prog)) {
		return false
	}
	rest := w.words[1:]
	if len(rest) == 0 {
		return true
	}
	for _, said := range otherwise(prog, words) {
		if w.means(prog, said) {
			return true
		}
	}
	return false
}

// means reports whether the words after the program of a pattern are those of a
// command.
func (w *Words) means(prog string, words []string) bool {
	rest := w.words[1:]
	if len(words)-1 >= len(rest) {
		all := true
		for i, x := range rest {
			all = all && (wordMatch(x, words[i+1]) || i == 0 && verb(prog, x) == verb(prog, words[i+1]))
		}
		if all {
			return true
		}
	}
	for _, ops := range operands(prog, words[1:]) {
		if inOrder(rest, ops, words[1:], prog) {
			return true
		}
		for i := 1; goals[prog] && i < len(ops); i++ {
			if inOrder(rest, ops[i:], words[1:], prog) {
				return true
			}
		}
	}
	return false
}

// valued are options before a subcommand that take a value.
var valued = map[string]string{
	"git":       " -C -c --git-dir --work-tree --namespace --exec-path ",
	"docker":    " -H --host -c --context --config -l --log-level ",
	"podman":    " --url --connection --log-level ",
	"kubectl":   " -n --namespace --context --kubeconfig --cluster --user -s --server ",
	"helm":      " -n --namespace --kube-context --kubeconfig ",
	"npm":       " --prefix -C --registry -w --workspace ",
	"pnpm":      " -C --dir --filter -F ",
	"yarn":      " --cwd ",
	"go":        " -C ",
	"cargo":     " --manifest-path -Z --config --color ",
	"make":      " -C -f -j -l -o ",
	"aws":       " --region --profile --output --endpoint-url ",
	"gcloud":    " --project --account --configuration --format ",
	"terraform": " ",
	"systemctl": " -H -M --host --machine -t --type ",
	"gh":        " -R --repo ",
	"uv":        " --directory --project --cache-dir --config-file --python -p ",
	"pip":       " --python --proxy --log --cache-dir ",
}

// operands returns the words that are not options. Of a program whose options
// are not known, an option may or may not take the word after it: both are
// returned.
func operands(prog string, words []string) [][]string {
	known, ok := valued[prog]
	if !ok {
		known, ok = valued[plainName(prog)]
	}
	var plain, skipping []string
	for i := 0; i < len(words); i++ {
		x := words[i]
		if x == "--" {
			plain = append(plain, words[i+1:]...)
			break
		}
		if len(x) > 1 && x[0] == '-' {
			if ok && len(plain) == 0 && strings.Contains(known, " "+x+" ") {
				i++
			}
			continue
		}
		if strings.HasPrefix(x, "+") && prog == "cargo" {
			continue
		}
		plain = append(plain, x)
	}
	for i := 0; i < len(words); i++ {
		x := words[i]
		if len(x) > 1 && x[0] == '-' && x != "--" {
			if !strings.Contains(x, "=") && !(ok && len(skipping) > 0) {
				i++
			}
			continue
		}
		skipping = append(skipping, x)
	}
	return [][]string{plain, skipping}
}

// longs are the long names of short options, for the programs in which they
// mean that.
var longs = map[string]map[byte]string{
	"rm":    {'r': "--recursive", 'R': "--recursive", 'f': "--force", 'd': "--dir", 'v': "--verbose"},
	"cp":    {'r': "--recursive", 'R': "--recursive", 'f': "--force", 'a': "--archive"},
	"mv":    {'f': "--force"},
	"ln":    {'f': "--force", 's': "--symbolic"},
	"chmod": {'R': "--recursive"},
	"chown": {'R': "--recursive"},
	"git":   {'f': "--force", 'd': "--delete", 'a': "--all", 'n': "--no-verify"},
	"curl":  {'T': "--upload-file", 'd': "--data", 'F': "--form", 'k': "--insecure"},
	"sed":   {'i': "--in-place"},
	"npm":   {'g': "--global"},
}

// inOrder reports whether the words of a pattern after its program are all
// there: operands at the start, in order, options anywhere.
func inOrder(pattern, ops, words []string, prog string) bool {
	n := 0
	for _, x := range pattern {
		if len(x) > 1 && x[0] == '-' && x != "--" {
			if !hasOption(x, words, prog) {
				return false
			}
			continue
		}
		if n >= len(ops) || !wordMatch(x, ops[n]) && (n > 0 || verb(prog, x) != verb(prog, ops[n])) {
			return false
		}
		n++
	}
	return true
}

func hasOption(opt string, words []string, prog string) bool {
	if strings.HasPrefix(opt, "--") {
		for _, w := range words {
			name, _, _ := strings.Cut(w, "=")
			if w == opt || name == opt {
				return true
			}
			if len(w) > 1 && w[0] == '-' && w[1] != '-' {
				for k := 1; k < len(w); k++ {
					if longs[prog][w[k]] == opt {
						return true
					}
				}
			}
		}
		return false
	}
	// Of -rf, each letter.
	for k := 1; k < len(opt); k++ {
		if !hasLetter(opt[k], words, prog) {
			return false
		}
	}
	return true
}

func hasLetter(c byte, words []string, prog string) bool {
	long := longs[prog][c]
	for _, w := range words {
		switch {
		case len(w) < 2 || w[0] != '-':
		case w[1] == '-':
			if name, _, _ := strings.Cut(w, "="); long != "" && len(name) > 3 && strings.HasPrefix(long, name) {
				return true // long options may be cut short
			}
		default:
			for k := 1; k < len(w); k++ {
				if w[k] == c || long != "" && longs[prog][w[k]] == long {
					return true
				}
			}
		}
	}
	return false
}

// runners are programs that run others, in the environment of a project: to
// allow one is to allow what it runs.
var runners = map[string]bool{
	"uv": true, "uvx": true, "npx": true, "bunx": true, "pnpx": true, "npm": true, "pnpm": true, "yarn": true, "bun": true, "pipx": true,
	"poetry": true, "pipenv": true, "pdm": true, "rye": true, "hatch": true, "pixi": true, "conda": true, "mamba": true, "bundle": true,
	"mise": true, "asdf": true, "direnv": true, "dotenv": true, "dotenvx": true, "nix": true, "nix-shell": true, "devbox": true,
	"rustup": true, "corepack": true, "opam": true, "docker": true, "docker-compose": true, "podman": true, "kubectl": true, "ssh": true, "vagrant": true,
}

// layers returns the words of a command and of what starts it, outermost
// first. python -m x counts as x, too.
func layers(c *tool.Command) [][]string {
	out := c.Layers
	if n := len(out); n > 0 {
		own := out[n-1]
		if len(own) > 2 && own[1] == "-m" && strings.HasPrefix(plainName(base(own[0])), "py") {
			out = append(out[:n:n], own[2:])
		}
	}
	return out
}

func fields(s string) []string { return strings.Fields(s) }
