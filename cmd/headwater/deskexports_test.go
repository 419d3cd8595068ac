package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/headwater-project/headwater/store/storetest"
)

// TestSlowReadersOfADesk: who takes exports of a desk slowly takes what the desk has connections for, and no more. The next is told at
// once; what else the desk does, other desks and the service itself go on.
func TestSlowReadersOfADesk(t *testing.T) {
	t.Parallel()
	database := storetest.New(t)
	for _, name := range []string{"aleph", "beth"} {
		ok(t, "desk", "create", name, "--namespace", "https://same.example", "--database-url", database)
	}
	var sources strings.Builder
	sources.WriteString(`{"type": "bundle", "format": "headwater-bundle/1", "namespace": "https://same.example"}` + "\n")
	for i := range 1_500 { // 20 MB, more than the kernel holds
		fmt.Fprintf(&sources, `{"type": "source", "key": "s%d", "kind": "outlet", "name": "S%[1]d", "notes": "%s"}`+"\n", i,
			strings.Repeat("ملاحظة ", 1_000))
	}
	ok(t, "import", "--desk", "aleph", "--database-url", database, bundleFile(t, sources.String()))
	s := startService(t, "--database-url", database, "--log-key", t.TempDir()+"/log.key", "--exports", "1")
	s.keepLog()
	s.awaitDesk(t, "aleph")
	s.awaitDesk(t, "beth")

	// ask is a client at an address of its own, which takes one byte of the answer and leaves the rest.
	ask := func(host, path string) (status int, header http.Header, rest io.Reader) {
		t.Helper()
		from := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(host)}}
		transport := &http.Transport{DialContext: from.DialContext, ResponseHeaderTimeout: 10 * time.Second, DisableCompression: true}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := (&http.Client{Transport: transport}).Do(request)
		if err != nil {
			t.Fatal(host, path, err)
		}
		t.Cleanup(func() { response.Body.Close(); transport.CloseIdleConnections() })
		if _, err := io.ReadFull(response.Body, make([]byte, 1)); err != nil {
			t.Fatal(host, path, response.Status, err)
		}
		return response.StatusCode, response.Header, response.Body
	}
	for _, host := range []string{"127.0.0.2", "127.0.0.3"} { // a third of --desk-connections
		if status, _, _ := ask(host, "/desks/aleph/v1/exports"); status != http.StatusOK {
			t.Fatal(host, status)
		}
	}
	for range 3 {
		status, header, _ := ask("127.0.0.4", "/desks/aleph/v1/exports")
		if status != http.StatusServiceUnavailable || header.Get("Retry-After") == "" {
			t.Errorf("an export beyond what the desk holds: %d %v", status, header)
		}
		for _, path := range []string{"/desks/aleph/v1/sources?limit=1", "/desks/aleph/v1/claims", "/desks/beth/v1/exports",
			"/v1/exports"} {
			status, _, rest := ask("127.0.0.4", path)
			if _, err := io.Copy(io.Discard, rest); err != nil || status != http.StatusOK {
				t.Errorf("%s meanwhile: %d %v", path, status, err)
			}
		}
	}
}
