package interchange

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"codeberg.org/readeck/go-readability/v2"
	"golang.org/x/net/html"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/dates"
	"github.com/headwater-project/headwater/fold"
	"github.com/headwater-project/headwater/identity"
)

// ArticleReader reads a saved page as a document: its text without what stands around it, and what the page says of itself in JSON-LD and
// in its head. Nothing is fetched.
type ArticleReader struct {
	pages    RecordReader
	values   map[string]string
	bindings Bindings
}

// Bind says what the things of the file are. It is known to Items from then on.
func (a *ArticleReader) Bind(bindings Bindings) { a.bindings = bindings }

// Unit is "record": a file is one.
func (a *ArticleReader) Unit() string { return "record" }

// articleFields are what the option set can say of a page that does not say it.
var articleFields = []string{"url", "publisher"}

// Items gives the document and its publisher. Its errors are those of bundle.Reader.
func (a *ArticleReader) Items() iter.Seq2[bundle.Item, error] {
	return func(yield func(bundle.Item, error) bool) {
		found, err := a.pages.parsePage()
		if err != nil {
			yield(bundle.Item{}, err)
			return
		}
		r := newRecord(a.pages.namespace, a.pages.days, 1).bound(a.bindings)
		if found.refused != "" {
			r.fault("", headwater.FaultTooLong, nil, found.refused)
		} else {
			r.readArticle(found, a.values, "")
		}
		r.yield(yield)
	}
}

// articleTypes are the types of schema.org whose objects describe a page that is an article.
var articleTypes = []string{"Article", "NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "BackgroundNewsArticle",
	"OpinionNewsArticle", "ReviewNewsArticle", "BlogPosting", "LiveBlogPosting", "SocialMediaPosting", "Report"}

// readArticle reads the document that a page is. values are what is known of it beside the page, and retrieved is when it was taken.
func (r *record) readArticle(found pageMarkup, values map[string]string, retrieved headwater.Moment) {
	described, published := r.describedArticle(found, found.ownAddresses(values["url"]))
	meta := found.head.meta
	read, err := articleText(found.root)
	switch {
	case !utf8.ValidString(meta["og:title"] + read.title + read.text):
		r.fault("", headwater.FaultText, nil, expectedEncoding)
		return
	case errors.Is(err, errTooManyElements):
		r.fault("/text", headwater.FaultTooLong, nil, fmt.Sprintf("a page of at most %d elements", maxElements))
	case err != nil || strings.TrimSpace(read.text) == "":
		r.fault("/text", headwater.FaultRequired, nil, "a page with a text to read")
	}
	p := page{at: "/url", kind: headwater.Article, retrieved: retrieved}
	p.url = r.addressOfPage(values["url"], found, described)
	if original, copied := originalOf(p.url); original != p.url {
		p.url, p.archive, p.retrieved = original, p.url, cmp.Or(copied, retrieved)
	}
	if p.url == "" {
		r.fault("/url", headwater.FaultRequired, nil, "the address of the page, which it does not name; the option set can, as url=ADDRESS")
	}
	publisher, title := described.node("publisher"), firstOf(described.text("headline", "name"), meta["og:title"], read.title)
	p.publisher = party{host: siteOf(p.url, ""), kind: headwater.Outlet, name: fieldText{at: "/publisher",
		text: firstOf(values["publisher"], publisher.text("name"), siteName(meta["og:site_name"], title))}, places: []string{p.url}}
	if p.publisher.account() != "" { // what the page says is who has the platform
		p.publisher.kind, p.publisher.name.text = headwater.OtherSource, values["publisher"]
	}
	p.title = r.optionalText("/title", title, maxTitle)
	p.language = firstOf(languageOf(described.text("inLanguage")), languageOf(found.language), languageOf(meta["og:locale"]))
	written := []string{described.text("datePublished")}
	for _, name := range publishedFields {
		written = append(written, meta[name])
	}
	p.published = r.firstMoment("/published", slices.Concat(written, published, []string{found.head.published}),
		firstOf(written[0], meta["article:published_time"], meta["datepublished"], meta["date"], meta["pubdate"]))
	var authors []any
	for _, author := range described.nodes("author") {
		if !author.isReference() { // to what the page does not describe
			authors = append(authors, map[string]any(author))
		}
	}
	p.authors = r.aliases("/authors", "", textsOf(authors))
	if names := bylineNames(read.byline); len(p.authors) == 0 && names != "" {
		p.authors = []string{names}
	}
	if len(r.faults) > 0 && (p.url == "" || read.text == "") {
		return
	}
	r.addArticle(p, read.text)
}

// publishedFields are the names of meta elements, in lower case, in which pages have the date of their article; the surest first.
var publishedFields = strings.Fields("article:published_time og:article:published_time article:published datepublished parsely-pub-date " +
	"cxenseparse:recs:publishtime sailthru.date dc.date.issued dcterms.issued publication_date publish_date publish-date publishdate " +
	"pub_date article_date_original originalpublicationdate date pubdate dcterms.date dc.date pdate")

// firstMoment reads the first of several dates that is one. Where none is, expected is at fault; the rest may be no dates of publication.
func (r *record) firstMoment(at headwater.Pointer, written []string, expected string) headwater.Moment {
	for _, text := range written {
		if moment, err := dates.Moment(text, dates.Order(r.days)); err == nil && moment != "" && !isOfOther(moment) && !isUnset(moment) {
			return r.parseMoment(at, text)
		}
	}
	if other := firstOf(written...); expected == "" && other != "" {
		r.note(at, other, "left out; expected a date such as 2023-08-15")
	}
	return r.momentOfPage(at, expected, r.parseMoment(at, expected))
}

// momentOfPage is when a page was published, as it is read: never, where nobody can have put it on the Web then.
func (r *record) momentOfPage(at headwater.Pointer, written string, moment headwater.Moment) headwater.Moment {
	switch {
	case isOfOther(moment):
		r.fault(at, headwater.FaultFormat, written, "a date of the Gregorian calendar: this year is one of the Hijri or Persian calendar")
	case isUnset(moment):
		r.note(at, written, "left out; it is what programs write where they have no date")
	default:
		return moment
	}
	return ""
}

// isOfOther says whether the year of a moment is one of the Hijri or Persian calendar, as pages and feeds have it without saying so.
func isOfOther(moment headwater.Moment) bool { return "13" <= moment && moment < "15" }

// isUnset says whether a moment is the first that Unix knows.
func isUnset(moment headwater.Moment) bool {
	first := moment.Earliest()
	return first.Equal(time.Unix(0, 0)) && first.Equal(moment.Latest())
}

// siteName is the name of a site, unless a page gives its address or its own headline for that.
func siteName(name, headline string) string {
	if isBareAddress(name) || headline != "" && strings.Contains(fold.Text(name), fold.Text(headline)) {
		return ""
	}
	return name
}

// isBareAddress says whether a text is an address and nothing else.
func isBareAddress(text string) bool {
	return strings.Contains(text, "//") && !strings.ContainsFunc(text, unicode.IsSpace)
}

// Bylines have a word before the names, and after them, or before that word, when the page was published.
var (
	beforeNames = regexp.MustCompile(`^\s*(?:(?i:(?:written )?by|par|von|por)(?:\s*:|\s)|(?:بقلم|كتبت?|إعداد)(?:\s*:|\s))\s*`)
	shownDate   = regexp.MustCompile(`(?i)(?:[\s,|·–-]|\b(?:on|am|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b)*(?:\d{4}-\d\d-\d\d|` +
		`\d{1,2}[./]\d{1,2}[./]\d{2,4}|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2}, \d{4}|` +
		`\d{1,2}\.? \pL{3,}\.?,? \d{4}|\d{1,2}:\d\d ?[ap]m)`)
	namesAfterDate = regexp.MustCompile(`(?i)\s(?:by|par|von|por) (.+)$`)
)

// bylineNames are the names in a byline as a page shows it; empty where it names nobody.
func bylineNames(byline string) string {
	byline = beforeNames.ReplaceAllString(oneLine(byline), "")
	date, named := shownDate.FindStringIndex(byline), namesAfterDate.FindStringSubmatch(byline)
	switch {
	case isBareAddress(byline):
		return ""
	case date != nil && date[0] == 0 && named != nil:
		return named[1]
	case date != nil:
		return byline[:date[0]]
	}
	return byline
}

// addressOfPage is where a page stands: as is given, or as it says itself. A canonical link to another site than its own is that of what
// the page reprints, and not its address.
func (r *record) addressOfPage(given string, found pageMarkup, described node) string {
	canonical, shared := absoluteURL(found.base.link(found.head.canonical)), absoluteURL(found.head.meta["og:url"])
	own := absoluteURL(firstOf(given, found.head.savedFrom, shared))
	isElsewhere := canonical != "" && own != "" && !isSameSite(canonical, own)
	if isElsewhere {
		r.note("/url", canonical, "not the address: the canonical link names another site, as that of a reprint does")
	}
	var addresses []string
	switch {
	case given != "":
		addresses = []string{given}
	case isElsewhere:
		addresses = []string{own}
	default:
		addresses = []string{canonical, shared, described.node("mainEntityOfPage").text("@id", "url"), described.text("url"),
			found.head.savedFrom}
	}
	front := "" // of the site: some give it as the canonical one of each of their pages, and it is the address of none but its own
	for _, address := range addresses {
		switch address = absoluteURL(address); {
		case address == "":
		case !isFrontPage(address):
			if front != "" {
				r.note("/url", front, "not the address: it is that of the site, and the page has one of its own")
			}
			return address
		default:
			front = cmp.Or(front, address)
		}
	}
	return front
}

// isFrontPage says whether an address is that of a whole site.
func isFrontPage(address string) bool {
	address, _ = originalOf(address)
	u, err := url.Parse(address)
	return err == nil && strings.Trim(u.Path, "/") == "" && u.RawQuery == ""
}

// ownAddresses are those that a page has by what is known of it, and by what it says of itself, but for the canonical one of what it
// reprints.
func (p pageMarkup) ownAddresses(given string) (own []string) {
	for _, address := range []string{given, p.head.savedFrom, p.head.meta["og:url"], p.base.link(p.head.canonical)} {
		address = absoluteURL(address)
		if address != "" && (len(own) == 0 || isSameSite(address, own[0])) {
			own = append(own, address)
		}
	}
	return own
}

// isSameSite says whether the originals of two addresses are of one host, or of one below the other.
func isSameSite(a, b string) bool {
	a, _ = originalOf(a)
	b, _ = originalOf(b)
	one, other := siteOf(a, ""), siteOf(b, "")
	return one == other || strings.HasSuffix(one, "."+other) || strings.HasSuffix(other, "."+one)
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text = strings.TrimSpace(text); text != "" {
			return text
		}
	}
	return ""
}

// addArticle adds a document with its text, and its publisher.
func (r *record) addArticle(p page, text string) {
	if publisher, ok := r.addSource(p.publisher); ok {
		if document, ok := r.addDocument(publisher, p, named{}, text); ok {
			r.tellRepeat(document, p, text)
		}
		return
	}
	r.fault("/publisher", headwater.FaultRequired, nil, "who published it: a name or a site")
}

// pageTypes are the types of schema.org whose objects describe the page around an article.
var pageTypes = []string{"WebPage", "ItemPage", "CreativeWork"}

// describedArticle is what the page's JSON-LD says of the article, with what it refers to; empty where it says nothing. published are the
// dates that it gives the page around the article, and that the page's microdata gives both. own are the addresses of the page.
func (r *record) describedArticle(found pageMarkup, own []string) (article node, published []string) {
	linked, kept := newLinkedNodes(), 0
	title := firstOf(found.head.meta["og:title"], found.head.title)
	var articles, pages []node
	add := func(value any) {
		for _, object := range nodesOf(value) {
			for _, each := range slices.Concat([]node{object}, object.nodes("@graph"), object.nodes("mainEntity")) {
				switch {
				case each.hasType(articleTypes...):
					articles = append(articles, each)
				case each.hasType(pageTypes...):
					pages = append(pages, each)
				}
			}
		}
	}
	addDate := func(described []node) {
		if its, isNamed := articleOfPage(described, linked, own, title); isNamed || len(described) == 1 {
			published = append(published, its.text("datePublished"))
		}
	}
	for _, script := range found.scripts {
		new(controlReplacer).replace(script)
		value, err := parseJSON(script)
		switch {
		case errors.Is(err, errTooMany), errors.Is(err, errTooDeep):
			r.note("", "application/ld+json", fmt.Sprintf("left out, what the page says of itself; expected less: %v", err))
		case err != nil && len(bytes.TrimSpace(script)) > 0:
			r.note("", "application/ld+json", fmt.Sprintf("left out, what the page says of itself; expected JSON: %v", err))
		}
		if err != nil {
			continue
		}
		value = linked.vocabulary.simplify(found.base.resolveIn(unescapeHTML(value)))
		linked.add(value, sizeOf(script))
		if kept > maxLinked {
			continue
		}
		before := len(articles) + len(pages)
		add(value)
		if len(articles)+len(pages) > before {
			kept += sizeOf(script)
		}
	}
	article, _ = articleOfPage(articles, linked, own, title)
	addDate(pages)
	articles, pages = nil, nil
	for _, item := range found.items() {
		add(linked.vocabulary.simplify(item))
	}
	addDate(articles)
	addDate(pages)
	if whole, ok := linked.resolve(article); ok {
		return whole, published
	}
	return article, published
}

// articleOfPage is which of the articles that a page describes it is itself, since it may describe others that it leads to: the first that
// has its address; else one that has none, or another but the page's title. Of a page whose address nobody knows it
// is the one whose headline is the page's title or a part of it, or the first. isNamed says that it is the page's by its address or title.
func articleOfPage(articles []node, linked *linkedNodes, own []string, title string) (article node, isNamed bool) {
	pages := map[string]bool{}
	for _, address := range own {
		pages[pageAddress(address)] = true
	}
	parts := partsOfTitle(title)
	var unplaced, titled node
	longest := ""
	for _, article = range articles {
		isElsewhere := false
		for _, address := range articleAddresses(article, linked) {
			if pages[pageAddress(address)] {
				return article, true
			}
			isElsewhere = isElsewhere || !strings.Contains(address, "#")
		}
		headline := fold.Text(article.text("headline", "name"))
		if parts[headline] && len(headline) > len(longest) {
			titled, longest = article, headline
		}
		if unplaced == nil && !isElsewhere {
			unplaced = article
		}
	}
	switch {
	case titled != nil:
		return titled, true
	case len(pages) == 0 && len(articles) > 0:
		return articles[0], false
	case unplaced != nil:
		return unplaced, false
	}
	return node{}, false
}

// pageAddress is an address by which pages are compared: that of the original.
func pageAddress(address string) string {
	original, _ := originalOf(address)
	return identity.Address(original)
}

// betweenParts are what titles of pages have between a headline and the names of section and site.
var betweenParts = regexp.MustCompile(`\s*[|«»·•—–]\s*|\s-+\s|:\s`)

// partsOfTitle are the runs of the parts of a title, folded, and so the title itself. A headline may have what is between parts within it.
func partsOfTitle(title string) map[string]bool {
	const most = 8 // the last has what follows
	if len(title) > maxTitle {
		title = strings.ToValidUTF8(title[:maxTitle], "")
	}
	parts, runs := betweenParts.Split(title, most), map[string]bool{}
	for from := range parts {
		for to := from + 1; to <= len(parts); to++ {
			runs[fold.Text(strings.Join(parts[from:to], " "))] = true
		}
	}
	delete(runs, "")
	return runs
}

// articleAddresses are where an article says that it stands.
func articleAddresses(article node, linked *linkedNodes) (addresses []string) {
	named := []string{article.text("@id"), article.text("url")}
	for _, of := range article.nodes("mainEntityOfPage") {
		named = append(named, of.text("@id"), of.text("url"), linked.byID[of.text("@id")].text("url"))
	}
	for _, address := range named {
		if address = absoluteURL(address); address != "" {
			addresses = append(addresses, address)
		}
	}
	return addresses
}

// readableText is what a person reads of a page.
type readableText struct{ title, byline, text string }

// maxElements is how many elements of a page are looked at for its text.
const maxElements = 100_000

var errTooManyElements = errors.New("too many elements")

func articleText(root *html.Node) (readableText, error) {
	elements := 0
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			elements++
		}
	}
	if elements > maxElements {
		return readableText{}, errTooManyElements
	}
	parser := readability.NewParser()
	parser.DisableJSONLD = true
	article, err := parser.ParseAndMutate(root, nil)
	if err != nil {
		return readableText{}, err
	}
	text, err := renderText(article.Node)
	return readableText{oneLine(article.Title()), oneLine(article.Byline()), text}, err
}

// renderText is the text of markup, its paragraphs with an empty line between them.
func renderText(n *html.Node) (string, error) {
	if n == nil {
		return "", nil
	}
	var text bytes.Buffer
	if err := (readability.Article{Node: n}).RenderText(&text); err != nil {
		return "", err
	}
	return strings.TrimSpace(headwater.WithoutControls(text.String())), nil
}

// contentText is the text of an item, as feeds have it. What holds too much is a fault, and left out.
func (r *record) contentText(at headwater.Pointer, markup string) string {
	if expected := tooMuchMarkup([]byte(markup)); expected != "" {
		r.fault(at, headwater.FaultTooLong, nil, expected)
		return ""
	}
	return fragmentText(markup)
}

// fragmentText is the text of a piece of markup that does not hold too much.
func fragmentText(markup string) string {
	root, err := html.Parse(strings.NewReader(markup))
	if err != nil {
		return ""
	}
	text, _ := renderText(root)
	return text
}

// readArticles reads a saved page.
func readArticles(in io.ReadSeeker, table TableOptions, namespace string) Things {
	return &ArticleReader{values: table.Values,
		pages: RecordReader{in: in, namespace: namespace, days: table.Days, charset: table.Charset}}
}

// validateSet faults what the option set says of another field than these.
func validateSet(values map[string]string, fields []string) (faults headwater.Faults) {
	for field := range values {
		if !isField(fields, field) {
			faults = append(faults, headwater.NewFault(OptionSet.pointer(), headwater.FaultNotOneOf, field, headwater.OneOf(field, fields)))
		}
	}
	return faults
}

// validateArticle faults an address that is none.
func (t TableOptions) validateArticle() headwater.Faults {
	faults := validateSet(t.Values, articleFields)
	if raw, isSet := t.Values["url"]; isSet && absoluteURL(raw) == "" {
		faults = append(faults, headwater.NewFault(OptionSet.pointer(), headwater.FaultFormat, fmt.Sprint("url=", raw),
			"url=ADDRESS, an absolute http or https URL"))
	}
	return faults
}
