package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// corpus is a world like the largest collections of chains that are known, those of transmitted sayings: each claim came down by some
// dozen chains of seven or eight hops, each hop a generation, and the generations near the origin are small.
type corpus struct{ chains int }

// What the largest known corpus has, in proportion to its chains.
const (
	corpusChains  = 577_000
	corpusClaims  = 20_700
	corpusSources = 50_000
	generations   = 12
	// chainsOfBook is how many chains stand in one document.
	chainsOfBook = 50
)

func (c corpus) claims() int  { return max(1, c.chains*corpusClaims/corpusChains) }
func (c corpus) sources() int { return max(2*generations, c.chains*corpusSources/corpusChains) }

// generation is the first source of a generation, and how many it has. The first is who said it all; each is larger than the one before.
func (c corpus) generation(g int) (first, count int) {
	share := func(g int) int { return c.sources() * g * g / (generations * generations) }
	return share(g), max(1, share(g+1)-share(g))
}

// writeTo writes the corpus as a bundle.
func (c corpus) writeTo(out io.Writer) error { return writeThings(out, c.things) }

func (c corpus) things(yield func(any) bool) {
	for i := range c.sources() {
		if !yield(source(i)) {
			return
		}
	}
	for i := range c.claims() {
		if !yield(claim(i)) {
			return
		}
	}
	scribes, count := c.generation(generations - 1)
	for i := range c.chains {
		book := i / chainsOfBook
		publisher := scribes + book%min(100, count)
		document := headwater.Document{Meta: metaOf(headwater.ResourceDocument, book), Status: headwater.RecordActive,
			DocumentFields: headwater.DocumentFields{Publisher: idOf(headwater.ResourceSource, publisher), Kind: headwater.OtherDocument}}
		if i%chainsOfBook == 0 && !yield(document) || !yield(c.attribution(i, book, publisher)) {
			return
		}
	}
}

// attribution is the i-th chain: from the book down to who said it all, seven to eight hops on average. Three in four chains of a claim
// share who stands near the origin, as those of one saying do.
func (c corpus) attribution(i, book, publisher int) headwater.Attribution {
	about := i % c.claims()
	rng, ofClaim := randomFor(headwater.ResourceAttribution, i), randomFor(headwater.ResourceClaim, about)
	speakers := []int{publisher}
	for g := 4 + rng.IntN(5); g > 0; g-- {
		drawn := rng
		if g < 3 && i%4 != 0 {
			drawn = rand.New(rand.NewPCG(ofClaim.Uint64(), uint64(g)))
		}
		first, count := c.generation(g)
		speakers = append(speakers, first+drawn.IntN(count))
	}
	speakers = slices.Compact(append(speakers, 0))
	id := idOf(headwater.ResourceClaim, about)
	own := fmt.Sprint(i)
	return headwater.Attribution{
		Meta:   headwater.Meta{ID: keys.AttributionID(id, own), Key: own, Namespace: namespace},
		Status: headwater.Accepted,
		AttributionFields: headwater.AttributionFields{Claim: id, Document: idOf(headwater.ResourceDocument, book),
			Stance: headwater.Affirms, Chain: chain(rng, speakers), Credibility: 1 + rng.IntN(headwater.CredibilityUnknown)},
	}
}

// corpusDatabase is the database of the corpus.
const corpusDatabase = "corpus"

// ofCorpus measures loading the corpus, and what all chains of all claims share, by the service and by the command that needs none.
func (b *bench) ofCorpus(ctx context.Context) error {
	c := corpus{b.size}
	path, err := b.bundle("corpus.ndjson", c.writeTo)
	if err != nil {
		return err
	}
	alone, err := runWatched(ctx, nil, io.Discard, b.program, "report", "--bundle", path, "--format", "json")
	if err != nil {
		return err
	}
	b.add(withoutCeiling("corpus of chains: report --bundle on all claims", "s", alone.value, atMost(60)))
	b.add(withoutCeiling("the same, resident memory", "MB", float64(megabytes(alone.memory)), atMost(1024)))
	if err := b.makeDatabase(ctx, corpusDatabase); err != nil {
		return err
	}
	loaded, err := runWatched(ctx, b.environment(corpusDatabase), io.Discard, b.program, "import", path)
	if err != nil {
		return err
	}
	b.add(withoutCeiling("corpus of chains: import", "s", loaded.value, atMost(180)))
	serve, err := startService(ctx, b.folder, b.environment(corpusDatabase), b.program, "serve", "--addr", "127.0.0.1:0")
	if err != nil {
		return err
	}
	return errors.Join(b.analyseCorpus(c, serve), serve.stop())
}

// analyseCorpus has all claims reported on, 1,000 in a request.
func (b *bench) analyseCorpus(c corpus, serve *service) error {
	host := serve.host()
	ids := make([]uuid.UUID, c.claims())
	for i := range ids {
		ids[i] = idOf(headwater.ResourceClaim, i)
	}
	var slowest time.Duration
	began := time.Now()
	for some := range slices.Chunk(ids, 1_000) {
		body, err := json.Marshal(map[string]any{"claims": some})
		if err != nil {
			return err
		}
		sent := time.Now()
		_, _, err = call{method: http.MethodPost, path: "/v1/analyses", body: body, status: http.StatusOK}.send(host)
		if err != nil {
			return err
		}
		slowest = max(slowest, time.Since(sent))
	}
	b.add(withoutCeiling("corpus of chains: all claims by /v1/analyses, 1,000 in a request", "s", time.Since(began).Seconds(), atMost(60)))
	b.add(withoutCeiling("the slowest of these requests", "s", slowest.Seconds(), atMost(5)))
	return nil
}
