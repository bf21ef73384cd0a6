package usage

import (
	"encoding/binary"

	"agenttrace/lib/cost"
	"agenttrace/lib/event"
)

// Most answers stand in one file once. Those that also came together are
// remembered a second time, as bundles: going through them takes a fraction of
// the time. They hold amounts, so they count only where the table of prices
// does, and only as long as no other file tells one of their answers.

// keyHash returns a number for what tells answers apart, the same in every run.
// Of two keys that share one, neither is bundled.
func keyHash(key []byte) uint64 {
	h := uint64(14695981039346656037) // FNV-1a, 64 bits
	for _, c := range key {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return h
}

// keysOf returns the keys of the answers among steps, and whether they can be
// bundled at all: calls must find the answers that they are of.
func keysOf(steps []byte) (keys []uint64, ok bool) {
	d, s := decoder{b: steps}, step{}
	ok = true
	for d.next(&s) {
		if s.event == nil {
			keys = append(keys, keyHash(s.key))
		} else if e, err := event.Parse(s.event); err != nil || e.Is("tool_call", "tool_result") {
			ok = false
		}
	}
	return keys, ok && !d.bad
}

// shorten makes the short steps of entries that have none, and of those an
// answer of which is told by one that is new.
func shorten(list []*entry) {
	fresh := map[uint64]bool{}
	for _, x := range list {
		if x.fresh && x.kind == transcript {
			keys, _ := keysOf(x.steps)
			x.keys, x.short = pack(keys), nil
			for _, k := range keys {
				fresh[k] = true
			}
		}
	}
	if len(fresh) == 0 {
		return
	}
	var lacking []*entry
	times := map[uint64]int{} // how often their keys stand anywhere
	for _, x := range list {
		if x.kind == transcript && len(x.steps) > 0 && (len(x.short) == 0 || x.conflicts(fresh)) {
			x.short = nil
			lacking = append(lacking, x)
			each(x.keys, func(k uint64) { times[k]++ })
		}
	}
	for _, x := range list {
		if len(x.short) > 0 {
			each(x.keys, func(k uint64) {
				if n := times[k]; n > 0 {
					times[k] = n + 1
				}
			})
		}
	}
	b := cost.NewBundler()
	for _, x := range lacking {
		if _, ok := keysOf(x.steps); ok {
			x.bundle(b, times)
		}
	}
}

// bundle makes the short steps of an entry.
func (x *entry) bundle(b *cost.Bundler, times map[uint64]int) {
	b.Reset()
	var e encoder
	d, s := decoder{b: x.steps}, step{}
	for d.next(&s) {
		switch {
		case s.event != nil:
			e.event(s.event)
		case times[keyHash(s.key)] == 1 && b.Add(s.session, &s.answer):
		default:
			e.answer(s.session, &s.answer, s.uuid, s.first, s.timed)
		}
	}
	for _, v := range b.Bundles {
		e.bundle(v)
	}
	x.short = append([]byte{}, e.b...)
}

// conflicts reports whether an answer of the entry is told by an entry that is
// new.
func (x *entry) conflicts(fresh map[uint64]bool) bool {
	found := false
	each(x.keys, func(k uint64) { found = found || fresh[k] })
	return found
}

func pack(keys []uint64) []byte {
	b := make([]byte, 0, 8*len(keys))
	for _, k := range keys {
		b = binary.LittleEndian.AppendUint64(b, k)
	}
	return b
}

func each(keys []byte, fn func(uint64)) {
	for ; len(keys) >= 8; keys = keys[8:] {
		fn(binary.LittleEndian.Uint64(keys))
	}
}

const stepBundle = 3

func (e *encoder) bundle(v *cost.Bundle) {
	e.b = append(e.b, stepBundle)
	flags := uint64(0)
	for bit, on := range []bool{v.Stopped, v.Unended, v.Vendors} {
		if on {
			flags |= 1 << bit
		}
	}
	e.uint(flags)
	e.text(v.Session)
	e.text(v.Model)
	e.text(v.Ways.Tier)
	e.text(v.Ways.Speed)
	e.text(v.Ways.Geo)
	t := &v.Tokens
	for _, n := range []int64{int64(v.N), t.Input, t.Output, t.CacheRead, t.CacheWrite5m, t.CacheWrite1h, t.Reasoning, v.Searches, v.Nano, v.First, v.Last - v.First} {
		e.int(n)
	}
}

func (d *decoder) bundle(s *step) {
	v := &s.bundle
	flags := d.uint()
	*v = cost.Bundle{BundleKey: cost.BundleKey{Stopped: flags&1 != 0, Unended: flags&2 != 0, Vendors: flags&4 != 0}}
	s.session = append(s.session[:0], d.text()...)
	v.Model = d.text()
	v.Ways.Tier, v.Ways.Speed, v.Ways.Geo = d.text(), d.text(), d.text()
	t := &v.Tokens
	v.N, t.Input, t.Output, t.CacheRead = int(d.int()), d.int(), d.int(), d.int()
	t.CacheWrite5m, t.CacheWrite1h, t.Reasoning = d.int(), d.int(), d.int()
	v.Searches, v.Nano, v.First = d.int(), d.int(), d.int()
	v.Last = v.First + d.int()
}
