package cline

import (
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
	"agenttrace/lib/tool"
)

// resultHead is how the text of a result begins: the tool, and mostly what it
// was called with.
var resultHead = regexp.MustCompile(`^\[([A-Za-z_][A-Za-z0-9_-]*)(?: (?s:[^\n].*?))?\] Result:(?:\n|$)`)

// notRun is what stands in the place of a result where a call was not run.
var notRun = regexp.MustCompile(`^Tool \[([A-Za-z0-9_-]+)\] was not executed `)

// resultOf returns which tool a text is the result of, and what it gave.
func resultOf(text string) (name, rest string, ok bool) {
	if !strings.HasPrefix(text, "[") || !strings.Contains(text, "] Result:") {
		return "", "", false
	}
	m := resultHead.FindStringSubmatchIndex(text)
	if m == nil {
		return "", "", false
	}
	return text[m[2]:m[3]], text[m[1]:], true
}

// user takes what the model was given: results, and what the user said.
func (r *reader) user(content []byte, n string, own int64) error {
	if content[0] == '"' {
		return r.userText(record.Text(content), n, own, nil)
	}
	var err error
	var header *call // whose result the next text is, since only its head was told
	block := 0
	gjson.ParseBytes(content).ForEach(func(_, b gjson.Result) bool {
		switch typ := b.Get("type").Str; {
		case typ == "text" && b.IsObject():
			text := b.Get("text").String()
			if name, rest, ok := resultOf(text); ok && strings.TrimSpace(rest) == "" {
				if header != nil {
					err = r.outcome(header, "", n, own)
				}
				header = r.take(name)
				break
			}
			err = r.userText(text, n, own, &header)
		case typ == "tool_result":
			c := r.takeID(b.Get("tool_use_id").String(), b.Get("name").Str)
			if parts := b.Get("content"); isParts(parts) {
				err = r.parts(c, parts, b.Get("is_error").Bool(), n, own)
				break
			}
			text := textOf(b.Get("content"))
			if b.Get("is_error").Bool() {
				err = r.failed(c, text, n, own)
			} else {
				err = r.outcome(c, text, n, own)
			}
			if err == nil {
				err = r.inner(text, n)
			}
		case r.all && typ != "image":
			r.out.Raw("block_content", []byte(b.Raw)).Str("uuid", n)
			err = r.give("user_block", event.ID(r.session, "user_block", n, strconv.Itoa(block)), "", nil)
		}
		block++
		return err == nil
	})
	if err == nil && header != nil {
		err = r.outcome(header, "", n, own)
	}
	return err
}

// userText takes a text that the model was given.
func (r *reader) userText(text, n string, own int64, header **call) error {
	start := strings.TrimSpace(text)
	if name, rest, ok := resultOf(start); ok {
		if err := r.outcome(r.take(name), rest, n, own); err != nil {
			return err
		}
		return r.inner(rest, n)
	}
	if m := notRun.FindStringSubmatch(start); m != nil {
		return r.failed(r.take(m[1]), start, n, own)
	}
	if header != nil && *header != nil && !strings.HasPrefix(start, "<environment_details>") {
		c := *header
		*header = nil
		if err := r.outcome(c, text, n, own); err != nil {
			return err
		}
		return r.inner(text, n)
	}
	said, err := r.saidIn(text, n)
	if said || err != nil {
		return err
	}
	// What has no tag is the user's in the first versions, where nothing
	// else stands in the message.
	if len(r.open) == 0 && header == nil && start != "" && !strings.HasPrefix(start, "<") && !strings.HasPrefix(start, "[") {
		return r.userSaid(text, n)
	}
	if r.all && start != "" {
		r.out.Text("text", text).Str("uuid", n)
		return r.give("user_injected", event.ID(r.session, "user_injected", n, text), "", nil)
	}
	return nil
}

// saidIn emits the prompts in a text.
func (r *reader) saidIn(text, n string) (said bool, err error) {
	for _, tag := range []string{"task", "feedback", "answer", "user_message", "user_input"} {
		for rest := text; err == nil; {
			_, after, ok := strings.Cut(rest, "<"+tag)
			if ok && tag == "user_input" { // it has attributes
				_, after, ok = strings.Cut(after, ">")
			} else if ok {
				after, ok = strings.CutPrefix(after, ">")
			}
			if !ok {
				break
			}
			inner, behind, whole := strings.Cut(after, "</"+tag+">")
			if !whole {
				break
			}
			rest, said = behind, true
			err = r.userSaid(inner, n)
		}
		if said {
			break
		}
	}
	return said, err
}

// inner emits what the user said with a result. Only what stands outside of
// what the tool gave counts: of a file that is read every tag is the file's.
func (r *reader) inner(text, n string) error {
	start := strings.TrimSpace(text)
	for _, head := range []string{"<feedback>", "<answer>", "<user_message>", "The user "} {
		if strings.HasPrefix(start, head) {
			_, err := r.saidIn(text, n)
			return err
		}
	}
	return nil
}

// take returns the first open call of a tool, one that is not known if there
// is none.
func (r *reader) take(name string) *call {
	for i, c := range r.open {
		if c.name == name {
			r.open = append(r.open[:i], r.open[i+1:]...)
			return c
		}
	}
	return &call{name: name}
}

// takeID is take for a result that has the id of its call.
func (r *reader) takeID(use, name string) *call {
	for i, c := range r.open {
		if c.use == use && use != "" {
			r.open = append(r.open[:i], r.open[i+1:]...)
			return c
		}
	}
	return &call{id: use, use: use, name: name}
}

// isParts reports whether a result is a list of what each part of a call gave,
// as the tools of the command line do: query, result, success, error.
func isParts(v gjson.Result) bool { return v.IsArray() && v.Get("0.success").Exists() }

var codeText = regexp.MustCompile(`exited with code (-?\d+)`)

// partsFailed reports whether a part failed, and with which exit code.
func partsFailed(v gjson.Result) (failed bool, code int) {
	v.ForEach(func(_, p gjson.Result) bool {
		if p.Get("success").Type == gjson.False {
			failed = true
			if m := codeText.FindStringSubmatch(p.Get("error").Str); m != nil && code == 0 {
				code, _ = strconv.Atoi(m[1])
			}
		}
		return true
	})
	return failed, code
}

// parts emits a result that is a list of parts, as an error if one failed.
func (r *reader) parts(c *call, v gjson.Result, isError bool, n string, own int64) error {
	failed, code := partsFailed(v)
	o, typ, key := &r.out, "tool_result", "result"
	if failed || isError {
		typ, key = "error", "error"
		o.Str("kind", "tool")
		o.Count("exit_code", int64(code))
	}
	o.Str("tool_name", c.name).Str("tool_use_id", c.use).Raw(key, []byte(v.Raw)).Str("uuid", n)
	return r.ended(c, typ, n, own)
}

// failures are how the results of failed calls begin (responses.ts in Cline's
// prompts).
var failures = []string{"The tool execution failed with the following error:", "The user denied this operation", "Missing value for required parameter", "Error executing", "Error reading", "Error writing", "Error parsing", "<error_details>"}

// exitText is how the result of a command begins that did not exit with 0.
var exitText = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^command (?:failed|execution failed|executed|exited|execution was not successful)[^\n]{0,400}?(?:exit code:?|with code) (-?\d+)`)
})

// outcome emits the result of a call, an error if its text says so.
func (r *reader) outcome(c *call, text, n string, own int64) error {
	start := strings.TrimSpace(text)
	if code := exitCode(start); code != 0 {
		return r.failed(c, text, n, own)
	}
	for _, f := range failures {
		if strings.HasPrefix(start, f) {
			return r.failed(c, text, n, own)
		}
	}
	r.out.Str("tool_name", c.name).Str("tool_use_id", c.use).Text("result", text).Str("uuid", n)
	return r.ended(c, "tool_result", n, own)
}

func exitCode(text string) int {
	if m := exitText().FindStringSubmatch(text); m != nil {
		code, _ := strconv.Atoi(m[1])
		return code
	}
	code, _ := tool.ExitCode(text)
	if !strings.HasPrefix(strings.ToLower(text), "exit code") {
		return 0
	}
	return code
}

func (r *reader) failed(c *call, text, n string, own int64) error {
	start := strings.TrimSpace(text)
	o := &r.out
	o.Str("kind", "tool").Str("tool_name", c.name).Str("tool_use_id", c.use)
	if code := exitCode(start); code != 0 {
		o.Int("exit_code", int64(code))
	}
	o.True("rejected", strings.HasPrefix(start, "The user denied this operation"))
	o.Text("error", text).Str("uuid", n)
	return r.ended(c, "error", n, own)
}

// ended emits the outcome of a call.
func (r *reader) ended(c *call, typ, n string, own int64) error {
	if c.id == "" { // the call was not told
		return r.give(typ, event.ID(r.session, "tool_result", n, c.name, strconv.Itoa(len(r.open))), "", nil)
	}
	var dur *int64
	if c.nano > 0 && own >= c.nano {
		ns := own - c.nano
		dur = &ns
	}
	return r.give(typ, event.ID(r.session, "tool_result", c.id), event.ID(r.session, "tool_call", c.id), dur)
}

// textOf returns the text of content: a string, or its text blocks.
func textOf(v gjson.Result) string {
	if v.Type == gjson.String {
		return v.Str
	}
	var parts []string
	v.ForEach(func(_, b gjson.Result) bool {
		if s := b.Get("text"); s.Type == gjson.String {
			parts = append(parts, s.Str)
		}
		return true
	})
	return strings.Join(parts, "\n")
}
