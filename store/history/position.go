package history

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/pg"
)

// Position gives the place in the order that recorded_by means: the place itself, or a time, which means the last checkpoint before it.
// Whatever it means, it means for ever: a time is taken once there is a later checkpoint, before which no other can come.
func (l *Log) Position(ctx context.Context, recordedBy string) (seq int64, err error) {
	fault := func(code headwater.FaultCode, expected string) error {
		return headwater.Faults{headwater.NewFault("/recorded_by", code, recordedBy, expected)}
	}
	if seq, err = strconv.ParseInt(recordedBy, 10, 64); err == nil {
		var last int64
		if err = l.db.Pool.QueryRow(ctx, "SELECT coalesce(max(seq), 0) FROM sequenced").Scan(&last); err != nil {
			return 0, pg.Interpret(err)
		}
		if seq < 1 || seq > last {
			return 0, fault(headwater.FaultRange, "the place of a change in the order, 1 to "+strconv.FormatInt(last, 10))
		}
		return seq, nil
	}
	at, err := time.Parse(time.RFC3339Nano, recordedBy)
	if err != nil {
		return 0, fault(headwater.FaultFormat, "the place of a change in the order, or an instant (RFC 3339)")
	}
	err = l.db.Pool.QueryRow(ctx, `SELECT size FROM log_checkpoints WHERE at < $1
		AND EXISTS (SELECT FROM log_checkpoints WHERE at >= $1) ORDER BY at DESC, size DESC LIMIT 1`, at).Scan(&seq)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, fault(headwater.FaultRange, "an instant between the first checkpoint of the log and the last, or the place of a change")
	}
	return seq, pg.Interpret(err)
}
