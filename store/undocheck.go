package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/pg"
)

// structureCheck finds those of the things $1 of a resource, as an undo leaves them, that what holds now forbids.
type structureCheck struct {
	resource headwater.Resource
	sql      string
	expected string
}

// structureChecks are what an undo is held to, as any other write is: what was said to be two stays two, and what is one is not said
// to be two.
var structureChecks = []structureCheck{
	{headwater.ResourceSource, apartOf(pg.Sources, "t.merged_into IS NOT NULL"), mergedApart},
	{headwater.ResourceClaim, apartOf(pg.Claims, "t.merged_into IS NOT NULL"), mergedApart},
	{headwater.ResourceDocument, fmt.Sprintf("SELECT t.id FROM documents AS t WHERE t.id = ANY ($1) AND derived_from IS NOT NULL AND "+
		"EXISTS (%s)", pg.NoReprintSQL("t.id", "t.derived_from")), "a document of which nobody said since that it is no reprint"},
	{headwater.ResourceLink, fmt.Sprintf("SELECT t.id FROM links AS t WHERE t.id = ANY ($1) AND kind = 'equivalent' AND "+
		"status = 'rejected' AND %s", pg.Claims.SpeakAsOneSQL("t.claim_id", "t.to_id")), "two claims that nobody merged since"},
	{headwater.ResourceMatch, fmt.Sprintf("SELECT t.id FROM matches AS t WHERE t.id = ANY ($1) AND status = 'rejected' AND "+
		"CASE kind WHEN 'same_source' THEN %s WHEN 'same_document' THEN %s ELSE %s END", pg.Sources.SpeakAsOneSQL("t.a", "t.b"),
		pg.Documents.SpeakAsOneSQL("t.a", "t.b"), pg.DerivesSQL("t.a", "t.b")), "two that nobody made one since"},
	{headwater.ResourceMatch, fmt.Sprintf("SELECT t.id FROM matches AS t WHERE t.id = ANY ($1) AND status = 'accepted' AND "+
		"kind = 'same_document' AND EXISTS (%s)", pg.Documents.ApartSQL("t.a", "t.b")),
		"two documents of which nobody said since that they are two"},
}

const mergedApart = "a thing that it speaks as, of which nobody said since that it is another"

// apartOf selects the things that are merged into what they were said not to be.
func apartOf[T any, F pg.Fields](t pg.Table[T, F], condition string) string {
	return fmt.Sprintf("SELECT t.id FROM %s AS t WHERE t.id = ANY ($1) AND %s AND EXISTS (%s)", t.Name, condition,
		t.ApartSQL("t.id", "t.merged_into"))
}

// checkStructure finds what the undo makes its own ancestor or controller, and what it says against what was said since. It is the
// last step, since the structure is locked once all is written.
func (u *undo) checkStructure(ctx context.Context) error {
	if u.total > 0 || len(u.writes) == 0 {
		return nil
	}
	if err := pg.LockStructure(ctx, u.tx); err != nil {
		return err
	}
	const some = "SELECT unnest($1::uuid[]) AS id"
	merged := pg.RelationsOfMergedSQL("SELECT id FROM sources WHERE id = ANY ($1) AND merged_into IS NOT NULL")
	for _, circle := range []struct {
		resource headwater.Resource
		ids      string
	}{{headwater.ResourceRelation, some}, {headwater.ResourceSource, merged}} {
		if len(u.writes[circle.resource]) == 0 {
			continue
		}
		loops, err := pg.ControlLoops(ctx, u.tx, circle.ids, u.writes[circle.resource])
		if err != nil {
			return err
		}
		for _, loop := range loops {
			u.stand(headwater.ResourceRelation, loop.Relation, "%s", loop.Expected)
		}
	}
	for _, line := range []struct {
		resource      headwater.Resource
		table, parent string
	}{
		{headwater.ResourceDocument, "documents", "derived_from"}, {headwater.ResourceSource, "sources", "merged_into"},
		{headwater.ResourceClaim, "claims", "merged_into"},
	} {
		if len(u.writes[line.resource]) == 0 {
			continue
		}
		loops, err := pg.AncestorLoops(ctx, u.tx, line.table, line.parent, some, u.writes[line.resource])
		if err != nil {
			return err
		}
		for _, id := range loops {
			u.stand(line.resource, id, "a %s that does not lead back to itself over %s", line.resource, line.parent)
		}
	}
	if u.total > 0 { // which what follows might follow for ever
		return nil
	}
	for _, check := range structureChecks {
		if len(u.writes[check.resource]) == 0 {
			continue
		}
		found, err := pg.Many[struct{ ID uuid.UUID }](ctx, u.tx, check.sql, u.writes[check.resource])
		if err != nil {
			return err
		}
		for _, thing := range found {
			u.stand(check.resource, thing.ID, "%s", check.expected)
		}
	}
	return nil
}
