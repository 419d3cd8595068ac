package headwater

import "github.com/google/uuid"

// IdentityMatch is a statement that two sources or two documents may be one, or that one document may reprint another. Nothing
// follows from it until somebody accepts it; rejecting it says for ever that it is not so.
type IdentityMatch struct {
	Meta
	IdentityMatchFields
	Status Decision `json:"status" doc:"proposed; accepted, then the two are one; or rejected: they are not, and nobody proposes it again." example:"proposed"`
}

// IdentityMatchFields are the fields of a match that a caller sets.
type IdentityMatchFields struct {
	Resource  Resource  `json:"resource,omitempty" doc:"What the two are: source or document, as the kind says." example:"source"`
	A         uuid.UUID `json:"a" written:"reference kind" format:"uuid" doc:"The one that stays; of a reprint the one that may reprint the other." example:"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	B         uuid.UUID `json:"b" written:"reference kind" format:"uuid" doc:"The one that speaks as the other, or is retracted, once the match is accepted; of a reprint the original." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Kind      MatchKind `json:"kind" doc:"What the two may be to each other." example:"same_source"`
	Score     *float64  `json:"score,omitempty" minimum:"0" maximum:"1" doc:"How alike the two are, 0 to 1." example:"0.8"`
	Basis     string    `json:"basis,omitempty" maxLength:"200" doc:"What they have in common." example:"name"`
	Rationale string    `text:"prose" json:"rationale,omitempty" doc:"Why, in a sentence." example:"They share the name \"NTV\" and not the country (TR and NP)."`
	Method    *Method   `json:"method,omitempty" doc:"Who or what found it."`
}

// MatchKind is what two things may be to each other.
type MatchKind string

const (
	SameSource   MatchKind = "same_source"
	SameDocument MatchKind = "same_document"
	Reprint      MatchKind = "reprint"
)

// Values lists the kinds.
func (MatchKind) Values() []string {
	return []string{string(SameSource), string(SameDocument), string(Reprint)}
}

// Resource is what the two things of a match are.
func (k MatchKind) Resource() Resource {
	if k == SameSource {
		return ResourceSource
	}
	return ResourceDocument
}

// Ends returns the two things in one order, whichever is A: that of a reprint has a direction.
func (m IdentityMatchFields) Ends() (a, b uuid.UUID) {
	if m.Kind != Reprint && CompareIDs(m.A, m.B) > 0 {
		return m.B, m.A
	}
	return m.A, m.B
}

// Normalize fills in what the kind says of the resource.
func (m *IdentityMatchFields) Normalize() {
	if m.Resource == "" {
		m.Resource = m.Kind.Resource()
	}
}

// Validate returns all faults at once, as Faults.
func (m IdentityMatchFields) Validate() error {
	var c checker
	c.strings(m)
	checkOneOf(&c, "/kind", m.Kind)
	if m.Resource != "" && m.Resource != m.Kind.Resource() {
		c.add("/resource", FaultConflict, m.Resource, string(m.Kind.Resource())+" where kind is "+string(m.Kind))
	}
	c.required("/a", m.A != uuid.Nil, "a "+string(m.Kind.Resource()))
	c.required("/b", m.B != uuid.Nil, "a "+string(m.Kind.Resource()))
	if m.A != uuid.Nil && m.A == m.B {
		c.add("/b", FaultSameEnds, m.B, "another "+string(m.Kind.Resource())+" than a")
	}
	m.Method.check(&c, "/method")
	c.fraction("/score", m.Score)
	return c.err()
}
