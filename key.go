package headwater

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// APIKey lets a program use the service. Its token is shown once, when it is made, and never stored.
type APIKey struct {
	ID uuid.UUID `json:"id" format:"uuid" doc:"Identity of the key." example:"0199f3a2-7c1e-7d3a-9f00-1b2c3d4e5f60"`
	APIKeyFields
	Prefix     string     `json:"prefix" doc:"How its tokens begin, to tell them apart." example:"hw_k3v9x2ma"`
	CreatedAt  time.Time  `json:"created_at" doc:"When it was made." example:"2026-01-02T03:04:05Z"`
	CreatedBy  string     `json:"created_by" doc:"Who made it." example:"cli:rana"`
	LastUsedAt *time.Time `json:"last_used_at,omitempty" doc:"When it was last used, to the minute." example:"2026-01-02T03:04:05Z"`
	RevokedAt  *time.Time `json:"revoked_at,omitempty" doc:"When it was revoked." example:"2026-01-02T03:04:05Z"`
}

// APIKeyFields are what a caller says about a key.
type APIKeyFields struct {
	Name      string     `json:"name" minLength:"1" maxLength:"200" doc:"What it is for; the history names it as the actor." example:"dashboard"`
	Scopes    []Scope    `json:"scopes" minItems:"1" maxItems:"4" doc:"What it may do." example:"[\"read\"]"`
	ExpiresAt *time.Time `json:"expires_at,omitempty" doc:"When it ends; never if missing." example:"2027-01-01T00:00:00Z"`
}

// Scope is what a key may do.
type Scope string

const (
	ScopeRead   Scope = "read"   // get, list, report
	ScopeWrite  Scope = "write"  // create, change, retract, merge, import; and read
	ScopeReview Scope = "review" // accept, reject, verdicts; and read
	ScopeAdmin  Scope = "admin"  // keys; and all else
)

// Values lists the scopes.
func (Scope) Values() []string {
	return []string{string(ScopeRead), string(ScopeWrite), string(ScopeReview), string(ScopeAdmin)}
}

// Covers says whether who has this scope may do what needs another.
func (s Scope) Covers(needed Scope) bool {
	return s == needed || s == ScopeAdmin || needed == ScopeRead
}

// May says whether the key's scopes cover what is needed.
func (k APIKey) May(needed Scope) bool {
	return slices.ContainsFunc(k.Scopes, func(s Scope) bool { return s.Covers(needed) })
}

// Actor is how the history names who used the key.
func (k APIKey) Actor() string { return "key:" + k.Name }

// Valid says whether the key can be used at this time.
func (k APIKey) Valid(now time.Time) bool {
	return k.RevokedAt == nil && (k.ExpiresAt == nil || now.Before(*k.ExpiresAt))
}

// Validate gives all faults at once, as Faults.
func (f APIKeyFields) Validate() error {
	var c checker
	c.strings(f)
	c.required("/name", strings.TrimSpace(f.Name) != "", "what the key is for")
	c.required("/scopes", len(f.Scopes) > 0, "at least one scope")
	for i, scope := range f.Scopes {
		checkOneOf(&c, Pointer("/scopes").Index(i), scope)
	}
	return c.err()
}

// Token is what a program shows to use a key: a prefix that tells keys apart, and a secret of 256 random bits.
type Token struct{ Prefix, Secret string }

const (
	tokenMark = "hw_"
	// prefixBytes make a prefix of 8 characters.
	prefixBytes = 6
	secretBytes = 32
)

// letters keeps a prefix free of what parts it from the secret.
var letters = strings.NewReplacer("-", "a", "_", "b")

// NewToken makes a token.
func NewToken() Token {
	random := make([]byte, prefixBytes+secretBytes)
	rand.Read(random) // never fails
	prefix := base64.RawURLEncoding.EncodeToString(random[:prefixBytes])
	return Token{tokenMark + letters.Replace(prefix), base64.RawURLEncoding.EncodeToString(random[prefixBytes:])}
}

// String is the token as it is shown.
func (t Token) String() string { return t.Prefix + "_" + t.Secret }

// ParseToken reads a token; false if it is none.
func ParseToken(s string) (Token, bool) {
	rest, marked := strings.CutPrefix(s, tokenMark)
	prefix, secret, parted := strings.Cut(rest, "_")
	return Token{tokenMark + prefix, secret}, marked && parted && prefix != "" && secret != ""
}

// Hash is what is stored of the secret: SHA-256, which is enough for 256 random bits.
func (t Token) Hash() []byte {
	sum := sha256.Sum256([]byte(t.Secret))
	return sum[:]
}

// Is says whether the token is the one that was hashed, in constant time.
func (t Token) Is(hash []byte) bool { return subtle.ConstantTimeCompare(t.Hash(), hash) == 1 }
