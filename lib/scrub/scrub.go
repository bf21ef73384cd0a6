// Package scrub takes texts out of lines of JSON without touching any other
// byte. It is what at-redact and at-mask are made of: they say what is to go,
// this package finds the texts of a line, hands them over decoded, and puts
// what is found back as an edit of the bytes that the text was decoded from.
//
// Every string of a line is a text, wherever it stands: the values of objects
// and the elements of arrays, at any depth, and the keys. A number is handed
// over too, since a key may say that it is one to hide. A string that holds
// JSON is taken apart in turn. What is written with escapes, percent signs,
// base64 or hex digits is handed over as it reads, beside the text itself. A
// line that is not JSON is one text.
package scrub

import (
	"agenttrace/lib/event"
)

// A Match is a part of a decoded text that must go.
type Match struct {
	From, To int    // in bytes of the text
	Rule     string // the name that stands in the replacement
}

// Kind is what a text is in its line.
type Kind uint8

// The kinds of text.
const (
	String Kind = iota // a JSON string that is a value
	Name               // a JSON string that is the key of a member
	Number             // a JSON number as it is written; a match is the whole
	Text               // a line that is not JSON, or what was decoded from a string
)

// A Place says where a text stands. Its bytes are valid until the Finder
// returns.
type Place struct {
	Kind   Kind
	Key    []byte       // the decoded key whose value it is, in an array that of the array; nil if there is none
	Pair   []byte       // the name beside it, for the value of {"name":"Authorization","value":"…"}
	Prev   []byte       // the string before it in the same array
	Depth  int          // how many strings it was inside of: 0 in the line itself
	Event  *event.Event // nil if the line is no event
	Strict bool         // it is told by an event that Options.Strict picked
	Note   int          // the Finder's own, kept from text to text: 0 at the beginning of a line

	walk *walker
}

// Outer returns the decoded key that Key stands below, n = 1 the nearest; nil
// if there are not so many. Arrays have none.
func (p *Place) Outer(n int) []byte {
	if p.walk == nil {
		return nil
	}
	return p.walk.outer(n)
}

// Beside reports whether the object that the text stands in has a member of
// this key, which needs no escapes in JSON.
func (p *Place) Beside(key string) bool { return p.walk != nil && p.walk.beside(key) }

// Kin returns the member "kind" of the object around the one that the text
// stands in, if that is a short text. It tells what an object of Kubernetes is.
func (p *Place) Kin() string {
	if p.walk == nil {
		return ""
	}
	return string(p.walk.kin())
}

// Program returns the program that the text is an argument of, where it stands
// in an array of arguments: ["program", "text"], or {"command":"program",
// "args":["text"]}. It is nil elsewhere.
func (p *Place) Program() []byte {
	if p.walk == nil {
		return nil
	}
	return p.walk.program()
}

// Path returns where the text stands, as in data.result.content.0.text. Keys
// of JSON inside a string follow those of the string.
func (p *Place) Path() string {
	if p.walk == nil {
		return ""
	}
	return p.walk.path()
}

// A Finder adds what it finds in text to found, in any order. It must keep
// neither the text nor the place. It is used from several goroutines.
type Finder func(text []byte, at *Place, found []Match) []Match
