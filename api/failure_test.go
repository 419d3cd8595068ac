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

// failing is a store that fails as no store should.
type failing struct{ api.Store }

func (failing) Claims(context.Context, store.ClaimFilter, store.Paging) (store.Page[store.ClaimHit], error) {
	panic("the cupboard is bare")
}

func (failing) Sources(context.Context, store.SourceFilter, store.Paging) (store.Page[store.SourceHit], error) {
	return store.Page[store.SourceHit]{}, errors.New("relation cupboard does not exist")
}

func (failing) Export(_ context.Context, w io.Writer, _ interchange.ExportOptions) error {
	if _, err := io.WriteString(w, `{"type":"bundle"`); err != nil {
		return err
	}
	return errors.New("the cupboard fell over")
}

// startFailing gives the address of a service over a failing store.
func startFailing(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(handler(failing{open(t)}))
	t.Cleanup(server.Close)
	return server
}

// keepLog keeps what is logged for the whole program, so that no test that calls it may be parallel.
func keepLog(t *testing.T) *bytes.Buffer {
	t.Helper()
	var lines bytes.Buffer
	logger, output, flags := slog.Default(), log.Writer(), log.Flags()
	slog.SetDefault(slog.New(api.LogHandler{Handler: slog.NewJSONHandler(&lines, nil)}))
	t.Cleanup(func() {
		slog.SetDefault(logger)
		log.SetOutput(output) // slog has taken it
		log.SetFlags(flags)
	})
	return &lines
}

// TestFailuresAreLoggedNotTold: a client is told nothing of what failed within, and the log tells all of it.
func TestFailuresAreLoggedNotTold(t *testing.T) {
	lines := keepLog(t)
	server := startFailing(t)
	for path, operation := range map[string]string{"/v1/claims": "listClaims", "/v1/sources": "listSources"} {
		status, header, answer := service{t, server.URL}.call("GET", path+"?limit=3", "", "X-Request-Id", operation+"-1")
		if status != http.StatusInternalServerError || header.Get("Content-Type") != "application/problem+json" || answer["request_id"] != operation+"-1" {
			t.Errorf("%s: %d %v %v", path, status, header, answer)
		}
		if told := fmt.Sprint(answer); strings.Contains(told, "cupboard") {
			t.Errorf("%s tells %s", path, told)
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
	if entry := logged["a handler panicked listClaims-1"]; entry["level"] != "ERROR" || entry["reason"] != "the cupboard is bare" || !strings.Contains(fmt.Sprint(entry["stack"]), "failure_test.go") {
		t.Errorf("the panic is logged as %v", entry)
	}
	if entry := logged["a request failed listSources-1"]; entry["error"] != "relation cupboard does not exist" {
		t.Errorf("the error is logged as %v", entry)
	}
	for operation, path := range map[string]string{"listClaims": "/v1/claims", "listSources": "/v1/sources"} {
		entry := logged["answered "+operation+"-1"]
		if entry["level"] != "INFO" || entry["method"] != "GET" || entry["path"] != path || entry["operation"] != operation || entry["status"] != 500.0 ||
			entry["bytes"].(float64) == 0 || entry["duration"].(float64) == 0 {
			t.Errorf("the answer is logged as %v", entry)
		}
	}
}

// TestAnExportThatFailsIsCutOff: it must not look like a whole one.
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

// TestAnImportThatIsCutOff: a body that ends before its length is told so, whatever it holds until then.
func TestAnImportThatIsCutOff(t *testing.T) {
	t.Parallel()
	server := startFailing(t)
	connection, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	const whole = `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://a.example/"}` + "\n"
	if _, err := fmt.Fprintf(connection, "POST /v1/imports HTTP/1.1\r\nHost: a.example\r\nContent-Type: application/x-ndjson\r\nContent-Length: %d\r\n\r\n%s", len(whole)+1, whole); err != nil {
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
