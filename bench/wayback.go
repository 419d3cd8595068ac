package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"

	"github.com/headwater-project/headwater"
)

// rowsTold are as many claims as the source that is seldom quoted has; all pages that are compared have that many.
const rowsTold = 2

// wayBack measures the claims of a source that stands in every second chain against those of one that stands in two.
func (b *bench) wayBack(ctx context.Context) error {
	return b.serving(ctx, func(serve *service) error {
		deep, err := hundredthPage(serve)
		if err != nil {
			return err
		}
		for _, page := range []struct{ name, cursor string }{{"first", ""}, {"hundredth", deep}} {
			if _, err := b.compare(ctx, contest{
				name: "claims of a source in half of all chains, " + page.name + " page, against one in two chains", unit: "ms", goal: atMost(2),
				figure: b.pace(serve, toldBy(ubiquitous, rowsTold, page.cursor)), ceiling: b.pace(serve, toldBy(seldom, rowsTold, "")),
			}); err != nil {
				return err
			}
		}
		return nil
	})
}

func toldBy(source, limit int, cursor string) question {
	asks := url.Values{"limit": {fmt.Sprint(limit)}}
	if cursor != "" {
		asks.Set("cursor", cursor)
	}
	return get(fmt.Sprintf("/v1/sources/%s/claims?%s", idOf(headwater.ResourceSource, source), asks.Encode()))
}

// hundredthPage gives the cursor where it begins, pages being of the usual length.
func hundredthPage(serve *service) (string, error) {
	const usual = 50
	var page struct {
		NextCursor string `json:"next_cursor"`
	}
	host := serve.host()
	for range 99 {
		cursor := page.NextCursor
		page.NextCursor = ""
		body, _, err := toldBy(ubiquitous, usual, cursor).put(host)
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
