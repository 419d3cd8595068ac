package provenance

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// Anomaly is something that does not fit together.
type Anomaly struct {
	Code        AnomalyCode `json:"code" doc:"What does not fit." example:"said_after_publication"`
	Attribution *uuid.UUID  `json:"attribution,omitempty" format:"uuid" doc:"The attribution; missing for a loop of control." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Source      *uuid.UUID  `json:"source,omitempty" format:"uuid" doc:"Of a loop of control: the source with the least id in it." example:"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Hop         *int        `json:"hop,omitempty" minimum:"0" doc:"The hop in the attribution's chain, from 0." example:"2"`
	Detail      string      `json:"detail" doc:"What was found, in a sentence." example:"Said on 2024-05-06, after it was published on 2024-05-05."`
	Params      Params      `json:"params" doc:"The sentence's values."`
}

// AnomalyCode says what does not fit.
type AnomalyCode string

const (
	// SaidAfterQuoted: a hop's words are certainly later than those of the hop before it, which passes them on. Its
	// values are said and passed_on.
	SaidAfterQuoted AnomalyCode = "said_after_quoted"
	// SaidAfterPublication: a hop's words are certainly later than the document. Its values are said and published.
	SaidAfterPublication AnomalyCode = "said_after_publication"
	// PublishedBeforeEvent: the event is certainly later than the document. Its values are published and event.
	PublishedBeforeEvent AnomalyCode = "published_before_event"
	// TextHashMismatch: the document's text is not the one that was hashed. Its value is document.
	TextHashMismatch AnomalyCode = "text_hash_mismatch"
	// ControlLoop: sources control one another. Its value is sources.
	ControlLoop AnomalyCode = "control_loop"
)

// Values lists the codes.
func (AnomalyCode) Values() []string {
	return []string{
		string(SaidAfterQuoted), string(SaidAfterPublication), string(PublishedBeforeEvent), string(TextHashMismatch), string(ControlLoop),
	}
}

// OpenQuestion is something that could change the answer if somebody found it out.
type OpenQuestion struct {
	Code     QuestionCode `json:"code" doc:"What is open." example:"anonymous_source"`
	Source   *uuid.UUID   `json:"source,omitempty" format:"uuid" doc:"The source that it is about." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Document *uuid.UUID   `json:"document,omitempty" format:"uuid" doc:"The document that it is about." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Link     *uuid.UUID   `json:"link,omitempty" format:"uuid" doc:"The link that it is about." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Circle   []uuid.UUID  `json:"circle,omitempty" doc:"The groups of the circle that it is about." example:"[\"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d\",\"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d\"]"`
	Detail   string       `json:"detail" doc:"What could be found out, in a sentence." example:"Nobody knows who this is; it may be one of the other origins, or speak for one."`
	Params   Params       `json:"params" doc:"The sentence's values."`
	Effect   *Effect      `json:"effect,omitempty" doc:"The figures of this side, and the standing, under either answer."`
	// NotWorkedOut says that Effect is missing since it would take too long.
	NotWorkedOut bool `json:"not_worked_out,omitempty" doc:"True where effect is missing: the question is not among the first 200 of its side, turns on more than 32 days at which relations begin or end, would go through too many attributions or too many steps of walks once more, or is about a proposed link that was not examined." example:"false"`
}

// QuestionCode says what is open.
type QuestionCode string

const (
	// AnonymousSource: an uncertain origin; nobody knows who it is. Same: its group is nobody new, no origin of its own,
	// and the graph stays; where no origin remains there is no standing. Other: it is a certain origin.
	AnonymousSource QuestionCode = "anonymous_source"
	// HearsayEnding: all walks that end at an origin source end with hearsay. Same and other: as for an anonymous source;
	// where its group is certain without it, both leave the figures.
	HearsayEnding QuestionCode = "hearsay_ending"
	// ControlNotReviewed: nobody has looked up who controls an origin or a publisher. Same: it is controlled as another
	// origin is, at worst so that it counts for nothing beside the others; where there is no other, the figures stay.
	// Other: as it is.
	ControlNotReviewed QuestionCode = "control_not_reviewed"
	// UndatedDocument: all relations count, whenever they held. Same: it is dated so that they count as now. Other: of the
	// days at which a relation of the side, or of what is set aside, begins or ends, and of those just outside them, it was
	// published on the one that leaves the widest interval.
	UndatedDocument QuestionCode = "undated_document"
	// ProposedLink: accepting it would bring attributions in. Its values are claims, from and to, and attributions, how
	// many. Same: the two claims are what the link says. Other: as it is.
	ProposedLink QuestionCode = "proposed_link"
	// ProposedLinkToWithdrawn: accepting it would bring in attributions that are all withdrawn; they count for nothing, and who has the
	// claim from whom may change. Its values are claims, from and to. Same and other: as for a proposed link.
	ProposedLinkToWithdrawn QuestionCode = "proposed_link_to_withdrawn"
	// ProposedLinkUnexamined: whether accepting it would bring attributions in was not looked up, since that would take too long: so many
	// proposed links come before it. Its values are claims, from and to. It is never worked out.
	ProposedLinkUnexamined QuestionCode = "proposed_link_unexamined"
	// UngroundedCircle: groups that have the claim from nobody but one another. Same: there is no origin in it. Other:
	// there is one certain origin in it, which depends on whoever controls any of its groups.
	UngroundedCircle QuestionCode = "ungrounded_circle"
)

// Values lists the codes.
func (QuestionCode) Values() []string {
	return []string{
		string(AnonymousSource), string(HearsayEnding), string(ControlNotReviewed), string(UndatedDocument), string(ProposedLink),
		string(ProposedLinkToWithdrawn), string(ProposedLinkUnexamined), string(UngroundedCircle),
	}
}

// anomalies are sorted by code, then by attribution or source, then by hop.
func (s *side) anomalies() []Anomaly {
	found := []Anomaly{}
	for i, t := range s.testimonies {
		if s.counts(i) {
			found = append(found, t.anomalies(s.analysis.claims[t.claim].EventTime)...)
		}
	}
	for _, l := range s.control.loops {
		if len(l.members) < 2 {
			continue
		}
		names := make([]string, len(l.members))
		for i, v := range l.members {
			names[i] = s.source(v).Name
		}
		least := s.source(l.members[0]).ID
		loop := make([]uuid.UUID, len(l.members))
		for i, v := range l.members {
			loop[i] = s.source(v).ID
		}
		found = append(found, Anomaly{Code: ControlLoop, Source: &least, Params: Params{Sources: loop},
			Detail: "These control one another: " + strings.Join(names, ", ") + "."})
	}
	slices.SortStableFunc(found, func(x, y Anomaly) int {
		return cmp.Or(cmp.Compare(x.Code, y.Code), compareOptionalIDs(x.Attribution, y.Attribution), compareOptionalIDs(x.Source, y.Source))
	})
	return found
}

func compareOptionalIDs(x, y *uuid.UUID) int {
	switch {
	case x == nil && y == nil:
		return 0
	case x == nil:
		return -1
	case y == nil:
		return 1
	}
	return headwater.CompareIDs(*x, *y)
}

// certainlyLater says whether one thing certainly happened after another: the earliest of one is after the latest of the other.
func certainlyLater(one, other headwater.Interval) bool {
	earliest, latest := one.Earliest.Earliest(), other.Latest.Latest()
	return !earliest.IsZero() && !latest.IsZero() && earliest.After(latest)
}

func (t *testimony) anomalies(event *headwater.Period) []Anomaly {
	var found []Anomaly
	add := func(code AnomalyCode, hop *int, params Params, detail string, args ...any) {
		found = append(found, Anomaly{Code: code, Attribution: &t.ID, Hop: hop, Params: params, Detail: fmt.Sprintf(detail, args...)})
	}
	published := t.document.Published
	for hop, said := range t.SaidAt {
		if hop > 0 && certainlyLater(said, t.SaidAt[hop-1]) {
			passedOn := t.SaidAt[hop-1].Latest
			add(SaidAfterQuoted, &hop, Params{Said: said.Earliest, PassedOn: passedOn},
				"Said on %s at the earliest, after %s, when it was passed on at the latest.", said.Earliest, passedOn)
		}
		if certainlyLater(said, published) {
			add(SaidAfterPublication, &hop, Params{Said: said.Earliest, Published: published.Latest},
				"Said on %s at the earliest, after %s, when it was published at the latest.", said.Earliest, published.Latest)
		}
	}
	if event != nil && certainlyLater(headwater.Interval{Earliest: headwater.Moment(event.Start)}, published) {
		add(PublishedBeforeEvent, nil, Params{Published: published.Latest, Event: event.Start},
			"Published on %s at the latest, before it happened on %s at the earliest.", published.Latest, event.Start)
	}
	if t.document.Altered {
		add(TextHashMismatch, nil, Params{Document: &t.document.ID}, "The document's text is not the one that was hashed.")
	}
	return found
}

// openQuestions are in the order of their codes, then of what they are about, before they are worked out.
func (s *side) openQuestions(f sideResult, proposals []proposal) []OpenQuestion {
	open := []OpenQuestion{}
	add := func(q OpenQuestion) { open = append(open, q) }
	for _, v := range s.uncertainSources(f) {
		id := s.source(v).ID
		if s.isAnonymous(v) && !s.certain[s.speakers[v].group] {
			add(OpenQuestion{Code: AnonymousSource, Source: &id, Params: Params{Sources: []uuid.UUID{id}},
				Detail: "Nobody knows who this is; it may be one of the other origins, or speak for one."})
		}
		if t := s.speakers[v]; t.ends && t.onHearsay {
			add(OpenQuestion{Code: HearsayEnding, Source: &id, Params: Params{Sources: []uuid.UUID{id}},
				Detail: "It has this from hearsay, and from whom is not said."})
		}
	}
	for _, id := range s.unreviewedSources(f) {
		add(OpenQuestion{Code: ControlNotReviewed, Source: &id, Params: Params{Sources: []uuid.UUID{id}},
			Detail: "Nobody has looked up who controls it."})
	}
	for _, id := range s.undatedDocuments() {
		add(OpenQuestion{Code: UndatedDocument, Document: &id, Params: Params{Document: &id},
			Detail: "It is not dated, so that every relation counts, whenever it held."})
	}
	for _, p := range proposals {
		code, detail := ProposedLink, "If it were accepted, more attributions would count."
		switch {
		case p.unexamined:
			code, detail = ProposedLinkUnexamined, "What would count if it were accepted was not examined: that would take too long."
		case p.counts == 0:
			code = ProposedLinkToWithdrawn
			detail = "If it were accepted, withdrawn attributions would be told of here too: who has it from whom may change."
		}
		add(OpenQuestion{Code: code, Link: &p.link.ID, Detail: detail,
			Params: Params{Claims: []uuid.UUID{p.link.From, p.link.To}, Attributions: p.counts}})
	}
	for _, circle := range s.circular(f, true) {
		add(OpenQuestion{Code: UngroundedCircle, Circle: circle, Params: Params{Sources: circle},
			Detail: "They have it from one another, and nobody says from whom else."})
	}
	slices.SortFunc(open, func(x, y OpenQuestion) int { return cmp.Or(cmp.Compare(x.Code, y.Code), compareSubjects(x, y)) })
	return open
}

// uncertainSources are the origin sources within reach that are anonymous or have it from hearsay.
func (s *side) uncertainSources(f sideResult) []int32 {
	var found []int32
	for v, speaker := range s.speakers {
		if speaker.isOrigin() && f.reached[speaker.group] && s.isUncertain(v, speaker) {
			found = append(found, v)
		}
	}
	return found
}

// unreviewedSources are the origins, and the publishers, of whom nobody looked up who controls them.
func (s *side) unreviewedSources(f sideResult) []uuid.UUID {
	ask := map[int32]bool{}
	for g, v := range s.groups {
		if s.origin[g] && f.reached[g] {
			ask[v] = true
		}
	}
	for v, speaker := range s.speakers {
		if speaker.publishes && f.reached[speaker.group] {
			ask[v] = true
		}
	}
	var found []uuid.UUID
	for v := range ask {
		if s.source(v).ControlReviewedAt == "" {
			found = append(found, s.source(v).ID)
		}
	}
	return found
}

// undatedDocuments are those that the question does not set aside. A withdrawn one opens the side's period too.
func (s *side) undatedDocuments() []uuid.UUID {
	var found []uuid.UUID
	for i, t := range s.testimonies {
		if t.document.isUndated() && !s.aside[i] {
			found = append(found, t.document.ID)
		}
	}
	slices.SortFunc(found, headwater.CompareIDs)
	return slices.Compact(found)
}
