package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/store"
)

// TestPagesGiveTheirText: a document that is stored without a text, since a feed only named it, gets that of the page once it is imported,
// and what else it lacks. What is stored of it stays; so does all of one that had a text, or in which something is attributed: what is
// attributed in a text has the words that make the claim.
func TestPagesGiveTheirText(t *testing.T) {
	t.Parallel()
	s := open(t)
	stored := func(key string) headwater.Document {
		t.Helper()
		for _, document := range must(s.Documents(t.Context(), store.DocumentFilter{}, store.Paging{Limit: 100}))(t).Items {
			if strings.HasSuffix(document.URL, "/"+key) {
				return must(s.Document(t.Context(), document.ID))(t)
			}
		}
		t.Fatalf("no document %s", key)
		return headwater.Document{}
	}
	const sentence = "The harbour office said that the third berth would stay closed, and nobody else did. "
	page := func(key string) store.ImportResult {
		t.Helper()
		return take(t, s, interchange.HTML, interchange.TableOptions{}, fmt.Sprintf(`<html lang="en"><head><title>Of the page</title>
			<meta name="date" content="2024-05-01"><link rel="canonical" href="https://bay.example/%s"></head><body><p>%s</p></body>`,
			key, strings.Repeat(sentence, 5)), false)
	}
	take(t, s, interchange.RSS, interchange.TableOptions{}, `<rss version="2.0"><channel><title>Bay Herald</title>
		<link>https://bay.example</link><item><title>Of the feed</title><link>https://bay.example/named</link></item></channel></rss>`,
		false)
	take(t, s, interchange.WebAnnotation, interchange.TableOptions{}, `{"@context": "http://www.w3.org/ns/anno.jsonld",
		"type": "Annotation", "id": "https://notes.example/1", "target": "https://bay.example/attributed",
		"body": {"type": "TextualBody", "value": "The berth is closed."}}`, false)
	page("emptied")
	emptied := stored("emptied")
	fields := emptied.DocumentFields
	fields.Text, fields.TextSHA256 = "", ""
	must(s.UpdateDocument(t.Context(), tester, emptied.ID, emptied.Version, fields))(t)

	result := page("named")
	got := stored("named")
	isFilled := strings.HasPrefix(got.Text, sentence) && got.TextSHA256 == headwater.TextSHA256(got.Text) && got.Language == "en" &&
		got.Published != nil && got.Published.Earliest == "2024-05-01"
	if !isFilled || got.Title != "Of the feed" || got.Version != 2 {
		t.Errorf("filled is %+v", got)
	}
	if count := result.Counts[headwater.ResourceDocument]; count.Changed != 1 || count.Unchanged != 0 || count.Added != 0 {
		t.Errorf("counted is %+v", count)
	}
	if again := page("named"); again.Counts[headwater.ResourceDocument].Changed != 0 || len(again.Notes) > 0 {
		t.Errorf("read again, %+v, told is %v", again.Counts, again.Notes)
	}
	later := take(t, s, interchange.RSS, interchange.TableOptions{}, `<rss version="2.0" xmlns:c="http://purl.org/rss/1.0/modules/content/">
		<channel><title>Bay Herald</title><link>https://bay.example</link><item><title>Of the feed</title>
		<link>https://bay.example/named</link><c:encoded>It is open again.</c:encoded></item></channel></rss>`, false)
	if len(later.Notes) != 1 || !strings.Contains(later.Notes[0].Text, "another text") {
		t.Errorf("of another text is told %v", later.Notes)
	}
	must(s.Undo(t.Context(), grouped(), result.Group, nil))(t)
	if got := stored("named"); got.Text != "" || got.Language != "" || got.Title != "Of the feed" {
		t.Errorf("undone is %+v", got)
	}
	for _, key := range []string{"attributed", "emptied"} {
		before := stored(key)
		result := page(key)
		if after := stored(key); after.Version != before.Version || after.Text != "" {
			t.Errorf("%s is %+v", key, after)
		}
		if !slices.ContainsFunc(result.Notes, func(n bundle.Note) bool { return strings.Contains(n.Text, "without a text") }) {
			t.Errorf("of %s is told %v", key, result.Notes)
		}
	}
}

// TestManyPagesGiveTheirText, more of it than is in memory at once.
func TestManyPagesGiveTheirText(t *testing.T) {
	t.Parallel()
	s := open(t)
	const documents = 5
	feed := func(sentences int) string {
		items := `<rss version="2.0" xmlns:c="http://purl.org/rss/1.0/modules/content/"><channel><title>Bay Herald</title>
			<link>https://bay.example</link>`
		for i := range documents {
			items += fmt.Sprintf("<item><title>%[1]d</title><link>https://bay.example/%[1]d</link><c:encoded>%[2]s</c:encoded></item>", i,
				strings.Repeat(fmt.Sprintf("The harbour has berth %d. ", i), sentences))
		}
		return items + "</channel></rss>"
	}
	take(t, s, interchange.RSS, interchange.TableOptions{}, feed(0), false)
	result := take(t, s, interchange.RSS, interchange.TableOptions{}, feed(70_000), false)
	if count := result.Counts[headwater.ResourceDocument]; count.Changed != documents {
		t.Errorf("counted is %+v, told is %v", count, result.Notes)
	}
	for _, hit := range must(s.Documents(t.Context(), store.DocumentFilter{}, store.Paging{Limit: 100}))(t).Items {
		text, want := must(s.Document(t.Context(), hit.ID))(t).Text, "The harbour has berth "+hit.Title+". "
		if strings.Count(text, strings.TrimSpace(want)) != 70_000 {
			t.Errorf("the text of %s has %d bytes", hit.Title, len(text))
		}
	}
}

// TestTheFirstTextOfAPageCounts, whichever of several records of the page is dated.
func TestTheFirstTextOfAPageCounts(t *testing.T) {
	t.Parallel()
	item := func(date, text string) string {
		return `<item><title>Ferries</title><link>https://bay.example/1</link>` + date + `<c:encoded>` + text + `</c:encoded></item>`
	}
	const date = "<pubDate>Wed, 01 May 2024 10:00:00 GMT</pubDate>"
	for name, test := range map[string]struct{ items, text string }{
		"a dated item without a text": {item("", "They sail.") + item(date, ""), "They sail."},
		"a dated item of another":     {item("", "They sail.") + item(date, "They do not."), "They sail."},
		"a text that comes later":     {item("", "") + item(date, "") + item("", "They sail."), "They sail."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			result := take(t, s, interchange.RSS, interchange.TableOptions{}, `<rss version="2.0"
				xmlns:c="http://purl.org/rss/1.0/modules/content/"><channel><title>Bay Herald</title><link>https://bay.example</link>`+
				test.items+"</channel></rss>", false)
			hits := must(s.Documents(t.Context(), store.DocumentFilter{}, store.Paging{Limit: 2}))(t).Items
			if len(hits) != 1 {
				t.Fatalf("stored are %v", hits)
			}
			if got := must(s.Document(t.Context(), hits[0].ID))(t).Text; got != test.text {
				t.Errorf("the text is %q", got)
			}
			if len(result.Notes) == 0 || !strings.Contains(result.Notes[0].Text, "the first with a text counts") {
				t.Errorf("told is %v", result.Notes)
			}
		})
	}
}

// TestPagesThatAreOneOnlyOnceBoundAreTold: that two captures are of one page may be known only once it is that their publishers are one.
func TestPagesThatAreOneOnlyOnceBoundAreTold(t *testing.T) {
	t.Parallel()
	s := open(t)
	capture := func(head, sentence string) string {
		page := `<html lang="en"><head><title>The berth</title>` + head + `<link rel="canonical" href="https://bay.example/1"></head>` +
			"<body><p>" + strings.Repeat(sentence, 8) + "</p></body>"
		return fmt.Sprintf("WARC/1.1\r\nWARC-Type: resource\r\nWARC-Record-ID: <urn:uuid:b1a7c3de-0001-4000-8000-000000000001>\r\n"+
			"WARC-Date: 2025-03-20T08:09:10Z\r\nWARC-Target-URI: https://bay.example/1\r\nContent-Type: text/html\r\n"+
			"Content-Length: %d\r\n\r\n%s\r\n\r\n", len(page), page)
	}
	result := take(t, s, interchange.WARC, interchange.TableOptions{},
		capture(`<meta property="og:site_name" content="Bay Herald">`, "The harbour office said that the third berth would stay closed. ")+
			capture("", "The harbour office said that the third berth would be open again. "), false)
	if added := result.Counts[headwater.ResourceDocument].Added; added != 1 {
		t.Fatalf("%d documents were added", added)
	}
	if len(result.Notes) != 1 || !strings.Contains(result.Notes[0].Text, "record 1 has the same address, and says otherwise") {
		t.Errorf("told is %v", result.Notes)
	}
}
