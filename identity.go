package headwater

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/google/uuid"
	"github.com/gowebpki/jcs"
)

// Namespace is the UUID that keys of one bundle or one instance live in: UUIDv5 (RFC 9562) of the namespace's own
// name, a URL, in the URL namespace.
type Namespace uuid.UUID

// NamespaceOf returns the namespace with this name.
func NamespaceOf(name string) Namespace {
	return Namespace(uuid.NewSHA1(uuid.NameSpaceURL, []byte(name)))
}

// ID is the identity of the thing with this key: UUIDv5 of "<resource>/<key>".
func (n Namespace) ID(r Resource, key string) uuid.UUID {
	return uuid.NewSHA1(uuid.UUID(n), []byte(string(r)+"/"+key))
}

// AttributionID is the identity of an attribution, whose key is its own within its claim: UUIDv5 of
// "attribution/<claim id>/<key>".
func (n Namespace) AttributionID(claim uuid.UUID, key string) uuid.UUID {
	return n.ID(ResourceAttribution, claim.String()+"/"+key)
}

// ParseID parses an id in its one accepted form: hexadecimal digits, of either case, in five groups joined by hyphens
// (RFC 9562 §4). Its error is Faults.
func ParseID(text string) (uuid.UUID, error) {
	id, err := uuid.Parse(text)
	if err != nil || len(text) != len(id.String()) {
		return uuid.Nil, Faults{NewFault("", FaultFormat, text, "a UUID")}
	}
	return id, nil
}

// CompareIDs orders identities by their bytes, as PostgreSQL orders uuid: -1, 0 or 1.
func CompareIDs(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }

// NewID returns a UUIDv7, the identity of a thing without a key.
func NewID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// NaturalKey is the key of a relation in a bundle that gives it none: the hash of [subject, kind, object, since or null].
func (r RelationFields) NaturalKey() string {
	return hashOf(r.Subject, r.Kind, r.Object, orNull(string(r.Since)))
}

// NaturalKey is the key of an attribution in a bundle that gives it none: the hash of
// [document, stance, start, end, [chain's sources]], start and end null without a span.
func (a AttributionFields) NaturalKey() string {
	var start, end any
	if a.Content != nil {
		start, end = a.Content.Start, a.Content.End
	}
	return hashOf(a.Document, a.Stance, start, end, a.Sources())
}

// NaturalKey is the key of a link in a bundle that gives it none: the hash of [kind, from, to], the ends of an
// undirected link in order.
func (l LinkFields) NaturalKey() string {
	from, to := l.Ends()
	return hashOf(l.Kind, from, to)
}

// NaturalKey is the key of a match in a bundle that gives it none: the hash of [kind, a, b], in order but for a reprint.
func (m IdentityMatchFields) NaturalKey() string {
	a, b := m.Ends()
	return hashOf(m.Kind, a, b)
}

// NaturalKey is the key of a review in a bundle that gives it none: the hash of [claim, author, url or null].
func (r ReviewFields) NaturalKey() string { return hashOf(r.Claim, r.Author, orNull(r.URL)) }

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// hashOf returns the hex SHA-256 of the parts as an RFC 8785 JSON array.
func hashOf(parts ...any) string {
	plain, err := json.Marshal(parts)
	if err != nil {
		panic(fmt.Sprintf("headwater: a key's parts are not JSON: %v", err))
	}
	canonical := plain
	if bytes.ContainsAny(plain, `\{`) { // texts without escapes, whole numbers and lists of these are canonical as they are
		if canonical, err = jcs.Transform(plain); err != nil {
			panic(fmt.Sprintf("headwater: a key's parts have no canonical form: %v", err))
		}
	}
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:])
}

// TextSHA256 returns the hex SHA-256 of a document's text in UTF-8.
func TextSHA256(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

const (
	// MaxKey is how many code points a key may have.
	MaxKey = 200
	// MaxName is how many code points a name, a tag or a namespace may have.
	MaxName = 2_048
)

var keyPattern = regexp.MustCompile(`^[^\s\p{C}]{1,200}$`)

// ParseKey checks a key: 1 to 200 characters, no white space, line separators or control characters, and not a UUID, since a
// reference may be either.
func ParseKey(key string) error {
	var c checker
	c.key("", key)
	return c.err()
}

func (c *checker) key(at Pointer, key string) {
	_, controlled := firstControl(key, lineText)
	switch {
	case key == "":
	case controlled || !keyPattern.MatchString(key):
		c.add(at, FaultFormat, key, "1 to 200 characters without white space or control characters")
	case uuid.Validate(key) == nil:
		c.add(at, FaultFormat, key, "a key that is a UUID in no form, since a reference may be a key or an id")
	}
}

// CheckKey checks the key and the namespace that a caller chose for a thing; either may be empty.
func CheckKey(key, namespace string) error {
	var c checker
	c.key("/key", key)
	c.namespace(namespace)
	return c.err()
}

// CheckStoredKey checks the key and the namespace of a thing whose id is known too, as exports have them. Such a key may look
// like a UUID, which those of reviews from other formats do: nothing has to tell the two apart.
func CheckStoredKey(key, namespace string) error {
	var c checker
	if uuid.Validate(key) != nil {
		c.key("/key", key)
	}
	c.namespace(namespace)
	return c.err()
}

func (c *checker) namespace(namespace string) {
	_, controlled := firstControl(namespace, lineText)
	if controlled || len(namespace) > MaxName || strings.Contains(namespace, " ") {
		c.add("/namespace", FaultFormat, namespace, "a URL or URN without white space")
	}
}
