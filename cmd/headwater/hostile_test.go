package main

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/storetest"
	"github.com/headwater-project/headwater/testdata"
)

// TestWhatIsStoredIsShownVisibly has hostile names in a database from before they were refused. Each text for people shows them;
// an export gives them as they are, and an import of that says which line and field is at fault.
func TestWhatIsStoredIsShownVisibly(t *testing.T) {
	t.Parallel()
	database := storetest.New(t)
	ok(t, "import", "--feed", "register", "--reason", "why", "--database-url", database, demoBundle)
	ok(t, "suggest", "--all", "--keep", "--database-url", database)
	ok(t, "sequence", "--database-url", database)
	var hostile []string
	for name := range testdata.HostileNames {
		hostile = append(hostile, "'"+name+"'")
	}
	names := "ARRAY[" + strings.Join(hostile, ",") + "]"
	byID := func(id string) string {
		return "(" + names + ")[1 + abs(hashtext(" + id + "::text)) % cardinality(" + names + ")]"
	}
	list := byID("id")
	statements(t, database,
		"UPDATE sources SET name = "+list+", names = NULL",
		"UPDATE claims SET statement = jsonb_build_object('en', "+list+")",
		"UPDATE links SET rationale = "+list+", basis = "+list,
		"UPDATE documents SET title = "+list,
		"UPDATE relations SET citation = "+list,
		"UPDATE attributions SET note = "+list,
		"UPDATE reviews SET title = "+list+", rating = jsonb_set(rating, '{label}', to_jsonb("+list+"))",
		"INSERT INTO matches (id, resource, a, b, kind, basis, rationale) SELECT gen_random_uuid(), 'source', min(id::text)::uuid, "+
			"max(id::text)::uuid, 'same_source', "+byID("min(id::text)")+", "+byID("max(id::text)")+" FROM sources",
		"ALTER TABLE changes DISABLE TRIGGER USER",
		"UPDATE changes SET actor = "+list+", reason = "+list,
		"UPDATE imports SET actor = "+byID("group_id")+", reason = "+byID("actor"),
		"UPDATE feed_editions SET actor = "+byID("group_id")+", reason = "+byID("actor")+", file = "+byID("n"),
		"INSERT INTO api_keys (id, name, scopes, prefix, hash, created_by) SELECT gen_random_uuid(), "+list+", '{read}', "+
			"'hw_' || id::text, sha256(id::text::bytea), 'x' FROM sources LIMIT 30")
	for _, args := range [][]string{
		{"report", headline}, {"report", headline, "--format", "mermaid"}, {"report", headline, "--format", "dot"},
		{"report", headline, "--format", "markdown"},
		{"suggest", "--all"}, {"key", "list"}, {"show", "claim", headline}, {"show", "source", "oxbow-wire"}, {"history"},
		{"history", "claim", headline}, {"search", "screen"}, {"proposals"}, {"matches"}, {"imports"}, {"feeds"}, {"feeds", "register"},
		{"list", "sources"}, {"list", "relations"}, {"list", "documents"}, {"list", "claims"}, {"list", "attributions"}, {"list", "links"},
		{"list", "reviews"}, {"list", "matches"},
	} {
		out := ok(t, append(args, "--database-url", database)...)
		if shown := headwater.Visible(out); shown != out {
			t.Errorf("%v prints what a terminal would act on: %q", args, out)
		}
		if args[0] == "report" && !strings.ContainsAny(out, "␛") && !strings.Contains(out, `\u{`) {
			t.Errorf("%v shows nothing of the hostile names:\n%s", args, out)
		}
	}
	out := ok(t, "export", "--database-url", database)
	again := ok(t, "export", "--database-url", database)
	if again != out || !strings.Contains(out, `\u001b`) && !strings.Contains(out, "\u202e") {
		t.Error("an export does not give what is stored as it is")
	}
	refused := invoke(t, "import", "--database-url", storetest.New(t), bundleFile(t, out))
	contains(t, refused.stderr, "/name: bad_text", "U+001B", "ndjson:2")
	if refused.code == 0 || headwater.Visible(refused.stderr) != refused.stderr {
		t.Errorf("the faults of an import, exit status %d: %q", refused.code, refused.stderr)
	}
	table := []string{"--format", "csv", "--of", "sources", "--database-url", database}
	cells := ok(t, append([]string{"export"}, table...)...)
	refused = invoke(t, append([]string{"import", "--keep-going", bundleFile(t, cells)}, table...)...)
	contains(t, refused.stderr, "/name: bad_text", "U+001B")
	if !strings.Contains(cells, "\x1b") || headwater.Visible(refused.stderr) != refused.stderr ||
		ok(t, "export", "--database-url", database) != out {
		t.Errorf("a table changes what it was written from, exit status %d: %q", refused.code, refused.stderr)
	}
}

// TestLogsShowWhatIsHidden in both formats.
func TestLogsShowWhatIsHidden(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"text", "json"} {
		for hostile := range testdata.HostileNames {
			var out bytes.Buffer
			logger, err := newLogger(&out, "info", format)
			if err != nil {
				t.Fatal(err)
			}
			logger.With("name", hostile).WithGroup("g").Info(hostile, "error", errors.New(hostile), slog.String("again", hostile))
			if headwater.Visible(out.String()) != out.String() {
				t.Errorf("%s: %q is logged as %q", format, hostile, out.String())
			}
		}
	}
}
