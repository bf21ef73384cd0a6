// At-watch stops an agent when it goes wrong, by rules.
//
// It reads the events of sessions as they happen, and judges after each one what
// the session has done so far. A rule that holds is an alert: a record on
// standard output, and a message. Its action may also pause, resume or kill the
// agent. Rules stand in a file, JSON or YAML:
//
//	[
//	  { "condition": "cost_usd", "threshold": 0.50, "action": "kill" },
//	  { "condition": "file_path", "glob": "**/production.env", "action": "kill" },
//	  { "condition": "files_modified", "threshold": 30, "action": "pause" }
//	]
//
//	rules:
//	  - name: budget
//	    condition: cost_usd > 5.00
//	    action: kill
//	  - condition: command matches "git push"
//	    action: pause
//
// Conditions are cost_usd, tokens, context_pct, files_modified,
// consecutive_test_failures, consecutive_errors, retries, loops,
// duration_minutes, idle_minutes and tool_calls, with > >= < <= or ==; and
// file_path, command, host and tool, with a pattern as in the deny lists of a
// policy. "go doc agenttrace/lib/rule" tells what each of them means. The same
// file serves at-guard --rules, which keeps a call from running, and at-audit
// --rules, which judges afterwards.
//
// A rule fires once in a session. What happened before at-watch was started
// counts, so a rule may fire at once. A call that at-guard denied is a call, too. A
// subagent is a session of its own; the agent that started it is what is stopped.
//
// Without a rules file, a configuration or a limit, at-watch alerts at 10 USD, at
// a command that is run for the sixth time, at a series of calls that comes three
// times in a row, at 30 minutes and at 90 % of the model's window.
//
// Costs and tokens are those that the agent recorded. Where only its hooks tell
// of it, its own transcript, which they name, is read beside the input.
//
// # Actions
//
//   - alert: nothing more.
//   - pause: SIGSTOP. kill -CONT resumes.
//   - resume: SIGCONT, of what a rule has paused; looked at only then.
//   - kill: SIGTERM, and after 5 seconds (--grace) SIGKILL. The post-mortem of
//     the session is written to postmortem-ID.md in the trace store's folder.
//
// What is signalled is the agent's process, as the start of the session tells
// it, its process group if it leads one, and all processes that descend from it.
// It must have started when the record says: a pid that is another process now
// is left alone, and so is a process on another machine. Where the process is
// not known, the alert says so. --dry-run signals nothing.
//
// When there has been no input for a second, rules on time are judged by the
// clock, for sessions whose process runs or, if the process is not known, for
// those with an event in the last hour.
//
// A file .pause-request in the trace store's folder, with the id of a session,
// pauses its agent; it goes on when the file is gone. Editors use it.
//
// --webhook posts each alert to an address as a JSON object with text, source
// and alert (the record); --on-alert runs a command with the record on its
// standard input. Both happen in order, and hold up nothing. Alerts have parts of
// command lines: put at-redact before at-watch where they may hold secrets.
//
// At the end of its input at-watch ends, so it can also judge sessions that are
// over. It holds the names of the files that each session wrote, and some
// hundred KB of numbers at most; with a rule that kills also, of sessions whose
// process runs, a line for each call, for the post-mortem.
//
// # Exit status
//
//   - 0: no rule has paused or killed an agent.
//   - 1: one has; or would have, with --dry-run or where the process was gone.
//   - 2: bad usage, rules that are missing or wrong, unreadable input, lines that
//     are not events, or an action that failed. Such lines are reported; the rest
//     is judged.
//
// # Examples
//
// Stop whatever breaks a rule:
//
//	$ at-cat --follow --all | at-watch --rules .watch-rules.json
//
// What the rules would have said of the latest session:
//
//	$ at-cat | at-watch --max-cost 5 --dry-run --format text
//
// A message on the desktop:
//
//	$ at-cat --follow | at-watch --max-duration 30m --on-alert 'jq -r .data.reason'
package main
