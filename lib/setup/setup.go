// Package setup makes and edits the hook configuration of coding agents, so
// that each thing that happens in a session is handed to at-capture.
//
// An agent is a row of the table in this file and a file with its events, such
// as claude.go. The package works on the text of a settings file and does not
// read or write files. A settings file belongs to its owner: it is edited in
// place, never decoded and written anew, so that order, unknown keys and the
// shape of the text stay as they were.
package setup

import (
	"errors"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
)

// An Agent is a coding agent whose hooks can be set up.
type Agent struct {
	Name    string // as it is typed: claude
	Title   string // as people call it: Claude Code
	File    string // the settings file, from the root of a project; slashes
	HomeEnv string // environment variable that names the folder for all projects
	HomeDir string // that folder without HomeEnv, from the home directory
	OffKey  string // member of the settings that turns all hooks off, if true

	hooks  func(Options) []hook
	guards func(Options) []hook // those that run at-guard
}

var agents = []Agent{claude}

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

// Options say what a hook runs.
type Options struct {
	Command  string   // at-capture, or a path to it; its base name must be at-capture
	TraceDir string   // the trace store; "" leaves the choice to at-capture
	Shell    bool     // one line for a shell, not a program with arguments
	Pipe     bool     // at-capture | at-save instead of one process; implies Shell
	Redact   bool     // secrets are taken out before anything is saved: by at-capture, or in a pipe by at-redact
	Patterns []string // regular expressions of what is to be taken out, too; imply Redact
	For      Version  // the agent's version; zero means a present one

	Guard         bool   // a hook before each tool runs at-guard
	Policy, Rules string // files that at-guard judges by; "" leaves the choice to it
}

// Check reports whether a hook can be made of o.
func (o Options) Check() error {
	if base(o.Command) != capture {
		return errors.New("the base name of the command must be " + capture + ", by which its hooks are found again")
	}
	if strings.ContainsAny(o.Command+o.TraceDir+o.Policy+o.Rules+strings.Join(o.Patterns, ""), "\x00\r\n") {
		return errors.New("a path or a pattern in a hook must be on one line")
	}
	return nil
}

// A hook is what one event of an agent is to run.
type hook struct {
	event   string
	matcher string // of the group; "" for none
	handler []byte // JSON object
}

// group returns the member of the event's array that holds the hook.
func (h hook) group() []byte {
	var o event.Object
	list := append(append([]byte{'['}, h.handler...), ']')
	return slices.Clone(o.Str("matcher", h.matcher).Raw("hooks", list).Bytes())
}

// Hooks returns the names of the events that get a hook, in order.
func (a Agent) Hooks(o Options) []string {
	var names []string
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

// Settings returns a settings file with the hooks and nothing else.
func (a Agent) Settings(o Options) ([]byte, error) { return a.Merge(nil, o) }

// Merge returns the settings with the hooks in it. Hooks of ours that are
// there already are replaced if they differ. A file that has them all comes
// back byte for byte. Empty text counts as a file that holds {}. The error is
// an *Error if the settings cannot be understood.
func (a Agent) Merge(settings []byte, o Options) ([]byte, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	if len(strings.TrimSpace(string(settings))) == 0 {
		settings = []byte("{}\n")
	}
	d, err := parse(settings)
	if err != nil {
		return nil, err
	}
	want := a.hooks(o)
	if err := d.checkHooks(want); err != nil {
		return nil, err
	}
	d.dropAllBut(want)
	if _, ok := d.member(d.root(), hooksKey); !ok {
		d.add(d.root(), hooksKey, hooksObject(want))
	}
	for _, h := range want {
		d.put(h)
	}
	if o.Guard {
		d.mine = guards
		for _, h := range a.guards(o) {
			d.put(h)
		}
	}
	return d.bytes(), nil
}

// Remove returns the settings without our hooks. Groups, events and the
// member hooks itself go with them if nothing else is left in them.
func (a Agent) Remove(settings []byte) ([]byte, error) {
	if len(strings.TrimSpace(string(settings))) == 0 {
		return settings, nil
	}
	d, err := parse(settings)
	if err != nil {
		return nil, err
	}
	if err := d.checkHooks(nil); err != nil {
		return nil, err
	}
	d.dropAllBut(nil)
	d.mine = guards
	d.dropAllBut(nil)
	return d.bytes(), nil
}

// Off reports whether the settings turn all hooks off.
func (a Agent) Off(settings []byte) bool {
	return a.OffKey != "" && gjson.GetBytes(settings, gjson.Escape(a.OffKey)).Bool()
}
