//go:build citus

package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/headwater-project/headwater/store/storetest"
	"github.com/headwater-project/headwater/testdata"
)

// citusSettings are those that docs/scaling.md asks for on each node.
var citusSettings = []string{
	"shared_preload_libraries = 'citus'",
	"wal_level = logical",
	"max_connections = 200",
	"max_prepared_transactions = 200",
	"citus.node_conninfo = 'sslmode=disable'",
	"citus.enable_unsafe_triggers = on",
	"citus.allow_nested_distributed_execution = on",
	"citus.propagate_set_commands = 'local'",
}

// startCitus starts a coordinator and two workers.
func startCitus(t *testing.T) (coordinator *storetest.Cluster, workers []*storetest.Cluster) {
	t.Helper()
	programs := os.Getenv("CITUS_BIN")
	if _, err := os.Stat(filepath.Join(programs, "initdb")); err != nil || !filepath.IsAbs(programs) {
		t.Fatalf("CITUS_BIN is %q; expected the folder with the programs of a PostgreSQL that has Citus (initdb, postgres)", programs)
	}
	nodes := make([]*storetest.Cluster, 3)
	for i := range nodes {
		nodes[i] = storetest.NewNode(t, programs, citusSettings...)
		nodes[i].Exec(t, "CREATE EXTENSION citus")
	}
	host, port, _ := strings.Cut(nodes[0].HostPort(), ":")
	nodes[0].Exec(t, fmt.Sprintf("SELECT citus_set_coordinator_host('%s', %s)", host, port))
	for _, worker := range nodes[1:] {
		host, port, _ := strings.Cut(worker.HostPort(), ":")
		nodes[0].Exec(t, fmt.Sprintf("SELECT citus_add_node('%s', %s)", host, port))
	}
	t.Logf("%s", queried(t, nodes[0].Address(), "SELECT citus_version()"))
	return nodes[0], nodes[1:]
}

// twins are the same desk on Citus and on plain PostgreSQL.
type twins struct {
	citus, plain caller
	schemas      []string    // their addresses, with the search_path of the desk
	reads        [2][]string // of the document, with ids of what was imported
}

var (
	// random is what a service makes up: ids that no key makes, hashes of those and of times, and what is opaque.
	random  = regexp.MustCompile(`"(?:next_cursor|token|secret|prefix|verifier|note|root|hash|salt|etag|previous|group)":"[^"]*"`)
	anyUUID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
)

// comparable is an answer in which ids are numbered as they come, and what is random or the time of the test is left out.
func (c caller) comparable(text string) string {
	text = random.ReplaceAllString(strings.ReplaceAll(text, c.url, ""), `""`)
	now := time.Now().UTC()
	for _, day := range []time.Time{now, now.Add(-time.Hour)} {
		moment := regexp.MustCompile(day.Format("2006-01-02") + `T[0-9:]+(?:\.\d+)?(?:Z|\+00:00)`)
		text = moment.ReplaceAllString(text, "NOW")
	}
	numbers := map[string]string{}
	return anyUUID.ReplaceAllStringFunc(text, func(id string) string {
		if id[14] != '7' && id[14] != '4' { // made of a key
			return id
		}
		if numbers[id] == "" {
			numbers[id] = fmt.Sprint("id-", len(numbers))
		}
		return numbers[id]
	})
}

// same asks both, each with its own ids, and faults answers that differ. It gives the status.
func (w twins) same(t *testing.T, method string, path [2]string, media string, body [2]string) (status int) {
	t.Helper()
	var answers [2]string
	var statuses [2]int
	for i, c := range []caller{w.citus, w.plain} {
		var text string
		statuses[i], _, text = c.call(t, method, path[i], media, body[i])
		answers[i] = c.comparable(text)
	}
	if statuses[0] != statuses[1] {
		t.Errorf("%s %s: %d on Citus, %d on plain PostgreSQL: %.600s", method, path[0], statuses[0], statuses[1], answers[0])
	} else if answers[0] != answers[1] {
		t.Errorf("%s %s differs (-plain +Citus):\n%.3000s", method, path[0], cmp.Diff(strings.Split(answers[1], ","),
			strings.Split(answers[0], ",")))
	}
	return statuses[0]
}

// settle waits until nothing is left to be put in order and worked out.
func (w twins) settle(t *testing.T) {
	t.Helper()
	for _, at := range w.schemas {
		wait(t, time.Minute, "the order and the standings of "+at, func() bool {
			return queried(t, at, `SELECT (NOT EXISTS (SELECT FROM unsequenced) AND NOT EXISTS (SELECT FROM standings_due)
				AND NOT EXISTS (SELECT FROM standings_spread)
				AND (SELECT max(seq) FROM sequenced) = (SELECT max(seq) FROM standings_position))::text`) == "true"
		})
	}
}

// TestCitus holds two desks on two workers of Citus to the same desks on plain PostgreSQL: what is imported, read and written.
func TestCitus(t *testing.T) {
	coordinator, workers := startCitus(t)
	plain := storetest.NewCluster(t)
	ok(t, "migrate", "up", "--database-url", coordinator.Address())
	databases := []string{coordinator.Address(), plain.Address()}
	names := []string{"aleph", "beth"}
	for _, name := range names {
		for _, database := range databases {
			ok(t, "desk", "create", name, "--namespace", "https://same.example", "--database-url", database)
		}
	}
	refusedMoves(t, coordinator.Address(), workers[0].HostPort())
	for i, name := range names {
		ok(t, "desk", "move", name, "--to", workers[i].HostPort(), "--database-url", coordinator.Address())
		contains(t, ok(t, "desk", "list", "--database-url", coordinator.Address()), workers[i].HostPort())
	}
	t.Run("import", func(t *testing.T) { sameImports(t, databases, names) })
	var services []*service
	for _, database := range databases {
		s := startService(t, "--database-url", database, "--public-url", publicURL, "--webhook-key", t.TempDir()+"/webhook.key",
			"--log-key", t.TempDir()+"/log.key")
		log := s.keepLog()
		t.Cleanup(func() {
			if t.Failed() {
				t.Logf("the service said:\n%.5000s", log())
			}
		})
		for _, name := range names {
			s.awaitDesk(t, name)
		}
		services = append(services, s)
	}
	var tokens [2]string
	for _, name := range names {
		w := twins{}
		for i, database := range databases {
			w.schemas = append(w.schemas, with(t, database, "search_path", deskPath(name)))
			desk := &service{url: services[i].url + "/desks/" + name}
			status, _, text := desk.asks(t, "POST", "/v1/matches", `{"kind": "same_source", "a": "`+sourceOf("oxbow-wire")+`", "b": "`+
				sourceOf("galeway-gazette")+`", "score": 0.4, "basis": "name", "rationale": "Both are called the paper of the quay."}`)
			if status != http.StatusCreated {
				t.Fatal(status, text)
			}
			w.reads[i] = desk.everyRead(t)
			tokens[i] = strings.Fields(ok(t, "key", "create", "--desk", name, "--name", "admin", "--scope", "admin", "--database-url",
				database))[0]
		}
		w.citus, w.plain = caller{services[0], "/desks/" + name, tokens[0], nil}, caller{services[1], "/desks/" + name, tokens[1], nil}
		t.Run("writes of "+name, func(t *testing.T) { w.sameWrites(t) })
		t.Run("reads of "+name, func(t *testing.T) { w.sameReads(t) })
		contains(t, ok(t, "verify", "--desk", name, "--database-url", coordinator.Address()), "0 findings")
	}
	t.Run("moved while it is used", func(t *testing.T) {
		movedWhileUsed(t, caller{services[0], "/desks/beth", tokens[0], nil}, coordinator.Address(), workers)
	})
}

// refusedMoves are those that say what is wrong.
func refusedMoves(t *testing.T, database, known string) {
	t.Helper()
	for to, wanted := range map[string]string{"127.0.0.1:1": known, "nowhere": "expected a host and a port"} {
		r := invoke(t, "desk", "move", "aleph", "--to", to, "--database-url", database)
		if r.code == 0 {
			t.Errorf("moved to %s", to)
		}
		contains(t, r.stderr, wanted)
	}
}

// sameImports imports what is new, what is there and what contradicts it, and exports it.
func sameImports(t *testing.T, databases, names []string) {
	owners, err := os.ReadFile("../../store/testdata/earlier-owners.csv")
	if err != nil {
		t.Fatal(err)
	}
	files := [][]string{
		{bundleFile(t, string(testdata.Demo))},
		{bundleFile(t, string(testdata.Demo))},
		{"--feed", "demo", bundleFile(t, string(testdata.Demo))},
		{"--feed", "demo", bundleFile(t, withoutOneOfEach(string(testdata.Demo)))},
		{"--format", "csv", "--of", "relations", bundleFile(t, string(owners))},
	}
	for _, name := range names {
		for _, args := range files {
			var said [2]string
			for i, database := range databases {
				r := invoke(t, append([]string{"import", "--desk", name, "--database-url", database}, args...)...)
				said[i] = anyUUID.ReplaceAllString(fmt.Sprint(r.code, r.stdout, r.stderr), "ID")
			}
			if diff := cmp.Diff(said[1], said[0]); diff != "" {
				t.Errorf("import %v to %s (-plain +Citus):\n%s", args, name, diff)
			}
		}
		sameExports(t, databases, name)
		for i, database := range databases {
			edition := queried(t, with(t, database, "search_path", deskPath(name)),
				"SELECT group_id::text FROM feed_editions ORDER BY n DESC LIMIT 1")
			ok(t, "undo", "--desk", name, "--database-url", databases[i], edition)
		}
		sameExports(t, databases, name)
	}
}

// withoutOneOfEach leaves out the last relation and the last review of a bundle, to which nothing refers.
func withoutOneOfEach(text string) string {
	lines := strings.SplitAfter(text, "\n")
	for _, kind := range []string{"relation", "review"} {
		last := 0
		for i, line := range lines {
			if strings.HasPrefix(line, `{"type": "`+kind+`"`) {
				last = i
			}
		}
		lines = slices.Delete(lines, last, last+1)
	}
	return strings.Join(lines, "")
}

// sameExports exports what there is, and what there was by the first changes.
func sameExports(t *testing.T, databases []string, name string) {
	t.Helper()
	for _, database := range databases {
		ok(t, "sequence", "--desk", name, "--database-url", database)
	}
	for _, args := range [][]string{{"--format", "bundle"}, {"--format", "claimreview"}, {"--format", "webannotation"},
		{"--recorded-by", "150"}, {"--recorded-by", "150", "--format", "csv", "--of", "sources"}} {
		var files [2]string
		for i, database := range databases {
			text := ok(t, append([]string{"export", "--desk", name, "--database-url", database}, args...)...)
			files[i] = caller{service: &service{url: "nowhere"}}.comparable(text)
		}
		if diff := cmp.Diff(files[1], files[0]); diff != "" {
			t.Errorf("export %v of %s (-plain +Citus):\n%.3000s", args, name, diff)
		}
	}
}

// sameWrites calls every operation that changes something, on what was made before and on what the examples make.
func (w twins) sameWrites(t *testing.T) {
	operations := deskOperations(t)
	var made [2]map[string]string
	for i, c := range []caller{w.citus, w.plain} {
		c.headers = []string{"Idempotency-Key", "made-", "X-Change-Reason", marker}
		made[i] = storedOnlyIn(t, c, operations)
	}
	w.citus.headers, w.plain.headers = []string{"If-Match", "*"}, []string{"If-Match", "*"}
	asked, changed := 0, 0
	for _, operation := range operations {
		if operation.method == "GET" || strings.HasSuffix(operation.path, "/session") || strings.Contains(operation.path, "log/witness") {
			continue
		}
		for _, ids := range [][2]map[string]string{made, {sharedIDs, sharedIDs}} {
			path := [2]string{withIDs(operation.path, ids[0]), withIDs(operation.path, ids[1])}
			status := w.same(t, operation.method, path, operation.media, [2]string{operation.body, operation.body})
			if asked++; status/100 == 2 {
				changed++
			}
			if status >= http.StatusInternalServerError {
				t.Errorf("%s %s: %d", operation.method, path[0], status)
			}
		}
	}
	t.Logf("%d writes asked, %d changed something", asked, changed)
	if changed < 20 {
		t.Errorf("only %d of %d writes changed something", changed, asked)
	}
}

// sameReads asks every read of the document.
func (w twins) sameReads(t *testing.T) {
	w.settle(t)
	asked := 0
	// what is salted and signed with a key of its own, what is measured, and what comes in the order in which it was worked out
	apart := regexp.MustCompile(`/v1/log|/metrics|/v1/standings/changes`)
	for i, path := range w.reads[0] {
		if apart.MatchString(path) {
			continue
		}
		if status := w.same(t, "GET", [2]string{path, w.reads[1][i]}, "", [2]string{}); status != http.StatusOK {
			t.Errorf("%s: %d", path, status)
		}
		asked++
	}
	t.Logf("%d reads", asked)
}

// movedWhileUsed moves a desk back and forth while it is read and written. What is refused meanwhile succeeds when it is tried again.
func movedWhileUsed(t *testing.T, desk caller, database string, workers []*storetest.Cluster) {
	ctx, cancel := context.WithCancel(t.Context())
	var mutex sync.Mutex
	var ids []string
	var refused []int
	var using sync.WaitGroup
	for worker := range 3 {
		using.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				body := fmt.Sprintf(`{"kind": "outlet", "name": "Paper %d of %d", "key": "moved-%d-%d"}`, n, worker, worker, n)
				for try := 0; ; try++ {
					status, _, text := desk.call(t, "POST", "/v1/sources", "application/json", body)
					mutex.Lock()
					if status == http.StatusCreated {
						ids = append(ids, idOf(t, text))
					} else {
						refused = append(refused, status)
					}
					mutex.Unlock()
					if status == http.StatusCreated || try > 0 && strings.Contains(text, "already_exists") {
						break
					}
					if try == 100 || status != http.StatusServiceUnavailable && status != http.StatusConflict {
						t.Errorf("a write is refused: %d %s", status, text)
						return
					}
					time.Sleep(100 * time.Millisecond)
				}
			}
		})
		using.Go(func() {
			for try := 0; ctx.Err() == nil; {
				status, _, text := desk.call(t, "GET", "/v1/claims?limit=50&include=standing,summary", "", "")
				if status == http.StatusOK {
					try = 0
					continue
				}
				if try++; try == 100 || status != http.StatusServiceUnavailable {
					t.Errorf("a read is refused: %d %s", status, text)
					return
				}
				time.Sleep(100 * time.Millisecond)
			}
		})
	}
	for _, to := range []*storetest.Cluster{workers[0], workers[1], workers[0]} {
		began := time.Now()
		ok(t, "desk", "move", "beth", "--to", to.HostPort(), "--database-url", database)
		t.Logf("moved in %s", time.Since(began).Round(time.Millisecond))
	}
	cancel()
	using.Wait()
	slices.Sort(refused)
	t.Logf("%d writes were acknowledged, and refused before they were tried again: %v", len(ids), refused)
	for _, id := range ids {
		if status, _, text := desk.call(t, "GET", "/v1/sources/"+id, "", ""); status != http.StatusOK {
			t.Errorf("lost: %d %s", status, text)
		}
	}
	wait(t, time.Minute, "the log", func() bool {
		return invoke(t, "verify", "--desk", "beth", "--database-url", database).code == 0
	})
	contains(t, ok(t, "verify", "--desk", "beth", "--database-url", database), "0 findings")
}
