package history

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/ledger"
	"github.com/headwater-project/headwater/store/pg"
)

// LogWitness is somebody else who signs checkpoints, and how far that has come.
type LogWitness struct {
	Verifier    string     `json:"verifier" doc:"Its public key, as C2SP tlog-cosignature has it." example:"witness.example+2ea5ab72+BLBWrIBjYJ2Yt9WnrFQ+bBTCQWvzMEGvkUFzzv8dzbzJ"`
	Since       time.Time  `json:"since" doc:"When it was named first." example:"2026-01-02T03:04:05Z"`
	Size        int64      `json:"size" minimum:"0" doc:"Of the last checkpoint that it has cosigned; 0 if none." example:"2048"`
	CosignedAt  *time.Time `json:"cosigned_at,omitempty" doc:"When it did so." example:"2026-01-02T03:04:05Z"`
	LastFailure string     `json:"last_failure,omitempty" doc:"Why it has not cosigned since, if it was asked." example:"it does not answer"`
}

const (
	// witnessPause is how long at least there is between two checkpoints that a witness is sent.
	witnessPause = 2 * time.Second
	// firstWitnessWait and longestWitnessWait are those after failures; each is twice the one before.
	firstWitnessWait   = 5 * time.Second
	longestWitnessWait = 10 * time.Minute
	// cosignedWithin is among how many checkpoints one is looked for that several witnesses have cosigned: those that answer are all sent
	// the same, so that it is the first, unless they failed in turn.
	cosignedWithin = 1_000

	cosignedSQL = `SELECT note FROM (SELECT size, note FROM log_checkpoints WHERE size <= (
				SELECT min(size) FROM log_witnesses WHERE split_part(verifier, '+', 1) = ANY ($1))
			ORDER BY size DESC LIMIT $2) AS candidates
		WHERE NOT EXISTS (SELECT FROM unnest($1::text[]) AS name WHERE strpos(note, E'\n— ' || name || ' ') = 0) ORDER BY size DESC LIMIT 1`
	// leaseWitnessesSQL gives the witnesses that lack the last checkpoint, and that nobody else asks now.
	leaseWitnessesSQL = `UPDATE log_witnesses AS w SET next_at = now() + make_interval(secs => $2)
		FROM (SELECT size, note FROM log_checkpoints ORDER BY size DESC LIMIT 1) AS last
		WHERE verifier = ANY ($1) AND next_at <= now() AND w.size < last.size
		RETURNING verifier, w.size AS cosigned, failures, last.size, last.note`
	settleWitnessSQL = `UPDATE log_witnesses SET size = greatest(size, $2), cosigned_at = now(), failures = 0, last_failure = '',
		next_at = now() + make_interval(secs => $3) WHERE verifier = $1`
	failWitnessSQL = `UPDATE log_witnesses SET failures = failures + 1, last_failure = $2,
		next_at = now() + make_interval(secs => $3) WHERE verifier = $1`
)

// LogWitnesses lists the witnesses that checkpoints are, or were, sent to.
func (l *Log) LogWitnesses(ctx context.Context) ([]LogWitness, error) {
	list, err := pg.Many[LogWitness](ctx, l.db.Pool,
		"SELECT verifier, since, size, cosigned_at, last_failure FROM log_witnesses ORDER BY since, verifier")
	return list, pg.Interpret(err)
}

// NameWitnesses notes whom checkpoints are sent to. All keys stay published, so that what they signed can be verified.
func (l *Log) NameWitnesses(ctx context.Context, verifiers []string) error {
	_, err := l.db.Pool.Exec(ctx, "INSERT INTO log_witnesses (verifier) SELECT * FROM unnest($1::text[]) ON CONFLICT DO NOTHING", verifiers)
	return pg.Interpret(err)
}

// WitnessedCheckpoint gives the last signed note that witnesses of these names have all cosigned.
func (l *Log) WitnessedCheckpoint(ctx context.Context, witnesses []string) (note string, err error) {
	err = l.db.Pool.QueryRow(ctx, cosignedSQL, witnesses, cosignedWithin).Scan(&note)
	if errors.Is(err, pgx.ErrNoRows) {
		err = &headwater.Error{Code: headwater.CodeNotFound,
			Detail: fmt.Sprintf("no checkpoint is cosigned by %s, or not yet", strings.Join(witnesses, " and "))}
	}
	return note, pg.Interpret(err)
}

// LeaseWitnesses gives those of these witnesses that lack the last checkpoint, with it, and to nobody else for a time.
func (l *Log) LeaseWitnesses(ctx context.Context, verifiers []string, lease time.Duration) ([]ledger.Unwitnessed, error) {
	leased, err := pg.Many[ledger.Unwitnessed](ctx, l.db.Pool, leaseWitnessesSQL, verifiers, lease.Seconds())
	return leased, pg.Interpret(err)
}

// ProveGrowth proves that the log of one size begins with that of another, which may be 0.
func (l *Log) ProveGrowth(ctx context.Context, from, to int64) (proof []tlog.Hash, err error) {
	if from == 0 || from == to {
		return nil, nil
	}
	err = l.read(ctx, func(tx pgx.Tx) error {
		proof, err = tlog.ProveTree(to, from, tilesOf(ctx, tx))
		return err
	})
	return proof, err
}

// SettleWitness notes what became of a checkpoint that a witness was sent: the line that it signed, or why it did not.
func (l *Log) SettleWitness(ctx context.Context, asked ledger.Unwitnessed, line, failure string) error {
	if failure != "" {
		wait := min(firstWitnessWait<<min(asked.Failures, 20), longestWitnessWait)
		_, err := l.db.Pool.Exec(ctx, failWitnessSQL, asked.Verifier, failure, wait.Seconds())
		return pg.Interpret(err)
	}
	return pg.Interpret(pgx.BeginFunc(ctx, l.db.Pool, func(tx pgx.Tx) error {
		var batch pgx.Batch
		batch.Queue("UPDATE log_checkpoints SET note = note || $2 WHERE size = $1 AND strpos(note, $2) = 0", asked.Size, line)
		batch.Queue(settleWitnessSQL, asked.Verifier, asked.Size, witnessPause.Seconds())
		return tx.SendBatch(ctx, &batch).Close()
	}))
}
