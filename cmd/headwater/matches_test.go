package main

import (
	"strings"
	"testing"

	"github.com/headwater-project/headwater/store/storetest"
)

// TestDecidingMatches: of each kind, brought by a bundle, listed and decided by the command.
func TestDecidingMatches(t *testing.T) {
	t.Parallel()
	database := storetest.New(t)
	bundle := bundleFile(t, `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://headwater.example/m"}
{"type":"source","key":"a","kind":"outlet","name":"Paper A"}
{"type":"source","key":"b","kind":"outlet","name":"Paper B"}
{"type":"document","key":"x","publisher":"a","kind":"article","title":"It rained"}
{"type":"document","key":"y","publisher":"a","kind":"wire","url":"https://wire.example/1"}
{"type":"document","key":"z","publisher":"a","kind":"article","title":"It rained twice"}
{"type":"match","kind":"reprint","a":"x","b":"y","rationale":"The same words.","status":"proposed"}
{"type":"match","kind":"same_document","a":"x","b":"z","status":"proposed"}
{"type":"match","kind":"same_source","a":"a","b":"b","status":"proposed"}
`)
	ok(t, "import", "--database-url", database, bundle)
	before := ok(t, "export", "--database-url", database)
	for kind, wanted := range map[string][]string{"reprint": {"It rained", "https://wire.example/1", "The same words."},
		"same_document": {"It rained twice"}, "same_source": {"Paper A", "Paper B"}} {
		listed := ok(t, "matches", "--kind", kind, "--database-url", database)
		contains(t, listed, wanted...)
		id, _, _ := strings.Cut(strings.Fields(listed)[1], "@")
		if said := ok(t, "accept", id, "--reason", "so it is", "--database-url", database); !strings.Contains(said,
			": accepted") {
			t.Errorf("accepting says %s", said)
		}
		if r := invoke(t, "reject", id, "--database-url", database); r.code == 0 || !strings.Contains(r.stderr, "reopen it "+
			"first") {
			t.Errorf("rejecting what is accepted gives %+v", r)
		}
		ok(t, "reopen", id, "--database-url", database)
		if after := ok(t, "export", "--database-url", database); after != before {
			t.Errorf("a %s that was accepted and reopened leaves\n%s", kind, after)
		}
		ok(t, "reject", id, "--database-url", database)
		contains(t, ok(t, "matches", "--status", "rejected", "--database-url", database), id)
		ok(t, "reopen", id, "--database-url", database)
	}
	if n := queried(t, database, "SELECT count(*)::text FROM changes WHERE group_id = '00000000-0000-0000-0000-000000000000'"); n != "0" {
		t.Errorf("%s changes name no command that made them", n)
	}
	if r := invoke(t, "matches", "--kind", "twins", "--database-url", database); r.code == 0 || !strings.Contains(r.stderr, "--kind") {
		t.Errorf("a kind that there is not gives %+v", r)
	}
}
