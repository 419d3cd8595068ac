package history

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater/store/pg"
)

const (
	// awaitTime is how long a change is waited for until it is sealed: longer than a service takes that keeps up with what is written.
	awaitTime = 10 * time.Second
	// firstLook and longestLook are the waits between looks, which grow. A group may have many changes: a wait is at least lookShare times
	// as long as the look before it took.
	firstLook   = 50 * time.Millisecond
	longestLook = 200 * time.Millisecond
	lookShare   = 10
	// sealedGroupSQL says up to which place a group's changes are, how many of them have none yet, what the last checkpoint covers, and
	// whether anybody ever signed one.
	sealedGroupSQL = `SELECT coalesce(max(s.seq), 0), count(*) FILTER (WHERE s.seq IS NULL),
			coalesce((SELECT max(size) FROM log_checkpoints), 0), EXISTS (SELECT FROM log_keys)
		FROM changes AS t LEFT JOIN sequenced AS s ON s.change = t.id
		WHERE t.group_id = $1 AND t.group_id <> '00000000-0000-0000-0000-000000000000'`
)

// AwaitSealed waits until a checkpoint covers all changes of a group that is committed, and says whether one does: none where nobody signs
// the log, or where it takes too long.
func (l *Log) AwaitSealed(ctx context.Context, group uuid.UUID) (bool, error) {
	limited, cancel := context.WithTimeout(ctx, awaitTime)
	defer cancel()
	for wait := firstLook; ; wait = min(2*wait, longestLook) {
		began := time.Now()
		var last, waiting, covered int64
		var signed bool
		err := l.db.Pool.QueryRow(limited, sealedGroupSQL, group).Scan(&last, &waiting, &covered, &signed)
		if err != nil && limited.Err() != nil || err == nil && !signed {
			return false, nil
		}
		if err != nil {
			return false, pg.Interpret(err)
		}
		if waiting == 0 && last <= covered {
			return true, nil
		}
		select {
		case <-limited.Done():
			return false, nil
		case <-time.After(max(wait, lookShare*time.Since(began))):
		}
	}
}
