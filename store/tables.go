package store

import (
	"context"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
)

// widthSQL finds the columns that things of a resource need beyond those that all have.
var widthSQL = map[headwater.Resource]string{
	headwater.ResourceSource:      `SELECT ` + keysOf("names", "sources") + `, ` + keysOf("role", "sources") + `, ` + keysOf("external_ids", "sources") + `, 0`,
	headwater.ResourceClaim:       `SELECT ` + keysOf("statement", "claims") + `, '{}'::text[], '{}'::text[], 0`,
	headwater.ResourceAttribution: `SELECT '{}'::text[], '{}'::text[], '{}'::text[], coalesce(max(cardinality(source_ids)), 0) FROM attributions`,
}

func keysOf(column, table string) string {
	return fmt.Sprintf("ARRAY (SELECT DISTINCT label FROM %s, jsonb_object_keys(%s) AS labels (label) ORDER BY label)", table, column)
}

// exportTable writes all things of a resource.
func (s *Store) exportTable(ctx context.Context, w io.Writer, form interchange.ExportOptions) error {
	return s.reading(ctx, func(tx pgx.Tx) error {
		var width interchange.Width
		if sql, wide := widthSQL[form.Of]; wide {
			if err := tx.QueryRow(ctx, sql).Scan(&width.Languages, &width.Roles, &width.Schemes, &width.Hops); err != nil {
				return err
			}
		}
		out, err := interchange.NewTableWriter(w, form.Of, width, form.BOM)
		if err != nil {
			return err
		}
		if err := writeTable(ctx, tx, form.Of, out); err != nil {
			return err
		}
		return out.Close()
	})
}

func writeTable(ctx context.Context, tx pgx.Tx, of headwater.Resource, out *interchange.TableWriter) error {
	switch of {
	case headwater.ResourceSource:
		return eachRow(ctx, tx, out.Source, "SELECT "+sources.selected("")+" FROM sources ORDER BY id")
	case headwater.ResourceRelation:
		return eachRow(ctx, tx, out.Relation, "SELECT "+relations.selected("t")+`, subject.name AS subject_name, object.name AS object_name FROM relations AS t
			JOIN sources AS subject ON subject.id = t.subject JOIN sources AS object ON object.id = t.object ORDER BY t.id`)
	case headwater.ResourceClaim:
		return eachRow(ctx, tx, out.Claim, "SELECT "+claims.selected("")+" FROM claims ORDER BY id")
	case headwater.ResourceLink:
		return eachRow(ctx, tx, out.Link, "SELECT "+links.selected("")+" FROM links ORDER BY id")
	case headwater.ResourceAttribution:
		return eachRow(ctx, tx, out.Attribution, "SELECT "+attributions.selected("t")+`, ARRAY (SELECT s.name FROM unnest(t.source_ids) WITH ORDINALITY AS hop (id, place) JOIN sources AS s USING (id) ORDER BY place) AS names
			FROM attributions AS t ORDER BY t.id`)
	case headwater.ResourceDocument, headwater.ResourceReview:
	}
	return fmt.Errorf("store: no table is written of a %s", of)
}
