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

// Prepare normalizes and validates what a caller says.
func Prepare[F Fields](f *F) error {
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

// Create stores a new thing and its first change in one statement.
func Create[T any, F Fields](ctx context.Context, tx pgx.Tx, t Table[T, F], by Authorship, meta headwater.Meta, status string, f F) (T, error) {
	var none T
	state, err := StateJSON(f)
	if err != nil {
		return none, err
	}
	args := append([]any{meta.ID, meta.Key, meta.Namespace, status, by.Actor, by.Reason, state}, t.Values(f)...)
	names := t.Written()
	sql := fmt.Sprintf(`WITH stored AS (
		INSERT INTO %s (id, key, namespace, status, %s) VALUES ($1, $2, $3, $4, %s) RETURNING *
	), change AS (
		INSERT INTO changes (actor, operation, resource, resource_id, from_version, to_version, reason, state)
		SELECT $5, 'create', '%s', stored.id, 0, stored.version, $6, %s FROM stored
	) SELECT %s FROM stored`,
		t.Name, strings.Join(names, ", "), placeholders(8, t), t.Resource, stateOf("$7::jsonb", t), t.Selected(""))
	return One[T](ctx, tx, sql, args...)
}

// placeholders lists the parameters of the caller's columns, from $first on.
func placeholders[T any, F Fields](first int, t Table[T, F]) string {
	var list []string
	for i, name := range t.Written() {
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
func stateOf[T any, F Fields](words string, t Table[T, F]) string {
	added := `'id', stored.id, 'version', stored.version, 'created_at', stored.created_at, 'updated_at', stored.updated_at, 'status', stored.status`
	sql := words + ` || jsonb_build_object(` + added + `)` +
		` || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key', stored.key, 'namespace', stored.namespace) END`
	if t.Merges {
		sql += ` || CASE WHEN stored.merged_into IS NULL THEN '{}' ELSE jsonb_build_object('merged_into', stored.merged_into) END`
	}
	return sql
}

// update replaces all that a caller says about a thing, and records the change. Where nothing differs, nothing is
// written. check sees the thing before and may refuse.
func update[T any, F Fields](ctx context.Context, tx pgx.Tx, t Table[T, F], by Authorship, id uuid.UUID, version int, f F, check func(before T) error) (T, error) {
	before, err := LockForWrite(ctx, tx, t, id, version)
	if err != nil {
		return before, err
	}
	if reflect.DeepEqual(t.Values(t.Fields(before)), t.Values(f)) {
		return before, nil
	}
	if err := check(before); err != nil {
		return before, err
	}
	return Rewrite(ctx, tx, t, by, before, f)
}

// Rewrite stores new words for a thing that is locked.
func Rewrite[T any, F Fields](ctx context.Context, tx pgx.Tx, t Table[T, F], by Authorship, before T, f F) (T, error) {
	sql, args, err := RewriteSQL(t, by, before, f)
	if err != nil {
		return before, err
	}
	return One[T](ctx, tx, sql, args...)
}

// RewriteSQL is the statement that stores new words for a thing, and records the change.
func RewriteSQL[T any, F Fields](t Table[T, F], by Authorship, before T, f F) (sql string, args []any, err error) {
	state, err := StateJSON(f)
	if err != nil {
		return "", nil, err
	}
	sql = fmt.Sprintf(`WITH stored AS (
		UPDATE %s SET (%s) = ROW (%s), version = version + 1, updated_at = now() WHERE id = $1 RETURNING *
	), change AS (
		INSERT INTO changes (actor, operation, resource, resource_id, from_version, to_version, reason, state)
		SELECT $2, 'update', '%s', stored.id, stored.version - 1, stored.version, $3, %s FROM stored
	) SELECT %s FROM stored`,
		t.Name, strings.Join(t.Written(), ", "), placeholders(5, t), t.Resource, stateOf("$4::jsonb", t), t.Selected(""))
	return sql, append([]any{t.Meta(before).ID, by.Actor, by.Reason, state}, t.Values(f)...), nil
}

// SetStatus moves a thing to a status, says where it is merged into if it is, and records the change under the name
// of the operation. Where the thing is there already, nothing is written.
func SetStatus[T any, F Fields](ctx context.Context, tx pgx.Tx, t Table[T, F], by Authorship, before T, operation headwater.Operation, status string, into *uuid.UUID) (T, error) {
	state, err := StateJSON(t.Fields(before))
	if err != nil {
		return before, err
	}
	merged := ""
	args := []any{t.Meta(before).ID, by.Actor, by.Reason, state, status, string(operation)}
	if t.Merges {
		merged = ", merged_into = $7"
		args = append(args, into)
	}
	sql := fmt.Sprintf(`WITH stored AS (
		UPDATE %s SET status = $5%s, version = version + 1, updated_at = now() WHERE id = $1 RETURNING *
	), change AS (
		INSERT INTO changes (actor, operation, resource, resource_id, from_version, to_version, reason, state)
		SELECT $2, $6, '%s', stored.id, stored.version - 1, stored.version, $3, %s FROM stored
	) SELECT %s FROM stored`, t.Name, merged, t.Resource, stateOf("$4::jsonb", t), t.Selected(""))
	return One[T](ctx, tx, sql, args...)
}

// LockForWrite reads a thing and keeps others from writing it until the transaction ends. A version other than the
// thing's is refused; version 0 is any.
func LockForWrite[T any, F Fields](ctx context.Context, tx pgx.Tx, t Table[T, F], id uuid.UUID, version int) (T, error) {
	thing, err := One[T](ctx, tx, fmt.Sprintf("SELECT %s FROM %s WHERE id = $1 FOR UPDATE", t.Selected(""), t.Name), id)
	if errors.Is(err, pgx.ErrNoRows) {
		return thing, NotFound(t.Resource, id)
	}
	if err != nil {
		return thing, err
	}
	if present := t.Meta(thing).Version; version != 0 && version != present {
		return thing, &headwater.Error{
			Code: headwater.CodeVersionMismatch, Version: present,
			Detail: fmt.Sprintf("the %s is at version %d, not %d; read it again and repeat the change on what it is now", t.Resource, present, version),
		}
	}
	return thing, nil
}

// Queryer is a pool or a transaction.
type Queryer interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

func One[T any](ctx context.Context, db Queryer, sql string, args ...any) (T, error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		var none T
		return none, err
	}
	return pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[T])
}

func Many[T any](ctx context.Context, db Queryer, sql string, args ...any) ([]T, error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[T])
}

// Get reads one thing by its id.
func Get[T any, F Fields](ctx context.Context, s *Store, t Table[T, F], id uuid.UUID) (T, error) {
	thing, err := One[T](ctx, s.pool, fmt.Sprintf("SELECT %s FROM %s WHERE id = $1", t.Selected(""), t.Name), id)
	if errors.Is(err, pgx.ErrNoRows) {
		return thing, NotFound(t.Resource, id)
	}
	return thing, Interpret(err)
}

// CheckReferences faults each reference to a thing that does not exist, with one query.
func CheckReferences(ctx context.Context, tx pgx.Tx, references []headwater.Reference) error {
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

// LockStructure lets one writer at a time change what derives from, is merged into or controls what, so that no two
// of them close a loop together.
func LockStructure(ctx context.Context, tx pgx.Tx) error {
	const structureLock = 0x48656164 // any number will do, as long as it stays the same
	_, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", structureLock)
	return err
}

// active is the status of what is new.
const active = string(headwater.EntityActive)

// unrestricted allows a new thing as it is.
func unrestricted[T any](pgx.Tx, T) error { return nil }

// add stores a new thing, after its references are found, and lets check refuse it.
func add[T any, F Fields](ctx context.Context, s *Store, t Table[T, F], by Authorship, key, status string, f F, check func(pgx.Tx, T) error) (T, error) {
	var made T
	if err := Prepare(&f); err != nil {
		return made, err
	}
	id, namespace, err := s.identity(t.Resource, key)
	if err != nil {
		return made, err
	}
	err = Write(ctx, s, by, &made, func(tx pgx.Tx) (err error) {
		if err = t.lockStructure(ctx, tx); err != nil {
			return err
		}
		if err = CheckReferences(ctx, tx, f.References()); err != nil {
			return err
		}
		if made, err = Create(ctx, tx, t, by, headwater.Meta{ID: id, Key: key, Namespace: namespace}, status, f); err != nil {
			return err
		}
		return check(tx, made)
	})
	return made, err
}

// lockStructure serialises writes of relations, which may close a loop.
func (t Table[T, F]) lockStructure(ctx context.Context, tx pgx.Tx) error {
	if t.Resource != headwater.ResourceRelation {
		return nil
	}
	return LockStructure(ctx, tx)
}

// replace stores new words for a thing, after their references are found, and lets check refuse the result.
func replace[T any, F Fields](ctx context.Context, s *Store, t Table[T, F], by Authorship, id uuid.UUID, version int, f F, check func(tx pgx.Tx, before, after T) error) (T, error) {
	var after T
	if err := Prepare(&f); err != nil {
		return after, err
	}
	err := Write(ctx, s, by, &after, func(tx pgx.Tx) (err error) {
		if check != nil {
			if err = LockStructure(ctx, tx); err != nil {
				return err
			}
		}
		if err = CheckReferences(ctx, tx, f.References()); err != nil {
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
func replaceIf[T any, F Fields](ctx context.Context, s *Store, t Table[T, F], by Authorship, id uuid.UUID, version int, f F, allowed func(before T) error) (T, error) {
	var after T
	if err := Prepare(&f); err != nil {
		return after, err
	}
	err := Write(ctx, s, by, &after, func(tx pgx.Tx) (err error) {
		if err = CheckReferences(ctx, tx, f.References()); err != nil {
			return err
		}
		after, err = update(ctx, tx, t, by, id, version, f, allowed)
		return err
	})
	return after, err
}

// addDecided stores a new thing that is proposed, accepted or rejected. settle may change what f points to before it
// is stored.
func addDecided[T any, F Fields](ctx context.Context, s *Store, t Table[T, F], by Authorship, key string, status headwater.Decision, f *F, settle func(pgx.Tx) error) (T, error) {
	var made T
	if status == "" {
		status = headwater.Accepted
	}
	if err := Prepare(f); err != nil {
		return made, err
	}
	id, namespace, err := s.identity(t.Resource, key)
	if err != nil {
		return made, err
	}
	if a, ok := any(*f).(headwater.AttributionFields); ok && key != "" {
		id = headwater.NamespaceOf(s.namespace).AttributionID(a.Claim, key)
	}
	err = Write(ctx, s, by, &made, func(tx pgx.Tx) (err error) {
		if err = CheckReferences(ctx, tx, (*f).References()); err != nil {
			return err
		}
		if err = settle(tx); err != nil {
			return err
		}
		made, err = Create(ctx, tx, t, by, headwater.Meta{ID: id, Key: key, Namespace: namespace}, string(status), *f)
		return err
	})
	return made, err
}
