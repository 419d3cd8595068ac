package migrations_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/headwater-project/headwater/store/storetest"
)

// TestFunctionsNeedNoSearchPath: pg_dump and pg_restore empty it. A body that the SQL standard knows (RETURN, BEGIN ATOMIC) is
// bound when it is made; any other is a text that is read when it runs, under the path that its function sets.
func TestFunctionsNeedNoSearchPath(t *testing.T) {
	t.Parallel()
	conn := connect(t, storetest.New(t))
	var unbound []string
	err := conn.QueryRow(t.Context(), `SELECT coalesce(array_agg(oid::regprocedure::text), '{}') FROM pg_proc AS p
		WHERE pronamespace = 'public'::regnamespace AND prosqlbody IS NULL
		AND NOT EXISTS (SELECT FROM unnest(proconfig) AS setting WHERE setting LIKE 'search_path=%')
		AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e')`).Scan(&unbound)
	if err != nil || len(unbound) > 0 {
		t.Errorf("read when they run, without a search_path: %v (%v)", unbound, err)
	}
}

// fastFunctions is the migration that made functions cheap.
const fastFunctions = 27

// TestFastFunctionsAnswerAsBefore: what is stored and indexed was made by the ones before.
func TestFastFunctionsAnswerAsBefore(t *testing.T) {
	t.Parallel()
	to := storetest.New(t)
	conn := connect(t, to)
	answers := func() (all []string) {
		t.Helper()
		for _, sql := range []string{
			`SELECT concat_ws(' ', day, day_first(day), day_last(day)) FROM unnest(ARRAY[NULL, '', '0001', '1900', '2023', '2024-02',
				'2023-02', '2023-12', '2024-02-29', '9999-12-31']) WITH ORDINALITY AS days (day, place) ORDER BY place`,
			`SELECT concat_ws(' ', moment, moment_first(moment), moment_last(moment)) FROM unnest(ARRAY[NULL, '', '2023', '2024-02',
				'2024-02-29', '2024-02-29T12:00:00Z', '2024-02-29T12:00:00.5+03:00']) WITH ORDINALITY AS moments (moment, place)
				ORDER BY place`,
			`SELECT coalesce(domains, '{}')::text || ' ' || coalesce(url, 'NULL') || ' ' || coalesce((SELECT array_agg(DISTINCT site)
					FROM unnest(sites_of(domains, url)) AS site)::text, 'none')
				FROM (VALUES (NULL::text[]), ('{}'), ('{NULL,""}'), ('{a.b.example.org,example.org}'), ('{localhost}'),
					('{.a,a..b,a.b.,..,.,x}'), ('{الجزائر.example}')) AS hosts (domains),
					(VALUES (NULL), (''), ('no address'), ('https://user@Arabic.News.Example.org:8080/a?b#c'), ('HTTP://EXAMPLE.ORG'),
					('mailto:a@example.org'), ('ftp://a.b.c.d.e.f.g')) AS pages (url)`,
		} {
			all = append(all, lines(t, conn, sql)...)
		}
		return all
	}
	now := answers()
	downBefore(t, to, fastFunctions)
	if diff := cmp.Diff(answers(), now); diff != "" {
		t.Errorf("answers differ from those of before:\n%s", diff)
	}
}

// TestDaysAreWorkedOutInPlace: PostgreSQL puts what a function says in the place of its call. Else what one calls is planned for each row.
func TestDaysAreWorkedOutInPlace(t *testing.T) {
	t.Parallel()
	conn := connect(t, storetest.New(t))
	plan := strings.Join(lines(t, conn, "EXPLAIN (VERBOSE) SELECT day_first(since), day_last(until) FROM relations"), "\n")
	if !strings.Contains(plan, "make_date") || strings.Contains(plan, "day_") {
		t.Errorf("days are called for:\n%s", plan)
	}
}
