package main

import (
	"fmt"
	"os"
	"path/filepath"
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

// TestReprintsByTheCommand: documents of a bundle are compared when the command is told to, those of a feed when they come; what is
// rejected stays so.
func TestReprintsByTheCommand(t *testing.T) {
	t.Parallel()
	database := storetest.New(t)
	text := "The grain terminal reopened on Thursday after the harbour office had said that twelve ships were waiting in the roads and " +
		"that the pilots of the port would bring them in one by one before the tide turned late at night."
	bundle := bundleFile(t, fmt.Sprintf(`{"type":"bundle","format":"headwater-bundle/1","namespace":"https://headwater.example/m"}
{"type":"source","key":"a","kind":"outlet","name":"Paper A"}
{"type":"source","key":"w","kind":"wire","name":"Oxbow Wire","names":{"ar":"وكالة أوكسبو"}}
{"type":"document","key":"x","publisher":"a","kind":"article","title":"Open again","authors":["وكالة أوكسبو"],"text":"%[1]s"}
{"type":"document","key":"y","publisher":"w","kind":"wire","title":"Terminal reopens","text":"%[1]s"}
`, text))
	ok(t, "import", "--database-url", database, bundle)
	if none := ok(t, "matches", "--database-url", database); none != "" {
		t.Errorf("a bundle brings the matches %s", none)
	}
	listed := ok(t, "matches", "--reprints", "--reason", "looked", "--database-url", database)
	contains(t, listed, "reprint", "a: ", "Open again", "b: ", "Terminal reopens", "It credits the publisher of the other.",
		"as author 1", "“the grain terminal reopened")
	if at := strings.Index(listed, "Open again"); at > strings.Index(listed, "Terminal reopens") {
		t.Errorf("the wire is the reprint: %s", listed)
	}
	id, _, _ := strings.Cut(strings.Fields(listed)[1], "@")
	ok(t, "reject", id, "--database-url", database)
	if again := ok(t, "matches", "--reprints", "--database-url", database); again != "" {
		t.Errorf("what was rejected is proposed again: %s", again)
	}
	feed := filepath.Join(t.TempDir(), "feed.xml")
	if err := os.WriteFile(feed, fmt.Appendf(nil, `<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
		<title>Paper B</title><link>https://b.example/</link><item><title>Ships come in</title><link>https://b.example/1</link>
		<content:encoded><![CDATA[<p>%s</p>]]></content:encoded></item></channel></rss>`, text), 0o600); err != nil {
		t.Fatal(err)
	}
	ok(t, "import", "--format", "rss", "--database-url", database, feed)
	contains(t, ok(t, "matches", "--kind", "reprint", "--database-url", database), "Ships come in", "Terminal reopens", "Open again")
	contains(t, ok(t, "list", "documents", "--q", "pilots", "--database-url", database), "Ships come in")
}
