package proxy

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"strconv"
	"strings"

	"agenttrace/lib/capture/mcp"
)

// What is kept of a message that is too long.
const (
	headKept = 64 << 10
	tailKept = 512
)

// A whole gathers a message. Beyond a limit it keeps the size, the hash and the
// two ends.
type whole struct {
	limit int
	buf   []byte
	big   *mcp.Big
	sum   hash.Hash
}

func (w *whole) add(p []byte) {
	if w.big == nil {
		if len(w.buf)+len(p) <= w.limit {
			w.buf = append(w.buf, p...)
			return
		}
		w.sum = sha256.New()
		w.sum.Write(w.buf)
		w.big = &mcp.Big{Bytes: int64(len(w.buf))}
		w.big.Head = append(w.big.Head, w.buf[:min(len(w.buf), headKept)]...)
		w.tail(w.buf)
		w.buf = nil
	}
	w.sum.Write(p)
	w.big.Bytes += int64(len(p))
	if n := headKept - len(w.big.Head); n > 0 {
		w.big.Head = append(w.big.Head, p[:min(len(p), n)]...)
	}
	w.tail(p)
}

func (w *whole) tail(p []byte) {
	p = p[max(0, len(p)-tailKept):]
	t := append(w.big.Tail, p...)
	w.big.Tail = append(w.big.Tail[:0], t[max(0, len(t)-tailKept):]...)
}

// take returns what was gathered, and begins anew.
func (w *whole) take() (raw []byte, big *mcp.Big) {
	raw, big = w.buf, w.big
	if big != nil {
		big.SHA256 = hex.EncodeToString(w.sum.Sum(nil))
	}
	w.buf, w.big, w.sum = nil, nil, nil
	return raw, big
}

func (w *whole) empty() bool { return len(w.buf) == 0 && w.big == nil }

// A splitter finds the messages of a stream: lines, and bodies with a
// Content-Length before them, as in LSP, which MCP does not have but some
// programs write.
type splitter struct {
	whole
	line func(raw []byte)
	body func(raw []byte)
	big  func(*mcp.Big)

	header bool  // within the headers of a body
	lines  int   // of them
	length int64 // what they say, -1 if nothing yet
	left   int64 // of a body
	broken bool  // it has a fault
}

// maxHeaders is how many headers a body has at most.
const maxHeaders = 32

// look is write, of which a fault does no harm to the traffic.
func (s *splitter) look(p []byte) {
	if s.broken {
		return
	}
	s.broken = true
	defer func() { _ = recover() }()
	s.write(p)
	s.broken = false
}

func (s *splitter) write(p []byte) {
	for len(p) > 0 {
		if s.left > 0 {
			n := int(min(s.left, int64(len(p))))
			s.add(p[:n])
			p = p[n:]
			if s.left -= int64(n); s.left == 0 {
				s.give(s.body)
			}
			continue
		}
		i := bytes.IndexByte(p, '\n')
		if i < 0 {
			s.add(p)
			return
		}
		s.add(p[:i])
		p = p[i+1:]
		s.endLine()
	}
}

// end ends the stream.
func (s *splitter) end() {
	if s.left > 0 || s.header {
		s.left, s.header = 0, false
		s.give(s.line)
		return
	}
	if !s.empty() {
		s.endLine()
	}
}

func (s *splitter) give(to func([]byte)) {
	raw, big := s.take()
	switch {
	case big != nil:
		s.big(big)
	case len(raw) > 0:
		to(raw)
	}
}

func (s *splitter) endLine() {
	if s.whole.big != nil || len(s.buf) > 1024 && !s.header {
		s.header = false
		s.give(s.line)
		return
	}
	line := strings.TrimRight(string(s.buf[:min(len(s.buf), 1024)]), "\r")
	name, value, isHeader := strings.Cut(line, ":")
	name = strings.ToLower(strings.TrimSpace(name))
	switch {
	case s.header && line == "":
		s.take()
		s.header = false
		if s.length > 0 {
			s.left = s.length
		}
		return
	case !s.header && isHeader && (name == "content-length" || name == "content-type"):
		s.header, s.lines, s.length = true, 0, -1
	case !s.header:
		s.give(s.line)
		return
	}
	s.lines++
	if n, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64); name == "content-length" {
		if err != nil || n < 0 {
			s.header = false // no length: the lines are what they are
			s.give(s.line)
			return
		}
		s.length = n
	} else if !isHeader || strings.ContainsAny(name, " {[\"") || s.lines > maxHeaders {
		s.header = false
		s.give(s.line)
		return
	}
	s.take()
}
