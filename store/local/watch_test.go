package local_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
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

func (l *logText) all() string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.String()
}

// watched opens a server and watches it until the test ends.
func watched(t *testing.T, o local.Options) (*local.Server, *logText) {
	t.Helper()
	log := &logText{}
	o.Logger = slog.New(slog.NewTextHandler(log, nil))
	server := open(t, o)
	ctx, stop := context.WithCancel(context.Background())
	var watch sync.WaitGroup
	watch.Go(func() { server.Watch(ctx) })
	t.Cleanup(func() {
		stop()
		watch.Wait()
	})
	return server, log
}

// awaitNewServer waits until a server answers that was started after a moment; the one before may go on for a while.
func awaitNewServer(t *testing.T, address string, before time.Time) {
	t.Helper()
	wait(t, "a new server", func() bool {
		conn, err := pgx.Connect(t.Context(), address)
		if err != nil {
			return false
		}
		defer conn.Close(context.Background())
		var started time.Time
		err = conn.QueryRow(t.Context(), startTime).Scan(&started)
		return err == nil && started.After(before)
	})
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
			server, log := watched(t, local.Options{DataDir: dir})
			address := server.ConnString("headwater")
			for range 2 {
				before := startedAt(t, address)
				killServer(t, dir)
				awaitRestart(t, address, before)
			}
			for _, words := range []string{"the private PostgreSQL is brought back", "started a private PostgreSQL"} {
				if !log.has(words) {
					t.Errorf("the log does not say %q", words)
				}
			}
		})
	}
}

// TestWatchBringsBackWhateverEndedIt ends a server in each way that its user may, while a client has a connection: told to stop it
// would wait for that client, and take no other. A server without its pid file or its socket cannot be found.
func TestWatchBringsBackWhateverEndedIt(t *testing.T) {
	t.Parallel()
	told := func(signal syscall.Signal) func(t *testing.T, dir, address string) {
		return func(t *testing.T, dir, _ string) {
			t.Helper()
			signalServer(t, dir, signal)
		}
	}
	for name, end := range map[string]func(t *testing.T, dir, address string){
		"smart":     told(syscall.SIGTERM),
		"fast":      told(syscall.SIGINT),
		"immediate": told(syscall.SIGQUIT),
		"no pid file": func(t *testing.T, dir, _ string) {
			t.Helper()
			removed(t, filepath.Join(dir, "postgres", "postmaster.pid"))
		},
		"no socket in /tmp": func(t *testing.T, _, address string) {
			t.Helper()
			parsed, err := url.Parse(address)
			if err != nil {
				t.Fatal(err)
			}
			removed(t, parsed.Query().Get("host"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(folder(t), "my data") // a space puts the socket into /tmp
			server, log := watched(t, local.Options{DataDir: dir})
			t.Cleanup(func() {
				if t.Failed() {
					t.Log(log.all())
				}
			})
			address := server.ConnString("headwater")
			exec(t, address, `CREATE TABLE kept AS SELECT 7000 AS containers`)
			before := startedAt(t, address)
			client := connect(t, address)
			end(t, dir, address)
			awaitNewServer(t, address, before)
			if err := client.Ping(t.Context()); err == nil {
				t.Error("a connection to the server that ended goes on")
			}
			if got := query[int](t, address, `SELECT containers FROM kept`); got != 7000 {
				t.Errorf("got %d afterwards", got)
			}
		})
	}
}

func removed(t *testing.T, path string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
}

// TestWatchStartsReplacedPrograms puts other programs of the same version in the place of those that run, as an upgrade does.
func TestWatchStartsReplacedPrograms(t *testing.T) {
	t.Parallel()
	programs := folder(t)
	copyProgram := func(name, as string) {
		text, err := os.ReadFile(filepath.Join(installed(t), name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(programs, as), text, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	copyProgram("initdb", "initdb")
	copyProgram("postgres", "postgres")
	server, log := watched(t, local.Options{DataDir: dataDir(t), Programs: programs})
	address := server.ConnString("headwater")
	before := startedAt(t, address)
	put := func(name string) {
		if err := os.Rename(filepath.Join(programs, name), filepath.Join(programs, "postgres")); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(programs, "broken"), []byte("#!/bin/sh\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	put("broken")
	wait(t, "it says that they are no good", func() bool { return log.has("cannot serve its cluster") })
	if !startedAt(t, address).Equal(before) {
		t.Error("the server was ended although no other can be started")
	}
	copyProgram("postgres", "newer")
	put("newer")
	awaitNewServer(t, address, before)
	if !log.has("its programs were replaced") {
		t.Error("the log does not say why")
	}
	again := startedAt(t, address)
	time.Sleep(5 * time.Second) // two looks
	if !startedAt(t, address).Equal(again) {
		t.Error("the server was started anew a second time")
	}
}

// TestStaleProcessIDGetsNoSignal leaves the pid file of a killed server with the number of another process, while one of its own
// still holds the lock: whoever ends the server leaves the other process alone.
func TestStaleProcessIDGetsNoSignal(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	server := open(t, local.Options{DataDir: dir})
	address := server.ConnString("headwater")
	go func() { _, _ = connectedExec(address, endless) }() // it ends with its process
	wait(t, "the statement begins", func() bool { return query[bool](t, address, works) })
	other := sleeper(t, dir)
	file, lines := killServer(t, dir)
	lines[0] = strconv.Itoa(other)
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	closed(t, server)
	if state, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", other)); err != nil || strings.Contains(string(state), ") Z ") {
		t.Errorf("the other process was ended: %s %v", state, err)
	}
}

// TestACrowdedServerIsUp opens a server all of whose connections are taken: it waits for one, and ends nothing.
func TestACrowdedServerIsUp(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	first := open(t, local.Options{DataDir: dir,
		Settings: map[string]string{"max_connections": "4", "superuser_reserved_connections": "0"}})
	address := first.ConnString("headwater")
	before := startedAt(t, address)
	var taken []*pgx.Conn
	for {
		conn, err := pgx.Connect(t.Context(), address)
		if err != nil {
			break
		}
		taken = append(taken, conn)
	}
	go func() {
		time.Sleep(2 * time.Second)
		for _, conn := range taken {
			conn.Close(context.Background())
		}
	}()
	open(t, local.Options{DataDir: dir})
	if !startedAt(t, address).Equal(before) {
		t.Error("the server was started anew")
	}
}

const (
	endless = "SELECT count(*) FROM generate_series(1, 1000000) AS a, generate_series(1, 1000000) AS b"
	works   = `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%AS b')`
)

func connectedExec(address, sql string) (int64, error) {
	conn, err := pgx.Connect(context.Background(), address)
	if err != nil {
		return 0, err
	}
	defer conn.Close(context.Background())
	tag, err := conn.Exec(context.Background(), sql)
	return tag.RowsAffected(), err
}

// TestWatchEndsOrphans kills a server while one of its processes works on a statement that would take hours, and does not look
// whether the server lives.
func TestWatchEndsOrphans(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	server, log := watched(t, local.Options{DataDir: dir})
	address := server.ConnString("headwater")
	before := startedAt(t, address)
	ended := make(chan error, 1)
	go func() {
		_, err := connectedExec(address, endless)
		ended <- err
	}()
	wait(t, "the statement begins", func() bool { return query[bool](t, address, works) })
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
	server, log := watched(t, local.Options{DataDir: dataDir(t)})
	address := server.ConnString("headwater")
	before := startedAt(t, address)
	const watching = `SELECT count(*) FROM pg_stat_activity WHERE datname = 'postgres' AND backend_type = 'client backend'`
	wait(t, "it watches", func() bool { return query[int](t, address, watching) > 0 })
	exec(t, address, `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = 'postgres' `+
		`AND backend_type = 'client backend'`)
	wait(t, "it watches again", func() bool { return query[int](t, address, watching) > 0 })
	if !startedAt(t, address).Equal(before) {
		t.Error("the server was started anew")
	}
	if log.has("is brought back") {
		t.Error("the log says that a living server is brought back")
	}
}

// TestWatchTriesUntilItCan takes away a file without which PostgreSQL does not start, and gives it back.
func TestWatchTriesUntilItCan(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	server, log := watched(t, local.Options{DataDir: dir})
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
