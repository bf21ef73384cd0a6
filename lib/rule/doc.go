// Package rule is the rules by which a session is watched: conditions on what
// it has done so far and on what it does now, and what is to be done then.
//
// # The file
//
// Rules are JSON or YAML, in either of two forms, by default .watch-rules.json:
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
//	  - condition: file_path matches "**/production.env"
//	    action: pause
//	    notify: slack
//
// A condition with a threshold holds when the number is greater than it; in the
// second form the operator is written: > >= < <= ==. Numbers are those of JSON
// (1e3 is a thousand). The action is alert, pause, kill or resume; alert if none
// is given. An unknown key, condition, operator or action, and text after a
// condition, are errors, told with file and line.
//
// # Conditions
//
//   - cost_usd: what the answers of the models cost so far, by the tokens that
//     the agent recorded and the prices of lib/price.
//   - tokens: their tokens, of all classes. context_pct: how much of the model's
//     window the last request filled, in percent.
//   - files_modified: distinct files written, by file tools and shell commands.
//   - consecutive_test_failures: test runs that failed since the last that
//     passed. consecutive_errors: calls that failed since the last that did not.
//   - retries: how often the shell command that was repeated most was run again
//     after the first time. loops: how often the latest calls, of any number up
//     to 10, came one after the other in the same order.
//   - duration_minutes: since the first event. idle_minutes: since the last.
//   - tool_calls: how many.
//   - file_path, command, host, tool: a call that touches such a path, runs such
//     a command, contacts such a host, or is of such a tool: patterns as in the
//     deny lists of a policy, see lib/policy.
//
// A number that is not known, such as a cost without tokens, makes no condition
// true.
package rule
