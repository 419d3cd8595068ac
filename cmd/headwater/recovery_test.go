package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
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

const (
	longestReturn   = 10 * time.Second // of a service, to start its private PostgreSQL that was killed, and to be back once that answers
	longestRecovery = time.Minute      // of PostgreSQL itself, from its log
)

// acknowledgements are the sources that the service said it made.
type acknowledgements struct {
	mutex sync.Mutex
	names map[string]string // by id
}

func (a *acknowledgements) count() int {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return len(a.names)
}

// write makes sources, one after another, until ctx is done.
func (a *acknowledgements) write(ctx context.Context, s *service, writer int) {
	for n := 0; ctx.Err() == nil; n++ {
		name := fmt.Sprintf("writer %d, source %d", writer, n)
		id := s.createNamedSource(ctx, name)
		if id == "" {
			time.Sleep(10 * time.Millisecond)
			continue
		}
		a.mutex.Lock()
		a.names[id] = name
		a.mutex.Unlock()
	}
}

// createNamedSource gives the id of a new source, empty where the service did not acknowledge it.
func (s *service) createNamedSource(ctx context.Context, name string) string {
	body := strings.NewReader(fmt.Sprintf(`{"kind": "outlet", "name": %q}`, name))
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/v1/sources", body)
	if err != nil {
		return ""
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return ""
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusCreated {
		return ""
	}
	var source struct{ ID string }
	if err := json.Unmarshal(text, &source); err != nil {
		return ""
	}
	return source.ID
}

// postmaster is the process of the private PostgreSQL in a data directory, 0 where there is none.
func postmaster(t *testing.T, dir string) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "postgres", "postmaster.pid"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0
	}
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	pid, _ := strconv.Atoi(line) // empty while it is written
	return pid
}

// privateAnswers says whether the private PostgreSQL in a data directory takes connections.
func privateAnswers(t *testing.T, dir string) bool {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), "user=headwater dbname=postgres host="+filepath.Join(dir, "socket"))
	if err != nil {
		return false
	}
	conn.Close(t.Context())
	return true
}

// wait waits until a condition holds.
func wait(t *testing.T, longest time.Duration, what string, holds func() bool) {
	t.Helper()
	for start := time.Now(); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Since(start) > longest {
			t.Fatalf("%s: not after %s", what, longest)
		}
	}
}

// keepLog reads the service's log to its end, so that it does not stall, and gives what it said apart from the requests.
func (s *service) keepLog() (log func() string) {
	var mutex sync.Mutex
	var lines strings.Builder
	s.reading.Go(func() {
		for s.log.Scan() {
			if strings.Contains(s.log.Text(), "msg=answered") {
				continue
			}
			mutex.Lock()
			lines.WriteString(s.log.Text() + "\n")
			mutex.Unlock()
		}
	})
	return func() string {
		mutex.Lock()
		defer mutex.Unlock()
		return lines.String()
	}
}

// TestPrivatePostgreSQLIsBroughtBack kills the private PostgreSQL under load, again and again. The service is not ready while
// it is away, is back by itself, and has lost nothing that it acknowledged. With HEADWATER_LONG=1 it is killed ten times.
func TestPrivatePostgreSQLIsBroughtBack(t *testing.T) {
	t.Parallel()
	rounds := 2
	if os.Getenv("HEADWATER_LONG") == "1" {
		rounds = 10
	}
	dir := dataDir(t)
	s := startService(t, "--data-dir", dir)
	log := s.keepLog()
	acknowledged := acknowledgements{names: map[string]string{}}
	ctx, stopWriting := context.WithCancel(t.Context())
	defer stopWriting()
	var writers sync.WaitGroup
	for writer := range 4 {
		writers.Go(func() { acknowledged.write(ctx, s, writer) })
	}
	for round := range rounds {
		before := acknowledged.count()
		wait(t, longestRecovery, "writes before the kill", func() bool { return acknowledged.count() > before+20 })
		killed := postmaster(t, dir)
		if err := syscall.Kill(killed, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		wait(t, time.Second, "not ready while PostgreSQL is away", func() bool {
			status, _ := s.get(t, "/readyz")
			return status == http.StatusServiceUnavailable
		})
		wait(t, longestReturn, "PostgreSQL is started", func() bool {
			started := postmaster(t, dir)
			return started != 0 && started != killed
		})
		wait(t, longestRecovery, "PostgreSQL answers", func() bool { return privateAnswers(t, dir) })
		start := time.Now()
		wait(t, longestReturn, "ready again", func() bool {
			status, _ := s.get(t, "/readyz")
			return status/100 == 2
		})
		before = acknowledged.count()
		wait(t, longestReturn-time.Since(start), "writes after the kill", func() bool { return acknowledged.count() > before })
		t.Logf("round %d: back %s after PostgreSQL, %d writes acknowledged", round, time.Since(start).Round(time.Millisecond),
			acknowledged.count())
	}
	stopWriting()
	writers.Wait()
	for id, name := range acknowledged.names {
		if status, body := s.get(t, "/v1/sources/"+id); status != http.StatusOK || !strings.Contains(body, strconv.Quote(name)) {
			t.Errorf("%s was acknowledged, and now: %d %s", name, status, body)
		}
	}
	contains(t, log(), "the private PostgreSQL is brought back", "started a private PostgreSQL")
	if err := s.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := s.Wait(); err != nil {
		t.Error(err)
	}
	mustNotRun(t, dir)
}

// mustNotRun fails where the private PostgreSQL was left running.
func mustNotRun(t *testing.T, dir string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(dir, "postgres", "postmaster.pid")); err == nil {
		t.Error("the private PostgreSQL was left running")
	}
}

// TestServicesShareWhatIsBroughtBack kills the private PostgreSQL of two services and of a third user, who does not watch
// it: one of the services brings it back, and the other joins it.
func TestServicesShareWhatIsBroughtBack(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	third, err := local.Open(t.Context(), local.Options{DataDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer third.Close()
	services := []*service{startService(t, "--data-dir", dir), startService(t, "--data-dir", dir)}
	var logs []func() string
	for _, s := range services {
		logs = append(logs, s.keepLog())
	}
	if err := syscall.Kill(postmaster(t, dir), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	started := func() (times int) {
		for _, log := range logs {
			times += strings.Count(log(), "started a private PostgreSQL")
		}
		return times
	}
	// what serves a connection outlives its postmaster for a moment: a write alone says nothing
	wait(t, longestRecovery, "it is started again", func() bool { return started() > 0 })
	for _, s := range services {
		wait(t, longestRecovery, "both write again", func() bool { return s.createNamedSource(t.Context(), "after the kill") != "" })
	}
	if started() != 1 {
		t.Errorf("it was started %d times:\n%s\n%s", started(), logs[0](), logs[1]())
	}
	for _, s := range services {
		if err := s.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if err := s.Wait(); err != nil {
			t.Error(err)
		}
	}
	if err := third.Close(); err != nil {
		t.Error(err)
	}
	mustNotRun(t, dir)
}
