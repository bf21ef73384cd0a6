package store

import (
	"bytes"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
)

// merge returns the first telling of an event with what only the other has:
// keys of the envelope, and keys of data. The result is first itself if there
// is nothing to add. A model's answer that was told while it was written is
// completed: the usage with more output_tokens counts.
func merge(first, other []byte) []byte {
	a, err := event.Parse(first)
	if err != nil {
		return first
	}
	b, err := event.Parse(other)
	if err != nil {
		return first
	}
	data := a.DataRaw()
	if data == nil || data[0] == '{' {
		if add := missing(data, b.DataRaw()); len(add) > 0 {
			data = extend(data, add)
		}
	}
	if a.Is("llm_response") {
		data = completed(data, b)
	}
	if !bytes.Equal(data, a.DataRaw()) {
		first = setKey(first, "data", data)
	}
	if a.Is("tool_result") && b.Is("error") {
		// Hooks of some agents do not say that a call has failed.
		first = setKey(first, "event_type", []byte(`"error"`))
	}
	if b.Parent() != "" && a.Parent() == "" {
		first = setKey(first, "parent_id", event.AppendString(nil, b.Parent()))
	}
	if _, has := a.Duration(); !has {
		if d, ok := b.Duration(); ok {
			first = setKey(first, "duration_ms", event.AppendMillis(nil, d))
		}
	}
	return first
}

// missing returns the members of object b whose keys object a has not, as
// text: "key":value,"key":value.
func missing(a, b []byte) []byte {
	var keys [][]byte
	event.Fields(a, func(k, _ []byte) bool {
		keys = append(keys, k)
		return true
	})
	var add []byte
	event.Fields(b, func(k, v []byte) bool {
		for _, have := range keys {
			if bytes.Equal(have, k) {
				return true
			}
		}
		if len(add) > 0 {
			add = append(add, ',')
		}
		add = append(append(append(add, '"'), k...), '"', ':')
		add = append(add, v...)
		return true
	})
	return add
}

// extend adds members to an object.
func extend(object, members []byte) []byte {
	end := bytes.LastIndexByte(object, '}')
	if end < 0 {
		return append(append([]byte{'{'}, members...), '}')
	}
	out := make([]byte, 0, len(object)+len(members)+1)
	out = append(out, object[:end]...)
	if empty := len(bytes.TrimSpace(object[1:end])) == 0; !empty {
		out = append(out, ',')
	}
	out = append(out, members...)
	return append(out, object[end:]...)
}

// completed returns data, of an llm_response, with the usage and the
// stop_reason of a fuller telling of it.
func completed(data []byte, fuller event.Event) []byte {
	const tokens, cached = "usage.output_tokens", "usage.cache_read_tokens"
	before, after := gjson.GetBytes(data, tokens).Num, fuller.Get(tokens).Num
	// Of equal ones, that which tells what was read from the cache says more.
	if after < before || after == before && !(fuller.Get(cached).Num > 0 && !gjson.GetBytes(data, cached).Exists()) {
		return data
	}
	event.Fields(fuller.DataRaw(), func(k, v []byte) bool {
		switch string(k) {
		case "usage", "stop_reason", "iterations":
			data = setKey(data, string(k), v)
		}
		return true
	})
	return data
}

// setKey sets a member of the object in line: in its place if it is there,
// else before "data", else at the end. Every other byte stays as it is.
func setKey(line []byte, key string, value []byte) []byte {
	var old, data []byte
	event.Fields(line, func(k, v []byte) bool {
		switch {
		case string(k) == key && old == nil:
			old = v
		case string(k) == "data" && data == nil:
			data = k
		}
		return true
	})
	out := make([]byte, 0, len(line)+len(key)+len(value)+4)
	switch {
	case old != nil:
		at := cap(line) - cap(old)
		out = append(out, line[:at]...)
		out = append(out, value...)
		return append(out, line[at+len(old):]...)
	case data != nil:
		at := cap(line) - cap(data) - 1 // its quote
		out = append(out, line[:at]...)
		out = append(event.AppendString(out, key), ':')
		out = append(out, value...)
		out = append(out, ',')
		return append(out, line[at:]...)
	}
	return extend(line, append(append(event.AppendString(nil, key), ':'), value...))
}
