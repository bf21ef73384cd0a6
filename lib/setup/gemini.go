package setup

import "agenttrace/lib/event"

// gemini is Gemini CLI. Its settings may have comments.
var gemini = Agent{
	Name:     "gemini",
	Title:    "Gemini CLI",
	Traced:   "gemini-cli",
	Programs: []string{"gemini"},
	Files:    []File{{".gemini/settings.json", "settings.json", jsonHooks{hooks: geminiHooks, guards: geminiGuards, loose: true}}},
	Folder: func(env func(string) string, home string) string {
		if h := env("GEMINI_CLI_HOME"); h != "" {
			home = h
		}
		return below("", ".gemini")(env, home)
	},
	Off:    offIf("hooksConfig.enabled", false),
	hooks:  geminiHooks,
	guards: geminiGuards,
	trust:  geminiTrust,
	steps: func(o Options, global bool) []string {
		if global {
			return nil
		}
		return []string{"Gemini CLI runs the hooks of a project only if its folder is trusted (/permissions), and shows those that are new once"}
	},
}

// geminiEvents are the events of Gemini CLI 0.61 that get a hook. BeforeModel,
// AfterModel and BeforeToolSelection carry the whole history each time;
// PreCompress comes before each turn, whether there is anything to compress or
// not.
var geminiEvents = []string{"SessionStart", "SessionEnd", "BeforeAgent", "AfterAgent", "BeforeTool", "AfterTool", "Notification"}

// geminiHandler returns a handler. Without a matcher it is for all tools.
// Times are in milliseconds.
func geminiHandler(name, line string, seconds int64) []byte {
	var h event.Object
	return h.Str("type", "command").Str("name", name).Str("command", line).Int("timeout", seconds*1000).Bytes()
}

func geminiHooks(o Options) []hook {
	var list []hook
	for _, e := range geminiEvents {
		list = append(list, hook{event: e, handler: geminiHandler(capture, o.safeLine("gemini"), captureTimeout)})
	}
	return list
}

func geminiGuards(o Options) []hook {
	return []hook{{event: "BeforeTool", handler: geminiHandler(guardian, o.guardLine("gemini"), guardTimeout)}}
}
