package headwater

import (
	"cmp"
	"net/url"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// Webhook is an address that the service sends what happens to, as Standard Webhooks has it.
type Webhook struct {
	ID uuid.UUID `json:"id" format:"uuid" doc:"Identity of the webhook." example:"0199f3a2-7c1e-7d3a-9f00-1b2c3d4e5f60"`
	WebhookFields
	CreatedAt       time.Time  `json:"created_at" doc:"When it was made." example:"2026-01-02T03:04:05Z"`
	CreatedBy       string     `json:"created_by" doc:"Who made it." example:"key:desk"`
	After           int64      `json:"after" minimum:"0" doc:"Everything up to this place in the order was delivered." example:"1042"`
	PublicKey       string     `json:"public_key,omitempty" db:"-" doc:"What signatures of the kind v1a are verified with; missing where the service has another key than the one that the webhook's secret was made with." example:"whpk_GmdCT//qif8FBYKRZPRFdouBWtlyCQlraJj3z2d0FFQ="`
	FormerUntil     *time.Time `json:"former_until,omitempty" doc:"After a rotation, until when it is signed with the secret before as well." example:"2026-01-03T03:04:05Z"`
	FailingSince    *time.Time `json:"failing_since,omitempty" doc:"Since when no delivery was accepted, although some were sent." example:"2026-01-02T03:04:05Z"`
	LastFailure     string     `json:"last_failure,omitempty" doc:"Why the last delivery failed; it is kept until one is accepted." example:"503 Service Unavailable"`
	NextAt          *time.Time `json:"next_at,omitempty" doc:"When it is tried again, where the last delivery failed." example:"2026-01-02T03:05:25Z"`
	DisabledAt      *time.Time `json:"disabled_at,omitempty" doc:"When the service gave it up; nothing is sent until it is enabled." example:"2026-01-05T03:04:05Z"`
	DisabledBecause string     `json:"disabled_because,omitempty" doc:"Why it was given up." example:"no delivery was accepted for 3 days"`
}

// WebhookFields are the fields of a webhook that a caller sets.
type WebhookFields struct {
	URL  string      `json:"url" minLength:"1" maxLength:"2048" doc:"Where deliveries are sent: an https address that is public. Others only as the service is configured." example:"https://desk.example/headwater"`
	Kind WebhookKind `json:"kind" doc:"What is delivered: change is each change, standing each time that a claim comes to stand otherwise." example:"standing"`
	Note string      `json:"note,omitempty" maxLength:"1000" doc:"What it is for." example:"tells the news desk"`
}

// WebhookKind is what a webhook delivers. The streams call their events so.
type WebhookKind string

const (
	WebhookChange   WebhookKind = "change"
	WebhookStanding WebhookKind = "standing" // the standing of a claim, or the interval of its independent origins, changed
)

// Values lists the kinds.
func (WebhookKind) Values() []string { return []string{string(WebhookChange), string(WebhookStanding)} }

// MadeWebhook is a webhook with its secret, which is shown this once.
type MadeWebhook struct {
	Webhook
	Secret string `json:"secret" doc:"What signatures of the kind v1 are verified with. It is shown once and stored nowhere." example:"whsec_GmdCT//qif8FBYKRZPRFdouBWtlyCQlraJj3z2d0FFQ="`
}

// WebhookTest is what became of a message that was sent to a webhook to try it.
type WebhookTest struct {
	SentAt       time.Time `json:"sent_at" doc:"When it was sent." example:"2026-01-02T03:04:05Z"`
	Milliseconds int       `json:"milliseconds" minimum:"0" doc:"How long it took until it was answered, or failed." example:"37"`
	Accepted     bool      `json:"accepted" doc:"Whether it was answered with 2xx." example:"true"`
	Status       int       `json:"status,omitempty" minimum:"100" maximum:"999" doc:"The HTTP status of the answer; missing where there was none." example:"204"`
	Failure      string    `json:"failure,omitempty" doc:"Why it was not accepted." example:"503 Service Unavailable"`
}

// WebhookSecret names a secret of a webhook: it is made from these and a key that the database does not have.
type WebhookSecret struct {
	Webhook uuid.UUID
	Number  int // the first is 1; each rotation makes the next one
}

// LeasedWebhook is a webhook that a service delivers to for a while.
type LeasedWebhook struct {
	ID       uuid.UUID
	URL      string
	Kind     WebhookKind
	After    int64     // everything up to this place was delivered
	Ahead    []int64   // places after it of what was delivered too
	Failures int       // in a row
	Secret   int       // its number
	Former   bool      // the secret before it still counts
	NextAt   time.Time // when the lease ends; it also tells one lease from the next
}

// Delivered is what became of the deliveries to a leased webhook.
type Delivered struct {
	After    int64
	Ahead    []int64
	Failure  string        // why one was not accepted; empty where all were
	Progress bool          // one at least was accepted
	Wait     time.Duration // until the next try, after a failure
	Disable  string        // why nothing more is to be sent; empty where it goes on
}

// Validate returns all faults at once, as Faults. Whether the address may be reached is for whoever sends to say.
func (f WebhookFields) Validate() error {
	var c checker
	c.strings(f)
	c.required("/url", f.URL != "", webhookURL)
	if f.URL != "" && !isWebhookURL(f.URL) {
		c.add("/url", FaultFormat, f.URL, webhookURL)
	}
	checkOneOf(&c, "/kind", f.Kind)
	return c.err()
}

// webhookURL is what the address of a webhook is like.
const webhookURL = "an address such as https://desk.example/headwater, without a user, a password or a fragment"

func isWebhookURL(text string) bool {
	u, err := url.Parse(text)
	if err != nil {
		return false
	}
	_, err = strconv.ParseUint(cmp.Or(u.Port(), "443"), 10, 16)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "" && u.User == nil && u.Fragment == "" &&
		u.Opaque == ""
}
