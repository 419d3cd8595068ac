package pg

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// PutBackSQL is the statement that makes a thing that is locked what it was: what was said about it, and its status. It is for those
// who send many together.
func PutBackSQL[T any, F Fields](t Table[T, F], by Authorship, now, was T) (sql string, args []any, err error) {
	fields, err := fieldsJSON(t.Fields(was))
	if err != nil {
		return "", nil, err
	}
	before, _ := t.Status(now)
	status, into := t.Status(was)
	args = slices.Concat([]any{t.Meta(now).ID}, by.Args(), []any{fields, status, string(OperationOf(before, status))})
	merged := ""
	if t.Merges {
		merged = ", merged_into = $9"
		args = append(args, into)
	}
	sql = fmt.Sprintf(`WITH stored AS (
		UPDATE %s SET (%s) = ROW (%s), status = $7%s, version = version + 1, updated_at = now() WHERE id = $1 RETURNING *
	), %s SELECT FROM stored`,
		t.Name, strings.Join(t.Written(), ", "), placeholders(len(args)+1, t), merged, StoredEntry(t, "$8", "$6::jsonb", 2).With())
	return sql, append(args, t.Values(t.Fields(was))...), nil
}

// CreateAgainSQL is the statement that brings back a thing that was deleted, as it was then. Its versions go on.
func CreateAgainSQL[T any, F Fields](t Table[T, F], by Authorship, was T) (sql string, args []any, err error) {
	fields, err := fieldsJSON(t.Fields(was))
	if err != nil {
		return "", nil, err
	}
	meta := t.Meta(was)
	status, into := t.Status(was)
	args = slices.Concat([]any{meta.ID}, by.Args(), []any{fields, meta.Key, meta.Namespace, meta.CreatedAt, status})
	column, parameter := "", ""
	if t.Merges {
		column, parameter = ", merged_into", ", $11"
		args = append(args, into)
	}
	sql = fmt.Sprintf(`WITH next AS MATERIALIZED (
		SELECT %s AS version
	), stored AS (
		INSERT INTO %s (id, key, namespace, created_at, status%s, version, %s)
		SELECT $1, $7, $8, $9, $10%s, next.version, %s FROM next RETURNING *
	), %s%s SELECT FROM stored`,
		t.NextVersionSQL("$1"), t.Name, column, strings.Join(t.Written(), ", "), parameter, placeholders(len(args)+1, t),
		t.foundWith(), StoredEntry(t, "'create'", "$6::jsonb", 2).With())
	return sql, append(args, t.Values(t.Fields(was))...), nil
}

// DeletedStatus is the status of a thing in the state that the history keeps of its deletion.
const DeletedStatus = "deleted"

// DeleteSQL is the statement that deletes things. The history keeps them, and says of each that it is gone.
func (t Table[T, F]) DeleteSQL(by Authorship, ids []uuid.UUID) (sql string, args []any) {
	entry := Entry{
		Resource: t.Resource, By: 1, ID: "stored.id", Operation: "'" + string(headwater.OpDelete) + "'", Version: "(stored.version + 1)",
		Rows: fmt.Sprintf("stored JOIN changes AS last ON last.resource_id = stored.id AND last.resource = '%s' "+
			"AND last.to_version = stored.version", t.Resource),
		State: fmt.Sprintf("last.state || jsonb_build_object('status', '%s', 'version', stored.version + 1, 'updated_at', now())",
			DeletedStatus),
	}
	return fmt.Sprintf("WITH stored AS (DELETE FROM %s WHERE id = ANY ($5) RETURNING id, version), %s SELECT FROM stored", t.Name,
		entry.With()), append(by.Args(), ids)
}

// referrers are the tables that refer to the things of a resource, and how: with $1 the things.
var referrers = map[headwater.Resource][]struct {
	resource  headwater.Resource
	table, by string
}{
	headwater.ResourceSource: {
		{headwater.ResourceSource, "sources", "merged_into = ANY ($1)"},
		{headwater.ResourceRelation, "relations", "subject = ANY ($1)"},
		{headwater.ResourceRelation, "relations", "object = ANY ($1)"},
		{headwater.ResourceDocument, "documents", "publisher = ANY ($1)"},
		{headwater.ResourceAttribution, "attributions", "status <> 'accepted' AND source_ids && $1"},
		{headwater.ResourceAttribution, "attributions", "status = 'accepted' AND source_ids && $1 AND claim_id IN " +
			"(SELECT claim_id FROM appearances WHERE source_id = ANY ($1))"},
		{headwater.ResourceReview, "reviews", "author = ANY ($1)"},
		{headwater.ResourceMatch, "matches", "resource = 'source' AND a = ANY ($1)"},
		{headwater.ResourceMatch, "matches", "resource = 'source' AND b = ANY ($1)"},
	},
	headwater.ResourceDocument: {
		{headwater.ResourceDocument, "documents", "derived_from = ANY ($1)"},
		{headwater.ResourceAttribution, "attributions", "document_id = ANY ($1)"},
		{headwater.ResourceMatch, "matches", "resource = 'document' AND a = ANY ($1)"},
		{headwater.ResourceMatch, "matches", "resource = 'document' AND b = ANY ($1)"},
	},
	headwater.ResourceClaim: {
		{headwater.ResourceClaim, "claims", "merged_into = ANY ($1)"},
		{headwater.ResourceAttribution, "attributions", "claim_id = ANY ($1)"},
		{headwater.ResourceLink, "links", "claim_id = ANY ($1)"},
		{headwater.ResourceLink, "links", "to_id = ANY ($1)"},
		{headwater.ResourceReview, "reviews", "claim_id = ANY ($1)"},
	},
}

// CountedReferrersSQL is a condition: whether anything that counts refers to one thing of a resource.
func CountedReferrersSQL(resource headwater.Resource, id string) string {
	return referredSQL(resource, id, "status NOT IN ('retracted', 'rejected')", "status = 'accepted'")
}

// UnreferredSQL selects those of the things $1 of a resource that are there and to which nothing refers.
func (t Table[T, F]) UnreferredSQL() string {
	return fmt.Sprintf("SELECT id FROM %s AS t WHERE id = ANY ($1) AND NOT (%s) ORDER BY id FOR UPDATE", t.Name,
		referredSQL(t.Resource, "t.id", "true", "true"))
}

// referredSQL is a condition: whether anything refers to one thing of a resource of which a condition is true, and another of a match.
func referredSQL(resource headwater.Resource, id, counts, ofMatch string) string {
	parts := []string{"false"}
	for _, r := range referrers[resource] {
		condition := counts
		if r.resource == headwater.ResourceMatch {
			condition = ofMatch
		}
		parts = append(parts, fmt.Sprintf("EXISTS (SELECT FROM %s AS other WHERE %s AND %s)", r.table,
			strings.ReplaceAll(r.by, "$1", "ARRAY ["+id+"]"), condition))
	}
	return strings.Join(parts, " OR ")
}

// ReferrersSQL selects what refers to the things $1 of a resource: resource, id and version, as many as the limit at most; empty
// where nothing can.
func ReferrersSQL(resource headwater.Resource, limit int) string {
	var parts []string
	for _, r := range referrers[resource] {
		parts = append(parts, fmt.Sprintf("(SELECT '%s' AS resource, id, version FROM %s WHERE %s LIMIT %d)", r.resource, r.table, r.by,
			limit))
	}
	if parts == nil {
		return ""
	}
	return strings.Join(parts, "\n\t\tUNION ") + fmt.Sprintf("\n\t\tLIMIT %d", limit)
}
