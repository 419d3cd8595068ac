package headwater

import "github.com/google/uuid"

// Reference is a field that names another thing.
type Reference struct {
	Pointer  Pointer
	Resource Resource
	ID       uuid.UUID
}

// Named is a field that names another thing as people do: by its id, or by its key.
type Named struct {
	Pointer  Pointer
	Resource Resource
	Name     string
}

// References are the two sources of a relation.
func (r RelationFields) References() []Reference {
	return []Reference{{"/subject", ResourceSource, r.Subject}, {"/object", ResourceSource, r.Object}}
}

// References are a document's publisher and what it derives from.
func (d DocumentFields) References() []Reference {
	references := []Reference{{"/publisher", ResourceSource, d.Publisher}}
	if d.DerivedFrom != nil {
		references = append(references, Reference{"/derived_from", ResourceDocument, *d.DerivedFrom})
	}
	return references
}

// References are an attribution's claim, its document and the sources of its chain.
func (a AttributionFields) References() []Reference {
	references := []Reference{{"/claim", ResourceClaim, a.Claim}, {"/document", ResourceDocument, a.Document}}
	for i, hop := range a.Chain {
		references = append(references, Reference{Pointer("/chain").Index(i).Field("source"), ResourceSource, hop.Source})
	}
	return references
}

// References are the two claims of a link.
func (l LinkFields) References() []Reference {
	return []Reference{{"/from", ResourceClaim, l.From}, {"/to", ResourceClaim, l.To}}
}

// References are a review's claim and author.
func (r ReviewFields) References() []Reference {
	return []Reference{{"/claim", ResourceClaim, r.Claim}, {"/author", ResourceSource, r.Author}}
}

// References are the two things of a match.
func (m IdentityMatchFields) References() []Reference {
	return []Reference{{"/a", m.Kind.Resource(), m.A}, {"/b", m.Kind.Resource(), m.B}}
}

// References of a source are none.
func (SourceFields) References() []Reference { return nil }

// References of a claim are none.
func (ClaimFields) References() []Reference { return nil }
