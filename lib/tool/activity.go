package tool

import (
	"strings"
)

// What a person would call what a command does.
const (
	ActTest    = "test"
	ActBuild   = "build"
	ActLint    = "lint"
	ActInstall = "install"
	ActVCS     = "vcs"
	ActEdit    = "edit"
	ActNetwork = "network"
	ActRun     = "run"
	ActSearch  = "search"
	ActRead    = "read"
	ActOther   = "other"
)

// telling has the activities from the most telling to the least.
var telling = []string{ActTest, ActBuild, ActLint, ActInstall, ActVCS, ActEdit, ActNetwork, ActRun, ActSearch, ActRead, ActOther}

// byName has what programs do whatever their arguments are.
var byName = func() map[string]string {
	m := map[string]string{}
	for act, names := range map[string]string{
		ActTest: `pytest py.test vitest jest mocha ava phpunit rspec ctest tox nox bats gotestsum karma cypress
			nosetests nose2 unittest nextest pest busted prove trial behave cucumber ginkgo richgo gotest minitest testem wtr doctest coverage`,
		ActBuild: `tsc webpack rollup esbuild parcel gcc g++ clang clang++ cc c++ rustc javac kotlinc scalac ld ninja
			cmake meson msbuild xcodebuild swc tsup ncc babel sass protoc buf maturin pyinstaller ant configure autoreconf
			wasm-pack trunk py_compile compileall vue-tsc docker-build nasm ar`,
		ActLint: `eslint ruff flake8 pylint mypy pyright basedpyright golangci-lint staticcheck prettier black isort gofmt
			gofumpt goimports shellcheck biome stylelint rubocop hadolint yamllint shfmt clang-format clang-tidy oxlint
			rustfmt markdownlint markdownlint-cli2 pre-commit bandit tflint ktlint checkstyle govulncheck actionlint
			cppcheck autopep8 yapf dprint tslint standard xo pycodestyle pydocstyle knip ty vulture semgrep codespell lint-staged`,
		ActInstall: `pip pip3 apt apt-get brew dnf yum apk pacman gem pipx nvm fnm asdf rustup conda mamba ensurepip
			snap port choco winget easy_install venv virtualenv luarocks cpan cpanm opam volta`,
		ActVCS:     `git gh hg svn jj glab bzr fossil git-lfs tig lazygit gt`,
		ActNetwork: `curl wget ssh scp sftp rsync nc ncat netcat telnet ftp ping ping6 dig nslookup host whois traceroute tracepath mtr nmap http https xh httpie mosh aria2c`,
		ActRun: `python python2 python3 pypy pypy3 node nodejs tsx ts-node ruby perl php lua java julia R Rscript bash sh zsh
			dash ksh osascript nodemon air psql mysql sqlite3 redis-cli terraform ansible-playbook kubectl helm claude codex gemini
			uvicorn gunicorn flask streamlit pwsh powershell systemctl service open xdg-open docker-compose mongosh`,
		ActSearch: `grep egrep fgrep zgrep rg ag ack find fd fdfind ls tree locate which type whereis eza exa`,
		ActRead: `cat tac nl head tail less more bat wc jq yq od xxd hexdump strings cut sort uniq diff cmp comm column awk gawk mawk
			sed gsed file stat du df md5sum sha1sum sha256sum sha512sum zcat readlink realpath basename dirname man base64 tr rev fold
			pdftotext readelf objdump nm ps lsof env printenv history`,
		ActOther: `cd pushd popd echo printf export set unset true false : sleep wait exit return test [ declare local read readonly
			typeset alias shopt umask ulimit pwd date clear trap source . kill pkill killall whoami id uname hostname seq yes expr bc
			uuidgen mktemp nproc free uptime tty jobs fg bg logout shift break continue let getopts hash times disown`,
		ActEdit: `cp mv rm rmdir mkdir touch tee ln chmod chown chgrp patch apply_patch applypatch dd truncate install unlink
			shred split tar zip unzip gzip gunzip vi vim nano ed ex sponge rename trash`,
	} {
		for _, n := range strings.Fields(names) {
			m[n] = act
		}
	}
	return m
}()

// multi are programs whose first operand, a verb or the name of a script or
// target, says what they do. The value is what they do without one, or with
// one that says nothing.
var multi = spread(map[string]string{
	"npm pnpm yarn bun deno":                                                   ActRun,
	"make gmake just task rake mage invoke inv":                                ActBuild,
	"cargo dotnet swift zig bazel bazelisk buck2":                              ActBuild,
	"mvn mvnw gradle gradlew sbt lein mill":                                    ActBuild,
	"stack cabal dune mix rebar3 nimble crystal":                               ActBuild,
	"uv poetry pipenv pdm rye hatch pixi":                                      ActInstall,
	"composer bundle bundler":                                                  ActInstall,
	"vite next nuxt astro ng nx turbo expo gatsby":                             ActRun,
	"react-scripts remix svelte-kit wrangler lerna rush moon electron-builder": ActRun,
	"playwright flutter dart rails artisan manage.py mise docker podman":       ActRun,
	"setup.py": ActBuild,
	"go":       ActOther,
})

// verbs are subcommands that mean something else than their words say, or say
// it in words that nothing else uses.
var verbs = map[string]string{
	"npm t": ActTest, "npm tst": ActTest, "npm ci": ActInstall, "npm link": ActInstall, "npm ls": ActRead, "npm list": ActRead,
	"npm view": ActRead, "npm outdated": ActRead, "npm audit": ActLint, "npm publish": ActNetwork, "npm init": ActEdit, "npm version": ActVCS,
	"yarn": ActInstall, "pnpm": ActOther, "npm": ActOther,
	"cargo t": ActTest, "cargo b": ActBuild, "cargo c": ActBuild, "cargo r": ActRun, "cargo check": ActBuild, "cargo doc": ActBuild,
	"cargo bench": ActTest, "cargo fetch": ActInstall, "cargo tree": ActRead, "cargo fix": ActLint, "cargo clean": ActBuild,
	"go vet": ActLint, "go fmt": ActLint, "go fix": ActLint, "go get": ActInstall, "go mod": ActInstall, "go work": ActInstall,
	"go generate": ActBuild, "go install": ActBuild, "go doc": ActRead, "go list": ActRead, "go env": ActRead, "go version": ActOther, "go tool": ActRun,
	"mvn verify": ActTest, "mvn install": ActBuild, "mvn package": ActBuild, "gradle check": ActTest, "gradlew check": ActTest,
	"make check": ActTest, "make install": ActInstall, "make clean": ActBuild, "make all": ActBuild,
	"uv pip": ActInstall, "uv lock": ActInstall, "uv venv": ActInstall, "uv tree": ActRead, "poetry check": ActLint, "poetry show": ActRead,
	"dotnet restore": ActInstall, "dotnet publish": ActBuild, "dotnet msbuild": ActBuild,
	"docker pull": ActNetwork, "docker push": ActNetwork, "docker ps": ActRead, "docker logs": ActRead, "docker images": ActRead, "docker inspect": ActRead,
	"vite": ActRun, "vite preview": ActRun, "mise install": ActInstall, "mise use": ActInstall, "playwright install": ActInstall,
	"mix deps.get": ActInstall, "mix credo": ActLint, "mix dialyzer": ActLint, "flutter pub": ActInstall, "dart pub": ActInstall,
	"deno check": ActLint, "deno cache": ActInstall, "bazel query": ActRead,
	"pip list": ActRead, "pip show": ActRead, "pip freeze": ActRead, "pip3 list": ActRead, "pip3 show": ActRead, "pip3 freeze": ActRead,
	"apt list": ActRead, "apt-cache": ActRead, "brew list": ActRead, "brew info": ActRead, "conda list": ActRead, "conda env": ActInstall,
	"terraform validate": ActLint, "terraform fmt": ActLint, "cmake --install": ActInstall, "ruff format": ActLint,
}

// aliases are names that mean the same program in verbs.
var aliases = map[string]string{
	"pnpm": "npm", "yarn": "npm", "bun": "npm", "podman": "docker", "mvnw": "mvn", "gmake": "make", "bazelisk": "bazel",
}

// tokens say what a target, a script of package.json or a verb does.
var tokens = func() map[string]string {
	m := map[string]string{}
	for act, names := range map[string]string{
		ActTest:    `test tests tested testing spec specs unit e2e vitest jest pytest mocha coverage cov integration nextest cypress playwright itest rspec doctest selftest smoke`,
		ActBuild:   `build compile bundle dist package assemble compilejava rebuild transpile prebuild codegen buildx`,
		ActLint:    `lint format fmt typecheck types tsc clippy eslint prettier check vet style analyze stylecheck ruff mypy biome checkstyle spotless detekt oxlint staticcheck`,
		ActInstall: `install i add remove uninstall update upgrade sync deps dependencies require restore setup bootstrap`,
		ActRun:     `run start dev serve exec server watch preview up down migrate seed`,
	} {
		for _, n := range strings.Fields(names) {
			m[n] = act
		}
	}
	return m
}()

// Activity returns what a person would call what the command does: one of the
// Act constants.
func (c Command) Activity() string {
	act := c.activity()
	if len(c.Writes) > 0 && (act == ActRead || act == ActSearch || act == ActOther) {
		return ActEdit
	}
	if len(c.Hosts) > 0 && act == ActOther {
		return ActNetwork
	}
	if act == ActOther && len(c.Reads) > 0 && c.Program == "" {
		return ActRead
	}
	return act
}

func (c Command) activity() string {
	args := c.Args
	if len(args) == 1 && has("--version --help -V -h version help", args[0]) {
		return ActOther
	}
	name := strings.TrimSuffix(c.Program, ".exe")
	switch {
	case strings.HasPrefix(name, "python") && len(args) > 0 || has("pypy pypy3", name):
		return pythonActivity(args)
	case name == "go" && len(args) > 1 && args[0] == "install" && strings.Contains(strings.Join(args, " "), "@"):
		return ActInstall
	case name == "go" && len(args) > 1 && args[0] == "tool":
		if act, ok := byName[base(args[1])]; ok {
			return act
		}
	case name == "php" && len(args) > 0 && (args[0] == "artisan" || base(args[0]) == "phpunit"):
		return Command{Program: base(args[0]), Args: args[1:]}.activity()
	case (name == "docker" || name == "podman") && len(args) > 1 && (args[0] == "compose" || args[0] == "buildx"):
		return Command{Program: name, Args: args[1:]}.activity()
	case shells[name] && len(args) > 0 && args[0] == "-n":
		return ActLint // reads a script and runs nothing
	case name == "command" && len(args) > 0:
		return ActSearch // -v: where is it?
	case (name == "node" || name == "bun" || name == "deno") && len(args) > 0 && args[0] == "--test":
		return ActTest
	}
	if def, ok := multi[name]; ok {
		return verbActivity(name, args, def)
	}
	if act, ok := byName[name]; ok && (act != ActOther || !strings.Contains(c.Text, "/"+name)) {
		if act, ok := verbs[name+" "+operand(args)]; ok {
			return act
		}
		return act
	}
	if strings.HasPrefix(name, "python") || strings.HasPrefix(name, "pip") {
		return ActRun
	}
	if name == "" || c.Unknown && strings.ContainsAny(name, "$`") {
		return ActOther
	}
	if strings.ContainsAny(c.Program, ".") || strings.Contains(c.Text, "/"+c.Program) {
		// A script of the project: its name may say what it is for.
		if act := wordActivity(name); act != ActOther {
			return act
		}
	}
	return ActRun
}

func pythonActivity(args []string) string {
	for i, a := range args {
		switch {
		case a == "-m" && i+1 < len(args):
			m, _, _ := strings.Cut(args[i+1], ".")
			switch m {
			case "build":
				return ActBuild
			case "json":
				return ActRead
			}
			return Command{Program: m, Args: args[i+2:]}.activity()
		case strings.HasPrefix(a, "-m") && len(a) > 2 && byName[a[2:]] != "":
			return byName[a[2:]]
		case a == "-c":
			return ActRun
		case strings.HasPrefix(a, "-"):
		default:
			switch f := base(a); {
			case f == "manage.py", f == "setup.py":
				return verbActivity(f, args[i+1:], multi[f])
			case strings.HasPrefix(f, "test_"), strings.HasSuffix(f, "_test.py"), f == "runtests.py", f == "run_tests.py":
				return ActTest
			}
			return ActRun
		}
	}
	return ActRun
}

// verbActivity tells what a program does by its first operand.
func verbActivity(name string, args []string, def string) string {
	verb := operand(args)
	key := name
	if a, ok := aliases[name]; ok {
		key = a
	}
	if verb == "" {
		if act, ok := verbs[name]; ok {
			return act
		}
		return def
	}
	for _, k := range []string{name, key} {
		if act, ok := verbs[k+" "+verb]; ok {
			return act
		}
	}
	switch key {
	case "npm", "deno", "mise", "turbo", "nx", "lerna", "composer", "pixi", "moon":
		if verb == "run" || verb == "run-script" || verb == "task" {
			rest := args
			for len(rest) > 0 && rest[0] != verb {
				rest = rest[1:]
			}
			if script := operand(rest[1:]); script != "" {
				if act := wordActivity(script); act != ActOther {
					return act
				}
			}
			return ActRun
		}
	case "mvn", "gradle", "gradlew", "make":
		// Several targets: the most telling.
		best := def
		for _, a := range args {
			if a == "" || a[0] == '-' || strings.ContainsRune(a, '=') {
				continue
			}
			act, ok := verbs[key+" "+a]
			if !ok {
				act = wordActivity(a)
			}
			if rank(act) < rank(best) {
				best = act
			} else if act != ActOther && a == verb && key == "make" {
				best = act
			}
		}
		return best
	}
	if act := wordActivity(verb); act != ActOther {
		return act
	}
	if act, ok := byName[verb]; ok && key == "npm" {
		return act // yarn vitest
	}
	return def
}

// operand returns the first argument that is no option, and no value of one
// that is known to have one.
func operand(args []string) string {
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case has("-C --prefix --dir --cwd --filter -F -w --workspace -f --file --directory --project -n --env --manifest-path", a):
			i++
		case a == "" || a[0] == '-' || a[0] == '+':
		default:
			return a
		}
	}
	return ""
}

// wordActivity tells by its parts what a name says: test:unit, build-docs.
func wordActivity(name string) string {
	best := ActOther
	for _, t := range strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return strings.ContainsRune(":-_./ ", r)
	}) {
		if act, ok := tokens[t]; ok && rank(act) < rank(best) {
			best = act
		}
	}
	return best
}

func rank(act string) int {
	for i, a := range telling {
		if a == act {
			return i
		}
	}
	return len(telling)
}

// Activity returns what a person would call what the call does. Of a shell
// line it is that of its most telling command.
func (c Call) Activity() string {
	if c.Line != "" {
		best := ActOther
		for _, x := range Commands(c.Line) {
			if act := x.Activity(); rank(act) < rank(best) {
				best = act
			}
		}
		return best
	}
	switch c.Kind {
	case Read:
		return ActRead
	case Search:
		return ActSearch
	case Edit:
		return ActEdit
	case Web:
		return ActNetwork
	case Shell:
		return wordActivity(splitCamel(c.Name))
	}
	switch {
	case len(c.Writes) > 0:
		return ActEdit
	case len(c.Hosts) > 0:
		return ActNetwork
	case len(c.Reads) > 0:
		return ActRead
	case len(c.Searches) > 0:
		return ActSearch
	}
	return ActOther
}

// splitCamel puts a blank before each capital: runTests.
func splitCamel(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if 'A' <= s[i] && s[i] <= 'Z' {
			b.WriteByte(' ')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
