package otlp

import "strings"

// providers are the well-known values of gen_ai.provider.name by what the name
// of a model begins with. A model that begins with none has no provider here.
var providers = []struct{ prefix, name string }{
	{"claude", "anthropic"}, {"anthropic/", "anthropic"},
	{"us.anthropic.", "aws.bedrock"}, {"eu.anthropic.", "aws.bedrock"}, {"apac.anthropic.", "aws.bedrock"},
	{"global.anthropic.", "aws.bedrock"}, {"anthropic.", "aws.bedrock"}, {"amazon.", "aws.bedrock"},
	{"gpt-", "openai"}, {"chatgpt", "openai"}, {"codex", "openai"}, {"o1", "openai"}, {"o3", "openai"}, {"o4", "openai"}, {"openai/", "openai"},
	{"gemini", "gcp.gen_ai"}, {"google/", "gcp.gen_ai"},
	{"grok", "x_ai"}, {"x-ai/", "x_ai"},
	{"deepseek", "deepseek"},
	{"mistral", "mistral_ai"}, {"codestral", "mistral_ai"}, {"devstral", "mistral_ai"}, {"magistral", "mistral_ai"},
	{"command", "cohere"}, {"sonar", "perplexity"},
}

// agents are the providers of agents that use the models of one only.
var agents = map[string]string{"claude-code": "anthropic", "codex": "openai", "gemini-cli": "gcp.gen_ai"}

// Provider returns the gen_ai.provider.name of a model, or else of an agent; ""
// if it is not known.
func Provider(model, agent string) string {
	m := strings.ToLower(model)
	for _, p := range providers {
		if strings.HasPrefix(m, p.prefix) {
			return p.name
		}
	}
	if model == "" {
		return agents[agent]
	}
	return ""
}
