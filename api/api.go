// Package api serves Headwater over HTTP. It must not know SQL, nor how anything is stored, nor how a report is made: it sees
// the store through the narrow interfaces that stand beside the handlers, which [Store] embeds, and asks package report.
//
// A request passes, from the outside in: CORS, tracing, [observer], write deadlines, compression; then for each operation the
// traits that were stated where it was registered decide on limits, scope and idempotency (operation.go). All errors become
// problems by one table (problem.go). The OpenAPI document is made from the same registrations (conventions.go, openapi.go).
package api

import (
	"net/http"
	"net/netip"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/events"
)

// Options say how the service is run.
type Options struct {
	PublicRead bool     //  everybody may read without a key
	Origins    []string // whose pages may call the service from a browser (CORS); * is all of them
	PublicURL  string   // under which others reach it, for the addresses on cards; that of each request where it is empty
	Hosts      []string // names under which the service may be called without a key, besides those of its own machine
	Loopback   bool     // it listens on its own machine alone, and so is read without a key under these names alone
	Limits     Limits
	Proxies    []netip.Prefix  // whose Forwarded and X-Forwarded-For say where a request comes from
	LogClients bool            // the log names the addresses that requests come from
	Stopping   <-chan struct{} // closed when the service begins to stop, which ends streams; never if nil
	Traced     bool            // the requests are traced, by the tracer that OpenTelemetry has for the program
	// Webhooks, where there is one, makes the secrets of webhooks and says where they may be; without it none can be made.
	Webhooks *events.Webhooks
	// Operator, where there is one, makes all requests, as the history names who does, and may do everything: whoever runs a command
	// on the database has it anyway. It is for a handler that no network reaches.
	Operator string
	// Assistant, where there is one, makes what answers assistants at /mcp, from the OpenAPI document; it calls the service for them.
	Assistant func(service http.Handler, document []byte) (http.Handler, error)
	// Page, where there is one, adds the page that people work with, at addresses that no operation has.
	Page func(*http.ServeMux)
	// Measures takes the measures, for whoever serves them elsewhere. Without it they are at /metrics.
	Measures *prometheus.Registry
	// Standbys, where there are any, say which of Readers, the stores on standbys, to ask for what only reads.
	Standbys Standbys
	Readers  []Store
	// Desk is the name of the desk that is served, in the log, the measures and the session's cookie; empty for the main service.
	Desk string
	// Desks, where there are any, are served beside the main service.
	Desks *Desks
	// Shared has the limits of several services, instead of Limits for this one.
	Shared *Shared
}

// New gives the handler of the whole service.
func New(s Store, options Options) http.Handler {
	mux := http.NewServeMux()
	if options.Shared == nil {
		options.Shared = NewShared(options.Limits)
	}
	limits := options.Shared.limits
	guard := newAccess(s, options, limits)
	api := newAPI(mux, s, options, limits, guard)
	var service http.Handler
	described := describe(api)
	if options.Assistant != nil {
		registerAssistant(api, sync.OnceValues(func() (http.Handler, error) {
			document, err := described.v31()
			if err != nil {
				return nil, err
			}
			return options.Assistant(service, document)
		}))
	}
	observer := newObserver(s, options)
	if options.Measures == nil {
		observer.registerMetrics(api)
	}
	serveDocs(mux)
	if options.Page != nil {
		options.Page(mux)
	}
	serveDocuments(mux, described)
	origins := newOrigins(options.Origins)
	var routed http.Handler = mux
	if options.Standbys != nil {
		route := &router{primary: mux, standbys: options.Standbys, reads: readsOf(api)}
		for _, reader := range options.Readers {
			route.readers = append(route.readers, http.NewServeMux())
			newAPI(route.readers[len(route.readers)-1], reader, options, limits, guard)
		}
		routed = route
	}
	handler := observer.observe(limits.writeDeadline(compress(origins.refuseForeign(refuseUnserved(muxProblems(mux, routed))))))
	if options.Traced {
		handler = otelhttp.NewHandler(handler, "headwater",
			otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string { return r.Method }))
	}
	service = origins.allow(moveGoogleKey(lowerMediaTypes(handler)))
	if options.Desks != nil {
		service = options.Desks.handOn(service)
	}
	return service
}

// muxProblems turns what the mux itself answers in plain text into problems: an unknown path, and a method that a path does not
// have. It also answers OPTIONS. What the mux has, next answers.
func muxProblems(mux *http.ServeMux, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		none := func(status int) {
			writeProblem(w, r, problem(status, codeOf(status),
				"the service has no such path, or no such method on it; /openapi.json lists all"))
		}
		if strings.TrimSuffix(r.URL.Path, "/") != strings.TrimSuffix(path.Clean("/"+r.URL.Path), "/") {
			none(http.StatusNotFound) // the mux would redirect to a path that was not asked for
			return
		}
		if _, pattern := mux.Handler(r); pattern != "" {
			next.ServeHTTP(w, r)
			return
		}
		discarded := &bodyDiscarder{ResponseWriter: w}
		mux.ServeHTTP(discarded, r)
		if allowed := w.Header().Get("Allow"); allowed != "" && r.Method == http.MethodOptions {
			w.Header().Set("Allow", allowed+", "+http.MethodOptions)
			w.Header().Del("Content-Type") // of the text that the mux gives for an error
			w.Header().Del("X-Content-Type-Options")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		none(discarded.status)
	})
}

// bodyDiscarder keeps the status and the headers of a response, but not its body.
type bodyDiscarder struct {
	http.ResponseWriter
	status int
}

// WriteHeader keeps the status.
func (d *bodyDiscarder) WriteHeader(status int) { d.status = status }

// Write drops the text.
func (d *bodyDiscarder) Write(text []byte) (int, error) { return len(text), nil }

// huma keeps these settings in package variables, for the whole program.
func init() {
	huma.DefaultArrayNullable = false
	huma.ValidateStrictCasing = true
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		return newError(status, message, errs...)
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, message string, errs ...error) huma.StatusError {
		if status == http.StatusBadRequest && len(errs) == 0 { // which huma answers only where the body is missing
			errs = []error{headwater.NewFault("", headwater.FaultRequired, "", "a body in JSON")}
		}
		if len(errs) > 0 {
			errs = append(errs, requestOf(ctx.Context()).allFaults(ctx.Context())...)
		}
		p := newError(status, message, errs...)
		requestOf(ctx.Context()).asGiven(p.Errors)
		return forClient(ctx.Context(), p)
	}
}

// newAccess makes what decides who may do what, for all servers of the database.
func newAccess(s Store, options Options, limits *limiter) *access {
	return &access{keys: keysOf{s, options.Readers, options.Standbys}, publicRead: options.PublicRead,
		hosts:   slices.Concat(localHosts, options.Hosts),
		anyHost: !options.Loopback && len(options.Hosts) == 0, limits: limits, open: &openAccess{},
		operator: options.Operator}
}

// newAPI adds the operations on a store, which is that of the primary or of a standby. What is kept of answers is kept for it alone.
func newAPI(mux *http.ServeMux, s Store, options Options, limits *limiter, guard *access) huma.API {
	config := huma.DefaultConfig("Headwater", headwater.Version)
	config.CreateHooks = nil
	config.DocsPath, config.OpenAPIPath = "", ""
	config.Formats = formats()
	config.Transformers = append(config.Transformers, addRequestID, selectFields)
	config.Info.Description = "Every claim with the chain of who told whom that carried it, what corroborates it and what contradicts it."
	config.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	registerAliases(config.Components.Schemas)
	api := humago.New(mux, config)
	api.UseMiddleware(nameOperation, forbidStoring, validateRequest(api), limits.limit(api), guard.authorize(api), limits.receive(api),
		replayStored(api, s), preferSealed(s), readWritten(api, s))
	reports := &reportHandlers{s, newReportCache()}
	registerHealth(api, s, options.Standbys)
	registerSources(api, s)
	registerRelations(api, s)
	registerDocuments(api, s)
	registerClaims(api, s)
	registerClaimRelated(api, s)
	registerAttributions(api, s)
	registerLinks(api, s)
	registerMatches(api, s)
	registerReviews(api, s)
	registerProposals(api, s)
	registerGoogle(api, s)
	registerHistory(api, s, reports)
	streams := streaming{guard, options.Limits, options.Stopping}
	registerStream(api, s, streams)
	registerStandingChanges(api, s, streams)
	registerLog(api, s)
	registerUndo(api, s)
	registerFeeds(api, s)
	registerReports(api, reports)
	registerCard(api, reports, options)
	registerBatch(api, s)
	registerImpact(api, s)
	registerControl(api, s)
	registerClaimBundle(api, s)
	registerSuggestions(api, s)
	registerTransfer(api, s)
	registerKeys(api, s, guard.open)
	registerWebhooks(api, s, options.Webhooks)
	registerSession(api, s, guard)
	declareConventions(api.OpenAPI())
	return api
}
