package main

import (
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
)

// namespace of all generated keys.
const namespace = "https://headwater.example/bench"

var keys = headwater.NamespaceOf(namespace)

// seed makes the same world in each run.
const seed = 2026

// world is generated data, skewed like real data: a few sources and claims are everywhere, most are rare. Each thing follows
// from its number, so that writing a world of any size takes the memory of one document.
type world struct{ attributions int }

// Sources by number.
const (
	ubiquitous = 0 // stands in every second chain
	seldom     = 1 // stands in the first two chains and nowhere else
	firstPlain = 2
)

func (w world) claims() int  { return w.attributions }
func (w world) sources() int { return max(2_000, w.attributions/50) }

// famous claims have a tenth of all attributions; typical ones have four tenths, 20 each on average; the others, most of which
// have one or none, have the rest.
const famous = 100

func (w world) typical() int { return max(1, w.attributions/50) }

// randomFor returns the random numbers that one thing is generated from.
func randomFor(kind headwater.Resource, i int) *rand.Rand {
	kinds := uint64(slices.Index(kind.Values(), string(kind)))
	return rand.New(rand.NewPCG(seed+kinds, uint64(i)))
}

func key(kind headwater.Resource, i int) string { return fmt.Sprintf("%s-%d", kind, i) }

func idOf(kind headwater.Resource, i int) uuid.UUID { return keys.ID(kind, key(kind, i)) }

func metaOf(kind headwater.Resource, i int) headwater.Meta {
	return headwater.Meta{ID: idOf(kind, i), Key: key(kind, i), Namespace: namespace}
}

// writeTo writes the world as a bundle.
func (w world) writeTo(out io.Writer) error { return writeThings(out, w.things) }

// writeThings writes things as a bundle, each as it is made.
func writeThings(out io.Writer, things iter.Seq[any]) error {
	to, err := bundle.NewWriter(out, namespace)
	if err != nil {
		return err
	}
	for thing := range things {
		if err := to.Write(thing); err != nil {
			return err
		}
	}
	return to.Close()
}

// things yields the whole world, in no order that is easy on a database.
func (w world) things(yield func(any) bool) {
	for i := range w.sources() {
		if !yield(source(i)) || i >= w.sources()/4 && !yield(relation(i, firstPlain+randomFor(headwater.ResourceRelation,
			i).IntN(i-firstPlain))) {
			return
		}
	}
	for i := range w.claims() {
		if !yield(claim(i)) || i%20 == 19 && !yield(link(i)) || i%100 == 99 && !yield(w.review(i)) {
			return
		}
	}
	for d, written := 0, 0; written < w.attributions; d++ {
		document, attributions := w.document(d, min(1+d%3, w.attributions-written))
		written += len(attributions)
		if !yield(document) {
			return
		}
		for _, attribution := range attributions {
			if !yield(attribution) {
				return
			}
		}
	}
}

func source(i int) headwater.Source {
	rng := randomFor(headwater.ResourceSource, i)
	place, house := name(i%names), pick(rng, houses)
	named := word{fmt.Sprintf("%s %s %d", place.en, house.en, i), fmt.Sprintf("%s %s %d", house.ar, place.ar, i)}
	return headwater.Source{Meta: metaOf(headwater.ResourceSource, i), Status: headwater.EntityActive, SourceFields: headwater.SourceFields{
		Kind: headwater.Outlet, Name: named.in(languages[i%2]), Names: headwater.Texts{english: named.en, arabic: named.ar},
		Reliability: headwater.Reliability(pick(rng, headwater.CannotBeJudged.Values())), Anonymous: i > seldom && rng.IntN(20) == 0,
		ControlReviewedAt: "2026-01-15", Domains: []string{fmt.Sprintf("outlet%d.example", i)},
	}}
}

// relation puts a source under an earlier one, so that there are no loops of control.
func relation(subject, object int) headwater.Relation {
	return headwater.Relation{Meta: metaOf(headwater.ResourceRelation, subject), Status: headwater.RecordActive,
		RelationFields: headwater.RelationFields{
			Subject: idOf(headwater.ResourceSource, subject), Kind: headwater.PartOf, Object: idOf(headwater.ResourceSource, object),
			Since: "2010",
		}}
}

func claim(i int) headwater.Claim {
	rng := randomFor(headwater.ResourceClaim, i)
	statement := sentence(rng)
	day := headwater.Day(fmt.Sprintf("2025-%02d-%02d", 1+rng.IntN(12), 1+rng.IntN(28)))
	fields := headwater.ClaimFields{
		Statement: headwater.Texts{languages[i%2]: statement.in(languages[i%2])}, EventTime: &headwater.Period{Start: day, End: day},
		Topics: []string{things[zipf(rng, len(things))].en},
	}
	if i%4 == 0 {
		fields.Statement = headwater.Texts{english: statement.en, arabic: statement.ar}
	}
	return headwater.Claim{Meta: metaOf(headwater.ResourceClaim, i), Status: headwater.EntityActive, ClaimFields: fields}
}

// link links a claim to the one before it.
func link(i int) headwater.Link {
	kinds := []headwater.LinkKind{headwater.Corroborates, headwater.Contradicts, headwater.Refines, headwater.Equivalent}
	fields := headwater.LinkFields{
		Kind: kinds[i/20%len(kinds)], From: idOf(headwater.ResourceClaim, i-1), To: idOf(headwater.ResourceClaim, i),
		Rationale: "Both speak of one place.",
	}
	fields.Normalize()
	return headwater.Link{Meta: metaOf(headwater.ResourceLink, i), Status: headwater.Accepted, LinkFields: fields}
}

func (w world) review(i int) headwater.Review {
	return headwater.Review{Meta: metaOf(headwater.ResourceReview, i), Status: headwater.RecordActive, ReviewFields: headwater.ReviewFields{
		Claim: idOf(headwater.ResourceClaim, i), Author: idOf(headwater.ResourceSource, w.speaker(randomFor(headwater.ResourceReview, i))),
		Rating: headwater.Rating{Label: "Unproven"}, Published: "2026-01-20",
	}}
}

// document returns a text that makes some claims, in one language, among other sentences.
func (w world) document(d, claims int) (headwater.Document, []headwater.Attribution) {
	rng := randomFor(headwater.ResourceDocument, d)
	language := languages[d%2]
	publisher := w.speaker(rng)
	day := headwater.Moment(fmt.Sprintf("2025-%02d-%02d", 1+rng.IntN(12), 1+rng.IntN(28)))
	document := headwater.Document{Meta: metaOf(headwater.ResourceDocument, d), Status: headwater.RecordActive,
		DocumentFields: headwater.DocumentFields{
			Publisher: idOf(headwater.ResourceSource, publisher), Kind: headwater.Article, Language: language,
			Title:     sentence(rng).in(language),
			URL:       fmt.Sprintf("https://outlet%d.example/2025/%d", publisher, d),
			Published: &headwater.Published{Interval: headwater.Interval{Earliest: day, Latest: day}},
		}}
	if d%10 == 9 {
		original := idOf(headwater.ResourceDocument, d-1-rng.IntN(9))
		document.DerivedFrom = &original
	}
	var text strings.Builder
	attributions := make([]headwater.Attribution, claims)
	for n := range attributions {
		for range 3 {
			text.WriteString(sentence(rng).in(language) + " ")
		}
		statement := sentence(rng).in(language)
		start := utf8.RuneCountInString(text.String())
		text.WriteString(statement + "\n")
		attributions[n] = w.attribution(rng, d, n, publisher)
		attributions[n].Content = &headwater.Selector{Start: start, End: start + utf8.RuneCountInString(statement), Exact: statement}
	}
	document.Text = text.String()
	document.Normalize()
	return document, attributions
}

// attribution returns the n-th attribution of a document: the publisher, perhaps relays, and an origin; three hops on average.
func (w world) attribution(rng *rand.Rand, document, n, publisher int) headwater.Attribution {
	speakers := []int{publisher}
	for range rng.IntN(5) {
		speakers = append(speakers, w.speaker(rng))
	}
	if rng.IntN(2) == 0 {
		speakers = append(speakers[:max(1, len(speakers)-1)], ubiquitous)
	}
	if n == 0 && document < 2 {
		speakers = append(speakers, seldom)
	}
	about := idOf(headwater.ResourceClaim, w.claimFor(rng))
	own := fmt.Sprintf("%d-%d", document, n)
	return headwater.Attribution{
		Meta:   headwater.Meta{ID: keys.AttributionID(about, own), Key: own, Namespace: namespace},
		Status: headwater.Accepted,
		AttributionFields: headwater.AttributionFields{
			Claim: about, Document: idOf(headwater.ResourceDocument, document), Stance: stance(rng), Chain: chain(rng, speakers),
			Credibility: 1 + rng.IntN(headwater.CredibilityUnknown), Method: &headwater.Method{Kind: "model", Name: "reader", Version: "3"},
		},
	}
}

func stance(rng *rand.Rand) headwater.Stance {
	switch n := rng.IntN(20); {
	case n < 2:
		return headwater.Denies
	case n < 3:
		return headwater.Questions
	}
	return headwater.Affirms
}

func chain(rng *rand.Rand, speakers []int) []headwater.Hop {
	hops := make([]headwater.Hop, len(speakers))
	for i, speaker := range speakers {
		hops[i] = headwater.Hop{
			Source: idOf(headwater.ResourceSource, speaker), DescribedAs: pick(rng, offices).en,
			Act:  headwater.Act(pick(rng, headwater.Act("").Values())),
			Mode: "indirect", Certainty: headwater.Certainty(pick(rng, headwater.Certainty("").Values())), Endorsement: "neutral",
		}
	}
	hops[0].Act, hops[0].Mode = "publishes", "own_voice"
	hops[len(hops)-1].Evidence = headwater.Evidence(pick(rng, headwater.Evidence("").Values()))
	return hops
}

// speaker draws a source, low numbers far more often.
func (w world) speaker(rng *rand.Rand) int {
	share := rng.Float64()
	return firstPlain + int(float64(w.sources()-firstPlain)*share*share*share)
}

// claimFor draws the claim of an attribution.
func (w world) claimFor(rng *rand.Rand) int {
	switch n := rng.IntN(10); {
	case n == 0:
		return zipf(rng, min(famous, w.claims()))
	case n < 5:
		return famous + rng.IntN(w.typical())
	}
	return rng.IntN(w.claims())
}
