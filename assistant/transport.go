package assistant

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// handedOn are the headers of a call that its requests to the service have too: who calls, and through whom.
var handedOn = []string{"Authorization", "Forwarded", "X-Forwarded-For", "Traceparent", "Tracestate"}

// onBehalf sends requests to a handler in this process, as whoever made a request.
type onBehalf struct {
	caller  *http.Request
	service http.Handler
}

// RoundTrip calls the handler. Of a response longer than maxAnswer the rest is left out, which the reader sees.
func (o onBehalf) RoundTrip(request *http.Request) (*http.Response, error) {
	inner := request.Clone(request.Context())
	inner.RequestURI, inner.RemoteAddr, inner.Host = request.URL.RequestURI(), o.caller.RemoteAddr, o.caller.Host
	for _, name := range handedOn {
		if values := o.caller.Header.Values(name); len(values) > 0 {
			inner.Header[name] = values
		}
	}
	recorder := &recorder{header: http.Header{}, status: http.StatusOK}
	o.service.ServeHTTP(recorder, inner)
	return &http.Response{StatusCode: recorder.status, Header: recorder.header, Request: request,
		Body: io.NopCloser(&recorder.body)}, nil
}

// recorder keeps a response.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header gives the headers, to be set.
func (r *recorder) Header() http.Header { return r.header }

// WriteHeader keeps the status.
func (r *recorder) WriteHeader(status int) { r.status = status }

// Write keeps what fits.
func (r *recorder) Write(text []byte) (int, error) {
	r.body.Write(text[:min(len(text), maxAnswer+1-min(r.body.Len(), maxAnswer+1))])
	return len(text), nil
}

// SetReadDeadline does nothing: the body is there.
func (r *recorder) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing: nobody is slow to take it.
func (r *recorder) SetWriteDeadline(time.Time) error { return nil }

// Local sends requests to a handler in this process, with a key if there is one.
func Local(service http.Handler, key string) http.RoundTripper {
	caller := &http.Request{RemoteAddr: "127.0.0.1:0", Host: "localhost", Header: http.Header{}}
	authorize(caller, key)
	return onBehalf{caller, service}
}

// Remote sends requests to the service at an address, with a key if there is one.
func Remote(address, key string) (http.RoundTripper, error) {
	base, err := url.Parse(address)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, fmt.Errorf("%q is no address of a service; expected one such as https://headwater.example", address)
	}
	return remote{base, key}, nil
}

// remote sends requests to another process.
type remote struct {
	base *url.URL
	key  string
}

// RoundTrip sends a request to where the service is.
func (r remote) RoundTrip(request *http.Request) (*http.Response, error) {
	outgoing := request.Clone(request.Context())
	outgoing.URL.Scheme, outgoing.URL.Host, outgoing.Host = r.base.Scheme, r.base.Host, r.base.Host
	prefix := strings.TrimSuffix(r.base.EscapedPath(), "/")
	outgoing.URL.RawPath = prefix + request.URL.EscapedPath()
	path, err := url.PathUnescape(outgoing.URL.RawPath)
	if err != nil {
		return nil, err
	}
	outgoing.URL.Path = path
	authorize(outgoing, r.key)
	return http.DefaultTransport.RoundTrip(outgoing)
}

func authorize(request *http.Request, key string) {
	if key != "" {
		request.Header.Set("Authorization", "Bearer "+key)
	}
}
