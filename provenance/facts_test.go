package provenance_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
)

// TestFactsGiveTheSameReport: a report on just the facts that it rests on is the same, its hash included, and so are these
// facts once more.
func TestFactsGiveTheSameReport(t *testing.T) {
	t.Parallel()
	checkRandom(t, 10, func(t *rapid.T) {
		facts := randomFacts(t)
		question := provenance.Question{IncludeProposed: rapid.Bool().Draw(t, "proposed")}
		if rapid.Bool().Draw(t, "without") {
			question.Without = []uuid.UUID{rapid.SampledFrom(facts.Sources).Draw(t, "source").ID}
		}
		whole := provenance.New(facts)
		for _, claim := range facts.ActiveClaims() {
			just, err := whole.FactsOf(t.Context(), claim, question)
			if err != nil {
				t.Fatal(err)
			}
			part := provenance.New(just)
			for _, day := range []headwater.Day{"", "2024-05-06"} {
				question.AsOf = day
				if diff := cmp.Diff(jsonOf(t, whole, claim, question), jsonOf(t, part, claim, question)); diff != "" {
					t.Fatalf("-of all facts +of its own, as of %q:\n%s", day, diff)
				}
			}
			question.AsOf = ""
			again, err := part.FactsOf(t.Context(), claim, question)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(just, again); diff != "" {
				t.Fatalf("-facts +facts of these facts:\n%s", diff)
			}
		}
	})
}

// TestFactsGiveTheSameReportBeyondBounds: what was read beside the facts that a report rests on spends nothing of what is granted to look
// where proposed links lead. Otherwise a report and the one made of its bundle would differ, with the same hash.
func TestFactsGiveTheSameReportBeyondBounds(t *testing.T) {
	t.Parallel()
	const links, said, beside = 1_100, 1_000, 5_000
	for name, add := range map[string]func(g *grown){
		"attributions that count on no side": func(g *grown) {
			for range beside {
				g.tell(1, 0)
				g.Attributions[len(g.Attributions)-1].Stance = headwater.Denies
			}
		},
		"links that lead nowhere": func(g *grown) {
			for i := range beside {
				g.link(headwater.Refines, 1, 2+links+i)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := &grown{}
			g.sources(1)
			g.claims(2 + links + beside)
			g.tell(0, 0)
			for range said {
				g.tell(1, 0)
			}
			for i := range links { // each refines the claim in question, and may be refined by one that is often said
				g.link(headwater.Refines, 2+i, 0)
				g.link(headwater.Refines, 1, 2+i)
				g.Links[len(g.Links)-1].Status = headwater.Proposed
			}
			add(g)
			claim, question := largeID(claimID, 0), provenance.Question{}
			whole := provenance.New(g.Facts)
			just, err := whole.FactsOf(t.Context(), claim, question)
			if err != nil {
				t.Fatal(err)
			}
			ofAll, err := whole.Report(t.Context(), claim, question)
			if err != nil {
				t.Fatal(err)
			}
			ofItsOwn, err := provenance.New(just).Report(t.Context(), claim, question)
			if err != nil {
				t.Fatal(err)
			}
			unexamined := func(r *provenance.Report) (n int) {
				for _, open := range r.Affirming.OpenQuestions {
					if open.Code == provenance.ProposedLinkUnexamined {
						n++
					}
				}
				return n
			}
			if ofAll.FactsSHA256 != ofItsOwn.FactsSHA256 || unexamined(ofAll) != unexamined(ofItsOwn) {
				t.Errorf("of all facts: %d proposed links were not examined, facts_sha256 %s; of its own: %d, %s",
					unexamined(ofAll), ofAll.FactsSHA256, unexamined(ofItsOwn), ofItsOwn.FactsSHA256)
			}
		})
	}
}

// TestImpactOfWhatALateProposalBrings: a source whose words only the last of many proposed links would bring in has an impact, whatever
// else was read. A page of impacts reads the facts of many claims together.
func TestImpactOfWhatALateProposalBrings(t *testing.T) {
	t.Parallel()
	const links, beside = 700, 900
	g := &grown{}
	g.sources(2)
	g.claims(3 + links + beside)
	g.tell(0, 0)
	g.tell(1, 0)
	g.tell(2, 1)
	propose := func(kind headwater.LinkKind, from, to int) {
		g.link(kind, from, to)
		g.Links[len(g.Links)-1].Status = headwater.Proposed
	}
	for i := range links {
		g.link(headwater.Refines, 3+i, 0)
		propose(headwater.Refines, 1, 3+i)
	}
	propose(headwater.Equivalent, 2, 0)
	claim, source := largeID(claimID, 0), largeID(sourceID, 1)
	for _, more := range []int{0, beside} {
		for i := range more {
			g.link(headwater.Refines, 1, 3+links+i)
			g.Links[len(g.Links)-1].ID = largeID(linkID, -1-i) // after all others, as the one in question is among the proposed
		}
		impact, err := provenance.New(g.Facts).ImpactOfSource(t.Context(), claim, source)
		if err != nil || impact == nil {
			t.Errorf("with %d links beside that lead nowhere: %+v, %v", more, impact, err)
		}
	}
}

func jsonOf(t *rapid.T, a *provenance.Analysis, claim uuid.UUID, question provenance.Question) string {
	report, err := a.Report(t.Context(), claim, question)
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded(t, map[uuid.UUID]*provenance.Report{claim: report}))
}

// TestFactLinesAreCanonical: the lines are as RFC 8785 has them, by type and id, and facts_sha256 is their hash.
func TestFactLinesAreCanonical(t *testing.T) {
	t.Parallel()
	checkRandom(t, 2, func(t *rapid.T) {
		facts := randomFacts(t)
		for i := range facts.Sources {
			facts.Sources[i].Names = headwater.Texts{"en": rapid.String().Draw(t, "name"),
				"ar": "\u0001\u001f\"\\\b\t\n\f\r\u2028</é😀\u007f"}
		}
		analysis := provenance.New(facts)
		for _, claim := range facts.ActiveClaims() {
			var written bytes.Buffer
			if err := analysis.WriteFacts(t.Context(), &written, claim, provenance.Question{}); err != nil {
				t.Fatal(err)
			}
			var order []string
			for line := range strings.Lines(written.String()) {
				value := jsontext.Value(line)
				if err := value.Canonicalize(); err != nil || string(value)+"\n" != line {
					t.Fatalf("%s is not canonical, %s is (%v)", line, value, err)
				}
				var named struct{ Type, ID string }
				if err := json.Unmarshal(value, &named); err != nil {
					t.Fatal(err)
				}
				order = append(order, named.Type+" "+named.ID)
			}
			if order[0] != "facts " || !slices.IsSorted(order[1:]) {
				t.Fatalf("lines are in the order %q", order)
			}
			report, err := analysis.Report(t.Context(), claim, provenance.Question{})
			if err != nil {
				t.Fatal(err)
			}
			if sum := sha256.Sum256(written.Bytes()); report.FactsSHA256 != hex.EncodeToString(sum[:]) {
				t.Fatalf("facts_sha256 is %s, not the hash of\n%s", report.FactsSHA256, written.String())
			}
		}
	})
}
