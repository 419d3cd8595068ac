package headwater

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// ErrWebhookUnsigned says that nobody who is trusted sent a delivery, or that it was sent too long ago: do nothing that it asks for.
var ErrWebhookUnsigned = errors.New("headwater: the delivery is not signed by a secret or key that is trusted")

// WebhookTolerance is how far the clock of who sent a delivery may be from that of who gets it. What is older may be sent again by somebody
// who read it on the way.
const WebhookTolerance = 5 * time.Minute

// WebhookVerifier verifies deliveries as Standard Webhooks has them.
type WebhookVerifier struct {
	secrets [][]byte
	keys    []ed25519.PublicKey
}

// NewWebhookVerifier makes what verifies deliveries with secrets (whsec_…) and public keys (whpk_…): one of them suffices. After a rotation
// name the old and the new one.
func NewWebhookVerifier(secretsAndKeys ...string) (*WebhookVerifier, error) {
	v := &WebhookVerifier{}
	for _, text := range secretsAndKeys {
		rest, isKey := strings.CutPrefix(text, "whpk_")
		raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(rest, "whsec_"))
		switch {
		case err != nil || len(raw) == 0 || isKey && len(raw) != ed25519.PublicKeySize:
			return nil, errors.New("headwater: a secret or public key of a webhook cannot be read; expected whsec_ or whpk_ and base64")
		case isKey:
			v.keys = append(v.keys, raw)
		default:
			v.secrets = append(v.secrets, raw)
		}
	}
	if len(secretsAndKeys) == 0 {
		return nil, errors.New("headwater: a webhook needs a secret or a public key")
	}
	return v, nil
}

// Verify says whether a delivery comes from who has the secret or the key: the header and the whole body of the request, as they came. It
// gives the webhook-id, which is the same where a delivery comes again. What is wrong is [ErrWebhookUnsigned].
func (v *WebhookVerifier) Verify(header http.Header, body []byte) (id string, err error) {
	return v.verifyAt(time.Now(), header, body)
}

func (v *WebhookVerifier) verifyAt(now time.Time, header http.Header, body []byte) (id string, err error) {
	id, stamp := header.Get("webhook-id"), header.Get("webhook-timestamp")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if id == "" || err != nil {
		return "", fmt.Errorf("%w: it has no webhook-id or no webhook-timestamp", ErrWebhookUnsigned)
	}
	if now.Sub(time.Unix(seconds, 0)).Abs() > WebhookTolerance {
		return "", fmt.Errorf("%w: it was sent at %s, more than %s from now", ErrWebhookUnsigned, time.Unix(seconds, 0).UTC(),
			WebhookTolerance)
	}
	signed := fmt.Appendf(nil, "%s.%d.%s", id, seconds, body)
	for text := range strings.FieldsSeq(strings.Join(header.Values("webhook-signature"), " ")) {
		kind, encoded, _ := strings.Cut(text, ",")
		signature, err := base64.StdEncoding.DecodeString(encoded)
		if err == nil && v.isSigned(kind, signature, signed) {
			return id, nil
		}
	}
	return "", ErrWebhookUnsigned
}

func (v *WebhookVerifier) isSigned(kind string, signature, signed []byte) bool {
	switch kind {
	case "v1":
		for _, secret := range v.secrets {
			mac := hmac.New(sha256.New, secret)
			mac.Write(signed)
			if hmac.Equal(mac.Sum(nil), signature) {
				return true
			}
		}
	case "v1a":
		for _, key := range v.keys {
			if ed25519.Verify(key, signed, signature) {
				return true
			}
		}
	}
	return false
}
