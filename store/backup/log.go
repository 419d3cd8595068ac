package backup

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater/migrations"
)

// sealTime is how long a backup waits for the log to go on. Services seal and sign within a second.
const sealTime = 2 * time.Second

// logRows select, of tables of the log, what belongs to the changes of a backup. Everything else that they hold is taken as it is: of a
// log that was edited by hand, a backup is evidence. $ordered, $sealed and $all are places: up to which changes are taken with their
// place and with their entry, and up to which there are entries.
var logRows = map[string]string{
	"sequenced":   "seq <= $ordered",
	"log_entries": "seq <= $sealed",
	"log_salts":   "seq <= $sealed",
	"log_tiles": "n * 256 < ($sealed::bigint >> (8 * least(level, 7))) OR n * 256 >= ($all::bigint >> (8 * least(level, 7))) " +
		"OR level NOT BETWEEN 0 AND 7",
	"log_checkpoints": "size <= $sealed OR size > $all",
	"log_keys":        "true",
	"log_witnesses":   "true",
}

// logValues are the columns of these tables that are not taken as they are: a tile ends where the log does, and a witness has come as far
// as the last checkpoint with its signature that is taken.
var logValues = map[string]string{
	"log_tiles.hashes": `CASE WHEN level BETWEEN 0 AND 7 AND n * 256 < ($sealed::bigint >> (8 * level))
			AND (n + 1) * 256 > ($sealed::bigint >> (8 * level)) AND $sealed < $all
		THEN substring(hashes FOR (32 * (($sealed::bigint >> (8 * level)) - n * 256))::int) ELSE hashes END`,
	"log_witnesses.size": `CASE WHEN size > $sealed AND size <= $all THEN coalesce((SELECT max(c.size) FROM log_checkpoints AS c
		WHERE c.size <= $sealed AND strpos(note, E'\n— ' || split_part(verifier, '+', 1) || ' ') > 0), 0) ELSE size END`,
}

// logReader reads the log of a database later than the rest of it. What the snapshot of the rest holds unsealed is sealed by then, with
// salts that nobody can draw again: a database restored without them would be another history than the one of the next checkpoint.
type logReader struct {
	rest pgx.Tx // the snapshot
	conn *pgx.Conn
	tx   pgx.Tx // the later one

	ordered, sealed, signed int64 // in the snapshot
	wanted                  int64 // what ordered will be when all changes of the snapshot have a place
	taken, all              int64 // of the later one: how many entries belong to changes of the snapshot, and how many there are
}

// readLog opens the log of the snapshot of a transaction.
func readLog(ctx context.Context, connString string, rest pgx.Tx) (r *logReader, err error) {
	r = &logReader{rest: rest}
	if r.conn, err = migrations.Connect(ctx, connString); err != nil {
		return nil, err
	}
	if err = r.sameServer(ctx); err != nil {
		r.close(ctx)
		return nil, err
	}
	err = rest.QueryRow(ctx, `SELECT ordered, sealed, signed, ordered + (SELECT count(*) FROM unsequenced) FROM (
		SELECT coalesce((SELECT max(seq) FROM sequenced), 0) AS ordered, coalesce((SELECT max(seq) FROM log_entries), 0) AS sealed,
			coalesce((SELECT max(size) FROM log_checkpoints), 0) AS signed) AS log`).Scan(&r.ordered, &r.sealed, &r.signed, &r.wanted)
	if err != nil {
		r.close(ctx)
	}
	r.taken = r.sealed
	return r, err
}

// sameServer refuses a log of another server than that of the rest: an address can have several, of which one may be behind.
func (r *logReader) sameServer(ctx context.Context) error {
	const sql = "SELECT pg_postmaster_start_time()"
	var rest, log time.Time
	if err := errors.Join(r.rest.QueryRow(ctx, sql).Scan(&rest), r.conn.QueryRow(ctx, sql).Scan(&log)); err != nil {
		return err
	}
	if !rest.Equal(log) {
		return errors.New("the address leads to several servers, and the backup came to two of them; name one host")
	}
	return nil
}

// await waits until all changes of the snapshot are sealed and signed, as long as the log goes on. Where nobody signed it yet, there is no
// checkpoint that somebody could have kept.
func (r *logReader) await(ctx context.Context) error {
	for until := time.Now().Add(sealTime); ; {
		before := r.taken
		ended, err := r.look(ctx)
		if err != nil {
			return err
		}
		if r.taken > before {
			until = time.Now().Add(sealTime)
		}
		if r.signed == 0 || (ended || r.taken >= r.wanted) && r.signed >= r.taken || time.Now().After(until) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(sealTime / 20):
		}
	}
}

// look takes another snapshot of the log, and counts the entries in it that belong to changes of the first one. ended says that another
// change comes after these: the log that is taken ends before it.
func (r *logReader) look(ctx context.Context) (ended bool, err error) {
	if r.tx != nil {
		if err := r.tx.Rollback(ctx); err != nil { // it has changed nothing
			return false, err
		}
	}
	if r.tx, err = r.conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}); err != nil {
		return false, err
	}
	if err := prepare(ctx, r.tx); err != nil {
		return false, err
	}
	err = r.tx.QueryRow(ctx, "SELECT coalesce((SELECT max(seq) FROM log_entries), 0), "+
		"coalesce((SELECT max(size) FROM log_checkpoints), 0)").Scan(&r.all, &r.signed)
	const most = 1_000
	for err == nil {
		var xids, changes []string
		if xids, changes, err = r.next(ctx, most); err != nil || len(changes) == 0 {
			return false, err
		}
		var known int
		err = r.rest.QueryRow(ctx, `SELECT coalesce(min(n) - 1, $3) FROM unnest($1::text[]::xid8[], $2::text[]::uuid[])
				WITH ORDINALITY AS i (xid, id, n)
			WHERE NOT EXISTS (SELECT FROM changes WHERE (changes.xid, changes.id) = (i.xid, i.id))`,
			xids, changes, len(changes)).Scan(&known)
		r.taken += int64(known)
		if known < len(changes) {
			return true, err
		}
	}
	return false, err
}

// next lists the changes whose entries come after those that are taken, up to a gap.
func (r *logReader) next(ctx context.Context, most int) (xids, changes []string, err error) {
	rows, err := r.tx.Query(ctx, `SELECT seq, xid::text, change::text FROM sequenced JOIN log_entries USING (seq)
		WHERE seq > $1 ORDER BY seq LIMIT $2`, r.taken, most)
	if err != nil {
		return nil, nil, err
	}
	var seq int64
	var xid, change string
	_, err = pgx.ForEachRow(rows, []any{&seq, &xid, &change}, func() error {
		if seq == r.taken+int64(len(changes))+1 {
			xids, changes = append(xids, xid), append(changes, change)
		}
		return nil
	})
	return xids, changes, err
}

// query selects of a table what is taken.
func (r *logReader) query(t table) string {
	var values []string
	for _, column := range t.Columns {
		value, isOther := logValues[t.Name+"."+column]
		if !isOther {
			value = quote(column)
		}
		values = append(values, value)
	}
	places := strings.NewReplacer("$ordered", fmt.Sprint(max(r.ordered, r.taken)), "$sealed", fmt.Sprint(r.taken),
		"$all", fmt.Sprint(r.all))
	return places.Replace("(SELECT " + strings.Join(values, ", ") + " FROM " + quote(t.Name) + " WHERE " + logRows[t.Name] + ")")
}

// close ends the connection, and what is read over it.
func (r *logReader) close(ctx context.Context) { _ = r.conn.Close(context.WithoutCancel(ctx)) }
