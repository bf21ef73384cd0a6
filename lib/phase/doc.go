// Package phase cuts sessions into phases: what a person who watched would
// call the steps.
//
// # Activities
//
// Each tool call has an activity. Of a shell line it is that of its most
// telling command, in this order:
//
//   - test, build, lint, install: running tests, building, checking and
//     formatting, fetching packages.
//   - vcs: version control that changes something: commit, push, a pull request.
//   - edit: writing files, by a file tool or in the shell.
//   - agent: starting a subagent.
//   - mcp: a tool of an MCP server that has no other activity.
//   - web, run, explore: looking around. Fetching pages; running any other
//     program, and chores such as mkdir; reading, searching, git status.
//
// The first eight are steps by themselves. Looking around goes with whatever
// is being done, as long as it is short. Plans, questions to the user, echo and
// the like have no activity: they are part of the phase that they fall in.
//
// # Where a phase begins
//
//  1. At each user_prompt. A slash command counts as a prompt if the agent then
//     does something: /clear and /exit do not.
//  2. At the first thing that an agent does in a session whose prompt is not
//     known. What comes before the first phase is in none: its number is 0.
//     A session_start is no phase.
//  3. At a call of another activity than the phase has, which does not come
//     back to it soon (see Detours).
//  4. At a call that does by other means what failed the last time: another
//     runner (python -m pytest, uv run pytest) or another tool (Edit, sed). A
//     retry, of equal intent, is no other way; nor are other operands.
//  5. Where the agent turns to another activity after its last attempt failed:
//     there is no detour from what does not work.
//  6. At more than 5 looks in a row: that is exploring.
//
// A phase that begins within a prompt's work begins where the one before it
// ended: the agent thought about this, not about that. So what it says before
// the first call is a part of the phase, and the times of phases join. A
// phase ends at the last event of its work; what a hook or the user's leaving
// adds, later, does not make it longer.
//
// A phase is over where the next one begins, with a session_end, and where a
// notification says that the agent is idle (idle_prompt) and no call waits for
// its outcome. An agent that stops is not known to be idle: a hook may keep it
// going. What is told of a session after its session_end that is no call, or
// is of an earlier time, has the number of the phase before, and its record
// does not tell of it.
//
// Looking at what one is about to do belongs to it. At the beginning of a
// prompt, up to 3 looks before an edit and one before anything else make no
// phase of their own; within the work, the looks right before an edit, the git
// status before a commit, and after a failure all that was looked at since,
// belong to what follows. Other looks belong to what they follow.
//
// Linting goes with the tests or the build that it stands beside.
//
// # Detours
//
// Up to 3 calls of other activities, with up to 5 looks in a row between them,
// that come back to the activity of the phase are a part of it. A commit, a
// push, an edit and a subagent are none: they are what a person would name. So
//
//	test fails, edit, test passes
//
// are three phases, run tests — FAILED, edit, run tests: the first ended
// without a success, and that the third has one does not change it. But
//
//	edit, test fails, edit, test fails, edit, test passes
//
// are two, since the first tests are a part of the editing that they guide;
// and in
//
//	test fails, look, test passes
//
// the tests are one phase, which did not fail.
//
// Whether a detour comes back is known some events later. Until then its events
// are held back, and so is what the agent says, until it is known what it does
// next. They are given to a phase as soon as the answer is known; at the next
// prompt, session_end or the end of the input; or when 128 events of the session are
// held, or the stream has gone on for 4096 events or 64 MiB since the first of
// them. A step that was begun is then a phase; looking around is not.
//
// # Failures
//
// An attempt is a tool call. It failed if its outcome is an error, or a
// tool_result that says is_error or has an exit_code that is not 0. A call that the
// user refused or stopped did not fail: nobody knows what would have come of it.
//
// A phase FAILED if an attempt of its activity failed and none that began
// after that succeeded; or if the last thing in it is that the model's API
// failed. Of calls that run at the same time, one that succeeds does not make
// good one that fails. A phase of looking around failed only if all of it did:
// that nothing was found is an answer, too.
//
// A retry is an attempt with the same intent as one that failed when it was
// last made; see [agenttrace/lib/tool.Intent]. It may stand in another phase,
// and after another prompt. A success in between ends it.
//
// # Wasted time
//
// The time of a failed attempt is wasted. It runs from the event before the
// call that is not what the agent thought or said (the outcome of the last
// call, the prompt), to the outcome: the agent thought about the attempt, too.
// Of attempts that overlap, the time counts once. What comes after a failure
// is the recovery, and never wasted. A failure of the model's API wastes the time since
// the event before it. Where a time is not known nothing is counted, but for
// the duration_ms that an outcome tells.
//
// # Titles
//
// A phase that begins with a prompt has its first line as title, cut at 50
// columns. Others have what was done: explore, run tests, edit auth.py, edit 3
// files, commit, push, install packages, web research, subagent: DESCRIPTION.
//
// # Memory
//
// A [Segmenter] holds no lines. For each session it holds the names of the
// files and the commands of the phase that is open (cut to 500 bytes), the
// facts of at most 128 events that are held back, at most 2048 calls that have
// no outcome yet, and a number for each command that failed and has not
// succeeded since.
package phase
