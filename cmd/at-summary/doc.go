// At-summary sums up sessions: calls, errors, times, tokens, files.
//
// For each session it prints what it was (agent, model, directory, start,
// duration), how much was done (prompts, tool calls, errors, tokens by class),
// and then the tools by frequency, with their errors, the time within which
// half (p50) and 95 % (p95) of the calls were answered, and their total time;
// the slowest calls; the first errors; and the files read and written. #12 is
// the twelfth event of the session, as in at-replay. Of more than 100,000
// calls of a tool, percentiles are right to 1 %.
//
// With --format json it prints the same as one session_summary record a
// session, for reports about many sessions. The record has every file; the
// text shows the first ten of a list.
//
// A call has failed if its outcome is an error. A retry is a call that tries
// again what had failed when it was tried before: options, and python or
// python3, make no difference to a shell command; other tools must have equal
// arguments. Files that shell commands name are listed apart from those that
// tools were given, as far as the command line tells. An event that is told
// twice counts once. Tokens are those that the agent recorded; where it
// recorded none, there are none.
//
// With --include-subagents the sessions of subagents are added to the session
// that started them, at any depth, if that is in the input. Prompts are then
// those that subagents were given, too.
//
// Sessions may be interleaved; they are printed in the order of their first
// events, at the end of the input. At-summary holds the ids, file names and
// durations of every session until then, some 200 bytes an event, and no lines.
//
// # Exit status
//
//   - 0: all events were summed up.
//   - 2: bad usage, unreadable input, or lines that are not events. Such lines
//     are reported; the rest is summed up.
//
// # Examples
//
// The latest session:
//
//	$ at-cat | at-summary
//
// A session with all of its subagents:
//
//	$ at-cat --tree 5f1c0a52 | at-summary --include-subagents
//
// The ten sessions with the most errors:
//
//	$ at-cat --all | at-summary --format json |
//	    jq -r '[.data.errors, .session_id] | @tsv' | sort -rn | head
package main
