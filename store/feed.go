package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/pg"
	"github.com/headwater-project/headwater/store/transfer"
)

// Feed is imports under one name, each an edition that brings up to date what those before it said.
type Feed struct {
	Name      string       `json:"name" doc:"The name of the feed." example:"register.json"`
	CreatedAt time.Time    `json:"created_at" doc:"When its first edition was imported." example:"2026-01-02T03:04:05Z"`
	Editions  int          `json:"editions" minimum:"0" doc:"How many editions it has, those that are undone too." example:"2"`
	Current   *FeedEdition `db:"-" json:"current,omitempty" doc:"The newest edition that is not undone, by which it says what it says; missing where all are undone."`
}

// FeedEdition is an edition of a feed.
type FeedEdition struct {
	Feed     string                       `json:"feed" doc:"The name of the feed." example:"register.json"`
	Edition  int                          `json:"edition" minimum:"1" doc:"Which edition of the feed it is." example:"2"`
	Date     headwater.Day                `json:"date" doc:"The day as of which it says what it says." example:"2024-06-01"`
	At       time.Time                    `json:"at" doc:"When it was imported." example:"2026-01-02T03:04:05Z"`
	File     string                       `json:"file,omitempty" doc:"The name of its file." example:"register.json"`
	Format   string                       `json:"format,omitempty" doc:"The format of its file." example:"bods"`
	Group    uuid.UUID                    `json:"group" format:"uuid" doc:"The group of the changes that its import made, by which it is undone." example:"4a1c0a52-6a5e-7f0e-9d0e-3f1f6a1b2c3d"`
	Actor    string                       `json:"actor" doc:"By whom, as the history names them." example:"cli:rana"`
	Reason   string                       `json:"reason,omitempty" doc:"Why, where it was said." example:"The register of June."`
	Says     int                          `json:"says" minimum:"0" doc:"How many things the feed says with it." example:"19"`
	Counts   map[headwater.Resource]Count `json:"counts" doc:"By resource, what was added, changed, unchanged and taken back."`
	Outcomes map[Outcome]int              `json:"outcomes" doc:"What became of the things that it no longer says, and of how many."`
	Withheld string                       `json:"withheld,omitempty" doc:"Why nothing was taken back; missing where it could be." example:"the file has 2 faults"`
	Undone   bool                         `json:"undone,omitempty" doc:"Whether it is undone." example:"true"`
}

// editionColumns are those of a FeedEdition.
const editionColumns = `feed, n AS edition, date::text, at, file, format, group_id AS "group", actor, reason, says, counts, outcomes,
	withheld, undone`

// FeedFilter says which feeds to list.
type FeedFilter struct {
	Thing uuid.UUID // that they say now; of all where it is not given
}

// Feeds lists feeds by their names.
func (s *Store) Feeds(ctx context.Context, f FeedFilter, p Paging) (Page[Feed], error) {
	page := Page[Feed]{Items: []Feed{}}
	if err := p.Check(); err != nil {
		return page, err
	}
	question := []string{"feeds", f.Thing.String()}
	after, err := pg.DecodeCursor(question, p.Cursor, pg.TextValue)
	if err != nil {
		return page, err
	}
	w := &pg.Where{}
	if after != nil {
		w.Add("name > ?", after[0])
	}
	if f.Thing != uuid.Nil {
		w.Add("EXISTS (SELECT FROM feed_things AS row WHERE row.thing = ? AND row.feed = name AND "+
			pg.FeedSaysSQL("row", "feeds.edition")+")", f.Thing)
	}
	if page.Items, err = s.readFeeds(ctx, w, p.Limit+1); err != nil {
		return page, err
	}
	if len(page.Items) > p.Limit {
		page.Items = page.Items[:p.Limit]
		page.NextCursor, err = pg.EncodeCursor(question, []string{page.Items[p.Limit-1].Name})
	}
	return page, err
}

// readFeeds reads the first feeds, and the edition by which each counts.
func (s *Store) readFeeds(ctx context.Context, w *pg.Where, limit int) ([]Feed, error) {
	feeds, err := pg.Many[Feed](ctx, s.Pool, fmt.Sprintf(`SELECT name, created_at, (SELECT count(*) FROM feed_editions WHERE feed = name) AS
		editions FROM feeds%s ORDER BY name LIMIT %d`, w, limit), w.Args...)
	if err != nil || len(feeds) == 0 {
		return feeds, pg.Interpret(err)
	}
	names, at := make([]string, len(feeds)), make(map[string]int, len(feeds))
	for i, feed := range feeds {
		names[i], at[feed.Name] = feed.Name, i
	}
	current, err := pg.Many[FeedEdition](ctx, s.Pool, "SELECT "+editionColumns+` FROM feed_editions
		WHERE (feed, n) IN (SELECT name, edition FROM feeds WHERE name = ANY ($1))`, names)
	for _, edition := range current {
		feeds[at[edition.Feed]].Current = &edition
	}
	return feeds, pg.Interpret(err)
}

// Feed gives one feed by its name.
func (s *Store) Feed(ctx context.Context, name string) (Feed, error) {
	w := &pg.Where{}
	w.Add("name = ?", name)
	feeds, err := s.readFeeds(ctx, w, 1)
	if err == nil && len(feeds) == 0 {
		err = noFeed(name)
	}
	if err != nil {
		return Feed{}, err
	}
	return feeds[0], nil
}

// FeedEditions lists the editions of a feed, the newest first.
func (s *Store) FeedEditions(ctx context.Context, name string, p Paging) (Page[FeedEdition], error) {
	page := Page[FeedEdition]{Items: []FeedEdition{}}
	if err := p.Check(); err != nil {
		return page, err
	}
	question := []string{"feed editions", name}
	after, err := pg.DecodeCursor(question, p.Cursor, pg.IntValue)
	if err != nil {
		return page, err
	}
	w := &pg.Where{}
	w.Add("feed = ?", name)
	if after != nil {
		w.Add("n < ?::text::int", after[0])
	}
	page.Items, err = pg.Many[FeedEdition](ctx, s.Pool, fmt.Sprintf("SELECT %s FROM feed_editions %s ORDER BY n DESC LIMIT %d",
		editionColumns, w, p.Limit+1), w.Args...)
	if err != nil {
		return page, pg.Interpret(err)
	}
	if len(page.Items) == 0 && after == nil {
		_, err = s.Feed(ctx, name)
	}
	if len(page.Items) > p.Limit {
		page.Items = page.Items[:p.Limit]
		page.NextCursor, err = pg.EncodeCursor(question, []string{fmt.Sprint(page.Items[p.Limit-1].Edition)})
	}
	return page, err
}

// checkLast refuses to undo an edition of a feed while a later one counts, which rests on it. It keeps imports out where the group is
// an edition, since the next one would rest on it too.
func (u *undo) checkLast(ctx context.Context) error {
	err := u.tx.QueryRow(ctx, "SELECT feed FROM feed_editions WHERE group_id = $1", u.original).Scan(&u.feed)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err == nil {
		err = pg.LockImports(ctx, u.tx)
	}
	if err == nil {
		err = u.tx.QueryRow(ctx, "SELECT edition, CASE WHEN undone THEN n ELSE "+pg.EditionBeforeSQL("this")+` END
			FROM feed_editions AS this JOIN feeds ON name = feed WHERE group_id = $1`, u.original).Scan(&u.before, &u.then)
	}
	if err != nil {
		return err
	}
	later, err := pg.Many[struct {
		Group uuid.UUID
		N     int
	}](ctx, u.tx, `SELECT later.group_id AS "group", later.n FROM feed_editions AS later JOIN feed_editions AS this USING (feed)
		WHERE this.group_id = $1 AND later.n > this.n AND NOT later.undone ORDER BY later.n DESC LIMIT 1`, u.original)
	if err != nil || len(later) == 0 {
		return err
	}
	return changedSince(u.group, headwater.Faults{headwater.NewFault("/group", headwater.FaultConflict, fmt.Sprintf("feed %s", u.feed),
		fmt.Sprintf("no later edition of it; undo edition %d first, group %s", later[0].N, later[0].Group))}, 1)
}

// otherFeeds says whether feeds of which what is undone is no edition say a thing by an edition that counts, now or before; whether one of
// them says it now; and whether one that says it came since.
type otherFeeds struct{ Said, Say, Since bool }

// saidByOthers gives what other feeds say of some things.
func (u *undo) saidByOthers(ctx context.Context, resource headwater.Resource, ids []uuid.UUID) (map[uuid.UUID]otherFeeds, error) {
	rows, err := u.tx.Query(ctx, `SELECT row.thing, bool_or(now.says), bool_or(now.says AND current.at > $4) FROM feed_things AS row
			JOIN feeds ON name = row.feed JOIN feed_editions AS current ON current.feed = name AND current.n = feeds.edition,
			LATERAL (SELECT `+pg.FeedSaysSQL("row", "feeds.edition")+` AS says) AS now
		WHERE row.thing = ANY ($1) AND row.resource = $2 AND row.feed <> $3 AND `+pg.FeedSaidSQL("row")+`
		GROUP BY row.thing`, ids, string(resource), u.feed, u.at)
	if err != nil {
		return nil, err
	}
	said := map[uuid.UUID]otherFeeds{}
	var id uuid.UUID
	others := otherFeeds{Said: true}
	_, err = pgx.ForEachRow(rows, []any{&id, &others.Say, &others.Since}, func() error {
		said[id] = others
		return nil
	})
	return said, err
}

// leaveNothing finds what an undo of another import left because this feed said it: it goes once this feed says it no more. What the feed
// says then must be there.
func (u *undo) leaveNothing(ctx context.Context) error {
	if u.feed == "" {
		return nil
	}
	type thing struct {
		Resource headwater.Resource
		ID       uuid.UUID
	}
	gone, err := pg.Many[thing](ctx, u.tx, fmt.Sprintf(`SELECT row.resource, row.thing AS id FROM feed_things AS row,
			LATERAL (SELECT state ->> 'status' AS status FROM changes WHERE resource_id = row.thing AND resource = row.resource
				ORDER BY to_version DESC LIMIT 1) AS last
		WHERE row.feed = $1 AND %s AND last.status = '%s' ORDER BY row.thing LIMIT %d`, pg.FeedSaysSQL("row", "$2::int"),
		pg.DeletedStatus, maxUndoObstacles), u.feed, u.then)
	if err != nil {
		return err
	}
	for _, missing := range gone {
		u.stand(missing.Resource, missing.ID, "it there, as edition %d of the feed says; it was deleted since, with what else said it",
			u.then)
	}
	left, err := pg.Many[thing](ctx, u.tx, `SELECT row.resource, row.thing AS id FROM feed_things AS row,
			LATERAL (SELECT to_version, group_id FROM changes WHERE resource_id = row.thing AND resource = row.resource
				AND operation = 'create' ORDER BY to_version DESC LIMIT 1) AS made
		WHERE row.feed = $1 AND `+pg.FeedSaysSQL("row", "$2::int")+`
			AND (SELECT max(n) FROM undos
				WHERE original = coalesce((SELECT original FROM undos WHERE group_id = made.group_id), made.group_id)) % 2 = 1
			AND NOT EXISTS (SELECT FROM feed_things AS other JOIN feed_editions AS said ON said.feed = other.feed
				AND said.n BETWEEN other.first AND coalesce(other.last, said.n)
				WHERE other.thing = row.thing AND said.undone = (said.group_id = $4))
			AND NOT EXISTS (SELECT FROM changes AS since WHERE resource_id = row.thing AND since.resource = row.resource
				AND to_version > made.to_version
				AND (operation = 'delete' OR group_id <> $3 AND group_id NOT IN (`+pg.SilentGroupsSQL+`)))`,
		u.feed, u.before, u.by.Group, u.original)
	for _, thing := range left {
		u.left[thing.Resource] = append(u.left[thing.Resource], thing.ID)
	}
	return err
}

// UndoneEdition says what the undo of an edition of a feed did.
type UndoneEdition struct {
	Edition int
	Undone
}

// UndoFeed undoes the editions of a feed that count, the newest first: all of them or, where anything stands in the way of one, none.
func (s *Store) UndoFeed(ctx context.Context, by Authorship, name string) ([]UndoneEdition, error) {
	var done []UndoneEdition
	var group uuid.UUID
	err := pg.Write(ctx, s.DB, by, &done, func(tx pgx.Tx) error {
		for {
			var edition int
			err := tx.QueryRow(ctx, `SELECT edition, coalesce((SELECT group_id FROM feed_editions WHERE feed = name AND n = edition), $2)
				FROM feeds WHERE name = $1`, name, uuid.Nil).Scan(&edition, &group)
			if errors.Is(err, pgx.ErrNoRows) {
				return noFeed(name)
			}
			if err != nil || edition == 0 {
				return err
			}
			by.Group = headwater.NewID()
			u := newUndo(s.DB, by, group)
			u.tx = tx
			if err := u.run(ctx, nil); err != nil {
				return err
			}
			done = append(done, UndoneEdition{edition, u.Undone})
		}
	})
	if err != nil {
		return nil, undoError(group, err)
	}
	return done, nil
}

func noFeed(name string) error {
	return &headwater.Error{Code: headwater.CodeNotFound, Detail: fmt.Sprintf("no feed has the name %q", name)}
}

// turnEdition makes the edition of a feed that is undone count no more, or again, and things stand as feeds say then.
func (u *undo) turnEdition(ctx context.Context) error {
	if u.feed == "" || u.total > 0 {
		return nil
	}
	_, err := u.tx.Exec(ctx, "UPDATE feed_editions SET undone = NOT undone WHERE group_id = $1", u.original)
	if err == nil {
		_, err = u.tx.Exec(ctx, "UPDATE feeds SET edition = $2 WHERE name = $1", u.feed, u.then)
	}
	if err != nil {
		return err
	}
	again, changed, err := transfer.FollowFeed(ctx, u.db, u.tx, u.by, u.feed, u.before, u.then)
	for resource, ids := range again {
		u.writes[resource] = append(u.writes[resource], ids...)
	}
	for resource, n := range changed {
		if n > 0 {
			count := u.Counts[resource]
			count.Changed += n
			u.Counts[resource] = count
		}
	}
	return err
}

// followPast ends or retracts what feeds said before, as of the days from which they did not, since the import that is undone said it too.
// What the undo put back is counted already.
func (u *undo) followPast(ctx context.Context) error {
	things := slices.Clone(u.putBackPast)
	for _, ids := range u.past {
		things = append(things, ids...)
	}
	if len(things) == 0 || u.total > 0 {
		return nil
	}
	changed, err := transfer.FollowPast(ctx, u.db, u.tx, u.by, things)
	for resource, ids := range u.past {
		count := u.Counts[resource]
		for _, id := range ids {
			if changed[id] {
				count.Changed++
			} else {
				count.Kept++
			}
		}
		u.Counts[resource] = count
	}
	return err
}
