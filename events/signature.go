package events

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/headwater-project/headwater"
)

// WebhookKey makes the secrets of all webhooks. It is kept in a file and never in the database, so that who reads the database, or a
// backup of it, can sign nothing.
type WebhookKey []byte

// webhookKeySize is how many random bytes a key has.
const webhookKeySize = 32

// NewWebhookKey is the text of a new key.
func NewWebhookKey() string {
	random := make([]byte, webhookKeySize)
	rand.Read(random) // never fails
	return base64.StdEncoding.EncodeToString(random)
}

// ReadWebhookKey reads the text of a key.
func ReadWebhookKey(text string) (WebhookKey, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(key) != webhookKeySize {
		return nil, fmt.Errorf("no key of webhooks: expected %d bytes in base64", webhookKeySize)
	}
	return key, nil
}

// Name tells keys apart, and gives nothing of them away.
func (k WebhookKey) Name() string { return hex.EncodeToString(k.derive("name", 8)) }

// Secret is what the receiver of a webhook verifies signatures of the kind v1 with.
func (k WebhookKey) Secret(of headwater.WebhookSecret) string {
	return "whsec_" + base64.StdEncoding.EncodeToString(k.symmetric(of))
}

// PublicKey is what anybody can verify signatures of the kind v1a with.
func (k WebhookKey) PublicKey(of headwater.WebhookSecret) string {
	return "whpk_" + base64.StdEncoding.EncodeToString(k.private(of).Public().(ed25519.PublicKey))
}

func (k WebhookKey) symmetric(of headwater.WebhookSecret) []byte {
	return k.derive(fmt.Sprintf("v1 %s %d", of.Webhook, of.Number), sha256.Size)
}

func (k WebhookKey) private(of headwater.WebhookSecret) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(k.derive(fmt.Sprintf("v1a %s %d", of.Webhook, of.Number), ed25519.SeedSize))
}

// derive makes bytes for a purpose by HKDF-SHA256 (RFC 5869).
func (k WebhookKey) derive(purpose string, size int) []byte {
	made, err := hkdf.Key(sha256.New, k, nil, "headwater webhook "+purpose, size)
	if err != nil {
		panic(err) // the sizes are constants that HKDF can make
	}
	return made
}

// sign gives the signatures of a message, of both kinds and with each secret, as the header webhook-signature has them.
func (k WebhookKey) sign(secrets []headwater.WebhookSecret, id string, at time.Time, body []byte) string {
	var signatures []string
	for _, secret := range secrets {
		signatures = append(signatures, signSymmetric(k.symmetric(secret), id, at, body), signAsymmetric(k.private(secret), id, at, body))
	}
	return strings.Join(signatures, " ")
}

func signSymmetric(secret []byte, id string, at time.Time, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write(signedContent(id, at, body))
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func signAsymmetric(key ed25519.PrivateKey, id string, at time.Time, body []byte) string {
	return "v1a," + base64.StdEncoding.EncodeToString(ed25519.Sign(key, signedContent(id, at, body)))
}

// signedContent is what Standard Webhooks signs of a message.
func signedContent(id string, at time.Time, body []byte) []byte {
	return fmt.Appendf(nil, "%s.%d.%s", id, at.Unix(), body)
}

// errNotReachable is why an address is not dialed.
var errNotReachable = errors.New("the address is not public, and the service is not configured to send there")
