package events_test

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/events"
)

// TestStandardWebhooks holds signatures to the vectors of the Standard Webhooks libraries.
func TestStandardWebhooks(t *testing.T) {
	t.Parallel()
	const id, body = "msg_p5jXN8AQM9LWM0D4loKWxJek", `{"test": 2432232314}`
	at := time.Unix(1614265330, 0)
	decoded := func(text string) []byte {
		t.Helper()
		out, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	symmetric := events.SignSymmetric(decoded("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), id, at, []byte(body))
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; symmetric != want {
		t.Errorf("%s, want %s", symmetric, want)
	}
	private := ed25519.NewKeyFromSeed(decoded("VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk="))
	asymmetric := events.SignAsymmetric(private, id, at, []byte(body))
	if want := "v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag=="; asymmetric != want {
		t.Errorf("%s, want %s", asymmetric, want)
	}
}

// TestWebhookKeys: secrets are of the sizes that the standard has, differ, and are the same each time.
func TestWebhookKeys(t *testing.T) {
	t.Parallel()
	key, err := events.ReadWebhookKey(events.NewWebhookKey() + "\n")
	if err != nil {
		t.Fatal(err)
	}
	first := headwater.WebhookSecret{Webhook: uuid.New(), Number: 1}
	second, other := first, headwater.WebhookSecret{Webhook: uuid.New(), Number: 1}
	second.Number = 2
	seen := map[string]bool{}
	for _, of := range []headwater.WebhookSecret{first, second, other} {
		for prefix, text := range map[string]string{"whsec_": key.Secret(of), "whpk_": key.PublicKey(of)} {
			rest, ok := strings.CutPrefix(text, prefix)
			if raw, err := base64.StdEncoding.DecodeString(rest); !ok || err != nil || len(raw) != 32 || seen[rest] {
				t.Errorf("%s: %v", text, err)
			}
			seen[rest] = true
		}
	}
	if once, again := key.Secret(first), key.Secret(first); once != again || key.Name() == "" {
		t.Error("a secret differs from itself")
	}
	for _, bad := range []string{"", "x", base64.StdEncoding.EncodeToString(make([]byte, 31))} {
		if _, err := events.ReadWebhookKey(bad); err == nil {
			t.Errorf("%q is taken for a key", bad)
		}
	}
}

// TestPublicAddresses: what is not for everybody is refused, in each of the forms that lead there.
func TestPublicAddresses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"127.0.0.1", "127.255.255.255", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255",
		"192.168.1.1", "169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.8", "192.88.99.1", "198.18.0.1", "224.0.0.1",
		"239.1.1.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "fe80::1",
		"fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "fec0::1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001::1",
		"100::1"} {
		if err := (events.Networks{}).Check(t.Context(), "https://"+hostOf(text)+"/"); headwater.CodeOf(err) != headwater.CodeInvalid {
			t.Errorf("%s is taken: %v", text, err)
		}
	}
	for _, text := range []string{"1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:1.1.1.1"} {
		if err := (events.Networks{}).Check(t.Context(), "https://"+hostOf(text)+"/"); err != nil {
			t.Errorf("%s is refused: %v", text, err)
		}
		if err := (events.Networks{}).Check(t.Context(), "http://"+hostOf(text)+"/"); headwater.CodeOf(err) != headwater.CodeInvalid {
			t.Errorf("%s is taken without TLS: %v", text, err)
		}
	}
	allowed := events.Networks{Allowed: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
	if err := allowed.Check(t.Context(), "http://[::ffff:127.0.0.1]:8080/"); err != nil {
		t.Error(err)
	}
	mixed := events.Networks{Lookup: func(context.Context, string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("1.1.1.1"), netip.MustParseAddr("10.0.0.1")}, nil
	}}
	if err := mixed.Check(t.Context(), "https://desk.example/"); headwater.CodeOf(err) != headwater.CodeInvalid {
		t.Errorf("a name with one private address is taken: %v", err)
	}
}

func hostOf(text string) string {
	if strings.Contains(text, ":") {
		return "[" + strings.ReplaceAll(text, "%", "%25") + "]"
	}
	return text
}

// queue is a [events.WebhookQueue] of one webhook in memory.
type queue struct {
	mutex   sync.Mutex
	webhook headwater.LeasedWebhook
	last    int64
	settled []headwater.Delivered
	leased  bool
	ended   bool // disabled, or waits after a failure
}

func (q *queue) DisableOtherWebhooks(context.Context, string) (int, error) { return 0, nil }

func (q *queue) LeaseWebhooks(context.Context, string, int, time.Duration) ([]headwater.LeasedWebhook, error) {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	if q.leased || q.ended || q.webhook.After >= q.last {
		return nil, nil
	}
	q.leased = true
	return []headwater.LeasedWebhook{q.webhook}, nil
}

func (q *queue) SettleWebhook(_ context.Context, _ headwater.LeasedWebhook, d headwater.Delivered) (string, error) {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	q.leased, q.settled = false, append(q.settled, d)
	q.webhook.After, q.webhook.Ahead = d.After, d.Ahead
	q.ended = d.Disable != "" || d.Wait > 0
	return d.Disable, nil
}

// settledOnce waits for what became of the first deliveries, or of all.
func (q *queue) wait(t *testing.T, done func() bool) {
	t.Helper()
	for start := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		q.mutex.Lock()
		is := done()
		q.mutex.Unlock()
		if is {
			return
		}
		if time.Since(start) > 30*time.Second {
			t.Fatalf("not after 30 seconds: %+v", q.settled)
		}
	}
}

// things are the ids of two things that are changed in turn.
var things = [2]uuid.UUID{uuid.New(), uuid.New()}

// messages are those of an order of changes to two things.
func messages(_ context.Context, after int64, limit int) (list []events.Message, err error) {
	for seq := after + 1; len(list) < limit && seq <= 200; seq++ {
		list = append(list, events.Message{Seq: seq, At: time.UnixMicro(seq), Thing: things[seq%2], Body: []byte(fmt.Sprint(seq))})
	}
	return list, nil
}

var loopback = events.Networks{Allowed: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}

// deliver delivers to a receiver until the test ends.
func deliver(t *testing.T, q *queue, networks events.Networks, read events.WebhookMessages) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	var working sync.WaitGroup
	working.Go(func() {
		events.NewWebhooks(make(events.WebhookKey, 32), networks).Deliver(ctx, q,
			map[headwater.WebhookKind]events.WebhookMessages{headwater.WebhookChange: read})
	})
	t.Cleanup(func() { stop(); working.Wait() })
}

func queueOf(url string) *queue {
	return &queue{last: 200, webhook: headwater.LeasedWebhook{ID: uuid.New(), URL: url, Kind: headwater.WebhookChange, Secret: 2,
		Former: true, Ahead: []int64{}}}
}

// TestDeliveries: each message comes, those about one thing in their order also where one of them is refused at first, and all of them
// signed with both secrets.
func TestDeliveries(t *testing.T) {
	t.Parallel()
	var mutex sync.Mutex
	var got []int64
	ids, refused := map[string]bool{}, false
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mutex.Lock()
		defer mutex.Unlock()
		body, _ := io.ReadAll(r.Body)
		seq, err := strconv.ParseInt(string(body), 10, 64)
		if signatures := strings.Fields(r.Header.Get("Webhook-Signature")); err != nil || len(signatures) != 4 {
			t.Errorf("%s: %v", body, signatures)
		}
		if seq == 40 && !refused {
			refused = true
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		got = append(got, seq)
		ids[r.Header.Get("Webhook-Id")] = true
	}))
	defer receiver.Close()
	q := queueOf(receiver.URL)
	deliver(t, q, loopback, messages)
	q.wait(t, func() bool { return q.ended })
	q.mutex.Lock()
	failed := q.settled[len(q.settled)-1]
	if failed.Failure != "500 Internal Server Error" || failed.After >= 40 || slices.Contains(failed.Ahead, 40) || !failed.Progress {
		t.Errorf("after a failure: %+v", failed)
	}
	q.ended = false // it has waited
	q.mutex.Unlock()
	q.wait(t, func() bool { return q.webhook.After == 200 })
	mutex.Lock()
	defer mutex.Unlock()
	for n := range int64(2) {
		of := slices.DeleteFunc(slices.Clone(got), func(seq int64) bool { return seq%2 != n })
		if len(of) != 100 || !slices.IsSorted(of) {
			t.Errorf("of one thing came %v", of)
		}
	}
	if len(ids) != 200 {
		t.Errorf("%d ids of 200 messages", len(ids))
	}
}

// TestOneLease: what is waiting is delivered part after part, without a lease for each.
func TestOneLease(t *testing.T) {
	t.Parallel()
	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer receiver.Close()
	q := queueOf(receiver.URL)
	deliver(t, q, loopback, messages)
	q.wait(t, func() bool { return q.webhook.After == 200 })
	if len(q.settled) != 1 {
		t.Errorf("%d leases: %+v", len(q.settled), q.settled)
	}
}

// TestRefusedDeliveries: what a receiver may not do is a failure that says why, and leads nowhere else.
func TestRefusedDeliveries(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") }))
	defer elsewhere.Close()
	for name, c := range map[string]struct {
		networks events.Networks
		answer   http.HandlerFunc
		failure  string
		disable  bool
		atLeast  time.Duration
	}{
		"an address that is not allowed": {events.Networks{}, func(http.ResponseWriter, *http.Request) { t.Error("it was dialed") },
			"not public", false, 0},
		"a redirect": {loopback, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		},
			"307 Temporary Redirect", false, 0},
		"gone": {loopback, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) }, "410 Gone", true, 0},
		"not yet": {loopback, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "90000000")
			w.WriteHeader(503)
		}, "503", false, 24 * time.Hour},
		"a long header": {loopback, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat("x", 1<<18)) },
			"the connection to it failed", false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			receiver := httptest.NewServer(c.answer)
			defer receiver.Close()
			q := queueOf(receiver.URL)
			deliver(t, q, c.networks, messages)
			q.wait(t, func() bool { return len(q.settled) > 0 })
			d := q.settled[0]
			if !strings.Contains(d.Failure, c.failure) || (d.Disable != "") != c.disable || d.Wait < c.atLeast || d.Wait == 0 ||
				d.Progress || d.After != 0 || len(d.Ahead) > 0 {
				t.Errorf("%+v", d)
			}
		})
	}
}

// TestMessagesThatTry: what became of a message is told, whatever it is, and an address that is not allowed is not dialed.
func TestMessagesThatTry(t *testing.T) {
	t.Parallel()
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/full" {
			w.WriteHeader(http.StatusInsufficientStorage)
		}
	}))
	defer receiver.Close()
	for name, c := range map[string]struct {
		networks events.Networks
		path     string
		status   int
		failure  string
	}{
		"accepted":                       {loopback, "/", http.StatusOK, ""},
		"refused":                        {loopback, "/full", http.StatusInsufficientStorage, "507 Insufficient Storage"},
		"an address that is not allowed": {events.Networks{}, "/", 0, "not public"},
	} {
		tested, err := events.NewWebhooks(make(events.WebhookKey, 32), c.networks).Test(t.Context(), queueOf(receiver.URL+c.path).webhook)
		if err != nil || tested.Status != c.status || tested.Accepted != (c.failure == "") ||
			!strings.Contains(tested.Failure, c.failure) || tested.SentAt.IsZero() {
			t.Errorf("%s: %+v %v", name, tested, err)
		}
	}
}

// TestEntriesThatAreGone: a webhook that lacks entries is disabled, and not led over the gap.
func TestEntriesThatAreGone(t *testing.T) {
	t.Parallel()
	q := queueOf("http://127.0.0.1:1/")
	deliver(t, q, loopback, func(ctx context.Context, after int64, limit int) ([]events.Message, error) {
		return messages(ctx, after+10, limit)
	})
	q.wait(t, func() bool { return q.ended })
	if !strings.Contains(q.settled[0].Disable, "no longer kept") {
		t.Errorf("%+v", q.settled)
	}
}

// TestWaits: they grow, and end.
func TestWaits(t *testing.T) {
	t.Parallel()
	for failures, want := range []time.Duration{5 * time.Second, 20 * time.Second, 80 * time.Second} {
		if wait := events.WaitAfter(failures); wait < want*4/5 || wait > want*6/5 {
			t.Errorf("after %d failures: %s, not about %s", failures, wait, want)
		}
	}
	for _, failures := range []int{8, 100, 1 << 30} {
		if wait := events.WaitAfter(failures); wait < 4*time.Hour || wait > 8*time.Hour {
			t.Errorf("after %d failures: %s", failures, wait)
		}
	}
}

// FuzzIsPublic: no address is public whose IPv4 form is not.
func FuzzIsPublic(f *testing.F) {
	f.Add(uint32(0x7f000001))
	f.Fuzz(func(t *testing.T, n uint32) {
		var bytes [4]byte
		binary.BigEndian.PutUint32(bytes[:], n)
		address := netip.AddrFrom4(bytes)
		mapped := netip.AddrFrom16(address.As16())
		err := (events.Networks{}).Check(t.Context(), "https://"+hostOf(mapped.String())+"/")
		if (err == nil) != events.IsPublic(address) || err != nil && !errors.As(err, new(headwater.Faults)) {
			t.Errorf("%s: %v", address, err)
		}
	})
}
