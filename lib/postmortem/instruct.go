package postmortem

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
	"agenttrace/lib/policy"
	"agenttrace/lib/tool"
)

// An Instruction is a line of a file such as AGENTS.md that forbids a command
// or the change of a file.
type Instruction struct {
	File string
	Line int
	Text string // the line, without its markup
	What string // what it forbids: a command or a path

	deny  *policy.Policy
	flags []string // options that the command must have as well
	words []string // the command they belong to; none is any
}

var (
	forbids = `(?:never|do not|don['’]t|must not|mustn['’]t|should not|shouldn['’]t|avoid)`
	// instead: "use uv, not pip", "prefer rg over grep".
	instead = regexp.MustCompile(`(?i)\buse\s+(.{1,80}?)(?:,\s*(?:and\s+)?not|\s+not|\s*\(not|\s+instead of|\s+rather than|,\s*never)\s+(.+)`)
	prefer  = regexp.MustCompile(`(?i)\bprefer\s+(.{1,80}?)\s+(?:over|to|instead of|rather than)\s+(.+)`)
	never   = regexp.MustCompile(`(?i)\b` + forbids + `\s+(?:ever\s+)?(?:use|using|run|running|call|calling|execute|executing|invoke|invoking)\s+(.+)`)
	noEdit  = regexp.MustCompile(`(?i)\b` + forbids + `\s+(?:ever\s+)?(?:edit|editing|modify|modifying|change|changing|touch|touching|delete|deleting|remove|removing|overwrite|overwriting|write to|writing to)\s+(.+)`)
	quoted  = regexp.MustCompile(`(?i)\b` + forbids + "\\s+(`[^`]+`.*)")
	ticks   = regexp.MustCompile("^(?:the |any )?`([^`]+)`(.*)")
	strong  = regexp.MustCompile("(?:\\*\\*|__)([^*`_]+)(?:\\*\\*|__)")
	joins   = regexp.MustCompile(`^\s*(?:,|or|and|/|nor|, or|, and)\s*`)
)

// stops end a command that is not in backquotes.
var stops = []string{"for", "to", "in", "on", "when", "unless", "because", "directly", "here", "as", "at", "with", "without", "and", "or", "if", "except", "from", "outside", "inside", "any", "anywhere", "ever", "by", "since"}

// articles begin what is no command.
var articles = []string{"the", "a", "an", "any", "this", "that", "these", "those", "global", "your", "our", "it", "them"}

// ParseInstructions finds the instructions in a file. Code blocks are not read.
func ParseInstructions(file, text string) (list []*Instruction) {
	fenced := false
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "```") || strings.HasPrefix(line, "~~~") {
			fenced = !fenced
			continue
		}
		if fenced || strings.HasPrefix(line, "#") || len(line) > 1000 {
			continue
		}
		line = strings.TrimSpace(strings.TrimLeft(line, "-*+> 0123456789.)"))
		line = strong.ReplaceAllString(line, "$1")
		for _, in := range readLine(line) {
			in.File, in.Line, in.Text = file, n, line
			list = append(list, in)
		}
	}
	return list
}

func readLine(line string) (list []*Instruction) {
	if m := noEdit.FindStringSubmatch(line); m != nil {
		for _, p := range things(m[1], true) {
			if deny, wrong := policy.Only("file_path", p); wrong == "" {
				deny.Read.Deny = nil
				list = append(list, &Instruction{What: p, deny: deny})
			}
		}
		return list
	}
	for _, re := range []*regexp.Regexp{instead, prefer, never, quoted} {
		m := re.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		for _, y := range things(m[len(m)-1], false) {
			if in := command(y); in != nil {
				list = append(list, in)
			}
		}
		return list
	}
	return nil
}

// things returns what a text names: all that stands in backquotes at its
// beginning, or its first words.
func things(s string, path bool) (list []string) {
	for rest := s; ; {
		m := ticks.FindStringSubmatch(rest)
		if m == nil {
			break
		}
		list = append(list, strings.TrimSpace(m[1]))
		j := joins.FindString(m[2])
		if j == "" {
			return list
		}
		rest = m[2][len(j):]
	}
	if list != nil {
		return list
	}
	var words []string
	for _, w := range strings.Fields(s) {
		bare := strings.Trim(w, `"'(),.;:!`)
		if path {
			if strings.ContainsAny(strings.TrimLeft(bare, "."), "/.*") || strings.HasPrefix(bare, ".") && len(bare) > 1 {
				return []string{bare}
			}
			return nil
		}
		if bare == "" || slices.Contains(stops, strings.ToLower(bare)) || len(words) == 0 && slices.Contains(articles, strings.ToLower(bare)) {
			break
		}
		words = append(words, bare)
		if bare != strings.TrimLeft(w, `"'(`) || len(words) == 4 {
			break // a mark ends it
		}
	}
	if len(words) == 0 {
		return nil
	}
	return []string{strings.Join(words, " ")}
}

// command is the instruction not to run a command.
func command(y string) *Instruction {
	in := &Instruction{What: y}
	for _, w := range strings.Fields(y) {
		if strings.HasPrefix(w, "-") {
			in.flags = append(in.flags, w)
		} else {
			in.words = append(in.words, w)
		}
	}
	if in.flags != nil {
		return in
	}
	deny, wrong := policy.Only("command", y)
	if wrong != "" {
		return nil
	}
	in.deny = deny
	return in
}

// broken returns what a call does against the instruction, "" if nothing.
func (in *Instruction) broken(c *tool.Call, ctx *policy.Context) string {
	if in.deny != nil {
		for _, f := range in.deny.Judge(*c, ctx) {
			if f.Verdict == policy.Deny {
				return f.Action
			}
		}
		return ""
	}
	if c.Line == "" {
		return ""
	}
	for _, cmd := range tool.Commands(c.Line) {
		var words []string
		for _, a := range append([]string{cmd.Program}, cmd.Args...) {
			if !strings.HasPrefix(a, "-") {
				words = append(words, a)
			}
		}
		if len(words) < len(in.words) || !slices.Equal(words[:len(in.words)], in.words) {
			continue
		}
		all := true
		for _, f := range in.flags {
			all = all && slices.ContainsFunc(cmd.Args, func(a string) bool { return a == f || strings.HasPrefix(a, f+"=") })
		}
		if all {
			return "Ran: " + cmd.Text
		}
	}
	return ""
}

// Files are those that hold instructions for agents.
var Files = []string{"AGENTS.md", "CLAUDE.md"}

// numbered is what a file tool puts before a line.
var numbered = regexp.MustCompile(`(?m)^ *\d+[→\t]`)

// learn takes the instructions that the agent itself has read, if those of its
// directory are not at hand.
func (f *Fold) learn(e event.Event, a *attempt) {
	if len(f.instructions) > 0 && !f.learned {
		return
	}
	for _, p := range a.reads {
		name := p[strings.LastIndexByte(p, '/')+1:]
		if !slices.Contains(Files, name) || len(f.instructions) > maxLearned {
			continue
		}
		f.learned = true
		f.instructions = append(f.instructions, ParseInstructions(name, numbered.ReplaceAllString(readText(e), ""))...)
	}
}

// maxLearned is how many instructions are taken from what the agent has read.
const maxLearned = 500

// readText returns the text of a file that a tool has read.
func readText(e event.Event) string {
	for _, at := range []string{"result.file.content", "result.llmContent", "result.content", "result", "content"} {
		if v := e.Get(at); v.Type == gjson.String && v.Str != "" {
			return v.Str
		}
	}
	return ""
}

// check notes which instructions a call does not follow.
func (f *Fold) check(e event.Event, c *tool.Call) {
	if !f.asked {
		f.asked = true
		if f.set.Instructions != nil {
			f.instructions = f.set.Instructions(f)
		}
	}
	if len(f.instructions) == 0 {
		return
	}
	ctx := (&policy.Context{}).For(f.Cwd, e.Get("cwd").Str, nil)
	for _, in := range f.instructions {
		if action := in.broken(c, ctx); action == "" {
			continue
		} else if len(f.broken) < maxBroken {
			f.broken = append(f.broken, Broken{in, f.events, action})
		} else {
			f.brokenMore++
		}
	}
}
