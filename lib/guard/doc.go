// Package guard reads what an agent tells a hook before it runs a tool, and
// writes the answer in that agent's own language.
//
//	agent        told by                                   a denial
//	Claude Code  PreToolUse                                hookSpecificOutput.permissionDecision
//	Codex        PreToolUse with a turn_id                 the same; it cannot ask, so to ask is to deny
//	Gemini CLI   BeforeTool                                decision, reason
//	Cursor       preToolUse, beforeShellExecution,         permission, user_message, agent_message;
//	             beforeMCPExecution, beforeReadFile        only shell and MCP can ask
//	Copilot      toolName, or PreToolUse with a timestamp  permissionDecision, permissionDecisionReason
//	OpenCode     a plugin, in the words of Claude Code     as Codex; it must be named, see --agent
//
// To allow is to say nothing with exit status 0: then the agent's own rules
// decide. Whoever the agent is, exit status 2 with a reason on standard error
// denies the call: Claude Code, Codex, Gemini CLI and Cursor document it so,
// and Copilot denies at any other status than 0.
package guard
