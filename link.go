package headwater

import "github.com/google/uuid"

// Link is a stated relation between two claims.
type Link struct {
	Meta
	LinkFields
	Status Decision `json:"status" doc:"Only accepted links count; a rejected one stays, so that nobody proposes it again." example:"accepted"`
}

// LinkFields are the fields of a link that a caller sets.
type LinkFields struct {
	Kind       LinkKind  `json:"kind" doc:"How the two claims stand to each other." example:"contradicts"`
	From       uuid.UUID `json:"from" written:"reference claim" format:"uuid" doc:"The claim that refines or corroborates; either end of an undirected link." example:"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	To         uuid.UUID `json:"to" written:"reference claim" format:"uuid" doc:"The claim that is refined or corroborated; the other end of an undirected link." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Degree     Degree    `json:"degree,omitempty" doc:"Of a contradiction: direct, both cannot be true, or tension, hard to reconcile. Direct by default." example:"tension"`
	Basis      string    `json:"basis,omitempty" maxLength:"200" doc:"What the two are compared by." example:"quantity"`
	Rationale  string    `text:"prose" json:"rationale,omitempty" doc:"Why, in a sentence." example:"The shipments start in August in one account and in July in the other."`
	Method     *Method   `json:"method,omitempty" doc:"Who or what made the link."`
	Confidence *float64  `json:"confidence,omitempty" minimum:"0" maximum:"1" doc:"How sure its maker is, 0 to 1." example:"0.8"`
}

// LinkKind is the kind of a link.
type LinkKind string

const (
	// Equivalent claims are true or false together. It has no direction.
	Equivalent LinkKind = "equivalent"
	// Refines says that from is the sharper form: if from is true, so is to.
	Refines LinkKind = "refines"
	// Corroborates says that from supports to without entailing it.
	Corroborates LinkKind = "corroborates"
	// Contradicts says that the two cannot both be true, or hardly. It has no direction.
	Contradicts LinkKind = "contradicts"
)

// Values lists the kinds.
func (LinkKind) Values() []string {
	return []string{string(Equivalent), string(Refines), string(Corroborates), string(Contradicts)}
}

// Directed says whether a link of this kind has a direction.
func (k LinkKind) Directed() bool { return k == Refines || k == Corroborates }

// Degree is how strongly two claims contradict each other.
type Degree string

const (
	DegreeDirect  Degree = "direct"  // both cannot be true
	DegreeTension Degree = "tension" // hard to reconcile, not exclusive
)

// Values lists the degrees.
func (Degree) Values() []string { return []string{string(DegreeDirect), string(DegreeTension)} }

// Ends returns the two claims in the order in which they are stored: those of an undirected link sorted by id.
func (l LinkFields) Ends() (from, to uuid.UUID) {
	if !l.Kind.Directed() && CompareIDs(l.From, l.To) > 0 {
		return l.To, l.From
	}
	return l.From, l.To
}

// Normalize puts the ends in stored order and fills in the default degree of a contradiction.
func (l *LinkFields) Normalize() {
	l.From, l.To = l.Ends()
	if l.Kind == Contradicts && l.Degree == "" {
		l.Degree = DegreeDirect
	}
}

// Validate returns all faults at once, as Faults.
func (l LinkFields) Validate() error {
	var c checker
	c.strings(l)
	checkOneOf(&c, "/kind", l.Kind)
	c.required("/from", l.From != uuid.Nil, "a claim")
	c.required("/to", l.To != uuid.Nil, "a claim")
	if l.From != uuid.Nil && l.From == l.To {
		c.add("/to", FaultSameEnds, l.To, "another claim than from")
	}
	checkOptionalOneOf(&c, "/degree", l.Degree)
	if l.Degree != "" && l.Kind != Contradicts {
		c.add("/degree", FaultConflict, l.Degree, "no degree unless kind is contradicts")
	}
	l.Method.check(&c, "/method")
	c.fraction("/confidence", l.Confidence)
	return c.err()
}
