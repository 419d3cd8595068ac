package pg

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/fold"
)

// indexVersion counts the ways in which columns are made from others. It rises with fold's, and whenever a column of a
// table's Search is made otherwise than before, or is new: it rose when documents got theirs, and when sources were found by hashes.
const indexVersion = fold.Version + 2

// indexBatch is how many rows are written anew in one transaction, and indexTexts how many documents, whose texts may be large.
const (
	indexBatch = 500
	indexTexts = 20
)

// indexer writes the search columns of one resource anew.
type indexer interface {
	name() string
	// reindex writes the next rows, and says whether there may be more.
	reindex(ctx context.Context, tx pgx.Tx, after uuid.UUID) (last uuid.UUID, rows int, more bool, err error)
}

// indexers are those of all resources that have search columns.
var indexers = []indexer{Sources, Documents, Claims, Reviews}

// unindexedSQL is true where there are sources without identities, which this program never writes: a dump of the data alone, of a
// release that knew sources otherwise, brought them into a database whose table indexing says that all is done.
const unindexedSQL = "EXISTS (SELECT FROM sources WHERE identities = '{}')"

// Indexed says whether all rows are written as this program writes them, so that a search finds them.
func (db *DB) Indexed(ctx context.Context) (bool, error) {
	var version int
	var poured bool
	err := db.Pool.QueryRow(ctx, "SELECT coalesce(min(version), 0), "+unindexedSQL+" FROM indexing").Scan(&version, &poured)
	return version >= indexVersion && !poured, Interpret(err)
}

// Reindex writes the columns anew that are made from others by rules that have changed since: in batches, so that others can
// write meanwhile, and from where it was when it was stopped. What callers say about things stays as it is, and so do their
// versions. It calls progress with the number of rows after each batch, and gives the number of all.
func (db *DB) Reindex(ctx context.Context, progress func(rows int)) (total int, err error) {
	if _, err := db.Pool.Exec(ctx, "UPDATE indexing SET version = 1, resource = '', after = $2 WHERE version >= $1 AND "+unindexedSQL,
		indexVersion, uuid.Nil); err != nil {
		return 0, Interpret(err)
	}
	for {
		rows, done, err := db.reindexBatch(ctx)
		if err != nil || done {
			return total, Interpret(err)
		}
		total += rows
		progress(total)
	}
}

func (db *DB) reindexBatch(ctx context.Context) (rows int, done bool, err error) {
	err = pgx.BeginFunc(ctx, db.Pool, func(tx pgx.Tx) error {
		if err := WithoutStatementTimeout(ctx, tx); err != nil {
			return err
		}
		var version int
		var name string
		var after uuid.UUID
		// whoever else does the same waits here, and goes on with the next batch
		if err := tx.QueryRow(ctx, "SELECT version, resource, after FROM indexing ORDER BY version, resource, after LIMIT 1 FOR UPDATE").
			Scan(&version, &name, &after); err != nil {
			return err
		}
		if done = version >= indexVersion; done {
			return nil
		}
		at := 0
		for i, resource := range indexers {
			if resource.name() == name {
				at = i
			}
		}
		last, count, more, err := indexers[at].reindex(ctx, tx, after)
		if err != nil {
			return err
		}
		rows, name = count, indexers[at].name()
		if !more {
			version, name, last = nextIndexer(at, version)
		}
		_, err = tx.Exec(ctx, "UPDATE indexing SET version = $1, resource = $2, after = $3", version, name, last)
		return err
	})
	return rows, done, err
}

// nextIndexer is where to go on once a resource is done.
func nextIndexer(at, version int) (newVersion int, name string, after uuid.UUID) {
	if at+1 < len(indexers) {
		return version, indexers[at+1].name(), uuid.Nil
	}
	return indexVersion, "", uuid.Nil
}

func (t Table[T, F]) name() string { return string(t.Resource) }

func (t Table[T, F]) reindex(ctx context.Context, tx pgx.Tx, after uuid.UUID) (last uuid.UUID, rows int, more bool, err error) {
	limit := indexBatch
	if t.Resource == headwater.ResourceDocument {
		limit = indexTexts
	}
	things, err := Many[T](ctx, tx, fmt.Sprintf("SELECT %s FROM %s AS t WHERE t.id > $1 ORDER BY t.id LIMIT %d FOR NO KEY UPDATE",
		t.Selected("t"), t.Name, limit), after)
	if err != nil {
		return after, 0, false, err
	}
	var names, parameters []string
	for i, c := range t.Search {
		parameter := fmt.Sprintf("$%d", i+2)
		if c.Name == "terms" {
			parameter += "::text::tsvector"
		}
		names, parameters = append(names, c.Name), append(parameters, parameter)
	}
	sql := fmt.Sprintf("UPDATE %s SET (%s) = ROW (%s) WHERE id = $1", t.Name, strings.Join(names, ", "), strings.Join(parameters, ", "))
	if t.Found != nil {
		sql = fmt.Sprintf("WITH stored AS (%s RETURNING *) %s", sql, t.Found("stored")+" ON CONFLICT DO NOTHING")
	}
	var batch pgx.Batch
	for _, thing := range things {
		last = t.Meta(thing).ID
		batch.Queue(sql, append([]any{last}, t.Values(t.Fields(thing))[len(t.Columns):]...)...)
	}
	return last, len(things), len(things) == limit, tx.SendBatch(ctx, &batch).Close()
}
