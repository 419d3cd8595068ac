package history

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/ledger"
	"github.com/headwater-project/headwater/store/pg"
)

const (
	// sealBatch is how many changes are sealed in one transaction. Their states are in memory meanwhile.
	sealBatch = 1_000
	// checkpointEvery is how long at least there is between checkpoints: somewhat more than a wait for work, so that every second look
	// makes one, and a change is sealed within a second.
	checkpointEvery = 300 * time.Millisecond
)

// SignWith lets checkpoints be signed with a key from now on. Its public key is published with those before it.
func (l *Log) SignWith(ctx context.Context, key *ledger.Key) error {
	_, err := l.db.Pool.Exec(ctx, "INSERT INTO log_keys (verifier) VALUES ($1) ON CONFLICT DO NOTHING", key.Verifier())
	if err == nil {
		l.key = key
		err = l.alone(ctx, func(tx pgx.Tx) error { return l.cosign(ctx, tx) })
	}
	return pg.Interpret(err)
}

// cosign signs the last checkpoint too, which another key has signed: who trusts the new key alone need not wait for a change, and who
// knows the old one sees that the log goes on. What the tiles do not bear out is not signed.
func (l *Log) cosign(ctx context.Context, tx pgx.Tx) error {
	var signed string
	var known []string
	err := tx.QueryRow(ctx, `SELECT note, (SELECT array_agg(verifier) FROM log_keys) FROM log_checkpoints
		WHERE size <= (SELECT max(seq) FROM log_entries) ORDER BY size DESC LIMIT 1 FOR UPDATE OF log_checkpoints`).
		Scan(&signed, &known)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	opened, err := ledger.OpenCheckpoint(signed, known)
	if err != nil {
		return nil //nolint:nilerr // verify names it
	}
	tree, err := treeAt(ctx, tx, opened.Size)
	if err != nil {
		return err
	}
	if root, err := tree.Root(opened.Size); err != nil || root != opened.Root {
		return nil //nolint:nilerr // verify names this too
	}
	both, err := l.key.Cosign(signed)
	if err == nil && both != signed {
		_, err = tx.Exec(ctx, "UPDATE log_checkpoints SET note = $2 WHERE size = $1", opened.Size, both)
	}
	return err
}

// LogKey is a public key that checkpoints are, or were, signed with.
type LogKey struct {
	Verifier string    `json:"verifier" doc:"The key, as C2SP signed-note has it." example:"desk.example/log+3c6b1c5e+AVCpHyJtIAYAK/2YNGl0rLQYwBkzxHVBkfQjDSiu4dfQ"`
	Since    time.Time `json:"since" doc:"When it was used first." example:"2026-01-02T03:04:05Z"`
}

// LogKeys lists the public keys, the newest first.
func (l *Log) LogKeys(ctx context.Context) ([]LogKey, error) {
	keys, err := pg.Many[LogKey](ctx, l.db.Pool, "SELECT verifier, least(greatest(since, 'epoch'), now()) AS since "+
		"FROM log_keys ORDER BY log_keys.since DESC, verifier")
	return keys, pg.Interpret(err)
}

// sealed is a change with the text of its state.
type sealed struct {
	Gone bool // nobody knows the change any more
	headwater.Change
	StateText string
}

// sealedSQL selects places of the order with the changes that have them.
var sealedSQL = fmt.Sprintf(`SELECT s.seq, t.id IS NULL AS gone, coalesce(t.id, s.change) AS id, coalesce(t.at, s.at) AS at,
		coalesce(t.actor, '') AS actor, t.actor_id, nullif(t.group_id, '%s') AS "group", coalesce(t.operation, '') AS operation,
		coalesce(t.resource, '') AS resource, coalesce(t.resource_id, s.change) AS resource_id, coalesce(t.from_version, 0) AS from_version,
		coalesce(t.to_version, 0) AS to_version, coalesce(t.reason, '') AS reason, NULL::jsonb AS state,
		coalesce(t.state::text, '') AS state_text
	FROM sequenced AS s LEFT JOIN LATERAL (SELECT * FROM changes WHERE xid = s.xid AND id = s.change LIMIT 1) AS t ON true`, uuid.Nil)

// leaf is a place of the order with its entry and its salts, each of which may be missing.
type leaf struct {
	sealed
	Entry, HeaderSalt, StateSalt, AuthorSalt []byte

	Unreadable string `db:"-"` // the column of the change that holds what no change can
}

// leavesSQL selects the leaves of some places, in order.
func leavesSQL(places string) string {
	return "SELECT c.*, entry, salts.header AS header_salt, salts.state AS state_salt, salts.author AS author_salt FROM (" + sealedSQL +
		" WHERE " + places + ") AS c LEFT JOIN log_entries USING (seq) LEFT JOIN log_salts AS salts USING (seq) ORDER BY seq"
}

// seal makes entries of the next changes that have none. It says of how many, and whether there are more.
func (l *Log) seal(ctx context.Context) (n int, more bool, err error) {
	err = l.alone(ctx, func(tx pgx.Tx) error {
		size, err := entries(ctx, tx)
		if err != nil {
			return err
		}
		var next pg.Page[sealed]
		more, err = next.ReadIn(ctx, tx, sealBatch, sealedSQL+" WHERE s.seq > $1 ORDER BY s.seq LIMIT $2", size, sealBatch+1)
		if n = len(next.Items); err != nil || n == 0 {
			return err
		}
		return write(ctx, tx, size, next.Items)
	})
	return n, more, err
}

// entries is how many entries the log has.
func entries(ctx context.Context, tx pgx.Tx) (size int64, err error) {
	err = tx.QueryRow(ctx, "SELECT coalesce(max(seq), 0) FROM log_entries").Scan(&size)
	return size, err
}

func write(ctx context.Context, tx pgx.Tx, size int64, changes []sealed) error {
	tree, err := treeAt(ctx, tx, size)
	if err != nil {
		return err
	}
	var made, headers, states, authors [][]byte
	var seqs []int64
	for _, change := range changes {
		if change.Gone || change.Seq != size+int64(len(seqs))+1 {
			return fmt.Errorf("the log cannot go on: the change with the place %d is gone; run: headwater verify", size+int64(len(seqs))+1)
		}
		salts := ledger.NewSalts()
		seqs = append(seqs, change.Seq)
		made = append(made, ledger.Entry(ledger.TextsOf(change.Change, change.StateText), salts))
		headers, states, authors = append(headers, salts.Header), append(states, salts.State), append(authors, salts.Author)
	}
	grown, err := tree.Append(made)
	if err != nil {
		return err
	}
	var levels []int16
	var numbers []int64
	var hashes [][]byte
	for place, data := range grown {
		levels, numbers, hashes = append(levels, int16(place.Level)), append(numbers, place.N), append(hashes, data)
	}
	var batch pgx.Batch
	batch.Queue("INSERT INTO log_entries (seq, entry) SELECT * FROM unnest($1::bigint[], $2::bytea[])", seqs, made)
	batch.Queue("INSERT INTO log_salts (seq, header, state, author) SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bytea[], "+
		"$4::bytea[])", seqs, headers, states, authors)
	batch.Queue("INSERT INTO log_tiles (level, n, hashes) SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::bytea[]) "+
		"ON CONFLICT (level, n) DO UPDATE SET hashes = excluded.hashes", levels, numbers, hashes)
	return tx.SendBatch(ctx, &batch).Close()
}

// treeAt is the tree of the log when it had a size, by the tiles that are stored.
func treeAt(ctx context.Context, db pg.Queryer, size int64) (*ledger.Tree, error) {
	edge, err := tilesAt(ctx, db, ledger.Edge(size))
	return ledger.NewTree(size, edge), err
}

// tilesAt reads tiles. Those that are not there are left out.
func tilesAt(ctx context.Context, db pg.Queryer, places []ledger.Place) (ledger.Tiles, error) {
	var levels []int16
	var numbers []int64
	for _, place := range places {
		levels, numbers = append(levels, int16(place.Level)), append(numbers, place.N)
	}
	rows, err := db.Query(ctx, "SELECT level, n, hashes FROM log_tiles "+
		"WHERE (level, n) IN (SELECT * FROM unnest($1::smallint[], $2::bigint[]))", levels, numbers)
	if err != nil {
		return nil, err
	}
	tiles := ledger.Tiles{}
	var level int16
	var n int64
	var hashes []byte
	_, err = pgx.ForEachRow(rows, []any{&level, &n, &hashes}, func() error {
		tiles[ledger.Place{Level: int(level), N: n}] = append([]byte(nil), hashes...)
		return nil
	})
	return tiles, err
}

// sign makes a checkpoint of all entries, if the last one has fewer and was some time ago.
func (l *Log) sign(ctx context.Context) error {
	if l.key == nil {
		return nil
	}
	return l.alone(ctx, func(tx pgx.Tx) error {
		var size, previous int64
		var soon, ahead bool
		// What a clock that was ahead said of the last one is no reason to wait.
		err := tx.QueryRow(ctx, `SELECT coalesce((SELECT max(seq) FROM log_entries), 0), coalesce(max(size), 0),
			coalesce(max(at) > now() - $1::interval AND max(at) <= now(), false), coalesce(max(at) > now(), false) FROM log_checkpoints`,
			checkpointEvery).Scan(&size, &previous, &soon, &ahead)
		if err != nil || soon || size <= previous {
			return err
		}
		if ahead && !l.wasAhead.Swap(true) {
			slog.WarnContext(ctx, "the last checkpoint says that it was made later than now: the clock of the database was ahead, or is "+
				"behind; until it has come there, new ones say the same time")
		}
		tree, err := treeAt(ctx, tx, size)
		if err != nil {
			return err
		}
		root, err := tree.Root(size)
		if err != nil {
			return err
		}
		if goesOn, err := l.goesOn(ctx, tx, size); err != nil || !goesOn {
			return err
		}
		note, err := l.key.Sign(size, root, previous)
		if err != nil {
			return err
		}
		// Times never go back, so that an instant means the same checkpoint for ever.
		_, err = tx.Exec(ctx, `WITH last AS MATERIALIZED (
				SELECT max(at) FILTER (WHERE isfinite(at)) AS at FROM log_checkpoints)
			INSERT INTO log_checkpoints (size, at, note) SELECT $1, greatest(now(), at), $2 FROM last`, size, note)
		if err == nil {
			l.signed.Store(&ledger.Checkpoint{Size: size, Root: root})
		}
		return err
	})
}

// goesOn says whether the log of a size goes on from what this program signed last. Where somebody put another in its place, the key
// signs no second history beside the first, until the program is started anew: after a backup was restored, somebody may mean it.
func (l *Log) goesOn(ctx context.Context, tx pgx.Tx, size int64) (bool, error) {
	signed := l.signed.Load()
	if signed == nil {
		return true, nil
	}
	var root tlog.Hash
	if size >= signed.Size {
		tree, err := treeAt(ctx, tx, signed.Size)
		if err == nil {
			root, err = tree.Root(signed.Size)
		}
		if err != nil {
			return false, err
		}
	}
	if root == signed.Root {
		return true, nil
	}
	if !l.wasOther.Swap(true) {
		slog.ErrorContext(ctx, "the log does not go on from the last checkpoint that was signed: it was cut back or altered, or an older "+
			"copy of the database restored; nothing is signed until it does, or the service is started again; run: headwater verify",
			"signed", signed.Size, "size", size)
	}
	return false, nil
}
