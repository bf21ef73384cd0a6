package policy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"agenttrace/lib/clitest"
	"agenttrace/lib/event"
	"agenttrace/lib/tool"
)

// TestMeaning has the sentences of the package comment, one by one.
func TestMeaning(t *testing.T) {
	const root = "/home/u/proj"
	for _, x := range []struct{ policy, call, want string }{
		// relative patterns and paths are taken from the working directory
		{`{"files":{"read":{"allow":["src/**"]}}}`, "Read /home/u/proj/src/a", "pass"},
		{`{"files":{"read":{"allow":["src/**"]}}}`, "Read src/a", "pass"},
		{`{"files":{"read":{"allow":["src/**"]}}}`, "Read ./src//x/../a", "pass"},
		{`{"files":{"read":{"allow":["./src/**"]}}}`, "Read src/a", "pass"},
		{`{"files":{"read":{"allow":["src/../src/**"]}}}`, "Read src/a", "pass"},
		{`{"files":{"read":{"allow":["src/**"]}}}`, "Read src/../../etc/passwd", "deny"},
		{`{"files":{"read":{"allow":["src/**"]}}}`, "Read /home/u/other/src/a", "deny"},
		{`{"files":{"read":{"allow":["../lib/**"]}}}`, "Read ../lib/a", "pass"},
		{`{"files":{"read":{"allow":["/home/u/proj/src/**"]}}}`, "Read src/a", "pass"},
		{`{"files":{"read":{"allow":["~/notes/**"]}}}`, "Read /home/u/notes/a", "pass"},
		// * stays within a component, ** spans any number, dotfiles included
		{`{"files":{"read":{"allow":["src/*.py"]}}}`, "Read src/a.py", "pass"},
		{`{"files":{"read":{"allow":["src/*.py"]}}}`, "Read src/b/a.py", "deny"},
		{`{"files":{"read":{"allow":["src/**"]}}}`, "Read src/.hidden/.a", "pass"},
		{`{"files":{"read":{"allow":["src/**/*.py"]}}}`, "Read src/a.py", "pass"},
		{`{"files":{"read":{"deny":["**/production.env"]}}}`, "Read production.env", "deny"},
		{`{"files":{"read":{"deny":["**/production.env"]}}}`, "Read a/b/production.env", "deny"},
		{`{"files":{"read":{"allow":["src/{a,b}.py"]}}}`, "Read src/b.py", "pass"},
		// brackets mean themselves, too
		{`{"files":{"read":{"allow":["app/[id]/page.tsx"]}}}`, "Read app/[id]/page.tsx", "pass"},
		{`{"files":{"read":{"allow":["app/[id]/**"]}}}`, "Read app/[id]/a/page.tsx", "pass"},
		{`{"files":{"read":{"allow":["app/[...slug]/*"]}}}`, "Read app/[...slug]/page.tsx", "pass"},
		{`{"files":{"read":{"allow":["app/[id/*"]}}}`, "Read app/[id/a", "pass"},
		// a pattern without a slash is a name at any depth
		{`{"files":{"read":{"deny":[".env"]}}}`, "Read config/.env", "deny"},
		{`{"files":{"read":{"deny":[".env"]}}}`, "Read /other/.env", "deny"},
		{`{"files":{"read":{"deny":[".env"]}}}`, "Read .envx", "pass"},
		{`{"files":{"read":{"allow":["README.md"]}}}`, "Read docs/README.md", "pass"},
		{`{"files":{"read":{"allow":["README.md"]}}}`, "Read /etc/README.md", "deny"},
		{`{"files":{"read":{"allow":["*"]}}}`, "Read /etc/passwd", "deny"},
		{`{"files":{"read":{"allow":["**"]}}}`, "Read a/b", "pass"},
		{`{"files":{"read":{"allow":["**"]}}}`, "Read /etc/passwd", "deny"},
		// a directory that is denied is denied with what is in it
		{`{"files":{"read":{"deny":["private"]}}}`, "Read private/a/b", "deny"},
		{`{"files":{"read":{"deny":["proj"]}}}`, "Read a", "pass"}, // what lies above does not count
		{`{"files":{"write":{"deny":[".github/**"]}}}`, "Write .github", "deny"},
		// deny wins
		{`{"files":{"read":{"allow":["src/**"],"deny":["src/secret.py"]}}}`, "Read src/secret.py", "deny"},
		// a non-empty allow list makes everything else a violation
		{`{"files":{"read":{"allow":["src/**"]}}}`, "Read README.md", "deny"},
		// a missing section rules nothing, nor does an empty list
		{`{"files":{"read":{"allow":["src/**"]}}}`, "Write README.md", "pass"},
		{`{}`, "Read .env", "pass"},
		{`{"files":{"read":{"allow":[],"deny":[]}},"commands":{"allow":[]}}`, "Bash rm -rf /", "pass"},
		{`{}`, "Bash eval $X", "pass"},
		// commands
		{`{"commands":{"deny":["rm -rf"]}}`, "Bash rm -r x", "pass"},
		{`{"commands":{"allow":["git status"]}}`, "Bash git status -s", "pass"},
		{`{"commands":{"allow":["git status"]}}`, "Bash git -C sub status", "pass"},
		{`{"commands":{"allow":["git status"]}}`, "Bash git statusx", "deny"},
		{`{"commands":{"allow":["git status"]}}`, "Bash git -c core.pager=x status", "deny"},
		{`{"commands":{"allow":["pytest *"]}}`, "Bash pytest", "pass"},
		{`{"commands":{"allow":["python*"]}}`, "Bash python3 x.py", "pass"},
		{`{"commands":{"allow":["env"]}}`, "Bash env curl x.example", "deny"},
		{`{"commands":{"allow":["xargs","sudo","timeout","bash"]}}`, "Bash sudo timeout 1 bash -c ls", "deny"},
		{`{"commands":{"allow":["sudo apt-get"]}}`, "Bash sudo apt-get update", "pass"},
		{`{"commands":{"allow":["sudo apt-get"]}}`, "Bash sudo rm x", "deny"},
		{`{"commands":{"allow":["./gradlew"]}}`, "Bash ./gradlew build", "pass"},
		{`{"commands":{"allow":["./gradlew"]}}`, "Bash /tmp/gradlew build", "deny"},
		{`{"commands":{"deny":["bash"]}}`, "Bash bash -c ls", "deny"},
		{`{"commands":{"deny":["*"]}}`, "Bash ls", "deny"},
		{`{"commands":{"deny":["kubectl delete"]}}`, "Bash kubectl -n prod delete pod x", "deny"},
		{`{"commands":{"deny":["terraform apply"]}}`, "Bash terraform -chdir=x apply", "deny"},
		// hosts
		{`{"network":{"allow":["a.example"]}}`, "WebFetch https://b.example", "deny"},
		{`{"network":{"allow":["a.example"]}}`, "WebFetch https://A.EXAMPLE./x", "pass"},
		{`{"network":{"deny":["a.example"]}}`, "WebFetch https://b.example", "pass"},
		{`{"network":{"deny":["a.example"]}}`, "WebFetch https://x@A.example:8/", "deny"},
		{`{"network":{"deny_all":true}}`, "WebFetch https://b.example", "deny"},
		{`{"network":{"deny_all":false}}`, "WebFetch https://b.example", "pass"},
		// deleting and moving away is writing
		{`{"files":{"write":{"deny":["a"]}}}`, "Bash rm a", "deny"},
		{`{"files":{"write":{"deny":["a"]}}}`, "Bash mv a b", "deny"},
		{`{"files":{"write":{"deny":["a"]}}}`, "Bash cp a b.txt", "pass"},
		// what is used with all that is in it must be allowed with all that is in it
		{`{"files":{"write":{"allow":["build","src/*"]}}}`, "Bash rm -r build", "deny"},
		{`{"files":{"write":{"allow":["build/**","src/*"]}}}`, "Bash rm -r build", "pass"},
		{`{"files":{"write":{"allow":["."]}}}`, "Bash rm -r .", "deny"},
		{`{"files":{"write":{"allow":["src/*"]}}}`, "Bash mv src/a src/b", "pass"},
		// searching is ruled by the read policy of the path
		{`{"files":{"read":{"allow":["src/**"]}}}`, "Grep src", "pass"},
		{`{"files":{"read":{"allow":["src/**"]}}}`, "Grep docs", "deny"},
		{`{"files":{"read":{"allow":["src/**"]}}}`, "Bash ls", "pass"},
		{`{"files":{"read":{"allow":["src/**"]}}}`, "Bash ls docs", "deny"},
		{`{"files":{"read":{"allow":["src/**"]}}}`, "Bash grep -r x", "deny"},
		// descriptors are no files
		{`{"files":{"write":{"allow":["src/**"]}}}`, "Bash ls 2>&1 >/dev/null", "pass"},
		// unknown
		{`{"commands":{"deny":["curl"]}}`, "Bash $X", "unknown"},
		{`{"commands":{"deny":["curl"]},"unknown":"deny"}`, "Bash $X", "deny"},
		{`{"commands":{"deny":["curl"]},"unknown":"ask"}`, "Bash $X", "ask"},
		{`{"commands":{"deny":["curl"]},"unknown":"allow"}`, "Bash $X", "pass"},
		{`{"commands":{"deny":["curl"]},"unknown":{"allow":["$X  y"]}}`, "Bash $X y", "pass"},
		{`{"commands":{"deny":["curl"]},"unknown":{"allow":["$X"]}}`, "Bash $X y", "unknown"},
		{`{"files":{"read":{"deny":[".env"]}},"unknown":{"allow":["cat $X .env"]}}`, "Bash cat $X .env", "deny"},
		{`{"network":{"deny_all":true}}`, "Bash cat $X", "pass"},
		// sensitive files
		{`{"sensitive":"deny"}`, "Read .env", "deny"},
		{`{"sensitive":"ask"}`, "Read .env", "ask"},
		{`{"sensitive":"deny","files":{"read":{"allow":["./conf/.env"]}}}`, "Read conf/.env", "pass"},
		{`{"sensitive":"deny","files":{"read":{"allow":["conf/**"]}}}`, "Read conf/.env", "deny"},
		// tools
		{`{"tools":{"deny":["mcp__github__*"]}}`, "mcp__github__delete_repo x", "deny"},
		{`{"tools":{"allow":["Read","Bash"]}}`, "Write a", "deny"},
		{`{"tools":{"allow":["Read","Bash"]}}`, "Read a", "pass"},
	} {
		name, arg, _ := strings.Cut(x.call, " ")
		key := map[string]string{"Bash": "command", "WebFetch": "url", "Grep": "path"}[name]
		if key == "" {
			key = "file_path"
		}
		args, _ := json.Marshal(map[string]string{key: arg})
		p := load(t, x.policy)
		if got := simple(Worst(p.Judge(tool.Parse(name, args), &Context{Root: root, Home: "/home/u"}))); got != x.want {
			t.Errorf("%s: %s: %s, want %s", x.policy, x.call, got, x.want)
		}
	}
}

// TestNoRoot judges where the working directory is not known.
func TestNoRoot(t *testing.T) {
	p := load(t, allowPolicy)
	for path, want := range map[string]string{
		"src/a": "pass", "./src/a": "pass", "../src/a": "deny", "/home/u/proj/src/a": "deny", ".env": "deny", "/x/.env": "deny", "~/.ssh/id_rsa": "deny",
	} {
		args, _ := json.Marshal(map[string]string{"file_path": path})
		if got := simple(Worst(p.Judge(tool.Parse("Read", args), &Context{}))); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

func TestFold(t *testing.T) {
	p := load(t, `{"files":{"read":{"deny":[".env","Secrets/**"]}},"commands":{"allow":["cat"]}}`)
	for path, want := range map[string]string{".ENV": "deny", "secrets/a": "deny", "SRC/a": "pass"} {
		args, _ := json.Marshal(map[string]string{"file_path": path})
		if got := simple(Worst(p.Judge(tool.Parse("Read", args), &Context{Root: "/home/u/Proj", Fold: true}))); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
		if got := simple(Worst(p.Judge(tool.Parse("Read", args), &Context{Root: "/home/u/Proj"}))); got != "pass" {
			t.Errorf("%s: %s where case counts", path, got)
		}
	}
}

func TestLoadErrors(t *testing.T) {
	for _, x := range []struct{ text, want string }{
		{``, "p.json: the file is empty"},
		{`{bad`, "p.json:1: not JSON"},
		{`[]`, "p.json:1: the policy is a list, want an object"},
		{`{"files":{"read":["a"]}}`, "p.json:1: files.read is a list, want an object"},
		{`{"commands":{"allow":"pytest"}}`, "commands.allow is a string, want a list"},
		{`{"commands":{"allow":[1]}}`, "an entry of commands.allow is a number, want a string"},
		{`{"commands":null}`, "commands is null, want an object"},
		{"{\n\"fiels\":{}}", `p.json:2: unknown key "fiels"`},
		{`{"files":{"raed":{}}}`, `unknown key "raed" in files`},
		{`{"network":{"deny_all":"yes"}}`, "network.deny_all is a string, want a boolean"},
		{`{"network":{"allow":["https://a.example"]}}`, "is no host"},
		{`{"network":{"allow":["a.example:80"]}}`, "has a port"},
		{`{"files":{"read":{"deny":["!a"]}}}`, "begins with !"},
		{`{"files":{"read":{"deny":[""]}}}`, "is empty"},
		{`{"unknown":"pass"}`, `unknown is "pass", want flag, ask, deny, allow`},
		{`{"commands":{},"commands":{}}`, "stands twice"},
		{`{} {}`, "text after the end"},
		{"files: {read: {deny: [a}}", "not YAML"},
		{"a: &x 1\nfiles: *x", "aliases are not read"},
		{"files: {}\n---\nfiles: {}", "a second document"},
	} {
		_, err := Load("p.json", []byte(x.text))
		if err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: %v, want %s", x.text, err, x.want)
		}
	}
	if _, err := Load("p.json", []byte("\uFEFF{\n\t\"files\": {\n\t\t\"read\": {\"allow\": [\"a\"]}\n\t}\n}\n")); err != nil {
		t.Error(err)
	}
}

func TestSensitive(t *testing.T) {
	for _, p := range strings.Fields(`.env a/.env .env.local prod.env secrets.json secrets.yml config/secrets.rb x.pem x.key a.p12 .ssh/config /home/u/.ssh/known_hosts
		/home/u/.ssh/config /home/u/.aws/credentials .aws/config a/.github/workflows/x.yml .github/workflows/x.yml id_rsa id_rsa.pub id_ecdsa id_ed25519
		credentials.json service-account.json .git-credentials .docker/config.json .kube/config .envrc .pgpass a.tfstate Secrets.json .netrc .npmrc .pypirc
		x.token x.password /etc/shadow .gnupg/private-keys-v1.d/a .bash_history .zsh_history a/.gitlab-ci.yml .circleci/config.yml Jenkinsfile
		.config/gcloud/credentials.db .vault-token x.kdbx login.keychain-db .local/share/keyrings/login.keyring .claude/.credentials.json .git/hooks/pre-commit`) {
		if !Sensitive(p) {
			t.Errorf("%s is not sensitive", p)
		}
	}
	for _, p := range strings.Fields(`src/secret_manager.py src/env.go README.md environment.ts keys.go token.go src/config.json workflows/x.yml docker/config.json
		.github/dependabot.yml ssh/config src/keyboard.ts tests/test_credentials.py package.json go.sum`) {
		if Sensitive(p) {
			t.Errorf("%s is sensitive", p)
		}
	}
}

// TestLong has patterns and paths that take forever where every ** is tried in
// turn.
func TestLong(t *testing.T) {
	start := clitest.ProcessorTime()
	p := load(t, `{"files":{"read":{"deny":["`+strings.Repeat("**/a/", 9)+`q"]}}}`)
	for _, path := range []string{strings.Repeat("a/", 22) + "z", strings.Repeat("a/", 2000) + "z", strings.Repeat("*/", 300) + "z"} {
		args, _ := json.Marshal(map[string]string{"file_path": path, "command": "cat " + path})
		p.Judge(tool.Parse("Read", args), testContext())
		p.Judge(tool.Parse("Bash", args), testContext())
	}
	// Trying them in turn takes hours.
	if d := clitest.ProcessorTime() - start; d > time.Minute {
		t.Errorf("took %v", d)
	}
}

func TestLinks(t *testing.T) {
	ctx := testContext()
	ctx.Real = func(p string) string {
		for from, to := range map[string]string{"/home/u/proj/docs/": "/etc/", "/home/u/proj/link": "/home/u/proj/secrets/key"} {
			if rest, ok := strings.CutPrefix(p, from); ok {
				return to + rest
			}
		}
		return p
	}
	ctx.Glob = func(pattern string) ([]string, bool) {
		if pattern == "/home/u/proj/*.cfg" {
			return []string{"/home/u/proj/a.cfg", "/home/u/proj/secrets/b.cfg"}, true
		}
		return nil, true
	}
	p := load(t, denyPolicy)
	for line, want := range map[string]string{
		"cat docs/shadow": "deny", "cat docs/passwd": "pass", "cat link": "deny", "cat *.cfg": "deny", "cat *.xyz": "pass", "echo x > docs/hosts": "deny",
	} {
		if got := simple(Worst(p.Judge(bash(line), ctx))); got != want {
			t.Errorf("%s: %s, want %s", line, got, want)
		}
	}
	// A path and what it leads to must both be allowed.
	p = load(t, `{"files":{"read":{"allow":["docs/**","src/**"]}}}`)
	if got := simple(Worst(p.Judge(bash("cat docs/passwd"), ctx))); got != "deny" {
		t.Errorf("a link out of what is allowed: %s", got)
	}
}

func TestProtected(t *testing.T) {
	ctx := testContext()
	ctx.Protected = []string{"/home/u/proj/.agent-scope.json"}
	p := load(t, `{"commands":{"deny":["curl"]}}`)
	for line, want := range map[string]string{
		"rm .agent-scope.json": "deny", "echo {} > ./.agent-scope.json": "deny", "cat .agent-scope.json": "pass", "rm -rf .": "deny", "rm -rf src": "pass", "mv ../proj /tmp/x": "deny",
	} {
		if got := simple(Worst(p.Judge(bash(line), ctx))); got != want {
			t.Errorf("%s: %s, want %s", line, got, want)
		}
	}
}

func TestOldAddresses(t *testing.T) {
	for in, want := range map[string]string{
		"127.0.0.1": "127.0.0.1", "0x7f.1": "127.0.0.1", "2130706433": "127.0.0.1", "0177.0.0.1": "127.0.0.1", "::ffff:127.0.0.1": "127.0.0.1",
		"[::1]": "::1", "A.Example.": "a.example", "1.2.3.4.5": "1.2.3.4.5", "256.1": "256.1", "1a": "1a", "": "",
	} {
		if got := canonical(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestOverlaps(t *testing.T) {
	for _, x := range []struct {
		a, b   string
		hidden bool
		want   bool
	}{
		{"a/*.go", "a/b*", false, true}, {"a/*.go", "a/b.py", false, false}, {"*", ".env", false, false}, {"*", ".env", true, true}, {".*", ".env", false, true},
		{"a/**/b", "a/b", false, true}, {"a/**/b", "**/c", false, false}, {"a/?", "a/[xyz]", false, true}, {"a/{x,y}", "a/z", false, true}, {"s*/t", "secrets/**", false, true},
		{"a", "a/**", false, true}, {"", "", false, true},
	} {
		if got := overlaps(x.a, x.b, x.hidden); got != x.want {
			t.Errorf("%s and %s: %v", x.a, x.b, got)
		}
	}
}

// session makes the events of a session that runs lines.
func sessionOf(lines ...string) []byte {
	b := []byte(`{"event_type":"session_start","timestamp":1,"event_id":"s0","session_id":"s","data":{"cwd":"/home/u/proj"}}` + "\n")
	for i, l := range lines {
		b = fmt.Appendf(b, `{"event_type":"tool_call","timestamp":%d,"event_id":"e%d","session_id":"s","data":{"tool_name":"Bash","arguments":{"command":%s}}}`+"\n", i+2, i, event.AppendString(nil, l))
	}
	return b
}

// TestLearned learns from lines that are hard, and checks that they satisfy
// what was learned, and that no more is allowed than need be.
func TestLearned(t *testing.T) {
	lines := []string{
		"pytest", "pytest -x tests", "cd /tmp && rm -rf x", "FOO=1 make", "cat app/[id]/page.tsx", "cat src/a.py src/b.py src/c.py", "git -C sub log", "git commit -m 'a b'",
		"cat $F", "python3 -c 'print(1)'", "python -m build", "npm run build", "docker compose up", "for f in *.md; do wc -l $f; done", "find src -name '*.go' -exec gofmt -l {} +",
		"curl https://api.example/x", "echo x > out/a", "cat '{a}'", "cat 'we*ird'", "cat \"a b\"", "ls /etc", "cat ~/notes", "sudo ls", "bash run.sh", "'/opt/my app/x' y",
		"tar xf a.tgz", "git push", "uv run ruff check", "cat <<< x", "./gradlew build", "/usr/bin/env bash -c 'ls'", "git show HEAD:x", "echo $(date)", "[ -f x ]", "export A=b", "time ls", "true | cat",
	}
	out := sessionOf(lines...)
	l := NewLearner(Context{}, nil)
	each(t, out, l.Add)
	text := l.Learned().JSON()
	p, err := Load("learned.json", text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	a := Audit{Policy: p}
	each(t, out, func(e event.Event) { a.Add(e) })
	for _, v := range a.Sessions()[0].Violations() {
		t.Errorf("%s  <- %s", v.Action, v.Reason)
	}
	for _, line := range []string{
		"cat ~/.ssh/id_rsa", "curl evil.example", "echo x > /etc/x", "rm -rf /", "cd x && wget y", "git rebase", "npm run other", "docker run x", "cat Makefile", "cat $G",
		"python3 -c 'print(2)'", "cat src/d/e.py", "/opt/other", "sudo rm x", "cat app/i/other.tsx", "echo x > out/b", "eval \"$X\"", "$Y",
	} {
		if v := Worst(p.Judge(bash(line), testContext())); !v.Violates() {
			t.Errorf("%s is allowed by\n%s", line, text)
		}
	}
}

func TestMerge(t *testing.T) {
	l := &Learned{Read: []string{"docs/a"}, Write: []string{"x"}, Commands: []string{"go test", "curl"}, Hosts: []string{"a.example"}, Unknown: []string{"cat $F"}}
	got, warnings, err := Merge("p.json", []byte(`{"files":{"read":{"allow":["src/**"],"deny":[".env"]}},"commands":{"allow":["go"],"deny":["curl"]},"network":{"deny_all":true}}`), l)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := json.Compact(&b, got); err != nil {
		t.Fatal(err)
	}
	const want = `{"files":{"read":{"allow":["src/**","docs/a"],"deny":[".env"]}},"commands":{"allow":["curl","go"],"deny":["curl"]},"network":{"deny_all":true,"allow":["a.example"]},"unknown":{"allow":["cat $F"]}}`
	if b.String() != want {
		t.Errorf("got  %s\nwant %s", b.String(), want)
	}
	if len(warnings) != 1 || !strings.Contains(warnings[0], "curl is denied") {
		t.Errorf("%q", warnings)
	}
	if _, err := Load("p.json", got); err != nil {
		t.Error(err)
	}
}

// TestAudit checks that an audit judges as at-guard does, and what became of
// calls.
func TestAudit(t *testing.T) {
	p := load(t, denyPolicy)
	for _, x := range denyLines {
		a := Audit{Policy: p, Context: Context{Home: "/home/u"}}
		each(t, sessionOf(x.line), func(e event.Event) { a.Add(e) })
		v := None
		for _, e := range a.Sessions()[0].Entries {
			v = max(v, e.Verdict)
		}
		if simple(v) != x.want {
			t.Errorf("%s: %s, want %s", x.line, simple(v), x.want)
		}
	}
	for _, x := range []struct{ answer, want string }{
		{`{"event_type":"error","event_id":"r","session_id":"s","parent_id":"e0","data":{"error":"Exit code 1"}}`, Failed},
		{`{"event_type":"error","event_id":"r","session_id":"s","parent_id":"e0","data":{"error":"The user doesn't want to proceed with this tool use. The tool use was rejected"}}`, Prevented},
		{`{"event_type":"error","event_id":"r","session_id":"s","parent_id":"e0","data":{"error":"at-guard: Read .env: denied by files.read.deny"}}`, Prevented},
		{`{"event_type":"permission_denied","event_id":"r","session_id":"s","parent_id":"e0","data":{}}`, Prevented},
		{`{"event_type":"guard_verdict","event_id":"r","session_id":"s","parent_id":"e0","data":{"verdict":"deny","answer":"deny"}}`, Prevented},
		{`{"event_type":"tool_result","event_id":"r","session_id":"s","parent_id":"e0","data":{"result":"ok"}}`, Ran},
	} {
		for _, late := range []bool{false, true} {
			lines := bytes.Split(bytes.TrimSpace(sessionOf("cat .env")), []byte("\n"))
			if late {
				lines = append(lines, []byte(x.answer))
			} else {
				lines = [][]byte{lines[0], []byte(x.answer), lines[1]}
			}
			a := Audit{Policy: p}
			each(t, append(bytes.Join(lines, []byte("\n")), '\n'), func(e event.Event) { a.Add(e) })
			s := a.Sessions()[0]
			if got := s.Entries[0].Outcome; got != x.want {
				t.Errorf("%s: %q, want %q", x.answer, got, x.want)
			}
			if bad := len(s.Violations()) > 0; bad != (x.want != Prevented) {
				t.Errorf("%s: %d violations", x.answer, len(s.Violations()))
			}
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add("p.json", []byte(denyPolicy), "cat .env")
	f.Add("p.yaml", []byte("files:\n  read: {deny: ['a[', '**/x', '~/y']}\nunknown: {allow: [a]}"), "f() { cat $1; }; f *.go")
	f.Add("p.json", []byte("{}"), "\f\x8f\xb2\x1f\r\xad\x05*")
	f.Add("p.json", []byte("{}"), "git\u00a0x a\u2003b; git c\u00a0d")
	f.Fuzz(func(t *testing.T, name string, data []byte, line string) {
		p, err := Load(name, data)
		if err != nil {
			if p != nil {
				t.Error("a policy with an error")
			}
			p = nil
		}
		for _, ctx := range []*Context{testContext(), {}, {Root: "/", Fold: true}} {
			p.Judge(bash(line), ctx)
			p.JudgeFile(line, true, ctx)
		}
		l := NewLearner(Context{}, nil)
		out := sessionOf(line)
		each(t, out, l.Add)
		text := l.Learned().JSON()
		learned, err := Load("learned.json", text)
		if err != nil {
			t.Fatalf("%q: %v\n%s", line, err, text)
		}
		a := Audit{Policy: learned}
		each(t, out, func(e event.Event) { a.Add(e) })
		for _, v := range a.Sessions()[0].Violations() {
			t.Errorf("%q does not satisfy what was learned from it: %s <- %s\n%s", line, v.Action, v.Reason, text)
		}
	})
}
