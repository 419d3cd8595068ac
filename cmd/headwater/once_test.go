package main

import (
	"context"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater/store/storetest"
)

const onceMade = `{"kind": "outlet", "name": "Once"}`

// createOnce sends one and the same request to make a source. A service that was killed gives status 0.
func (s *service) createOnce(ctx context.Context) (status int, body string) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/v1/sources", strings.NewReader(onceMade))
	if err != nil {
		return 0, err.Error()
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", "once")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err.Error()
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, err.Error()
	}
	return answer.StatusCode, string(text)
}

// storm sends the request fifty times at once and gives the bodies of the answers that are not 409.
func (s *service) storm(t *testing.T) (made map[string]int) {
	t.Helper()
	made = map[string]int{}
	var mutex sync.Mutex
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			status, body := s.createOnce(t.Context())
			mutex.Lock()
			defer mutex.Unlock()
			switch status {
			case http.StatusCreated:
				made[body]++
			case http.StatusConflict, 0:
			default:
				t.Errorf("%d %s", status, body)
			}
		})
	}
	all.Wait()
	return made
}

func count(t *testing.T, database string) (sources int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM sources").Scan(&sources); err != nil {
		t.Fatal(err)
	}
	return sources
}

// TestOnceAmongMany: however often a request is sent at once, it makes one thing and has one answer.
func TestOnceAmongMany(t *testing.T) {
	t.Parallel()
	database := storetest.New(t)
	s := startService(t, "--database-url", database)
	made := s.storm(t)
	if _, body := s.createOnce(t.Context()); len(made) != 1 || made[body] == 0 || count(t, database) != 1 {
		t.Errorf("%d sources; answers %v, and then %s", count(t, database), made, body)
	}
}

// TestOnceThroughAKill kills the service at moments all through the storm. After a restart the request has been carried
// out once or not at all, and asking again gives one answer, which is the one that anybody was given before.
func TestOnceThroughAKill(t *testing.T) {
	t.Parallel()
	for _, after := range []time.Duration{0, 2 * time.Millisecond, 10 * time.Millisecond, 40 * time.Millisecond} {
		t.Run(after.String(), func(t *testing.T) {
			t.Parallel()
			database := storetest.New(t)
			first := startService(t, "--database-url", database)
			killed := time.AfterFunc(after, func() { _ = first.Process.Kill() })
			defer killed.Stop()
			told := first.storm(t)
			_ = first.Process.Kill()
			first.end(t)
			if n := count(t, database); n > 1 || len(told) > n {
				t.Fatalf("%d sources, and told of %v", n, told)
			}
			second := startService(t, "--database-url", database)
			maps.Copy(told, second.storm(t))
			if answers := slices.Collect(maps.Keys(told)); len(answers) != 1 || count(t, database) != 1 {
				t.Errorf("%d sources, and told of %v", count(t, database), answers)
			}
		})
	}
}
