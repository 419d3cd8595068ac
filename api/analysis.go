package api

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/negotiation"
	"github.com/google/uuid"
	"github.com/maypok86/otter/v2"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/store"
)

// QuestionQuery is what a report can be asked for.
type QuestionQuery struct {
	Without         []string `query:"without,explode" maxItems:"100" doc:"Sources, by id or key, whose groups are taken out; repeatable." example:"[\"nis\"]"`
	AsOf            string   `query:"as_of" format:"edtf" maxLength:"10" doc:"Only documents that were published by the end of this EDTF day." example:"2024-05-31"`
	IncludeProposed bool     `query:"include_proposed" doc:"Count proposed links and attributions as if they were accepted." example:"false"`
}

// question resolves the sources that the query names.
func (h *handlers) question(ctx context.Context, q QuestionQuery) (provenance.Question, error) {
	without, err := h.store.ResolveSources(ctx, "/without", q.Without)
	return provenance.Question{Without: without, AsOf: headwater.Day(q.AsOf), IncludeProposed: q.IncludeProposed}, err
}

// AnalysisQuery asks a question about a claim, if the answer is not the one that the client has.
type AnalysisQuery struct {
	GetQuery
	QuestionQuery
}

// rendered is an answer that is written as it is, so that its ETag is a hash of just what the client gets.
type rendered struct {
	ContentType string `header:"Content-Type"`
	ETag        string `header:"ETag" doc:"Changes whenever anything that the answer rests on changes it." example:"\"9f86d081884c7d659a2feaa0c55ad015\""`
	Vary        string `header:"Vary"`
	Body        []byte
}

// analyses adds what the analysis says about claims.
func (h *handlers) analyses(api huma.API) {
	corroboration := analysisOperation("getClaimCorroboration", "corroboration", "How many independent origins stand behind a claim, and what speaks against it",
		map[string]*huma.Schema{"application/json": schemaOf[provenance.Report](api)})
	register(api, corroboration, readTraits(headwater.ScopeRead),
		func(ctx context.Context, in *AnalysisQuery) (*rendered, error) {
			return h.analyzed(ctx, in, "report", "application/json", func(a *provenance.Analysis, q provenance.Question) ([]byte, error) {
				report, err := a.Report(in.ID.ID, q)
				if err != nil {
					return nil, err
				}
				return marshal(report)
			})
		})
	drawings := map[string]*huma.Schema{"application/json": schemaOf[provenance.Drawing](api), mermaid: {Type: huma.TypeString}, graphviz: {Type: huma.TypeString}}
	graph := analysisOperation("getClaimProvenance", "provenance", "Who has a claim from whom, as a graph that is ready to be drawn", drawings)
	register(api, graph, readTraits(headwater.ScopeRead),
		func(ctx context.Context, in *struct {
			AnalysisQuery
			Format string `query:"format" enum:"json,mermaid,dot" doc:"The form of the answer; it goes before Accept." example:"mermaid"`
			Accept string `header:"Accept" doc:"application/json, text/vnd.mermaid or text/vnd.graphviz." example:"text/vnd.mermaid"`
		}) (*rendered, error) {
			form := drawingForm(in.Format, in.Accept)
			return h.analyzed(ctx, &in.AnalysisQuery, "drawing", form, func(a *provenance.Analysis, q provenance.Question) ([]byte, error) {
				drawing, err := a.Drawing(in.ID.ID, q)
				if err != nil {
					return nil, err
				}
				return draw(drawing, form)
			})
		})
	h.batch(api)
	h.impact(api)
}

const (
	mermaid  = "text/vnd.mermaid"
	graphviz = "text/vnd.graphviz"
)

// drawingForm is what the parameter says, or the form that the client likes best.
func drawingForm(format, accept string) string {
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

func draw(d *provenance.Drawing, form string) ([]byte, error) {
	switch form {
	case mermaid:
		return []byte(d.Mermaid()), nil
	case graphviz:
		return []byte(d.DOT()), nil
	}
	return marshal(d)
}

func analysisOperation(id, path, summary string, forms map[string]*huma.Schema) huma.Operation {
	operation := describedBy(cachedNote, below(id, "/v1/claims/{id}/"+path, summary))
	operation.Tags = []string{"analysis"}
	operation.Errors = append(operation.Errors, http.StatusConflict, http.StatusNotModified)
	content := map[string]*huma.MediaType{}
	for form, schema := range forms {
		content[form] = &huma.MediaType{Schema: schema}
	}
	operation.Responses = map[string]*huma.Response{"200": {Description: summary, Content: content}}
	return operation
}

func schemaOf[T any](api huma.API) *huma.Schema {
	return api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[T](), true, "")
}

// analyzed answers a question about one claim: as before, as long as nothing has changed of what the answer rests on. What
// would be without some sources is always analysed, since their keys are read before the facts are.
func (h *handlers) analyzed(ctx context.Context, in *AnalysisQuery, kind, form string, render func(*provenance.Analysis, provenance.Question) ([]byte, error)) (*rendered, error) {
	asked := inquiry{kind, form, in.ID.ID, in.AsOf, in.IncludeProposed}
	if last, ok := h.answers.GetIfPresent(asked); ok && len(in.Without) == 0 {
		stands, err := h.store.StillValid(ctx, last.grounds)
		if err != nil {
			return nil, fail(ctx, err)
		}
		if stands {
			return last.answer, in.known(last.answer.ETag)
		}
	}
	question, err := h.question(ctx, in.QuestionQuery)
	if err != nil {
		return nil, fail(ctx, err)
	}
	facts, err := h.store.Facts(ctx, []uuid.UUID{in.ID.ID}, question.Without, question.IncludeProposed)
	if err != nil {
		return nil, fail(ctx, err)
	}
	body, err := render(provenance.New(facts.Facts), question)
	if err != nil {
		return nil, fail(ctx, err)
	}
	out := &rendered{ContentType: form, ETag: hashTag(body), Vary: "Accept", Body: body}
	if len(in.Without) == 0 {
		h.answers.Set(asked, given{facts.ReadSet(), out})
	}
	return out, in.known(out.ETag)
}

// inquiry is a question about a claim.
type inquiry struct {
	kind, form      string
	claim           uuid.UUID
	asOf            string
	includeProposed bool
}

// given is an answer to a question, and what it rests on.
type given struct {
	grounds *store.ReadSet
	answer  *rendered
}

// size in bytes.
func (g given) size() int { return len(g.answer.Body) + g.grounds.Size() }

// maxAnswers is how many bytes of answers and their grounds are kept.
const maxAnswers = 16 << 20

func newAnswers() *otter.Cache[inquiry, given] {
	return otter.Must(&otter.Options[inquiry, given]{
		MaximumWeight: maxAnswers,
		Weigher:       func(_ inquiry, g given) uint32 { return uint32(min(g.size(), math.MaxUint32)) },
	})
}

func hashTag(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + hex.EncodeToString(sum[:16]) + `"`
}

// marshal writes JSON as the rest of the service does: < and > as they are.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return b.Bytes(), err
}
