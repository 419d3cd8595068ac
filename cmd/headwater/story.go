package main

import (
	"context"
	"fmt"
	"io"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
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

// fullPage is a page of maximum size, which holds everything about a claim of the demo.
var fullPage = store.Paging{Limit: store.MaxLimit}

// readStory reads a claim with its attributions, links and reviews, and the things that these refer to.
func readStory(ctx context.Context, s *store.Store, claim uuid.UUID) (*story, error) {
	st := &story{documents: map[uuid.UUID]headwater.Document{}, claims: map[uuid.UUID]headwater.Claim{}}
	attributions, err := s.Attributions(ctx, store.AttributionFilter{Claim: claim}, fullPage)
	if err != nil {
		return nil, err
	}
	links, err := s.Links(ctx, store.LinkFilter{Claim: claim}, fullPage)
	if err != nil {
		return nil, err
	}
	reviews, err := s.Reviews(ctx, store.ReviewFilter{Claim: claim}, fullPage)
	if err != nil {
		return nil, err
	}
	st.attributions, st.links, st.reviews = attributions.Items, links.Items, reviews.Items
	if err := st.readClaims(ctx, s, claim); err != nil {
		return nil, err
	}
	if err := st.readDocuments(ctx, s); err != nil {
		return nil, err
	}
	st.sources, err = s.SourceCards(ctx, st.sourceIDs())
	return st, err
}

func (st *story) readClaims(ctx context.Context, s *store.Store, claim uuid.UUID) error {
	ids := []uuid.UUID{claim}
	for _, link := range st.links {
		ids = append(ids, link.From, link.To)
	}
	page, err := s.Claims(ctx, store.ClaimFilter{Common: store.Common{IDs: ids}}, fullPage)
	for _, hit := range page.Items {
		st.claims[hit.ID] = hit.Claim
	}
	return err
}

// readDocuments reads the documents of the attributions, and the documents that those reprint.
func (st *story) readDocuments(ctx context.Context, s *store.Store) error {
	var ids []uuid.UUID
	for _, a := range st.attributions {
		ids = append(ids, a.Document)
	}
	for range 2 {
		page, err := s.Documents(ctx, store.DocumentFilter{Common: store.Common{IDs: ids}}, fullPage)
		if err != nil {
			return err
		}
		ids = []uuid.UUID{uuid.Nil} // an empty filter would match every document
		for _, document := range page.Items {
			st.documents[document.ID] = document
			if document.DerivedFrom != nil {
				ids = append(ids, *document.DerivedFrom)
			}
		}
	}
	return nil
}

// sourceIDs lists the sources that the story refers to.
func (st *story) sourceIDs() []uuid.UUID {
	var ids []uuid.UUID
	for _, a := range st.attributions {
		ids = append(ids, a.Sources()...)
	}
	for _, document := range st.documents {
		ids = append(ids, document.Publisher)
	}
	for _, review := range st.reviews {
		ids = append(ids, review.Author)
	}
	return ids
}

// showHeadline prints the story's headline claim.
func showHeadline(ctx context.Context, w io.Writer, s *store.Store) error {
	claims, err := s.ResolveClaims(ctx, "/claim", []string{headline})
	if err != nil {
		return fmt.Errorf("the story's headline claim: %w", err)
	}
	st, err := readStory(ctx, s, claims[0])
	if err != nil {
		return fmt.Errorf("read the story back: %w", err)
	}
	return st.show(w, st.claims[claims[0]])
}
