package pg

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// Entry renders the one statement that writes to the history: a change for each row that it selects. Its fields are SQL.
type Entry struct {
	Resource  headwater.Resource
	Rows      string // what follows FROM
	ID        string
	Operation string
	Version   string // of the thing after the change; the one before is one less
	State     string // the thing after the change, as jsonb
	Actor     string // such as $1
	Reason    string
}

// SQL is the statement. It asks for the number of the transaction once, where the column's default would for each row.
func (e Entry) SQL() string {
	return fmt.Sprintf(`INSERT INTO changes (xid, actor, operation, resource, resource_id, from_version, to_version, reason, state)
		SELECT %s, %s, %s, '%s', %s, %[6]s - 1, %[6]s, %s, %s FROM %s`,
		CurrentChangeNumber, e.Actor, e.Operation, e.Resource, e.ID, e.Version, e.Reason, e.State, e.Rows)
}

// CurrentChangeNumber is the number that the history gives to this transaction.
const CurrentChangeNumber = "(SELECT change_number(pg_current_xact_id()))"

// StoredEntry is the entry for the rows of a table that a WITH query called stored returns. fields is what the caller says about
// the thing, as jsonb, to which the state adds what the database knows; createdState is its twin in Go.
func StoredEntry[T any, F Fields](t Table[T, F], operation, fields, actor, reason string) Entry {
	state := fields + ` || jsonb_build_object('id', stored.id, 'version', stored.version, 'created_at', stored.created_at,
		'updated_at', stored.updated_at, 'status', stored.status)` +
		` || CASE WHEN stored.key = '' THEN '{}' ELSE jsonb_build_object('key', stored.key, 'namespace', stored.namespace) END`
	if t.Merges {
		state += ` || CASE WHEN stored.merged_into IS NULL THEN '{}' ELSE jsonb_build_object('merged_into', stored.merged_into) END`
	}
	return Entry{Resource: t.Resource, Rows: "stored", ID: "stored.id", Operation: operation, Version: "stored.version", State: state,
		Actor: actor, Reason: reason}
}

// createdState is what the history adds to the fields of a thing that is new.
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
	meta := t.Meta(thing)
	status, into := t.Status(thing)
	fields, err := fieldsJSON(t.Fields(thing))
	if err != nil {
		return nil, err
	}
	added, err := json.Marshal(createdState{meta.ID, 1, now, now, status, meta.Key, meta.Namespace, into})
	if err != nil {
		return nil, err
	}
	return append(append(fields[:len(fields)-1], ','), added[1:]...), nil
}

// fieldsJSON is what a caller says about a thing, as the history keeps it: without a document's text, which can be large.
func fieldsJSON(f any) ([]byte, error) {
	if document, ok := f.(headwater.DocumentFields); ok {
		document.Text = ""
		f = document
	}
	return json.Marshal(f)
}

// alignChangeNumbers is for a dump that was restored into another cluster. Its changes carry the transaction numbers of the cluster
// that it came from, which may be higher than those that this cluster gives out; new changes would then come before old ones. So
// the difference is stored and added to the numbers of all changes to come.
func (db *DB) alignChangeNumbers(ctx context.Context) error {
	const newestAndHere = `(SELECT xid::text::bigint AS number FROM changes ORDER BY xid DESC LIMIT 1) AS newest,
		(SELECT pg_snapshot_xmin(seen)::text::bigint AS oldest, pg_snapshot_xmax(seen)::text::bigint AS next
			FROM pg_current_snapshot() AS seen) AS here`
	var behind bool
	err := db.Pool.QueryRow(ctx, "SELECT EXISTS (SELECT FROM numbering, "+newestAndHere+" WHERE number >= next + ahead)").Scan(&behind)
	if err == nil && behind {
		_, err = db.Pool.Exec(ctx, "UPDATE numbering SET ahead = number - oldest + 1 FROM "+newestAndHere+" WHERE number >= next + ahead")
	}
	if err != nil {
		return fmt.Errorf("let the history count on: %w", Interpret(err))
	}
	return nil
}
