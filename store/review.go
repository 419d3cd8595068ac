package store

import (
	"context"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/pg"
)

// Review gives one review.
func (s *Store) Review(ctx context.Context, id uuid.UUID) (headwater.Review, error) {
	return pg.Get(ctx, s.DB, pg.Reviews, id)
}

// CreateReview stores a new review.
func (s *Store) CreateReview(ctx context.Context, by Authorship, key string, f headwater.ReviewFields) (headwater.Review, error) {
	return add(ctx, s, pg.Reviews, by, key, active, f, unrestricted)
}

// UpdateReview replaces all that is said about a review but its claim, which it belongs to.
func (s *Store) UpdateReview(ctx context.Context, by Authorship, id uuid.UUID, version int,
	f headwater.ReviewFields) (headwater.Review, error) {
	return replaceIf(ctx, s, pg.Reviews, by, id, version, f, func(before headwater.Review) error {
		return unchanged("/claim", before.Claim, f.Claim)
	})
}

// RetractReview retracts or restores a review.
func (s *Store) RetractReview(ctx context.Context, by Authorship, id uuid.UUID, version int, retracted bool) (headwater.Review, error) {
	return changeStatus(ctx, s, pg.Reviews, by, id, version, recordStatus(retracted))
}
