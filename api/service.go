package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/headwater-project/headwater/store"
)

// request is what is known about a request while it is answered.
type request struct {
	id          string
	operation   string // of the document; empty where the path has none
	actor       string // who asks, as the history names it
	client      string // whose rate it counts against: a key, or the address of who has none
	holder      string // whose Idempotency-Keys they are: a key, or all who have none
	secret      string // the token that was shown; empty without one
	public      bool   // it is let through since everybody may read
	once        *store.Idempotency
	google      bool    // it is for a path whose clients read errors as Google gives them
	queryFaults []error // what is wrong with its parameters that huma does not see
}

// by is who asks.
func (r *request) by() store.Authorship { return store.Authorship{Actor: r.actor, Idempotency: r.once} }

type requestKey struct{}

func requestOf(ctx context.Context) *request {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r
	}
	return &request{}
}

// LogHandler puts the request's id, and that of the trace that it is part of, into each line that is logged while it is
// answered.
type LogHandler struct{ slog.Handler }

// Handle adds the ids.
func (h LogHandler) Handle(ctx context.Context, record slog.Record) error {
	if id := requestOf(ctx).id; id != "" {
		record.AddAttrs(slog.String("request_id", id))
	}
	if span := trace.SpanContextFromContext(ctx); span.IsValid() {
		record.AddAttrs(slog.String("trace_id", span.TraceID().String()))
	}
	return h.Handler.Handle(ctx, record)
}

// WithAttrs keeps the id.
func (h LogHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return LogHandler{h.Handler.WithAttrs(attrs)}
}

// WithGroup keeps the id.
func (h LogHandler) WithGroup(name string) slog.Handler { return LogHandler{h.Handler.WithGroup(name)} }

// service is what goes around all answers: ids, logs and measures.
type service struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

func newService(s Store) *service {
	labels := []string{"operation", "method", "status"}
	v := &service{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "headwater_http_requests_total", Help: "Answered requests."}, labels),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "headwater_http_request_duration_seconds", Help: "Time from a request's header to the end of its answer.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 60},
		}, labels[:1]),
	}
	v.registry.MustRegister(v.requests, v.seconds, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), collectors.NewBuildInfoCollector())
	if connections, ok := s.(prometheus.Collector); ok {
		v.registry.MustRegister(connections)
	}
	return v
}

// pages adds what is served beside the operations of the document: measures, and documentation that needs no network.
func (v *service) pages(mux *http.ServeMux) {
	mux.Handle("GET /metrics", promhttp.HandlerFor(v.registry, promhttp.HandlerOpts{Registry: v.registry}))
	documentation(mux)
}

// saneID is a request's id as a client may give it.
var saneID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,128}$`)

// listHeaders hold lists, which may come in several lines (RFC 9110 §5.3); huma reads the first.
var listHeaders = []string{"Accept", "Content-Encoding", "If-Match", "If-None-Match"}

// around gives each request an id, survives a panic, and logs and measures the answer.
func (v *service) around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		asked := &request{id: r.Header.Get("X-Request-Id"), google: ofGoogle(r.URL.Path)}
		if !saneID.MatchString(asked.id) {
			asked.id = uuid.Must(uuid.NewV7()).String()
		}
		w.Header().Set("X-Request-Id", asked.id)
		for _, name := range listHeaders {
			if lines := r.Header.Values(name); len(lines) > 1 {
				r.Header.Set(name, strings.Join(lines, ", "))
			}
		}
		r = r.WithContext(context.WithValue(traced(r), requestKey{}, asked))
		answer := &recorded{ResponseWriter: w}
		defer func() {
			v.done(r, answer, asked, time.Since(began))
		}()
		defer survive(r, answer)
		next.ServeHTTP(answer, r)
	})
}

// traced is the context of a request with the trace that its client says it is part of (W3C Trace Context), unless it
// has a span of our own already.
func traced(r *http.Request) context.Context {
	if r.Header.Get("Traceparent") == "" || trace.SpanContextFromContext(r.Context()).IsValid() {
		return r.Context()
	}
	return propagation.TraceContext{}.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
}

// survive answers for a handler that panicked. One that aborts its answer on purpose goes on doing so.
func survive(r *http.Request, answer *recorded) {
	reason := recover()
	if reason == nil {
		return
	}
	if err, ok := reason.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(reason)
	}
	slog.ErrorContext(r.Context(), "a handler panicked", "reason", reason, "stack", string(debug.Stack()))
	if answer.status != 0 {
		panic(http.ErrAbortHandler) // too late to say so
	}
	writeProblem(answer, r, internal())
}

func (v *service) done(r *http.Request, answer *recorded, asked *request, took time.Duration) {
	if answer.status == 0 {
		answer.status = http.StatusOK
	}
	v.requests.WithLabelValues(asked.operation, methodOf(r), strconv.Itoa(answer.status)).Inc()
	v.seconds.WithLabelValues(asked.operation).Observe(took.Seconds())
	slog.InfoContext(r.Context(), "answered", "method", r.Method, "path", r.URL.Path, "operation", asked.operation, "actor", asked.actor, "status", answer.status,
		"bytes", answer.bytes, "duration", took)
}

// methodOf is a request's method as the measures name it; a client can make up any number of others.
func methodOf(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return r.Method
	}
	return "other"
}

// noted is the middleware that says which operation a request is for.
func noted(ctx huma.Context, next func(huma.Context)) {
	operation := ctx.Operation().OperationID
	requestOf(ctx.Context()).operation = operation
	trace.SpanFromContext(ctx.Context()).SetName(operation)
	next(ctx)
}

// identified puts the request's id into each problem.
func identified(ctx huma.Context, _ string, body any) (any, error) {
	if p, ok := body.(*Problem); ok {
		p.RequestID = requestOf(ctx.Context()).id
	}
	return body, nil
}

func writeProblem(w http.ResponseWriter, r *http.Request, p *Problem) {
	answer := told(r.Context(), p)
	w.Header().Set("Content-Type", answer.ContentType(""))
	w.Header().Del("Content-Length")
	w.WriteHeader(answer.GetStatus())
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		slog.DebugContext(r.Context(), "the client left", "error", err)
	}
}

// recorded keeps the status and size of an answer.
type recorded struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader keeps the status. What is not modified has no body, and so no type.
func (a *recorded) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
	if status == http.StatusNotModified {
		a.Header().Del("Content-Type")
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write keeps the size.
func (a *recorded) Write(text []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	n, err := a.ResponseWriter.Write(text)
	a.bytes += int64(n)
	return n, err
}

// Unwrap lets [http.ResponseController] reach the connection.
func (a *recorded) Unwrap() http.ResponseWriter { return a.ResponseWriter }
