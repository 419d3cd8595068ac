package api_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/headwater-project/headwater/api"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/store"
)

// failingStore panics, and returns errors that no client must see.
type failingStore struct{ api.Store }

func (failingStore) Claims(context.Context, store.ClaimFilter, store.Paging) (store.Page[store.ClaimHit], error) {
	panic("the cupboard is bare")
}

func (failingStore) Sources(context.Context, store.SourceFilter, store.Paging) (store.Page[store.SourceHit], error) {
	return store.Page[store.SourceHit]{}, errors.New("relation cupboard does not exist")
}

func (failingStore) Export(_ context.Context, w io.Writer, _ interchange.ExportOptions) error {
	if _, err := io.WriteString(w, `{"type":"bundle"`); err != nil {
		return err
	}
	return errors.New("the cupboard fell over")
}

// startFailing runs a service over a failing store.
func startFailing(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(handler(failingStore{open(t)}))
	t.Cleanup(server.Close)
	return server
}

// captureLog redirects the log of the whole program, so no test that calls it may be parallel.
func captureLog(t *testing.T) *bytes.Buffer {
	t.Helper()
	var lines bytes.Buffer
	logger, output, flags := slog.Default(), log.Writer(), log.Flags()
	slog.SetDefault(slog.New(api.LogHandler{Handler: slog.NewJSONHandler(&lines, nil)}))
	t.Cleanup(func() {
		slog.SetDefault(logger)
		log.SetOutput(output) // slog.SetDefault redirected it
		log.SetFlags(flags)
	})
	return &lines
}

// TestFailuresAreLoggedNotShown: the log has all of an internal failure, and the client sees nothing of it.
func TestFailuresAreLoggedNotShown(t *testing.T) {
	lines := captureLog(t)
	server := startFailing(t)
	for path, operation := range map[string]string{"/v1/claims": "listClaims", "/v1/sources": "listSources"} {
		status, header, answer := service{t, server.URL}.call("GET", path+"?limit=3", "", "X-Request-Id", operation+"-1")
		if status != http.StatusInternalServerError || header.Get("Content-Type") != "application/problem+json" ||
			answer["request_id"] != operation+"-1" {
			t.Errorf("%s: %d %v %v", path, status, header, answer)
		}
		if body := fmt.Sprint(answer); strings.Contains(body, "cupboard") {
			t.Errorf("%s shows %s", path, body)
		}
	}
	server.Close() // once all is logged

	logged := map[string]map[string]any{} // by message and request
	for line := range strings.Lines(lines.String()) {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatal(err)
		}
		logged[fmt.Sprint(entry["msg"], " ", entry["request_id"])] = entry
	}
	if entry := logged["a handler panicked listClaims-1"]; entry["level"] != "ERROR" || entry["reason"] != "the cupboard is bare" ||
		!strings.Contains(fmt.Sprint(entry["stack"]), "failure_test.go") {
		t.Errorf("the panic is logged as %v", entry)
	}
	if entry := logged["a request failed listSources-1"]; entry["error"] != "relation cupboard does not exist" {
		t.Errorf("the error is logged as %v", entry)
	}
	for operation, path := range map[string]string{"listClaims": "/v1/claims", "listSources": "/v1/sources"} {
		entry := logged["answered "+operation+"-1"]
		if entry["level"] != "INFO" || entry["method"] != "GET" || entry["path"] != path || entry["operation"] != operation ||
			entry["status"] != 500.0 ||
			entry["bytes"].(float64) == 0 || entry["duration"].(float64) == 0 {
			t.Errorf("the answer is logged as %v", entry)
		}
	}
}

// TestAnExportThatFailsIsCutOff: it must not look complete.
func TestAnExportThatFailsIsCutOff(t *testing.T) {
	t.Parallel()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, startFailing(t).URL+"/v1/exports", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return // cut off before its header was sent
	}
	defer response.Body.Close()
	if text, err := io.ReadAll(response.Body); err == nil {
		t.Errorf("%d, whole: %s", response.StatusCode, text)
	}
}

// waitingStore exports nothing until nobody waits for it.
type waitingStore struct {
	api.Store
	began chan struct{}
}

func (w waitingStore) Export(ctx context.Context, _ io.Writer, _ interchange.ExportOptions) error {
	close(w.began)
	<-ctx.Done()
	return errors.New("the statement was canceled")
}

// TestAnExportThatNobodyTakesIsNoFailure: a client that leaves while the database works is not logged as an error of the service.
func TestAnExportThatNobodyTakesIsNoFailure(t *testing.T) {
	lines := captureLog(t)
	waiting := waitingStore{open(t), make(chan struct{})}
	server := httptest.NewServer(handler(waiting))
	ctx, leave := context.WithCancel(t.Context())
	go func() {
		<-waiting.began
		leave()
	}()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/v1/exports", nil)
	if err != nil {
		t.Fatal(err)
	}
	if response, err := http.DefaultClient.Do(request); err == nil {
		response.Body.Close()
		t.Errorf("who left was answered %d", response.StatusCode)
	}
	server.Close() // once all is logged
	if logged := lines.String(); !strings.Contains(logged, "not taken to its end") || strings.Contains(logged, `"level":"ERROR"`) {
		t.Errorf("logged is %s", logged)
	}
}

// TestAnImportThatIsCutOff: a body that ends before its length is refused for that reason, even if it is valid so far.
func TestAnImportThatIsCutOff(t *testing.T) {
	t.Parallel()
	server := startFailing(t)
	connection, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	const whole = `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://a.example/"}` + "\n"
	if _, err := fmt.Fprintf(connection, "POST /v1/imports HTTP/1.1\r\nHost: localhost\r\nContent-Type: "+
		"application/x-ndjson\r\nContent-Length: %d\r\n\r\n%s", len(whole)+1, whole); err != nil {
		t.Fatal(err)
	}
	if err := connection.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		t.Fatal(err)
	}
	if text := read(t, response); response.StatusCode != http.StatusBadRequest || !strings.Contains(text, "the body is cut off") {
		t.Errorf("%d %s", response.StatusCode, text)
	}
}
