package pg

import (
	"context"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// FollowTick is how long a service waits before it looks again whether there is work.
	FollowTick = 200 * time.Millisecond
	// longestPause is how long it waits at most, after errors too.
	longestPause = 10 * time.Second
)

// Follow works until ctx is done, and rests in between for as long as work says. A database that cannot be written to, such as a
// standby, is tried again from time to time, later and later; the first time in a row is logged with the warning.
func Follow(ctx context.Context, warning string, work func(ctx context.Context) (rest time.Duration, err error)) {
	pause, failed := FollowTick, false
	for {
		rest, err := work(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			if !failed {
				slog.WarnContext(ctx, warning, "error", err)
			}
			pause, failed = min(2*pause, longestPause), true
		default:
			pause, failed = min(rest, longestPause), false
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// Alone does something in one transaction, unless somebody else does so under the same number in this schema. The lock ends with the
// transaction, so that poolers do, and a statement that follows sees whatever the one before did who had it.
func Alone(ctx context.Context, db *DB, number int, options pgx.TxOptions, do func(tx pgx.Tx) error) error {
	return pgx.BeginTxFunc(ctx, db.Pool, options, func(tx pgx.Tx) error {
		var isAlone bool
		err := tx.QueryRow(ctx, "SELECT pg_try_advisory_xact_lock($1, hashtext(current_schema()))", number).Scan(&isAlone)
		if err != nil || !isAlone {
			return err
		}
		return do(tx)
	})
}
