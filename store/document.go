package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/fold"
)

var Documents = Table[headwater.Document, headwater.DocumentFields]{
	Resource: headwater.ResourceDocument,
	Name:     "documents",
	Columns:  cols("publisher kind language title url archive_url published retrieved_at text text_sha256 authors derived_from"),
	Search:   cols("url_canonical"),
	Values: func(f headwater.DocumentFields) []any {
		return []any{
			f.Publisher, f.Kind, f.Language, f.Title, f.URL, f.ArchiveURL, f.Published, f.RetrievedAt, f.Text, f.TextSHA256,
			orNull(f.Authors), f.DerivedFrom, fold.URL(f.URL),
		}
	},
	Fields: func(d headwater.Document) headwater.DocumentFields { return d.DocumentFields },
	Meta:   func(d headwater.Document) headwater.Meta { return d.Meta },
	Status: func(d headwater.Document) (string, *uuid.UUID) { return string(d.Status), nil },
	Sorts: map[string]Order[headwater.Document]{
		"published":  byPublication("infinity", false),
		"-published": byPublication("-infinity", true),
	},
}

// byPublication orders documents by the first instant at which they can have come out, undated ones last.
func byPublication(undated string, descending bool) Order[headwater.Document] {
	return Order[headwater.Document]{
		[]string{"coalesce(t.published_from, '" + undated + "')", "t.id"}, []string{"timestamptz", "uuid"}, descending,
		func(d headwater.Document) []string {
			at := undated
			if d.Published != nil && d.Published.Earliest != "" {
				at = d.Published.Earliest.Earliest().Format(time.RFC3339Nano)
			}
			return []string{at, d.ID.String()}
		},
	}
}

// Document gives one document with its text.
func (s *Store) Document(ctx context.Context, id uuid.UUID) (headwater.Document, error) {
	return Get(ctx, s, Documents, id)
}

// CreateDocument stores a new document.
func (s *Store) CreateDocument(ctx context.Context, by Authorship, key string, f headwater.DocumentFields) (headwater.Document, error) {
	return add(ctx, s, Documents, by, key, active, f, unrestricted)
}

// UpdateDocument replaces all that is said about a document. Its attributions must still hold: their chains begin
// with its publisher, their quotes stand in its text, and those that have moved are mended.
func (s *Store) UpdateDocument(ctx context.Context, by Authorship, id uuid.UUID, version int, f headwater.DocumentFields) (headwater.Document, error) {
	return replace(ctx, s, Documents, by, id, version, f, func(tx pgx.Tx, before, after headwater.Document) error {
		if err := checkDerivation(ctx, tx, id); err != nil {
			return err
		}
		if before.Text == after.Text {
			return nil
		}
		return mendAttributions(ctx, tx, by, after)
	})
}

// RetractDocument retracts or restores a document.
func (s *Store) RetractDocument(ctx context.Context, by Authorship, id uuid.UUID, version int, retracted bool) (headwater.Document, error) {
	operation, status := recordOperation(retracted)
	return changeStatus(ctx, s, Documents, by, id, version, operation, status)
}

const notDerived = "a document that does not derive from this one"

// checkDerivation faults a document that derives from itself, through others.
func checkDerivation(ctx context.Context, tx pgx.Tx, id uuid.UUID) error {
	var loops bool
	err := tx.QueryRow(ctx, "SELECT EXISTS ("+AncestorLoops("documents", "derived_from", "SELECT $1::uuid AS id")+")", id).Scan(&loops)
	if err == nil && loops {
		return headwater.Faults{headwater.NewFault("/derived_from", headwater.FaultLoop, nil, notDerived)}
	}
	return err
}

// AncestorLoops is a query for those of the ids whose way over the column parent has no end: they are their own
// ancestors, or lead to some that are. Most ways end with the first step; of the others each step is looked at once, however
// many ways take it.
func AncestorLoops(table, parent, ids string) string {
	return fmt.Sprintf(`WITH RECURSIVE starts (id) AS (
		SELECT t.id FROM (%[3]s) AS asked JOIN %[1]s AS t ON t.id = asked.id JOIN %[1]s AS first ON first.id = t.%[2]s WHERE first.%[2]s IS NOT NULL
	), line (id, parent) AS (
		SELECT t.id, t.%[2]s FROM starts JOIN %[1]s AS t ON t.id = starts.id
		UNION
		SELECT t.id, t.%[2]s FROM line JOIN %[1]s AS t ON t.id = line.parent
	), ending (id) AS (
		SELECT id FROM line WHERE parent IS NULL
		UNION ALL
		SELECT line.id FROM ending JOIN line ON line.parent = ending.id
	) SELECT id AS start FROM starts WHERE id NOT IN (SELECT id FROM ending)`, table, parent, ids)
}

// mendBatch is how many attributions are read and mended at once.
const mendBatch = 500

// mendAttributions holds a document's attributions against its new text, batch by batch, and stores those that had
// to be mended.
func mendAttributions(ctx context.Context, tx pgx.Tx, by Authorship, d headwater.Document) error {
	text := TextOf(d.Text)
	after := uuid.Nil
	for {
		batch, err := Many[headwater.Attribution](ctx, tx, fmt.Sprintf(
			"SELECT %s FROM attributions WHERE document_id = $1 AND id > $2 ORDER BY id LIMIT %d FOR UPDATE", Attributions.Selected(""), mendBatch), d.ID, after)
		if err != nil || len(batch) == 0 {
			return err
		}
		var mending pgx.Batch
		for _, a := range batch {
			if err := mendAttribution(&mending, by, a, d.Publisher, text); err != nil {
				return err
			}
			after = a.ID
		}
		if err := tx.SendBatch(ctx, &mending).Close(); err != nil {
			return err
		}
	}
}

// mendAttribution queues the rewriting of an attribution whose quotes have moved.
func mendAttribution(batch *pgx.Batch, by Authorship, a headwater.Attribution, publisher uuid.UUID, text *headwater.Text) error {
	before := chainJSON(a.AttributionFields)
	if a.Content == nil && text != nil && len(a.Selectors()) == 0 {
		return nil // made while the document had no text; there is nothing to hold against it
	}
	if err := a.CheckIn(publisher, text); err != nil {
		return headwater.Faults{headwater.NewFault("/text", headwater.FaultConflict, nil, fmt.Sprintf("a text in which the words of attribution %s stand", a.ID))}
	}
	if chainJSON(a.AttributionFields) == before {
		return nil
	}
	sql, args, err := RewriteSQL(Attributions, by, a, a.AttributionFields)
	batch.Queue(sql, args...)
	return err
}
