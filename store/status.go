package store

import (
	"context"
	"errors"
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
		if err := pg.HoldReferences(ctx, tx, []headwater.Reference{{Pointer: "/into", Resource: t.Resource, ID: into}}); err != nil {
			return err
		}
		after, err = mergeLocked(ctx, tx, t, by, id, before, into)
		return err
	})
	return after, err
}

// mergeLocked merges a thing that is locked. It locks the structure once it has written, and then finds what forbids the merger.
func mergeLocked[T any, F pg.Fields](ctx context.Context, tx pgx.Tx, t pg.Table[T, F], by Authorship, id uuid.UUID, before T,
	into uuid.UUID) (after T, err error) {
	if status, _ := t.Status(before); status == string(headwater.EntityRetracted) {
		return after, &headwater.Error{Code: headwater.CodeConflict, // unmerge would make it active
			Detail: fmt.Sprintf("the %s is retracted, and merging would take that back; restore it first", t.Resource)}
	}
	after, err = pg.SetStatus(ctx, tx, t, by, before, headwater.OpMerge, string(headwater.EntityMerged), &into)
	if err == nil {
		err = pg.CheckMerger(ctx, tx, t, id, into)
	}
	if err == nil && t.Resource == headwater.ResourceSource {
		err = pg.CheckMergedControl(ctx, tx, id, into)
	}
	if err == nil {
		err = checkNotApart(ctx, tx, t, id, into)
	}
	return after, err
}

// checkNotApart faults a target of which somebody said that it is another thing: it, or any that speaks as either of the two.
func checkNotApart[T any, F pg.Fields](ctx context.Context, tx pgx.Tx, t pg.Table[T, F], id, into uuid.UUID) error {
	var apart uuid.UUID
	err := tx.QueryRow(ctx, t.ApartSQL("$1::uuid", "$2::uuid")+" ORDER BY id LIMIT 1", id, into).Scan(&apart)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err == nil {
		return headwater.Faults{headwater.NewFault("/into", headwater.FaultConflict, into,
			fmt.Sprintf("a %s of which nobody said that it is another; %s says so", t.Resource, apart))}
	}
	return err
}

// checkNotOne refuses to say of two things that they are two while they are merged.
func checkNotOne[T any, F pg.Fields](ctx context.Context, tx pgx.Tx, t pg.Table[T, F], a, b uuid.UUID) error {
	if err := pg.LockStructure(ctx, tx); err != nil {
		return err
	}
	var one bool
	err := tx.QueryRow(ctx, "SELECT "+t.SpeakAsOneSQL("$1::uuid", "$2::uuid"), a, b).Scan(&one)
	if err == nil && one {
		undo := "are merged; unmerge them first"
		if !t.Merges {
			undo = "are one by accepted matches; reopen these first"
		}
		return &headwater.Error{Code: headwater.CodeConflict, Detail: fmt.Sprintf("the two %s %s", t.Resource.Plural(), undo)}
	}
	return err
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
	to string) (T, error) {
	return changeStatusIf(ctx, s, t, by, id, version, to, func(pgx.Tx, T) error { return nil })
}

// changeStatusIf is changeStatus, unless allowed refuses it for the thing as it was.
func changeStatusIf[T any, F pg.Fields](ctx context.Context, s *Store, t pg.Table[T, F], by Authorship, id uuid.UUID, version int,
	to string, allowed func(tx pgx.Tx, before T) error) (T, error) {
	var after T
	err := pg.Write(ctx, s.DB, by, &after, func(tx pgx.Tx) (err error) {
		after, err = changeStatusIn(ctx, tx, t, by, id, version, to, func(before T) error { return allowed(tx, before) })
		return err
	})
	return after, err
}

// changeStatusIn is changeStatusIf within a transaction.
func changeStatusIn[T any, F pg.Fields](ctx context.Context, tx pgx.Tx, t pg.Table[T, F], by Authorship, id uuid.UUID, version int,
	to string, allowed func(before T) error) (T, error) {
	before, err := pg.LockForWrite(ctx, tx, t, id, version)
	if err != nil {
		return before, err
	}
	if err := allowed(before); err != nil {
		return before, err
	}
	status, _ := t.Status(before)
	switch status {
	case to:
		return before, nil
	case string(headwater.EntityMerged):
		return before, &headwater.Error{Code: headwater.CodeConflict,
			Detail: fmt.Sprintf("the %s is merged into another; unmerge it first", t.Resource)}
	}
	return pg.SetStatus(ctx, tx, t, by, before, pg.OperationOf(status, to), to, nil)
}

// recordStatus is the status of a record or an entity that is retracted or restored.
func recordStatus(retracted bool) string {
	if retracted {
		return string(headwater.RecordRetracted)
	}
	return string(headwater.RecordActive)
}

// decisionOf is what is decided of an attribution or a link that is accepted or rejected.
func decisionOf(accepted bool) headwater.Decision {
	if accepted {
		return headwater.Accepted
	}
	return headwater.Rejected
}
