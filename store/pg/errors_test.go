package pg

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
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

// TestConstraintsOfCitus: it passes on what a node says in a message alone, which names an index with the number of the shard.
func TestConstraintsOfCitus(t *testing.T) {
	t.Parallel()
	for message, pointer := range map[string]headwater.Pointer{
		`new row for relation "claims_102013" violates check constraint "claims_not_merged_into_itself"`: "/into",
		`duplicate key value violates unique constraint "links_once_102033"`:                             "/to",
	} {
		var faults headwater.Faults
		if !errors.As(Interpret(&pgconn.PgError{Code: "23514", Message: message}), &faults) || faults[0].Pointer != pointer {
			t.Errorf("%s: %v", message, faults)
		}
	}
	err := Interpret(&pgconn.PgError{Code: "23505", Message: `unique constraint "changes_versions_102020"`})
	if headwater.CodeOf(err) != headwater.CodeConflict {
		t.Errorf("%v", err)
	}
}

// TestLostConnectionsAreUnavailable: however a connection is refused, ended, timed out or not to be had, clients are told to come back, and
// that nothing was done only where that is certain.
func TestLostConnectionsAreUnavailable(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := listener.Addr().(*net.TCPAddr).Port
	listener.Close()
	connecting := func(address string) error {
		_, err := pgconn.Connect(t.Context(), address+" user=nobody dbname=none sslmode=disable connect_timeout=5")
		if err == nil {
			t.Fatalf("%s answers", address)
		}
		return err
	}
	operation := func(err error) error {
		return &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", err)}
	}
	code := func(code string) error { return &pgconn.PgError{Code: code} }
	for name, c := range map[string]struct {
		err    error
		undone bool
	}{
		"nobody listens":                  {connecting(fmt.Sprint("host=127.0.0.1 port=", closed)), true},
		"no such folder":                  {connecting("host=/nowhere"), true},
		"refused in a dial":               {&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, false},
		"ended":                           {io.EOF, false},
		"ended within a message":          {io.ErrUnexpectedEOF, false},
		"reset":                           {operation(syscall.ECONNRESET), false},
		"broken":                          {operation(syscall.EPIPE), false},
		"unreachable":                     {operation(syscall.EHOSTUNREACH), false},
		"timed out by the system":         {operation(syscall.ETIMEDOUT), false},
		"closed here":                     {net.ErrClosed, false},
		"past its deadline":               {os.ErrDeadlineExceeded, false},
		"an unknown name":                 {&net.DNSError{Err: "no such host", Name: "db"}, false},
		"no transaction any more":         {pgx.ErrTxClosed, false},
		"a connection exception":          {code("08006"), false},
		"too many connections":            {code("53300"), false},
		"a full disk":                     {code("53100"), false},
		"ended by an administrator":       {code("57P01"), false},
		"a crash of another process":      {code("57P02"), false},
		"a server that starts":            {code("57P03"), false},
		"a dropped database":              {code("57P04"), false},
		"ended while idle":                {code("57P05"), false},
		"an error of input or output":     {code("58030"), false},
		"a transaction idle for too long": {code("25P03"), false},
		"a server that takes no writes":   {code("25006"), true},
	} {
		var known *headwater.Error
		err := Interpret(fmt.Errorf("reading: %w", c.err))
		if !errors.As(err, &known) || known.Code != headwater.CodeUnavailable || known.Retryable != c.undone {
			t.Errorf("%s: %v gives %+v", name, c.err, known)
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
