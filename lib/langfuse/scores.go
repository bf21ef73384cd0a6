package langfuse

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"

	"agenttrace/lib/event"
	"agenttrace/lib/otlp"
)

// Options say how scores are made.
type Options struct {
	Environment string // see CheckEnvironment; "" for Langfuse's default
	Comments    bool   // the reasons that judges give are told
}

// Scores gathers the scores of a stream. Give it each event, and the place of
// each session that has ended (otlp.Options.Ended).
type Scores struct {
	// Unvalued is how many score records had no value that can be sent.
	Unvalued int

	opt  Options
	emit func(s *Score, body []byte) error
	open map[string]*pending // by session
	err  error
}

// pending are the scores of a session, in the order of their first records.
type pending struct {
	list []*Score
	at   map[string]int // by id
}

// New returns a Scores that hands the body of each request to emit. An error of
// emit is returned by Close.
func New(o Options, emit func(s *Score, body []byte) error) *Scores {
	return &Scores{opt: o, emit: emit, open: map[string]*pending{}}
}

// Add takes the next event. It keeps no part of it.
func (x *Scores) Add(e event.Event) {
	var s *Score
	ok := false
	switch string(e.TypeRaw()) {
	case `"score"`:
		if s, ok = scoreOf(e, x.opt.Comments); !ok {
			x.Unvalued++
		}
	case `"cost"`:
		s, ok = costOf(e)
	}
	if !ok {
		return
	}
	// Of two scores with one id, the later is meant.
	p := x.open[s.Session]
	if p == nil {
		p = &pending{at: map[string]int{}}
		x.open[s.Session] = p
	}
	if i, ok := p.at[s.ID]; ok {
		p.list[i] = s
		return
	}
	p.at[s.ID] = len(p.list)
	p.list = append(p.list, s)
}

// Ended hands on the scores of a session.
func (x *Scores) Ended(at otlp.Place) {
	p := x.open[at.Session]
	if p == nil {
		return
	}
	delete(x.open, at.Session)
	for _, s := range p.list {
		if err := x.emit(s, s.Body(at, x.opt.Environment)); err != nil && x.err == nil {
			x.err = err
		}
	}
}

// Close hands on the scores of sessions whose end was not told, as if no other
// session had started them.
func (x *Scores) Close() error {
	for _, id := range slices.Sorted(maps.Keys(x.open)) {
		x.Ended(otlp.Place{Session: id, Trace: otlp.TraceID(id), Root: otlp.RootID(id)})
	}
	return x.err
}

var environment = regexp.MustCompile(`^[a-z0-9_-]{1,40}$`)

// CheckEnvironment tells what is wrong with the name of an environment, by the
// rule of Langfuse's API.
func CheckEnvironment(name string) error {
	if !environment.MatchString(name) || strings.HasPrefix(name, "langfuse") {
		return errors.New("the environment must be 1 to 40 of a-z, 0-9, - and _, and must not begin with langfuse")
	}
	return nil
}
