package api

import (
	"bytes"
	"context"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/inmem"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/report"
)

// maxReports is how many claims one call may ask about.
const maxReports = 1000

// Questions ask about several stored claims at once.
type Questions struct {
	Claims          []string `json:"claims" minItems:"1" maxItems:"1000" doc:"The claims, by id or key." example:"[\"over-million-since-august\"]"`
	Without         []string `json:"without,omitempty" maxItems:"100" doc:"Sources, by id or key, whose groups are taken out." example:"[\"nis\"]"`
	AsOf            string   `json:"as_of,omitempty" format:"edtf" maxLength:"10" doc:"Only documents that were published by the end of this EDTF day." example:"2024-05-31"`
	IncludeProposed bool     `json:"include_proposed,omitempty" doc:"Count proposed links and attributions as if they were accepted." example:"false"`

	Changes *SupposedChanges `json:"changes,omitempty" doc:"Changes to try: the reports are as if they were made, and nothing is stored. Those that do not bear on the claims change nothing."`
}

// Reports are the answers, in the order of the claims.
type Reports struct {
	Items []*provenance.Report `json:"items" doc:"One report for each claim, in the order in which they were asked for; of a bundle, in the order of their lines."`

	Comparisons []Comparison `json:"comparisons,omitempty" doc:"With changes: each claim's figures before and after them, in the same order."`
}

// batchStore reads facts, and stores the response of a call that changes nothing.
type batchStore interface {
	EvidenceStore
	ResponseStore
}

// registerBatch adds reports on many claims at once, stored or sent.
func registerBatch(api huma.API, s batchStore) {
	operation := huma.Operation{
		OperationID: "analyzeClaims", Method: http.MethodPost, Path: "/v1/analyses", Tags: []string{"analysis"},
		Summary: "Reports about up to 1,000 claims, stored ones or those of a bundle that is sent",
		Description: "Sent as JSON, the body names stored claims, and may name changes to try: then the reports are as if these were " +
			"made, with the figures before and after. Sent as a bundle (application/x-ndjson), its own claims are " +
			"reported on and nothing is stored; then the parameters ask the question; what none asks, the header of a bundle does " +
			"that was made for a question.",
		Errors: []int{http.StatusBadRequest, http.StatusRequestTimeout, http.StatusConflict, http.StatusRequestEntityTooLarge,
			http.StatusUnsupportedMediaType,
			http.StatusUnprocessableEntity, http.StatusInternalServerError, http.StatusServiceUnavailable},
	}
	asking := postTraits(headwater.ScopeRead)
	asking.asks = true
	register(api, operation, asking, func(ctx context.Context, in *struct {
		QuestionQuery
		Upload
		ContentType string `header:"Content-Type" doc:"application/json or application/x-ndjson." example:"application/json"`
	}) (*struct{ Body Reports }, error) {
		body, err := io.ReadAll(io.LimitReader(in.body, maxBody+1))
		if err != nil {
			return nil, bodyError(ctx, err)
		}
		if len(body) > maxBody {
			return nil, problem(http.StatusRequestEntityTooLarge, codeOf(http.StatusRequestEntityTooLarge),
				"more than 16 MiB; import larger bundles, or use the command")
		}
		var out Reports
		switch kind, _, _ := mime.ParseMediaType(in.ContentType); kind {
		case "application/json":
			if err = in.refuseParameters(); err == nil {
				out, err = reportOnStored(ctx, s, api.OpenAPI().Components.Schemas, body)
			}
		case ndjson:
			if err = requestOf(ctx).hold(memoryOfBundle * int64(len(body))); err == nil {
				out.Items, err = reportOnBundle(ctx, body, in.question())
			}
		default:
			return nil, problem(http.StatusUnsupportedMediaType, codeOf(http.StatusUnsupportedMediaType),
				"the body is neither application/json nor "+ndjson)
		}
		if err != nil {
			return nil, fail(ctx, err)
		}
		if err := s.StoreResponse(ctx, requestOf(ctx).by(), out); err != nil {
			return nil, fail(ctx, err)
		}
		return &struct{ Body Reports }{out}, nil
	})
	// Described only after huma has looked at the operation: otherwise it would read the body as one of the two itself.
	api.OpenAPI().Paths[operation.Path].Post.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"application/json": {Schema: schemaOf[Questions](api)}, ndjson: lines(),
	}}
}

// refuseParameters refuses parameters beside a body that asks the question itself.
func (q QuestionQuery) refuseParameters() error {
	var faults headwater.Faults
	for name, present := range map[string]bool{"as_of": q.AsOf != "", "include_proposed": q.IncludeProposed,
		"without": len(q.Without) > 0} {
		if present {
			faults = append(faults, headwater.NewFault(headwater.Pointer("").Field(name), headwater.FaultConflict, nil,
				"a member of the body, which is JSON; parameters ask about a bundle"))
		}
	}
	if faults == nil {
		return nil
	}
	return sortedFaults(faults)
}

// sortedFaults puts faults in the order of their places.
func sortedFaults(faults headwater.Faults) headwater.Faults {
	slices.SortFunc(faults, func(a, b headwater.Fault) int { return strings.Compare(string(a.Pointer), string(b.Pointer)) })
	return faults
}

func reportOnStored(ctx context.Context, s EvidenceStore, components huma.Registry, body []byte) (Reports, error) {
	questions, err := parseBody[Questions](components, body)
	if err != nil {
		return Reports{}, err
	}
	query := QuestionQuery{questions.Without, questions.AsOf, questions.IncludeProposed}
	if questions.Changes != nil {
		return tryChanges(ctx, s, questions, query.question())
	}
	analysis, err := report.AnalyzeNamed(ctx, &storedEvidence{EvidenceStore: s}, "/claims", questions.Claims, query.question())
	if err != nil {
		return Reports{}, err
	}
	reports, err := analysis.Reports(ctx, requestOf(ctx).countReports())
	return Reports{Items: reports}, err
}

func reportOnBundle(ctx context.Context, body []byte, q report.Request) ([]*provenance.Report, error) {
	evidence, err := inmem.Read(ctx, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if n := len(evidence.All().Claims); n > maxReports {
		return nil, headwater.Faults{headwater.NewFault("/claims", headwater.FaultRange, n, "a bundle of 1,000 claims at most")}
	}
	analysis, err := report.Analyze(ctx, evidence, evidence.ActiveClaims(), q.Or(evidence.Question()))
	if err != nil {
		return nil, err
	}
	return analysis.Reports(ctx, requestOf(ctx).countReports())
}
