package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// tables that an import fills, referenced ones first. A trigger fills appearances.
var tables = []string{"sources", "relations", "documents", "claims", "attributions", "links", "reviews", "changes"}

// load measures import and export against COPY, and leaves the world in its database.
func (b *bench) load(ctx context.Context) error {
	rounds := b.rounds
	defer func() { b.rounds = rounds }()
	b.rounds = b.loads
	if err := b.importing(ctx); err != nil {
		return err
	}
	return b.exporting(ctx)
}

// importing imports first into the database of the world, whose rows are then those that COPY loads.
func (b *bench) importing(ctx context.Context) error {
	path, err := b.bundle("world.ndjson", b.world.writeTo)
	if err != nil {
		return err
	}
	target := ""
	var rows dump
	before := func(ctx context.Context) (err error) {
		switch target {
		case "":
			target = worldDatabase
		case worldDatabase:
			target = "loading"
			if rows, err = b.dump(ctx); err != nil {
				return err
			}
		}
		return errors.Join(b.makeDatabase(ctx, target), b.checkpoint(ctx))
	}
	result, err := b.compare(ctx, comparison{
		name: "import against COPY of the same rows", unit: "attributions/s", goal: atLeast(.6), before: before,
		figure: b.perAttribution(func(ctx context.Context) (sample, error) {
			return runWatched(ctx, b.environment(target), io.Discard, b.program, "import", path)
		}),
		ceiling: b.perAttribution(timed(func(ctx context.Context) error { return b.restore(ctx, target, rows) })),
	})
	if err != nil {
		return err
	}
	b.add(withoutCeiling("import, resident memory", "MB", float64(result.Memory), atMost(256)))
	return errors.Join(b.exec(ctx, "postgres", "DROP DATABASE "+target), b.vacuum(ctx, worldDatabase))
}

func (b *bench) exporting(ctx context.Context) error {
	result, err := b.compare(ctx, comparison{
		name: "export against COPY TO of the same rows", unit: "attributions/s", goal: atLeast(.5),
		figure: b.perAttribution(func(ctx context.Context) (sample, error) {
			return runWatched(ctx, b.environment(worldDatabase), io.Discard, b.program, "export")
		}),
		ceiling: b.perAttribution(timed(b.copyOut)),
	})
	if err == nil {
		b.add(withoutCeiling("export, resident memory", "MB", float64(result.Memory), atMost(256)))
	}
	return err
}

// timed returns a sampler of how many seconds do takes.
func timed(do func(context.Context) error) sampler {
	return func(ctx context.Context) (sample, error) {
		began := time.Now()
		err := do(ctx)
		return sample{value: time.Since(began).Seconds()}, err
	}
}

// perAttribution turns the seconds for the whole world into attributions a second.
func (b *bench) perAttribution(take sampler) sampler {
	return func(ctx context.Context) (sample, error) {
		s, err := take(ctx)
		s.value = float64(b.size) / s.value
		return s, err
	}
}

// storedColumns lists the columns of a table that are not generated, without the excluded ones.
func storedColumns(ctx context.Context, conn *pgx.Conn, table string, exclude ...string) (string, error) {
	rows, err := conn.Query(ctx, `SELECT quote_ident(column_name) FROM information_schema.columns
		WHERE table_schema = 'public' AND table_name = $1 AND is_generated = 'NEVER' AND column_name <> ALL ($2) ORDER BY ordinal_position`,
		table, exclude)
	if err != nil {
		return "", err
	}
	columns, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return strings.Join(columns, ", "), err
}

// dump is the rows of the world in the format that COPY reads fastest, a file a table.
type dump []tableDump

type tableDump struct{ table, columns, path string }

func (b *bench) dump(ctx context.Context) (dump, error) {
	var d dump
	err := b.withConnection(ctx, worldDatabase, func(conn *pgx.Conn) error {
		for _, table := range tables {
			columns, err := storedColumns(ctx, conn, table, "")
			if err != nil {
				return err
			}
			file, err := os.Create(filepath.Join(b.folder, table+".copy"))
			if err != nil {
				return err
			}
			d = append(d, tableDump{table, columns, file.Name()})
			_, err = conn.PgConn().CopyTo(ctx, file, fmt.Sprintf("COPY %s (%s) TO STDOUT (FORMAT binary)", table, columns))
			if err := errors.Join(err, file.Close()); err != nil {
				return err
			}
		}
		return nil
	})
	return d, err
}

// restore copies the dump into another database in one transaction.
func (b *bench) restore(ctx context.Context, database string, d dump) error {
	return b.withConnection(ctx, database, func(conn *pgx.Conn) error {
		return pgx.BeginFunc(ctx, conn, func(pgx.Tx) error {
			for _, file := range d {
				if err := file.copyInto(ctx, conn); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

func (d tableDump) copyInto(ctx context.Context, conn *pgx.Conn) error {
	file, err := os.Open(d.path)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = conn.PgConn().CopyFrom(ctx, file, fmt.Sprintf("COPY %s (%s) FROM STDIN (FORMAT binary)", d.table, d.columns))
	return err
}

// copyOut copies everything that an export reads, and discards it.
func (b *bench) copyOut(ctx context.Context) error {
	return b.withConnection(ctx, worldDatabase, func(conn *pgx.Conn) error {
		for _, table := range tables[:len(tables)-1] { // changes: an export has no history
			columns, err := storedColumns(ctx, conn, table, "folded", "terms")
			if err != nil {
				return err
			}
			if _, err := conn.PgConn().CopyTo(ctx, io.Discard, fmt.Sprintf("COPY %s (%s) TO STDOUT", table, columns)); err != nil {
				return err
			}
		}
		return nil
	})
}
