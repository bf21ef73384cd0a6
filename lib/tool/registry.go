package tool

import (
	"slices"
	"strings"
)

// registries are the hosts that package managers fetch from if they are not
// told another: the defaults in their documentation.
var registries = spread(map[string]struct{ verbs, host string }{
	"npm":               {"install i in ci add update up upgrade audit publish view info search outdated exec x init create login dedupe pack", "registry.npmjs.org"},
	"pnpm bun":          {"install i add update up upgrade audit publish dlx x create outdated", "registry.npmjs.org"},
	"yarn":              {"install add upgrade up publish dlx create audit", "registry.yarnpkg.com"},
	"pip pip3":          {"install download index wheel search", "pypi.org"},
	"pipx":              {"install run upgrade", "pypi.org"},
	"uv":                {"sync add lock tool pip", "pypi.org"},
	"poetry pdm pipenv": {"install add update lock publish sync", "pypi.org"},
	"twine":             {"upload", "upload.pypi.org"},
	"cargo":             {"install add update publish fetch search", "crates.io"},
	"gem":               {"install update push fetch", "rubygems.org"},
	"bundle bundler":    {"install update add", "rubygems.org"},
	"go":                {"get install", "proxy.golang.org"},
	"conda mamba":       {"install create update search", "conda.anaconda.org"},
	"glab":              {"mr issue api repo release ci snippet auth", "gitlab.com"},
	"composer":          {"install update require", "repo.packagist.org"},
	"docker podman":     {"pull push login search", "registry-1.docker.io"},
	"brew":              {"install update upgrade tap fetch", "formulae.brew.sh"},
	"gh":                {"pr issue api repo release run workflow gist auth search secret variable", "api.github.com"},
	"aws":               {"s3 s3api ec2 iam sts lambda ecr ecs eks ssm secretsmanager cloudformation dynamodb rds sns sqs logs", "amazonaws.com"},
	"gcloud gsutil":     {"storage cp ls rsync compute auth projects container run functions secrets rm mv cat", "googleapis.com"},
})

// remotes are programs that talk to a host which only their settings know.
var remotes = words("kubectl helm terraform tofu pulumi az rclone heroku vercel netlify fly flyctl wrangler firebase doctl s3cmd svn hg mail sendmail mutt apt apt-get yum dnf apk pacman snap tailscale cloudflared ngrok restic borg nix nix-env nix-build flatpak cvs hub skopeo crane claude codex gemini")

// registry adds the host of a package manager.
func (c *command) registry(words []word) {
	if remotes[c.Program] && len(words) > 1 && !has("--version --help version help -v -h fmt validate", words[1].text) {
		c.doubt(DoubtHost)
		return
	}
	r, ok := registries[c.Program]
	if !ok {
		return
	}
	verb := subcommand(words, "-C --prefix --dir --cwd --directory --project")
	goes := c.Program == "go" && (verb == "mod" && slices.ContainsFunc(words, func(x word) bool { return has("download tidy", x.text) }) ||
		verb == "run" && slices.ContainsFunc(words[2:], func(x word) bool { return strings.Contains(x.text, "@") && !strings.HasPrefix(x.text, "-") }))
	if has("docker podman", c.Program) && slices.ContainsFunc(words, func(x word) bool { return has("--context -c", x.text) }) && has("ps images info exec logs inspect rm kill stop", verb) {
		c.doubt(DoubtHost)
	}
	container := has("docker podman", c.Program) && has("run create build compose buildx", verb)
	if !has(r.verbs, verb) && !(c.Program == "yarn" && verb == "") && !goes && !container {
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
	if has("docker podman", c.Program) {
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
