package provenance_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
)

// BenchmarkReport is a claim that is quoted everywhere: 2,000 sources of which most are controlled, three hops on
// average, a document for each attribution.
func BenchmarkReport(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			facts, claim := hotClaim(n)
			b.ReportAllocs()
			for b.Loop() {
				report, err := provenance.New(facts).Report(b.Context(), claim, provenance.Question{})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(report.Affirming.IndependentOrigins.Max), "origins")
			}
		})
	}
}

// BenchmarkUndatedReport is the same claim where half of the documents are not dated and relations begin on as many days as are tried
// for each: to work out what the questions about them would leave must not go through all attributions each time.
func BenchmarkUndatedReport(b *testing.B) {
	facts, claim := hotClaim(100_000)
	for i := range facts.Documents[:len(facts.Documents)/2] {
		facts.Documents[i].Published = headwater.Interval{}
	}
	for i := range facts.Relations {
		facts.Relations[i].Since = headwater.Day(fmt.Sprintf("2024-05-%02d", 1+i%30))
	}
	for b.Loop() {
		if _, err := provenance.New(facts).Report(b.Context(), claim, provenance.Question{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkReportJSON adds what it takes to send the report.
func BenchmarkReportJSON(b *testing.B) {
	facts, claim := hotClaim(10_000)
	report, err := provenance.New(facts).Report(b.Context(), claim, provenance.Question{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		data, err := json.Marshal(report)
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(len(data)))
	}
}

func hotClaim(n int) (provenance.Facts, uuid.UUID) {
	random := rand.New(rand.NewPCG(1, 2))
	var facts provenance.Facts
	id := func() uuid.UUID {
		var u uuid.UUID
		for i := range u {
			u[i] = byte(random.Uint32())
		}
		return u
	}
	for range 2_000 {
		facts.Sources = append(facts.Sources, headwater.Source{
			Meta:         headwater.Meta{ID: id()},
			SourceFields: headwater.SourceFields{Name: "A source", Reliability: "C", Anonymous: random.IntN(20) == 0},
		})
	}
	pick := func() uuid.UUID {
		return facts.Sources[int(float64(len(facts.Sources))*random.Float64()*random.Float64())].ID
	}
	for i := 500; i < len(facts.Sources); i++ {
		facts.Relations = append(facts.Relations, headwater.Relation{
			Meta: headwater.Meta{ID: id()},
			RelationFields: headwater.RelationFields{Subject: facts.Sources[i].ID, Kind: headwater.PartOf,
				Object: facts.Sources[random.IntN(i)].ID},
		})
	}
	claim := headwater.Claim{Meta: headwater.Meta{ID: id(), Key: "hot"}}
	facts.Claims = append(facts.Claims, claim)
	for range n {
		chain := []uuid.UUID{pick()}
		for range random.IntN(5) {
			chain = append(chain, pick())
		}
		document := provenance.Document{ID: id(), Publisher: chain[0],
			Published: headwater.Interval{Earliest: "2024-05-05", Latest: "2024-05-06"}}
		facts.Documents = append(facts.Documents, document)
		facts.Attributions = append(facts.Attributions, provenance.Attribution{
			ID: id(), Claim: claim.ID, Document: document.ID, Stance: headwater.Affirms, Status: headwater.Accepted, Chain: chain,
			Credibility: 6,
		})
	}
	return facts, claim.ID
}
