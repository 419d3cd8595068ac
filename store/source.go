package store

import (
	"context"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

var Sources = Table[headwater.Source, headwater.SourceFields]{
	Resource: headwater.ResourceSource,
	Name:     "sources",
	Columns:  cols("kind name names aliases country role anonymous reliability external_ids domains url control_reviewed_at notes"),
	Search:   cols("folded terms"),
	Merges:   true,
	Values: func(f headwater.SourceFields) []any {
		texts := append([]string{f.Name}, f.Aliases...)
		folded, terms := Searchable(append(texts, inOrder(f.Names)...)...)
		return []any{
			f.Kind, f.Name, mapOrNull(f.Names), orNull(f.Aliases), f.Country, mapOrNull(f.Role), f.Anonymous, f.Reliability,
			mapOrNull(f.ExternalIDs), orNull(f.Domains), f.URL, f.ControlReviewedAt, f.Notes, folded, terms,
		}
	},
	Fields: func(s headwater.Source) headwater.SourceFields { return s.SourceFields },
	Meta:   func(s headwater.Source) headwater.Meta { return s.Meta },
	Status: func(s headwater.Source) (string, *uuid.UUID) { return string(s.Status), s.MergedInto },
	Sorts:  map[string]Order[headwater.Source]{"name": byName(false), "-name": byName(true)},
}

func byName(descending bool) Order[headwater.Source] {
	return Order[headwater.Source]{
		[]string{"t.name", "t.id"}, []string{"text", "uuid"}, descending,
		func(s headwater.Source) []string { return []string{s.Name, s.ID.String()} },
	}
}

// Source gives one source.
func (s *Store) Source(ctx context.Context, id uuid.UUID) (headwater.Source, error) {
	return Get(ctx, s, Sources, id)
}

// CreateSource stores a new source. A key that exists gives CodeAlreadyExists.
func (s *Store) CreateSource(ctx context.Context, by Authorship, key string, f headwater.SourceFields) (headwater.Source, error) {
	return add(ctx, s, Sources, by, key, active, f, unrestricted)
}

// UpdateSource replaces all that is said about a source.
func (s *Store) UpdateSource(ctx context.Context, by Authorship, id uuid.UUID, version int, f headwater.SourceFields) (headwater.Source, error) {
	return replace(ctx, s, Sources, by, id, version, f, nil)
}

// RetractSource retracts or restores a source.
func (s *Store) RetractSource(ctx context.Context, by Authorship, id uuid.UUID, version int, retracted bool) (headwater.Source, error) {
	operation, status := recordOperation(retracted)
	return changeStatus(ctx, s, Sources, by, id, version, operation, status)
}

// MergeSource makes a source speak as another.
func (s *Store) MergeSource(ctx context.Context, by Authorship, id uuid.UUID, version int, into uuid.UUID) (headwater.Source, error) {
	return merge(ctx, s, Sources, by, id, version, into)
}

// UnmergeSource lets a merged source speak for itself again.
func (s *Store) UnmergeSource(ctx context.Context, by Authorship, id uuid.UUID, version int) (headwater.Source, error) {
	return unmerge(ctx, s, Sources, by, id, version)
}

// SourceCards gives what answers say about each of these sources.
func (s *Store) SourceCards(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]headwater.SourceCard, error) {
	return readCards(ctx, s, sourceCard.split, sourceCardsOf("$1"), ids)
}

// sourceCardsOf reads the cards of the sources in an array.
func sourceCardsOf(ids string) string {
	return "SELECT id, key, name, names, kind, country, anonymous FROM sources WHERE id = ANY (" + ids + ")"
}

type sourceCard struct {
	ID uuid.UUID
	headwater.SourceCard
}

func (c sourceCard) split() (uuid.UUID, headwater.SourceCard) { return c.ID, c.SourceCard }
