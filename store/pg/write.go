package pg

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/headwater-project/headwater"
)

// Authorship says who makes a change, and why.
type Authorship struct {
	Actor       string       // cli:<user>, key:<name>, or anonymous for a request without a key
	ActorID     uuid.UUID    // of the key, since names of keys are not unique for all times; uuid.Nil where the actor has none
	Group       uuid.UUID    // the request, import or command that makes the change, with all others that it makes
	Reason      string       // as the actor gave it; may be empty
	Idempotency *Idempotency // if not nil, the change is made once, however often the request is sent
	Recorded    *bool        // if not nil, set to true where there is then something of the group to undo
}

// KnownGroupSQL says whether there is anything of the group $1 to undo: a change or, though it changed nothing, an edition of a feed or
// an undo. Most changes may be of one import, so that PostgreSQL takes any group for large: the order keeps it to the index.
var KnownGroupSQL = fmt.Sprintf(`((SELECT true FROM changes WHERE group_id = $1 AND group_id <> '%s' ORDER BY resource, resource_id LIMIT 1)
		IS NOT NULL OR EXISTS (SELECT FROM feed_editions WHERE group_id = $1) OR EXISTS (SELECT FROM undos WHERE group_id = $1))`, uuid.Nil)

// noteRecorded looks whether there is anything of the group to undo, for who wants to know.
func (by Authorship) noteRecorded(ctx context.Context, tx pgx.Tx) error {
	if by.Recorded == nil || *by.Recorded {
		return nil
	}
	return tx.QueryRow(ctx, "SELECT "+KnownGroupSQL, by.Group).Scan(by.Recorded)
}

// Args are the parameters of an [Entry].
func (by Authorship) Args() []any {
	return []any{by.Actor, uuid.NullUUID{UUID: by.ActorID, Valid: by.ActorID != uuid.Nil}, by.Group, by.Reason}
}

// Write runs do in one transaction, which is committed if do gives no error. With an idempotency key, the response that is
// rendered from what do leaves in changed is stored in the same transaction, and nobody else makes the same change meanwhile.
func Write[T any](ctx context.Context, db *DB, by Authorship, changed *T, do func(tx pgx.Tx) error) error {
	return db.inTx(ctx, func(tx pgx.Tx) error {
		if by.Idempotency != nil {
			if err := db.lockKey(ctx, tx, *by.Idempotency); err != nil {
				return err
			}
		}
		if err := do(tx); err != nil {
			return err
		}
		if err := db.DropTemporary(ctx, tx); err != nil {
			return err
		}
		if err := by.noteRecorded(ctx, tx); err != nil || by.Idempotency == nil {
			return err
		}
		response, err := by.Idempotency.Render(*changed)
		if err != nil {
			return err
		}
		return db.saveResponse(ctx, tx, *by.Idempotency, response)
	})
}

// inTx runs do in one transaction, which is committed if do gives no error. Where the commit gets no answer, nobody knows whether
// it was made, even if it was the client that left.
func (db *DB) inTx(ctx context.Context, do func(tx pgx.Tx) error) error {
	committing := false
	err := pgx.BeginFunc(ctx, db.Pool, func(tx pgx.Tx) error {
		err := do(tx)
		committing = err == nil
		return err
	})
	switch _, refused := errors.AsType[*pgconn.PgError](err); {
	case isOvertaken(err):
		return Contended()
	case err != nil && committing && !refused && !errors.Is(err, pgx.ErrTxCommitRollback):
		return &unavailable{cause: err}
	}
	return Interpret(err)
}

// normalizer is implemented by fields that have defaults.
type normalizer interface{ Normalize() }

// Prepare normalizes and validates what a caller says.
func Prepare[F Fields](f *F) error {
	if n, ok := any(f).(normalizer); ok {
		n.Normalize()
	}
	return (*f).Validate()
}

// Create stores a new thing and its first change in one statement.
func Create[T any, F Fields](ctx context.Context, tx pgx.Tx, t Table[T, F], by Authorship, meta headwater.Meta, status string,
	f F) (T, error) {
	var none T
	fields, err := fieldsJSON(f)
	if err != nil {
		return none, err
	}
	args := slices.Concat([]any{meta.ID, meta.Key, meta.Namespace, status}, by.Args(), []any{fields}, t.Values(f))
	sql := fmt.Sprintf(`WITH next AS MATERIALIZED (
		SELECT %s AS version
	), stored AS (
		INSERT INTO %s (id, key, namespace, status, version, %s) SELECT $1, $2, $3, $4, next.version, %s FROM next RETURNING *
	), %s%s SELECT %s FROM stored`,
		t.NextVersionSQL("$1"), t.Name, strings.Join(t.Written(), ", "), placeholders(10, t), t.foundWith(),
		StoredEntry(t, "'create'", "$9::jsonb", 5).With(),
		t.Selected(""))
	return One[T](ctx, tx, sql, args...)
}

// placeholders lists the parameters of the columns that a caller writes, from $first on.
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

// Update stores what is said about a thing that is locked, and records the change.
func Update[T any, F Fields](ctx context.Context, tx pgx.Tx, t Table[T, F], by Authorship, before T, f F) (T, error) {
	sql, args, err := UpdateSQL(t, by, before, f)
	if err != nil {
		return before, err
	}
	return One[T](ctx, tx, sql, args...)
}

// UpdateSQL is the statement of Update, for those who send many together.
func UpdateSQL[T any, F Fields](t Table[T, F], by Authorship, before T, f F) (sql string, args []any, err error) {
	fields, err := fieldsJSON(f)
	if err != nil {
		return "", nil, err
	}
	sql = fmt.Sprintf(`WITH stored AS (
		UPDATE %s SET (%s) = ROW (%s), version = version + 1, updated_at = now() WHERE id = $1 RETURNING *
	), %s SELECT %s FROM stored`,
		t.Name, strings.Join(t.Written(), ", "), placeholders(7, t), StoredEntry(t, "'update'", "$6::jsonb", 2).With(),
		t.Selected(""))
	return sql, slices.Concat([]any{t.Meta(before).ID}, by.Args(), []any{fields}, t.Values(f)), nil
}

// SetStatus moves a thing that is locked to a status, says what it is merged into if it is, and records the change under the
// name of the operation.
func SetStatus[T any, F Fields](ctx context.Context, tx pgx.Tx, t Table[T, F], by Authorship, before T, operation headwater.Operation,
	status string, into *uuid.UUID) (T, error) {
	fields, err := fieldsJSON(t.Fields(before))
	if err != nil {
		return before, err
	}
	merged := ""
	args := slices.Concat([]any{t.Meta(before).ID}, by.Args(), []any{fields, status, string(operation)})
	if t.Merges {
		merged = ", merged_into = $9"
		args = append(args, into)
	}
	sql := fmt.Sprintf(`WITH stored AS (
		UPDATE %s SET status = $7%s, version = version + 1, updated_at = now() WHERE id = $1 RETURNING *
	), %s SELECT %s FROM stored`, t.Name, merged, StoredEntry(t, "$8", "$6::jsonb", 2).With(), t.Selected(""))
	return One[T](ctx, tx, sql, args...)
}

// LockForWrite reads a thing and keeps others from writing it until the transaction ends. A version other than the
// thing's is refused; version 0 is any.
func LockForWrite[T any, F Fields](ctx context.Context, tx pgx.Tx, t Table[T, F], id uuid.UUID, version int) (T, error) {
	thing, err := One[T](ctx, tx, fmt.Sprintf("SELECT %s FROM %s WHERE id = $1 FOR NO KEY UPDATE", t.Selected(""), t.Name), id)
	if errors.Is(err, pgx.ErrNoRows) {
		return thing, headwater.NotFound(t.Resource, id)
	}
	if err != nil {
		return thing, err
	}
	if present := t.Meta(thing).Version; version != 0 && version != present {
		return thing, &headwater.Error{
			Code: headwater.CodeVersionMismatch, Version: present,
			Detail: fmt.Sprintf("the %s is at version %d, not %d; read it again and repeat the change on what it is now", t.Resource,
				present, version),
		}
	}
	return thing, nil
}

// CheckReferences faults each reference to a thing that does not exist, with one query. Those that are missing are for others to find.
func CheckReferences(ctx context.Context, db Queryer, references []headwater.Reference) error {
	return checkReferences(ctx, db, "", references)
}

// HoldReferences is CheckReferences that keeps the sources from being deleted until the transaction ends, since no foreign key does so
// for those within a chain.
func HoldReferences(ctx context.Context, tx pgx.Tx, references []headwater.Reference) error {
	return checkReferences(ctx, tx, "FOR KEY SHARE", references)
}

func checkReferences(ctx context.Context, db Queryer, lock string, references []headwater.Reference) error {
	ids := map[headwater.Resource][]uuid.UUID{}
	for _, r := range references {
		if r.ID != uuid.Nil {
			ids[r.Resource] = append(ids[r.Resource], r.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	rows, err := db.Query(ctx, `
		WITH there AS MATERIALIZED (SELECT id FROM sources WHERE id = ANY ($1) ORDER BY id `+lock+`)
		SELECT id FROM unnest($1::uuid[]) AS id WHERE id <> ALL (ARRAY (SELECT id FROM there))
		UNION SELECT id FROM unnest($2::uuid[]) AS id WHERE id <> ALL (ARRAY (SELECT id FROM documents WHERE id = ANY ($2)))
		UNION SELECT id FROM unnest($3::uuid[]) AS id WHERE id <> ALL (ARRAY (SELECT id FROM claims WHERE id = ANY ($3)))`,
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
			faults = append(faults, headwater.NewFault(r.Pointer, headwater.FaultUnknownReference, r.ID,
				fmt.Sprintf("the id of a %s", r.Resource)))
		}
	}
	return faults
}

// Numbers of advisory locks; any will do, as long as they stay the same. Each is taken for a schema: locks are the database's, and one
// desk must not wait for another.
const (
	structureLock = 0x48656164
	importLock    = 0x48656165
)

const lockSchema = "SELECT pg_advisory_xact_lock($1, hashtext(current_schema()))"

// LockName lets one transaction at a time go on that gives this name, in this schema.
const LockName = "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '/' || $1, 0))"

// LockStructure lets one writer at a time check what derives from, is merged into or controls what, so that no two of them close a
// loop together. It is taken once all is written, and nothing is written afterwards: who waits for it holds rows, which nobody who
// has it wants, and an import keeps others waiting for its check alone.
func LockStructure(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, lockSchema, structureLock)
	return err
}

// LockImports lets one import at a time write: two would each add what the other adds. Who deletes sources takes it too: an import
// looks up those within chains long before it writes these.
func LockImports(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, lockSchema, importLock)
	return err
}

// Get reads one thing by its id.
func Get[T any, F Fields](ctx context.Context, db *DB, t Table[T, F], id uuid.UUID) (T, error) {
	thing, err := One[T](ctx, db.Pool, fmt.Sprintf("SELECT %s FROM %s WHERE id = $1", t.Selected(""), t.Name), id)
	return thing, notFound(err, t, id)
}

// GetAt reads one thing by its id, as it was when the change at a place of the order was the last one.
func GetAt[T any, F Fields](ctx context.Context, db *DB, t Table[T, F], id uuid.UUID, seq int64) (thing T, err error) {
	was, err := t.At("$2", "SELECT $1::uuid")
	if err == nil {
		thing, err = One[T](ctx, db.Pool, fmt.Sprintf("SELECT %s FROM %s AS t", was.Selected("t"), was.Name), id, seq)
	}
	return thing, notFound(err, t, id)
}

// notFound says of a query for one thing that there is none.
func notFound[T any, F Fields](err error, t Table[T, F], id uuid.UUID) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return headwater.NotFound(t.Resource, id)
	}
	return Interpret(err)
}
