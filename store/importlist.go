package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/pg"
)

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
