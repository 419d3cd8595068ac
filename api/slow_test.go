package api_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/headwater-project/headwater/api"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/storetest"
)

// startSlow runs a service with the limits of one that is not configured, but for its database, which has few connections.
func startSlow(t *testing.T, options api.Options, database store.Options) *httptest.Server {
	t.Helper()
	database.ConnString = storetest.New(t)
	s, err := store.Open(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	server := httptest.NewServer(api.New(s, options))
	t.Cleanup(server.Close)
	return server
}

// othersAreServed holds that a client that takes and sends as fast as it can is answered well and soon.
func othersAreServed(t *testing.T, server *httptest.Server, meanwhile string) {
	t.Helper()
	const soon = 5 * time.Second
	client := &http.Client{Timeout: soon, Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	var worst time.Duration
	for i := range 10 {
		for _, c := range []struct{ method, path, body string }{
			{"GET", "/v1/sources?limit=1", ""},
			{"GET", "/readyz", ""},
			{"POST", "/v1/sources", fmt.Sprintf(`{"kind": "outlet", "name": "Well behaved %d"}`, i)},
		} {
			request, err := http.NewRequestWithContext(t.Context(), c.method, server.URL+c.path, strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Content-Type", "application/json")
			began := time.Now()
			answer, err := client.Do(request)
			worst = max(worst, time.Since(began))
			if err != nil {
				t.Fatalf("%s: %v", meanwhile, err)
			}
			text, err := io.ReadAll(answer.Body)
			answer.Body.Close()
			if err != nil || answer.StatusCode/100 != 2 {
				t.Fatalf("%s: %s %s: %s %.200s %v", meanwhile, c.method, c.path, answer.Status, text, err)
			}
		}
	}
	t.Logf("%s: the slowest of 30 answers took %s", meanwhile, worst)
}

// slowReaders send a request on connections of their own and take nothing of the answers but what the kernel holds.
func slowReaders(t *testing.T, server *httptest.Server, n int, path string) []net.Conn {
	t.Helper()
	var readers []net.Conn
	for range n {
		reader := dial(t, server, "GET "+path+" HTTP/1.1\nHost: localhost\n\n")
		if err := reader.(*net.TCPConn).SetReadBuffer(4096); err != nil {
			t.Fatal(err)
		}
		readers = append(readers, reader)
	}
	time.Sleep(500 * time.Millisecond) // until they hold what they can hold
	return readers
}

// TestSlowReadersOfExports hold nothing that others need.
func TestSlowReadersOfExports(t *testing.T) {
	t.Parallel()
	server := startSlow(t, api.Options{Limits: api.DefaultLimits}, store.Options{MaxConns: 4, MaxExports: 8})
	load(t, server, 3_000)
	slowReaders(t, server, 12, "/v1/exports")
	othersAreServed(t, server, "12 slow readers of exports")
}

// TestHalfSentBodies hold no place that others work in.
func TestHalfSentBodies(t *testing.T) {
	t.Parallel()
	server := startSlow(t, api.Options{Limits: api.DefaultLimits}, store.Options{MaxConns: 4})
	for range 300 {
		dial(t, server, "POST /v1/sources HTTP/1.1\nHost: localhost\nContent-Type: application/json\nContent-Length: 1000\n\n{\"kind\": \"")
	}
	time.Sleep(500 * time.Millisecond)
	othersAreServed(t, server, "300 half-sent bodies")
}
