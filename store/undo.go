package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/history"
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
	u := newUndo(by, group)
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

	deletes   map[headwater.Resource][]uuid.UUID
	left      map[headwater.Resource][]uuid.UUID // what is deleted unless anything refers to it
	writes    map[headwater.Resource][]uuid.UUID // what is put back or created again
	texts     []uuid.UUID                        // documents that get another text
	obstacles headwater.Faults                   // the first maxUndoObstacles
	total     int                                // of obstacles
}

func newUndo(by Authorship, group uuid.UUID) *undo {
	return &undo{by: by, group: group,
		deletes: map[headwater.Resource][]uuid.UUID{}, left: map[headwater.Resource][]uuid.UUID{},
		writes: map[headwater.Resource][]uuid.UUID{},
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

// undoTables are the tables in the order of references.
var undoTables = []undoTable{
	tableUndo[headwater.Source, headwater.SourceFields]{pg.Sources},
	tableUndo[headwater.Relation, headwater.RelationFields]{pg.Relations},
	tableUndo[headwater.Document, headwater.DocumentFields]{pg.Documents},
	tableUndo[headwater.Claim, headwater.ClaimFields]{pg.Claims},
	tableUndo[headwater.Attribution, headwater.AttributionFields]{pg.Attributions},
	tableUndo[headwater.Link, headwater.LinkFields]{pg.Links},
	tableUndo[headwater.Review, headwater.ReviewFields]{pg.Reviews},
	tableUndo[headwater.IdentityMatch, headwater.IdentityMatchFields]{pg.Matches},
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
		u.delete,
		u.checkReferences,
		u.checkQuotes,
		u.remember,
		u.turnEdition,
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

// undoTable is what an undo does with the things of one table.
type undoTable interface {
	putBack(ctx context.Context, u *undo) error
	delete(ctx context.Context, u *undo) error
}

type tableUndo[T any, F pg.Fields] struct{ pg.Table[T, F] }

const (
	// undoBatch is how many things are in memory at once, and undoTexts how many documents, which may be large.
	undoBatch = 500
	undoTexts = 20
)

// groupSpan is a thing of a group: the versions before its first change and after its last, how many changes there are, and the states
// at both; nothing before it was there. An edition of a feed may have taken it back before.
type groupSpan struct {
	ID            uuid.UUID
	Before, After int
	Changes       int
	Was, Made     json.RawMessage
	TakenBack     bool
	FeedsSince    bool // whether feeds alone changed it since, or nobody
}

// spansSQL selects some things of a group.
var spansSQL = `WITH span AS MATERIALIZED (
		SELECT resource_id AS id, min(from_version) AS before, max(to_version) AS after, count(*) AS changes FROM changes
		WHERE group_id = $1 AND group_id <> '00000000-0000-0000-0000-000000000000' AND resource = $2 AND resource_id > $3
		GROUP BY resource_id ORDER BY resource_id LIMIT $4
	) SELECT span.*, was.state AS was, made.state AS made, coalesce(` + pg.TookBackSQL("was") + `, false) AS taken_back,
		NOT EXISTS (SELECT FROM changes AS since WHERE resource_id = span.id AND since.resource = $2 AND to_version > span.after
			AND NOT ` + pg.FeedMadeSQL("since.group_id") + `) AS feeds_since FROM span
	JOIN changes AS made ON made.resource_id = span.id AND made.to_version = span.after AND made.resource = $2
	LEFT JOIN changes AS was ON was.resource_id = span.id AND was.to_version = span.before AND was.resource = $2
	ORDER BY span.id`

func (t tableUndo[T, F]) putBack(ctx context.Context, u *undo) error {
	limit := undoBatch
	if t.Resource == headwater.ResourceDocument {
		limit = undoTexts
	}
	for after := uuid.Nil; ; {
		spans, err := pg.Many[groupSpan](ctx, u.tx, spansSQL, u.group, string(t.Resource), after, limit)
		if err != nil || len(spans) == 0 {
			return err
		}
		ids := make([]uuid.UUID, len(spans))
		for i, span := range spans {
			ids[i] = span.ID
		}
		after = ids[len(ids)-1]
		things, err := pg.Many[T](ctx, u.tx, fmt.Sprintf("SELECT %s FROM %s AS t WHERE id = ANY ($1) ORDER BY id FOR UPDATE",
			t.Selected("t"), t.Name), ids)
		if err != nil {
			return err
		}
		present := make(map[uuid.UUID]*T, len(things))
		for i := range things {
			present[t.Meta(things[i]).ID] = &things[i]
		}
		texts, err := u.keptTexts(ctx, t.Resource, spans)
		if err != nil {
			return err
		}
		others, err := u.saidByOthers(ctx, t.Resource, ids)
		if err != nil {
			return err
		}
		var batch pgx.Batch
		for _, span := range spans {
			if err := t.undo(u, &batch, span, present[span.ID], texts, others[span.ID]); err != nil {
				return err
			}
		}
		if err := u.tx.SendBatch(ctx, &batch).Close(); err != nil {
			return err
		}
	}
}

// isThere says whether a state is that of a thing that is there.
func isThere(state json.RawMessage) (bool, error) {
	if state == nil {
		return false, nil
	}
	var of struct {
		Status string `json:"status"`
	}
	err := json.Unmarshal(state, &of)
	return of.Status != pg.DeletedStatus, err
}

// undo queues what undoes the group's changes of one thing, of which now is what is there, or says what stands in the way. What other
// feeds say is not deleted, nor taken back again; and what an import made of it stays where they said it since. What they said before
// is left to be taken back as of the day from which they did not.
func (t tableUndo[T, F]) undo(u *undo, batch *pgx.Batch, span groupSpan, now *T, texts map[string]string, others otherFeeds) error {
	wasThere, err := isThere(span.Was)
	if err != nil {
		return err
	}
	isMade, err := isThere(span.Made)
	if err != nil {
		return err
	}
	count := u.Counts[t.Resource]
	defer func() { u.Counts[t.Resource] = count }()
	stays := others.Say && (!wasThere || span.TakenBack || u.imported && others.Since)
	if now != nil && (stays || !wasThere && u.feed != "" && others.Said) {
		count.Kept++
		return nil
	}
	changed, followed, err := t.changedSince(u, span, isMade, now)
	switch {
	case err != nil:
		return err
	case changed != "":
		u.stand(t.Resource, span.ID, "%s", changed)
		return nil
	}
	if followed && wasThere {
		return nil
	}
	if !wasThere {
		if isMade {
			u.deletes[t.Resource] = append(u.deletes[t.Resource], span.ID)
			count.Deleted++
		}
		return nil
	}
	was, err := t.read(u, span, now, texts)
	if err != nil || was == nil {
		return err
	}
	var sql string
	var args []any
	if now == nil {
		count.Created++
		sql, args, err = pg.CreateAgainSQL(t.Table, u.by, *was)
	} else {
		count.Changed++
		sql, args, err = pg.PutBackSQL(t.Table, u.by, *now, *was)
	}
	batch.Queue(sql, args...)
	u.writes[t.Resource] = append(u.writes[t.Resource], span.ID)
	return err
}

// changedSince says in words what is otherwise than the group left it; nothing where a thing was put back since. followed says that all
// of it is whether the thing counts and until when, which editions of feeds said since: it is left to what they say.
func (t tableUndo[T, F]) changedSince(u *undo, span groupSpan, isMade bool, now *T) (changed string, followed bool, err error) {
	switch {
	case now == nil && isMade:
		return fmt.Sprintf("version %d, as the group left it; it was deleted since", span.After), false, nil
	case now == nil:
		return "", false, nil
	}
	version := t.Meta(*now).Version
	switch {
	case !isMade:
		return fmt.Sprintf("nothing, as the group left it; it was created again since, and is at version %d", version), false, nil
	case span.Changes != span.After-span.Before:
		return fmt.Sprintf("versions %d to %d by the group alone; others changed it in between", span.Before+1, span.After), false, nil
	case version == span.After:
		return "", false, nil
	}
	none := json.RawMessage("null")
	state, err := pg.State(t.Table, *now, none, none)
	if err != nil {
		return "", false, err
	}
	differs, err := history.Differs(state, span.Made)
	differs = slices.DeleteFunc(differs, func(name string) bool { return slices.Contains(history.Bookkept, name) })
	if err != nil || len(differs) == 0 {
		return "", false, err
	}
	if u.feed != "" && span.FeedsSince && !slices.ContainsFunc(differs, saidOtherwise) {
		if span.Was == nil {
			return "", true, nil
		}
		done, err := history.Differs(span.Was, span.Made)
		done = slices.DeleteFunc(done, func(name string) bool { return slices.Contains(history.Bookkept, name) })
		if err != nil || !slices.ContainsFunc(done, saidOtherwise) {
			return "", true, err
		}
	}
	return fmt.Sprintf("version %d, as the group left it; it is at version %d, and differs in: %s", span.After, version,
		strings.Join(differs, ", ")), false, nil
}

// saidOtherwise says whether a field says something else than whether a thing counts, and until when.
func saidOtherwise(field string) bool { return field != "status" && field != "until" }

// read gives a thing as it was before the group, with its text where it is a document; nil where that is not kept.
func (t tableUndo[T, F]) read(u *undo, span groupSpan, now *T, texts map[string]string) (*T, error) {
	was := new(T)
	if err := json.Unmarshal(span.Was, was); err != nil {
		return nil, err
	}
	document, ok := any(was).(*headwater.Document)
	if !ok {
		return was, nil
	}
	var present string
	if now != nil {
		present = any(now).(*headwater.Document).Text
	}
	text, kept, err := textOf(span, present, texts)
	if err != nil {
		return nil, err
	}
	if !kept {
		u.stand(t.Resource, span.ID, "a text that is kept; of version %d it is not", span.Before)
		return nil, nil
	}
	if document.Text = text; now != nil && text != present {
		u.texts = append(u.texts, span.ID)
	}
	return was, nil
}

// hashes are those that a document's state has: of its text, and of what was said of it. States from before texts were kept lack
// the first.
type hashes struct {
	Stored string `json:"stored_sha256"`
	Said   string `json:"text_sha256"`
}

// textOf finds the text that a document had before a group.
func textOf(span groupSpan, present string, texts map[string]string) (text string, kept bool, err error) {
	var was, made hashes
	if err := errors.Join(json.Unmarshal(span.Was, &was), json.Unmarshal(span.Made, &made)); err != nil {
		return "", false, err
	}
	wanted := was.Stored
	if wanted == "" {
		if wanted = was.Said; wanted == "" {
			return "", true, nil
		}
	}
	if text, kept = texts[wanted]; kept {
		return text, true, nil
	}
	isPresent := present != "" && headwater.TextSHA256(present) == wanted
	unchanged := was.Stored == "" && was.Said == made.Said // from before, when nothing else was known
	return present, isPresent || unchanged, nil
}

// keptTexts reads the texts that some documents had before, as far as they are not their present ones.
func (u *undo) keptTexts(ctx context.Context, resource headwater.Resource, spans []groupSpan) (map[string]string, error) {
	if resource != headwater.ResourceDocument {
		return nil, nil
	}
	var wanted []string
	for _, span := range spans {
		if span.Was != nil {
			var was hashes
			if err := json.Unmarshal(span.Was, &was); err != nil {
				return nil, err
			}
			wanted = append(wanted, was.Stored, was.Said)
		}
	}
	rows, err := u.tx.Query(ctx, "SELECT sha256, text FROM document_texts WHERE sha256 = ANY ($1)", wanted)
	if err != nil {
		return nil, err
	}
	texts := map[string]string{}
	var sum, text string
	_, err = pgx.ForEachRow(rows, []any{&sum, &text}, func() error {
		texts[sum] = text
		return nil
	})
	return texts, err
}

func (t tableUndo[T, F]) delete(ctx context.Context, u *undo) error {
	for ids := range slices.Chunk(u.left[t.Resource], undoBatch) {
		free, err := pg.Many[struct{ ID uuid.UUID }](ctx, u.tx, t.UnreferredSQL(), ids)
		if err != nil {
			return err
		}
		count := u.Counts[t.Resource]
		count.Deleted += len(free)
		u.Counts[t.Resource] = count
		for _, thing := range free {
			u.deletes[t.Resource] = append(u.deletes[t.Resource], thing.ID)
		}
	}
	for ids := range slices.Chunk(u.deletes[t.Resource], undoBatch) {
		if t.Resource == headwater.ResourceSource {
			if _, err := u.tx.Exec(ctx, "DELETE FROM taken_for WHERE source = ANY ($1)", ids); err != nil {
				return err
			}
		}
		sql, args := t.DeleteSQL(u.by, ids)
		if _, err := u.tx.Exec(ctx, sql, args...); err != nil {
			return err
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
			if a.Content == nil && indexed != nil && len(a.Selectors()) == 0 {
				continue // from before the document had a text, so it quotes nothing
			}
			if mended, err := pg.AnchorQuotes(&a.AttributionFields, publisher, indexed); err != nil || mended {
				u.standQuote(a)
			}
		}
		return nil
	})
	return err
}

// ListedImport is an import that changed something.
type ListedImport struct {
	Group    uuid.UUID                    `json:"group" format:"uuid" doc:"The group of the changes that it made." example:"4a1c0a52-6a5e-7f0e-9d0e-3f1f6a1b2c3d"`
	At       time.Time                    `json:"at" doc:"When." example:"2026-01-02T03:04:05Z"`
	Actor    string                       `json:"actor" doc:"By whom, as the history names them." example:"cli:rana"`
	Reason   string                       `json:"reason,omitempty" doc:"Why, where it was said." example:"The desk's first file."`
	Counts   map[headwater.Resource]Count `json:"counts" doc:"By resource, what was added, changed and unchanged."`
	Feed     string                       `json:"feed,omitempty" doc:"The feed of which it is an edition." example:"register.json"`
	Edition  int                          `json:"edition,omitempty" doc:"Which edition of the feed it is." example:"2"`
	UndoneBy *uuid.UUID                   `json:"undone_by,omitempty" format:"uuid" doc:"The group that undid it; missing while it is not undone." example:"5b1c0a52-6a5e-7f0e-9d0e-3f1f6a1b2c3d"`
}

// Imports lists the imports that changed something, the newest first.
func (s *Store) Imports(ctx context.Context, p Paging) (Page[ListedImport], error) {
	page := Page[ListedImport]{Items: []ListedImport{}}
	if err := p.Check(); err != nil {
		return page, err
	}
	after, err := pg.DecodeCursor("imports", p.Cursor, pg.TimeValue, pg.UUIDValue)
	if err != nil {
		return page, err
	}
	w := &pg.Where{}
	if after != nil {
		w.Add("(i.at, i.group_id) < (?::text::timestamptz, ?::text::uuid)", after[0], after[1])
	}
	page.Items, err = pg.Many[ListedImport](ctx, s.Pool, fmt.Sprintf(`SELECT i.group_id AS "group", i.at, i.actor, i.reason, i.counts,
			coalesce(e.feed, '') AS feed, coalesce(e.n, 0) AS edition, CASE WHEN last.n %% 2 = 1 THEN last.group_id END AS undone_by
		FROM imports AS i LEFT JOIN feed_editions AS e ON e.group_id = i.group_id LEFT JOIN LATERAL (
			SELECT group_id, n FROM undos WHERE original = i.group_id ORDER BY n DESC LIMIT 1) AS last ON true
		%s ORDER BY i.at DESC, i.group_id DESC LIMIT %d`, w, p.Limit+1), w.Args...)
	if err != nil {
		return page, pg.Interpret(err)
	}
	if len(page.Items) > p.Limit {
		page.Items = page.Items[:p.Limit]
		last := page.Items[p.Limit-1]
		page.NextCursor, err = pg.EncodeCursor("imports", []string{pg.FormatTime(last.At), last.Group.String()})
	}
	return page, err
}
