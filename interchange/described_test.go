package interchange_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

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

// TestWordsOfTheTitle: an article that the page leads to is not its own for the words that both have; its headline must be the title, or a
// whole part of it, and the longest counts.
func TestWordsOfTheTitle(t *testing.T) {
	t.Parallel()
	page := `<link rel="canonical" href="https://bay.example/1"><title>%s</title><script type="application/ld+json">[%s]</script>` +
		sentence
	const teaser = `{"@type": "NewsArticle", "url": "https://bay.example/2", "headline": "Salt prices", "datePublished": "2020-01-01"}`
	const section = `{"@type": "NewsArticle", "headline": "Bay", "datePublished": "2020-01-01"}`
	const own = `{"@type": "NewsArticle", "headline": "Ferries - all of them - halted", "datePublished": "2024-05-01"}`
	for _, test := range []struct{ title, described, want string }{
		{"Salt prices fall again", teaser, ""}, {"Why salt prices fall | Bay", teaser, ""}, {"Bay: salt prices", teaser, "2020-01-01"},
		{"Ferries - all of them - halted | Bay", section + "," + own, "2024-05-01"},
		{"Bay » Ferries - all of them - halted", section + "," + own, "2024-05-01"},
	} {
		d := read(t, fmt.Sprintf(page, test.title, test.described), interchange.HTML, interchange.TableOptions{}).onlyDocument(t)
		got := ""
		if d.Published != nil {
			got = string(d.Published.Earliest)
		}
		if got != test.want {
			t.Errorf("%s: the day is %q, want %q", test.title, got, test.want)
		}
	}
}

// TestWhenPagesArePublished: a page says its date in one of many ways, and the first that can be read counts.
func TestWhenPagesArePublished(t *testing.T) {
	t.Parallel()
	const (
		head   = `<link rel="canonical" href="https://bay.example/1"><title>Ferries halted | Bay</title>`
		linked = `<script type="application/ld+json">%s</script>`
		day    = "2024-05-01"
	)
	for name, markup := range map[string]string{
		"a name in capitals":  `<meta name="DC.date.issued" content="2024-05-01">`,
		"a name of a program": `<meta name="parsely-pub-date" content="2024-05-01">`,
		"after what is none": `<meta property="article:published_time" content="soon"><meta name="date" content="05/06/07">` +
			`<meta name="pubdate" content="2024-05-01">`,
		"after the year 1": fmt.Sprintf(linked, `{"@type": "NewsArticle", "datePublished": "0001-01-01T00:00:00Z"}`) +
			`<meta name="pubdate" content="2024-05-01">`,
		"of JSON with line breaks": fmt.Sprintf(linked, `{"@type": "NewsArticle", "description": "one`+"\n"+`two",
			"datePublished": "2024-05-01"}`),
		"of the page": fmt.Sprintf(linked, `{"@graph": [{"@type": "WebSite", "name": "Bay"}, {"@type": "WebPage",
			"@id": "https://bay.example/1", "datePublished": "2024-05-01"}]}`),
		"of what the page is about": fmt.Sprintf(linked, `{"@type": "WebPage", "mainEntity": {"@type": "NewsArticle",
			"url": "https://bay.example/1", "datePublished": "2024-05-01"}}`),
		"of microdata": `<article itemscope itemtype="https://schema.org/NewsArticle"><h1 itemprop="headline">Ferries halted</h1>` +
			`<time itemprop="datePublished" datetime="2024-05-01">yesterday</time></article>`,
		"of microdata without a headline": `<div itemscope itemtype="https://schema.org/BlogPosting"><meta itemprop="datePublished" ` +
			`content="2024-05-01"></div>`,
		"in an element": `<article><time pubdate datetime="2024-05-01">yesterday</time></article>`,
	} {
		document := read(t, head+markup+sentence, interchange.HTML, interchange.TableOptions{}).onlyDocument(t)
		if document.Published == nil || document.Published.Earliest != day {
			t.Errorf("%s: the date is %v", name, document.Published)
		}
	}
	for name, markup := range map[string]string{
		"of teasers": `<div itemscope itemtype="https://schema.org/Article"><meta itemprop="datePublished" content="2020-01-01"></div>` +
			`<div itemscope itemtype="https://schema.org/NewsArticle"><meta itemprop="datePublished" content="2021-01-01"></div>`,
		"of another page": `<div itemscope itemtype="https://schema.org/NewsArticle"><a itemprop="url" href="/2">Salt</a>` +
			`<meta itemprop="datePublished" content="2020-01-01"></div>`,
		"of the site": fmt.Sprintf(linked, `{"@type": "WebPage", "@id": "https://bay.example/", "datePublished": "2020-01-01"}`),
	} {
		document := read(t, head+markup+sentence, interchange.HTML, interchange.TableOptions{}).onlyDocument(t)
		if document.Published != nil {
			t.Errorf("%s: the date is %v", name, document.Published)
		}
	}
}

// TestDatesThatMayBeNone: what may have been meant as another thing than the date refuses no page.
func TestDatesThatMayBeNone(t *testing.T) {
	t.Parallel()
	out := read(t, `<link rel="canonical" href="https://bay.example/1"><meta name="pdate" content="12:06 PM">`+sentence, interchange.HTML,
		interchange.TableOptions{})
	if len(out.faults) > 0 || len(out.notes) != 1 || out.onlyDocument(t).Published != nil {
		t.Errorf("%v %v", out.faults, out.notes)
	}
}

// TestUnreadJSONLD: what a page says of itself in JSON that is none is told.
func TestUnreadJSONLD(t *testing.T) {
	t.Parallel()
	out := read(t, `<link rel="canonical" href="https://bay.example/1"><script type="application/ld+json">{"@type": "Article",}</script>`+
		sentence, interchange.HTML, interchange.TableOptions{})
	if len(out.notes) != 1 || !strings.Contains(out.notes[0].String(), "application/ld+json") {
		t.Errorf("told is %v", out.notes)
	}
}

// TestBylinesAndNames: of a byline in the page only the names are kept, and a site's name is none that is an address or the headline.
func TestBylinesAndNames(t *testing.T) {
	t.Parallel()
	const head = `<link rel="canonical" href="https://bay.example/1"><meta property="og:title" content="Ferries are halted by fog">`
	for written, want := range map[string]string{
		"By Mona Hill": "Mona Hill", "by: Mona Hill": "Mona Hill", "Par Mona Hill": "Mona Hill", "بقلم: منى": "منى", "كتبت منى": "منى",
		"By Mona Hill March 11, 2015 3:46 PM": "Mona Hill", "Mona Hill | Bay Wire": "Mona Hill | Bay Wire",
		"Mona Hill | December 22, 2014": "Mona Hill", "hill1984": "hill1984", "Tuesday, 25 November 2014 by Mona Hill": "Mona Hill",
		"By Mona Hill - 19 December 2014 Contributing Writer": "Mona Hill", "By Mona Hill2014-12-22 17:43:29 UTC": "Mona Hill",
		"Mona Hill, Bay": "Mona Hill, Bay", "Bystander": "Bystander", "May Hill": "May Hill", "كتبي": "كتبي",
		"11:57 AM 12/25/2014": "", "https://bay.example/staff": "", "April 28, 2019 at 6:01 am": "",
	} {
		page := `<html><body>` + head + `<p class="byline">` + written + `</p>` + sentence + `</body></html>`
		got := strings.Join(read(t, page, interchange.HTML, interchange.TableOptions{}).onlyDocument(t).Authors, "; ")
		if got != want {
			t.Errorf("%q is read as %q", written, got)
		}
	}
	for named, want := range map[string]string{"The Bay": "The Bay", "https://bay.example": "bay.example", "//bay.example/": "bay.example",
		"Ferries are halted by fog | The Bay": "bay.example", "Bay.example": "Bay.example"} {
		page := head + `<meta property="og:site_name" content="` + named + `">` + sentence
		for _, item := range read(t, page, interchange.HTML, interchange.TableOptions{}).items {
			if source, is := item.Thing.(*headwater.Source); is && source.Name != want {
				t.Errorf("of %q the publisher is %q", named, source.Name)
			}
		}
	}
}

// TestLateEncoding: browsers take what a page says of its encoding wherever in its head it stands.
func TestLateEncoding(t *testing.T) {
	t.Parallel()
	late := strings.Repeat("<!-- far down -->", 100) + `<meta http-equiv="Content-Type" content="text/html; charset=windows-1256">`
	text, err := charmap.Windows1256.NewEncoder().String("<title>الميناء</title>" + sentence)
	if err != nil {
		t.Fatal(err)
	}
	at := interchange.TableOptions{Values: map[string]string{"url": "https://bay.example/1"}}
	if title := read(t, "<html><head>"+late+text, interchange.HTML, at).onlyDocument(t).Title; title != "الميناء" {
		t.Errorf("the title is %q", title)
	}
	inUTF8 := "<html><head>" + late + "<title>الميناء</title>" + sentence
	if title := read(t, inUTF8, interchange.HTML, at).onlyDocument(t).Title; title != "الميناء" {
		t.Errorf("of a page in UTF-8 the title is %q", title)
	}
	out := read(t, text, interchange.HTML, at)
	if len(out.faults) != 1 || !strings.Contains(out.faults[0].Error(), "windows-1256") {
		t.Errorf("of a page that names no encoding is told %v", out.faults)
	}
}
