package pg

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
)

// Entry renders the one statement that writes to the history: a change for each row that it selects, which the sequencer is to give
// its place in the order of all. Its fields are SQL.
type Entry struct {
	Resource  headwater.Resource
	Rows      string // what follows FROM
	ID        string
	Operation string
	Version   string // of the thing after the change; the one before is one less
	State     string // the thing after the change, as jsonb
	By        int    // the number of the first of the parameters that [Authorship.Args] gives
}

// SQL is the statement.
func (e Entry) SQL() string {
	change, unsequenced := e.parts()
	return "WITH " + numberSQL + ", change AS (" + change + ")\n\t\t" + unsequenced
}

// With is the same as parts of a WITH query.
func (e Entry) With() string {
	change, unsequenced := e.parts()
	return numberSQL + ", change AS (\n\t\t" + change + "\n\t), unsequenced_change AS (\n\t\t" + unsequenced + "\n\t)"
}

func (e Entry) parts() (change, unsequenced string) {
	change = fmt.Sprintf(`INSERT INTO changes (xid, actor, actor_id, group_id, operation, resource, resource_id, from_version, to_version,
			reason, state)
		SELECT (SELECT xid FROM number), $%d::text, $%d::uuid, $%d::uuid, %s, '%s', %s, %[7]s - 1, %[7]s, $%[8]d::text, %s
		FROM %s RETURNING xid, id`,
		e.By, e.By+1, e.By+2, e.Operation, e.Resource, e.ID, e.Version, e.By+3, e.State, e.Rows)
	return change, fmt.Sprintf("INSERT INTO unsequenced (xid, place, change) SELECT xid, %d, id FROM change", placeOf(e.Resource))
}

// placeOf is the place of a resource in the order of references, from 1 on: a thing is sequenced after what it refers to.
func placeOf(resource headwater.Resource) int {
	return 1 + slices.Index(resource.Values(), string(resource))
}

// numberSQL is the part of a WITH query that asks for the number of the transaction once, where the column's default would for each row.
// It names no table, so that on Citus the server answers that was asked; the one that has the tables counts its own transactions.
const numberSQL = "number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid)"

// CurrentChangeNumber asks for the number that the history gives to a transaction, to read what it wrote.
func CurrentChangeNumber(ctx context.Context, tx pgx.Tx) (number int64, err error) {
	err = tx.QueryRow(ctx, "SELECT change_number(pg_current_xact_id())::text::bigint").Scan(&number)
	return number, err
}

// StoredEntry is the entry for the rows of a table that a WITH query called stored returns. fields is what the caller says about
// the thing, as jsonb, to which the state adds what the database knows; createdState is its twin in Go.
func StoredEntry[T any, F Fields](t Table[T, F], operation, fields string, by int) Entry {
	state := fields + ` || jsonb_build_object('id', stored.id, 'version', stored.version, 'created_at', stored.created_at,
		'updated_at', stored.updated_at, 'status', stored.status)` +
		` || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key', stored.key, 'namespace', stored.namespace) END`
	if t.Merges {
		state += ` || CASE WHEN stored.merged_into IS NULL THEN '{}' ELSE jsonb_build_object('merged_into', stored.merged_into) END`
	}
	return Entry{Resource: t.Resource, Rows: "stored", ID: "stored.id", Operation: operation, Version: "stored.version", State: state,
		By: by}
}

// KeyEntry is the entry for the API keys that a WITH query called stored returns.
func KeyEntry(operation headwater.Operation, by int) Entry {
	return Entry{Resource: headwater.ResourceKey, Rows: "stored", ID: "stored.id", Operation: "'" + string(operation) + "'",
		Version: "stored.version", State: KeyStateSQL("stored"), By: by}
}

// KeyStateSQL is the state that the history keeps of an API key: no part of its token, nor when it was last used.
func KeyStateSQL(alias string) string {
	return strings.ReplaceAll("jsonb_strip_nulls(jsonb_build_object('id', $.id, 'version', $.version, 'name', $.name, 'scopes', $.scopes, "+
		"'created_at', $.created_at, 'created_by', $.created_by, 'expires_at', $.expires_at, 'revoked_at', $.revoked_at))", "$", alias)
}

// createdState is what the history adds to the fields of a thing.
type createdState struct {
	ID         uuid.UUID       `json:"id"`
	Version    int             `json:"version"`
	CreatedAt  json.RawMessage `json:"created_at"`
	UpdatedAt  json.RawMessage `json:"updated_at"`
	Status     string          `json:"status"`
	Key        string          `json:"key,omitempty"`
	Namespace  string          `json:"namespace,omitempty"`
	MergedInto *uuid.UUID      `json:"merged_into,omitempty"`
}

// CreatedState is the state that the history keeps of a new thing. now is the time of the transaction, as PostgreSQL writes it
// in JSON.
func CreatedState[T any, F Fields](t Table[T, F], thing T, now json.RawMessage) ([]byte, error) {
	return stateOf(t, thing, 1, now, now)
}

// State is the state that the history keeps of a thing as it is now.
func State[T any, F Fields](t Table[T, F], thing T, createdAt, updatedAt json.RawMessage) ([]byte, error) {
	return stateOf(t, thing, t.Meta(thing).Version, createdAt, updatedAt)
}

func stateOf[T any, F Fields](t Table[T, F], thing T, version int, createdAt, updatedAt json.RawMessage) ([]byte, error) {
	meta := t.Meta(thing)
	status, into := t.Status(thing)
	fields, err := fieldsJSON(t.Fields(thing))
	if err != nil {
		return nil, err
	}
	added, err := json.Marshal(createdState{meta.ID, version, createdAt, updatedAt, status, meta.Key, meta.Namespace, into})
	if err != nil {
		return nil, err
	}
	return append(append(fields[:len(fields)-1], ','), added[1:]...), nil
}

// documentState is what the history keeps of a document's fields: the hash of the text instead of the text, which can be large.
type documentState struct {
	headwater.DocumentFields
	StoredSHA256 string `json:"stored_sha256,omitempty"`
}

// fieldsJSON is what a caller says about a thing, as the history keeps it.
func fieldsJSON(f any) ([]byte, error) {
	document, ok := f.(headwater.DocumentFields)
	if !ok {
		return json.Marshal(f)
	}
	state := documentState{DocumentFields: document}
	if state.Text = ""; document.Text != "" {
		state.StoredSHA256 = headwater.TextSHA256(document.Text)
	}
	return json.Marshal(state)
}

// statusChanges name a change by what it did to the status: the first that fits, of which an empty status is any.
var statusChanges = []struct {
	before, after string
	operation     headwater.Operation
}{
	{"", string(headwater.EntityMerged), headwater.OpMerge},
	{"", string(headwater.EntityRetracted), headwater.OpRetract},
	{"", string(headwater.Accepted), headwater.OpAccept},
	{"", string(headwater.Rejected), headwater.OpReject},
	{"", string(headwater.Proposed), headwater.OpReopen},
	{string(headwater.EntityMerged), "", headwater.OpUnmerge},
	{string(headwater.EntityRetracted), "", headwater.OpRestore},
}

// OperationOf names a change by what it did to the status.
func OperationOf(before, after string) headwater.Operation {
	for _, c := range statusChanges {
		if before != after && (c.before == "" || c.before == before) && (c.after == "" || c.after == after) {
			return c.operation
		}
	}
	return headwater.OpUpdate
}

// OperationSQL is OperationOf in SQL, of two columns.
func OperationSQL(before, after string) string {
	cases := fmt.Sprintf("CASE WHEN %s = %s THEN '%s'", after, before, headwater.OpUpdate)
	for _, c := range statusChanges {
		column, value := after, c.after
		if value == "" {
			column, value = before, c.before
		}
		cases += fmt.Sprintf(" WHEN %s = '%s' THEN '%s'", column, value, c.operation)
	}
	return cases + fmt.Sprintf(" ELSE '%s' END", headwater.OpUpdate)
}

// NextVersionSQL is the version of a new thing with an id: 1, unless a thing of its kind had the id before and was deleted, whose
// versions go on.
func (t Table[T, F]) NextVersionSQL(id string) string {
	return fmt.Sprintf("1 + coalesce((SELECT max(to_version) FROM changes AS ended WHERE ended.operation = '%s' AND ended.resource = '%s' "+
		"AND ended.resource_id = %s), 0)", headwater.OpDelete, t.Resource, id)
}

// alignChangeNumbers is for a dump that was restored into another cluster. Its changes carry the transaction numbers of the cluster
// that it came from, which may be higher than those that this cluster gives out; new changes would then come before old ones. So
// the difference is stored and added to the numbers of all changes to come.
func (db *DB) alignChangeNumbers(ctx context.Context) error {
	var ahead, newest, oldest, next int64
	err := db.Pool.QueryRow(ctx, `SELECT ahead, coalesce((SELECT xid::text::bigint FROM changes ORDER BY xid DESC LIMIT 1), 0)
		FROM numbering`).Scan(&ahead, &newest)
	if err == nil { // afterwards, so that a change which is made meanwhile is none from elsewhere; by itself, of the server that numbers
		err = db.Pool.QueryRow(ctx, `SELECT pg_snapshot_xmin(seen)::text::bigint, pg_snapshot_xmax(seen)::text::bigint
			FROM pg_current_snapshot() AS seen`).Scan(&oldest, &next)
	}
	if err == nil && newest >= next+ahead {
		_, err = db.Pool.Exec(ctx, "UPDATE numbering SET ahead = $1 WHERE ahead = $2", newest-oldest+1, ahead)
	}
	if err != nil {
		return fmt.Errorf("let the history count on: %w", Interpret(err))
	}
	return nil
}
