package policy

import (
	"path"
	"strings"
)

// sensitive are the files that are flagged whatever a policy says. A pattern
// without a slash is a name at any depth; one with a slash is the end of a
// path. Letters have no case.
//
// The first lines are the list of agent-strace; the rest are the places where
// the programs concerned keep credentials and history by default, after their
// documentation.
var sensitive = strings.Fields(`
	.env .env.* *.env .envrc secrets.json secrets.yaml secrets.yml secrets.toml config/secrets* *.pem *.key *.p12 *.pfx
	.ssh .ssh/** .netrc _netrc .npmrc .pypirc .github/workflows .github/workflows/** *.token *.password
	id_rsa* id_dsa* id_ecdsa* id_ed25519* *.ppk authorized_keys known_hosts
	.aws .aws/** .azure .azure/** .config/gcloud .config/gcloud/** .oci/** .boto .s3cfg .config/rclone/** rclone.conf .config/doctl/** .config/hub
	.config/gh/** gcloud/application_default_credentials.json application_default_credentials.json
	service-account*.json service_account*.json serviceaccount*.json *-service-account.json *_service_account.json *-credentials.json credentials.json
	client_secret*.json credentials.y?ml credentials.toml credentials.ini
	.kube .kube/** kubeconfig *.kubeconfig .docker/config.json .dockercfg .helm/repositories.yaml
	.gnupg .gnupg/** *.gpg-key secring.gpg *.asc.key keyrings keyrings/** *.keyring *.keychain *.keychain-db *.kdb *.kdbx *.jks *.keystore *.bks .password-store .password-store/**
	.git-credentials .config/git/credentials .pgpass pgpass.conf .my.cnf .mylogin.cnf .htpasswd .vault-token .terraformrc terraform.rc .terraform.d/credentials* credentials.tfrc.json
	*.tfstate *.tfstate.* *.tfvars *.tfvars.json .cargo/credentials .cargo/credentials.toml .gem/credentials .m2/settings.xml .m2/settings-security.xml
	.gradle/gradle.properties .composer/auth.json .nuget/nuget.config .config/pip/pip.conf .yarnrc.yml .bundle/config .sentryclirc .snyk .config/configstore/**
	.bash_history .zsh_history .zhistory .sh_history .ksh_history .history fish_history .python_history .node_repl_history .psql_history .mysql_history
	.sqlite_history .rediscli_history .irb_history .lesshst .viminfo .local/share/fish/**
	.claude/.credentials.json .claude.json .codex/auth.json .gemini/oauth_creds.json .config/github-copilot/** .cursor/mcp.json
	.gitlab-ci.yml .circleci/config.yml .circleci/** jenkinsfile azure-pipelines.yml bitbucket-pipelines.yml .travis.yml .drone.yml .buildkite/** .woodpecker.yml .woodpecker/** .gitea/workflows/** .forgejo/workflows/** appveyor.yml cloudbuild.yaml
	.git/hooks/** .husky/** .envrc
	login?data cookies.sqlite logins.json key3.db key4.db signons.sqlite
	/etc/shadow /etc/shadow- /etc/gshadow /etc/sudoers /etc/sudoers.d/** /etc/master.passwd /etc/krb5.keytab *.keytab /proc/*/environ /proc/*/mem /var/run/secrets/** /run/secrets/**`)

// A lookup has the list by what must be compared.
type lookup struct {
	names   map[string]bool     // whole names
	endings []string            // ends of names
	globs   []string            // other patterns of names
	paths   map[string][]string // patterns of paths, by their first component
}

var flagged = newLookup(sensitive)

func newLookup(list []string) *lookup {
	l := &lookup{names: map[string]bool{}, paths: map[string][]string{}}
	for _, s := range list {
		rest, _ := strings.CutPrefix(s, "/")
		switch end, star := strings.CutPrefix(s, "*"); {
		case strings.Contains(rest, "/"):
			first, _, _ := strings.Cut(rest, "/")
			l.paths[first] = append(l.paths[first], s)
		case !wild(s):
			l.names[s] = true
		case star && !wild(end):
			l.endings = append(l.endings, end)
		default:
			l.globs = append(l.globs, s)
		}
	}
	return l
}

// Sensitive reports whether a path, cleaned, is that of a file which holds
// secrets (keys, credentials, histories, state of infrastructure), or which
// others run (pipelines, hooks).
func Sensitive(p string) bool {
	p = strings.ToLower(strings.TrimSuffix(strings.ReplaceAll(p, `\`, "/"), "/"))
	name := path.Base(p)
	if flagged.names[name] {
		return true
	}
	for _, e := range flagged.endings {
		if strings.HasSuffix(name, e) {
			return true
		}
	}
	for _, g := range flagged.globs {
		if match(g, name) {
			return true
		}
	}
	// The patterns of paths begin with a component that is no pattern.
	for rest := strings.TrimPrefix(p, "/"); rest != ""; {
		first, after, _ := strings.Cut(rest, "/")
		for _, s := range flagged.paths[first] {
			if s[0] == '/' {
				if len(rest) == len(strings.TrimPrefix(p, "/")) && match(s[1:], rest) {
					return true
				}
			} else if match(s, rest) {
				return true
			}
		}
		rest = after
	}
	return false
}
