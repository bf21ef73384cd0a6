package setup

import "agenttrace/lib/event"

// copilot is GitHub Copilot CLI. It reads every JSON file of a folder, so ours
// is one of its own.
var copilot = Agent{
	Name:     "copilot",
	Title:    "Copilot CLI",
	Traced:   "copilot",
	Programs: []string{"copilot"},
	Files:    []File{{".github/hooks/agent-trace.json", "hooks/agent-trace.json", jsonHooks{hooks: copilotHooks, guards: copilotGuards, flat: true, version: true}}},
	Folder:   below("COPILOT_HOME", ".copilot"),
	Switches: []string{"settings.json"},
	Off:      offIf("disableAllHooks", true),
	trust:    copilotTrust,
	hooks:    copilotHooks,
	guards:   copilotGuards,
	steps: func(o Options, global bool) []string {
		list := []string{"Copilot CLI runs the hooks of .claude/settings.json, too: where both are set up it tells everything twice, which at-cat joins"}
		if !global {
			list = append(list, "Copilot CLI runs the hooks of a repository only if its folder is trusted")
			if o.Guard {
				list = append(list, "Copilot's cloud agent runs them too, once they are committed: where there is no at-guard, every tool is denied")
			}
		}
		return list
	},
}

// copilotEvents are the events that get a hook. A name that begins with a
// capital asks for payloads that tell the event; subagentStart and notification
// have no such name. permissionRequest is left out, since it comes for each
// call, beside PreToolUse, and userPromptTransformed, which is what the agent
// made of the prompt.
var copilotEvents = []string{
	"SessionStart", "SessionEnd", "UserPromptSubmit", "PreToolUse", "PostToolUse", "PostToolUseFailure", "Stop",
	"subagentStart", "SubagentStop", "ErrorOccurred", "PreCompact", "notification",
}

// copilotHandler returns a handler. Any status but 0 denies a tool.
func copilotHandler(line string, seconds int64) []byte {
	var h event.Object
	return h.Str("type", "command").Str("bash", line).Int("timeoutSec", seconds).Bytes()
}

func copilotHooks(o Options) []hook {
	var list []hook
	for _, e := range copilotEvents {
		list = append(list, hook{event: e, handler: copilotHandler(o.safeLine("copilot"), captureTimeout)})
	}
	return list
}

func copilotGuards(o Options) []hook {
	return []hook{{event: "PreToolUse", handler: copilotHandler(o.guardLine("copilot"), guardTimeout)}}
}
