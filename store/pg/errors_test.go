package pg

import (
	"context"
	"errors"
	"net"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/storetest"
)

// TestInterpretKnowsWhatIsOver: what a standby cancels, and what was planned for other tables, is done again at once.
func TestInterpretKnowsWhatIsOver(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err       pgconn.PgError
		momentary bool
	}{
		"canceled by replay":           {pgconn.PgError{Code: "40001", Message: "canceling statement due to conflict with recovery"}, true},
		"in a deadlock with replay":    {pgconn.PgError{Code: "40P01", Message: "canceling statement due to conflict with recovery"}, true},
		"canceled by replay otherwise": {pgconn.PgError{Code: "57014", Message: "canceling statement due to conflict with recovery"}, true},
		"disconnected by replay": {pgconn.PgError{Code: "57P01", Message: "terminating connection due to conflict with recovery"},
			false},
		"prepared for another table":   {pgconn.PgError{Code: "0A000", Routine: "RevalidateCachedQuery"}, true},
		"planned while a table ended":  {pgconn.PgError{Code: "XX000", Message: "cache lookup failed for relation 5"}, true},
		"a statement that takes hours": {pgconn.PgError{Code: "57014", Message: "canceling statement due to statement timeout"}, false},
	} {
		var known *headwater.Error
		if !errors.As(Interpret(&c.err), &known) || known.Code != headwater.CodeUnavailable || known.Momentary != c.momentary {
			t.Errorf("%s: %+v", name, known)
		}
	}
	for name, err := range map[string]*pgconn.PgError{
		"another feature":  {Code: "0A000", Routine: "ExecSomething", Message: "not supported"},
		"another internal": {Code: "XX000", Message: "unexpected node"},
	} {
		if got := Interpret(err); headwater.CodeOf(got) != "" {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestACommitWithoutAnAnswerIsUnknown: a client that leaves, and a connection that ends, while the commit is under way, leave open
// whether it was made. A commit that PostgreSQL refuses was not made.
func TestACommitWithoutAnAnswerIsUnknown(t *testing.T) {
	t.Parallel()
	config, err := pgxpool.ParseConfig(storetest.NewEmpty(t))
	if err != nil {
		t.Fatal(err)
	}
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	if _, err := pool.Exec(t.Context(), "CREATE TABLE kept (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)"); err != nil {
		t.Fatal(err)
	}
	db := &DB{Pool: pool}
	for name, c := range map[string]struct {
		end  func(cancel func(), connection net.Conn)
		code headwater.Code
	}{
		"the client leaves":   {func(cancel func(), _ net.Conn) { cancel() }, headwater.CodeUnavailable},
		"the connection ends": {func(_ func(), connection net.Conn) { connection.Close() }, headwater.CodeUnavailable},
		"it is refused":       {func(func(), net.Conn) {}, headwater.CodeAlreadyExists},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		err := db.inTx(ctx, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, "INSERT INTO kept VALUES (1), (1)"); err != nil {
				return err
			}
			c.end(cancel, tx.Conn().PgConn().Conn())
			return nil
		})
		cancel()
		var known *headwater.Error
		if !errors.As(err, &known) || known.Code != c.code || known.Retryable {
			t.Errorf("%s: %v, %+v", name, err, known)
		}
	}
}
