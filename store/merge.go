package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
)

// merge makes a thing speak as another; unmerge takes it back, and nothing is lost in between.
func merge[T any, F Fields](ctx context.Context, s *Store, t Table[T, F], by Authorship, id uuid.UUID, version int, into uuid.UUID) (T, error) {
	var after T
	err := Write(ctx, s, by, &after, func(tx pgx.Tx) error {
		if err := LockStructure(ctx, tx); err != nil {
			return err
		}
		before, err := LockForWrite(ctx, tx, t, id, version)
		if err != nil {
			return err
		}
		if err := CheckReferences(ctx, tx, []headwater.Reference{{Pointer: "/into", Resource: t.Resource, ID: into}}); err != nil {
			return err
		}
		if err := t.checkMergeTarget(ctx, tx, id, into); err != nil {
			return err
		}
		after, err = SetStatus(ctx, tx, t, by, before, headwater.OpMerge, string(headwater.EntityMerged), &into)
		return err
	})
	return after, err
}

// checkMergeTarget faults a target that is, over merges, the thing itself.
func (t Table[T, F]) checkMergeTarget(ctx context.Context, tx pgx.Tx, id, into uuid.UUID) error {
	var loops bool
	err := tx.QueryRow(ctx, fmt.Sprintf(`WITH RECURSIVE speaks_as AS (
			SELECT id, merged_into FROM %[1]s WHERE id = $2
			UNION SELECT next.id, next.merged_into FROM %[1]s AS next JOIN speaks_as ON next.id = speaks_as.merged_into
		) SELECT EXISTS (SELECT FROM speaks_as WHERE id = $1)`, t.Name), id, into).Scan(&loops)
	if err == nil && loops {
		return headwater.Faults{headwater.NewFault("/into", headwater.FaultLoop, into, fmt.Sprintf("a %s that is not merged into this one", t.Resource))}
	}
	return err
}

func unmerge[T any, F Fields](ctx context.Context, s *Store, t Table[T, F], by Authorship, id uuid.UUID, version int) (T, error) {
	var after T
	err := Write(ctx, s, by, &after, func(tx pgx.Tx) error {
		before, err := LockForWrite(ctx, tx, t, id, version)
		if err != nil {
			return err
		}
		if status, _ := t.Status(before); status != string(headwater.EntityMerged) {
			return &headwater.Error{Code: headwater.CodeConflict, Detail: fmt.Sprintf("the %s is %s, not merged", t.Resource, status)}
		}
		after, err = SetStatus(ctx, tx, t, by, before, headwater.OpUnmerge, string(headwater.EntityActive), nil)
		return err
	})
	return after, err
}

// changeStatus retracts, restores, accepts or rejects.
func changeStatus[T any, F Fields](ctx context.Context, s *Store, t Table[T, F], by Authorship, id uuid.UUID, version int, operation headwater.Operation, to string) (T, error) {
	var after T
	err := Write(ctx, s, by, &after, func(tx pgx.Tx) error {
		before, err := LockForWrite(ctx, tx, t, id, version)
		if err != nil {
			return err
		}
		switch status, _ := t.Status(before); status {
		case to:
			after = before
			return nil
		case string(headwater.EntityMerged):
			return &headwater.Error{Code: headwater.CodeConflict, Detail: fmt.Sprintf("the %s is merged into another; unmerge it first", t.Resource)}
		}
		after, err = SetStatus(ctx, tx, t, by, before, operation, to, nil)
		return err
	})
	return after, err
}

// recordOperation names the change to a record's or entity's status.
func recordOperation(retracted bool) (headwater.Operation, string) {
	if retracted {
		return headwater.OpRetract, string(headwater.RecordRetracted)
	}
	return headwater.OpRestore, string(headwater.RecordActive)
}

// decisionOperation names the change to an attribution's or link's status.
func decisionOperation(accepted bool) (headwater.Operation, string) {
	if accepted {
		return headwater.OpAccept, string(headwater.Accepted)
	}
	return headwater.OpReject, string(headwater.Rejected)
}
