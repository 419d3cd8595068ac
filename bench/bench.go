package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater/store/local"
)

// bench is the state of a run: a private PostgreSQL, the program under test, and the results so far.
type bench struct {
	options
	world   world
	folder  string // of this run, removed at its end
	program string
	server  *local.Server
	results []Result
}

// The databases of a run.
const (
	emptyDatabase = "empty" // the schema; the others are its copies
	worldDatabase = "world"
	hotDatabase   = "hot"
)

func open(ctx context.Context, o options) (*bench, error) {
	settings, err := recommended()
	if err != nil {
		return nil, err
	}
	b := &bench{options: o, world: world{o.size}}
	if b.folder, err = os.MkdirTemp(o.dir, "headwater-bench-"); err != nil {
		return nil, err
	}
	err = b.start(ctx, settings)
	if err != nil {
		return nil, errors.Join(err, b.close())
	}
	return b, nil
}

func (b *bench) start(ctx context.Context, settings map[string]string) (err error) {
	if err = os.Chmod(b.folder, 0o755); err != nil { // for root, whose server runs as another user
		return err
	}
	b.program = filepath.Join(b.folder, "headwater")
	if output, err := exec.CommandContext(ctx, "go", "build", "-o", b.program, "./cmd/headwater").CombinedOutput(); err != nil {
		return fmt.Errorf("build the program, which the repository's root is the place for: %w\n%s", err, output)
	}
	if b.server, err = local.Open(ctx, local.Options{DataDir: filepath.Join(b.folder, "data"), Database: emptyDatabase,
		Settings: settings}); err != nil {
		return err
	}
	// by the command, as owners do: it also writes down that search columns are as the program makes them
	_, err = runWatched(ctx, b.environment(emptyDatabase), io.Discard, b.program, "migrate", "up")
	return err
}

// close stops the server and removes the files of the run.
func (b *bench) close() error {
	var err error
	if b.server != nil {
		err = b.server.Close()
	}
	return errors.Join(err, os.RemoveAll(b.folder))
}

var setting = regexp.MustCompile(`(?m)^([a-z_]+) = (\S+)$`)

// recommended reads the settings that docs/deployment.md recommends.
func recommended() (map[string]string, error) {
	const path = "docs/deployment.md"
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("the harness runs in the repository's root: %w", err)
	}
	settings := map[string]string{}
	for _, found := range setting.FindAllStringSubmatch(string(text), -1) {
		settings[found[1]] = found[2]
	}
	if len(settings) == 0 {
		return nil, fmt.Errorf("%s recommends no settings; expected lines such as: shared_buffers = 2GB", path)
	}
	return settings, nil
}

// compare runs a comparison and adds its line to the table.
func (b *bench) compare(ctx context.Context, c comparison) (Result, error) {
	result, err := compare(ctx, b.rounds, c)
	if err == nil {
		b.add(result)
	}
	return result, err
}

func (b *bench) add(result Result) {
	result.Attributions = b.size
	result.MeasuredOn = time.Now().UTC().Format(time.DateOnly)
	b.results = append(b.results, result)
	fmt.Fprintln(os.Stderr, " ", strings.Join(slices.DeleteFunc(result.cells(), func(cell string) bool { return cell == "" }), "  "))
}

// address is the address of one of the run's databases.
func (b *bench) address(database string) string { return b.server.ConnString(database) }

// environment are the variables that make the program use one of the run's databases.
func (b *bench) environment(database string) []string {
	return []string{"DATABASE_URL=" + b.address(database)}
}

// makeDatabase creates an empty database with the schema, and drops one of the same name first.
func (b *bench) makeDatabase(ctx context.Context, name string) error {
	return b.exec(ctx, "postgres", "DROP DATABASE IF EXISTS "+name, "CREATE DATABASE "+name+" TEMPLATE "+emptyDatabase)
}

// checkpoint makes PostgreSQL write what earlier work left dirty, so that it does not do so during a measurement.
func (b *bench) checkpoint(ctx context.Context) error { return b.exec(ctx, "postgres", "CHECKPOINT") }

// exec runs statements outside a transaction.
func (b *bench) exec(ctx context.Context, database string, statements ...string) error {
	return b.withConnection(ctx, database, func(conn *pgx.Conn) error {
		for _, sql := range statements {
			if _, err := conn.Exec(ctx, sql); err != nil {
				return fmt.Errorf("%s: %w", sql, err)
			}
		}
		return nil
	})
}

func (b *bench) withConnection(ctx context.Context, database string, do func(*pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, b.address(database))
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	return do(conn)
}

// bundle writes a bundle to a file of the run.
func (b *bench) bundle(name string, write func(io.Writer) error) (path string, err error) {
	path = filepath.Join(b.folder, name)
	return path, writeFile(path, write)
}

// writeFile writes a bundle to a new file. It does not buffer: the bundle writer does.
func writeFile(path string, write func(io.Writer) error) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(write(file), file.Close())
}

// ensureDatabase imports a bundle into a database, unless an earlier section did.
func (b *bench) ensureDatabase(ctx context.Context, database string, write func(io.Writer) error) error {
	var exists bool
	err := b.withConnection(ctx, "postgres", func(conn *pgx.Conn) error {
		return conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", database).Scan(&exists)
	})
	if err != nil || exists {
		return err
	}
	path, err := b.bundle(database+".ndjson", write)
	if err != nil {
		return err
	}
	if err := b.makeDatabase(ctx, database); err != nil {
		return err
	}
	if _, err := runWatched(ctx, b.environment(database), io.Discard, b.program, "import", path); err != nil {
		return err
	}
	return b.vacuum(ctx, database)
}

// vacuum brings a database that was just filled into the state in which autovacuum would leave it.
func (b *bench) vacuum(ctx context.Context, database string) error {
	return errors.Join(b.exec(ctx, database, "VACUUM ANALYZE"), b.checkpoint(ctx))
}
