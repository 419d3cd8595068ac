package interchange_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/htmlindex"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
)

// TestDocumentsAreRead: what saved pages and feeds are read as, with their faults and notes.
func TestDocumentsAreRead(t *testing.T) {
	t.Parallel()
	for file, format := range map[string]interchange.Format{
		"article.html": interchange.HTML, "news.rss.xml": interchange.RSS, "news.atom.xml": interchange.RSS,
		"captures.warc": interchange.WARC,
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(filepath.Join("..", "testdata", file))
			if err != nil {
				t.Fatal(err)
			}
			golden(t, file+".golden", read(t, string(text), format, interchange.TableOptions{}).lines(t))
		})
	}
}

// sentence is long enough to be taken for an article.
var sentence = "<p>" + strings.Repeat("The harbour office said that the third berth would stay closed, and nobody else did. ", 5) +
	"</p>"

// TestPagesThatSayLittle: what a page does not say is asked for, and all at once.
func TestPagesThatSayLittle(t *testing.T) {
	t.Parallel()
	const unnamed = "line 1: /url: required: expected the address of the page, which it does not name; the option set can, as url=ADDRESS"
	for name, test := range map[string]struct {
		page   string
		values map[string]string
		want   []string // faults
		title  string
	}{
		"an address is asked for": {"<title>T</title>" + sentence, nil,
			[]string{unnamed}, ""},
		"nothing to read": {"<script>x</script>", nil, []string{"line 1: /text: required: expected a page with a text to read",
			unnamed}, ""},
		"an address is given": {"<title>T</title>" + sentence, map[string]string{"url": "news.example.org/1"}, nil, "T"},
		"a date that nobody can read": {`<title>T</title><meta itemprop="datePublished" content="tomorrow">` + sentence,
			map[string]string{"url": "https://news.example.org/1"}, []string{`line 1: /published: bad_format: "tomorrow", expected a ` +
				"date such as 2023-08-15, 2023/8/15 or 15 August 2023; a month or a year such as 2023-08 or 2023 will do"}, "T"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out := read(t, "<html><body>"+test.page+"</body></html>", interchange.HTML, interchange.TableOptions{Values: test.values})
			var faults []string
			for _, fault := range out.faults {
				faults = append(faults, fault.Error())
			}
			if diff := cmp.Diff(test.want, faults); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
			title := ""
			for _, item := range out.items {
				if document, is := item.Thing.(*headwater.Document); is {
					title = document.Title
				}
			}
			if title != test.title {
				t.Errorf("the title is %q, want %q", title, test.title)
			}
		})
	}
}

// TestFeedsThatAreNone: what is no feed is refused as a whole.
func TestFeedsThatAreNone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "{}", "<html></html>", "<rss><channel><item><title>cut o",
		`{"version":"https://jsonfeed.org/version/1.1"}`} {
		out := read(t, text, interchange.RSS, interchange.TableOptions{})
		if len(out.items) > 0 || len(out.faults) != 1 {
			t.Errorf("%q is read as %v, with %v", text, out.items, out.faults)
		}
	}
}

// TestNamespacesOfFeeds: what a file declares at most is read, and one more, for which each element costs more, is refused.
func TestNamespacesOfFeeds(t *testing.T) {
	t.Parallel()
	declaring := func(count int) string {
		var declared strings.Builder
		for n := range count {
			fmt.Fprintf(&declared, ` xmlns:n%d = "u%[1]d"`, n)
		}
		return `<rss version="2.0"` + declared.String() + `><channel><title>F</title><link>https://f.example</link>` +
			`<item><title>X</title></item></channel></rss>`
	}
	if out := read(t, declaring(100), interchange.RSS, interchange.TableOptions{}); len(out.faults) > 0 {
		t.Error(out.faults)
	}
	inUTF16 := "\xff\xfe" + strings.Join(strings.Split(declaring(101), ""), "\x00") + "\x00"
	for _, text := range []string{declaring(101), inUTF16} {
		out := read(t, text, interchange.RSS, interchange.TableOptions{})
		if len(out.faults) != 1 || !strings.Contains(out.faults[0].Error(), "100 namespaces") {
			t.Errorf("%.40q: %v", text, out.faults)
		}
	}
}

// TestEncodingsOfFeeds: a feed is in the encoding that it names, in UTF-16 by its mark whatever it names, or in the one that is given.
func TestEncodingsOfFeeds(t *testing.T) {
	t.Parallel()
	feed := func(encoding, in string) string {
		text := `<?xml version="1.0"` + encoding + `?><rss version="2.0"><channel><title>F</title><link>https://f.example</link>` +
			`<item><title>الميناء</title></item></channel></rss>`
		encoder, err := htmlindex.Get(in)
		if err != nil {
			t.Fatal(err)
		}
		if text, err = encoder.NewEncoder().String(text); err != nil {
			t.Fatal(err)
		}
		return text
	}
	for name, test := range map[string]struct{ text, charset string }{
		"named":             {feed(` encoding="windows-1256"`, "windows-1256"), ""},
		"marked":            {"\xff\xfe" + feed("", "utf-16le"), ""},
		"marked and named":  {"\xfe\xff" + feed(` encoding="UTF-16"`, "utf-16be"), ""},
		"given":             {feed("", "windows-1256"), "windows-1256"},
		"given, and wrong":  {feed(` encoding="utf-8"`, "windows-1256"), "windows-1256"},
		"UTF-8, and wrong":  {feed(` encoding='windows-1256'`, "utf-8"), "utf-8"},
		"UTF-8 with a mark": {"\xef\xbb\xbf" + feed(` encoding="utf-8"`, "utf-8"), ""},
	} {
		out := read(t, test.text, interchange.RSS, interchange.TableOptions{Charset: test.charset})
		if len(out.faults) > 0 || out.onlyDocument(t).Title != "الميناء" {
			t.Errorf("%s: %v %v", name, out.items, out.faults)
		}
	}
	out := read(t, feed(` encoding="utf-8"`, "windows-1256"), interchange.RSS, interchange.TableOptions{})
	if len(out.faults) != 1 || !strings.Contains(out.faults[0].Error(), "charset") {
		t.Errorf("of a feed that names the wrong encoding is told %v", out.faults)
	}
}

// TestItemsOfOtherSites: an item that stands elsewhere and names no source is the feed's, which is told; FeedBurner's addresses are those
// of what they lead to.
func TestItemsOfOtherSites(t *testing.T) {
	t.Parallel()
	const (
		rss = `<rss version="2.0" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"><channel><title>F</title>` +
			`<link>https://www.bay.example</link><item><title>X</title><link>%s</link>%s</item></channel></rss>`
		atom = `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"><title>F</title>` +
			`<link href="https://bay.example"/><entry><title>X</title><link href="%s"/>%s</entry></feed>`
	)
	for name, test := range map[string]struct {
		link, more, want string
		isTold           bool
	}{
		"its own":   {"https://bay.example/1", "", "https://bay.example/1", false},
		"one below": {"https://news.bay.example/1", "", "https://news.bay.example/1", false},
		"another's": {"https://hill.example/1", "", "https://hill.example/1", true},
		"of a FeedBurner": {"https://feeds.example/~r/1", "<feedburner:origLink>https://bay.example/1</feedburner:origLink>",
			"https://bay.example/1", false},
	} {
		for _, layout := range []string{rss, atom} {
			out := read(t, fmt.Sprintf(layout, test.link, test.more), interchange.RSS, interchange.TableOptions{})
			if got := out.onlyDocument(t).URL; got != test.want || (len(out.notes) > 0) != test.isTold {
				t.Errorf("%s: %s, told is %v", name, got, out.notes)
			}
		}
	}
}

// TestTitlesAndAddressesOfItems: a title is text, whatever markup it has, and an item without a link has the address of its guid, unless
// that is said to be none.
func TestTitlesAndAddressesOfItems(t *testing.T) {
	t.Parallel()
	const rss = `<rss version="2.0"><channel><title>F</title><link>https://f.example</link><item><title>%s</title>%s</item></channel></rss>`
	const atom = `<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title><entry><title type="xhtml"><div ` +
		`xmlns="http://www.w3.org/1999/xhtml">A <b>bold</b> one</div></title><link href="https://f.example/1"/></entry></feed>`
	for text, want := range map[string]string{
		fmt.Sprintf(rss, "<![CDATA[الميناء &amp; <i>الرصيف</i>]]>",
			"<link>https://f.example/1</link>"): "الميناء & الرصيف https://f.example/1",
		fmt.Sprintf(rss, "AT&amp;T: 5 &lt; 6", `<guid>https://f.example/2</guid>`):    "AT&T: 5 < 6 https://f.example/2",
		fmt.Sprintf(rss, "X", `<guid isPermaLink="false">https://f.example/2</guid>`): "X ",
		fmt.Sprintf(rss, "X", `<guid>f-2</guid>`):                                     "X ",
		atom: "A bold one https://f.example/1",
	} {
		var got []string
		for _, item := range read(t, text, interchange.RSS, interchange.TableOptions{}).items {
			if document, is := item.Thing.(*headwater.Document); is {
				got = append(got, document.Title+" "+document.URL)
			}
		}
		if diff := cmp.Diff([]string{want}, got); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

// TestContentsOfEntries: the content of an entry of Atom is read as what it says that it is, and no text is lost to what looks like markup.
func TestContentsOfEntries(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		"<content type=\"text\">If a&lt;b.\nThe second line.\n\nThe third.</content>":        "If a<b.\nThe second line.\n\nThe third.",
		`<content type="text/plain">a&lt;b &amp;amp; c</content>`:                            "a<b &amp; c",
		`<content>a&lt;b</content>`:                                                          "a<b",
		`<content>&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;</content>`:                  "One.\n\nTwo.", // as many feeds have it
		`<content type="html">&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;</content>`:      "One.\n\nTwo.",
		`<content type="text/html">&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;</content>`: "One.\n\nTwo.",
		`<content type="image/png">iVBORw0KGgoAAAANSUhEUg==</content>`:                       "",
	} {
		out := read(t, `<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title><entry><title>X</title>`+
			`<link href="https://f.example/1"/>`+content+`</entry></feed>`, interchange.RSS, interchange.TableOptions{})
		if got := out.onlyDocument(t).Text; got != want || len(out.faults) > 0 {
			t.Errorf("%s is read as %q, want %q; %v", content, got, want, out.faults)
		}
	}
}

// TestDatesThatAreNone: a year of the Hijri calendar is no date of a page, nor is the instant that programs write where there is none:
// of all that reprint such a page, it would be the first.
func TestDatesThatAreNone(t *testing.T) {
	t.Parallel()
	page := func(written string) (interchange.Format, string) {
		return interchange.HTML, `<meta property="og:url" content="https://p.example/1"><meta property="article:published_time" content="` +
			written + `"><p>` + strings.Repeat("What the page says of the harbour. ", 40)
	}
	item := func(written string) (interchange.Format, string) {
		return interchange.RSS, `<rss version="2.0"><channel><title>F</title><item><title>X</title><link>https://p.example/1</link>` +
			`<pubDate>` + written + `</pubDate></item></channel></rss>`
	}
	for written, want := range map[string]string{
		"1445-10-27": "fault", "1445-10-27T10:00:00+03:00": "fault", "1970-01-01T00:00:00Z": "note", "1970-01-01T03:00:00+03:00": "note",
		"1969-12-31T19:00:00-05:00": "note", "1970-01-01T05:00:00Z": "", "1851-09-18": "",
	} {
		for _, write := range []func(string) (interchange.Format, string){page, item} {
			format, text := write(written)
			out := read(t, text, format, interchange.TableOptions{})
			told := strings.Repeat("fault", len(out.faults)) + strings.Repeat("note", len(out.notes))
			if d := out.onlyDocument(t); (d.Published == nil) != (want != "") || told != want {
				t.Errorf("%s, %s: published %v, told %s", format, written, d.Published, out.said())
			}
		}
	}
}

// TestPagesAtPlatforms: what stands at a platform is published by whose account it is, as where a fact-check names the page: two people who
// post there are two.
func TestPagesAtPlatforms(t *testing.T) {
	t.Parallel()
	page := func(address string) string {
		return `<meta property="og:url" content="` + address + `"><meta property="og:site_name" content="Facebook">` +
			`<script type="application/ld+json">{"@type":"NewsArticle","publisher":{"name":"Facebook"}}</script><p>` +
			strings.Repeat("What the post says of the harbour. ", 40)
	}
	feed := func(site, item string) string {
		return `<rss version="2.0"><channel><title>Ann</title><link>` + site + `</link><item><title>X</title><link>` + item +
			`</link></item></channel></rss>`
	}
	for _, test := range []struct {
		format interchange.Format
		text   string
		want   string
	}{
		{interchange.HTML, page("https://www.facebook.com/ann.veld/posts/1"), "facebook.com/ann.veld https://facebook.com/ann.veld []"},
		{interchange.HTML, page("https://www.facebook.com/bo.olsen/posts/2"), "facebook.com/bo.olsen https://facebook.com/bo.olsen []"},
		{interchange.RSS, feed("https://medium.com/@ann", "https://medium.com/@ann/1"), "Ann https://medium.com/@ann []"},
		{interchange.RSS, feed("https://ann.example/", "https://ann.example/1"), "Ann  [ann.example]"},
	} {
		var got []string
		for _, item := range read(t, test.text, test.format, interchange.TableOptions{}).items {
			if source, is := item.Thing.(*headwater.Source); is {
				got = append(got, fmt.Sprint(source.Name, " ", source.URL, " ", source.Domains))
			}
		}
		if diff := cmp.Diff([]string{test.want}, got); diff != "" {
			t.Error(diff)
		}
	}
}

// TestRelativeAddressesOfItems: they count from xml:base, else from where the file says that it stands, and else are refused by name.
func TestRelativeAddressesOfItems(t *testing.T) {
	t.Parallel()
	const (
		atom = `<feed xmlns="http://www.w3.org/2005/Atom"%s><title>F</title>%s<entry><title>X</title><link href="%s"/></entry></feed>`
		rss  = `<rss version="2.0" xmlns:a10="http://www.w3.org/2005/Atom"%s><channel><title>F</title>%s<item><title>X</title>` +
			`<link>%s</link></item></channel></rss>`
		self    = `<link rel="self" href="https://bay.example/feeds/news.xml"/>`
		rssSelf = `<a10:link rel="self" href="https://bay.example/feeds/news.xml"/>`
		base    = ` xml:base="https://base.example/b/"`
	)
	fault := func(address string) string {
		return `line 1: /link: bad_format: "` + address + `", expected an absolute http or https URL`
	}
	for text, want := range map[string]string{
		fmt.Sprintf(atom, base, self, "1.html"):                                       "https://base.example/b/1.html",
		fmt.Sprintf(atom, "", self, "1.mov"):                                          "https://bay.example/feeds/1.mov",
		fmt.Sprintf(atom, "", self, "/1?a=b"):                                         "https://bay.example/1?a=b",
		fmt.Sprintf(atom, "", self+`<link href="/"/>`, "https://bay.example/2"):       "https://bay.example/2",
		fmt.Sprintf(atom, "", `<link rel="self" href="/feed"/>`, "/1"):                fault("/1"),
		fmt.Sprintf(atom, "", "", "1.mov"):                                            fault("./1.mov"),
		fmt.Sprintf(rss, base, rssSelf+"<link>https://site.example</link>", "1.html"): "https://base.example/b/1.html",
		fmt.Sprintf(rss, "", rssSelf+"<link>https://site.example</link>", "/1"):       "https://bay.example/1",
		fmt.Sprintf(rss, "", "<link>https://site.example/news/</link>", "1"):          "https://site.example/news/1",
		fmt.Sprintf(rss, "", "<link>https://site.example/</link>", "site.com/1"):      "https://site.com/1",
		fmt.Sprintf(rss, "", "<link>/</link>", "/1"):                                  fault("/1"),
		fmt.Sprintf(rss, "", "<link>/news</link>"+rssSelf, "news/1"):                  "https://bay.example/feeds/news/1",
	} {
		out := read(t, text, interchange.RSS, interchange.TableOptions{})
		var got []string
		for _, item := range out.items {
			if document, is := item.Thing.(*headwater.Document); is && document.URL != "" {
				got = append(got, document.URL)
			}
		}
		for _, fault := range out.faults {
			got = append(got, fault.Error())
		}
		if diff := cmp.Diff([]string{want}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

// TestSitesOfFeeds: the publisher of items is known by the site of the file, however its address is written.
func TestSitesOfFeeds(t *testing.T) {
	t.Parallel()
	const (
		rss = `<rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom"><channel><title>F</title>%s` +
			"<item><title>X</title></item></channel></rss>"
		atom = `<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title>%s<entry><title>X</title></entry></feed>`
	)
	for text, want := range map[string]string{
		fmt.Sprintf(rss, "<link>https://www.bay.com/</link>"):                                           "bay.com",
		fmt.Sprintf(rss, "<link>bay.com</link>"):                                                        "bay.com",
		fmt.Sprintf(rss, `<link>/</link><a:link rel="self" href="https://bay.com/feed"/>`):              "bay.com",
		fmt.Sprintf(rss, `<a:link rel="self" href="https://feeds.example/bay"/>`):                       "",
		fmt.Sprintf(atom, `<link href="/news"/><link rel="self" href="https://bay.com/feed"/>`):         "bay.com",
		fmt.Sprintf(atom, `<link href="https://bay.com"/><link rel="self" href="https://x.com/feed"/>`): "bay.com",
	} {
		for _, item := range read(t, text, interchange.RSS, interchange.TableOptions{}).items {
			if source, is := item.Thing.(*headwater.Source); is && strings.Join(source.Domains, " ") != want {
				t.Errorf("%s: known by %v, want %q", text, source.Domains, want)
			}
		}
	}
}

// TestSavedPagesNameTheirAddress: a page without an address of its own has the one from which it was saved, as browsers and SingleFile
// note it.
func TestSavedPagesNameTheirAddress(t *testing.T) {
	t.Parallel()
	const text = "<html><head><title>T</title>%s</head><body>" +
		"<p>The harbour office said that the third berth will stay closed.</p></body></html>"
	const canonical = `<link rel="canonical" href="https://news.example/own">`
	for start, want := range map[string]string{
		"<!-- saved from url=(0033)https://news.example/1?a=b -->" + fmt.Sprintf(text, ""): "https://news.example/1?a=b",
		"<!--\n Page saved with SingleFile \n url: https://news.example/2 \n saved date: Mon May 06 2024 10:00:00 GMT+0300\n-->" +
			fmt.Sprintf(text, ""): "https://news.example/2",
		"<!-- saved from url=(0033)https://news.example/1 -->" + fmt.Sprintf(text, canonical): "https://news.example/own",
		"<!-- saved from url=(0016)file:///C:/a.html -->" + fmt.Sprintf(text, ""):             "",
		fmt.Sprintf(text, "") + "<!-- a comment: url: https://news.example/3 -->":             "",
	} {
		got := ""
		for _, item := range read(t, start, interchange.HTML, interchange.TableOptions{}).items {
			if document, is := item.Thing.(*headwater.Document); is {
				got = document.URL
			}
		}
		if got != want {
			t.Errorf("%s has the address %q, want %q", start, got, want)
		}
	}
}

// TestWhereAPageStands: the address of a page is its own, and not that of what it reprints or of the archive that keeps it.
func TestWhereAPageStands(t *testing.T) {
	t.Parallel()
	const (
		canonical = `<link rel="canonical" href="https://wire.example/1">`
		told      = "https://wire.example/1"
		copied    = "2020-01-02T03:04:05Z"
	)
	for name, test := range map[string]struct {
		head, given                    string
		url, archive, retrieved, noted string
	}{
		"canonical":                {canonical, "", "https://wire.example/1", "", "", ""},
		"canonical below its host": {canonical, "https://m.wire.example/a", "https://m.wire.example/a", "", "", ""},
		"given":                    {canonical, "https://bay.example/a", "https://bay.example/a", "", "", told},
		"saved": {"<!-- saved from url=(0023)https://bay.example/a -->" + canonical, "",
			"https://bay.example/a", "", "", told},
		"shared": {`<meta property="og:url" content="https://bay.example/a">` + canonical, "",
			"https://bay.example/a", "", "", told},
		"saved from the Wayback Machine": {"", "https://web.archive.org/web/20200102030405/https://bay.example/a?b=c",
			"https://bay.example/a?b=c",
			"https://web.archive.org/web/20200102030405/https://bay.example/a?b=c", copied, ""},
		"as it was sent, of a day": {"", "http://web.archive.org/web/20200102id_/bay.example/a", "http://bay.example/a",
			"http://web.archive.org/web/20200102id_/bay.example/a", "", ""},
		"archive.today": {"", "https://archive.ph/2020.01.02-030405/https://bay.example/a", "https://bay.example/a",
			"https://archive.ph/2020.01.02-030405/https://bay.example/a", copied, ""},
		"canonical from the base of the page": {`<base href="https://bay.example/x/"><link rel="nofollow Canonical" href="../a">`, "",
			"https://bay.example/a", "", "", ""},
		"canonical from where it was saved": {`<!-- saved from url=(0023)https://bay.example/x/ --><link rel="canonical" href="/a">`, "",
			"https://bay.example/a", "", "", ""},
		"canonical of the whole site": {`<!-- saved from url=(0023)https://bay.example/a --><link rel="canonical" href="/">`, "",
			"https://bay.example/a", "", "", "https://bay.example/"},
		"shared as the whole site": {`<meta property="og:url" content="https://bay.example"><script type="application/ld+json">
			{"@type": "NewsArticle", "headline": "T", "url": "https://bay.example/a"}</script>`, "",
			"https://bay.example/a", "", "", "https://bay.example"},
		"canonical of the whole site, whose page it is": {`<link rel="canonical" href="https://bay.example/">`, "",
			"https://bay.example/", "", "", ""},
		"archive.today without the original": {"", "https://archive.ph/AbCdE", "https://archive.ph/AbCdE", "", "", ""},
	} {
		table := interchange.TableOptions{}
		if test.given != "" {
			table.Values = map[string]string{"url": test.given}
		}
		out := read(t, "<html><head>"+test.head+"<title>T</title></head><body>"+sentence+"</body></html>", interchange.HTML, table)
		var got, noted, site string
		for _, item := range out.items {
			switch thing := item.Thing.(type) {
			case *headwater.Document:
				got = strings.Join([]string{thing.URL, thing.ArchiveURL, string(thing.RetrievedAt)}, " ")
			case *headwater.Source:
				site = strings.Join(thing.Domains, " ")
			}
		}
		for _, note := range out.notes {
			noted += note.Value
		}
		if want := strings.Join([]string{test.url, test.archive, test.retrieved}, " "); got != want || noted != test.noted ||
			len(out.faults) > 0 {
			t.Errorf("%s: got %q, told %q, with %v; want %q", name, got, noted, out.faults, want)
		}
		if !strings.Contains(test.url, site) {
			t.Errorf("%s: the publisher is known by %q", name, site)
		}
	}
}

// TestArchivedCaptures: a capture of the page of an archive is the original's.
func TestArchivedCaptures(t *testing.T) {
	t.Parallel()
	answer := "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>T</title>" + sentence
	const address = "https://web.archive.org/web/20200102030405/https://bay.example/a"
	out := read(t, fmt.Sprintf("WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:b1a7c3de-0001-4000-8000-000000000001>\r\n"+
		"WARC-Date: 2025-03-20T08:09:10Z\r\nWARC-Target-URI: %s\r\nContent-Type: application/http; msgtype=response\r\n"+
		"Content-Length: %d\r\n\r\n%s\r\n\r\n", address, len(answer), answer), interchange.WARC, interchange.TableOptions{})
	for _, item := range out.items {
		if d, is := item.Thing.(*headwater.Document); is &&
			d.URL == "https://bay.example/a" && d.ArchiveURL == address && d.RetrievedAt == "2020-01-02T03:04:05Z" {
			return
		}
	}
	t.Errorf("read as %s", out.lines(t))
}

// TestPublishersByReference: who published and wrote an article may stand elsewhere in the page.
func TestPublishersByReference(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"https://bay.example/#o", "#o"} {
		out := read(t, `<html><head><script type="application/ld+json">{"@context": "https://schema.org", "@graph": [
			{"@type": "NewsArticle", "url": "https://bay.example/a", "publisher": {"@id": "`+id+`"},
			"author": [{"@id": "`+id+`1"}, {"@id": "`+
			id+`2"}]}, {"@type": "Organization", "@id": "`+id+`", "name": "Bay Daily"}]}</script>
			<script type="application/ld+json">{"@type": "Person", "@id": "`+id+`1", "name": "Mona Hill"}</script></head><body>`+
			sentence+"</body></html>", interchange.HTML, interchange.TableOptions{})
		var got []string
		for _, item := range out.items {
			switch thing := item.Thing.(type) {
			case *headwater.Document:
				got = append(got, thing.Authors...)
			case *headwater.Source:
				got = append(got, thing.Name)
			}
		}
		if diff := cmp.Diff([]string{"Bay Daily", "Mona Hill"}, got); diff != "" || len(out.faults) > 0 {
			t.Errorf("%s: %v (-want +got):\n%s", id, out.faults, diff)
		}
	}
}
