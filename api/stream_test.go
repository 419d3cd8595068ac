package api_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/api"
	"github.com/headwater-project/headwater/internal/testenv"
)

// streamed is an event as a client reads it.
type streamed struct {
	id, kind, data string
}

// follower reads a stream.
type follower struct {
	t        *testing.T
	response *http.Response
	lines    *bufio.Reader
	place    string // the last id that came, with an event or without
}

func (s service) stream(query string, headers ...string) *follower {
	s.t.Helper()
	return s.open("/v1/changes/stream?"+query, headers...)
}

func (s service) open(path string, headers ...string) *follower {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.url+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header.Set("Accept-Encoding", "gzip") // which must not hold events back
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { response.Body.Close() })
	return &follower{t: s.t, response: response, lines: bufio.NewReader(response.Body)}
}

// next gives the next event; false where the stream ends.
func (f *follower) next() (event streamed, ok bool) {
	f.t.Helper()
	for {
		line, err := f.lines.ReadString('\n')
		if err != nil {
			return event, false
		}
		field, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch {
		case line == "\n" && event.data != "":
			event.id = f.place
			return event, true
		case field == "id":
			f.place = value
		case field == "event":
			event.kind = value
		case field == "data":
			event.data = value
		}
	}
}

// take gives so many events.
func (f *follower) take(n int) (events []streamed) {
	f.t.Helper()
	for range n {
		event, ok := f.next()
		if !ok {
			f.t.Fatalf("the stream ends after %d events of %d", len(events), n)
		}
		events = append(events, event)
	}
	return events
}

// waitForChanges waits until so many changes are listed, and gives them as JSON.
func (s service) waitForChanges(n int, query string) (changes []string) {
	s.t.Helper()
	for len(changes) < n {
		changes = nil
		for _, change := range s.items("/v1/changes?limit=1000&" + query) {
			changes = append(changes, encodedJSON(s.t, change))
		}
	}
	return changes
}

// TestStream: whoever follows gets each change once, in order and as the list has it, whether they are behind or not; filters and
// claims are as in the list; who comes back goes on where they were.
func TestStream(t *testing.T) {
	t.Parallel()
	s := serve(t, api.New(open(t), api.Options{Limits: api.Limits{Heartbeat: 50 * time.Millisecond}}))
	live := s.stream("") // from now on
	behind := s.stream("after=0")
	if header := behind.response.Header; header.Get("Content-Type") != "text/event-stream" || header.Get("Content-Encoding") != "" ||
		header.Get("X-Accel-Buffering") != "no" || header.Get("Cache-Control") != "no-store, no-transform" {
		t.Errorf("headers %v", header)
	}
	s.importFile("../testdata/demo.ndjson")
	list := s.waitForChanges(150, "")
	want := func(events []streamed) (got []string) {
		for _, event := range events {
			var change map[string]any
			if err := json.Unmarshal([]byte(event.data), &change); err != nil || event.kind != "change" ||
				strconv.FormatFloat(change["seq"].(float64), 'f', -1, 64) != event.id {
				t.Fatalf("%v %v", event, err)
			}
			got = append(got, encodedJSON(t, change))
		}
		return got
	}
	for name, f := range map[string]*follower{"live": live, "from the beginning": behind, "late": s.stream("after=0")} {
		if diff := cmp.Diff(list, want(f.take(len(list)))); diff != "" {
			t.Errorf("%s (-list +stream):\n%s", name, diff)
		}
	}
	for _, query := range []string{"resource=link", "operation=create&resource=claim&actor=anonymous", "include=claims&resource=source",
		"include=claims&resource=relation"} {
		filtered := s.waitForChanges(1, strings.Replace(query, "include=claims&", "", 1))
		if strings.HasPrefix(query, "include") {
			filtered = nil
			for _, change := range s.items("/v1/changes?limit=100&" + query) {
				filtered = append(filtered, encodedJSON(t, change))
			}
			if !slices.ContainsFunc(filtered, func(change string) bool { return strings.Contains(change, `"claims":["`) }) {
				t.Errorf("%s names no claims: %s", query, filtered)
			}
		}
		n := min(len(filtered), 100)
		if diff := cmp.Diff(filtered[:n], want(s.stream("after=0&"+query).take(n))); diff != "" {
			t.Errorf("%s (-list +stream):\n%s", query, diff)
		}
	}
	half := len(list) / 2
	if diff := cmp.Diff(list[half:], want(s.stream("after=3", "Last-Event-ID", fmt.Sprint(half)).take(len(list)-half))); diff != "" {
		t.Errorf("back after %d (-list +stream):\n%s", half, diff)
	}
	if diff := cmp.Diff(list[half:], encodedAll(t, s.items(fmt.Sprintf("/v1/changes?limit=1000&after=%d", half)))); diff != "" {
		t.Errorf("the list after %d:\n%s", half, diff)
	}
	rare := s.stream("after=0&actor=nobody")
	for rare.place != fmt.Sprint(len(list)) { // heartbeats say up to where there is nothing
		if _, err := rare.lines.Peek(1); err != nil {
			t.Fatal(err)
		}
		line, err := rare.lines.ReadString('\n')
		if id, is := strings.CutPrefix(line, "id: "); is {
			rare.place = strings.TrimSpace(id)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, refused := range []string{"after=" + fmt.Sprint(len(list)+1), "after=-1", "after=x", "resource=rumour", "include=all"} {
		if status, _, problem := s.call("GET", "/v1/changes/stream?"+refused, ""); status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %v", refused, status, problem)
		}
	}
	for order, beyond := range map[string]int{"asc": 1, "desc": 2} { // before the next place are all
		path := fmt.Sprintf("/v1/changes?order=%s&after=%d", order, len(list)+beyond)
		if status, _, problem := s.call("GET", path, ""); status != http.StatusUnprocessableEntity ||
			!strings.Contains(fmt.Sprint(problem), "/after") {
			t.Errorf("%s, beyond the order: %d %v", path, status, problem)
		}
	}
	if status, _, problem := s.call("GET", "/v1/changes?include=claims&limit=101", ""); status != http.StatusUnprocessableEntity {
		t.Errorf("too many changes with claims: %d %v", status, problem)
	}
}

// TestStandingStream: whoever follows how claims stand gets each entry once, in order and as the list has it, also one who comes back
// to another service of the same database.
func TestStandingStream(t *testing.T) {
	t.Parallel()
	database := open(t)
	s := serve(t, api.New(database, api.Options{}))
	live := s.open("/v1/standings/stream")
	s.importFile("../testdata/demo.ndjson")
	s.waitForChanges(150, "")
	settle(t, database)
	toll := headwater.NamespaceOf("https://headwater.example/demo").ID(headwater.ResourceClaim, "toll-31").String()
	status, _, problem := s.call("POST", "/v1/claims/"+toll+"/retract", "", "If-Match", "*")
	if status != http.StatusOK {
		t.Fatalf("%d %v", status, problem)
	}
	settle(t, database)
	list := encodedAll(t, s.items("/v1/standings/changes?limit=1000"))
	want := func(events []streamed) (got []string) {
		for _, event := range events {
			var entry map[string]any
			if err := json.Unmarshal([]byte(event.data), &entry); err != nil || event.kind != "standing" ||
				strconv.FormatFloat(entry["seq"].(float64), 'f', -1, 64) != event.id {
				t.Fatalf("%v %v", event, err)
			}
			got = append(got, encodedJSON(t, entry))
		}
		return got
	}
	for name, f := range map[string]*follower{"live": live, "late": s.open("/v1/standings/stream?after=0")} {
		if diff := cmp.Diff(list, want(f.take(len(list)))); diff != "" {
			t.Errorf("%s (-list +stream):\n%s", name, diff)
		}
	}
	of := s.items("/v1/standings/changes?claim=" + toll)
	if last := of[len(of)-1].(map[string]any); len(of) < 2 || last["after"] != nil || last["before"] == nil {
		t.Errorf("of a claim that was retracted: %v", of)
	}
	if diff := cmp.Diff(encodedAll(t, of), want(s.open("/v1/standings/stream?after=0&claim="+toll).take(len(of)))); diff != "" {
		t.Errorf("of one claim (-list +stream):\n%s", diff)
	}
	other, half := serve(t, api.New(database, api.Options{})), len(list)/2
	back := other.open("/v1/standings/stream", "Last-Event-ID", fmt.Sprint(half))
	if diff := cmp.Diff(list[half:], want(back.take(len(list)-half))); diff != "" {
		t.Errorf("back after %d (-list +stream):\n%s", half, diff)
	}
	for _, refused := range []string{fmt.Sprint("stream?after=", len(list)+1), fmt.Sprint("changes?after=", len(list)+1), "stream?after=-1",
		"stream?claim=x"} {
		if status, _, problem := s.call("GET", "/v1/standings/"+refused, ""); status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %v", refused, status, problem)
		}
	}
}

func encodedAll(t *testing.T, items []any) (texts []string) {
	for _, item := range items {
		texts = append(texts, encodedJSON(t, item))
	}
	return texts
}

// TestStreamsEnd: when the key is revoked, when the service stops, after the longest time; and there are no more than there may be.
func TestStreamsEnd(t *testing.T) {
	t.Parallel()
	stopping := make(chan struct{})
	database := open(t)
	s := serve(t, api.New(database, api.Options{Stopping: stopping,
		Limits: api.Limits{Streams: 2, Concurrent: 1, Heartbeat: 20 * time.Millisecond}}))
	_, _, admin := s.call("POST", "/v1/keys", `{"name": "admin", "scopes": ["admin"]}`)
	as := []string{"Authorization", "Bearer " + admin["token"].(string)}
	_, _, key := s.call("POST", "/v1/keys", `{"name": "follower", "scopes": ["read"]}`, as...)
	revoked := s.stream("resource=source", "Authorization", "Bearer "+key["token"].(string))
	stopped := s.stream("resource=source", as...) // and not of the keys that are made and revoked here
	if status, header, problem := s.call("GET", "/v1/changes/stream", "", as...); status != http.StatusServiceUnavailable ||
		header.Get("Retry-After") == "" {
		t.Errorf("a third stream: %d %v %v", status, header, problem)
	}
	if status, _, problem := s.call("POST", "/v1/keys/"+key["id"].(string)+"/revoke", "", as...); status != http.StatusOK {
		t.Fatalf("%d %v: streams take the places of requests", status, problem)
	}
	if event, ok := revoked.next(); ok {
		t.Errorf("a revoked key gets %v", event)
	}
	status, _, _ := s.call("POST", "/v1/sources", `{"kind": "outlet", "name": "A"}`, as...)
	if event, ok := stopped.next(); status != http.StatusCreated || !ok {
		t.Errorf("%d %v", status, event)
	}
	close(stopping)
	if event, ok := stopped.next(); ok {
		t.Errorf("a service that stops sends %v", event)
	}
	short := serve(t, api.New(database, api.Options{Limits: api.Limits{StreamTime: 50 * time.Millisecond}}))
	if event, ok := short.stream("", as...).next(); ok {
		t.Errorf("a stream that must end sends %v", event)
	}
}

// TestSlowFollowers: a follower that takes nothing is cut off, and another one gets all that there is meanwhile.
func TestSlowFollowers(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(api.New(open(t), api.Options{Limits: api.Limits{Stall: 300 * time.Millisecond, Streams: 1}}))
	t.Cleanup(server.Close)
	s := service{t, server.URL}
	slow := dial(t, server, "GET /v1/changes/stream?after=0 HTTP/1.1\nHost: localhost\n\n")
	defer slow.Close()
	if _, err := bufio.NewReader(slow).ReadString('\n'); err != nil { // its place is taken
		t.Fatal(err)
	}
	lines := []string{`{"type":"bundle","format":"headwater-bundle/1","namespace":"https://headwater.example/slow"}`}
	notes := strings.Repeat("x", 9_000)
	for n := range 1_600 { // more than sockets hold
		lines = append(lines, fmt.Sprintf(`{"type": "source", "key": "s%d", "kind": "outlet", "name": "A", "notes": %q}`, n, notes))
	}
	status, _, problem := s.call("POST", "/v1/imports", strings.Join(lines, "\n"), "Content-Type", "application/x-ndjson")
	if status != http.StatusOK {
		t.Fatalf("%d %v", status, problem)
	}
	for began := time.Now(); ; time.Sleep(50 * time.Millisecond) { // its place is free again
		f := s.stream("after=0")
		if f.response.StatusCode == http.StatusOK {
			f.take(1_600)
			return
		}
		if time.Since(began) > time.Minute {
			t.Fatal("the slow follower holds its place")
		}
	}
}

// TestManyFollowers: none of many followers is more than two seconds behind.
func TestManyFollowers(t *testing.T) {
	t.Parallel()
	followers, changes := 40, 5
	if testenv.Long() {
		followers, changes = 1_000, 20
	}
	s := serve(t, api.New(open(t), api.Options{Limits: api.Limits{Streams: followers}}))
	var reading sync.WaitGroup
	var mutex sync.Mutex
	var slowest time.Duration
	for range followers {
		f := s.stream("")
		reading.Go(func() {
			for range changes {
				event, ok := f.next()
				came := time.Now()
				var change struct{ At time.Time }
				if err := json.Unmarshal([]byte(event.data), &change); err != nil || !ok {
					t.Error(event, err)
					return
				}
				mutex.Lock()
				slowest = max(slowest, came.Sub(change.At))
				mutex.Unlock()
			}
		})
	}
	for n := range changes {
		if status, _, problem := s.call("POST", "/v1/sources", fmt.Sprintf(`{"kind": "outlet", "name": "A%d"}`, n)); status != 201 {
			t.Fatalf("%d %v", status, problem)
		}
		time.Sleep(20 * time.Millisecond)
	}
	reading.Wait()
	t.Logf("the slowest of %d followers was %v behind", followers, slowest)
	if most := 2 * time.Second; slowest > most && testenv.Long() {
		t.Errorf("a follower was %v behind; expected %v at most", slowest, most)
	}
}

// TestReasonsInAnyScript: a reason comes as it is or as RFC 8187 has it, and is kept in its own letters.
func TestReasonsInAnyScript(t *testing.T) {
	t.Parallel()
	s := start(t)
	n := 0
	for written, want := range map[string]string{
		"Two spellings.":                           "Two spellings.",
		"it's one o'clock":                         "it's one o'clock",
		"UTF-8''%D8%AE%D8%B7%D8%A3":                "خطأ",
		"utf-8'ar'%D8%AE%D8%B7%D8%A3%20a+b":        "خطأ a+b",
		"UTF-8''" + strings.Repeat("%D8%AE", 1000): strings.Repeat("خ", 1000),
	} {
		// names that nothing else has: two of one name would be proposed to be one, which is a change too
		status, _, made := s.call("POST", "/v1/sources", `{"kind": "outlet", "name": "`+uuid.NewString()+`"}`, "X-Change-Reason", written)
		if status != http.StatusCreated {
			t.Fatalf("%s: %d %v", written, status, made)
		}
		n++
		s.waitForChanges(n, "")
		if change := s.items("/v1/changes?resource_id=" + made["id"].(string))[0].(map[string]any); change["reason"] != want {
			t.Errorf("%s is kept as %v", written, change["reason"])
		}
	}
	reason := func(path, body string) any {
		t.Helper()
		status, header, answer := s.call("POST", path, body, "X-Change-Reason", "of the header", "If-Match", "*", "Prefer", "wait=sealed")
		if status != http.StatusOK {
			t.Fatal(status, answer)
		}
		group := header.Get("X-Headwater-Group")
		for {
			if changes := s.items("/v1/changes?group=" + group); len(changes) > 0 {
				return changes[0].(map[string]any)["reason"]
			}
		}
	}
	_, _, one := s.call("POST", "/v1/sources", `{"kind": "outlet", "name": "One"}`)
	_, header, other := s.call("POST", "/v1/sources", `{"kind": "outlet", "name": "Another"}`)
	merge := "/v1/sources/" + one["id"].(string) + "/merge"
	into := `{"into": "` + other["id"].(string) + `", "reason": "`
	if got := reason(merge, into+`خطأ"}`); got != "خطأ" {
		t.Errorf("the reason of a merger is %v", got)
	}
	if got := reason("/v1/sources/"+one["id"].(string)+"/unmerge", ""); got != "of the header" {
		t.Errorf("the reason of a step is %v", got)
	}
	group := `{"group": "` + header.Get("X-Headwater-Group") + `", "reason": "`
	for path, body := range map[string]string{merge: into + `a\nb"}`, "/v1/changes/undo": group + `a\u202eb"}`} {
		status, _, problem := s.call("POST", path, body, "If-Match", "*")
		if status != http.StatusUnprocessableEntity || !strings.Contains(fmt.Sprint(problem), "/reason") {
			t.Errorf("%s: %d %v", body, status, problem)
		}
	}
	if got := reason("/v1/changes/undo", group+`الاسم مكرر"}`); got != "الاسم مكرر" {
		t.Errorf("the reason of an undo is %v", got)
	}
	for _, refused := range []string{"UTF-8''%D8", "UTF-8''%zz", "UTF-8''a%0Ab", "UTF-8''%00", "UTF-8''" + strings.Repeat("%D8%AE", 1001),
		strings.Repeat("x", 1001), "UTF-8''%E2%80%AE"} {
		status, _, problem := s.call("POST", "/v1/sources", `{"kind": "outlet", "name": "A"}`, "X-Change-Reason", refused)
		if text := fmt.Sprint(problem); status != http.StatusUnprocessableEntity || !strings.Contains(text, "/X-Change-Reason") {
			t.Errorf("%.20s: %d %s", refused, status, text)
		}
	}
}
