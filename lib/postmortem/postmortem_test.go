package postmortem

import (
	"fmt"
	"strings"
	"testing"

	"agenttrace/lib/event"
	"agenttrace/lib/policy"
	"agenttrace/lib/tool"
)

// A script of a session: "$ line" is a shell call that succeeds, "! line" one
// that fails, "! line => text" with what it says; "write FILE", "read FILE",
// "api" (a failure of the API), "answer", "kill RULE", "> prompt".
func fold(t *testing.T, script ...string) *Report {
	t.Helper()
	set := New()
	set.Instructions = func(*Fold) []*Instruction { return testInstructions }
	n := 0
	add := func(format string, args ...any) {
		n++
		head := fmt.Sprintf(`,"timestamp":%d,"event_id":"e%d","session_id":"s",`, 1000+n*10, n)
		line := strings.Replace(fmt.Sprintf(format, args...), ",", head, 1)
		e, err := event.Parse([]byte(line))
		if err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		set.Add(e)
	}
	str := func(s string) string { return string(event.AppendString(nil, s)) }
	for _, s := range script {
		word, rest, _ := strings.Cut(s, " ")
		switch word {
		case "$", "!":
			line, said, ok := strings.Cut(rest, " => ")
			if !ok {
				said = map[string]string{"$": "fine", "!": "boom"}[word]
			}
			add(`{"event_type":"tool_call","data":{"tool_name":"Bash","arguments":{"command":%s}}}`, str(line))
			if word == "$" {
				add(`{"event_type":"tool_result","parent_id":"e%d","data":{"tool_name":"Bash","result":{"stdout":%s}}}`, n, str(said))
			} else {
				add(`{"event_type":"error","parent_id":"e%d","data":{"kind":"tool","tool_name":"Bash","error":%s,"exit_code":1}}`, n, str("Exit code 1\n"+said))
			}
		case "write", "!write":
			add(`{"event_type":"tool_call","data":{"tool_name":"Edit","arguments":{"file_path":%s,"old_string":%s}}}`, str(rest), str(fmt.Sprint(n)))
			if word == "write" {
				add(`{"event_type":"tool_result","parent_id":"e%d","data":{"tool_name":"Edit","result":"ok"}}`, n)
			} else {
				add(`{"event_type":"error","parent_id":"e%d","data":{"kind":"tool","tool_name":"Edit","error":"String to replace not found in file."}}`, n)
			}
		case "api":
			add(`{"event_type":"error","data":{"kind":"api","message":"Overloaded","status":529}}`)
		case "answer":
			add(`{"event_type":"llm_response","data":{"model":"claude-sonnet-5","message_id":"m%d","usage":{"input_tokens":1000000}}}`, n)
		case "kill":
			add(`{"event_type":"alert","data":{"rule":%s,"action":"kill","reason":"it holds","event":%d,"pid":5}}`, str(rest), n)
		case ">":
			add(`{"event_type":"user_prompt","data":{"prompt":%s}}`, str(rest))
		default:
			t.Fatal(s)
		}
	}
	return set.Session("s").Report()
}

var testInstructions = ParseInstructions("AGENTS.md", "# Rules\n\n- Use uv, not pip\n- Never run `git push --force`.\n- Do not edit `vendor/**` by hand\n")

func TestCause(t *testing.T) {
	for name, tt := range map[string]struct {
		script []string
		status string
		cause  string // what it begins with
	}{
		"nothing failed":                {[]string{"$ ls", "$ pytest"}, OK, ""},
		"retried until it went":         {[]string{"! pytest", "$ pip3 install x", "$ pytest"}, OK, ""},
		"by another program":            {[]string{"! python -m pytest", "$ uv run pytest"}, OK, ""},
		"an early one made good":        {[]string{"! npm test", "write a.js", "$ npm test", "$ git commit -m x"}, OK, ""},
		"never made good":               {[]string{"! pytest", "write a.py", "! pytest", "$ ls"}, Failed, "Bash  $ pytest"},
		"the first of two":              {[]string{"! pip3 install x => no such package", "! pytest => No module named x"}, Failed, "Bash  $ pip3 install x"},
		"tests of something else pass":  {[]string{"! pytest tests/test_a.py", "$ pytest tests/test_b.py"}, Failed, "Bash  $ pytest tests/test_a.py"},
		"all tests pass":                {[]string{"! pytest tests/test_a.py", "$ pytest"}, OK, ""},
		"looking around":                {[]string{"! cat nothing.txt", "$ ls"}, OK, ""},
		"it went on without":            {[]string{"! ./deploy.sh", "$ go test ./..."}, OK, ""},
		"and this it did not":           {[]string{"! ./deploy.sh", "write a"}, Failed, "Bash  $ ./deploy.sh"},
		"an edit":                       {[]string{"!write a.go", "write a.go"}, OK, ""},
		"an edit of another file":       {[]string{"!write a.go", "write b.go"}, Failed, "Edit  a.go"},
		"the API":                       {[]string{"api", "answer"}, OK, ""},
		"the API, at last":              {[]string{"answer", "api"}, Failed, "API error: Overloaded"},
		"0 failed":                      {[]string{"$ pytest => 75 passed, 0 failed"}, OK, ""},
		"a pipe hides the status":       {[]string{"$ pytest | tail -1 => 3 failed, 2 passed"}, Failed, "Bash  $ pytest | tail -1"},
		"killed, all was made good":     {[]string{"! pytest", "$ pytest", "kill budget"}, Killed, "Bash  $ pytest"},
		"killed, something was not":     {[]string{"! npm test", "! cat x", "kill budget"}, Killed, "Bash  $ npm test"},
		"killed, and nothing failed":    {[]string{"$ ls", "kill budget"}, Killed, "rule budget"},
		"not let run is not failed":     {[]string{"! rm -rf / => PreToolUse:Bash at-guard: denied"}, OK, ""},
		"a failure of which no call is": {[]string{"> go"}, OK, ""},
	} {
		r := fold(t, tt.script...)
		got := ""
		if r.Cause != nil {
			got = r.Cause.Text
		}
		if r.Status != tt.status || !strings.HasPrefix(strings.ReplaceAll(got, "  ", " "), strings.ReplaceAll(tt.cause, "  ", " ")) || (got == "") != (tt.cause == "") {
			t.Errorf("%s: %s, %q; want %s, %q", name, r.Status, got, tt.status, tt.cause)
		}
	}
}

func TestReport(t *testing.T) {
	r := fold(t, "> make it \x1b[31mwork", "answer", "! pytest => ModuleNotFoundError: No module named 'x'", "! pytest => ModuleNotFoundError: No module named 'x'", "answer", "! pytest => again",
		"$ sudo pip install x", "write /p/vendor/a/b.py", "$ cd a && git push origin main --force")
	if r.Cause == nil || r.Cause.Event != 3 || r.Cause.Tries != 3 || !r.Priced || r.AfterNano*2 != r.CostNano || r.After == 0 || r.Wasted == 0 {
		t.Errorf("%+v %+v", r, r.Cause)
	}
	var got []string
	for _, b := range r.Broken {
		got = append(got, fmt.Sprintf("%d:%s", b.Instruction.Line, b.Instruction.What))
	}
	if s := strings.Join(got, " "); s != "3:pip 4:git push --force" && s != "3:pip 5:vendor/** 4:git push --force" {
		t.Error(s)
	}
	text := string(r.AppendText(nil))
	for _, want := range []string{"POSTMORTEM: Session s", "Root cause:", "← ROOT CAUSE", "← retry", "Violated instructions:", "Recommendations:", "failed 3 times in a row", "Install the dependencies", `\x1b`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "\x1b") {
		t.Error("a control byte")
	}
	if md := string(r.AppendMarkdown(nil)); !strings.Contains(md, "## Recommendations") || strings.Contains(md, "\x1b") {
		t.Error(md)
	}
	e, err := event.Parse(r.Record(nil))
	if err != nil || e.Get("root_cause.event").Int() != 3 || e.Get("violated.#").Int() < 2 {
		t.Errorf("%v %s", err, r.Record(nil))
	}
	// Where nothing is the matter, nothing is recommended.
	if r := fold(t, "! pytest", "$ pytest"); len(r.Advice) != 0 || r.Cause != nil {
		t.Errorf("%+v", r)
	}
}

func TestInstructions(t *testing.T) {
	for line, want := range map[string]string{
		"Use uv, not pip": "pip",
		"- **Always** use `pnpm`, not `npm` or `yarn`.": "npm|yarn",
		"Use uv instead of pip for everything":          "pip",
		"Prefer rg over grep":                           "grep",
		"Never use sed to edit files":                   "sed",
		"Don't run `git push` without asking":           "git push",
		"Do not use --no-verify":                        "--no-verify",
		"NEVER `git reset --hard`":                      "git reset --hard",
		"Do not edit vendor/ by hand":                   "vendor/",
		"Never modify `go.sum` or `go.mod`":             "go.sum|go.mod",
		"Avoid using the any type":                      "",
		"Use tabs":                                      "",
		"Run the tests before you commit":               "",
		"## Never use pip":                              "",
		"Do not use pip, use uv":                        "pip",
	} {
		var got []string
		for _, in := range ParseInstructions("A.md", line+"\n") {
			got = append(got, in.What)
		}
		if s := strings.Join(got, "|"); s != want {
			t.Errorf("%q: %q, want %q", line, s, want)
		}
	}
	for command, want := range map[string]bool{
		"pip install x": true, "cd a && pip install x": true, "sudo pip install x": true, "python -m pip install x": true, "bash -c 'pip list'": true,
		"pipx install x": false, "pipenv sync": false, "uv pip install x": false, "echo pip install": false, "uv add x": false,
	} {
		c := tool.Parse("Bash", []byte(`{"command":`+string(event.AppendString(nil, command))+`}`))
		if got := testInstructions[0].broken(&c, &policy.Context{Root: "/p"}) != ""; got != want {
			t.Errorf("%s: %v, want %v", command, got, want)
		}
	}
	if got := ParseInstructions("A.md", "```\nNever use pip\n```\n"); len(got) != 0 {
		t.Errorf("%+v", got[0])
	}
}
