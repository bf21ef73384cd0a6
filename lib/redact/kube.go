package redact

import "bytes"

// maxManifest is how far around its kind the data of a Secret is looked for, in
// bytes.
const maxManifest = 8 << 10

// kubeJSON finds the values in the data of a Secret of Kubernetes in JSON whose
// kind stands at i.
func (s *search) kubeJSON(i int) {
	b := s.text
	from, to := max(0, i-maxManifest, s.kubeTo), min(len(b), i+maxManifest)
	if k := bytes.LastIndex(b[from:i], []byte(`"kind"`)); k >= 0 {
		from += k // of the object before it
	}
	if k := bytes.Index(b[i+6:to], []byte(`"kind"`)); k >= 0 {
		to = i + 6 + k
	}
	for _, name := range [...]string{`"data"`, `"stringData"`} {
		for at := from; ; {
			k := bytes.Index(b[at:to], []byte(name))
			if k < 0 {
				break
			}
			at += k + len(name)
			s.members(at, to)
		}
	}
	s.kubeTo = i + 1
}

// members adds the values of the object that follows its name, which ends at i.
func (s *search) members(i, to int) {
	b := s.text
	space := func() {
		for i < to && (b[i] <= ' ' || b[i] == ',') {
			i++
		}
	}
	if space(); at(b, i) != ':' {
		return
	}
	i++
	if space(); at(b, i) != '{' {
		return
	}
	for i++; ; i++ {
		space()
		if at(b, i) != '"' {
			return
		}
		end, closed := quotedEnd(b[:to], i+1, '"', 0)
		if i = end + 1; !closed {
			return
		}
		if space(); at(b, i) != ':' {
			return
		}
		i++
		if space(); at(b, i) != '"' {
			return
		}
		end, closed = quotedEnd(b[:to], i+1, '"', 0)
		if !closed {
			return
		}
		if v := b[i+1 : end]; len(v) >= 4 && !placeholder(v, nil, false) {
			s.add(i+1, end, "secret")
		}
		i = end
	}
}
