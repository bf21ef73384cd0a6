package proxy

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/mcp"
	"agenttrace/lib/event"
)

// An exchange is one request and its answer.
type exchange struct {
	h         *HTTP
	n         int
	slot      *slot
	alone     bool // the connection is of this exchange only
	method    string
	sessionID string // of the request's header
	target    *url.URL
	seen      string // the path as the client sees it
	endpoint  string // that the server told in the answer
	records   bool   // the request may be a message
	resumes   bool   // a stream that broke off
	a2a       string // the method that the path stands for, in the HTTP+JSON binding of A2A
	hello     bool   // it is an initialize; known when the request has passed
	over      string // why the session ends with the answer
	status    int
	gone      bool // the client went away

	request  whole
	body     *tapped // of the request
	once     sync.Once
	finished sync.Once
}

// begin finds the connection that a request belongs to.
func (h *HTTP) begin(r *http.Request) *exchange {
	x := &exchange{h: h, method: r.Method, sessionID: r.Header.Get("Mcp-Session-Id"), target: h.target(r), seen: r.URL.EscapedPath()}
	x.request.limit = MaxMessage
	x.resumes = r.Header.Get("Last-Event-Id") != ""
	typ := strings.ToLower(r.Header.Get("Content-Type"))
	x.records = r.Method == http.MethodPost && (typ == "" || strings.Contains(typ, "json") || strings.HasPrefix(typ, "text/plain")) &&
		r.Header.Get("Content-Encoding") == ""
	switch path := r.URL.Path; {
	case strings.HasSuffix(path, "/message:send"):
		x.a2a = "SendMessage"
	case strings.HasSuffix(path, "/message:stream"):
		x.a2a = "SendStreamingMessage"
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.exchanges++
	x.n = h.exchanges
	if s := h.conns[x.sessionID]; s != nil && x.sessionID != "" {
		x.slot = s
	} else if s := h.conns[x.target.RequestURI()]; s != nil && r.Method == http.MethodPost {
		x.slot = s
	} else if x.sessionID != "" {
		// Begun before this proxy was.
		x.slot = &slot{open: h.opener()}
		h.remember(x.sessionID, x.slot)
	} else if r.Method == http.MethodGet {
		x.slot = &slot{open: func() *mcp.Conn { // if the stream turns out to be a connection
			h.mu.Lock()
			defer h.mu.Unlock()
			return h.opener()()
		}}
	} else {
		x.slot, x.alone = &slot{open: func() *mcp.Conn { return h.part(x.n) }}, true
	}
	return x
}

// opener returns what opens a session of its own: the first gets that of the
// proxy. It is called with the lock.
func (h *HTTP) opener() func() *mcp.Conn {
	if !h.asked {
		h.asked = true
		return func() *mcp.Conn { return h.main }
	}
	id := h.session()
	return func() *mcp.Conn { return h.tracer.Open(id) }
}

// part returns a connection for one exchange of a client without a session.
func (h *HTTP) part(n int) *mcp.Conn {
	h.rec.run(func() error { return h.main.Begin(now(), true) })
	return h.main.Within(strconv.Itoa(n))
}

// isRPC reports whether a body is a message or a batch. Others, such as those
// of an authorization, are nobody's business.
func isRPC(raw []byte) bool {
	v := gjson.ParseBytes(raw)
	if v.IsArray() {
		v = v.Get("0")
	}
	return v.IsObject() && v.Get("jsonrpc").Exists()
}

// asked records the request, when all of it has gone to the server.
func (x *exchange) asked() {
	x.once.Do(func() {
		at := now()
		raw, big := x.request.take()
		if big != nil {
			x.h.rec.always(func() error {
				c := x.conn()
				return c.Oversize(mcp.Client, at, true, *big)
			})
			return
		}
		if raw = bytes.TrimSpace(raw); len(raw) == 0 {
			return
		}
		if x.a2a != "" && !isRPC(raw) {
			raw = wrap(raw, `"method":"`+x.a2a+`","params":`)
		}
		if !isRPC(raw) {
			return
		}
		if x.alone && gjson.GetBytes(raw, "method").Str == "initialize" {
			x.h.mu.Lock()
			if x.hello = true; !x.h.stateless {
				x.slot.open, x.alone = x.h.opener(), false
			}
			x.h.mu.Unlock()
		}
		x.h.rec.offer(len(raw), func() error { return x.conn().Message(mcp.Client, at, true, raw) })
	})
}

// wrap makes a message of a body that is none.
func wrap(raw []byte, member string) []byte {
	if _, err := event.Check(raw); err != nil {
		return raw
	}
	return append(append([]byte(`{"jsonrpc":"2.0","id":"http",`+member), raw...), '}')
}

// conn returns the connection, for the goroutine that records.
func (x *exchange) conn() *mcp.Conn {
	c := x.slot.get()
	c.Tag(x.n)
	c.Replay(x.resumes)
	return c
}

// answered has the answer recorded as it passes.
func (x *exchange) answered(res *http.Response, events, isJSON bool) {
	x.status = res.StatusCode
	if !events && !(isJSON && x.records) || res.Body == nil || res.Body == http.NoBody {
		x.finish("")
		return
	}
	w := &whole{limit: MaxMessage}
	write, flush := w.add, func() { x.message(w) }
	if events {
		s := &eventStream{whole: whole{limit: MaxMessage}, give: x.message}
		write, flush = s.write, func() {}
	}
	write, flush = x.decoded(res.Header.Get("Content-Encoding"), write, flush)
	res.Body = &tapped{ReadCloser: res.Body, length: res.ContentLength, write: write, end: func(all bool) {
		flush()
		switch {
		case all:
			x.finish("")
		case res.Request.Context().Err() != nil:
			x.gone = true
			x.finish("the client closed the connection")
		default:
			x.finish("the connection broke before the answer")
		}
	}}
}

// decoded returns what takes the bytes of a body with an encoding.
func (x *exchange) decoded(encoding string, write func([]byte), flush func()) (func([]byte), func()) {
	switch strings.ToLower(encoding) {
	case "", "identity":
		return write, flush
	case "gzip", "x-gzip":
		r, w := io.Pipe()
		done := make(chan struct{})
		go func() {
			defer close(done)
			if z, err := gzip.NewReader(r); err == nil {
				buf := make([]byte, copySize)
				for {
					n, err := z.Read(buf)
					write(buf[:n])
					if err != nil {
						break
					}
				}
			}
			r.CloseWithError(errors.New("the end of the recording"))
		}()
		return func(p []byte) { w.Write(p) }, func() {
			w.Close()
			<-done
			flush()
		}
	}
	var n int64
	return func(p []byte) { n += int64(len(p)) }, func() {
		at := now()
		x.h.rec.always(func() error {
			return x.conn().Lost(at, true, mcp.Gap{Reason: "an answer in the encoding " + encoding, Messages: 1, Bytes: n})
		})
	}
}

// message records a message of the server.
func (x *exchange) message(w *whole) {
	at := now()
	raw, big := w.take()
	if big != nil {
		x.h.rec.always(func() error { return x.conn().Oversize(mcp.Server, at, true, *big) })
		return
	}
	if x.a2a != "" && !isRPC(raw) {
		raw = wrap(raw, `"result":`)
	}
	if isRPC(raw) {
		x.h.rec.offer(len(raw), func() error { return x.conn().Message(mcp.Server, at, true, raw) })
	}
}

// finish records the end of the exchange. reason says why the answer is not
// whole, "" if it is.
func (x *exchange) finish(reason string) {
	x.finished.Do(func() {
		at := now()
		status := 0
		if x.status >= 400 {
			status = x.status
			if reason == "" {
				reason = "HTTP " + strconv.Itoa(status) + " " + http.StatusText(status)
			}
		}
		if x.endpoint != "" {
			x.h.mu.Lock()
			delete(x.h.conns, x.endpoint)
			x.over = "the stream ended"
			x.h.mu.Unlock()
		}
		x.h.mu.Lock()
		alone, gone, over := x.alone, x.gone, x.over
		x.h.mu.Unlock()
		x.h.rec.always(func() error {
			c := x.slot.conn
			if c == nil {
				return nil
			}
			if alone && reason == "" {
				return c.Finish(at, true)
			}
			if alone || status != 0 {
				if _, err := c.Fail(x.n, at, true, reason, status, gone); err != nil {
					return err
				}
			}
			if over != "" {
				return c.Close(at, true, mcp.End{Reason: over})
			}
			return nil
		})
	})
}

// broke records that there is no answer.
func (x *exchange) broke(cause error, gone bool) {
	if x.body != nil && !gone {
		x.body.drain()
	}
	x.asked()
	at := now()
	x.finished.Do(func() {
		x.h.rec.always(func() error {
			reason, status := "Proxy error: "+cause.Error(), http.StatusBadGateway
			if gone {
				reason, status = "the client closed the connection", 0
			}
			if x.slot.conn != nil {
				n, err := x.slot.conn.Fail(x.n, at, true, reason, status, gone)
				if n > 0 || err != nil {
					return err
				}
			}
			if gone {
				return nil
			}
			return x.h.main.Error(at, true, reason, status)
		})
	})
}

// maxDrain is how long a request may be, in bytes, of which the rest is read when
// it did not reach the server, to know what it was. The HTTP server itself does so
// to keep the connection.
const maxDrain = 256 << 10

// A tapped body tells what is read of it.
type tapped struct {
	io.ReadCloser
	length int64 // -1 if it is not known
	write  func([]byte)
	end    func(all bool)
	// request says that it is the body of a request. The transport asks it for
	// more behind its end, and where the answer was so quick that the HTTP server
	// has closed it by then, it would hear of an error and break off the answer.
	request bool
	mu      sync.Mutex
	read    int64
	over    bool
	once    sync.Once
}

func (t *tapped) Read(p []byte) (int, error) {
	t.mu.Lock() // a request that failed is read to its end from elsewhere
	defer t.mu.Unlock()
	if t.over || t.request && t.read == t.length {
		return 0, io.EOF
	}
	n, err := t.ReadCloser.Read(p)
	t.over = err == io.EOF
	if n > 0 {
		t.read += int64(n)
		t.write(p[:n])
	}
	if err == io.EOF || t.length >= 0 && t.read >= t.length {
		t.once.Do(func() { t.end(true) })
	}
	return n, err
}

// drain reads what nobody wants any more.
func (t *tapped) drain() {
	if t.read < t.length && t.length <= maxDrain {
		io.Copy(io.Discard, t)
	}
}

func (t *tapped) Close() error {
	err := t.ReadCloser.Close()
	t.once.Do(func() { t.end(false) })
	return err
}
