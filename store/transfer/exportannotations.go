package transfer

import (
	"context"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/store/pg"
)

// annotationsSQL reads all attributions with what each names, from tables whose names begin with a prefix. What is merged comes with all
// that it leads to, since a thing that is merged into one that is missing could not be read again.
func annotationsSQL(prefix string) string {
	claims, sources := pg.Claims, pg.Sources
	claims.Name, sources.Name = prefix+claims.Name, prefix+sources.Name
	return fmt.Sprintf(`SELECT %[1]s, made.claims, %[2]s AS page, told.sources
		FROM %[7]sattributions AS t JOIN %[7]sdocuments AS d ON d.id = t.document_id
		CROSS JOIN LATERAL (
			WITH RECURSIVE %[3]s
			SELECT jsonb_agg(%[4]s ORDER BY c.merged_into IS NULL, c.id <> t.claim_id, c.id) AS claims
			FROM meant JOIN %[7]sclaims AS c USING (id)
		) AS made
		CROSS JOIN LATERAL (
			WITH RECURSIVE %[5]s
			SELECT jsonb_agg(%[6]s ORDER BY s.id) AS sources FROM speaking JOIN %[7]ssources AS s USING (id)
		) AS told
		ORDER BY t.id`,
		pg.Attributions.Selected("t"), pg.Documents.ObjectSQL("d", "text", "derived_from"),
		claims.MergeTargetsSQL("meant", "SELECT t.claim_id"), claims.ObjectSQL("c"),
		sources.MergeTargetsSQL("speaking", "SELECT unnest(t.source_ids || d.publisher)"), sources.ObjectSQL("s"), prefix)
}

// exportAnnotations writes all attributions with what each names.
func (e *Exporter) exportAnnotations(ctx context.Context, w io.Writer, options interchange.ExportOptions) error {
	out, err := interchange.NewAnnotationWriter(w, options.Format, e.db.Namespace())
	if err != nil {
		return err
	}
	err = e.snapshotAt(ctx, options.RecordedBy, func(tx pgx.Tx, prefix string) error {
		return eachRow(ctx, tx, out.Write, annotationsSQL(prefix))
	})
	if err != nil {
		return err
	}
	return out.Close()
}
