package setup

import "agenttrace/lib/event"

// cursor is Cursor, the editor and its command line. That its hooks.json may
// have comments is not documented; they are kept.
var cursor = Agent{
	Name:     "cursor",
	Title:    "Cursor",
	Traced:   "cursor",
	Programs: []string{"cursor", "cursor-agent"},
	Files:    []File{{".cursor/hooks.json", "hooks.json", jsonHooks{hooks: cursorHooks, guards: cursorGuards, loose: true, flat: true, version: true}}},
	Folder:   below("", ".cursor"),
	hooks:    cursorHooks,
	guards:   cursorGuards,
	steps: func(o Options, global bool) []string {
		list := []string{"Cursor runs the hooks of Claude Code's settings, too: where both are set up it tells everything twice, which at-cat joins"}
		if !global {
			list = append(list, "Cursor runs the hooks of a project only in a workspace that is trusted")
		}
		return list
	},
}

// cursorEvents are the events of Cursor 3.1 that get a hook. A command, an MCP
// call and a file that is read come as preToolUse and would come again as
// beforeShellExecution, beforeMCPExecution and beforeReadFile, and so would
// their ends. afterTabFileEdit and beforeTabFileRead are not the agent's but of
// what is completed as one types; workspaceOpen is of no session.
var cursorEvents = []string{
	"sessionStart", "sessionEnd", "beforeSubmitPrompt", "preToolUse", "postToolUse", "postToolUseFailure", "afterFileEdit",
	"afterAgentResponse", "afterAgentThought", "subagentStart", "subagentStop", "preCompact", "stop",
}

// inProject makes a line run in the project, where its traces belong. Cursor
// runs hooks that are for all projects in ~/.cursor.
func inProject(o Options, line string) string {
	if o.Global {
		return `cd "${CURSOR_PROJECT_DIR:-.}" && ` + line
	}
	return line
}

func cursorHooks(o Options) []hook {
	var list []hook
	for _, e := range cursorEvents {
		var h event.Object
		h.Str("command", inProject(o, o.line("cursor"))).Str("type", "command").Int("timeout", captureTimeout)
		list = append(list, hook{event: e, handler: h.Bytes()})
	}
	return list
}

// cursorGuards are for all tools, and for files that are put into a prompt,
// which no tool reads. failClosed: what cannot be judged does not run.
func cursorGuards(o Options) []hook {
	var list []hook
	for _, e := range []string{"preToolUse", "beforeReadFile"} {
		var h event.Object
		h.Str("command", inProject(o, o.guardLine("cursor"))).Str("type", "command").Int("timeout", guardTimeout).True("failClosed", true)
		list = append(list, hook{event: e, handler: h.Bytes()})
	}
	return list
}
