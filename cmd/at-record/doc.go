// At-record runs an MCP server on stdio and records what passes.
//
// A client that is configured to run a server runs at-record with the server's
// command line instead. Every byte goes through as it is, both ways: messages,
// batches, what is no message, the end of the input. Standard error, the
// environment, signals and the exit status are the server's own. Only a copy of
// what passes is looked at, afterwards.
//
// The trace has each call of a tool with its arguments and its whole result, its
// failure or that it got no answer; resources that were read, prompts, sampling,
// elicitation, progress, cancellation and every other message; what client and
// server say of themselves; the tools that the server offers, with a hash of
// each, and an event tool_changed if a tool is not what it was. The events of a
// call are stored as soon as they have happened.
//
// Where the environment says which session of Claude Code the server was started
// for, events belong to that session. Where the client says it of a call, as
// Codex does, the call does. Otherwise the connection is a session of its own.
// A call that the agent's hooks tell of, too, is one call in the trace.
//
// --name is what the agent calls the server, so that tools have the names that
// they have in the agent: mcp__NAME__TOOL. Without it, the server's own name is
// taken.
//
// With --redact and --mask, nothing is stored before secrets and personal data
// have been taken out of it, the command line included.
//
// If the disk is full, or recording is slower than the traffic, the traffic goes
// on. What is missing is counted in an event trace_gap, and told on standard
// error at the end. At-record holds a message of up to 16 MiB of each direction
// and 64 MiB of messages that wait to be recorded. Of a longer message the trace
// has the size and the SHA-256.
//
// # Exit status
//
//   - 0: the server exited with 0. Any other status of the server's is passed on
//     as well; if a signal ended the server, at-record ends by the same one.
//   - 2: bad usage, or a store that cannot be used.
//   - 126: the server cannot be executed.
//   - 127: there is no such command.
//
// # Examples
//
// What stands in an MCP client's configuration as command and arguments:
//
//	$ at-record --name files -- npx -y @modelcontextprotocol/server-filesystem /tmp
//
// The descriptions of tools that have changed while an agent was at work:
//
//	$ at-cat --all | at-grep --type tool_changed
package main
