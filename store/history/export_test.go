package history

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// VerifyIn is Verify within a transaction, of which nothing need be kept.
func VerifyIn(ctx context.Context, tx pgx.Tx, options VerifyOptions, report func(finding string)) error {
	v := newVerification(options, report)
	return v.run(ctx, tx, v.order, v.things)
}

// WordsOf is the comparison of two texts.
var WordsOf = wordsOf
