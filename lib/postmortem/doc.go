// Package postmortem tells why a session came to nothing: its root cause, what
// was done when, what was wasted, and which instructions were not followed.
//
// # Root cause
//
// The root cause is the first failure that nothing made good. A failed attempt
// is made good by a later one that succeeds:
//
//   - with the same intent (see agenttrace/lib/tool.Intent);
//   - of tests, builds, linting and installing: on the same operands by whatever
//     program (pip install x, uv pip install x), or on everything;
//   - of an edit: to the same file;
//   - of version control: by the same subcommand;
//   - of a tool of an MCP server or of the web: by the same tool;
//   - of looking around: by any attempt. That nothing was found is an answer,
//     and no root cause unless a rule ended the session.
//
// Whatever is not a test, a build or an installation is also made good if the
// tests or a build succeed after it, or a commit: the work went on without it.
// A failure of the model's API is made good by the next answer.
//
// A test run whose exit status a pipe hides has failed if its output says so. A
// call that the user stopped or refused, or that at-guard denied, has not
// failed. If a rule ended the session and all failures were made good, the root
// cause is the last failure before; if there was none, it is the rule.
//
// # Waste
//
// The time of failed attempts is counted as agenttrace/lib/phase does it. What
// came after the root cause is told apart, as time and as cost.
//
// # Memory
//
// Of a session it holds a line for each prompt, call and failure, at most 20000
// of them and some 200 bytes each, and what agenttrace/lib/rule and
// agenttrace/lib/phase hold.
package postmortem
