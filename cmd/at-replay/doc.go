// At-replay prints sessions as you would have watched them.
//
// It prints a summary of each session and then an entry for each event: its
// number, its offset from the session's first event, an icon, the type and
// name, how long it took, and below that what it was about: the command of a
// tool call, the first lines of its output, the path, the error, the words of
// user and agent. Numbers count the events of a session in the order of the
// stream, and offsets are those in the session, whatever --filter shows:
// other commands take these numbers. Records of analyses that stand in the
// stream (phases, costs, violations, annotations …) are shown in a line
// each and have no number.
//
// Output of tools is shown as it is, with control bytes made visible; what the
// agent says is shown without the marks of Markdown, unless --lines=0 asks for
// all of the text. A terminal's width, or $COLUMNS, bounds the lines there;
// anywhere else they have up to 120 columns.
//
// Sessions may be interleaved; a line names the session where it changes. With
// --expand-subagents the entries of a subagent are shown, indented, below the
// call that started it. With --tree only who started whom is shown.
//
// With --live the entries appear as they did then, --speed times as fast, with
// no wait longer than --max-gap. A stream that is watched while it is made
// (at-cat --follow) is not slowed down by that.
//
// The summary of a session stands above its entries, so the text is kept
// back until the input ends: 64 MiB of it at most, and no longer than it takes
// until the input pauses for a second. Otherwise, and with --live, the text
// goes out at once and the summary follows at the end. With --no-summary
// nothing is kept back. At-replay holds little of each session but for that;
// with --expand-subagents it holds the entries of all sessions, with --tree
// some numbers of each. An interrupt (SIGINT, SIGTERM) prints what there is,
// and ends.
//
// The short names that --filter takes are start, end, prompt, response,
// thinking, call, result, request, read and write.
//
// # Exit status
//
//   - 0: everything was printed.
//   - 2: bad usage, unreadable input, or lines that are not events. Such
//     lines are reported, and the rest is printed.
//   - 130, 143: ended by SIGINT or SIGTERM.
//
// # Examples
//
// The latest session:
//
//	$ at-cat | at-replay
//
// Its tool calls and what failed:
//
//	$ at-cat | at-replay --filter tool_call,error
//
// Watch it unfold, twice as fast:
//
//	$ at-cat 5f1c0a52 | at-replay --live --speed 2
//
// With its subagents in their places, and with its phases:
//
//	$ at-cat --tree 5f1c0a52 | at-phase | at-replay --expand-subagents
package main
