package provenance_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/inmem"
	"github.com/headwater-project/headwater/provenance"
)

// worked is what docs/analysis.md works out by hand: belief, disbelief and uncertainty after each step.
const worked = `
    harbour office  certain            1       0       0
      harbour office (C)             1/2       0     1/2
      Estuary Post (B)               3/8       0     5/8
    port authority  certain            1       0       0
      port authority (B)             3/4       0     1/4
    pilots' union  certain             1       0       0
      pilots' union (C)              1/2       0     1/2
    shipping line  certain, denying    0       1       0
      shipping line (C)                0     1/2     1/2
      Estuary Post (B)                 0     3/8     5/8
    average of 2                    9/14       0    5/14
    average of 1                     1/2       0     1/2
    average of 1                       0     3/8     5/8
    fuse                            9/14       0    5/14
    fuse                           14/19       0    5/19
    fuse                            7/11    3/22    5/22
`

// portClosed is the example: "The port was closed on Monday."
func portClosed() *story {
	s := newStory()
	s.affirm("Estuary Post", "harbour office")
	s.affirm("port authority")
	s.affirm("pilots' union")
	s.attribute(headwater.Denies, headwater.Certain, "Estuary Post", "shipping line")
	s.partOf("harbour office", "port authority")
	for name, reliability := range map[string]headwater.Reliability{
		"Estuary Post": "B", "harbour office": "C", "port authority": "B", "pilots' union": "C", "shipping line": "C",
	} {
		s.source(name).Reliability = reliability
	}
	return s
}

// TestWorkedSupport follows the opinions of the example to the end.
func TestWorkedSupport(t *testing.T) {
	t.Parallel()
	s := portClosed()
	support := s.report(t).Support
	var want []opinion
	var labels []string
	for line := range strings.Lines(strings.Trim(worked, "\n")) {
		label, numbers := cutNumbers(t, strings.TrimSpace(line))
		labels, want = append(labels, label), append(want, numbers)
	}
	gotLabels, got := s.follow(support)
	if diff := cmp.Diff(labels, gotLabels); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(isNear)); diff != "" {
		t.Errorf("opinions (-want +got):\n%s", diff)
	}
	if !isNear(support.Probability, .75) || opinionOf(support.Opinion) != got[len(got)-1] {
		t.Errorf("probability %v of %+v, want 3/4", support.Probability, support.Opinion)
	}
	if page, err := os.ReadFile("../docs/analysis.md"); err != nil || !strings.Contains(string(page), worked) {
		t.Errorf("docs/analysis.md works out something else (%v)", err)
	}
}

// cutNumbers cuts a line into what is done and the three fractions that it leaves.
func cutNumbers(t *testing.T, line string) (string, opinion) {
	t.Helper()
	fields := strings.Fields(line)
	first := len(fields) - 3
	var o opinion
	for i, field := range fields[first:] {
		numerator, denominator := 0., 1.
		if _, err := fmt.Sscanf(field+"/1", "%g/%g", &numerator, &denominator); err != nil {
			t.Fatal(err)
		}
		o[i] = numerator / denominator
	}
	return strings.Join(fields[:first], " "), o
}

// follow puts the steps in the words of the page.
func (s *story) follow(support provenance.Support) (labels []string, opinions []opinion) {
	add := func(o provenance.Opinion, label string, args ...any) {
		labels, opinions = append(labels, fmt.Sprintf(label, args...)), append(opinions, opinionOf(o))
	}
	for _, step := range support.Steps {
		switch step.Kind {
		case provenance.SaidStep:
			denying := map[provenance.SideName]string{provenance.Denying: ", denying"}[step.Said.Side]
			add(step.Said.Opinion, "%s %s%s", s.names[step.Said.Source], step.Said.Certainty, denying)
			for _, discount := range step.Said.Discounts {
				add(discount.Opinion, "%s (%s)", s.names[discount.Source], discount.Reliability)
			}
		case provenance.AverageStep:
			add(step.Opinion, "average of %d", step.Opinions)
		case provenance.FuseStep:
			add(step.Opinion, "fuse")
		}
	}
	return labels, opinions
}

// TestWorkedFigures is the rest of the example.
func TestWorkedFigures(t *testing.T) {
	t.Parallel()
	type (
		interval = [2]int
		side     struct {
			Attributions int
			Origins      []string
			Independent  interval
			Lines        int
			CommonLinks  []string
			Without      map[string][3]int // min, max, lines
		}
	)
	tests := []struct {
		name               string
		change             func(*story)
		standing           provenance.Standing
		affirming, denying side
	}{
		{
			name: "as it is", change: func(*story) {}, standing: provenance.Contested,
			affirming: side{3, []string{"port authority", "pilots' union"}, interval{2, 2}, 2, []string{}, map[string][3]int{
				"Estuary Post": {2, 2, 2}, "port authority": {1, 1, 1}, "pilots' union": {1, 1, 1},
			}},
			denying: side{1, []string{"shipping line"}, interval{1, 1}, 1, []string{"Estuary Post", "shipping line"}, map[string][3]int{
				"Estuary Post": {0, 0, 0}, "shipping line": {0, 0, 0},
			}},
		},
		{
			name: "nobody knows who the pilots are, and nobody denies it", standing: provenance.PossiblyCorroborated,
			change: func(s *story) {
				s.source("pilots' union").Anonymous = true
				s.Attributions = s.Attributions[:3]
			},
			affirming: side{3, []string{"port authority", "pilots' union"}, interval{1, 2}, 2, []string{}, map[string][3]int{
				"Estuary Post": {1, 2, 2}, "port authority": {1, 1, 1}, "pilots' union": {1, 1, 1},
			}},
			denying: side{0, []string{}, interval{0, 0}, 0, []string{}, map[string][3]int{}},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := portClosed()
			test.change(s)
			report := s.report(t)
			shown := func(r provenance.Side) side {
				independent := interval{r.IndependentOrigins.Min, r.IndependentOrigins.Max}
				shown := side{r.Attributions, s.namesOf(r.Origins), independent, r.Lines, s.namesOf(r.CommonLinks), map[string][3]int{}}
				for _, left := range r.Without {
					shown.Without[s.names[left.Source]] = [3]int{left.IndependentOrigins.Min, left.IndependentOrigins.Max, left.Lines}
				}
				return shown
			}
			if report.Standing != test.standing {
				t.Errorf("it is %s, want %s", report.Standing, test.standing)
			}
			if diff := cmp.Diff([]side{test.affirming, test.denying}, []side{shown(report.Affirming), shown(report.Denying)}); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			office := report.Affirming.Groups[s.source("harbour office").ID]
			if want := (provenance.Group{Group: s.source("port authority").ID, Via: []uuid.UUID{s.Relations[0].ID}}); !cmp.Equal(office,
				want) {
				t.Errorf("the harbour office is in %+v, want %+v", office, want)
			}
		})
	}
}

// TestWorkedFacts redoes what docs/analysis.md says of facts_sha256: its bundle rests on its lines, and these have its hash.
func TestWorkedFacts(t *testing.T) {
	t.Parallel()
	evidence, err := inmem.Read(t.Context(), strings.NewReader(strings.ReplaceAll(onPage(t, "ndjson"), "\n \"", "\"")))
	if err != nil {
		t.Fatal(err)
	}
	analysis, claim := provenance.New(evidence.All()), evidence.ActiveClaims()[0]
	var lines strings.Builder
	if err := analysis.WriteFacts(t.Context(), &lines, claim, provenance.Question{}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(onPage(t, "facts"), lines.String()); diff != "" {
		t.Errorf("the lines (-page +analysis):\n%s", diff)
	}
	report, err := analysis.Report(t.Context(), claim, provenance.Question{})
	if err != nil {
		t.Fatal(err)
	}
	hash := fmt.Sprintf("%x", sha256.Sum256([]byte(onPage(t, "facts"))))
	if onPage(t, "sha256") != hash+"\n" || report.FactsSHA256 != hash {
		t.Errorf("the hash of the page's lines is %s, on the page it is %s, in the report %s", hash, onPage(t, "sha256"),
			report.FactsSHA256)
	}
}

// onPage is the block of docs/analysis.md that is marked as being in a language.
func onPage(t *testing.T, language string) string {
	t.Helper()
	page, err := os.ReadFile("../docs/analysis.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := strings.Cut(string(page), "\n```"+language+"\n")
	block, _, ended := strings.Cut(after, "```\n")
	if !found || !ended {
		t.Fatalf("docs/analysis.md has no block marked %s", language)
	}
	return block
}
