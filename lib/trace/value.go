package trace

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"unicode/utf8"

	"agenttrace/lib/event"
)

// encode returns a value as JSON on one line, nil if there is none. note says
// why it is not what encoding/json would make of it, "" if it is.
func encode(v any) (raw []byte, note string) {
	if isNil(v) {
		return nil, ""
	}
	defer func() {
		if p := recover(); p != nil { // a fault of this package
			raw = event.AppendString(nil, "("+reflect.TypeOf(v).String()+")")
			note = "the value cannot be read: " + plain(p)
		}
	}()
	switch v := v.(type) {
	case interface{ encode() ([]byte, string) }:
		return v.encode()
	case string:
		return event.AppendString(nil, v), ""
	case json.RawMessage:
		if json.Valid(v) {
			return event.AppendCompact(nil, v), ""
		}
		return event.AppendString(nil, []byte(v)), "not JSON"
	case []byte:
		if utf8.Valid(v) {
			return event.AppendString(nil, v), ""
		}
	case error:
		if _, ok := v.(json.Marshaler); !ok {
			return event.AppendString(nil, messageOf(v)), ""
		}
	}
	raw, err := marshal(v)
	if err == nil {
		return raw, ""
	}
	d := dumper{been: map[place]bool{}}
	d.value(reflect.ValueOf(v), 0)
	return d.b, messageOf(err)
}

// isNil reports whether there is no value, be it of a type.
func isNil(v any) bool {
	if v == nil {
		return true
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Func, reflect.Chan:
		return r.IsNil()
	}
	return false
}

// marshal is json.Marshal, but for two things: <, > and & stay as they are, and
// a panic of a method of the value is an error.
func marshal(v any) (raw []byte, err error) {
	defer recovered(&err)
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'}), nil
}

// messageOf returns the text of an error, whose method may fail.
func messageOf(err error) (text string) {
	defer func() {
		if v := recover(); v != nil {
			text = fmt.Sprintf("(%T, whose Error method panics)", err)
		}
	}()
	return err.Error()
}

// plain returns a value as text, for people. It does not print what fmt would,
// since fmt does not come back from a cycle.
func plain(v any) (text string) {
	switch v := v.(type) {
	case nil:
		return "nil"
	case string:
		return v
	case error:
		return messageOf(v)
	case fmt.Stringer:
		defer func() {
			if recover() != nil {
				text = fmt.Sprintf("(%T, whose String method panics)", v)
			}
		}()
		return v.String()
	}
	raw, _ := encode(v)
	return string(raw)
}
