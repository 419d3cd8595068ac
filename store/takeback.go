package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/pg"
)

// takeBack makes what accepting a match changed as it was before, by the history. What others changed since stands in its way; what
// they took back themselves does not. A match that came accepted from elsewhere is known by what it says alone.
func takeBack(ctx context.Context, tx pgx.Tx, by Authorship, m headwater.IdentityMatch) error {
	var accepted string // the number of the transaction
	err := tx.QueryRow(ctx, `SELECT xid::text FROM changes WHERE resource_id = $1 AND resource = 'match' AND operation = 'accept'
		ORDER BY to_version DESC LIMIT 1`, m.ID).Scan(&accepted)
	if errors.Is(err, pgx.ErrNoRows) {
		return takeBackUnrecorded(ctx, tx, by, m)
	}
	if err != nil {
		return err
	}
	switch m.Kind {
	case headwater.SameSource:
		return takeBackMerger(ctx, tx, by, m, accepted)
	case headwater.SameDocument:
		return takeBackMove(ctx, tx, by, m, accepted)
	}
	return takeBackDerivation(ctx, tx, by, m, accepted)
}

// takeBackUnrecorded takes back what a match says that was accepted elsewhere. What attributions were moved nobody knows here.
func takeBackUnrecorded(ctx context.Context, tx pgx.Tx, by Authorship, m headwater.IdentityMatch) error {
	switch m.Kind {
	case headwater.SameSource:
		if err := unmergeFrom(ctx, tx, by, m.B, m.A); err != nil {
			return err
		}
		var one bool
		err := tx.QueryRow(ctx, "SELECT "+pg.Sources.SpeakAsOneSQL("$1::uuid", "$2::uuid"), m.A, m.B).Scan(&one)
		if err == nil && one {
			return standsInTheWay("source " + m.B.String() + " speaks as the other through a third; unmerge it first")
		}
		return err
	case headwater.SameDocument:
		document, err := pg.LockForWrite(ctx, tx, pg.Documents, m.B, 0)
		if err == nil && document.Status == headwater.RecordRetracted {
			return standsInTheWay(fmt.Sprintf("the match was accepted elsewhere, and which attributions that moved is not known here; "+
				"restore document %s and move them back first", m.B))
		}
		return err
	}
	document, err := pg.LockForWrite(ctx, tx, pg.Documents, m.A, 0)
	if err != nil || !sameID(document.DerivedFrom, &m.B) {
		return err
	}
	return derive(ctx, tx, by, m.A, nil)
}

// maxObstacles is how many things are named that stand in the way of reopening a match.
const maxObstacles = 20

// standsInTheWay is the error of a match that cannot be reopened.
func standsInTheWay(obstacles ...string) error {
	text := strings.Join(obstacles[:min(len(obstacles), maxObstacles)], "; ")
	if more := len(obstacles) - maxObstacles; more > 0 {
		text += fmt.Sprintf("; and %d more", more)
	}
	return &headwater.Error{Code: headwater.CodeConflict, Detail: "the match cannot be reopened: " + text}
}

// unmergeFrom lets a source speak for itself again, if it is merged into the other.
func unmergeFrom(ctx context.Context, tx pgx.Tx, by Authorship, id, into uuid.UUID) error {
	source, err := pg.LockForWrite(ctx, tx, pg.Sources, id, 0)
	if err != nil || !sameID(source.MergedInto, &into) {
		return err
	}
	_, err = pg.SetStatus(ctx, tx, pg.Sources, by, source, headwater.OpUnmerge, string(headwater.EntityActive), nil)
	return err
}

// takeBackMerger unmerges the source that accepting a match merged: b, or what it spoke as.
func takeBackMerger(ctx context.Context, tx pgx.Tx, by Authorship, m headwater.IdentityMatch, accepted string) error {
	rows, err := tx.Query(ctx, "WITH RECURSIVE "+pg.Sources.MergeTargetsSQL("above", "SELECT $2::uuid")+`
		SELECT resource_id FROM changes WHERE xid = $1::text::xid8 AND resource = 'source' AND operation = 'merge'
			AND state ->> 'merged_into' = $3::text AND resource_id IN (SELECT id FROM above) ORDER BY resource_id`,
		accepted, m.B, m.A.String())
	if err != nil {
		return err
	}
	merged, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	for _, id := range merged {
		if err := unmergeFrom(ctx, tx, by, id, m.A); err != nil {
			return err
		}
	}
	return err
}

// takeBackDerivation lets a document derive from what it did before the match was accepted.
func takeBackDerivation(ctx context.Context, tx pgx.Tx, by Authorship, m headwater.IdentityMatch, accepted string) error {
	document, err := pg.LockForWrite(ctx, tx, pg.Documents, m.A, 0)
	if err != nil || !sameID(document.DerivedFrom, &m.B) {
		return err
	}
	var before *uuid.UUID
	err = tx.QueryRow(ctx, `SELECT (was.state ->> 'derived_from')::uuid FROM changes AS made JOIN changes AS was
			ON was.resource_id = made.resource_id AND was.to_version = made.from_version
		WHERE made.xid = $1::text::xid8 AND made.resource_id = $2 AND made.state ->> 'derived_from' = $3::text`,
		accepted, m.A, m.B.String()).Scan(&before)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil // it derived from the other already
	}
	if err != nil {
		return err
	}
	err = derive(ctx, tx, by, m.A, before)
	if headwater.CodeOf(err) == headwater.CodeInvalid {
		return standsInTheWay(fmt.Sprintf("document %s cannot derive from %s again: %v", m.A, before, err))
	}
	return err
}

// takeBackMove restores the document that accepting a match retracted, and moves the attributions back that it moved.
func takeBackMove(ctx context.Context, tx pgx.Tx, by Authorship, m headwater.IdentityMatch, accepted string) error {
	locked, err := lockDocuments(ctx, tx, m.A, m.B)
	if err != nil {
		return err
	}
	var retracted bool
	rows, err := tx.Query(ctx, `SELECT made.resource_id, made.resource = 'document' FROM changes AS made JOIN changes AS was
			ON was.resource_id = made.resource_id AND was.to_version = made.from_version
		WHERE made.xid = $1::text::xid8 AND (made.resource = 'document' AND made.operation = 'retract' AND made.resource_id = $3
			OR made.resource = 'attribution' AND made.state ->> 'document' = $2::text AND was.state ->> 'document' = $3::uuid::text)
		ORDER BY made.resource_id`, accepted, m.A.String(), m.B)
	if err != nil {
		return err
	}
	var moved []uuid.UUID
	var id uuid.UUID
	var isDocument bool
	if _, err = pgx.ForEachRow(rows, []any{&id, &isDocument}, func() error {
		if retracted = retracted || isDocument; !isDocument {
			moved = append(moved, id)
		}
		return nil
	}); err != nil {
		return err
	}
	back := moveBack{tx: tx, by: by, from: m.A, to: locked[m.B], text: pg.TextOf(locked[m.B].Text), accepted: accepted}
	for batch := range slices.Chunk(moved, mendBatch) {
		if err := back.move(ctx, batch); err != nil {
			return err
		}
	}
	if len(back.obstacles) > 0 {
		return standsInTheWay(back.obstacles...)
	}
	if retracted && locked[m.B].Status == headwater.RecordRetracted {
		_, err = pg.SetStatus(ctx, tx, pg.Documents, by, locked[m.B], headwater.OpRestore, string(headwater.RecordActive), nil)
	}
	return err
}

// moveBack moves attributions to the document that they were moved from, batch by batch, and collects what stands in the way.
type moveBack struct {
	tx        pgx.Tx
	by        Authorship
	from      uuid.UUID
	to        headwater.Document
	text      *headwater.IndexedText
	accepted  string
	obstacles []string
}

// movedAttribution is an attribution as it is, and what was said of it before it was moved and after.
type movedAttribution struct {
	headwater.Attribution
	Was, Made json.RawMessage
}

func (b *moveBack) move(ctx context.Context, ids []uuid.UUID) error {
	moved, err := pg.Many[movedAttribution](ctx, b.tx, fmt.Sprintf(`SELECT %s, was.state AS was, made.state AS made FROM attributions AS t
		JOIN changes AS made ON made.resource_id = t.id AND made.xid = $2::text::xid8 AND made.resource = 'attribution'
		JOIN changes AS was ON was.resource_id = t.id AND was.to_version = made.from_version
		WHERE t.id = ANY ($1) ORDER BY t.id FOR UPDATE OF t`, pg.Attributions.Selected("t")), ids, b.accepted)
	if err != nil {
		return err
	}
	var batch pgx.Batch
	for _, a := range moved {
		var was, made headwater.AttributionFields
		if err := errors.Join(json.Unmarshal(a.Was, &was), json.Unmarshal(a.Made, &made)); err != nil {
			return err
		}
		switch same, err := sameFields(a.AttributionFields, made); {
		case err != nil:
			return err
		case !same:
			b.obstacles = append(b.obstacles, fmt.Sprintf("attribution %s was changed since", a.ID))
			continue
		}
		if _, err := pg.AnchorQuotes(&was, b.to.Publisher, b.text); err != nil {
			b.obstacles = append(b.obstacles, fmt.Sprintf("attribution %s no longer fits document %s: %v", a.ID, b.to.ID, err))
			continue
		}
		sql, args, err := pg.UpdateSQL(pg.Attributions, b.by, a.Attribution, was)
		if err != nil {
			return err
		}
		batch.Queue(sql, args...)
	}
	return b.tx.SendBatch(ctx, &batch).Close()
}

// sameFields says whether the same is said twice.
func sameFields(x, y headwater.AttributionFields) (bool, error) {
	first, err := json.Marshal(x)
	if err != nil {
		return false, err
	}
	second, err := json.Marshal(y)
	return bytes.Equal(first, second), err
}
