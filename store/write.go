package store

import (
	"context"
	"reflect"

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
func unrestricted[T any](pgx.Tx, T) error { return nil }

// add stores a new thing after its references were found, and lets check refuse it.
func add[T any, F pg.Fields](ctx context.Context, s *Store, t pg.Table[T, F], by Authorship, key, status string, f F,
	check func(pgx.Tx, T) error) (T, error) {
	var created T
	if err := pg.Prepare(&f); err != nil {
		return created, err
	}
	id, namespace, err := s.identity(t.Resource, key)
	if err != nil {
		return created, err
	}
	err = pg.Write(ctx, s.DB, by, &created, func(tx pgx.Tx) (err error) {
		if err = pg.CheckReferences(ctx, tx, f.References()); err != nil {
			return err
		}
		if created, err = pg.Create(ctx, tx, t, by, headwater.Meta{ID: id, Key: key, Namespace: namespace}, status, f); err != nil {
			return err
		}
		return check(tx, created)
	})
	return created, err
}

// replace stores new fields for a thing after their references were found, and lets check refuse the result.
func replace[T any, F pg.Fields](ctx context.Context, s *Store, t pg.Table[T, F], by Authorship, id uuid.UUID, version int, f F,
	check func(tx pgx.Tx, before, after T) error) (T, error) {
	var after T
	if err := pg.Prepare(&f); err != nil {
		return after, err
	}
	err := pg.Write(ctx, s.DB, by, &after, func(tx pgx.Tx) (err error) {
		if err = pg.CheckReferences(ctx, tx, f.References()); err != nil {
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
		if err = pg.CheckReferences(ctx, tx, f.References()); err != nil {
			return err
		}
		after, err = update(ctx, tx, t, by, id, version, f, allowed)
		return err
	})
	return after, err
}

// addDecided stores a new thing that is proposed, accepted or rejected. amend may change the fields before they are stored.
func addDecided[T any, F pg.Fields](ctx context.Context, s *Store, t pg.Table[T, F], by Authorship, key string,
	status headwater.Decision, f *F, amend func(pgx.Tx) error) (T, error) {
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
		if err = pg.CheckReferences(ctx, tx, (*f).References()); err != nil {
			return err
		}
		if err = amend(tx); err != nil {
			return err
		}
		created, err = pg.Create(ctx, tx, t, by, headwater.Meta{ID: id, Key: key, Namespace: namespace}, string(status), *f)
		return err
	})
	return created, err
}
