package redact

// toolRules are the tokens of programs for developers that belong nowhere
// else.
var toolRules = []Rule{
	{Name: "postman-key", Provider: "Postman", Source: fromVendor, Shape: "PMAK-[x24!]-[x34]"},
	{Name: "octopus-key", Provider: "Octopus Deploy", Source: fromScanners, Shape: "API-[U25]"},
	{Name: "django-key", Provider: "Django", Source: fromVendor, Shape: "django-insecure-[j40]"},
	{Name: "trello-token", Provider: "Trello", Source: fromVendor, Shape: "ATTA[h60]"},
	{Name: "postman-token", Provider: "Postman", Source: fromUse, Shape: "PMAT-[U26]"},
	{Name: "readme-key", Provider: "ReadMe", Source: fromScanners, Shape: "rdme_[l70]"},
	{Name: "retool-token", Provider: "Retool", Source: fromUse, Shape: "retool_[d26]"},
	{Name: "val-town-token", Provider: "Val Town", Source: fromVendor, Shape: "vtwn_[a24]"},
	{Name: "workato-token", Provider: "Workato", Source: fromUse, Shape: "wrkaus-[d60]"},
	{Name: "zuplo-key", Provider: "Zuplo", Source: fromVendor, Shape: "zpka_[w40]"},
	{Name: "tally-key", Provider: "Tally", Source: fromVendor, Shape: "tly-[a32]"},
	{Name: "nightfall-key", Provider: "Nightfall", Source: fromScanners, Shape: "NF-[a32]", Weak: true},
	{Name: "phoenix-token", Provider: "Phoenix", Source: fromUse, Shape: "SFMyNTY.[p20]"},
	{Name: "brave-key", Provider: "Brave Search", Source: fromUse, Shape: "BSA[d28!]", Weak: true},
	{Name: "defined-token", Provider: "Defined Networking", Source: fromScanners, Shape: "dnkey-[d78]"},
	{Name: "authress-key", Provider: "Authress", Source: fromScanners, Shape: "authress_[B40]"},
	{Name: "stytch-secret", Provider: "Stytch", Source: fromVendor, Shape: "secret-live-[B40]"},
	{Name: "stytch-secret", Provider: "Stytch", Source: fromVendor, Shape: "secret-test-[B40]"},
	{Name: "zapier-webhook", Provider: "Zapier", Source: fromUse, Shape: "hooks.zapier.com/hooks/catch/[n5-12]/[l6]"},
	{Name: "make-webhook", Provider: "Make", Source: fromUse, Shape: "hook.eu1.make.com/[l32]"},
	{Name: "make-webhook", Provider: "Make", Source: fromUse, Shape: "hook.us1.make.com/[l32]"},
	{Name: "persona-key", Provider: "Persona", Source: fromUse, Shape: "persona_production_[g36]"},
	{Name: "persona-key", Provider: "Persona", Source: fromUse, Shape: "persona_sandbox_[g36]"},
	{Name: "rancher-token", Provider: "Rancher", Source: fromUse, Shape: "token-[l5!]:[l54]"},
}
