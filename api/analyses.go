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
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/inmem"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/store"
)

// maxReports is how many claims one call may ask about.
const maxReports = 1000

// Questions ask about several stored claims at once.
type Questions struct {
	Claims          []string `json:"claims" minItems:"1" maxItems:"1000" doc:"The claims, by id or key." example:"[\"over-million-since-august\"]"`
	Without         []string `json:"without,omitempty" maxItems:"100" doc:"Sources, by id or key, whose groups are taken out." example:"[\"nis\"]"`
	AsOf            string   `json:"as_of,omitempty" format:"edtf" maxLength:"10" doc:"Only documents that were published by the end of this EDTF day." example:"2024-05-31"`
	IncludeProposed bool     `json:"include_proposed,omitempty" doc:"Count proposed links and attributions as if they were accepted." example:"false"`
}

// Reports are the answers, in the order of the claims.
type Reports struct {
	Items []*provenance.Report `json:"items" doc:"One report for each claim, in the order in which they were asked for; of a bundle, in the order of their lines."`
}

// batch adds reports about many claims at once, stored or sent.
func (h *handlers) batch(api huma.API) {
	operation := huma.Operation{
		OperationID: "analyzeClaims", Method: http.MethodPost, Path: "/v1/analyses", Summary: "Reports about up to 1,000 claims, stored ones or those of a bundle that is sent", Tags: []string{"analysis"},
		Description: "Sent as JSON, the body names stored claims. Sent as a bundle (application/x-ndjson), its own claims are reported on and nothing is stored; then the parameters ask the question.",
		Errors: []int{http.StatusBadRequest, http.StatusRequestTimeout, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity,
			http.StatusInternalServerError, http.StatusServiceUnavailable},
	}
	answering(api, operation, func(ctx context.Context, in *struct {
		QuestionQuery
		Upload
		ContentType string `header:"Content-Type" doc:"application/json or application/x-ndjson." example:"application/json"`
	}) (*struct{ Body Reports }, error) {
		body, err := io.ReadAll(io.LimitReader(in.body, maxBody+1))
		if err != nil {
			return nil, unread(ctx, err)
		}
		if len(body) > maxBody {
			return nil, problem(http.StatusRequestEntityTooLarge, codeOf(http.StatusRequestEntityTooLarge), "more than 16 MiB; import larger bundles, or use the command")
		}
		var reports []*provenance.Report
		switch kind, _, _ := mime.ParseMediaType(in.ContentType); kind {
		case "application/json":
			if err = in.unasked(); err == nil {
				reports, err = h.reportStored(ctx, api.OpenAPI().Components.Schemas, body)
			}
		case ndjson:
			reports, err = reportSent(body, in.QuestionQuery)
		default:
			return nil, problem(http.StatusUnsupportedMediaType, codeOf(http.StatusUnsupportedMediaType), "the body is neither application/json nor "+ndjson)
		}
		if err != nil {
			return nil, fail(ctx, err)
		}
		answered := Reports{reports}
		if err := h.store.StoreResponse(ctx, requestOf(ctx).by(), answered); err != nil {
			return nil, fail(ctx, err)
		}
		return &struct{ Body Reports }{answered}, nil
	})
	// Described when huma has looked at the operation: given before, it would read the body as one of the two itself.
	api.OpenAPI().Paths[operation.Path].Post.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"application/json": {Schema: schemaOf[Questions](api)}, ndjson: lines(),
	}}
}

// unasked refuses parameters beside a body that asks the question itself.
func (q QuestionQuery) unasked() error {
	var faults headwater.Faults
	for name, given := range map[string]bool{"as_of": q.AsOf != "", "include_proposed": q.IncludeProposed, "without": len(q.Without) > 0} {
		if given {
			faults = append(faults, headwater.NewFault(headwater.Pointer("").Field(name), headwater.FaultConflict, nil, "a member of the body, which is JSON; parameters ask about a bundle"))
		}
	}
	if faults == nil {
		return nil
	}
	slices.SortFunc(faults, func(a, b headwater.Fault) int { return strings.Compare(string(a.Pointer), string(b.Pointer)) })
	return faults
}

func (h *handlers) reportStored(ctx context.Context, components huma.Registry, body []byte) ([]*provenance.Report, error) {
	asked, err := read[Questions](components, body)
	if err != nil {
		return nil, err
	}
	claims, err := h.store.ResolveClaims(ctx, "/claims", asked.Claims)
	if err != nil {
		return nil, err
	}
	question, err := h.question(ctx, QuestionQuery{asked.Without, asked.AsOf, asked.IncludeProposed})
	if err != nil {
		return nil, err
	}
	facts, err := h.store.Facts(ctx, claims, question.Without, question.IncludeProposed)
	if err != nil {
		return nil, err
	}
	return reportAll(provenance.New(facts.Facts), claims, question)
}

func reportSent(body []byte, q QuestionQuery) ([]*provenance.Report, error) {
	evidence, err := inmem.Read(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	facts := evidence.All()
	if n := len(facts.Claims); n > maxReports {
		return nil, headwater.Faults{headwater.NewFault("/claims", headwater.FaultRange, n, "a bundle of 1,000 claims at most")}
	}
	without, err := facts.ResolveSources("/without", q.Without)
	if err != nil {
		return nil, err
	}
	return reportAll(provenance.New(facts), facts.ActiveClaims(), provenance.Question{Without: without, AsOf: headwater.Day(q.AsOf), IncludeProposed: q.IncludeProposed})
}

func reportAll(a *provenance.Analysis, claims []uuid.UUID, q provenance.Question) ([]*provenance.Report, error) {
	if err := a.Check(q); err != nil { // also where nothing is asked about
		return nil, err
	}
	reports := make([]*provenance.Report, len(claims))
	for i, claim := range claims {
		report, err := a.Report(claim, q)
		if err != nil {
			return nil, err
		}
		reports[i] = report
	}
	return reports, nil
}

// standings gives the claims of a page their standing. Those that are merged or retracted have none.
func (h *handlers) standings(ctx context.Context, claims []ListedClaim) error {
	ids := make([]uuid.UUID, len(claims))
	for i, claim := range claims {
		ids[i] = claim.ID
	}
	facts, err := h.store.Facts(ctx, ids, nil, false)
	if err != nil {
		return err
	}
	analysis := provenance.New(facts.Facts)
	for i, claim := range claims {
		if claim.Status != headwater.EntityActive {
			continue
		}
		report, err := analysis.Report(claim.ID, provenance.Question{})
		if err != nil {
			return err
		}
		figures := report.Figures()
		claims[i].Standing = &figures
	}
	return nil
}

// impact adds what rests on a source.
func (h *handlers) impact(api huma.API) {
	operation := below("getSourceImpact", "/v1/sources/{id}/impact", "The claims that would change their standing or lose an origin without a source")
	operation.Description = "A page examines as many claims that the source, or one of its group, tells; it can hold fewer or none. Follow next_cursor until it is missing."
	operation.Tags = []string{"analysis"}
	answering(api, operation, func(ctx context.Context, in *struct {
		ID
		PageQuery
	}) (*listAnswer[provenance.Impact], error) {
		told, err := h.store.ClaimsThrough(ctx, in.ID.ID, in.paging())
		if err != nil {
			return nil, fail(ctx, err)
		}
		impacts, err := h.impacts(ctx, in.ID.ID, told.Items)
		if err != nil {
			return nil, fail(ctx, err)
		}
		page := store.Page[provenance.Impact]{Items: impacts, NextCursor: told.NextCursor}
		return listed(ctx, h, &in.PageQuery, page, nil, func(i provenance.Impact) []uuid.UUID { return i.LostOrigins })
	})
}

// impacts are those on claims that what the source tells bears on. A claim that several of these bear on is reported
// with the least, so that it is on one page only.
func (h *handlers) impacts(ctx context.Context, source uuid.UUID, told []uuid.UUID) ([]provenance.Impact, error) {
	impacts := []provenance.Impact{}
	claims, err := h.store.ClaimsBearingOn(ctx, told)
	if err != nil {
		return nil, err
	}
	facts, err := h.store.Facts(ctx, claims, []uuid.UUID{source}, false)
	if err != nil {
		return nil, err
	}
	analysis := provenance.New(facts.Facts)
	for _, claim := range claims {
		impact, err := analysis.ImpactOfSource(claim, source)
		if err != nil {
			return nil, err
		}
		if impact != nil && slices.Contains(told, impact.Through) {
			impacts = append(impacts, *impact)
		}
	}
	return impacts, nil
}
