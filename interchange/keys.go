package interchange

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/fold"
	"github.com/headwater-project/headwater/identity"
)

// Bindings say what the things of a file are, as far as the file alone does not: an import finds them, which sees all of the
// file and what is stored.
type Bindings struct {
	// Things are the identities of sources and claims that are others than their records say, by the id that their records
	// make.
	Things map[uuid.UUID]headwater.Meta
	// Known are the numbers of records that are stored already, as the release before identified them. Their things keep
	// the keys that it gave them.
	Known map[int]bool
	// Documents are stored ones, by the identity.Address of pages that records name, for readers whose things stand in pages.
	Documents map[string]StoredDocument
	// Texts are the stored documents that have a text, of those that records name by their ids, for the same readers.
	Texts map[uuid.UUID]bool
	// Only are the numbers of the records that are wanted; all are where it is nil. A reader may give others too.
	Only map[int]bool
}

// wants says whether a record is wanted.
func (b Bindings) wants(line int) bool { return b.Only == nil || b.Only[line] }

// StoredDocument is what an import knows of a document that is stored.
type StoredDocument struct {
	ID, Publisher uuid.UUID
	HasText       bool
}

// named is a thing that a record identifies, and the id that the release before gave it.
type named struct{ id, earlier uuid.UUID }

// identifyAs gives a thing the identity that its content makes, unless the import knows better. earlier is the id by the key
// that the release before made.
func (r *record) identifyAs(resource headwater.Resource, key, earlierKey string) (meta headwater.Meta, earlier uuid.UUID) {
	before := r.identify(resource, earlierKey)
	if r.known() {
		return before, before.ID
	}
	meta = r.identify(resource, key)
	if bound, found := r.bindings.Things[meta.ID]; found {
		meta = bound
	}
	return meta, before.ID
}

// known says whether the record is stored already, as the release before identified it.
func (r *record) known() bool { return r.bindings.Known[r.line] }

// statementKey is the key of a claim, made from its statement: what is one statement is one claim.
func statementKey(text string) string { return "stated:" + hash(identity.Statement(text)) }

// earlierStatementKey is the key that the release before made: statements that are equal once folded were one claim.
func earlierStatementKey(text string) string {
	return "statement:" + hash(cmp.Or(fold.TextOfVersion1(text), text))
}

// earlierSourceKey is the key that the release before made of a source: of its first host name or, without one, its name.
func earlierSourceKey(s headwater.SourceFields) string {
	if len(s.Domains) > 0 {
		return "site:" + s.Domains[0]
	}
	return earlierNameKey(s.Name)
}

func earlierNameKey(name string) string {
	folded := strings.ReplaceAll(fold.TextOfVersion1(name), " ", "-")
	if folded == "" || len([]rune(folded)) > maxName {
		folded = hash(name)
	}
	return "name:" + folded
}

// maxName is how many characters of a name a key of the release before held.
const maxName = 150

// reviewKey is the key of a verdict: a page has one on a claim, in each language and wording that it gives the claim.
func reviewKey(claim, author uuid.UUID, r review, wording string) string {
	return "review:" + hash(claim.String(), author.String(), identity.Address(r.url), r.saidLanguage, wording)
}

// earlierReviewKey is the key that the release before made of a verdict.
func earlierReviewKey(claim, author uuid.UUID, r review, wording string) string {
	return hash(claim.String(), author.String(), fold.URL(r.url), r.saidLanguage, wording)
}

// pageKey is the key of a document, made from its address or, without one, from its title and the claim that it makes; if none is known,
// from its title and day, since what comes each week may have one title.
func pageKey(publisher uuid.UUID, p page, claim uuid.UUID) string {
	return keyOfPage(publisher, identity.Address(p.url), p, claim)
}

// earlierPageKey is the key that the release before made of a document.
func earlierPageKey(publisher uuid.UUID, p page, claim uuid.UUID) string {
	return keyOfPage(publisher, fold.URL(p.url), p, claim)
}

func keyOfPage(publisher uuid.UUID, address string, p page, claim uuid.UUID) string {
	content := claim.String()
	if day, _, _ := strings.Cut(string(p.published), "T"); claim == uuid.Nil && day != "" {
		content = day
	}
	return "page:" + hash(publisher.String(), cmp.Or(address, p.title+"\n"+content))
}

// hash is short enough for a key, and long enough that no two texts share one.
func hash(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	return hex.EncodeToString(sum[:16])
}
