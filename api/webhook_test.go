package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/api"
	"github.com/headwater-project/headwater/events"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/storetest"
)

// delivered are the bodies that a receiver got.
type delivered struct {
	mutex  sync.Mutex
	bodies []map[string]any
}

func (d *delivered) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(r.Body)
	var body map[string]any
	if err == nil {
		err = json.Unmarshal(text, &body)
	}
	if err != nil {
		panic(err)
	}
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.bodies = append(d.bodies, body)
}

// wait waits for so many bodies of a type.
func (d *delivered) wait(t *testing.T, kind string, n int) (bodies []map[string]any) {
	t.Helper()
	for start := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		d.mutex.Lock()
		bodies = slices.DeleteFunc(slices.Clone(d.bodies), func(b map[string]any) bool { return b["type"] != kind })
		d.mutex.Unlock()
		if len(bodies) >= n {
			return bodies
		}
		if time.Since(start) > time.Minute {
			t.Fatalf("%d deliveries of %s, not %d", len(bodies), kind, n)
		}
	}
}

// TestWebhooks: changes and changes of standings arrive, without words, from where a webhook begins; what is deleted gets nothing.
func TestWebhooks(t *testing.T) {
	t.Parallel()
	st := open(t)
	here := events.NewWebhooks(make(events.WebhookKey, 32), events.Networks{Allowed: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	s := serve(t, api.New(st, api.Options{Webhooks: here}))
	ctx, stop := context.WithCancel(t.Context())
	var working sync.WaitGroup
	working.Go(func() { here.Deliver(ctx, st, api.WebhookMessages(st)) })
	t.Cleanup(func() { stop(); working.Wait() })
	s.importFile("../testdata/demo.ndjson")
	s.waitForChanges(150, "")
	settle(t, st)

	var got delivered
	receiver := httptest.NewServer(&got)
	defer receiver.Close()
	make := func(kind, query string) string {
		status, header, made := s.call("POST", "/v1/webhooks"+query, fmt.Sprintf(`{"url": %q, "kind": %q}`, receiver.URL, kind))
		if status != http.StatusCreated || header.Get("Cache-Control") != "no-store" ||
			!strings.HasPrefix(made["secret"].(string), "whsec_") {
			t.Fatal(status, header, made)
		}
		return made["id"].(string)
	}
	last, err := st.LastSeq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	changes := make("change", "?after=0")
	for i, body := range got.wait(t, "change", int(last)) {
		if data := body["data"].(map[string]any); data["resource_id"] == nil || data["state"] != nil || data["actor"] != nil ||
			data["reason"] != nil {
			t.Fatalf("%d: %v", i, body)
		}
	}
	standings := make("standing", "")
	claim := s.items("/v1/claims?key=toll-31")[0].(map[string]any)["id"].(string)
	if status, _, answer := s.call("POST", "/v1/claims/"+claim+"/retract", "", "If-Match", "*"); status != http.StatusOK {
		t.Fatal(status, answer)
	}
	got.wait(t, "change", int(last)+1)
	settle(t, st)
	body := slices.IndexFunc(got.wait(t, "standing", 1), func(b map[string]any) bool {
		data := b["data"].(map[string]any)
		return data["claim"] == claim && data["before"] != nil && data["after"] == nil
	})
	if body < 0 {
		t.Errorf("the claim that was retracted is not among %v", got.bodies[last:])
	}
	for _, id := range []string{changes, standings} {
		if status, _, text := s.send("DELETE", "/v1/webhooks/"+id, ""); status != http.StatusNoContent {
			t.Errorf("%d %s", status, text)
		}
	}
	if left := s.items("/v1/webhooks"); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// TestBadWebhooks: what cannot be a webhook is named, and nothing is changed.
func TestBadWebhooks(t *testing.T) {
	t.Parallel()
	s := start(t)
	without := serve(t, api.New(open(t), api.Options{}))
	status, _, made := s.call("POST", "/v1/webhooks", `{"url": "https://desk.example/a", "kind": "change"}`)
	if status != http.StatusCreated {
		t.Fatal(status, made)
	}
	before := fmt.Sprint(s.items("/v1/webhooks"))
	for name, c := range map[string]struct {
		service    service
		path, body string
		status     int
		want       []string
	}{
		"a private address": {s, "", `{"url": "https://10.0.0.1/", "kind": "change"}`, 422, []string{"/url out_of_range"}},
		"loopback, in IPv6": {s, "", `{"url": "https://[::1]:8080/", "kind": "change"}`, 422, []string{"/url out_of_range"}},
		"metadata":          {s, "", `{"url": "https://169.254.169.254/latest", "kind": "change"}`, 422, []string{"/url out_of_range"}},
		"no TLS":            {s, "", `{"url": "http://desk.example/", "kind": "change"}`, 422, []string{"/url out_of_range"}},
		"all at once": {s, "?after=-1", `{"url": "ftp://desk.example/", "kind": "changes"}`, 422,
			[]string{"/after out_of_range", "/kind not_one_of", "/url bad_format"}},
		"a password": {s, "", `{"url": "https://a:b@desk.example/", "kind": "change"}`, 422, []string{"/url bad_format"}},
		"a fragment": {s, "", `{"url": "https://desk.example/#a", "kind": "change"}`, 422, []string{"/url bad_format"}},
		"no port":    {s, "", `{"url": "https://desk.example:99999/", "kind": "change"}`, 422, []string{"/url bad_format"}},
		"an unknown field": {s, "", `{"url": "https://desk.example/", "kind": "change", "secret": "x"}`, 422,
			[]string{"/secret unknown_field"}},
		"a place beyond": {s, "?after=1000000", `{"url": "https://desk.example/", "kind": "change"}`, 422,
			[]string{"/after out_of_range"}},
		"the same twice":    {s, "", `{"url": "https://desk.example/a", "kind": "change"}`, 409, nil},
		"no key":            {without, "", `{"url": "https://desk.example/", "kind": "change"}`, 409, nil},
		"to a place beyond": {s, "/" + made["id"].(string) + "/enable?after=1000000", "", 422, []string{"/after out_of_range"}},
		"an unknown one":    {s, "/" + uuid.NewString() + "/rotate", "", 404, nil},
	} {
		status, _, answer := c.service.call("POST", "/v1/webhooks"+c.path, c.body)
		var faults []string
		list, _ := answer["errors"].([]any)
		for _, fault := range list {
			faults = append(faults, fmt.Sprint(fault.(map[string]any)["pointer"], " ", fault.(map[string]any)["code"]))
		}
		slices.Sort(faults)
		if status != c.status || !slices.Equal(faults, c.want) {
			t.Errorf("%s: %d %v", name, status, answer)
		}
	}
	if after := fmt.Sprint(s.items("/v1/webhooks")); after != before {
		t.Errorf("it was %s, and is %s", before, after)
	}
	for n := range 99 {
		s.call("POST", "/v1/webhooks", fmt.Sprintf(`{"url": "https://desk.example/%d", "kind": "change"}`, n))
	}
	if status, _, answer := s.call("POST", "/v1/webhooks",
		`{"url": "https://desk.example/last", "kind": "change"}`); status != http.StatusConflict {
		t.Errorf("one more than there may be: %d %v", status, answer)
	}
}

// TestLeasesOfWebhooks: a webhook is one service's at a time; what comes after its lease is not noted; one that fails for days is disabled,
// says so, and can be enabled again; and so is one whose key is lost.
func TestLeasesOfWebhooks(t *testing.T) {
	t.Parallel()
	s, ctx := open(t), t.Context()
	key, other := make(events.WebhookKey, 32), events.WebhookKey(strings.Repeat("x", 32))
	by := store.Authorship{Actor: "cli:tester"}
	if _, err := s.CreateSource(ctx, by, "", headwater.SourceFields{Kind: headwater.Outlet, Name: "Herald"}); err != nil {
		t.Fatal(err)
	}
	if _, err := storetest.Sequence(ctx, s, s.Pool); err != nil {
		t.Fatal(err)
	}
	beginning := int64(0)
	made, err := s.CreateWebhook(ctx, by, headwater.WebhookFields{URL: "https://desk.example/", Kind: headwater.WebhookChange},
		&beginning, key)
	if err != nil {
		t.Fatal(err)
	}
	lease := func(lasting time.Duration) []headwater.LeasedWebhook {
		t.Helper()
		leased, err := s.LeaseWebhooks(ctx, key.Name(), 10, lasting)
		if err != nil {
			t.Fatal(err)
		}
		return leased
	}
	state := func() headwater.Webhook {
		t.Helper()
		webhook, err := s.Webhook(ctx, made.ID, key)
		if err != nil {
			t.Fatal(err)
		}
		return webhook
	}
	late := lease(0)
	first := lease(time.Minute)
	if again := lease(time.Minute); len(late) != 1 || len(first) != 1 || len(again) != 0 {
		t.Fatalf("leased %v, %v, and again %v", late, first, again)
	}
	settle := func(leased headwater.LeasedWebhook, d headwater.Delivered) string {
		t.Helper()
		d.Ahead = []int64{}
		disabled, err := s.SettleWebhook(ctx, leased, d)
		if err != nil {
			t.Fatal(err)
		}
		return disabled
	}
	settle(late[0], headwater.Delivered{After: 1, Progress: true})
	if now := state(); now.After != 0 {
		t.Errorf("what came after the lease was noted: %+v", now)
	}
	if _, err := s.EnableWebhook(ctx, by, made.ID, &beginning, key, 2*time.Minute); err != nil || len(lease(time.Minute)) != 0 {
		t.Errorf("enabled while somebody delivers to it, it is another's at once: %v", err)
	}
	settle(first[0], headwater.Delivered{After: 1, Progress: true})
	if now := state(); now.After != 0 {
		t.Errorf("what was delivered before it was told to begin elsewhere was noted: %+v", now)
	}
	if _, err := s.Pool.Exec(ctx, "UPDATE webhooks SET next_at = now()"); err != nil { // the lease has ended
		t.Fatal(err)
	}
	first = lease(time.Minute)
	settle(first[0], headwater.Delivered{Failure: "503", Wait: time.Hour})
	if now := state(); now.FailingSince == nil || now.LastFailure != "503" || now.NextAt == nil || now.DisabledAt != nil ||
		len(lease(0)) > 0 {
		t.Errorf("after a failure: %+v", now)
	}
	if _, err := s.Pool.Exec(ctx, "UPDATE webhooks SET failing_since = now() - interval '73 hours', next_at = now()"); err != nil {
		t.Fatal(err)
	}
	if disabled := settle(lease(time.Minute)[0], headwater.Delivered{Failure: "503", Wait: time.Hour}); disabled == "" {
		t.Error("it is not disabled after 3 days")
	}
	if now := state(); now.DisabledAt == nil || now.DisabledBecause != "no delivery was accepted for 3 days" || len(lease(0)) > 0 {
		t.Errorf("after 3 days: %+v", now)
	}
	for range 2 { // the second time nothing is altered
		now, err := s.DisableWebhook(ctx, by, made.ID, key)
		if err != nil || now.DisabledAt == nil || len(lease(time.Minute)) != 0 {
			t.Errorf("disabled by hand: %+v %v", now, err)
		}
	}
	if _, err := s.DisableWebhook(ctx, by, headwater.NewID(), key); headwater.CodeOf(err) != headwater.CodeNotFound {
		t.Errorf("a webhook that there is not: %v", err)
	}
	if now, err := s.EnableWebhook(ctx, by, made.ID, nil, key, time.Minute); err != nil || now.DisabledAt != nil ||
		now.FailingSince != nil {
		t.Errorf("enabled: %+v %v", now, err)
	}
	if accepted := lease(time.Minute); len(accepted) != 1 {
		t.Error("it is not delivered to after it was enabled")
	} else if settle(accepted[0], headwater.Delivered{After: 1, Progress: true}); state().After != 1 || len(lease(0)) > 0 {
		t.Errorf("after all was delivered: %+v", state())
	}
	if n, err := s.DisableOtherWebhooks(ctx, other.Name()); err != nil || n != 1 || state().DisabledAt == nil {
		t.Errorf("%d %v with another key: %+v", n, err, state())
	}
	if _, err := s.EnableWebhook(ctx, by, made.ID, nil, other, time.Minute); headwater.CodeOf(err) != headwater.CodeConflict {
		t.Errorf("enabled with another key: %v", err)
	}
	rotated, err := s.RotateWebhook(ctx, by, made.ID, other)
	if err != nil || rotated.Secret == made.Secret || rotated.FormerUntil != nil {
		t.Errorf("rotated to another key: %+v %v", rotated, err)
	}
	if rotated, err = s.RotateWebhook(ctx, by, made.ID, other); err != nil || rotated.FormerUntil == nil {
		t.Errorf("rotated: %+v %v", rotated, err)
	}
}
