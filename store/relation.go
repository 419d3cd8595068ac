package store

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
)

var Relations = Table[headwater.Relation, headwater.RelationFields]{
	Resource: headwater.ResourceRelation,
	Name:     "relations",
	Columns:  cols("subject kind object share since until citation"),
	Values: func(f headwater.RelationFields) []any {
		return []any{f.Subject, f.Kind, f.Object, f.Share, f.Since, f.Until, f.Citation}
	},
	Fields: func(r headwater.Relation) headwater.RelationFields { return r.RelationFields },
	Meta:   func(r headwater.Relation) headwater.Meta { return r.Meta },
	Status: func(r headwater.Relation) (string, *uuid.UUID) { return string(r.Status), nil },
}

// Relation gives one relation.
func (s *Store) Relation(ctx context.Context, id uuid.UUID) (headwater.Relation, error) {
	return Get(ctx, s, Relations, id)
}

// CreateRelation stores a new relation. One that closes a loop of control is refused.
func (s *Store) CreateRelation(ctx context.Context, by Authorship, key string, f headwater.RelationFields) (headwater.Relation, error) {
	return add(ctx, s, Relations, by, key, active, f, func(tx pgx.Tx, made headwater.Relation) error {
		return checkControlLoop(ctx, tx, made.ID)
	})
}

// UpdateRelation replaces all that is said about a relation. One that closes a loop of control is refused.
func (s *Store) UpdateRelation(ctx context.Context, by Authorship, id uuid.UUID, version int, f headwater.RelationFields) (headwater.Relation, error) {
	return replace(ctx, s, Relations, by, id, version, f, func(tx pgx.Tx, _, made headwater.Relation) error {
		return checkControlLoop(ctx, tx, made.ID)
	})
}

// RetractRelation retracts or restores a relation. One whose return closes a loop of control stays retracted.
func (s *Store) RetractRelation(ctx context.Context, by Authorship, id uuid.UUID, version int, retracted bool) (headwater.Relation, error) {
	operation, status := recordOperation(retracted)
	var after headwater.Relation
	err := Write(ctx, s, by, &after, func(tx pgx.Tx) (err error) {
		if err = LockStructure(ctx, tx); err != nil {
			return err
		}
		before, err := LockForWrite(ctx, tx, Relations, id, version)
		if err != nil || string(before.Status) == status {
			after = before
			return err
		}
		if after, err = SetStatus(ctx, tx, Relations, by, before, operation, status, nil); err != nil {
			return err
		}
		return checkControlLoop(ctx, tx, id)
	})
	return after, err
}

// checkControlLoop faults a relation that puts a source under its own control within the time that all of the loop
// holds.
func checkControlLoop(ctx context.Context, tx pgx.Tx, id uuid.UUID) error {
	var loops bool
	err := tx.QueryRow(ctx, "SELECT EXISTS ("+ControlLoops("SELECT id FROM relations WHERE id = $1")+")", id).Scan(&loops)
	if err == nil && loops {
		return headwater.Faults{headwater.NewFault("/object", headwater.FaultLoop, nil, "an object that the subject does not control at the same time, itself or through others")}
	}
	return err
}

// ControlLoops is a query for those of the relations that close a loop of control in time. A step keeps the days on
// which all steps so far hold; where none are left, the way ends.
func ControlLoops(ids string) string {
	return `WITH RECURSIVE way AS (
		SELECT r.id AS start, r.subject AS origin, r.object AS reached, r.held
		FROM relations AS r WHERE r.id IN (` + ids + `) AND r.controls AND r.status = 'active'
		UNION
		SELECT way.start, way.origin, next.object, way.held * next.held
		FROM way JOIN relations AS next ON next.subject = way.reached
		WHERE way.reached <> way.origin AND next.controls AND next.status = 'active' AND NOT isempty(way.held * next.held)
	) SELECT DISTINCT start FROM way WHERE reached = origin`
}
