package provenance_test

import (
	"strconv"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
)

// What ids begin with, so that a failing case can be read.
const (
	sourceID byte = 0x50 + iota
	relationID
	documentID
	claimID
	attributionID
	linkID
)

func idOf(kind byte, n int) uuid.UUID { return uuid.UUID{0: kind, 14: byte(n >> 8), 15: byte(n)} }

// checkRandom tries a property in so many rounds of 100 draws, or of as many as -rapid.checks says.
func checkRandom(t *testing.T, rounds int, property func(*rapid.T)) {
	t.Helper()
	for n := range rounds {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, property)
		})
	}
}

// random draws facts small enough for the twin, with everything in them that the analysis has a rule for.
type random struct {
	*rapid.T
	provenance.Facts
	// In dense facts many speak of one claim, nothing is merged or retracted and nobody vouches for anything, so that
	// circles and shared control come together.
	dense bool
	// In withdrawn facts about a fourth of all sources and documents is retracted.
	withdrawn bool
}

// randomFacts draws up to 8 sources, 10 relations, 6 documents, 14 attributions and 6 links between 4 claims.
func randomFacts(t *rapid.T) provenance.Facts {
	return drawFacts(&random{T: t, dense: oneOf(t, "dense", false, true), withdrawn: oneOf(t, "withdrawn", false, true)})
}

func drawFacts(c *random) provenance.Facts {
	c.drawSources()
	c.drawRelations()
	c.drawDocuments()
	c.drawClaims()
	c.drawAttributions()
	c.drawLinks()
	return c.Facts
}

// oneOf draws one of several; what is given more often comes more often.
func oneOf[E any](t *rapid.T, label string, choices ...E) E {
	return rapid.SampledFrom(choices).Draw(t, label)
}

func (c *random) upTo(n int, label string) int { return rapid.IntRange(0, n).Draw(c.T, label) }

// seldom is true about once in 16 times, never in dense facts.
func (c *random) seldom(label string) bool { return !c.dense && c.upTo(15, label) == 15 }

// isWithdrawn says whether to retract a source or a document.
func (c *random) isWithdrawn(label string) bool {
	return c.withdrawn && c.upTo(3, label) == 3 || c.seldom(label)
}

// ids gives up to most ids, at least least or, in dense facts, half of most; in any order, so that what was drawn first
// is not what sorts first.
func (c *random) ids(kind byte, least, most int, label string) []uuid.UUID {
	if c.dense {
		least = max(least, most/2)
	}
	ids := make([]uuid.UUID, rapid.IntRange(least, most).Draw(c.T, label))
	for i := range ids {
		ids[i] = idOf(kind, i)
	}
	return rapid.Permutation(ids).Draw(c.T, label)
}

// entity draws a status, and what a merged one is merged into: one drawn before, so that merges make no loop.
func (c *random) entity(before []uuid.UUID) (headwater.EntityStatus, *uuid.UUID) {
	switch {
	case c.seldom("retracted?"):
		return headwater.EntityRetracted, nil
	case len(before) > 0 && c.seldom("merged?"):
		into := rapid.SampledFrom(before).Draw(c.T, "merged into")
		return headwater.EntityMerged, &into
	}
	return headwater.EntityActive, nil
}

func (c *random) record(label string) headwater.RecordStatus {
	if c.seldom(label) {
		return headwater.RecordRetracted
	}
	return headwater.RecordActive
}

func (c *random) decision() headwater.Decision {
	const a, p, r = headwater.Accepted, headwater.Proposed, headwater.Rejected
	return oneOf(c.T, "decision", a, a, a, "", a, a, p, a, a, a, p, r)
}

func (c *random) drawSources() {
	ids := c.ids(sourceID, 2, 8, "sources")
	for i, id := range ids {
		source := headwater.Source{Meta: headwater.Meta{ID: id}}
		source.Anonymous = oneOf(c.T, "anonymous", false, false, true)
		source.Reliability = oneOf[headwater.Reliability](c.T, "reliability", "A", "B", "C", "D", "E", "F", "")
		if source.Status, source.MergedInto = c.entity(ids[:i]); source.Status == headwater.EntityActive && c.isWithdrawn("withdrawn?") {
			source.Status = headwater.EntityRetracted
		}
		c.Sources = append(c.Sources, source)
	}
}

func (c *random) source(label string) uuid.UUID {
	return rapid.SampledFrom(c.Sources).Draw(c.T, label).ID
}

func (c *random) drawRelations() {
	for _, id := range c.ids(relationID, 0, 10, "relations") {
		relation := headwater.Relation{Meta: headwater.Meta{ID: id}, Status: c.record("relation retracted")}
		relation.Subject, relation.Object = c.source("subject"), c.source("object")
		relation.Kind = oneOf(c.T, "kind", headwater.PartOf, headwater.ControlledBy, headwater.SpeaksFor, headwater.OwnedBy,
			headwater.MemberOf)
		if relation.Kind == headwater.OwnedBy {
			relation.Share = oneOf[*float64](c.T, "share", nil, new(0.3), new(0.5), new(0.51), new(1.0))
		}
		relation.Since = oneOf[headwater.Day](c.T, "since", "", "", "", "2023", "2024", "2024-05", "2024-05-06")
		relation.Until = oneOf[headwater.Day](c.T, "until", "", "", "", "2024-05-06", "2024-05", "2024", "2025-01-01")
		if !relation.Since.First().After(relation.Until.Last()) || relation.Until == "" {
			c.Relations = append(c.Relations, relation)
		}
	}
}

func (c *random) drawDocuments() {
	ids := c.ids(documentID, 1, 6, "documents")
	for i, id := range ids {
		document := provenance.Document{ID: id, Publisher: c.source("publisher"), Retracted: c.isWithdrawn("document retracted")}
		if i > 0 && c.upTo(2, "derived?") == 2 {
			document.DerivedFrom = rapid.SampledFrom(ids[:i]).Draw(c.T, "derived from")
		}
		document.Published = oneOf(c.T, "published",
			headwater.Interval{Earliest: "2024-05-06", Latest: "2024-05-06"},
			headwater.Interval{Earliest: "2024-05-07T00:30:00+02:00", Latest: "2024-05-07T00:30:00+02:00"},
			headwater.Interval{Earliest: "2023", Latest: "2023-12"},
			headwater.Interval{Earliest: "2024-05", Latest: "2025"},
			headwater.Interval{Earliest: "2023", Latest: "2023"},
			headwater.Interval{Earliest: "2025-02-03", Latest: "2025-02-03"},
			headwater.Interval{Earliest: "2024-05-07"},
			headwater.Interval{Latest: "2023-12-31"},
			headwater.Interval{},
		)
		c.Documents = append(c.Documents, document)
	}
}

func (c *random) drawClaims() {
	ids := c.ids(claimID, 4, 4, "claims")
	for i, id := range ids {
		claim := headwater.Claim{Meta: headwater.Meta{ID: id}}
		claim.Status, claim.MergedInto = c.entity(ids[:i])
		c.Claims = append(c.Claims, claim)
	}
}

// claim draws the first one as often as all others, so that much is said about it.
func (c *random) claim(label string) uuid.UUID {
	if c.dense {
		return c.Claims[0].ID
	}
	return c.Claims[oneOf(c.T, label, 0, 0, 0, 1, 2, 3)].ID
}

func (c *random) drawAttributions() {
	const affirms, denies, questions = headwater.Affirms, headwater.Denies, headwater.Questions
	for _, id := range c.ids(attributionID, 1, 14, "attributions") {
		document := rapid.SampledFrom(c.Documents).Draw(c.T, "document")
		attribution := provenance.Attribution{ID: id, Claim: c.claim("claim"), Document: document.ID, Status: c.decision()}
		attribution.Stance = oneOf(c.T, "stance", affirms, affirms, affirms, affirms, denies, denies, questions)
		attribution.Chain = []uuid.UUID{document.Publisher}
		for range oneOf(c.T, "hops", 1, 0, 1, 2, 3) {
			attribution.Chain = append(attribution.Chain, c.source("hop"))
		}
		attribution.Certainty = oneOf(c.T, "certainty", headwater.Certain, headwater.Probable, headwater.Possible, headwater.Unknown, "")
		if !c.dense {
			attribution.Evidence = oneOf(c.T, "evidence", "", headwater.Hearsay, headwater.Firsthand, headwater.Unstated,
				headwater.OnRecord)
		}
		c.Attributions = append(c.Attributions, attribution)
	}
}

func (c *random) drawLinks() {
	for _, id := range c.ids(linkID, 0, 6, "links") {
		link := headwater.Link{Meta: headwater.Meta{ID: id}, Status: c.decision()}
		link.From, link.To = c.claim("from"), c.claim("to")
		link.Kind = oneOf(c.T, "link kind", headwater.Equivalent, headwater.Refines, headwater.Corroborates, headwater.Contradicts)
		if link.Kind == headwater.Contradicts {
			link.Degree = oneOf(c.T, "degree", headwater.DegreeDirect, "", headwater.DegreeTension)
		}
		if link.From != link.To {
			c.Links = append(c.Links, link)
		}
	}
}

// question draws any question about the facts.
func (c *random) question() provenance.Question {
	q := provenance.Question{IncludeProposed: oneOf(c.T, "include proposed", false, true)}
	q.AsOf = oneOf[headwater.Day](c.T, "as of", "", "", "", "2025-06-07", "2023", "2024-05", "2024-05-06")
	for range oneOf(c.T, "set aside", 1, 0, 2) {
		q.Without = append(q.Without, c.source("without"))
	}
	return q
}
