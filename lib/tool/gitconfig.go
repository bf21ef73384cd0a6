package tool

import (
	"slices"
	"strings"
)

// runsCode are settings of git whose value is run, or leads to what is run.
var runsCode = []string{"alias.", "core.pager", "core.editor", "core.sshcommand", "core.fsmonitor", "core.hookspath", "core.gitproxy", "core.askpass",
	"diff.", "merge.", "filter.", "credential.", "sequence.editor", "gpg.", "pager.", "protocol.", "remote.", "uploadpack.", "include", "init.templatedir", "http.proxy"}

func codeSetting(key string) bool {
	key, val, _ := strings.Cut(strings.ToLower(key), "=")
	if strings.HasPrefix(key, "diff.") || strings.HasPrefix(key, "merge.") || strings.HasPrefix(key, "remote.") || strings.HasPrefix(key, "gpg.") {
		// Most of these are harmless.
		return strings.HasSuffix(key, ".external") || strings.HasSuffix(key, ".command") || strings.HasSuffix(key, ".textconv") ||
			strings.HasSuffix(key, ".driver") || strings.HasSuffix(key, "pack") || strings.HasSuffix(key, ".program") || strings.HasSuffix(key, ".cmd")
	}
	if (key == "core.pager" || strings.HasPrefix(key, "pager.") || key == "core.editor") && has("cat less more true : false vi vim nano", val) {
		return false
	}
	return slices.ContainsFunc(runsCode, func(p string) bool { return strings.HasPrefix(key, p) })
}

// config tells what a change of a setting does.
func (g *gitCall) config() {
	changes := len(g.ops) > 1 && !g.flag("--get --get-all --get-regexp --list -l") || g.flag("--unset --unset-all --add --remove-section --edit -e --replace-all") ||
		len(g.ops) > 0 && has("set unset edit rename-section remove-section", g.ops[0].text)
	if !changes {
		if f, ok := g.value("-f --file"); ok {
			g.reads(f)
		}
		return
	}
	for k, x := range g.ops {
		g.urlsIn(x)
		g.instead(x.text)
		if k > 0 && strings.HasPrefix(g.ops[k-1].text, "remote.") && strings.HasSuffix(strings.ToLower(g.ops[k-1].text), "url") {
			if h := scpHost(x.text); h != "" {
				g.host(h, x.known)
			}
		}
		if codeSetting(x.text) {
			g.doubt(DoubtProgram)
			if k+1 < len(g.ops) {
				g.runs(settingLine(x.text, g.ops[k+1].text))
			}
		}
	}
	switch f, ok := g.value("-f --file"); {
	case ok:
		g.writes(f)
	case g.flag("--global"):
		g.writes(word{text: "~/.gitconfig", known: true})
	case g.flag("--system"):
		g.writes(word{text: "/etc/gitconfig", known: true})
	default:
		g.writes(word{text: ".git/config", known: true})
	}
}

// settingLine returns the line that a setting runs: an alias is a command of git
// unless it begins with an exclamation mark.
func settingLine(key, line string) string {
	rest, shell := strings.CutPrefix(line, "!")
	if !shell && strings.HasPrefix(strings.ToLower(key), "alias.") {
		return "git " + line
	}
	return rest
}

// instead adds the host that a setting such as url.git@host:.insteadOf puts in
// the place of another one, or that is the address of a remote.
func (c *command) instead(setting string) {
	key, val, _ := strings.Cut(setting, "=")
	low := strings.ToLower(key)
	for _, end := range []string{".insteadof", ".pushinsteadof"} {
		if strings.HasPrefix(low, "url.") && strings.HasSuffix(low, end) {
			if h := scpHost(key[len("url."):max(len("url."), len(key)-len(end))]); h != "" {
				c.host(h, true)
			}
		}
	}
	if h := scpHost(val); h != "" && strings.HasPrefix(low, "remote.") && strings.HasSuffix(low, "url") {
		c.host(h, true)
	}
}
