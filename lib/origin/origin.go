// Package origin tells where a session runs: host, user, git and process. It
// reads files and starts nothing, since it works inside an agent's hook.
package origin

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"strings"

	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
	"agenttrace/lib/proc"
)

// Add adds to a session_start what this machine knows of a session in cwd. agent
// is the name of the agent's process, which is looked for among the ancestors of
// this one; "" means the process that started this one. If there is no such
// process, nothing is said of processes.
func Add(o *event.Object, cwd, agent string) {
	addMachine(o)
	addGit(o, cwd)
	addProcess(o, os.Getppid(), agent)
}

// AddSelf is Add for an agent that traces itself: it is this process.
func AddSelf(o *event.Object, cwd string) {
	addMachine(o)
	addGit(o, cwd)
	addProcess(o, os.Getpid(), "")
}

func addMachine(o *event.Object) {
	if host, err := os.Hostname(); err == nil {
		o.Str("host", host)
	}
	for _, name := range []string{"USER", "LOGNAME", "USERNAME"} {
		if user := os.Getenv(name); user != "" {
			o.Str("user", user)
			break
		}
	}
}

// addGit finds the repository that cwd is in, its branch and its commit.
func addGit(o *event.Object, cwd string) {
	if cwd == "" {
		return
	}
	for dir := cwd; ; dir = filepath.Dir(dir) {
		if git := gitDir(dir); git != "" {
			branch, commit := head(git)
			var g event.Object
			g.Str("repo", dir).Str("remote", remote(git)).Str("branch", branch).Str("commit", commit)
			o.Raw("git", g.Bytes())
			return
		}
		if dir == filepath.Dir(dir) {
			return
		}
	}
}

// gitDir returns the git directory of a work tree, "" if dir is none. In a
// linked work tree .git is a file that names it.
func gitDir(dir string) string {
	path := filepath.Join(dir, ".git")
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	if info.IsDir() {
		return path
	}
	text, _ := os.ReadFile(path)
	target, ok := strings.CutPrefix(strings.TrimSpace(string(text)), "gitdir: ")
	if !ok {
		return ""
	}
	if !filepath.IsAbs(target) {
		target = filepath.Join(dir, target)
	}
	return target
}

// head reads HEAD: a branch and its commit, or a commit alone.
func head(git string) (branch, commit string) {
	text, _ := os.ReadFile(filepath.Join(git, "HEAD"))
	ref, ok := strings.CutPrefix(strings.TrimSpace(string(text)), "ref: ")
	if !ok {
		return "", hash(string(text))
	}
	branch = strings.TrimPrefix(ref, "refs/heads/")
	common := git
	if text, err := os.ReadFile(filepath.Join(git, "commondir")); err == nil {
		common = filepath.Join(git, strings.TrimSpace(string(text)))
	}
	if !filepath.IsLocal(ref) {
		return branch, ""
	}
	for _, dir := range []string{git, common} {
		if text, err := os.ReadFile(filepath.Join(dir, ref)); err == nil {
			return branch, hash(string(text))
		}
	}
	return branch, packed(common, ref)
}

// maxConfig is how much of a repository's config is read, in bytes.
const maxConfig = 64 << 10

// remote returns the address of the remote "origin", "" if there is none. A
// password or token in it is left out.
func remote(git string) string {
	if text, err := os.ReadFile(filepath.Join(git, "commondir")); err == nil {
		git = filepath.Join(git, strings.TrimSpace(string(text)))
	}
	f, err := os.Open(filepath.Join(git, "config"))
	if err != nil {
		return ""
	}
	defer f.Close()
	in := false
	for s := bufio.NewScanner(io.LimitReader(f, maxConfig)); s.Scan(); {
		line := strings.TrimSpace(s.Text())
		if strings.HasPrefix(line, "[") {
			in = strings.EqualFold(line, `[remote "origin"]`)
			continue
		}
		if key, value, ok := strings.Cut(line, "="); in && ok && strings.EqualFold(strings.TrimSpace(key), "url") {
			return record.Address(strings.Trim(strings.TrimSpace(value), `"`))
		}
	}
	return ""
}

// packed looks a ref up in packed-refs.
func packed(common, ref string) string {
	f, err := os.Open(filepath.Join(common, "packed-refs"))
	if err != nil {
		return ""
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if id, name, ok := strings.Cut(s.Text(), " "); ok && name == ref {
			return hash(id)
		}
	}
	return ""
}

// hash returns s if it is a commit's, so that nothing else in .git gets into a
// trace.
func hash(s string) string {
	s = strings.TrimSpace(s)
	if len(s) != 40 && len(s) != 64 || strings.Trim(s, "0123456789abcdef") != "" {
		return ""
	}
	return s
}

// maxAncestors is how far up the processes are looked at: an agent, its
// launcher, a shell, a terminal and what is above it.
const maxAncestors = 12

// addProcess finds the agent among a process and those above it. Without a name
// it is the process.
func addProcess(o *event.Object, pid int, agent string) {
	var names []string
	var found proc.Process
	for range maxAncestors {
		p, err := proc.Look(pid)
		if err != nil || pid <= 1 {
			break
		}
		// An agent has processes of its own name below it: launchers, workers.
		is := strings.HasPrefix(p.Name, agent) || runs(pid, agent)
		if agent == "" {
			is = found.PID == 0 // the first
		}
		switch {
		case is && len(names) == 0:
			found = p
		case found.PID != 0:
			names = append(names, p.Name)
		}
		pid = p.Parent
	}
	if found.PID == 0 {
		return
	}
	var x event.Object
	x.Int("pid", int64(found.PID))
	if found.StartNano > 0 {
		x.Seconds("start_time", found.StartNano)
	}
	x.Strs("ancestry", names)
	o.Raw("process", x.Bytes())
}

// interpreters run agents that are scripts: their processes have their name.
var interpreters = []string{"node", "bun", "deno", "python", "MainThread"}

// runs reports whether a process is an interpreter that runs an agent: its
// second word is then the agent's file.
func runs(pid int, agent string) bool {
	args := proc.Args(pid)
	if len(args) < 2 || agent == "" {
		return false
	}
	for _, name := range interpreters {
		if strings.HasPrefix(filepath.Base(args[0]), name) {
			return strings.HasPrefix(filepath.Base(args[1]), agent)
		}
	}
	return false
}
