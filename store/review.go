package store

import (
	"context"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

var Reviews = Table[headwater.Review, headwater.ReviewFields]{
	Resource: headwater.ResourceReview,
	Name:     "reviews",
	Columns:  cols("claim_id>claim author rating title url language claim_reviewed published"),
	Search:   cols("folded terms"),
	Values: func(f headwater.ReviewFields) []any {
		folded, terms := Searchable(f.ClaimReviewed)
		return []any{f.Claim, f.Author, f.Rating, f.Title, f.URL, f.Language, f.ClaimReviewed, f.Published, folded, terms}
	},
	Fields: func(r headwater.Review) headwater.ReviewFields { return r.ReviewFields },
	Meta:   func(r headwater.Review) headwater.Meta { return r.Meta },
	Status: func(r headwater.Review) (string, *uuid.UUID) { return string(r.Status), nil },
}

// Review gives one review.
func (s *Store) Review(ctx context.Context, id uuid.UUID) (headwater.Review, error) {
	return Get(ctx, s, Reviews, id)
}

// CreateReview stores a new review.
func (s *Store) CreateReview(ctx context.Context, by Authorship, key string, f headwater.ReviewFields) (headwater.Review, error) {
	return add(ctx, s, Reviews, by, key, active, f, unrestricted)
}

// UpdateReview replaces all that is said about a review but its claim, which it belongs to.
func (s *Store) UpdateReview(ctx context.Context, by Authorship, id uuid.UUID, version int, f headwater.ReviewFields) (headwater.Review, error) {
	return replaceIf(ctx, s, Reviews, by, id, version, f, func(before headwater.Review) error {
		return unchanged("/claim", before.Claim, f.Claim)
	})
}

// RetractReview retracts or restores a review.
func (s *Store) RetractReview(ctx context.Context, by Authorship, id uuid.UUID, version int, retracted bool) (headwater.Review, error) {
	operation, status := recordOperation(retracted)
	return changeStatus(ctx, s, Reviews, by, id, version, operation, status)
}
