package headwater

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

// The vectors of the Standard Webhooks libraries.
const (
	vectorSecret    = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	vectorKey       = "whpk_ZlN4eg7dSSqi0moX9hQUk3orrOouK3QVQSlJa248c/g="
	vectorID        = "msg_p5jXN8AQM9LWM0D4loKWxJek"
	vectorTime      = 1614265330
	vectorBody      = `{"test": 2432232314}`
	vectorSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
	vectorSigned    = "v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag=="
)

// TestVerifyWebhook: what the vectors sign is taken, and nothing that is altered in any part.
func TestVerifyWebhook(t *testing.T) {
	t.Parallel()
	const wrong = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="
	for name, c := range map[string]struct {
		with, body, without, signature string
		late                           time.Duration
		taken                          bool
	}{
		"a secret":                  {with: vectorSecret, signature: vectorSignature, taken: true},
		"a secret without a prefix": {with: strings.TrimPrefix(vectorSecret, "whsec_"), signature: vectorSignature, taken: true},
		"a public key":              {with: vectorKey, signature: vectorSigned, taken: true},
		"one of several":            {with: vectorSecret, signature: wrong + " v2,x " + vectorSignature + " " + wrong, taken: true},
		"one of both kinds":         {with: vectorKey, signature: wrong + " " + vectorSigned, taken: true},
		"almost too late":           {with: vectorSecret, signature: vectorSignature, late: WebhookTolerance, taken: true},
		"too late":                  {with: vectorSecret, signature: vectorSignature, late: WebhookTolerance + time.Second},
		"too early":                 {with: vectorSecret, signature: vectorSignature, late: -WebhookTolerance - time.Second},
		"another body":              {with: vectorSecret, signature: vectorSignature, body: `{"test": 2432232315}`},
		"another secret":            {with: "whsec_AAAA9r8GKYqrTwjUPD8ILPZIo2LaLaSw", signature: vectorSignature},
		"a signature of a key":      {with: vectorSecret, signature: vectorSigned},
		"a wrong one":               {with: vectorSecret, signature: wrong},
		"a part of one":             {with: vectorSecret, signature: "v1,"},
		"no id":                     {with: vectorSecret, signature: vectorSignature, without: "webhook-id"},
		"no time":                   {with: vectorSecret, signature: vectorSignature, without: "webhook-timestamp"},
		"no signature":              {with: vectorSecret, signature: vectorSignature, without: "webhook-signature"},
	} {
		verifier, err := NewWebhookVerifier(c.with)
		if err != nil {
			t.Fatal(name, err)
		}
		header := http.Header{}
		header.Set("webhook-id", vectorID)
		header.Set("webhook-timestamp", "1614265330")
		header.Set("webhook-signature", c.signature)
		header.Del(c.without)
		body := vectorBody
		if c.body != "" {
			body = c.body
		}
		id, err := verifier.verifyAt(time.Unix(vectorTime, 0).Add(c.late), header, []byte(body))
		if (err == nil) != c.taken || c.taken && id != vectorID || err != nil && !errors.Is(err, ErrWebhookUnsigned) {
			t.Errorf("%s: %q %v", name, id, err)
		}
	}
	for _, bad := range [][]string{nil, {""}, {"whsec_"}, {"whsec_*"}, {"whpk_AAAA"}} {
		if _, err := NewWebhookVerifier(bad...); err == nil {
			t.Errorf("%q is taken for a secret", bad)
		}
	}
}
