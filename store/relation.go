package store

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/pg"
)

// Relation gives one relation.
func (s *Store) Relation(ctx context.Context, id uuid.UUID) (headwater.Relation, error) {
	return pg.Get(ctx, s.DB, pg.Relations, id)
}

// CreateRelation stores a new relation. One that closes a loop of control is refused.
func (s *Store) CreateRelation(ctx context.Context, by Authorship, key string, f headwater.RelationFields) (headwater.Relation, error) {
	return add(ctx, s, pg.Relations, by, key, active, f, func(tx pgx.Tx, created *headwater.Relation) error {
		return pg.CheckControlLoop(ctx, tx, created.ID)
	})
}

// UpdateRelation replaces all that is said about a relation. One that closes a loop of control is refused.
func (s *Store) UpdateRelation(ctx context.Context, by Authorship, id uuid.UUID, version int,
	f headwater.RelationFields) (headwater.Relation, error) {
	return replace(ctx, s, pg.Relations, by, id, version, f, func(tx pgx.Tx, _, after headwater.Relation) error {
		return pg.CheckControlLoop(ctx, tx, after.ID)
	})
}

// RetractRelation retracts or restores a relation. One whose return closes a loop of control stays retracted.
func (s *Store) RetractRelation(ctx context.Context, by Authorship, id uuid.UUID, version int, retracted bool) (headwater.Relation, error) {
	status := recordStatus(retracted)
	var after headwater.Relation
	err := pg.Write(ctx, s.DB, by, &after, func(tx pgx.Tx) (err error) {
		before, err := pg.LockForWrite(ctx, tx, pg.Relations, id, version)
		if err != nil || string(before.Status) == status {
			after = before
			return err
		}
		operation := pg.OperationOf(string(before.Status), status)
		if after, err = pg.SetStatus(ctx, tx, pg.Relations, by, before, operation, status, nil); err != nil {
			return err
		}
		return pg.CheckControlLoop(ctx, tx, id)
	})
	return after, err
}
