package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"github.com/headwater-project/headwater"
)

const (
	// impactPages is how many pages of an impact are followed at most.
	impactPages = 200
	// earlyPages are those after which the memory is what later pages are held to.
	earlyPages = 20
)

// impacts measures what the retraction of a source in half of all chains would change: how long the first page takes, and whether
// the memory of the service grows with the pages.
func (b *bench) impacts(ctx context.Context) error {
	return b.withService(ctx, func(serve *service) error {
		var took []float64
		for range b.rounds {
			began := time.Now()
			if _, err := impactPage(serve, ""); err != nil {
				return err
			}
			took = append(took, milliseconds(time.Since(began)))
		}
		first := withoutCeiling("impact of a source in half of all chains, first page", "ms", quantile(took, .5), atMost(1_000))
		var early int64
		var latencies []float64
		pages := 0
		for cursor := ""; pages == 0 || cursor != "" && pages < impactPages; pages++ {
			began := time.Now()
			var err error
			if cursor, err = impactPage(serve, cursor); err != nil {
				return err
			}
			latencies = append(latencies, milliseconds(time.Since(began)))
			if pages < earlyPages {
				if early, err = serve.memory("VmHWM"); err != nil {
					return err
				}
			}
		}
		late, err := serve.memory("VmHWM")
		if err != nil {
			return err
		}
		first.P50, first.P99, first.Memory = quantile(latencies, .5), quantile(latencies, .99), megabytes(late)
		b.add(first)
		b.add(withoutCeiling(fmt.Sprintf("impact, peak memory after %d pages against %d", pages, min(pages, earlyPages)), "×",
			float64(late)/float64(early), atMost(1.5)))
		return nil
	})
}

// impactPage gets a page of the usual size and returns the cursor of the next one.
func impactPage(serve *service, cursor string) (next string, err error) {
	query := url.Values{}
	if cursor != "" {
		query.Set("cursor", cursor)
	}
	path := fmt.Sprintf("/v1/sources/%s/impact?%s", idOf(headwater.ResourceSource, ubiquitous), query.Encode())
	body, _, err := get(path).send(serve.host())
	if err != nil {
		return "", err
	}
	var page struct {
		NextCursor string `json:"next_cursor"`
	}
	err = json.Unmarshal(body, &page)
	return page.NextCursor, err
}
