package setup

import "agenttrace/lib/event"

// guardian is the program that judges a call before it runs.
const guardian = "at-guard"

// captureTimeout and guardTimeout are the times in seconds after which an agent
// gives up on a hook. That of at-guard is far above its own deadline of 2 s: a
// hook that is cut off does not block the tool.
const (
	captureTimeout = 5
	guardTimeout   = 10
)

// guardArgs returns the arguments of at-guard in a hook. agent is the language
// of its answer, "" if the payload tells.
func (o Options) guardArgs(agent string) []string {
	var args []string
	for _, a := range []struct{ flag, value string }{
		{"--agent", agent}, {"--policy", o.Policy}, {"--rules", o.Rules}, {"--trace-dir", o.TraceDir},
	} {
		if a.value != "" {
			args = append(args, a.flag, a.value)
		}
	}
	return args
}

// guardLine returns a line for sh that runs at-guard. Status 2 denies the call
// whatever made at-guard fail; with others these agents go on, as they do when
// at-guard is not there.
func (o Options) guardLine(agent string) string {
	return words(o.beside(guardian), o.guardArgs(agent)...) + " || exit 2"
}

// claudeGuards returns the hook that runs at-guard before each tool.
func claudeGuards(o Options) []hook {
	var h event.Object
	h.Str("type", "command")
	command, args := o.beside(guardian), o.guardArgs("")
	if o.Shell || o.For.before(claudeExec) {
		h.Str("command", words(command, args...))
	} else {
		h.Str("command", command)
		h.Raw("args", stringList(args))
	}
	h.Int("timeout", guardTimeout)
	return []hook{{event: "PreToolUse", matcher: "*", handler: h.Bytes()}}
}

// stringList writes a list that may be empty: without args the command would be
// a line for a shell.
func stringList(list []string) []byte {
	b := []byte{'['}
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = event.AppendString(b, s)
	}
	return append(b, ']')
}
