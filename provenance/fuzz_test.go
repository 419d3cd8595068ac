package provenance_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
)

// randomBytes makes facts of any bytes, each of which picks something whether it fits or not: references to nothing, the same
// id twice, loops of merges, derivations and control, empty chains, days that are none.
type randomBytes []byte

func (b *randomBytes) upTo(n int) int {
	if len(*b) == 0 {
		return 0
	}
	picked := int((*b)[0]) % (n + 1)
	*b = (*b)[1:]
	return picked
}

func pick[E any](b *randomBytes, choices ...E) E { return choices[b.upTo(len(choices)-1)] }

func pickValue[E interface {
	~string
	Values() []string
}](b *randomBytes) E {
	var e E
	return E(pick(b, append(e.Values(), "")...))
}

// id is one of few, now and then none.
func (b *randomBytes) id(kind byte) uuid.UUID {
	if b.upTo(31) == 31 {
		return uuid.Nil
	}
	return idOf(kind, b.upTo(5))
}

func (b *randomBytes) meta(kind byte) headwater.Meta { return headwater.Meta{ID: b.id(kind)} }

func (b *randomBytes) mergedInto(kind byte) *uuid.UUID {
	if into := b.id(kind); b.upTo(7) == 7 {
		return &into
	}
	return nil
}

func (b *randomBytes) day() headwater.Day {
	return pick[headwater.Day](b, "", "2023", "2024-02", "2024-05-06", "2024-02-31", "soon")
}

func (b *randomBytes) interval() headwater.Interval {
	return headwater.Interval{Earliest: headwater.Moment(b.day()), Latest: pick(b, headwater.Moment(b.day()), "2024-05-06T07:08:09Z")}
}

func (b *randomBytes) facts() provenance.Facts {
	var f provenance.Facts
	for len(*b) > 0 {
		switch b.upTo(7) {
		case 0:
			f.Sources = append(f.Sources, b.source())
		case 1:
			f.Relations = append(f.Relations, b.relation())
		case 2:
			f.Documents = append(f.Documents, b.document())
		case 3:
			f.Claims = append(f.Claims, b.claim())
		case 4:
			f.Links = append(f.Links, b.link())
		default:
			f.Attributions = append(f.Attributions, b.attribution())
		}
	}
	return f
}

func (b *randomBytes) source() headwater.Source {
	s := headwater.Source{Meta: b.meta(sourceID),
		Status:     pick(b, headwater.EntityActive, headwater.EntityActive, pickValue[headwater.EntityStatus](b)),
		MergedInto: b.mergedInto(sourceID)}
	s.Anonymous, s.Reliability, s.ControlReviewedAt = pick(b, false, true), pickValue[headwater.Reliability](b), b.day()
	return s
}

func (b *randomBytes) relation() headwater.Relation {
	r := headwater.Relation{Meta: b.meta(relationID), Status: pick(b, headwater.RecordActive, pickValue[headwater.RecordStatus](b))}
	r.Kind, r.Subject, r.Object = pickValue[headwater.RelationKind](b), b.id(sourceID), b.id(sourceID)
	r.Share, r.Since, r.Until = pick[*float64](b, nil, new(0.7), new(math.NaN())), b.day(), b.day()
	return r
}

func (b *randomBytes) document() provenance.Document {
	return provenance.Document{
		ID: b.id(documentID), Publisher: b.id(sourceID), DerivedFrom: b.id(documentID), Published: b.interval(),
		Altered: pick(b, false, true), Retracted: b.upTo(7) == 7,
	}
}

func (b *randomBytes) claim() headwater.Claim {
	c := headwater.Claim{Meta: b.meta(claimID),
		Status:     pick(b, headwater.EntityActive, headwater.EntityActive, pickValue[headwater.EntityStatus](b)),
		MergedInto: b.mergedInto(claimID)}
	c.EventTime = pick(b, nil, &headwater.Period{Start: b.day(), End: b.day()})
	return c
}

func (b *randomBytes) link() headwater.Link {
	l := headwater.Link{Meta: b.meta(linkID), Status: pick(b, headwater.Accepted, pickValue[headwater.Decision](b))}
	l.Kind, l.Degree = pickValue[headwater.LinkKind](b), pickValue[headwater.Degree](b)
	l.From, l.To = b.id(claimID), b.id(claimID)
	return l
}

func (b *randomBytes) attribution() provenance.Attribution {
	a := provenance.Attribution{
		ID: b.id(attributionID), Claim: b.id(claimID), Document: b.id(documentID), Stance: pickValue[headwater.Stance](b),
		Status: pick(b, headwater.Accepted, pickValue[headwater.Decision](b)), Certainty: pickValue[headwater.Certainty](b),
		Evidence: pickValue[headwater.Evidence](b),
	}
	for range b.upTo(4) {
		a.Chain = append(a.Chain, b.id(sourceID))
	}
	if b.upTo(1) == 1 {
		for range a.Chain {
			a.SaidAt = append(a.SaidAt, b.interval())
		}
	}
	return a
}

// ask makes facts and a question about them, which now and then names a source that is not among them.
func (b *randomBytes) ask() (provenance.Facts, provenance.Question) {
	question := provenance.Question{AsOf: pick(b, "", b.day()), IncludeProposed: pick(b, false, true)}
	setAside, unknown := b.upTo(2), b.upTo(15) == 15
	facts := b.facts()
	for _, source := range facts.Sources[:min(setAside, len(facts.Sources))] {
		question.Without = append(question.Without, source.ID)
	}
	if unknown {
		question.Without = append(question.Without, idOf(sourceID, 99))
	}
	return facts, question
}

// FuzzReport: whatever the facts are, a report comes out, the same each time, with figures that can be; or an error that
// says what is wrong with the question.
func FuzzReport(f *testing.F) {
	for seed := range uint64(40) {
		random := rand.New(rand.NewPCG(seed, 0))
		data := make([]byte, 200*seed)
		for i := range data {
			data[i] = byte(random.Uint32())
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		b := randomBytes(data)
		facts, question := b.ask()
		analysis, again := provenance.New(facts), provenance.New(facts)
		for n := range 6 {
			report, err := analysis.Report(t.Context(), idOf(claimID, n), question)
			if err != nil {
				checkError(t, err)
				continue
			}
			checkFigures(t, report)
			other, err := again.Report(t.Context(), idOf(claimID, n), question)
			if err != nil {
				t.Fatal(err)
			}
			if first, second := asJSON(t, report), asJSON(t, other); first != second {
				t.Error(cmp.Diff(first, second))
			}
		}
	})
}

func checkError(t *testing.T, err error) {
	t.Helper()
	var faults headwater.Faults
	var known *headwater.Error
	if !errors.As(err, &faults) && !errors.As(err, &known) {
		t.Errorf("%v says neither what is wrong with the question nor with the claim", err)
	}
}

func checkFigures(t *testing.T, r *provenance.Report) {
	t.Helper()
	for _, side := range []provenance.Side{r.Affirming, r.Denying} {
		if origins := side.IndependentOrigins; origins.Min < 0 || origins.Min > origins.Max || side.Lines < 0 || side.Lines > len(
			side.Without) {
			t.Errorf("%+v over %d lines through %d groups", origins, side.Lines, len(side.Without))
		}
	}
	if s := r.Support; s.Belief < 0 || s.Disbelief < 0 || s.Uncertainty <= 0 || !isNear(s.Belief+s.Disbelief+s.Uncertainty, 1) {
		t.Errorf("no opinion: %+v", s.Opinion)
	}
}

func asJSON(t *testing.T, r *provenance.Report) string {
	t.Helper()
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
