package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater/internal/testenv"
)

// seen are the changes that a follower got, in the order in which they came.
type seen struct {
	mutex  sync.Mutex
	seqs   []int64
	things []string
}

func (s *seen) add(seq int64, thing string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.seqs, s.things = append(s.seqs, seq), append(s.things, thing)
}

// all gives what came so far.
func (s *seen) all() (seqs []int64, things []string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return slices.Clone(s.seqs), slices.Clone(s.things)
}

// has says how many different changes came.
func (s *seen) has() int {
	seqs, _ := s.all()
	slices.Sort(seqs)
	return len(slices.Compact(seqs))
}

// followedChange is what followers look at of a change.
type followedChange struct {
	Seq        int64
	ResourceID string `json:"resource_id"`
}

// followed is a service that is killed and started again, with what follows it.
type followed struct {
	now                       atomic.Pointer[service]
	stream, cursor, delivered seen
}

// followByStream reads the stream, and comes back with the last id whenever it ends.
func (f *followed) followByStream(ctx context.Context) {
	for last := "0"; ctx.Err() == nil; time.Sleep(50 * time.Millisecond) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, f.now.Load().url+"/v1/changes/stream", nil)
		if err != nil {
			return
		}
		request.Header.Set("Last-Event-ID", last)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			continue
		}
		lines := bufio.NewReader(response.Body)
		for id := ""; response.StatusCode == http.StatusOK; {
			line, err := lines.ReadString('\n')
			if err != nil {
				break
			}
			switch field, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": "); field {
			case "id":
				id = value
			case "data":
				var change followedChange
				if json.Unmarshal([]byte(value), &change) == nil {
					f.stream.add(change.Seq, change.ResourceID)
				}
			case "":
				last = id
			}
		}
		response.Body.Close()
	}
}

// followByCursor asks for page after page.
func (f *followed) followByCursor(ctx context.Context) {
	for cursor := ""; ctx.Err() == nil; time.Sleep(50 * time.Millisecond) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, f.now.Load().url+"/v1/changes?limit=500&cursor="+
			url.QueryEscape(cursor), nil)
		if err != nil {
			return
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			continue
		}
		var page struct {
			Items      []followedChange
			NextCursor string `json:"next_cursor"`
		}
		if json.NewDecoder(response.Body).Decode(&page) == nil && response.StatusCode == http.StatusOK {
			for _, change := range page.Items {
				f.cursor.add(change.Seq, change.ResourceID)
			}
			cursor = page.NextCursor
		}
		response.Body.Close()
	}
}

// ServeHTTP accepts what is delivered.
func (f *followed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var delivery struct{ Data followedChange }
	if err := json.NewDecoder(r.Body).Decode(&delivery); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	f.delivered.add(delivery.Data.Seq, delivery.Data.ResourceID)
}

// post sends a request until it is answered with success; match is the version that it changes, if any.
func (f *followed) post(ctx context.Context, path, media, body, key, match string) (answer string) {
	for ; ctx.Err() == nil; time.Sleep(100 * time.Millisecond) {
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, f.now.Load().url+path, strings.NewReader(body))
		if err != nil {
			return ""
		}
		request.Header.Set("Content-Type", media)
		request.Header.Set("Idempotency-Key", key)
		if match != "" {
			request.Header.Set("If-Match", match)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			continue
		}
		text, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err == nil && response.StatusCode/100 == 2 {
			return string(text)
		}
	}
	return ""
}

// leaveOpen leaves a transaction open in another database of the cluster.
func leaveOpen(t *testing.T, dir string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), "user=headwater dbname=postgres host="+filepath.Join(dir, "socket"))
	if err == nil {
		_, err = conn.Exec(t.Context(), "BEGIN; SELECT pg_current_xact_id()")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.WithoutCancel(t.Context())) })
}

// TestFollowersMissNothing: who follows by a stream and who does by a cursor gets each change once and in order, and a webhook at least
// once and in order for each thing, while service and database are killed again and again, an import is sent, and a transaction is left
// open in another database. With HEADWATER_LONG=1 they are killed 20 times, under an import of 50,000 lines.
func TestFollowersMissNothing(t *testing.T) {
	t.Parallel()
	rounds, lines := 2, 2_000
	if testenv.Long() {
		rounds, lines = 20, 50_000
	}
	dir, f := dataDir(t), &followed{}
	receiver := httptest.NewServer(f)
	defer receiver.Close()
	start := func() {
		s := startService(t, "--data-dir", dir, "--webhook-networks", "127.0.0.1")
		s.keepLog()
		f.now.Store(s)
		leaveOpen(t, dir)
	}
	start()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	writing, stopWriting := context.WithCancel(ctx)
	defer stopWriting()
	if made := f.post(ctx, "/v1/webhooks?after=0", "application/json", fmt.Sprintf(`{"url": %q, "kind": "change"}`, receiver.URL),
		"webhook", ""); !strings.Contains(made, "whsec_") {
		t.Fatal(made)
	}
	var often struct{ ID string } // changed again and again, so that there is an order of one thing
	source := f.post(ctx, "/v1/sources", "application/json", `{"kind": "outlet", "name": "Often"}`, "often", "")
	if err := json.Unmarshal([]byte(source), &often); err != nil {
		t.Fatal(source, err)
	}
	var following, writers sync.WaitGroup
	following.Go(func() { f.followByStream(ctx) })
	following.Go(func() { f.followByCursor(ctx) })
	var made atomic.Int64
	writers.Go(func() {
		for n := 0; writing.Err() == nil; n++ {
			body := fmt.Sprintf(`{"kind": "outlet", "key": "s%d", "name": "Source"}`, n)
			if f.post(writing, "/v1/sources", "application/json", body, "s"+strconv.Itoa(n), "") != "" {
				made.Add(1)
			}
			step := "/v1/sources/" + often.ID + "/" + [...]string{"retract", "restore"}[n%2]
			if f.post(writing, step, "", "", "often"+strconv.Itoa(n), fmt.Sprintf("%q", strconv.Itoa(n+1))) != "" {
				made.Add(1)
			}
		}
	})
	bundle := strings.Builder{}
	bundle.WriteString(`{"type":"bundle","format":"headwater-bundle/1","namespace":"https://followed.example/"}` + "\n")
	for n := range lines {
		fmt.Fprintf(&bundle, `{"type":"source","key":"s%d","kind":"person","name":"Source %d"}`+"\n", n, n)
	}
	imported := make(chan string, 1)
	writers.Go(func() { imported <- f.post(ctx, "/v1/imports", "application/x-ndjson", bundle.String(), "import", "") })
	for range rounds {
		before := made.Load()
		wait(t, longestRecovery, "writes before the kill", func() bool { return made.Load() > before+20 })
		s, database := f.now.Load(), postmaster(t, dir)
		if err := s.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Kill(database, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		s.end(t)
		start()
	}
	if answer := <-imported; !strings.Contains(answer, strconv.Itoa(lines)) {
		t.Errorf("the import: %s", answer)
	}
	stopWriting()
	writers.Wait()
	count := func() (last int) {
		var page struct{ Items []followedChange }
		_, body := f.now.Load().get(t, "/v1/changes?order=desc&limit=1")
		if err := json.Unmarshal([]byte(body), &page); err != nil || len(page.Items) == 0 {
			t.Fatal(body, err)
		}
		return int(page.Items[0].Seq)
	}
	// writes whose answer nobody got may have been made as well
	wait(t, longestRecovery, "the changes have their places", func() bool { return count() >= lines+int(made.Load()) })
	last := count()
	for name, follower := range map[string]*seen{"stream": &f.stream, "cursor": &f.cursor, "webhook": &f.delivered} {
		wait(t, 3*time.Minute+time.Duration(last)*20*time.Millisecond, fmt.Sprintf("the follower by %s has %d changes", name, last),
			func() bool { return follower.has() >= last })
	}
	stop()
	following.Wait()
	for name, follower := range map[string]*seen{"stream": &f.stream, "cursor": &f.cursor} {
		seqs, _ := follower.all()
		for i, seq := range seqs {
			if seq != int64(i)+1 {
				t.Fatalf("by %s, change %d comes as number %d", name, seq, i+1)
			}
		}
	}
	seqs, things := f.delivered.all()
	if n := len(slices.DeleteFunc(slices.Clone(things), func(thing string) bool { return thing != often.ID })); n <= 10*rounds {
		t.Errorf("of one thing came %d changes", n)
	}
	latest, again := map[string]int64{}, 0
	came := map[int64]bool{}
	for i, seq := range seqs {
		if came[seq] {
			again++
			continue
		}
		if came[seq] = true; seq < latest[things[i]] {
			t.Errorf("by webhook, change %d of %s comes after %d", seq, things[i], latest[things[i]])
		}
		latest[things[i]] = seq
	}
	t.Logf("%d changes, %d of them delivered again", last, again)
	f.now.Load().stop(t)
	mustNotRun(t, dir)
}
