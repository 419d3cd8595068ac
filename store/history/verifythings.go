package history

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/pg"
)

// things verifies that each thing is as its last change says, member by member, and that none is there or gone without one.
func (v *verification) things(ctx context.Context) error {
	for _, step := range []func() error{
		func() error { return verifyTable(ctx, v, pg.Sources) },
		func() error { return verifyTable(ctx, v, pg.Relations) },
		func() error { return verifyTable(ctx, v, pg.Documents) },
		func() error { return verifyTable(ctx, v, pg.Claims) },
		func() error { return verifyTable(ctx, v, pg.Attributions) },
		func() error { return verifyTable(ctx, v, pg.Links) },
		func() error { return verifyTable(ctx, v, pg.Reviews) },
		func() error { return verifyTable(ctx, v, pg.Matches) },
		func() error { return v.apiKeys(ctx) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// verifyBatch is how many leaves, and how many things, are in memory at once, if they are not large.
const verifyBatch = 4_000

// unreadable names the first thing after an id, whose row was edited into what no thing is.
func (v *verification) unreadable(ctx context.Context, table string, resource headwater.Resource, after uuid.UUID, column string) (
	id uuid.UUID, err error) {
	err = v.tx.QueryRow(ctx, fmt.Sprintf("SELECT id FROM %s WHERE id > $1 ORDER BY id LIMIT 1", table), after).Scan(&id)
	if err == nil {
		v.find("%s %s: it cannot be read: %s", resource, id, column)
	}
	return id, err
}

// jsonColumns names the columns of a table that hold JSON.
func (v *verification) jsonColumns(ctx context.Context, table string) ([]string, error) {
	rows, err := v.tx.Query(ctx, "SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND atttypid = 'jsonb'::regtype "+
		"AND NOT attisdropped", table)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

func verifyTable[T any, F pg.Fields](ctx context.Context, v *verification, t pg.Table[T, F]) error {
	inJSON, err := v.jsonColumns(ctx, t.Name)
	if err != nil {
		return err
	}
	var asStored, storedDiffers string // a member that nobody knows is lost when it is read
	for _, c := range t.Columns {
		if slices.Contains(inJSON, c.Name) {
			asStored += fmt.Sprintf(`
			|| CASE WHEN t.%[1]s IS NULL THEN '{}' ELSE jsonb_build_object('%[2]s', t.%[1]s) END`, c.Name, c.As)
			storedDiffers += fmt.Sprintf(" OR t.%s IS DISTINCT FROM last.state -> '%s'", c.Name, c.As)
		}
	}
	// PostgreSQL compares, which is cheap; what it finds to differ may still say the same, and is looked at again.
	sql := fmt.Sprintf(`SELECT i.id, present.state%[3]s, last.state
		FROM unnest($1::uuid[], $2::jsonb[]) WITH ORDINALITY AS i (id, state, n) JOIN %[1]s AS t ON t.id = i.id,
		LATERAL (SELECT i.state || jsonb_build_object('created_at', t.created_at, 'updated_at', t.updated_at) AS state) AS present
		LEFT JOIN LATERAL (SELECT state FROM changes WHERE resource_id = i.id AND resource = '%[2]s' ORDER BY to_version DESC LIMIT 1)
			AS last ON true
		WHERE last.state IS DISTINCT FROM present.state%[4]s ORDER BY i.n`, t.Name, t.Resource, asStored, storedDiffers)
	next := fmt.Sprintf("SELECT %s FROM %s AS t WHERE t.id > $1 ORDER BY t.id LIMIT $2", t.Selected("t"), t.Name)
	for after := uuid.Nil; ; {
		var things pg.Page[T]
		_, err := things.ReadIn(ctx, v.tx, verifyBatch, next, after, verifyBatch+1)
		cell, unreadable := errors.AsType[pgx.ScanArgError](err)
		switch {
		case unreadable && len(things.Items) == 0:
			if after, err = v.unreadable(ctx, t.Name, t.Resource, after, cell.FieldName); err != nil {
				return err
			}
			continue
		case err != nil && !unreadable: // what came before one that cannot be read comes first
			return err
		}
		if len(things.Items) == 0 {
			break
		}
		var ids []uuid.UUID
		var states []json.RawMessage
		for _, thing := range things.Items {
			after = t.Meta(thing).ID
			state, err := pg.State(t, thing, nil, nil)
			if err != nil { // a number or a time that JSON has not
				v.find("%s %s: it cannot be read: %v", t.Resource, after, err)
				continue
			}
			ids, states = append(ids, after), append(states, state)
		}
		rows, err := v.tx.Query(ctx, sql, ids, states)
		if err != nil {
			return err
		}
		var id uuid.UUID
		var present, last json.RawMessage
		if _, err = pgx.ForEachRow(rows, []any{&id, &present, &last}, func() error {
			v.thing(t.Resource, id, present, last)
			return nil
		}); err != nil {
			return err
		}
		v.Things += int64(len(things.Items))
	}
	return v.gone(ctx, t.Name, t.Resource)
}

// gone names what a table lacks, though its history does not end with its deletion.
func (v *verification) gone(ctx context.Context, table string, resource headwater.Resource) error {
	return v.all(ctx, fmt.Sprintf(`SELECT resource_id FROM changes AS c WHERE resource = '%[2]s' AND to_version = 1
		AND NOT EXISTS (SELECT FROM %[1]s WHERE id = c.resource_id)
		AND (SELECT operation FROM changes WHERE resource_id = c.resource_id AND resource = '%[2]s' ORDER BY to_version DESC LIMIT 1)
			<> '%[3]s'`, table, resource, headwater.OpDelete),
		string(resource)+" %s: it is gone, and has a history")
}

// apiKeys verifies that what each API key may do is as its last change says. Keys are few, and none is ever deleted.
func (v *verification) apiKeys(ctx context.Context) error {
	rows, err := v.tx.Query(ctx, fmt.Sprintf(`SELECT t.id, present.state, last.state FROM api_keys AS t,
		LATERAL (SELECT %s AS state) AS present LEFT JOIN LATERAL (
			SELECT state FROM changes WHERE resource_id = t.id AND resource = '%s' ORDER BY to_version DESC LIMIT 1) AS last ON true
		WHERE last.state IS DISTINCT FROM present.state ORDER BY t.id`, pg.KeyStateSQL("t"), headwater.ResourceKey))
	if err != nil {
		return err
	}
	var id uuid.UUID
	var present, last json.RawMessage
	if _, err = pgx.ForEachRow(rows, []any{&id, &present, &last}, func() error {
		v.thing(headwater.ResourceKey, id, present, last)
		return nil
	}); err != nil {
		return err
	}
	var count int64
	err = v.tx.QueryRow(ctx, "SELECT count(*) FROM api_keys").Scan(&count)
	if v.Things += count; err != nil {
		return err
	}
	return v.gone(ctx, "api_keys", headwater.ResourceKey)
}

// thing names in which members a thing differs from its last change.
func (v *verification) thing(resource headwater.Resource, id uuid.UUID, present, last []byte) {
	if last == nil {
		v.find("%s %s: it is there, and has no history", resource, id)
		return
	}
	differs, err := Differs(present, last)
	switch {
	case err != nil: // the state is the one that comes from outside
		v.find("%s %s: its last change has no state of it", resource, id)
	case len(differs) > 0:
		v.find("%s %s: it is not what its last change says: %s", resource, id, strings.Join(differs, ", "))
	}
}

// Differs names the members in which a thing as it is now differs from a state that the history keeps. States of documents from
// before their texts were kept do not say what their text was.
func Differs(present, state []byte) (names []string, err error) {
	left, err := members(present)
	if err != nil {
		return nil, err
	}
	right, err := members(state)
	if err != nil {
		return nil, err
	}
	if right["stored_sha256"] == nil && right["text_sha256"] != nil {
		delete(left, "stored_sha256")
	}
	all := maps.Clone(left)
	maps.Copy(all, right)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if !same(left[name], right[name]) {
			names = append(names, name)
		}
	}
	return names, nil
}

// members are those of an object, whose numbers keep their digits.
func members(object []byte) (list map[string]any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(object))
	decoder.UseNumber()
	err = decoder.Decode(&list)
	return list, err
}

// same compares values of JSON: numbers by what they are worth.
func same(a, b any) bool {
	switch a := a.(type) {
	case json.Number:
		b, ok := b.(json.Number)
		left, leftOK := new(big.Rat).SetString(a.String())
		right, rightOK := new(big.Rat).SetString(b.String())
		return ok && leftOK && rightOK && left.Cmp(right) == 0
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, same)
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && maps.EqualFunc(a, b, same)
	}
	return a == b
}
