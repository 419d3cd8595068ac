package store

import (
	"context"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/pg"
)

// Claim gives one claim.
func (s *Store) Claim(ctx context.Context, id uuid.UUID) (headwater.Claim, error) {
	return pg.Get(ctx, s.DB, pg.Claims, id)
}

// CreateClaim stores a new claim.
func (s *Store) CreateClaim(ctx context.Context, by Authorship, key string, f headwater.ClaimFields) (headwater.Claim, error) {
	return add(ctx, s, pg.Claims, by, key, active, f, unrestricted)
}

// UpdateClaim replaces all that is said about a claim.
func (s *Store) UpdateClaim(ctx context.Context, by Authorship, id uuid.UUID, version int,
	f headwater.ClaimFields) (headwater.Claim, error) {
	return replace(ctx, s, pg.Claims, by, id, version, f, nil)
}

// RetractClaim retracts or restores a claim.
func (s *Store) RetractClaim(ctx context.Context, by Authorship, id uuid.UUID, version int, retracted bool) (headwater.Claim, error) {
	return changeStatus(ctx, s, pg.Claims, by, id, version, recordStatus(retracted))
}

// MergeClaim makes a claim speak as another.
func (s *Store) MergeClaim(ctx context.Context, by Authorship, id uuid.UUID, version int, into uuid.UUID) (headwater.Claim, error) {
	return merge(ctx, s, pg.Claims, by, id, version, into)
}

// UnmergeClaim lets a merged claim speak for itself again.
func (s *Store) UnmergeClaim(ctx context.Context, by Authorship, id uuid.UUID, version int) (headwater.Claim, error) {
	return unmerge(ctx, s, pg.Claims, by, id, version)
}

// ClaimCards gives what answers say about each of these claims.
func (s *Store) ClaimCards(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]headwater.ClaimCard, error) {
	return readCards(ctx, s, claimCard.split, claimCardsOf(pg.Claims.Name, "$1"), ids)
}

// claimCardsOf reads the cards of the claims in an array.
func claimCardsOf(table, ids string) string {
	return "SELECT id, key, statement, status FROM " + table + " AS t WHERE id = ANY (" + ids + ")"
}

type claimCard struct {
	ID uuid.UUID
	headwater.ClaimCard
}

func (c claimCard) split() (uuid.UUID, headwater.ClaimCard) { return c.ID, c.ClaimCard }
