package setup

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
)

// hooksKey is the member of the settings that holds the hooks, and the member
// of a group that holds its handlers.
const hooksKey = "hooks"

// A hook is what one event of an agent is to run.
type hook struct {
	event   string
	matcher string // of the group; "" for none
	handler []byte // JSON object
}

// group returns the member of the event's array that holds the hook.
func (h hook) group() []byte {
	var o event.Object
	list := append(append([]byte{'['}, h.handler...), ']')
	return slices.Clone(o.Str("matcher", h.matcher).Raw("hooks", list).Bytes())
}

// checkHooks reports what makes it impossible to say which hooks there are.
// Only events that are wanted must have the right shape; what other events
// hold is their owner's affair.
func (d *doc) checkHooks(want []hook) error {
	if err := d.checkTwice(d.root(), hooksKey); err != nil {
		return err
	}
	all, ok := d.member(d.root(), hooksKey)
	switch {
	case !ok:
		return nil
	case !all.IsObject():
		return d.errorAt(all.Index, `"hooks" is not an object`)
	}
	for _, e := range elements(all) {
		if err := d.checkTwice(all, e.key); err != nil {
			return err
		}
		if !e.value.IsArray() && wanted(want, e.key) {
			return d.errorAt(e.start, fmt.Sprintf("%q is not an array", e.key))
		}
	}
	return nil
}

// groups returns the groups of an event.
func (d *doc) groups(event string) (array gjson.Result, groups []element) {
	all, _ := d.member(d.root(), hooksKey)
	array, _ = d.member(all, event)
	if !array.IsArray() {
		return array, nil
	}
	return array, elements(array)
}

// handlers returns the handlers of a group, and which of them are ours. Where
// there are no groups, the element of the event's array is the handler.
func (d *doc) handlers(group gjson.Result) (array gjson.Result, list []element, mine []int) {
	if d.flat {
		list = []element{{value: group}}
	}
	for _, e := range elements(group) {
		if !d.flat && e.key == hooksKey && group.IsObject() && e.value.IsArray() {
			array, list = e.value, elements(e.value)
		}
	}
	for i, h := range list {
		if h.value.IsObject() && d.mine(h.value) {
			mine = append(mine, i)
		}
	}
	return array, list, mine
}

// put sees to it that an event has the hook h and no other of ours. One that
// is there and alone in its group is replaced in its place.
func (d *doc) put(h hook) {
	array, groups := d.groups(h.event)
	if !array.Exists() {
		all, _ := d.member(d.root(), hooksKey)
		d.add(all, h.event, d.eventArray(h))
		return
	}
	found, same, alone := 0, false, -1
	for i, g := range groups {
		_, list, mine := d.handlers(g.value)
		found += len(mine)
		if len(mine) == 1 && sameJSON([]byte(list[mine[0]].value.Raw), h.handler) && (d.flat || sameMatcher(g.value, h)) {
			same = true
		}
		if len(mine) > 0 && len(mine) == len(list) && alone < 0 {
			alone = i
		}
	}
	if same && found == 1 {
		return
	}
	for i := range slices.Backward(groups) {
		if i != alone {
			d.dropFrom(h.event, i)
		}
	}
	array, groups = d.groups(h.event)
	if alone < 0 { // the other groups before it are not ours, so its number holds
		d.add(array, "", d.element(h))
		return
	}
	d.splice(groups[alone].start, groups[alone].end, d.layOut(groups[alone].start, d.element(h)))
}

// dropAllBut takes our handlers out of the events that are not wanted.
func (d *doc) dropAllBut(want []hook) {
	all, _ := d.member(d.root(), hooksKey)
	for _, e := range slices.Backward(elements(all)) {
		if !wanted(want, e.key) {
			d.dropOurs(e.key)
		}
	}
}

func wanted(want []hook, event string) bool {
	return slices.ContainsFunc(want, func(h hook) bool { return h.event == event })
}

// dropOurs takes our handlers out of an event, and what they leave empty.
func (d *doc) dropOurs(event string) {
	_, groups := d.groups(event)
	dropped := false
	for i := range slices.Backward(groups) {
		dropped = d.dropFrom(event, i) || dropped
	}
	array, groups := d.groups(event)
	if !dropped || len(groups) > 0 || d.remarked(array) {
		return
	}
	all, _ := d.member(d.root(), hooksKey)
	d.dropKey(all, event)
	if all, _ = d.member(d.root(), hooksKey); len(elements(all)) == 0 && !d.remarked(all) {
		d.dropKey(d.root(), hooksKey)
	}
}

// remarked reports whether a container without elements has a comment in it.
func (d *doc) remarked(container gjson.Result) bool {
	open, shut := inside(container)
	return d.between(open, shut).comments >= 0
}

// dropFrom takes our handlers out of the i-th group of an event, and the group
// if it holds no other. It reports whether there were any.
func (d *doc) dropFrom(event string, i int) bool {
	array, groups := d.groups(event)
	_, list, mine := d.handlers(groups[i].value)
	if len(mine) == len(list) && len(mine) > 0 {
		d.drop(array, i)
		return true
	}
	for _, m := range slices.Backward(mine) {
		_, groups = d.groups(event)
		array, _, _ := d.handlers(groups[i].value)
		d.drop(array, m)
	}
	return len(mine) > 0
}

// sameJSON reports whether two values mean the same. The order of keys and
// the spelling of strings do not count: agents write their settings anew.
func sameJSON(a, b []byte) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}

// sameMatcher reports whether a group is for what h is for. No matcher, an
// empty one and * all mean everything.
func sameMatcher(group gjson.Result, h hook) bool {
	have := group.Get("matcher").String()
	return have == h.matcher || (have == "" || have == "*") && (h.matcher == "" || h.matcher == "*")
}
