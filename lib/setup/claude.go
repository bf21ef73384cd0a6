package setup

import "agenttrace/lib/event"

// claude is Claude Code. It reads the settings of the user, of the project and
// of the project's user; a hook that stands alike in several of them runs once.
var claude = Agent{
	Name:     "claude",
	Title:    "Claude Code",
	Traced:   "claude-code",
	Programs: []string{"claude"},
	Files: []File{
		{".claude/settings.json", "settings.json", claudeFormat},
		{".claude/settings.local.json", "", claudeFormat},
	},
	Once:   true,
	Folder: below("CLAUDE_CONFIG_DIR", ".claude"),
	Off:    offIf("disableAllHooks", true),
	hooks:  claudeHooks,
	guards: claudeGuards,
	trust:  claudeTrust,
}

// claudeFormat is strict: Claude Code ignores a file with comments.
var claudeFormat = jsonHooks{hooks: claudeHooks, guards: claudeGuards}

// claudeExec is the first version that starts a hook from a list of arguments.
var claudeExec = Version{2, 1, 139}

// A claudeEvent is an event of Claude Code, and whether a trace wants it.
type claudeEvent struct {
	name  string
	since Version // first version that has it
	tool  bool    // its matcher is matched with the name of a tool
	leave string  // why it gets no hook; "" if it gets one
}

// claudeEvents is every event of Claude Code 2.1.330. The versions are those
// in its changelog, which is silent about PostToolUseFailure, PostToolBatch
// and UserPromptExpansion: for these it is a version that is known to have
// them.
//
// The version matters before 2.1.101: there, one unknown name makes the client
// ignore the whole settings file.
var claudeEvents = []claudeEvent{
	{name: "SessionStart", since: Version{1, 0, 62}},
	{name: "SessionEnd", since: Version{1, 0, 85}},
	{name: "UserPromptSubmit", since: Version{1, 0, 54}},
	{name: "UserPromptExpansion", since: Version{2, 1, 139}},
	{name: "PreToolUse", since: Version{1, 0, 38}, tool: true},
	{name: "PostToolUse", since: Version{1, 0, 38}, tool: true},
	{name: "PostToolUseFailure", since: Version{2, 1, 10}, tool: true},
	// The only event that tells of calls which were refused before they
	// began: unknown tools and arguments that do not fit.
	{name: "PostToolBatch", since: Version{2, 1, 139}},
	{name: "PermissionRequest", since: Version{2, 0, 45}, tool: true},
	{name: "PermissionDenied", since: Version{2, 1, 89}, tool: true},
	{name: "Notification", since: Version{1, 0, 38}},
	{name: "Stop", since: Version{1, 0, 38}},
	{name: "StopFailure", since: Version{2, 1, 78}},
	{name: "SubagentStart", since: Version{2, 0, 43}},
	{name: "SubagentStop", since: Version{1, 0, 41}},
	{name: "PreCompact", since: Version{1, 0, 48}},
	{name: "PostCompact", since: Version{2, 1, 76}},
	{name: "PreModelSwitch", since: Version{2, 1, 251}, leave: "a hook that is cut off at its timeout blocks the switch; PostModelSwitch tells the same"},
	{name: "PostModelSwitch", since: Version{2, 1, 251}},
	{name: "TaskCreated", since: Version{2, 1, 84}},
	{name: "TaskCompleted", since: Version{2, 1, 33}},
	{name: "TeammateIdle", since: Version{2, 1, 33}},
	{name: "Elicitation", since: Version{2, 1, 76}},
	{name: "ElicitationResult", since: Version{2, 1, 76}},
	{name: "ConfigChange", since: Version{2, 1, 49}},
	{name: "InstructionsLoaded", since: Version{2, 1, 69}},
	{name: "CwdChanged", since: Version{2, 1, 83}},
	{name: "DirectoryAdded", since: Version{2, 1, 219}},
	{name: "Setup", since: Version{2, 1, 10}},
	{name: "WorktreeCreate", since: Version{2, 1, 50}, leave: "a hook takes the place of git worktree add and must make the worktree itself"},
	{name: "WorktreeRemove", since: Version{2, 1, 50}, leave: "a hook is the one that removes a worktree made by a hook, and its exit status says whether it did"},
	{name: "MessageDisplay", since: Version{2, 1, 152}, leave: "a hook runs for each piece of text and holds up its display"},
	{name: "FileChanged", since: Version{2, 1, 83}, leave: "the matcher of a hook is the list of files to watch"},
}

// claudeTimeout is the time in seconds after which the client gives up on a
// hook. Its own default, 600 s, would let a hook that hangs hold up each tool.
// For SessionEnd the client gives all hooks 1.5 s together, unless a timeout
// in a settings file is longer (60 s at most): with this one a loaded machine
// does not lose the end of a session.
const claudeTimeout = captureTimeout

func claudeHooks(o Options) []hook {
	var list []hook
	for _, e := range claudeEvents {
		if e.leave != "" || o.For.before(e.since) {
			continue
		}
		h := hook{event: e.name, handler: claudeHandler(o)}
		if e.tool {
			h.matcher = "*"
		}
		list = append(list, h)
	}
	return list
}

// claudeHandler returns {"type":"command","command":…,"args":[…],"timeout":…}.
// Without args the client hands the command to a shell. A client that does not
// know args ignores them, and would run at-capture without --save, whose
// output it takes for an answer.
func claudeHandler(o Options) []byte {
	var h event.Object
	h.Str("type", "command")
	if o.Shell || o.Pipe || o.For.before(claudeExec) {
		h.Str("command", o.line(""))
	} else {
		h.Str("command", o.Command).Strs("args", o.args(""))
	}
	return h.Int("timeout", claudeTimeout).Bytes()
}
