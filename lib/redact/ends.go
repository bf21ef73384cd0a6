package redact

// ends remembers where runs of characters end, so that a text is gone through
// once however many things in it look like the beginning of something long.
type ends struct {
	classes [classCount]stretch
	bare    [spotCount]stretch
	used    bool
}

// A stretch is a part of a text, all of whose positions have one end.
type stretch struct{ from, to int }

// class returns where the run of characters of a class that holds b[i] ends.
func (e *ends) class(c *class, b []byte, i int) int {
	s := &e.classes[c.index]
	if i >= s.from && i < s.to {
		return s.to
	}
	j := i
	for j < len(b) && c.in[b[j]] {
		j++
	}
	*s, e.used = stretch{i, j}, true
	return j
}

// value returns where the value without quotes at b[i] ends.
func (e *ends) value(b []byte, i int, where spot) int {
	s := &e.bare[where]
	if i >= s.from && i < s.to {
		return s.to
	}
	*s, e.used = stretch{i, i + bareEnd(b[i:], where)}, true
	return s.to
}
