// At-save appends events to the trace store.
//
// Each event goes to its own session, by its session_id, in the order of the
// input; sessions may be interleaved. Nothing is printed, unless --tee passes
// the events on. Any number of at-save and at-capture processes may write at
// the same time, also to one session.
//
// The store is --trace-dir, else $AGENT_TRACE_DIR, else the nearest
// .agent-traces in this directory or above it (but for one in /tmp and the
// like, which is nobody's project), else ./.agent-traces, which is then made.
// Directories are made with mode 0700 and files with 0600. No session_id leads
// out of the store.
//
// If the reader of --tee goes away, at-save saves the rest of its input all the
// same, and then ends as it would have: by SIGPIPE.
//
// A line that is not an event is reported and not saved. Nor is an event that
// has no session_id, or an empty one, such as a record that is about several
// sessions: there is no session in the store that it would be found in.
//
// At-save streams: it holds at most 1 MiB of lines and the longest line.
//
// # Exit status
//
//   - 0: every event was saved.
//   - 2: bad usage, input that cannot be read, lines that are not events, or
//     a store that cannot be written. What could be saved was saved.
//
// # Examples
//
// What a hook runs:
//
//	$ at-capture | at-save
//
// Keep last week's sessions of Claude Code, and count the events:
//
//	$ at-capture --claude --since 7d | at-save --tee | wc -l
package main
