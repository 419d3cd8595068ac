package store

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/pg"
	"github.com/headwater-project/headwater/store/transfer"
)

// Source gives one source.
func (s *Store) Source(ctx context.Context, id uuid.UUID) (headwater.Source, error) {
	return pg.Get(ctx, s.DB, pg.Sources, id)
}

// CreateSource stores a new source. A key that exists gives CodeAlreadyExists. One that looks like others, by the rules by which
// imports recognize sources, is proposed to be the same, and the answer tells so.
func (s *Store) CreateSource(ctx context.Context, by Authorship, key string, f headwater.SourceFields) (headwater.Source, error) {
	return add(ctx, s, pg.Sources, by, key, active, f, func(tx pgx.Tx, created *headwater.Source) error {
		alike, err := transfer.MatchesOfSource(ctx, tx, *created)
		if err == nil {
			created.Matches, err = s.proposeMatches(ctx, tx, by, alike)
		}
		return err
	})
}

// UpdateSource replaces all that is said about a source.
func (s *Store) UpdateSource(ctx context.Context, by Authorship, id uuid.UUID, version int,
	f headwater.SourceFields) (headwater.Source, error) {
	return replace(ctx, s, pg.Sources, by, id, version, f, nil)
}

// RetractSource retracts or restores a source.
func (s *Store) RetractSource(ctx context.Context, by Authorship, id uuid.UUID, version int, retracted bool) (headwater.Source, error) {
	return changeStatus(ctx, s, pg.Sources, by, id, version, recordStatus(retracted))
}

// MergeSource makes a source speak as another.
func (s *Store) MergeSource(ctx context.Context, by Authorship, id uuid.UUID, version int, into uuid.UUID) (headwater.Source, error) {
	return merge(ctx, s, pg.Sources, by, id, version, into)
}

// UnmergeSource lets a merged source speak for itself again.
func (s *Store) UnmergeSource(ctx context.Context, by Authorship, id uuid.UUID, version int) (headwater.Source, error) {
	return unmerge(ctx, s, pg.Sources, by, id, version)
}

// SourceCards gives what answers say about each of these sources.
func (s *Store) SourceCards(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]headwater.SourceCard, error) {
	return readCards(ctx, s, sourceCard.split, sourceCardsOf(pg.Sources.Name, "$1"), ids)
}

// sourceCardsOf reads the cards of the sources in an array.
func sourceCardsOf(table, ids string) string {
	return "SELECT id, key, name, names, kind, country, anonymous FROM " + table + " AS t WHERE id = ANY (" + ids + ")"
}

type sourceCard struct {
	ID uuid.UUID
	headwater.SourceCard
}

func (c sourceCard) split() (uuid.UUID, headwater.SourceCard) { return c.ID, c.SourceCard }
