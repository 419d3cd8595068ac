package api

import (
	"context"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
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
		ClaimFactsQuery
		Texts bool `query:"texts" doc:"With the whole texts of documents." example:"true"`
	}) (*huma.StreamResponse, error) {
		wanted, err := in.wanted(ctx, s)
		if err != nil {
			return nil, fail(ctx, err)
		}
		wanted.Texts = in.Texts
		return streamClaim(s, ndjson, wanted), nil
	})

	record := readOperation("getClaimRecord", "/v1/claims/{id}/record",
		"Just the facts that the report on a claim rests on, in a format of others")
	record.Description = "PROV-JSON of the W3C, or a bundle of STIX 2.1. Texts of documents are left out, but for what is quoted; " +
		"docs/interchange.md says what each format keeps and loses."
	record.Tags = []string{"analysis"}
	record.Errors = append(record.Errors, http.StatusConflict)
	content := map[string]*huma.MediaType{}
	for _, format := range interchange.ClaimFormat("").Values() {
		content[interchange.ClaimFormat(format).MediaType()] = &huma.MediaType{Schema: &huma.Schema{Ref: refersTo(linkedData)}}
	}
	record.Responses = map[string]*huma.Response{"200": {
		Description: "The facts, as they are at one moment; they are cut off where they cannot be ended", Content: content,
	}}
	register(api, record, bundleTraits, func(ctx context.Context, in *struct {
		ClaimFactsQuery
		Format interchange.ClaimFormat `query:"format" required:"true" doc:"The format." example:"prov-json"`
	}) (*huma.StreamResponse, error) {
		wanted, err := in.wanted(ctx, s)
		if err != nil {
			return nil, fail(ctx, err)
		}
		wanted.Format = in.Format
		return streamClaim(s, in.Format.MediaType(), wanted), nil
	})
}

// ClaimFactsQuery asks for what the report on a claim rests on.
type ClaimFactsQuery struct {
	ID
	QuestionQuery
	RecordedQuery
}

// wanted is what is to be written of the claim.
func (q *ClaimFactsQuery) wanted(ctx context.Context, s claimBundleStore) (store.ClaimBundle, error) {
	seq, err := q.place(ctx, s)
	if err != nil {
		return store.ClaimBundle{}, err
	}
	read := s.Claim
	if seq > 0 {
		read = s.RecordedBy(seq).Claim
	}
	claim, err := read(ctx, q.ID.ID)
	if err != nil {
		return store.ClaimBundle{}, err
	}
	if err := provenance.CheckActive(claim); err != nil {
		return store.ClaimBundle{}, err
	}
	without, err := s.RecordedBy(seq).ResolveSources(ctx, "/without", q.Without)
	if err != nil {
		return store.ClaimBundle{}, err
	}
	question := provenance.Question{Without: without, AsOf: headwater.Day(q.AsOf), IncludeProposed: q.IncludeProposed}
	bundle := store.ClaimBundle{Claims: []uuid.UUID{claim.ID}, Question: question, Select: report.FactsOf, RecordedBy: seq}
	return bundle, question.CheckDay()
}

// streamClaim answers with what reports rest on.
func streamClaim(s claimBundleStore, mediaType string, wanted store.ClaimBundle) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		stream(ctx, mediaType, func(w io.Writer) error { return s.ExportClaims(ctx.Context(), w, wanted) })
	}}
}
