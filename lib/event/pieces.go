package event

import (
	"bytes"
	"fmt"
)

// A Piece is a part of a line that holds more than one JSON object.
type Piece struct {
	Raw   []byte
	Whole bool // it is one JSON object; if not, it was torn
}

// eventBegin is how an event begins, where this project or agent-strace has
// written it.
var eventBegin = []byte(`{"event_type":`)

// Pieces takes apart a line that several writers have written: objects that
// were joined since a newline was lost, and torn ones before or behind them,
// since a writer was stopped in the middle. begins are the ways in which an
// object may begin, for finding one behind something torn. Pieces returns nil
// if there is no whole object in the line, or no end of one object is followed
// by another.
func Pieces(line []byte, begins ...[]byte) (list []Piece) {
	i := skipSpace(line, 0)
	for i < len(line) {
		n, ok := object(line[i:])
		next := skipSpace(line, i+n)
		if !ok || next < len(line) && line[next] != '{' {
			break
		}
		list = append(list, Piece{line[i : i+n], true})
		i = next
	}
	if i == len(line) {
		return list
	}
	rest := tail(line[i:], begins)
	if len(rest) == 0 && len(list) == 0 {
		return nil
	}
	list = append(list, Piece{line[i : len(line)-len(rest)], false})
	return append(list, rest.pieces()...)
}

// Joined is Pieces for a line that is not an event: Whole says which pieces are
// events. note says what is wrong with the line. The list is nil if no piece is
// an event.
func Joined(line []byte) (list []Piece, note string) {
	list = Pieces(line, eventBegin)
	events := 0
	for i, p := range list {
		_, err := Parse(p.Raw)
		if list[i].Whole = err == nil; err == nil {
			events++
		}
	}
	switch events {
	case 0:
		return nil, ""
	case len(list):
		return list, fmt.Sprintf("%d events joined without a newline, all of them read", events)
	}
	return list, "a torn line, with an event joined to it that was read"
}

// object returns the end of the JSON object that b begins with.
func object(b []byte) (end int, ok bool) {
	if len(b) == 0 || b[0] != '{' {
		return 0, false
	}
	return Value(b)
}

// objects is a text that consists of whole objects.
type objects []byte

func (o objects) pieces() (list []Piece) {
	for i := 0; i < len(o); i = skipSpace(o, i) {
		n, _ := object(o[i:])
		list = append(list, Piece{o[i : i+n], true})
		i += n
	}
	return list
}

// maxTries bounds how many places are tried, so that a hostile line costs no
// more than a few times its length.
const maxTries = 8

// tail returns the whole objects at the end of a text that begins with
// something torn. They are looked for from the end on: an object that is part
// of another one is followed by the rest of that one.
func tail(text []byte, begins [][]byte) objects {
	var found objects
	end := len(text)    // of the object that is looked for
	before := len(text) // it begins before this place
	for tries := 0; tries < maxTries; tries++ {
		i := lastOf(text[:before], begins)
		if i <= 0 {
			break
		}
		before = i
		if n, ok := object(text[i:end]); ok && skipSpace(text[:end], i+n) == end {
			found, end, tries = text[i:], i, -1
		}
	}
	return found
}

// lastOf returns the last place in text where something begins, -1 if there is
// none.
func lastOf(text []byte, begins [][]byte) int {
	for i := bytes.LastIndexByte(text, '{'); i >= 0; i = bytes.LastIndexByte(text[:i], '{') {
		for _, b := range begins {
			if bytes.HasPrefix(text[i:], b) {
				return i
			}
		}
	}
	return -1
}
