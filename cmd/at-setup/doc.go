// At-setup sets up an agent's hooks, so that its sessions are captured.
//
// It prints the hook configuration of an agent, or, with --write, merges it
// into the agent's settings file: .claude/settings.json in this directory, or
// with --global the one for all projects, in $CLAUDE_CONFIG_DIR or ~/.claude.
// The agents known: claude (Claude Code).
//
// Merging keeps all else in the file as it stands: other hooks, unknown keys,
// the order of keys, the layout. Hooks of ours that are there already are
// replaced, so that other options take effect; a second run changes nothing.
// The file as it was is kept beside it as settings.json.bak, or .bak-2 and so
// on if there is an older one. With --remove our hooks go and all else stays;
// ours are those that run at-capture --save, or at-capture and at-save in a
// pipe. At-setup holds the settings file in memory.
//
// A hook is one process, at-capture --save. With --pipe it is the shell line
// at-capture | at-save. With --redact, secrets are taken out before anything is
// saved: by at-capture itself, or by at-redact between the two of a pipe.
// --redact-pattern adds what is to be taken out. At-capture is named without its folder if
// the PATH leads to it, and with it otherwise; --command names another. The
// paths given are made absolute, unless they begin with a variable that the
// agent fills in, such as ${CLAUDE_PROJECT_DIR}/: a hook runs wherever the
// agent stands at the time.
//
// With --guard a hook before each tool runs at-guard, which lets the agent do
// only what the policy in the project allows; --policy names another policy,
// --rules adds rules. Without a policy at-guard denies every call. A guard that
// is there stays when at-setup is run without --guard, and goes with --remove.
//
// A list of arguments in a hook needs Claude Code 2.1.139. Versions before
// 2.1.101 ignore a settings file with an event that they do not know.
// For these, --for-version leaves out what the version does not have.
//
// # Exit status
//
//   - 0: the configuration was printed, or the file holds what it should.
//   - 2: bad usage, an unknown agent, or a settings file that cannot be read,
//     understood or written. It is left as it was.
//
// # Examples
//
// See what would be added, then add it for this project:
//
//	$ at-setup claude
//	$ at-setup claude --write
//
// For all projects, with secrets taken out before anything is saved:
//
//	$ at-setup claude --global --redact --write
//
// Let nothing run that the policy does not allow:
//
//	$ at-cat --last 20 | at-policy --force --output .agent-scope.json
//	$ at-setup claude --guard --write
//
// For the version that is installed, if it is an old one:
//
//	$ at-setup claude --for-version "$(claude --version)" --write
//
// Take the hooks out again:
//
//	$ at-setup claude --remove
package main
