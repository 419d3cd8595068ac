package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/history"
	"github.com/headwater-project/headwater/store/pg"
)

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
		hasEnds, err := u.matchesWithEnds(ctx, t.Resource, spans)
		if err != nil {
			return err
		}
		var batch pgx.Batch
		for _, span := range spans {
			if err := t.undo(u, &batch, span, present[span.ID], texts, others[span.ID], hasEnds[span.ID]); err != nil {
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
// is left to be taken back as of the day from which they did not: followPast does it after the undo of another import, and turnEdition
// after that of an edition.
func (t tableUndo[T, F]) undo(u *undo, batch *pgx.Batch, span groupSpan, now *T, texts map[string]string, others otherFeeds,
	hasEnds bool) error {
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
	if now == nil && t.Resource == headwater.ResourceMatch && (!wasThere || !hasEnds) { // it went with what it is of
		return nil
	}
	isPast := now != nil && u.imported && others.Said && !others.Say
	switch {
	case isPast && !wasThere && u.feed == "":
		u.past[t.Resource] = append(u.past[t.Resource], span.ID)
		return nil
	case now != nil && stays, isPast && !wasThere:
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
	if isPast && span.TakenBack && u.feed == "" {
		done, err := differences(span.Was, span.Made)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(done, saidOtherwise) {
			u.past[t.Resource] = append(u.past[t.Resource], span.ID)
			return nil
		}
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
	if isPast && u.feed == "" {
		u.putBackPast = append(u.putBackPast, span.ID)
	}
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
	differs, err := differences(state, span.Made)
	if err != nil || len(differs) == 0 {
		return "", false, err
	}
	if u.feed != "" && span.FeedsSince && !slices.ContainsFunc(differs, saidOtherwise) {
		if span.Was == nil {
			return "", true, nil
		}
		done, err := differences(span.Was, span.Made)
		if err != nil || !slices.ContainsFunc(done, saidOtherwise) {
			return "", true, err
		}
	}
	return fmt.Sprintf("version %d, as the group left it; it is at version %d, and differs in: %s", span.After, version,
		strings.Join(differs, ", ")), false, nil
}

// differences are the fields in which two states of a thing differ.
func differences(was, is json.RawMessage) ([]string, error) {
	differs, err := history.Differs(was, is)
	return slices.DeleteFunc(differs, func(name string) bool { return slices.Contains(history.Bookkept, name) }), err
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

// matchesWithEnds says of which matches, as they were, both ends are there.
func (u *undo) matchesWithEnds(ctx context.Context, resource headwater.Resource, spans []groupSpan) (map[uuid.UUID]bool, error) {
	hasEnds := map[uuid.UUID]bool{}
	if resource != headwater.ResourceMatch {
		return hasEnds, nil
	}
	var ids, as, bs []uuid.UUID
	for _, span := range spans {
		var match headwater.IdentityMatch
		if span.Was == nil {
			continue
		}
		if err := json.Unmarshal(span.Was, &match); err != nil {
			return nil, err
		}
		ids, as, bs = append(ids, span.ID), append(as, match.A), append(bs, match.B)
	}
	there, err := pg.Many[struct{ ID uuid.UUID }](ctx, u.tx, `SELECT match.id
		FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS match (id, a, b)
		WHERE EXISTS (SELECT FROM sources WHERE id = a UNION ALL SELECT FROM documents WHERE id = a)
			AND EXISTS (SELECT FROM sources WHERE id = b UNION ALL SELECT FROM documents WHERE id = b)`, ids, as, bs)
	for _, match := range there {
		hasEnds[match.ID] = true
	}
	return hasEnds, err
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
