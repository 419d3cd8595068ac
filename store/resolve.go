package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/pg"
)

// ResolveSources gives the ids of sources that are named by id or key, in order, or all faults, each at its place
// below the pointer.
func (s *Store) ResolveSources(ctx context.Context, at headwater.Pointer, names []string) ([]uuid.UUID, error) {
	return s.resolve(ctx, headwater.ResourceSource, at, names)
}

// ResolveClaims gives the ids of claims that are named by id or key, as [Store.ResolveSources] does.
func (s *Store) ResolveClaims(ctx context.Context, at headwater.Pointer, names []string) ([]uuid.UUID, error) {
	return s.resolve(ctx, headwater.ResourceClaim, at, names)
}

// resolve takes a key from the instance's own namespace first; from another one only if it is the only one that has it.
func (s *Store) resolve(ctx context.Context, resource headwater.Resource, at headwater.Pointer, names []string) ([]uuid.UUID, error) {
	if len(names) == 0 {
		return nil, nil
	}
	ids, keys := make([]*uuid.UUID, len(names)), make([]string, len(names))
	for i, name := range names {
		if id, err := headwater.ParseID(name); err == nil {
			ids[i] = &id
		} else if headwater.ParseKey(name) == nil { // what is no key may be what no column can hold
			keys[i] = name
		}
	}
	rows, err := s.Pool.Query(ctx, fmt.Sprintf(`
		SELECT there.id, coalesce(there.count, 0) AS count FROM unnest($1::text[], $2::uuid[]) WITH ORDINALITY AS asked (name, id, place)
		LEFT JOIN LATERAL (
			SELECT id, 1 AS count FROM %[1]ss WHERE id = asked.id
			UNION ALL
			(SELECT id, CASE WHEN namespace = $3 THEN 1 ELSE count(*) OVER () END FROM %[1]ss WHERE asked.id IS NULL AND key = asked.name AND key <> ''
				ORDER BY namespace = $3 DESC LIMIT 1)
		) AS there ON true ORDER BY place`, resource), keys, ids, s.Namespace())
	if err != nil {
		return nil, pg.Interpret(err)
	}
	matches, err := pgx.CollectRows(rows, pgx.RowToStructByName[nameMatch])
	if err != nil {
		return nil, pg.Interpret(err)
	}
	return resolvedIDs(resource, at, names, matches)
}

// nameMatch is what a name was found to be: how many things have it, and one of them.
type nameMatch struct {
	ID    *uuid.UUID
	Count int
}

// resolvedIDs turns matches into ids, or gives all faults at once.
func resolvedIDs(resource headwater.Resource, at headwater.Pointer, names []string, matches []nameMatch) ([]uuid.UUID, error) {
	var faults headwater.Faults
	resolved := make([]uuid.UUID, len(names))
	for i, m := range matches {
		switch {
		case m.ID == nil:
			faults = append(faults, headwater.NewFault(at.Index(i), headwater.FaultUnknownReference, names[i], fmt.Sprintf("the id or key of a %s", resource)))
		case m.Count > 1:
			faults = append(faults, headwater.NewFault(at.Index(i), headwater.FaultUnknownReference, names[i], fmt.Sprintf("an id, since %d %ss of other namespaces have this key", m.Count, resource)))
		default:
			resolved[i] = *m.ID
		}
	}
	if faults != nil {
		return nil, faults
	}
	return resolved, nil
}
