package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/store"
)

// TestImpactIsWhatTheReportsSay retracts every source and every document of the demo, one at a time: each report is then, to the byte, the
// one from the same facts with just that thing retracted. Each claim whose report says anything else was listed by /impact, with the
// figures of both reports, and no other. Nobody gets a report from before: one that differs has another ETag. Restored, each is as it
// was, to the byte.
func TestImpactIsWhatTheReportsSay(t *testing.T) {
	t.Parallel()
	s := serveUnvalidated(t, demo)
	before, facts := s.served(), factsOf(t, demo)
	things := 0
	check := func(path string, facts provenance.Facts) {
		s.checkRetraction(path, before, provenance.New(facts))
		things++
	}
	for i, source := range facts.Sources {
		if source.Status == headwater.EntityActive {
			retracted := facts
			retracted.Sources = slices.Clone(facts.Sources)
			retracted.Sources[i].Status = headwater.EntityRetracted
			check("/v1/sources/"+source.ID.String(), retracted)
		}
	}
	for i, document := range facts.Documents {
		if !document.Retracted {
			retracted := facts
			retracted.Documents = slices.Clone(facts.Documents)
			retracted.Documents[i].Retracted = true
			check("/v1/documents/"+document.ID.String(), retracted)
		}
	}
	if things < 50 {
		t.Errorf("only %d sources and documents were retracted", things)
	}
}

// TestWithdrawalNeverFlatters: three outlets that quote an agency have it from one origin; once the agency is retracted,
// nothing is left of it, and /impact says so before.
func TestWithdrawalNeverFlatters(t *testing.T) {
	t.Parallel()
	s := serveStore(t, "../testdata/withdrawal.ndjson")
	figures := func() (standing provenance.Standing, origins provenance.Independence) {
		for _, r := range s.reports() {
			return r.Standing, r.Affirming.IndependentOrigins
		}
		return "", provenance.Independence{}
	}
	one, none := provenance.Independence{Min: 1, Max: 1, Exact: true}, provenance.Independence{Exact: true}
	if standing, origins := figures(); standing != provenance.SingleOrigin || origins != one {
		t.Errorf("before: %s, %+v", standing, origins)
	}
	agency, err := s.store.ResolveSources(t.Context(), "/source", []string{"coastal-agency"})
	if err != nil {
		t.Fatal(err)
	}
	listed := s.impacts("/v1/sources/" + agency[0].String() + "/impact")
	if len(listed) != 1 {
		t.Fatalf("/impact lists %d claims, want 1", len(listed))
	}
	for _, impact := range listed {
		if impact.After.Standing != provenance.NoOriginLeft || impact.After.IndependentOrigins != none {
			t.Errorf("/impact says %+v", impact.After)
		}
	}
	if _, err := s.store.RetractSource(t.Context(), store.Authorship{Actor: "test"}, agency[0], 0, true); err != nil {
		t.Fatal(err)
	}
	if standing, origins := figures(); standing != provenance.NoOriginLeft || origins != none {
		t.Errorf("after: %s, %+v", standing, origins)
	}
}

// storeService is a service together with its store.
type storeService struct {
	service
	store *store.Store
}

func serveStore(t *testing.T, bundle string) storeService {
	t.Helper()
	return serveHandler(t, bundle, func(h http.Handler) http.Handler { return validated(t, h) })
}

// serveUnvalidated is for thousands of requests, whose like other tests hold to the document.
func serveUnvalidated(t *testing.T, bundle string) storeService {
	t.Helper()
	return serveHandler(t, bundle, func(h http.Handler) http.Handler { return h })
}

func serveHandler(t *testing.T, bundle string, wrap func(http.Handler) http.Handler) storeService {
	t.Helper()
	opened := open(t)
	server := httptest.NewServer(wrap(handler(opened)))
	t.Cleanup(server.Close)
	s := storeService{service{t, server.URL}, opened}
	s.importFile(bundle)
	return s
}

// reports are those on all active claims, by id.
func (s storeService) reports() map[uuid.UUID]*provenance.Report {
	s.t.Helper()
	ctx := context.Background()
	claims, err := s.store.Claims(ctx, store.ClaimFilter{Common: store.Common{Status: []string{"active"}}}, store.Paging{Limit: 1000})
	if err != nil {
		s.t.Fatal(err)
	}
	var ids []uuid.UUID
	for _, claim := range claims.Items {
		ids = append(ids, claim.ID)
	}
	facts, err := s.store.Facts(ctx, ids, nil, false)
	if err != nil {
		s.t.Fatal(err)
	}
	analysis := provenance.New(facts.Facts)
	reports := map[uuid.UUID]*provenance.Report{}
	for _, id := range ids {
		if reports[id], err = analysis.Report(ctx, id, provenance.Question{}); err != nil {
			s.t.Fatal(err)
		}
	}
	return reports
}

// impacts are all pages of an impact, by claim.
func (s storeService) impacts(path string) map[uuid.UUID]provenance.Impact {
	s.t.Helper()
	listed := map[uuid.UUID]provenance.Impact{}
	for _, impact := range pages[provenance.Impact](s.service, path+"?limit=7") {
		if _, twice := listed[impact.ClaimID]; twice {
			s.t.Errorf("%s lists %s twice", path, impact.Claim)
		}
		listed[impact.ClaimID] = impact
	}
	return listed
}

// pages are the entries of all pages of a list.
func pages[T any](s service, path string) (items []T) {
	s.t.Helper()
	for path != "" {
		status, header, text := s.send("GET", path, "")
		var page struct{ Items []T }
		if err := json.Unmarshal(text, &page); err != nil || status != http.StatusOK {
			s.t.Fatalf("GET %s: %d, %v in %s", path, status, err, text)
		}
		items = append(items, page.Items...)
		path = nextPage(s.t, path, header)
	}
	return items
}

// servedReport is a report as a client gets it.
type servedReport struct {
	claim, etag, text string
	figures           provenance.AllFigures
	said              string // all that an impact is about, as [saidBy] has it
}

// saidBy is all of a report but for the hash, which covers what is retracted whatever that changes.
func saidBy(t *testing.T, r provenance.Report) string {
	t.Helper()
	r.FactsSHA256 = ""
	return encodedJSON(t, r)
}

// served are the reports on all active claims, by id.
func (s storeService) served() map[uuid.UUID]servedReport {
	s.t.Helper()
	reports := map[uuid.UUID]servedReport{}
	for _, claim := range pages[struct{ ID uuid.UUID }](s.service, "/v1/claims?status=active&limit=1000") {
		reports[claim.ID] = s.ask(claim.ID, servedReport{})
	}
	return reports
}

// ask gets the report on a claim, for a client that has one already.
func (s storeService) ask(claim uuid.UUID, known servedReport) servedReport {
	s.t.Helper()
	status, header, text := s.text("/v1/claims/"+claim.String()+"/corroboration", "If-None-Match", known.etag)
	if status == http.StatusNotModified && known.etag != "" {
		return known
	}
	var report provenance.Report
	if err := json.Unmarshal([]byte(text), &report); err != nil || status != http.StatusOK || header.Get("ETag") == known.etag {
		s.t.Fatalf("the report on %s: %d, ETag %s, %v in %s", claim, status, header.Get("ETag"), err, text)
	}
	return servedReport{report.Claim, header.Get("ETag"), text, report.AllFigures(), saidBy(s.t, report)}
}

// checkRetraction retracts a thing, compares all reports with those from the facts as they are then, and with what its impact was said to
// be, and restores it.
func (s storeService) checkRetraction(path string, before map[uuid.UUID]servedReport, then *provenance.Analysis) {
	s.t.Helper()
	listed := s.impacts(path + "/impact")
	s.step(path + "/retract")
	after := map[uuid.UUID]servedReport{}
	for id, was := range before {
		is := s.ask(id, was)
		after[id] = is
		want, err := then.Report(s.t.Context(), id, provenance.Question{})
		if err != nil {
			s.t.Fatal(err)
		}
		if text := encodedReport(s.t, want); is.text != text {
			s.t.Errorf("%s, %s: the report is\n%s\nwant\n%s", path, was.claim, is.text, text)
		}
		impact, isListed := listed[id]
		if isListed != (was.said != is.said) {
			s.t.Errorf("%s, %s: listed by /impact is %t; before\n%s\nafter\n%s", path, was.claim, isListed, was.said, is.said)
		}
		figures := []provenance.AllFigures{was.figures, is.figures}
		if diff := cmp.Diff(figures, []provenance.AllFigures{impact.Before, impact.After}); isListed && diff != "" {
			s.t.Errorf("%s, %s: -reports +impact:\n%s", path, was.claim, diff)
		}
	}
	s.step(path + "/restore")
	for id, was := range before {
		if is := s.ask(id, after[id]); is != was {
			s.t.Errorf("%s is restored, and the report on %s is not as it was", path, was.claim)
		}
	}
}

// step makes a POST that takes no body and must succeed.
func (s service) step(path string) {
	s.t.Helper()
	if status, _, problem := s.call("POST", path, "", "If-Match", "*"); status != http.StatusOK {
		s.t.Fatalf("POST %s: %d %v", path, status, problem)
	}
}
