// At-setup sets up an agent's hooks, so that its sessions are captured.
//
// It prints the hook configuration of an agent, or, with --write, merges it
// into the agent's settings file in this directory, or with --global into the
// one for all projects. It then says what else the user must do: some agents
// run a hook only when it has been accepted.
//
//	claude    Claude Code  .claude/settings.json, $CLAUDE_CONFIG_DIR or ~/.claude
//	codex     Codex        .codex/hooks.json, $CODEX_HOME or ~/.codex; config.toml there,
//	                       if hooks are in it already
//	gemini    Gemini CLI   .gemini/settings.json, ~/.gemini
//	cursor    Cursor       .cursor/hooks.json, ~/.cursor
//	copilot   Copilot CLI  .github/hooks/agent-trace.json, $COPILOT_HOME or ~/.copilot
//	opencode  OpenCode     .opencode/plugins/agent-trace.js, ~/.config/opencode
//
// Merging keeps all else in the file as it stands: other hooks, unknown keys,
// comments, the order of keys, the layout. Hooks of ours that are there already
// are replaced, so that other options take effect; a second run changes
// nothing. The file as it was is kept beside it as settings.json.bak, or .bak-2
// and so on if there is an older one. With --remove our hooks go and all else
// stays; a file that was made for them goes, too. Ours are those that run
// at-capture --save, or at-capture and at-save in a pipe. At-setup holds the
// settings file in memory.
//
// A hook is one process, at-capture --save. With --pipe it is the shell line
// at-capture | at-save. With --redact, secrets are taken out before anything is
// saved: by at-capture itself, or by at-redact between the two of a pipe.
// --redact-pattern adds what is to be taken out. The hook names at-capture without
// its folder if it is found on the PATH, and with its folder otherwise; --command
// names another. Paths given are made absolute, since a hook runs in whatever
// directory the agent is in at the time, unless they begin with a variable that
// the agent fills in, such as ${CLAUDE_PROJECT_DIR}/.
//
// With --guard a hook before each tool runs at-guard, which lets the agent do
// only what the policy in the project allows; --policy names another policy,
// --rules adds rules. Without a policy at-guard denies every call. A guard that
// is there stays when at-setup is run without --guard, and goes with --remove.
//
// For Claude Code, --plugin DIR writes a plugin with the hooks, and --remove
// takes it away. A list of arguments in a hook needs Claude Code 2.1.139.
// Versions before 2.1.101 ignore a settings file with an event that they do not
// know. For these, --for-version leaves out what the version does not have.
//
// # MCP clients
//
// At-setup mcp FILE… prints the configuration of an MCP client with its servers
// started by way of at-record, or with --write puts it into FILE; --remove
// undoes it, and takes agent-strace record out, too. FILE may be that of
// Cursor, Windsurf, Claude, VS Code, Gemini CLI, OpenCode, Zed, or Codex's
// config.toml. Without FILE it is each one known that is in this directory, or
// with --global in the home directory. --redact and --mask take secrets and
// personal data out of what is stored. A server that is reached at a URL cannot
// be started so: at-setup says how at-record-http is put before it.
//
// # What is set up
//
// --check tells of each agent, or of the one that is named, whether it is
// installed, which files have hooks of ours, whether what they run is there,
// whether the agent was told to run them, where it notes that, and when its
// last event arrived in the trace store and in those that the hooks name. It
// tells how many servers of each MCP client are recorded. Each line begins with
// the agent and what it is about.
//
// # Exit status
//
//   - 0: the configuration was printed, or the file holds what it should.
//   - 1: with --check: something is set up that does not work.
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
//	$ at-setup codex --global --redact --write
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
// Record what passes between the MCP clients of this machine and their servers:
//
//	$ at-setup mcp --global --write
//
// Is everything set up, and does it arrive?
//
//	$ at-setup --check
//
// Take the hooks out again:
//
//	$ at-setup claude --remove
package main
