package setup

import "agenttrace/lib/event"

// codex is Codex CLI. It reads hooks.json and the tables hooks in config.toml,
// of the user and of the project, and warns if both of one folder have hooks.
var codex = Agent{
	Name:     "codex",
	Title:    "Codex",
	Traced:   "codex",
	Programs: []string{"codex"},
	Files: []File{
		{".codex/hooks.json", "hooks.json", jsonHooks{hooks: codexHooks, guards: codexGuards}},
		{".codex/config.toml", "config.toml", tomlHooks{hooks: codexHooks, guards: codexGuards}},
	},
	Either: true,
	Folder: below("CODEX_HOME", ".codex"),
	Off:    codexOff,
	hooks:  codexHooks,
	guards: codexGuards,
	trust:  codexTrust,
	steps: func(o Options, global bool) []string {
		list := []string{"Codex runs a hook only when it has been accepted, and again after each change of it: start codex and type /hooks"}
		if !global {
			list = append(list, "Codex reads the hooks of a project only if the project is trusted")
		}
		return list
	},
}

// codexEvents are the events of Codex 0.169 that get a hook. Names that a
// version does not know are dropped by it without a word. PreModelRequest is
// left out: it holds up each request and tells nothing that PostModelRequest
// does not.
var codexEvents = []string{
	"SessionStart", "SessionEnd", "UserPromptSubmit", "PreToolUse", "PermissionRequest", "PostToolUse",
	"PostModelRequest", // the only one with tokens
	"PreCompact", "PostCompact", "SubagentStart", "SubagentStop", "Stop", "Interrupt",
}

// codexShort is the longest time in seconds that Codex gives to hooks of
// SessionEnd and Interrupt. It warns at its start of one that asks for more.
const codexShort = 3

func codexHooks(o Options) []hook {
	var list []hook
	for _, e := range codexEvents {
		var h event.Object
		timeout := captureTimeout
		if e == "SessionEnd" || e == "Interrupt" {
			timeout = codexShort
		}
		h.Str("type", "command").Str("command", o.line("codex")).Int("timeout", int64(timeout))
		list = append(list, hook{event: e, handler: h.Bytes()})
	}
	return list
}

func codexGuards(o Options) []hook {
	var h event.Object
	h.Str("type", "command").Str("command", o.guardLine("codex")).Int("timeout", guardTimeout)
	return []hook{{event: "PreToolUse", handler: h.Bytes()}}
}

// codexOff reads config.toml.
func codexOff(config []byte) string {
	t, err := parseTOML(config)
	if err != nil {
		return ""
	}
	for _, name := range []string{"hooks", "codex_hooks"} {
		if v, ok := t.get("features", name); ok && v == "false" {
			return "features." + name + " = false"
		}
	}
	return ""
}
