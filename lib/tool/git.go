package tool

import (
	"slices"
	"strings"
)

// git tells the files and hosts of a git command. Commands that bring the
// tracked files of another commit (checkout of a branch, merge, pull, reset,
// stash) are not told as writing: which files they are is not known, and their
// contents are known to git.
func (c *command) git(words []word) {
	i := 1
	for i < len(words) && strings.HasPrefix(words[i].text, "-") {
		x := words[i]
		opt, val, joined := option(x.text)
		takes := has("-C -c --git-dir --work-tree --namespace --exec-path --config-env --super-prefix", opt)
		if takes && !joined && i+1 < len(words) && !(opt == "--exec-path") {
			i++
			val = words[i].text
			x = words[i]
		}
		switch opt {
		case "-C":
			c.place = below(c.place, val)
			if !x.known {
				c.Doubt |= DoubtDir
			}
		case "--work-tree":
			c.place = below(c.place, val)
		case "--git-dir":
			if val != ".git" && val != "./.git" { // of another repository
				c.reads(word{text: val, known: x.known})
			}
		case "-c":
			c.urlsIn(word{text: val, known: x.known})
			c.instead(val)
			if _, f, ok := strings.Cut(val, "="); ok && strings.ContainsAny(f, "./") {
				c.mayRead(word{text: f})
			}
			if codeSetting(val) || !x.known {
				c.doubt(DoubtProgram)
				key, line, _ := strings.Cut(val, "=")
				c.runs(settingLine(key, line))
			}
		case "--exec-path", "--config-env":
			if joined || opt != "--exec-path" {
				c.doubt(DoubtProgram)
			}
		}
		i++
	}
	if i >= len(words) {
		return
	}
	g := gitCall{command: c, sub: words[i].text}
	if !words[i].known {
		c.doubt(DoubtProgram)
	}
	g.split(words[i+1:])
	if len(g.flags) == 1 && g.flags[0].text == "--help" {
		return
	}
	if has("status log diff show shortlog whatchanged ls-files ls-tree branch describe rev-list reflog stash", g.sub) {
		c.elsewhere()
	}
	g.files()
	g.contacts()
}

// A gitCall is a git command taken apart.
type gitCall struct {
	*command
	sub    string
	flags  []word
	ops    []word // before --
	paths  []word // after it
	marked bool   // there was a --
}

// gitValues are options that take the next word, by subcommand.
var gitValues = map[string]string{
	"":             "-m --message -F --file -C -c --author --date -n --max-count --since --until --after --before --grep --format --pretty -S -G -L -U -e -A -B --depth --branch -b --reference -o --output --origin -u --upload-pack --exec --config -x --prefix --jobs -j --filter --sort",
	"checkout":     "-b -B --orphan",
	"switch":       "-c -C --orphan",
	"restore":      "-s --source",
	"push":         "-o --push-option --receive-pack --exec --repo",
	"diff":         "-G -S -U -O --output --stat --diff-filter -l",
	"show":         "-G -S -U --format --pretty --output",
	"blame":        "-L -S --contents --date",
	"grep":         "-e -f -A -B -C -m --max-depth -O",
	"rm":           "--pathspec-from-file",
	"mv":           "",
	"add":          "--chmod --pathspec-from-file",
	"apply":        "-p -C --directory --exclude --include",
	"clean":        "-e --exclude",
	"stash":        "-m --message",
	"ls-files":     "-x -X --exclude --exclude-from",
	"config":       "-f --file --type --default --blob",
	"archive":      "-o --output --format --prefix --remote --exec",
	"format-patch": "-o --output-directory -n --start-number --subject-prefix -v",
}

func (g *gitCall) split(words []word) {
	values, ok := gitValues[g.sub]
	if !ok {
		values = gitValues[""]
	}
	for k := 0; k < len(words); k++ {
		x := words[k]
		switch {
		case x.text == "--":
			g.paths, g.marked = words[k+1:], true
			return
		case strings.HasPrefix(x.text, "-") && len(x.text) > 1:
			g.flags = append(g.flags, x)
			if has(values, x.text) && k+1 < len(words) {
				k++
				g.flags = append(g.flags, words[k])
			}
		default:
			g.ops = append(g.ops, x)
		}
	}
}

// flag reports whether one of the options is given.
func (g *gitCall) flag(list string) bool {
	for _, x := range g.flags {
		opt, _, _ := option(x.text)
		if has(list, opt) {
			return true
		}
		if len(x.text) > 2 && x.text[0] == '-' && x.text[1] != '-' {
			for k := 1; k < len(x.text); k++ {
				if has(list, "-"+x.text[k:k+1]) {
					return true
				}
			}
		}
	}
	return false
}

// value returns the value of an option.
func (g *gitCall) value(list string) (word, bool) {
	for k, x := range g.flags {
		opt, val, joined := option(x.text)
		if !has(list, opt) {
			continue
		}
		if joined {
			return word{text: val, known: x.known}, true
		}
		if k+1 < len(g.flags) {
			return g.flags[k+1], true
		}
	}
	return word{}, false
}

func (g *gitCall) writeAll(list []word) {
	for _, x := range list {
		g.writes(x)
		if x.text == "." {
			g.tree(x)
		}
	}
}

func (g *gitCall) files() {
	here := word{text: ".", known: true}
	if out, ok := g.value("-o --output --output-directory"); ok && has("diff show log archive format-patch", g.sub) {
		g.writes(out)
	}
	if f, ok := g.value("-F --file"); ok && has("notes tag merge", g.sub) {
		g.reads(f)
	}
	if f, ok := g.value("--pathspec-from-file --template -t"); ok && (has("commit", g.sub) || !g.flag("-t")) {
		g.mayRead(f)
	}
	if g.flag("--stdin-paths --stdin") && has("hash-object checkout-index update-index", g.sub) {
		g.doubt(DoubtRead | DoubtWrite) // names come through its input
	}
	for k, x := range g.flags { // -O.env, -L1,2:file
		switch {
		case x.text == "--cacheinfo" && k+1 < len(g.flags):
			g.mayUse(g.flags[k+1].text, false)
		case x.text == "-f" && g.sub == "grep" && k+1 < len(g.flags):
			g.reads(g.flags[k+1])
		case strings.HasPrefix(x.text, "-O") && has("diff show log", g.sub):
			g.mayRead(word{text: x.text[2:]})
		case strings.HasPrefix(x.text, "-L") && has("log blame annotate", g.sub):
			if _, f, ok := strings.Cut(x.text, ":"); ok {
				g.reads(word{text: f, known: x.known})
			}
		}
	}
	for _, x := range g.flags {
		opt, _, _ := option(x.text)
		if g.sub == "grep" && (strings.HasPrefix(x.text, "-O") || strings.HasPrefix(x.text, "--open-files-in-pager")) ||
			g.sub == "filter-branch" && strings.HasSuffix(x.text, "-filter") || g.sub == "filter-repo" && strings.Contains(x.text, "-callback") ||
			has("-x --extcmd", opt) && g.sub == "difftool" || has("-c --cmd", x.text) && g.sub == "gui" {
			g.doubt(DoubtProgram)
		}
	}
	switch g.sub {
	case "stash":
		switch {
		case len(g.ops) == 0:
			g.writeAll(g.paths)
		case len(g.ops) > 0 && has("push save", g.ops[0].text):
			g.writeAll(append(slices.Clip(g.ops[1:]), g.paths...))
		case len(g.ops) > 0 && g.ops[0].text == "show":
			for _, x := range g.paths {
				g.reads(x)
			}
		}
	case "checkout-index":
		g.writeAll(append(slices.Clip(g.ops), g.paths...))
		if g.flag("-a --all") {
			g.reads(here)
			g.tree(here)
		}
	case "ls-tree":
		for _, x := range append(slices.Clip(g.ops), g.paths...) {
			g.mayRead(x)
		}
	case "add", "stage", "commit", "hash-object", "update-index":
		for _, x := range append(slices.Clip(g.ops), g.paths...) {
			if x.text != "." {
				g.mayRead(x)
			}
		}
		if f, ok := g.value("-F --file"); ok && g.sub == "commit" {
			g.reads(f)
		}
	case "rm":
		if !g.flag("--cached") {
			g.writeAll(append(slices.Clip(g.ops), g.paths...))
		}
	case "mv":
		g.writeAll(append(slices.Clip(g.ops), g.paths...))
	case "restore":
		if !g.flag("--staged -S") || g.flag("--worktree -W") {
			g.writeAll(append(slices.Clip(g.ops), g.paths...))
		}
	case "checkout":
		switch {
		case g.marked:
			g.writeAll(g.paths)
		case g.flag("-b -B --orphan"):
		case len(g.ops) > 1:
			g.writeAll(g.ops[1:])
		case len(g.ops) == 1 && g.ops[0].text == ".":
			g.writeAll(g.ops)
		case len(g.ops) == 1:
			g.mayWrite(g.ops[0])
		}
	case "clean":
		if g.flag("-n --dry-run") {
			return
		}
		list := append(slices.Clip(g.ops), g.paths...)
		if len(list) == 0 {
			list = []word{here}
		}
		g.writeAll(list)
	case "apply", "am":
		for _, x := range g.ops {
			g.reads(x)
		}
		if g.flag("--check --stat --numstat --summary --cached --abort --skip --continue") {
			return
		}
		var paths set
		patchPaths(g.stdin, &paths)
		for _, p := range paths.list {
			g.writes(word{text: p, known: true})
		}
		if len(paths.list) == 0 {
			g.doubt(DoubtWrite)
		}
	case "diff", "log", "show", "blame", "annotate", "cat-file", "archive", "whatchanged", "difftool", "show-ref", "rev-parse", "grep", "shortlog", "range-diff":
		g.looks()
	case "init", "worktree", "bundle", "submodule":
		for k, x := range g.ops {
			if g.sub == "init" || k > 0 && has("add create", g.ops[0].text) && (k == 1 || g.sub == "submodule") && !strings.Contains(x.text, "://") && scpHost(x.text) == "" {
				g.writes(x)
			}
		}
		if g.sub == "init" && len(g.ops) == 0 {
			g.writes(word{text: ".git", known: true})
		}
	case "config":
		g.config()
	case "fetch", "pull", "push", "clone", "remote", "reset", "rebase", "merge", "tag", "branch", "switch", "notes", "status", "ls-files":
	case "merge-file":
		g.writeAll(g.ops[:min(1, len(g.ops))])
		for _, x := range g.ops {
			g.reads(x)
		}
	default: // of what is not known, each word may be a file
		for _, x := range append(slices.Clip(g.ops), g.paths...) {
			g.mayRead(x)
		}
	}
}

// looks tells what a command that shows content shows.
func (g *gitCall) looks() {
	if g.sub == "cat-file" && slices.ContainsFunc(g.flags, func(x word) bool { return strings.HasPrefix(x.text, "--batch") }) && !g.flag("--batch-all-objects") {
		g.doubt(DoubtRead) // names come through its input
	}
	for _, x := range g.paths {
		g.reads(x)
		if strings.ContainsAny(x.text, "*?[") { // a pathspec: * crosses slashes
			g.filters(nil, []word{{text: strings.TrimPrefix(x.text, ":/")}})
		}
	}
	ops := g.ops
	if g.sub == "grep" {
		if !g.flag("-e -f") && len(ops) > 0 {
			ops = ops[1:]
		}
		if len(ops)+len(g.paths) == 0 {
			g.searches(word{text: ".", known: true})
		}
	}
	if g.flag("--no-index") {
		for _, x := range ops {
			g.reads(x)
		}
		return
	}
	for k, x := range ops {
		_, p, ok := strings.Cut(x.text, ":")
		switch {
		case ok && p != "" && !strings.HasPrefix(x.text, "-"): // HEAD:file, :file
			x.text = strings.TrimPrefix(strings.TrimPrefix(p, "0:"), "./")
			g.reads(x)
		case rooted(x.text) || strings.HasPrefix(x.text, "../"): // no revision
			g.reads(x)
		case has("blame annotate", g.sub) && k == len(ops)-1:
			g.reads(x)
		default:
			g.mayRead(x)
		}
	}
}

// contacts adds the hosts that git is told to talk to. What a remote's name
// stands for is not known here.
func (g *gitCall) contacts() {
	if g.flag("--ext-diff") {
		g.doubt(DoubtProgram)
	}
	if _, u := g.value("-u"); u && g.sub == "clone" {
		g.doubt(DoubtProgram)
	}
	if g.flag("--upload-pack --receive-pack --exec -x --ext-diff") && has("clone fetch pull push ls-remote archive rebase difftool", g.sub) {
		g.doubt(DoubtProgram)
	}
	for k, x := range g.flags {
		opt, val, joined := option(x.text)
		if g.sub == "clone" && has("-c --config", opt) {
			if !joined && k+1 < len(g.flags) {
				val = g.flags[k+1].text
			}
			g.urlsIn(word{text: val, known: x.known})
			if codeSetting(val) {
				g.doubt(DoubtProgram)
			}
		}
	}
	switch g.sub {
	case "subtree", "http-push", "http-fetch", "p4", "cvsimport", "imap-send":
		if !g.urls(g.ops) && !(g.sub == "subtree" && len(g.ops) > 0 && has("split merge", g.ops[0].text)) {
			g.doubt(DoubtHost)
		}
		return
	case "clone", "fetch", "pull", "push", "ls-remote":
	case "remote":
		if len(g.ops) < 1 || !has("update show prune", g.ops[0].text) {
			g.urls(g.ops)
			return
		}
	case "submodule":
		if len(g.ops) > 0 && has("add set-url", g.ops[0].text) {
			g.urls(g.ops)
			return
		}
		if len(g.ops) < 1 || !has("update", g.ops[0].text) {
			return
		}
	case "archive":
		if u, ok := g.value("--remote"); ok {
			g.urls([]word{u})
		}
		return
	default:
		if g.sub == "maintenance" && slices.ContainsFunc(g.flags, func(x word) bool { return strings.Contains(x.text, "prefetch") }) || g.sub == "lfs" || g.sub == "svn" || g.sub == "send-email" || g.sub == "request-pull" {
			g.doubt(DoubtHost)
		}
		return
	}
	ops := g.ops
	if g.sub == "clone" && len(ops) > 1 {
		g.writes(ops[1])
		ops = ops[:1]
	} else if g.sub == "clone" && len(ops) == 1 {
		name := strings.TrimSuffix(strings.TrimSuffix(ops[0].text, "/"), ".git")
		if k := strings.LastIndexAny(name, "/:"); k >= 0 {
			name = name[k+1:]
		}
		g.writes(word{text: name, known: ops[0].known})
	}
	if g.urls(ops) {
		return
	}
	if g.sub == "clone" && len(ops) > 0 && ops[0].known {
		if strings.Contains(ops[0].text, "::") {
			g.doubt(DoubtProgram) // ext::sh -c …
		} else if _, ok := cutFold(ops[0].text, "file://"); !ok {
			g.reads(ops[0])
		}
		return
	}
	g.doubt(DoubtHost)
}

// urls adds the hosts of URLs and reports whether there were any.
func (g *gitCall) urls(list []word) (any bool) {
	for k, x := range list {
		if strings.Contains(x.text, "::") {
			g.doubt(DoubtProgram)
			any = true
			continue
		}
		if strings.Contains(x.text, "://") || strings.Contains(x.text, "@") || strings.Contains(x.text, ":") && (has("clone remote submodule", g.sub) || k == 0) {
			if h := scpHost(x.text); h != "" {
				g.host(h, x.known)
				any = true
			}
		}
	}
	return any
}
