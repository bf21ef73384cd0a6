package tool

import (
	"strings"
	"testing"
)

func TestLineActivity(t *testing.T) {
	for act, lines := range map[string]string{
		ActTest: `pytest
			cd x && python3 -m pytest -q 2>&1 | tail
			uv run pytest
			uv run --with pytest python -m pytest
			python -m unittest discover
			python manage.py test
			python tests/test_a.py
			npm test
			npm t
			npm run test:unit -- --watch=false
			pnpm --filter x test
			yarn vitest run
			npx jest a.test.ts
			bun test
			node --test
			cargo test --release
			cargo nextest run
			go test ./...
			make -C x test
			make check
			./gradlew :app:test --info
			mvn -q verify
			mvn clean test
			bundle exec rspec
			dotnet test
			./run-tests.sh
			./scripts/test
			rtk pytest
			npx playwright test
			make build && make test
			go test ./... > log.txt
			bash -c 'go test ./a'
			deno task test
			mise run test
			just test`,
		ActBuild: `make
			make clean all
			go build ./...
			go generate ./...
			cargo build
			npm run build
			npx tsc -p .
			gcc -o a a.c
			docker build .
			docker compose build
			cmake --build build
			./gradlew assemble
			mvn package
			python -m build
			vite build`,
		ActLint: `npx eslint .
			ruff check .
			uvx ruff format
			golangci-lint run
			go vet ./...
			gofmt -l .
			cargo clippy
			cargo fmt
			npm run lint
			npm run typecheck
			python -m mypy x
			make lint
			bash -n x.sh
			pre-commit run -a
			go tool staticcheck ./...`,
		ActInstall: `npm install
			npm ci
			yarn
			pip install x
			python3 -m pip install x
			uv sync
			uv add x
			go get x
			go mod tidy
			go install x@latest
			sudo apt-get install -y x
			brew install x
			poetry install
			cargo add x`,
		ActVCS: `git status
			cd x && git log | head
			gh pr list`,
		ActEdit: `sed -i s/a/b/ f
			echo x > f
			cat > f <<EOF
			rm -rf x
			mkdir x
			grep x f > g
			cp a b`,
		ActNetwork: `curl https://a.io
			ssh h ls
			docker pull x`,
		ActRun: `python x.py
			python -c 'print(1)'
			node x.js
			./x
			mytool show | head
			npm start
			npm run dev
			cargo run
			go run .
			docker run x
			bash x.sh`,
		ActSearch: `grep x f
			cat f | grep x
			ls
			find . -name x
			rg x`,
		ActRead: `cat f
			head -5 f | wc -l
			sed -n 1,5p f
			jq . f
			pip list`,
		ActOther: `cd x
			echo hi
			true
			export A=1
			node --version
			sleep 5`,
	} {
		for line := range strings.SplitSeq(lines, "\n") {
			line = strings.TrimSpace(line)
			if strings.HasSuffix(line, "<<EOF") {
				line += "\nx\nEOF"
			}
			if got := (Call{Kind: Shell, Line: line}).Activity(); got != act {
				t.Errorf("%s: %s, want %s", line, got, act)
			}
		}
	}
}

func TestCallActivity(t *testing.T) {
	for _, tt := range [][3]string{
		{"Read", `{"file_path":"a"}`, ActRead}, {"Grep", `{}`, ActSearch}, {"Edit", `{}`, ActEdit},
		{"WebFetch", `{}`, ActNetwork}, {"Task", `{}`, ActOther}, {"runTests", `{}`, ActTest},
		{"BashOutput", `{}`, ActOther}, {"mcp__fs__write_file", `{"path":"a"}`, ActEdit},
		{"mcp__x__y", `{}`, ActOther}, {"Bash", `{"command":"make test"}`, ActTest},
	} {
		if got := Parse(tt[0], []byte(tt[1])).Activity(); got != tt[2] {
			t.Errorf("%s: %s, want %s", tt[0], got, tt[2])
		}
	}
}
