//go:build proxy

package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/headwater-project/headwater/internal/testenv"
	"github.com/headwater-project/headwater/store/storetest"
	"github.com/headwater-project/headwater/testdata"
)

// These tests put a real nginx before a real service: make proxy-test.

// nginxConfig compresses and caches all that it may.
const nginxConfig = `
daemon off;
pid %[1]s/nginx.pid;
error_log %[1]s/error.log warn;
events {}
http {
	access_log off;
	client_body_temp_path %[1]s/body;
	proxy_temp_path %[1]s/proxy;
	fastcgi_temp_path %[1]s/fastcgi;
	uwsgi_temp_path %[1]s/uwsgi;
	scgi_temp_path %[1]s/scgi;
	proxy_cache_path %[1]s/cache keys_zone=answers:1m;
	gzip on;
	gzip_types application/json application/problem+json;
	server {
		listen %[2]s;
		location /headwater/ {
			proxy_pass %[3]s/;
			proxy_set_header Host $host;
			proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
			proxy_cache answers;
			proxy_cache_valid 200 10m;
			add_header X-Cache $upstream_cache_status always;
		}
	}
}`

// startNginx puts an nginx before a service, and gives the address under which it has the service.
func startNginx(t *testing.T, s *service) *service {
	t.Helper()
	address := testenv.FreeAddress(t)
	dir := t.TempDir()
	config := fmt.Sprintf(nginxConfig, dir, address, s.url)
	if os.Geteuid() == 0 {
		config = "user root;" + config // or its workers could not write into the folder
	}
	path := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	nginx := exec.Command("nginx", "-c", path, "-p", dir)
	nginx.Stderr = os.Stderr
	if err := nginx.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = nginx.Process.Signal(os.Interrupt)
		_ = nginx.Wait()
	})
	behind := &service{url: "http://" + address + "/headwater"}
	for began := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		if answer, err := http.Get(behind.url + "/healthz"); err == nil {
			answer.Body.Close()
			return behind
		} else if time.Since(began) > 10*time.Second {
			t.Fatal(err)
		}
	}
}

// ask sends a request as it is: no redirect is followed, and no body unpacked.
func ask(t *testing.T, method, url, body string, headers ...string) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(text)
}

// TestBehindNginxUnderAPrefix follows what the service refers to: pages of lists, the documentation, and the document's server.
func TestBehindNginxUnderAPrefix(t *testing.T) {
	t.Parallel()
	database := storetest.New(t)
	ok(t, "import", "--database-url", database, bundleFile(t, string(testdata.Demo)))
	s := startNginx(t, startService(t, "--database-url", database))
	first, _ := ask(t, "GET", s.url+"/v1/sources?limit=7", "")
	link, _, _ := strings.Cut(strings.TrimPrefix(first.Header.Get("Link"), "<"), ">")
	follow := func(from, to string) string {
		t.Helper()
		request, err := http.NewRequest(http.MethodGet, from, nil)
		if err != nil {
			t.Fatal(err)
		}
		address, err := request.URL.Parse(to)
		if err != nil {
			t.Fatal(err)
		}
		answer, text := ask(t, "GET", address.String(), "")
		if answer.StatusCode != http.StatusOK || !strings.HasPrefix(address.Path, "/headwater/") {
			t.Errorf("%s refers to %s, which answers %s %.200s", from, to, answer.Status, text)
		}
		return address.String()
	}
	follow(s.url+"/v1/sources?limit=7", link)
	moved, _ := ask(t, "GET", s.url+"/docs", "")
	docs := follow(s.url+"/docs", moved.Header.Get("Location"))
	_, page := ask(t, "GET", docs, "")
	_, start := ask(t, "GET", docs+"start.js", "")
	references := regexp.MustCompile(`(?:src=|href=|url: )"([^"]+)"`).FindAllStringSubmatch(page+start, -1)
	if len(references) != 5 {
		t.Errorf("the page refers to %v", references)
	}
	for _, reference := range references {
		follow(docs, reference[1])
	}
	_, document := ask(t, "GET", s.url+"/openapi.json", "")
	server := regexp.MustCompile(`"servers":\[\{[^}]*"url":"([^"]*)"`).FindStringSubmatch(document)
	if server == nil {
		t.Fatal("the document names no server")
	}
	follow(s.url+"/openapi.json", strings.TrimSuffix(server[1], "/")+"/v1/sources")
}

// TestVersionsBehindNginx: an nginx that compresses leaves ETags strong, so that updates can name them.
func TestVersionsBehindNginx(t *testing.T) {
	t.Parallel()
	s := startNginx(t, startService(t, "--database-url", storetest.New(t)))
	for name, notes := range map[string]string{"small": "", "large": strings.Repeat("of many words ", 500)} {
		made, text := ask(t, "POST", s.url+"/v1/sources", `{"kind": "outlet", "name": "`+name+`", "notes": "`+notes+`"}`,
			"Content-Type", "application/json", "Accept-Encoding", "identity")
		if made.StatusCode != http.StatusCreated {
			t.Fatalf("%s %s", made.Status, text)
		}
		path := s.url + "/v1/sources/" + regexp.MustCompile(`"id":"([^"]+)"`).FindStringSubmatch(text)[1]
		for _, query := range []string{"", "?fields=notes"} {
			read, _ := ask(t, "GET", path+query, "", "Accept-Encoding", "gzip")
			if tag := read.Header.Get("ETag"); !strings.HasPrefix(tag, `"`) || !strings.Contains(
				read.Header.Get("Cache-Control"), "no-transform") {
				t.Errorf("%s%s: ETag %s, %v", name, query, tag, read.Header)
			}
			changed, text := ask(t, "PATCH", path, `{}`, "Content-Type", "application/merge-patch+json", "If-Match",
				read.Header.Get("ETag"))
			if changed.StatusCode != http.StatusOK {
				t.Errorf("%s%s: %s %s", name, query, changed.Status, text)
			}
		}
	}
}

// TestCachedByNginx: what was answered to a key is given to nobody else, and what everybody may read can be kept.
func TestCachedByNginx(t *testing.T) {
	t.Parallel()
	database := storetest.New(t)
	key := strings.Fields(ok(t, "--database-url", database, "key", "create", "--name", "desk", "--scope", "read"))[0]
	guarded := startNginx(t, startService(t, "--database-url", database))
	public := startNginx(t, startService(t, "--database-url", database, "--public-read"))
	for range 2 {
		if answer, text := ask(t, "GET", guarded.url+"/v1/sources", "", "Authorization",
			"Bearer "+key); answer.StatusCode != http.StatusOK ||
			answer.Header.Get("X-Cache") == "HIT" {
			t.Errorf("with the key: %s, cache %s: %s", answer.Status, answer.Header.Get("X-Cache"), text)
		}
		if answer, text := ask(t, "GET", guarded.url+"/v1/sources", ""); answer.StatusCode != http.StatusUnauthorized {
			t.Errorf("without it: %s, cache %s: %s", answer.Status, answer.Header.Get("X-Cache"), text)
		}
	}
	for _, want := range []string{"MISS", "HIT"} {
		if answer, _ := ask(t, "GET", public.url+"/v1/sources", ""); answer.Header.Get("X-Cache") != want {
			t.Errorf("what everybody may read: cache %s, want %s", answer.Header.Get("X-Cache"), want)
		}
	}
}

// TestClientsBehindNginx: each client has a rate of its own where the proxy is trusted, whatever it says itself.
func TestClientsBehindNginx(t *testing.T) {
	t.Parallel()
	database := storetest.New(t)
	for _, trusted := range []bool{true, false} {
		args := []string{"--database-url", database, "--rate", "0.01", "--burst", "1"}
		if trusted {
			args = append(args, "--trusted-proxies", "127.0.0.0/8")
		}
		s := startNginx(t, startService(t, args...))
		// nginx is the last proxy, and what stands before its word is what another proxy said
		for i, client := range []string{"203.0.113.1", "203.0.113.2"} {
			answer, _ := ask(t, "GET", fmt.Sprintf("%s/v1/sources?limit=%d", s.url, i+1), "", "X-Forwarded-For", client)
			want := http.StatusOK
			if i > 0 && !trusted {
				want = http.StatusTooManyRequests
			}
			if answer.StatusCode != want {
				t.Errorf("trusted %t, client %d: %s, want %d", trusted, i, answer.Status, want)
			}
		}
	}
}
