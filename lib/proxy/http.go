package proxy

import (
	"cmp"
	"context"
	"io"
	"log"
	"mime"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"time"

	"agenttrace/lib/capture/mcp"
)

// HTTP is a reverse proxy for one MCP server.
type HTTP struct {
	up      *url.URL
	rec     *Recorder
	tracer  *mcp.Tracer
	guard   Guard
	session func() string
	main    *mcp.Conn // of clients that have no session of their own
	proxy   *httputil.ReverseProxy

	mu        sync.Mutex
	conns     map[string]*slot // by Mcp-Session-Id, or the endpoint of a stream
	stateless bool             // the server gives out no sessions
	asked     bool             // the session of main has its client
	exchanges int
}

// A slot is a connection that is made when its first message is recorded. It
// belongs to the goroutine that records.
type slot struct {
	conn *mcp.Conn
	open func() *mcp.Conn
}

func (s *slot) get() *mcp.Conn {
	if s.conn == nil {
		s.conn = s.open()
	}
	return s.conn
}

// maxConns is how many sessions are remembered. A client that comes back with
// an older one begins a new session of the trace.
const maxConns = 10000

// NewHTTP returns a proxy for the server at up. session makes the id of a new
// session.
func NewHTTP(up *url.URL, rec *Recorder, tracer *mcp.Tracer, guard Guard, session func() string) *HTTP {
	h := &HTTP{up: up, rec: rec, tracer: tracer, guard: guard, session: session, conns: map[string]*slot{}}
	h.main = tracer.Open(session())
	rec.main = func() *mcp.Conn { return h.main }
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DisableCompression = true // the client says what it takes
	transport.MaxIdleConnsPerHost = 256
	transport.MaxIdleConns = 256
	transport.DialContext = (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext
	h.proxy = &httputil.ReverseProxy{
		Rewrite:        h.rewrite,
		Transport:      transport,
		FlushInterval:  -1,
		ModifyResponse: h.response,
		ErrorHandler:   h.failed,
		ErrorLog:       log.New(io.Discard, "", 0),
		BufferPool:     &buffers{sync.Pool{New: func() any { return new([copySize]byte) }}},
	}
	return h
}

// copySize is how much of a response is copied at a time.
const copySize = 32 << 10

type buffers struct{ pool sync.Pool }

func (b *buffers) Get() []byte { return b.pool.Get().(*[copySize]byte)[:] }
func (b *buffers) Put(p []byte) {
	if len(p) == copySize {
		b.pool.Put((*[copySize]byte)(p))
	}
}

type exchangeKey struct{}

// ServeHTTP passes one request on.
func (h *HTTP) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if why := h.guard.Check(r); why != "" {
		http.Error(w, "at-record-http: "+why, http.StatusForbidden)
		return
	}
	x := h.begin(r)
	r = r.WithContext(context.WithValue(r.Context(), exchangeKey{}, x))
	if r.Body != nil && r.Body != http.NoBody && x.records {
		x.body = &tapped{ReadCloser: openEnd{r.Body}, length: r.ContentLength, request: true, write: x.request.add, end: func(bool) { x.asked() }}
		r.Body = x.body
	}
	h.proxy.ServeHTTP(w, r)
}

// An openEnd is not closed: the HTTP server closes the body of a request when it
// has been answered.
type openEnd struct{ io.Reader }

func (openEnd) Close() error { return nil }

// path returns where a request goes: what is asked of the proxy's root goes to
// the address of the server, everything else to the same path on the server, as
// that is where its own answers send the client. An address that ends in a slash
// is a folder, and what is asked lies in it.
func (h *HTTP) path(asked string) string {
	base := h.up.EscapedPath()
	switch {
	case asked == "" || asked == "/":
		return cmp.Or(base, "/")
	case len(base) > 1 && strings.HasSuffix(base, "/") && !strings.HasPrefix(asked, base) && !strings.HasPrefix(asked, "/.well-known/"):
		return base + strings.TrimPrefix(asked, "/")
	}
	return asked
}

// target returns the address of a request on the server.
func (h *HTTP) target(r *http.Request) *url.URL {
	u := *h.up
	path := h.path(r.URL.EscapedPath())
	u.RawPath = path
	u.Path, _ = url.PathUnescape(path)
	switch {
	case path != cmp.Or(h.up.EscapedPath(), "/") || u.RawQuery == "":
		u.RawQuery, u.ForceQuery = r.URL.RawQuery, r.URL.ForceQuery
	case r.URL.RawQuery != "" && r.URL.RawQuery != u.RawQuery:
		u.RawQuery += "&" + r.URL.RawQuery
	}
	u.Fragment = ""
	u.User = nil
	return &u
}

func (h *HTTP) rewrite(p *httputil.ProxyRequest) {
	p.Out.URL = h.target(p.In)
	p.Out.Host = ""
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"} {
		if v, ok := p.In.Header[name]; ok {
			p.Out.Header[name] = v
		}
	}
	if u := h.up.User; u != nil && p.Out.Header.Get("Authorization") == "" {
		password, _ := u.Password()
		p.Out.SetBasicAuth(u.Username(), password)
	}
}

// response is told of an answer before it goes to the client.
func (h *HTTP) response(res *http.Response) error {
	x := res.Request.Context().Value(exchangeKey{}).(*exchange)
	if res.StatusCode == http.StatusSwitchingProtocols {
		return nil
	}
	typ, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	events := typ == "text/event-stream"
	h.sessionOf(x, res)
	if x.method == http.MethodGet && events && res.Header.Get("Content-Encoding") == "" && x.sessionID == "" {
		h.mayTellEndpoint(x, res)
	}
	x.answered(res, events, strings.Contains(typ, "json"))
	return nil
}

// sessionOf notes the session that a server gives to a client.
func (h *HTTP) sessionOf(x *exchange, res *http.Response) {
	id := res.Header.Get("Mcp-Session-Id")
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case x.hello && id != "":
		h.remember(id, x.slot)
	case x.hello && res.StatusCode < 300:
		h.stateless = true
	case x.sessionID != "" && (res.StatusCode == http.StatusNotFound || x.method == http.MethodDelete && res.StatusCode < 300):
		x.over = "the session was not found"
		if x.method == http.MethodDelete {
			x.over = "the client ended the session"
		}
		delete(h.conns, x.sessionID)
	}
}

// remember keeps a connection under the name that its messages will have.
func (h *HTTP) remember(name string, s *slot) {
	if len(h.conns) >= maxConns {
		for old := range h.conns {
			delete(h.conns, old)
			break
		}
	}
	h.conns[name] = s
}

// mayTellEndpoint reads a stream that may be one of HTTP+SSE: its endpoint event
// says where the client is to post its messages, which must be here.
func (h *HTTP) mayTellEndpoint(x *exchange, res *http.Response) {
	r := &endpointReader{ReadCloser: res.Body}
	r.rewrite = func(endpoint string) (string, bool) {
		target, to, change := endpointFor(endpoint, x.target, x.seen)
		if target != nil {
			h.mu.Lock()
			h.remember(target.RequestURI(), x.slot)
			h.mu.Unlock()
			x.endpoint = target.RequestURI()
		}
		return to, change
	}
	if res.ContentLength >= 0 {
		res.ContentLength = -1
		res.Header.Del("Content-Length")
	}
	res.Body = r
}

// failed answers a request that did not reach the server, or whose answer did
// not arrive.
func (h *HTTP) failed(w http.ResponseWriter, r *http.Request, err error) {
	x := r.Context().Value(exchangeKey{}).(*exchange)
	gone := r.Context().Err() != nil
	x.broke(err, gone)
	if !gone {
		http.Error(w, "at-record-http: the server cannot be reached: "+err.Error(), http.StatusBadGateway)
	}
}

// Close tells that the proxy ends.
func (h *HTTP) Close(reason string) {
	h.mu.Lock()
	var all []*slot
	seen := map[*slot]bool{}
	for _, s := range h.conns {
		if !seen[s] {
			seen[s] = true
			all = append(all, s)
		}
	}
	h.mu.Unlock()
	at := now()
	h.rec.always(func() error {
		for _, s := range all {
			if s.conn != nil && s.conn != h.main {
				if err := s.conn.Close(at, true, mcp.End{Reason: reason}); err != nil {
					return err
				}
			}
		}
		return h.main.Close(at, true, mcp.End{Reason: reason})
	})
}
