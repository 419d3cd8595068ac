package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater/identity"
	"github.com/headwater-project/headwater/store/pg"
	"github.com/headwater-project/headwater/store/search"
)

const (
	// MaxCounted is how many claims are counted at most.
	MaxCounted = 10_000
	// maxFacetValues is how many values a facet has at most.
	maxFacetValues = 20
	// maxPublications is how many attributions are gone through for the facets of publishers and origins.
	maxPublications = 100_000
)

// Total is how many things a list has.
type Total struct {
	Count int  `json:"count" minimum:"0" maximum:"10000" doc:"How many there are, or 10,000 where there are more." example:"137"`
	Exact bool `json:"exact" doc:"False where there are more." example:"true"`
}

// ClaimFacets say what claims that were found are: how many of them have each value.
type ClaimFacets struct {
	Standing  Facet `json:"standing" doc:"How they stand: active claims alone, as far as they were worked out."`
	Topic     Facet `json:"topic" doc:"What they are about."`
	Place     Facet `json:"place" doc:"Where what they state happened."`
	Language  Facet `json:"language" doc:"The languages that have a statement, without region and script. A claim that is kept under one of several codes of a language counts for each of them that is found."`
	Publisher Facet `json:"publisher" doc:"The first sources of chains, by id; a merged one counts as the one that it speaks as. Cards of them are in sources."`
	Origin    Facet `json:"origin" doc:"The last sources of chains, as publisher has the first."`
}

// Facet has the most frequent values of one kind, each with how many claims have it.
type Facet struct {
	Values []FacetValue `json:"values" maxItems:"20" doc:"The most frequent first, 20 at most."`
	More   bool         `json:"more" doc:"True where there are other values, which are less frequent." example:"false"`
	Exact  bool         `json:"exact" doc:"False where there are more claims, or attributions of them, than were counted: each count is at least so high then." example:"true"`
}

// FacetValue is a value with how many claims have it.
type FacetValue struct {
	Value string `json:"value" doc:"The value, as the parameter of the same name takes it." example:"contested"`
	Count int    `json:"count" minimum:"1" maximum:"10000" doc:"How many of the claims have it: as many as a list has with this value as a further filter." example:"12"`
}

// add adds a value, of which the most frequent come first.
func (f *Facet) add(value string, count int) {
	if len(f.Values) == maxFacetValues {
		f.More = true
		return
	}
	f.Values = append(f.Values, FacetValue{value, count})
}

// foundClaimsSQL selects the claims that meet the conditions and have all the words of Q, and one more than are counted.
func (f ClaimFilter) foundClaimsSQL() (sql string, args []any, err error) {
	w, err := f.where()
	if err != nil {
		return "", nil, err
	}
	if f.Q != "" {
		if err := search.HaveWords(w, f.Q); err != nil {
			return "", nil, err
		}
	}
	return fmt.Sprintf("SELECT t.id, t.status, t.topics, t.places, t.languages FROM claims AS t%s LIMIT %d", w, MaxCounted+1), w.Args, nil
}

func totalOf(found int) Total { return Total{min(found, MaxCounted), found <= MaxCounted} }

// CountClaims says how many claims there are with all the words of Q: what has but words that are spelled like them does not count.
func (s *Store) CountClaims(ctx context.Context, f ClaimFilter) (Total, error) {
	found, args, err := f.foundClaimsSQL()
	if err != nil {
		return Total{}, err
	}
	var n int
	err = s.Pool.QueryRow(ctx, "SELECT count(*) FROM ("+found+") AS found", args...).Scan(&n)
	return totalOf(n), pg.Interpret(err)
}

// facetSQL selects the most frequent values of a facet with their counts, and one more that says that there are others.
func facetSQL(name, value, counted, from string) string {
	return fmt.Sprintf(`(SELECT '%s' AS facet, value, n FROM (SELECT %s AS value, count(%s) AS n FROM %s GROUP BY 1) AS values
		ORDER BY n DESC, value COLLATE "C" LIMIT %d)`, name, value, counted, from, maxFacetValues+1)
}

// facetsSQL counts the values of all facets over the same claims. Languages come as all that one claim has, since several of them can be
// codes of one language.
var facetsSQL = strings.Join([]string{
	"SELECT 'total' AS facet, '' AS value, count(*) AS n FROM found",
	"SELECT 'publications', '', count(*) FROM publications",
	facetSQL("standing", "s.standing", "*", "counted JOIN standings AS s ON s.claim_id = counted.id WHERE counted.status = 'active'"),
	facetSQL("topic", "topic", "*", "counted, unnest(topics) AS topic"),
	facetSQL("place", "place", "*", "counted, unnest(places) AS place"),
	facetSQL("publisher", "speaking.speaks_as::text", "DISTINCT publications.claim_id",
		"publications JOIN speaking ON speaking.id = publications.publisher"),
	facetSQL("origin", "speaking.speaks_as::text", "DISTINCT publications.claim_id",
		"publications JOIN speaking ON speaking.id = publications.origin"),
	`SELECT 'language', tags, count(*) FROM (SELECT (SELECT string_agg(DISTINCT split_part(lower(tag), '-', 1), ' ')
		FROM unnest(languages) AS tag) AS tags FROM counted) AS spoken GROUP BY tags`,
}, "\nUNION ALL ")

// ClaimFacets counts what CountClaims counts, and says what those claims are.
func (s *Store) ClaimFacets(ctx context.Context, f ClaimFilter) (Total, ClaimFacets, error) {
	facets := ClaimFacets{}
	found, args, err := f.foundClaimsSQL()
	if err != nil {
		return Total{}, facets, err
	}
	rows, err := pg.Many[struct {
		Facet, Value string
		N            int
	}](ctx, s.Pool, fmt.Sprintf(`WITH RECURSIVE found AS MATERIALIZED (%s),
		counted AS MATERIALIZED (SELECT * FROM found LIMIT %d),
		publications AS MATERIALIZED (SELECT a.claim_id, a.publisher, a.source_ids[cardinality(a.source_ids)] AS origin
			FROM counted JOIN attributions AS a ON a.claim_id = counted.id WHERE a.status = 'accepted' LIMIT %d),
		%s
		%s`, found, MaxCounted, maxPublications+1,
		pg.Sources.SpeakersSQL("speaking", "SELECT publisher FROM publications UNION SELECT origin FROM publications"),
		facetsSQL), args...)
	if err != nil {
		return Total{}, facets, pg.Interpret(err)
	}
	named := map[string]*Facet{"standing": &facets.Standing, "topic": &facets.Topic, "place": &facets.Place,
		"language": &facets.Language, "publisher": &facets.Publisher, "origin": &facets.Origin}
	var total Total
	publications, spoken := 0, map[string]int{}
	for _, row := range rows {
		switch row.Facet {
		case "total":
			total = totalOf(row.N)
		case "publications":
			publications = row.N
		case "language":
			spoken[row.Value] = row.N
		default:
			named[row.Facet].add(row.Value, row.N)
		}
	}
	facets.Language = languagesOf(spoken)
	for _, facet := range named {
		facet.Exact = total.Exact
		if facet.Values == nil {
			facet.Values = []FacetValue{}
		}
	}
	facets.Publisher.Exact = total.Exact && publications <= maxPublications
	facets.Origin.Exact = facets.Publisher.Exact
	return total, facets, nil
}

// languagesOf counts how many claims each subtag finds, by those that each claim has: a filter by one finds its other codes too.
func languagesOf(spoken map[string]int) (facet Facet) {
	counts, finding := map[string]int{}, map[string][]string{}
	for tags, n := range spoken {
		foundBy := map[string]bool{}
		for _, tag := range strings.Fields(tags) {
			counts[tag] += 0
			if finding[tag] == nil {
				finding[tag], _ = identity.Languages(tag)
			}
			for _, by := range finding[tag] {
				foundBy[by] = true
			}
		}
		for by := range foundBy {
			counts[by] += n
		}
	}
	var values []FacetValue
	for tag, n := range counts {
		if _, own := finding[tag]; own && n > 0 {
			values = append(values, FacetValue{tag, n})
		}
	}
	slices.SortFunc(values, func(x, y FacetValue) int {
		return cmp.Or(cmp.Compare(y.Count, x.Count), cmp.Compare(x.Value, y.Value))
	})
	for _, v := range values {
		facet.add(v.Value, v.Count)
	}
	return facet
}

// Sources are those that the facets of publishers and of origins name.
func (f ClaimFacets) Sources() (ids []uuid.UUID) {
	for _, v := range slices.Concat(f.Publisher.Values, f.Origin.Values) {
		ids = append(ids, uuid.MustParse(v.Value))
	}
	return ids
}
