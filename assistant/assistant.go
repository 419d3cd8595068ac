// Package assistant lets an assistant use the service by the Model Context Protocol: it reads what is stored and asks for reports,
// and proposes what counts for nothing until a person accepts it. Its tools are made from the operations of the OpenAPI document,
// and each call of one is a request to the service, with the key of whoever calls. It must not know how the service works inside.
package assistant

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/headwater-project/headwater/transport"
)

// maxAnswer is the size of an answer, in bytes, up to which an assistant gets it whole. A longer one is refused with what makes
// it shorter: a part of a report could be taken for all of it.
const maxAnswer = 1 << 20

//go:embed instructions.md
var instructions string

//go:embed reading.md
var readingRules string

// Assistant is the tools, resources and prompts that assistants get.
type Assistant struct {
	version string
	readers []reader
	writers []writer
}

// New makes the tools from the service's OpenAPI document.
func New(document []byte, version string) (*Assistant, error) {
	d, err := parseDocument(document)
	if err != nil {
		return nil, err
	}
	a := &Assistant{version: version}
	for _, r := range readers {
		if err := r.describe(d); err != nil {
			return nil, fmt.Errorf("tool %s: %w", r.name, err)
		}
		a.readers = append(a.readers, r)
	}
	a.writers, err = newWriters(d)
	return a, err
}

// Serve speaks the protocol over a transport, such as standard input and output, until its end. Requests go by send.
func (a *Assistant) Serve(ctx context.Context, over mcp.Transport, send http.RoundTripper) error {
	return a.server(client{send}).Run(ctx, over)
}

// Handler speaks the protocol over HTTP (streamable, without sessions), and sends requests to the service in the name of who
// calls.
func (a *Assistant) Handler(service http.Handler) http.Handler {
	// One server for all who call, since to make its tools takes longer than most calls.
	server := a.server(client{byCaller{service}})
	handler := mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return server }, &mcp.StreamableHTTPOptions{
		Stateless: true, JSONResponse: true, PropagateRequestCancellation: true,
		// The service asks for keys, and looks at hosts and origins, before it hands a request on.
		DisableLocalhostProtection: true, MaxRequestBodyBytes: -1,
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, refused, id, err := readMessage(r.Body)
		if refused != nil {
			err = refuse(w, refused, id)
		}
		if err != nil {
			slog.DebugContext(r.Context(), "the client left", "error", err)
		}
		if refused != nil || err != nil {
			return
		}
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
		handler.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), callerKey{}, r)))
	})
}

// callerKey is where the context of a call has its request. Without sessions, what a call does has the context of its request.
type callerKey struct{}

// byCaller sends requests to the service in the name of whoever made the call that they belong to.
type byCaller struct{ service http.Handler }

// RoundTrip calls the service.
func (b byCaller) RoundTrip(request *http.Request) (*http.Response, error) {
	caller, known := request.Context().Value(callerKey{}).(*http.Request)
	if !known {
		return nil, errors.New("nobody is known to have made this call")
	}
	return transport.OnBehalf{Caller: caller, Service: b.service, Most: maxAnswer}.RoundTrip(request)
}

// server is the protocol's server for whoever calls by this client.
func (a *Assistant) server(c client) *mcp.Server {
	s := mcp.NewServer(&mcp.Implementation{Name: "headwater", Title: "Headwater", Version: a.version},
		&mcp.ServerOptions{Instructions: instructions})
	for _, r := range a.readers {
		s.AddTool(&r.tool, r.call(c))
	}
	for _, w := range a.writers {
		s.AddTool(&w.tool, w.call(c))
	}
	for _, resource := range []string{"claims", "documents"} {
		prefix := "headwater://" + resource + "/"
		s.AddResourceTemplate(&mcp.ResourceTemplate{
			Name: strings.TrimSuffix(resource, "s"), URITemplate: prefix + "{id}", MIMEType: "application/json",
			Description: "One of the " + resource + ", by its id, as GET /v1/" + resource + "/{id} gives it.",
		}, func(ctx context.Context, req *mcp.ReadResourceRequest) (*mcp.ReadResourceResult, error) {
			path := "/v1/" + resource + "/" + url.PathEscape(strings.TrimPrefix(req.Params.URI, prefix))
			answered, err := c.send(ctx, http.MethodGet, path, nil, "", nil)
			if err != nil {
				return nil, err
			}
			if answered.status == http.StatusNotFound {
				return nil, mcp.ResourceNotFoundError(req.Params.URI)
			}
			if answered.refused() {
				return nil, errors.New(string(answered.body))
			}
			return &mcp.ReadResourceResult{Contents: []*mcp.ResourceContents{{
				URI: req.Params.URI, MIMEType: "application/json", Text: string(answered.body),
			}}}, nil
		})
	}
	s.AddPrompt(&mcp.Prompt{
		Name: "read_article", Title: "Read an article into chains",
		Description: "How to read a stored document into claims and the chains of who told whom, and to propose them.",
		Arguments:   []*mcp.PromptArgument{{Name: "document", Description: "Id of the document.", Required: true}},
	}, func(_ context.Context, req *mcp.GetPromptRequest) (*mcp.GetPromptResult, error) {
		document := req.Params.Arguments["document"]
		if document == "" {
			return nil, &jsonrpc.Error{Code: jsonrpc.CodeInvalidParams, Message: "document is missing; expected the id of a document"}
		}
		return &mcp.GetPromptResult{Messages: []*mcp.PromptMessage{{Role: "user", Content: &mcp.TextContent{
			Text: strings.ReplaceAll(readingRules, "{document}", document),
		}}}}, nil
	})
	return s
}

// client sends requests to the service.
type client struct{ by http.RoundTripper }

// answer is what the service answers.
type answer struct {
	status int
	body   []byte
}

// refused says whether the answer is a problem.
func (a answer) refused() bool { return a.status >= http.StatusBadRequest }

// send sends a request. The host is a name only: the transport knows where the service is.
func (c client) send(ctx context.Context, method, path string, query url.Values, mediaType string, body []byte) (answer, error) {
	address := "http://headwater" + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	if mediaType != "" {
		request.Header.Set("Content-Type", mediaType)
	}
	response, err := c.by.RoundTrip(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	return answer{response.StatusCode, text}, err
}

// result gives an answer to the assistant. What the service refuses is an error that the assistant can mend, not one of the
// protocol.
func (a answer) result() *mcp.CallToolResult {
	if len(a.body) > maxAnswer {
		return refusal(fmt.Sprintf("the answer has more than %d bytes; ask for less: a lower limit, one claim at a time, or fields",
			maxAnswer))
	}
	return &mcp.CallToolResult{IsError: a.refused(), Content: []mcp.Content{&mcp.TextContent{Text: string(a.body)}}}
}

// refusal is the result of a call that cannot be made.
func refusal(why string) *mcp.CallToolResult {
	return &mcp.CallToolResult{IsError: true, Content: []mcp.Content{&mcp.TextContent{Text: why}}}
}

// maxUnknown is how many unknown arguments a refusal names, as a problem lists its faults.
const maxUnknown = 100

// readArguments reads the arguments of a call; the result, if there is one, refuses those that are no object or that the tool does not
// have.
func readArguments(req *mcp.CallToolRequest, takes []string) (map[string]json.RawMessage, *mcp.CallToolResult) {
	arguments := map[string]json.RawMessage{}
	if len(req.Params.Arguments) > 0 {
		if err := json.Unmarshal(req.Params.Arguments, &arguments); err != nil {
			return nil, refusal("the arguments are no JSON object")
		}
	}
	var unknown []string
	for _, name := range slices.Sorted(maps.Keys(arguments)) {
		if !slices.Contains(takes, name) {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		named, more := unknown[:min(len(unknown), maxUnknown)], ""
		if beyond := len(unknown) - len(named); beyond > 0 {
			more = fmt.Sprintf(" and %d more", beyond)
		}
		return nil, refusal(fmt.Sprintf("%s has no argument %s%s; expected %s", req.Params.Name, strings.Join(named, ", "), more,
			strings.Join(takes, ", ")))
	}
	return arguments, nil
}
