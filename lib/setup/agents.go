package setup

import (
	"path"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// An Agent is a coding agent whose hooks can be set up.
type Agent struct {
	Name     string   // as it is typed: claude
	Title    string   // as people call it: Claude Code
	Traced   string   // as data.agent of its session_start events calls it
	Programs []string // what it is started by
	Files    []File   // where its hooks may stand, the usual one first
	Either   bool     // its files exclude each other: one with hooks in it is the one to use
	Once     bool     // a hook that stands alike in several files runs once
	// Folder returns its own folder, which holds what is for all projects.
	// env looks up environment variables; home is the home directory.
	Folder   func(env func(string) string, home string) string
	Switches []string // files of its own folder, beside those with hooks, that may turn all hooks off
	// Off returns the member of the settings that turns all hooks off, with its
	// value, if it does.
	Off func(settings []byte) string

	hooks  func(Options) []hook
	guards func(Options) []hook // those that run at-guard
	// steps says what the user has to do before hooks run.
	steps func(o Options, global bool) []string
	// trust tells whether the agent has been told to run hooks.
	trust func(t Trust) string
}

var agents = []Agent{claude, codex, gemini, cursor, copilot, opencode}

// Names returns the names of the agents known, in order.
func Names() []string {
	var names []string
	for _, a := range agents {
		names = append(names, a.Name)
	}
	slices.Sort(names)
	return names
}

// Find returns the agent of that name.
func Find(name string) (Agent, bool) {
	i := slices.IndexFunc(agents, func(a Agent) bool { return a.Name == name })
	if i < 0 {
		return Agent{}, false
	}
	return agents[i], true
}

// Hooks returns the names of the events that get a hook, in order; none if the
// agent has no hooks but a plugin.
func (a Agent) Hooks(o Options) []string {
	var names []string
	if a.hooks == nil {
		return nil
	}
	for _, h := range a.hooks(o) {
		names = append(names, h.event)
	}
	if o.Guard {
		for _, h := range a.guards(o) {
			names = append(names, h.event)
		}
	}
	return names
}

// Choose returns which of the agent's files gets the hooks: the one that has
// ours; where only one may have any, the one that has others; else the usual
// one. read returns a file's text, nil if there is none.
func (a Agent) Choose(read func(File) []byte) File {
	choice := a.Files[0]
	for _, f := range slices.Backward(a.Files) {
		if a.Either && f.Has(read(f)) {
			choice = f
		}
	}
	for _, f := range slices.Backward(a.Files) {
		if list, err := f.Find(read(f)); err == nil && len(list) > 0 {
			choice = f
		}
	}
	return choice
}

// Steps returns what the user has to do, or to know, for the hooks to run.
func (a Agent) Steps(o Options, global bool) []string {
	if a.steps == nil {
		return nil
	}
	return a.steps(o, global)
}

// below returns a Folder: what the variable says, else a folder of the home
// directory.
func below(variable, dir string) func(func(string) string, string) string {
	return func(env func(string) string, home string) string {
		if variable != "" && env(variable) != "" {
			return env(variable)
		}
		if home == "" {
			return ""
		}
		return path.Join(strings.ReplaceAll(home, `\`, "/"), dir)
	}
}

// offIf returns an Off for settings that turn hooks off by a boolean at a path.
func offIf(at string, value bool) func([]byte) string {
	return func(settings []byte) string {
		d, err := parse(settings, true)
		if err != nil {
			return ""
		}
		v := gjson.Get(d.plain, at)
		if v.Type != gjson.True && v.Type != gjson.False || v.Bool() != value {
			return ""
		}
		if value {
			return at
		}
		return at + ": false"
	}
}
