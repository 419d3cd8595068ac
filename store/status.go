package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/pg"
)

// merge makes a thing speak as another. Nothing of it is lost, so that unmerge can take it back.
func merge[T any, F pg.Fields](ctx context.Context, s *Store, t pg.Table[T, F], by Authorship, id uuid.UUID, version int,
	into uuid.UUID) (T, error) {
	var after T
	err := pg.Write(ctx, s.DB, by, &after, func(tx pgx.Tx) error {
		before, err := pg.LockForWrite(ctx, tx, t, id, version)
		if err != nil {
			return err
		}
		if status, _ := t.Status(before); status == string(headwater.EntityRetracted) {
			return &headwater.Error{Code: headwater.CodeConflict, // unmerge would make it active
				Detail: fmt.Sprintf("the %s is retracted, and merging would take that back; restore it first", t.Resource)}
		}
		if err := pg.CheckReferences(ctx, tx, []headwater.Reference{{Pointer: "/into", Resource: t.Resource, ID: into}}); err != nil {
			return err
		}
		after, err = pg.SetStatus(ctx, tx, t, by, before, headwater.OpMerge, string(headwater.EntityMerged), &into)
		if err == nil {
			err = pg.CheckMerger(ctx, tx, t, id, into)
		}
		if err == nil && t.Resource == headwater.ResourceSource {
			err = pg.CheckMergedControl(ctx, tx, id, into)
		}
		return err
	})
	return after, err
}

// unmerge lets a merged thing speak for itself again.
func unmerge[T any, F pg.Fields](ctx context.Context, s *Store, t pg.Table[T, F], by Authorship, id uuid.UUID, version int) (T, error) {
	var after T
	err := pg.Write(ctx, s.DB, by, &after, func(tx pgx.Tx) error {
		before, err := pg.LockForWrite(ctx, tx, t, id, version)
		if err != nil {
			return err
		}
		if status, _ := t.Status(before); status != string(headwater.EntityMerged) {
			return &headwater.Error{Code: headwater.CodeConflict, Detail: fmt.Sprintf("the %s is %s, not merged", t.Resource, status)}
		}
		after, err = pg.SetStatus(ctx, tx, t, by, before, headwater.OpUnmerge, string(headwater.EntityActive), nil)
		return err
	})
	return after, err
}

// changeStatus retracts, restores, accepts or rejects.
func changeStatus[T any, F pg.Fields](ctx context.Context, s *Store, t pg.Table[T, F], by Authorship, id uuid.UUID, version int,
	operation headwater.Operation, to string) (T, error) {
	var after T
	err := pg.Write(ctx, s.DB, by, &after, func(tx pgx.Tx) error {
		before, err := pg.LockForWrite(ctx, tx, t, id, version)
		if err != nil {
			return err
		}
		switch status, _ := t.Status(before); status {
		case to:
			after = before
			return nil
		case string(headwater.EntityMerged):
			return &headwater.Error{Code: headwater.CodeConflict,
				Detail: fmt.Sprintf("the %s is merged into another; unmerge it first", t.Resource)}
		}
		after, err = pg.SetStatus(ctx, tx, t, by, before, operation, to, nil)
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
