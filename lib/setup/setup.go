// Package setup makes and edits the configuration of coding agents, so that
// each thing that happens in a session is handed to at-capture, and of MCP
// clients, so that they start their servers by way of at-record.
//
// An agent is a row of the table in agents.go and a file with its events, such
// as claude.go:
//
//	agent     hooks are in                                 form
//	claude    .claude/settings.json                        groups of handlers
//	codex     .codex/hooks.json, or .codex/config.toml if  the same, or the same in TOML
//	          hooks are there already
//	gemini    .gemini/settings.json                        the same; times in milliseconds
//	cursor    .cursor/hooks.json                           handlers by event
//	copilot   .github/hooks/agent-trace.json               the same
//	opencode  .opencode/plugins/agent-trace.js             a plugin, whole
//
// The package works on the text of a file and does not read or write files. A
// settings file belongs to its owner: it is edited in place, never decoded and
// written anew, so that order, comments, unknown keys and the shape of the text
// stay as they were.
package setup

import (
	"errors"
	"strings"
)

// Options say what a hook runs.
type Options struct {
	Command  string   // at-capture, or a path to it; its base name must be at-capture
	TraceDir string   // the trace store; "" leaves the choice to at-capture
	Shell    bool     // one line for a shell, not a program with arguments, where there is a choice
	Pipe     bool     // at-capture | at-save instead of one process; implies Shell
	Redact   bool     // secrets are taken out before anything is saved: by at-capture, or in a pipe by at-redact
	Patterns []string // regular expressions of what is to be taken out, too; imply Redact
	For      Version  // the agent's version; zero means a present one

	Global        bool   // the hooks are for all projects
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

// A File is a file that an agent reads its hooks from.
type File struct {
	Project string // its path from the root of a project; slashes
	Own     string // its path from the agent's own folder; "" if there is none for all projects
	format
}

// A format knows how hooks stand in a file. Errors about the file are of type
// *Error.
type format interface {
	// Merge returns the text with the hooks in it. Hooks of ours that are there
	// already are replaced if they differ. A file that has them all comes back
	// byte for byte. Empty text counts as a file with nothing in it.
	Merge(text []byte, o Options) ([]byte, error)
	// Remove returns the text without our hooks, and without what held nothing
	// else.
	Remove(text []byte) ([]byte, error)
	// Find returns the hooks that are ours.
	Find(text []byte) ([]Hook, error)
	// Idle reports whether nothing is left in a file that somebody would miss.
	Idle(text []byte) bool
	// Has reports whether there are hooks in it, whosoever.
	Has(text []byte) bool
}

// A Hook is a hook of ours that was found in a file.
type Hook struct {
	Event    string
	Key      string // how the agent calls it where it notes that it is trusted
	Program  string // what it runs: at-capture or at-guard, or a path to it
	Line     string // all that it runs
	Guard    bool   // it is at-guard
	TraceDir string // the trace store that it names, "" for none
}

// Settings returns a file with the hooks and nothing else.
func (f File) Settings(o Options) ([]byte, error) { return f.Merge(nil, o) }
