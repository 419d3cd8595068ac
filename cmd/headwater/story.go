package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/store"
)

// story is all that a database holds, by id, as far as showing a claim needs it.
type story struct {
	sources      map[uuid.UUID]headwater.Source
	documents    map[uuid.UUID]headwater.Document
	claims       map[uuid.UUID]headwater.Claim
	attributions []headwater.Attribution
	links        []headwater.Link
	reviews      []headwater.Review
}

// readStory reads what a store exports.
func readStory(ctx context.Context, s *store.Store) (*story, error) {
	var exported bytes.Buffer
	if err := s.Export(ctx, &exported); err != nil {
		return nil, err
	}
	st := &story{
		sources:   map[uuid.UUID]headwater.Source{},
		documents: map[uuid.UUID]headwater.Document{},
		claims:    map[uuid.UUID]headwater.Claim{},
	}
	for item, err := range bundle.NewReader(bytes.NewReader(exported.Bytes())).Items() {
		if err != nil {
			return nil, err
		}
		st.add(item.Thing)
	}
	return st, nil
}

func (st *story) add(thing any) {
	switch t := thing.(type) {
	case *headwater.Source:
		st.sources[t.ID] = *t
	case *headwater.Document:
		st.documents[t.ID] = *t
	case *headwater.Claim:
		st.claims[t.ID] = *t
	case *headwater.Attribution:
		st.attributions = append(st.attributions, *t)
	case *headwater.Link:
		st.links = append(st.links, *t)
	case *headwater.Review:
		st.reviews = append(st.reviews, *t)
	}
}

// showHeadline prints the story's headline claim.
func showHeadline(ctx context.Context, w io.Writer, s *store.Store) error {
	st, err := readStory(ctx, s)
	if err != nil {
		return fmt.Errorf("read the story back: %w", err)
	}
	for _, claim := range st.claims {
		if claim.Key == headline {
			return st.show(w, claim)
		}
	}
	return errors.New("the story's headline claim is not there: " + headline)
}
