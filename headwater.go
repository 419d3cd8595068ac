// Package headwater is the domain: sources, relations, documents, claims, attributions with their chains, links, reviews, matches and
// changes, the rules for each of them alone, their identities, and the errors that report what is wrong. It must not know how
// anything is stored, sent or analyzed: no database, no HTTP, no files.
package headwater

import (
	"time"

	"github.com/google/uuid"
)

// Meta are the fields that every stored thing has.
type Meta struct {
	ID        uuid.UUID `json:"id" format:"uuid" doc:"Identity: UUIDv5 of the key in its namespace, or a UUIDv7 where there is no key." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Key       string    `json:"key,omitempty" maxLength:"200" doc:"The caller's own stable name; immutable." example:"nis"`
	Namespace string    `json:"namespace,omitempty" maxLength:"2048" doc:"The namespace that the key belongs to." example:"https://headwater.example/demo"`
	Version   int       `json:"version" minimum:"1" doc:"1 for a new thing, one more with each change; the ETag." example:"3"`
	CreatedAt time.Time `json:"created_at" doc:"When it was first stored." example:"2026-01-02T03:04:05Z"`
	UpdatedAt time.Time `json:"updated_at" doc:"When it last changed." example:"2026-01-02T03:04:05Z"`
}

// Stored returns the fields that every stored thing has.
func (m Meta) Stored() Meta { return m }

// Resource is a kind of stored thing: the "type" in bundles, the prefix of identities, the resource in the history. API keys are no
// things, and have a history all the same.
type Resource string

const (
	ResourceSource      Resource = "source"
	ResourceRelation    Resource = "relation"
	ResourceDocument    Resource = "document"
	ResourceClaim       Resource = "claim"
	ResourceAttribution Resource = "attribution"
	ResourceLink        Resource = "link"
	ResourceReview      Resource = "review"
	ResourceMatch       Resource = "match"
	ResourceKey         Resource = "key"
)

// Values lists what has a history, in the order in which changes of one transaction are numbered: what is referred to comes first.
func (Resource) Values() []string { return append(Things(), string(ResourceKey)) }

// Things lists the resources that are things, in the order in which a bundle is written.
func Things() []string {
	return []string{
		string(ResourceSource), string(ResourceRelation), string(ResourceDocument), string(ResourceClaim),
		string(ResourceAttribution), string(ResourceLink), string(ResourceReview), string(ResourceMatch),
	}
}

// Plural names several things of the resource.
func (r Resource) Plural() string {
	if r == ResourceMatch {
		return "matches"
	}
	return string(r) + "s"
}

// EntityStatus is the status of a source or a claim.
type EntityStatus string

const (
	EntityActive    EntityStatus = "active"
	EntityMerged    EntityStatus = "merged"    // speaks as what MergedInto names
	EntityRetracted EntityStatus = "retracted" // kept, but does not count
)

// Values lists the statuses.
func (EntityStatus) Values() []string {
	return []string{string(EntityActive), string(EntityMerged), string(EntityRetracted)}
}

// RecordStatus is the status of a document, relation or review.
type RecordStatus string

const (
	RecordActive    RecordStatus = "active"
	RecordRetracted RecordStatus = "retracted" // kept, but does not count
)

// Values lists the statuses.
func (RecordStatus) Values() []string { return []string{string(RecordActive), string(RecordRetracted)} }

// Decision is the status of an attribution, a link or a match. Only what is accepted counts; what is rejected stays, so that
// nobody proposes it again.
type Decision string

const (
	Proposed Decision = "proposed"
	Accepted Decision = "accepted"
	Rejected Decision = "rejected"
)

// Values lists the decisions.
func (Decision) Values() []string {
	return []string{string(Proposed), string(Accepted), string(Rejected)}
}

// Method is who or what made an attribution or a link, found a match, or entered a source, document or claim.
type Method struct {
	Kind    MethodKind `json:"kind" doc:"Whether a human, a rule or a model made it." example:"human"`
	Name    string     `json:"name,omitempty" maxLength:"200" doc:"Name of the annotator, rule or model." example:"desk-b"`
	Version string     `json:"version,omitempty" maxLength:"100" doc:"Version of the rule or model." example:"1.2.0"`
}

// MethodKind is the kind of a Method.
type MethodKind string

const (
	ByHuman MethodKind = "human"
	ByRule  MethodKind = "rule"
	ByModel MethodKind = "model"
)

// Values lists the kinds.
func (MethodKind) Values() []string {
	return []string{string(ByHuman), string(ByRule), string(ByModel)}
}

func (m *Method) check(c *checker, at Pointer) {
	if m != nil {
		checkOneOf(c, at.Field("kind"), m.Kind)
	}
}
