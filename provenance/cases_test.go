package provenance_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/headwater-project/headwater/inmem"
	"github.com/headwater-project/headwater/provenance"
)

var update = flag.Bool("update", false, "write the reports on the cases anew")

const casesDir = "../testdata/cases"

// reportsOn reports on every active claim of a bundle, by key.
func reportsOn(t *testing.T, file string, q provenance.Question) map[string]*provenance.Report {
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
	facts := evidence.All()
	analysis := provenance.New(facts)
	reports := map[string]*provenance.Report{}
	for _, claim := range facts.Claims {
		if claim.MergedInto != nil {
			continue
		}
		if reports[claim.Key], err = analysis.Report(t.Context(), claim.ID, q); err != nil {
			t.Fatal(err)
		}
	}
	return reports
}

// TestCases holds the whole report on each claim of each case to the one beside it.
func TestCases(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(casesDir + "/*.ndjson")
	if err != nil || len(files) != 20 {
		t.Fatalf("%d cases in %s, want 20 (%v)", len(files), casesDir, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			var got bytes.Buffer
			encoder := json.NewEncoder(&got)
			encoder.SetEscapeHTML(false)
			encoder.SetIndent("", " ")
			if err := encoder.Encode(reportsOn(t, file, provenance.Question{})); err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(file, ".ndjson") + ".expected.json"
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("-want +got, which -update writes:\n%s", diff)
			}
		})
	}
}

// caseRow is a row of the table of cases: the case, a claim, its standing, and the figures of both sides.
var caseRow = regexp.MustCompile("(?m)^\\| (\\d\\d) \\| `([^`]+)` \\| (\\w+) \\| ([^|]+) \\| ([^|]+) \\|")

// TestCasesSayWhatWasWorkedOutByHand holds the reports to testdata/README.md, whose figures -update does not write.
func TestCasesSayWhatWasWorkedOutByHand(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../testdata/README.md")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	cases := map[string]bool{}
	for _, row := range caseRow.FindAllStringSubmatch(string(page), -1) {
		want[row[1]+" "+row[2]] = strings.Join(row[3:6], " | ")
		cases[row[1]] = true
	}
	got := map[string]string{}
	for name := range cases {
		for claim, report := range reportsOn(t, filepath.Join(casesDir, name+".ndjson"), provenance.Question{}) {
			got[name+" "+claim] = fmt.Sprintf("%s | %s | %s", report.Standing, inTable(report.Affirming), inTable(report.Denying))
		}
	}
	if len(cases) != 20 {
		t.Errorf("testdata/README.md has rows of %d cases, want 20", len(cases))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-README +report:\n%s", diff)
	}
}

// inTable puts a side as the table does: attributions, independent origins, lines.
func inTable(s provenance.Side) string {
	if s.Attributions == 0 {
		return "–"
	}
	return fmt.Sprintf("%d: %d–%d / %d", s.Attributions, s.IndependentOrigins.Min, s.IndependentOrigins.Max, s.Lines)
}

// TestAnUndatedDocumentDoesNotCountAsOfADay: without it, the relation that ended before the dated one says nothing either.
func TestAnUndatedDocumentDoesNotCountAsOfADay(t *testing.T) {
	t.Parallel()
	side := reportsOn(t, casesDir+"/20.ndjson", provenance.Question{AsOf: "2021"})["road-safe"].Affirming
	if got := inTable(side); got != "1: 1–1 / 1" {
		t.Errorf("as of 2021: %s", got)
	}
	for source, group := range side.Groups {
		if group.Group != source || len(group.Via) > 0 {
			t.Errorf("as of 2021 %s speaks as %s", source, group.Group)
		}
	}
}
