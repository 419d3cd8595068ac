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
var otherTextsSQL = fmt.Sprintf(`SELECT staged.id, min(line) AS line, bool_and(now.text <> '') AS has_text,
	bool_and(now.text_sha256 = '' AND NOT EXISTS (
		SELECT FROM changes WHERE resource = 'document' AND resource_id = now.id AND state ->> 'text_sha256' <> '')
	AND NOT EXISTS (SELECT FROM attributions AS a WHERE a.document_id = now.id)) AS may_fill
	FROM staged_documents AS staged JOIN documents AS now USING (id)
	WHERE staged.assertion = %d AND staged.text <> '' AND (now.text = '' OR now.text_sha256 <> staged.text_sha256)
	GROUP BY staged.id ORDER BY staged.id`, bundle.Mentions)

// fillBatch is how many documents with their texts are in memory at once.
const fillBatch = 16

// otherText is a row of otherTextsSQL.
type otherText struct {
	ID               uuid.UUID
	Line             int
	HasText, MayFill bool
}

// fillDocuments gives stored documents that something only named their text, and what else they lack, once a line has it. What is stored
// of them stays.
func (j *job) fillDocuments(ctx context.Context) error {
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
	for some := range slices.Chunk(rows, fillBatch) {
		ids := make([]uuid.UUID, len(some))
		for i, row := range some {
			ids[i] = row.ID
		}
		documents, err := pg.Many[headwater.Document](ctx, j.tx, "SELECT "+pg.Documents.Selected("t")+
			" FROM documents AS t WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE", ids)
		if err != nil {
			return err
		}
		for i, document := range documents {
			ids[i] = document.ID
		}
		// of several lines that mention one, the first counts
		lines, err := pg.Many[headwater.DocumentFields](ctx, j.tx, `SELECT DISTINCT ON (id) publisher, kind, language, title, url,
			archive_url, published, retrieved_at, text, text_sha256, authors, derived_from, method FROM staged_documents WHERE id = ANY ($1)
			ORDER BY id, line`, ids[:len(documents)])
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
