package policy

import (
	"encoding/json"
	"testing"

	"agenttrace/lib/tool"
)

func load(t testing.TB, text string) *Policy {
	t.Helper()
	p, err := Load("policy.json", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func testContext() *Context { return &Context{Root: "/home/u/proj", Home: "/home/u"} }

// simple is what a verdict is in the tables.
func simple(v Verdict) string {
	switch v {
	case None, Allow:
		return "pass"
	}
	return v.String()
}

func bash(line string) tool.Call {
	args, _ := json.Marshal(map[string]string{"command": line})
	return tool.Parse("Bash", args)
}

func TestTable(t *testing.T) {
	deny, allow := load(t, denyPolicy), load(t, allowPolicy)
	check := func(p *Policy, what string, call tool.Call, want string) {
		t.Helper()
		list := p.Judge(call, testContext())
		if got := simple(Worst(list)); got != want {
			t.Errorf("%s: %s, want %s", what, got, want)
			for _, f := range list {
				t.Logf("    %-7s %-10s %-18s %s  <- %s", f.Verdict, f.Kind, f.Rule, f.Action, f.Reason)
			}
		}
	}
	for _, x := range denyLines {
		check(deny, x.line, bash(x.line), x.want)
	}
	for _, x := range allowLines {
		check(allow, "[allow] "+x.line, bash(x.line), x.want)
	}
	for _, x := range denyCalls {
		check(deny, x.name+" "+x.args, tool.Parse(x.name, []byte(x.args)), x.want)
	}
	t.Logf("%d cases", len(denyLines)+len(allowLines)+len(denyCalls))
}
