// Package diff compares two sessions: what the agents did, in which order, and
// what came of it.
//
// # What is compared
//
// Two things are told apart. What an agent did is its steps: the prompts it was
// given, the tools it called, and whether the calls failed. What was said is
// all the rest: texts, thinking, the output of tools, the content of edits.
// Sessions whose steps are equal are structurally identical, whatever was said.
//
// A step is
//
//   - a prompt: its text, white space aside; or a slash command.
//   - a shell call: its commands, each as the programs that run it and its
//     arguments. White space, quotes, comments, variables set for the command
//     and a cd to where the session is anyway do not matter.
//   - a call that reads or edits files: the files. By which of an agent's
//     tools, with what text, and which part of the file, does not matter.
//   - a subagent: its kind.
//   - a call of another agent (A2A): the agent and the task.
//   - any other call: the tool and its arguments. Plans and lists of things to
//     do are no steps.
//
// Paths are relative to the directory of each session, in arguments too.
//
// The sessions diverge at the first step that differs, or, if it is a call
// whose outcome differs (it failed here and not there), at the outcome. Where
// no step differs, they diverge at the first event in which something else
// differs. Ids, times, durations, usage, and what the session_start tells of
// the machine are not looked at. Events are named by their number in the
// session.
//
// # Phases
//
// The phases of lib/phase are aligned by a longest common subsequence over
// their intents and titles, and what is left between those over their intents
// alone. The steps of two phases that belong together are aligned in the same way.
// The result holds what only one side did, and how often; what both did in another
// order; and what failed for one of them only. Order is kept: a phase, or a
// command, that stands elsewhere on the other side has no partner there.
//
// # Numbers
//
// They are those of lib/session, counted from the events; and
//
//   - redundant reads: files that are read again, in the same part, though
//     nothing was written to them, by the session's own file tools, and the
//     context was not summarised in between.
//   - context resets: compactions; and pauses of more than 120 seconds before a
//     prompt, or between two llm_requests. 120 seconds is agent-strace's.
//   - cost and scores: those of cost and score records in the stream, of several
//     the last. There are none otherwise. A cost that leaves models out whose
//     price is not known is a lower bound, and is not compared.
//
// # Verdict
//
// A session completed its task if its last phase did not fail. The first of
// these that differs decides: completed or not; the number of errors; the
// number of passed scores. If none does, cost (else tokens) and duration are
// asked, where they differ by a tenth or more: agreeing, they decide; else
// nothing is better.
//
// # Memory
//
// A [Session] holds about 250 bytes an event, the texts of steps cut to 160
// bytes among them, and no lines.
package diff
