package backup_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/klauspost/compress/gzip"

	"github.com/headwater-project/headwater/migrations"
	"github.com/headwater-project/headwater/store/backup"
	"github.com/headwater-project/headwater/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// connected does something with a connection.
func connected(t *testing.T, address string, do func(conn *pgx.Conn) error) error {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	return do(conn)
}

func exec(t *testing.T, address, sql string) {
	t.Helper()
	if err := try(t, address, sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func try(t *testing.T, address, sql string) error {
	t.Helper()
	return connected(t, address, func(conn *pgx.Conn) error {
		_, err := conn.Exec(t.Context(), sql)
		return err
	})
}

func lines(t *testing.T, address, sql string) (list []string) {
	t.Helper()
	err := connected(t, address, func(conn *pgx.Conn) error {
		rows, err := conn.Query(t.Context(), sql)
		if err == nil {
			list, err = pgx.CollectRows(rows, pgx.RowTo[string])
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

const tablesSQL = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"

// filled is a database with a row of every kind that a table may have: values that COPY has to escape, numbers that count on.
func filled(t *testing.T) string {
	t.Helper()
	address := storetest.New(t)
	exec(t, address, `
		INSERT INTO document_texts SELECT text_digest(text), text FROM (VALUES (E'tab\t line\n \\N \\. back\\slash'),
			('قتل ثلاثون'), (repeat('long ', 500000))) AS texts (text);
		INSERT INTO standings_spread (kind, things, since, seq) SELECT 'claims', '{}', n, n FROM generate_series(1, 7) AS n;
		INSERT INTO log_tiles VALUES (0, 0, '\x00ff5c'), (0, 1, '');
		INSERT INTO log_keys VALUES ('desk.example+1+old', '2026-01-02 03:04:05.678901+00');
		INSERT INTO changes (xid, actor, operation, resource, resource_id, from_version, to_version, state)
			VALUES ('4000000000', 'cli:t', 'create', 'source', gen_random_uuid(), 0, 1, '{"n": 1.10, "é": "\\u0001"}');
		INSERT INTO sequenced SELECT 1, xid, id, now() FROM changes; DELETE FROM unsequenced`)
	return address
}

func write(t *testing.T, address string) []byte {
	t.Helper()
	var file bytes.Buffer
	if _, err := backup.Write(t.Context(), address, &file); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// contents are all rows of all tables but those that belong to the cluster or are left out.
func contents(t *testing.T, address string) (all []string) {
	t.Helper()
	var each []string
	for _, table := range lines(t, address, tablesSQL) {
		if !slices.Contains([]string{"numbering", "schema_migrations", "sessions", "leases"}, table) {
			each = append(each, fmt.Sprintf("SELECT '%[1]s ' || md5(r::text) FROM %[1]s AS r", table))
		}
	}
	return lines(t, address, strings.Join(each, " UNION ALL ")+" ORDER BY 1")
}

// TestEveryTableIsDecided: what a backup does with it, in each version of the schema. A table that a migration adds fails here until it
// is said.
func TestEveryTableIsDecided(t *testing.T) {
	t.Parallel()
	latest, err := migrations.Latest()
	if err != nil {
		t.Fatal(err)
	}
	address := storetest.NewEmpty(t)
	known := backup.TableNames()
	for version := range latest {
		if err := migrations.UpTo(t.Context(), address, version+1); err != nil {
			t.Fatal(err)
		}
		for _, table := range lines(t, address, tablesSQL) {
			if !slices.Contains(known, table) {
				t.Errorf("version %d: store/backup/contents.go does not say what a backup does with %s", version+1, table)
			}
		}
	}
	if present := lines(t, address, tablesSQL); len(present) != len(known) {
		t.Errorf("the schema has %d tables, and tables %d", len(present), len(known))
	}
	for _, reference := range lines(t, address, `SELECT DISTINCT relname || ' ' || confrelid::regclass FROM pg_constraint
		JOIN pg_class ON pg_class.oid = conrelid WHERE contype = 'f' AND conrelid <> confrelid`) {
		from, to, _ := strings.Cut(reference, " ")
		if slices.Index(known, from) < slices.Index(known, to) {
			t.Errorf("%s refers to %s, which is stored after it", from, to)
		}
	}
}

// TestRestoredIsWhatWasWritten, in a database without a schema and in one with it that a service has begun to use; numbers count on.
func TestRestoredIsWhatWasWritten(t *testing.T) {
	t.Parallel()
	from := filled(t)
	file := write(t, from)
	want := contents(t, from)
	used := storetest.New(t)
	exec(t, used, `INSERT INTO log_keys (verifier) VALUES ('other'); INSERT INTO standings_position (seq, algorithm) VALUES (0, '1');
		INSERT INTO standings_spread (kind, things, since, seq) VALUES ('all', '{}', 1, 0)`)
	for name, to := range map[string]string{"empty": storetest.NewEmpty(t), "used": used} {
		done, err := backup.Restore(t.Context(), to, bytes.NewReader(file))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if done.Changes != 1 || done.Rows < 14 {
			t.Errorf("%s: it says %+v", name, done)
		}
		if !slices.Equal(contents(t, to), want) {
			t.Errorf("%s: it holds other rows", name)
		}
		exec(t, to, "INSERT INTO standings_spread (kind, things, since, seq) VALUES ('claims', '{}', 8, 8)")
		if err := try(t, to, "DELETE FROM changes"); err == nil {
			t.Errorf("%s: the trigger that keeps changes is off", name)
		}
	}
}

// TestARestoreIsRefused where the file or the database is not what it must be; the database holds then what it held.
func TestARestoreIsRefused(t *testing.T) {
	t.Parallel()
	from := filled(t)
	file := write(t, from)
	refused := func(name, to string, file []byte, says string) {
		t.Helper()
		_, err := backup.Restore(t.Context(), to, bytes.NewReader(file))
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: it says %v, and not %q", name, err, says)
		}
	}
	held := contents(t, from)
	refused("a database that holds something", from, file, "not empty: it has rows in document_texts, changes")
	to := storetest.New(t) // which none of these may leave anything in: the next would name it
	for _, size := range []int{len(file) - 1, len(file) / 2, 100} {
		refused("cut off", to, file[:size], "damaged or was cut off")
	}
	refused("empty", to, nil, "no backup")
	refused("text", to, []byte("-- PostgreSQL database dump"), "no backup")
	for at := 500; at < len(file); at += len(file) / 4 {
		altered := bytes.Clone(file)
		altered[at] ^= 0x10
		refused("altered", to, altered, "damaged")
	}
	refused("altered rows", to, rewritten(t, file, "slash", "flash"), "rows are not")
	refused("another form", to, rewritten(t, file, "headwater-backup/1", "headwater-backup/9"), "this program reads")
	refused("a newer schema", to, rewritten(t, file, `"schema": `, `"schema": 9`), "newer than this program's")
	refused("a table of another", to, rewritten(t, file, `"name": "undos"`, `"name": "users"`), "none of headwater's")
	refused("a column of another", to, rewritten(t, file, `"undoes"`, `"undone"`), `a column "undone"`)
	older := storetest.New(t)
	if err := migrations.Down(t.Context(), older, 1); err != nil {
		t.Fatal(err)
	}
	refused("a newer database", to, write(t, filledBefore(t, older)), "headwater migrate down --steps 1")
	refused("no schema", storetest.NewEmpty(t), rewritten(t, file, "slash", "flash"), "rows are not")
	if _, err := backup.Restore(t.Context(), to, bytes.NewReader(file)); err != nil {
		t.Errorf("after all that: %v", err)
	}
	if !slices.Equal(contents(t, from), held) {
		t.Error("the database that holds something has changed")
	}
}

// filledBefore has something in a database of an earlier schema.
func filledBefore(t *testing.T, address string) string {
	t.Helper()
	exec(t, address, "INSERT INTO document_texts VALUES (encode(sha256('x'), 'hex'), 'x')")
	return address
}

// TestABackupOfAnEarlierSchema is restored into that schema, from which migrations go on.
func TestABackupOfAnEarlierSchema(t *testing.T) {
	t.Parallel()
	older := storetest.New(t)
	if err := migrations.Down(t.Context(), older, 1); err != nil {
		t.Fatal(err)
	}
	file := write(t, filledBefore(t, older))
	to := storetest.NewEmpty(t)
	done, err := backup.Restore(t.Context(), to, bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if version, err := migrations.StatusOf(t.Context(), to); err != nil || version.Version != done.Schema || version.UpToDate() {
		t.Errorf("%+v: %v", version, err)
	}
	if err := migrations.Up(t.Context(), to); err != nil {
		t.Fatal(err)
	}
	if texts := lines(t, to, "SELECT text FROM document_texts"); !slices.Equal(texts, []string{"x"}) {
		t.Errorf("it has %q", texts)
	}
	_, err = backup.Write(t.Context(), storetest.NewEmpty(t), io.Discard)
	if err == nil || !strings.Contains(err.Error(), "nothing to back up") {
		t.Errorf("a backup of nothing: %v", err)
	}
}

// TestABackupWaitsForAMigration, and has the tables and the rows as they are after it.
func TestABackupWaitsForAMigration(t *testing.T) {
	t.Parallel()
	address := filled(t)
	var file bytes.Buffer
	err := connected(t, address, func(conn *pgx.Conn) error {
		return pgx.BeginFunc(t.Context(), conn, func(tx pgx.Tx) error {
			_, err := tx.Exec(t.Context(), `LOCK TABLE sources IN ACCESS EXCLUSIVE MODE; ALTER TABLE document_texts ADD COLUMN added int;
				INSERT INTO document_texts VALUES (text_digest('of the migration'), 'of the migration', 1)`)
			if err != nil {
				return err
			}
			done := make(chan error, 1)
			go func() {
				_, err := backup.Write(context.WithoutCancel(t.Context()), address, &file)
				done <- err
			}()
			t.Cleanup(func() { // once the migration is done
				if err := <-done; err != nil {
					t.Error(err)
				}
				if !bytes.Contains(unzipped(t, file.Bytes()), []byte("of the migration\t1\n")) {
					t.Error("the backup lacks what the migration did")
				}
			})
			const waits = `SELECT 'waits' FROM pg_locks JOIN pg_database ON oid = database
				WHERE datname = current_database() AND NOT granted`
			for len(lines(t, address, waits)) == 0 {
				time.Sleep(5 * time.Millisecond)
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestSchemasOfTheirOwn: a tenant's tables alone are in its backup, and it is restored into another schema of a database.
func TestSchemasOfTheirOwn(t *testing.T) {
	t.Parallel()
	from, to := filled(t), filled(t)
	exec(t, to, "CREATE SCHEMA second")
	before := contents(t, to)
	if _, err := backup.Restore(t.Context(), to+"&search_path=second,public", bytes.NewReader(write(t, from))); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(contents(t, to), before) {
		t.Error("the other tenant's tables have changed")
	}
	again := storetest.NewEmpty(t)
	if _, err := backup.Restore(t.Context(), again, bytes.NewReader(write(t, to+"&search_path=second,public"))); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(contents(t, again), contents(t, from)) {
		t.Error("what went through another schema is other than it was")
	}
}

// unzipped is the archive of a backup.
func unzipped(t *testing.T, file []byte) []byte {
	t.Helper()
	reader, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// rewritten is a backup in which a text of one length or another stands for another, in an archive that is whole otherwise.
func rewritten(t *testing.T, file []byte, old, with string) []byte {
	t.Helper()
	return backup.Repack(t, bytes.NewReader(unzipped(t, file)), func(content []byte) []byte {
		return bytes.Replace(content, []byte(old), []byte(with), 1)
	})
}

// TestBackupFromTwoServers is refused: what one has of the rest need not be what the other has of the log.
func TestBackupFromTwoServers(t *testing.T) {
	t.Parallel()
	primary := storetest.NewCluster(t)
	standby := primary.Standby(t, "behind")
	_, err := backup.Write(t.Context(), inTurn(t, primary, standby), io.Discard)
	if err == nil || !strings.Contains(err.Error(), "name one host") {
		t.Errorf("the error is %v", err)
	}
	if _, err := backup.Write(t.Context(), inTurn(t, primary, primary), io.Discard); err != nil {
		t.Errorf("from one server: %v", err)
	}
}

// inTurn is an address whose connections come to one server, then to the other.
func inTurn(t *testing.T, servers ...*storetest.Cluster) string {
	t.Helper()
	const socket = "/.s.PGSQL.5432"
	var hosts []string
	for _, server := range servers {
		config, err := pgx.ParseConfig(server.Address())
		if err != nil {
			t.Fatal(err)
		}
		hosts = append(hosts, config.Host)
	}
	dir := t.TempDir()
	listener, err := net.Listen("unix", dir+socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for i := 0; ; i++ {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("unix", hosts[i%len(hosts)]+socket)
			if err != nil {
				client.Close()
				continue
			}
			for _, pair := range [][2]net.Conn{{client, server}, {server, client}} {
				go func() {
					_, _ = io.Copy(pair[0], pair[1])
					pair[0].Close()
				}()
			}
		}
	}()
	return "postgres:///headwater?user=headwater&host=" + dir
}
