// Package backup writes a whole database to a file while others work on it, and fills an empty one from such a file.
//
// A backup is a gzip of a tar: header.json, which says what the schema is; the rows of each table as COPY writes them, in parts of a
// mebibyte, each table after those that it refers to; and manifest.json, with the number and the hash of the rows of each. What has no
// manifest was cut off.
//
// It must not know what the rows mean, how they are written otherwise, or HTTP.
package backup

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/klauspost/compress/gzip"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/migrations"
)

const (
	// format is what the header calls the form of this file.
	format       = "headwater-backup/1"
	headerName   = "header.json"
	manifestName = "manifest.json"
	// partSize is how many bytes of rows are in memory at a time: tar says the length of what comes before it comes.
	partSize = 1 << 20
)

// header comes first in a backup.
type header struct {
	Format  string    `json:"format"`
	Program string    `json:"program"` // the version that made it
	Schema  uint      `json:"schema"`
	MadeAt  time.Time `json:"made_at"`
	Tables  []table   `json:"tables"`
}

// table is a table with the columns that its rows have in the backup.
type table struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
}

// content is what the manifest says of the rows of a table.
type content struct {
	Name   string `json:"name"`
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256"` // of what COPY wrote, in hex
}

// manifest comes last in a backup.
type manifest struct {
	Tables []content `json:"tables"`
}

// Summary says how much a backup holds.
type Summary struct {
	Schema        uint
	Tables        int
	Rows, Changes int64
	Unsealed      int64 // how many of the changes the backup has no entry of the log of, though the log is signed
}

func summarize(schema uint, tables []content) Summary {
	s := Summary{Schema: schema, Tables: len(tables)}
	for _, t := range tables {
		s.Rows += t.Rows
		if t.Name == "changes" {
			s.Changes = t.Rows
		}
	}
	return s
}

// Write writes the database as it is at one moment. Others go on reading and writing; a migration waits.
func Write(ctx context.Context, connString string, w io.Writer) (Summary, error) {
	conn, err := migrations.Connect(ctx, connString)
	if err != nil {
		return Summary{}, fmt.Errorf("the database cannot be reached: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	names, err := present(ctx, conn, data, state)
	if err != nil {
		return Summary{}, err
	}
	var done Summary
	err = pgx.BeginTxFunc(ctx, conn, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		zipped, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
		if err != nil {
			return err
		}
		out := &writer{connString: connString, tx: tx, tar: tar.NewWriter(zipped)}
		if done, err = out.all(ctx, names); err != nil {
			return err
		}
		return errors.Join(out.tar.Close(), zipped.Close())
	})
	return done, err
}

// writer writes what a transaction sees.
type writer struct {
	connString string
	tx         pgx.Tx
	tar        *tar.Writer
}

// all writes the tables of these names, which are all that there were before the transaction began.
func (w *writer) all(ctx context.Context, names []string) (Summary, error) {
	if err := prepare(ctx, w.tx); err != nil {
		return Summary{}, err
	}
	// before the first query, which takes the snapshot, so that no migration comes between that and the tables
	if err := lock(ctx, w.tx, names, "ACCESS SHARE"); err != nil {
		return Summary{}, err
	}
	now, err := present(ctx, w.tx, data, state)
	switch {
	case err != nil:
		return Summary{}, err
	case len(now) == 0:
		return Summary{}, errors.New("the database has no schema of headwater; there is nothing to back up")
	case !slices.Equal(now, names):
		return Summary{}, errors.New("the schema was migrated meanwhile; try again")
	}
	head := header{Format: format, Program: headwater.Version, MadeAt: time.Now().UTC()}
	if head.Schema, err = migrations.VersionOf(ctx, w.tx); err != nil {
		return Summary{}, err
	}
	latest, err := migrations.Latest()
	if err != nil {
		return Summary{}, err
	}
	if head.Schema > latest {
		return Summary{}, migrations.Status{Version: head.Schema, Latest: latest}.Newer()
	}
	for _, name := range names {
		columns, err := columnsOf(ctx, w.tx, name)
		if err != nil {
			return Summary{}, err
		}
		head.Tables = append(head.Tables, table{name, columns})
	}
	if err := w.json(headerName, head); err != nil {
		return Summary{}, err
	}
	end, unsealed, err := w.rows(ctx, head.Tables)
	if err != nil {
		return Summary{}, err
	}
	done := summarize(head.Schema, end.Tables)
	done.Unsealed = unsealed
	return done, w.json(manifestName, end)
}

// rows writes the rows of all tables, those of the log at last, and says how many changes have no entry.
func (w *writer) rows(ctx context.Context, tables []table) (end manifest, unsealed int64, err error) {
	write := func(tx pgx.Tx, t table, from string) error {
		done, err := w.table(ctx, tx, t, from)
		if err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
		end.Tables = append(end.Tables, done)
		return nil
	}
	var ofLog []table
	for _, t := range tables {
		if logRows[t.Name] != "" {
			ofLog = append(ofLog, t)
		} else if err := write(w.tx, t, t.sql()); err != nil {
			return end, 0, err
		}
	}
	if len(ofLog) == 0 { // before there was a log
		return end, 0, nil
	}
	log, err := readLog(ctx, w.connString, w.tx)
	if err != nil {
		return end, 0, err
	}
	defer log.close(ctx)
	if err := log.await(ctx); err != nil {
		return end, 0, err
	}
	for _, t := range ofLog {
		if err := write(log.tx, t, log.query(t)); err != nil {
			return end, 0, err
		}
	}
	if log.signed > 0 {
		unsealed = log.wanted - log.taken
	}
	return end, unsealed, nil
}

func (w *writer) json(name string, value any) error {
	text, err := json.MarshalIndent(value, "", "\t")
	if err != nil {
		return err
	}
	return w.file(name, append(text, '\n'))
}

func (w *writer) file(name string, content []byte) error {
	err := w.tar.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(content)), Format: tar.FormatPAX})
	if err == nil {
		_, err = w.tar.Write(content)
	}
	return err
}

// table writes what a transaction sees of a table: from names the columns, or is a query.
func (w *writer) table(ctx context.Context, tx pgx.Tx, t table, from string) (content, error) {
	out := &partWriter{writer: w, table: t.Name, sum: sha256.New()}
	tag, err := tx.Conn().PgConn().CopyTo(ctx, out, "COPY "+from+" TO STDOUT")
	if err == nil {
		err = out.flush()
	}
	return content{t.Name, tag.RowsAffected(), hex.EncodeToString(out.sum.Sum(nil))}, err
}

// partWriter writes the rows of a table as files of the archive.
type partWriter struct {
	*writer
	table string
	sum   hash.Hash
	rows  bytes.Buffer
	parts int
}

func (w *partWriter) Write(rows []byte) (int, error) {
	w.sum.Write(rows)
	w.rows.Write(rows)
	if w.rows.Len() < partSize {
		return len(rows), nil
	}
	return len(rows), w.flush()
}

func (w *partWriter) flush() error {
	if w.rows.Len() == 0 {
		return nil
	}
	w.parts++
	err := w.file(fmt.Sprintf("%s/%06d.copy", w.table, w.parts), w.rows.Bytes())
	w.rows.Reset()
	return err
}
