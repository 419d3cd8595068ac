package store

import (
	"context"
	"encoding/json"
	"math"
	"strconv"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
)

var Attributions = Table[headwater.Attribution, headwater.AttributionFields]{
	Resource: headwater.ResourceAttribution,
	Name:     "attributions",
	Columns:  cols("claim_id>claim document_id>document stance content event_time_span chain credibility method confidence note"),
	Values: func(f headwater.AttributionFields) []any {
		return []any{f.Claim, f.Document, f.Stance, f.Content, f.EventTimeSpan, f.Chain, f.Credibility, f.Method, f.Confidence, f.Note}
	},
	Fields: func(a headwater.Attribution) headwater.AttributionFields { return a.AttributionFields },
	Meta:   func(a headwater.Attribution) headwater.Meta { return a.Meta },
	Status: func(a headwater.Attribution) (string, *uuid.UUID) { return string(a.Status), nil },
	Sorts: map[string]Order[headwater.Attribution]{ReadingOrder: {
		[]string{"coalesce(t.content_start, 2147483647)", "t.id"}, []string{"int", "uuid"}, false,
		func(a headwater.Attribution) []string {
			start := math.MaxInt32
			if a.Content != nil {
				start = a.Content.Start
			}
			return []string{strconv.Itoa(start), a.ID.String()}
		},
	}},
}

// ReadingOrder is the order of a document's attributions in its text; those without words come last.
const ReadingOrder = "reading"

// Attribution gives one attribution with its chain.
func (s *Store) Attribution(ctx context.Context, id uuid.UUID) (headwater.Attribution, error) {
	return Get(ctx, s, Attributions, id)
}

// CreateAttribution stores a new attribution, accepted if no status is given. Its key is its own within its claim. A
// span whose position is off is mended where its quote is found exactly once.
func (s *Store) CreateAttribution(ctx context.Context, by Authorship, key string, f headwater.AttributionFields, status headwater.Decision) (headwater.Attribution, error) {
	return addDecided(ctx, s, Attributions, by, key, status, &f, func(tx pgx.Tx) error { return anchor(ctx, tx, &f) })
}

// UpdateAttribution replaces all that is said about an attribution but its claim, which it belongs to.
func (s *Store) UpdateAttribution(ctx context.Context, by Authorship, id uuid.UUID, version int, f headwater.AttributionFields) (headwater.Attribution, error) {
	var after headwater.Attribution
	if err := Prepare(&f); err != nil {
		return after, err
	}
	err := Write(ctx, s, by, &after, func(tx pgx.Tx) (err error) {
		if err = CheckReferences(ctx, tx, f.References()); err != nil {
			return err
		}
		if err = anchor(ctx, tx, &f); err != nil {
			return err
		}
		after, err = update(ctx, tx, Attributions, by, id, version, f, func(before headwater.Attribution) error {
			return unchanged("/claim", before.Claim, f.Claim)
		})
		return err
	})
	return after, err
}

// DecideAttribution accepts or rejects an attribution.
func (s *Store) DecideAttribution(ctx context.Context, by Authorship, id uuid.UUID, version int, accepted bool) (headwater.Attribution, error) {
	operation, status := decisionOperation(accepted)
	return changeStatus(ctx, s, Attributions, by, id, version, operation, status)
}

// anchor holds an attribution against its document and mends its spans. The document is kept as it is until the
// transaction ends.
func anchor(ctx context.Context, tx pgx.Tx, f *headwater.AttributionFields) error {
	var publisher uuid.UUID
	var words string
	if err := tx.QueryRow(ctx, "SELECT publisher, text FROM documents WHERE id = $1 FOR SHARE", f.Document).Scan(&publisher, &words); err != nil {
		return err
	}
	return f.CheckIn(publisher, TextOf(words))
}

// chainJSON is an attribution's words and spans in one text, to compare it with what it was.
func chainJSON(f headwater.AttributionFields) string {
	words, err := json.Marshal(f)
	if err != nil {
		return err.Error()
	}
	return string(words)
}

// unchanged faults a reference that differs from what it was.
func unchanged(at headwater.Pointer, before, after uuid.UUID) error {
	if before == after {
		return nil
	}
	return headwater.Faults{headwater.NewFault(at, headwater.FaultImmutable, after, before.String()+", which cannot change")}
}
