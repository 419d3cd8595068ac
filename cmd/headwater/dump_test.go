package main

import (
	"context"
	"os/exec"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater/migrations"
	"github.com/headwater-project/headwater/store/storetest"
	"github.com/headwater-project/headwater/testdata"
)

// queried is what a query gives, as one text.
func queried(t *testing.T, database, sql string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	var value string
	if err := conn.QueryRow(t.Context(), sql).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

// pour gives a dump of one database to another, whose schema is there already.
func pour(t *testing.T, from, to string, options ...string) (output string, err error) {
	t.Helper()
	dump := exec.Command("pg_dump", append([]string{"--data-only", "--dbname=" + from}, options...)...)
	data, err := dump.Output()
	if err != nil {
		t.Fatal(err)
	}
	restore := exec.Command("psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction", "--dbname="+to)
	restore.Stdin = strings.NewReader(string(data))
	all, err := restore.CombinedOutput()
	return string(all), err
}

// TestDataOnlyDump restores a dump of the data alone, as docs/deployment.md says, into a database with the schema. pg_dump empties
// the search_path, so that nothing that the schema runs by itself may need one.
func TestDataOnlyDump(t *testing.T) {
	t.Parallel()
	from, to := storetest.New(t), storetest.New(t)
	ok(t, "import", "--database-url", from, bundleFile(t, string(testdata.Demo)))
	if output, err := pour(t, from, to, "--exclude-table=schema_migrations", "--exclude-table=numbering"); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	for _, table := range []string{"sources", "relations", "documents", "claims", "attributions", "links", "reviews", "appearances",
		"changes"} {
		rows := "SELECT coalesce(string_agg(r::text, E'\\n' ORDER BY r::text), '') FROM " + table + " AS r"
		want := queried(t, from, rows)
		if want == "" {
			t.Errorf("%s holds nothing to dump", table)
		}
		if queried(t, to, rows) != want {
			t.Errorf("%s is not what was dumped", table)
		}
	}
	if ok(t, "export", "--database-url", to) != ok(t, "export", "--database-url", from) {
		t.Error("the export differs")
	}
}

// TestDumpOfAnEarlierRelease: a dump of the data alone, of a schema that knew no identities or no hashes of them, is written anew by
// whatever comes first: the command reindex, or serve. Until then an import says that it may not find what is stored.
func TestDumpOfAnEarlierRelease(t *testing.T) {
	t.Parallel()
	for name, version := range map[string]int{"without identities": 8, "without their hashes": 31} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reindexDump(t, version)
		})
	}
}

// reindexDump takes over a dump of the data alone, of a schema of some version.
func reindexDump(t *testing.T, version int) {
	from, to := storetest.New(t), storetest.New(t)
	ok(t, "import", "--database-url", from, bundleFile(t, string(testdata.Demo)))
	latest, err := migrations.Latest()
	if err != nil {
		t.Fatal(err)
	}
	if err := migrations.Down(t.Context(), from, int(latest)-version); err != nil {
		t.Fatal(err)
	}
	ok(t, "reindex", "--database-url", to) // nothing is there yet
	if output, err := pour(t, from, to, "--exclude-table=schema_migrations", "--exclude-table=numbering"); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	if r := invoke(t, "import", "--database-url", to, bundleFile(t, string(testdata.Demo))); r.code != 0 ||
		!strings.Contains(r.stderr, "headwater reindex") {
		t.Errorf("importing gives %+v", r)
	}
	if said := ok(t, "reindex", "--database-url", to); strings.HasPrefix(said, "0 ") {
		t.Errorf("reindex says %s", said)
	}
	const without = "SELECT count(*)::text FROM sources WHERE identities = '{}'"
	if left := queried(t, to, without); left != "0" {
		t.Errorf("%s sources are not known by anything", left)
	}
	const unfound = `SELECT count(*)::text FROM sources, unnest(identities) AS trait
		WHERE (hashtextextended(trait, 0), id) NOT IN (SELECT hash, source_id FROM source_traits)`
	if left := queried(t, to, unfound); left != "0" {
		t.Errorf("%s of what sources are known by does not find them", left)
	}
	if again := ok(t, "reindex", "--database-url", to); !strings.HasPrefix(again, "0 ") {
		t.Errorf("a second time it says %s", again)
	}
}
