package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/api"
)

// story is a claim with everything needed to show it.
type story struct {
	sources      map[uuid.UUID]headwater.SourceCard
	documents    map[uuid.UUID]headwater.Document
	claims       map[uuid.UUID]headwater.Claim
	attributions []headwater.Attribution
	links        []headwater.Link
	reviews      []headwater.Review
}

// showClaim prints a claim with how it stands.
func (c *client) showClaim(ctx context.Context, w io.Writer, answer json.RawMessage) error {
	var detail api.ClaimDetail
	if err := json.Unmarshal(answer, &detail); err != nil {
		return err
	}
	st := &story{sources: map[uuid.UUID]headwater.SourceCard{}, documents: map[uuid.UUID]headwater.Document{},
		claims: map[uuid.UUID]headwater.Claim{detail.ID: detail.Claim}, attributions: detail.Attributions.Items,
		reviews: detail.Reviews.Items}
	for _, link := range detail.Links.Items {
		st.links = append(st.links, link.Link)
	}
	for id, card := range detail.Claims {
		if parsed := uuid.MustParse(id); parsed != detail.ID {
			st.claims[parsed] = headwater.Claim{Meta: headwater.Meta{ID: parsed, Key: card.Key},
				ClaimFields: headwater.ClaimFields{Statement: card.Statement}}
		}
	}
	if err := c.fillStory(ctx, st, detail.Sources); err != nil {
		return err
	}
	standing := ""
	if r := detail.Report; r != nil {
		standing = fmt.Sprintf("It is %s.\n", standingSentences[r.Standing])
		if r.Affirming.Attributions+r.Denying.Attributions > r.Affirming.OwnAttributions+r.Denying.OwnAttributions {
			standing += fmt.Sprintf("What counts: %s for it, %s against it.\n", attributions(r.Affirming), attributions(r.Denying))
		}
	}
	if _, err := io.WriteString(w, standing); err != nil {
		return err
	}
	return st.show(w, detail.Claim)
}

// fillStory reads the documents that a story names, those that they reprint, and who published them.
func (c *client) fillStory(ctx context.Context, st *story, cards map[string]headwater.SourceCard) error {
	for id, card := range cards {
		st.sources[uuid.MustParse(id)] = card
	}
	var ids, publishers []string
	for _, a := range st.attributions {
		ids = append(ids, a.Document.String())
	}
	for range 2 {
		documents, err := readByID[headwater.Document](ctx, c, headwater.ResourceDocument, ids, "key,title,published,derived_from")
		if err != nil {
			return err
		}
		ids = nil
		for _, document := range documents {
			st.documents[document.ID] = document
			if _, known := st.sources[document.Publisher]; !known {
				publishers = append(publishers, document.Publisher.String())
			}
			if document.DerivedFrom != nil {
				ids = append(ids, document.DerivedFrom.String())
			}
		}
	}
	sources, err := readByID[headwater.Source](ctx, c, headwater.ResourceSource, publishers, "names")
	for _, source := range sources {
		st.sources[source.ID] = source.Card()
	}
	return err
}
