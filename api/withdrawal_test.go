package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/store"
)

// TestImpactIsWhatTheReportsSay retracts every source and every document of the demo, one at a time: each claim whose
// report says another figure was listed by /impact with just these figures, and no other. Restored, the reports are as
// they were, to the byte.
func TestImpactIsWhatTheReportsSay(t *testing.T) {
	t.Parallel()
	s := serveStore(t, "../testdata/demo.ndjson")
	before := s.reports()
	sources, err := s.store.Sources(t.Context(), store.SourceFilter{Common: store.Common{Status: []string{"active"}}},
		store.Paging{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range sources.Items {
		s.checkImpact("/v1/sources/"+source.ID.String(), before, func(retracted bool) error {
			_, err := s.store.RetractSource(t.Context(), store.Authorship{Actor: "test"}, source.ID, 0, retracted)
			return err
		})
	}
	documents, err := s.store.Documents(t.Context(), store.DocumentFilter{}, store.Paging{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for _, document := range documents.Items {
		s.checkImpact("/v1/documents/"+document.ID.String(), before, func(retracted bool) error {
			_, err := s.store.RetractDocument(t.Context(), store.Authorship{Actor: "test"}, document.ID, 0, retracted)
			return err
		})
	}
	same := func(x, y encodedReport) bool { return bytes.Equal(x.text, y.text) }
	if !maps.EqualFunc(before, s.reports(), same) {
		t.Error("all is restored, and the reports are not as they were")
	}
	if len(sources.Items) < 10 || len(documents.Items) < 10 {
		t.Errorf("only %d sources and %d documents were retracted", len(sources.Items), len(documents.Items))
	}
}

// TestWithdrawalNeverFlatters: three outlets that quote an agency have it from one origin; once the agency is retracted,
// nothing is left of it, and /impact says so before.
func TestWithdrawalNeverFlatters(t *testing.T) {
	t.Parallel()
	s := serveStore(t, "../testdata/withdrawal.ndjson")
	figures := func() (standing provenance.Standing, origins provenance.Independence) {
		for _, r := range s.reports() {
			return r.report.Standing, r.report.Affirming.IndependentOrigins
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
	opened := open(t)
	server := httptest.NewServer(validated(t, handler(opened)))
	t.Cleanup(server.Close)
	s := storeService{service{t, server.URL}, opened}
	s.importFile(bundle)
	return s
}

// encodedReport is a report with its bytes.
type encodedReport struct {
	report *provenance.Report
	text   []byte
}

// reports are those on all active claims, by id.
func (s storeService) reports() map[uuid.UUID]encodedReport {
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
	reports := map[uuid.UUID]encodedReport{}
	for _, id := range ids {
		report, err := analysis.Report(id, provenance.Question{})
		if err != nil {
			s.t.Fatal(err)
		}
		text, err := json.Marshal(report)
		if err != nil {
			s.t.Fatal(err)
		}
		reports[id] = encodedReport{report, text}
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
		path, _, _ = strings.Cut(strings.TrimPrefix(header.Get("Link"), "<"), ">")
	}
	return items
}

// checkImpact retracts a thing, compares the figures of all reports with what was listed before, and restores it.
func (s storeService) checkImpact(path string, before map[uuid.UUID]encodedReport, retract func(bool) error) {
	s.t.Helper()
	listed := s.impacts(path + "/impact")
	if err := retract(true); err != nil {
		s.t.Fatal(err)
	}
	ids := slices.Collect(maps.Keys(before))
	facts, err := s.store.Facts(s.t.Context(), ids, nil, false)
	if err != nil {
		s.t.Fatal(err)
	}
	analysis := provenance.New(facts.Facts)
	for id, was := range before {
		impact, isListed := listed[id]
		is, err := analysis.FiguresOf(id, provenance.Question{})
		if err != nil {
			s.t.Fatal(err)
		}
		if isListed {
			if diff := cmp.Diff([]provenance.AllFigures{was.report.AllFigures(), is},
				[]provenance.AllFigures{impact.Before, impact.After}); diff != "" {
				s.t.Errorf("%s, %s: -reports +impact:\n%s", path, was.report.Claim, diff)
			}
		} else if was.report.AllFigures() != is {
			s.t.Errorf("%s changes %s, which /impact does not list", path, was.report.Claim)
		}
	}
	if err := retract(false); err != nil {
		s.t.Fatal(err)
	}
}
