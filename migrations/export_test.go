package migrations

import (
	"context"
	"time"
)

// UpWaiting is Up that waits for another who migrates no longer than this.
func UpWaiting(ctx context.Context, connString string, longest time.Duration) error {
	return up(ctx, connString, longest)
}

// Split gives the statements of a file.
func Split(sql string) (statements []string) {
	for _, one := range split(sql) {
		statements = append(statements, one.sql)
	}
	return statements
}
