package provenance

import (
	"cmp"
	"slices"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// Effect is what a report would say once an open question is answered, either way. What "same" and "other" mean for each
// question is said with its code.
type Effect struct {
	IfSame  Outcome `json:"if_same" doc:"If what is open turns out to be nobody or nothing new."`
	IfOther Outcome `json:"if_other" doc:"If what is open turns out to be something else."`
}

// Outcome is a side's figures under one answer, and how the claim then stands.
type Outcome struct {
	Independence
	Lines    int           `json:"lines" minimum:"0" doc:"How many ways from a reader to an origin share no group." example:"1"`
	Standing Standing      `json:"standing,omitempty" doc:"How the claim stands then; missing where no origin remains." example:"corroborated"`
	Day      headwater.Day `json:"day,omitempty" doc:"Of an undated document: the day of publication that leaves this, the widest interval." example:"2024-05-06"`
}

const (
	// mostEffects is how many questions of a side are worked out.
	mostEffects = 200
	// mostDays is on how many days relations may begin or end for an undated document to be tried on them.
	mostDays = 32
	// mostEffectWork is how many attributions may be gone through once more to work out the questions of a side that
	// change who tells or who controls.
	mostEffectWork = 500_000
	// mostEffectSteps is how many steps of walks may be gone through to work out all questions of a side. Only chains of reprints
	// that are far longer than any known come near it, and origins of which thousands hang together through who controls them.
	mostEffectSteps = 50_000_000
	// tallySteps is how many steps are as long as to tally one contender or topmost controller twice.
	tallySteps = 32
)

// sideOutcome is what a side comes to.
type sideOutcome struct {
	Independence
	attributions, origins, lines int
}

// outcome is what a side comes to as it is.
func (s *namedSide) outcome() sideOutcome {
	if s.asItIs == nil {
		f := s.figures()
		s.asItIs = &sideOutcome{f.independence, s.countAttributions(), f.whole.origins, f.lines}
	}
	return *s.asItIs
}

// outcomes are those of the affirming and the denying side.
type outcomes [2]sideOutcome

func (e *examination) outcomes() outcomes {
	return outcomes{e.affirming.outcome(), e.denying.outcome()}
}

// of is a side's outcome among both.
func (o outcomes) of(name SideName) Outcome {
	own := o[0]
	if name == Denying {
		own = o[1]
	}
	return Outcome{Independence: own.Independence, Lines: own.lines, Standing: o.standing()}
}

// workOut gives each question its effect, as far as there is leave to, and puts first what could move the interval most. The links that
// were not examined, on either side, have none: what they bring in is not among the facts.
func (e *examination) workOut(s *namedSide, open []OpenQuestion, unexamined map[uuid.UUID]bool) {
	asked := make([]*OpenQuestion, len(open))
	for i := range open {
		asked[i] = &open[i]
	}
	slices.SortStableFunc(asked, func(x, y *OpenQuestion) int { return cmp.Compare(urgency(x.Code), urgency(y.Code)) })
	work := effectWork{examination: e, side: s, base: e.outcomes(), unexamined: unexamined, left: mostEffectWork,
		stepsLeft: mostEffectSteps}
	work.steps = e.affirming.steps() + e.denying.steps()
	for i, question := range asked {
		if i < mostEffects {
			question.Effect = work.effect(question)
		}
		question.NotWorkedOut = question.Effect == nil
	}
	slices.SortFunc(open, func(x, y OpenQuestion) int {
		return cmp.Or(cmp.Compare(work.moves(&y), work.moves(&x)), compareSubjects(x, y), cmp.Compare(x.Code, y.Code))
	})
}

// urgency is in which order questions are worked out: those that nearly always move something first.
func urgency(code QuestionCode) int {
	return slices.Index([]QuestionCode{AnonymousSource, HearsayEnding, UngroundedCircle, ProposedLink, ProposedLinkToWithdrawn,
		UndatedDocument, ControlNotReviewed, ProposedLinkUnexamined}, code)
}

// compareSubjects orders questions by the ids of what they are about.
func compareSubjects(x, y OpenQuestion) int {
	return slices.CompareFunc(x.about(), y.about(), headwater.CompareIDs)
}

func (q *OpenQuestion) about() []uuid.UUID {
	for _, id := range []*uuid.UUID{q.Source, q.Document, q.Link} {
		if id != nil {
			return []uuid.UUID{*id}
		}
	}
	return q.Circle
}

// effectWork works out the questions of one side.
type effectWork struct {
	*examination
	side *namedSide
	base outcomes
	left int // attributions that may still be gone through

	unexamined map[uuid.UUID]bool // proposed links

	steps, stepsLeft int // of the walks of both sides, and those that may still be gone through
}

// moves is how far an answer moves the ends of the interval, both together; -1 where that is not worked out.
func (w *effectWork) moves(q *OpenQuestion) int {
	if q.Effect == nil {
		return -1
	}
	return max(w.moved(q.Effect.IfSame), w.moved(q.Effect.IfOther))
}

// moved is how far the ends of the interval are from where they are, both together.
func (w *effectWork) moved(is Outcome) int {
	was := w.base.of(w.side.name)
	return distance(is.Min, was.Min) + distance(is.Max, was.Max)
}

func distance(x, y int) int { return max(x-y, y-x) }

// effect is nil where it cannot be worked out within what is left.
func (w *effectWork) effect(q *OpenQuestion) *Effect {
	if w.stepsLeft <= 0 {
		return nil
	}
	w.stepsLeft -= w.steps
	asItIs := w.base.of(w.side.name)
	switch q.Code {
	case AnonymousSource, HearsayEnding:
		source := w.sourceAt[*q.Source]
		same := w.onBothSides(func(s *namedSide) sideOutcome { return s.ifNobodyNew(source) })
		other := w.onBothSides(func(s *namedSide) sideOutcome { return s.ifKnown(source) })
		effect := &Effect{same.of(w.side.name), other.of(w.side.name)}
		if own := same[0]; w.side.name == Affirming && own.origins == 0 || w.side.name == Denying && same[1].origins == 0 {
			effect.IfSame.Standing = ""
		}
		return effect
	case ControlNotReviewed:
		source := w.sourceAt[*q.Source]
		same := w.onBothSides(func(s *namedSide) sideOutcome { return s.ifControlledAsAnother(source) })
		return &Effect{same.of(w.side.name), asItIs}
	case UngroundedCircle:
		same := w.onOwnSide(func(s *namedSide) sideOutcome { return s.ifNoOrigin(q.Circle) })
		other := w.onOwnSide(func(s *namedSide) sideOutcome { return s.ifOriginIn(q.Circle) })
		return &Effect{same.of(w.side.name), other.of(w.side.name)}
	case ProposedLink, ProposedLinkToWithdrawn:
		if same, done := w.ifAccepted(*q.Link); done {
			return &Effect{same.of(w.side.name), asItIs}
		}
	case UndatedDocument:
		if other, done := w.widest(*q.Document); done {
			return &Effect{asItIs, other}
		}
	}
	return nil
}

// onBothSides is for an answer that is a fact about a source, whichever side it speaks on.
func (w *effectWork) onBothSides(answer func(*namedSide) sideOutcome) outcomes {
	return outcomes{answer(w.affirming), answer(w.denying)}
}

func (w *effectWork) onOwnSide(answer func(*namedSide) sideOutcome) outcomes {
	changed := w.base
	if w.side.name == Affirming {
		changed[0] = answer(w.affirming)
	} else {
		changed[1] = answer(w.denying)
	}
	return changed
}

// ifAccepted examines the claim with a proposed link that counts.
func (w *effectWork) ifAccepted(link uuid.UUID) (outcomes, bool) {
	if w.left <= 0 || w.unexamined[link] {
		return outcomes{}, false
	}
	at := w.linkAt(link)
	h := w.hypothesis
	h.accepted = func(l int32) bool { return l == at }
	examined, err := w.examineIf(w.claims[w.claim].ID, w.question, h)
	if err != nil {
		return outcomes{}, false
	}
	w.left -= len(examined.affirming.testimonies) + len(examined.denying.testimonies)
	return examined.outcomes(), true
}

// widest is the outcome with the widest interval over the days at which a relation of the side, or of what is set aside, begins or ends
// and those beside them; of several the one whose ends have moved most, then the first, those at which one begins or ends before those
// beside them. It gives up before it starts where that takes more than is left, so that other questions can still be worked out.
func (w *effectWork) widest(document uuid.UUID) (Outcome, bool) {
	turns, beside := turningDays(w.side.control, w.side.controlAside)
	best := w.base.of(w.side.name)
	if len(turns) > mostDays {
		return best, false
	}
	days := slices.Concat(turns, beside)
	undated, work, steps := w.documents[document], 0, 0
	for _, day := range days {
		for _, s := range w.changedBy(undated, day) {
			work += len(s.testimonies)
			steps += s.steps()
		}
	}
	if work > w.left || steps > w.stepsLeft {
		return best, false
	}
	w.left -= work
	w.stepsLeft -= steps
	for i, day := range days {
		is := w.ifDated(undated, day).of(w.side.name)
		if i == 0 || cmp.Or(cmp.Compare(is.Max-is.Min, best.Max-best.Min), cmp.Compare(w.moved(is), w.moved(best))) > 0 {
			best = is
			best.Day = day
		}
	}
	return best, true
}

// changedBy are the sides that a document published on this day would change.
func (w *effectWork) changedBy(document *Document, day headwater.Day) []*namedSide {
	return slices.DeleteFunc([]*namedSide{w.affirming, w.denying}, func(s *namedSide) bool {
		return s.published.periodIf(document, day) == s.published.period()
	})
}

// ifDated examines anew what a document published on this day would change.
func (w *effectWork) ifDated(document *Document, day headwater.Day) outcomes {
	changed := w.base
	without, _ := w.resolveWithout(w.question)
	for _, s := range w.changedBy(document, day) {
		then := &namedSide{side: w.Analysis.side(s.reach, s.testimonies, without, s.published.periodIf(document, day)), name: s.name}
		if s == w.affirming {
			changed[0] = then.outcome()
		} else {
			changed[1] = then.outcome()
		}
	}
	return changed
}

// steps is how many steps it takes to work the side out: those of its walks, and as many as the largest component takes to tally.
func (s *namedSide) steps() (n int) {
	for _, walk := range s.walks {
		n += len(walk)
	}
	largest := 0
	for _, component := range s.figures().components {
		largest = max(largest, sizeOf(component.list))
	}
	return n + tallySteps*largest
}
