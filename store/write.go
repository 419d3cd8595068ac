package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
)

// normalizer is implemented by fields that fill in what is meant where nothing is said.
type normalizer interface{ Normalize() }

// prepare normalizes and validates what a caller says.
func prepare[F fields](f *F) error {
	if n, ok := any(f).(normalizer); ok {
		n.Normalize()
	}
	return (*f).Validate()
}

// identity gives a new thing its id and namespace: from its key if it has one.
func (s *Store) identity(resource headwater.Resource, key string) (id uuid.UUID, namespace string, err error) {
	if key == "" {
		return headwater.NewID(), "", nil
	}
	if err := headwater.CheckKey(key, s.namespace); err != nil {
		return uuid.Nil, "", err
	}
	return headwater.NamespaceOf(s.namespace).ID(resource, key), s.namespace, nil
}

// create stores a new thing and its first change in one statement.
func create[T any, F fields](ctx context.Context, tx pgx.Tx, t table[T, F], by Authorship, meta headwater.Meta, status string, f F) (T, error) {
	var none T
	state, err := state(f)
	if err != nil {
		return none, err
	}
	args := append([]any{meta.ID, meta.Key, meta.Namespace, status, by.Actor, by.Reason, state}, t.values(f)...)
	names := t.names()
	sql := fmt.Sprintf(`WITH stored AS (
		INSERT INTO %s (id, key, namespace, status, %s) VALUES ($1, $2, $3, $4, %s) RETURNING *
	), change AS (
		INSERT INTO changes (actor, operation, resource, resource_id, from_version, to_version, reason, state)
		SELECT $5, 'create', '%s', stored.id, 0, stored.version, $6, %s FROM stored
	) SELECT %s FROM stored`,
		t.name, strings.Join(names, ", "), placeholders(8, t), t.resource, stateOf("$7::jsonb", t), t.selected(""))
	return one[T](ctx, tx, sql, args...)
}

// placeholders lists the parameters of the caller's columns, from $first on.
func placeholders[T any, F fields](first int, t table[T, F]) string {
	var list []string
	for i, name := range t.names() {
		parameter := "$" + strconv.Itoa(first+i)
		if name == "terms" {
			parameter += "::text::tsvector"
		}
		list = append(list, parameter)
	}
	return strings.Join(list, ", ")
}

// stateOf is the state that the history keeps: the caller's words and what the database adds to them. Both the
// import and single writes use it; the row is called stored.
func stateOf[T any, F fields](words string, t table[T, F]) string {
	added := `'id', stored.id, 'version', stored.version, 'created_at', stored.created_at, 'updated_at', stored.updated_at, 'status', stored.status`
	sql := words + ` || jsonb_build_object(` + added + `)` +
		` || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key', stored.key, 'namespace', stored.namespace) END`
	if t.merges {
		sql += ` || CASE WHEN stored.merged_into IS NULL THEN '{}' ELSE jsonb_build_object('merged_into', stored.merged_into) END`
	}
	return sql
}

// update replaces all that a caller says about a thing, and records the change. Where nothing differs, nothing is
// written. check sees the thing before and may refuse.
func update[T any, F fields](ctx context.Context, tx pgx.Tx, t table[T, F], by Authorship, id uuid.UUID, version int, f F, check func(before T) error) (T, error) {
	before, err := lockForWrite(ctx, tx, t, id, version)
	if err != nil {
		return before, err
	}
	if reflect.DeepEqual(t.values(t.fields(before)), t.values(f)) {
		return before, nil
	}
	if err := check(before); err != nil {
		return before, err
	}
	return rewrite(ctx, tx, t, by, before, f)
}

// rewrite stores new words for a thing that is locked.
func rewrite[T any, F fields](ctx context.Context, tx pgx.Tx, t table[T, F], by Authorship, before T, f F) (T, error) {
	sql, args, err := rewriting(t, by, before, f)
	if err != nil {
		return before, err
	}
	return one[T](ctx, tx, sql, args...)
}

// rewriting is the statement that stores new words for a thing, and records the change.
func rewriting[T any, F fields](t table[T, F], by Authorship, before T, f F) (sql string, args []any, err error) {
	state, err := state(f)
	if err != nil {
		return "", nil, err
	}
	sql = fmt.Sprintf(`WITH stored AS (
		UPDATE %s SET (%s) = ROW (%s), version = version + 1, updated_at = now() WHERE id = $1 RETURNING *
	), change AS (
		INSERT INTO changes (actor, operation, resource, resource_id, from_version, to_version, reason, state)
		SELECT $2, 'update', '%s', stored.id, stored.version - 1, stored.version, $3, %s FROM stored
	) SELECT %s FROM stored`,
		t.name, strings.Join(t.names(), ", "), placeholders(5, t), t.resource, stateOf("$4::jsonb", t), t.selected(""))
	return sql, append([]any{t.meta(before).ID, by.Actor, by.Reason, state}, t.values(f)...), nil
}

// setStatus moves a thing to a status, says where it is merged into if it is, and records the change under the name
// of the operation. Where the thing is there already, nothing is written.
func setStatus[T any, F fields](ctx context.Context, tx pgx.Tx, t table[T, F], by Authorship, before T, operation headwater.Operation, status string, into *uuid.UUID) (T, error) {
	state, err := state(t.fields(before))
	if err != nil {
		return before, err
	}
	merged := ""
	args := []any{t.meta(before).ID, by.Actor, by.Reason, state, status, string(operation)}
	if t.merges {
		merged = ", merged_into = $7"
		args = append(args, into)
	}
	sql := fmt.Sprintf(`WITH stored AS (
		UPDATE %s SET status = $5%s, version = version + 1, updated_at = now() WHERE id = $1 RETURNING *
	), change AS (
		INSERT INTO changes (actor, operation, resource, resource_id, from_version, to_version, reason, state)
		SELECT $2, $6, '%s', stored.id, stored.version - 1, stored.version, $3, %s FROM stored
	) SELECT %s FROM stored`, t.name, merged, t.resource, stateOf("$4::jsonb", t), t.selected(""))
	return one[T](ctx, tx, sql, args...)
}

// lockForWrite reads a thing and keeps others from writing it until the transaction ends. A version other than the
// thing's is refused; version 0 is any.
func lockForWrite[T any, F fields](ctx context.Context, tx pgx.Tx, t table[T, F], id uuid.UUID, version int) (T, error) {
	thing, err := one[T](ctx, tx, fmt.Sprintf("SELECT %s FROM %s WHERE id = $1 FOR UPDATE", t.selected(""), t.name), id)
	if errors.Is(err, pgx.ErrNoRows) {
		return thing, notFound(t.resource, id)
	}
	if err != nil {
		return thing, err
	}
	if present := t.meta(thing).Version; version != 0 && version != present {
		return thing, &headwater.Error{
			Code: headwater.CodeVersionMismatch, Version: present,
			Detail: fmt.Sprintf("the %s is at version %d, not %d; read it again and repeat the change on what it is now", t.resource, present, version),
		}
	}
	return thing, nil
}

// queryer is a pool or a transaction.
type queryer interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

func one[T any](ctx context.Context, db queryer, sql string, args ...any) (T, error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		var none T
		return none, err
	}
	return pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[T])
}

func many[T any](ctx context.Context, db queryer, sql string, args ...any) ([]T, error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[T])
}

// get reads one thing by its id.
func get[T any, F fields](ctx context.Context, s *Store, t table[T, F], id uuid.UUID) (T, error) {
	thing, err := one[T](ctx, s.pool, fmt.Sprintf("SELECT %s FROM %s WHERE id = $1", t.selected(""), t.name), id)
	if errors.Is(err, pgx.ErrNoRows) {
		return thing, notFound(t.resource, id)
	}
	return thing, interpret(err)
}

// checkReferences faults each reference to a thing that does not exist, with one query.
func checkReferences(ctx context.Context, tx pgx.Tx, references []headwater.Reference) error {
	if len(references) == 0 {
		return nil
	}
	ids := map[headwater.Resource][]uuid.UUID{}
	for _, r := range references {
		ids[r.Resource] = append(ids[r.Resource], r.ID)
	}
	rows, err := tx.Query(ctx, `
		SELECT id FROM unnest($1::uuid[]) AS named (id) WHERE NOT EXISTS (SELECT FROM sources WHERE sources.id = named.id)
		UNION SELECT id FROM unnest($2::uuid[]) AS named (id) WHERE NOT EXISTS (SELECT FROM documents WHERE documents.id = named.id)
		UNION SELECT id FROM unnest($3::uuid[]) AS named (id) WHERE NOT EXISTS (SELECT FROM claims WHERE claims.id = named.id)`,
		ids[headwater.ResourceSource], ids[headwater.ResourceDocument], ids[headwater.ResourceClaim])
	if err != nil {
		return err
	}
	missing, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil || len(missing) == 0 {
		return err
	}
	return missingReferences(references, missing)
}

func missingReferences(references []headwater.Reference, missing []uuid.UUID) error {
	unknown := make(map[uuid.UUID]bool, len(missing))
	for _, id := range missing {
		unknown[id] = true
	}
	var faults headwater.Faults
	for _, r := range references {
		if unknown[r.ID] {
			faults = append(faults, headwater.NewFault(r.Pointer, headwater.FaultUnknownReference, r.ID, fmt.Sprintf("the id of a %s", r.Resource)))
		}
	}
	return faults
}

// lockStructure lets one writer at a time change what derives from, is merged into or controls what, so that no two
// of them close a loop together.
func lockStructure(ctx context.Context, tx pgx.Tx) error {
	const structureLock = 0x48656164 // any number will do, as long as it stays the same
	_, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", structureLock)
	return err
}

// active is the status of what is new.
const active = string(headwater.EntityActive)

// unrestricted allows a new thing as it is.
func unrestricted[T any](pgx.Tx, T) error { return nil }

// add stores a new thing, after its references are found, and lets check refuse it.
func add[T any, F fields](ctx context.Context, s *Store, t table[T, F], by Authorship, key, status string, f F, check func(pgx.Tx, T) error) (T, error) {
	var made T
	if err := prepare(&f); err != nil {
		return made, err
	}
	id, namespace, err := s.identity(t.resource, key)
	if err != nil {
		return made, err
	}
	err = once(ctx, s, by, &made, func(tx pgx.Tx) (err error) {
		if err = t.lockStructure(ctx, tx); err != nil {
			return err
		}
		if err = checkReferences(ctx, tx, f.References()); err != nil {
			return err
		}
		if made, err = create(ctx, tx, t, by, headwater.Meta{ID: id, Key: key, Namespace: namespace}, status, f); err != nil {
			return err
		}
		return check(tx, made)
	})
	return made, err
}

// lockStructure serialises writes of relations, which may close a loop.
func (t table[T, F]) lockStructure(ctx context.Context, tx pgx.Tx) error {
	if t.resource != headwater.ResourceRelation {
		return nil
	}
	return lockStructure(ctx, tx)
}

// replace stores new words for a thing, after their references are found, and lets check refuse the result.
func replace[T any, F fields](ctx context.Context, s *Store, t table[T, F], by Authorship, id uuid.UUID, version int, f F, check func(tx pgx.Tx, before, after T) error) (T, error) {
	var after T
	if err := prepare(&f); err != nil {
		return after, err
	}
	err := once(ctx, s, by, &after, func(tx pgx.Tx) (err error) {
		if check != nil {
			if err = lockStructure(ctx, tx); err != nil {
				return err
			}
		}
		if err = checkReferences(ctx, tx, f.References()); err != nil {
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

// replaceIf stores new words for a thing, if allowed says of what it was that they may differ so.
func replaceIf[T any, F fields](ctx context.Context, s *Store, t table[T, F], by Authorship, id uuid.UUID, version int, f F, allowed func(before T) error) (T, error) {
	var after T
	if err := prepare(&f); err != nil {
		return after, err
	}
	err := once(ctx, s, by, &after, func(tx pgx.Tx) (err error) {
		if err = checkReferences(ctx, tx, f.References()); err != nil {
			return err
		}
		after, err = update(ctx, tx, t, by, id, version, f, allowed)
		return err
	})
	return after, err
}

// addDecided stores a new thing that is proposed, accepted or rejected. settle may change what f points to before it
// is stored.
func addDecided[T any, F fields](ctx context.Context, s *Store, t table[T, F], by Authorship, key string, status headwater.Decision, f *F, settle func(pgx.Tx) error) (T, error) {
	var made T
	if status == "" {
		status = headwater.Accepted
	}
	if err := prepare(f); err != nil {
		return made, err
	}
	id, namespace, err := s.identity(t.resource, key)
	if err != nil {
		return made, err
	}
	if a, ok := any(*f).(headwater.AttributionFields); ok && key != "" {
		id = headwater.NamespaceOf(s.namespace).AttributionID(a.Claim, key)
	}
	err = once(ctx, s, by, &made, func(tx pgx.Tx) (err error) {
		if err = checkReferences(ctx, tx, (*f).References()); err != nil {
			return err
		}
		if err = settle(tx); err != nil {
			return err
		}
		made, err = create(ctx, tx, t, by, headwater.Meta{ID: id, Key: key, Namespace: namespace}, string(status), *f)
		return err
	})
	return made, err
}
