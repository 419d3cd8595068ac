package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/pg"
)

// ResolveSources finds the ids of sources by their ids or keys, in order. All faults come at once, each at its place below the
// pointer.
func (s *Store) ResolveSources(ctx context.Context, at headwater.Pointer, names []string) ([]uuid.UUID, error) {
	return s.resolveList(ctx, headwater.ResourceSource, at, names)
}

// ResolveClaims finds the ids of claims by their ids or keys, as [Store.ResolveSources] does.
func (s *Store) ResolveClaims(ctx context.Context, at headwater.Pointer, names []string) ([]uuid.UUID, error) {
	return s.resolveList(ctx, headwater.ResourceClaim, at, names)
}

func (s *Store) resolveList(ctx context.Context, resource headwater.Resource, at headwater.Pointer, names []string) ([]uuid.UUID, error) {
	list := make([]headwater.Named, len(names))
	for i, name := range names {
		list[i] = headwater.Named{Pointer: at.Index(i), Resource: resource, Name: name}
	}
	ids, err := s.ResolveNames(ctx, list)
	if err != nil {
		return nil, err
	}
	return ids, nil
}

// nameSQL finds what has a name: a key counts in the instance's own namespace first, in another one only if it is the only one that
// has it.
func nameSQL(resource headwater.Resource) string {
	return fmt.Sprintf(`
		SELECT there.id, coalesce(there.count, 0) AS count FROM unnest($1::text[], $2::uuid[]) WITH ORDINALITY AS wanted (name, id, place)
		LEFT JOIN LATERAL (
			SELECT id, 1 AS count FROM %[1]ss WHERE id = wanted.id
			UNION ALL
			(SELECT id, CASE WHEN namespace = $3 THEN 1 ELSE count(*) OVER () END FROM %[1]ss WHERE wanted.id IS NULL
				AND key = wanted.name AND key <> ''
				ORDER BY namespace = $3 DESC LIMIT 1)
		) AS there ON true ORDER BY place`, resource)
}

// ResolveNames finds the ids of things of several resources by their ids or keys, in order and in one round trip. All faults come at
// once; the id of a name at fault is uuid.Nil.
func (s *Store) ResolveNames(ctx context.Context, names []headwater.Named) ([]uuid.UUID, error) {
	if len(names) == 0 {
		return nil, nil
	}
	places := map[headwater.Resource][]int{}
	for i, name := range names {
		places[name.Resource] = append(places[name.Resource], i)
	}
	var batch pgx.Batch
	matches := make([]nameMatch, len(names))
	for _, resource := range slices.Sorted(maps.Keys(places)) {
		at := places[resource]
		ids, keys := make([]*uuid.UUID, len(at)), make([]string, len(at))
		for i, place := range at {
			name := names[place].Name
			if id, err := headwater.ParseID(name); err == nil {
				ids[i] = &id
			} else if headwater.ParseKey(name) == nil { // what is no key may be what no column can hold
				keys[i] = name
			}
		}
		batch.Queue(nameSQL(resource), keys, ids, s.Namespace()).Query(func(rows pgx.Rows) error {
			found, err := pgx.CollectRows(rows, pgx.RowToStructByName[nameMatch])
			for i, match := range found {
				matches[at[i]] = match
			}
			return err
		})
	}
	if err := s.Pool.SendBatch(ctx, &batch).Close(); err != nil {
		return nil, pg.Interpret(err)
	}
	return resolvedIDs(names, matches)
}

// nameMatch is what a name was found to be: how many things have it, and one of them.
type nameMatch struct {
	ID    *uuid.UUID
	Count int
}

// resolvedIDs turns matches into ids, and gives all faults at once.
func resolvedIDs(names []headwater.Named, matches []nameMatch) ([]uuid.UUID, error) {
	var faults headwater.Faults
	resolved := make([]uuid.UUID, len(names))
	for i, m := range matches {
		name := names[i]
		switch {
		case m.ID == nil:
			faults = append(faults, headwater.NewFault(name.Pointer, headwater.FaultUnknownReference, name.Name,
				fmt.Sprintf("the id or key of a %s", name.Resource)))
		case m.Count > 1:
			faults = append(faults, headwater.NewFault(name.Pointer, headwater.FaultUnknownReference, name.Name,
				fmt.Sprintf("an id, since %d %s of other namespaces have this key", m.Count, name.Resource.Plural())))
		default:
			resolved[i] = *m.ID
		}
	}
	if faults != nil {
		return resolved, faults
	}
	return resolved, nil
}
