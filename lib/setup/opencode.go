package setup

import (
	"bytes"
	_ "embed"
	"errors"
	"regexp"
	"strings"

	"github.com/tidwall/gjson"
)

// opencode is OpenCode. It has no hooks that start programs, but plugins, which
// run inside of it. Ours is a file of its own.
var opencode = Agent{
	Name:     "opencode",
	Title:    "OpenCode",
	Traced:   "opencode",
	Programs: []string{"opencode"},
	Files:    []File{{".opencode/plugins/agent-trace.js", "plugins/agent-trace.js", plugin{}}},
	Folder: func(env func(string) string, home string) string {
		if dir := env("OPENCODE_CONFIG_DIR"); dir != "" {
			return dir
		}
		if dir := env("XDG_CONFIG_HOME"); dir != "" {
			return dir + "/opencode"
		}
		return below("", ".config/opencode")(env, home)
	},
	steps: func(o Options, global bool) []string {
		return []string{"OpenCode loads plugins when it starts: restart it"}
	},
}

//go:embed opencode.js
var pluginText string

// plugin is a file that is ours as a whole.
type plugin struct{}

// pluginMark begins the file.
const pluginMark = "// Made by at-setup"

var (
	pluginCapture = regexp.MustCompile(`(?m)^const capture = /\*capture\*/ (.*)$`)
	pluginGuard   = regexp.MustCompile(`(?m)^const guard = /\*guard\*/ (.*)$`)
)

var errNotOurs = &Error{Line: 1, Msg: "not made by at-setup"}

func (plugin) Merge(text []byte, o Options) ([]byte, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	if !isBlank(text) && !bytes.HasPrefix(text, []byte(pluginMark)) {
		return nil, errNotOurs
	}
	if o.Pipe {
		return nil, errors.New("OpenCode's plugin starts one process: --pipe does not go with it")
	}
	judge := "null"
	if m := pluginGuard.FindSubmatch(text); m != nil {
		judge = string(m[1]) // it stays when at-setup is run without --guard
	}
	if o.Guard {
		judge = string(stringList(append([]string{o.beside(guardian)}, o.guardArgs("opencode")...)))
	}
	out := pluginCapture.ReplaceAllLiteralString(pluginText, "const capture = "+string(stringList(append([]string{o.Command}, o.args("opencode")...))))
	out = pluginGuard.ReplaceAllLiteralString(out, "const guard = "+judge)
	out = strings.Replace(out, "const capture = ", "const capture = /*capture*/ ", 1)
	return []byte(strings.Replace(out, "const guard = ", "const guard = /*guard*/ ", 1)), nil
}

func (plugin) Remove(text []byte) ([]byte, error) {
	if !isBlank(text) && !bytes.HasPrefix(text, []byte(pluginMark)) {
		return nil, errNotOurs
	}
	return nil, nil
}

func (plugin) Find(text []byte) ([]Hook, error) {
	if !bytes.HasPrefix(text, []byte(pluginMark)) {
		return nil, nil
	}
	var list []Hook
	for _, m := range []struct {
		re    *regexp.Regexp
		event string
	}{{pluginCapture, "event"}, {pluginGuard, "tool.execute.before"}} {
		args := m.re.FindSubmatch(text)
		if args == nil {
			continue
		}
		words := gjson.ParseBytes(args[1]).Array()
		if len(words) == 0 || words[0].Type != gjson.String {
			continue
		}
		h := Hook{Event: m.event, Program: words[0].String(), Line: string(args[1]), Guard: m.event != "event"}
		for i, w := range words[:len(words)-1] {
			if w.String() == "--trace-dir" {
				h.TraceDir = words[i+1].String()
			}
		}
		list = append(list, h)
	}
	return list, nil
}

func (plugin) Idle(text []byte) bool { return isBlank(text) }
func (plugin) Has(text []byte) bool  { return bytes.HasPrefix(text, []byte(pluginMark)) }
