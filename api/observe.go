package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
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

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/standby"
)

// request is what is known about a request while it is answered.
type request struct {
	id          string
	address     netip.Addr         // that it comes from
	place       *place             // among those that are worked on, or whose clients are waited for; nil where there is no limit
	memory      *memory            // that the making of its answer holds; nil where that is not counted
	operation   string             // of the document; empty where the path has none
	actor       string             // who makes the request, as the history names it
	key         uuid.UUID          // of the actor; uuid.Nil without one
	scopes      []headwater.Scope  // of the key
	group       uuid.UUID          // of the changes that the request makes
	records     bool               // what it changes is recorded in the history, under its group
	recorded    bool               // it made a change of the history, or an edition of a feed
	client      string             // whose rate it counts against: a key, or an address where there is none
	holder      string             // whose Idempotency-Key it is: that of a key, or of all who have none
	secret      string             // the token of its key or session; empty without one
	public      bool               // it has no key, and is let through since everybody may read
	idempotency *store.Idempotency // of its Idempotency-Key; nil without one
	google      bool               // its client reads errors in the form of Google's
	writes      bool               // its method may change something
	body        bool               // it has one
	foreign     bool               // a page of an origin that nobody named makes the browser send it
	faults      []error            // what is wrong with its parameters and its body that huma does not find
	said        any                // its body, where that says something about a thing
	unread      map[string]bool    // the members of it that could not be decoded
	store       NameStore          // that checks what is said
	names       map[shownID]string // what the client wrote for the ids of its body
	seal        SealStore          // that what it changes is waited for; nil where it does not prefer that
	sealed      bool               // a checkpoint covers what it changed
	asks        bool               // it only reads, whatever its method
	standby     bool               // a standby answers it
	elsewhere   bool               // the standby could not, and the primary is to be asked
	down        bool               // nor can it answer others
	desk        string             // that is asked; empty for the main service
	prefix      string             // of its path, in which the desk is named
}

// by is who makes the request, and the Idempotency-Key to store its response under.
func (r *request) by() store.Authorship {
	by := store.Authorship{Actor: r.actor, ActorID: r.key, Group: r.group, Idempotency: r.idempotency}
	if r.records {
		by.Recorded = &r.recorded
	}
	return by
}

type requestKey struct{}

func requestOf(ctx context.Context) *request {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r
	}
	return &request{}
}

// LogHandler puts the request's id, its desk, and the id of the trace that it is part of, into each line that is logged while it is
// answered.
type LogHandler struct{ slog.Handler }

// Handle adds the ids.
func (h LogHandler) Handle(ctx context.Context, record slog.Record) error {
	if id := requestOf(ctx).id; id != "" {
		record.AddAttrs(slog.String("request_id", id))
	}
	if desk := requestOf(ctx).desk; desk != "" {
		record.AddAttrs(slog.String("desk", desk))
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

// observer gives requests their ids, and logs, measures and traces how they are answered.
type observer struct {
	proxies    proxies
	logClients bool
	level      slog.Level // of the line for each request
	standbys   Standbys   // nil where there are none
	desk       string

	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

func newObserver(s Store, options Options) *observer {
	labels := []string{"operation", "method", "status"}
	o := &observer{
		proxies: options.Proxies, logClients: options.LogClients, standbys: options.Standbys,
		desk: options.Desk, registry: cmp.Or(options.Measures, prometheus.NewRegistry()),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "headwater_http_requests_total", Help: "Answered requests."},
			labels),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "headwater_http_request_duration_seconds", Help: "Time from a request's header to the end of its answer.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 60},
		}, labels[:1]),
	}
	if options.Operator != "" {
		o.level = slog.LevelDebug // who asks sees what is answered
	}
	var measures prometheus.Registerer = o.registry
	if o.desk == "" { // the process has one main service
		measures.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
			collectors.NewBuildInfoCollector())
	} else {
		measures = prometheus.WrapRegistererWith(prometheus.Labels{"desk": o.desk}, measures)
	}
	measures.MustRegister(o.requests, o.seconds)
	if connections, ok := s.(prometheus.Collector); ok {
		measures.MustRegister(connections)
	}
	if standbys, ok := o.standbys.(prometheus.Collector); ok {
		measures.MustRegister(standbys)
	}
	return o
}

// MetricsHandler gives the page that Prometheus reads, with the measures of desks where there are any. On loopback it answers under the
// machine's own names alone, so that no web page reads it through its reader's browser (DNS rebinding).
func MetricsHandler(measures *prometheus.Registry, desks *Desks, loopback bool) http.Handler {
	page := promhttp.HandlerFor(measures, promhttp.HandlerOpts{Registry: measures})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if loopback && !isHost(r.Host, localHosts) {
			http.Error(w, "on loopback the measures are at localhost, 127.0.0.1 and [::1] alone", http.StatusForbidden)
			return
		}
		if desks != nil { // which come and go
			promhttp.HandlerFor(append(prometheus.Gatherers{measures}, desks.measures()...), promhttp.HandlerOpts{}).ServeHTTP(w, r)
			return
		}
		page.ServeHTTP(w, r)
	})
}

// registerMetrics adds the page that Prometheus reads, which says how much of what is asked: for who may see everything. It is no part
// of the document.
func (o *observer) registerMetrics(api huma.API) {
	page := MetricsHandler(o.registry, nil, false) // the key decides
	operation := huma.Operation{OperationID: "getMetrics", Method: http.MethodGet, Path: "/metrics", Hidden: true,
		Description: "The measures, as Prometheus reads them."}
	type response struct {
		ContentType string `header:"Content-Type"`
		Body        []byte
	}
	register(api, operation, readTraits(headwater.ScopeAdmin), func(context.Context, *struct{}) (*response, error) {
		kept := keptPage{header: http.Header{}}
		page.ServeHTTP(&kept, &http.Request{})
		return &response{kept.header.Get("Content-Type"), kept.Bytes()}, nil
	})
}

// keptPage keeps what a handler answers.
type keptPage struct {
	bytes.Buffer
	header http.Header
}

// Header gives the header.
func (p *keptPage) Header() http.Header { return p.header }

// WriteHeader ignores the status: a page of measures is always one.
func (p *keptPage) WriteHeader(int) {}

// requestIDPattern is what a client's own request id may look like.
var requestIDPattern = regexp.MustCompile(`^[A-Za-z0-9._-]{1,128}$`)

// listHeaders hold lists, which may come in several lines (RFC 9110 §5.3); huma reads the first.
var listHeaders = []string{"Accept", "Content-Encoding", "If-Match", "If-None-Match"}

// observe is the middleware around all others: it gives each request an id, recovers panics, and logs and measures the response.
func (o *observer) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		info := &request{id: r.Header.Get("X-Request-Id"), address: o.proxies.clientOf(r), google: ofGoogle(r.URL.Path),
			desk: o.desk, prefix: deskPrefix(r.Context()),
			body:   r.ContentLength != 0,
			writes: r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodOptions}
		if info.writes {
			info.group = headwater.NewID()
		}
		if !requestIDPattern.MatchString(info.id) {
			info.id = uuid.Must(uuid.NewV7()).String()
		}
		w.Header().Set("X-Request-Id", info.id)
		for _, name := range listHeaders {
			if lines := r.Header.Values(name); len(lines) > 1 {
				r.Header.Set(name, strings.Join(lines, ", "))
			}
		}
		r = r.WithContext(context.WithValue(withTrace(r), requestKey{}, info))
		recorder := &statusRecorder{ResponseWriter: w, request: r, standbys: o.standbys}
		defer func() {
			o.record(r, recorder, info, time.Since(began))
		}()
		defer recoverPanic(r, recorder)
		next.ServeHTTP(recorder, r)
	})
}

// withTrace is the context of a request with the trace of its Traceparent header (W3C Trace Context), unless it has a span of
// our own already.
func withTrace(r *http.Request) context.Context {
	if r.Header.Get("Traceparent") == "" || trace.SpanContextFromContext(r.Context()).IsValid() {
		return r.Context()
	}
	return propagation.TraceContext{}.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
}

// recoverPanic answers for a handler that panicked. One that aborts its response on purpose goes on doing so.
func recoverPanic(r *http.Request, w *statusRecorder) {
	reason := recover()
	if reason == nil {
		return
	}
	if err, ok := reason.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(reason)
	}
	slog.ErrorContext(r.Context(), "a handler panicked", "reason", reason, "stack", string(debug.Stack()))
	if w.status != 0 {
		panic(http.ErrAbortHandler) // the header is sent: the client can only see the body cut off
	}
	writeProblem(w, r, internal())
}

// record logs and measures a response.
func (o *observer) record(r *http.Request, w *statusRecorder, info *request, took time.Duration) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	o.requests.WithLabelValues(info.operation, methodOf(r), strconv.Itoa(w.status)).Inc()
	o.seconds.WithLabelValues(info.operation).Observe(took.Seconds())
	log := slog.Default()
	if o.logClients {
		log = log.With("client", info.address)
	}
	log.Log(r.Context(), o.level, "answered", "method", r.Method, "path", r.URL.Path, "operation", info.operation, "actor", info.actor,
		"status", w.status, "bytes", w.bytes, "duration", took)
}

// methodOf is a request's method as the metrics name it. Clients can make up any number of others, which share one name.
func methodOf(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return r.Method
	}
	return "other"
}

// nameOperation is the middleware that says to logs, metrics and traces which operation a request is for, and whether the history
// has what it does.
func nameOperation(ctx huma.Context, next func(huma.Context)) {
	operation := ctx.Operation().OperationID
	request := requestOf(ctx.Context())
	request.operation, request.records = operation, traitsOf(ctx.Operation()).records()
	trace.SpanFromContext(ctx.Context()).SetName(operation)
	next(ctx)
}

// addRequestID is the transformer that puts the request's id into each problem.
func addRequestID(ctx huma.Context, _ string, body any) (any, error) {
	if p, ok := body.(*Problem); ok {
		p.RequestID = requestOf(ctx.Context()).id
	}
	return body, nil
}

func writeProblem(w http.ResponseWriter, r *http.Request, p *Problem) {
	body := forClient(r.Context(), p)
	w.Header().Set("Content-Type", body.ContentType(""))
	w.Header().Del("Content-Length")
	w.WriteHeader(body.GetStatus())
	if err := json.NewEncoder(w).Encode(body); err != nil {
		slog.DebugContext(r.Context(), "the client left", "error", err)
	}
}

// statusRecorder keeps the status and size of a response.
type statusRecorder struct {
	http.ResponseWriter
	request  *http.Request
	standbys Standbys // nil where there are none
	status   int
	bytes    int64
}

// groupHeader says by which group the history has what a request changed.
const groupHeader = "X-Headwater-Group"

// WriteHeader keeps the status. What is not modified has no body, and so no type. All that is unavailable says when to ask
// again. A change says its group, which a stored response brings with it, and what changed nothing says none.
func (s *statusRecorder) WriteHeader(status int) {
	if s.status == 0 && status >= http.StatusOK {
		s.status = status
		setCaching(s.Header(), s.request)
		if r := requestOf(s.request.Context()); r.recorded && status < http.StatusMultipleChoices {
			s.Header().Set(groupHeader, r.group.String())
		}
		s.markSeen(requestOf(s.request.Context()), status)
		if requestOf(s.request.Context()).sealed {
			s.Header().Set(appliedHeader, waitSealed)
		}
	}
	if status == http.StatusNotModified {
		s.Header().Del("Content-Type")
	}
	if status == http.StatusServiceUnavailable && s.Header().Get("Retry-After") == "" {
		s.Header().Set("Retry-After", "1")
	}
	s.ResponseWriter.WriteHeader(status)
}

// markSeen says with what a read finds all that is written now. Who is refused a change wants to know what it is refused for.
func (s *statusRecorder) markSeen(r *request, status int) {
	if s.standbys == nil || !r.writes || r.asks || r.actor == "" || status >= http.StatusInternalServerError {
		return
	}
	token, err := s.standbys.Token(s.request.Context())
	if err != nil {
		slog.WarnContext(s.request.Context(), "how far the primary's log is cannot be said", "error", err)
		return
	}
	s.Header().Set(standby.Header, token)
}

// Write keeps the size.
func (s *statusRecorder) Write(text []byte) (int, error) {
	if s.status == 0 {
		s.WriteHeader(http.StatusOK)
	}
	n, err := s.ResponseWriter.Write(text)
	s.bytes += int64(n)
	return n, err
}

// Flush sends what net/http still holds.
func (s *statusRecorder) Flush() { flush(s.ResponseWriter) }

// Unwrap lets [http.ResponseController] reach the connection.
func (s *statusRecorder) Unwrap() http.ResponseWriter { return s.ResponseWriter }
