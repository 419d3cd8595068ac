package store

import (
	"context"

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
	return addDecided(ctx, s, pg.Attributions, by, key, status, &f, func(tx pgx.Tx) error { return anchor(ctx, tx, &f) })
}

// UpdateAttribution replaces all that is said about an attribution but its claim, which it belongs to.
func (s *Store) UpdateAttribution(ctx context.Context, by Authorship, id uuid.UUID, version int,
	f headwater.AttributionFields) (headwater.Attribution, error) {
	var after headwater.Attribution
	if err := pg.Prepare(&f); err != nil {
		return after, err
	}
	err := pg.Write(ctx, s.DB, by, &after, func(tx pgx.Tx) (err error) {
		if err = pg.CheckReferences(ctx, tx, f.References()); err != nil {
			return err
		}
		if err = anchor(ctx, tx, &f); err != nil {
			return err
		}
		after, err = update(ctx, tx, pg.Attributions, by, id, version, f, func(before headwater.Attribution) error {
			return unchanged("/claim", before.Claim, f.Claim)
		})
		return err
	})
	return after, err
}

// DecideAttribution accepts or rejects an attribution.
func (s *Store) DecideAttribution(ctx context.Context, by Authorship, id uuid.UUID, version int,
	accepted bool) (headwater.Attribution, error) {
	operation, status := decisionOperation(accepted)
	return changeStatus(ctx, s, pg.Attributions, by, id, version, operation, status)
}

// anchor checks an attribution against its document and mends its spans. The document is locked until the transaction ends.
func anchor(ctx context.Context, tx pgx.Tx, f *headwater.AttributionFields) error {
	var publisher uuid.UUID
	var text string
	row := tx.QueryRow(ctx, "SELECT publisher, text FROM documents WHERE id = $1 FOR SHARE", f.Document)
	if err := row.Scan(&publisher, &text); err != nil {
		return err
	}
	return f.AnchorIn(publisher, pg.TextOf(text))
}

// unchanged faults a reference that differs from what it was.
func unchanged(at headwater.Pointer, before, after uuid.UUID) error {
	if before == after {
		return nil
	}
	return headwater.Faults{headwater.NewFault(at, headwater.FaultImmutable, after, before.String()+", which cannot change")}
}
