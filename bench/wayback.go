package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"

	"github.com/headwater-project/headwater"
)

// waybackPage is the size of the compared pages: as many claims as the seldom quoted source has.
const waybackPage = 2

// wayBack measures listing the claims of a source that is in every second chain against those of one that is in two chains.
func (b *bench) wayBack(ctx context.Context) error {
	return b.withService(ctx, func(serve *service) error {
		deep, err := hundredthPage(serve)
		if err != nil {
			return err
		}
		for _, page := range []struct{ name, cursor string }{{"first", ""}, {"hundredth", deep}} {
			if _, err := b.compare(ctx, comparison{
				name: "claims of a source in half of all chains, " + page.name + " page, against one in two chains", unit: "ms",
				goal:    atMost(2),
				figure:  b.pace(serve, claimsOf(ubiquitous, waybackPage, page.cursor)),
				ceiling: b.pace(serve, claimsOf(seldom, waybackPage, "")),
			}); err != nil {
				return err
			}
		}
		return nil
	})
}

func claimsOf(source, limit int, cursor string) call {
	query := url.Values{"limit": {fmt.Sprint(limit)}}
	if cursor != "" {
		query.Set("cursor", cursor)
	}
	return get(fmt.Sprintf("/v1/sources/%s/claims?%s", idOf(headwater.ResourceSource, source), query.Encode()))
}

// hundredthPage returns the cursor of the hundredth page of the default size.
func hundredthPage(serve *service) (string, error) {
	const usual = 50
	var page struct {
		NextCursor string `json:"next_cursor"`
	}
	host := serve.host()
	for range 99 {
		cursor := page.NextCursor
		page.NextCursor = ""
		body, _, err := claimsOf(ubiquitous, usual, cursor).send(host)
		if err != nil {
			return "", err
		}
		if err := json.Unmarshal(body, &page); err != nil {
			return "", err
		}
		if page.NextCursor == "" {
			break // so small a world has no such page; its last one will do
		}
	}
	return page.NextCursor, nil
}
