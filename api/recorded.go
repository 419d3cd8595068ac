package api

import (
	"context"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/report"
	"github.com/headwater-project/headwater/store"
)

// PastStore reads what was recorded by a moment.
type PastStore interface {
	// Position gives the place in the order that recorded_by means: a place, or the last checkpoint before an instant.
	Position(ctx context.Context, recordedBy string) (seq int64, err error)
	// RecordedBy gives what was recorded by a place.
	RecordedBy(seq int64) store.Past
}

// RecordedQuery asks for things as they were recorded by a moment.
type RecordedQuery struct {
	RecordedBy string `query:"recorded_by" maxLength:"40" doc:"As it was recorded by a place in the order of changes (seq), or by the last checkpoint before an instant (RFC 3339). The same question always has the same answer." example:"1042"`
}

// place is the place in the order that is meant; 0 is now.
func (q RecordedQuery) place(ctx context.Context, s PastStore) (int64, error) {
	if q.RecordedBy == "" {
		return 0, nil
	}
	return s.Position(ctx, q.RecordedBy)
}

// claimReader reads claims with what is listed below them, and what reports on them rest on: as it is, or as it was.
type claimReader interface {
	CardStore
	report.FactSource
	// Claim gives one claim.
	Claim(ctx context.Context, id uuid.UUID) (headwater.Claim, error)
	// ClaimDetail reads a claim and the parts of it that are asked for, each with its first page.
	ClaimDetail(ctx context.Context, id uuid.UUID, parts store.Parts) (store.ClaimDetail, error)
	// Attributions lists attributions of a claim.
	Attributions(ctx context.Context, f store.AttributionFilter, p store.Paging) (store.Page[headwater.Attribution], error)
	// Links lists links of a claim.
	Links(ctx context.Context, f store.LinkFilter, p store.Paging) (store.Page[headwater.Link], error)
}

// presentClaims reads them as they are.
type presentClaims struct{ relatedStore }

// Facts reads what the analysis rests on.
func (s presentClaims) Facts(ctx context.Context, claims, without []uuid.UUID, proposed bool) (provenance.Facts, error) {
	facts, err := s.relatedStore.Facts(ctx, claims, without, proposed)
	return facts.Facts, err
}

// claims reads claims as they were by the moment that is meant.
func (q RecordedQuery) claims(ctx context.Context, s relatedStore) (claimReader, error) {
	seq, err := q.place(ctx, s)
	if err != nil || seq == 0 {
		return presentClaims{s}, err
	}
	return s.RecordedBy(seq), nil
}
