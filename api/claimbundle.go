package api

import (
	"context"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/report"
	"github.com/headwater-project/headwater/store"
)

// claimBundleStore exports what reports rest on.
type claimBundleStore interface {
	TransferStore
	relatedStore
}

// registerClaimBundle adds what a report on a claim rests on, for those who want to make the report themselves.
func registerClaimBundle(api huma.API, s claimBundleStore) {
	operation := readOperation("getClaimBundle", "/v1/claims/{id}/bundle",
		"Just the facts that the report on a claim rests on, as a bundle")
	operation.Description = "A bundle from which `headwater report --bundle` makes the report that the service makes, to the byte; its " +
		"header says what the report is asked for. Texts of documents are left out, but for what is quoted, with 32 code points around; " +
		"their hashes stay."
	operation.Tags = []string{"analysis"}
	operation.Errors = append(operation.Errors, http.StatusConflict)
	operation.Responses = map[string]*huma.Response{"200": {
		Description: "The facts, as they are at one moment; they are cut off where they cannot be ended",
		Content:     map[string]*huma.MediaType{ndjson: lines()},
	}}
	bundleTraits := traits{scope: headwater.ScopeRead, idempotent: no, unbounded: yes, sealed: no, endless: no}
	register(api, operation, bundleTraits, func(ctx context.Context, in *struct {
		ID
		QuestionQuery
		RecordedQuery
		Texts bool `query:"texts" doc:"With the whole texts of documents." example:"true"`
	}) (*huma.StreamResponse, error) {
		seq, err := in.place(ctx, s)
		if err != nil {
			return nil, fail(ctx, err)
		}
		read := s.Claim
		if seq > 0 {
			read = s.RecordedBy(seq).Claim
		}
		claim, err := read(ctx, in.ID.ID)
		if err != nil {
			return nil, fail(ctx, err)
		}
		if err := provenance.CheckActive(claim); err != nil {
			return nil, fail(ctx, err)
		}
		without, err := s.ResolveSources(ctx, "/without", in.Without)
		if err != nil {
			return nil, fail(ctx, err)
		}
		question := provenance.Question{Without: without, AsOf: headwater.Day(in.AsOf), IncludeProposed: in.IncludeProposed}
		if err := question.CheckDay(); err != nil {
			return nil, fail(ctx, err)
		}
		wanted := store.ClaimBundle{Claims: []uuid.UUID{claim.ID}, Question: question, Texts: in.Texts, Select: report.FactsOf,
			RecordedBy: seq}
		return &huma.StreamResponse{Body: func(ctx huma.Context) {
			stream(ctx, ndjson, func(w io.Writer) error { return s.ExportClaims(ctx.Context(), w, wanted) })
		}}, nil
	})
}
