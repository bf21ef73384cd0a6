package trace

import (
	"context"
	"reflect"
	"strconv"

	"agenttrace/lib/event"
)

var (
	contextType = reflect.TypeFor[context.Context]()
	errorType   = reflect.TypeFor[error]()
)

// Func is Tool for a function of any signature, a method of a value included.
//
// params are the names of its arguments, contexts left out: Go does not know them
// at run time. An argument without a name is called arg1, arg2 and so on. If a
// struct or map without a name is the only argument, its members are the
// arguments. Contexts, and the receiver of a method, are not recorded. If the last
// result is an error, it says whether the call went well; the other results are the
// result of the call, as an array if there are several.
//
// The session is that of the function's own context argument, else that of ctx.
// What is not a function comes back as it is. The way through reflection takes
// about a microsecond more than Tool.
func Func[F any](ctx context.Context, name string, fn F, params ...string) F {
	v := reflect.ValueOf(fn)
	if v.Kind() != reflect.Func || v.IsNil() {
		return fn
	}
	t := v.Type()
	call := v.Call
	if t.IsVariadic() {
		call = v.CallSlice
	}
	wrapped := reflect.MakeFunc(t, func(in []reflect.Value) []reflect.Value {
		ctx, at := contextIn(in, ctx)
		if From(ctx) == nil {
			return call(in)
		}
		out, _ := Do(ctx, name, arguments(in, params), func(ctx context.Context) (results, error) {
			if at >= 0 {
				in[at] = reflect.ValueOf(&ctx).Elem()
			}
			out := results(call(in))
			return out, out.err()
		})
		return out
	})
	return wrapped.Interface().(F)
}

// contextIn returns the first argument that is a context with a session, else
// otherwise. at is the index of the argument whose type is context.Context itself,
// -1 if there is none.
func contextIn(in []reflect.Value, otherwise context.Context) (ctx context.Context, at int) {
	at = -1
	for i, v := range in {
		if !v.Type().Implements(contextType) || isNil(v.Interface()) {
			continue
		}
		c := v.Interface().(context.Context)
		if at < 0 && v.Type() == contextType {
			at = i
		}
		if ctx == nil && From(c) != nil {
			ctx = c
		}
	}
	if ctx != nil {
		return ctx, at
	}
	if at < 0 {
		return otherwise, at
	}
	// Its own deadline and values, with the session of the other one.
	own := in[at].Interface().(context.Context)
	if sp := spanOf(otherwise); sp.session != nil {
		own = sp.on(own)
	}
	return own, at
}

// named are arguments with their names. They are encoded one by one, so that
// one that cannot be spoils no other.
type named struct {
	names  []string
	values []any
}

func arguments(in []reflect.Value, params []string) any {
	var n named
	for _, v := range in {
		if v.Type().Implements(contextType) {
			continue
		}
		i := len(n.values)
		name := "arg" + strconv.Itoa(i+1)
		if i < len(params) && params[i] != "" {
			name = params[i]
		}
		n.names = append(n.names, name)
		n.values = append(n.values, v.Interface())
	}
	if len(n.values) == 1 && len(params) == 0 && isRecord(n.values[0]) {
		return n.values[0]
	}
	return n
}

// isRecord reports whether a value has members with names.
func isRecord(v any) bool {
	t := reflect.TypeOf(v)
	if t == nil {
		return false
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() == reflect.Struct || t.Kind() == reflect.Map
}

func (n named) encode() (raw []byte, note string) {
	var o event.Object
	for i, v := range n.values {
		value, why := encode(v)
		if value == nil {
			value = []byte("null") // it was given, and is nothing
		}
		o.Raw(n.names[i], value)
		if note == "" && why != "" {
			note = n.names[i] + ": " + why
		}
	}
	return o.Bytes(), note
}

// results are what a function returns.
type results []reflect.Value

func (r results) err() error {
	if n := len(r); n > 0 && r[n-1].Type() == errorType && !r[n-1].IsNil() {
		return r[n-1].Interface().(error)
	}
	return nil
}

// encode returns the results but for the error.
func (r results) encode() (raw []byte, note string) {
	if n := len(r); n > 0 && r[n-1].Type() == errorType {
		r = r[:n-1]
	}
	switch len(r) {
	case 0:
		return nil, ""
	case 1:
		return encode(r[0].Interface())
	}
	raw = append(raw, '[')
	for i, v := range r {
		if i > 0 {
			raw = append(raw, ',')
		}
		value, why := encode(v.Interface())
		if value == nil {
			value = []byte("null")
		}
		raw = append(raw, value...)
		if note == "" {
			note = why
		}
	}
	return append(raw, ']'), note
}
