package setup

import (
	"path"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/tool"
)

// The programs that a hook runs.
const (
	capture    = "at-capture"
	redactor   = "at-redact"
	saver      = "at-save"
	saveFlag   = "--save"   // of at-capture: be at-save too, in one process
	redactFlag = "--redact" // and at-redact
)

// args returns the arguments of at-capture in a hook of one process. from says
// whose the records are where they do not say so themselves, "" if they do.
func (o Options) args(from string) []string {
	args := []string{saveFlag}
	if from != "" {
		args = append(args, "--from", from)
	}
	if o.redacts() {
		args = append(args, redactFlag)
	}
	for _, re := range o.Patterns {
		args = append(args, redactFlag+"-pattern="+re)
	}
	if o.TraceDir != "" {
		args = append(args, "--trace-dir", o.TraceDir)
	}
	return args
}

// redacts reports whether secrets are taken out.
func (o Options) redacts() bool { return o.Redact || len(o.Patterns) > 0 }

// line returns what a hook runs, as a line for sh.
//
// A pipe that fails must not stop the agent: an exit status of 2 forbids the
// tool, the prompt or the end of the turn, and at-save ends with 2 if the disk
// is full. Hence the || true. At-capture --save needs none: in a hook it never
// exits with 2.
//
// If at-redact is missing or dies, no output comes from it, so nothing is saved
// that it has not seen.
func (o Options) line(from string) string {
	if !o.Pipe {
		return words(o.Command, o.args(from)...)
	}
	stages := []string{quote(o.Command)}
	if from != "" {
		stages[0] += " --from " + from
	}
	store := ""
	if o.TraceDir != "" {
		store = " --trace-dir " + quote(o.TraceDir)
	}
	if o.redacts() {
		stage := quote(o.beside(redactor))
		for _, re := range o.Patterns {
			stage += " " + quote("--pattern="+re)
		}
		stages = append(stages, stage+store) // the key of its tags is in the store
	}
	save := quote(o.beside(saver)) + store
	return strings.Join(append(stages, save), " | ") + " || true"
}

// words returns a command line for sh.
func words(program string, args ...string) string {
	list := []string{quote(program)}
	for _, a := range args {
		list = append(list, quote(a))
	}
	return strings.Join(list, " ")
}

// safeLine is line for an agent that forbids the tool when a hook fails, as it
// does when at-capture is not there.
func (o Options) safeLine(from string) string {
	return strings.TrimSuffix(o.line(from), " || true") + " || true"
}

// beside returns the path of a program that lies in the folder of at-capture.
func (o Options) beside(name string) string {
	dir := o.Command[:strings.LastIndexAny(o.Command, `/\`)+1]
	return dir + name
}

// quote returns s as one word of a shell line. A path that begins with a
// variable, such as ${CLAUDE_PROJECT_DIR}/bin/at-capture, keeps it.
func quote(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_./-+@%:=,", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	if name, rest, ok := variable(s); ok {
		return `"` + name + `"` + quote(rest)
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// variable splits ${NAME}/rest.
func variable(s string) (name, rest string, ok bool) {
	i := strings.Index(s, "}/")
	if !strings.HasPrefix(s, "${") || i < 0 || strings.IndexFunc(s[2:i], func(r rune) bool {
		return r != '_' && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	}) >= 0 {
		return "", "", false
	}
	return s[:i+1], s[i+1:], true
}

// Anchored reports whether a path means the same file wherever a hook runs: it
// is absolute, or begins with a variable as in ${CLAUDE_PROJECT_DIR}/traces,
// which the agent fills in.
func Anchored(p string) bool {
	_, _, ok := variable(p)
	return ok || strings.HasPrefix(p, "/")
}

// base returns the name of a program without its folder and .exe.
func base(p string) string {
	p = strings.Trim(p, `"'`)
	return strings.TrimSuffix(path.Base(strings.ReplaceAll(p, `\`, "/")), ".exe")
}

// run is a program that a handler starts.
type run struct {
	program string
	args    []string
}

// runs returns what a handler starts: a program with arguments, or what is in
// a line for the shell.
func runs(handler gjson.Result) []run {
	for _, key := range []string{"command", "bash", "exec"} {
		command := handler.Get(key)
		if command.Type != gjson.String || !strings.Contains(command.Str, capture) && !strings.Contains(command.Str, guardian) {
			continue
		}
		if args := handler.Get("args"); args.IsArray() {
			r := run{program: command.Str}
			for _, a := range args.Array() {
				r.args = append(r.args, a.String())
			}
			return []run{r}
		}
		var list []run
		for _, c := range tool.Commands(command.Str) {
			list = append(list, run{c.Program, c.Args})
		}
		return list
	}
	return nil
}

// ours reports whether a handler captures and saves: at-capture --save, or a
// pipe from at-capture into at-save, as a program with arguments or as a line
// for the shell. Whatever else stands in the line is taken for ours as well.
func ours(handler gjson.Result) bool {
	captures, saves := false, false
	for _, r := range runs(handler) {
		switch base(r.program) {
		case capture:
			captures = true
			saves = saves || slices.Contains(r.args, saveFlag)
		case saver:
			saves = true
		}
	}
	return captures && saves
}

// guards reports whether a handler runs at-guard.
func guards(handler gjson.Result) bool {
	return slices.ContainsFunc(runs(handler), func(r run) bool { return base(r.program) == guardian })
}

// found says what a handler of ours does.
func found(handler gjson.Result) Hook {
	var h Hook
	for _, r := range runs(handler) {
		b := base(r.program)
		if b == guardian || b == capture {
			h.Program, h.Guard = strings.Trim(r.program, `"'`), b == guardian
		}
		h.Line += words(r.program, r.args...) + "\n"
		if i := slices.Index(r.args, "--trace-dir"); i >= 0 && i+1 < len(r.args) {
			h.TraceDir = r.args[i+1]
		}
	}
	return h
}
