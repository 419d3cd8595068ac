package events

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

const (
	// deliveryTime is how long a receiver may take to accept a delivery, and answerBytes how much of its answer is read.
	deliveryTime = 10 * time.Second
	answerBytes  = 64 << 10
	// webhooksAtOnce are worked on at once by a service, each of them for roundTime: no delivery begins later in its lease.
	webhooksAtOnce = 16
	roundTime      = 5 * time.Second
	// WebhookLease is how long a webhook is another service's; a service that ended without a word gives it up so.
	WebhookLease = roundTime + deliveryTime + 5*time.Second
	// messagesAtOnce of a webhook are read at once, and things of so many are delivered at the same time.
	messagesAtOnce = 64
	thingsAtOnce   = 8
	// The waits after failures: the first, and the longest. Each is four times the one before, but for jitter.
	firstWait   = 5 * time.Second
	longestWait = 6 * time.Hour
	// longestRetryAfter bounds what a receiver may ask for.
	longestRetryAfter = 24 * time.Hour
)

// Message is what is delivered of one entry of an order.
type Message struct {
	Seq   int64
	At    time.Time
	Thing uuid.UUID // what the entry is about: its messages come one after another
	Body  []byte
}

// WebhookMessages lists the next messages of an order after a place.
type WebhookMessages func(ctx context.Context, after int64, limit int) ([]Message, error)

// WebhookQueue keeps webhooks and how far each has come.
type WebhookQueue interface {
	// DisableOtherWebhooks gives up the webhooks whose secrets were made with another key, and says how many.
	DisableOtherWebhooks(ctx context.Context, key string) (int, error)
	// LeaseWebhooks gives webhooks that have something to be delivered now, and to nobody else for a time.
	LeaseWebhooks(ctx context.Context, key string, limit int, lease time.Duration) ([]headwater.LeasedWebhook, error)
	// SettleWebhook notes what became of the deliveries of a leased webhook and ends the lease, unless that has ended. It says whether the
	// webhook is disabled now, and why.
	SettleWebhook(ctx context.Context, webhook headwater.LeasedWebhook, d headwater.Delivered) (disabled string, err error)
}

// Webhooks delivers messages to webhooks.
type Webhooks struct {
	key           WebhookKey
	networks      Networks
	secure, plain *http.Client
}

// NewWebhooks makes what delivers with a key to some networks.
func NewWebhooks(key WebhookKey, networks Networks) *Webhooks {
	return &Webhooks{key: key, networks: networks, secure: newClient(networks, false), plain: newClient(networks, true)}
}

// newClient makes a client that goes where it is sent and nowhere else: it follows no redirects, and no proxy of the environment dials for
// it.
func newClient(networks Networks, plain bool) *http.Client {
	return &http.Client{
		Timeout: deliveryTime,
		Transport: &http.Transport{DialContext: networks.dialer(plain).DialContext, ForceAttemptHTTP2: true,
			MaxResponseHeaderBytes: answerBytes, DisableCompression: true, MaxIdleConnsPerHost: thingsAtOnce,
			MaxIdleConns: webhooksAtOnce * thingsAtOnce, IdleConnTimeout: time.Minute, TLSHandshakeTimeout: deliveryTime},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Check says what is wrong with the address of a webhook.
func (w *Webhooks) Check(ctx context.Context, url string) error { return w.networks.Check(ctx, url) }

// Key makes the secrets.
func (w *Webhooks) Key() WebhookKey { return w.key }

// Deliver delivers what there is until ctx is done. Several services may do so for one database: each webhook is one's at a time.
func (w *Webhooks) Deliver(ctx context.Context, queue WebhookQueue, messages map[headwater.WebhookKind]WebhookMessages) {
	var working sync.WaitGroup
	defer working.Wait()
	places := make(chan struct{}, webhooksAtOnce)
	checked := false
	repeat(ctx, "webhooks are not delivered now", func(ctx context.Context) error {
		if !checked {
			if err := w.disableOthers(ctx, queue); err != nil {
				return err
			}
			checked = true
		}
		leased, err := queue.LeaseWebhooks(ctx, w.key.Name(), webhooksAtOnce-len(places), WebhookLease)
		for _, webhook := range leased {
			places <- struct{}{}
			working.Go(func() {
				defer func() { <-places }()
				w.deliverTo(ctx, queue, webhook, messages[webhook.Kind])
			})
		}
		return err
	})
}

func (w *Webhooks) disableOthers(ctx context.Context, queue WebhookQueue) error {
	n, err := queue.DisableOtherWebhooks(ctx, w.key.Name())
	if n > 0 {
		slog.WarnContext(ctx, "webhooks are disabled, since their secrets were made with another key; rotate and enable them",
			"webhooks", n)
	}
	return err
}

// deliverTo delivers to one webhook for a while, and notes how far it came.
func (w *Webhooks) deliverTo(ctx context.Context, queue WebhookQueue, webhook headwater.LeasedWebhook, messages WebhookMessages) {
	d, err := w.round(ctx, webhook, messages)
	if err != nil {
		if ctx.Err() == nil {
			slog.WarnContext(ctx, "a webhook is not delivered now", "webhook", webhook.ID, "error", err)
		}
		return // the lease ends by itself
	}
	if !d.Progress && d.Failure == "" && d.Disable == "" {
		return // the service stops: nothing is known of the receiver, and since when it fails stays as it is
	}
	// what was delivered is noted also where the service stops meanwhile
	noting, cancel := context.WithTimeout(context.WithoutCancel(ctx), deliveryTime)
	defer cancel()
	disabled, err := queue.SettleWebhook(noting, webhook, d)
	switch {
	case err != nil:
		slog.WarnContext(ctx, "what was delivered to a webhook is not noted, and will be delivered again", "webhook", webhook.ID,
			"error", err)
	case disabled != "":
		slog.WarnContext(ctx, "a webhook is disabled", "webhook", webhook.ID, "reason", disabled, "failure", d.Failure)
	case d.Failure != "" && webhook.Failures == 0:
		slog.InfoContext(ctx, "a webhook fails, and is tried again", "webhook", webhook.ID, "failure", d.Failure)
	}
}

// errGone says that a webhook lacks entries that are no longer kept.
const errGone = "entries that it did not get are no longer kept; enable it with the place after which to go on"

// round delivers messages, a part at a time, until there are no more, one was not accepted, or its time is over.
func (w *Webhooks) round(ctx context.Context, webhook headwater.LeasedWebhook, read WebhookMessages) (d headwater.Delivered, err error) {
	d.After, d.Ahead = webhook.After, webhook.Ahead
	starting, cancel := context.WithTimeout(ctx, roundTime) // from here on, since the lease has begun
	defer cancel()
	for d.Failure == "" && starting.Err() == nil {
		messages, err := read(ctx, d.After, messagesAtOnce)
		if err != nil && d.Progress {
			break // what was delivered is noted; the next round meets the fault again, if it lasts
		}
		if err != nil {
			return d, err
		}
		if len(messages) == 0 {
			break
		}
		if messages[0].Seq != d.After+1 {
			d.Disable = errGone
			break
		}
		w.deliverPart(ctx, starting, webhook, messages, &d)
	}
	if d.Failure != "" && d.Progress {
		d.Wait = max(d.Wait, waitAfter(0))
	} else if d.Failure != "" {
		d.Wait = max(d.Wait, waitAfter(webhook.Failures))
	}
	return d, nil
}

// deliverPart delivers some messages and adds to d what became of it; none begins once starting is done. Those about one thing come one
// after another, and none after one that was not accepted.
func (w *Webhooks) deliverPart(ctx, starting context.Context, webhook headwater.LeasedWebhook, messages []Message, d *headwater.Delivered) {
	var mutex sync.Mutex
	var sending sync.WaitGroup
	places := make(chan struct{}, thingsAtOnce)
	delivered := slices.Clone(d.Ahead)
	for _, ofThing := range byThing(messages, d.Ahead) {
		places <- struct{}{}
		sending.Go(func() {
			defer func() { <-places }()
			for _, message := range ofThing {
				mutex.Lock()
				stop := d.Failure != "" || starting.Err() != nil
				mutex.Unlock()
				if stop {
					return
				}
				a := w.send(ctx, webhook, message)
				mutex.Lock()
				switch {
				case a.failure == "":
					d.Progress = true
					delivered = append(delivered, message.Seq)
				case ctx.Err() == nil: // else it was the service that left
					d.Failure, d.Disable = a.failure, cmp.Or(d.Disable, a.disable)
					d.Wait = max(d.Wait, a.wait)
				}
				mutex.Unlock()
				if a.failure != "" {
					return
				}
			}
		})
	}
	sending.Wait()
	d.After, d.Ahead = advance(d.After, delivered)
}

// byThing sorts messages by what they are about, without those that were delivered ahead.
func byThing(messages []Message, ahead []int64) (groups [][]Message) {
	of := map[uuid.UUID]int{}
	for _, message := range messages {
		if slices.Contains(ahead, message.Seq) {
			continue
		}
		at, known := of[message.Thing]
		if !known {
			at = len(groups)
			of[message.Thing] = at
			groups = append(groups, nil)
		}
		groups[at] = append(groups[at], message)
	}
	return groups
}

// advance moves a place over what was delivered right after it, and gives what was delivered further on.
func advance(after int64, delivered []int64) (to int64, ahead []int64) {
	slices.Sort(delivered)
	to, ahead = after, []int64{}
	for _, seq := range delivered {
		if seq == to+1 {
			to = seq
		} else if seq > to {
			ahead = append(ahead, seq)
		}
	}
	return to, ahead
}

// waitAfter is how long to wait after one more failure.
func waitAfter(failures int) time.Duration {
	wait := longestWait
	if failures < 8 {
		wait = min(wait, firstWait<<(2*failures))
	}
	return wait*4/5 + rand.N(wait*2/5) // those that failed together do not come back together
}

// TestKind is the type of the message by which a webhook is tried.
const TestKind = "test"

// TestMessage is the body of the message by which a webhook is tried.
type TestMessage struct {
	Type      string     `json:"type" enum:"test" doc:"That nothing happened, and somebody tries the webhook." example:"test"`
	Timestamp time.Time  `json:"timestamp" doc:"When it was sent." example:"2026-01-02T03:04:05Z"`
	Data      TestedData `json:"data" doc:"Which webhook is tried."`
}

// TestedData says which webhook is tried.
type TestedData struct {
	Webhook uuid.UUID `json:"webhook" format:"uuid" doc:"Identity of the webhook." example:"0199f3a2-7c1e-7d3a-9f00-1b2c3d4e5f60"`
}

// Test sends a message to a webhook now, signed as deliveries are. Nobody notes what becomes of it.
func (w *Webhooks) Test(ctx context.Context, webhook headwater.LeasedWebhook) (headwater.WebhookTest, error) {
	now := time.Now()
	body, err := json.Marshal(TestMessage{TestKind, now.UTC(), TestedData{webhook.ID}})
	if err != nil {
		return headwater.WebhookTest{}, err
	}
	a := w.send(ctx, webhook, Message{At: now, Body: body}) // no entry has the place 0
	return headwater.WebhookTest{SentAt: now, Milliseconds: int(time.Since(now).Milliseconds()), Accepted: a.failure == "",
		Status: a.status, Failure: a.failure}, ctx.Err()
}

// attempt is what became of one delivery.
type attempt struct {
	status  int    // of the answer; 0 where there was none
	failure string // empty where it was accepted
	disable string
	wait    time.Duration // that the receiver asks for
}

// send delivers one message.
func (w *Webhooks) send(ctx context.Context, webhook headwater.LeasedWebhook, message Message) attempt {
	now := time.Now()
	// the same each time that the message is sent, and another one after an older copy of the database was restored
	id := fmt.Sprintf("%s_%d_%d", webhook.ID, message.Seq, message.At.UnixMicro())
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, webhook.URL, bytes.NewReader(message.Body))
	if err != nil {
		return attempt{failure: failureOf(err)}
	}
	secrets := []headwater.WebhookSecret{{Webhook: webhook.ID, Number: webhook.Secret}}
	if webhook.Former {
		secrets = append(secrets, headwater.WebhookSecret{Webhook: webhook.ID, Number: webhook.Secret - 1})
	}
	request.Header = http.Header{"Content-Type": {"application/json"}, "User-Agent": {"Headwater/" + headwater.Version}}
	request.Header.Set("Webhook-Id", id)
	request.Header.Set("Webhook-Timestamp", strconv.FormatInt(now.Unix(), 10))
	request.Header.Set("Webhook-Signature", w.key.sign(secrets, id, now, message.Body))
	client := w.secure
	if request.URL.Scheme == "http" {
		client = w.plain
	}
	response, err := client.Do(request)
	if err != nil {
		slog.DebugContext(ctx, "a delivery failed", "webhook", webhook.ID, "error", err)
		return attempt{failure: failureOf(err)}
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(response.Body, answerBytes)); err != nil {
		return attempt{failure: failureOf(err)}
	}
	return judge(response)
}

// failureOf says why a delivery could not be made, in words that tell a client nothing of the network that the service is in.
func failureOf(err error) string {
	_, unresolved := errors.AsType[*net.DNSError](err)
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	failed, isNet := errors.AsType[net.Error](err)
	switch {
	case errors.Is(err, errNotReachable):
		return errNotReachable.Error()
	case unresolved:
		return "its name was not resolved"
	case untrusted:
		return "its certificate is not trusted"
	case isNet && failed.Timeout():
		return fmt.Sprintf("it did not answer within %s", deliveryTime)
	case errors.Is(err, syscall.ECONNREFUSED):
		return "it refused the connection"
	}
	return "the connection to it failed"
}

// judge says what a receiver's answer means.
func judge(response *http.Response) attempt {
	a := attempt{status: response.StatusCode}
	if response.StatusCode/100 == 2 {
		return a
	}
	a.failure = fmt.Sprintf("%d %s", response.StatusCode, http.StatusText(response.StatusCode))
	if response.StatusCode == http.StatusGone {
		a.disable = "its receiver answered 410 Gone"
	}
	if seconds, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil && seconds > 0 {
		a.wait = min(longestRetryAfter, time.Duration(min(seconds, 1e6))*time.Second)
	}
	return a
}
