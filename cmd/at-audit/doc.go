// At-audit checks what an agent did against a policy file.
//
// For each session it prints what the policy allows, what it does not speak of,
// the violations, and the sensitive files that were used (keys, credentials,
// .env, pipelines …), which are flagged with or without a policy. It judges
// every call of a tool: files, shell commands, hosts, servers of MCP, subagents;
// a shell line is judged command by command, as at-guard judges it before it
// runs. A call that was refused, by the user or by at-guard, did not happen: it
// is listed as prevented, and is no violation. One that failed is marked as
// such.
//
// The policy is the file named by --policy, else .agent-scope.json (or .yaml) in
// this directory, if there is one. What a policy means is told by
// "go doc agenttrace/lib/policy". Relative paths are those of the session's own
// directory. Where that directory is on this machine, symbolic links in it are
// followed, as they are now; --no-links leaves them alone.
//
// --rules FILE judges by the rules of at-watch and at-guard, too: a rule that
// would have paused or killed the agent is a violation, told where it first
// held, and for a rule on calls at each of them.
//
// With --format json it prints a violation record for each violation and a
// sensitive_access record for each use of a sensitive file; --format sarif and
// --format junit are for systems that show such reports. The report has parts
// of command lines: put at-redact before it where they may hold secrets.
//
// Sessions may be interleaved; they are printed in the order of their first
// events, at the end of the input. At-audit holds what it found until then, some
// 500 bytes for each thing that a call does, and no lines.
//
// # Exit status
//
//   - 0: no violation, or no policy.
//   - 1: a violation. What cannot be told before it runs counts, unless the
//     policy says otherwise. Records of violations that were prevented do not.
//   - 2: bad usage, a policy that is missing or wrong, unreadable input, or
//     lines that are not events. Such lines are reported; the rest is judged.
//
// # Examples
//
// The latest session, for a look at sensitive files:
//
//	$ at-cat | at-audit
//
// In CI: fail if the agent did what the policy does not allow:
//
//	$ at-cat --all | at-audit --policy .agent-scope.json --format junit > audit.xml
//
// What has been done since the release, and which hosts were contacted:
//
//	$ at-cat --all | at-audit --since-commit v1.2.0 --format json |
//	    jq -r 'select(.data.kind == "network") | .data.subject'
package main
