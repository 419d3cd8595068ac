package headwater_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	headwater "github.com/headwater-project/headwater/sdk/go"
)

// front stands before the service: it chooses for each request who answers it.
func front(t *testing.T, choose func(r *http.Request, forward http.HandlerFunc) http.HandlerFunc) string {
	t.Helper()
	service, err := url.Parse(os.Getenv("HEADWATER_URL"))
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(service)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { choose(r, proxy.ServeHTTP)(w, r) }))
	t.Cleanup(server.Close)
	return server.URL
}

// refuse answers that the service cannot now.
func refuse(status int, after string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if after != "" {
			w.Header().Set("Retry-After", after)
		}
		w.WriteHeader(status)
	}
}

// lose lets the service answer and the answer be lost.
func lose(forward http.HandlerFunc) http.HandlerFunc {
	return func(_ http.ResponseWriter, r *http.Request) {
		forward(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	}
}

// once hinders the first requests only, and counts all of them and their idempotency keys.
func hindered(t *testing.T, first int, hinder func(forward http.HandlerFunc) http.HandlerFunc) (address string, asked *atomic.Int64,
	keys *sync.Map) {
	t.Helper()
	asked, keys = new(atomic.Int64), new(sync.Map)
	return front(t, func(r *http.Request, forward http.HandlerFunc) http.HandlerFunc {
		keys.Store(r.Header.Get("Idempotency-Key"), true)
		if asked.Add(1) <= int64(first) {
			return hinder(forward)
		}
		return forward
	}), asked, keys
}

func refused(status int, after string) func(http.HandlerFunc) http.HandlerFunc {
	return func(http.HandlerFunc) http.HandlerFunc { return refuse(status, after) }
}

func sizeOf(m *sync.Map) (n int) {
	m.Range(func(any, any) bool { n++; return true })
	return n
}

func TestARequestIsSentAgain(t *testing.T) {
	t.Parallel()
	date := time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat)
	for name, hinder := range map[string]func(http.HandlerFunc) http.HandlerFunc{
		"too many requests, wait a second": refused(http.StatusTooManyRequests, "1"),
		"too many requests":                refused(http.StatusTooManyRequests, ""),
		"unavailable, wait till a date":    refused(http.StatusServiceUnavailable, date),
		"the same is being answered":       refused(http.StatusConflict, "0"),
		"a gateway":                        refused(http.StatusBadGateway, ""),
		"a lost answer":                    lose,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address, asked, keys := hindered(t, 2, hinder)
			name := "Sent again: " + name
			made, err := clientOf(t, address).CreateSource(t.Context(), headwater.NewSource{Kind: headwater.SourceKindOutlet, Name: name},
				nil)
			if err != nil {
				t.Fatal(err)
			}
			if asked.Load() != 3 || sizeOf(keys) != 1 {
				t.Errorf("asked %d times with %d idempotency keys", asked.Load(), sizeOf(keys))
			}
			var found int
			for source, err := range client(t).ListSources(t.Context(), &headwater.ListSourcesParams{Q: name}) {
				if err != nil {
					t.Fatal(err)
				}
				if source.Name == name {
					found++
				}
			}
			if found != 1 {
				t.Errorf("%s was made %d times", made.ID, found)
			}
		})
	}
}

func TestTheServicesWaitIsKept(t *testing.T) {
	t.Parallel()
	address, _, _ := hindered(t, 1, refused(http.StatusTooManyRequests, "1"))
	began := time.Now()
	if err := clientOf(t, address).GetHealth(t.Context()); err != nil {
		t.Fatal(err)
	}
	if waited := time.Since(began); waited < time.Second {
		t.Errorf("asked again after %s, and was told to wait a second", waited)
	}
}

func TestARequestIsNotSentAgain(t *testing.T) {
	t.Parallel()
	made, err := client(t).CreateSource(t.Context(), headwater.NewSource{Kind: headwater.SourceKindOutlet, Name: "Once"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	get := func(ctx context.Context, c *headwater.Client) error {
		_, err := c.GetSource(ctx, made.ID, nil)
		return err
	}
	change := func(ctx context.Context, c *headwater.Client) error {
		_, err := c.UpdateSource(ctx, made.ID, headwater.SourceFields{Kind: headwater.SourceKindOutlet, Name: "Twice"},
			&headwater.UpdateSourceParams{IfMatch: "*"})
		return err
	}
	pipe := func(ctx context.Context, c *headwater.Client) error {
		_, err := c.Import(ctx, "https://sdk.example/", func(*headwater.LineWriter) error { return nil }, nil)
		return err
	}
	for name, c := range map[string]struct {
		hinder  func(http.HandlerFunc) http.HandlerFunc
		options []headwater.Option
		limit   time.Duration
		ask     func(context.Context, *headwater.Client) error
	}{
		"after a lost answer to a change":  {lose, nil, time.Minute, change},
		"after a gateway's failure of one": {refused(http.StatusGatewayTimeout, ""), nil, time.Minute, change},
		"after a fault of the service":     {refused(http.StatusInternalServerError, ""), nil, time.Minute, get},
		"for a conflict":                   {refused(http.StatusConflict, ""), nil, time.Minute, change},
		"after a wait that is too long":    {refused(http.StatusTooManyRequests, "3600"), nil, time.Minute, get},
		"past the caller's deadline":       {refused(http.StatusTooManyRequests, "20"), nil, 10 * time.Second, get},
		"where nobody wants it": {refused(http.StatusTooManyRequests, ""), []headwater.Option{headwater.WithRetries(0, 0)},
			time.Minute, get},
		"with a body that is gone": {refused(http.StatusTooManyRequests, ""), nil, time.Minute, pipe},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address, asked, _ := hindered(t, 1, c.hinder)
			ctx, cancel := context.WithTimeout(t.Context(), c.limit)
			defer cancel()
			if err := c.ask(ctx, clientOf(t, address, c.options...)); err == nil || errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("it gives %v", err)
			}
			if asked.Load() != 1 {
				t.Errorf("asked %d times", asked.Load())
			}
		})
	}
}

func TestTheLastRefusalIsGiven(t *testing.T) {
	t.Parallel()
	address, asked, _ := hindered(t, 100, refused(http.StatusServiceUnavailable, "0"))
	err := clientOf(t, address, headwater.WithRetries(2, time.Second)).GetHealth(t.Context())
	var problem *headwater.Problem
	if !errors.As(err, &problem) || problem.Status != http.StatusServiceUnavailable || asked.Load() != 3 {
		t.Errorf("asked %d times: %v", asked.Load(), err)
	}
}

// TestAChangeIsSentAgainIfNothingWasSent: where there is no connection, nothing can have been changed.
func TestAChangeIsSentAgainIfNothingWasSent(t *testing.T) {
	t.Parallel()
	var dials atomic.Int64
	transport := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		if dials.Add(1) == 1 {
			return nil, &net.OpError{Op: "dial", Net: network, Err: errors.New("refused")}
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	}}
	defer transport.CloseIdleConnections()
	c := client(t, headwater.WithHTTPClient(&http.Client{Transport: transport}))
	if made, err := c.CreateKey(t.Context(), headwater.APIKeyFields{Name: "again", Scopes: []headwater.Scope{headwater.ScopeRead}},
		nil); err != nil {
		t.Errorf("%+v, %v", made, err)
	}
}

// TestAFileIsSentAgain: whole each time, though the answer comes before all of it was read.
func TestAFileIsSentAgain(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bundle.ndjson")
	text := `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://sdk.example/files"}` + "\n" +
		strings.Repeat(`{"type":"source","key":"archive","kind":"record","name":"Archive","notes":"`+strings.Repeat("ورق ", 2000)+`"}`+"\n",
			1)
	if err := os.WriteFile(path, []byte("skipped\n"+text), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.Seek(int64(len("skipped\n")), io.SeekStart); err != nil {
		t.Fatal(err)
	}
	address, asked, keys := hindered(t, 2, lose)
	imported, err := clientOf(t, address).ImportBundleFrom(t.Context(), "application/x-ndjson", file, nil)
	if err != nil || imported.Counts["source"].Added != 1 || asked.Load() != 3 || sizeOf(keys) != 1 {
		t.Errorf("%+v, %v after %d requests with %d keys", imported, err, asked.Load(), sizeOf(keys))
	}
}

// TestReadsKnowWhatWasWritten: a client sends back the latest that a change's answer said, each client its own, until it is refused.
func TestReadsKnowWhatWasWritten(t *testing.T) {
	var sent []string
	answers := []struct {
		status int
		token  string
	}{{http.StatusOK, "02"}, {http.StatusOK, "01"}, {http.StatusOK, ""}, {http.StatusBadRequest, ""}, {http.StatusOK, ""},
		{http.StatusOK, ""}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := answers[len(sent)]
		sent = append(sent, r.Header.Get("X-Headwater-Seen"))
		w.Header().Set("Content-Type", "application/json")
		if answer.token != "" {
			w.Header().Set("X-Headwater-Seen", answer.token)
		}
		w.WriteHeader(answer.status)
		io.WriteString(w, "{}")
	}))
	t.Cleanup(server.Close)
	client, err := headwater.New(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	other, err := headwater.New(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	for i := range answers {
		asking := client
		if i == len(answers)-1 {
			asking = other
		}
		var err error
		for _, err = range asking.ListSources(t.Context(), nil) {
			break
		}
		if (err != nil) != (answers[i].status != http.StatusOK) {
			t.Fatal(err)
		}
	}
	if got := strings.Join(sent, ","); got != ",02,02,02,," {
		t.Errorf("sent %q", got)
	}
}
