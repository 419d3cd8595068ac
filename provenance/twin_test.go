package provenance_test

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
)

// figures are what the twin knows of a report.
type figures struct {
	Standing           provenance.Standing
	Affirming, Denying sideFigures
	Questioning        int
	Tensions           []uuid.UUID
}

type sideFigures struct {
	Attributions       int
	Origins            []uuid.UUID
	IndependentOrigins provenance.Independence
	Lines              int
	CommonLinks        []uuid.UUID
	Circular           [][]uuid.UUID
	Ungrounded         [][]uuid.UUID
	Without            []provenance.Removal
	Groups             map[uuid.UUID]provenance.Group
	Evidence           []provenance.Testimony
}

// TestTwin holds reports to those of the twin, for the plain question and for any other, over facts with and without
// withdrawals. With -rapid.checks=400 it draws 10,000 of each.
func TestTwin(t *testing.T) {
	t.Parallel()
	checkRandom(t, 25, sameAsTwin)
}

func TestTwinOfWithdrawals(t *testing.T) {
	t.Parallel()
	checkRandom(t, 25, func(t *rapid.T) {
		sameReports(t, &random{T: t, Facts: drawFacts(&random{T: t, dense: oneOf(t, "dense", false, true), withdrawn: true})})
	})
}

func sameAsTwin(t *rapid.T) {
	sameReports(t, &random{T: t, Facts: randomFacts(t)})
}

func sameReports(t *rapid.T, c *random) {
	analysis := provenance.New(c.Facts)
	for _, question := range []provenance.Question{{}, c.question()} {
		twin := newTwin(c.Facts, question)
		for _, claim := range c.Claims {
			if claim.Status != headwater.EntityActive {
				continue
			}
			report, err := analysis.Report(t.Context(), claim.ID, question)
			if err != nil {
				t.Fatal(err)
			}
			want, support := twin.report(claim.ID)
			if got := figuresOf(report); !reflect.DeepEqual(want, got) {
				t.Fatalf("claim %s, %+v (-twin +report):\n%s", claim.ID, question, cmp.Diff(want, got))
			}
			if diff := cmp.Diff(support, opinionOf(report.Support.Opinion), cmp.Comparer(isNear)); diff != "" {
				t.Fatalf("claim %s, %+v, support (-twin +report):\n%s", claim.ID, question, diff)
			}
		}
	}
}

func figuresOf(r *provenance.Report) figures {
	f := figures{
		Standing: r.Standing, Affirming: sideFiguresOf(r.Affirming), Denying: sideFiguresOf(r.Denying),
		Questioning: r.Questioning.Attributions, Tensions: []uuid.UUID{},
	}
	for _, tension := range r.Tensions {
		f.Tensions = append(f.Tensions, tension.Link)
	}
	return f
}

func opinionOf(o provenance.Opinion) opinion { return opinion{o.Belief, o.Disbelief, o.Uncertainty} }

func sideFiguresOf(s provenance.Side) sideFigures {
	return sideFigures{
		Attributions: s.Attributions, Origins: s.Origins, IndependentOrigins: s.IndependentOrigins, Lines: s.Lines,
		CommonLinks: s.CommonLinks, Circular: s.Circular, Ungrounded: s.Ungrounded, Without: s.Without, Groups: s.Groups,
		Evidence: s.Evidence,
	}
}

// report is what must be said of a claim.
func (w *twin) report(claim uuid.UUID) (figures, opinion) {
	affirming, denying := w.side(w.affirming(claim)), w.side(w.denying(claim))
	denying.denying = true
	return figures{
		Standing: standing(affirming, denying), Affirming: affirming.figures(), Denying: denying.figures(),
		Questioning: w.side(w.questioning(claim)).attributions(), Tensions: w.tensions(claim),
	}, w.support(affirming, denying)
}
