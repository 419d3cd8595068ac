package transfer

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/store/pg"
)

// otherTextsSQL selects the stored documents that lines mention with another text than they have. may_fill says of which it can be taken:
// of those that never had one, nor its hash, and in which nothing is attributed, since an attribution in a text has its words.
var otherTextsSQL = fmt.Sprintf(`SELECT id, line, octet_length(staged.text) AS bytes, now.text <> '' AS has_text,
	now.text_sha256 = '' AND NOT EXISTS (
		SELECT FROM changes WHERE resource = 'document' AND resource_id = now.id AND state ->> 'text_sha256' <> '')
	AND NOT EXISTS (SELECT FROM attributions AS a WHERE a.document_id = now.id) AS may_fill
	FROM staged_documents AS staged JOIN documents AS now USING (id)
	WHERE staged.assertion = %d AND staged.text <> '' AND (now.text = '' OR now.text_sha256 <> staged.text_sha256)
	ORDER BY id`, bundle.Mentions)

// otherText is a row of otherTextsSQL.
type otherText struct {
	ID               uuid.UUID
	Line, Bytes      int
	HasText, MayFill bool
}

// fillDocuments gives stored documents that something only named their text, and what else they lack, once a line has it. What is stored
// of them stays.
func (j *job) fillDocuments(ctx context.Context) error {
	if !j.isFilled(headwater.ResourceDocument) {
		return nil
	}
	rows, err := pg.Many[otherText](ctx, j.tx, otherTextsSQL)
	if err != nil {
		return err
	}
	rows = slices.DeleteFunc(rows, func(row otherText) bool {
		left := "left out; the document is stored without a text, and had one, or has attributions, which in a text need the words that " +
			"they stand for"
		if row.HasText {
			left = "left out; the document is stored with another text, which stays"
		}
		if !row.MayFill {
			j.note([]bundle.Note{{Line: row.Line, Pointer: "/text", Text: left}})
		}
		return !row.MayFill
	})
	count := j.counts[headwater.ResourceDocument]
	for len(rows) > 0 {
		var ids []uuid.UUID // of so many documents, at least one, as have texts that may be in memory together
		for size := 0; len(rows) > 0 && (len(ids) == 0 || size+rows[0].Bytes <= fullBytes); rows = rows[1:] {
			ids, size = append(ids, rows[0].ID), size+rows[0].Bytes
		}
		documents, err := pg.Many[headwater.Document](ctx, j.tx, "SELECT "+pg.Documents.Selected("t")+
			" FROM documents AS t WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE", ids)
		if err != nil {
			return err
		}
		ids = ids[:0] // those that are there still
		for _, document := range documents {
			ids = append(ids, document.ID)
		}
		// one of each, since of several lines that mention one deduplicate left that which counts
		lines, err := pg.Many[headwater.DocumentFields](ctx, j.tx, `SELECT publisher, kind, language, title, url, archive_url, published,
			retrieved_at, text, text_sha256, authors, derived_from, method FROM staged_documents WHERE id = ANY ($1) ORDER BY id`,
			ids)
		if err != nil {
			return err
		}
		var batch pgx.Batch
		for i, stored := range documents {
			staged, f := lines[i], stored.DocumentFields
			f.Text, f.TextSHA256 = staged.Text, staged.TextSHA256
			f.Language, f.Title = cmp.Or(f.Language, staged.Language), cmp.Or(f.Title, staged.Title)
			f.ArchiveURL, f.RetrievedAt = cmp.Or(f.ArchiveURL, staged.ArchiveURL), cmp.Or(f.RetrievedAt, staged.RetrievedAt)
			f.Published = cmp.Or(f.Published, staged.Published)
			if len(f.Authors) == 0 {
				f.Authors = staged.Authors
			}
			sql, args, err := pg.UpdateSQL(pg.Documents, j.by, stored, f)
			if err != nil {
				return err
			}
			batch.Queue(sql, args...)
			count.Changed, count.Unchanged = count.Changed+1, max(0, count.Unchanged-1)
		}
		if err := j.tx.SendBatch(ctx, &batch).Close(); err != nil {
			return err
		}
	}
	j.counts[headwater.ResourceDocument] = count
	return nil
}
