package trace

import (
	"encoding"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
	"unsafe"

	"agenttrace/lib/event"
)

// The bounds of a value that encoding/json cannot encode. What lies beyond them
// is left out, with a text in its place.
const (
	maxDepth = 100
	maxDump  = 16 << 20 // bytes
	// From this size on, in bytes, what was written before is not written again:
	// in a graph there are more ways than anyone can go.
	maxAgain = 64 << 10
)

// A dumper makes JSON of any value. It does as encoding/json does, and puts
// texts where that cannot.
type dumper struct {
	b    []byte
	been map[place]bool // what was written; true for what the value is inside of
}

// A place is where a pointer, map or slice points to.
type place struct {
	at unsafe.Pointer
	t  reflect.Type
	n  int
}

func (d *dumper) text(s string) { d.b = event.AppendString(d.b, s) }

func (d *dumper) value(v reflect.Value, depth int) {
	switch {
	case !v.IsValid():
		d.b = append(d.b, "null"...)
		return
	case depth > maxDepth:
		d.text("(nested deeper than " + strconv.Itoa(maxDepth) + ")")
		return
	case len(d.b) > maxDump:
		d.text("(left out: the value is too large)")
		return
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Interface, reflect.Func, reflect.Chan:
		if v.IsNil() {
			d.b = append(d.b, "null"...)
			return
		}
	}
	if d.itself(v) {
		return
	}
	switch v.Kind() {
	case reflect.Interface:
		d.value(v.Elem(), depth+1)
	case reflect.Pointer, reflect.Map, reflect.Slice:
		p := place{v.UnsafePointer(), v.Type(), 0}
		if v.Kind() == reflect.Slice {
			p.n = v.Len()
		}
		inside, before := d.been[p]
		switch {
		case inside:
			d.text("(a cycle: " + v.Type().String() + ")")
			return
		case before && len(d.b) > maxAgain:
			d.text("(as above: " + v.Type().String() + ")")
			return
		}
		d.been[p] = true
		d.compound(v, depth)
		d.been[p] = false
	default:
		d.compound(v, depth)
	}
}

// itself writes what a method of the value says that it is.
func (d *dumper) itself(v reflect.Value) (done bool) {
	if !v.CanInterface() {
		return false
	}
	n := len(d.b)
	defer func() {
		if recover() != nil {
			d.b, done = d.b[:n], false
		}
	}()
	switch x := v.Interface().(type) {
	case json.Marshaler:
		if raw, err := x.MarshalJSON(); err == nil && json.Valid(raw) {
			d.b = event.AppendCompact(d.b, raw)
			return true
		}
	case encoding.TextMarshaler:
		if text, err := x.MarshalText(); err == nil {
			d.b = event.AppendString(d.b, text)
			return true
		}
	case error:
		d.text(x.Error())
		return true
	}
	return false
}

func (d *dumper) compound(v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.Pointer:
		d.value(v.Elem(), depth+1)
	case reflect.Map:
		d.mapping(v, depth)
	case reflect.Slice, reflect.Array:
		d.list(v, depth)
	case reflect.Struct:
		d.b = append(d.b, '{')
		d.fields(v, depth, new(bool))
		d.b = append(d.b, '}')
	case reflect.Bool:
		d.b = strconv.AppendBool(d.b, v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		d.b = strconv.AppendInt(d.b, v.Int(), 10)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		d.b = strconv.AppendUint(d.b, v.Uint(), 10)
	case reflect.Float32, reflect.Float64:
		if f := v.Float(); math.IsNaN(f) || math.IsInf(f, 0) {
			d.text(strconv.FormatFloat(f, 'g', -1, 64))
		} else {
			d.b = strconv.AppendFloat(d.b, f, 'g', -1, v.Type().Bits())
		}
	case reflect.Complex64, reflect.Complex128:
		d.text(strconv.FormatComplex(v.Complex(), 'g', -1, v.Type().Bits()))
	case reflect.String:
		d.text(v.String())
	default: // functions, channels
		d.text("(" + v.Type().String() + ")")
	}
}

func (d *dumper) mapping(v reflect.Value, depth int) {
	type member struct {
		key   string
		value reflect.Value
	}
	var list []member
	for it := v.MapRange(); it.Next(); {
		list = append(list, member{keyOf(it.Key()), it.Value()})
	}
	slices.SortStableFunc(list, func(a, b member) int { return strings.Compare(a.key, b.key) })
	d.b = append(d.b, '{')
	for i, m := range list {
		if i > 0 {
			d.b = append(d.b, ',')
		}
		d.text(m.key)
		d.b = append(d.b, ':')
		d.value(m.value, depth+1)
	}
	d.b = append(d.b, '}')
}

// keyOf returns the key of a map as text.
func keyOf(k reflect.Value) string {
	if k.Kind() == reflect.String {
		return k.String()
	}
	d := dumper{been: map[place]bool{}}
	d.value(k, 0)
	if text := (*string)(nil); json.Unmarshal(d.b, &text) == nil && text != nil {
		return *text
	}
	return string(d.b)
}

func (d *dumper) list(v reflect.Value, depth int) {
	if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
		if b := v.Bytes(); utf8.Valid(b) {
			d.b = event.AppendString(d.b, b)
		} else {
			d.text(base64.StdEncoding.EncodeToString(b))
		}
		return
	}
	d.b = append(d.b, '[')
	for i := range v.Len() {
		if i > 0 {
			d.b = append(d.b, ',')
		}
		if len(d.b) > maxDump {
			d.text(fmt.Sprintf("(left out: %d more)", v.Len()-i))
			break
		}
		d.value(v.Index(i), depth+1)
	}
	d.b = append(d.b, ']')
}

// fields writes the exported fields of a struct under the names that they have
// in JSON. What is not exported is nobody's business, a secret included.
func (d *dumper) fields(v reflect.Value, depth int, some *bool) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		tag, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		field := v.Field(i)
		if f.Tag.Get("json") == "-" {
			continue
		}
		if f.Anonymous && tag == "" {
			inner := field
			if inner.Kind() == reflect.Pointer {
				inner = inner.Elem()
			}
			if inner.Kind() == reflect.Struct && depth < maxDepth {
				d.fields(inner, depth+1, some)
				continue
			}
		}
		if !f.IsExported() || strings.HasPrefix(opts, "omit") && field.IsZero() {
			continue
		}
		if *some {
			d.b = append(d.b, ',')
		}
		*some = true
		if tag == "" {
			tag = f.Name
		}
		d.text(tag)
		d.b = append(d.b, ':')
		d.value(field, depth+1)
	}
}
