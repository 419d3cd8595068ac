package pg

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
)

// LoopFault is a relation that may not be as it is, the source that it is about, or what that is merged into, and what was expected
// of the object.
type LoopFault struct {
	Relation, Subject uuid.UUID
	Expected          string
}

// What is expected of the object of a relation that controls.
const (
	notControlled = "an object that the subject does not control at the same time, itself or through others"
	fewerInCircle = "sources that control each other in fewer relations, at fewer different times: these are too many to check for loops"
)

// maxLoopSteps is how many times relations are looked at, at most, in all circles of a call together: those that control each other at
// any time.
const maxLoopSteps = 5_000_000

// controlRelation is a relation that controls, with the days that it holds: from the first on, until before the end.
type controlRelation struct {
	ID              uuid.UUID
	Subject, Object uuid.UUID
	First, End      int32
	Written         bool
}

// ControlLoops finds those of the relations that ids selects that close a loop of control in time: there is a day on which all of
// the loop holds. Sources that are merged count as what they speak as. Every relation that could be in such a loop is read once,
// whatever its dates; one whose object controls nobody and is nobody else cannot, which most are.
func ControlLoops(ctx context.Context, tx pgx.Tx, ids string, args ...any) ([]LoopFault, error) {
	type speaker struct{ ID, SpeaksAs uuid.UUID }
	speakers, err := Many[speaker](ctx, tx, `
		WITH RECURSIVE reached (id) AS (
			SELECT object FROM relations AS first WHERE id IN (`+ids+`) AND controls AND status = 'active' AND (
				EXISTS (SELECT FROM relations AS next WHERE next.subject = first.object AND controls AND status = 'active')
				OR EXISTS (SELECT FROM sources WHERE sources.id = first.object AND merged_into IS NOT NULL)
				OR EXISTS (SELECT FROM sources WHERE merged_into = first.object))
			UNION
			SELECT next.id FROM reached AS at, LATERAL (
				SELECT object FROM relations WHERE subject = at.id AND controls AND status = 'active'
				UNION ALL `+Sources.MergedSQL("at.id")+`) AS next (id)
		), `+Sources.SpeakersSQL("speakers", "SELECT id FROM reached")+`
		SELECT id, speaks_as FROM speakers`, args...)
	if err != nil || len(speakers) == 0 {
		return nil, err
	}
	speaksAs, subjects := map[uuid.UUID]uuid.UUID{}, make([]uuid.UUID, len(speakers))
	for i, s := range speakers {
		speaksAs[s.ID], subjects[i] = s.SpeaksAs, s.ID
	}
	// The two are joined here: PostgreSQL expects a few rows of a table that was just filled, and would compare each with each.
	among, err := Many[controlRelation](ctx, tx, fmt.Sprintf(`
		SELECT id, subject, object, coalesce(lower(held) - date '2000-01-01', -2147483648) AS first,
			coalesce(upper(held) - date '2000-01-01', 2147483647) AS end, id IN (%s) AS written
		FROM relations WHERE subject = ANY ($%d) AND controls AND status = 'active' AND NOT isempty(held)`, ids, len(args)+1),
		append(slices.Clone(args), subjects)...)
	if err != nil {
		return nil, err
	}
	var relations []controlRelation
	for _, r := range among {
		subject, object := speaksAs[r.Subject], speaksAs[r.Object]
		if object != uuid.Nil {
			r.Subject, r.Object = subject, object
			relations = append(relations, r)
		}
	}
	return findControlLoops(ctx, relations, maxLoopSteps)
}

// findControlLoops looks for circles without dates first, which nearly always are none. In a circle it looks on each day on which one
// of its relations begins: all of a loop holds on some day only if it does when the last of it begins. A circle for
// which no steps are left is faulted whole.
func findControlLoops(ctx context.Context, relations []controlRelation, maxSteps int) (loops []LoopFault, err error) {
	for _, circle := range circles(relations) {
		days := map[int32]bool{}
		for _, r := range circle {
			days[r.First] = true
		}
		looped := map[uuid.UUID]string{}
		if steps := len(days) * len(circle); steps <= maxSteps {
			maxSteps -= steps
		} else {
			for _, r := range circle {
				looped[r.ID] = fewerInCircle
			}
			days = nil
		}
		for day := range days {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			var holding []controlRelation
			for _, r := range circle {
				if r.First <= day && day < r.End {
					holding = append(holding, r)
				}
			}
			for _, r := range slices.Concat(circles(holding)...) {
				looped[r.ID] = notControlled
			}
		}
		for _, r := range circle {
			if expected, is := looped[r.ID]; is && r.Written {
				loops = append(loops, LoopFault{r.ID, r.Subject, expected})
			}
		}
	}
	return loops, nil
}

// circles gives the relations that lead back to where they begin, through others or not, in one list for all that lead to each other:
// those within a strongly connected component (Tarjan's algorithm, without recursion).
func circles(relations []controlRelation) [][]controlRelation {
	from := map[uuid.UUID][]int{}
	for i, r := range relations {
		from[r.Subject] = append(from[r.Subject], i)
	}
	type visit struct {
		source uuid.UUID
		next   int // of the relations from it
	}
	order, low, component := map[uuid.UUID]int{}, map[uuid.UUID]int{}, map[uuid.UUID]int{}
	var path []visit
	var open []uuid.UUID
	enter := func(source uuid.UUID) {
		order[source] = len(order) + 1
		low[source] = order[source]
		path, open = append(path, visit{source: source}), append(open, source)
	}
	components := 0
	for _, r := range relations {
		if order[r.Subject] == 0 {
			enter(r.Subject)
		}
		for len(path) > 0 {
			at := &path[len(path)-1]
			source := at.source
			if at.next < len(from[source]) {
				object := relations[from[source][at.next]].Object
				at.next++
				if order[object] == 0 {
					enter(object)
				} else if component[object] == 0 {
					low[source] = min(low[source], order[object])
				}
				continue
			}
			path = path[:len(path)-1]
			if len(path) > 0 {
				above := path[len(path)-1].source
				low[above] = min(low[above], low[source])
			}
			if low[source] == order[source] {
				components++
				for last := uuid.Nil; last != source; open = open[:len(open)-1] {
					last = open[len(open)-1]
					component[last] = components
				}
			}
		}
	}
	within := map[int][]controlRelation{}
	var found []int
	for _, r := range relations {
		if c := component[r.Subject]; c == component[r.Object] {
			if within[c] == nil {
				found = append(found, c)
			}
			within[c] = append(within[c], r)
		}
	}
	lists := make([][]controlRelation, len(found))
	for i, c := range found {
		lists[i] = within[c]
	}
	return lists
}

// CheckControlLoop locks the structure, and faults a relation that puts a source under its own control within the time that all of
// the loop holds.
func CheckControlLoop(ctx context.Context, tx pgx.Tx, id uuid.UUID) error {
	if err := LockStructure(ctx, tx); err != nil {
		return err
	}
	loops, err := ControlLoops(ctx, tx, "$1", id)
	if err == nil && len(loops) > 0 {
		return headwater.Faults{headwater.NewFault("/object", headwater.FaultLoop, nil, loops[0].Expected)}
	}
	return err
}

// RelationsOfMergedSQL selects, by id, the relations of what the things that start selects are merged with, either way, and so of
// what they speak as: a merger closes a loop only through these.
func RelationsOfMergedSQL(start string) string {
	return `SELECT id FROM relations WHERE subject IN (
		WITH RECURSIVE merged (id) AS (` + start + ` UNION SELECT next.id FROM merged AS at, LATERAL (` + Sources.MergedSQL("at.id") +
		`) AS next (id)) SELECT id FROM merged)`
}

// NotControlling says what a source may be merged into.
const NotControlling = "a source that neither controls this one nor is controlled by it, in whatever name: it would control itself; " +
	"retract the relation first"

// CheckMergedControl faults the merger of a source into one that controls it, or that it controls, at any time, itself or through
// others. To unmerge parts what was one, which closes nothing. The structure is locked.
func CheckMergedControl(ctx context.Context, tx pgx.Tx, merged, into uuid.UUID) error {
	loops, err := ControlLoops(ctx, tx, RelationsOfMergedSQL("SELECT $1::uuid"), merged)
	if err == nil && len(loops) > 0 {
		return headwater.Faults{headwater.NewFault("/into", headwater.FaultLoop, into, NotControlling)}
	}
	return err
}

// notMerged says what a thing may be merged into.
func notMerged(resource headwater.Resource) string {
	return fmt.Sprintf("a %s that is not merged into this one", resource)
}

// CheckMerger locks the structure, and faults a thing that is, over mergers, merged into itself.
func CheckMerger[T any, F Fields](ctx context.Context, tx pgx.Tx, t Table[T, F], id, into uuid.UUID) error {
	if err := LockStructure(ctx, tx); err != nil {
		return err
	}
	var loops bool
	err := tx.QueryRow(ctx, "WITH RECURSIVE "+t.MergeTargetsSQL("speaks_as",
		"SELECT $2::uuid")+" SELECT EXISTS (SELECT FROM speaks_as WHERE id = $1)", id, into).Scan(&loops)
	if err == nil && loops {
		return headwater.Faults{headwater.NewFault("/into", headwater.FaultLoop, into, notMerged(t.Resource))}
	}
	return err
}

// ancestry is a thing with its parent, if it has one.
type ancestry struct {
	ID     uuid.UUID
	Parent *uuid.UUID
	Wanted bool
}

// AncestorLoops gives those of the things that ids selects whose path over the column parent has no end: they are their own
// ancestors, or lead to some that are. Most paths end with the first step; of the others each step is read once, however many paths
// take it. They are followed here, since a query would go through all of them for each step of the longest.
func AncestorLoops(ctx context.Context, tx pgx.Tx, table, parent, ids string, args ...any) ([]uuid.UUID, error) {
	lines, err := Many[ancestry](ctx, tx, fmt.Sprintf(`WITH RECURSIVE starts (id) AS (
		SELECT t.id FROM (%[3]s) AS wanted JOIN %[1]s AS t ON t.id = wanted.id JOIN %[1]s AS first ON first.id = t.%[2]s
			WHERE first.%[2]s IS NOT NULL
	), line (id, parent) AS (
		SELECT t.id, t.%[2]s FROM starts JOIN %[1]s AS t ON t.id = starts.id
		UNION
		SELECT t.id, t.%[2]s FROM line JOIN %[1]s AS t ON t.id = line.parent
	) SELECT id, parent, id IN (SELECT id FROM starts) AS wanted FROM line`, table, parent, ids), args...)
	if err != nil {
		return nil, err
	}
	return endless(lines), nil
}

// endless gives the wanted ones of which no ancestor is without a parent.
func endless(lines []ancestry) (wanted []uuid.UUID) {
	const met, ends, loops = 1, 2, 3
	fates, parents := make(map[uuid.UUID]int, len(lines)), make(map[uuid.UUID]*uuid.UUID, len(lines))
	for _, l := range lines {
		parents[l.ID] = l.Parent
	}
	for _, l := range lines {
		var path []uuid.UUID
		fate := ends
		for at := &l.ID; at != nil; at = parents[*at] {
			if fates[*at] != 0 {
				if fates[*at] != ends { // it leads to a loop, or closes one
					fate = loops
				}
				break
			}
			fates[*at] = met
			path = append(path, *at)
		}
		for _, passed := range path {
			fates[passed] = fate
		}
		if l.Wanted && fates[l.ID] == loops {
			wanted = append(wanted, l.ID)
		}
	}
	return wanted
}

// notDerived says what derived_from must name.
const notDerived = "a document that does not derive from this one"

// CheckDerivation locks the structure, and faults a document that derives from itself, through others.
func CheckDerivation(ctx context.Context, tx pgx.Tx, id uuid.UUID) error {
	if err := LockStructure(ctx, tx); err != nil {
		return err
	}
	loops, err := AncestorLoops(ctx, tx, "documents", "derived_from", "SELECT $1::uuid AS id", id)
	if err == nil && len(loops) > 0 {
		return headwater.Faults{headwater.NewFault("/derived_from", headwater.FaultLoop, nil, notDerived)}
	}
	if err != nil {
		return err
	}
	var apart uuid.UUID
	err = tx.QueryRow(ctx, NoReprintSQL("$1::uuid", "(SELECT derived_from FROM documents WHERE id = $1)")+" ORDER BY id LIMIT 1", id).
		Scan(&apart)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil
	case err == nil:
		return headwater.Faults{headwater.NewFault("/derived_from", headwater.FaultConflict, nil,
			fmt.Sprintf("a document of which nobody said that this is no reprint; match %s says so", apart))}
	}
	return err
}
