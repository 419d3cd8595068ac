package store_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/store"
)

// unlikeTraits counts the rows by which sources are found, and those that are not what sources are known by, or that these lack.
const unlikeTraits = `WITH known AS (SELECT DISTINCT hashtextextended(trait, 0) AS hash, id FROM sources, unnest(identities) AS trait)
	SELECT (SELECT count(*) FROM source_traits), (SELECT count(*) FROM (
		(SELECT * FROM known EXCEPT ALL SELECT * FROM source_traits) UNION ALL
		(SELECT * FROM source_traits EXCEPT ALL SELECT * FROM known)) AS unlike)`

// TestSourcesAreFoundByWhatTheyAreKnownBy: whatever writes a source, its rows of source_traits follow.
func TestSourcesAreFoundByWhatTheyAreKnownBy(t *testing.T) {
	t.Parallel()
	s := open(t)
	before := 0
	follow := func(what string, changes int) {
		t.Helper()
		var rows, unlike int
		if err := s.Pool.QueryRow(t.Context(), unlikeTraits).Scan(&rows, &unlike); err != nil {
			t.Fatal(err)
		}
		if unlike != 0 || rows-before != changes {
			t.Errorf("after %s, %d rows are wrong, and there are %d more; expected %d", what, unlike, rows-before, changes)
		}
		before = rows
	}
	source := must(s.CreateSource(t.Context(), tester, "", headwater.SourceFields{Kind: headwater.Outlet, Name: "Harbour Post",
		Domains: []string{"harbour.example.com"}}))(t)
	follow("a new source", 3)
	fields := source.SourceFields
	fields.Domains, fields.Country = append(fields.Domains, "harbour.example.net"), "EG"
	by := grouped()
	must(s.UpdateSource(t.Context(), by, source.ID, 0, fields))(t)
	follow("a change", 1)
	must(s.Undo(t.Context(), grouped(), by.Group, nil))(t)
	follow("its undo", -1)
	table := interchange.TableOptions{Of: headwater.ResourceSource}
	const rows = "key,name,domains\na,Quay Radio,quay.example.com\nb,Quay Times,times.example.com;quay.example.com\n"
	imported := take(t, s, interchange.CSV, table, rows, false)
	follow("an import", 7)
	take(t, s, interchange.CSV, table, strings.Replace(rows, "Radio", "Television", 1), false)
	follow("an import that changes a name", 0)
	take(t, s, interchange.CSV, table, rows, false)
	undone := must(s.Undo(t.Context(), grouped(), imported.Group, nil))(t)
	follow("the undo of an import", -7)
	must(s.Undo(t.Context(), grouped(), undone.Group, nil))(t)
	follow("the undo of that", 7)
	if _, err := s.Pool.Exec(t.Context(), "DELETE FROM source_traits"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Pool.Exec(t.Context(), "UPDATE indexing SET version = 1"); err != nil {
		t.Fatal(err)
	}
	before = 0
	must(s.Reindex(t.Context(), func(int) {}))(t)
	follow("what writes all anew", 10)
}

// TestAHashIsNotAnIdentity: several may have one hash. Those that are known by something else are found by it, and no more is made of it,
// however many they are.
func TestAHashIsNotAnIdentity(t *testing.T) {
	t.Parallel()
	s := open(t)
	const others = 60 // more than are compared
	table := interchange.TableOptions{Of: headwater.ResourceSource}
	meant := must(s.CreateSource(t.Context(), tester, "", headwater.SourceFields{Kind: headwater.Outlet, Name: "Harbour Post",
		Domains: []string{"harbour.example.com"}}))(t)
	for range others {
		must(s.CreateSource(t.Context(), tester, "", headwater.SourceFields{Kind: headwater.Outlet, Name: "Quay " + uuid.NewString()}))(t)
	}
	if _, err := s.Pool.Exec(t.Context(), `INSERT INTO source_traits (hash, source_id)
		SELECT hash, id FROM source_traits, sources WHERE source_id = $1 AND id <> $1`, meant.ID); err != nil {
		t.Fatal(err)
	}
	result := take(t, s, interchange.CSV, table, "name,kind,domains\nHarbour Post,outlet,harbour.example.com\n", false)
	count, assumed := result.Counts[headwater.ResourceSource], result.Assumed.List
	if count != (store.Count{Unchanged: 1}) || len(assumed) != 1 || assumed[0].Source == nil || *assumed[0].Source != meant.ID {
		t.Errorf("counted is %+v, assumed is %+v", count, assumed)
	}
	if proposed := matches(t, s); len(proposed) > 0 {
		t.Errorf("proposed are %+v", proposed)
	}
}
