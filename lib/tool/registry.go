package tool

import (
	"slices"
	"strings"
	"sync"
)

// registries are the hosts that package managers fetch from if they are not
// told another: the defaults in their documentation.
var registries = sync.OnceValue(func() map[string]struct{ verbs, host string } {
	return spread(map[string]struct{ verbs, host string }{
		"npm":                           {"install i in ci add update up upgrade audit publish view info search outdated init create login adduser logout whoami dedupe pack ping token owner dist-tag deprecate unpublish", "registry.npmjs.org"},
		"pnpm bun":                      {"install i add update up upgrade audit publish dlx x create outdated login whoami", "registry.npmjs.org"},
		"yarn":                          {"install add upgrade up publish dlx create audit login npm set", "registry.yarnpkg.com"},
		"pip pip3":                      {"install download index wheel search", "pypi.org"},
		"pipx":                          {"install run upgrade upgrade-all inject install-all reinstall", "pypi.org"},
		"uv":                            {"sync add lock tool pip publish python self", "pypi.org"},
		"poetry pdm pipenv":             {"install add update lock publish sync", "pypi.org"},
		"rye hatch flit":                {"sync add lock publish install fetch", "pypi.org"},
		"easy_install":                  {"", "pypi.org"},
		"pre-commit":                    {"autoupdate try-repo install-hooks", "github.com"},
		"code":                          {"", "marketplace.visualstudio.com"},
		"twine":                         {"upload", "upload.pypi.org"},
		"cargo":                         {"install add update publish fetch search login owner yank binstall", "crates.io"},
		"gem":                           {"install update push fetch", "rubygems.org"},
		"bundle bundler":                {"install update add", "rubygems.org"},
		"go":                            {"get install", "proxy.golang.org"},
		"conda mamba micromamba":        {"install create update search", "conda.anaconda.org"},
		"dotnet":                        {"restore add nuget tool workload", "api.nuget.org"},
		"nuget":                         {"install push restore update search", "api.nuget.org"},
		"mix":                           {"deps.get deps.update hex.publish hex.info archive.install local.hex", "repo.hex.pm"},
		"rebar3":                        {"get-deps upgrade hex", "repo.hex.pm"},
		"cabal stack":                   {"install update upgrade upload get unpack", "hackage.haskell.org"},
		"opam":                          {"install update upgrade init", "opam.ocaml.org"},
		"luarocks":                      {"install upload download search", "luarocks.org"},
		"cpan cpanm cpanp":              {"", "cpan.metacpan.org"},
		"deno":                          {"install add publish cache", "jsr.io"},
		"mvn mvnw":                      {"deploy dependency:get dependency:resolve dependency:go-offline", "repo.maven.apache.org"},
		"gradle gradlew":                {"publish publishToMavenCentral publishPlugins", "repo.maven.apache.org"},
		"sbt":                           {"publish publishSigned", "repo.maven.apache.org"},
		"rustup":                        {"update install toolchain target component self default", "static.rust-lang.org"},
		"nvm fnm":                       {"install", "nodejs.org"},
		"playwright":                    {"install", "cdn.playwright.dev"},
		"supabase":                      {"db link login functions secrets projects", "api.supabase.com"},
		"railway":                       {"up deploy login run logs", "backboard.railway.app"},
		"glab":                          {"mr issue api repo release ci snippet auth", "gitlab.com"},
		"composer":                      {"install update require", "repo.packagist.org"},
		"docker podman nerdctl buildah": {"pull push login search manifest plugin from", "registry-1.docker.io"},
		"brew":                          {"install update upgrade tap fetch", "formulae.brew.sh"},
		"gh":                            {"pr issue api repo release run workflow gist auth search secret variable", "api.github.com"},
		"aws":                           {"s3 s3api ec2 iam sts lambda ecr ecs eks ssm secretsmanager cloudformation dynamodb rds sns sqs logs", "amazonaws.com"},
		"gcloud gsutil":                 {"storage cp ls rsync compute auth projects container run functions secrets rm mv cat", "googleapis.com"},
	})
})

// remotes are programs that talk to a host which only their settings know.
var remotes = words("kubectl helm terraform tofu pulumi az rclone heroku vercel netlify fly flyctl wrangler firebase doctl s3cmd svn hg mail sendmail mutt apt apt-get yum dnf apk pacman snap tailscale cloudflared ngrok restic borg nix nix-env nix-build flatpak cvs hub skopeo crane claude codex gemini" +
	" zypper guix asdf mise sdk ansible ansible-playbook ansible-galaxy ansible-pull vagrant packer oras cosign trivy grype syft oc argocd flux mc surge tea" +
	" mailx mutt ncftpput ncftpget hurl vegeta wg-quick openvpn frpc croc wormhole magic-wormhole transfer.sh localtunnel lt bore chisel apt-add-repository add-apt-repository" +
	" pdsh clush pssh parallel-ssh salt multipass lxc doggo ipfs rsh bzr darcs nix-shell nix-channel duplicity gcsfuse s3fs proxychains proxychains4 torsocks torify tsocks")

// registry adds the host of a package manager.
func (c *command) registry(words []word) {
	last := words[len(words)-1].text
	if has("--help -h --version help", last) {
		return
	}
	if remotes[c.Program] && len(words) > 1 && !stays(c.Program, words) {
		c.doubt(DoubtHost)
		return
	}
	if c.Program == "docker-compose" || c.Program == "podman-compose" {
		c.fetches(words, "compose")
		return
	}
	r, ok := registries()[version(c.Program)]
	if !ok {
		return
	}
	verb := subcommand(words, "-C --prefix --dir --cwd --directory --project")
	if has("docker podman nerdctl buildah", c.Program) {
		verb = subcommand(words, dockerGlobal)
	}
	if c.Program == "deno" && verb == "run" && slices.ContainsFunc(words, func(x word) bool {
		return strings.HasPrefix(x.text, "npm:") || strings.HasPrefix(x.text, "jsr:")
	}) {
		c.host(r.host, true)
	}
	goes := c.Program == "go" && (verb == "mod" && slices.ContainsFunc(words, func(x word) bool { return has("download tidy", x.text) }) ||
		verb == "run" && slices.ContainsFunc(words[2:], func(x word) bool { return strings.Contains(x.text, "@") && !strings.HasPrefix(x.text, "-") }))
	if has("docker podman", c.Program) && slices.ContainsFunc(words, func(x word) bool { return has("--context", x.text) }) && has("ps images info exec logs inspect rm kill stop", verb) {
		c.doubt(DoubtHost)
	}
	if has("docker podman nerdctl", c.Program) {
		for _, x := range (program{values: "-c --context --config -l --log-level"}).valuesOf(words[:min(len(words), 4)], "-H --host") {
			if !strings.HasPrefix(x.text, "unix:") && verb != "run" {
				c.url(x, true)
			}
		}
		switch {
		case verb == "swarm" && slices.ContainsFunc(words, func(x word) bool { return x.text == "join" }):
			c.host(hostPort(last), true)
		case verb == "trust" && strings.Contains(last, "/"), verb == "buildx" && slices.ContainsFunc(words, func(x word) bool { return x.text == "imagetools" }):
			c.host(imageHost(last), true)
		case verb == "context" && slices.ContainsFunc(words, func(x word) bool { return x.text == "use" }):
			c.doubt(DoubtHost)
		}
	}
	if c.Program == "code" && slices.ContainsFunc(words, func(x word) bool { return strings.HasPrefix(x.text, "--install-extension") }) {
		c.host("marketplace.visualstudio.com", true)
	}
	container := has("docker podman nerdctl", c.Program) && has("run create build compose buildx", verb)
	switch {
	case c.Program == "dotnet" && has("add nuget tool workload", verb) && !slices.ContainsFunc(words, func(x word) bool { return has("package push search install update restore", x.text) }):
		return
	case c.Program == "uv" && verb == "python" && !slices.ContainsFunc(words, func(x word) bool { return x.text == "install" }):
		return
	case c.Program == "docker" && verb == "plugin" && !slices.ContainsFunc(words, func(x word) bool { return has("install upgrade push", x.text) }):
		return
	case c.Program == "yarn" && verb == "set" && !slices.ContainsFunc(words, func(x word) bool { return x.text == "version" }):
		return
	case c.Program == "rustup" && has("toolchain target component", verb) && slices.ContainsFunc(words, func(x word) bool { return has("list remove uninstall link", x.text) }):
		return
	case c.Program == "supabase" && slices.ContainsFunc(words, func(x word) bool { return has("--local start stop status reset diff", x.text) }):
		return
	}
	if !has(r.verbs, verb) && !(c.Program == "yarn" && verb == "") && !goes && !container && !(r.verbs == "" && len(words) > 1 && c.Program != "code") {
		return
	}
	host := r.host
	for i, x := range words[1:] {
		opt, val, joined := option(x.text)
		switch {
		case has("--registry --index-url -i --index --default-index --repository-url --source", opt):
			if !joined && i+2 < len(words) {
				val = words[i+2].text
			}
			if h := urlHost(val, false); h != "" {
				host = h
			}
		case has("--no-index --offline", opt):
			return
		case has("uv", c.Program) && verb == "pip" && has("list show freeze check tree", x.text):
			return
		}
	}
	if container {
		c.fetches(words, verb)
		return
	}
	c.shorthands(words)
	if has("docker podman nerdctl buildah", c.Program) {
		host = imageHost(words[len(words)-1].text)
		if has("login", verb) {
			host = hostPort(words[len(words)-1].text)
		}
	}
	c.host(host, true)
}

// fetches tells where the images come from that a container tool runs.
func (c *command) fetches(words []word, verb string) {
	switch verb {
	case "run", "create":
		p := program{values: dockerValues}
		for _, x := range words {
			if x.text == "--pull=never" {
				return
			}
		}
		if ops := p.split(words, c.Program).operands; len(ops) > 1 && ops[1].known {
			c.host(imageHost(ops[1].text), true)
		} else if len(ops) > 1 {
			c.doubt(DoubtHost)
		}
	case "build":
		c.strangerHosts(words)
		c.doubt(DoubtHost)
	default:
		if slices.ContainsFunc(words, func(x word) bool { return has("up pull push build create run", x.text) }) {
			c.doubt(DoubtHost)
		}
	}
}

// shorthands adds the hosts of packages that are named by where their source
// is: github:a/b, a/b, git@host:a/b.
func (c *command) shorthands(words []word) {
	if !has("npm pnpm yarn bun", c.Program) || len(words) < 3 {
		return
	}
	for _, x := range words[2:] {
		t := x.text
		switch {
		case t == "" || strings.ContainsAny(t[:1], "-@./~"):
		case strings.HasPrefix(t, "github:"), strings.HasPrefix(t, "gist:"):
			c.host("github.com", true)
		case strings.HasPrefix(t, "gitlab:"):
			c.host("gitlab.com", true)
		case strings.HasPrefix(t, "bitbucket:"):
			c.host("bitbucket.org", true)
		case strings.Contains(t, "://"):
			c.urlsIn(x)
		case strings.Contains(t, "@") && scpHost(t) != "" && !strings.Contains(t, "npm:") && !strings.Contains(t, "file:"):
			c.host(scpHost(t), x.known)
		case strings.Count(t, "/") == 1 && !strings.HasSuffix(t, "/") && !strings.Contains(t, ":") && has("npm i install add", words[1].text):
			c.host("github.com", true)
		}
	}
}

// imageHost returns the registry of a container image.
func imageHost(image string) string {
	first, _, ok := strings.Cut(image, "/")
	if ok && (strings.ContainsAny(first, ".:") || first == "localhost") {
		return hostPort(first)
	}
	return "registry-1.docker.io"
}

// stays reports whether a program that talks to others does not do so this
// time.
func stays(name string, words []word) bool {
	verb := subcommand(words, "-n --namespace --context --kubeconfig -C --chdir")
	switch name {
	case "nix-shell":
		return !slices.ContainsFunc(words, func(x word) bool { return has("-p --packages", x.text) })
	case "kubectl", "oc":
		if verb == "version" {
			return slices.ContainsFunc(words, func(x word) bool { return has("--client --client=true", x.text) })
		}
		return has("config kustomize completion options", verb) && !slices.ContainsFunc(words, func(x word) bool { return strings.Contains(x.text, "://") })
	case "helm":
		return has("lint template create package version env completion help", verb) && !slices.ContainsFunc(words, func(x word) bool { return strings.HasPrefix(x.text, "--repo") || strings.Contains(x.text, "://") })
	case "terraform", "tofu":
		return has("fmt validate version help", verb) || verb == "show" && !strings.HasPrefix(words[len(words)-1].text, "-") && len(words) > 2
	case "apt", "dnf", "yum", "zypper", "pacman", "apk", "snap", "flatpak":
		return has("list show info -Q -Qi -Ql -Qs search policy", verb) && has("apt", name) || has("-Q -Qi -Ql -Qs -Qe", words[1].text)
	case "asdf", "mise":
		return !has("install plugin update upgrade latest list-all ls-remote self-update use", verb)
	case "lxc", "multipass", "incus":
		return has("list ls info version help", verb)
	case "vagrant":
		return has("status ssh-config validate version global-status halt", verb)
	case "packer", "ansible-playbook":
		return has("fmt validate inspect", verb) || slices.ContainsFunc(words, func(x word) bool { return has("--syntax-check --list-tasks --list-hosts", x.text) })
	case "trivy", "grype", "syft":
		return has("fs config", verb)
	case "flux", "argocd", "mc", "tea":
		return has("version completion help", verb)
	}
	return has("--version --help version help -v -V -h fmt validate", words[1].text)
}
