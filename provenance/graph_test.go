package provenance_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
)

// TestGraph: what a page needs of each group and each edge, in one call.
func TestGraph(t *testing.T) {
	t.Parallel()
	s := newStory()
	s.affirm("paper", "bureau", "mayor").Acts = []headwater.Act{"publishes", "reports", "says"}
	s.dateLast("2024-05-06", "2024-05-06")
	s.affirm("gazette", "desk", "mayor").Acts = []headwater.Act{"publishes", "announces", "claims"}
	s.dateLast("2024-05-04", "2024-05-09")
	s.affirm("echo")
	s.Documents[2].DerivedFrom = s.Documents[0].ID
	s.affirm("gazette", "insiders")
	s.source("insiders").Anonymous = true
	s.Documents[3].Retracted = true
	s.partOf("bureau", "agency")
	s.partOf("desk", "agency")
	drawing, err := provenance.New(s.Facts).Drawing(t.Context(), s.claim, provenance.Question{})
	if err != nil {
		t.Fatal(err)
	}
	id := func(name string) uuid.UUID { return s.source(name).ID }
	nodes := map[string]provenance.Node{}
	for _, node := range drawing.Affirming.Nodes {
		nodes[s.names[node.Group]] = node
	}
	none, no := provenance.Independence{Exact: true}, false
	want := map[string]provenance.Node{
		"agency": {
			Group: id("agency"), Members: []uuid.UUID{id("bureau"), id("desk")}, Roles: []provenance.Role{provenance.RelayRole},
			CommonLink: true, First: "2024-05-04", Last: "2024-05-09", Attributions: 2,
			Without: &provenance.Remainder{IndependentOrigins: none}, Layer: 2,
		},
		"insiders": {
			Group: id("insiders"), Members: []uuid.UUID{id("insiders")}, Roles: []provenance.Role{provenance.OriginRole}, Uncertain: true,
			OutOfReach: true, Certain: &no, Attributions: 1, Layer: 3, Order: 1, Because: &provenance.Because{
				Code: provenance.OriginAnonymous, Detail: "Nobody knows who this is.",
				Params: provenance.Params{Sources: []uuid.UUID{id("insiders")}},
			},
		},
	}
	for name, node := range want {
		if diff := cmp.Diff(node, nodes[name]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	edges := map[[2]string]provenance.Edge{}
	for _, e := range drawing.Affirming.Edges {
		edges[[2]string{s.names[e.From], s.names[e.To]}] = e
	}
	a := func(n int) uuid.UUID { return idOf(attributionID, n) }
	wantEdges := map[[2]string]provenance.Edge{
		{"agency", "mayor"}: {
			Attributions: []uuid.UUID{a(0), a(1)}, First: "2024-05-04", Acts: []headwater.Act{"claims", "says"},
			Members: []provenance.EdgeMember{
				{From: id("bureau"), To: id("mayor"), Attributions: []uuid.UUID{a(0)}},
				{From: id("desk"), To: id("mayor"), Attributions: []uuid.UUID{a(1)}},
			},
		},
		{"echo", "paper"}: {
			Attributions: []uuid.UUID{a(2)}, Acts: []headwater.Act{}, Reprint: true,
			Members: []provenance.EdgeMember{{From: id("echo"), To: id("paper"), Attributions: []uuid.UUID{a(2)}}},
		},
		{"gazette", "insiders"}: {
			Attributions: []uuid.UUID{a(3)}, Acts: []headwater.Act{}, OutOfReach: true,
			Members: []provenance.EdgeMember{{From: id("gazette"), To: id("insiders"), Attributions: []uuid.UUID{a(3)}}},
		},
	}
	for ends, edge := range wantEdges {
		if diff := cmp.Diff(edge, edges[ends], cmpopts.IgnoreFields(provenance.Edge{}, "From", "To")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", ends, diff)
		}
	}
}

// TestGraphWithProposals: what nothing passes but for a proposal is marked, and what is only had from hearsay.
func TestGraphWithProposals(t *testing.T) {
	t.Parallel()
	s := newStory()
	s.affirm("paper", "mayor")
	s.affirm("gazette", "paper", "mayor").Status = headwater.Proposed
	s.affirm("gazette", "envoy").Evidence = headwater.Hearsay
	s.affirm("paper", "envoy").Evidence = headwater.Hearsay
	s.affirm("paper", "envoy", "rival").Evidence = headwater.Hearsay
	s.affirmOther(headwater.Refines, headwater.Proposed)
	s.affirm("other", "mayor").Claim = idOf(claimID, 1)
	drawing := func(q provenance.Question) (marked []string, hearsay []string) {
		drawn, err := provenance.New(s.Facts).Drawing(t.Context(), s.claim, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, node := range drawn.Affirming.Nodes {
			if node.Proposed {
				marked = append(marked, s.names[node.Group])
			}
		}
		for _, e := range drawn.Affirming.Edges {
			name := s.names[e.From] + " " + s.names[e.To]
			if e.Proposed {
				marked = append(marked, name)
			}
			if e.Hearsay {
				hearsay = append(hearsay, name)
			}
		}
		slices.Sort(marked)
		slices.Sort(hearsay)
		return marked, hearsay
	}
	wantHearsay := []string{"envoy rival", "gazette envoy"}
	marked, hearsay := drawing(provenance.Question{IncludeProposed: true})
	if diff := cmp.Diff([]string{"gazette paper", "other", "other mayor"}, marked); diff != "" {
		t.Errorf("proposed (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(wantHearsay, hearsay); diff != "" {
		t.Errorf("hearsay (-want +got):\n%s", diff)
	}
	if marked, hearsay = drawing(provenance.Question{}); marked != nil || !slices.Equal(hearsay, wantHearsay) {
		t.Errorf("without proposals: %q, %q", marked, hearsay)
	}
}

// TestSharedByBothSides: a claim and its denial by the same hands, and from the same place.
func TestSharedByBothSides(t *testing.T) {
	t.Parallel()
	s := newStory()
	s.affirm("paper", "agency", "mayor")
	s.affirm("gazette", "agency", "envoy")
	s.attribute(headwater.Denies, headwater.Certain, "paper", "agency", "mayor")
	s.attribute(headwater.Denies, headwater.Certain, "echo", "agency", "rival")
	shared := s.report(t).Shared
	if diff := cmp.Diff([][]string{{"mayor"}, {"agency"}}, [][]string{s.namesOf(shared.Origins), s.namesOf(shared.Carriers)}); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestParams: sentences come with their values.
func TestParams(t *testing.T) {
	t.Parallel()
	s := newStory()
	s.Claims[0].EventTime = &headwater.Period{Start: "2025"}
	said := s.affirm("paper", "aide", "mayor")
	said.SaidAt = []headwater.Interval{{}, between("", "2024-05-06"), between("2024-05-08", "")}
	s.dateLast("2024-05-05", "2024-05-07")
	s.Documents[0].Altered = true
	s.partOf("paper", "holding")
	s.partOf("holding", "trust")
	s.partOf("trust", "holding")
	s.affirmOther(headwater.Refines, headwater.Proposed)
	report := s.report(t)
	got := map[string]provenance.Params{}
	for _, anomaly := range report.Affirming.Anomalies {
		got[string(anomaly.Code)] = anomaly.Params
	}
	for _, question := range report.Affirming.OpenQuestions {
		if question.Code != provenance.ControlNotReviewed {
			got[string(question.Code)] = question.Params
		}
	}
	loop := []uuid.UUID{s.source("holding").ID, s.source("trust").ID}
	want := map[string]provenance.Params{
		"said_after_quoted":      {Said: "2024-05-08", PassedOn: "2024-05-06"},
		"said_after_publication": {Said: "2024-05-08", Published: "2024-05-07"},
		"published_before_event": {Published: "2024-05-07", Event: "2025"},
		"text_hash_mismatch":     {Document: &s.Documents[0].ID},
		"control_loop":           {Sources: loop},
		"proposed_link":          {Claims: []uuid.UUID{idOf(claimID, 1), s.claim}, Attributions: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, id := range loop {
		if _, known := report.Sources[id]; !known {
			t.Errorf("source %s is not named", s.names[id])
		}
	}
}
