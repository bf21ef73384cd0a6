// Package origin tells where a session runs: host, user, git and process. It
// reads files and starts nothing, since it works inside an agent's hook.
package origin

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"agenttrace/lib/event"
)

// Add adds to a session_start what this machine knows of a session in cwd. agent
// is the name of the agent's process; without such a process above this one,
// nothing is said of processes.
func Add(o *event.Object, cwd, agent string) {
	if host, err := os.Hostname(); err == nil {
		o.Str("host", host)
	}
	for _, name := range []string{"USER", "LOGNAME", "USERNAME"} {
		if user := os.Getenv(name); user != "" {
			o.Str("user", user)
			break
		}
	}
	addGit(o, cwd)
	addProcess(o, os.Getppid(), agent)
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
			g.Str("repo", dir).Str("branch", branch).Str("commit", commit)
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

// addProcess finds the agent among the processes above this one.
func addProcess(o *event.Object, pid int, agent string) {
	var names []string
	var found process
	for range maxAncestors {
		p, ok := look(pid)
		if !ok || pid <= 1 {
			break
		}
		if found.pid != 0 {
			names = append(names, p.name)
		} else if strings.HasPrefix(p.name, agent) {
			found = p
		}
		pid = p.parent
	}
	if found.pid == 0 {
		return
	}
	var x event.Object
	x.Int("pid", int64(found.pid))
	if found.startNano > 0 {
		x.Seconds("start_time", found.startNano)
	}
	x.Strs("ancestry", names)
	o.Raw("process", x.Bytes())
}

type process struct {
	pid, parent int
	name        string
	startNano   int64
}

// ticks is the unit of start times in /proc/PID/stat, a second's part: 100 on
// every architecture that Linux runs on today (proc(5), sysconf(_SC_CLK_TCK)).
const ticks = 100

// look reads /proc/PID/stat. Where there is no /proc, nothing is known.
func look(pid int) (process, bool) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return process{}, false
	}
	// The name stands in brackets and may hold any byte.
	open, end := bytes.IndexByte(text, '('), bytes.LastIndexByte(text, ')')
	if open < 0 || end < open {
		return process{}, false
	}
	fields := strings.Fields(string(text[end+1:]))
	if len(fields) < 20 {
		return process{}, false
	}
	p := process{pid: pid, name: string(text[open+1 : end])}
	p.parent, _ = strconv.Atoi(fields[1])
	if start, err := strconv.ParseInt(fields[19], 10, 64); err == nil {
		p.startNano = bootNano() + start*(1e9/ticks)
	}
	return p, true
}

// bootNano returns the time of the system's start in nanoseconds since 1970.
func bootNano() int64 {
	text, _ := os.ReadFile("/proc/stat")
	_, rest, ok := strings.Cut(string(text), "\nbtime ")
	if !ok {
		return 0
	}
	line, _, _ := strings.Cut(rest, "\n")
	n, _ := strconv.ParseInt(strings.TrimSpace(line), 10, 64)
	return n * 1e9
}
