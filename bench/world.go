package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
)

// namespace is the one of all keys that the harness makes.
const namespace = "https://headwater.example/bench"

var keys = headwater.NamespaceOf(namespace)

// seed makes the same world each time.
const seed = 2026

// world is made data, skewed like the real one: a few sources and claims are quoted everywhere, most hardly ever. Every
// thing follows from its number, so that a world of any size is written with memory for one document.
type world struct{ attributions int }

// Sources by number.
const (
	ubiquitous = 0 // stands in every second chain
	seldom     = 1 // stands in the first two chains and nowhere else
	firstPlain = 2
)

func (w world) claims() int  { return w.attributions }
func (w world) sources() int { return max(2_000, w.attributions/50) }

// famous claims get a tenth of all attributions, typical ones four tenths, 20 each on average; the others, most of
// which have one or none, get what is left.
const famous = 100

func (w world) typical() int { return max(1, w.attributions/50) }

// random gives the chance that makes one thing what it is.
func random(kind headwater.Resource, i int) *rand.Rand {
	kinds := uint64(slices.Index(kind.Values(), string(kind)))
	return rand.New(rand.NewPCG(seed+kinds, uint64(i)))
}

func key(kind headwater.Resource, i int) string { return fmt.Sprintf("%s-%d", kind, i) }

func idOf(kind headwater.Resource, i int) uuid.UUID { return keys.ID(kind, key(kind, i)) }

func metaOf(kind headwater.Resource, i int) headwater.Meta {
	return headwater.Meta{ID: idOf(kind, i), Key: key(kind, i), Namespace: namespace}
}

// writeTo writes the world as a bundle.
func (w world) writeTo(out io.Writer) error {
	to, err := bundle.NewWriter(out, namespace)
	if err != nil {
		return err
	}
	for thing := range w.things {
		if err := to.Write(thing); err != nil {
			return err
		}
	}
	return to.Close()
}

// things yields all of the world, in an order that databases like no better than another.
func (w world) things(yield func(any) bool) {
	for i := range w.sources() {
		if !yield(source(i)) || i >= w.sources()/4 && !yield(relation(i, firstPlain+random(headwater.ResourceRelation, i).IntN(i-firstPlain))) {
			return
		}
	}
	for i := range w.claims() {
		if !yield(claim(i)) || i%20 == 19 && !yield(link(i)) || i%100 == 99 && !yield(w.review(i)) {
			return
		}
	}
	for d, written := 0, 0; written < w.attributions; d++ {
		document, told := w.document(d, min(1+d%3, w.attributions-written))
		written += len(told)
		if !yield(document) {
			return
		}
		for _, attribution := range told {
			if !yield(attribution) {
				return
			}
		}
	}
}

func source(i int) headwater.Source {
	chance := random(headwater.ResourceSource, i)
	place, house := name(i%names), pick(chance, houses)
	named := word{fmt.Sprintf("%s %s %d", place.en, house.en, i), fmt.Sprintf("%s %s %d", house.ar, place.ar, i)}
	return headwater.Source{Meta: metaOf(headwater.ResourceSource, i), Status: headwater.EntityActive, SourceFields: headwater.SourceFields{
		Kind: headwater.Outlet, Name: named.in(languages[i%2]), Names: headwater.Texts{english: named.en, arabic: named.ar},
		Reliability: headwater.Reliability(pick(chance, headwater.CannotBeJudged.Values())), Anonymous: i > seldom && chance.IntN(20) == 0,
		ControlReviewedAt: "2026-01-15", Domains: []string{fmt.Sprintf("outlet%d.example", i)},
	}}
}

// relation puts a source under an earlier one, so that control makes no loop.
func relation(subject, object int) headwater.Relation {
	return headwater.Relation{Meta: metaOf(headwater.ResourceRelation, subject), Status: headwater.RecordActive, RelationFields: headwater.RelationFields{
		Subject: idOf(headwater.ResourceSource, subject), Kind: headwater.PartOf, Object: idOf(headwater.ResourceSource, object), Since: "2010",
	}}
}

func claim(i int) headwater.Claim {
	chance := random(headwater.ResourceClaim, i)
	statement := sentence(chance)
	day := headwater.Day(fmt.Sprintf("2025-%02d-%02d", 1+chance.IntN(12), 1+chance.IntN(28)))
	fields := headwater.ClaimFields{
		Statement: headwater.Texts{languages[i%2]: statement.in(languages[i%2])}, EventTime: &headwater.Period{Start: day, End: day},
		Topics: []string{things[zipf(chance, len(things))].en},
	}
	if i%4 == 0 {
		fields.Statement = headwater.Texts{english: statement.en, arabic: statement.ar}
	}
	return headwater.Claim{Meta: metaOf(headwater.ResourceClaim, i), Status: headwater.EntityActive, ClaimFields: fields}
}

// link ties a claim to the one before it.
func link(i int) headwater.Link {
	kinds := []headwater.LinkKind{headwater.Corroborates, headwater.Contradicts, headwater.Refines, headwater.Equivalent}
	fields := headwater.LinkFields{
		Kind: kinds[i/20%len(kinds)], From: idOf(headwater.ResourceClaim, i-1), To: idOf(headwater.ResourceClaim, i), Rationale: "Both speak of one place.",
	}
	fields.Normalize()
	return headwater.Link{Meta: metaOf(headwater.ResourceLink, i), Status: headwater.Accepted, LinkFields: fields}
}

func (w world) review(i int) headwater.Review {
	return headwater.Review{Meta: metaOf(headwater.ResourceReview, i), Status: headwater.RecordActive, ReviewFields: headwater.ReviewFields{
		Claim: idOf(headwater.ResourceClaim, i), Author: idOf(headwater.ResourceSource, w.teller(random(headwater.ResourceReview, i))),
		Rating: headwater.Rating{Label: "Unproven"}, Published: "2026-01-20",
	}}
}

// document is a text that makes some claims, in one language, between sentences of no interest.
func (w world) document(d, claims int) (headwater.Document, []headwater.Attribution) {
	chance := random(headwater.ResourceDocument, d)
	language := languages[d%2]
	publisher := w.teller(chance)
	day := headwater.Moment(fmt.Sprintf("2025-%02d-%02d", 1+chance.IntN(12), 1+chance.IntN(28)))
	document := headwater.Document{Meta: metaOf(headwater.ResourceDocument, d), Status: headwater.RecordActive, DocumentFields: headwater.DocumentFields{
		Publisher: idOf(headwater.ResourceSource, publisher), Kind: headwater.Article, Language: language, Title: sentence(chance).in(language),
		URL:       fmt.Sprintf("https://outlet%d.example/2025/%d", publisher, d),
		Published: &headwater.Published{Interval: headwater.Interval{Earliest: day, Latest: day}},
	}}
	if d%10 == 9 {
		original := idOf(headwater.ResourceDocument, d-1-chance.IntN(9))
		document.DerivedFrom = &original
	}
	var text strings.Builder
	told := make([]headwater.Attribution, claims)
	for n := range told {
		for range 3 {
			text.WriteString(sentence(chance).in(language) + " ")
		}
		said := sentence(chance).in(language)
		start := utf8.RuneCountInString(text.String())
		text.WriteString(said + "\n")
		told[n] = w.attribution(chance, d, n, publisher)
		told[n].Content = &headwater.Selector{Start: start, End: start + utf8.RuneCountInString(said), Exact: said}
	}
	document.Text = text.String()
	document.Normalize()
	return document, told
}

// attribution is the n-th of a document: publisher, perhaps relays, and an origin; three hops on average.
func (w world) attribution(chance *rand.Rand, document, n, publisher int) headwater.Attribution {
	tellers := []int{publisher}
	for range chance.IntN(5) {
		tellers = append(tellers, w.teller(chance))
	}
	if chance.IntN(2) == 0 {
		tellers = append(tellers[:max(1, len(tellers)-1)], ubiquitous)
	}
	if n == 0 && document < 2 {
		tellers = append(tellers, seldom)
	}
	about := idOf(headwater.ResourceClaim, w.told(chance))
	own := fmt.Sprintf("%d-%d", document, n)
	return headwater.Attribution{
		Meta:   headwater.Meta{ID: keys.AttributionID(about, own), Key: own, Namespace: namespace},
		Status: headwater.Accepted,
		AttributionFields: headwater.AttributionFields{
			Claim: about, Document: idOf(headwater.ResourceDocument, document), Stance: stance(chance), Chain: chain(chance, tellers),
			Credibility: 1 + chance.IntN(headwater.CredibilityUnknown), Method: &headwater.Method{Kind: "model", Name: "reader", Version: "3"},
		},
	}
}

func stance(chance *rand.Rand) headwater.Stance {
	switch n := chance.IntN(20); {
	case n < 2:
		return headwater.Denies
	case n < 3:
		return headwater.Questions
	}
	return headwater.Affirms
}

func chain(chance *rand.Rand, tellers []int) []headwater.Hop {
	hops := make([]headwater.Hop, len(tellers))
	for i, teller := range tellers {
		hops[i] = headwater.Hop{
			Source: idOf(headwater.ResourceSource, teller), DescribedAs: pick(chance, offices).en, Act: headwater.Act(pick(chance, headwater.Act("").Values())),
			Mode: "indirect", Certainty: headwater.Certainty(pick(chance, headwater.Certainty("").Values())), Endorsement: "neutral",
		}
	}
	hops[0].Act, hops[0].Mode = "publishes", "own_voice"
	hops[len(hops)-1].Evidence = headwater.Evidence(pick(chance, headwater.Evidence("").Values()))
	return hops
}

// teller draws a source: low numbers far more often.
func (w world) teller(chance *rand.Rand) int {
	share := chance.Float64()
	return firstPlain + int(float64(w.sources()-firstPlain)*share*share*share)
}

// told draws the claim that somebody makes.
func (w world) told(chance *rand.Rand) int {
	switch n := chance.IntN(10); {
	case n == 0:
		return zipf(chance, min(famous, w.claims()))
	case n < 5:
		return famous + chance.IntN(w.typical())
	}
	return chance.IntN(w.claims())
}
