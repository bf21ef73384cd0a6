// At-guard judges a tool call before it runs, in the agent's own hook.
//
// It reads the payload of a hook that an agent starts before a tool (PreToolUse
// of Claude Code and Codex, BeforeTool of Gemini CLI, preToolUse and
// beforeShellExecution and so on of Cursor, preToolUse of Copilot) and answers
// in that agent's own language. To allow it says nothing: then the agent's own
// rules decide. To deny it gives a reason, which the model reads. Where a
// person must decide, it asks; agents that cannot ask are told to deny. Other
// payloads are let pass.
//
// A call is judged by the policy (--policy, else .agent-scope.json or .yaml in
// the project), exactly as at-audit judges it afterwards, and by the rules of
// --rules, by what the session has done so far: what it cost, which files it
// wrote, how it repeats itself, how its tests fail. A rule whose action is kill
// denies, pause asks, alert is noted. What cannot be told before it runs is
// asked about, unless the policy says otherwise. --policy none judges by rules
// alone.
//
// At-guard fails closed. Agents run a tool when a hook is late, so it has a
// deadline of its own, far below theirs. At its deadline, on a failure of its
// own, and with a policy or rules that are missing or wrong, it answers as
// --on-error says: deny, which is the default, ask or allow. The answer names
// the cause; it is about this call, never about the session. A payload that
// cannot be read is denied by exit status 2, which all these agents understand.
//
// Every verdict is stored as a guard_verdict event of the session, unless
// --no-save is given. What rules need to know of a session is kept beside its
// events in guard.json, so that only new events are read; the file may be
// deleted at any time. At-guard holds the payload, the policy, the rules and
// that state in memory.
//
// With --explain it prints what it finds and why, for a person, and stores
// nothing. It then also reads a tool_call event.
//
// # Exit status
//
//   - 0: the answer was given: on standard output, or nothing to allow the call.
//   - 1: with --explain: the call would not be allowed.
//   - 2: bad usage, or the call was denied to an agent that is not known; the
//     reason is on standard error.
//
// # Examples
//
// In the hooks of Claude Code, for all tools:
//
//	{"PreToolUse": [{"matcher": "*", "hooks": [{"type": "command",
//	  "command": "at-guard", "args": ["--rules", "/proj/.watch-rules.json"], "timeout": 5}]}]}
//
// Would this call be allowed, and why?
//
//	$ at-cat | at-grep --type tool_call --tool Bash | tail -1 |
//	    at-guard --policy .agent-scope.json --explain
package main
