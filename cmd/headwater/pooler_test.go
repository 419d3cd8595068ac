//go:build pooler

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/headwater-project/headwater/internal/testenv"
	"github.com/headwater-project/headwater/store/storetest"
	"github.com/headwater-project/headwater/testdata"
)

// throughPgBouncer starts a PgBouncer with few connections before a database, and gives its address.
func throughPgBouncer(t *testing.T, database string) string {
	t.Helper()
	address, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(dataDir(t))
	free := testenv.FreeAddress(t)
	_, port, err := net.SplitHostPort(free)
	if err != nil {
		t.Fatal(err)
	}
	query := address.Query()
	name := address.User.Username()
	files := map[string]string{
		"users": strconv.Quote(name) + ` ""` + "\n",
		"ini": fmt.Sprintf("[databases]\n* = host=%s port=%s\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = %s\nauth_type = trust\n"+
			"auth_file = %s\nunix_socket_dir =\npool_mode = transaction\ndefault_pool_size = 3\nmax_client_conn = 200\n",
			query.Get("host"), query.Get("port"), port, filepath.Join(dir, "users")),
	}
	for file, text := range files {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	bouncer := exec.Command("pgbouncer", "-q", filepath.Join(dir, "ini"))
	if os.Geteuid() == 0 { // as whom it refuses to run
		other, err := user.Lookup("postgres")
		if err != nil {
			t.Fatal(err)
		}
		uid, uidErr := strconv.ParseUint(other.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(other.Gid, 10, 32)
		if err := errors.Join(uidErr, gidErr); err != nil {
			t.Fatal(err)
		}
		bouncer.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	}
	bouncer.Stderr = os.Stderr
	if err := bouncer.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = bouncer.Process.Kill()
		_ = bouncer.Wait() // it was killed
	})
	wait(t, 10*time.Second, "PgBouncer listens", func() bool {
		connection, err := net.Dial("tcp", free)
		if err == nil {
			connection.Close()
		}
		return err == nil
	})
	return fmt.Sprintf("postgres://%s@%s%s?sslmode=disable", name, free, address.Path)
}

// TestPooler migrates an empty database through PgBouncer, four times at once, imports, exports, and serves many clients at once
// by few connections, which each transaction may get another of.
func TestPooler(t *testing.T) {
	direct := storetest.NewEmpty(t)
	pooled := throughPgBouncer(t, direct)
	var migrators sync.WaitGroup
	for range 4 {
		migrators.Go(func() {
			if r := invoke(t, "migrate", "up", "--database-url", pooled, "--pooler", "transaction"); r.code != 0 {
				t.Errorf("migrate up: %s", r.stderr)
			}
		})
	}
	migrators.Wait()
	contains(t, ok(t, "migrate", "status", "--database-url", pooled), "up to date")
	without := invoke(t, "export", "--database-url", pooled)
	if without.code == 0 {
		t.Error("without --pooler it works as well: this tries nothing")
	}
	contains(t, without.stderr, "--pooler transaction")
	contains(t, invoke(t, "export", "--database-url", pooled, "--pooler", "session").stderr, `--pooler is "session"`)

	ok(t, "import", "--database-url", pooled, "--pooler", "transaction", bundleFile(t, string(testdata.Demo)))
	if ok(t, "export", "--database-url", pooled, "--pooler", "transaction") != ok(t, "export", "--database-url", direct) {
		t.Error("the export is another")
	}
	copied := filepath.Join(t.TempDir(), "backup")
	ok(t, "backup", "--database-url", pooled, "--pooler", "transaction", copied)
	restored := storetest.NewEmpty(t)
	ok(t, "restore", "--database-url", throughPgBouncer(t, restored), "--pooler", "transaction", copied)
	if ok(t, "export", "--database-url", restored) != ok(t, "export", "--database-url", direct) {
		t.Error("the export of what was backed up is another")
	}
	s := startService(t, "--database-url", pooled, "--pooler", "transaction")
	s.keepLog()
	serveThroughPooler(t, s)
}

// serveThroughPooler has many clients do everything at once.
func serveThroughPooler(t *testing.T, s *service) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	reads := []string{"/v1/claims?limit=5&include=standing,summary", "/v1/claims?q=explosion", "/v1/sources?q=wire",
		"/v1/sources?sort=name",
		"/v1/claims?key=harbour-blast-toll", "/v1/changes?limit=20", "/v1/exports", "/v1/exports?format=csv&of=sources", "/readyz",
		"/v1alpha1/claims:search?query=explosion", "/v1/exports?format=claimreview",
		// long pages, which are read by cursors
		"/v1/changes?limit=1000", "/v1/changes?limit=1000&order=desc", "/v1/sources?limit=1000", "/v1/sources?limit=60&q=wire"}
	_, claims := s.get(t, "/v1/claims?limit=50")
	for _, part := range strings.Split(claims, `"id":"`)[1:] {
		id := part[:36]
		reads = append(reads, "/v1/claims/"+id+"/corroboration", "/v1/claims/"+id+"?include=attributions,links,reviews,report",
			"/v1/claims/"+id+"/suggestions", "/v1/claims/"+id+"/timeline")
	}
	var clients sync.WaitGroup
	var mutex sync.Mutex
	answered := map[int]int{}
	do := func(method, path, media, body string) {
		request, err := http.NewRequestWithContext(ctx, method, s.url+path, strings.NewReader(body))
		if err != nil {
			t.Error(err)
			return
		}
		request.Header.Set("Content-Type", media)
		request.Header.Set("Idempotency-Key", strconv.FormatInt(time.Now().UnixNano(), 36)+path[:4])
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			if ctx.Err() == nil {
				t.Errorf("%s %s: %v", method, path, err)
			}
			return
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		if ctx.Err() != nil {
			return
		}
		if err != nil || response.StatusCode >= 500 {
			t.Errorf("%s %s: %d %v %s", method, path, response.StatusCode, err, text)
		}
		mutex.Lock()
		defer mutex.Unlock()
		answered[response.StatusCode]++
	}
	for client := range 12 {
		clients.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				switch {
				case n%10 == 3:
					do("POST", "/v1/sources", "application/json", `{"kind":"outlet","name":"Made"}`)
				case client == 0 && n%10 == 7:
					do("POST", "/v1/imports", "application/x-ndjson", string(testdata.Demo))
				default:
					do("GET", reads[(client*7+n)%len(reads)], "", "")
				}
			}
		})
	}
	clients.Wait()
	if answered[http.StatusOK] < 100 || answered[http.StatusCreated] < 5 {
		t.Errorf("answered %v", answered)
	}
	t.Logf("answered %v", answered)
}
