package api

import (
	"context"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/headwater-project/headwater"
)

// registerAssistant adds the path at which assistants speak the Model Context Protocol. It is an operation like all others, so that
// limits, keys, hosts and the log hold for it, but not one of the OpenAPI document: its messages are that protocol's.
func registerAssistant(api huma.API, handler func() (http.Handler, error)) {
	operation := huma.Operation{
		OperationID: "callAssistant", Method: http.MethodPost, Path: "/mcp", Hidden: true,
		Summary:     "Speak the Model Context Protocol",
		Description: "Messages of the Model Context Protocol, over streamable HTTP without sessions.",
		// without a schema, since huma would read a body that has one
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {}}},
	}
	register(api, operation, readTraits(headwater.ScopeRead), func(c context.Context, in *struct{ Upload }) (*huma.StreamResponse, error) {
		assistant, err := handler()
		if err != nil {
			return nil, fail(c, err)
		}
		return &huma.StreamResponse{Body: func(ctx huma.Context) {
			called := ctx.URL()
			r := (&http.Request{
				Method: ctx.Method(), URL: &called, Host: ctx.Host(), RemoteAddr: ctx.RemoteAddr(), Header: http.Header{},
				Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Body: io.NopCloser(in.body), ContentLength: -1,
			}).WithContext(ctx.Context())
			ctx.EachHeader(r.Header.Add)
			assistant.ServeHTTP(&streamedResponse{ctx: ctx, header: http.Header{}}, r)
		}}, nil
	})
}

// streamedResponse writes a response by the context of its operation, so that the request gives up its place as others do.
type streamedResponse struct {
	ctx    huma.Context
	header http.Header
	begun  bool
}

// Header gives the headers, to be set.
func (s *streamedResponse) Header() http.Header { return s.header }

// WriteHeader sends the headers.
func (s *streamedResponse) WriteHeader(status int) {
	for name, values := range s.header {
		for _, value := range values {
			s.ctx.AppendHeader(name, value)
		}
	}
	s.ctx.SetStatus(status)
	s.begun = true
}

// Write sends a part of the body.
func (s *streamedResponse) Write(text []byte) (int, error) {
	if !s.begun {
		s.WriteHeader(http.StatusOK)
	}
	return s.ctx.BodyWriter().Write(text)
}
