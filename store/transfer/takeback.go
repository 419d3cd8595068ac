package transfer

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/pg"
)

// createReturning makes the table of what feeds took back and is said again, and how it was before.
const createReturning = `CREATE TEMP TABLE IF NOT EXISTS feed_returning
	(resource text, thing uuid PRIMARY KEY, version int, status text, until text) ON COMMIT DROP`

// returningSQL finds what of the stage stands as an edition of a feed took it back, and how it was before. Where the file itself says
// what status it has, or on which day it ended, that counts.
func (s *tableStage[T, F]) returningSQL() string {
	ends := "''"
	if s.Resource == headwater.ResourceRelation {
		ends = "max(staged.until)"
	}
	return s.takenBackSQL(fmt.Sprintf("SELECT staged.id, %s AS until FROM %s AS staged WHERE id IN (SELECT id FROM %s AS now WHERE %s) "+
		"GROUP BY staged.id HAVING NOT bool_or(status_named)", ends, s.stageName(), s.Name, s.overSQL()))
}

// sayingAgainSQL finds what the feed $1 says by its edition $3 and not by its edition $2, and stands as it was taken back.
func (s *tableStage[T, F]) sayingAgainSQL() string {
	return s.takenBackSQL(fmt.Sprintf(`SELECT row.thing AS id, '' AS until FROM feed_things AS row WHERE row.feed = $1 AND
		row.resource = '%s' AND %s AND NOT EXISTS (SELECT FROM feed_things AS old WHERE old.thing = row.thing AND old.feed = $1 AND %s)`,
		s.Resource, pg.FeedSaysSQL("row", "$3::int"), pg.FeedSaysSQL("old", "$2::int")))
}

// takenBackSQL puts into feed_returning what of some things was taken back. What is said of the last day of one counts.
func (s *tableStage[T, F]) takenBackSQL(said string) string {
	until := "''"
	if s.Resource == headwater.ResourceRelation {
		until = "CASE WHEN said.until = '' THEN coalesce(before.state ->> 'until', '') ELSE now.until END"
	}
	return fmt.Sprintf(`INSERT INTO feed_returning SELECT '%[2]s', now.id, now.version, before.state ->> 'status', %[5]s
		FROM (%[3]s) AS said JOIN %[1]s AS now ON now.id = said.id AND (%[4]s)
			JOIN changes AS last ON last.resource_id = now.id AND last.resource = '%[2]s' AND last.to_version = now.version
			JOIN changes AS before ON before.resource_id = now.id AND before.resource = '%[2]s' AND before.to_version = now.version - 1
		WHERE %[6]s`, s.Name, s.Resource, said, s.overSQL(), until, pg.TookBackSQL("last"))
}

// overSQL is the condition under which a thing counts no more, or has a last day.
func (s *tableStage[T, F]) overSQL() string {
	over := "now.status IN ('retracted', 'rejected')"
	if s.Resource == headwater.ResourceRelation {
		over += " OR now.until <> ''"
	}
	return over
}

const (
	// createDropped makes the table of what is to be taken back, which may have something from before.
	createDropped = `CREATE TEMP TABLE IF NOT EXISTS feed_dropped
		(resource text, thing uuid PRIMARY KEY, outcome text NOT NULL, date date) ON COMMIT DROP`
	emptyDropped = "DELETE FROM feed_dropped"
)

// dropSQL takes some things for those to be taken back, as of the day of the edition by which the last feed that said one dropped it.
func dropSQL(things string) string {
	return `INSERT INTO feed_dropped SELECT resource, thing, 'unchanged', date FROM (
			SELECT DISTINCT row.resource, row.thing, (SELECT max(dropped.date) FROM feed_things AS gone JOIN feeds ON name = gone.feed,
				LATERAL (SELECT date FROM feed_editions WHERE feed = gone.feed AND n > gone.last AND n <= feeds.edition AND NOT undone
					ORDER BY n LIMIT 1) AS dropped
				WHERE gone.thing = row.thing AND ` + pg.FeedSaidSQL("gone") + `) AS date FROM (` + things + `) AS row
		) AS dropped WHERE date IS NOT NULL`
}

// nobody is a feed that is none, as no feed is called so: what any feed says stays.
const nobody = ""

// FollowPast makes things that feeds said before, and nothing else says any more, end or be retracted as those feeds say. It gives those
// that it changed.
func FollowPast(ctx context.Context, db *pg.DB, tx pgx.Tx, by pg.Authorship, things []uuid.UUID) (changed map[uuid.UUID]bool, err error) {
	if err := execEach(ctx, tx, db.Temporary(createDropped), emptyDropped); err != nil {
		return nil, err
	}
	if _, err := tx.Exec(ctx, dropSQL("SELECT resource, thing FROM feed_things WHERE thing = ANY ($1)"), things); err != nil {
		return nil, err
	}
	if err := takeBackDropped(ctx, tx, by, saying(newStages()), nobody, func(headwater.Resource, int) {}); err != nil {
		return nil, err
	}
	return storedIDs(ctx, tx, fmt.Sprintf("SELECT thing FROM feed_dropped WHERE thing = ANY ($1) AND outcome IN ('%s', '%s')", Ended,
		Retracted), things)
}

// FollowFeed makes things stand as feeds say once a feed counts by another edition than before, after an undo: what it says again and an
// edition took back counts again, and what it no longer says ends on the day before an edition dropped it, unless anybody says it. It
// gives the things that count again, and how many were changed in all.
func FollowFeed(ctx context.Context, db *pg.DB, tx pgx.Tx, by pg.Authorship, feed string, before, now int) (
	again map[headwater.Resource][]uuid.UUID, changed map[headwater.Resource]int, err error) {
	again, changed = map[headwater.Resource][]uuid.UUID{}, map[headwater.Resource]int{}
	if err = execEach(ctx, tx, db.Temporary(createReturning), "DELETE FROM feed_returning", db.Temporary(createDropped),
		emptyDropped); err != nil {
		return nil, nil, err
	}
	if _, err = tx.Exec(ctx, dropSQL(`SELECT resource, thing FROM feed_things AS said
		WHERE feed = $1 AND `+pg.FeedSaysSQL("said", "$2::int")+` AND NOT EXISTS (
			SELECT FROM feed_things AS still WHERE still.thing = said.thing AND still.feed = $1
			AND `+pg.FeedSaysSQL("still", "$3::int")+")"), feed, before, now); err != nil {
		return nil, nil, err
	}
	stages := saying(newStages())
	for _, stage := range stages {
		if _, err = tx.Exec(ctx, stage.sayingAgainSQL(), feed, before, now); err != nil {
			return nil, nil, err
		}
	}
	if err = giveBackReturning(ctx, tx, by, stages, func(resource headwater.Resource, restored, _ int) {
		changed[resource] += restored
	}); err != nil {
		return nil, nil, err
	}
	if err = takeBackDropped(ctx, tx, by, stages, nobody, func(resource headwater.Resource, n int) { changed[resource] += n }); err != nil {
		return nil, nil, err
	}
	rows, err := tx.Query(ctx, "SELECT resource, thing FROM feed_returning")
	if err != nil {
		return nil, nil, err
	}
	var resource headwater.Resource
	var id uuid.UUID
	_, err = pgx.ForEachRow(rows, []any{&resource, &id}, func() error {
		again[resource] = append(again[resource], id)
		return nil
	})
	return again, changed, err
}

// takeBack ends or retracts what the feed no longer says, and nobody else says: what refers to others first.
func (j *job) takeBack(ctx context.Context) error {
	if _, err := j.tx.Exec(ctx, "ANALYZE feed_dropped"); err != nil {
		return err
	}
	return takeBackDropped(ctx, j.tx, j.by, j.saying(), j.edition.Feed, func(resource headwater.Resource, n int) {
		count := j.counts[resource]
		count.TakenBack = n
		j.counts[resource] = count
	})
}

// takeBackDropped ends or retracts what is in feed_dropped, unless another feed than one says it, or anybody else does.
func takeBackDropped(ctx context.Context, tx pgx.Tx, by pg.Authorship, stages []stage, feed string,
	count func(headwater.Resource, int)) error {
	for _, stage := range slices.Backward(stages) {
		if _, err := tx.Exec(ctx, stage.lockSQL("SELECT thing FROM feed_dropped")); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, stage.judgeSQL(), feed); err != nil {
			return err
		}
		var n int
		if err := tx.QueryRow(ctx, stage.takeBackSQL(), by.Args()...).Scan(&n); err != nil {
			return err
		}
		count(stage.resource(), n)
	}
	return nil
}

// giveBack restores what a feed took back, whichever it was, and the file says again.
func (j *job) giveBack(ctx context.Context) error {
	if j.returning == 0 {
		return nil
	}
	return giveBackReturning(ctx, j.tx, j.by, j.saying(), func(resource headwater.Resource, restored, unchanged int) {
		count := j.counts[resource]
		count.Changed, count.Unchanged = count.Changed+unchanged, max(0, count.Unchanged-unchanged)
		j.counts[resource] = count
		if j.edition != nil {
			j.edition.Restored += restored
		}
	})
}

// giveBackReturning makes what is in feed_returning count again.
func giveBackReturning(ctx context.Context, tx pgx.Tx, by pg.Authorship, stages []stage,
	count func(resource headwater.Resource, restored, unchanged int)) error {
	for _, stage := range stages {
		if _, err := tx.Exec(ctx, stage.lockSQL("SELECT thing FROM feed_returning")); err != nil {
			return err
		}
		var restored, unchanged int
		if err := tx.QueryRow(ctx, stage.giveBackSQL(), by.Args()...).Scan(&restored, &unchanged); err != nil {
			return err
		}
		count(stage.resource(), restored, unchanged)
	}
	return nil
}

// lockSQL locks some things, in the order of their ids.
func (s *tableStage[T, F]) lockSQL(ids string) string {
	return fmt.Sprintf("SELECT count(*) FROM (SELECT FROM %s WHERE id IN (%s) ORDER BY id FOR NO KEY UPDATE) AS locked", s.Name, ids)
}

// judgeSQL decides what becomes of things that are locked and that the feed $1 no longer says as of a day: it takes back what
// feeds made, unless another feed says it, or anybody else made it, changed it or builds on it.
func (s *tableStage[T, F]) judgeSQL() string {
	over, ended := "status IN ('retracted', 'rejected')", ""
	if s.Resource == headwater.ResourceRelation {
		over += " OR coalesce(upper(held) <= dropped.date, false)"
		ended = fmt.Sprintf("WHEN coalesce(lower(held) < dropped.date, true) THEN '%s'", Ended)
	}
	return fmt.Sprintf(`WITH silent AS MATERIALIZED (%[13]s)
		UPDATE feed_dropped AS dropped SET outcome = CASE
			WHEN %[3]s THEN '%[5]s'
			WHEN EXISTS (SELECT FROM feed_things AS row JOIN feeds ON feeds.name = row.feed
				WHERE row.thing = now.id AND row.feed <> $1 AND %[8]s) THEN '%[6]s'
			WHEN coalesce(others.created, false) THEN '%[6]s'
			WHEN coalesce(others.by_hand, false) THEN '%[7]s'
			WHEN others.changed OR %[9]s THEN '%[6]s'
			%[4]s ELSE '%[10]s' END
		FROM %[1]s AS now, LATERAL (SELECT bool_or(operation = 'create') AS created, bool_or(NOT %[11]s) AS by_hand, count(*) > 0 AS changed
			FROM changes AS change WHERE resource_id = now.id AND resource = '%[2]s' AND to_version >= %[12]s
				AND group_id NOT IN (SELECT group_id FROM silent)) AS others
		WHERE dropped.thing = now.id AND dropped.resource = '%[2]s'`,
		s.Name, s.Resource, over, ended, Unchanged, Others, Edited, pg.FeedSaysSQL("row", "feeds.edition"),
		pg.CountedReferrersSQL(s.Resource, "now.id"), Retracted, pg.ImportedSQL("change.group_id"), s.NextVersionSQL("now.id"),
		pg.SilentGroupsSQL)
}

// takeBackSQL takes back what was judged so, and counts it. The last day of a relation is the one before that of the edition.
func (s *tableStage[T, F]) takeBackSQL() string {
	withdrawn := headwater.RecordRetracted
	if s.Resource == headwater.ResourceAttribution || s.Resource == headwater.ResourceLink {
		withdrawn = headwater.RecordStatus(headwater.Rejected)
	}
	set := fmt.Sprintf("status = CASE WHEN change.outcome = '%s' THEN '%s' ELSE now.status END", Retracted, withdrawn)
	if s.Resource == headwater.ResourceRelation {
		set += fmt.Sprintf(`, until = CASE WHEN change.outcome = '%s' THEN change.until ELSE now.until END`, Ended)
	}
	from := fmt.Sprintf("(SELECT *, (date - 1)::text AS until FROM feed_dropped OFFSET 0) AS change WHERE change.resource = '%s' AND "+
		"change.outcome IN ('%s', '%s') AND change.thing = now.id", s.Resource, Ended, Retracted)
	return s.changedSQL(set, from) + " SELECT count(*) FROM stored"
}

// giveBackSQL makes what is stored count again as it did before it was taken back, unless the import did, and counts it: all, and what
// the import itself did not change.
func (s *tableStage[T, F]) giveBackSQL() string {
	set, differs := "status = change.status", "now.status <> change.status"
	if s.Resource == headwater.ResourceRelation {
		set += ", until = CASE WHEN now.version = change.version THEN change.until ELSE now.until END"
		differs += " OR now.version = change.version AND now.until <> change.until"
	}
	return s.changedSQL(set, fmt.Sprintf("feed_returning AS change WHERE change.resource = '%s' AND change.thing = now.id AND (%s)",
		s.Resource, differs)) + ` SELECT count(*), count(*) FILTER (WHERE stored.version = feed_returning.version + 1)
		FROM stored JOIN feed_returning ON thing = stored.id`
}

// changedSQL changes what is stored, row by row of another table, and records it: the state is the one before but for what is set.
func (s *tableStage[T, F]) changedSQL(set, from string) string {
	state := "'status', stored.status, 'version', stored.version, 'updated_at', stored.updated_at"
	if s.Resource == headwater.ResourceRelation {
		state += ", 'until', stored.until"
	}
	entry := pg.Entry{Resource: s.Resource, By: 1, ID: "stored.id", Version: "stored.version",
		Operation: pg.OperationSQL("(last.state ->> 'status')", "stored.status"),
		Rows: fmt.Sprintf("stored JOIN changes AS last ON last.resource_id = stored.id AND last.resource = '%s' AND "+
			"last.to_version = stored.version - 1", s.Resource),
		State: fmt.Sprintf("last.state || jsonb_build_object(%s)", state)}
	if s.Resource == headwater.ResourceRelation {
		entry.State = fmt.Sprintf("CASE WHEN stored.until = '' THEN (%[1]s) - 'until' ELSE %[1]s END", entry.State)
	}
	return fmt.Sprintf(`WITH stored AS (
		UPDATE %s AS now SET %s, version = now.version + 1, updated_at = now() FROM %s RETURNING now.*
	), %s`, s.Name, set, from, entry.With())
}
