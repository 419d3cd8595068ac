package main

import (
	"bytes"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"

	"github.com/headwater-project/headwater/store/storetest"
)

// TestTraces: with OpenTelemetry's variables, a request's span and those of its queries are sent, as parts of the trace
// that the client named.
func TestTracing(t *testing.T) {
	t.Parallel()
	received := make(chan []byte, 16)
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if body, err := io.ReadAll(r.Body); err == nil && r.URL.Path == "/v1/traces" {
			received <- body
		}
	}))
	t.Cleanup(collector.Close)
	s := startServiceWith(t, []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + collector.URL, "HEADWATER_RATE=1000"}, "--database-url",
		storetest.New(t))
	const trace = "0af7651916cd43dd8448eb211c80319c"
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/v1/sources", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Traceparent", "00-"+trace+"-b7ad6b7169203331-01")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.Header.Get("RateLimit-Policy") == "" {
		t.Errorf("the rate that the environment gives is not kept: %v", answer.Header)
	}
	if err := s.Process.Signal(syscall.SIGTERM); err != nil { // which sends what was traced
		t.Fatal(err)
	}
	s.end(t)
	close(received)
	var spans []byte
	for part := range received {
		spans = append(spans, part...)
	}
	id, err := hex.DecodeString(trace)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range [][]byte{id, []byte("listSources"), []byte("SELECT"), []byte("service.name")} {
		if !bytes.Contains(spans, want) {
			t.Errorf("%q is not in the %d bytes that were sent", want, len(spans))
		}
	}
}

// TestBadEnvironment: a variable that cannot be read is named, with what was expected.
func TestBadEnvironment(t *testing.T) {
	t.Parallel()
	cmd := command(t, "serve")
	cmd.Env = append(cmd.Env, "HEADWATER_RATE=many", "HEADWATER_PUBLIC_READ=perhaps")
	said, err := cmd.CombinedOutput()
	if err == nil {
		t.Fatalf("it served: %s", said)
	}
	for _, want := range []string{`HEADWATER_RATE is "many"; expected float64`, `HEADWATER_PUBLIC_READ is "perhaps"; expected bool`} {
		if !bytes.Contains(said, []byte(want)) {
			t.Errorf("%s does not say %s", said, want)
		}
	}
}
