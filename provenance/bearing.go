package provenance

import (
	"slices"

	"github.com/headwater-project/headwater"
)

// Bearing is how a claim that links lead to stands to the claim in question.
type Bearing uint8

const (
	// Entailing: if it is true, so is the claim in question (equivalent either way, refines from its sharper form).
	Entailing Bearing = iota
	// Corroborating: it, or what it is entailed by, corroborates an entailing one; one step and never two.
	Corroborating
	// Entailed: if the claim in question is true, so is this one.
	Entailed
	// Contradicting: it, or what it is entailed by, directly contradicts an entailed one.
	Contradicting
	// InTension: it is in tension with an entailed one. A report names it and counts nothing of it, so it leads no further.
	InTension
)

// LinkEnd is one of the two ends of a link.
type LinkEnd uint8

const (
	FromEnd LinkEnd = iota
	ToEnd
)

// Other is the end at the other side.
func (e LinkEnd) Other() LinkEnd { return ToEnd - e }

// BearingRule says which bearing a link gives to the claim at its other end.
type BearingRule struct {
	Kind   headwater.LinkKind
	Degree headwater.Degree // of a contradiction; empty for the other kinds
	End    LinkEnd          // the end of the claim that is known already
	Here   Bearing          // of that claim
	There  Bearing          // of the claim at the other end
}

// bearingRules decide which links bear on what. The analysis follows them, and package store renders them to SQL; where no
// rule fits, a link leads nowhere.
var bearingRules = []BearingRule{
	{headwater.Equivalent, "", FromEnd, Entailing, Entailing},
	{headwater.Equivalent, "", FromEnd, Corroborating, Corroborating},
	{headwater.Equivalent, "", FromEnd, Entailed, Entailed},
	{headwater.Equivalent, "", FromEnd, Contradicting, Contradicting},
	{headwater.Equivalent, "", ToEnd, Entailing, Entailing},
	{headwater.Equivalent, "", ToEnd, Corroborating, Corroborating},
	{headwater.Equivalent, "", ToEnd, Entailed, Entailed},
	{headwater.Equivalent, "", ToEnd, Contradicting, Contradicting},

	// From its sharper form a claim follows; what follows from a claim is its broader form.
	{headwater.Refines, "", ToEnd, Entailing, Entailing},
	{headwater.Refines, "", ToEnd, Corroborating, Corroborating},
	{headwater.Refines, "", ToEnd, Contradicting, Contradicting},
	{headwater.Refines, "", FromEnd, Entailed, Entailed},

	{headwater.Corroborates, "", ToEnd, Entailing, Corroborating},

	{headwater.Contradicts, headwater.DegreeDirect, FromEnd, Entailed, Contradicting},
	{headwater.Contradicts, headwater.DegreeDirect, ToEnd, Entailed, Contradicting},
	{headwater.Contradicts, headwater.DegreeTension, FromEnd, Entailed, InTension},
	{headwater.Contradicts, headwater.DegreeTension, ToEnd, Entailed, InTension},
}

// BearingRules lists the rules, for those who follow links elsewhere than in memory.
func BearingRules() []BearingRule { return slices.Clone(bearingRules) }

// BearingOver gives the bearing of the claim at the other end of a link, if the link leads there. Only a contradiction has a
// degree; one that names none is direct.
func BearingOver(kind headwater.LinkKind, degree headwater.Degree, end LinkEnd, here Bearing) (there Bearing, leads bool) {
	switch {
	case kind != headwater.Contradicts:
		degree = ""
	case degree == "":
		degree = headwater.DegreeDirect
	}
	for _, rule := range bearingRules {
		if rule.Kind == kind && rule.Degree == degree && rule.End == end && rule.Here == here {
			return rule.There, true
		}
	}
	return 0, false
}
