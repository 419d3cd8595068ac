// Package api serves Headwater over HTTP: huma operations, one table from errors to problems, and the OpenAPI document
// that says what they promise.
//
// It must not know SQL nor how anything is stored: it sees the store through the interface that it declares.
package api

import (
	"context"
	"io"
	"net/http"
	"path"
	"reflect"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/google/uuid"
	"github.com/maypok86/otter/v2"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/suggest"
)

// Version is the version of the API, as the OpenAPI document gives it.
const Version = "0.3.0"

// Options say how the service is run.
type Options struct {
	PublicRead bool     // everybody may read without a key
	Origins    []string // whose pages may call the service from a browser (CORS); * is all of them
	Limits     Limits
	Traced     bool // the requests are traced, by the tracer that OpenTelemetry has for the program
}

// New gives the handler of the whole service.
func New(s Store, options Options) http.Handler {
	mux := http.NewServeMux()
	limits := newLimiter(options.Limits)
	document := newAPI(mux, s, options, limits).OpenAPI()
	v := newService(s)
	v.pages(mux)
	serveDocuments(mux, sync.OnceValues(func() (documents, error) { return describe(document) }))
	handler := v.around(limits.patient(compressed(problems(mux))))
	if options.Traced {
		handler = otelhttp.NewHandler(handler, "headwater", otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string { return r.Method }))
	}
	return shared(options.Origins, keyed(handler))
}

// problems makes problems of what the mux itself answers in plain text: a path that it does not know, and a method that
// a path does not have. It says what a path can be asked to who asks that with OPTIONS.
func problems(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		none := func(status int) {
			writeProblem(w, r, problem(status, codeOf(status), "the service has no such path, or no such method on it; /openapi.json lists all"))
		}
		if strings.TrimSuffix(r.URL.Path, "/") != strings.TrimSuffix(path.Clean("/"+r.URL.Path), "/") {
			none(http.StatusNotFound) // which the mux would redirect to another path than was asked for
			return
		}
		if _, pattern := mux.Handler(r); pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		answer := &unmatched{ResponseWriter: w}
		mux.ServeHTTP(answer, r)
		if allowed := w.Header().Get("Allow"); allowed != "" && r.Method == http.MethodOptions {
			w.Header().Set("Allow", allowed+", "+http.MethodOptions)
			w.Header().Del("Content-Type") // of the text that the mux gives for an error
			w.Header().Del("X-Content-Type-Options")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		none(answer.status)
	})
}

// unmatched keeps the status that the mux gives, and the headers, but not its text.
type unmatched struct {
	http.ResponseWriter
	status int
}

// WriteHeader keeps the status.
func (u *unmatched) WriteHeader(status int) { u.status = status }

// Write drops the text.
func (u *unmatched) Write(text []byte) (int, error) { return len(text), nil }

// huma keeps these for the whole program.
func init() {
	huma.DefaultArrayNullable = false
	huma.ValidateStrictCasing = true
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		return newError(status, message, errs...)
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, message string, errs ...error) huma.StatusError {
		if len(errs) > 0 {
			errs = append(errs, requestOf(ctx.Context()).queryFaults...)
		}
		return told(ctx.Context(), newError(status, message, errs...))
	}
}

func newAPI(mux *http.ServeMux, s Store, options Options, limits *limiter) huma.API {
	config := huma.DefaultConfig("Headwater", Version)
	config.CreateHooks = nil
	config.DocsPath, config.OpenAPIPath = "", ""
	config.Formats = formats()
	config.Transformers = append(config.Transformers, identified, partial)
	config.Info.Description = "Every claim with the chain of who told whom that carried it, what corroborates it and what contradicts it."
	config.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	aliases(config.Components.Schemas)
	api := humago.New(mux, config)
	guard := &access{store: s, publicRead: options.PublicRead, limits: limits}
	api.UseMiddleware(noted, legible(api), limits.bounded(api), guard.authorize(api), guard.onceOnly(api))
	h := &handlers{s, guard, newAnswers()}
	h.health(api)
	h.sources(api)
	h.relations(api)
	h.documents(api)
	h.claims(api)
	h.attributions(api)
	h.links(api)
	h.reviews(api)
	h.google(api)
	h.history(api)
	h.analyses(api)
	h.suggestions(api)
	h.bundles(api)
	h.keys(api)
	complete(api.OpenAPI())
	return api
}

// schemaName is the name of a type in the document: that of a page of things says so.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if strings.HasPrefix(t.Name(), "List[") {
		return strings.TrimPrefix(name, "List") + "Page"
	}
	return name
}

// handlers answer requests from a store.
type handlers struct {
	store Store
	guard *access
	// answers are the last ones to questions about claims.
	answers *otter.Cache[inquiry, given]
}

// enum is the schema of a string type that knows its values: a component of its own.
type enum[E interface {
	~string
	Values() []string
}] struct{}

// Schema registers the component once and refers to it.
func (enum[E]) Schema(r huma.Registry) *huma.Schema {
	var e E
	name := reflect.TypeOf(e).Name()
	if r.Map()[name] == nil {
		var values []any
		for _, value := range e.Values() {
			values = append(values, value)
		}
		r.Map()[name] = enumOf(values)
	}
	return &huma.Schema{Ref: "#/components/schemas/" + name}
}

// number is the schema of an exact decimal.
type number struct{}

// Schema is a JSON number: it is exact as long as its reader does not make it a float.
func (number) Schema(huma.Registry) *huma.Schema { return &huma.Schema{Type: huma.TypeNumber} }

// edtf is the schema of a day, or of a day or instant.
type edtf struct{}

// Schema is a string that is read as EDTF level 0 (ISO 8601-2).
func (edtf) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "edtf"}
}

// identity is the schema of an id.
type identity struct{}

// Schema is a string that is read as a UUID. huma's own check of the format lets other forms through: so it is held to a
// pattern, which the document need not have.
func (identity) Schema(huma.Registry) *huma.Schema {
	schema := &huma.Schema{Type: huma.TypeString, Format: "uuid", Pattern: "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$", PatternDescription: "a UUID"}
	schema.PrecomputeMessages()
	schema.Pattern, schema.PatternDescription = "", ""
	return schema
}

func aliases(r huma.Registry) {
	as := func(from, to reflect.Type) { r.RegisterTypeAlias(from, to) }
	as(reflect.TypeFor[uuid.UUID](), reflect.TypeFor[identity]())
	as(reflect.TypeFor[headwater.Decimal](), reflect.TypeFor[number]())
	as(reflect.TypeFor[headwater.Day](), reflect.TypeFor[edtf]())
	as(reflect.TypeFor[headwater.Moment](), reflect.TypeFor[edtf]())
	as(reflect.TypeFor[headwater.SourceKind](), reflect.TypeFor[enum[headwater.SourceKind]]())
	as(reflect.TypeFor[headwater.Reliability](), reflect.TypeFor[enum[headwater.Reliability]]())
	as(reflect.TypeFor[headwater.EntityStatus](), reflect.TypeFor[enum[headwater.EntityStatus]]())
	as(reflect.TypeFor[headwater.RecordStatus](), reflect.TypeFor[enum[headwater.RecordStatus]]())
	as(reflect.TypeFor[headwater.Decision](), reflect.TypeFor[enum[headwater.Decision]]())
	as(reflect.TypeFor[headwater.RelationKind](), reflect.TypeFor[enum[headwater.RelationKind]]())
	as(reflect.TypeFor[headwater.DocumentKind](), reflect.TypeFor[enum[headwater.DocumentKind]]())
	as(reflect.TypeFor[headwater.Comparator](), reflect.TypeFor[enum[headwater.Comparator]]())
	as(reflect.TypeFor[headwater.Stance](), reflect.TypeFor[enum[headwater.Stance]]())
	as(reflect.TypeFor[headwater.Act](), reflect.TypeFor[enum[headwater.Act]]())
	as(reflect.TypeFor[headwater.Mode](), reflect.TypeFor[enum[headwater.Mode]]())
	as(reflect.TypeFor[headwater.Certainty](), reflect.TypeFor[enum[headwater.Certainty]]())
	as(reflect.TypeFor[headwater.Endorsement](), reflect.TypeFor[enum[headwater.Endorsement]]())
	as(reflect.TypeFor[headwater.Evidence](), reflect.TypeFor[enum[headwater.Evidence]]())
	as(reflect.TypeFor[headwater.LinkKind](), reflect.TypeFor[enum[headwater.LinkKind]]())
	as(reflect.TypeFor[headwater.Degree](), reflect.TypeFor[enum[headwater.Degree]]())
	as(reflect.TypeFor[headwater.MethodKind](), reflect.TypeFor[enum[headwater.MethodKind]]())
	as(reflect.TypeFor[headwater.FaultCode](), reflect.TypeFor[enum[headwater.FaultCode]]())
	as(reflect.TypeFor[headwater.Code](), reflect.TypeFor[enum[ProblemCode]]())
	as(reflect.TypeFor[headwater.Scope](), reflect.TypeFor[enum[headwater.Scope]]())
	as(reflect.TypeFor[headwater.Operation](), reflect.TypeFor[enum[headwater.Operation]]())
	as(reflect.TypeFor[headwater.Resource](), reflect.TypeFor[enum[headwater.Resource]]())
	as(reflect.TypeFor[provenance.Standing](), reflect.TypeFor[enum[provenance.Standing]]())
	as(reflect.TypeFor[provenance.SideName](), reflect.TypeFor[enum[provenance.SideName]]())
	as(reflect.TypeFor[provenance.StepKind](), reflect.TypeFor[enum[provenance.StepKind]]())
	as(reflect.TypeFor[provenance.AnomalyCode](), reflect.TypeFor[enum[provenance.AnomalyCode]]())
	as(reflect.TypeFor[provenance.QuestionCode](), reflect.TypeFor[enum[provenance.QuestionCode]]())
	as(reflect.TypeFor[provenance.Role](), reflect.TypeFor[enum[provenance.Role]]())
}

// Store is what the API needs of a store; *store.Store has it.
type Store interface {
	Ping(ctx context.Context) error
	StoredResponse(ctx context.Context, once store.Idempotency) (store.StoredResponse, bool, error)
	StoreResponse(ctx context.Context, by store.Authorship, answered any) error
	KeysExist(ctx context.Context) (bool, error)
	Authenticate(ctx context.Context, token string) (headwater.APIKey, bool, error)
	Keys(ctx context.Context, p store.Paging) (store.Page[headwater.APIKey], error)
	CreateKey(ctx context.Context, by store.Authorship, f headwater.APIKeyFields) (store.MadeKey, error)
	RotateKey(ctx context.Context, by store.Authorship, id uuid.UUID) (store.MadeKey, error)
	RevokeKey(ctx context.Context, by store.Authorship, id uuid.UUID) (headwater.APIKey, error)
	SourceCards(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]headwater.SourceCard, error)
	ClaimCards(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]headwater.ClaimCard, error)
	Import(ctx context.Context, by store.Authorship, batch store.Batch, manner store.ImportOptions) (store.ImportResult, error)
	Export(ctx context.Context, w io.Writer, form interchange.ExportOptions) error

	Changes(ctx context.Context, f store.ChangeFilter, p store.Paging) (store.Page[headwater.Change], error)
	SourceClaims(ctx context.Context, source uuid.UUID, position store.Position, p store.Paging) (store.Page[headwater.Claim], error)
	Timeline(ctx context.Context, claim uuid.UUID, order store.TimelineOrder, p store.Paging) (store.Page[store.TimelineEntry], error)
	ClaimSummaries(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]store.ClaimSummary, error)

	Facts(ctx context.Context, claims, without []uuid.UUID, proposed bool) (store.Facts, error)
	StillValid(ctx context.Context, grounds *store.ReadSet) (bool, error)
	ResolveSources(ctx context.Context, at headwater.Pointer, names []string) ([]uuid.UUID, error)
	ResolveClaims(ctx context.Context, at headwater.Pointer, names []string) ([]uuid.UUID, error)
	ClaimsThrough(ctx context.Context, source uuid.UUID, p store.Paging) (store.Page[uuid.UUID], error)
	Neighbourhood(ctx context.Context, claim uuid.UUID) (suggest.Neighbourhood, error)
	Namespace() string
	ClaimsBearingOn(ctx context.Context, told []uuid.UUID) ([]uuid.UUID, error)

	Source(ctx context.Context, id uuid.UUID) (headwater.Source, error)
	Sources(ctx context.Context, f store.SourceFilter, p store.Paging) (store.Page[store.SourceHit], error)
	CreateSource(ctx context.Context, by store.Authorship, key string, f headwater.SourceFields) (headwater.Source, error)
	UpdateSource(ctx context.Context, by store.Authorship, id uuid.UUID, version int, f headwater.SourceFields) (headwater.Source, error)
	RetractSource(ctx context.Context, by store.Authorship, id uuid.UUID, version int, retracted bool) (headwater.Source, error)
	MergeSource(ctx context.Context, by store.Authorship, id uuid.UUID, version int, into uuid.UUID) (headwater.Source, error)
	UnmergeSource(ctx context.Context, by store.Authorship, id uuid.UUID, version int) (headwater.Source, error)

	Relation(ctx context.Context, id uuid.UUID) (headwater.Relation, error)
	Relations(ctx context.Context, f store.RelationFilter, p store.Paging) (store.Page[headwater.Relation], error)
	CreateRelation(ctx context.Context, by store.Authorship, key string, f headwater.RelationFields) (headwater.Relation, error)
	UpdateRelation(ctx context.Context, by store.Authorship, id uuid.UUID, version int, f headwater.RelationFields) (headwater.Relation, error)
	RetractRelation(ctx context.Context, by store.Authorship, id uuid.UUID, version int, retracted bool) (headwater.Relation, error)

	Document(ctx context.Context, id uuid.UUID) (headwater.Document, error)
	Documents(ctx context.Context, f store.DocumentFilter, p store.Paging) (store.Page[headwater.Document], error)
	CreateDocument(ctx context.Context, by store.Authorship, key string, f headwater.DocumentFields) (headwater.Document, error)
	UpdateDocument(ctx context.Context, by store.Authorship, id uuid.UUID, version int, f headwater.DocumentFields) (headwater.Document, error)
	RetractDocument(ctx context.Context, by store.Authorship, id uuid.UUID, version int, retracted bool) (headwater.Document, error)

	Claim(ctx context.Context, id uuid.UUID) (headwater.Claim, error)
	ClaimDetail(ctx context.Context, id uuid.UUID, parts store.Parts) (store.ClaimDetail, error)
	Claims(ctx context.Context, f store.ClaimFilter, p store.Paging) (store.Page[store.ClaimHit], error)
	CreateClaim(ctx context.Context, by store.Authorship, key string, f headwater.ClaimFields) (headwater.Claim, error)
	UpdateClaim(ctx context.Context, by store.Authorship, id uuid.UUID, version int, f headwater.ClaimFields) (headwater.Claim, error)
	RetractClaim(ctx context.Context, by store.Authorship, id uuid.UUID, version int, retracted bool) (headwater.Claim, error)
	MergeClaim(ctx context.Context, by store.Authorship, id uuid.UUID, version int, into uuid.UUID) (headwater.Claim, error)
	UnmergeClaim(ctx context.Context, by store.Authorship, id uuid.UUID, version int) (headwater.Claim, error)

	Attribution(ctx context.Context, id uuid.UUID) (headwater.Attribution, error)
	Attributions(ctx context.Context, f store.AttributionFilter, p store.Paging) (store.Page[headwater.Attribution], error)
	CreateAttribution(ctx context.Context, by store.Authorship, key string, f headwater.AttributionFields, status headwater.Decision) (headwater.Attribution, error)
	UpdateAttribution(ctx context.Context, by store.Authorship, id uuid.UUID, version int, f headwater.AttributionFields) (headwater.Attribution, error)
	DecideAttribution(ctx context.Context, by store.Authorship, id uuid.UUID, version int, accepted bool) (headwater.Attribution, error)

	Link(ctx context.Context, id uuid.UUID) (headwater.Link, error)
	Links(ctx context.Context, f store.LinkFilter, p store.Paging) (store.Page[headwater.Link], error)
	CreateLink(ctx context.Context, by store.Authorship, key string, f headwater.LinkFields, status headwater.Decision) (headwater.Link, error)
	UpdateLink(ctx context.Context, by store.Authorship, id uuid.UUID, version int, f headwater.LinkFields) (headwater.Link, error)
	DecideLink(ctx context.Context, by store.Authorship, id uuid.UUID, version int, accepted bool) (headwater.Link, error)

	Review(ctx context.Context, id uuid.UUID) (headwater.Review, error)
	Reviews(ctx context.Context, f store.ReviewFilter, p store.Paging) (store.Page[headwater.Review], error)
	CreateReview(ctx context.Context, by store.Authorship, key string, f headwater.ReviewFields) (headwater.Review, error)
	UpdateReview(ctx context.Context, by store.Authorship, id uuid.UUID, version int, f headwater.ReviewFields) (headwater.Review, error)
	FactChecks(ctx context.Context, f store.FactCheckFilter, skip int, p store.Paging) (store.Page[store.FactCheck], error)
	RetractReview(ctx context.Context, by store.Authorship, id uuid.UUID, version int, retracted bool) (headwater.Review, error)
}
