package backup

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// kind says what a backup does with a table.
type kind int

const (
	data    kind = iota // is in backups; a database with a row of it is not empty
	state               // is in backups, and replaces the rows that a database has that holds nothing
	leftOut             // is in no backup
)

// tables are all that the schema has or had, each after those that it refers to, since their rows are stored in this order. Those in
// logRows come after the others.
var tables = []struct {
	name string
	kind kind
}{
	{"sources", data},
	{"source_traits", data},
	{"relations", data},
	{"documents", data},
	{"document_texts", data},
	{"document_bands", data},
	{"claims", data},
	{"attributions", data},
	{"appearances", data},
	{"links", data},
	{"reviews", data},
	{"matches", data},
	{"changes", data},
	{"changes_doubled", data},
	{"unsequenced", data},
	{"undos", data},
	{"imports", data},
	{"feeds", data},
	{"feed_editions", data},
	{"feed_things", data},
	{"taken_for", data},
	{"standings", data},
	{"standing_changes", data},
	{"standings_due", state}, // what a service does where nobody followed before
	{"standings_spread", state},
	{"standings_position", state},
	{"api_keys", data},
	{"webhooks", data},
	{"kept_answers", data},
	{"indexing", state},
	// the log is read later than the rest
	{"sequenced", data},
	{"log_entries", data},
	{"log_salts", data},
	{"log_tiles", data},
	{"log_checkpoints", data},
	{"log_keys", state}, // a service notes its key before anything is written
	{"log_witnesses", state},
	{"sessions", leftOut},          // to sign in again costs little, and who signed out stays so
	{"leases", leftOut},            // of a minute
	{"numbering", leftOut},         // belongs to the cluster; made anew when the database is opened
	{"schema_migrations", leftOut}, // the migrations write it
}

// querier is a connection or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// present are the tables of these kinds that the database has, in their order. What stands in a schema that is further on in the
// search_path belongs to somebody else.
func present(ctx context.Context, db querier, kinds ...kind) (names []string, err error) {
	rows, err := db.Query(ctx, "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()")
	if err != nil {
		return nil, err
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	for _, t := range tables {
		if slices.Contains(kinds, t.kind) && slices.Contains(found, t.name) {
			names = append(names, t.name)
		}
	}
	return names, err
}

// prepare frees a transaction of what the session or the role may have set, and fixes the form of what COPY writes and reads.
func prepare(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL timezone = 'UTC';
		SET LOCAL datestyle = 'ISO, MDY'; SET LOCAL intervalstyle = 'postgres'; SET LOCAL extra_float_digits = 1;
		SET LOCAL bytea_output = 'hex'; SET LOCAL client_encoding = 'UTF8'`)
	return err
}

func lock(ctx context.Context, tx pgx.Tx, names []string, mode string) error {
	var quoted []string
	for _, name := range names {
		quoted = append(quoted, quote(name))
	}
	if len(quoted) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, fmt.Sprintf("LOCK TABLE %s IN %s MODE", strings.Join(quoted, ", "), mode))
	return err
}

// columnsOf are the columns of a table that PostgreSQL does not make from the others.
func columnsOf(ctx context.Context, tx pgx.Tx, name string) ([]string, error) {
	rows, err := tx.Query(ctx, `SELECT attname::text FROM pg_attribute
		WHERE attrelid = to_regclass(quote_ident(current_schema()) || '.' || quote_ident($1))
		AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum`, name)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// sql names the table and its columns.
func (t table) sql() string {
	var quoted []string
	for _, column := range t.Columns {
		quoted = append(quoted, quote(column))
	}
	return quote(t.Name) + " (" + strings.Join(quoted, ", ") + ")"
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }
