package headwater

import (
	"context"
	"iter"
	"strings"

	"github.com/google/uuid"
)

// Chain is an attribution with the names of those who tell: the document's publisher first, the origin last.
type Chain struct {
	Attribution Attribution
	Tellers     []Teller
}

// Teller is one hop of a chain: what is told and how, and who tells it.
type Teller struct {
	Hop
	Who SourceCard
}

// String gives the names, from the publisher to the origin.
func (c Chain) String() string {
	names := make([]string, len(c.Tellers))
	for i, teller := range c.Tellers {
		names[i] = teller.Who.Name
	}
	return strings.Join(names, " → ")
}

// Chains walks the chains by which a claim has come: one for each place in a document where it is made.
func (c *Client) Chains(ctx context.Context, claim uuid.UUID, params *ListClaimAttributionsParams) iter.Seq2[Chain, error] {
	return func(yield func(Chain, error) bool) {
		for page, err := range c.ListClaimAttributionsPages(ctx, claim, params) {
			if err != nil {
				yield(Chain{}, err)
				return
			}
			for _, attribution := range page.Items {
				if !yield(chainOf(attribution, page.Sources), nil) {
					return
				}
			}
		}
	}
}

func chainOf(attribution Attribution, sources map[string]SourceCard) Chain {
	chain := Chain{Attribution: attribution, Tellers: make([]Teller, len(attribution.Chain))}
	for i, hop := range attribution.Chain {
		chain.Tellers[i] = Teller{hop, sources[hop.Source.String()]}
	}
	return chain
}
