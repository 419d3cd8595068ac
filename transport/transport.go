// Package transport sends requests to the service: to its handler in this process, or to another process. Whoever uses it speaks HTTP
// either way, and meets the service's own rules and errors.
//
// It must not know what the service does, nor what is asked of it.
package transport

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

// OnBehalf sends requests to a handler in this process, as whoever made a request.
type OnBehalf struct {
	Caller  *http.Request
	Service http.Handler
	// Most is how many bytes of a response are kept; one more is, where there are more, so that the reader sees it. 0 is all.
	Most int
}

// RoundTrip calls the handler.
func (o OnBehalf) RoundTrip(request *http.Request) (*http.Response, error) {
	inner := request.Clone(request.Context())
	inner.RequestURI, inner.RemoteAddr, inner.Host = request.URL.RequestURI(), o.Caller.RemoteAddr, o.Caller.Host
	for _, name := range handedOn {
		if values := o.Caller.Header.Values(name); len(values) > 0 {
			inner.Header[name] = values
		}
	}
	recorder := &recorder{header: http.Header{}, status: http.StatusOK, most: o.Most}
	o.Service.ServeHTTP(recorder, inner)
	return &http.Response{StatusCode: recorder.status, Header: recorder.header, Request: request,
		Body: io.NopCloser(&recorder.body)}, nil
}

// recorder keeps a response.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
	most   int
}

// Header gives the headers, to be set.
func (r *recorder) Header() http.Header { return r.header }

// WriteHeader keeps the status.
func (r *recorder) WriteHeader(status int) { r.status = status }

// Write keeps what fits.
func (r *recorder) Write(text []byte) (int, error) {
	kept := text
	if r.most > 0 {
		kept = text[:min(len(text), max(0, r.most+1-r.body.Len()))]
	}
	r.body.Write(kept)
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
	return OnBehalf{Caller: caller, Service: service}
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
