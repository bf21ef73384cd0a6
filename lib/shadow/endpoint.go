package shadow

import (
	"bytes"
	"strings"
)

// A provider is who answers at an endpoint of a model.
type provider struct {
	id, name string
	hosts    []string // in lower case; with a dot before it, any host below; a * stands for one component
}

// providers are the services whose hosts are told in their documentation.
var providers = []provider{
	{"anthropic", "Anthropic", []string{"api.anthropic.com"}},
	{"openai", "OpenAI", []string{"api.openai.com", "us.api.openai.com", "eu.api.openai.com", "chatgpt.com/backend-api"}},
	{"google", "Google", []string{"generativelanguage.googleapis.com", "aiplatform.googleapis.com", "*-aiplatform.googleapis.com", "cloudcode-pa.googleapis.com"}},
	{"azure", "Azure OpenAI", []string{".openai.azure.com", ".services.ai.azure.com", ".inference.ai.azure.com", ".models.ai.azure.com", ".cognitiveservices.azure.com"}},
	{"aws", "Amazon Bedrock", []string{"bedrock-runtime.*.amazonaws.com", "bedrock.*.amazonaws.com", "bedrock-runtime-fips.*.amazonaws.com", "bedrock-agent-runtime.*.amazonaws.com"}},
	{"github", "GitHub", []string{"api.githubcopilot.com", ".githubcopilot.com", "models.github.ai", "models.inference.ai.azure.com", "copilot-proxy.githubusercontent.com"}},
	{"cursor", "Cursor", []string{".cursor.sh", "api.cursor.com"}},
	{"codeium", "Codeium", []string{"server.codeium.com", "api.codeium.com", "inference.codeium.com"}},
	{"cohere", "Cohere", []string{"api.cohere.ai", "api.cohere.com"}},
	{"mistral", "Mistral", []string{"api.mistral.ai", "codestral.mistral.ai"}},
	{"openrouter", "OpenRouter", []string{"openrouter.ai"}},
	{"together", "Together AI", []string{"together.ai", "api.together.ai", "api.together.xyz"}},
	{"groq", "Groq", []string{"api.groq.com", "groq.com/openai"}},
	{"deepseek", "DeepSeek", []string{"api.deepseek.com"}},
	{"xai", "xAI", []string{"api.x.ai"}},
	{"perplexity", "Perplexity", []string{"api.perplexity.ai"}},
	{"fireworks", "Fireworks AI", []string{"api.fireworks.ai"}},
	{"huggingface", "Hugging Face", []string{"api-inference.huggingface.co", "router.huggingface.co", ".endpoints.huggingface.cloud"}},
	{"alibaba", "Alibaba", []string{"dashscope.aliyuncs.com", "dashscope-intl.aliyuncs.com", "dashscope-us.aliyuncs.com"}},
	{"moonshot", "Moonshot AI", []string{"api.moonshot.ai", "api.moonshot.cn"}},
	{"zai", "Z.ai", []string{"api.z.ai", "open.bigmodel.cn"}},
	{"minimax", "MiniMax", []string{"api.minimax.io", "api.minimaxi.com", "api.minimax.chat"}},
	{"volcengine", "Volcengine", []string{"ark.*.volces.com", "ark.*.bytepluses.com"}},
	{"replicate", "Replicate", []string{"api.replicate.com"}},
	{"nvidia", "NVIDIA", []string{"integrate.api.nvidia.com", "ai.api.nvidia.com"}},
	{"cerebras", "Cerebras", []string{"api.cerebras.ai"}},
	{"sambanova", "SambaNova", []string{"api.sambanova.ai"}},
	{"deepinfra", "DeepInfra", []string{"api.deepinfra.com"}},
	{"novita", "Novita AI", []string{"api.novita.ai"}},
	{"siliconflow", "SiliconFlow", []string{"api.siliconflow.cn", "api.siliconflow.com"}},
	{"hyperbolic", "Hyperbolic", []string{"api.hyperbolic.xyz"}},
	{"ai21", "AI21", []string{"api.ai21.com"}},
	{"voyage", "Voyage AI", []string{"api.voyageai.com"}},
	{"jina", "Jina AI", []string{"api.jina.ai"}},
	{"watsonx", "IBM watsonx", []string{"*.ml.cloud.ibm.com"}},
	{"ollama", "Ollama", []string{"api.ollama.com"}},
	{"vercel", "Vercel AI Gateway", []string{"ai-gateway.vercel.sh"}},
	{"cloudflare", "Cloudflare AI Gateway", []string{"gateway.ai.cloudflare.com"}},
	{"portkey", "Portkey", []string{"api.portkey.ai"}},
	{"helicone", "Helicone", []string{"oai.helicone.ai", "anthropic.helicone.ai", "ai-gateway.helicone.ai", "gateway.helicone.ai"}},
	{"requesty", "Requesty", []string{"router.requesty.ai"}},
}

// An endpoint is an address of a model in a text.
type endpoint struct {
	host     string // as written, in lower case, with a port if one is given
	provider int    // an index of providers; -1: no known one
	line     int
}

// providerOf returns the provider of a host, with the path that follows it.
func (s *Scanner) providerOf(host, path string) int {
	if i, ok := s.hosts[host]; ok {
		return i
	}
	for _, p := range s.hostPatterns {
		if p.match(host, path) {
			return p.provider
		}
	}
	return -1
}

type hostPattern struct {
	head, tail string // what the host begins and ends with
	path       string // what follows the host
	provider   int
}

func (p hostPattern) match(host, path string) bool {
	return len(host) > len(p.head)+len(p.tail)-1 && strings.HasPrefix(host, p.head) && strings.HasSuffix(host, p.tail) && strings.HasPrefix(path, p.path)
}

func (s *Scanner) indexHosts() {
	s.hosts = map[string]int{}
	for i, p := range providers {
		for _, h := range p.hosts {
			host, path, _ := strings.Cut(h, "/")
			head, tail, star := strings.Cut(host, "*")
			switch {
			case star:
				s.hostPatterns = append(s.hostPatterns, hostPattern{head, tail, "", i})
			case host[0] == '.':
				s.hostPatterns = append(s.hostPatterns, hostPattern{"", host, "", i})
			case path != "":
				s.hostPatterns = append(s.hostPatterns, hostPattern{host, "", "/" + path, i})
			default:
				s.hosts[host] = i
			}
		}
	}
}

// shapes are the paths of the interfaces that models are called by.
var shapes = []string{"/chat/completions", "/v1/messages", "/v1/completions", "/v1/embeddings", "/v1/responses", "/openai/deployments/", "/openai/v1", ":generatecontent",
	":streamgeneratecontent", "/api/generate", "/v1beta/models", "/v1/complete", "/v1beta/openai"}

// modelWords are what the name of a host or a setting has in it when it is
// about models.
var modelWords = []string{"openai", "anthropic", "claude", "llm", "ollama", "gemini", "mistral", "cohere", "groq", "openrouter", "deepseek", "bedrock", "vllm", "gpt", "copilot",
	"langchain", "ai-gateway", "aigateway", "ai_gateway", "ai-proxy", "aiproxy", "ai_proxy", "genai", "inference", "chat_model", "embedding", "codex"}

// baseWords are what the name of a setting that holds an address ends in, with
// underscores and hyphens left out.
var baseWords = []string{"baseurl", "apibase", "endpoint", "apiurl", "apihost", "proxyurl", "basepath", "proxy", "gateway", "gatewayurl", "url", "host", "base", "uri", "server"}

// sites are hosts of documentation and code, which have words of modelWords in
// them and answer no model.
var sites = []string{"docs.", "doc.", "platform.", "console.", "www.", "help.", "support.", "status.", "blog.", "cdn.", "cookbook.", "developers.", "developer.", "learn.", "community.", "raw.", "registry.", "github.", "img.", "mcp."}

// domains are those of the makers' own sites.
var domains = []string{"openai.com", "anthropic.com", "claude.ai", "claude.com", "chatgpt.com", "ollama.com", "ollama.ai", "mistral.ai", "cohere.com", "groq.com", "deepseek.com", "google.com", "google.dev", "github.com",
	"github.io", "githubusercontent.com", "langchain.com", "litellm.ai", "readthedocs.io", "npmjs.com", "pypi.org", "vllm.ai", "huggingface.co", "microsoft.com", "wikipedia.org", "shields.io", "arxiv.org", "pkg.go.dev", "openai.org", "docs.rs", "crates.io",
	"geminicli.com", "gemini.com", "opencode.ai", "medium.com", "youtube.com", "twitter.com", "x.com", "reddit.com", "golang.org", "go.dev", "json.schemastore.org", "schemastore.org", "openapis.org", "schema.org", "w3.org"}

// endpoints appends what a text has of addresses of models. A host of a known
// provider counts wherever it stands. Any other counts if the path of the
// address is that of a model's interface, or the setting that it is given to is
// about models, or its own name is.
func (s *Scanner) endpoints(text []byte, found []endpoint) []endpoint {
	c := counter{text: text}
	l := ends{list: found}
	for at := 0; at < len(text); {
		dot := bytes.IndexByte(text[at:], ':')
		if dot < 0 {
			break
		}
		i := at + dot
		at = i + 1
		if i+3 >= len(text) || text[i+1] != '/' || text[i+2] != '/' || i == 0 || !schemes(text[:i]) {
			continue
		}
		host, path, end := address(text, i+3, 2048)
		at = max(at, end)
		if host == "" {
			continue
		}
		if p, ok := s.isModel(text, i, host, path); ok {
			l.add(host, p, &c, i)
		}
	}
	s.bare(text, &l)
	return l.list
}

// ends is a list in which no host stands so often that others have no room.
type ends struct {
	list []endpoint
	seen map[string]int
}

func (l *ends) add(host string, provider int, c *counter, at int) {
	if n, ok := l.seen[host]; n == keepEvidence || !ok && len(l.seen) == maxFound {
		return
	}
	if l.seen == nil {
		l.seen = map[string]int{}
	}
	l.seen[host]++
	l.list = append(l.list, endpoint{host, provider, c.line(at)})
}

// bare finds the hosts of known providers, and settings with a host, where there
// is no "://".
func (s *Scanner) bare(text []byte, l *ends) {
	c := counter{text: text}
	for at := 0; at < len(text); {
		k := bytes.IndexByte(text[at:], '.')
		if k < 0 {
			break
		}
		i := at + k
		from := i
		for from > 0 && from > i-64 && hostByte(text[from-1]) {
			from--
		}
		to := i + 1
		for to < len(text) && to < i+256 && hostByte(text[to]) {
			to++
		}
		at = max(i+1, to)
		if to-from < 8 || from >= 3 && string(text[from-3:from]) == "://" || from >= 1 && (text[from-1] == '@' || text[from-1] == '_' || text[from-1] == '/') {
			continue
		}
		host := lower(strings.Trim(string(text[from:to]), ".-"))
		if !strings.Contains(host, ".") {
			continue
		}
		path := ""
		if to < len(text) && text[to] == '/' {
			_, path, _ = address(text, from, 256)
		}
		if to < len(text) && (text[to] == '(' || text[to] == '_' || text[to] == '@') {
			continue
		}
		if p := s.providerOf(host, path); p >= 0 {
			l.add(host, p, &c, from)
			continue
		}
		// LLM_HOST=llm.corp.example:8080
		if key := setting(text, from); key != "" && from > 0 && text[from-1] != ' ' && upperKey(key) && about(key) && based(key) && hostLike(host) {
			h, _, _ := address(text, from, 256)
			l.add(h, -1, &c, from)
		}
	}
}

// upperKey reports whether a key is written as those of the environment are.
func upperKey(key string) bool { return key == strings.ToUpper(key) }

// hostLike reports whether a text has the form of a host, and no name of a file.
func hostLike(h string) bool {
	tail := h[strings.LastIndexByte(h, '.')+1:]
	switch tail {
	case "json", "yaml", "yml", "toml", "txt", "md", "go", "py", "js", "ts", "sh", "env", "pem", "crt", "key", "sock", "conf", "log", "db", "html", "gguf", "bin":
		return false
	}
	return len(tail) >= 2 && !strings.Contains(h, "..")
}

func hostByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '.'
}

// schemes reports whether a text ends in the name of a scheme of the web.
func schemes(b []byte) bool {
	n := len(b)
	tail := lower(string(b[max(0, n-5):]))
	for _, s := range []string{"http", "https", "ws", "wss"} {
		if strings.HasSuffix(tail, s) && (n == len(s) || !joins(b[n-len(s)-1])) {
			return true
		}
	}
	return false
}

// address reads an address from where its host begins: the host with its port,
// without a user, and the path, both in small letters. It reads limit bytes at
// most.
func address(b []byte, from, limit int) (host, path string, end int) {
	end = from
	for end < len(b) && end < from+limit && b[end] > ' ' && b[end] < 0x7f && strings.IndexByte("\"'`<>\\^|),;", b[end]) < 0 {
		end++
	}
	whole := lower(string(b[from:end]))
	n := strings.IndexAny(whole, "/?#")
	if n < 0 {
		n = len(whole)
	}
	host, path = whole[:n], whole[n:]
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		host = host[at+1:]
	}
	host = strings.TrimRight(host, ".:]}*")
	for i := 0; i < len(host); i++ {
		if c := host[i]; !hostByte(c) && c != ':' && c != '_' && c != '[' {
			return "", "", end
		}
	}
	path, _, _ = strings.Cut(path, "?")
	return host, path, end
}

// isModel reports whether the address at i of a text, its "://", is one of a
// model, and of which provider.
func (s *Scanner) isModel(text []byte, i int, host, path string) (int, bool) {
	name, port, _ := strings.Cut(host, ":")
	if p := s.providerOf(name, path); p >= 0 {
		return p, true
	}
	local := name == "localhost" || strings.HasPrefix(name, "127.") || name == "0.0.0.0"
	for _, d := range domains {
		if under(name, d) {
			return 0, false
		}
	}
	for _, site := range sites {
		if strings.HasPrefix(name, site) {
			return 0, false
		}
	}
	for _, shape := range shapes {
		if strings.Contains(path, shape) {
			return -1, true
		}
	}
	key := setting(text, i)
	if key != "" && based(key) && (about(key) || aboutName(name) || aboutLine(text, i)) {
		return -1, true
	}
	if key != "" && based(key) && !local && strings.HasSuffix(strings.TrimRight(path, "/"), "/v1") && strings.Contains(squeeze(key), "base") {
		return -1, true
	}
	if local {
		return -1, port == "11434" // of Ollama
	}
	return -1, aboutName(name)
}

// under reports whether a host is a domain or stands below it.
func under(host, domain string) bool {
	n := len(host) - len(domain)
	return n >= 0 && host[n:] == domain && (n == 0 || host[n-1] == '.')
}

// aboutName reports whether a component of a host, without the domain that it
// ends in, is about models.
func aboutName(host string) bool {
	parts := strings.Split(host, ".")
	for _, p := range parts[:max(0, len(parts)-1)] {
		for w := range strings.SplitSeq(p, "-") {
			switch w {
			case "llm", "llms", "litellm", "openai", "anthropic", "claude", "gpt", "ollama", "vllm", "openrouter", "aigateway", "llmproxy", "llmgateway", "genai", "chatgpt", "gemini", "copilot":
				return true
			}
		}
		if strings.Contains(p, "ai-gateway") || strings.Contains(p, "ai-proxy") || strings.Contains(p, "gateway-ai") || strings.Contains(p, "aiproxy") {
			return true
		}
	}
	return false
}

// A counter tells the lines of a text, at places that only go forward.
type counter struct {
	text     []byte
	at, seen int
}

// line returns the line of a byte, from 1.
func (c *counter) line(i int) int {
	if i < c.at {
		c.at, c.seen = 0, 0
	}
	c.seen += bytes.Count(c.text[c.at:i], []byte{'\n'})
	c.at = i
	return c.seen + 1
}
