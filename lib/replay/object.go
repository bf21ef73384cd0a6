package replay

import (
	"bytes"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
)

// An object is a JSON object whose members are found without reading it again
// for each. Its bytes belong to the event.
type object struct {
	raw     []byte
	members []member
}

type member struct{ key, value []byte }

// index makes o the object in raw; without members if raw is something else.
func (o *object) index(raw []byte) *object {
	o.raw, o.members = raw, o.members[:0]
	event.Fields(raw, func(key, value []byte) bool {
		if bytes.IndexByte(key, '\\') >= 0 {
			key = []byte(gjson.Parse(`"` + string(key) + `"`).Str)
		}
		o.members = append(o.members, member{key, value})
		return true
	})
	return o
}

// bytes returns the value of a member, nil if there is none. Of two members
// of one name the first counts.
func (o *object) bytes(key string) []byte {
	for i := range o.members {
		if string(o.members[i].key) == key {
			return o.members[i].value
		}
	}
	return nil
}

// Get returns the value of a member.
func (o *object) Get(key string) gjson.Result {
	b := o.bytes(key)
	if b == nil {
		return gjson.Result{}
	}
	return gjson.ParseBytes(b)
}

// all returns the object as it was read.
func (o *object) all() gjson.Result { return gjson.ParseBytes(o.raw) }
