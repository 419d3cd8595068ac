package api_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/store"
)

// TestTimelineOfEvidence: over all pages, in either order, the timeline lists what the report counts: what was withdrawn or is only
// proposed if that is asked for, and under the claim that speaks for a merged one.
func TestTimelineOfEvidence(t *testing.T) {
	t.Parallel()
	s := serveStore(t, demo)
	if withdrawn, proposed := s.checkTimelines(); withdrawn != 0 || proposed == 0 {
		t.Errorf("%d are withdrawn, %d proposed", withdrawn, proposed)
	}
	ids, err := s.store.ResolveClaims(t.Context(), "/claim", []string{"thirty-or-more-dead", "harbour-blast-toll"})
	if err != nil {
		t.Fatal(err)
	}
	post, err := s.store.ResolveSources(t.Context(), "/source", []string{"ebbtide-post"})
	if err != nil {
		t.Fatal(err)
	}
	merged, into := ids[0], ids[1]
	if _, err := s.store.RetractSource(t.Context(), store.Authorship{Actor: "test"}, post[0], 0, true); err != nil {
		t.Fatal(err)
	}
	if _, err := s.store.MergeClaim(t.Context(), store.Authorship{Actor: "test"}, merged, 0, into); err != nil {
		t.Fatal(err)
	}
	if withdrawn, _ := s.checkTimelines(); withdrawn == 0 {
		t.Error("nothing is withdrawn")
	}
	status, _, problem := s.call("GET", "/v1/claims/"+merged.String()+"/timeline?scope=evidence", "")
	if status != http.StatusConflict || !strings.Contains(encodedJSON(t, problem), into.String()) {
		t.Errorf("the timeline of a merged claim: %d %v", status, problem)
	}
	status, _, problem = s.call("GET", "/v1/claims/"+into.String()+"/timeline?include_proposed=true", "")
	if status != http.StatusUnprocessableEntity || !strings.Contains(encodedJSON(t, problem), "/include_proposed") {
		t.Errorf("proposals on the timeline of the claim itself: %d %v", status, problem)
	}
}

// checkTimelines compares the timelines of each claim with its reports, and gives what all of them list that does not count.
func (s storeService) checkTimelines() (withdrawn, proposed int) {
	s.t.Helper()
	for id := range s.reports() {
		var lengths [2][2]int // with proposed or without, with withdrawn or without
		for i, question := range []string{"", "include_proposed=true"} {
			status, _, text := s.send("GET", "/v1/claims/"+id.String()+"/corroboration?"+question, "")
			var r provenance.Report
			if err := json.Unmarshal(text, &r); err != nil || status != http.StatusOK {
				s.t.Fatalf("%d: %v in %s", status, err, text)
			}
			timeline := "/v1/claims/" + id.String() + "/timeline?scope=evidence&" + question
			lengths[i] = [2]int{s.checkTimeline(timeline, &r, false), s.checkTimeline(timeline+"&include_withdrawn=true", &r, true)}
		}
		withdrawn += lengths[0][1] - lengths[0][0]
		proposed += lengths[1][0] - lengths[0][0]
	}
	return withdrawn, proposed
}

// checkTimeline compares a timeline with the report of the same question, and gives how long it is.
func (s storeService) checkTimeline(timeline string, r *provenance.Report, withdrawn bool) int {
	s.t.Helper()
	var want []store.TimelineEntry
	for side, evidence := range map[provenance.CountedSide][]provenance.Testimony{
		provenance.CountedAffirming: r.Affirming.Evidence, provenance.CountedDenying: r.Denying.Evidence,
		provenance.CountedQuestioning: r.Questioning.Evidence,
	} {
		for _, e := range evidence {
			if withdrawn || !e.Withdrawn {
				want = append(want, store.TimelineEntry{Attribution: e.Attribution, Document: e.Document, Stance: e.Stance, Claim: e.Claim,
					Side: side, Via: e.Via, Withdrawn: e.Withdrawn})
			}
		}
	}
	slices.SortFunc(want, byAttribution)
	for _, order := range []string{"published", "said_at"} {
		got := pages[store.TimelineEntry](s.service, timeline+"&limit=4&by="+order)
		if !slices.IsSortedFunc(got, inTime) {
			s.t.Errorf("%s by %s: not in the order of time", timeline, order)
		}
		counted := slices.Clone(got)
		for i := range counted {
			if counted[i].Publisher == uuid.Nil || counted[i].Origin == uuid.Nil {
				s.t.Errorf("%s by %s: %+v names no publisher or no origin", timeline, order, counted[i])
			}
			counted[i].Publisher, counted[i].Origin, counted[i].Earliest, counted[i].Latest = uuid.Nil, uuid.Nil, "", ""
		}
		slices.SortFunc(counted, byAttribution)
		if diff := gocmp.Diff(want, counted); diff != "" {
			s.t.Errorf("%s by %s (-report +timeline):\n%s", timeline, order, diff)
		}
	}
	return len(want)
}

func inTime(x, y store.TimelineEntry) int {
	first, second := x.Earliest.Earliest(), y.Earliest.Earliest()
	switch {
	case first.IsZero() != second.IsZero():
		return map[bool]int{true: 1, false: -1}[first.IsZero()]
	case !first.Equal(second):
		return first.Compare(second)
	}
	return byAttribution(x, y)
}

func byAttribution(x, y store.TimelineEntry) int {
	return cmp.Or(headwater.CompareIDs(x.Attribution, y.Attribution), cmp.Compare(x.Side, y.Side))
}

// TestLinksIncludeTheOtherClaim: a link says of its other claim, at whichever end that is, what the claim's own report says; of
// one that is merged or retracted it says nothing.
func TestLinksIncludeTheOtherClaim(t *testing.T) {
	t.Parallel()
	s := serveStore(t, demo)
	s.checkOtherClaims()
	ids, err := s.store.ResolveClaims(t.Context(), "/claim", []string{"toll-14", "morgue-full", "harbour-blast-toll"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.store.RetractClaim(t.Context(), store.Authorship{Actor: "test"}, ids[0], 0, true); err != nil {
		t.Fatal(err)
	}
	if _, err := s.store.MergeClaim(t.Context(), store.Authorship{Actor: "test"}, ids[1], 0, ids[2]); err != nil {
		t.Fatal(err)
	}
	s.checkOtherClaims()
	for _, list := range []string{"corroborations", "contradictions"} {
		status, _, problem := s.call("GET", "/v1/claims/"+ids[2].String()+"/"+list+"?include=report", "")
		if status != http.StatusUnprocessableEntity || !strings.Contains(encodedJSON(t, problem), "standing") {
			t.Errorf("%s with an include that is none: %d %v", list, status, problem)
		}
	}
}

// includedLink is a link with what is included of its other claim.
type includedLink struct {
	From, To  uuid.UUID
	AskedFrom string `json:"asked_from"`
	Standing  *provenance.Figures
	Origins   *[]uuid.UUID
	Carriers  *[]uuid.UUID
}

// checkOtherClaims compares what the links of each claim say of their other claims with the reports on these.
func (s storeService) checkOtherClaims() {
	s.t.Helper()
	reports, compared := s.reports(), 0
	for id := range reports {
		for _, list := range []string{"corroborations", "contradictions"} {
			path := "/v1/claims/" + id.String() + "/" + list
			plain := pages[includedLink](s.service, path)
			for i, link := range pages[includedLink](s.service, path+"?include=standing,origins,carriers&limit=1") {
				other := map[string]uuid.UUID{"from": link.To, "to": link.From}[link.AskedFrom]
				var want includedLink
				if r, stands := reports[other]; stands {
					figures := r.Figures()
					want.Standing, want.Origins, want.Carriers = &figures, &r.Affirming.Origins, &r.Affirming.CommonLinks
				}
				want.From, want.To, want.AskedFrom = plain[i].From, plain[i].To, plain[i].AskedFrom
				if diff := gocmp.Diff(want, link); diff != "" {
					s.t.Errorf("%s (-report +link):\n%s", path, diff)
				}
				compared++
			}
		}
	}
	if compared == 0 {
		s.t.Error("no claim has a corroboration or a contradiction")
	}
}

// TestTimelineIsAnalyzedOnce: all pages of a timeline come from one analysis, until something changes that it rests on; and the standings
// of a page of claims come from none.
func TestTimelineIsAnalyzedOnce(t *testing.T) {
	t.Parallel()
	stored := open(t)
	counted := &countingStore{Store: stored}
	s := serve(t, handler(counted))
	s.importFile(demo)
	const ofDemo = "&namespace=https://headwater.example/demo"
	path := "/v1/claims/" + s.idOf("claims", "harbour-blast-toll"+ofDemo) + "/timeline?scope=evidence&limit=1"
	before := pages[store.TimelineEntry](s, path)
	if got := counted.analyses.Load(); got != 1 || len(before) < 5 {
		t.Errorf("%d analyses for %d pages, want 1", got, len(before))
	}
	s.step("/v1/sources/" + s.idOf("sources", "oxbow-wire"+ofDemo) + "/retract")
	if after := pages[store.TimelineEntry](s, path); counted.analyses.Load() != 2 || len(after) >= len(before) {
		t.Errorf("%d entries of %d after a retraction, and %d analyses, want 2", len(after), len(before), counted.analyses.Load())
	}

	var many strings.Builder
	many.WriteString(`{"type":"bundle","format":"headwater-bundle/1","namespace":"https://headwater.example/many"}` + "\n")
	for i := range 250 {
		fmt.Fprintf(&many, `{"type":"claim","key":"%d","statement":{"en":"The tide rose %d times."}}`+"\n", i, i)
	}
	s.importText(many.String())
	settle(t, stored)
	counted.most.Store(0)
	listed := s.items("/v1/claims?include=standing&limit=1000")
	without := slices.ContainsFunc(listed, func(claim any) bool { return claim.(map[string]any)["standing"] == nil })
	if most := counted.most.Load(); len(listed) < 250 || most != 0 || without {
		t.Errorf("facts of %d of %d claims are read together, want 0; some have no standing: %t", most, len(listed), without)
	}
}
