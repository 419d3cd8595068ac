// Package history is what happened, in one order: the sequencer, which gives each change its number once it can be seen, the list of
// changes, and what a signed log proves of them.
//
// It must not know how things are written, what the analysis makes of them, or HTTP.
package history

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater/ledger"
	"github.com/headwater-project/headwater/store/pg"
)

// Log is the history of a database.
type Log struct {
	db  *pg.DB
	key *ledger.Key // that signs checkpoints; nil where nobody does

	signed   atomic.Pointer[ledger.Checkpoint] // the last that this program signed
	wasAhead atomic.Bool                       // whether it was said that the clock was ahead
	wasOther atomic.Bool                       // whether it was said that the log is another than was signed
}

// New gives the history of a database.
func New(db *pg.DB) *Log { return &Log{db: db} }

// sequenceBatch is how many changes get their numbers in one transaction.
const sequenceBatch = 2_000

// KeepLog sequences, seals and signs whatever is committed until ctx is done. Several services may do so for one database: one of
// them works at a time. A database that cannot be written to, such as a standby, is tried again from time to time.
func (l *Log) KeepLog(ctx context.Context) {
	pg.Follow(ctx, "the log of changes cannot go on now; what it lacks is not listed until it can",
		func(ctx context.Context) (time.Duration, error) {
			_, err := l.Sequence(ctx)
			return pg.FollowTick, err
		})
}

// Sequence gives all changes that can be seen their numbers, seals them, and signs what the log then is. It says how many got a
// number: none while somebody else does so. What is committed meanwhile may wait for the next time: where writes never end, each
// transaction of its own for a few changes would cost the writers more than the changes do.
func (l *Log) Sequence(ctx context.Context) (total int, err error) {
	for {
		var unsequenced, unsealed, unsigned, more bool
		err := l.db.Pool.QueryRow(ctx, behindSQL).Scan(&unsequenced, &unsealed, &unsigned)
		var numbered, sealed int
		if err == nil && unsequenced {
			numbered, err = l.number(ctx)
		}
		if err == nil && (unsealed || numbered > 0) {
			sealed, more, err = l.seal(ctx)
		}
		if err == nil && (unsigned || sealed > 0) {
			err = l.sign(ctx)
		}
		if total += numbered; err != nil || numbered < sequenceBatch && !more {
			return total, pg.Interpret(err)
		}
	}
}

// behindSQL says whether there is a change without a number, one without an entry, and an entry that no checkpoint covers.
const behindSQL = `SELECT EXISTS (SELECT FROM unsequenced), coalesce((SELECT max(seq) FROM sequenced), 0) > entries.size,
		entries.size > coalesce((SELECT max(size) FROM log_checkpoints), 0)
	FROM (SELECT coalesce(max(seq), 0) AS size FROM log_entries) AS entries`

// number gives some changes their numbers in one transaction.
func (l *Log) number(ctx context.Context) (n int, err error) {
	err = l.alone(ctx, func(tx pgx.Tx) error {
		chosen, err := pg.Many[chosenChange](ctx, tx, chooseSQL, sequenceBatch)
		if n = len(chosen); err != nil || n == 0 {
			return err
		}
		rows, seqs, xids, ids := make([]string, n), make([]*int64, n), make([]*string, n), make([]*uuid.UUID, n)
		for i, c := range chosen {
			rows[i], seqs[i], xids[i], ids[i] = c.Row, c.Seq, c.XID, c.ID
		}
		var batch pgx.Batch
		batch.Queue(sequenceSQL, seqs, xids, ids)
		batch.Queue("DELETE FROM unsequenced WHERE ctid = ANY ($1::text[]::tid[])", rows)
		return tx.SendBatch(ctx, &batch).Close()
	})
	return n, err
}

// chosenChange is a change that waits, with the number that it is to get. What is dropped has none.
type chosenChange struct {
	Row string // of unsequenced
	Seq *int64
	XID *string
	ID  *uuid.UUID
}

// alone does something in one transaction, unless somebody else keeps the log.
func (l *Log) alone(ctx context.Context, do func(tx pgx.Tx) error) error {
	return pg.Alone(ctx, l.db, SequenceLock, pgx.TxOptions{}, do)
}

// SequenceLock is the number of the advisory lock of whoever puts changes in order; any will do, as long as it stays the same.
const SequenceLock = 0x48656166

// chooseSQL gives numbers to the first changes that wait, in the order of their transactions, which a long one keeps nobody from: it looks
// at what is visible, and at no horizon. A transaction can change what another changed before it that has a higher number; so the
// versions before come with a change where they wait too, and it is placed by the highest number among them. What has no change
// any more is dropped, and what has a number already, as a dump of the data alone brings it. That is looked up for each: an anti-join may
// read all numbers that were ever given.
const chooseSQL = `
	WITH RECURSIVE waiting AS MATERIALIZED (
		SELECT ctid AS row, xid, place, change FROM unsequenced ORDER BY xid, place, change LIMIT $1
	), chosen (row, xid, id, place, resource, resource_id, from_version, to_version) AS (
		SELECT waiting.row, waiting.xid, t.id, place, resource, resource_id, from_version, to_version FROM waiting LEFT JOIN LATERAL (
			SELECT * FROM changes WHERE changes.xid = waiting.xid AND changes.id = waiting.change LIMIT 1) AS t ON true
		UNION
		SELECT u.row, t.xid, t.id, chosen.place, t.resource, t.resource_id, t.from_version, t.to_version FROM chosen, LATERAL (
			SELECT * FROM changes WHERE changes.resource_id = chosen.resource_id AND changes.to_version = chosen.from_version
				AND changes.resource = chosen.resource LIMIT 1) AS t, LATERAL (
			SELECT ctid AS row FROM unsequenced WHERE unsequenced.xid = t.xid AND unsequenced.place = chosen.place
				AND unsequenced.change = t.id LIMIT 1) AS u
	), numbered AS (
		SELECT row, last.seq + row_number() OVER (ORDER BY latest, place, resource_id, to_version) AS seq, xid, id
		FROM (SELECT *, max(xid) OVER (PARTITION BY resource_id, resource ORDER BY to_version) AS latest FROM chosen
				WHERE id IS NOT NULL AND (SELECT seq FROM sequenced WHERE sequenced.change = chosen.id) IS NULL) AS placed,
			(SELECT coalesce(max(seq), 0) AS seq FROM sequenced) AS last
	)
	SELECT row::text, seq, numbered.xid::text, numbered.id FROM chosen LEFT JOIN numbered USING (row) ORDER BY seq`

// sequenceSQL stores the numbers. Citus changes nothing by what a recursion finds, which is why it takes three statements.
const sequenceSQL = `INSERT INTO sequenced (seq, xid, change, at)
	SELECT seq, xid::xid8, change, now() FROM unnest($1::bigint[], $2::text[], $3::uuid[]) AS numbered (seq, xid, change)
	WHERE seq IS NOT NULL`
