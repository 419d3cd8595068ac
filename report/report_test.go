package report_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/report"
)

// memory is facts that are known already, and what they were asked for.
type memory struct {
	facts           provenance.Facts
	claims, without []uuid.UUID
	proposed        bool
}

func (m *memory) ResolveClaims(_ context.Context, at headwater.Pointer, names []string) ([]uuid.UUID, error) {
	return m.facts.ResolveClaims(at, names)
}

func (m *memory) ResolveSources(_ context.Context, at headwater.Pointer, names []string) ([]uuid.UUID, error) {
	return m.facts.ResolveSources(at, names)
}

func (m *memory) Facts(_ context.Context, claims, without []uuid.UUID, proposed bool) (provenance.Facts, error) {
	m.claims, m.without, m.proposed = claims, without, proposed
	return m.facts, nil
}

var (
	paper = uuid.MustParse("6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d")
	rain  = uuid.MustParse("7f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d")
	snow  = uuid.MustParse("8f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d")
)

func newMemory() *memory {
	claim := func(id uuid.UUID, key string, status headwater.EntityStatus) headwater.Claim {
		return headwater.Claim{Meta: headwater.Meta{ID: id, Key: key}, Status: status}
	}
	return &memory{facts: provenance.Facts{
		Sources: []headwater.Source{{Meta: headwater.Meta{ID: paper, Key: "paper"}}},
		Claims:  []headwater.Claim{claim(rain, "rain", headwater.EntityActive), claim(snow, "snow", headwater.EntityRetracted)},
	}}
}

// TestAnalyzeNamed resolves names in order, asks for just those facts, and reports on each claim.
func TestAnalyzeNamed(t *testing.T) {
	t.Parallel()
	m := newMemory()
	asked := report.Request{Without: []string{"paper"}, AsOf: "2024-05", IncludeProposed: true}
	analysis, err := report.AnalyzeNamed(t.Context(), m, "/claims", []string{"rain", rain.String()}, asked)
	if err != nil {
		t.Fatal(err)
	}
	if !cmp.Equal(m.claims, []uuid.UUID{rain, rain}) || !cmp.Equal(m.without, []uuid.UUID{paper}) || !m.proposed {
		t.Errorf("asked for the facts about %v without %v, proposed %v", m.claims, m.without, m.proposed)
	}
	reports, err := analysis.Reports(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	want, err := provenance.New(m.facts).Report(t.Context(), rain, provenance.Question{Without: []uuid.UUID{paper}, AsOf: "2024-05",
		IncludeProposed: true})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]*provenance.Report{want, want}, reports); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestFaults: what is wrong with a question is refused at its place.
func TestFaults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		claims   []string
		question report.Request
		pointer  headwater.Pointer
		code     headwater.Code
	}{
		"an unknown claim": {[]string{"rain", "hail"}, report.Request{}, "/claims/1", headwater.CodeInvalid},
		"an unknown source": {[]string{"rain"}, report.Request{Without: []string{"nobody"}}, "/without/0",
			headwater.CodeInvalid},
		"a day that is none":            {[]string{"rain"}, report.Request{AsOf: "2024-13"}, "/as_of", headwater.CodeInvalid},
		"a day that is none, no claims": {nil, report.Request{AsOf: "2024-13"}, "/as_of", headwater.CodeInvalid},
		"a retracted claim":             {[]string{"snow"}, report.Request{}, "", headwater.CodeConflict},
	} {
		analysis, err := report.AnalyzeNamed(t.Context(), newMemory(), "/claims", c.claims, c.question)
		if err == nil {
			_, err = analysis.Reports(t.Context(), nil)
		}
		var faults headwater.Faults
		found := errors.As(err, &faults)
		if headwater.CodeOf(err) != c.code || found != (c.pointer != "") || found && (len(faults) != 1 || faults[0].Pointer != c.pointer) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
