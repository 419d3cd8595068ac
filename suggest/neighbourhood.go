package suggest

import (
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// Neighbourhood is a claim with those that it may be linked to.
type Neighbourhood struct {
	Claim  headwater.Claim
	Others []headwater.Claim
	// Links are those that connect the claim already, or any claim that counts as one with it, in whatever status: a pair that
	// somebody judged is not proposed again, in whatever kind.
	Links []headwater.Link
	// SpeaksAs says of the merged claims at the ends of the links which claim they count as.
	SpeaksAs map[uuid.UUID]uuid.UUID
	// Sources are those whose names the statements may hold.
	Sources []headwater.Source
}

// Suggestion is a link that might hold between the claim that was asked about and another.
type Suggestion struct {
	ID uuid.UUID `json:"id" format:"uuid" doc:"The id that the link has, or will have once it is accepted or rejected." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	headwater.LinkFields
	Status headwater.Decision `json:"status" doc:"proposed: it does not count until it is accepted." example:"proposed"`
	Stored bool               `json:"stored" doc:"True if it is among the stored links, where somebody proposed it; false if it was found just now." example:"false"`
	Other  Other              `json:"other" doc:"The claim at the other end."`
}

// Other is the claim at the other end of a suggestion.
type Other struct {
	ID        uuid.UUID       `json:"id" format:"uuid" doc:"The claim's id." example:"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Key       string          `json:"key,omitempty" doc:"The claim's key." example:"over-million-since-august"`
	Statement headwater.Texts `json:"statement" doc:"The statement by BCP 47 language tag." example:"{\"en\":\"About 7,000 containers were shipped.\"}"`
}

// Suggestions are the stored proposals and those that the rules find, the most confident first. A link that is found gets
// the id of its natural key in the namespace.
func (n Neighbourhood) Suggestions(namespace headwater.Namespace) []Suggestion {
	linked := map[uuid.UUID]*headwater.Link{}
	for i := range n.Links {
		link := &n.Links[i]
		for _, end := range []uuid.UUID{link.From, link.To} {
			if target, merged := n.SpeaksAs[end]; merged {
				end = target
			}
			linked[end] = judgedFirst(linked[end], link)
		}
	}
	names := NewNames(n.Sources)
	suggestions := []Suggestion{}
	for _, other := range n.Others {
		s := Suggestion{Status: headwater.Proposed, Other: Other{other.ID, other.Key, other.Statement}}
		switch link := linked[other.ID]; {
		case link == nil:
			proposed, found := LinkBetween(n.Claim, other, names)
			if !found {
				continue
			}
			s.LinkFields = proposed
			s.ID = namespace.ID(headwater.ResourceLink, s.NaturalKey())
		case link.Status == headwater.Proposed:
			s.ID, s.LinkFields, s.Stored = link.ID, link.LinkFields, true
		default:
			continue
		}
		suggestions = append(suggestions, s)
	}
	sortByConfidence(suggestions)
	return suggestions
}

// judgedFirst is the link of a pair that says most about it: one that was judged before one that is only proposed.
func judgedFirst(x, y *headwater.Link) *headwater.Link {
	if x == nil || x.Status == headwater.Proposed {
		return y
	}
	return x
}
