package rule

import (
	"encoding/binary"
	"encoding/json"
	"maps"
	"slices"
)

// Load reads a state that Marshal wrote, and reports whether it is one.
func (s *State) Load(b []byte) bool {
	*s = State{}
	return json.Unmarshal(b, s) == nil
}

// Marshal returns the state as JSON.
func (s *State) Marshal() []byte {
	s.Pack()
	b, err := json.Marshal(s)
	if err != nil {
		return nil
	}
	return b
}

// Pack makes the state ready to be kept as JSON.
func (s *State) Pack() {
	s.start()
	b := binary.AppendUvarint(nil, uint64(len(s.commands)))
	for _, h := range slices.Sorted(maps.Keys(s.commands)) {
		b = binary.AppendUvarint(binary.LittleEndian.AppendUint64(b, h), uint64(s.commands[h]))
	}
	for _, list := range [][]uint64{s.recent, s.seen} {
		b = binary.AppendUvarint(b, uint64(len(list)))
		for _, h := range list {
			b = binary.LittleEndian.AppendUint64(b, h)
		}
	}
	b = binary.AppendUvarint(b, uint64(len(s.answers)))
	for _, h := range slices.Sorted(maps.Keys(s.answers)) {
		a := s.answers[h]
		b = binary.LittleEndian.AppendUint64(b, h)
		b = binary.AppendVarint(binary.AppendVarint(binary.AppendVarint(b, a.out), a.nano), a.all)
	}
	s.Packed = b
}

// An unpacker reads what Pack wrote. What is cut short reads as zeros.
type unpacker struct{ b []byte }

func (u *unpacker) uvarint() uint64 {
	v, n := binary.Uvarint(u.b)
	u.b = u.b[max(0, n):]
	if n <= 0 {
		u.b = nil
		return 0
	}
	return v
}

func (u *unpacker) varint() int64 {
	v, n := binary.Varint(u.b)
	u.b = u.b[max(0, n):]
	if n <= 0 {
		u.b = nil
		return 0
	}
	return v
}

func (u *unpacker) fixed() uint64 {
	if len(u.b) < 8 {
		u.b = nil
		return 0
	}
	v := binary.LittleEndian.Uint64(u.b)
	u.b = u.b[8:]
	return v
}

// count reads a number of things that take at least 8 bytes each.
func (u *unpacker) count() int { return int(min(u.uvarint(), uint64(len(u.b)/8))) }

func (s *State) start() {
	if s.started {
		return
	}
	s.started = true
	s.known = map[string]bool{}
	for _, f := range s.Files {
		s.known[f] = true
	}
	if s.Open == nil {
		s.Open = map[string]Open{}
	}
	u := unpacker{s.Packed}
	n := u.count()
	s.commands = make(map[uint64]int, n)
	for range n {
		h := u.fixed()
		s.commands[h] = int(u.uvarint())
	}
	for _, list := range []*[]uint64{&s.recent, &s.seen} {
		n := u.count()
		*list = make([]uint64, n)
		for i := range *list {
			(*list)[i] = u.fixed()
		}
	}
	n = u.count()
	s.answers = make(map[uint64]answer, n)
	for range n {
		h := u.fixed()
		s.answers[h] = answer{u.varint(), u.varint(), u.varint()}
	}
	s.Packed = nil
}
