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
	"golang.org/x/text/unicode/norm"
)

// APIKey lets a program use the service. Its token is shown once, when the key is created, and never stored.
type APIKey struct {
	ID uuid.UUID `json:"id" format:"uuid" doc:"Identity of the key." example:"0199f3a2-7c1e-7d3a-9f00-1b2c3d4e5f60"`
	APIKeyFields
	Prefix     string     `json:"prefix" doc:"How its tokens begin, to tell them apart." example:"hw_k3v9x2ma"`
	CreatedAt  time.Time  `json:"created_at" doc:"When it was made." example:"2026-01-02T03:04:05Z"`
	CreatedBy  string     `json:"created_by" doc:"Who made it." example:"cli:rana"`
	LastUsedAt *time.Time `json:"last_used_at,omitempty" doc:"When it was last used, to the minute." example:"2026-01-02T03:04:05Z"`
	RevokedAt  *time.Time `json:"revoked_at,omitempty" doc:"When it was revoked." example:"2026-01-02T03:04:05Z"`
}

// APIKeyFields are the fields of a key that a caller sets.
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

// ScopeWriteOrReview is what an operation needs that does what others do with either scope. No key has it.
const ScopeWriteOrReview Scope = "write or review"

// Values lists the scopes.
func (Scope) Values() []string {
	return []string{string(ScopeRead), string(ScopeWrite), string(ScopeReview), string(ScopeAdmin)}
}

// Covers says whether this scope includes another.
func (s Scope) Covers(needed Scope) bool {
	return s == needed || s == ScopeAdmin || needed == ScopeRead || needed == ScopeWriteOrReview && (s == ScopeWrite || s == ScopeReview)
}

// May says whether one of the key's scopes covers the needed one.
func (k APIKey) May(needed Scope) bool {
	return slices.ContainsFunc(k.Scopes, func(s Scope) bool { return s.Covers(needed) })
}

// Actor is the name of the key in the history.
func (k APIKey) Actor() string { return "key:" + k.Name }

// Valid says whether the key can be used now.
func (k APIKey) Valid(now time.Time) bool {
	return k.RevokedAt == nil && (k.ExpiresAt == nil || now.Before(*k.ExpiresAt))
}

// LooksLike is a name as people compare it by sight: the same for names that differ only in how their letters are composed (NFC) or in
// spaces.
func LooksLike(name string) string { return norm.NFC.String(strings.Join(strings.Fields(name), " ")) }

// Validate returns all faults at once, as Faults.
func (f APIKeyFields) Validate() error {
	var c checker
	c.strings(f)
	c.required("/name", !ShowsNothing(f.Name), "what the key is for")
	c.seen("/name", f.Name)
	c.required("/scopes", len(f.Scopes) > 0, "at least one scope")
	for i, scope := range f.Scopes {
		checkOneOf(&c, Pointer("/scopes").Index(i), scope)
	}
	return c.err()
}

// Token is the credential of a key: a prefix that tells keys apart, and a secret of 256 random bits.
type Token struct{ Prefix, Secret string }

const (
	tokenMark = "hw_"
	// prefixBytes make a prefix of 8 characters.
	prefixBytes = 6
	secretBytes = 32
)

// prefixLetters replaces the characters of a prefix that could be taken for the separator before the secret.
var prefixLetters = strings.NewReplacer("-", "a", "_", "b")

// NewToken returns a new random token.
func NewToken() Token {
	random := make([]byte, prefixBytes+secretBytes)
	rand.Read(random) // never fails
	prefix := base64.RawURLEncoding.EncodeToString(random[:prefixBytes])
	return Token{tokenMark + prefixLetters.Replace(prefix), base64.RawURLEncoding.EncodeToString(random[prefixBytes:])}
}

// String returns the token as programs send it.
func (t Token) String() string { return t.Prefix + "_" + t.Secret }

// ParseToken parses a token; ok is false if s is not one.
func ParseToken(s string) (token Token, ok bool) {
	rest, hasMark := strings.CutPrefix(s, tokenMark)
	prefix, secret, hasSecret := strings.Cut(rest, "_")
	return Token{tokenMark + prefix, secret}, hasMark && hasSecret && prefix != "" && secret != ""
}

// Hash is the stored form of the secret: SHA-256, which is enough for 256 random bits.
func (t Token) Hash() []byte {
	sum := sha256.Sum256([]byte(t.Secret))
	return sum[:]
}

// Is says, in constant time, whether the hash is of this token.
func (t Token) Is(hash []byte) bool { return subtle.ConstantTimeCompare(t.Hash(), hash) == 1 }
