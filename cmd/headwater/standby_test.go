package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/storetest"
	"github.com/headwater-project/headwater/testdata"
)

// asks sends a request, to another host than its own where the headers have one, and gives what is answered.
func (s *service) asks(t *testing.T, method, path, body string, headers ...string) (status int, header http.Header, text string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	request.Host = request.Header.Get("Host") // that of the address where it is empty
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header, string(answer)
}

// measure is the sum of a measure of the service.
func (s *service) measure(t *testing.T, name string) (sum float64) {
	t.Helper()
	_, _, page := s.asks(t, "GET", "/metrics", "")
	for _, match := range regexp.MustCompile(`(?m)^`+name+`(?:\{.*\})? (\S+)$`).FindAllStringSubmatch(page, -1) {
		var value float64
		if _, err := fmt.Sscan(match[1], &value); err != nil {
			t.Fatal(err)
		}
		sum += value
	}
	return sum
}

// awaitServers waits until the service says of its servers what it should.
func (s *service) awaitServers(t *testing.T, servers string) {
	t.Helper()
	var said string
	defer func() {
		if t.Failed() {
			t.Logf("the last was %q", said)
		}
	}()
	wait(t, 20*time.Second, servers, func() bool {
		_, header, _ := s.asks(t, "GET", "/readyz", "")
		said = header.Get("X-Headwater-Servers")
		return said == servers
	})
}

const (
	oneStandby = "primary=1, standbys=1, out=0"
	publicURL  = "https://claims.example"
	seenHeader = "X-Headwater-Seen"
)

// sourceOf is the id of a source of the demo.
func sourceOf(key string) string {
	return headwater.NamespaceOf("https://headwater.example/demo").ID(headwater.ResourceSource, key).String()
}

// firstOf gives the id of the first thing of a list; empty where there is none.
func (s *service) firstOf(t *testing.T, list string) string {
	t.Helper()
	var page struct {
		Items []struct{ ID string }
	}
	_, _, text := s.asks(t, "GET", list+"?limit=1", "")
	if json.Unmarshal([]byte(text), &page) != nil || len(page.Items) == 0 {
		return ""
	}
	return page.Items[0].ID
}

// everyRead gives an address for each GET of the document that a standby answers.
func (s *service) everyRead(t *testing.T) (paths []string) {
	t.Helper()
	text, err := os.ReadFile("../../openapi/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Paths map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	apart := regexp.MustCompile(`^/(healthz|readyz|v1/(keys|webhooks|session|log/witnessed)\b)|/stream$`)
	// that is bookkeeping, what nobody has cosigned here, and what has no end
	asked := map[string]string{"/v1/log/inclusion": "?change=" + s.firstOf(t, "/v1/changes"), "/v1/log/consistency": "?from=1&to=2",
		"/v1alpha1/claims:search": "?query=explosion", "/v1/sources": "?q=wire",
		"/v1/claims/{id}/record": "?format=stix",
		"/v1/claims/{id}":        "?include=documents,links,reviews,report"}
	for path, methods := range document.Paths {
		if _, is := methods["get"]; !is || apart.MatchString(path) {
			continue
		}
		list, _, _ := strings.Cut(path, "/{id}")
		names := strings.NewReplacer("{id}", s.firstOf(t, list), "{name}", "demo")
		paths = append(paths, names.Replace(path)+asked[path])
	}
	slices.Sort(paths)
	return append(paths, "/v1/claims?q=%D8%A7%D9%86%D9%81%D8%AC%D8%A7%D8%B1&include=standing,facets", "/v1/exports?format=csv&of=sources",
		"/v1/changes?limit=20")
}

// TestStandby has a standby answer: each read of the document as the primary does, what was written before at once, and while it is
// killed or behind, the primary instead of it.
func TestStandby(t *testing.T) {
	t.Parallel()
	primary := storetest.NewCluster(t)
	standby := primary.Standby(t, "reader")
	ok(t, "import", "--database-url", primary.Address(), "--feed", "demo", bundleFile(t, string(testdata.Demo)))
	s := startService(t, "--database-url", primary.Address(), "--read-url", standby.Address()+"&target_session_attrs=prefer-standby",
		"--read-max-lag", "1s", "--log-key", t.TempDir()+"/log.key", "--public-url", publicURL)
	s.keepLog()
	alone := startService(t, "--database-url", primary.Address(), "--public-url", publicURL)
	alone.keepLog()
	status, _, text := s.asks(t, "POST", "/v1/matches", `{"kind": "same_source", "a": "`+sourceOf("oxbow-wire")+`", "b": "`+
		sourceOf("galeway-gazette")+`", "score": 0.4, "basis": "name", "rationale": "Both are called the paper of the quay."}`)
	if status != http.StatusCreated {
		t.Fatal(status, text)
	}
	s.checkpoint(t, primary.Address())
	s.awaitServers(t, oneStandby)

	t.Run("answers as the primary", func(t *testing.T) { sameAnswers(t, s, alone) })
	t.Run("has what was written", func(t *testing.T) { readBack(t, s) })
	t.Run("refuses tokens", func(t *testing.T) { refusedTokens(t, s) })
	t.Run("keys", func(t *testing.T) { revokedKey(t, primary, standby) })

	t.Run("behind", func(t *testing.T) {
		standby.Exec(t, "SELECT pg_wal_replay_pause()")
		status, header, text := s.asks(t, "POST", "/v1/sources", `{"kind": "outlet", "name": "Unseen"}`)
		if status != http.StatusCreated {
			t.Fatal(status, text)
		}
		id := idOf(t, text)
		if status, _, _ = s.asks(t, "GET", "/v1/sources/"+id, "", seenHeader, header.Get(seenHeader)); status != http.StatusOK {
			t.Errorf("with the token: %d", status)
		}
		s.awaitServers(t, "primary=1, standbys=0, out=1")
		if status, _, _ := s.asks(t, "GET", "/v1/sources/"+id, ""); status != http.StatusOK {
			t.Errorf("once the standby is left out: %d", status)
		}
		if up := s.measure(t, "headwater_standby_up"); up != 0 {
			t.Errorf("the measure says %g", up)
		}
		standby.Exec(t, "SELECT pg_wal_replay_resume()")
		s.awaitServers(t, oneStandby)
	})
	t.Run("replay cancels reads", func(t *testing.T) {
		standby.Exec(t, "ALTER SYSTEM SET max_standby_streaming_delay = 0")
		standby.Exec(t, "SELECT pg_reload_conf()")
		stopped := keepReading(t, s)
		for range 100 {
			primary.Exec(t, "DO $$BEGIN LOCK TABLE claims IN ACCESS EXCLUSIVE MODE; END$$")
		}
		stopped()
		t.Logf("replay cancelled %s reads", queried(t, standby.Address(),
			"SELECT confl_lock::text FROM pg_stat_database_conflicts WHERE datname = 'headwater'"))
		s.awaitServers(t, oneStandby)
	})
	t.Run("killed", func(t *testing.T) {
		stopped := keepReading(t, s)
		standby.Kill()
		s.awaitServers(t, "primary=1, standbys=0, out=1")
		stopped()
		standby.Start(t)
		s.awaitServers(t, oneStandby)
		before := s.measure(t, "headwater_standby_reads_total")
		s.asks(t, "GET", "/v1/claims", "")
		if after := s.measure(t, "headwater_standby_reads_total"); after != before+1 {
			t.Errorf("it was asked %g times, %g before", after, before)
		}
	})
}

// keepReading reads until it is stopped, and faults what is not answered.
func keepReading(t *testing.T, s *service) (stopped func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var reading sync.WaitGroup
	for range 4 {
		reading.Go(func() {
			for ctx.Err() == nil {
				if status, _, text := s.asks(t, "GET", "/v1/claims?limit=50&include=standing,summary", ""); status != http.StatusOK {
					t.Errorf("%d %s", status, text)
				}
			}
		})
	}
	return func() { cancel(); reading.Wait() }
}

func idOf(t *testing.T, text string) string {
	t.Helper()
	var thing struct{ ID string }
	if err := json.Unmarshal([]byte(text), &thing); err != nil {
		t.Fatal(err)
	}
	return thing.ID
}

func sameAnswers(t *testing.T, s, alone *service) {
	t.Helper()
	paths := s.everyRead(t)
	before := s.measure(t, "headwater_standby_reads_total")
	for _, path := range paths {
		status, header, text := s.asks(t, "GET", path, "")
		wantedStatus, wantedHeader, wanted := alone.asks(t, "GET", path, "")
		if status != wantedStatus || text != wanted || status >= 500 {
			t.Errorf("%s: %d, of the primary %d:\n%.500s\n%.500s", path, status, wantedStatus, text, wanted)
		}
		if wantedStatus != http.StatusOK {
			t.Errorf("%s: %d %s", path, wantedStatus, wanted)
		}
		for _, name := range []string{"Content-Type", "ETag", "Link", "Cache-Control"} {
			if header.Get(name) != wantedHeader.Get(name) {
				t.Errorf("%s: %s is %q, of the primary %q", path, name, header.Get(name), wantedHeader.Get(name))
			}
		}
	}
	asked := int(s.measure(t, "headwater_standby_reads_total") - before)
	if asked != len(paths) || asked < 50 {
		t.Errorf("the standby was asked %d of %d", asked, len(paths))
	}
	claim := s.firstOf(t, "/v1/claims")
	_, _, text := s.asks(t, "POST", "/v1/analyses", `{"claims": ["`+claim+`"]}`)
	_, _, wanted := alone.asks(t, "POST", "/v1/analyses", `{"claims": ["`+claim+`"]}`)
	if text != wanted || !strings.Contains(text, claim) {
		t.Errorf("analyses: %.500s\n%.500s", text, wanted)
	}
}

// readBack reads what was written at once, a thousand times.
func readBack(t *testing.T, s *service) {
	t.Helper()
	before := s.measure(t, "headwater_standby_reads_total")
	var writers sync.WaitGroup
	for writer := range 4 {
		writers.Go(func() {
			for n := range 250 {
				status, header, text := s.asks(t, "POST", "/v1/sources",
					fmt.Sprintf(`{"kind": "outlet", "name": "Source %d of %d"}`, n, writer))
				if status != http.StatusCreated {
					t.Errorf("%d %s", status, text)
					return
				}
				status, _, _ = s.asks(t, "GET", "/v1/sources/"+idOf(t, text), "", seenHeader, header.Get(seenHeader))
				if status != http.StatusOK {
					t.Errorf("what was written before is not there: %d", status)
				}
			}
		})
	}
	writers.Wait()
	t.Logf("the standby answered %g of 1000 reads", s.measure(t, "headwater_standby_reads_total")-before)
}

func refusedTokens(t *testing.T, s *service) {
	t.Helper()
	_, header, _ := s.asks(t, "POST", "/v1/sources", `{"kind": "outlet", "name": "Once more"}`)
	token := header.Get(seenHeader)
	if len(token) != 42 {
		t.Fatalf("the token is %q", token)
	}
	for name, sent := range map[string]string{"no token": "yesterday", "of another server": "01" + "0123456789abcdef" + token[18:],
		"of a later timeline": token[:18] + "000000ff" + token[26:], "from the future": token[:26] + "7" + token[27:],
		"a negative place": token[:26] + "f" + token[27:]} {
		status, _, text := s.asks(t, "GET", "/v1/sources", "", seenHeader, sent)
		if status != http.StatusBadRequest {
			t.Errorf("%s: %d", name, status)
		}
		contains(t, text, `"/X-Headwater-Seen"`, sent)
	}
}

// revokedKey has a key refused as soon as it is revoked, though the standby does not know that yet.
func revokedKey(t *testing.T, primary, standby *storetest.Cluster) {
	t.Helper()
	token := strings.Fields(ok(t, "key", "create", "--database-url", primary.Address(), "--name", "desk", "--scope", "read"))[0]
	admin := strings.Fields(ok(t, "key", "create", "--database-url", primary.Address(), "--name", "admin", "--scope", "admin"))[0]
	s := startService(t, "--database-url", primary.Address(), "--read-url", standby.Address())
	s.keepLog()
	s.awaitServers(t, oneStandby)
	as := func(token string) int {
		status, _, _ := s.asks(t, "GET", "/v1/sources", "", "Authorization", "Bearer "+token)
		return status
	}
	if status := as(token); status != http.StatusOK {
		t.Errorf("before: %d", status)
	}
	if used := queried(t, primary.Address(), "SELECT count(last_used_at)::text FROM api_keys"); used != "1" {
		t.Errorf("the use of %s keys was written", used)
	}
	standby.Exec(t, "SELECT pg_wal_replay_pause()")
	key := queried(t, primary.Address(), "SELECT id::text FROM api_keys WHERE name = 'desk'")
	if status, _, text := s.asks(t, "POST", "/v1/keys/"+key+"/revoke", "", "Authorization", "Bearer "+admin); status != http.StatusOK {
		t.Errorf("%d %s", status, text)
	}
	if status := as(token); status != http.StatusUnauthorized {
		t.Errorf("once it is revoked: %d", status)
	}
	standby.Exec(t, "SELECT pg_wal_replay_resume()")
	primary.Exec(t, "DELETE FROM api_keys") // as it was
}

// TestPromotedStandby kills the primary while it is written to. The standby answers reads, and once it is promoted, has all that was
// acknowledged; the service goes on by itself.
func TestPromotedStandby(t *testing.T) {
	t.Parallel()
	primary := storetest.NewCluster(t, "synchronous_commit = remote_apply")
	standby := primary.Standby(t, "reader")
	ok(t, "import", "--database-url", primary.Address(), bundleFile(t, string(testdata.Demo)))
	primary.Exec(t, "ALTER SYSTEM SET synchronous_standby_names = 'reader'")
	primary.Exec(t, "SELECT pg_reload_conf()")
	both := storetest.Address(primary, standby)
	s := startService(t, "--database-url", both+"&target_session_attrs=read-write", "--read-url", both)
	s.keepLog()
	s.awaitServers(t, "primary=1, standbys=1, out=1")
	wait(t, 10*time.Second, "commits wait for the standby", func() bool {
		return queried(t, primary.Address(), "SELECT count(*)::text FROM pg_stat_replication WHERE sync_state = 'sync'") == "1"
	})
	acknowledged := acknowledgements{names: map[string]string{}}
	ctx, cancel := context.WithCancel(t.Context())
	var writers sync.WaitGroup
	for writer := range 4 {
		writers.Go(func() { acknowledged.write(ctx, s, writer) })
	}
	wait(t, 20*time.Second, "50 sources", func() bool { return acknowledged.count() >= 50 })
	_, header, _ := s.asks(t, "POST", "/v1/sources", `{"kind": "outlet", "name": "Before"}`)
	primary.Kill()
	s.awaitServers(t, "primary=0, standbys=1, out=1")
	status, _, text := s.asks(t, "GET", "/v1/claims?limit=5", "", seenHeader, header.Get(seenHeader))
	if status != http.StatusOK {
		t.Errorf("a read while the primary is gone: %d %s", status, text)
	}
	status, refused, text := s.asks(t, "POST", "/v1/sources", `{"kind": "outlet", "name": "Refused"}`)
	if status != http.StatusServiceUnavailable || refused.Get("Retry-After") == "" {
		t.Errorf("a change while the primary is gone: %d %v %s", status, refused, text)
	}
	before := acknowledged.count()
	standby.Exec(t, "SELECT pg_promote()")
	wait(t, 20*time.Second, "changes are taken again", func() bool { return acknowledged.count() > before+10 })
	cancel()
	writers.Wait()
	s.awaitServers(t, "primary=1, standbys=0, out=2")
	missing := 0
	for id := range acknowledged.names {
		if status, _, _ := s.asks(t, "GET", "/v1/sources/"+id, "", seenHeader, header.Get(seenHeader)); status != http.StatusOK {
			missing++
		}
	}
	if missing > 0 {
		t.Errorf("%d of %d that were acknowledged are missing", missing, len(acknowledged.names))
	}
}

// TestStandbyAnswersForDesks: each desk's reads from its own schema, and a token of one desk harms none in another.
func TestStandbyAnswersForDesks(t *testing.T) {
	t.Parallel()
	primary := storetest.NewCluster(t)
	ok(t, "migrate", "up", "--database-url", primary.Address())
	for _, name := range []string{"aleph", "beth"} {
		ok(t, "desk", "create", name, "--database-url", primary.Address())
	}
	ok(t, "import", "--desk", "aleph", "--database-url", primary.Address(), bundleFile(t, string(testdata.Demo)))
	standby := primary.Standby(t, "reader")
	s := startService(t, "--database-url", primary.Address(), "--read-url", standby.Address()+"&target_session_attrs=prefer-standby",
		"--log-key", t.TempDir()+"/log.key")
	s.keepLog()
	s.awaitDesk(t, "aleph")
	s.awaitDesk(t, "beth")
	for _, name := range []string{"aleph", "beth"} {
		desk := &service{url: s.url + "/desks/" + name}
		desk.awaitServers(t, oneStandby)
		before := desk.measure(t, "headwater_standby_reads_total")
		status, header, text := desk.asks(t, "POST", "/v1/sources", `{"kind": "outlet", "name": "Paper of `+name+`", "key": "paper"}`)
		if status != http.StatusCreated || header.Get(seenHeader) == "" {
			t.Fatal(status, header, text)
		}
		for _, asked := range []string{"aleph", "beth"} {
			status, _, text := s.asks(t, "GET", "/desks/"+asked+"/v1/sources?key=paper", "", seenHeader, header.Get(seenHeader))
			if status != http.StatusOK || strings.Contains(text, "Paper of "+name) != (asked == name) {
				t.Errorf("%s with the token of %s: %d %s", asked, name, status, text)
			}
		}
		if status, _, text := desk.asks(t, "GET", "/v1/sources?q=wire", ""); status != http.StatusOK ||
			strings.Contains(text, "oxbow") != (name == "aleph") {
			t.Errorf("%s: %d %s", name, status, text)
		}
		wait(t, 20*time.Second, "the standby answers", func() bool {
			if status, _, text := desk.asks(t, "GET", "/v1/sources?key=paper", ""); status != http.StatusOK {
				t.Fatal(status, text)
			}
			return desk.measure(t, "headwater_standby_reads_total") > before
		})
	}
	s.stop(t)
}
