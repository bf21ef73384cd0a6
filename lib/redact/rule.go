// Package redact knows what secrets look like.
//
// There are three kinds of rules. A shape is the form that a provider gives its
// tokens: a prefix, then so many characters of an alphabet; the files with the
// names of fields of trade, such as ai.go, hold nothing else. A name, such as
// DB_PASSWORD or x-api-key, says that what stands beside it is a secret, in
// whatever notation: see name.go and pair.go. A form is a syntax with a place
// for a secret in it: an address with a password, a private key, a header, a
// command line.
package redact

import (
	"slices"
	"strings"
)

// A Rule is one way in which a secret is recognised.
type Rule struct {
	Name     string // what stands in the replacement: lower case, digits, hyphens
	Provider string // whose secret it is, or what kind
	Source   string // where its shape is told
	Shape    string // see shape; "" for rules that are code
	About    string // what the rule finds, if it has no shape

	// Weak rules have a prefix that other words have too: digits and letters
	// must both stand in the rest.
	Weak bool
}

// Sources of shapes.
const (
	fromVendor   = "the provider's documentation of its token formats"
	fromScanners = "the rules of gitleaks, Kingfisher and Nosey Parker, which agree on it"
	fromUse      = "tokens in use; not documented"
	fromRFC      = "its RFC"
)

// families are the tables of shapes.
func families() [][]Rule {
	return [][]Rule{aiRules, codeRules, cloudRules, dataRules, messageRules, moneyRules, toolRules, officeRules}
}

// builtin are the rules that are code, for --list and --disable.
var builtin = []Rule{
	{Name: "password", Provider: "any", Source: fromUse, About: "a value under a name such as DB_PASSWORD, in any notation"},
	{Name: "secret", Provider: "any", Source: fromUse, About: "a value under a name such as client_secret or secrets"},
	{Name: "token", Provider: "any", Source: fromUse, About: "a value under a name such as access_token"},
	{Name: "api-key", Provider: "any", Source: fromUse, About: "a value under a name such as x-api-key or STRIPE_KEY"},
	{Name: "authorization", Provider: "HTTP", Source: fromRFC, About: "credentials in Authorization and similar headers, Bearer, Basic, cookies"},
	{Name: "url-password", Provider: "any", Source: fromRFC, About: "the password in scheme://user:password@host, in connection strings and DSNs"},
	{Name: "signature", Provider: "any", Source: fromVendor, About: "the signature of a signed URL or request"},
	{Name: "private-key", Provider: "any", Source: fromRFC, About: "private keys in PEM, PGP, SSH and PuTTY notation, also cut ones"},
	{Name: "seed-phrase", Provider: "wallets", Source: "BIP 39", About: "the words of a wallet's seed under a name that says so"},
	{Name: "jwt", Provider: "any", Source: "RFC 7519", About: "JSON Web Tokens"},
	{Name: "command-password", Provider: "command lines", Source: "the manuals of the programs", About: "passwords in the arguments of mysql, curl, sshpass, openssl and others"},
	{Name: "azure-client-secret", Provider: "Microsoft Entra", Source: fromScanners, About: "client secrets, which have Q~ as their fifth and sixth characters"},
	{Name: "terraform-token", Provider: "HCP Terraform", Source: fromScanners, About: "API tokens, which have .atlasv1. in them"},
	{Name: "telegram-token", Provider: "Telegram", Source: fromVendor, About: "bot tokens, digits:AA…"},
	{Name: "discord-token", Provider: "Discord", Source: fromVendor, About: "bot tokens: an id in base64, two more parts"},
	{Name: "mailchimp-key", Provider: "Mailchimp", Source: fromVendor, About: "API keys, which end in -us and a number"},
	{Name: "azure-devops-token", Provider: "Azure DevOps", Source: fromVendor, About: "personal access tokens, which have AZDO near their end"},
	{Name: "password-hash", Provider: "any", Source: "crypt(5)", About: "hashes of passwords as crypt writes them"},
	{Name: "environment", Provider: "any", Source: fromUse, About: "values in what reading a .env file, env, printenv or kubectl get secret gave"},
	{Name: "known", Provider: "any", Source: "the user", About: "values that --known and --known-env name, also encoded"},
	{Name: "custom", Provider: "any", Source: "the user", About: "what --pattern finds"},
}

// Rules returns all rules in the order of their names. Some have several
// shapes.
func Rules() []Rule {
	list := slices.Clone(builtin)
	for _, f := range families() {
		list = append(list, f...)
	}
	slices.SortStableFunc(list, func(a, b Rule) int { return strings.Compare(a.Name, b.Name) })
	return list
}
