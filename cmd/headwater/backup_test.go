package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/klauspost/compress/gzip"

	"github.com/headwater-project/headwater/internal/testenv"
	"github.com/headwater-project/headwater/store/history"
	"github.com/headwater-project/headwater/store/storetest"
	"github.com/headwater-project/headwater/testdata"
)

// checkpoint is the last checkpoint of a service, once there is one that covers all changes.
func (s *service) checkpoint(t *testing.T, database string) (note string) {
	t.Helper()
	wait(t, time.Minute, "a checkpoint of all changes", func() bool {
		var status int
		status, note = s.get(t, "/v1/log/checkpoint")
		return status == http.StatusOK && queried(t, database, `SELECT ((SELECT max(size) FROM log_checkpoints) = count(*) AND NOT EXISTS (
			SELECT FROM unsequenced))::text FROM changes`) == "true" && strings.Contains(note, "\n"+queried(t, database,
			"SELECT max(size)::text FROM log_checkpoints")+"\n")
	})
	return note
}

// stop stops a service as its operator would.
func (s *service) stop(t *testing.T) {
	t.Helper()
	if err := s.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := s.end(t); code != 0 {
		t.Fatalf("the service ended with %d", code)
	}
}

const (
	historySQL = "SELECT coalesce(string_agg(c::text, E'\\n' ORDER BY id), '') FROM changes AS c"
	orderSQL   = "SELECT coalesce(string_agg(seq || ' ' || change, E'\\n' ORDER BY seq), '') FROM sequenced"
	logSQL     = "SELECT string_agg(note, E'\\n' ORDER BY size) FROM log_checkpoints"
)

// TestBackupAndRestore backs up a database that a service and an import write into. What is restored is whole and has all that was
// acknowledged before; a backup of the database at rest gives back each byte of exports, history and log; the restored service proves
// the same checkpoint, goes on, and the older backup is named by the checkpoint that was kept.
func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	from, dir := storetest.New(t), t.TempDir()
	key := filepath.Join(dir, "log.key")
	ok(t, "import", "--database-url", from, bundleFile(t, string(testdata.Demo)))
	service := startService(t, "--database-url", from, "--log-key", key)
	service.keepLog()
	acknowledged := acknowledgements{names: map[string]string{}}
	ctx, stopWriting := context.WithCancel(t.Context())
	var writing sync.WaitGroup
	for writer := range 2 {
		writing.Go(func() { acknowledged.write(ctx, service, writer) })
	}
	importing := command(t, "import", "--database-url", from, bundleFile(t, manySources(1, 5_000)))
	if err := importing.Start(); err != nil {
		t.Fatal(err)
	}
	wait(t, time.Minute, "20 sources", func() bool { return acknowledged.count() >= 20 })
	acknowledged.mutex.Lock()
	before := acknowledged.ids()
	acknowledged.mutex.Unlock()
	moving := filepath.Join(dir, "moving.backup")
	contains(t, ok(t, "backup", "--database-url", from, moving), "changes written to "+moving)
	if err := importing.Wait(); err != nil {
		t.Fatal(err)
	}
	stopWriting()
	writing.Wait()
	note := service.checkpoint(t, from)
	rest := filepath.Join(dir, "rest.backup")
	ok(t, "backup", "--database-url", from, rest)
	if r := invoke(t, "backup", "--database-url", from, rest); r.code == 0 || !strings.Contains(r.stderr, "exists") {
		t.Errorf("a backup is replaced: %+v", r)
	}
	holdsNoKey(t, rest)

	kept := filepath.Join(dir, "kept")
	if err := os.WriteFile(kept, []byte(note), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Run("of a moving database", func(t *testing.T) {
		to := storetest.NewEmpty(t)
		ok(t, "restore", "--database-url", to, moving)
		contains(t, ok(t, "verify", "--database-url", to, "--log-key", key), ", 0 findings")
		if r := invoke(t, "verify", "--database-url", to, "--log-key", key, "--against", kept); r.code != 1 ||
			!strings.Contains(r.stdout, "an older copy of the database restored") {
			t.Errorf("a rollback is not named: %+v", r)
		}
		exported := ok(t, "export", "--database-url", to)
		for _, id := range before {
			if !strings.Contains(exported, id) {
				t.Errorf("the source %s was acknowledged before, and is not in the backup", id)
			}
		}
		all := strings.Split(queried(t, from, historySQL), "\n")
		for _, change := range strings.Split(queried(t, to, historySQL), "\n") {
			if !slices.Contains(all, change) {
				t.Errorf("nobody made this change: %s", change)
			}
		}
	})
	t.Run("of a database at rest", func(t *testing.T) {
		to := storetest.New(t)
		ok(t, "restore", "--database-url", to, rest)
		for _, sql := range []string{historySQL, orderSQL, logSQL, "SELECT count(*)::text FROM log_entries"} {
			if queried(t, to, sql) != queried(t, from, sql) {
				t.Errorf("it is another: %s", sql)
			}
		}
		for _, format := range []string{"bundle", "claimreview", "factcheck"} {
			if ok(t, "export", "--database-url", to, "--format", format) != ok(t, "export", "--database-url", from, "--format", format) {
				t.Errorf("the export differs: %s", format)
			}
		}
		if r := invoke(t, "restore", "--database-url", to, rest); r.code == 0 || !strings.Contains(r.stderr, "not empty") {
			t.Errorf("a second restore is not refused: %+v", r)
		}
		restored := startService(t, "--database-url", to, "--log-key", key)
		restored.keepLog()
		if restored.checkpoint(t, to) != note {
			t.Error("the restored service has another checkpoint")
		}
		if id := restored.createNamedSource(t.Context(), "after the restore"); id == "" {
			t.Error("it takes no source")
		}
		if restored.checkpoint(t, to) == note {
			t.Error("the log does not go on")
		}
		restored.stop(t)
		contains(t, ok(t, "verify", "--database-url", to, "--log-key", key, "--against", kept), ", 0 findings")
	})
}

// TestBackupOfWhatIsNotSealed backs up changes that are sealed while the backup is written. What is restored has the same entries of them:
// a checkpoint from then is borne out, also when the restored service goes on, and one that covers a change made after the backup's moment
// is named a rollback and not another history.
func TestBackupOfWhatIsNotSealed(t *testing.T) {
	t.Parallel()
	for name, alsoLater := range map[string]bool{"alone": false, "with a later change": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			from, to, dir := storetest.New(t), storetest.NewEmpty(t), t.TempDir()
			key, file := filepath.Join(dir, "log.key"), filepath.Join(dir, "unsealed.backup")
			ok(t, "import", "--database-url", from, bundleFile(t, string(testdata.Demo)))
			service := startService(t, "--database-url", from, "--log-key", key)
			service.keepLog()
			service.checkpoint(t, from)
			goOn := holdLog(t, from)
			service.createNamedSource(t.Context(), "before the backup")
			var output bytes.Buffer
			writing := command(t, "backup", "--database-url", from, file)
			began := queried(t, from, "SELECT clock_timestamp()::text")
			writing.Stdout = &output
			if err := writing.Start(); err != nil {
				t.Fatal(err)
			}
			wait(t, time.Minute, "a snapshot of the backup", func() bool {
				return queried(t, from, `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND
					backend_start > '`+began+`' AND state = 'idle in transaction' AND backend_xmin IS NOT NULL)::text`) == "true"
			})
			kept, later := filepath.Join(dir, "kept"), filepath.Join(dir, "later")
			write := func(path string) {
				if err := os.WriteFile(path, []byte(service.checkpoint(t, from)), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if alsoLater {
				service.createNamedSource(t.Context(), "after the moment of the backup")
			}
			goOn()
			write(kept)
			if err := writing.Wait(); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(output.String(), "not sealed") {
				t.Errorf("it says %s", &output)
			}
			service.createNamedSource(t.Context(), "after the backup")
			write(later)

			ok(t, "restore", "--database-url", to, file)
			verified := func() {
				t.Helper()
				against := func(path string) result {
					return invoke(t, "verify", "--database-url", to, "--log-key", key, "--against", path)
				}
				if r := against(kept); !alsoLater && r.code != 0 || alsoLater && !strings.Contains(r.stdout, "an older copy") {
					t.Errorf("against the checkpoint of the backup's changes: %+v", r)
				}
				if r := against(later); !strings.Contains(r.stdout, "the log has only") || strings.Contains(r.stdout, "two histories") {
					t.Errorf("against a later checkpoint: %+v", r)
				}
			}
			verified()
			restored := startService(t, "--database-url", to, "--log-key", key)
			restored.keepLog()
			wait(t, longestRecovery, "the checkpoint of what is restored", func() bool {
				status, _ := restored.get(t, "/readyz")
				return status == http.StatusNoContent
			})
			verified()
		})
	}
}

// holdLog keeps services from putting changes in order until goOn is called.
func holdLog(t *testing.T, database string) (goOn func()) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	end := sync.OnceFunc(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	t.Cleanup(end)
	if _, err := conn.Exec(t.Context(), "SELECT pg_advisory_lock($1, hashtext(current_schema()))", history.SequenceLock); err != nil {
		t.Fatal(err)
	}
	return end
}

// ids are those of all sources; the caller holds the lock.
func (a *acknowledgements) ids() (ids []string) {
	for id := range a.names {
		ids = append(ids, id)
	}
	return ids
}

// holdsNoKey looks for a private key in a backup.
func holdsNoKey(t *testing.T, path string) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(unzipped)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(content, []byte("log_keys/000001.copy")) || bytes.Contains(content, []byte("PRIVATE+KEY")) {
		t.Error("the public keys are missing, or a private one is there")
	}
	if info, err := file.Stat(); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others can read it: %v %v", info, err)
	}
}

// TestKilledRestore kills a restore in its middle, each time further on: the database holds nothing then, and is filled by the next.
func TestKilledRestore(t *testing.T) {
	t.Parallel()
	from, to := storetest.New(t), storetest.NewEmpty(t)
	ok(t, "import", "--database-url", from, bundleFile(t, manySources(1, 5_000)))
	path := filepath.Join(t.TempDir(), "backup")
	ok(t, "backup", "--database-url", from, path)
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []int{len(file) / 10, len(file) / 2, len(file) - 20} {
		restore := command(t, "restore", "--database-url", to, "-")
		into, err := restore.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := restore.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := into.Write(file[:part]); err != nil {
			t.Fatal(err)
		}
		const busy = `SELECT (count(*) > 0)::text FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
			AND xact_start IS NOT NULL AND (query LIKE 'COPY%' OR query LIKE 'SELECT attname%')`
		wait(t, time.Minute, "rows on their way", func() bool { return queried(t, to, busy) == "true" })
		if err := restore.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = restore.Wait() // killed
		if left := queried(t, to, "SELECT ((SELECT count(*) FROM sources) + (SELECT count(*) FROM changes))::text"); left != "0" {
			t.Errorf("killed after %d bytes, it left %s rows", part, left)
		}
	}
	ok(t, "restore", "--database-url", to, path)
	if ok(t, "export", "--database-url", to) != ok(t, "export", "--database-url", from) {
		t.Error("what is restored in the end differs")
	}
}

// TestBackupsNeedLittleMemory: a database that is a hundred megabytes larger takes no more of it, to write and to restore.
func TestBackupsNeedLittleMemory(t *testing.T) {
	t.Parallel()
	testenv.Measures(t)
	used := func(rows int) (most int64) {
		from := storetest.New(t)
		statements(t, from, fmt.Sprintf(`INSERT INTO document_texts SELECT text_digest(n || text), n || text
			FROM generate_series(1, %d) AS n, repeat('some words, ', 1000) AS text`, rows))
		path := filepath.Join(t.TempDir(), fmt.Sprint(rows))
		for _, args := range [][]string{{"backup", "--database-url", from, path},
			{"restore", "--database-url", storetest.NewEmpty(t), path}} {
			cmd := command(t, args...)
			if r := finish(t, cmd); r.code != 0 {
				t.Fatalf("%q: %s", args, r.stderr)
			}
			if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
				most = max(most, usage.Maxrss)
			}
		}
		return most
	}
	if small, large := used(10), used(9_000); large > small*3/2 { // in KiB or bytes, as the system has it
		t.Errorf("a small database takes %d, a large one %d", small, large)
	}
}

// TestABackupThatFailsLeavesNoFile, neither under its name nor beside it.
func TestABackupThatFailsLeavesNoFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, args := range [][]string{
		{"backup", "--database-url", storetest.NewEmpty(t), filepath.Join(dir, "of-nothing")},
		{"backup", "--database-url", storetest.New(t), filepath.Join(dir, "no", "such", "folder")},
	} {
		if r := invoke(t, args...); r.code == 0 || r.stdout != "" {
			t.Errorf("%q: %+v", args, r)
		}
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) > 0 {
		t.Errorf("it leaves %v: %v", left, err)
	}
}
