package tool

import (
	"hash/fnv"
	"strconv"
	"strings"
	"sync"
)

// Intent returns a normal form of what a shell line tries to do, for telling a
// retry from another attempt: two lines with one Intent are the same thing
// tried again.
//
// These do not matter: options; python, python3 or python3.12; redirections;
// filters that a pipe ends in (| tail, | grep …); cd, echo, export, sleep,
// true and the like beside a command that matters; variables set for
// the command; time, timeout, nohup, env and bash -c around it; "./" before
// and "/" after a path.
//
// These do: the program, and the directory it is taken from unless that is a
// system one (.venv/bin/pytest is not pytest); what runs it in another
// environment, with other rights or other packages (uv run, uv run --with x,
// npx, sudo); operands (cat a, cat b); for a test run the operand is left out
// if it is the usual place of all tests (tests, test, spec, .), so that
// pytest and pytest tests/ are the same, and pytest tests/test_a.py is not;
// options that choose what is tested or built (pytest -k x, go test -run X,
// cargo -p x, npm -w x); code that is given to an interpreter; and for a
// command that writes files, the file and the text that it is given.
func Intent(line string) string {
	list := commands(line)
	var parts []string
	for level := 0; level < 3 && len(parts) == 0; level++ {
		for i := range list {
			if list[i].matters(level) {
				if p := list[i].intent(); len(parts) == 0 || parts[len(parts)-1] != p {
					parts = append(parts, p)
				}
			}
		}
	}
	if len(parts) == 0 {
		return strings.Join(strings.Fields(line), " ")
	}
	return strings.Join(parts, " && ")
}

// Intent is the function Intent for a call of any tool. Calls of other tools
// than a shell have the same intent if their arguments are equal.
func (c Call) Intent(args []byte) string {
	if c.Line != "" {
		return Intent(c.Line)
	}
	value, txt := unwrap(args)
	if value == nil {
		return c.Name + " " + txt
	}
	return c.Name + " " + string(Canonical(value))
}

// aside are the programs that prepare a command or tell of it.
var aside = words("cd pushd popd echo printf export set unset true false : sleep wait exit return test [ declare local read readonly typeset alias shopt umask ulimit pwd date mkdir clear trap")

// filters are the programs that show or keep the output of another.
var filters = words("tail head less more cat bat grep egrep fgrep rg sed awk gawk cut sort uniq wc tee tr column jq fold nl tac cmp xxd ts")

func words(list string) map[string]bool {
	fields := strings.Fields(list)
	m := make(map[string]bool, len(fields))
	for _, w := range fields {
		m[w] = true
	}
	return m
}

// matters reports whether a command is part of what its line tries. At level
// 0 it is not if it is aside, a filter or in a substitution; at 1 substitutions
// count, at 2 everything does.
func (c *command) matters(level int) bool {
	switch {
	case level >= 2:
		return true
	case c.inner && level == 0:
		return false
	case aside[c.Program] && len(c.Writes) == c.made():
		return false
	case c.Program == "":
		return c.Unknown
	case c.piped && filters[c.Program] && (c.Program == "tee" || len(c.Writes) == c.direct):
		return false
	}
	return true
}

// made returns how many of the files written are directories that are made.
func (c *command) made() int {
	if c.Program == "mkdir" {
		return len(c.Writes)
	}
	return 0
}

// intent returns the normal form of one command.
func (c *command) intent() string {
	if c.Program == "" {
		return strings.Join(strings.Fields(c.Text), " ")
	}
	var b strings.Builder
	for _, w := range c.way {
		b.WriteString(w)
		b.WriteByte(' ')
	}
	b.WriteString(programName(c.word))
	act := c.Activity()
	name := version(c.Program)
	operands(name, act, c.Args, func(s string) {
		b.WriteByte(' ')
		b.WriteString(plain(s))
	})
	if act == ActEdit {
		for _, f := range c.Writes[:min(c.direct, len(c.Writes))] {
			b.WriteString(" > ")
			b.WriteString(plain(f))
		}
	}
	if c.stdin != "" && (act == ActEdit || act == ActRun || act == ActOther || act == ActNetwork) {
		b.WriteString(" << ")
		b.WriteString(plain(short(c.stdin)))
	}
	return b.String()
}

// programName is the program as written, without the directories in which
// systems keep programs and without the version of an interpreter.
func programName(word string) string {
	for _, dir := range []string{"/bin/", "/usr/bin/", "/usr/local/bin/", "/opt/homebrew/bin/", "/sbin/", "/usr/sbin/"} {
		if rest, ok := strings.CutPrefix(word, dir); ok && !strings.Contains(rest, "/") {
			word = rest
			break
		}
	}
	return version(word)
}

// version cuts the version off a name: python3.12, pip3, nodejs.
func version(name string) string {
	cut := strings.TrimRight(name, "0123456789.")
	switch base(cut) {
	case "python", "pip", "pypy":
		return cut
	case "nodejs":
		return strings.TrimSuffix(cut, "js")
	}
	return name
}

// valued are the options with a value of programs that programs does not have.
var valued = sync.OnceValue(func() map[string]string {
	return spread(map[string]string{
		"pytest py.test":         "-p -c -o -W -n --maxfail --rootdir --ignore --junitxml --junit-xml --durations --timeout --cov --cov-report --cov-config --tb --log-level --confcutdir --basetemp -r --numprocesses --log-cli-level --capture --color --reruns --deselect --import-mode",
		"unittest":               "-s --start-directory -p --pattern -t --top-level-directory",
		"go":                     "-count -timeout -tags -o -coverprofile -p -cpu -ldflags -gcflags -benchtime -parallel -mod -coverpkg -covermode -cpuprofile -memprofile -C -exec -vet -fuzztime -shuffle",
		"cargo":                  "-j --jobs --features --manifest-path --target --target-dir --profile --color --message-format -F -Z --test-threads",
		"make gmake":             "-C -j -f -o -l -I --directory --file --jobs",
		"npm pnpm yarn bun":      "-C --prefix --dir --cwd --registry --loglevel --reporter",
		"vitest jest mocha":      "-c --config --reporter --pool --maxWorkers -w --environment --timeout --testTimeout --coverage.provider --bail",
		"playwright":             "-c --config --reporter --workers -j --retries --timeout --max-failures",
		"git":                    "-C -c -m --message -F --author --date -n --format --pretty -U --git-dir --work-tree --max-count",
		"docker podman":          "-f --file -t --tag -e --env -v --volume -p --publish --name -w --workdir --platform --build-arg -u --user --network",
		"pip uv poetry":          "-i --index-url --extra-index-url -t --target --timeout --prefix --python -p -c --constraint --directory --project",
		"eslint prettier ruff":   "-c --config --ext --format -f --output-format --max-warnings --ignore-path --parser --select --line-length",
		"mypy pyright tsc":       "-p --project --config-file --python-version --target --module --outDir --outdir",
		"golangci-lint":          "-c --config --timeout --out-format",
		"mvn gradle gradlew":     "-f --file -P -T -s -p -b",
		"cmake ctest ninja":      "-S -B -G -j -C --parallel --config -D --output-junit --timeout",
		"dotnet":                 "-c --configuration -v --verbosity -o --output -f --framework --logger",
		"kubectl helm":           "-n --namespace --context -o -f --output",
		"timeout gh":             "-R --repo --json --jq -q -L --limit -t -b --title --body",
		"bazel":                  "--config -c --jobs",
		"swift":                  "-c --configuration --package-path",
		"find":                   "-maxdepth -mindepth",
		"apt apt-get brew yum":   "-o -t",
		"ansible-playbook":       "-i -e --tags",
		"rspec phpunit composer": "-f --format -c --configuration --working-dir",
	})
})

// choosing are the options whose value is what the command is about.
var choosing = sync.OnceValue(func() map[string]string {
	return spread(map[string]string{
		"pytest py.test":       "-k -m",
		"unittest":             "-k",
		"go":                   "-run -bench -fuzz",
		"cargo":                "-p --package --test --bin --example --bench",
		"npm pnpm yarn bun":    "-w --workspace --filter -F",
		"vitest jest":          "-t --testNamePattern --project",
		"mocha playwright":     "-g --grep --project",
		"gradle gradlew":       "--tests",
		"dotnet swift":         "--filter",
		"ctest":                "-R -L",
		"python node ruby php": "-c -e --eval -p",
		"perl":                 "-e",
		"pip uv":               "-r --requirement",
		"rspec phpunit":        "-e --example --filter",
		"psql mysql sqlite3":   "-c -e",
		"cmake":                "--build --target",
		"kubectl":              "-f",
		"grep egrep fgrep rg":  "-e",
		"sed gsed":             "-e",
		"find":                 "-name -iname -path -type -regex -size -newer -exec",
	})
})

// everything are the operands by which a test run means all tests.
var everything = words(". tests test spec __tests__ src/test")

// operands calls fn for each argument that matters.
func operands(name, act string, args []string, fn func(string)) {
	vals, chosen := valued()[name], choosing()[name]
	if p, ok := programs()[name]; ok {
		vals += " " + p.values + " " + p.in + " " + p.out
	}
	for i := 0; i < len(args); i++ {
		a := args[i]
		if name == "python" && a == "-m" && i+1 < len(args) {
			// From here on it is the module's command line.
			fn("-m")
			fn(args[i+1])
			operands(args[i+1], act, args[i+2:], fn)
			return
		}
		if len(a) > 1 && a[0] == '-' {
			opt, val, joined := strings.Cut(a, "=")
			switch {
			case has(chosen, opt):
				if !joined && i+1 < len(args) {
					i++
					val = args[i]
				}
				fn(opt)
				fn(short(val))
				if opt == "-c" || opt == "-e" {
					chosen, vals = "", ""
				}
			case !joined && has(vals, opt):
				i++
			case !joined && i+1 < len(args) && number1(args[i+1]):
				i++ // the number of an option that is not known
			}
			continue
		}
		if len(a) > 1 && a[0] == '+' && act != ActOther {
			continue
		}
		a = trimPath(a)
		if act == ActTest && everything[a] && !multiTool(name) {
			continue
		}
		fn(short(a))
	}
}

// multiTool reports whether the first operand of a program is a verb.
func multiTool(name string) bool {
	_, ok := multi[name]
	return ok
}

func number1(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func trimPath(s string) string {
	if t := strings.TrimPrefix(s, "./"); t != "" && !strings.HasPrefix(t, "...") {
		s = t
	}
	if t := strings.TrimSuffix(s, "/"); t != "" {
		s = t
	}
	return s
}

// short replaces a long text by its beginning and a hash.
func short(s string) string {
	const most = 120
	if len(s) <= most {
		return s
	}
	h := fnv.New64a()
	h.Write([]byte(s))
	return cut(s, 40) + "#" + strconv.FormatUint(h.Sum64(), 16)
}

// plain quotes a word if it would be read as several.
func plain(s string) string {
	if s == "" || strings.ContainsAny(s, " \t\r\n\"'&") {
		return strconv.Quote(s)
	}
	return s
}
