package provenance

import (
	"slices"

	"github.com/headwater-project/headwater"
)

// Bearing says what a linked claim means for the claim that a report is about ("the claim in question").
type Bearing uint8

const (
	// Entailing: if the linked claim is true, so is the claim in question. It is equivalent to it, or a sharper form of it.
	Entailing Bearing = iota
	// Corroborating: the linked claim corroborates an entailing one, or entails one that does. A second corroborates link is not
	// followed.
	Corroborating
	// Entailed: if the claim in question is true, so is the linked claim.
	Entailed
	// Contradicting: the linked claim directly contradicts an entailed one, or entails one that does.
	Contradicting
	// InTension: the linked claim is in tension with an entailed one. A report names it and counts nothing of it, so no link is
	// followed from it.
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
	End    LinkEnd          // the end of the link at which the claim stands that was reached before
	Here   Bearing          // of the claim at that end
	There  Bearing          // of the claim at the other end, which follows
}

// bearingRules is the one table of which links are followed and what they mean. The analysis reads it, and package store/evidence
// renders it to SQL. A link that no rule fits is not followed. The claim in question itself starts as Entailing, to find what affirms
// it, and once more as Entailed, to find what denies it.
var bearingRules = []BearingRule{
	{headwater.Equivalent, "", FromEnd, Entailing, Entailing},
	{headwater.Equivalent, "", FromEnd, Corroborating, Corroborating},
	{headwater.Equivalent, "", FromEnd, Entailed, Entailed},
	{headwater.Equivalent, "", FromEnd, Contradicting, Contradicting},
	{headwater.Equivalent, "", ToEnd, Entailing, Entailing},
	{headwater.Equivalent, "", ToEnd, Corroborating, Corroborating},
	{headwater.Equivalent, "", ToEnd, Entailed, Entailed},
	{headwater.Equivalent, "", ToEnd, Contradicting, Contradicting},

	// A refines link points from the sharper claim to the broader one; whoever says the sharper one says the broader one too.
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
