package provenance_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
)

// story builds facts about one claim by names, so that a test reads like what it is about. Ids follow the order in
// which things are added.
type story struct {
	provenance.Facts
	claim uuid.UUID
	day   headwater.Moment // of new documents; not dated if empty
	names map[uuid.UUID]string
}

func newStory() *story {
	claim := headwater.Claim{Meta: headwater.Meta{ID: idOf(claimID, 0)}}
	return &story{Facts: provenance.Facts{Claims: []headwater.Claim{claim}}, claim: claim.ID, names: map[uuid.UUID]string{}}
}

// source is the one with this name, added now where it is new.
func (s *story) source(name string) *headwater.Source {
	for i := range s.Sources {
		if s.Sources[i].Name == name {
			return &s.Sources[i]
		}
	}
	source := headwater.Source{Meta: headwater.Meta{ID: idOf(sourceID, len(s.Sources))}, Status: headwater.EntityActive}
	source.Name = name
	s.names[source.ID] = name
	s.Sources = append(s.Sources, source)
	return &s.Sources[len(s.Sources)-1]
}

func (s *story) partOf(subject, object string) {
	relation := headwater.Relation{Meta: headwater.Meta{ID: idOf(relationID, len(s.Relations))}}
	relation.Kind, relation.Subject, relation.Object = headwater.PartOf, s.source(subject).ID, s.source(object).ID
	s.Relations = append(s.Relations, relation)
}

// attribute adds a document of its own in which the first of a chain has it from the next, and so on; what it gives may be
// changed.
func (s *story) attribute(stance headwater.Stance, certainty headwater.Certainty, chain ...string) *provenance.Attribution {
	document := provenance.Document{ID: idOf(documentID, len(s.Documents)), Publisher: s.source(chain[0]).ID,
		Published: between(s.day, s.day)}
	attribution := provenance.Attribution{
		ID: idOf(attributionID, len(s.Attributions)), Claim: s.claim, Document: document.ID, Stance: stance, Certainty: certainty,
	}
	for _, name := range chain {
		attribution.Chain = append(attribution.Chain, s.source(name).ID)
	}
	s.Documents = append(s.Documents, document)
	s.Attributions = append(s.Attributions, attribution)
	return &s.Attributions[len(s.Attributions)-1]
}

// dateLast dates the newest document otherwise.
func (s *story) dateLast(earliest, latest headwater.Moment) {
	s.Documents[len(s.Documents)-1].Published = between(earliest, latest)
}

// between is a time of which the ends are known; an empty one is open.
func between(earliest, latest headwater.Moment) headwater.Interval {
	return headwater.Interval{Earliest: earliest, Latest: latest}
}

func (s *story) affirm(chain ...string) *provenance.Attribution {
	return s.attribute(headwater.Affirms, headwater.Certain, chain...)
}

func (s *story) report(t *testing.T) *provenance.Report {
	t.Helper()
	report, err := provenance.New(s.Facts).Report(t.Context(), s.claim, provenance.Question{})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// namesOf gives the names of sources.
func (s *story) namesOf(ids []uuid.UUID) []string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = s.names[id]
	}
	return names
}
