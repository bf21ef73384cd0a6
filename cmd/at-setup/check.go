package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"agenttrace/lib/cli"
	"agenttrace/lib/setup"
	"agenttrace/lib/store"
	"agenttrace/lib/text"
)

// A checker tells what is set up. Each line begins with the agent and what it
// is about.
type checker struct {
	c      *cli.IO
	o      options
	home   string
	wd     string
	bad    bool     // something that is set up cannot work
	stores []string // the trace stores that hooks name
	list   []told
	told   map[string]bool // agents that were told of
}

// A told is a line about an agent.
type told struct{ agent, about, text string }

func (k *checker) say(agent, about, format string, args ...any) {
	k.list = append(k.list, told{agent, about, text.Safe(fmt.Sprintf(format, args...))})
	k.told[agent] = true
}

func check(c *cli.IO, o options) error {
	if o.write || o.remove || o.plugin != "" || len(o.files) > 0 {
		return fmt.Errorf("--check changes nothing: --write, --remove, --plugin and files do not go with it")
	}
	if _, ok := setup.Find(o.agent); !ok && o.agent != "" && o.agent != mcp {
		return cli.WithHint(fmt.Errorf("unknown agent '%s'", o.agent), "the agents known: "+strings.Join(setup.Names(), ", "))
	}
	k := &checker{c: c, o: o, told: map[string]bool{}}
	k.home, _ = os.UserHomeDir()
	k.wd, _ = os.Getwd()
	set := map[string]bool{} // agents that have hooks of ours
	for _, name := range setup.Names() {
		if o.agent == "" || o.agent == name {
			a, _ := setup.Find(name)
			k.installed(a)
			set[name] = k.files(a)
		}
	}
	if o.agent == "" || o.agent == mcp {
		k.servers()
	}
	if err := k.events(set); err != nil {
		return err
	}
	slices.SortStableFunc(k.list, func(a, b told) int { return strings.Compare(a.agent, b.agent) })
	for _, t := range k.list {
		if err := c.Out.Write(fmt.Appendf(nil, "%-8s  %-10s  %s", t.agent, t.about, t.text)); err != nil {
			return err
		}
	}
	if k.bad {
		return cli.ErrNo
	}
	return nil
}

// installed tells whether the agent is on this machine.
func (k *checker) installed(a setup.Agent) {
	var have []string
	for _, name := range a.Programs {
		if p, err := exec.LookPath(name); err == nil {
			have = append(have, p)
		}
	}
	dir, err := folderOf(a)
	if err == nil && cli.IsDir(dir) {
		have = append(have, k.short(dir))
	}
	if len(have) == 0 {
		k.say(a.Name, "installed", "no")
		return
	}
	k.say(a.Name, "installed", "%s", strings.Join(have, ", "))
}

// short writes a path below the home directory with ~.
func (k *checker) short(path string) string {
	if rest, ok := strings.CutPrefix(path, k.home+string(filepath.Separator)); ok && k.home != "" {
		return "~" + string(filepath.Separator) + rest
	}
	return path
}

// files tells of the hooks in the agent's files. It reports whether there are
// any of ours.
func (k *checker) files(a setup.Agent) bool {
	dir, _ := folderOf(a)
	own := func(name string) []byte {
		b, _ := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		return b
	}
	captures := map[string]int{} // by what is run: in how many files
	have := false
	var off []string
	for _, global := range []bool{false, true} {
		for _, f := range a.Files {
			path, err := pathOf(a, f, global)
			if err != nil || path == "" || global && path == filepath.Join(k.wd, filepath.FromSlash(f.Project)) {
				continue // in the home directory, both are one
			}
			b, err := os.ReadFile(path)
			if err != nil {
				continue
			}
			if name := a.Plugged(b); name != "" {
				k.say(a.Name, "hooks", "%s: plugin %s", k.short(path), name)
				have = true
				captures[name]++
			}
			if a.Off != nil && a.Off(b) != "" {
				off = append(off, k.short(path)+": "+a.Off(b))
			}
			list, err := f.Find(b)
			if err != nil {
				k.say(a.Name, "hooks", "%s: cannot be read: line %v", k.short(path), err)
				k.bad = true
				continue
			}
			if len(list) == 0 {
				continue
			}
			have = true
			if line := k.hooks(a, path, list); line != "" {
				captures[line]++
			}
			t := setup.Trust{File: path, Hooks: list, Read: own}
			if !global {
				t.File, t.Project = filepath.Join(k.wd, path), k.wd
			}
			if trust := a.Trust(t); trust != "" {
				k.say(a.Name, "trusted", "%s", trust)
				k.bad = k.bad || strings.HasPrefix(trust, "no:")
			}
		}
	}
	for _, name := range a.Switches {
		if key := a.Off(own(name)); key != "" {
			off = append(off, k.short(filepath.Join(dir, name))+": "+key)
		}
	}
	for _, o := range off {
		if have {
			k.say(a.Name, "hooks", "all are turned off in %s", o)
			k.bad = true
		}
	}
	times := 0
	for _, n := range captures {
		if a.Once {
			n = 1
		}
		times += n
	}
	if times > 1 {
		k.say(a.Name, "hooks", "everything is told %d times, which at-cat joins", times)
	}
	if !have && k.list[len(k.list)-1].text != "no" {
		k.say(a.Name, "hooks", "none")
	}
	return have
}

// hooks tells of the hooks in one file: how many run which program. It returns
// what is run to capture.
func (k *checker) hooks(a setup.Agent, path string, list []setup.Hook) (line string) {
	var programs []string
	n := map[string]int{}
	judges := map[string]bool{}
	for _, h := range list {
		if n[h.Program]++; n[h.Program] == 1 {
			programs = append(programs, h.Program)
		}
		judges[h.Program] = h.Guard
		if !h.Guard {
			line = h.Line
		}
		if filepath.IsAbs(h.TraceDir) && !slices.Contains(k.stores, h.TraceDir) {
			k.stores = append(k.stores, h.TraceDir)
		}
	}
	for _, p := range programs {
		about := "hooks"
		if judges[p] {
			about = "guard"
		}
		missing := ""
		if !k.runs(p) {
			missing, k.bad = ", which is not there", true
		}
		k.say(a.Name, about, "%s: %s of %s%s", k.short(path), text.Count(n[p], "hook"), p, missing)
	}
	return line
}

// runs reports whether there is a program.
func (k *checker) runs(program string) bool {
	for _, v := range []string{"${CLAUDE_PROJECT_DIR}", "$CLAUDE_PROJECT_DIR"} {
		if rest, ok := strings.CutPrefix(program, v); ok {
			program = k.wd + rest
		}
	}
	_, err := exec.LookPath(program)
	return err == nil
}

// servers tells of MCP servers that are recorded.
func (k *checker) servers() {
	for _, global := range []bool{false, true} {
		files, err := known(global)
		if err != nil {
			continue
		}
		for _, path := range files {
			if global && filepath.Dir(path) == k.wd {
				continue
			}
			b, _ := os.ReadFile(path)
			list, _ := setup.Servers(path, b)
			n, missing := 0, ""
			for _, s := range list {
				if s.Recorded {
					n++
					if !k.runs(s.Recorder) {
						missing, k.bad = "; "+s.Recorder+" is not there", true
					}
				}
			}
			k.say(mcp, "servers", "%s: %d of %d by way of at-record%s", k.short(path), n, len(list), missing)
		}
	}
}

// events tells when the last event of each agent arrived.
func (k *checker) events(set map[string]bool) error {
	dir := k.o.TraceDir
	if dir == "" {
		dir = store.Find(os.Getenv(store.EnvDir), k.wd)
	}
	dirs := []string{dir}
	for _, d := range k.stores {
		if !slices.Contains(dirs, d) {
			dirs = append(dirs, d)
		}
	}
	last := map[string]time.Time{} // by data.agent; mcp for sessions of a proxy
	from := map[string]store.Session{}
	for _, dir := range dirs {
		st := store.At(dir)
		list, err := st.Sessions()
		if err != nil {
			return err
		}
		slices.SortStableFunc(list, func(a, b store.Session) int { return b.End().Compare(a.End()) })
		for _, s := range list {
			if agent := agentOf(st, s); agent != "" && s.End().After(last[agent]) {
				last[agent], from[agent] = s.End(), s
			}
		}
	}
	for _, name := range append(setup.Names(), mcp) {
		a, _ := setup.Find(name)
		if name == mcp {
			a.Traced = mcp
		}
		if k.o.agent != "" && k.o.agent != name {
			continue
		}
		switch t, ok := last[a.Traced]; {
		case ok:
			ago := k.o.clock.Now().Sub(t)
			when := t.In(k.o.zone.Location()).Format("2006-01-02 15:04:05")
			if ago >= 0 {
				when += ", " + text.Duration(ago) + " ago"
			}
			k.say(name, "last event", "%s, of session %s", when, from[a.Traced].ID)
		case set[name]:
			k.say(name, "last event", "none in %s", k.short(strings.Join(dirs, ", ")))
		}
	}
	return nil
}

// agentOf returns the agent of a session, as its session_start calls it.
func agentOf(st *store.Store, s store.Session) string {
	if strings.HasPrefix(s.ID, "mcp-") {
		return mcp
	}
	if sum, ok := s.Summary(); ok {
		if agent := gjson.GetBytes(sum, "agent").Str; agent != "" {
			return agent
		}
	}
	agent := ""
	const head = 1 << 20
	_ = st.Head(s.ID, head, func(line []byte) bool {
		if gjson.GetBytes(line, "event_type").Str == "session_start" {
			agent = gjson.GetBytes(line, "data.agent").Str
		}
		return agent == ""
	})
	return agent
}
