// Package model is a model for tests: a server on loopback that speaks the
// protocol of a vendor's API and says what a script tells it to say, so that
// the real agents can be driven without an account.
//
// It answers each request by what the request itself holds: the next turn is
// the first one whose calls have not all been answered yet. So a request that
// is sent again gets the same turn, and no order of requests confuses it. What
// it was told of the calls, and which usage it reported, it remembers.
package model

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tidwall/gjson"
)

// A Script is what the model says.
type Script struct {
	Main []Turn
	// Subs are conversations of subagents, by a word that is in the prompt
	// which the model gives them.
	Subs map[string][]Turn
}

// A Turn is an answer of the model. One without calls is the last.
type Turn struct {
	Thinking string
	Text     string
	Calls    []Call
}

// A Call is a call of a tool that the model asks for.
type Call struct {
	ID    string // shared with its result
	Tool  string // as the model calls it
	Space string // the namespace of the tool, of OpenAI's
	// Args is JSON; of a custom tool of OpenAI's, the text itself. In it,
	// <<ID PATH>> stands for a part of what the tool of another call gave, which
	// is JSON.
	Args string
	Text bool // it is such a custom tool
}

// Usage is what the server says that a request took, by classes that exclude
// each other but for Reasoning, which is a part of Output.
type Usage struct{ Input, Output, CacheRead, CacheWrite5m, CacheWrite1h, Reasoning int }

// Add returns the sum of both.
func (u Usage) Add(v Usage) Usage {
	return Usage{u.Input + v.Input, u.Output + v.Output, u.CacheRead + v.CacheRead,
		u.CacheWrite5m + v.CacheWrite5m, u.CacheWrite1h + v.CacheWrite1h, u.Reasoning + v.Reasoning}
}

// An Answer is what the server said.
type Answer struct {
	ID    string // of the answer, as the API gives it
	Aux   bool   // the request was not part of a conversation: it offers no tools
	Sub   string // the subagent's word, if it was one's
	Turn  int    // of its script
	Usage Usage
}

// A Request is what an agent said.
type request struct {
	model  string
	aux    bool
	prompt string // what the user, or the agent above, said
	stream bool
	// results are what the tools gave, by the id of the call; of a protocol
	// without ids, in order.
	results map[string]string
	ordered []string
}

// A protocol is a vendor's API.
type protocol interface {
	// read returns the request, nil if it is none for an answer, such as a
	// list of models; then it has been answered.
	read(w http.ResponseWriter, r *http.Request, body []byte) *request
	write(w http.ResponseWriter, q *request, t Turn, a Answer)
	// usage is what the n-th answer takes.
	usage(n int) Usage
	refuse(w http.ResponseWriter, why string)
}

// The protocols.
var (
	Anthropic protocol = anthropic{} // Messages
	OpenAI    protocol = openAI{}    // Responses
	Gemini    protocol = gemini{}    // generateContent
)

// maxRequests ends a conversation that goes round in circles.
const maxRequests = 80

// A Server is a model.
type Server struct {
	URL string

	t      testing.TB
	p      protocol
	script Script

	mu      sync.Mutex
	n       int
	answers []Answer
	results map[string]string
	refused []string
	bodies  [][]byte
}

// New starts a server, which ends with the test.
func New(t testing.TB, p protocol, script Script) *Server {
	s := &Server{t: t, p: p, script: script, results: map[string]string{}}
	h := httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(h.Close)
	s.URL = h.URL
	return s
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodConnect || r.URL.IsAbs() {
		// It is the agent's proxy, too: nothing gets out.
		s.mu.Lock()
		s.refused = append(s.refused, r.Host)
		s.mu.Unlock()
		http.Error(w, "no network in a test", http.StatusForbidden)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	q := s.p.read(w, r, body)
	if q == nil {
		return
	}
	turn, a := s.next(q, body)
	if turn == nil {
		s.p.refuse(w, "the test's model has been asked too often")
		return
	}
	s.p.write(w, q, *turn, a)
}

// next returns the next turn of the conversation; nil if there are too many.
func (s *Server) next(q *request, body []byte) (*Turn, Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	if s.n > maxRequests {
		return nil, Answer{}
	}
	s.bodies = append(s.bodies, body)
	a := Answer{ID: fmt.Sprintf("mock%04d", s.n), Aux: q.aux, Usage: s.p.usage(s.n)}
	turns := s.script.Main
	for word, sub := range s.script.Subs {
		if strings.Contains(q.prompt, word) {
			a.Sub, turns = word, sub
		}
	}
	if q.aux {
		s.answers = append(s.answers, a)
		return &Turn{Text: "ok"}, a
	}
	if q.results == nil {
		q.results = map[string]string{}
		for i, c := range flat(turns) {
			if i < len(q.ordered) {
				q.results[c.ID] = q.ordered[i]
			}
		}
	}
	for id, text := range q.results {
		if _, told := s.results[id]; !told {
			s.results[id] = text // an agent may cut it later
		}
	}
	a.Turn = slices.IndexFunc(turns, func(t Turn) bool {
		return len(t.Calls) == 0 || slices.ContainsFunc(t.Calls, func(c Call) bool {
			_, done := q.results[c.ID]
			return !done
		})
	})
	if a.Turn < 0 {
		return nil, a
	}
	s.answers = append(s.answers, a)
	turn := turns[a.Turn]
	turn.Calls = slices.Clone(turn.Calls)
	for i, c := range turn.Calls {
		turn.Calls[i].Args = part.ReplaceAllStringFunc(c.Args, func(m string) string {
			at := part.FindStringSubmatch(m)
			return gjson.Get(q.results[at[1]], at[2]).String()
		})
	}
	return &turn, a
}

// part is a part of what another tool gave.
var part = regexp.MustCompile(`<<(\S+) (\S+)>>`)

func flat(turns []Turn) (calls []Call) {
	for _, t := range turns {
		calls = append(calls, t.Calls...)
	}
	return calls
}

// Answers returns what was answered to conversations, in order.
func (s *Server) Answers() (list []Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.answers {
		if !a.Aux {
			list = append(list, a)
		}
	}
	return list
}

// Aux returns what was answered to requests beside the conversations, such as
// for a title.
func (s *Server) Aux() (list []Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.answers {
		if a.Aux {
			list = append(list, a)
		}
	}
	return list
}

// Result returns what the model was told of a call.
func (s *Server) Result(id string) (text string, told bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text, told = s.results[id]
	return text, told
}

// Refused returns the hosts that the agent tried to reach by way of its proxy.
func (s *Server) Refused() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := slices.Clone(s.refused)
	slices.Sort(list)
	return slices.Compact(list)
}

// Heard reports whether a text is in any request.
func (s *Server) Heard(text string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.bodies, func(b []byte) bool { return strings.Contains(string(b), text) })
}

// reply answers with a JSON value.
func reply(w http.ResponseWriter, status int, v any) {
	b, _ := json.Marshal(v)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", fmt.Sprint(len(b)))
	w.WriteHeader(status)
	w.Write(b)
}

// obj is a JSON object.
type obj = map[string]any

// sse writes events as a stream.
func sse(w http.ResponseWriter, events []obj, named bool) {
	w.Header().Set("Content-Type", "text/event-stream")
	for _, e := range events {
		b, _ := json.Marshal(e)
		if named {
			fmt.Fprintf(w, "event: %v\n", e["type"])
		}
		fmt.Fprintf(w, "data: %s\r\n\r\n", b)
	}
}
