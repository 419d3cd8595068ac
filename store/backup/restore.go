package backup

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/klauspost/compress/gzip"

	"github.com/headwater-project/headwater/migrations"
)

// Restore fills a database that holds nothing, and gives it the schema that the backup was made with first. The rows come in one
// transaction: whatever ends it, the database holds nothing afterwards. Its schema is left at the backup's version.
func Restore(ctx context.Context, connString string, r io.Reader) (Summary, error) {
	in, err := open(r)
	if err != nil {
		return Summary{}, err
	}
	if err := in.checkHeader(); err != nil {
		return Summary{}, err
	}
	conn, err := migrations.Connect(ctx, connString)
	if err != nil {
		return Summary{}, fmt.Errorf("the database cannot be reached: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error { return checkEmpty(ctx, tx) }); err != nil {
		return Summary{}, err
	}
	if err := in.makeSchema(ctx, conn, connString); err != nil {
		return Summary{}, err
	}
	var done Summary
	err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		done, err = in.fill(ctx, tx)
		return err
	})
	return done, err
}

// damaged is the error of a file that is not as it was written.
func damaged(err error) error {
	return fmt.Errorf("the backup is damaged or was cut off; nothing of it was stored: %w", err)
}

// reader reads a backup from its beginning to its end.
type reader struct {
	header
	zipped *gzip.Reader
	tar    *tar.Reader
	file   string // that the archive is at
}

func open(r io.Reader) (*reader, error) {
	zipped, err := gzip.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("this is no backup that headwater made: %w", err)
	}
	in := &reader{zipped: zipped, tar: tar.NewReader(zipped)}
	if err := in.next(); err != nil {
		return nil, err
	}
	return in, in.json(headerName, &in.header)
}

// next goes to the next file of the archive.
func (r *reader) next() error {
	file, err := r.tar.Next()
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF // the manifest would be last
	}
	if err != nil {
		return damaged(err)
	}
	r.file = file.Name
	return nil
}

// json reads the file that the archive is at, which must have this name.
func (r *reader) json(name string, into any) error {
	if r.file != name {
		return damaged(fmt.Errorf("there is %q where %s should be", r.file, name))
	}
	const largest = 1 << 20
	text, err := io.ReadAll(io.LimitReader(r.tar, largest))
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		return damaged(fmt.Errorf("%s: %w", name, err))
	}
	return nil
}

// checkHeader refuses what this program cannot restore.
func (r *reader) checkHeader() error {
	latest, err := migrations.Latest()
	switch {
	case err != nil:
		return err
	case r.Format != format:
		return fmt.Errorf("the form of the backup is %q; this program reads %s", r.Format, format)
	case r.Schema > latest:
		return fmt.Errorf("the backup has schema version %d, newer than this program's %d; use headwater %s, which made it, or a newer one",
			r.Schema, latest, r.Program)
	}
	for _, t := range r.Tables {
		if !isKept(t.Name) {
			return damaged(fmt.Errorf("it has a table %q, which is none of headwater's", t.Name))
		}
	}
	return nil
}

func isKept(name string) bool {
	for _, t := range tables {
		if t.name == name {
			return t.kind != leftOut
		}
	}
	return false
}

// checkEmpty refuses a database that holds something.
func checkEmpty(ctx context.Context, tx pgx.Tx) error {
	names, err := present(ctx, tx, data)
	if err != nil || len(names) == 0 {
		return err
	}
	var exist []string
	for _, name := range names {
		exist = append(exist, fmt.Sprintf("SELECT '%s' WHERE EXISTS (SELECT FROM %s)", name, quote(name)))
	}
	rows, err := tx.Query(ctx, strings.Join(exist, " UNION ALL "))
	if err != nil {
		return err
	}
	filled, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err == nil && len(filled) > 0 {
		err = fmt.Errorf("the database is not empty: it has rows in %s; a backup is restored into an empty database alone, "+
			"and nothing was changed", strings.Join(filled, ", "))
	}
	return err
}

// makeSchema gives the database the schema of the backup.
func (r *reader) makeSchema(ctx context.Context, conn *pgx.Conn, connString string) error {
	version, err := migrations.VersionOf(ctx, conn)
	if err != nil {
		return err
	}
	if version > r.Schema {
		return fmt.Errorf("the database's schema is version %d, and the backup's %d; expected a database without a schema, or: "+
			"headwater migrate down --steps %d", version, r.Schema, version-r.Schema)
	}
	return migrations.UpTo(ctx, connString, r.Schema)
}

// fill stores all rows, and holds them to the manifest.
func (r *reader) fill(ctx context.Context, tx pgx.Tx) (Summary, error) {
	if err := prepare(ctx, tx); err != nil {
		return Summary{}, err
	}
	names, err := present(ctx, tx, data, state)
	if err != nil {
		return Summary{}, err
	}
	if err := lock(ctx, tx, names, "ACCESS EXCLUSIVE"); err != nil {
		return Summary{}, err
	}
	if err := checkEmpty(ctx, tx); err != nil { // again, since nobody can write any more
		return Summary{}, err
	}
	if err := clearState(ctx, tx); err != nil {
		return Summary{}, err
	}
	// what triggers make of new rows is in the backup
	if err := each(ctx, tx, names, "ALTER TABLE %s DISABLE TRIGGER USER"); err != nil {
		return Summary{}, err
	}
	if err := r.next(); err != nil {
		return Summary{}, err
	}
	var stored manifest
	for _, t := range r.Tables {
		done, err := r.table(ctx, tx, t)
		if err != nil {
			return Summary{}, fmt.Errorf("table %s: %w", t.Name, err)
		}
		stored.Tables = append(stored.Tables, done)
	}
	if err := r.end(stored); err != nil {
		return Summary{}, err
	}
	if slices.Contains(names, "unsequenced") { // what got its place after the rows were read that it waits in
		const placed = "DELETE FROM unsequenced USING sequenced WHERE sequenced.change = unsequenced.change"
		if _, err := tx.Exec(ctx, placed); err != nil {
			return Summary{}, err
		}
	}
	if err := each(ctx, tx, names, "ALTER TABLE %s ENABLE TRIGGER USER"); err != nil {
		return Summary{}, err
	}
	if err := countOn(ctx, tx); err != nil {
		return Summary{}, err
	}
	return summarize(r.Schema, stored.Tables), each(ctx, tx, names, "ANALYZE %s")
}

// clearState removes the rows that a database has that holds nothing.
func clearState(ctx context.Context, tx pgx.Tx) error {
	names, err := present(ctx, tx, state)
	if err != nil {
		return err
	}
	return each(ctx, tx, names, "DELETE FROM %s")
}

// each runs a statement for each of some tables.
func each(ctx context.Context, tx pgx.Tx, names []string, sql string) error {
	var all strings.Builder
	for _, name := range names {
		fmt.Fprintf(&all, sql+";", quote(name))
	}
	_, err := tx.Exec(ctx, all.String())
	return err
}

// table stores the rows of a table, with which the archive is at its first part, if it has any.
func (r *reader) table(ctx context.Context, tx pgx.Tx, t table) (content, error) {
	known, err := columnsOf(ctx, tx, t.Name)
	if err != nil {
		return content{}, err
	}
	for _, column := range t.Columns {
		if !slices.Contains(known, column) {
			return content{}, damaged(fmt.Errorf("it has a column %q, which the schema has not", column))
		}
	}
	rows := &partReader{reader: r, table: t.Name}
	sum := sha256.New()
	tag, err := tx.Conn().PgConn().CopyFrom(ctx, io.TeeReader(rows, sum), "COPY "+t.sql()+" FROM STDIN")
	refusal, refused := errors.AsType[*pgconn.PgError](err)
	switch {
	case rows.err != nil:
		return content{}, rows.err
	case refused && slices.Contains([]string{"22", "23"}, refusal.Code[:2]): // no such value, no such reference
		return content{}, damaged(err)
	}
	return content{t.Name, tag.RowsAffected(), hex.EncodeToString(sum.Sum(nil))}, err
}

// partReader reads the rows of a table from one part after the other.
type partReader struct {
	*reader
	table string
	err   error // that ended it
}

func (r *partReader) Read(into []byte) (n int, err error) {
	for r.err == nil {
		if !strings.HasPrefix(r.file, r.table+"/") {
			return 0, io.EOF
		}
		n, err = r.tar.Read(into)
		if err != nil && !errors.Is(err, io.EOF) {
			r.err = damaged(err)
		} else if err != nil {
			r.err = r.next()
		}
		if n > 0 {
			return n, nil
		}
	}
	return 0, r.err
}

// end holds what was stored to the manifest, and the file to its own checksum.
func (r *reader) end(stored manifest) error {
	var said manifest
	if err := r.json(manifestName, &said); err != nil {
		return err
	}
	if len(said.Tables) != len(stored.Tables) {
		return damaged(fmt.Errorf("it has %d tables, and its manifest %d", len(stored.Tables), len(said.Tables)))
	}
	for i, t := range stored.Tables {
		if t != said.Tables[i] {
			return damaged(fmt.Errorf("table %s: its %d rows are not the %d of the manifest", t.Name, t.Rows, said.Tables[i].Rows))
		}
	}
	if _, err := r.tar.Next(); !errors.Is(err, io.EOF) {
		return damaged(errors.New("it goes on after its manifest"))
	}
	if _, err := io.Copy(io.Discard, r.zipped); err != nil {
		return damaged(err)
	}
	return nil
}

// countOn lets columns that count rows go on after those that were stored.
func countOn(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, `SELECT table_name::text, column_name::text FROM information_schema.columns
		WHERE table_schema = current_schema() AND is_identity = 'YES'`)
	if err != nil {
		return err
	}
	counted, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct{ Table, Column string }])
	for _, c := range counted {
		if err == nil && isKept(c.Table) {
			const set = "SELECT setval(pg_get_serial_sequence($1, $2), greatest(1, max(%[1]s)), max(%[1]s) IS NOT NULL) FROM %[2]s"
			_, err = tx.Exec(ctx, fmt.Sprintf(set, quote(c.Column), quote(c.Table)), quote(c.Table), c.Column)
		}
	}
	return err
}
