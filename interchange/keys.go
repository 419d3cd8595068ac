package interchange

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/fold"
	"github.com/headwater-project/headwater/identity"
)

// statementKey is the key of a claim, made from its statement: statements that are equal once folded are one claim.
func statementKey(text string) string {
	folded := fold.Text(text)
	if folded == "" {
		folded = text // it has only punctuation
	}
	return "statement:" + hash(folded)
}

// sourceKey is the key of a source that has none of its own: its first host name or, without one, its name.
func sourceKey(s headwater.SourceFields) string {
	if len(s.Domains) > 0 {
		return "site:" + s.Domains[0]
	}
	return nameKey(s.Name)
}

// nameKey is the key of a source that is known by its name alone.
func nameKey(name string) string {
	folded := strings.ReplaceAll(fold.Text(name), " ", "-")
	if folded == "" || len([]rune(folded)) > maxName {
		folded = hash(name)
	}
	return "name:" + folded
}

// reviewKey is the key of a verdict: a page has one on a claim, in each language and wording that it gives the claim.
func reviewKey(claim, author uuid.UUID, r review, wording string) string {
	return hash(claim.String(), author.String(), pageAddress(r.url), r.saidLanguage, wording)
}

// pageKey is the key of a document, made from its address or, without one, from its title and the claim that it makes.
func pageKey(publisher uuid.UUID, p page, claim uuid.UUID) string {
	name := pageAddress(p.url)
	if name == "" {
		name = p.title + "\n" + claim.String()
	}
	return "page:" + hash(publisher.String(), name)
}

// pageAddress is the form in which the addresses of one page are one, encoded as keys that are stored have it.
func pageAddress(url string) string {
	switch {
	case url == "":
		return ""
	case otherForms.MatchString(url):
		url = "https://" + identity.Address(url)
	}
	return fold.URL(url)
}

// otherForms matches addresses that have other normal forms than fold.URL gives: octets, letters beyond ASCII, or a dot at the
// end of a host. Most have none, and are parsed once.
var otherForms = regexp.MustCompile(`[%\x{80}-\x{10FFFF}]|\.(?:[/:?#]|$)`)

// maxName is how many characters of a name a key can hold.
const maxName = 150

// hash is short enough for a key, and long enough that no two texts share one.
func hash(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	return hex.EncodeToString(sum[:16])
}
