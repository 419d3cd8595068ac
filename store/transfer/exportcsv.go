package transfer

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/store/pg"
)

// columnsSQL finds which columns the things of a resource need beyond those that all have; empty where none can. The prefix is that of
// the tables.
func columnsSQL(of headwater.Resource, prefix string) string {
	switch of {
	case headwater.ResourceSource:
		table := prefix + "sources"
		return "SELECT " + jsonKeysSQL("names", table) + ", " + jsonKeysSQL("role", table) + ", " +
			jsonKeysSQL("external_ids", table) + ", 0"
	case headwater.ResourceClaim:
		return "SELECT " + jsonKeysSQL("statement", prefix+"claims") + ", '{}'::text[], '{}'::text[], 0"
	case headwater.ResourceAttribution:
		return "SELECT '{}'::text[], '{}'::text[], '{}'::text[], coalesce(max(cardinality(source_ids)), 0) FROM " + prefix + "attributions"
	}
	return ""
}

func jsonKeysSQL(column, table string) string {
	return fmt.Sprintf("ARRAY (SELECT DISTINCT label FROM %s, jsonb_object_keys(%s) AS labels (label) ORDER BY label)", table, column)
}

// exportCSV writes all things of a resource as a table.
func (e *Exporter) exportCSV(ctx context.Context, w io.Writer, options interchange.ExportOptions) error {
	return e.snapshotAt(ctx, options.RecordedBy, func(tx pgx.Tx, prefix string) error {
		var width interchange.Width
		if sql := columnsSQL(options.Of, prefix); sql != "" {
			if err := tx.QueryRow(ctx, sql).Scan(&width.Languages, &width.Roles, &width.Schemes, &width.Hops); err != nil {
				return err
			}
		}
		out, err := interchange.NewTableWriter(w, options, width)
		if err != nil {
			return err
		}
		if err := writeTable(ctx, tx, options.Of, prefix, out); err != nil {
			return err
		}
		return out.Close()
	})
}

func writeTable(ctx context.Context, tx pgx.Tx, of headwater.Resource, prefix string, out *interchange.TableWriter) error {
	from := func(sql string) string { return strings.ReplaceAll(sql, "{}", prefix) }
	switch of {
	case headwater.ResourceSource:
		return eachRow(ctx, tx, out.Source, "SELECT "+pg.Sources.Selected("")+from(" FROM {}sources ORDER BY id"))
	case headwater.ResourceRelation:
		return eachRow(ctx, tx, out.Relation, "SELECT "+pg.Relations.Selected("t")+from(`, subject.name AS subject_name,
			object.name AS object_name FROM {}relations AS t
			JOIN {}sources AS subject ON subject.id = t.subject JOIN {}sources AS object ON object.id = t.object ORDER BY t.id`))
	case headwater.ResourceClaim:
		return eachRow(ctx, tx, out.Claim, "SELECT "+pg.Claims.Selected("")+from(" FROM {}claims ORDER BY id"))
	case headwater.ResourceLink:
		return eachRow(ctx, tx, out.Link, "SELECT "+pg.Links.Selected("")+from(" FROM {}links ORDER BY id"))
	case headwater.ResourceAttribution:
		return eachRow(ctx, tx, out.Attribution, "SELECT "+pg.Attributions.Selected("t")+from(`, ARRAY (SELECT s.name
			FROM unnest(t.source_ids) WITH ORDINALITY AS hop (id, place) JOIN {}sources AS s USING (id) ORDER BY place) AS names
			FROM {}attributions AS t ORDER BY t.id`))
	case headwater.ResourceDocument, headwater.ResourceReview:
	}
	return fmt.Errorf("store: no table is written of a %s", of)
}
