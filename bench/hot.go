package main

import (
	"fmt"
	"io"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// hotSizes are how many attributions each of the hot claims has, from the first claim on.
var hotSizes = []int{1_000, 10_000, 100_000}

// writeHot writes a bundle of a few claims with very many attributions, from 2,000 sources of which most are controlled: three
// hops on average, and a document for each attribution.
func writeHot(out io.Writer) error { return writeThings(out, hotThings) }

func hotThings(yield func(any) bool) {
	small := world{}
	for i := range small.sources() {
		if !yield(source(i)) || i >= small.sources()/4 && !yield(relation(i, firstPlain+randomFor(headwater.ResourceRelation,
			i).IntN(i-firstPlain))) {
			return
		}
	}
	document := 0
	for c, size := range hotSizes {
		if !yield(claim(c)) {
			return
		}
		about := idOf(headwater.ResourceClaim, c)
		for range size {
			if page, attribution := hotAttribution(about, document); !yield(page) || !yield(attribution) {
				return
			}
			document++
		}
	}
}

func hotAttribution(about uuid.UUID, d int) (headwater.Document, headwater.Attribution) {
	rng := randomFor(headwater.ResourceAttribution, d)
	small := world{}
	speakers := []int{small.speaker(rng)}
	for range rng.IntN(5) {
		speakers = append(speakers, small.speaker(rng))
	}
	page := headwater.Document{Meta: metaOf(headwater.ResourceDocument, d), Status: headwater.RecordActive,
		DocumentFields: headwater.DocumentFields{
			Publisher: idOf(headwater.ResourceSource, speakers[0]), Kind: headwater.Article,
			Published: &headwater.Published{Interval: headwater.Interval{Earliest: "2025-05-05", Latest: "2025-05-06"}},
		}}
	own := fmt.Sprint(d)
	return page, headwater.Attribution{
		Meta: headwater.Meta{ID: keys.AttributionID(about, own), Key: own, Namespace: namespace}, Status: headwater.Accepted,
		AttributionFields: headwater.AttributionFields{
			Claim: about, Document: page.ID, Stance: stance(rng), Chain: chain(rng, speakers), Credibility: headwater.CredibilityUnknown,
		},
	}
}
