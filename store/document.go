package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/pg"
	"github.com/headwater-project/headwater/store/transfer"
)

// Document gives one document with its text.
func (s *Store) Document(ctx context.Context, id uuid.UUID) (headwater.Document, error) {
	return pg.Get(ctx, s.DB, pg.Documents, id)
}

// CreateDocument stores a new document. One whose address another has is proposed to be the same, and one whose passages another has
// to be a reprint, or the other one; the answer tells so.
func (s *Store) CreateDocument(ctx context.Context, by Authorship, key string, f headwater.DocumentFields) (headwater.Document, error) {
	return add(ctx, s, pg.Documents, by, key, active, f, func(tx pgx.Tx, created *headwater.Document) error {
		alike, err := transfer.MatchesOfDocument(ctx, tx, *created)
		if err != nil {
			return err
		}
		reprints, err := transfer.ReprintsOf(ctx, tx, created.ID, alike)
		if alike = append(alike, reprints...); err == nil {
			created.Matches, err = s.proposeMatches(ctx, tx, by, alike)
		}
		return err
	})
}

// UpdateDocument replaces all that is said about a document. Its attributions must still be right: their chains begin with its
// publisher, their quotes stand in its text. Quotes that have moved are mended.
func (s *Store) UpdateDocument(ctx context.Context, by Authorship, id uuid.UUID, version int,
	f headwater.DocumentFields) (headwater.Document, error) {
	return replace(ctx, s, pg.Documents, by, id, version, f, func(tx pgx.Tx, before, after headwater.Document) error {
		if before.Text != after.Text {
			if err := mendAttributions(ctx, tx, by, after, func(a headwater.Attribution) error {
				return headwater.Faults{headwater.NewFault("/text", headwater.FaultConflict, nil,
					fmt.Sprintf("a text in which the words of attribution %s stand", a.ID))}
			}); err != nil {
				return err
			}
		}
		return pg.CheckDerivation(ctx, tx, id)
	})
}

// RetractDocument retracts or restores a document.
func (s *Store) RetractDocument(ctx context.Context, by Authorship, id uuid.UUID, version int, retracted bool) (headwater.Document, error) {
	return changeStatus(ctx, s, pg.Documents, by, id, version, recordStatus(retracted))
}

// mendBatch is how many attributions are read and mended at once.
const mendBatch = 500

// mendAttributions checks a document's attributions against its new text, batch by batch, and stores those that had to be mended. It
// calls lost with those whose words do not stand there.
func mendAttributions(ctx context.Context, tx pgx.Tx, by Authorship, d headwater.Document,
	lost func(headwater.Attribution) error) error {
	text := pg.TextOf(d.Text)
	after := uuid.Nil
	for {
		batch, err := pg.Many[headwater.Attribution](ctx, tx, fmt.Sprintf(
			"SELECT %s FROM attributions WHERE document_id = $1 AND id > $2 ORDER BY id LIMIT %d FOR NO KEY UPDATE",
			pg.Attributions.Selected(""), mendBatch), d.ID, after)
		if err != nil || len(batch) == 0 {
			return err
		}
		var mending pgx.Batch
		for _, a := range batch {
			if err := mendAttribution(&mending, by, a, d.Publisher, text, lost); err != nil {
				return err
			}
			after = a.ID
		}
		if err := tx.SendBatch(ctx, &mending).Close(); err != nil {
			return err
		}
	}
}

// quotesNothing says whether an attribution is from before its document had a text.
func quotesNothing(a headwater.Attribution, text *headwater.IndexedText) bool {
	return a.Content == nil && text != nil && len(a.Selectors()) == 0
}

// mendAttribution queues the update of an attribution whose quotes have moved, or calls lost where they are gone.
func mendAttribution(batch *pgx.Batch, by Authorship, a headwater.Attribution, publisher uuid.UUID, text *headwater.IndexedText,
	lost func(headwater.Attribution) error) error {
	if quotesNothing(a, text) {
		return nil
	}
	mended, err := pg.AnchorQuotes(&a.AttributionFields, publisher, text)
	if err != nil {
		return lost(a)
	}
	if !mended {
		return nil
	}
	sql, args, err := pg.UpdateSQL(pg.Attributions, by, a, a.AttributionFields)
	batch.Queue(sql, args...)
	return err
}

// DocumentCards gives what answers say about each of these documents.
func (s *Store) DocumentCards(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]headwater.DocumentCard, error) {
	return readCards(ctx, s, documentCard.split, documentCardsOf(pg.Documents.Name, "$1"), ids)
}

// documentCardsOf reads the cards of the documents in an array.
func documentCardsOf(table, ids string) string {
	return "SELECT id, key, publisher, kind, language, title, url, archive_url, published, derived_from, status FROM " + table +
		" AS t WHERE id = ANY (" + ids + ")"
}

type documentCard struct {
	ID uuid.UUID
	headwater.DocumentCard
}

func (c documentCard) split() (uuid.UUID, headwater.DocumentCard) { return c.ID, c.DocumentCard }
