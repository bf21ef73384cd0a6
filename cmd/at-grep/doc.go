// At-grep selects events, or the sessions that hold them.
//
// It prints the events that meet all of the conditions given, byte for byte
// and in order; without a condition, all of them. An option that is given
// several times asks for one of its values. There is no pattern among the
// arguments: the first is a FILE.
//
// What a tool call is, its outcome is, too: a result or error meets --tool,
// --path, --reads, --writes and --command if the call does that is its
// parent_id. So --command 'npm test' --error selects the failures of that
// command.
//
// # Conditions
//
//   - --type T,…: the event's type, or its short name in at-replay (call,
//     result, prompt …), or a glob.
//   - --tool NAME: the tool, in any case, or a glob: 'mcp__*'.
//   - --path GLOB: a path that a call reads, writes or searches, as far as its
//     arguments or its shell line tell; --reads and --writes ask for one of
//     these. A GLOB without a slash is about the last part of a path; one that
//     begins with a slash about the whole path; any other about the path below
//     the session's working directory. ** stands for any number of directories.
//   - --command RE: a shell line, or one of the commands in it: ^npm finds npm
//     in cd app && npm test.
//   - --error: error events.
//   - --exit-code N: the exit code that an outcome tells; 1-127 is a range.
//   - --text RE: a string or number in the event's data, escapes undone; not a
//     key. ^ and $ are the ends of a line.
//   - --label GLOB: the label of an annotation, or of another record.
//   - --session ID: the session, or the beginning of its id.
//   - --since T, --until T: the time; an event without one is not selected.
//
// Regular expressions are those of Go and RE2; with -F they are plain text. -i
// makes no difference between upper and lower case, in text, commands, paths
// and labels.
//
// # Sequences
//
// --after QUERY asks that an event before it in the same session met QUERY;
// given again, that another one met the next QUERY after that. QUERY has
// conditions under the names of the options: 'tool=Bash command=npm test',
// and the word error. A value goes on to the next name, or is in quotes.
//
// # Sessions
//
// With --sessions all lines of those sessions are printed that have such an
// event, with -l their ids. --not then selects those that have none. At-grep
// streams, and remembers some numbers of each session. With -B it holds so many
// lines of each session; with --sessions it holds the lines of every session
// until the session is selected, with --not until the end. The ids of 65,536
// calls are held, for their outcomes.
//
// A line that is not an event is reported. It meets no condition and belongs to
// no session: it is printed where events are, if there is no condition, or with
// --not.
//
// # Exit status
//
//   - 0: done, also if nothing was selected.
//   - 1: nothing was selected, with -e.
//   - 2: bad usage, unreadable input, or lines that are not events. Such lines
//     are reported.
//
// # Examples
//
// What failed in the latest session, with the three events before it:
//
//	$ at-cat | at-grep --error -B 3 | at-replay
//
// The sessions that wrote package-lock.json:
//
//	$ at-cat --all | at-grep -l --writes package-lock.json
//
// The sessions that hit an error after npm test:
//
//	$ at-cat --all | at-grep --sessions --after 'tool=Bash command=^npm test' --error | at-explain
//
// How often web tools were called:
//
//	$ at-cat --all | at-grep --type call --tool 'web*' -c
package main
