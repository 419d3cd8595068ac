package pg

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"regexp"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/headwater-project/headwater"
)

// Interpret translates an error of the database to one for clients. What it does not know stays as it is: an internal error, to be
// logged and never shown.
func Interpret(err error) error {
	var pgErr *pgconn.PgError
	var connectErr *pgconn.ConnectError
	switch {
	case err == nil:
		return nil
	case headwater.CodeOf(err) != "", errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &connectErr): // also where it holds the error of a PostgreSQL that starts or has no place left
		return &unavailable{cause: err, undone: true}
	case errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.As(err, &pgErr):
		return interpretPostgres(pgErr, err)
	case pgconn.SafeToRetry(err):
		return &unavailable{cause: err, undone: true}
	case lost(err):
		return &unavailable{cause: err}
	}
	return err
}

// lost says whether this is how a connection ends that the other side, the network or a deadline ended.
func lost(err error) bool {
	var netErr net.Error
	var sysErr syscall.Errno
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, pgx.ErrTxClosed) || errors.Is(err, os.ErrDeadlineExceeded) ||
		errors.As(err, &netErr) || errors.As(err, &sysErr) || pgconn.Timeout(err)
}

// unavailable keeps the cause, for the log, beside the error that a client sees.
type unavailable struct {
	cause     error
	undone    bool // nothing of it was done for certain; else a change may have been committed before its answer was lost
	momentary bool // the same can be done at once
	late      bool // it took longer than it may
}

func (u *unavailable) Error() string { return "the database is not available: " + u.cause.Error() }

func (u *unavailable) Unwrap() []error {
	return []error{&headwater.Error{Code: headwater.CodeUnavailable, Retryable: u.undone,
		Momentary: u.momentary, Late: u.late, Detail: "the database cannot be reached or is too busy; try again"}, u.cause}
}

// PostgreSQL's error codes (appendix A of its manual) that clients can do something about.
const (
	uniqueViolation     = "23505"
	foreignKeyViolation = "23503"
	serializationFailed = "40001"
	deadlockDetected    = "40P01"
	lockNotAvailable    = "55P03"
	readOnly            = "25006"
	notSupported        = "0A000"
	internalError       = "XX000"
	idleInTransaction   = "25P03"
	transactionTimeout  = "25P04"
	undefinedTable      = "42P01"
	undefinedSchema     = "3F000"
	queryCanceled       = "57014"
)

// constraints are those that fields can violate although they are valid by themselves.
var constraints = map[string]headwater.Fault{
	"links_once": headwater.NewFault("/to", headwater.FaultAlreadyLinked, nil,
		"a pair that is not linked in this kind yet"),
	"matches_once": headwater.NewFault("/b", headwater.FaultAlreadyLinked, nil,
		"a pair that has no match of this kind yet"),
	"documents_not_derived_from_itself": headwater.NewFault("/derived_from", headwater.FaultLoop, nil, notDerived),
	"sources_not_merged_into_itself":    headwater.NewFault("/into", headwater.FaultLoop, nil, notMerged(headwater.ResourceSource)),
	"claims_not_merged_into_itself":     headwater.NewFault("/into", headwater.FaultLoop, nil, notMerged(headwater.ResourceClaim)),
	"attributions_begin_with_publisher": headwater.NewFault("/publisher", headwater.FaultConflict, nil,
		"the source that the chains of the document's attributions begin with"),
}

// Contended is the error of a write that another overtook. Nothing of it was kept.
func Contended() error {
	return &headwater.Error{Code: headwater.CodeConflict, Retryable: true,
		Detail: "somebody changed the same things at the same time; try again"}
}

// ofShard is how the message of an error of Citus names a constraint: with the number of the shard behind the name of an index.
var ofShard = regexp.MustCompile(`constraint "(\w+?)(?:_\d{6,})?"`)

// constraintOf names the constraint that was violated. Citus passes on the message alone, and no name.
func constraintOf(pgErr *pgconn.PgError) string {
	if name := ofShard.FindStringSubmatch(pgErr.Message); pgErr.ConstraintName == "" && name != nil {
		return name[1]
	}
	return pgErr.ConstraintName
}

func interpretPostgres(pgErr *pgconn.PgError, err error) error {
	constraint := constraintOf(pgErr)
	if fault, ok := constraints[constraint]; ok {
		return headwater.Faults{fault}
	}
	if constraint == "changes_versions" { // two would give one version to two states
		return Contended()
	}
	switch pgErr.Code {
	case uniqueViolation:
		return &headwater.Error{Code: headwater.CodeAlreadyExists, Detail: "a thing with this identity exists already"}
	case foreignKeyViolation:
		return &headwater.Error{Code: headwater.CodeConflict, Detail: "what it refers to changed at the same time; try again"}
	case lockNotAvailable: // the transaction is rolled back
		return Contended()
	case serializationFailed, deadlockDetected: // of what only reads: a standby replays what it read from; for others see inTx
		return &unavailable{cause: err, undone: true, momentary: true}
	case readOnly:
		return &unavailable{cause: err, undone: true}
	case queryCanceled: // by the limit on statements, or as serializationFailed; PostgreSQL has one code for both
		replayed := strings.Contains(pgErr.Message, "recovery")
		return &unavailable{cause: err, undone: replayed, momentary: replayed, late: !replayed}
	case idleInTransaction, transactionTimeout:
		return &unavailable{cause: err}
	case undefinedTable, undefinedSchema: // the desk is dropped, or the schema taken back, while it is served
		return &unavailable{cause: err, undone: true}
	}
	if isStale(pgErr) {
		return &unavailable{cause: err, undone: true, momentary: true}
	}
	switch pgErr.Code[:2] {
	case "08", "53", "57", "58": // connection, insufficient resources (disk full among them), operator intervention, system error
		return &unavailable{cause: err}
	}
	return err
}

// isStale says whether a statement failed since somebody changed the tables beneath it: it was prepared before, or was being
// planned meanwhile. Prepared anew it works.
func isStale(pgErr *pgconn.PgError) bool {
	return pgErr.Code == notSupported && pgErr.Routine == "RevalidateCachedQuery" || // whose text is translated
		pgErr.Code == internalError && strings.HasPrefix(pgErr.Message, "cache lookup failed")
}

// isOvertaken says whether a transaction that writes gave way to another.
func isOvertaken(err error) bool {
	pgErr, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (pgErr.Code == serializationFailed || pgErr.Code == deadlockDetected)
}
