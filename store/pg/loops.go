package pg

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
)

// ControlLoops is a query for those of the relations that close a loop of control in time. ids selects the relations. A step keeps
// the days on which all steps so far hold; where none are left, the path ends.
func ControlLoops(ids string) string {
	return `WITH RECURSIVE path AS (
		SELECT r.id AS start, r.subject AS origin, r.object AS reached, r.held
		FROM relations AS r WHERE r.id IN (` + ids + `) AND r.controls AND r.status = 'active'
		UNION
		SELECT path.start, path.origin, next.object, path.held * next.held
		FROM path JOIN relations AS next ON next.subject = path.reached
		WHERE path.reached <> path.origin AND next.controls AND next.status = 'active' AND NOT isempty(path.held * next.held)
	) SELECT DISTINCT start FROM path WHERE reached = origin`
}

// CheckControlLoop faults a relation that puts a source under its own control within the time that all of the loop
// holds.
func CheckControlLoop(ctx context.Context, tx pgx.Tx, id uuid.UUID) error {
	var loops bool
	err := tx.QueryRow(ctx, "SELECT EXISTS ("+ControlLoops("SELECT id FROM relations WHERE id = $1")+")", id).Scan(&loops)
	if err == nil && loops {
		return headwater.Faults{headwater.NewFault("/object", headwater.FaultLoop, nil, "an object that the subject does not control at the same time, itself or through others")}
	}
	return err
}

// AncestorLoops is a query for those of the things that ids selects whose path over the column parent has no end: they are their
// own ancestors, or lead to some that are. Most paths end with the first step; of the others each step is read once, however
// many paths take it.
func AncestorLoops(table, parent, ids string) string {
	return fmt.Sprintf(`WITH RECURSIVE starts (id) AS (
		SELECT t.id FROM (%[3]s) AS wanted JOIN %[1]s AS t ON t.id = wanted.id JOIN %[1]s AS first ON first.id = t.%[2]s WHERE first.%[2]s IS NOT NULL
	), line (id, parent) AS (
		SELECT t.id, t.%[2]s FROM starts JOIN %[1]s AS t ON t.id = starts.id
		UNION
		SELECT t.id, t.%[2]s FROM line JOIN %[1]s AS t ON t.id = line.parent
	), ending (id) AS (
		SELECT id FROM line WHERE parent IS NULL
		UNION ALL
		SELECT line.id FROM ending JOIN line ON line.parent = ending.id
	) SELECT id AS start FROM starts WHERE id NOT IN (SELECT id FROM ending)`, table, parent, ids)
}

// notDerived says what derived_from must name.
const notDerived = "a document that does not derive from this one"

// CheckDerivation faults a document that derives from itself, through others.
func CheckDerivation(ctx context.Context, tx pgx.Tx, id uuid.UUID) error {
	var loops bool
	err := tx.QueryRow(ctx, "SELECT EXISTS ("+AncestorLoops("documents", "derived_from", "SELECT $1::uuid AS id")+")", id).Scan(&loops)
	if err == nil && loops {
		return headwater.Faults{headwater.NewFault("/derived_from", headwater.FaultLoop, nil, notDerived)}
	}
	return err
}
