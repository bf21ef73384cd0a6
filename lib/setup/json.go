package setup

import (
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
)

// jsonHooks is a JSON file with a member hooks, which holds events.
type jsonHooks struct {
	hooks, guards func(Options) []hook
	loose         bool // the agent takes comments
	flat          bool // handlers stand in the event's array, without groups
	version       bool // a member version must say 1
}

func isBlank(text []byte) bool { return len(strings.TrimSpace(string(text))) == 0 }

func (j jsonHooks) parse(text []byte) (*doc, error) {
	d, err := parse(text, j.loose)
	if err != nil {
		return nil, err
	}
	d.flat = j.flat
	return d, nil
}

func (j jsonHooks) Merge(text []byte, o Options) ([]byte, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	if isBlank(text) {
		text = []byte("{}\n")
		if j.version {
			text = []byte("{\n  \"version\": 1\n}\n")
		}
	}
	d, err := j.parse(text)
	if err != nil {
		return nil, err
	}
	want := j.hooks(o)
	if err := d.checkHooks(want); err != nil {
		return nil, err
	}
	if _, ok := d.member(d.root(), "version"); j.version && !ok {
		d.add(d.root(), "version", []byte("1"))
	}
	d.dropAllBut(want)
	if _, ok := d.member(d.root(), hooksKey); !ok {
		d.add(d.root(), hooksKey, d.hooksObject(want))
	}
	for _, h := range want {
		d.put(h)
	}
	if o.Guard {
		d.mine = guards
		for _, h := range j.guards(o) {
			d.put(h)
		}
	}
	return d.bytes(), nil
}

func (j jsonHooks) Remove(text []byte) ([]byte, error) {
	if isBlank(text) {
		return text, nil
	}
	d, err := j.parse(text)
	if err != nil {
		return nil, err
	}
	if err := d.checkHooks(nil); err != nil {
		return nil, err
	}
	d.dropAllBut(nil)
	d.mine = guards
	d.dropAllBut(nil)
	return d.bytes(), nil
}

func (j jsonHooks) Find(text []byte) ([]Hook, error) {
	if isBlank(text) {
		return nil, nil
	}
	d, err := j.parse(text)
	if err != nil {
		return nil, err
	}
	if err := d.checkHooks(nil); err != nil {
		return nil, err
	}
	all, _ := d.member(d.root(), hooksKey)
	var list []Hook
	d.mine = func(h gjson.Result) bool { return ours(h) || guards(h) }
	for _, e := range elements(all) {
		_, groups := d.groups(e.key)
		for g, group := range groups {
			_, handlers, mine := d.handlers(group.value)
			for _, m := range mine {
				h := found(handlers[m].value)
				h.Event, h.Key = e.key, trustKey(e.key, g, m)
				list = append(list, h)
			}
		}
	}
	return list, nil
}

func (j jsonHooks) Has(text []byte) bool {
	d, err := j.parse(text)
	if err != nil {
		return false
	}
	all, _ := d.member(d.root(), hooksKey)
	return len(elements(all)) > 0
}

func (j jsonHooks) Idle(text []byte) bool {
	if isBlank(text) {
		return true
	}
	d, err := j.parse(text)
	if err != nil {
		return false
	}
	open, shut := inside(d.root())
	for _, e := range elements(d.root()) {
		if !j.version || e.key != "version" || e.value.Raw != "1" {
			return false
		}
	}
	return d.between(open, shut).comments < 0
}

// trustKey returns how Codex calls a handler within its file: the event in
// snake_case, and the numbers of the group and the handler.
func trustKey(event string, group, handler int) string {
	var b strings.Builder
	for i, c := range event {
		if c >= 'A' && c <= 'Z' {
			if i > 0 {
				b.WriteByte('_')
			}
			c += 'a' - 'A'
		}
		b.WriteRune(c)
	}
	return b.String() + ":" + strconv.Itoa(group) + ":" + strconv.Itoa(handler)
}

// eventArray returns the array of an event that has one hook.
func (d *doc) eventArray(h hook) []byte {
	return append(append([]byte{'['}, d.element(h)...), ']')
}

// element returns the element of an event's array that holds the hook.
func (d *doc) element(h hook) []byte {
	if d.flat {
		return h.handler
	}
	return h.group()
}

// hooksObject returns the value of the member hooks of new settings.
func (d *doc) hooksObject(want []hook) []byte {
	var o event.Object
	for _, h := range want {
		o.Raw(h.event, d.eventArray(h))
	}
	return o.Bytes()
}
