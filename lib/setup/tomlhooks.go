package setup

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// tomlHooks is a TOML file with hooks as arrays of tables:
//
//	[[hooks.PreToolUse]]
//	matcher = "Bash"
//	[[hooks.PreToolUse.hooks]]
//	type = "command"
//	command = "…"
type tomlHooks struct{ hooks, guards func(Options) []hook }

// A tomlHandler is a table [[hooks.EVENT.hooks]].
type tomlHandler struct {
	event           string
	table           int // the number of its header
	group           int // that of its group's header
	nth, nthHook    int // which group of the event, which handler of the group
	handler         gjson.Result
	isMine, isJudge bool
}

func isGroup(s statement) bool { return s.array && len(s.keys) == 2 && s.keys[0] == hooksKey }
func isHandler(s statement) bool {
	return s.array && len(s.keys) == 3 && s.keys[0] == hooksKey && s.keys[2] == hooksKey
}

// handlers returns the handlers of all events, in order.
func (t *tomlDoc) handlers() []tomlHandler {
	var list []tomlHandler
	groups := map[string]int{}
	group, nth := map[string]int{}, map[string]int{}
	for i, s := range t.list {
		switch {
		case isGroup(s):
			groups[s.keys[1]]++
			group[s.keys[1]], nth[s.keys[1]] = i, 0
		case isHandler(s):
			e := s.keys[1]
			g, ok := group[e]
			if !ok {
				continue
			}
			h := tomlHandler{event: e, table: i, group: g, nth: groups[e] - 1, nthHook: nth[e], handler: gjson.ParseBytes(t.tomlJSON(i))}
			h.isMine, h.isJudge = ours(h.handler), guards(h.handler)
			nth[e]++
			list = append(list, h)
		}
	}
	return list
}

func (f tomlHooks) Has(text []byte) bool {
	t, err := parseTOML(text)
	return err == nil && slices.ContainsFunc(t.list, isGroup)
}

func (f tomlHooks) Idle(text []byte) bool { return isBlank(text) }

func (f tomlHooks) Find(text []byte) ([]Hook, error) {
	t, err := parseTOML(text)
	if err != nil {
		return nil, err
	}
	var list []Hook
	for _, h := range t.handlers() {
		if h.isMine || h.isJudge {
			hook := found(h.handler)
			hook.Event, hook.Key = h.event, trustKey(h.event, h.nth, h.nthHook)
			list = append(list, hook)
		}
	}
	return list, nil
}

func (f tomlHooks) Remove(text []byte) ([]byte, error) {
	return drop(text, func(h tomlHandler) bool { return h.isMine || h.isJudge })
}

// drop takes handlers out, and groups that hold no others.
func drop(text []byte, which func(tomlHandler) bool) ([]byte, error) {
	t, err := parseTOML(text)
	if err != nil {
		return nil, err
	}
	left := map[int]int{} // by group: its handlers that stay
	goes := map[int]bool{}
	all := t.handlers()
	for _, h := range all {
		if which(h) {
			goes[h.table] = true
		} else {
			left[h.group]++
		}
	}
	if len(goes) == 0 {
		return text, nil
	}
	for _, h := range all {
		if goes[h.table] && left[h.group] == 0 {
			goes[h.group] = true
		}
	}
	out := t.text
	for i := range slices.Backward(t.list) {
		if goes[i] {
			from, to := t.span(i)
			if head := strings.ReplaceAll(out[:from], "\r", ""); isGroup(t.list[i]) && strings.HasSuffix(head, "\n\n") {
				from = strings.LastIndexByte(out[:from-1], '\n') + 1 // the empty line that was put before it
			}
			out = out[:from] + out[to:]
		}
	}
	return []byte(out), nil
}

// span returns the place of a table: from its header to its last value.
func (t *tomlDoc) span(table int) (from, to int) {
	from, to = t.list[table].start, t.list[table].end
	for _, s := range t.list {
		if s.table == table {
			to = s.end
		}
	}
	return from, to
}

func (f tomlHooks) Merge(text []byte, o Options) ([]byte, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	t, err := parseTOML(text)
	if err != nil {
		return nil, err
	}
	want := f.hooks(o)
	var judges []hook
	if o.Guard {
		judges = f.guards(o)
	}
	for _, s := range t.list {
		if p := t.path(s); p[0] == hooksKey && (len(p) == 1 && !s.header || len(p) == 2 && !s.array && (!s.header || p[1] != "state") && wanted(want, p[1])) {
			return nil, &Error{Line: 1 + strings.Count(t.text[:s.start], "\n"), Msg: fmt.Sprintf("%s is not an array of tables, [[hooks.EVENT]]", strings.Join(p, "."))}
		}
	}
	have := t.handlers()
	same := func(want []hook, mine func(tomlHandler) bool) bool {
		n := 0
		for _, h := range have {
			if !mine(h) {
				continue
			}
			n++
			if !slices.ContainsFunc(want, func(w hook) bool {
				from, to := t.span(h.table)
				return w.event == h.event && len(t.str(h.group, "matcher")) == 0 && "\n"+strings.TrimRight(strings.ReplaceAll(t.text[from:to], "\r\n", "\n"), "\n") == strings.TrimRight(tomlTable(w), "\n")
			}) {
				return false
			}
		}
		return n == len(want)
	}
	isMine := func(h tomlHandler) bool { return h.isMine }
	isJudge := func(h tomlHandler) bool { return h.isJudge && !h.isMine }
	keepMine := same(want, isMine)
	keepJudges := !o.Guard || same(judges, isJudge)
	out, err := drop(text, func(h tomlHandler) bool { return !keepMine && isMine(h) || !keepJudges && isJudge(h) })
	if err != nil {
		return nil, err
	}
	var add []hook
	if !keepMine {
		add = append(add, want...)
	}
	if !keepJudges {
		add = append(add, judges...)
	}
	return appendTables(out, add), nil
}

// appendTables puts hooks at the end of a file.
func appendTables(text []byte, list []hook) []byte {
	out := string(text)
	nl := "\n"
	if strings.Contains(out, "\r\n") {
		nl = "\r\n"
	}
	for _, h := range list {
		if out != "" && !strings.HasSuffix(out, "\n") {
			out += nl
		}
		if out != "" {
			out += nl
		}
		out += strings.ReplaceAll("[[hooks."+h.event+"]]"+tomlTable(h), "\n", nl)
	}
	return []byte(out)
}

// tomlTable writes a handler.
func tomlTable(h hook) string {
	b := "\n[[hooks." + h.event + ".hooks]]\n"
	gjson.ParseBytes(h.handler).ForEach(func(k, v gjson.Result) bool {
		value := v.Raw
		if v.Type == gjson.String {
			value = tomlQuote(v.Str)
		}
		b += k.Str + " = " + value + "\n"
		return true
	})
	return b
}
