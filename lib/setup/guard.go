package setup

import (
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
	"agenttrace/lib/tool"
)

// guardian is the program that judges a call before it runs.
const guardian = "at-guard"

// guardArgs returns the arguments of at-guard in a hook.
func (o Options) guardArgs() []string {
	var args []string
	for _, a := range []struct{ flag, value string }{{"--policy", o.Policy}, {"--rules", o.Rules}, {"--trace-dir", o.TraceDir}} {
		if a.value != "" {
			args = append(args, a.flag, a.value)
		}
	}
	return args
}

// claudeGuards returns the hook that runs at-guard before each tool. Its
// time-out is far above at-guard's own deadline: a hook that is cut off does
// not block the tool.
func claudeGuards(o Options) []hook {
	var h event.Object
	h.Str("type", "command")
	command, args := o.beside(guardian), o.guardArgs()
	if o.Shell || o.For.before(claudeExec) {
		words := []string{quote(command)}
		for _, a := range args {
			words = append(words, quote(a))
		}
		h.Str("command", strings.Join(words, " "))
	} else {
		h.Str("command", command)
		h.Raw("args", stringList(args))
	}
	h.Int("timeout", 2*claudeTimeout)
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

// guards reports whether a handler runs at-guard.
func guards(handler gjson.Result) bool {
	command := handler.Get("command")
	if command.Type != gjson.String || !strings.Contains(command.Str, guardian) {
		return false
	}
	if handler.Get("args").IsArray() {
		return base(command.Str) == guardian
	}
	for _, c := range tool.Commands(command.Str) {
		if base(c.Program) == guardian {
			return true
		}
	}
	return false
}
