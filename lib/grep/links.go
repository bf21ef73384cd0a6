package grep

// maxLinks is how many calls a generation of links has.
const maxLinks = 1 << 16

// links remembers calls: the last maxLinks of them, and up to twice as many.
type links struct{ young, old map[uint64]uint32 }

func (l *links) add(id uint64, set uint32) {
	if len(l.young) >= maxLinks {
		l.old, l.young = l.young, nil
	}
	if l.young == nil {
		l.young = map[uint64]uint32{}
	}
	l.young[id] = set
}

func (l *links) get(id uint64) uint32 { return l.young[id] | l.old[id] }
