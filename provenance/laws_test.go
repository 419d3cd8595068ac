package provenance_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
)

// reports answers the question about every claim that stands for itself.
func reports(t *rapid.T, facts provenance.Facts, question provenance.Question) map[uuid.UUID]*provenance.Report {
	analysis := provenance.New(facts)
	found := map[uuid.UUID]*provenance.Report{}
	for _, claim := range facts.ActiveClaims() {
		report, err := analysis.Report(t.Context(), claim, question)
		if err != nil {
			t.Fatal(err)
		}
		found[claim] = report
	}
	return found
}

func sidesOf(r *provenance.Report) []provenance.Side {
	return []provenance.Side{r.Affirming, r.Denying}
}

// newcomer is a source that nothing is known of but its name.
func newcomer() headwater.Source {
	source := headwater.Source{Meta: headwater.Meta{ID: idOf(sourceID, 99)}, Status: headwater.EntityActive}
	source.Name = "newcomer"
	return source
}

// TestReprint: a reprint with the same chain by a new publisher without relations on the same day never changes how many
// independent origins there are.
func TestReprint(t *testing.T) {
	t.Parallel()
	checkRandom(t, 10, func(t *rapid.T) {
		facts := randomFacts(t)
		before := reports(t, facts, provenance.Question{})
		reprinted := rapid.SampledFrom(facts.Attributions).Draw(t, "reprinted")
		document := *documentOf(facts, reprinted)
		if document.Retracted {
			return // a reprint of what was retracted is not, so that it counts where its original does not
		}
		document.ID, document.DerivedFrom, document.Publisher = idOf(documentID, 99), document.ID, newcomer().ID
		reprint := reprinted
		reprint.ID, reprint.Document = idOf(attributionID, 99), document.ID
		reprint.Chain = append([]uuid.UUID{document.Publisher}, reprinted.Chain[1:]...)
		facts.Sources = append(facts.Sources, newcomer())
		facts.Documents = append(facts.Documents, document)
		facts.Attributions = append(facts.Attributions, reprint)

		for claim, after := range reports(t, facts, provenance.Question{}) {
			for i, side := range sidesOf(after) {
				if was := sidesOf(before[claim])[i].IndependentOrigins; side.IndependentOrigins != was {
					t.Errorf("claim %s: %+v with the reprint, %+v before", claim, side.IndependentOrigins, was)
				}
			}
		}
	})
}

func documentOf(facts provenance.Facts, a provenance.Attribution) *provenance.Document {
	at := slices.IndexFunc(facts.Documents, func(d provenance.Document) bool { return d.ID == a.Document })
	return &facts.Documents[at]
}

// TestFurtherControl: a further control relation never raises max, as long as it parts no group and nothing is withdrawn.
// Where an outlet quotes what was withdrawn, a relation between the two makes it speak for its source.
func TestFurtherControl(t *testing.T) {
	t.Parallel()
	checkRandom(t, 10, func(t *rapid.T) {
		c := &random{T: t, Facts: restored(randomFacts(t))}
		before := reports(t, c.Facts, provenance.Question{})
		relation := headwater.Relation{Meta: headwater.Meta{ID: idOf(relationID, 99)}}
		relation.Kind, relation.Subject, relation.Object = headwater.ControlledBy, c.source("further subject"), c.source("further object")
		c.Relations = append(c.Relations, relation)

		for claim, after := range reports(t, c.Facts, provenance.Question{}) {
			for i, side := range sidesOf(after) {
				was := sidesOf(before[claim])[i]
				if side.IndependentOrigins.Max > was.IndependentOrigins.Max && !splitsGroup(was.Groups, side.Groups) {
					t.Errorf("claim %s: max is %d with the relation, %d before", claim, side.IndependentOrigins.Max,
						was.IndependentOrigins.Max)
				}
			}
		}
	})
}

// restored gives facts of which no source and no document is retracted.
func restored(facts provenance.Facts) provenance.Facts {
	for i := range facts.Sources {
		if facts.Sources[i].Status == headwater.EntityRetracted {
			facts.Sources[i].Status = headwater.EntityActive
		}
	}
	for i := range facts.Documents {
		facts.Documents[i].Retracted = false
	}
	return facts
}

// splitsGroup says whether two sources were of one group before and are not after.
func splitsGroup(before, after map[uuid.UUID]provenance.Group) bool {
	now := map[uuid.UUID]uuid.UUID{}
	for source, group := range before {
		if other, ok := now[group.Group]; ok && other != after[source].Group {
			return true
		}
		now[group.Group] = after[source].Group
	}
	return false
}

// TestSecondControllerPartsGroup is why the law says so. As long as all three stations are the network's alone, what the
// network says comes from the witness. Once the third has another owner too, it speaks for itself; the network is left
// with two stations that quote only one another, one voice of which nobody says that it has it from the witness.
func TestSecondControllerPartsGroup(t *testing.T) {
	t.Parallel()
	s := newStory()
	s.affirm("first station", "second station")
	s.affirm("second station", "first station")
	s.affirm("third station", "witness")
	for _, station := range []string{"first station", "second station", "third station"} {
		s.partOf(station, "network")
	}
	if got, want := s.report(t).Affirming.IndependentOrigins, (provenance.Independence{Min: 1, Max: 1, Exact: true}); got != want {
		t.Errorf("%+v with one owner, want %+v", got, want)
	}
	s.partOf("third station", "other owner")
	if got, want := s.report(t).Affirming.IndependentOrigins, (provenance.Independence{Min: 2, Max: 2, Exact: true}); got != want {
		t.Errorf("%+v with two owners, want %+v", got, want)
	}
}

// TestNewVoice: a new named source without relations that says it in its own voice, in a document within the side's
// period, raises max by one and never lowers min.
func TestNewVoice(t *testing.T) {
	t.Parallel()
	checkRandom(t, 10, func(t *rapid.T) {
		facts := randomFacts(t)
		active := facts.ActiveClaims()
		if len(active) == 0 {
			return
		}
		claim := rapid.SampledFrom(active).Draw(t, "claim")
		before := reports(t, facts, provenance.Question{})[claim].Affirming
		document := provenance.Document{ID: idOf(documentID, 99), Publisher: newcomer().ID}
		if len(before.Evidence) > 0 {
			beside := rapid.SampledFrom(before.Evidence).Draw(t, "on the day of")
			document.Published = documentOf(facts, provenance.Attribution{Document: beside.Document}).Published
		}
		voice := provenance.Attribution{
			ID: idOf(attributionID, 99), Claim: claim, Document: document.ID, Stance: headwater.Affirms, Chain: []uuid.UUID{newcomer().ID},
		}
		facts.Sources = append(facts.Sources, newcomer())
		facts.Documents = append(facts.Documents, document)
		facts.Attributions = append(facts.Attributions, voice)

		was, is := before.IndependentOrigins, reports(t, facts, provenance.Question{})[claim].Affirming.IndependentOrigins
		if is.Max != was.Max+1 || is.Min < was.Min {
			t.Errorf("%+v with the new voice, %+v before", is, was)
		}
	})
}

// TestBounds: min is at most max, and there are at most as many lines as groups that publish.
func TestBounds(t *testing.T) {
	t.Parallel()
	checkRandom(t, 10, func(t *rapid.T) {
		c := &random{T: t, Facts: randomFacts(t)}
		for claim, report := range reports(t, c.Facts, c.question()) {
			for _, side := range sidesOf(report) {
				publishing := set{}
				for _, evidence := range side.Evidence {
					publishing[evidence.GroupWalk[0]] = true
				}
				whole := provenance.Removal{IndependentOrigins: side.IndependentOrigins, Lines: side.Lines}
				for _, left := range append(side.Without, whole) {
					if origins := left.IndependentOrigins; origins.Min > origins.Max || left.Lines > len(publishing) {
						t.Errorf("claim %s, %d groups publish: %+v", claim, len(publishing), left)
					}
				}
			}
		}
	})
}

// TestSameBytes: a report is the same, byte by byte, when it is asked for again and whatever the order of the facts.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	checkRandom(t, 10, func(t *rapid.T) {
		c := &random{T: t, Facts: randomFacts(t)}
		question := c.question()
		first := encoded(t, reports(t, c.Facts, question))
		if again := encoded(t, reports(t, c.Facts, question)); !bytes.Equal(first, again) {
			t.Errorf("first %s\nagain %s", first, again)
		}
		shuffled := provenance.Facts{
			Claims: shuffle(t, c.Claims), Links: shuffle(t, c.Links), Attributions: shuffle(t, c.Attributions),
			Documents: shuffle(t, c.Documents), Sources: shuffle(t, c.Sources), Relations: shuffle(t, c.Relations),
		}
		question.Without = shuffle(t, question.Without)
		if other := encoded(t, reports(t, shuffled, question)); !bytes.Equal(first, other) {
			t.Errorf("in order %s\nshuffled %s", first, other)
		}
	})
}

func shuffle[E any](t *rapid.T, things []E) []E {
	if len(things) == 0 {
		return nil
	}
	return rapid.Permutation(things).Draw(t, "shuffled")
}

func encoded(t *rapid.T, reports map[uuid.UUID]*provenance.Report) []byte {
	data, err := json.Marshal(reports)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
