package provenance_test

import (
	"bytes"
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
)

// TestWithdrawalNeverFlatters: retracting sources and documents raises neither min, max nor lines on any side of any
// claim, in whatever order they are retracted; and restoring them restores every byte.
func TestWithdrawalNeverFlatters(t *testing.T) {
	t.Parallel()
	checkRandom(t, 15, func(t *rapid.T) {
		c := &random{T: t, Facts: randomFacts(t)}
		question := c.question()
		before := reports(t, c.Facts, question)
		things := rapid.SliceOfNDistinct(rapid.IntRange(0, len(c.Sources)+len(c.Documents)-1), 1, 4, rapid.ID).Draw(t, "retracted")
		retracted := withdraw(c.Facts, things)
		after := reports(t, retracted, question)
		for claim, report := range after {
			for i, side := range sidesOf(report) {
				was := sidesOf(before[claim])[i]
				is := side.IndependentOrigins
				if is.Min > was.IndependentOrigins.Min || is.Max > was.IndependentOrigins.Max || side.Lines > was.Lines {
					t.Errorf("claim %s: %+v over %d lines, before %+v over %d", claim, is, side.Lines, was.IndependentOrigins, was.Lines)
				}
			}
		}
		stepwise := c.Facts
		for _, thing := range slices.Backward(things) {
			stepwise = withdraw(stepwise, []int{thing})
		}
		if !bytes.Equal(encoded(t, after), encoded(t, reports(t, stepwise, question))) {
			t.Error("another order of retractions gives another report")
		}
		undone := retracted
		undone.Sources, undone.Documents = slices.Clone(retracted.Sources), slices.Clone(retracted.Documents)
		for _, thing := range things {
			if thing < len(undone.Sources) {
				undone.Sources[thing].Status = c.Sources[thing].Status
			} else {
				undone.Documents[thing-len(undone.Sources)].Retracted = c.Documents[thing-len(undone.Sources)].Retracted
			}
		}
		if !bytes.Equal(encoded(t, before), encoded(t, reports(t, undone, question))) {
			t.Error("what is restored gives another report than before")
		}
	})
}

// withdraw gives the facts with sources, and after these documents, of these numbers retracted. A merged source cannot
// be.
func withdraw(facts provenance.Facts, things []int) provenance.Facts {
	facts.Sources, facts.Documents = slices.Clone(facts.Sources), slices.Clone(facts.Documents)
	for _, thing := range things {
		if thing >= len(facts.Sources) {
			facts.Documents[thing-len(facts.Sources)].Retracted = true
		} else if source := &facts.Sources[thing]; source.Status != headwater.EntityMerged {
			source.Status = headwater.EntityRetracted
		}
	}
	return facts
}

// TestQuotedAgencyIsWithdrawn is the example of testdata/withdrawal.ndjson: three outlets quote an agency, and each says
// the same once in its own voice. Once the agency is retracted, as in withdrawal-after.ndjson, they do not become origins.
func TestQuotedAgencyIsWithdrawn(t *testing.T) {
	t.Parallel()
	facts := factsOf(t, "../testdata/withdrawal.ndjson")
	claim := facts.Claims[0].ID
	agency := slices.IndexFunc(facts.Sources, func(s headwater.Source) bool { return s.Key == "coastal-agency" })
	before := reportOn(t, facts, claim)
	after := reportOn(t, factsOf(t, "../testdata/withdrawal-after.ndjson"), claim)
	if diff := cmp.Diff(reportOn(t, withdraw(facts, []int{agency}), claim), after); diff != "" {
		t.Errorf("the second bundle is not the first with the agency retracted (-first +second):\n%s", diff)
	}
	for _, test := range []struct {
		name         string
		report       *provenance.Report
		standing     provenance.Standing
		attributions int
		origins      []uuid.UUID
		lines        int
	}{
		{"before", before, provenance.SingleOrigin, 6, []uuid.UUID{facts.Sources[agency].ID}, 1},
		{"after", after, provenance.NoOriginLeft, 3, []uuid.UUID{}, 0},
	} {
		side := test.report.Affirming
		n := len(test.origins)
		want := provenance.Independence{Min: n, Max: n, Exact: true}
		if test.report.Standing != test.standing || side.Attributions != test.attributions || side.Lines != test.lines ||
			!slices.Equal(side.Origins, test.origins) || side.IndependentOrigins != want {
			t.Errorf("%s: %s, %d attributions, origins %v, %+v, %d lines", test.name, test.report.Standing, side.Attributions, side.Origins,
				side.IndependentOrigins, side.Lines)
		}
	}
	impact, err := provenance.New(facts).ImpactOfSource(t.Context(), claim, facts.Sources[agency].ID)
	if err != nil {
		t.Fatal(err)
	}
	if impact.Before != before.AllFigures() || impact.After != after.AllFigures() ||
		!slices.Equal(impact.LostOrigins, before.Affirming.Origins) {
		t.Errorf("the impact is %+v, before %+v, after %+v", impact, before.AllFigures(), after.AllFigures())
	}
	for _, evidence := range after.Affirming.Evidence {
		if passes := slices.Contains(evidence.Walk, facts.Sources[agency].ID); evidence.Withdrawn != passes {
			t.Errorf("attribution %s over %v: withdrawn %t", evidence.Attribution, evidence.Walk, evidence.Withdrawn)
		}
	}
}

// TestWithdrawn: what stands in a retracted document or passes a retracted source is marked and does not count, and all
// else stays as it was.
func TestWithdrawn(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		tell      func(*story)
		withdrawn []bool // by attribution
		standing  provenance.Standing
	}{
		"a document": {func(s *story) {
			s.affirm("paper", "mayor")
			s.Documents[0].Retracted = true
			s.affirm("gazette", "mayor")
		}, []bool{true, false}, provenance.SingleOrigin},
		"a source at the end": {func(s *story) {
			s.affirm("paper", "mayor")
			s.affirm("gazette")
			s.source("mayor").Status = headwater.EntityRetracted
		}, []bool{true, false}, provenance.SingleOrigin},
		"one that the source was merged into": {func(s *story) {
			s.affirm("paper", "the mayor")
			s.source("mayor").Status = headwater.EntityRetracted
			merged := s.source("the mayor")
			merged.Status, merged.MergedInto = headwater.EntityMerged, new(s.source("mayor").ID)
		}, []bool{true}, provenance.Unattributed},
		"the publisher of what is reprinted": {func(s *story) {
			s.affirm("paper")
			s.affirm("gazette")
			s.Documents[1].DerivedFrom = s.Documents[0].ID
			s.source("paper").Status = headwater.EntityRetracted
		}, []bool{true, true}, provenance.Unattributed},
		"only the document that is reprinted": {func(s *story) {
			s.affirm("paper")
			s.affirm("gazette")
			s.Documents[1].DerivedFrom = s.Documents[0].ID
			s.Documents[0].Retracted = true
		}, []bool{true, false}, provenance.SingleOrigin},
		"a controller that says nothing": {func(s *story) {
			s.affirm("paper")
			s.affirm("gazette")
			s.partOf("paper", "holding")
			s.partOf("gazette", "holding")
			s.source("holding").Status = headwater.EntityRetracted
		}, []bool{false, false}, provenance.SingleOrigin},
		"a circle that is broken": {func(s *story) {
			s.affirm("paper", "gazette")
			s.affirm("gazette", "paper")
			s.Documents[0].Retracted = true
		}, []bool{true, false}, provenance.Circular},
		"a circle that a reader no longer comes to the end of": {func(s *story) {
			s.affirm("paper", "gazette")
			s.affirm("gazette", "paper")
			s.affirm("paper", "echo", "gazette")
			s.Documents[1].Retracted = true
			s.Documents[2].Retracted = true
		}, []bool{false, true, true}, provenance.NoOriginLeft},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStory()
			test.tell(s)
			report := s.report(t)
			var withdrawn []bool
			standing := 0
			for _, evidence := range report.Affirming.Evidence {
				withdrawn = append(withdrawn, evidence.Withdrawn)
				if !evidence.Withdrawn {
					standing++
				}
			}
			if !slices.Equal(withdrawn, test.withdrawn) || report.Standing != test.standing || report.Affirming.Attributions != standing {
				t.Errorf("%s with withdrawn %v and %d attributions, want %s with %v", report.Standing, withdrawn,
					report.Affirming.Attributions,
					test.standing, test.withdrawn)
			}
		})
	}
}

func reportOn(t *testing.T, facts provenance.Facts, claim uuid.UUID) *provenance.Report {
	t.Helper()
	report, err := provenance.New(facts).Report(t.Context(), claim, provenance.Question{})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// TestImpactIsWhatTheReportSays: the impact of each source and of each document is the difference that its retraction
// makes to the reports, and no other report differs.
func TestImpactIsWhatTheReportSays(t *testing.T) {
	t.Parallel()
	checkRandom(t, 3, func(t *rapid.T) {
		facts := randomFacts(t)
		analysis, before := provenance.New(facts), reports(t, facts, provenance.Question{})
		for thing := range len(facts.Sources) + len(facts.Documents) {
			if thing < len(facts.Sources) && facts.Sources[thing].Status == headwater.EntityMerged {
				continue // it is retracted as what it was merged into
			}
			after := reports(t, withdraw(facts, []int{thing}), provenance.Question{})
			for claim, report := range after {
				impact, err := impactOf(t.Context(), analysis, facts, claim, thing)
				if err != nil {
					t.Fatal(err)
				}
				checkImpact(t, impact, before[claim], report)
			}
		}
	})
}

func impactOf(ctx context.Context, analysis *provenance.Analysis, facts provenance.Facts, claim uuid.UUID, thing int) (*provenance.Impact,
	error) {
	if thing < len(facts.Sources) {
		return analysis.ImpactOfSource(ctx, claim, facts.Sources[thing].ID)
	}
	return analysis.ImpactOfDocument(ctx, claim, facts.Documents[thing-len(facts.Sources)].ID)
}

// unhashed is a report but for its hash: that covers statuses, which a retraction changes whatever the figures are.
func unhashed(r *provenance.Report) *provenance.Report {
	copied := *r
	copied.FactsSHA256 = ""
	return &copied
}

func checkImpact(t *rapid.T, impact *provenance.Impact, before, after *provenance.Report) {
	same := bytes.Equal(encoded(t, map[uuid.UUID]*provenance.Report{{}: unhashed(before)}),
		encoded(t, map[uuid.UUID]*provenance.Report{{}: unhashed(after)}))
	if same != (impact == nil) {
		t.Fatalf("claim %s: impact %+v, the reports are the same: %t", before.ClaimID, impact, same)
	}
	if same {
		return
	}
	lost := set{}
	for i, side := range sidesOf(before) {
		for _, origin := range side.Origins {
			if !slices.Contains(sidesOf(after)[i].Origins, origin) {
				lost[origin] = true
			}
		}
	}
	if impact.Before != before.AllFigures() || impact.After != after.AllFigures() || !slices.Equal(impact.LostOrigins, lost.sorted()) {
		t.Fatalf("impact %+v, want before %+v, after %+v, lost %v", impact, before.AllFigures(), after.AllFigures(), lost.sorted())
	}
}
