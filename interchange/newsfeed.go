package interchange

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"iter"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/mmcdole/gofeed"
	"github.com/mmcdole/gofeed/atom"
	ext "github.com/mmcdole/gofeed/extensions"
	"github.com/mmcdole/gofeed/rss"
	"golang.org/x/net/html"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
)

// NewsFeedReader reads the items of RSS and Atom files as documents.
type NewsFeedReader struct {
	in        io.ReadSeeker
	table     TableOptions
	namespace string
	bindings  Bindings
	repeats   *repeats
}

func readNewsFeed(in io.ReadSeeker, table TableOptions, namespace string) Things {
	return &NewsFeedReader{in: in, table: table, namespace: namespace, repeats: newRepeats()}
}

// Bind says what the things of the file are. It is known to Items from then on.
func (f *NewsFeedReader) Bind(bindings Bindings) { f.bindings = bindings }

// Unit is "record": an item is one.
func (f *NewsFeedReader) Unit() string { return "record" }

// newsItem is an item of a feed of either kind.
type newsItem struct {
	title, address, text string
	published            string
	updated              string     // when it was changed last
	parsed, updatedAt    *time.Time // what these are, where they can be read
	authors              []string
	source               party // where it came from
	gathered             bool  // from another than the feed
}

// Items gives the documents of all items in order, and their publishers. Its errors are those of bundle.Reader.
func (f *NewsFeedReader) Items() iter.Seq2[bundle.Item, error] {
	return func(yield func(bundle.Item, error) bool) {
		raw, tooLarge, err := readWhole(f.in)
		if err != nil {
			yield(bundle.Item{}, err)
			return
		}
		raw, err = feedInUTF8(raw, f.table.Charset)
		if err != nil {
			yield(bundle.Item{}, err)
			return
		}
		var items []newsItem
		var language, refused string
		code, tooMuch := headwater.FaultTooLong, fmt.Sprintf("a file of at most %d bytes", maxPage)
		if !tooLarge {
			tooMuch = tooMuchOfFeed(raw)
		}
		if refused = tooMuch; refused == "" {
			code = headwater.FaultFormat
			items, language, refused = parseNewsFeed(raw)
		}
		if refused != "" {
			yield(bundle.Item{Line: 1}, bundle.LineFaults{{Line: 1, Fault: headwater.NewFault("", code, nil, refused)}})
			return
		}
		for i, item := range items {
			r := newRecord(f.namespace, f.table.Days, i+1).bound(f.bindings)
			r.repeats = f.repeats
			r.readNewsItem(item, language)
			if !r.yield(yield) {
				return
			}
		}
	}
}

// maxNamespaces is how many namespaces a file declares at most: the parser copies those that are in force at each element.
const maxNamespaces = 100

var namespaceDeclaration = regexp.MustCompile(`xmlns(?::[^\s=]+)?\s*=\s*(?:"[^"]*"|'[^']*')`)

// declares says whether a file declares so many different namespaces, be it in bytes or, with NULs between them, in UTF-16.
func declares(raw []byte, many int) bool {
	raw = bytes.ReplaceAll(raw, []byte{0}, nil)
	different := map[string]bool{}
	for len(different) < many {
		at := namespaceDeclaration.FindIndex(raw)
		if at == nil {
			return false
		}
		different[string(raw[at[0]:at[1]])] = true
		raw = raw[at[1]:]
	}
	return true
}

// tooMuchOfFeed is what is expected of a file that holds more than can be read; empty where it does not.
func tooMuchOfFeed(raw []byte) string {
	if declares(raw, maxNamespaces+1) {
		return fmt.Sprintf("a document that declares at most %d namespaces", maxNamespaces)
	}
	return tooMuchXML(withoutControlBytes(raw))
}

// feedInUTF8 is a file in UTF-8 that says so, if the options name its encoding or a byte order mark tells it. Another that it names
// itself is the parser's to read.
func feedInUTF8(raw []byte, charset string) ([]byte, error) {
	decoded, err := decodeWhole(raw, charset)
	named := declaredInXML.FindSubmatchIndex(decoded)
	if err != nil || named == nil || charset == "" && bytes.Equal(decoded, raw) {
		return decoded, err
	}
	return slices.Concat(decoded[:named[2]], []byte("utf-8"), decoded[named[3]:]), nil
}

// parseNewsFeed gives the items of a file, and the language that it names. refused is what is expected where it cannot be read.
func parseNewsFeed(raw []byte) (items []newsItem, language, refused string) {
	refused = "RSS or Atom: a whole XML document"
	if !utf8.Valid(raw) {
		refused += " in the encoding that it names; the option charset can name another, such as windows-1256"
	}
	switch gofeed.DetectFeedType(bytes.NewReader(raw)) {
	case gofeed.FeedTypeRSS:
		feed, err := new(rss.Parser).Parse(bytes.NewReader(raw))
		if err != nil {
			return nil, "", refused
		}
		base := pageBase{}.or(absoluteURL(feed.Link)).or(selfOf(feed.Extensions))
		site := newsSite(feed.Title, feed.Link, base.link(feed.Link))
		for _, item := range feed.Items {
			items = append(items, rssItem(item, site, base))
		}
		return items, feed.Language, ""
	case gofeed.FeedTypeAtom:
		feed, err := new(atom.Parser).Parse(bytes.NewReader(raw))
		if err != nil {
			return nil, "", refused
		}
		base := pageBase{}.or(atomLink(feed.Links, "self"))
		of := atomLink(feed.Links, "alternate")
		site := newsSite(feed.Title, of, base.link(of))
		for _, entry := range feed.Entries {
			items = append(items, atomItem(entry, site, base))
		}
		return items, feed.Language, ""
	case gofeed.FeedTypeUnknown, gofeed.FeedTypeJSON:
	}
	return nil, "", refused
}

// rssItem is an item of an RSS file. What its source says goes before what the file says: a file that gathers others' items names them so.
// An address that is none by itself counts from base.
func rssItem(item *rss.Item, feed party, base pageBase) newsItem {
	n := newsItem{title: item.Title, address: item.Link, text: item.Content, published: item.PubDate, parsed: item.PubDateParsed,
		source: feed}
	n.address = cmp.Or(originalLink(item.Extensions), n.address)
	if absoluteURL(n.address) == "" { // one without its scheme is an address all the same
		n.address = itemLink(n.address, base)
	}
	if guid := item.GUID; n.address == "" && guid != nil && !strings.EqualFold(guid.IsPermalink, "false") && isURL(guid.Value) {
		n.address = guid.Value
	}
	if item.Author != "" {
		n.authors = append(n.authors, item.Author)
	}
	if dublin := item.DublinCoreExt; dublin != nil {
		n.authors = append(n.authors, dublin.Creator...)
		if n.published == "" && len(dublin.Date) > 0 {
			n.published = dublin.Date[0]
		}
	}
	if from := item.Source; from != nil && (from.Title != "" || from.URL != "") {
		n.source, n.gathered = newsSite(from.Title, from.URL, ""), true
	}
	return n
}

// originalLink is the address of an item where its own is one that FeedBurner counts readers by.
func originalLink(extensions ext.Extensions) string {
	for _, link := range extensions["feedburner"]["origLink"] {
		return link.Value
	}
	return ""
}

// selfOf is the address that an RSS file says that it has.
func selfOf(extensions ext.Extensions) string {
	for _, link := range extensions["atom"]["link"] {
		if link.Attrs["rel"] == "self" {
			return link.Attrs["href"]
		}
	}
	return ""
}

// itemLink is the address that a link leads to, which counts from base. Words are no address, and stay what they are.
func itemLink(written string, base pageBase) string {
	if strings.ContainsFunc(strings.TrimSpace(written), unicode.IsSpace) {
		return written
	}
	return base.link(written)
}

// atomItem is an entry of an Atom file. Its address counts from base, unless the parser had one of xml:base.
func atomItem(entry *atom.Entry, feed party, base pageBase) newsItem {
	address := cmp.Or(originalLink(entry.Extensions), itemLink(atomLink(entry.Links, "alternate"), base))
	n := newsItem{title: entry.Title, address: address, source: feed,
		published: entry.Published, parsed: entry.PublishedParsed, updated: entry.Updated, updatedAt: entry.UpdatedParsed}
	if entry.Content != nil {
		n.text = contentMarkup(*entry.Content)
	}
	for _, author := range entry.Authors {
		n.authors = append(n.authors, author.Name)
	}
	if from := entry.Source; from != nil && (from.Title != "" || atomLink(from.Links, "alternate") != "") {
		n.source, n.gathered = newsSite(from.Title, atomLink(from.Links, "alternate"), ""), true
	}
	return n
}

// newsSite is who publishes a feed, by its title and the address of its site, which may be an account; link is where that leads from the
// feed.
func newsSite(title, address, link string) party {
	return party{name: fieldText{text: plainTitle(title)}, host: siteOf(address, link), places: []string{address}}
}

// contentMarkup is the content of an entry as HTML; nothing where it is no text, but a picture. Many feeds have HTML without saying so.
func contentMarkup(content atom.Content) string {
	kind, _, _ := strings.Cut(strings.ToLower(content.Type), ";")
	switch kind = strings.TrimSpace(kind); {
	case kind == "html", kind == "xhtml", kind == "text/html", kind == "application/xhtml+xml",
		kind == "" && titleMarkup.MatchString(content.Value):
		return content.Value
	case kind == "", kind == "text", strings.HasPrefix(kind, "text/"):
		return "<pre>" + html.EscapeString(content.Value) + "</pre>"
	}
	return ""
}

// atomLink is the first address in a list of links that has a relation to what the list is of: alternate where none is named.
func atomLink(links []*atom.Link, rel string) string {
	for _, link := range links {
		if cmp.Or(link.Rel, "alternate") == rel {
			return link.Href
		}
	}
	return ""
}

// titleMarkup is what tells that a title is HTML: Atom has titles of that type, and many files of RSS have them too.
var titleMarkup = regexp.MustCompile(`</[a-zA-Z]+>|<(?:br|wbr|img)\b|&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]+);`)

// plainTitle is a title without its markup. One that is longer than any title stays as it is, and is told.
func plainTitle(title string) string {
	if len(title) > 1<<16 || !titleMarkup.MatchString(title) {
		return title
	}
	return oneLine(fragmentText(title))
}

// zoned is how a date of a feed ends that says of which zone its time is, as RFC 822 and RFC 3339 have it.
var zoned = regexp.MustCompile(`\d ?(?:[+-]\d{2}:?\d{2}|(?i:z|ut|utc|gmt|[ecmp][sd]t))$`)

// newsMoment reads a date of a feed, which may be one of RFC 822. A time of no zone is that of nobody knows where.
func (r *record) newsMoment(at headwater.Pointer, written string, parsed *time.Time) headwater.Moment {
	if parsed != nil && strings.Contains(written, ":") && zoned.MatchString(strings.TrimSpace(written)) {
		return r.momentOfPage(at, written, headwater.Moment(parsed.Format(time.RFC3339)))
	}
	return r.momentOfPage(at, written, r.parseMoment(at, written))
}

// readNewsItem reads the document that an item is.
func (r *record) readNewsItem(item newsItem, language string) {
	p := page{at: "/link", kind: headwater.Article, url: r.parseAddress("/link", item.address), language: languageOf(language)}
	if item.gathered {
		p.language = "" // that of the feed says nothing of it
	}
	p.title = r.optionalText("/title", plainTitle(item.title), maxTitle)
	if p.url == "" && p.title == "" {
		r.fault("/link", headwater.FaultRequired, nil, "an address or a title")
		return
	}
	p.publisher = item.source
	p.publisher.kind, p.publisher.name.at = headwater.Outlet, "/source"
	p.publisher.name.text = oneLine(strings.TrimSpace(p.publisher.name.text))
	if p.publisher.isMissing() {
		p.publisher.host, p.publisher.places = siteOf(p.url, ""), []string{p.url}
	}
	if p.publisher.account() != "" {
		p.publisher.kind = headwater.OtherSource
	}
	if host := p.publisher.host; !item.gathered && host != "" && p.url != "" && !isSameSite(p.url, "https://"+host) {
		r.note("/source", siteOf(p.url, ""), "another site than the feed's, which counts as the publisher, as the item names no source")
	}
	p.published = r.newsMoment("/published", item.published, item.parsed)
	p.updated = r.newsMoment("/updated", item.updated, item.updatedAt)
	var names []languageText
	for _, author := range item.authors {
		names = append(names, textsOf(author)...)
	}
	p.authors = r.aliases("/authors", "", names)
	r.addArticle(p, r.contentText("/content", item.text))
}
