package api_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

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

// slowReaders send a request on connections of their own, and take one byte of each answer and what the kernel holds.
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
	for _, reader := range readers {
		if err := reader.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		if _, err := reader.Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
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

// TestSlowReadersOfPages hold no place that others work in.
func TestSlowReadersOfPages(t *testing.T) {
	t.Parallel()
	limits := api.DefaultLimits
	limits.Concurrent = 4
	server := startSlow(t, api.Options{Limits: limits}, store.Options{MaxConns: 4})
	load(t, server, 1_000)
	slowReaders(t, server, 12, "/v1/sources?limit=1000")
	othersAreServed(t, server, "12 slow readers of pages")
}

// TestHalfSentBodies hold no place that others work in.
func TestHalfSentBodies(t *testing.T) {
	t.Parallel()
	server := startSlow(t, api.Options{Limits: api.DefaultLimits}, store.Options{MaxConns: 4})
	for i := range 300 {
		path, media := "/v1/sources", "application/json"
		if i%3 == 0 {
			path, media = "/v1/imports", "application/x-ndjson"
		}
		dial(t, server, "POST "+path+" HTTP/1.1\nHost: localhost\nContent-Type: "+media+"\nContent-Length: 1000\n\n{\"kind\": \"")
	}
	time.Sleep(500 * time.Millisecond)
	othersAreServed(t, server, "300 half-sent bodies")
	load(t, server, 3)
}

// TestLeastRate: who sends or takes less than the least rate is cut off, although never silent for long; who keeps up with it is
// not.
func TestLeastRate(t *testing.T) {
	t.Parallel()
	server := startSlow(t, api.Options{Limits: api.Limits{Stall: time.Second, LeastRate: 1 << 20}},
		store.Options{MaxConns: 4, MaxExports: 4})
	load(t, server, 1_500) // 20 MB, more than the kernel holds
	// export takes so many bytes fifty times a second at most, for some seconds, and then all that still comes
	export := func(each int) (bytes int, whole bool) {
		reader := dial(t, server, "GET /v1/exports HTTP/1.1\nHost: localhost\n\n")
		if err := reader.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
			t.Fatal(err)
		}
		part := make([]byte, each)
		for began := time.Now(); ; {
			n, err := reader.Read(part)
			bytes += n
			if ended := strings.HasSuffix(string(part[:n]), "\r\n0\r\n\r\n"); ended || err != nil {
				return bytes, ended
			}
			if time.Since(began) < 6*time.Second {
				time.Sleep(20 * time.Millisecond)
			}
		}
	}
	if bytes, whole := export(8 << 10); whole || bytes == 0 { // 400 KiB a second
		t.Errorf("a slow reader took %d bytes, to the end: %t", bytes, whole)
	}
	if bytes, whole := export(1 << 18); !whole { // 12 MiB a second
		t.Errorf("a reader that keeps up was cut off after %d bytes", bytes)
	}
	sender := dial(t, server, "POST /v1/imports HTTP/1.1\nHost: localhost\nContent-Type: application/x-ndjson\nContent-Length: "+
		"1000000\n\n")
	go func() {
		for {
			if _, err := io.WriteString(sender, "{"); err != nil {
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
	}()
	if err := sender.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(sender), nil)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusRequestTimeout {
		t.Errorf("a slow sender: %s", answer.Status)
	}
}

// clientAt is a client at another address of this machine.
func clientAt(address string) *http.Client {
	from := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
	return &http.Client{Transport: &http.Transport{DialContext: from.DialContext}}
}

// status gives the status of an answer, and how many seconds it says to wait.
func status(t *testing.T, client *http.Client, method, address, media string, body io.Reader) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", media)
	answer, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		t.Error(err)
	}
	return answer.StatusCode, answer.Header.Get("Retry-After")
}

// TestShareOfAClient: one address cannot take all places, neither to work nor for exports, nor the disk that bodies take.
func TestShareOfAClient(t *testing.T) {
	t.Parallel()
	server := startSlow(t, api.Options{Limits: api.Limits{Concurrent: 4, Exports: 2, Share: 50, ImportBytes: 32 << 20}},
		store.Options{MaxConns: 8, MaxExports: 2})
	load(t, server, 60)
	greedy, other := clientAt("127.0.0.2"), clientAt("127.0.0.3")
	expect := func(what string, client *http.Client, method, path, media, body string, want int) {
		t.Helper()
		got, wait := status(t, client, method, server.URL+path, media, strings.NewReader(body))
		if got != want || (got == http.StatusServiceUnavailable) != (wait != "") {
			t.Errorf("%s: %d with Retry-After %q, want %d", what, got, wait, want)
		}
	}
	t.Run("exports", func(t *testing.T) {
		load(t, server, 1_500)
		from := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP("127.0.0.2")}}
		connection, err := from.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer connection.Close()
		if _, err := io.WriteString(connection, "GET /v1/exports HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(500 * time.Millisecond)
		expect("a second export of one address", greedy, "GET", "/v1/exports", "", "", 503)
		expect("an export of another", other, "GET", "/v1/exports", "", "", 200)
	})
	t.Run("waiting", func(t *testing.T) { // 64 may wait, 32 of one address
		waiting := 0
		for range 40 {
			from := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP("127.0.0.2")}}
			connection, err := from.Dial("tcp", server.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer connection.Close()
			if _, err := io.WriteString(connection, "POST /v1/sources HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"+
				"Content-Length: 100\r\nExpect: 100-continue\r\n\r\n"); err != nil {
				t.Fatal(err)
			}
			answer, err := http.ReadResponse(bufio.NewReader(connection), nil) // the first, once the body is asked for
			if err != nil {
				t.Fatal(err)
			}
			if answer.Body.Close(); answer.StatusCode == http.StatusContinue {
				waiting++
			}
		}
		if waiting != 32 {
			t.Errorf("%d bodies of one address are waited for", waiting)
		}
		const body = `{"kind": "outlet", "name": "Small"}`
		expect("a body more of one address", greedy, "POST", "/v1/sources", "application/json", body, 503)
		expect("a request of it without a body", greedy, "GET", "/v1/sources?limit=1", "", "", 200)
		expect("a body of another", other, "POST", "/v1/sources", "application/json", body, 201)
	})
	t.Run("disk", func(t *testing.T) {
		// the service may not have noticed yet that those have left which 127.0.0.2 had waiting
		from, greedy := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP("127.0.0.4")}}, clientAt("127.0.0.4")
		large := strings.Repeat(" ", 12<<20)
		for i := range 5 {
			connection, err := from.Dial("tcp", server.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer connection.Close()
			if _, err := fmt.Fprintf(connection, "POST /v1/sources HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"+
				"Content-Length: %d\r\n\r\n%s", len(large)+i+1, large); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(2 * time.Second) // until the service has read them
		body := `{"kind": "outlet", "name": "Large"` + large + "}"
		expect("the address that fills the disk", greedy, "POST", "/v1/sources", "application/json", body, 503)
		expect("another", other, "POST", "/v1/sources", "application/json", body, 201)
	})
}

// TestShareOfThePlaces: an address whose requests all wait for the database leaves places to others.
func TestShareOfThePlaces(t *testing.T) {
	t.Parallel()
	database := storetest.New(t)
	opened, err := store.Open(t.Context(), store.Options{ConnString: database, MaxConns: 8})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(opened.Close)
	server := httptest.NewServer(api.New(opened, api.Options{Limits: api.Limits{Concurrent: 4, Share: 50, Request: 20 * time.Second}}))
	t.Cleanup(server.Close)
	lock, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lock.Exec(t.Context(), "BEGIN; LOCK TABLE sources IN ACCESS EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	greedy, other := clientAt("127.0.0.2"), clientAt("127.0.0.3")
	var busy sync.WaitGroup
	for range 2 {
		busy.Go(func() {
			if got, _ := status(t, greedy, "GET", server.URL+"/v1/sources", "", nil); got != http.StatusOK {
				t.Errorf("after the lock: %d", got)
			}
		})
	}
	for waiting := 0; waiting < 2; {
		if err := lock.QueryRow(t.Context(),
			"SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'sources'::regclass").Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
	if got, wait := status(t, greedy, "GET", server.URL+"/v1/claims", "", nil); got != http.StatusServiceUnavailable || wait == "" {
		t.Errorf("beyond the share: %d %q", got, wait)
	}
	if got, _ := status(t, other, "GET", server.URL+"/v1/claims", "", nil); got != http.StatusOK {
		t.Errorf("another address: %d", got)
	}
	if err := lock.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	busy.Wait()
}

// patientStore imports for longer than a client may stall.
type patientStore struct{ api.Store }

func (patientStore) Import(ctx context.Context, _ store.Authorship, _ store.Batch, _ store.ImportOptions) (store.ImportResult, error) {
	time.Sleep(time.Second)
	return store.ImportResult{}, ctx.Err()
}

// TestALongImportGoesOn: once its body has come, the time for that is over.
func TestALongImportGoesOn(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(api.New(patientStore{open(t)}, api.Options{Limits: api.Limits{Stall: 200 * time.Millisecond,
		LeastRate: 1}}))
	t.Cleanup(server.Close)
	load(t, server, 10)
}
