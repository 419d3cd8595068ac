package migrations

import (
	"context"
	"time"
)

// UpWaiting is Up that waits for another who migrates no longer than this.
func UpWaiting(ctx context.Context, connString string, longest time.Duration) error {
	return up(ctx, connString, longest)
}

// Split gives the statements of a file, and where each begins.
func Split(sql string) (statements []string, begin []int) {
	for _, one := range split(sql) {
		statements, begin = append(statements, one.sql), append(begin, one.at)
	}
	return statements, begin
}
