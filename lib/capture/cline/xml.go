package cline

import (
	"strings"

	"agenttrace/lib/event"
)

// xmlTools are the tools that the model called by XML in its text (the system
// prompts of Cline to version 3.40, and of Roo Code, which was made of it).
var xmlTools = func() map[string]bool {
	m := map[string]bool{}
	for _, name := range strings.Fields(`execute_command read_file write_to_file replace_in_file search_files list_files
		list_code_definition_names browser_action use_mcp_tool access_mcp_resource ask_followup_question
		plan_mode_respond act_mode_respond attempt_completion new_task condense summarize_task report_bug new_rule web_fetch
		web_search load_mcp_documentation focus_chain generate_explanation apply_patch use_skill
		apply_diff insert_content search_and_replace switch_mode fetch_instructions codebase_search update_todo_list
		run_slash_command inspect_site`) {
		m[name] = true
	}
	return m
}()

// long are the parameters whose text may hold anything, their own end too:
// they reach to the last one.
var long = map[string]bool{"content": true, "diff": true, "result": true, "arguments": true, "response": true, "command": true}

type xmlCall struct {
	name string
	args string // JSON
}

// xmlCalls returns what a text says before its first call, and the calls.
func xmlCalls(text string) (before string, calls []xmlCall) {
	before = text
	for rest := text; ; {
		name, start, body := nextTool(rest)
		if name == "" {
			return before, calls
		}
		if calls == nil {
			before = strings.TrimRight(rest[:start], " \t\r\n")
		}
		inner, behind := rest[body:], ""
		end := "</" + name + ">"
		// A file that is written may hold the end of the tag; its last
		// one is the call's, unless another call stands before it.
		if i := strings.Index(inner, end); i >= 0 {
			if other, at, _ := nextTool(inner); other == "" || at > i {
				if other == "" {
					i = strings.LastIndex(inner, end)
				}
			} else if j := strings.LastIndex(inner, end); j > i {
				i = j
			}
			inner, behind = inner[:i], inner[i+len(end):]
		}
		calls = append(calls, xmlCall{name, params(inner)})
		rest = behind
	}
}

// nextTool returns the first tag of a tool: where it starts, and its inside.
func nextTool(text string) (name string, start, body int) {
	for i := 0; i < len(text); {
		at := strings.IndexByte(text[i:], '<')
		if at < 0 {
			break
		}
		at += i
		end := strings.IndexByte(text[at:], '>')
		if end < 0 {
			break
		}
		if name := text[at+1 : at+end]; xmlTools[name] {
			return name, at, at + end + 1
		}
		i = at + 1
	}
	return "", 0, 0
}

// params returns the parameters of a call as a JSON object of strings.
func params(inner string) string {
	var o event.Object
	for {
		at := strings.IndexByte(inner, '<')
		if at < 0 {
			break
		}
		end := strings.IndexByte(inner[at:], '>')
		if end < 0 {
			break
		}
		name := inner[at+1 : at+end]
		inner = inner[at+end+1:]
		if !isName(name) {
			continue
		}
		closing := "</" + name + ">"
		i := strings.Index(inner, closing)
		if long[name] {
			i = strings.LastIndex(inner, closing)
		}
		if i < 0 { // cut off
			o.Text(name, strings.TrimSpace(inner))
			break
		}
		value := inner[:i]
		if name == "content" || name == "diff" {
			value = strings.TrimPrefix(strings.TrimSuffix(value, "\n"), "\n")
		} else {
			value = strings.TrimSpace(value)
		}
		o.Text(name, value)
		inner = inner[i+len(closing):]
	}
	return string(o.Bytes())
}

func isName(s string) bool {
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return s != ""
}
