package provenance_test

import (
	"maps"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
)

// answers to open questions, which change roles where no fact says so.
type answers struct {
	nobodyNew set         // groups that are no origins of their own
	known     set         // groups that are certain
	noOrigin  []uuid.UUID // a circle that nothing comes from
}

// TestEffects holds what would narrow a report to what the twin finds by changing the facts.
func TestEffects(t *testing.T) {
	t.Parallel()
	checkRandom(t, 6, func(t *rapid.T) {
		c := &random{T: t, Facts: randomFacts(t)}
		question := c.question()
		for claim, report := range reports(t, c.Facts, question) {
			for i, side := range sidesOf(report) {
				x := asked{t, c.Facts, question, claim, i}
				for _, open := range side.OpenQuestions {
					if want := x.effect(open); open.NotWorkedOut || !cmp.Equal(want, open.Effect) {
						t.Fatalf("claim %s, side %d, %+v, %s %v (-twin +report):\n%s", claim, i, question, open.Code, open.Params,
							cmp.Diff(want, open.Effect))
					}
				}
				if !slices.IsSortedFunc(side.OpenQuestions,
					func(x, y provenance.OpenQuestion) int { return moves(side, y) - moves(side, x) }) {
					t.Errorf("claim %s, side %d: the questions are not in the order of what they move: %+v", claim, i, side.OpenQuestions)
				}
			}
		}
	})
}

// moves is how far an answer moves both ends of the interval.
func moves(side provenance.Side, q provenance.OpenQuestion) int {
	most := 0
	for _, outcome := range []provenance.Outcome{q.Effect.IfSame, q.Effect.IfOther} {
		low, high := outcome.Min-side.IndependentOrigins.Min, outcome.Max-side.IndependentOrigins.Max
		most = max(most, max(low, -low)+max(high, -high))
	}
	return most
}

// asked is what a question is asked about.
type asked struct {
	*rapid.T
	facts    provenance.Facts
	question provenance.Question
	claim    uuid.UUID
	own      int // the side, 0 for affirming
}

func (x asked) effect(q provenance.OpenQuestion) *provenance.Effect {
	effect := &provenance.Effect{IfSame: x.outcome(x.facts, nil), IfOther: x.outcome(x.facts, nil)}
	switch q.Code {
	case provenance.AnonymousSource, provenance.HearsayEnding:
		effect.IfSame = x.outcome(x.facts, func(s *twinSide) { s.isNobodyNew(*q.Source) })
		effect.IfOther = x.outcome(x.facts, func(s *twinSide) { s.isKnown(*q.Source) })
	case provenance.ControlNotReviewed:
		effect.IfSame = x.outcome(x.facts, func(s *twinSide) { s.isControlledAsAnother(*q.Source) })
	case provenance.UngroundedCircle:
		effect.IfSame = x.outcome(x.facts, x.onOwnSide(func(s *twinSide) { s.noOrigin = q.Circle }))
		effect.IfOther = x.outcome(x.facts, x.onOwnSide(func(s *twinSide) { s.addOriginBehind(q.Circle) }))
	case provenance.ProposedLink, provenance.ProposedLinkToWithdrawn:
		accepted := x.facts
		accepted.Links = slices.Clone(x.facts.Links)
		accepted.Links[slices.IndexFunc(accepted.Links, func(l headwater.Link) bool { return l.ID == *q.Link })].Status = headwater.Accepted
		effect.IfSame = x.outcome(accepted, nil)
	case provenance.UndatedDocument:
		effect.IfOther = x.widest(*q.Document)
	}
	return effect
}

// outcome is what the twin says of the facts, with sides changed as an answer says.
func (x asked) outcome(facts provenance.Facts, answer func(*twinSide)) provenance.Outcome {
	w := newTwin(facts, x.question)
	sides := []*twinSide{w.side(w.affirming(x.claim)), w.side(w.denying(x.claim))}
	sides[1].denying = true
	if answer != nil {
		answer(sides[0])
		answer(sides[1])
	}
	own := sides[x.own]
	outcome := provenance.Outcome{
		Independence: own.independence(own.setAside), Lines: own.lines(own.setAside), Standing: standing(sides[0], sides[1]),
	}
	if len(own.nobodyNew) > 0 && len(own.originsIn(own.reached(own.setAside))) == 0 {
		outcome.Standing = ""
	}
	return outcome
}

func (x asked) onOwnSide(answer func(*twinSide)) func(*twinSide) {
	return func(s *twinSide) {
		if s.denying == (x.own == 1) {
			answer(s)
		}
	}
}

// uncertainOrigin is the group of an origin source that is within reach and of which nobody is known.
func (s *twinSide) uncertainOrigin(source uuid.UUID) (uuid.UUID, bool) {
	group := s.above.group(source)
	return group, s.origins[source] && s.reached(s.setAside)[group] && s.isUncertain(group)
}

func (s *twinSide) isNobodyNew(source uuid.UUID) {
	if group, uncertain := s.uncertainOrigin(source); uncertain {
		s.nobodyNew = set{group: true}
	}
}

// isKnown has the source known, and says that it does not have it from hearsay.
func (s *twinSide) isKnown(source uuid.UUID) {
	s.anonymous = maps.Clone(s.anonymous)
	s.anonymous[source] = false
	s.testimonies = slices.Clone(s.testimonies)
	for i, t := range s.testimonies {
		if t.end() == source && t.Evidence == headwater.Hearsay {
			s.testimonies[i].Evidence = headwater.Unstated
		}
	}
	if s.origins[source] && !slices.ContainsFunc(s.testimonies, func(t testimony) bool { return t.end() == source }) {
		s.known = set{s.above.group(source): true}
	}
}

func (s *twinSide) isControlledAsAnother(source uuid.UUID) {
	origins := s.originsIn(s.reached(s.setAside))
	if origins[source] && len(origins) > 1 {
		s.nobodyNew = set{source: true}
	}
}

// addOriginBehind has all groups of a circle quote a newcomer that is known, and that whoever controls any of them
// controls.
func (s *twinSide) addOriginBehind(circle []uuid.UUID) {
	origin := newcomer().ID
	s.groups[origin], s.origins[origin], s.known = true, true, set{origin: true}
	s.above[origin] = set{}
	for _, member := range circle {
		s.edges[member][origin], s.standing[member][origin] = true, true
		s.above[origin][member] = true
		maps.Copy(s.above[origin], s.above[member])
	}
}

// widest tries all days at which a relation above those who speak, or who are set aside, begins or ends, then all days next to these. Of
// those that leave intervals as wide, it takes the one whose ends are farthest from where they are.
func (x asked) widest(document uuid.UUID) provenance.Outcome {
	w := newTwin(x.facts, x.question)
	testimonies := w.affirming(x.claim)
	if x.own == 1 {
		testimonies = w.denying(x.claim)
	}
	above, days := set{}, map[headwater.Day]bool{}
	for _, t := range testimonies {
		for _, source := range t.walk {
			above[source] = true
		}
	}
	for _, source := range x.question.Without {
		survivor, _ := w.resolveSource(source)
		above[survivor] = true
	}
	for range w.relations {
		for _, r := range w.relations {
			if !above[r.Subject] {
				continue
			}
			above[r.Object] = true
			if r.Since != "" {
				days[headwater.Day(r.Since.First().Format("2006-01-02"))] = true
			}
			if r.Until != "" {
				days[headwater.Day(r.Until.Last().Format("2006-01-02"))] = true
			}
		}
	}
	asItIs := x.outcome(x.facts, nil)
	moved := func(o provenance.Outcome) float64 {
		return math.Abs(float64(o.Min-asItIs.Min)) + math.Abs(float64(o.Max-asItIs.Max))
	}
	best := asItIs
	next := map[headwater.Day]bool{}
	for day := range days {
		for _, by := range []int{-1, 1} {
			if other := headwater.Day(day.First().AddDate(0, 0, by).Format("2006-01-02")); !days[other] {
				next[other] = true
			}
		}
	}
	for i, day := range append(slices.Sorted(maps.Keys(days)), slices.Sorted(maps.Keys(next))...) {
		dated := x.facts
		dated.Documents = slices.Clone(x.facts.Documents)
		at := slices.IndexFunc(dated.Documents, func(d provenance.Document) bool { return d.ID == document })
		dated.Documents[at].Published = between(headwater.Moment(day), headwater.Moment(day))
		is := x.outcome(dated, nil)
		if width, widest := is.Max-is.Min, best.Max-best.Min; i == 0 || width > widest || width == widest && moved(is) > moved(best) {
			best = is
			best.Day = day
		}
	}
	return best
}
