package proxy

import (
	"bytes"
	"io"
	"net/url"
	"strings"
)

// An eventStream finds the messages in a stream of server-sent events: the
// data of each event, of as many lines as it has.
// https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
type eventStream struct {
	whole
	give func(*whole) // called with the data of each event

	line  []byte // the field of which not all has come; of data, up to its colon
	cr    bool   // the last byte was a carriage return
	data  bool   // in the value of a data field
	space bool   // at the start of it
	begun bool   // the event has data
}

// maxField is how much is kept of fields other than data.
const maxField = 4096

func (s *eventStream) write(p []byte) {
	for len(p) > 0 {
		if s.cr {
			s.cr = false
			if p[0] == '\n' {
				p = p[1:]
				continue
			}
		}
		i := bytes.IndexAny(p, "\r\n")
		part := p
		if i >= 0 {
			part = p[:i]
		}
		s.field(part)
		if i < 0 {
			return
		}
		s.cr = p[i] == '\r'
		p = p[i+1:]
		s.endLine()
	}
}

// field takes a part of a line.
func (s *eventStream) field(part []byte) {
	for !s.data && len(part) > 0 {
		if len(s.line) >= maxField {
			return
		}
		s.line = append(s.line, part[0])
		part = part[1:]
		if len(s.line) == 5 && string(s.line) == "data:" {
			s.data, s.space = true, true
			if s.begun {
				s.add([]byte{'\n'})
			}
			s.begun = true
		} else if len(s.line) > 5 {
			// Not data: the rest of the line says nothing.
			n := min(len(part), maxField-len(s.line))
			s.line = append(s.line, part[:max(n, 0)]...)
			return
		}
	}
	if s.data && len(part) > 0 {
		if s.space && part[0] == ' ' {
			part = part[1:]
		}
		s.space = false
		s.add(part)
	}
}

func (s *eventStream) endLine() {
	if len(s.line) == 0 {
		if s.begun {
			s.give(&s.whole)
		}
		s.begun = false
	}
	s.line, s.data = s.line[:0], false
}

// maxBlock is how long the first event of a stream may be if it is to be
// rewritten.
const maxBlock = 64 << 10

// An endpointReader reads a stream of events whose first tells the client where
// to send its messages (HTTP+SSE of revision 2024-11-05), and has it send them
// to this proxy. Only that event is changed, and only if it must be.
type endpointReader struct {
	io.ReadCloser
	rewrite func(endpoint string) (string, bool)

	held []byte // of the event that is being read
	out  []byte // what may go on
	done bool   // the rest goes through as it is
	err  error
}

func (r *endpointReader) Read(p []byte) (int, error) {
	for {
		if len(r.out) > 0 {
			n := copy(p, r.out)
			r.out = r.out[n:]
			return n, nil
		}
		if r.err != nil {
			return 0, r.err
		}
		if r.done {
			return r.ReadCloser.Read(p)
		}
		n, err := r.ReadCloser.Read(p)
		r.held = append(r.held, p[:n]...)
		r.err = err
		r.look()
		if err != nil || len(r.held) > maxBlock {
			r.done = err == nil
			r.out, r.held = append(r.out, r.held...), nil
		}
	}
}

// look passes on the events that are whole.
func (r *endpointReader) look() {
	for !r.done {
		end := blockEnd(r.held)
		if end < 0 {
			return
		}
		block := r.held[:end]
		r.held = r.held[end:]
		name, data := parseBlock(block)
		if name != "" || data != "" {
			r.done = true
		}
		if name == "endpoint" {
			if to, ok := r.rewrite(data); ok {
				block = bytes.Replace(block, []byte(data), []byte(to), 1)
			}
		}
		r.out = append(r.out, block...)
	}
	r.out, r.held = append(r.out, r.held...), nil
}

// blockEnd returns the end of the first event in b, behind its blank line; -1 if
// it is not whole. A blank line that might be followed by the rest of its line
// end is whole.
func blockEnd(b []byte) int {
	start := 0
	for i := 0; i < len(b); i++ {
		if b[i] != '\n' && b[i] != '\r' {
			continue
		}
		blank := i == start
		if b[i] == '\r' && i+1 < len(b) && b[i+1] == '\n' {
			i++
		}
		if blank {
			return i + 1
		}
		start = i + 1
	}
	return -1
}

// parseBlock returns the name and the data of an event. Data of more than one
// line is no endpoint.
func parseBlock(block []byte) (name, data string) {
	lines := strings.FieldsFunc(string(block), func(r rune) bool { return r == '\r' || r == '\n' })
	for _, line := range lines {
		field, value, _ := strings.Cut(strings.TrimPrefix(line, "\uFEFF"), ":")
		value = strings.TrimPrefix(value, " ")
		switch field {
		case "event":
			name = value
		case "data":
			if data != "" {
				return "message", data
			}
			data = value
		}
	}
	return name, data
}

// endpointFor returns what a client must be told in the place of an endpoint, so
// that its messages come here, and whether that is something else. up is the
// address of the stream on the server, seen its path as the client sees it.
func endpointFor(endpoint string, up *url.URL, seen string) (target *url.URL, to string, change bool) {
	ref, err := url.Parse(strings.TrimSpace(endpoint))
	if err != nil {
		return nil, "", false
	}
	target = up.ResolveReference(ref)
	if !sameOrigin(target, up) {
		return nil, "", false // another server's, which is not reached through this one
	}
	if !ref.IsAbs() && ref.Host == "" {
		if (&url.URL{Path: seen}).ResolveReference(ref).RequestURI() == target.RequestURI() {
			return target, "", false
		}
	}
	return target, target.RequestURI(), true
}

func sameOrigin(a, b *url.URL) bool {
	return strings.EqualFold(a.Scheme, b.Scheme) && strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

func port(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case strings.EqualFold(u.Scheme, "https"):
		return "443"
	}
	return "80"
}
