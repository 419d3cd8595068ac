package headwater

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// Attribution is one place in one document where a claim is made: the words, the stance, and the chain of who told
// whom.
type Attribution struct {
	Meta
	AttributionFields
	Status Decision `json:"status" doc:"Only accepted attributions count." example:"accepted"`
	Mended []Mended `json:"mended,omitempty" db:"-" doc:"In the answer to a write: the quotes whose positions were wrong, and are right now."`
}

// Mended is a quote that stands elsewhere in the text than was given, exactly once.
type Mended struct {
	Pointer    Pointer `json:"pointer" doc:"JSON Pointer (RFC 6901) to the quote." example:"/content"`
	GivenStart int     `json:"given_start" doc:"The start that was given, in Unicode code points from 0." example:"540"`
	GivenEnd   int     `json:"given_end" doc:"The end that was given." example:"566"`
	Start      int     `json:"start" minimum:"0" doc:"Where the words begin." example:"546"`
	End        int     `json:"end" minimum:"1" doc:"Where they end." example:"572"`
}

// AttributionFields are the fields of an attribution that a caller sets.
type AttributionFields struct {
	Claim         uuid.UUID `json:"claim" written:"reference claim" format:"uuid" doc:"The claim that is made." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Document      uuid.UUID `json:"document" written:"reference document" format:"uuid" doc:"The document that it is made in." example:"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Stance        Stance    `json:"stance" doc:"Whether the claim is affirmed, denied or questioned." example:"affirms"`
	Content       *Selector `json:"content,omitempty" doc:"The words that make the claim; may be missing where the document has no text."`
	EventTimeSpan *Selector `json:"event_time_span,omitempty" doc:"The words that say when it happened."`
	Chain         []Hop     `json:"chain" minItems:"1" maxItems:"50" doc:"Who told whom, from the document's publisher (first) to the origin (last)."`
	Credibility   int       `json:"credibility" required:"false" minimum:"1" maximum:"6" doc:"The Admiralty scale's grade of the information, 1 (confirmed) to 5 (improbable); 6, cannot be judged, by default. It is shown, and enters no figure." example:"2"`
	Method        *Method   `json:"method,omitempty" doc:"Who or what made the annotation."`
	Confidence    *float64  `json:"confidence,omitempty" minimum:"0" maximum:"1" doc:"How sure the annotator is, 0 to 1." example:"0.9"`
	Note          string    `text:"prose" json:"note,omitempty" doc:"Remarks." example:"The headline leaves the accusers unnamed."`
}

// Hop is one speaker in a chain.
type Hop struct {
	Source       uuid.UUID   `json:"source" written:"reference source" format:"uuid" doc:"Who tells." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Role         string      `json:"role,omitempty" maxLength:"1000" doc:"The role in which it speaks here." example:"lawmaker"`
	DescribedAs  string      `json:"described_as,omitempty" maxLength:"2000" doc:"The wording that the text uses for it." example:"the country's top spy agency"`
	Cue          *Selector   `json:"cue,omitempty" doc:"The word that reports the speech."`
	Act          Act         `json:"act,omitempty" doc:"The speech act." example:"says"`
	Mode         Mode        `json:"mode,omitempty" doc:"How its words are given." example:"indirect"`
	Certainty    Certainty   `json:"certainty,omitempty" doc:"How sure the teller is of what it tells." example:"probable"`
	Endorsement  Endorsement `json:"endorsement,omitempty" doc:"Whether the teller stands behind what it passes on." example:"neutral"`
	Evidence     Evidence    `json:"evidence,omitempty" doc:"What the teller says it knows it from." example:"firsthand"`
	EvidenceSpan *Selector   `json:"evidence_span,omitempty" doc:"The words about the evidence."`
	Setting      *Selector   `json:"setting,omitempty" doc:"The words about where it was said."`
	SaidAt       *Interval   `json:"said_at,omitempty" doc:"When it was said."`
	Note         string      `text:"prose" json:"note,omitempty" doc:"Remarks." example:"The chain stops here."`
}

// Stance is what an attribution does with its claim.
type Stance string

const (
	Affirms   Stance = "affirms"
	Denies    Stance = "denies"
	Questions Stance = "questions"
)

// Values lists the stances.
func (Stance) Values() []string { return []string{string(Affirms), string(Denies), string(Questions)} }

// Act is a speech act.
type Act string

// Values lists the acts.
func (Act) Values() []string {
	return []string{
		"publishes", "says", "announces", "reports", "quotes", "claims", "accuses", "condemns", "confirms", "denies", "doubts",
		"believes", "estimates", "warns", "promises", "asks", "orders", "implies", "according_to", "other",
	}
}

// Mode is how a speaker's words are reported.
type Mode string

// Values lists the modes.
func (Mode) Values() []string { return []string{"own_voice", "direct", "indirect", "mixed"} }

// Certainty is how sure a speaker is.
type Certainty string

const (
	Certain  Certainty = "certain"
	Probable Certainty = "probable"
	Possible Certainty = "possible"
	Unknown  Certainty = "unknown" // also what a missing certainty means
)

// Values lists the certainties.
func (Certainty) Values() []string {
	return []string{string(Certain), string(Probable), string(Possible), string(Unknown)}
}

// Endorsement is whether a speaker supports what it passes on.
type Endorsement string

// Values lists the endorsements.
func (Endorsement) Values() []string { return []string{"endorses", "neutral", "distances"} }

// Evidence is how a speaker says it knows something.
type Evidence string

const (
	Unstated  Evidence = "unstated"
	Firsthand Evidence = "firsthand"
	OnRecord  Evidence = "record"
	Hearsay   Evidence = "hearsay"
)

// Values lists the kinds of evidence.
func (Evidence) Values() []string {
	return []string{string(Unstated), string(Firsthand), string(OnRecord), string(Hearsay)}
}

const (
	// MaxHops bounds a chain.
	MaxHops = 50
	// CredibilityUnknown is the Admiralty scale's 6: truth cannot be judged.
	CredibilityUnknown = 6
)

// Sources returns the chain's sources in order, the publisher first.
func (a AttributionFields) Sources() []uuid.UUID {
	sources := make([]uuid.UUID, len(a.Chain))
	for i, hop := range a.Chain {
		sources[i] = hop.Source
	}
	return sources
}

// Selectors returns every span of the attribution by its pointer. Callers may change the selectors in place.
func (a *AttributionFields) Selectors() map[Pointer]*Selector {
	spans := map[Pointer]*Selector{"/content": a.Content, "/event_time_span": a.EventTimeSpan}
	for i := range a.Chain {
		at, hop := Pointer("/chain").Index(i), &a.Chain[i]
		spans[at.Field("cue")], spans[at.Field("evidence_span")], spans[at.Field("setting")] = hop.Cue, hop.EvidenceSpan, hop.Setting
	}
	for at, span := range spans {
		if span == nil {
			delete(spans, at)
		}
	}
	return spans
}

// Normalize fills in the defaults of fields that are not set.
func (a *AttributionFields) Normalize() {
	if a.Credibility == 0 {
		a.Credibility = CredibilityUnknown
	}
}

// Validate returns all faults that can be found without the document, as Faults. CheckIn checks the attribution against its
// document.
func (a AttributionFields) Validate() error {
	var c checker
	c.strings(a)
	c.required("/claim", a.Claim != uuid.Nil, "a claim")
	c.required("/document", a.Document != uuid.Nil, "a document")
	checkOneOf(&c, "/stance", a.Stance)
	a.Content.check(&c, "/content")
	a.EventTimeSpan.check(&c, "/event_time_span")
	c.required("/chain", len(a.Chain) > 0, "at least one hop, the document's publisher")
	c.list("/chain", len(a.Chain), MaxHops)
	for i, hop := range a.Chain {
		hop.check(&c, Pointer("/chain").Index(i))
	}
	if a.Credibility < 0 || a.Credibility > CredibilityUnknown {
		c.add("/credibility", FaultRange, a.Credibility, "1 to 6")
	}
	a.Method.check(&c, "/method")
	c.fraction("/confidence", a.Confidence)
	return c.err()
}

func (h Hop) check(c *checker, at Pointer) {
	c.required(at.Field("source"), h.Source != uuid.Nil, "a source")
	h.Cue.check(c, at.Field("cue"))
	checkOptionalOneOf(c, at.Field("act"), h.Act)
	checkOptionalOneOf(c, at.Field("mode"), h.Mode)
	checkOptionalOneOf(c, at.Field("certainty"), h.Certainty)
	checkOptionalOneOf(c, at.Field("endorsement"), h.Endorsement)
	checkOptionalOneOf(c, at.Field("evidence"), h.Evidence)
	h.EvidenceSpan.check(c, at.Field("evidence_span"))
	h.Setting.check(c, at.Field("setting"))
	c.interval(at.Field("said_at"), h.SaidAt)
}

// AnchorIn checks the attribution against its document: the chain starts with the publisher, there is content if the document
// has a text, and every span quotes the text at its position. It corrects in place the position of a span whose quote is found
// exactly once elsewhere, and tells which were wrong; a quote at [Nowhere] had none. text is nil if the document has none.
func (a *AttributionFields) AnchorIn(publisher uuid.UUID, text *IndexedText) (mended []Mended, err error) {
	var c checker
	if len(a.Chain) > 0 && a.Chain[0].Source != publisher && a.Chain[0].Source != uuid.Nil {
		c.add("/chain/0/source", FaultChainStart, a.Chain[0].Source, "the document's publisher, "+publisher.String())
	}
	if text != nil && a.Content == nil {
		c.add("/content", FaultRequired, nil, "the words that make the claim, since the document has a text")
	}
	for at, span := range a.Selectors() {
		if text == nil {
			c.add(at, FaultQuote, span.Exact, "no span, since the document has no text")
			continue
		}
		anchored, found := text.anchor(*span)
		if found != once {
			c.add(at, FaultQuote, span.Exact, text.expected(*span, found))
			continue
		}
		if span.Start != anchored.Start && span.Start != Nowhere {
			mended = append(mended, Mended{at, span.Start, span.End, anchored.Start, anchored.End})
		}
		*span = anchored
	}
	sortFaults(c.faults)
	slices.SortFunc(mended, func(a, b Mended) int { return strings.Compare(string(a.Pointer), string(b.Pointer)) })
	return mended, c.err()
}

// expected describes, for the fault of a quote that was found so often, what could stand in its place.
func (t *IndexedText) expected(s Selector, found occurrences) string {
	words, within := t.Slice(s.Start, s.End)
	switch {
	case found == often:
		return "a quote found exactly once: this one stands in several places, of which words just before or after it, in prefix or " +
			"suffix, tell one"
	case within:
		return fmt.Sprintf("the words that stand there, %q, or a quote found exactly once", NewFault("", "", words, "").Value)
	case s.Start == Nowhere:
		expected := "words that stand in the document's text, to the letter"
		if near := t.nearest(s.Prefix + s.Exact + s.Suffix); near != "" {
			expected += fmt.Sprintf("; most like them is %q", NewFault("", "", near, "").Value)
		}
		return expected
	}
	return fmt.Sprintf("a place within the text's %d characters, or a quote found exactly once", t.length)
}
