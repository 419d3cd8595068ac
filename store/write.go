package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/pg"
)

// identity gives a new thing its id and namespace: from its key if it has one.
func (s *Store) identity(resource headwater.Resource, key string) (id uuid.UUID, namespace string, err error) {
	if key == "" {
		return headwater.NewID(), "", nil
	}
	if err := headwater.CheckKey(key, s.Namespace()); err != nil {
		return uuid.Nil, "", err
	}
	return headwater.NamespaceOf(s.Namespace()).ID(resource, key), s.Namespace(), nil
}

// update stores new fields for a thing, and records the change. Where nothing differs, nothing is written. check gets the thing as it
// was and may refuse.
func update[T any, F pg.Fields](ctx context.Context, tx pgx.Tx, t pg.Table[T, F], by Authorship, id uuid.UUID, version int, f F,
	check func(before T) error) (T, error) {
	before, err := pg.LockForWrite(ctx, tx, t, id, version)
	if err != nil {
		return before, err
	}
	if reflect.DeepEqual(t.Values(t.Fields(before)), t.Values(f)) {
		return before, nil
	}
	if err := check(before); err != nil {
		return before, err
	}
	return pg.Update(ctx, tx, t, by, before, f)
}

// active is the status of what is new.
const active = string(headwater.EntityActive)

// unrestricted allows a new thing as it is.
func unrestricted[T any](pgx.Tx, *T) error { return nil }

// add stores a new thing after its references were found, and lets check refuse it or add to the answer.
func add[T any, F pg.Fields](ctx context.Context, s *Store, t pg.Table[T, F], by Authorship, key, status string, f F,
	check func(pgx.Tx, *T) error) (T, error) {
	var created T
	if err := pg.Prepare(&f); err != nil {
		return created, err
	}
	id, namespace, err := s.identity(t.Resource, key)
	if err != nil {
		return created, err
	}
	err = pg.Write(ctx, s.DB, by, &created, func(tx pgx.Tx) (err error) {
		if err = pg.HoldReferences(ctx, tx, f.References()); err != nil {
			return err
		}
		if err = refuseSame(ctx, tx, t, key, f); err != nil {
			return err
		}
		if created, err = pg.Create(ctx, tx, t, by, headwater.Meta{ID: id, Key: key, Namespace: namespace}, status, f); err != nil {
			return err
		}
		return check(tx, &created)
	})
	return created, nameExisting(ctx, s, t, id, namespace, key, err)
}

// refuseSame refuses a thing without a key that is there already, also one that was rejected or retracted. Nobody else stores the same
// until the transaction ends. What has a key is told apart by that, as in bundles; links are not.
func refuseSame[T any, F pg.Fields](ctx context.Context, tx pgx.Tx, t pg.Table[T, F], key string, f F) error {
	natural, does := any(f).(interface{ NaturalKey() string })
	if t.Same == nil || !does || key != "" && t.Resource != headwater.ResourceLink {
		return nil
	}
	type row struct {
		ID     uuid.UUID
		Status string
	}
	var batch pgx.Batch
	var there []row
	batch.Queue(pg.LockName, string(t.Resource)+"/"+natural.NaturalKey())
	condition, args := t.Same(f)
	pg.Queue(&batch, &there, pgx.RowToStructByName[row],
		fmt.Sprintf("SELECT id, status FROM %s WHERE %s ORDER BY id LIMIT 1", t.Name, condition), args...)
	if err := tx.SendBatch(ctx, &batch).Close(); err != nil || len(there) == 0 {
		return err
	}
	return &headwater.Error{Code: headwater.CodeAlreadyExists, Existing: there[0].ID,
		Detail: fmt.Sprintf("the same %s is there already: %s, which is %s", t.Resource, there[0].ID, there[0].Status)}
}

// nameExisting says of a key that is taken which thing has it.
func nameExisting[T any, F pg.Fields](ctx context.Context, s *Store, t pg.Table[T, F], id uuid.UUID, namespace, key string,
	err error) error {
	var exists *headwater.Error
	if !errors.As(err, &exists) || exists.Code != headwater.CodeAlreadyExists || exists.Existing != uuid.Nil || key == "" {
		return err
	}
	type row struct{ ID uuid.UUID }
	there, found := pg.One[row](ctx, s.Pool, fmt.Sprintf(
		"SELECT id FROM %s WHERE id = $1 OR key = $2 AND namespace = $3 ORDER BY id = $1 DESC LIMIT 1", t.Name), id, key, namespace)
	if found != nil {
		return err // it is gone, or cannot be looked up: the key is taken all the same
	}
	return &headwater.Error{Code: headwater.CodeAlreadyExists, Existing: there.ID,
		Detail: fmt.Sprintf("the key %s is taken: the %s %s has it", key, t.Resource, there.ID)}
}

// replace stores new fields for a thing after their references were found, and lets check refuse the result.
func replace[T any, F pg.Fields](ctx context.Context, s *Store, t pg.Table[T, F], by Authorship, id uuid.UUID, version int, f F,
	check func(tx pgx.Tx, before, after T) error) (T, error) {
	var after T
	if err := pg.Prepare(&f); err != nil {
		return after, err
	}
	err := pg.Write(ctx, s.DB, by, &after, func(tx pgx.Tx) (err error) {
		if err = pg.HoldReferences(ctx, tx, f.References()); err != nil {
			return err
		}
		var before T
		after, err = update(ctx, tx, t, by, id, version, f, func(b T) error { before = b; return nil })
		if err != nil || check == nil {
			return err
		}
		return check(tx, before, after)
	})
	return after, err
}

// replaceIf stores new fields for a thing, unless allowed refuses them for the thing as it was.
func replaceIf[T any, F pg.Fields](ctx context.Context, s *Store, t pg.Table[T, F], by Authorship, id uuid.UUID, version int, f F,
	allowed func(before T) error) (T, error) {
	var after T
	if err := pg.Prepare(&f); err != nil {
		return after, err
	}
	err := pg.Write(ctx, s.DB, by, &after, func(tx pgx.Tx) (err error) {
		if err = pg.HoldReferences(ctx, tx, f.References()); err != nil {
			return err
		}
		after, err = update(ctx, tx, t, by, id, version, f, allowed)
		return err
	})
	return after, err
}

// addDecided stores a new thing that is proposed, accepted or rejected. amend may change the fields before they are stored, and its
// faults come together with those of the references. finish may add to the answer.
func addDecided[T any, F pg.Fields](ctx context.Context, s *Store, t pg.Table[T, F], by Authorship, key string,
	status headwater.Decision, f *F, amend func(pgx.Tx) error, finish func(*T)) (T, error) {
	var created T
	if status == "" {
		status = headwater.Accepted
	}
	if err := pg.Prepare(f); err != nil {
		return created, err
	}
	id, namespace, err := s.identity(t.Resource, key)
	if err != nil {
		return created, err
	}
	if a, ok := any(*f).(headwater.AttributionFields); ok && key != "" {
		id = headwater.NamespaceOf(s.Namespace()).AttributionID(a.Claim, key)
	}
	err = pg.Write(ctx, s.DB, by, &created, func(tx pgx.Tx) (err error) {
		if err = allFaults(pg.HoldReferences(ctx, tx, (*f).References()), func() error { return amend(tx) }); err != nil {
			return err
		}
		if err = refuseSame(ctx, tx, t, key, *f); err != nil {
			return err
		}
		created, err = pg.Create(ctx, tx, t, by, headwater.Meta{ID: id, Key: key, Namespace: namespace}, string(status), *f)
		finish(&created)
		return err
	})
	return created, nameExisting(ctx, s, t, id, namespace, key, err)
}

// asIs adds nothing to an answer.
func asIs[T any](*T) {}

// allFaults gives the faults that were found together with those that another check finds. Any other error comes alone.
func allFaults(found error, check func() error) error {
	var faults headwater.Faults
	if found != nil && !errors.As(found, &faults) {
		return found
	}
	err := check()
	if len(faults) == 0 {
		return err
	}
	var more headwater.Faults
	if err != nil && !errors.As(err, &more) {
		return err
	}
	return slices.Concat(faults, more)
}

// CheckReferences gives all faults of references to things that do not exist.
func (s *Store) CheckReferences(ctx context.Context, references []headwater.Reference) error {
	return pg.Interpret(pg.CheckReferences(ctx, s.Pool, references))
}
