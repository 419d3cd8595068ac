package local_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater/store/local"
)

// logText is a log that can be read while it is written.
type logText struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (l *logText) Write(line []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.Write(line)
}

func (l *logText) has(words string) bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return strings.Contains(l.text.String(), words)
}

// watched opens a server and watches it until the test ends.
func watched(t *testing.T, dir string) (*local.Server, *logText) {
	t.Helper()
	log := &logText{}
	server := open(t, local.Options{DataDir: dir, Logger: slog.New(slog.NewTextHandler(log, nil))})
	ctx, stop := context.WithCancel(context.Background())
	var watch sync.WaitGroup
	watch.Go(func() { server.Watch(ctx) })
	t.Cleanup(func() {
		stop()
		watch.Wait()
	})
	return server, log
}

// wait waits until a condition holds, half a minute at most.
func wait(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for start := time.Now(); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Since(start) > 30*time.Second {
			t.Fatalf("%s: never", what)
		}
	}
}

func answers(address string) bool {
	conn, err := pgx.Connect(context.Background(), address)
	if err != nil {
		return false
	}
	conn.Close(context.Background())
	return true
}

// awaitRestart waits until a server answers that was started after a moment.
func awaitRestart(t *testing.T, address string, before time.Time) {
	t.Helper()
	wait(t, "a new server", func() bool { return answers(address) })
	if !startedAt(t, address).After(before) {
		t.Error("the killed server still runs")
	}
}

func TestWatchBringsBackAtTheSameAddress(t *testing.T) {
	t.Parallel()
	for name, folderName := range map[string]string{"socket in the data directory": "data", "socket in /tmp": "my data"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(folder(t), folderName)
			server, log := watched(t, dir)
			address := server.ConnString("headwater")
			for range 2 {
				before := startedAt(t, address)
				killServer(t, dir)
				awaitRestart(t, address, before)
			}
			for _, words := range []string{"the private PostgreSQL is gone", "started a private PostgreSQL"} {
				if !log.has(words) {
					t.Errorf("the log does not say %q", words)
				}
			}
		})
	}
}

// TestWatchEndsOrphans kills a server while one of its processes works on a statement that would take hours, and does not look
// whether the server lives.
func TestWatchEndsOrphans(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	server, log := watched(t, dir)
	address := server.ConnString("headwater")
	before := startedAt(t, address)
	ended := make(chan error, 1)
	conn := connect(t, address)
	go func() {
		_, err := conn.Exec(context.Background(), "SELECT count(*) FROM generate_series(1, 1000000) AS a, generate_series(1, 1000000) AS b")
		ended <- err
	}()
	const working = `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%AS b')`
	wait(t, "the statement begins", func() bool { return query[bool](t, address, working) })
	killServer(t, dir)
	awaitRestart(t, address, before)
	if err := <-ended; err == nil {
		t.Error("the statement was not ended")
	}
	if !log.has("ending what a killed PostgreSQL left running") {
		t.Error("the log does not say that something was ended")
	}
}

func TestWatchLeavesALivingServerAlone(t *testing.T) {
	t.Parallel()
	server, log := watched(t, dataDir(t))
	address := server.ConnString("headwater")
	before := startedAt(t, address)
	const watching = `SELECT count(*) FROM pg_stat_activity WHERE datname = 'postgres' AND backend_type = 'client backend'`
	wait(t, "it watches", func() bool { return query[int](t, address, watching) > 0 })
	exec(t, address, `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = 'postgres' AND backend_type = 'client backend'`)
	wait(t, "it watches again", func() bool { return query[int](t, address, watching) > 0 })
	if !startedAt(t, address).Equal(before) {
		t.Error("the server was started anew")
	}
	if log.has("is gone") {
		t.Error("the log says that a living server is gone")
	}
}

// TestWatchTriesUntilItCan takes away a file without which PostgreSQL does not start, and gives it back.
func TestWatchTriesUntilItCan(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	server, log := watched(t, dir)
	address := server.ConnString("headwater")
	before := startedAt(t, address)
	control := filepath.Join(dir, "postgres", "global", "pg_control")
	if err := os.Rename(control, control+".away"); err != nil {
		t.Fatal(err)
	}
	killServer(t, dir)
	wait(t, "it says that it cannot", func() bool { return log.has("cannot be brought back yet") })
	if err := os.Rename(control+".away", control); err != nil {
		t.Fatal(err)
	}
	awaitRestart(t, address, before)
}
