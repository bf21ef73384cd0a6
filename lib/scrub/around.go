package scrub

import "agenttrace/lib/event"

// What stands around a string tells what it is: this file asks the objects that
// the walker is in.

// members gives the members in the first maxPair bytes of an object to fn, until
// it returns false. The budget is for all that is asked in a line: objects in one
// another would else be read again and again.
func (w *walker) members(f *frame, fn func(key, value []byte) bool) {
	object := f.level.text[f.open:]
	object = object[:min(len(object), maxPair)]
	if w.budget -= len(object); w.budget >= 0 {
		event.Fields(object, fn)
	}
}

// inside returns the text of a JSON string that is not empty and not too long to
// be a name, with its escapes; nil of any other value.
func inside(value []byte) []byte {
	if len(value) > 2 && len(value) <= maxPrev && value[0] == '"' {
		return value[1 : len(value)-1]
	}
	return nil
}

func isValueKey(key []byte) bool {
	switch string(key) {
	case "value", "Value", "val", "v", "VALUE", "values", "data", "default", "content", "text", "ParameterValue", "parameterValue":
		return true
	}
	return false
}

// pair returns the text that names the value of an object such as
// {"name":"Authorization","value":"Bearer …"}.
func (w *walker) pair(fi int) []byte {
	f := &w.frames[fi]
	if f.paired {
		return f.pair
	}
	f.paired = true
	w.members(f, func(key, value []byte) bool {
		switch string(key) {
		case "name", "Name", "key", "Key", "header", "field", "variable", "k", "NAME", "KEY", "id", "label", "ParameterKey", "parameterKey":
			f.pair = inside(value)
		}
		return f.pair == nil
	})
	return f.pair
}

// program returns the name of the program whose arguments the array at hand
// are: the first of them, or what the object around it says.
func (w *walker) program() []byte {
	n := len(w.frames)
	if n == 0 || w.frames[n-1].object {
		return nil
	}
	if f := &w.frames[n-1]; f.index > 0 && len(f.first) > 0 && f.first[0] != '-' {
		return f.first
	}
	if n < 2 || !w.frames[n-2].object {
		return nil
	}
	f := &w.frames[n-2]
	if f.ran {
		return f.runs
	}
	f.ran = true
	w.members(f, func(key, value []byte) bool {
		switch string(key) {
		case "command", "cmd", "program", "executable", "file", "bin":
			f.runs = inside(value)
			return false
		}
		return true
	})
	return f.runs
}

// kin returns the kind of the object around that at hand.
func (w *walker) kin() []byte {
	if n := len(w.objects); n < 2 || n == 2 && w.depth == 0 && w.place.Event != nil {
		return nil // the event itself has none
	}
	f := &w.frames[w.objects[len(w.objects)-2]]
	if f.kinAsked {
		return f.kin
	}
	f.kinAsked = true
	w.members(f, func(key, value []byte) bool {
		if string(key) != "kind" {
			return true
		}
		f.kin = inside(value)
		return false
	})
	return f.kin
}

// beside reports whether the object that the walker is in has a member of this
// key, which needs no escapes.
func (w *walker) beside(key string) bool {
	if len(w.objects) == 0 {
		return false
	}
	f := &w.frames[w.objects[len(w.objects)-1]]
	if f.asked == key {
		return f.beside
	}
	f.asked, f.beside = key, false
	w.members(f, func(k, _ []byte) bool {
		f.beside = string(k) == key
		return !f.beside
	})
	return f.beside
}
