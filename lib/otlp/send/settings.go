package send

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"agenttrace/lib/otlp"
)

// Settings are what the command line says of where requests go. The environment
// says the rest, by the names of OpenTelemetry.
type Settings struct {
	To       string // a preset
	Endpoint string // a base address
	Exact    map[otlp.Signal]string
	Headers  []string // "Name: value" or "Name=value"
	Protocol string
	Gzip     string // gzip, none, or "" if it was not said
	Timeout  time.Duration

	Getenv   func(string) string
	ReadFile func(string) ([]byte, error) // of a header whose value is @FILE
}

// Wanted reports whether anything says that requests are to be sent.
func (s *Settings) Wanted(signals []otlp.Signal) bool {
	if s.To != "" || s.Endpoint != "" || len(s.Exact) > 0 || s.env("ENDPOINT") != "" {
		return true
	}
	return slices.ContainsFunc(signals, func(sig otlp.Signal) bool { return s.envOf(sig, "ENDPOINT") != "" })
}

func (s *Settings) env(name string) string {
	return strings.TrimSpace(s.Getenv("OTEL_EXPORTER_OTLP_" + name))
}

// envOf returns the variable of one signal.
func (s *Settings) envOf(sig otlp.Signal, name string) string {
	return s.env(strings.ToUpper(sig.String()) + "_" + name)
}

// either returns the variable of the signal, else the general one.
func (s *Settings) either(sig otlp.Signal, name string) string {
	if v := s.envOf(sig, name); v != "" {
		return v
	}
	return s.env(name)
}

// Target returns where the requests of a signal go. Its Client is not set.
func (s *Settings) Target(sig otlp.Signal) (*Target, error) {
	t := &Target{Header: http.Header{}, Protocol: s.Protocol, Timeout: s.Timeout}
	var preset Preset
	if s.To != "" {
		var ok bool
		if preset, ok = Presets[s.To]; !ok {
			return nil, fmt.Errorf("there is no preset %q", s.To)
		}
		if preset.Only != nil && !slices.Contains(preset.Only, sig) {
			return nil, fmt.Errorf("%s does not take %s", s.To, sig)
		}
	}
	if t.Protocol == "" {
		t.Protocol = preset.Protocol
	}
	if t.Protocol == "" && s.To == "" {
		t.Protocol = s.either(sig, "PROTOCOL")
	}
	switch t.Protocol {
	case "":
		t.Protocol = Protobuf
	case Protobuf, JSON, GRPC:
	default:
		return nil, fmt.Errorf("%q is not a protocol: want %s, %s or %s", t.Protocol, Protobuf, JSON, GRPC)
	}
	if err := s.headers(t, sig, &preset); err != nil {
		return nil, err
	}
	var err error
	if t.URL, err = s.address(t, sig, &preset); err != nil {
		return nil, err
	}
	return t, s.rest(t, sig)
}

// rest sets compression and timeout.
func (s *Settings) rest(t *Target, sig otlp.Signal) error {
	compression := s.Gzip
	if compression == "" {
		compression = s.either(sig, "COMPRESSION")
	}
	switch compression {
	case "", "gzip": // the specification leaves the default open
		t.Gzip = true
	case "none":
	default:
		return fmt.Errorf("%q is not a compression: want gzip or none", compression)
	}
	if t.Timeout > 0 {
		return nil
	}
	t.Timeout = 10 * time.Second
	if v := s.either(sig, "TIMEOUT"); v != "" {
		ms, err := strconv.Atoi(v)
		if err != nil || ms < 0 {
			return fmt.Errorf("OTEL_EXPORTER_OTLP_TIMEOUT is %q, not a number of milliseconds", v)
		}
		t.Timeout = time.Duration(ms) * time.Millisecond
	}
	return nil
}

// address returns the whole address of a signal.
func (s *Settings) address(t *Target, sig otlp.Signal, p *Preset) (string, error) {
	exact := s.Exact[sig]
	base := s.Endpoint
	if exact == "" && base == "" && s.To != "" {
		var err error
		if exact, err = fill(p.URLs[sig], s.Getenv); err == nil && exact == "" {
			base, err = fill(p.Base, s.Getenv)
		}
		if err != nil {
			return "", err
		}
	}
	if exact == "" && base == "" {
		exact, base = s.envOf(sig, "ENDPOINT"), s.env("ENDPOINT")
	}
	if exact == "" && base == "" {
		base = "http://localhost:4318"
		if t.Protocol == GRPC {
			base = "http://localhost:4317"
		}
	}
	text := exact
	if text == "" {
		text = base
	}
	u, err := parse(text, s.either(sig, "INSECURE") == "true")
	if err != nil {
		return "", err
	}
	switch {
	case t.Protocol == GRPC:
		u.Path = ""
	case exact != "":
		if u.Path == "" {
			u.Path = "/"
		}
	default:
		u.Path = signalPath(u.Path, sig)
	}
	return u.String(), nil
}

// signalPath adds v1/traces to the path of a base address. One that ends in the
// path of a signal already is that of this signal.
func signalPath(path string, sig otlp.Signal) string {
	path = strings.TrimRight(path, "/")
	for _, other := range otlp.Signals {
		if rest, ok := strings.CutSuffix(path, "/v1/"+other.String()); ok {
			path = rest
			break
		}
	}
	return path + "/v1/" + sig.String()
}

// parse reads an address. Without a scheme, it is https unless the host is this
// machine, or insecure is set.
func parse(text string, insecure bool) (*url.URL, error) {
	if !strings.Contains(text, "://") {
		host := text
		if h, _, err := net.SplitHostPort(text); err == nil {
			host = h
		}
		scheme := "https://"
		if ip := net.ParseIP(host); insecure || host == "localhost" || ip != nil && ip.IsLoopback() {
			scheme = "http://"
		}
		text = scheme + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("the endpoint is not an address such as http://localhost:4318")
	}
	return u, nil
}

// headers sets the headers: those of the preset, else those of the environment,
// which are meant for another endpoint if there is a preset; and then those of
// the command line.
func (s *Settings) headers(t *Target, sig otlp.Signal, p *Preset) error {
	if s.To != "" {
		list, err := p.headers(s.Getenv)
		if err != nil {
			return err
		}
		for _, h := range list {
			t.Header.Set(h[0], h[1])
		}
	} else {
		for _, name := range []string{"OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_" + strings.ToUpper(sig.String()) + "_HEADERS"} {
			list, err := Pairs(s.Getenv(name))
			if err != nil {
				return fmt.Errorf("%s cannot be read: want key=value,key=value", name)
			}
			for _, kv := range list {
				if err := setHeader(t.Header, kv.Key, kv.Value); err != nil {
					return fmt.Errorf("%s: %w", name, err)
				}
			}
		}
	}
	for _, h := range s.Headers {
		name, value, err := s.header(h)
		if err == nil {
			err = setHeader(t.Header, name, value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// header reads a header of the command line: its value may be @FILE, or hold
// ${NAME}.
func (s *Settings) header(text string) (name, value string, err error) {
	i := strings.IndexAny(text, ":=")
	if i <= 0 {
		return "", "", fmt.Errorf("a header is not 'Name: value' or Name=value")
	}
	name, value = strings.TrimSpace(text[:i]), strings.TrimSpace(text[i+1:])
	if file, ok := strings.CutPrefix(value, "@"); ok {
		b, err := s.ReadFile(file)
		if err != nil {
			return "", "", fmt.Errorf("cannot read the value of the header %s: %w", name, err)
		}
		return name, strings.TrimSpace(string(b)), nil
	}
	if strings.Contains(value, "${") {
		value, err = fill(strings.ReplaceAll(value, "${", "{"), s.Getenv)
		return name, value, err
	}
	if value != "" && secret.MatchString(name) {
		return "", "", fmt.Errorf("the header %s looks like a credential, which others can read on the command line: want '%s: ${VARIABLE}' or '%s: @FILE'", name, name, name)
	}
	return name, value, nil
}

// secret are the names of headers that hold credentials, as those of services do.
var secret = regexp.MustCompile(`(?i)auth|cookie|key|passw|secret|token|credential|^x-honeycomb-team$`)

func setHeader(h http.Header, name, value string) error {
	for _, c := range []byte(name) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`()<>@,;:\"/[]?={}`, c) >= 0 {
			return fmt.Errorf("a header has a name that is not valid")
		}
	}
	if name == "" || strings.ContainsAny(value, "\r\n\x00") {
		return fmt.Errorf("the header %s has a value that is not valid", name)
	}
	h.Set(name, value)
	return nil
}

// Pairs reads a list such as that of OTEL_RESOURCE_ATTRIBUTES: key=value with
// commas between them, percent-encoded. If one is wrong, all are.
func Pairs(s string) ([]otlp.KeyValue, error) {
	var list []otlp.KeyValue
	for pair := range strings.SplitSeq(s, ",") {
		if strings.TrimSpace(pair) == "" {
			continue
		}
		k, v, ok := strings.Cut(pair, "=")
		key, err := url.PathUnescape(strings.TrimSpace(k))
		value, err2 := url.PathUnescape(strings.TrimSpace(v))
		if !ok || key == "" || err != nil || err2 != nil {
			return nil, fmt.Errorf("not a list of key=value: the pair %d", len(list)+1)
		}
		list = append(list, otlp.KeyValue{Key: key, Value: value})
	}
	return list, nil
}
