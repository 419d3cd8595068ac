package api

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/negotiation"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/report"
	"github.com/headwater-project/headwater/store"
)

// EvidenceStore reads what the analysis rests on.
type EvidenceStore interface {
	PastStore
	// ResolveClaims gives the ids of claims that are named by id or key, in order. Names that are unknown or ambiguous are
	// faults, each at its index below the pointer.
	ResolveClaims(ctx context.Context, at headwater.Pointer, names []string) ([]uuid.UUID, error)
	// ResolveSources does the same for sources.
	ResolveSources(ctx context.Context, at headwater.Pointer, names []string) ([]uuid.UUID, error)
	// Facts reads all that reports on the claims can rest on, in one snapshot, and the sources in without. With proposed,
	// proposed links are followed as accepted ones are. An unknown claim is no error.
	Facts(ctx context.Context, claims, without []uuid.UUID, proposed bool) (store.FactsRead, error)
	// FactsWith reads facts as Facts does, and more of what reports could rest on, in the same snapshot.
	FactsWith(ctx context.Context, more store.MoreFacts) (store.FactsRead, error)
	// StillValid says whether what was made from facts with this read set would be the same now. It may say no where it
	// would be, never yes where it would not.
	StillValid(ctx context.Context, read *store.ReadSet) (bool, error)
	// DependentsOfSource lists the claims whose reports may change with a source, each page with the ways to them that it stands for.
	DependentsOfSource(ctx context.Context, source uuid.UUID, p store.Paging) (store.Dependents, error)
	// DependentsOfDocument does the same for a document.
	DependentsOfDocument(ctx context.Context, document uuid.UUID, p store.Paging) (store.Dependents, error)
}

// storedEvidence is a store as the analysis sees it. It keeps the facts that were read last, for their read set.
type storedEvidence struct {
	EvidenceStore
	facts store.FactsRead
}

// Facts reads from the store.
func (e *storedEvidence) Facts(ctx context.Context, claims, without []uuid.UUID, proposed bool) (provenance.Facts, error) {
	var err error
	e.facts, err = e.EvidenceStore.Facts(ctx, claims, without, proposed)
	return e.facts.Facts, err
}

// QuestionQuery are the parameters of a report.
type QuestionQuery struct {
	Without         []string `query:"without,explode" maxItems:"100" doc:"Sources, by id or key, whose groups are taken out; repeatable." example:"[\"nis\"]"`
	AsOf            string   `query:"as_of" format:"edtf" maxLength:"10" doc:"Only documents that were published by the end of this EDTF day." example:"2024-05-31"`
	IncludeProposed bool     `query:"include_proposed" doc:"Count proposed links and attributions as if they were accepted." example:"false"`
}

func (q QuestionQuery) question() report.Request {
	return report.Request{Without: q.Without, AsOf: headwater.Day(q.AsOf), IncludeProposed: q.IncludeProposed}
}

// AnalysisQuery asks a question about a claim, unless the client has the answer already.
type AnalysisQuery struct {
	GetQuery
	QuestionQuery
	RecordedQuery
}

// encodedResponse is a body that is sent as it is, so that its ETag is a hash of just the bytes that the client gets.
type encodedResponse struct {
	ContentType string `header:"Content-Type"`
	ETag        string `header:"ETag" doc:"Changes whenever anything that the answer rests on changes it." example:"\"9f86d081884c7d659a2feaa0c55ad015\""`
	Vary        string `header:"Vary"`
	Body        []byte
}

// reportHandlers answer questions about single claims, from the cache where they can.
type reportHandlers struct {
	store EvidenceStore
	cache *reportCache
}

// registerReports adds what the analysis says about one claim.
func registerReports(api huma.API, h *reportHandlers) {
	corroboration := reportOperation("getClaimCorroboration", "corroboration",
		"How many independent origins stand behind a claim, and what speaks against it",
		map[string]*huma.Schema{"application/json": schemaOf[provenance.Report](api)})
	register(api, corroboration, readTraits(headwater.ScopeRead), func(ctx context.Context, in *AnalysisQuery) (*encodedResponse, error) {
		return h.respond(ctx, in, "report", "application/json", func(a *report.Answer) ([]byte, error) {
			r, err := a.Report(ctx, in.ID.ID, a.Question)
			if err != nil {
				return nil, err
			}
			return marshal(r)
		})
	})
	drawing := reportOperation("getClaimProvenance", "provenance", "Who has a claim from whom, as a graph that is ready to be drawn",
		map[string]*huma.Schema{"application/json": schemaOf[provenance.Drawing](api), mermaid: {Type: huma.TypeString},
			graphviz: {Type: huma.TypeString}})
	register(api, drawing, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
		AnalysisQuery
		Format string `query:"format" enum:"json,mermaid,dot" doc:"The form of the answer; it goes before Accept." example:"mermaid"`
		Accept string `header:"Accept" doc:"application/json, text/vnd.mermaid or text/vnd.graphviz." example:"text/vnd.mermaid"`
	}) (*encodedResponse, error) {
		mediaType := drawingType(in.Format, in.Accept)
		return h.respond(ctx, &in.AnalysisQuery, "drawing", mediaType, func(a *report.Answer) ([]byte, error) {
			d, err := a.Drawing(ctx, in.ID.ID, a.Question)
			if err != nil {
				return nil, err
			}
			return encodeDrawing(d, mediaType)
		})
	})
}

const (
	mermaid  = "text/vnd.mermaid"
	graphviz = "text/vnd.graphviz"
)

// drawingType is the media type that the parameter names, or else the one that the client likes best.
func drawingType(format, accept string) string {
	switch format {
	case "json":
		return "application/json"
	case "mermaid":
		return mermaid
	case "dot":
		return graphviz
	}
	return cmp.Or(negotiation.SelectQValue(accept, []string{"application/json", mermaid, graphviz}), "application/json")
}

func encodeDrawing(d *provenance.Drawing, mediaType string) ([]byte, error) {
	switch mediaType {
	case mermaid:
		return []byte(d.Mermaid()), nil
	case graphviz:
		return []byte(d.DOT()), nil
	}
	return marshal(d)
}

// reportOperation describes an operation below a claim whose body comes in some media types, each with its schema.
func reportOperation(id, path, summary string, bodies map[string]*huma.Schema) huma.Operation {
	operation := describedBy(cachedNote, readOperation(id, "/v1/claims/{id}/"+path, summary))
	operation.Tags = []string{"analysis"}
	operation.Errors = append(operation.Errors, http.StatusConflict, http.StatusNotModified)
	content := map[string]*huma.MediaType{}
	for mediaType, schema := range bodies {
		content[mediaType] = &huma.MediaType{Schema: schema}
	}
	operation.Responses = map[string]*huma.Response{"200": {Description: summary, Content: content}}
	return operation
}

func schemaOf[T any](api huma.API) *huma.Schema {
	return api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[T](), true, "")
}

// respond answers a question about one claim with a body.
func (h *reportHandlers) respond(ctx context.Context, in *AnalysisQuery, kind, mediaType string,
	encode func(*report.Answer) ([]byte, error)) (*encodedResponse, error) {
	from := func(a *report.Answer) (cachedReport, error) {
		if err := requestOf(ctx).holdReport(a); err != nil {
			return cachedReport{}, err
		}
		body, err := encode(a)
		return cachedReport{response: encodedResponse{ContentType: mediaType, ETag: hashTag(body), Vary: "Accept", Body: body}}, err
	}
	seq, err := in.place(ctx, h.store)
	if err != nil {
		return nil, fail(ctx, err)
	}
	var answered cachedReport
	if seq > 0 {
		answered, err = h.answerPast(ctx, seq, in.ID.ID, in.question(), from)
	} else {
		answered, err = h.answer(ctx, reportKey{kind, mediaType, in.ID.ID, in.AsOf, in.IncludeProposed}, in.question(), from)
	}
	if err != nil {
		return nil, fail(ctx, err)
	}
	return &answered.response, in.checkModified(answered.response.ETag)
}

// timeline is a page of the timeline of what the report on a claim counts. A claim that is merged or retracted has none, as it has no
// report.
func (h *reportHandlers) timeline(ctx context.Context, t store.EvidenceTimeline, p store.Paging) (store.Page[store.TimelineEntry], error) {
	from := func(a *report.Answer) (cachedReport, error) {
		counted, err := a.Counted(ctx, t.Claim, a.Question, t.Withdrawn)
		return cachedReport{timeline: store.CountedTimeline(t.Order, counted)}, err
	}
	question := report.Request{IncludeProposed: t.Proposed}
	var answered cachedReport
	var err error
	if t.At > 0 {
		answered, err = h.answerPast(ctx, t.At, t.Claim, question, from)
	} else {
		kind := fmt.Sprintf("timeline by %s, withdrawn: %t", t.Order, t.Withdrawn)
		answered, err = h.answer(ctx, reportKey{kind: kind, claim: t.Claim, includeProposed: t.Proposed}, question, from)
	}
	if err != nil {
		return store.Page[store.TimelineEntry]{}, err
	}
	return t.Page(answered.timeline, p)
}

// answer gives what is made of the analysis of the key's claim: from the cache as long as nothing in the read set has changed.
func (h *reportHandlers) answer(ctx context.Context, key reportKey, q report.Request,
	from func(*report.Answer) (cachedReport, error)) (cachedReport, error) {
	if cached, ok := h.cache.GetIfPresent(key); ok && len(q.Without) == 0 {
		if valid, err := h.store.StillValid(ctx, cached.readSet); valid || err != nil {
			return cached, err
		}
	}
	evidence := &storedEvidence{EvidenceStore: h.store}
	analysis, err := report.Analyze(ctx, evidence, []uuid.UUID{key.claim}, q)
	if err != nil {
		return cachedReport{}, err
	}
	made, err := from(analysis)
	if err == nil && len(q.Without) == 0 {
		made.readSet = evidence.facts.ReadSet()
		h.cache.Set(key, made)
	}
	return made, err
}

// answerPast gives what is made of the analysis of a claim as it was recorded by a place of the order.
func (h *reportHandlers) answerPast(ctx context.Context, seq int64, claim uuid.UUID, q report.Request,
	from func(*report.Answer) (cachedReport, error)) (cachedReport, error) {
	analysis, err := report.Analyze(ctx, h.store.RecordedBy(seq), []uuid.UUID{claim}, q)
	if err != nil {
		return cachedReport{}, err
	}
	return from(analysis)
}

// hasNoReport says of an error that there is no report on the claim: it is merged or retracted, perhaps since it was listed.
func hasNoReport(err error) bool {
	return headwater.CodeOf(err) == headwater.CodeConflict || headwater.CodeOf(err) == headwater.CodeNotFound
}

func hashTag(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + hex.EncodeToString(sum[:16]) + `"`
}

// marshal writes JSON as the rest of the service does: < and > are not escaped.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return b.Bytes(), err
}
