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

	"github.com/headwater-project/headwater/migrations"
	"github.com/headwater-project/headwater/store/local"
)

// bench is a run on its way: a private PostgreSQL, the program under test, and what has been measured.
type bench struct {
	options
	world   world
	folder  string // of this run, removed at its end
	program string
	server  *local.Server
	results []Result
}

// Databases of a run.
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
	if said, err := exec.CommandContext(ctx, "go", "build", "-o", b.program, "./cmd/headwater").CombinedOutput(); err != nil {
		return fmt.Errorf("build the program, which the repository's root is the place for: %w\n%s", err, said)
	}
	if b.server, err = local.Open(ctx, local.Options{DataDir: filepath.Join(b.folder, "data"), Database: emptyDatabase, Settings: settings}); err != nil {
		return err
	}
	return migrations.Up(ctx, b.server.ConnString(emptyDatabase))
}

// close stops the server and removes all that the run made.
func (b *bench) close() error {
	var err error
	if b.server != nil {
		err = b.server.Close()
	}
	return errors.Join(err, os.RemoveAll(b.folder))
}

var setting = regexp.MustCompile(`(?m)^([a-z_]+) = (\S+)$`)

// recommended are the settings in docs/deployment.md.
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

// compare adds a line to the table.
func (b *bench) compare(ctx context.Context, c contest) (Result, error) {
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

// address of one of the run's databases.
func (b *bench) address(database string) string { return b.server.ConnString(database) }

// environment makes the program use one of the run's databases.
func (b *bench) environment(database string) []string {
	return []string{"DATABASE_URL=" + b.address(database)}
}

// makeDatabase makes an empty one with the schema, in the place of what has its name.
func (b *bench) makeDatabase(ctx context.Context, name string) error {
	return b.exec(ctx, "postgres", "DROP DATABASE IF EXISTS "+name, "CREATE DATABASE "+name+" TEMPLATE "+emptyDatabase)
}

// settle writes out what earlier work left to be written.
func (b *bench) settle(ctx context.Context) error { return b.exec(ctx, "postgres", "CHECKPOINT") }

// exec runs statements outside of a transaction.
func (b *bench) exec(ctx context.Context, database string, statements ...string) error {
	return b.connected(ctx, database, func(conn *pgx.Conn) error {
		for _, sql := range statements {
			if _, err := conn.Exec(ctx, sql); err != nil {
				return fmt.Errorf("%s: %w", sql, err)
			}
		}
		return nil
	})
}

func (b *bench) connected(ctx context.Context, database string, do func(*pgx.Conn) error) error {
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

// writeFile writes a bundle to a new file; bundles are written through a buffer of their own.
func writeFile(path string, write func(io.Writer) error) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(write(file), file.Close())
}

// need imports a bundle into a database that an earlier section may have made.
func (b *bench) need(ctx context.Context, database string, write func(io.Writer) error) error {
	var there bool
	err := b.connected(ctx, "postgres", func(conn *pgx.Conn) error {
		return conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", database).Scan(&there)
	})
	if err != nil || there {
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
	return b.tidy(ctx, database)
}

// tidy leaves a database that was just filled as it would be some minutes later.
func (b *bench) tidy(ctx context.Context, database string) error {
	return errors.Join(b.exec(ctx, database, "VACUUM ANALYZE"), b.settle(ctx))
}
