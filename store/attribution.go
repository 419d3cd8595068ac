package store

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/pg"
)

// Attribution gives one attribution with its chain.
func (s *Store) Attribution(ctx context.Context, id uuid.UUID) (headwater.Attribution, error) {
	return pg.Get(ctx, s.DB, pg.Attributions, id)
}

// CreateAttribution stores a new attribution, accepted if no status is given. Its key is its own within its claim. A
// span whose position is off is mended where its quote is found exactly once.
func (s *Store) CreateAttribution(ctx context.Context, by Authorship, key string, f headwater.AttributionFields,
	status headwater.Decision) (headwater.Attribution, error) {
	var mended []headwater.Mended
	return addDecided(ctx, s, pg.Attributions, by, key, status, &f, func(tx pgx.Tx) (err error) {
		mended, err = anchor(ctx, tx, &f, "FOR SHARE")
		return err
	}, func(a *headwater.Attribution) { a.Mended = mended })
}

// CheckAttribution gives all faults of an attribution that is not stored: of its references, its chain and its quotes.
func (s *Store) CheckAttribution(ctx context.Context, f headwater.AttributionFields) error {
	return pg.Interpret(allFaults(pg.CheckReferences(ctx, s.Pool, f.References()), func() error {
		_, err := anchor(ctx, s.Pool, &f, "")
		return err
	}))
}

// UpdateAttribution replaces all that is said about an attribution but its claim, which it belongs to.
func (s *Store) UpdateAttribution(ctx context.Context, by Authorship, id uuid.UUID, version int,
	f headwater.AttributionFields) (headwater.Attribution, error) {
	var after headwater.Attribution
	if err := pg.Prepare(&f); err != nil {
		return after, err
	}
	err := pg.Write(ctx, s.DB, by, &after, func(tx pgx.Tx) (err error) {
		var mended []headwater.Mended
		err = allFaults(pg.HoldReferences(ctx, tx, f.References()), func() error {
			mended, err = anchor(ctx, tx, &f, "FOR SHARE")
			return err
		})
		if err != nil {
			return err
		}
		after, err = update(ctx, tx, pg.Attributions, by, id, version, f, func(before headwater.Attribution) error {
			return unchanged("/claim", before.Claim, f.Claim)
		})
		after.Mended = mended
		return err
	})
	return after, err
}

// DecideAttribution accepts or rejects an attribution.
func (s *Store) DecideAttribution(ctx context.Context, by Authorship, id uuid.UUID, version int,
	accepted bool) (headwater.Attribution, error) {
	return changeStatus(ctx, s, pg.Attributions, by, id, version, string(decisionOf(accepted)))
}

// ReopenAttribution proposes an attribution again that was decided.
func (s *Store) ReopenAttribution(ctx context.Context, by Authorship, id uuid.UUID, version int) (headwater.Attribution, error) {
	return changeStatus(ctx, s, pg.Attributions, by, id, version, string(headwater.Proposed))
}

// anchor checks an attribution against its document and mends its spans, and tells which had a wrong position. With a lock the
// document stays as it is until the transaction ends. That there is no such document is for others to tell.
func anchor(ctx context.Context, db pg.Queryer, f *headwater.AttributionFields, lock string) ([]headwater.Mended, error) {
	type row struct {
		Publisher uuid.UUID
		Text      string
	}
	document, err := pg.One[row](ctx, db, "SELECT publisher, text FROM documents WHERE id = $1 "+lock, f.Document)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return f.AnchorIn(document.Publisher, pg.TextOf(document.Text))
}

// unchanged faults a reference that differs from what it was.
func unchanged(at headwater.Pointer, before, after uuid.UUID) error {
	if before == after {
		return nil
	}
	return headwater.Faults{headwater.NewFault(at, headwater.FaultImmutable, after, before.String()+", which cannot change")}
}
