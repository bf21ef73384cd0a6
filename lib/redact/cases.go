package redact

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"

	"agenttrace/lib/event"
)

// A Case is a line with a secret in it that must go, or with nothing in it that
// may change.
type Case struct {
	Rule   string // the rule it is of; "" for lines that are of no rule
	Kind   string // the notation
	Line   string
	Secret string // "" if the line must not change
}

// A generator makes cases: from the shapes of the rules, and from a seed. No
// token is written in the source, where others would take it for a leak.
type generator struct {
	r     *rand.Rand
	cases []Case
}

// Cases returns labelled cases. Equal seeds give equal cases.
func Cases(seed uint64) []Case {
	g := &generator{r: rand.New(rand.NewPCG(seed, 7))}
	for _, family := range families() {
		for i := range family {
			g.tokens(&family[i])
		}
	}
	g.middles()
	g.named()
	g.forms()
	g.keys()
	g.encoded()
	g.contexts()
	g.harmless()
	return g.cases
}

func (g *generator) chars(class byte, n int) string {
	s := mustShape(fmt.Sprintf("[%c%d]", class, n))
	return s.example(g.r)
}

func (g *generator) pick(list ...string) string { return list[g.r.IntN(len(list))] }

// text adds a case whose text is the output of a tool.
func (g *generator) text(rule, kind, text, secret string) {
	line := []byte(`{"event_type":"tool_result","timestamp":1767225601.250000,"event_id":"0f1e2d3c4b5a","session_id":"s1","parent_id":"a1b2c3d4e5f6","data":{"tool_name":"Bash","result":`)
	line = event.AppendString(line, text)
	g.cases = append(g.cases, Case{rule, kind, string(line) + "}}", secret})
}

// line adds a case of an event with these arguments.
func (g *generator) line(rule, kind, arguments, secret string) {
	g.cases = append(g.cases, Case{rule, kind,
		`{"event_type":"tool_call","timestamp":1767225601.250000,"event_id":"0f1e2d3c4b5a","session_id":"s1","data":{"tool_name":"http","arguments":` + arguments + `}}`, secret})
}

// surroundings are the notations in which a token stands in a trace.
var surroundings = []struct {
	kind string
	text string // %s is the token
}{
	{"bare", "%s"},
	{"prose", "I used the one you gave me, %s, which works."},
	{"markdown", "Run it with `%s` first."},
	{"double-quotes", `client = new Client("%s", { retries: 3 });`},
	{"single-quotes", "client = Client('%s')  # noqa"},
	{"comma", "ids: 1, %s, 3"},
	{"url", "GET https://api.internal/v1/x?q=%s&page=2 200"},
	{"colour", "\x1b[32m%s\x1b[0m"},
	{"diff", "@@ -1 +1 @@\n-old\n+%s\n"},
	{"numbered", "     7\t# config\n     8\t%s\n     9\t"},
	{"log", "2026-01-05T10:11:12Z WARN request failed with=%s status=401"},
	{"brackets", "values [%s] (%[1]s)"},
	{"escaped", `{"a": "x\n%s\n"`},
	{"umlaut", "schlüssel ü%s"},
}

func (g *generator) tokens(rule *Rule) {
	s := mustShape(rule.Shape)
	for _, c := range surroundings {
		tok := s.example(g.r)
		g.text(rule.Name, c.kind, fmt.Sprintf(strings.ReplaceAll(c.text, "%s", "%[1]s"), tok), tok)
	}
	prefix := s.prefix()
	for _, t := range [...]string{prefix, prefix + "…", prefix + "[a-z]{20}", "the prefix " + prefix + " is theirs", "abc" + prefix + "def"} {
		g.text(rule.Name, "prefix", t, "")
	}
}

func (g *generator) around(rule string, make func() string) {
	for _, c := range surroundings {
		tok := make()
		g.text(rule, c.kind, fmt.Sprintf(strings.ReplaceAll(c.text, "%s", "%[1]s"), tok), tok)
	}
}

// middles makes the tokens that are not known by their beginning.
func (g *generator) middles() {
	b64 := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	g.around("azure-client-secret", func() string { return g.chars('a', 3) + g.chars('n', 1) + "Q~" + g.chars('a', 34) })
	g.around("terraform-token", func() string { return g.chars('a', 14) + ".atlas" + "v1." + g.chars('a', 67) })
	g.around("mailchimp-key", func() string { return g.chars('x', 32) + "-us" + g.chars('n', 2) })
	g.around("telegram-token", func() string { return "7" + g.chars('n', 9) + ":AA" + g.chars('d', 33) })
	g.around("azure-devops-token", func() string { return g.chars('a', 76) + "AZ" + "DO" + g.chars('a', 4) })
	g.around("discord-token", func() string {
		return b64("1"+g.chars('n', 17)) + "." + g.chars('a', 6) + "." + g.chars('d', 38)
	})
	g.around("jwt", func() string {
		return b64(`{"alg":"HS256","typ":"JWT"}`) + "." + b64(`{"sub":"`+g.chars('n', 10)+`"}`) + "." + g.chars('d', 43)
	})
}

func (g *generator) password() string {
	return g.chars('a', 5) + g.pick("!", "~", "^", "+") + g.chars('n', 3) + g.chars('a', 6)
}

// named makes values beside names.
func (g *generator) named() {
	names := map[string][]string{
		"password": {"DB_PASSWORD", "password", "dbPassword", "db-password", "SMTP_PASS", "ADMIN_PWD", "spring.datasource.password", "PGPASSWORD", "rootPasswd", "KEY_PASSPHRASE"},
		"secret":   {"client_secret", "clientSecret", "JWT_SECRET", "WEBHOOK_SECRET", "app-secret", "APP_SECRET_PROD"},
		"token":    {"access_token", "AUTH_TOKEN", "_authToken", "refreshToken", "bot-token", "CI_JOB_TOKEN"},
		"api-key":  {"OPENAI_API_KEY", "apiKey", "x-api-key", "SECRET_KEY_BASE", "aws_secret_access_key", "secretAccessKey", "ENCRYPTION_KEY", "STRIPE_KEY", "privateKey"},
	}
	forms := []struct{ kind, text string }{
		{"env", "# prod\nPORT=8080\n%[1]s=%[2]s\nDEBUG=false\n"},
		{"export", "$ export %[1]s=%[2]s\n$ make"},
		{"env-quoted", "%[1]s=\"%[2]s\""},
		{"code", "const %[1]s = \"%[2]s\";"},
		{"yaml", "app:\n  %[1]s: \"%[2]s\"\n  replicas: 2"},
		{"python", "{'%[1]s': '%[2]s', 'port': 1}"},
		{"cut-json", `{"a": {"%[1]s": "%[2]s"`},
		{"flag", "tool --%[1]s %[2]s --verbose"},
		{"flag-sign", "tool --%[1]s=%[2]s run"},
		{"query", "GET /x?%[1]s=%[2]s&page=1"},
		{"xml", "<%[1]s>%[2]s</%[1]s>"},
		{"table", "| name | value |\n| --- | --- |\n| %[1]s | %[2]s |"},
		{"docker", "ENV %[1]s %[2]s\nRUN make"},
		{"go", "%[1]s := \"%[2]s\""},
		{"ruby", ":%[1]s => '%[2]s',"},
		{"argument", "os.environ[\"%[1]s\"] = \"%[2]s\""},
		{"call", "req.set(\"%[1]s\", \"%[2]s\")"},
		{"typed", "%[1]s: str = \"%[2]s\""},
		{"coloured", "\x1b[36m%[1]s\x1b[0m=\x1b[33m%[2]s\x1b[0m"},
		{"set-to", "Run it with `%[1]s` set to `%[2]s` first."},
		{"fallback", "x = cfg[\"%[1]s\"] || \"%[2]s\""},
		{"html", "&quot;%[1]s&quot;:&quot;%[2]s&quot;"},
		{"cut-key", "%[1]s\":\"%[2]s\", \"x\": 1}"},
		{"plist", "<key>%[1]s</key>\n<string>%[2]s</string>"},
		{"attribute", "<%[1]s secured=\"no\">%[2]s</%[1]s>"},
	}
	members := []struct{ kind, args string }{
		{"member", `{"id":7,"%[1]s":"%[2]s"}`},
		{"twice", `{"%[1]s":"%[2]s","%[1]s":"x%[2]s"}`},
		{"list", `{"a":{"%[1]s":["%[2]s"]}}`},
		{"pair", `{"env":[{"name":"%[1]s","value":"%[2]s"}]}`},
		{"pair-turned", `{"env":[{"value":"%[2]s","name":"%[1]s"}]}`},
		{"argv", `{"argv":["tool","--%[1]s","%[2]s"]}`},
		{"nested", `{"body":"{\"%[1]s\": \"%[2]s\", \"user\": \"bob\"}"}`},
		{"nested-twice", `{"body":"{\"x\": \"{\\\"%[1]s\\\": \\\"%[2]s\\\"}\"}"}`},
		{"log-json", `{"out":"12:01 sent {\"%[1]s\": \"%[2]s\"} ok"}`},
	}
	for _, rule := range [...]string{"password", "secret", "token", "api-key"} {
		for k, name := range names[rule] {
			value := func() string {
				if rule == "password" {
					return g.password()
				}
				return g.chars('a', 24+k)
			}
			for _, f := range forms {
				if (f.kind == "xml" || f.kind == "attribute") && strings.ContainsAny(name, ".") || f.kind == "docker" && strings.ContainsAny(name, ".-") {
					continue
				}
				v := value()
				g.text(rule, f.kind, fmt.Sprintf(f.text, name, v), v)
			}
			for _, f := range members {
				v := value()
				g.line(rule, f.kind, fmt.Sprintf(f.args, name, v), v)
			}
		}
	}
	g.line("password", "number", `{"password":4`+g.chars('n', 8)+`,"port":5432}`, "")
	last := &g.cases[len(g.cases)-1]
	last.Secret = last.Line[strings.Index(last.Line, `"password":`)+11 : strings.Index(last.Line, `,"port"`)]
}

// forms makes what is known by its syntax.
func (g *generator) forms() {
	for _, scheme := range [...]string{"postgres", "postgresql", "mysql", "mongodb+srv", "redis", "rediss", "amqp", "amqps", "https", "clickhouse", "nats", "kafka+ssl", "ftp", "smtp", "mssql"} {
		p := g.chars('a', 6) + "_" + g.chars('n', 4) + "~x"
		g.text("url-password", scheme, "DATABASE_URL="+scheme+"://app:"+p+"@db.internal:5432/prod", p)
		p = g.chars('a', 12)
		g.text("url-password", "json-"+scheme, `{"url":"`+scheme+`:\/\/app:`+p+`@db\/x"}`, p)
	}
	for range 5 {
		p := g.chars('a', 14)
		g.text("url-password", "dsn", `dsn := "app:`+p+`@tcp(db.internal:3306)/prod?parseTime=true"`, p)
		g.text("url-password", "no-user", "REDIS_URL=redis://:"+p+"@cache:6379/1", p)
		p = g.password()
		g.text("password", "ado", "Server=db;User Id=sa;Password="+p+";Encrypt=true", p)
		k := g.chars('b', 86) + "=="
		g.text("api-key", "azure-storage", "DefaultEndpointsProtocol=https;AccountName=acme;AccountKey="+k+";EndpointSuffix=core.windows.net", k)
		sig := g.chars('a', 41) + "%2Fd%3D"
		g.text("signature", "sas", "https://acme.blob.core.windows.net/c/f.csv?sv=2024-11-04&sp=r&sig="+sig, sig)
		sig = g.chars('x', 64)
		g.text("signature", "sigv4", "Authorization: AWS4-HMAC-SHA256 Credential=x/20260105/us-east-1/s3/aws4_request, SignedHeaders=host, Signature="+sig, sig)
	}
	for _, h := range [...]string{"Authorization: Bearer %s", "authorization: bearer %s", "Authorization: token %s", "Proxy-Authorization: Bearer %s", "Authorization: %s", "curl -H 'Authorization: Bearer %s' https://x", "Cookie: theme=dark; sid=%s", "Authorization: Bearer%%20%s"} {
		for range 4 {
			v := g.chars('a', 36)
			g.text("authorization", "header", fmt.Sprintf(h, v), v)
		}
	}
	for range 4 {
		v := base64.StdEncoding.EncodeToString([]byte("svc:" + g.chars('a', 14)))
		g.text("authorization", "basic", "Authorization: Basic "+v, v)
		g.line("authorization", "basic-member", `{"headers":{"Authorization":"Basic `+v+`"}}`, v)
		v = g.chars('a', 30)
		g.line("authorization", "pair", `{"headers":[{"name":"Authorization","value":"Bearer `+v+`"}]}`, v)
		g.line("authorization", "flat", `{"rawHeaders":["Host","x","Authorization","Bearer `+v+`"]}`, v)
	}
	for _, c := range [...]string{
		"mysql -uroot -p%s -e 'select 1'", "sshpass -p %s ssh h", "sshpass -p'%s' ssh h", "curl -u svc:%s https://x", "curl --user svc:%s https://x", "redis-cli -h c -a %s ping",
		"openssl rsa -in k -passin pass:%s", "htpasswd -b .htpasswd bob %s", "docker login -u ci -p %s reg", "7z x -p%s a.7z", "unzip -P %s a.zip", "smbclient //h/s -U bob%%%s",
		"echo %s | docker login -u ci --password-stdin", "echo %s | sudo -S ls", "kubectl create secret generic x --from-literal=db=%s", "mongosh -u a -p %s", "ldapsearch -x -w %s", "gh secret set X=%s",
		"redis-cli -h c AUTH %s", "127.0.0.1:6379> AUTH app %s", "aws configure set aws_secret_access_key %s", "npm config set //npm.acme.io/:_authToken %s", "git config set http.password %s",
		"sudo -S ls <<< %s", "nmcli dev wifi connect x password %s", "rclone config create x webdav pass %s", "ssh-keygen -t ed25519 -N %s -f k", "twine upload -u __token__ -p %s d/*",
		"useradd -p %s bob", "net user bob %s /add", "echo %s | vercel env add X production", "echo %s | wrangler secret put X", "echo ::add-mask::%s", "az keyvault secret set -n x --value %s",
		"aws secretsmanager create-secret --name x --secret-string %s", "ConvertTo-SecureString '%s' -AsPlainText",
	} {
		for range 3 {
			p := g.chars('a', 5) + "_" + g.chars('n', 3) + g.chars('a', 5)
			g.text("command-password", "command", fmt.Sprintf(c, p), p)
		}
	}
	for _, t := range [...]string{
		"env:\n  - name: DB_PASSWORD\n    value: %s\n", "env:\n  - name: DB_PASSWORD\n    value: \"%s\"\n", "| user | password |\n|---|---|\n| bob | %s |\n", " user | password | n\n------+----------+---\n bob  | %s | 4\n",
		"user,password,age\nbob,%s,41\n", "user\tpassword\nbob\t%s\n", "Generated password:\n%s\n", "log in with password %s there", "psk=%s",
	} {
		for range 3 {
			p := g.chars('a', 5) + "9" + g.chars('n', 3) + "xK" + g.chars('a', 5)
			g.text("password", "below", fmt.Sprintf(t, p), p)
		}
	}
	for range 3 {
		p := g.chars('a', 5) + "_" + g.chars('n', 3) + g.chars('a', 5)
		g.line("command-password", "argv", `{"command":["sshpass","-p","`+p+`","ssh","h"]}`, p)
		g.line("command-password", "args", `{"command":"/usr/bin/mysql","args":["-uroot","-p`+p+`"]}`, p)
		g.line("", "args", `{"command":"ls","args":["-p","`+p+`"]}`, "")
		g.text("", "table", "| name | tokens |\n|---|---|\n| a | 4,210 |\n", "")
		g.text("", "list", "\"mypass\",\n\"x9"+p+"\",\n", "")
		g.text("", "enum", "\tAccessToken\n\tProcessWx86Information\n\tWin32kSyscall\n", "")
	}
	for range 4 {
		h := "$2y$10$" + g.chars('a', 53)
		g.text("password-hash", "htpasswd", "bob:"+h, h)
		var words []string
		for range 12 {
			words = append(words, g.pick("legal", "winner", "thank", "year", "wave", "sausage", "worth", "useful", "yellow", "ocean", "tribe"))
		}
		p := strings.Join(words, " ")
		g.text("seed-phrase", "env", "seed_phrase="+p, p)
		g.line("seed-phrase", "member", `{"mnemonic":"`+p+`"}`, p)
		p = g.chars('a', 20)
		g.text("secret", "kubernetes", "apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\ndata:\n  odd: "+base64.StdEncoding.EncodeToString([]byte(p))+"\n", base64.StdEncoding.EncodeToString([]byte(p)))
	}
}

// keys makes private keys.
func (g *generator) keys() {
	for range 4 {
		d, x := g.chars('d', 43), g.chars('d', 43)
		g.line("private-key", "jwk", `{"key":{"kty":"EC","crv":"P-256","x":"`+x+`","d":"`+d+`"}}`, d)
		g.text("private-key", "jwk-text", "cat k.json\n{\n  \"d\": \""+d+"\",\n  \"kty\": \"OKP\"\n}\n", d)
		g.line("", "jwk-public", `{"kty":"EC","crv":"P-256","x":"`+x+`","y":"`+d+`"}`, "")
		g.line("", "no-jwk", `{"d":"`+g.pick("2026-01-05", "left", "M0 0L10 10")+`","k":"v","kty":"EC"}`, "")
	}
	for _, label := range [...]string{"RSA ", "", "EC ", "OPENSSH ", "ENCRYPTED ", "DSA "} {
		var lines []string
		for range 12 {
			lines = append(lines, g.chars('a', 64))
		}
		lines = append(lines, g.chars('a', 12))
		begin, end := "-----BEGIN "+label+"PRIVATE KEY-----", "-----END "+label+"PRIVATE KEY-----"
		secret := lines[5]
		all := begin + "\n" + strings.Join(lines, "\n") + "\n" + end
		g.text("private-key", "whole", "$ cat k\n"+all+"\n$", secret)
		g.text("private-key", "last-line", all, lines[12])
		g.text("private-key", "cut", strings.Join(append([]string{begin}, lines[:7]...), "\n"), secret)
		g.text("private-key", "tail", strings.Join(append(lines[3:], end), "\n"), secret)
		g.text("private-key", "literal", "k = '"+strings.ReplaceAll(all, "\n", `\n`)+"'", secret)
		g.text("private-key", "one-line", strings.ReplaceAll(all, "\n", " "), secret)
		g.text("private-key", "added", "+"+strings.ReplaceAll(all, "\n", "\n+"), secret)
		g.text("private-key", "indented", "key: |\n    "+strings.ReplaceAll(all, "\n", "\n    "), secret)
		numbered := ""
		for i, l := range strings.Split(all, "\n") {
			numbered += fmt.Sprintf("%6d→%s\n", i+1, l)
		}
		g.text("private-key", "numbered", numbered, secret)
		packed := base64.StdEncoding.EncodeToString([]byte(all))
		g.text("private-key", "base64", "tls.key: "+packed, packed[40:140])
		inner := string(event.AppendString(nil, `{"private_key":`+string(event.AppendString(nil, all))+`}`))
		g.line("private-key", "nested", `{"x":`+inner+`}`, secret)
	}
}

// encoded makes tokens in encodings.
func (g *generator) encoded() {
	for range 5 {
		tok := "ghp" + "_" + g.chars('a', 36)
		b := base64.StdEncoding.EncodeToString([]byte("GITHUB_TOKEN=" + tok + "\n"))
		g.text("github-token", "base64", "echo "+b+" | base64 -d", b)
		g.text("github-token", "hex", "xxd: "+hex.EncodeToString([]byte(tok)), hex.EncodeToString([]byte(tok)))
		g.text("github-token", "percent", "url=https%3A%2F%2Fx%3Ftoken%3D"+tok+"%26a", tok)
		esc := ""
		for _, c := range tok {
			esc += fmt.Sprintf(`\u%04x`, c)
		}
		g.line("github-token", "unicode", `{"a":"`+esc+`"}`, tok)
		g.line("github-token", "unicode-first", `{"a":"\u0067`+tok[1:]+`"}`, tok)
		g.line("github-token", "key", `{"`+tok+`":1}`, tok)
		g.line("github-token", "emoji", `{"a":"\ud83d\udd11`+tok+`\u00e9"}`, tok)
		p := g.chars('a', 12) + "/" + g.chars('a', 10) + "9"
		g.line("api-key", "slash", `{"aws_secret_access_key":"`+strings.ReplaceAll(p, "/", `\/`)+`"}`, p)
	}
}

// harmless makes what must stay as it is.
func (g *generator) harmless() {
	sha := func() string { return g.chars('x', 40) }
	for range 12 {
		u := fmt.Sprintf("%s-%s-4%s-a%s-%s", g.chars('x', 8), g.chars('x', 4), g.chars('x', 3), g.chars('x', 3), g.chars('x', 12))
		b := g.chars('b', 88)
		for kind, t := range map[string]string{
			"git-log":   sha() + " fix the token parser\n" + sha() + " password form",
			"git-tree":  "100644 blob " + sha() + "\tsecret.go",
			"digest":    "sha256:" + g.chars('x', 64) + " image: nginx@sha256:" + g.chars('x', 64),
			"sha512sum": g.chars('x', 128) + "  key.iso",
			"uuid":      "request_id=" + u + " trace " + u,
			"npm-lock":  `"integrity": "sha512-` + b + `", "resolved": "https://registry.npmjs.org/token/-/token-1.0.0.tgz#` + sha() + `"`,
			"go-sum":    "github.com/acme/secrets v1.2.3 h1:" + g.chars('b', 43) + "=\ngithub.com/acme/x v1.2.3/go.mod h1:" + g.chars('b', 43) + "=",
			"pip-hash":  "requests==2.32.0 --hash=sha256:" + g.chars('x', 64),
			"cargo":     "checksum = \"" + g.chars('x', 64) + "\"",
			"trace":     "traceparent: 00-" + g.chars('x', 32) + "-" + g.chars('x', 16) + "-01",
			"address":   "0x" + g.chars('x', 16) + " main.key+0x1b",
			"version":   "v0.0.0-20250905101755-" + g.chars('x', 12),
			"etag":      `etag: "` + g.chars('x', 32) + `"`,
			"bundle":    "/assets/index-" + g.chars('a', 8) + ".js",
			"cache-key": "cache-key: Linux-go-" + g.chars('x', 64),
		} {
			g.text("", kind, t, "")
		}
		g.line("", "image", `{"content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgoAAAANSUhEUg`+g.chars('b', 400)+`"}}]}`, "")
		g.line("", "signature", `{"type":"thinking","signature":"EqQB`+g.chars('a', 396)+`"}`, "")
	}
	for k, t := range []string{
		"const password = getPassword()", "password: string", "password: string;\ntoken?: string | null", "type C struct {\n\tPassword string `json:\"password\"`\n\tToken *Token `json:\"token\"`\n}",
		"def login(user, password=None, token=''): return password == other.password", "if token == expectedToken {", "token := os.Getenv(\"API_TOKEN\")", "apiKey: process.env.API_KEY,",
		"API_KEY=<YOUR_API_KEY>", "API_KEY=${API_KEY}", "API_KEY=your-api-key-here", "API_KEY=xxxxxxxxxxxxxxxx", "API_KEY=sk-...", "PASSWORD=changeme", "export TOKEN=$(gh auth token)",
		"postgres://user:password@localhost:5432/db postgresql://${USER}:${PASS}@h/db mysql://<user>:<pass>@host/", "input_tokens: 18234, max_tokens=4096 token_limit=200000",
		"key: Enter; primary_key=id; foreign_key=user_id; key=value; cacheKey=\"user:1\"", "<input type=\"password\" name=\"password\" autocomplete=\"current-password\">",
		"test_that_the_secret_manager_returns_a_token_when_password_is_rotated", "re.compile(r'sk-ant-[a-zA-Z0-9\\-]{20,}|gh[ps]_[A-Za-z0-9]{36}|AKIA[0-9A-Z]{16}')",
		"--color-token-primary: var(--x); token-based-authentication", "risk-assessment-of-the-new-framework, monkey-abcdefghijklmnop1", "bearer of news, the basic idea of the thing",
		"password must be at least 8 characters", "Enter password: ", "git@github.com:acme/x.git", "ssh -p 2222 host", "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA\n-----END PUBLIC KEY-----",
		"grep -n \"-----BEGIN RSA PRIVATE KEY-----\" *.go", "PASS: TestToken (0.03s)", "ok 12 passed, token tests 5", "secretName: my-secret\nsecretKeyRef:\n  key: password", "PWD=/home/u/proj OLDPWD=/tmp",
		"self.password = password", "this.token = token;", "token: ${{ secrets.GITHUB_TOKEN }}", "password_hash(password)", "\"token\": \"string\"", "$ref: '#/components/schemas/Token'", "password: *****", "psql -h db -U app -W",
		"func (s *Store) Secret(key string) (string, error)", "data-key=\"item-12\" aria-keyshortcuts=\"Control+S\"", "https://example.com:8080/a@2x.png", "auth: { type: 'basic' }", "tokenizer=cl100k_base",
	} {
		g.text("", fmt.Sprintf("text-%d", k+1), t, "")
	}
	for k, a := range []string{
		`{"properties":{"password":{"type":"string","minLength":8},"token":{"$ref":"#/d/T"}}}`, `{"usage":{"input_tokens":18234,"output_tokens":512,"max_tokens":4096}}`,
		`{"token":"","password":null,"secret":false}`, `{"key":"ArrowUp","keys":["a","b"]}`, `{"tokens":["the","cat","sat"]}`, `{"primary_key":"id","public_key_algorithm":"ed25519"}`, `{"nextPageToken":"CAUQAA"}`,
		`{"command":"cat package.json","description":"Show the secret santa list"}`, `{"password":"<redacted>","token":"${TOKEN}","api_key":"YOUR_API_KEY"}`,
	} {
		g.line("", fmt.Sprintf("member-%d", k+1), a, "")
	}
}
