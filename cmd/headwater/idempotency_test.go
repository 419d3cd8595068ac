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

	"github.com/headwater-project/headwater/internal/testenv"
	"github.com/headwater-project/headwater/store/storetest"
)

const sourceBody = `{"kind": "outlet", "name": "Once"}`

// createSource sends the same request to create a source each time. The status is 0 if the service was killed.
func (s *service) createSource(ctx context.Context) (status int, body string) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/v1/sources", strings.NewReader(sourceBody))
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

// createManyTimes sends the request fifty times at once and counts the bodies of the responses, without those of 409.
func (s *service) createManyTimes(t *testing.T) (responses map[string]int) {
	t.Helper()
	responses = map[string]int{}
	var mutex sync.Mutex
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			status, body := s.createSource(t.Context())
			mutex.Lock()
			defer mutex.Unlock()
			switch status {
			case http.StatusCreated:
				responses[body]++
			case http.StatusConflict, 0:
			default:
				t.Errorf("%d %s", status, body)
			}
		})
	}
	all.Wait()
	return responses
}

func countSources(t *testing.T, database string) (sources int) {
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
func TestIdempotencyOfConcurrentRequests(t *testing.T) {
	t.Parallel()
	database := storetest.New(t)
	s := startService(t, "--database-url", database)
	responses := s.createManyTimes(t)
	if _, body := s.createSource(t.Context()); len(responses) != 1 || responses[body] == 0 || countSources(t, database) != 1 {
		t.Errorf("%d sources; responses %v, and then %s", countSources(t, database), responses, body)
	}
}

// TestIdempotencyThroughAKill kills the service at different moments while requests arrive. After a restart the request has been
// carried out once or not at all, and repeating it returns one response, the one that clients got before.
func TestIdempotencyThroughAKill(t *testing.T) {
	t.Parallel()
	moments := []time.Duration{0, 2 * time.Millisecond, 10 * time.Millisecond, 40 * time.Millisecond}
	if testenv.Long() {
		for n := range 20 {
			moments = append(moments, time.Duration(1+3*n)*time.Millisecond)
		}
	}
	for _, after := range moments {
		t.Run(after.String(), func(t *testing.T) {
			t.Parallel()
			database := storetest.New(t)
			first := startService(t, "--database-url", database)
			killed := time.AfterFunc(after, func() { _ = first.Process.Kill() })
			defer killed.Stop()
			responses := first.createManyTimes(t)
			_ = first.Process.Kill()
			first.end(t)
			if n := countSources(t, database); n > 1 || len(responses) > n {
				t.Fatalf("%d sources, and responses %v", n, responses)
			}
			second := startService(t, "--database-url", database)
			maps.Copy(responses, second.createManyTimes(t))
			if answers := slices.Collect(maps.Keys(responses)); len(answers) != 1 || countSources(t, database) != 1 {
				t.Errorf("%d sources, and responses %v", countSources(t, database), answers)
			}
		})
	}
}
