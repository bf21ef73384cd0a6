package policy

import (
	"fmt"
	"slices"

	"agenttrace/lib/event"
	"agenttrace/lib/text"
)

// LearnedKind is the type of the record of a learned policy.
const LearnedKind = "policy"

// AppendText appends what was learned, for people.
func (l *Learned) AppendText(dst []byte) []byte {
	dst = fmt.Appendf(dst, "Policy suggestion from %s (%s):\n", text.Count(l.Sessions, "session"), text.Count(l.Calls, "tool call"))
	for _, s := range []struct {
		title string
		list  []string
	}{
		{"Files read (allow)", l.Read}, {"Files written (allow)", l.Write}, {"Commands (allow)", l.Commands},
		{"Network hosts (allow)", l.Hosts}, {"Commands that cannot be told (allow)", l.Unknown},
	} {
		if len(s.list) == 0 {
			continue
		}
		dst = fmt.Appendf(dst, "\n%s:\n", s.title)
		for _, x := range s.list {
			dst = append(append(append(dst, "  "...), text.Line(x, 120)...), '\n')
		}
	}
	return dst
}

// Record returns the policy as a record. It is about no session and no time.
func (l *Learned) Record(policy []byte) []byte {
	var o event.Object
	o.Int("sessions", int64(l.Sessions)).Int("tool_calls", int64(l.Calls)).Raw("policy", policy).Strs("warnings", l.Warnings)
	data := o.Bytes()
	return event.Append(nil, event.Header{Type: LearnedKind, Untimed: true, ID: event.ID("", LearnedKind, string(data))}, data)
}

// Merge adds what was learned to the allow lists of a policy file. Lists that
// rule nothing stay as they are.
func Merge(name string, old []byte, l *Learned) (merged []byte, warnings []string, err error) {
	p, err := Load(name, old)
	if err != nil {
		return nil, nil, err
	}
	texts := func(list []Pattern) (out []string) {
		for i := range list {
			out = append(out, list[i].Text)
		}
		return out
	}
	var cmdAllow, cmdDeny, hostAllow, hostDeny, toolAllow, toolDeny, unknown []string
	for _, w := range p.Commands.Allow {
		cmdAllow = append(cmdAllow, w.Text)
	}
	for _, w := range p.Commands.Deny {
		cmdDeny = append(cmdDeny, w.Text)
		for _, c := range l.Commands {
			if w.denies(fields(c)) {
				warnings = append(warnings, fmt.Sprintf("%s is denied by commands.deny (%s)", c, w.Text))
			}
		}
	}
	for _, h := range p.Network.Allow {
		hostAllow = append(hostAllow, h.Text)
	}
	for _, h := range p.Network.Deny {
		hostDeny = append(hostDeny, h.Text)
	}
	for _, n := range p.Tools.Allow {
		toolAllow = append(toolAllow, n.Text)
	}
	for _, n := range p.Tools.Deny {
		toolDeny = append(toolDeny, n.Text)
	}
	for u := range p.Unknown.Allow {
		unknown = append(unknown, u)
	}
	slices.Sort(unknown)
	read, write := texts(p.Read.Allow), texts(p.Write.Allow)
	if len(read) > 0 {
		read = union(read, l.Read)
	}
	if len(write) > 0 {
		write = union(write, l.Write)
	}
	if len(cmdAllow) > 0 {
		cmdAllow = shortest(union(cmdAllow, l.Commands))
	}
	if len(hostAllow) > 0 || p.Network.DenyAll {
		hostAllow = union(hostAllow, l.Hosts)
	}
	var files, rd, wr, cmds, network, tools, o event.Object
	rd.Strs("allow", read).Strs("deny", texts(p.Read.Deny))
	wr.Strs("allow", write).Strs("deny", texts(p.Write.Deny))
	cmds.Strs("allow", cmdAllow).Strs("deny", cmdDeny)
	network.True("deny_all", p.Network.DenyAll).Strs("allow", hostAllow).Strs("deny", hostDeny)
	tools.Strs("allow", toolAllow).Strs("deny", toolDeny)
	add := func(to *event.Object, key string, part *event.Object) {
		if part.Len() > 0 {
			to.Raw(key, slices.Clone(part.Bytes()))
		}
	}
	add(&files, "read", &rd)
	add(&files, "write", &wr)
	add(&o, "files", &files)
	add(&o, "commands", &cmds)
	add(&o, "network", &network)
	add(&o, "tools", &tools)
	names := map[Verdict]string{Unknown: "flag", Ask: "ask", Deny: "deny", Allow: "allow"}
	switch v := names[p.Unknown.Verdict]; {
	case p.Unknown.Verdict == Allow:
		o.Str("unknown", v)
	case len(unknown)+len(l.Unknown) > 0:
		var u event.Object
		u.Str("verdict", v).Strs("allow", union(unknown, l.Unknown))
		add(&o, "unknown", &u)
	default:
		o.Str("unknown", v)
	}
	o.Str("sensitive", names[p.Sensitive])
	return indented(o.Bytes()), warnings, nil
}

func union(a, b []string) []string {
	out := slices.Clone(a)
	for _, x := range b {
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}
