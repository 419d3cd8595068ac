package api

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/standby"
)

// tags are what operations are listed under.
var tags = []*huma.Tag{
	{Name: "claims", Description: "Checkable statements, and what touches them."},
	{Name: "sources", Description: "Anyone who can say something."},
	{Name: "relations", Description: "Who controls whom, and since when."},
	{Name: "documents", Description: "Published texts."},
	{Name: "attributions", Description: "The places in documents where claims are made, each with its chain of who told whom."},
	{Name: "links", Description: "How claims stand to each other."},
	{Name: "matches", Description: "Sources and documents that may be one, and reprints: what people decide."},
	{Name: "review", Description: "What waits for a decision, and the decisions."},
	{Name: "reviews", Description: "Fact-check verdicts."},
	{Name: googleTag, Description: "Google's Fact Check Tools API, served from the reviews."},
	{Name: "analysis", Description: "How many independent origins stand behind a claim, and what speaks against it."},
	{Name: "bundles", Description: "Import and export."},
	{Name: "changes", Description: "The history."},
	{Name: "webhooks", Description: "Addresses that the service sends what happens to."},
	{Name: "keys", Description: "Who may use the service."},
	{Name: "session", Description: "A page that works for whoever has a key."},
	{Name: "service", Description: "Whether the service is well."},
}

// declareConventions adds to the document what all operations have in common.
func declareConventions(document *huma.OpenAPI) {
	document.Info.License = &huma.License{Name: "Apache 2.0", URL: "https://www.apache.org/licenses/LICENSE-2.0"}
	document.Info.Contact = &huma.Contact{Name: "Headwater", URL: "https://headwater.example/"}
	document.Servers = []*huma.Server{
		{URL: ".", Description: "The service that serves this document."},
		{URL: "http://127.0.0.1:8080", Description: "The service as it is started by default."},
	}
	document.Tags = tags
	document.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		keyScheme: {
			Type: "http", Scheme: "bearer", Description: "An API key. x-scope on each operation is what the key needs: write and " +
				"review include read, admin includes all; with \"write or review\" either will do.",
		},
		"googleKey": {Type: "apiKey", In: "query", Name: "key", Description: "The same key, as Google's clients send it."},
		"googleKeyHeader": {Type: "apiKey", In: "header", Name: googleKeyHeader,
			Description: "The same key, as others of Google's clients send it."},
	}
	describeDeliveries(document)
	declareFields(document)
	declareExamples(document)
	nameEnums(document)
	declareLines(document)
	for _, path := range document.Paths {
		for _, operation := range operationsOf(path) {
			if !ofGoogle(operation.Path) { // which says 400
				declareProblems(operation, http.StatusUnprocessableEntity) // where a parameter is unknown
			}
			dropNegotiation(operation)
			declareParameters(operation)
			declareScope(operation)
			declareIdempotency(operation)
			declareGroup(operation)
			declarePrefer(operation)
			for status, response := range operation.Responses {
				declareHeaders(status, response)
			}
		}
	}
}

func operationsOf(path *huma.PathItem) []*huma.Operation {
	var operations []*huma.Operation
	for _, operation := range []*huma.Operation{path.Get, path.Put, path.Post, path.Patch, path.Delete} {
		if operation != nil {
			operations = append(operations, operation)
		}
	}
	return operations
}

// dropNegotiation removes the headers that OpenAPI describes as media types, and that it tells tools to ignore as parameters.
func dropNegotiation(operation *huma.Operation) {
	operation.Parameters = slices.DeleteFunc(operation.Parameters, func(p *huma.Param) bool {
		return p.In == "header" && (p.Name == "Accept" || p.Name == "Content-Type")
	})
}

// declareParameters says that a parameter that is present has a value, as [validateQuery] demands. The words to search for and
// the cursor of a first page may be empty. Ids are read as text, so that each malformed one is a fault of its own.
func declareParameters(operation *huma.Operation) {
	least := 1
	for _, p := range operation.Parameters {
		if p.In == "query" && p.Schema.Type == huma.TypeString && p.Name != "q" && p.Name != "cursor" && !ofGoogle(operation.Path) {
			p.Schema.MinLength = &least
		}
		if p.In == "query" && p.Name == "id" {
			p.Schema.Items = uuidSchema{}.Schema(nil)
		}
	}
}

// declareScope says what an operation needs, and how it refuses.
func declareScope(operation *huma.Operation) {
	scope := traitsOf(operation).scope
	if scope == noScope {
		operation.Security = []map[string][]string{}
		return
	}
	operation.Security = []map[string][]string{{keyScheme: {}}}
	if ofGoogle(operation.Path) {
		operation.Security = append(operation.Security, map[string][]string{"googleKey": {}}, map[string][]string{"googleKeyHeader": {}})
	}
	if scope == headwater.ScopeRead { // where everybody may read, no key is needed
		operation.Security = append(operation.Security, map[string][]string{})
	}
	operation.Extensions = map[string]any{"x-scope": string(scope)}
	declareProblems(operation, http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests, http.StatusServiceUnavailable)
	if operation.RequestBody != nil {
		declareProblems(operation, http.StatusUnsupportedMediaType)
	}
}

// declareProblems says that an operation can answer with problems of these statuses.
func declareProblems(operation *huma.Operation, statuses ...int) {
	for _, status := range statuses {
		operation.Responses[strconv.Itoa(status)] = &huma.Response{Description: http.StatusText(status),
			Content: operation.Responses["500"].Content}
	}
}

// declareIdempotency declares the Idempotency-Key of operations that take one.
func declareIdempotency(operation *huma.Operation) {
	if traitsOf(operation).idempotent == no {
		return
	}
	operation.Parameters = append(operation.Parameters, &huma.Param{
		Name: idempotencyHeader, In: "header", Example: "0199f3a2-7c1e-7d3a-9f00-1b2c3d4e5f60",
		Description: "Names the request, so that asking again gives the same answer and changes nothing. 409 while the first is " +
			"being answered, 422 for another request.",
		Schema: &huma.Schema{Type: huma.TypeString, Pattern: idempotencyKeyPattern.String()},
	})
	for status, response := range operation.Responses {
		if status[0] == '2' {
			declareHeader(response, replayedHeader, "true if the answer was given to the same request before.", "true")
		}
	}
}

// declareGroup declares the group that the changes of an operation have.
func declareGroup(operation *huma.Operation) {
	for status, response := range operation.Responses {
		if status[0] == '2' && traitsOf(operation).records() {
			declareHeader(response, standby.Header, "Where the database has standbys: a token of all that was written until now. "+
				"A read that sends it, in the header of the same name, finds it all. Of two tokens, the later is the greater text.",
				"01693a5cf3c8d1e2a40000000100000000016b3d28")
			declareHeader(response, groupHeader, "The group of the changes that it made: /v1/changes?group= lists them, /v1/changes/undo "+
				"undoes them. Missing where nothing had to be changed.", "4a1c0a52-6a5e-7f0e-9d0e-3f1f6a1b2c3d")
		}
	}
}

func declareHeader(response *huma.Response, name, description, example string) {
	if response.Headers == nil {
		response.Headers = map[string]*huma.Param{}
	}
	response.Headers[name] = &huma.Param{Description: description, Schema: headerSchema, Example: example}
}

// headerSchema is that of all headers which are declared here: there are thousands, in the document of each desk.
var headerSchema = &huma.Schema{Type: huma.TypeString}

func declareHeaders(status string, response *huma.Response) {
	header := func(name, description, example string) { declareHeader(response, name, description, example) }
	header("X-Request-Id", "Names the request in the service's log: the client's own id, or a new one.",
		"0199f3a2-7c1e-7d3a-9f00-1b2c3d4e5f60")
	header("Vary", "What of the request the form of the answer depends on.", "Accept-Encoding")
	header("Cache-Control",
		"no-store where the answer has a token, no-transform where it has a version, private where a key was used.",
		"no-transform, private")
	header("RateLimit", "What is left of the client's rate, and in how many seconds it is whole again; where the service has one.",
		`"client";r=87;t=1`)
	header("RateLimit-Policy", "How many requests may come in how many seconds.", `"client";q=100;w=2`)
	if response.Content[eventStream] != nil {
		header("X-Accel-Buffering", "no, which tells nginx to send each event on at once.", "no")
	}
	switch status {
	case "429", "503":
		header("Retry-After", "In how many seconds to ask again.", "1")
	case "409":
		header("Retry-After", "In how many seconds to ask again, where the cause ends by itself: somebody changed the same things at the "+
			"same time, or the first request with this Idempotency-Key is being answered.", "1")
	case "401", "403":
		header("WWW-Authenticate", "What is missing, as RFC 6750 has it.", `Bearer error="insufficient_scope", scope="write"`)
	case "304":
		response.Content = nil
		header("ETag", "The version that the client has.", `"3"`)
	case "412":
		header("ETag", "The version that the thing has now.", `"4"`)
	}
}
