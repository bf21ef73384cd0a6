package event

// fields has the documented kinds, by type and field.
var fields = func() map[string]map[string]Kind {
	types := make(map[string]map[string]Kind, len(Schema))
	for _, t := range Schema {
		m := make(map[string]Kind, len(t.Fields))
		for _, f := range t.Fields {
			m[f.Name] = f.Kind
		}
		types[t.Name] = m
	}
	return types
}()

// mayBeEmpty are the strings that say something though they are empty.
var mayBeEmpty = map[string]bool{"text": true, "prompt": true}

// Fit makes the object the data of an event of a type: a value of another JSON
// type than is documented for its field, which an agent can give in any new
// version, goes under the field's name with _raw behind it. Null and empty
// strings, which say nothing, go away.
func (o *Object) Fit(typ string) *Object {
	kinds := fields[typ]
	if kinds == nil || len(o.b) == 0 {
		return o
	}
	o.b = append(o.b, '}')
	whole := o.b
	fits := true
	Fields(whole, func(k, v []byte) bool {
		fits = fitting(kinds, k, v)
		return fits
	})
	o.b = whole[:len(whole)-1]
	if fits {
		return o
	}
	var fit Object
	Fields(whole, func(k, v []byte) bool {
		switch {
		case fitting(kinds, k, v):
			fit.RawKey(k, v)
		case string(v) != "null" && string(v) != `""`:
			fit.RawKey(append(k[:len(k):len(k)], "_raw"...), v)
		}
		return true
	})
	o.b = fit.b
	return o
}

// fitting reports whether a value is of the kind that is documented for a key,
// if any is.
func fitting(kinds map[string]Kind, key, value []byte) bool {
	kind, ok := kinds[string(key)]
	return !ok || kind.fits(string(key), value)
}

func (k Kind) fits(key string, v []byte) bool {
	c := v[0]
	switch k {
	case String:
		return c == '"' && (len(v) > 2 || mayBeEmpty[key])
	case Number:
		return isNumber(c)
	case Boolean:
		return c == 't' || c == 'f'
	case Obj:
		return c == '{'
	case Array:
		return c == '['
	}
	return c != 'n'
}

func isNumber(c byte) bool { return c == '-' || c >= '0' && c <= '9' }

// Typed is Raw for a value whose JSON type is not certain: one of another kind
// goes under the key with _raw behind it, see [Object.Fit].
func (o *Object) Typed(key string, kind Kind, value []byte) *Object {
	switch {
	case len(value) == 0 || string(value) == "null" || string(value) == `""` && !mayBeEmpty[key]:
		return o
	case !kind.fits(key, value):
		key += "_raw"
	}
	return o.Raw(key, value)
}
