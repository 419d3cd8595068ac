package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/pg"
)

// UndoCount says what an undo did with the things of one resource.
type UndoCount struct {
	Created int `json:"created" doc:"Things that are there again." example:"0"`
	Changed int `json:"changed" doc:"Things that are what they were." example:"2"`
	Deleted int `json:"deleted" doc:"Things that are gone, since the group created them. Their history stays." example:"14"`
	Kept    int `json:"kept,omitempty" doc:"Things that stay as they are, since a feed says them that the undo leaves." example:"3"`
}

// Undone says what an undo did.
type Undone struct {
	Group  uuid.UUID                        `json:"group" format:"uuid" doc:"The group of the changes that undo; to undo it does again what was undone." example:"4a1c0a52-6a5e-7f0e-9d0e-3f1f6a1b2c3d"`
	Undoes uuid.UUID                        `json:"undoes" format:"uuid" doc:"The group whose changes are undone." example:"5b1c0a52-6a5e-7f0e-9d0e-3f1f6a1b2c3d"`
	Counts map[headwater.Resource]UndoCount `json:"counts" doc:"By resource, what was done."`
}

// Undo makes what a group of changes did as it was before, whole or not at all: what the group created is deleted, what it changed is
// put back, and what it deleted, as an undo does, is created again. What a feed says that it leaves stays. It is refused with
// headwater.CodeChangedSince where anything of it has been changed since, unless it was put back, where others refer to what it
// created, or where what was said since forbids it. may says whether the one who asks has a scope; nil where everything is allowed.
func (s *Store) Undo(ctx context.Context, by Authorship, group uuid.UUID, may func(headwater.Scope) bool) (Undone, error) {
	if by.Group == uuid.Nil {
		by.Group = headwater.NewID()
	}
	u := newUndo(s.DB, by, group)
	err := pg.Write(ctx, s.DB, by, &u.Undone, func(tx pgx.Tx) error {
		u.tx = tx
		return u.run(ctx, may)
	})
	return u.Undone, undoError(group, err)
}

// undoError makes what a rule says that an undo broke an obstacle of the undo.
func undoError(group uuid.UUID, err error) error {
	if code := headwater.CodeOf(err); code == headwater.CodeInvalid || code == headwater.CodeAlreadyExists {
		var faults headwater.Faults
		if !errors.As(err, &faults) {
			faults = headwater.Faults{headwater.NewFault("/group", headwater.FaultConflict, group, err.Error())}
		}
		err = changedSince(group, faults, len(faults))
	}
	return err
}

// undo is one undo, from the first look to the last check.
type undo struct {
	Undone
	db    *pg.DB
	tx    pgx.Tx
	by    Authorship
	group uuid.UUID

	original uuid.UUID
	imported bool      // whether the original is an import
	at       time.Time // of the group
	feed     string    // of which the original is an edition; empty where it is of none
	before   int       // the edition by which the feed counts before the undo
	then     int       // and after it
	n        int       // undos of the original, and of its undos, before this one

	deletes map[headwater.Resource][]uuid.UUID
	left    map[headwater.Resource][]uuid.UUID // what is deleted unless anything refers to it
	writes  map[headwater.Resource][]uuid.UUID // what is put back or created again
	past    map[headwater.Resource][]uuid.UUID // what feeds said before, and nothing says once the import is undone
	// putBackPast is what feeds said before, and the import only changed: it is put back first.
	putBackPast []uuid.UUID
	texts       []uuid.UUID      // documents that get another text
	obstacles   headwater.Faults // the first maxUndoObstacles
	total       int              // of obstacles
}

func newUndo(db *pg.DB, by Authorship, group uuid.UUID) *undo {
	return &undo{db: db, by: by, group: group,
		deletes: map[headwater.Resource][]uuid.UUID{}, left: map[headwater.Resource][]uuid.UUID{},
		writes: map[headwater.Resource][]uuid.UUID{}, past: map[headwater.Resource][]uuid.UUID{},
		Undone: Undone{Group: by.Group, Undoes: group, Counts: map[headwater.Resource]UndoCount{}}}
}

// maxUndoObstacles is how many things are named that stand in the way of an undo.
const maxUndoObstacles = 100

// standQuote is stand for an attribution whose words its document would no longer have.
func (u *undo) standQuote(a headwater.Attribution) {
	u.stand(headwater.ResourceAttribution, a.ID, "words that stand in document %s where they stood; version %d quotes others", a.Document,
		a.Version)
}

// stand counts what stands in the way, and keeps the first. What is named already is not named for another reason.
func (u *undo) stand(resource headwater.Resource, id uuid.UUID, expected string, args ...any) {
	obstacle := headwater.NewFault("/group", headwater.FaultConflict, fmt.Sprintf("%s %s", resource, id), fmt.Sprintf(expected, args...))
	if slices.ContainsFunc(u.obstacles, func(o headwater.Fault) bool { return o.Value == obstacle.Value }) {
		return
	}
	u.total++
	if len(u.obstacles) < maxUndoObstacles {
		u.obstacles = append(u.obstacles, obstacle)
	}
}

func changedSince(group uuid.UUID, obstacles headwater.Faults, total int) error {
	count := strconv.Itoa(total)
	if total > len(obstacles) { // not all were looked for
		count = fmt.Sprintf("more than %d, of which the first %[1]d are named", len(obstacles))
	}
	return &headwater.Error{Code: headwater.CodeChangedSince, Faults: obstacles, Detail: fmt.Sprintf(
		"what group %s did cannot be undone, and nothing was: things that stand in its way: %s", group, count)}
}

func (u *undo) run(ctx context.Context, may func(headwater.Scope) bool) error {
	if err := pg.WithoutStatementTimeout(ctx, u.tx); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{
		u.begin,
		func(ctx context.Context) error { return u.authorize(ctx, may) },
		u.checkLast,
		u.checkKeys,
		u.lockChains,
		u.putBack,
		u.leaveNothing,
		u.dropProposals,
		u.delete,
		u.checkReferences,
		u.checkQuotes,
		u.remember,
		u.turnEdition,
		u.followPast,
		u.checkStructure,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	if u.total > 0 {
		return changedSince(u.group, u.obstacles, u.total)
	}
	return nil
}

// remember puts the undo on the list of undos.
func (u *undo) remember(ctx context.Context) error {
	_, err := u.tx.Exec(ctx, "INSERT INTO undos (group_id, undoes, original, n) VALUES ($1, $2, $3, $4)", u.by.Group, u.group, u.original,
		u.n+1)
	return err
}

// begin finds the group, and whether it is undone: every undo of an original, or of one of its undos, turns its state round. From
// here on, what refers to what is looked at in the end.
func (u *undo) begin(ctx context.Context) error {
	var known bool
	var place int
	err := u.tx.QueryRow(ctx, "SELECT "+pg.KnownGroupSQL+`,
		coalesce((SELECT original FROM undos WHERE group_id = $1), $1), coalesce((SELECT n FROM undos WHERE group_id = $1), 0)`,
		u.group).Scan(&known, &u.original, &place)
	if err == nil && !known {
		return &headwater.Error{Code: headwater.CodeNotFound, Detail: fmt.Sprintf("no change has the group %s", u.group)}
	}
	if err != nil {
		return err
	}
	if _, err := u.tx.Exec(ctx, pg.LockName, "undo "+u.original.String()); err != nil {
		return err
	}
	err = u.tx.QueryRow(ctx, "SELECT coalesce(max(n), 0) FROM undos WHERE original = $1", u.original).Scan(&u.n)
	if err == nil && (u.n-place)%2 == 1 {
		return &headwater.Error{Code: headwater.CodeAlreadyUndone,
			Detail: fmt.Sprintf("group %s is undone already; to do again what it did, undo the group that undid it", u.group)}
	}
	if err == nil {
		err = u.tx.QueryRow(ctx, "SELECT "+pg.ImportedSQL("$1")+`, coalesce((SELECT at FROM feed_editions WHERE group_id = $2),
			(SELECT max(at) FROM changes WHERE group_id = $2), now())`, u.original, u.group).Scan(&u.imported, &u.at)
	}
	if err == nil {
		_, err = u.tx.Exec(ctx, "SET CONSTRAINTS ALL DEFERRED")
	}
	return err
}

// authorize demands the scope that the original needed: write for an import, admin for keys, review for what decided or reviewed,
// either where links were created, which deciding suggestions does too, and else write.
func (u *undo) authorize(ctx context.Context, may func(headwater.Scope) bool) error {
	if may == nil {
		return nil
	}
	var imported, decided, reviewed, linked, administered bool
	err := u.tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM imports WHERE group_id = $1),
		coalesce(bool_or(operation IN ('accept', 'reject', 'reopen')), false), coalesce(bool_and(resource = 'review'), false),
		coalesce(bool_and(resource = 'link' AND operation = 'create'), false), coalesce(bool_or(resource = 'key'), false)
		FROM changes WHERE group_id = $1 AND group_id <> $2`,
		u.original, uuid.Nil).Scan(&imported, &decided, &reviewed, &linked, &administered)
	if err != nil {
		return err
	}
	needed := headwater.ScopeWrite
	switch {
	case administered:
		needed = headwater.ScopeAdmin
	case imported:
	case linked:
		needed = headwater.ScopeWriteOrReview
	case decided, reviewed:
		needed = headwater.ScopeReview
	}
	if !may(needed) {
		return &headwater.Error{Code: headwater.CodeForbidden,
			Detail: fmt.Sprintf("to undo group %s needs what it needed: a key with the scope %s", u.group, needed)}
	}
	return nil
}

// checkKeys names the keys of the group: a token that was replaced is known to nobody, and what was revoked must stay so.
func (u *undo) checkKeys(ctx context.Context) error {
	type madeKey struct {
		ID      uuid.UUID
		Name    string
		Version int
	}
	keys, err := pg.Many[madeKey](ctx, u.tx, `SELECT resource_id AS id, coalesce(state ->> 'name', '') AS name, to_version AS version
		FROM changes WHERE group_id = $1 AND group_id <> $2 AND resource = 'key' ORDER BY resource_id, to_version`, u.group, uuid.Nil)
	for _, key := range keys {
		u.stand(headwater.ResourceKey, key.ID, "no key, of which nothing is undone; version %d is of the key %q, to be revoked or "+
			"rotated, or another made", key.Version, key.Name)
	}
	return err
}

// lockChains keeps imports out where sources are deleted: nothing else keeps an import from writing chains with these in.
func (u *undo) lockChains(ctx context.Context) error {
	var sources bool
	err := u.tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM changes WHERE group_id = $1 AND group_id <> $2 AND resource = 'source'
		AND operation = 'create')`, u.group, uuid.Nil).Scan(&sources)
	if err == nil && sources {
		err = pg.LockImports(ctx, u.tx)
	}
	return err
}

// putBack looks at everything that the group changed, in the order in which everybody locks it, and makes what stays what it was.
func (u *undo) putBack(ctx context.Context) error {
	for _, table := range undoTables {
		if err := table.putBack(ctx, u); err != nil {
			return err
		}
	}
	return nil
}

// delete deletes what the group created.
func (u *undo) delete(ctx context.Context) error {
	for _, table := range slices.Backward(undoTables) {
		if err := table.delete(ctx, u); err != nil {
			return err
		}
	}
	return nil
}

// dropProposals deletes the matches of what is deleted that a rule proposed and nobody looked at: whoever made them, they say no more.
func (u *undo) dropProposals(ctx context.Context) error {
	goes := map[uuid.UUID]bool{}
	for _, id := range u.deletes[headwater.ResourceMatch] {
		goes[id] = true
	}
	for _, resource := range []headwater.Resource{headwater.ResourceSource, headwater.ResourceDocument} {
		for ids := range slices.Chunk(u.deletes[resource], undoBatch) {
			idle, err := pg.Many[struct{ ID uuid.UUID }](ctx, u.tx, `SELECT id FROM matches WHERE (a = ANY ($1) OR b = ANY ($1))
				AND status = 'proposed' AND method ->> 'kind' = 'rule' AND NOT EXISTS (SELECT FROM changes
					WHERE resource_id = matches.id AND resource = 'match' AND operation NOT IN ('create', 'delete'))
				ORDER BY id FOR UPDATE`, ids)
			if err != nil {
				return err
			}
			count := u.Counts[headwater.ResourceMatch]
			for _, match := range idle {
				if !goes[match.ID] {
					goes[match.ID] = true
					u.deletes[headwater.ResourceMatch] = append(u.deletes[headwater.ResourceMatch], match.ID)
					count.Deleted++
				}
			}
			u.Counts[headwater.ResourceMatch] = count
		}
	}
	return nil
}

// checkReferences finds what others have built on what is deleted.
func (u *undo) checkReferences(ctx context.Context) error {
	for _, resource := range []headwater.Resource{headwater.ResourceSource, headwater.ResourceDocument, headwater.ResourceClaim} {
		for ids := range slices.Chunk(u.deletes[resource], undoBatch) {
			type referrer struct {
				Resource headwater.Resource
				ID       uuid.UUID
				Version  int
			}
			found, err := pg.Many[referrer](ctx, u.tx, pg.ReferrersSQL(resource, maxUndoObstacles+1), ids)
			if err != nil {
				return err
			}
			for _, r := range found {
				u.stand(r.Resource, r.ID, "nothing that refers to a %s that the group created; version %d does", resource, r.Version)
			}
		}
	}
	return nil
}

// checkQuotes holds attributions that are written against their documents, and documents that get another text against all theirs.
// Quotes that only moved are mended there, as with any other change of a text.
func (u *undo) checkQuotes(ctx context.Context) error {
	if u.total > 0 {
		return nil
	}
	for _, id := range u.texts {
		document, err := pg.LockForWrite(ctx, u.tx, pg.Documents, id, 0)
		if err != nil {
			return err
		}
		if err := mendAttributions(ctx, u.tx, u.by, document, func(a headwater.Attribution) error {
			u.standQuote(a)
			return nil
		}); err != nil {
			return err
		}
	}
	for ids := range slices.Chunk(u.writes[headwater.ResourceAttribution], undoBatch) {
		if err := u.checkSomeQuotes(ctx, ids); err != nil {
			return err
		}
	}
	return nil
}

func (u *undo) checkSomeQuotes(ctx context.Context, ids []uuid.UUID) error {
	list, err := pg.Many[headwater.Attribution](ctx, u.tx, "SELECT "+pg.Attributions.Selected("t")+
		" FROM attributions AS t WHERE id = ANY ($1) ORDER BY id", ids)
	if err != nil {
		return err
	}
	in := map[uuid.UUID][]headwater.Attribution{}
	var documents []uuid.UUID
	for _, a := range list {
		if in[a.Document] == nil {
			documents = append(documents, a.Document)
		}
		in[a.Document] = append(in[a.Document], a)
	}
	rows, err := u.tx.Query(ctx, "SELECT id, publisher, text FROM documents WHERE id = ANY ($1) ORDER BY id FOR SHARE", documents)
	if err != nil {
		return err
	}
	var id, publisher uuid.UUID
	var text string
	_, err = pgx.ForEachRow(rows, []any{&id, &publisher, &text}, func() error {
		indexed := pg.TextOf(text)
		for _, a := range in[id] {
			if quotesNothing(a, indexed) {
				continue
			}
			if mended, err := pg.AnchorQuotes(&a.AttributionFields, publisher, indexed); err != nil || mended {
				u.standQuote(a)
			}
		}
		return nil
	})
	return err
}
