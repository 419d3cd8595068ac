package interchange_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/interchange"
)

// onlyDocument is the document that a file is read as, if it is one.
func (o told) onlyDocument(t *testing.T) *headwater.Document {
	t.Helper()
	var found []*headwater.Document
	for _, item := range o.items {
		if document, is := item.Thing.(*headwater.Document); is {
			found = append(found, document)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d documents are read, told is %v", len(found), o.faults)
	}
	return found[0]
}

// TestTimesOfPages: an instant of ISO 8601 is one whatever its offset looks like, and a time of no zone is told.
func TestTimesOfPages(t *testing.T) {
	t.Parallel()
	feed := func(written string) string {
		return `<rss version="2.0"><channel><title>F</title><item><title>X</title><link>https://bay.example/1</link><pubDate>` + written +
			`</pubDate></item></channel></rss>`
	}
	page := func(written string) string {
		return `<link rel="canonical" href="https://bay.example/1"><script type="application/ld+json">{"@type": "NewsArticle",
			"datePublished": "` + written + `"}</script>` + sentence
	}
	for written, want := range map[string]string{
		"2024-05-01T08:00:00+0300": "2024-05-01T08:00:00+03:00", "2024-05-01T08:00:00+03": "2024-05-01T08:00:00+03:00",
		"2024-05-01T08:00Z": "2024-05-01T08:00:00Z", "2024-05-01T10:00:00": "2024-05-01", "2024-05-01 10:00": "2024-05-01",
	} {
		for format, text := range map[interchange.Format]string{interchange.HTML: page(written), interchange.RSS: feed(written)} {
			out := read(t, text, format, interchange.TableOptions{})
			if got := out.onlyDocument(t).Published; !got.Earliest.Earliest().Equal(headwater.Moment(want).Earliest()) ||
				len(got.Earliest) > len(want) {
				t.Errorf("%s: %s is read as %v, want %s", format, written, got, want)
			}
			isTold := slices.ContainsFunc(out.notes, func(n bundle.Note) bool { return strings.Contains(n.Text, "its time is left out") })
			if isTold != (len(want) == len("2024-05-01")) {
				t.Errorf("%s: of %s is told %v", format, written, out.notes)
			}
		}
	}
	if got := read(t, feed("Wed, 01 May 2024 08:00:00 +0300"), interchange.RSS, interchange.TableOptions{}).onlyDocument(t).Published; got.
		Earliest != "2024-05-01T05:00:00Z" {
		t.Errorf("a date of RFC 822 is read as %v", got)
	}
}

// TestOwnArticle: of several articles that a page describes, its own gives title, date and authors, wherever it stands.
func TestOwnArticle(t *testing.T) {
	t.Parallel()
	const (
		head    = `<link rel="canonical" href="https://bay.example/1"><title>Ferries halted | Bay</title>`
		related = `{"@type": "NewsArticle", "url": "https://bay.example/2", "headline": "Salt prices", "datePublished": "2020-01-01",
			"author": {"name": "Tom Reed"}}`
	)
	about := `"@type": "NewsArticle", "headline": "Ferries are halted by fog", "datePublished": "2024-05-01",
		"author": {"name": "Mona Hill"}`
	for _, own := range []string{
		`{` + about + `, "url": "http://www.bay.example/1?utm_source=x"}`, `{` + about + `, "mainEntityOfPage": "https://bay.example/1"}`,
		`{` + about + `, "mainEntityOfPage": {"@type": "WebPage", "@id": "/1"}}`, `{` + about + `, "@id": "https://bay.example/1#article"}`,
		`{` + about + `}`, `{` + strings.ReplaceAll(about, "Ferries are halted by fog", "Ferries halted") +
			`, "url": "https://m.bay.example/1"}`,
	} {
		for _, both := range []string{related + "," + own, own + "," + related} {
			for _, layout := range []string{"[%s]", `{"@graph": [%s]}`} {
				unknown := `<title>Fog</title><script type="application/ld+json">{` + about +
					`, "url": "https://bay.example/1"}</script>` + sentence
				if d := read(t, unknown, interchange.HTML, interchange.TableOptions{}).onlyDocument(t); d.URL != "https://bay.example/1" {
					t.Errorf("a page that only its article places is at %q", d.URL)
				}
				page := head + `<script type="application/ld+json">` + fmt.Sprintf(layout, both) + "</script>" + sentence
				d := read(t, page, interchange.HTML, interchange.TableOptions{}).onlyDocument(t)
				if !strings.HasPrefix(d.Title, "Ferries") || d.Published.Earliest != "2024-05-01" ||
					!slices.Equal(d.Authors, []string{"Mona Hill"}) {
					t.Errorf("%s: read is %q of %v by %q", page, d.Title, d.Published, d.Authors)
				}
			}
		}
	}
	unknown := `<title>Fog</title><script type="application/ld+json">{` + about + `, "url": "https://bay.example/1"}</script>` + sentence
	if d := read(t, unknown, interchange.HTML, interchange.TableOptions{}).onlyDocument(t); d.URL != "https://bay.example/1" {
		t.Errorf("a page that only its article places is at %q", d.URL)
	}
	page := head + `<script type="application/ld+json">[` + related + `]</script>` + sentence
	d := read(t, page, interchange.HTML, interchange.TableOptions{}).onlyDocument(t)
	if d.Title == "Salt prices" || d.Published != nil || len(d.Authors) > 0 {
		t.Errorf("what it leads to gives a page %q of %v by %q", d.Title, d.Published, d.Authors)
	}
}
