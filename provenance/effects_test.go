package provenance_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
)

func outcome(least, most, lines int, standing provenance.Standing) provenance.Outcome {
	return provenance.Outcome{Independence: provenance.Independence{Min: least, Max: most, Exact: true}, Lines: lines, Standing: standing}
}

func on(day headwater.Day, o provenance.Outcome) provenance.Outcome {
	o.Day = day
	return o
}

// TestEffectOf: what either answer to a question leaves of the figures.
func TestEffectOf(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		tell        func(*story)
		code        provenance.QuestionCode
		same, other provenance.Outcome
	}{
		"nobody knows one of two origins": {func(s *story) {
			s.affirm("paper", "diplomats")
			s.affirm("gazette")
			s.source("diplomats").Anonymous = true
		}, provenance.AnonymousSource, outcome(1, 1, 1, provenance.SingleOrigin), outcome(2, 2, 2, provenance.Corroborated)},
		"nobody knows the only origin": {func(s *story) {
			s.affirm("paper", "diplomats")
			s.source("diplomats").Anonymous = true
		}, provenance.AnonymousSource, outcome(0, 0, 0, ""), outcome(1, 1, 1, provenance.SingleOrigin)},
		"what the unknown ones' paper carries goes another way too": {func(s *story) {
			s.affirm("paper", "diplomats")
			s.affirm("paper", "mayor")
			s.source("diplomats").Anonymous = true
		}, provenance.AnonymousSource, outcome(1, 1, 1, provenance.SingleOrigin), outcome(2, 2, 1, provenance.SingleCarrier)},
		"one of two origins has it from hearsay": {func(s *story) {
			s.affirm("paper", "mayor").Evidence = headwater.Hearsay
			s.affirm("gazette")
		}, provenance.HearsayEnding, outcome(1, 1, 1, provenance.SingleOrigin), outcome(2, 2, 2, provenance.Corroborated)},
		"hearsay in a group that is certain without": {func(s *story) {
			s.affirm("paper", "mayor").Evidence = headwater.Hearsay
			s.affirm("gazette", "city")
			s.partOf("mayor", "city")
		}, provenance.HearsayEnding, outcome(1, 1, 1, provenance.SingleOrigin), outcome(1, 1, 1, provenance.SingleOrigin)},
		"nobody looked up who controls one of two origins": {func(s *story) {
			s.affirm("paper")
			s.affirm("gazette")
			s.source("gazette").ControlReviewedAt = ""
		}, provenance.ControlNotReviewed, outcome(1, 1, 1, provenance.SingleOrigin), outcome(2, 2, 2, provenance.Corroborated)},
		"nobody looked up who controls the only origin": {func(s *story) {
			s.affirm("gazette")
			s.source("gazette").ControlReviewedAt = ""
		}, provenance.ControlNotReviewed, outcome(1, 1, 1, provenance.SingleOrigin), outcome(1, 1, 1, provenance.SingleOrigin)},
		"nobody looked up who controls a carrier": {func(s *story) {
			s.affirm("gazette", "mayor")
			s.affirm("paper")
			s.source("gazette").ControlReviewedAt = ""
		}, provenance.ControlNotReviewed, outcome(2, 2, 2, provenance.Corroborated), outcome(2, 2, 2, provenance.Corroborated)},
		"a circle": {func(s *story) {
			s.affirm("paper", "gazette")
			s.affirm("gazette", "paper")
		}, provenance.UngroundedCircle, outcome(0, 0, 0, provenance.NoOriginLeft), outcome(1, 1, 1, provenance.SingleOrigin)},
		"a circle beside an origin": {func(s *story) {
			s.affirm("paper", "gazette")
			s.affirm("gazette", "paper")
			s.affirm("mayor")
		}, provenance.UngroundedCircle, outcome(1, 1, 1, provenance.SingleOrigin), outcome(2, 2, 2, provenance.Corroborated)},
		"a proposed link": {func(s *story) {
			s.affirmOther(headwater.Refines, headwater.Proposed)
			s.affirm("gazette")
		}, provenance.ProposedLink, outcome(2, 2, 2, provenance.Corroborated), outcome(1, 1, 1, provenance.SingleOrigin)},
		"a document without a date, and a relation for each day that it may be of": {func(s *story) {
			s.affirm("gazette")
			s.dateLast("2020-06-01", "2020-06-01")
			s.affirm("paper")
			s.dateLast("", "")
			s.relate("paper", headwater.ControlledBy, "city", "", "2019-12-31")
			s.relate("gazette", headwater.ControlledBy, "city", "2020", "")
		}, provenance.UndatedDocument, outcome(1, 1, 1, provenance.SingleOrigin),
			on("2020-01-01", outcome(2, 2, 2, provenance.Corroborated))},
		"a document without a date that may be later than all control": {func(s *story) {
			s.affirm("paper")
			s.dateLast("", "")
			s.affirm("gazette")
			s.dateLast("2024-05-06", "2024-05-06")
			s.relate("paper", headwater.PartOf, "gazette", "2019", "2021")
		}, provenance.UndatedDocument, outcome(1, 1, 1, provenance.SingleOrigin),
			on("2022-01-01", outcome(2, 2, 2, provenance.Corroborated))},
		"a document without a date where nothing turns on it": {func(s *story) {
			s.affirm("paper")
			s.dateLast("", "")
		}, provenance.UndatedDocument, outcome(1, 1, 1, provenance.SingleOrigin), outcome(1, 1, 1, provenance.SingleOrigin)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStory()
			s.day = "2024-05-06"
			s.review("paper", "mayor", "gazette", "diplomats", "city")
			test.tell(s)
			open := s.report(t).Affirming.OpenQuestions
			if len(open) != 1 || open[0].Code != test.code {
				t.Fatalf("open questions %+v, want one %s", open, test.code)
			}
			if diff := cmp.Diff(&provenance.Effect{IfSame: test.same, IfOther: test.other}, open[0].Effect); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestEffectOfADayOnWhatIsSetAside: who somebody that is set aside belongs to turns on the day too.
func TestEffectOfADayOnWhatIsSetAside(t *testing.T) {
	t.Parallel()
	s := newStory()
	s.affirm("paper", "editor")
	s.affirm("paper", "mayor").Document = s.Documents[0].ID
	s.Documents = s.Documents[:1]
	s.dateLast("", "")
	s.relate("aide", headwater.PartOf, "mayor", "", "2024-05-06")
	s.review("paper", "editor", "mayor", "aide")
	report, err := provenance.New(s.Facts).Report(t.Context(), s.claim, provenance.Question{Without: []uuid.UUID{s.source("aide").ID}})
	if err != nil {
		t.Fatal(err)
	}
	want := &provenance.Effect{IfSame: outcome(1, 1, 1, provenance.SingleOrigin),
		IfOther: on("2024-05-07", outcome(2, 2, 1, provenance.SingleCarrier))}
	open := report.Affirming.OpenQuestions
	if len(open) != 1 || open[0].Code != provenance.UndatedDocument || !cmp.Equal(want, open[0].Effect) {
		t.Errorf("open is %+v, want the effect %+v", open, want)
	}
}

// TestEffectsAreBounded: of more than 200 questions the rest say that they are not worked out, and come last; so does an
// undated document whose side turns on more than 32 days, or on fewer and has too many attributions to go through for each.
func TestEffectsAreBounded(t *testing.T) {
	t.Parallel()
	s := newStory()
	s.day = "2024-05-06"
	for i := range 203 {
		name := fmt.Sprint("insider ", i)
		s.affirm(name)
		s.source(name).Anonymous = true
		s.review(name)
	}
	open := s.report(t).Affirming.OpenQuestions
	if len(open) != 203 {
		t.Fatalf("%d questions, want 203", len(open))
	}
	for i, question := range open {
		if question.NotWorkedOut != (i >= 200) || (question.Effect == nil) != (i >= 200) {
			t.Errorf("question %d: not worked out is %t", i, question.NotWorkedOut)
		}
	}

	s = newStory()
	s.affirm("paper")
	s.review("paper")
	for year := range 33 {
		s.relate("paper", headwater.ControlledBy, fmt.Sprint("owner ", year), headwater.Day(fmt.Sprint(1980+year)), "")
	}
	if open := s.report(t).Affirming.OpenQuestions; len(open) != 1 || !open[0].NotWorkedOut {
		t.Errorf("%+v, want one question that is not worked out", open)
	}

	s = newStory()
	s.day = "2024-05-06"
	for range 20_000 {
		s.affirm("paper")
	}
	s.review("paper")
	s.dateLast("", "")
	for year := range 26 {
		s.relate("paper", headwater.ControlledBy, fmt.Sprint("owner ", year), headwater.Day(fmt.Sprint(1980+year)), "")
	}
	if open := s.report(t).Affirming.OpenQuestions; len(open) != 1 || !open[0].NotWorkedOut {
		t.Errorf("%+v, want one question that is not worked out", open)
	}
}

// TestProposedLinksAreExaminedWithinBounds: of many links that lead to a claim with many attributions, the first are examined, and the
// rest say that they were not, and are not worked out.
func TestProposedLinksAreExaminedWithinBounds(t *testing.T) {
	t.Parallel()
	s := newStory()
	s.day = "2024-05-06"
	s.review("paper")
	s.affirmOther(headwater.Refines, headwater.Proposed)
	for range 9_999 {
		s.affirm("paper").Claim = idOf(claimID, 1)
	}
	for range 120 {
		s.link(headwater.Refines, headwater.Proposed)
	}
	codes := map[provenance.QuestionCode]int{}
	for _, question := range s.report(t).Affirming.OpenQuestions {
		codes[question.Code]++
		if question.Code == provenance.ProposedLinkUnexamined && !question.NotWorkedOut {
			t.Errorf("it was not examined, and is worked out: %+v", question)
		}
	}
	want := map[provenance.QuestionCode]int{provenance.ProposedLink: 105, provenance.ProposedLinkUnexamined: 16}
	if diff := cmp.Diff(want, codes); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestOriginDetails: for each origin, whether it is certain and because of what.
func TestOriginDetails(t *testing.T) {
	t.Parallel()
	s := newStory()
	s.affirm("paper", "mayor").Evidence = headwater.Firsthand
	s.affirm("gazette")
	s.affirm("paper", "diplomats")
	s.source("diplomats").Anonymous = true
	s.affirm("paper", "aide").Evidence = headwater.Hearsay
	s.affirm("first station", "second station")
	s.affirm("second station", "first station")
	s.partOf("first station", "network")
	s.partOf("second station", "network")
	side := s.report(t).Affirming
	got := map[string]string{}
	for i, origin := range side.OriginDetails {
		if origin.Group != side.Origins[i] {
			t.Errorf("origin %d is %s, and %s in detail", i, side.Origins[i], origin.Group)
		}
		got[s.names[origin.Group]] = fmt.Sprint(origin.Certain, " ", origin.Because.Code, " ", s.namesOf(origin.Because.Params.Sources))
	}
	want := map[string]string{
		"mayor": "true vouched [mayor]", "gazette": "true own_word [gazette]", "diplomats": "false anonymous [diplomats]",
		"aide": "false hearsay [aide]", "network": "true one_voice [first station second station]",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
