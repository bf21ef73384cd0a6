// At-postmortem tells why a session came to nothing.
//
// For each session it prints what became of it, the root cause, the time line
// with what failed and was tried again, the time and money that were wasted, the
// instructions that were not followed, and recommendations where events show
// that they are of use; #12 is the twelfth event of the session, as in
// at-replay.
//
// The root cause is the first failure that nothing made good. A failed attempt is
// made good by a later success with the same intent; a failed test or build also by
// a success of all tests or the whole build, a failed edit by another edit of the
// same file. A failure that is not of a test, a build or an installation is also
// made good if tests, a build or a commit succeed after it. A session whose failures
// were all made good is OK. If a rule of at-watch killed it, which an alert in the
// input says, and every failure was made good, the last failure before is the cause.
//
// Instructions are the lines of AGENTS.md and CLAUDE.md in the session's
// directory that forbid a command or the change of a file: "use uv, not pip",
// "never run `git push`", "do not edit `vendor/`". They are taken from the commit
// that the session started at, where git has it, else as they are now; where the
// directory is not at hand, from what the agent has read of them; or from the
// files that --instructions names. Commands are looked for in every command of a
// shell line, through wrappers such as sudo.
//
// With --format json it prints a postmortem record for each session, with
// --format markdown a document.
//
// Sessions may be interleaved; they are printed in the order of their first
// events, at the end of the input. At-postmortem holds a line for each prompt,
// call and failure until then, some 200 bytes each.
//
// # Exit status
//
//   - 0: done.
//   - 1: a session failed or was killed, with --exit-code.
//   - 2: bad usage, unreadable input, or lines that are not events. Such lines
//     are reported; the rest is looked at.
//
// # Examples
//
// The latest session:
//
//	$ at-cat | at-postmortem
//
// As a document:
//
//	$ at-cat 5f1c0a52 | at-redact --plain | at-postmortem --format markdown > postmortem.md
//
// The root causes of this week:
//
//	$ at-cat --all --since 7d | at-postmortem --format json |
//	    jq -r '.data.root_cause.text // empty' | sort | uniq -c | sort -rn
package main
