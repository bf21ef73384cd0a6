package tool

import (
	"strconv"
	"strings"
)

// ExitCode returns the exit code that the text of a shell call's result
// tells, and whether it does:
//
//	Exit code 1               Claude Code, the first line
//	Process exited with code  Codex, before its "Output:"
//	Exit code: 1              Codex, older, likewise
//	{"exit_code":1}           Codex, oldest, in its metadata
//	Exit Code: 1              Gemini CLI, after the output
//	Command exited with code  Pi, the last line
//	<exited with exit code 1> Copilot, the last line
//
// It looks only where the agent itself writes, not in the output of the
// command: at the beginning, or else at the last lines.
func ExitCode(text string) (code int, ok bool) {
	const most = 2048
	head := cut(text, most)
	if code, ok = metadata(text); ok {
		return code, true
	}
	n := 0
	for l := range strings.Lines(head) {
		l = strings.TrimSpace(l)
		if l == "" {
			continue
		}
		if l == "Output:" || n == 6 {
			break
		}
		l = strings.TrimPrefix(l, "Error: ")
		if n == 0 {
			if code, ok = after(l, "Exit code "); ok {
				return code, true
			}
		}
		for _, p := range []string{"Process exited with code ", "Exit code: "} {
			if code, ok = after(l, p); ok {
				return code, true
			}
		}
		n++
	}
	tail := text
	if len(tail) > most {
		tail = tail[len(tail)-most:]
	}
	for l := range strings.Lines(tail) {
		l = strings.TrimSpace(l)
		for _, p := range []string{"Exit Code: ", "Command exited with code ", "<exited with exit code ", "<command exited with exit code "} {
			// The last one is the agent's.
			if c, found := after(l, p); found {
				code, ok = c, true
			}
		}
	}
	return code, ok
}

// metadata reads {"output":"…","metadata":{"exit_code":1,…}}.
func metadata(text string) (int, bool) {
	if !strings.HasPrefix(text, `{"`) {
		return 0, false
	}
	i := strings.LastIndex(text, `"exit_code":`)
	if i < 0 || !strings.Contains(text, `"metadata":`) {
		return 0, false
	}
	return after(strings.TrimLeft(text[i+len(`"exit_code":`):], " "), "")
}

// after returns the number that follows a prefix.
func after(s, prefix string) (int, bool) {
	rest, ok := strings.CutPrefix(s, prefix)
	if !ok {
		return 0, false
	}
	end := 0
	for end < len(rest) && (rest[end] >= '0' && rest[end] <= '9' || end == 0 && rest[end] == '-') {
		end++
	}
	n, err := strconv.Atoi(rest[:end])
	return n, err == nil
}
