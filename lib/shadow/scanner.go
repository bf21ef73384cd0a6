package shadow

import (
	"agenttrace/lib/mask"
	"agenttrace/lib/redact"
)

// A Scanner knows what to look for. It may be used from several goroutines.
type Scanner struct {
	mask         *mask.Masker
	redact       *redact.Redactor
	signals      *signals
	id           map[string]int // of an agent → its index
	trailers     map[string]int // key → index of the agent + 1
	hosts        map[string]int // of an endpoint → index of its provider
	hostPatterns []hostPattern
}

// pii are the kinds of personal data that are looked for. Names of users in
// paths and numbers of accounts are left out: code is full of them.
var pii = []string{"email", "phone", "card", "ssn", "iban", "birth-date", "document"}

// NewScanner returns a Scanner.
func NewScanner() (*Scanner, error) {
	m, err := mask.New(mask.Options{Only: pii})
	if err != nil {
		return nil, err
	}
	r, err := redact.New(redact.Options{})
	if err != nil {
		return nil, err
	}
	s := &Scanner{mask: m, redact: r, signals: newSignals(), id: map[string]int{}, trailers: map[string]int{}}
	for i, a := range agents {
		s.id[a.ID] = i
		for _, t := range a.Trailers {
			s.trailers[t] = i + 1
		}
	}
	s.indexHosts()
	return s, nil
}
