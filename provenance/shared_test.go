package provenance_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater/inmem"
	"github.com/headwater-project/headwater/internal/testenv"
	"github.com/headwater-project/headwater/provenance"
)

// expected is what must be said of a claim, with keys for sources.
type expected struct {
	Standing           provenance.Standing
	Affirming, Denying expectedSide
	Support            struct{ Belief, Disbelief, Uncertainty, Probability float64 }
}

type expectedSide struct {
	Attributions       int
	Origins            []string
	IndependentOrigins interval `json:"independent_origins"`
	Lines              int
	CommonLinks        []string `json:"common_links"`
	Circular           [][]string
	Ungrounded         [][]string
	Without            map[string]struct {
		IndependentOrigins interval `json:"independent_origins"`
		Lines              int
	}
}

type interval struct{ Min, Max int }

// TestShared holds the analysis to the reports that are expected of the shared bundles.
func TestShared(t *testing.T) {
	t.Parallel()
	for _, file := range testenv.Shared(t, "cases/*.ndjson", "seed/article.ndjson") {
		expectations := strings.TrimSuffix(file, ".ndjson") + ".expected.json"
		if filepath.Base(file) == "article.ndjson" {
			expectations = filepath.Join(filepath.Dir(file), "expected.json")
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			analysis, claims := load(t, file)
			data, err := os.ReadFile(expectations)
			if err != nil {
				t.Fatal(err)
			}
			var want map[string]expected
			if err := json.Unmarshal(data, &want); err != nil {
				t.Fatal(err)
			}
			if len(want) != len(claims) {
				t.Fatalf("%d claims, %d expected", len(claims), len(want))
			}
			for key, id := range claims {
				report, err := analysis.Report(t.Context(), id, provenance.Question{})
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want[key], shown(report), cmp.Comparer(isNear)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", key, diff)
				}
			}
		})
	}
}

// isNear takes floats for equal that differ only by the order in which they were added up.
func isNear(x, y float64) bool { return math.Abs(x-y) < 1e-9 }

// load indexes a bundle; claims gives its claims by key.
func load(t testing.TB, file string) (*provenance.Analysis, map[string]uuid.UUID) {
	t.Helper()
	facts := factsOf(t, file)
	claims := map[string]uuid.UUID{}
	for _, claim := range facts.Claims {
		claims[claim.Key] = claim.ID
	}
	return provenance.New(facts), claims
}

// factsOf reads a bundle.
func factsOf(t testing.TB, file string) provenance.Facts {
	t.Helper()
	in, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	evidence, err := inmem.Read(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return evidence.All()
}

// shown puts a report in the terms of what is expected.
func shown(r *provenance.Report) expected {
	e := expected{Standing: r.Standing, Affirming: shownSide(r, r.Affirming), Denying: shownSide(r, r.Denying)}
	e.Support.Belief, e.Support.Disbelief, e.Support.Uncertainty = r.Support.Belief, r.Support.Disbelief, r.Support.Uncertainty
	e.Support.Probability = r.Support.Probability
	return e
}

func shownSide(r *provenance.Report, s provenance.Side) expectedSide {
	keys := func(ids []uuid.UUID) []string {
		keys := make([]string, len(ids))
		for i, id := range ids {
			card, known := r.Sources[id]
			if !known {
				panic(fmt.Sprintf("source %s is not named", id))
			}
			keys[i] = card.Key
		}
		slices.Sort(keys)
		return keys
	}
	sets := func(sets [][]uuid.UUID) [][]string {
		shown := make([][]string, len(sets))
		for i, set := range sets {
			shown[i] = keys(set)
		}
		slices.SortFunc(shown, slices.Compare)
		return shown
	}
	e := expectedSide{
		Attributions: s.Attributions, Origins: keys(s.Origins),
		IndependentOrigins: interval{s.IndependentOrigins.Min, s.IndependentOrigins.Max},
		Lines:              s.Lines, CommonLinks: keys(s.CommonLinks), Circular: sets(s.Circular), Ungrounded: sets(s.Ungrounded),
	}
	e.Without = map[string]struct {
		IndependentOrigins interval `json:"independent_origins"`
		Lines              int
	}{}
	for _, removal := range s.Without {
		left := e.Without[r.Sources[removal.Source].Key]
		left.IndependentOrigins = interval{removal.IndependentOrigins.Min, removal.IndependentOrigins.Max}
		left.Lines = removal.Lines
		e.Without[r.Sources[removal.Source].Key] = left
	}
	return e
}
