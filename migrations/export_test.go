package migrations

import (
	"context"
	"time"
)

// UpWaiting is Up that waits for another who migrates no longer than this.
func UpWaiting(ctx context.Context, connString string, longest time.Duration) error {
	return up(ctx, connString, longest)
}
