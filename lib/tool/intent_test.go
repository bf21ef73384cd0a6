package tool

import (
	"testing"
)

// same has lists of lines that have one intent; no two lists have the same.
var same = [][]string{
	{"python -m pytest", "python3 -m pytest", "python3.12 -m pytest -x -q 2>&1 | tail -20", "python3 -m pytest tests/ -v",
		"python -m pytest tests/ -v 2>&1", "python3 -m pytest tests/ -v 2>&1", "cd /x && python -m pytest", "FOO=1 python -m pytest | tee out.log | grep FAIL",
		`cd x; python3 -m pytest --tb=short -n 4 ./tests; echo "exit $?"`, "timeout 60 python -m pytest || true", "bash -c 'python -m pytest'",
		"/usr/bin/python3 -m pytest", "export A=1; python -m pytest > log.txt 2>&1", "env A=1 python -m pytest", "sleep 5 && python -m pytest"},
	{"pytest", "pytest -x tests"},
	{"uv run pytest", "uv run pytest -q tests/", "cd a && uv run --quiet pytest"},
	{"uv run --with pytest pytest"},
	{"uv run python -m pytest"},
	{".venv/bin/pytest"},
	{"source .venv/bin/activate && pytest"},
	{"make test", "make -j4 test", "make -j 4 test 2>&1 | tail"},
	{"make"}, {"make lint"},
	{"npx vitest", "npx vitest --reporter dot"},
	{"npx vitest run"},
	{"pytest tests/test_a.py", "pytest ./tests/test_a.py -v"},
	{"pytest tests/test_b.py"},
	{"pytest -k a", "pytest -v -k a"}, {"pytest -k b"},
	{"go test ./a", "go test -v ./a", "go test -count 1 ./a/"}, {"go test ./b"}, {"go test ./..."}, {"go test -run X ./a"},
	{"npm test", "npm test --silent"}, {"npm run test:unit"}, {"npm run test:e2e"}, {"yarn test"},
	{"npm install"}, {"npm install && npm test"}, {"npm install x"},
	{"cat a", "cat ./a", "cat -n a"}, {"cat b"},
	{"grep x f", "grep -n x f | head -5"}, {"grep y f"},
	{"ls", "ls -la"}, {"ls /x"},
	{"git status", "git -C /x status", "git status --short"}, {"git diff"}, {"git commit", "git commit -m a", "git commit -m \"$(cat <<'E'\nx\nE\n)\""},
	{"sudo apt install x"}, {"apt install x", "apt install -y x | tail"},
	{"python -c 'a'", "python3 -c 'a'"}, {"python -c 'b'"},
	{"python - <<'E'\na\nE", "python3 - <<'E'\na\nE"}, {"python - <<'E'\nb\nE"},
	{"cat > a.py <<'E'\nx\nE"}, {"cat > a.py <<'E'\ny\nE"}, {"cat > b.py <<'E'\nx\nE"}, {"echo x > c"}, {"echo y > c"},
	{"cd /x"}, {"cd /y"}, {"echo hi"},
	{"sed -n 1,5p f"}, {"sed -n 6,9p f"},
	{"curl -s https://a.io", "curl https://a.io"}, {"curl https://b.io"},
	{"cargo test", "cargo test --release"}, {"cargo test -p a"}, {"cargo test -p b"},
	{"X=$(make deploy)"}, {"if then"},
}

func TestIntent(t *testing.T) {
	seen := map[string]string{}
	for _, lines := range same {
		want := Intent(lines[0])
		if other, ok := seen[want]; ok {
			t.Errorf("%q and %q have the same intent %q", other, lines[0], want)
		}
		seen[want] = lines[0]
		for _, l := range lines[1:] {
			if got := Intent(l); got != want {
				t.Errorf("%q: %q\n%q: %q", l, got, lines[0], want)
			}
		}
	}
}

func TestCallIntent(t *testing.T) {
	for _, tt := range [][2]string{
		{`{"file_path":"a", "limit":1}`, `Read {"file_path":"a","limit":1}`},
		{`{"limit":1,"file_path":"a"}`, `Read {"file_path":"a","limit":1}`},
		{`"{\"file_path\":\"a\"}"`, `Read {"file_path":"a"}`},
	} {
		if got := Parse("Read", []byte(tt[0])).Intent([]byte(tt[0])); got != tt[1] {
			t.Errorf("%s: %s", tt[0], got)
		}
	}
	args := []byte(`{"command":"cd x && python3 -m pytest -q"}`)
	if got := Parse("Bash", args).Intent(args); got != "python -m pytest" {
		t.Error(got)
	}
}
