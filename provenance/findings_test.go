package provenance_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
)

// relate adds a control edge of the subject to the object.
func (s *story) relate(subject string, kind headwater.RelationKind, object string, since, until headwater.Day) {
	s.partOf(subject, object)
	relation := &s.Relations[len(s.Relations)-1]
	relation.Kind, relation.Since, relation.Until = kind, since, until
}

// TestAnomalies: what does not fit together is reported, and what only might not is not.
func TestAnomalies(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		tell func(*story)
		want []string
	}{
		"nothing is dated": {func(s *story) { s.affirm("paper", "mayor") }, nil},
		"said after it was passed on": {func(s *story) {
			s.affirm("paper", "aide", "mayor").SaidAt = []headwater.Interval{{}, between("", "2024-05-06"), between("2024-05-07", "")}
		}, []string{"said_after_quoted 2"}},
		"said on the day on which it was passed on": {func(s *story) {
			s.affirm("paper", "aide", "mayor").SaidAt = []headwater.Interval{{}, between("", "2024-05-06"), between("2024-05-06", "")}
		}, nil},
		"said in a year that may have begun before": {func(s *story) {
			s.affirm("paper", "aide", "mayor").SaidAt = []headwater.Interval{{}, between("2024-05-06", "2024-05-06"),
				between("2024", "2024")}
		}, nil},
		"only those next to each other are compared": {func(s *story) {
			s.affirm("paper", "aide", "friend", "mayor").SaidAt = []headwater.Interval{{}, between("", "2023"), {}, between("2024", "")}
		}, nil},
		"said after it was published": {func(s *story) {
			s.affirm("paper", "mayor").SaidAt = []headwater.Interval{{}, between("2024-06", "")}
			s.dateLast("2024-05-01", "2024-05-31T23:59:59Z")
		}, []string{"said_after_publication 1"}},
		"said, by the clock, an hour before it was published": {func(s *story) {
			s.affirm("paper", "mayor").SaidAt = []headwater.Interval{{}, between("2024-06-01T00:30:00+02:00", "")}
			s.dateLast("2024-05-31T23:30:00Z", "2024-05-31T23:30:00Z")
		}, nil},
		"said before it was published, nobody knows when at the latest": {func(s *story) {
			s.affirm("paper", "mayor").SaidAt = []headwater.Interval{{}, between("2024-06", "")}
			s.dateLast("2024-05-01", "")
		}, nil},
		"published before it happened": {func(s *story) {
			s.Claims[0].EventTime = &headwater.Period{Start: "2025"}
			s.affirm("paper")
			s.dateLast("2024-05-01", "2024-12-31")
		}, []string{"published_before_event"}},
		"published in the year in which it happened": {func(s *story) {
			s.Claims[0].EventTime = &headwater.Period{Start: "2024", End: "2025"}
			s.affirm("paper")
			s.dateLast("2024-05-01", "2024-05-01")
		}, nil},
		"published before it was over": {func(s *story) {
			s.Claims[0].EventTime = &headwater.Period{End: "2025"}
			s.affirm("paper")
			s.dateLast("2024-05-01", "2024-05-01")
		}, nil},
		"a text that was altered": {func(s *story) {
			s.affirm("paper")
			s.Documents[0].Altered = true
		}, []string{"text_hash_mismatch"}},
		"a loop of control above those who tell it": {func(s *story) {
			s.affirm("paper")
			for _, pair := range [][2]string{{"paper", "holding"}, {"holding", "trust"}, {"trust", "holding"}} {
				s.partOf(pair[0], pair[1])
			}
		}, []string{"control_loop holding"}},
		"a loop of control that did not hold then": {func(s *story) {
			s.affirm("paper")
			s.dateLast("2024-05-01", "2024-05-01")
			s.relate("paper", headwater.OwnedBy, "holding", "", "")
			s.relate("paper", headwater.ControlledBy, "holding", "2024", "")
			s.relate("holding", headwater.ControlledBy, "paper", "", "2023")
		}, nil},
		"a loop of control beside those who tell it": {func(s *story) {
			s.affirm("paper")
			s.partOf("holding", "trust")
			s.partOf("trust", "holding")
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStory()
			test.tell(s)
			var got []string
			for _, anomaly := range s.report(t).Affirming.Anomalies {
				got = append(got, s.anomalyText(anomaly))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func (s *story) anomalyText(a provenance.Anomaly) string {
	switch {
	case a.Source != nil:
		return fmt.Sprint(a.Code, " ", s.names[*a.Source])
	case a.Hop != nil:
		return fmt.Sprint(a.Code, " ", *a.Hop)
	}
	return string(a.Code)
}

// TestLoopOfWhomNobodyTells: asking for a report without a source that the claim has nothing to do with says nothing of
// those who control it.
func TestLoopOfWhomNobodyTells(t *testing.T) {
	t.Parallel()
	s := newStory()
	s.affirm("paper")
	s.partOf("stranger", "holding")
	s.partOf("holding", "trust")
	s.partOf("trust", "holding")
	report, err := provenance.New(s.Facts).Report(t.Context(), s.claim, provenance.Question{Without: []uuid.UUID{s.source("stranger").ID}})
	if err != nil {
		t.Fatal(err)
	}
	for _, side := range []provenance.Side{report.Affirming, report.Denying} {
		if len(side.Anomalies) > 0 {
			t.Errorf("%+v", side.Anomalies)
		}
	}
}

// TestOpenQuestions: what could change the answer is asked, and nothing else. Who controls those that the tests tell of was
// looked up.
func TestOpenQuestions(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		tell func(*story)
		want []string
	}{
		"nothing is open": {func(s *story) { s.affirm("paper") }, nil},
		"an origin that nobody knows": {func(s *story) {
			s.affirm("paper", "diplomats")
			s.source("diplomats").Anonymous = true
		}, []string{"anonymous_source diplomats"}},
		"somebody is known to stand behind it": {func(s *story) {
			s.affirm("paper", "diplomats")
			s.source("diplomats").Anonymous = true
			s.partOf("diplomats", "ministry")
		}, nil},
		"nobody knows who passes it on": {func(s *story) {
			s.affirm("paper", "diplomats", "mayor")
			s.source("diplomats").Anonymous = true
		}, nil},
		"somebody else of the group is known": {func(s *story) {
			s.affirm("paper", "diplomats")
			s.affirm("paper", "envoy")
			s.source("diplomats").Anonymous = true
			s.partOf("envoy", "diplomats")
		}, nil},
		"an end with hearsay": {func(s *story) { s.affirm("paper", "mayor").Evidence = headwater.Hearsay },
			[]string{"hearsay_ending mayor"}},
		"hearsay at one end, and something else at another": {func(s *story) {
			s.affirm("paper", "mayor").Evidence = headwater.Hearsay
			s.affirm("paper", "mayor")
		}, nil},
		"nobody looked up who controls them": {func(s *story) {
			s.affirm("paper", "aide", "mayor")
			for _, name := range []string{"paper", "aide", "mayor"} {
				s.source(name).ControlReviewedAt = ""
			}
		}, []string{"control_not_reviewed paper", "control_not_reviewed mayor"}},
		"nobody looked up who controls the one that names the group": {func(s *story) {
			s.affirm("paper", "mayor")
			s.partOf("mayor", "city")
			s.source("mayor").ControlReviewedAt, s.source("city").ControlReviewedAt = "", ""
		}, []string{"control_not_reviewed city"}},
		"a document without a date": {func(s *story) {
			s.affirm("paper")
			s.dateLast("", "")
		}, []string{"undated_document 0"}},
		"a document with half a date": {func(s *story) {
			s.affirm("paper")
			s.dateLast("", "2024")
		}, nil},
		"a proposed link that would bring something in": {func(s *story) { s.affirmOther(headwater.Refines, headwater.Proposed) },
			[]string{"proposed_link 0"}},
		"one that would bring in what is withdrawn": {func(s *story) {
			s.affirmOther(headwater.Refines, headwater.Proposed)
			s.dateLast("2024-05-06", "2024-05-06")
			s.Documents[0].Retracted = true
		}, []string{"proposed_link_to_withdrawn 0"}},
		"one that would bring it to the other side": {func(s *story) { s.affirmOther(headwater.Contradicts, headwater.Proposed) }, nil},
		"a rejected one": {func(s *story) { s.affirmOther(headwater.Refines, headwater.Rejected) }, nil},
		"a proposed one that would bring nothing": {func(s *story) {
			s.affirmOther(headwater.Refines, headwater.Accepted)
			s.link(headwater.Equivalent, headwater.Proposed)
		}, nil},
		"those who have it from one another": {func(s *story) {
			s.affirm("paper", "gazette")
			s.affirm("gazette", "paper")
		}, []string{"ungrounded_circle paper gazette"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStory()
			s.day = "2024-05-06"
			s.review("paper", "aide", "mayor", "gazette", "diplomats", "envoy", "ministry", "city")
			test.tell(s)
			var got []string
			for _, question := range s.report(t).Affirming.OpenQuestions {
				got = append(got, s.questionText(question))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// review are sources of whom somebody looked up who controls them.
func (s *story) review(names ...string) {
	for _, name := range names {
		s.source(name).ControlReviewedAt = "2024-05-06"
	}
}

// affirmOther has the paper affirm another claim, which a link of this kind leads from.
func (s *story) affirmOther(kind headwater.LinkKind, status headwater.Decision) {
	s.Claims = append(s.Claims, headwater.Claim{Meta: headwater.Meta{ID: idOf(claimID, 1)}})
	s.affirm("paper").Claim = idOf(claimID, 1)
	s.link(kind, status)
}

func (s *story) link(kind headwater.LinkKind, status headwater.Decision) {
	link := headwater.Link{Meta: headwater.Meta{ID: idOf(linkID, len(s.Links))}, Status: status}
	link.Kind, link.From, link.To = kind, idOf(claimID, 1), s.claim
	s.Links = append(s.Links, link)
}

func (s *story) questionText(q provenance.OpenQuestion) string {
	switch {
	case q.Source != nil:
		return fmt.Sprint(q.Code, " ", s.names[*q.Source])
	case q.Document != nil:
		return fmt.Sprint(q.Code, " ", slices.IndexFunc(s.Documents, func(d provenance.Document) bool { return d.ID == *q.Document }))
	case q.Link != nil:
		return fmt.Sprint(q.Code, " ", slices.IndexFunc(s.Links, func(l headwater.Link) bool { return l.ID == *q.Link }))
	}
	return fmt.Sprint(q.Code, " ", s.namesOf(q.Circle)[0], " ", s.namesOf(q.Circle)[1])
}
