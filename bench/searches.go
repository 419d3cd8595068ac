package main

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/headwater-project/headwater/fold"
)

// Ranks of place names by how often claims have them. Ordinary ones are in more claims than a page shows, so that no fuzzy
// matches are added; rare ones are in a handful of claims each.
const (
	ordinaryFrom, ordinaryTo = 4, 24
	rareFrom, rareTo         = 3_000, 3_020
)

// searches measures ranked search against its own query, and the most frequent word against rare ones.
func (b *bench) searches(ctx context.Context) error {
	return b.withService(ctx, func(serve *service) error {
		for _, language := range languages {
			ordinary := placeNames(ordinaryFrom, ordinaryTo, language)
			if _, err := b.compare(ctx, comparison{
				name: "ranked search, " + language + ", against pgbench", unit: "requests/s", goal: atLeast(.5),
				figure: b.rate(serve, each(ordinary, searchFor)...), ceiling: b.sqlRate(each(ordinary, searchSQL)...),
			}); err != nil {
				return err
			}
			if _, err := b.compare(ctx, comparison{
				name: "search for a word that every second claim has, " + language + ", against rare words", unit: "ms", goal: atMost(10),
				figure:  b.pace(serve, searchFor(everywhere.in(language))),
				ceiling: b.pace(serve, each(placeNames(rareFrom, rareTo, language), searchFor)...),
			}); err != nil {
				return err
			}
		}
		return nil
	})
}

func placeNames(from, to int, language string) []string {
	var list []string
	for i := from; i < to; i++ {
		list = append(list, name(i).in(language))
	}
	return list
}

func searchFor(words string) call { return get("/v1/claims?q=" + url.QueryEscape(words)) }

// searchSQL is the query by which the service ranks the claims that have the words.
func searchSQL(words string) string {
	var terms []string
	for _, term := range fold.Terms(words) {
		terms = append(terms, "''"+term+"''")
	}
	return fmt.Sprintf(`WITH candidates AS MATERIALIZED (
	SELECT t.id, ts_rank(t.terms, query)::real AS score FROM claims AS t, CAST('%s' AS tsquery) AS query WHERE t.terms @@ query LIMIT 10001)
SELECT t.id, t.key, t.namespace, t.version, t.created_at, t.updated_at, t.status, t.merged_into,
	t.statement, t.quantities, t.event_time, t.places, t.topics, t.scope, best.score, (SELECT count(*) > 10000 FROM candidates) AS truncated
FROM (SELECT id, score FROM candidates ORDER BY score DESC, id LIMIT 51) AS best JOIN claims AS t USING (id) ORDER BY best.score DESC, t.id;
`, strings.Join(terms, " & "))
}

// pace turns a rate into milliseconds a response.
func (b *bench) pace(s *service, calls ...call) sampler {
	take := b.rate(s, calls...)
	return func(ctx context.Context) (sample, error) {
		one, err := take(ctx)
		one.value = clients * 1000 / one.value
		return one, err
	}
}
