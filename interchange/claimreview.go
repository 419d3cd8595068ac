package interchange

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/fold"
	"github.com/headwater-project/headwater/identity"
)

// claimReview is schema.org's ClaimReview, as search engines read it (https://schema.org/ClaimReview).
var claimReview = dialect{
	lists:      []string{"dataFeedElement", "@graph", "itemListElement"},
	isRecord:   func(n node) bool { return n.hasType("ClaimReview") },
	read:       readClaimReviews,
	recordName: "an object of the type ClaimReview",
	isLinked:   true,
}

// readClaimReviews reads the ClaimReviews in an element: the element itself, or those inside it. Elements of other types
// are other markup and are skipped; an element of a feed must hold at least one ClaimReview, unless it holds nothing.
func readClaimReviews(r *record, at headwater.Pointer, n node) {
	found := 0
	findClaimReviews(n, at, func(at headwater.Pointer, n node) {
		found++
		whole, ok := r.linked.resolve(n)
		if !ok {
			r.fault(at, headwater.FaultTooLong, nil, fmt.Sprintf("a review that refers to %d values at most", maxReferred))
			return
		}
		for _, id := range r.linked.missed {
			r.note(at, id, fmt.Sprintf("not looked for beyond the first %d bytes of what records refer to", maxLinked))
		}
		r.readClaimReview(at, whole)
	})
	inFeed := strings.Contains(string(at), "dataFeedElement/")
	switch {
	case found > 0:
	case inFeed && saysNothing(n["item"]) && (len(n) == 0 || n.hasType("DataFeedItem") || n["item"] != nil):
		r.note(at, nil, "an empty item; left out")
	case inFeed || at == "":
		r.fault(at, headwater.FaultRequired, nil, "an object of the type ClaimReview")
	}
}

// saysNothing reports whether a value holds nothing but empty ones.
func saysNothing(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case []any:
		return !slices.ContainsFunc(value, func(entry any) bool { return !saysNothing(entry) })
	case map[string]any:
		return len(value) == 0
	}
	return false
}

// findClaimReviews visits the outermost ClaimReviews in a value, in the order of the field names.
func findClaimReviews(value any, at headwater.Pointer, found func(headwater.Pointer, node)) {
	switch value := value.(type) {
	case []any:
		for i, entry := range value {
			findClaimReviews(entry, at.Index(i), found)
		}
	case map[string]any:
		findClaimReviews(node(value), at, found)
	case node:
		if value.hasType("ClaimReview") {
			found(at, value)
			return
		}
		for _, name := range slices.Sorted(maps.Keys(value)) {
			findClaimReviews(value[name], below(at, name), found)
		}
	}
}

func (r *record) readClaimReview(at headwater.Pointer, n node) {
	verdict := r.readSchemaReview(at, n)
	r.tellUnread(at, "a review", n, readOfReview)
	c := statement{language: verdict.language}
	if verdict.rating.Label == "" {
		r.fault(at.Field("reviewRating"), headwater.FaultRequired, nil, "the verdict: alternateName, or ratingValue")
	} else {
		c.reviews = []review{verdict}
	}
	about, items := at.Field("itemReviewed"), n.nodes("itemReviewed")
	if texts := textsOf(n["claimReviewed"]); len(texts) > 0 || len(items) == 0 {
		r.word(&c, at.Field("claimReviewed"), texts)
		for i, item := range items {
			c.tellings = append(c.tellings, r.readItem(placeOf(n, about, i), item, verdict.url))
			r.tellUnread(placeOf(n, about, i), "what is reviewed", item, fieldsOfItem(item))
		}
		r.addStatement(c)
		return
	}
	for i, item := range items { // each is a claim of its own
		of, at := c, at.Field("claimReviewed")
		texts := textsOf(item["name"])
		if len(texts) == 0 {
			texts = textsOf(item["text"])
		}
		if len(texts) > 0 {
			at = placeOf(n, about, i)
		}
		r.word(&of, at, texts)
		of.tellings = []telling{r.readItem(placeOf(n, about, i), item, verdict.url)}
		r.tellUnread(placeOf(n, about, i), "a claim", item, readOfItemAlone)
		r.addStatement(of)
	}
}

// placeOf is the place of the entry of a field that may hold one or a list.
func placeOf(n node, field headwater.Pointer, i int) headwater.Pointer {
	name := string(field[strings.LastIndexByte(string(field), '/')+1:])
	if _, many := n[name].([]any); many {
		return field.Index(i)
	}
	return field
}

// word gives a claim its words: the first text, and one in each other language.
func (r *record) word(c *statement, at headwater.Pointer, texts []languageText) {
	c.text = fieldText{at: at}
	for i, entry := range texts {
		tag := languageOf(entry.language)
		if i == 0 {
			c.text.text = r.cut(at, entry.text, headwater.MaxString)
			c.language = cmp.Or(tag, c.language)
			continue
		}
		_, twice := c.translations[tag]
		switch {
		case entry.text == texts[0].text:
		case tag == "" || tag == c.language || twice:
			r.note(at, entry.text, "left out; a claim has one text in each language, and the first counts")
		default:
			if c.translations == nil {
				c.translations = headwater.Texts{}
			}
			c.translations[tag] = r.cut(at, entry.text, headwater.MaxString)
		}
	}
}

// maxClaimants is how many sources can have made the claim of one item.
const maxClaimants = 100

// readItem reads one thing that was reviewed: who made the claim, when and where.
func (r *record) readItem(at headwater.Pointer, item node, reviewed string) telling {
	t := telling{claimedAt: r.parseMoment(at.Field("datePublished"), r.one(at, item, "datePublished"))}
	authors := item.nodes("author")
	if len(authors) > maxClaimants {
		r.fault(at.Field("author"), headwater.FaultTooLong, len(authors), fmt.Sprintf("at most %d authors", maxClaimants))
		authors = authors[:maxClaimants]
	}
	for i, author := range authors {
		t.claimants = append(t.claimants, r.schemaParty(placeOf(item, at.Field("author"), i), author, headwater.OtherSource))
	}
	for _, field := range []string{"firstAppearance", "appearance"} {
		for i, appearance := range item.nodes(field) {
			t.appearances = append(t.appearances, r.readAppearance(at.Field(field).Index(i), appearance)...)
		}
	}
	if isReviewedWork(item) { // a work that was reviewed as such, as before the type Claim
		t.appearances = append(t.appearances, r.readAppearance(at, item)...)
	}
	return r.addPages(t, at, item, reviewed)
}

// isReviewedWork says whether an item is a page that makes the claim, and not the claim.
func isReviewedWork(item node) bool {
	return !item.hasType("Claim") && len(addressesOf(item["url"])) > 0
}

// fieldsOfItem are those that are read of what is reviewed.
func fieldsOfItem(item node) map[string]bool {
	if isReviewedWork(item) {
		return readOfWork
	}
	return readOfClaim
}

// addPages adds the pages that an item is said to be the same as, or the main thing of. The reviewer's own make no claim.
func (r *record) addPages(t telling, at headwater.Pointer, item node, reviewed string) telling {
	fields := slices.DeleteFunc([]string{"url", "sameAs", "mainEntityOfPage"}, func(field string) bool { return item[field] == nil })
	if len(fields) == 0 {
		return t
	}
	known := map[string]bool{"": true, identity.Address(reviewed): true}
	for _, p := range t.appearances {
		known[identity.Address(p.url)] = true
	}
	for _, field := range fields {
		for _, url := range r.addresses(at.Field(field), item, field) {
			switch host := HostOf(url); {
			case known[identity.Address(url)]:
			case host == HostOf(reviewed):
				r.note(at.Field(field), url, "left out; it is on the site of the review, which makes no claim")
			case isReferenceWork(host):
				r.note(at.Field(field), url, "left out; it says what the claim is about, and makes no claim")
			default:
				t.appearances = append(t.appearances, page{at: at.Field(field), kind: headwater.OtherDocument, url: url})
			}
			known[identity.Address(url)] = true
		}
	}
	return t
}

// isReferenceWork reports whether a host is that of works in which things are looked up.
func isReferenceWork(host string) bool {
	return slices.ContainsFunc([]string{"wikidata.org", "wikipedia.org", "dbpedia.org", "schema.org"}, func(work string) bool {
		return host == work || strings.HasSuffix(host, "."+work)
	})
}

func (r *record) readSchemaReview(at headwater.Pointer, n node) review {
	author, writers := r.chooseReviewer(at, n)
	verdict := review{
		page: page{
			at: at, kind: headwater.Article, url: r.firstAddress(at.Field("url"), n, "url", "@id", "mainEntityOfPage"),
			title:     r.optionalText(at.Field("headline"), r.one(at, n, "headline", "name"), maxTitle),
			language:  r.parseLanguage(at, n),
			published: r.parseMoment(at.Field("datePublished"), r.one(at, n, "datePublished", "dateCreated")),
			publisher: r.schemaParty(at.Field("author"), author, headwater.Organization),
			authors:   writers,
		},
		rating:       r.schemaRating(at.Field("reviewRating"), n.nodes("reviewRating")),
		saidLanguage: languageTag(n.text("inLanguage")),
	}
	verdict.publisher.host = siteOf(author.text("url", "sameAs"), verdict.url)
	verdict.publisher.places = append(verdict.publisher.places, verdict.url)
	verdict.publisher.url = ""
	return verdict
}

// firstAddress is the first of the addresses of these fields. Others are told.
func (r *record) firstAddress(at headwater.Pointer, n node, names ...string) string {
	all := r.addresses(at, n, names...)
	if len(all) == 0 {
		return ""
	}
	for _, more := range all[1:] {
		r.note(at, more, "left out; a review has one page, and the first counts")
	}
	return all[0]
}

// chooseReviewer is who reviewed the claim: the desk, and not one of its writers, whose names it gives beside.
func (r *record) chooseReviewer(at headwater.Pointer, n node) (desk node, writers []string) {
	authors := n.firstNodes("author", "creator")
	isDesk := func(party node) bool { return !party.hasType("Person") }
	chosen := slices.IndexFunc(authors, isDesk)
	publishers := n.firstNodes("publisher", "sourceOrganization", "provider")
	for _, author := range authors { // of writers alone, it is the desk that they write for
		if chosen < 0 && len(publishers) == 0 {
			publishers = author.firstNodes("worksFor", "affiliation", "memberOf")
		}
	}
	switch {
	case chosen >= 0:
		desk = authors[chosen]
	case len(publishers) > 0:
		desk = publishers[max(0, slices.IndexFunc(publishers, isDesk))]
	case len(authors) > 0:
		chosen, desk = 0, authors[0]
	default:
		desk = node{}
	}
	deskName, byPerson := oneLine(desk.text("name")), !isDesk(desk)
	for i, author := range authors {
		name := oneLine(author.text("name"))
		switch {
		case i == chosen || name == "" || name == deskName:
		case isDesk(author) || byPerson:
			r.note(placeOf(n, at.Field("author"), i), name, "left out; a review has one author, and the first counts")
		case len(writers) < maxWriters && !slices.Contains(writers, name):
			writers = append(writers, r.cut(placeOf(n, at.Field("author"), i), name, headwater.MaxString))
		}
	}
	return desk, writers
}

// maxWriters is how many writers a page can have.
const maxWriters = 200

// schemaRating is the verdict in words or, without words, the number on its scale.
func (r *record) schemaRating(at headwater.Pointer, ratings []node) headwater.Rating {
	if len(ratings) == 0 {
		return headwater.Rating{}
	}
	first := max(0, slices.IndexFunc(ratings, func(n node) bool { return n.text("alternateName", "name") != "" }))
	n := ratings[first]
	r.tellUnread(at, "a rating", n, readOfRating)
	for _, more := range slices.Delete(slices.Clone(ratings), first, first+1) {
		r.note(at, more.text("alternateName", "name", "ratingValue"), "left out; a review has one verdict, and the first in words counts")
	}
	value, best, worst := decimal(n.text("ratingValue")), decimal(n.text("bestRating")), decimal(n.text("worstRating"))
	label, explanation := r.one(at, n, "alternateName", "name"), n.text("ratingExplanation")
	if label == "" {
		label, explanation = explanation, ""
	}
	if label == "" && value != nil {
		label = value.String()
		if best != nil {
			label += "/" + best.String()
		}
	}
	rating := r.verdict(at, cmp.Or(label, n.text("ratingValue")), explanation)
	rating.Value, rating.Best, rating.Worst = value, best, worst
	return rating
}

func decimal(text string) *headwater.Decimal {
	number, err := headwater.ParseDecimal(fold.Digits(strings.TrimSpace(text)))
	if err != nil {
		return nil
	}
	return &number
}

// partyKinds maps schema.org types to kinds of sources.
var partyKinds = map[string]headwater.SourceKind{
	"Person": headwater.Person, "Organization": headwater.Organization, "NGO": headwater.Organization,
	"Corporation":           headwater.Organization,
	"NewsMediaOrganization": headwater.Outlet, "GovernmentOrganization": headwater.Government, "PoliticalParty": headwater.Party,
}

// maxPlaces is how many addresses of a party are looked at.
const maxPlaces = 100

func (r *record) schemaParty(at headwater.Pointer, n node, kind headwater.SourceKind) party {
	p := party{name: fieldText{n.text("name", "legalName"), at}, kind: kindOf(n, partyKinds, kind)}
	if kind == headwater.Organization {
		r.tellUnread(at, "a reviewer", n, readOfReviewer)
	} else {
		r.tellUnread(at, "a party", n, readOfParty)
	}
	addresses := append(addressesOf(n["url"]), addressesOf(n["sameAs"])...)
	for _, address := range addresses[:min(len(addresses), maxPlaces)] {
		link := absoluteURL(address)
		if link == "" {
			r.note(at, address, "left out; expected an absolute http or https URL")
			continue
		}
		if scheme, id := identifierAt(link); id != "" {
			if p.ids == nil {
				p.ids = map[string]string{}
			}
			p.ids[scheme] = cmp.Or(p.ids[scheme], id)
			continue
		}
		p.places, p.url = append(p.places, link), cmp.Or(p.url, link)
		if account := identity.Account(link); account != "" && !slices.Contains(p.accounts, account) {
			p.accounts = append(p.accounts, account)
		}
	}
	if p.name.text == "" && p.url != "" {
		p.host = HostOf(p.url)
	}
	return p
}

// identifierPages are the addresses at which registers have what is said of somebody, up to the identifier.
var identifierPages = []struct{ scheme, page string }{
	{"wikidata", "https://www.wikidata.org/wiki/"}, {"wikidata", "https://www.wikidata.org/entity/"}, {"isni", "https://isni.org/isni/"},
	{"viaf", "https://viaf.org/viaf/"}, {"orcid", "https://orcid.org/"}, {"gnd", "https://d-nb.info/gnd/"}, {"ror", "https://ror.org/"},
}

// identifierAt is the identifier that an address in a register is of; empty where it is in none.
func identifierAt(link string) (scheme, id string) {
	for _, register := range identifierPages {
		begin := HostOf(register.page) + pathOf(register.page)
		if id, found := strings.CutPrefix(HostOf(link)+pathOf(link), begin); found && id != "" {
			return register.scheme, identity.ExternalID(register.scheme, id)
		}
	}
	return "", ""
}

// kindOf maps an object's types to a kind. The first type that is known decides.
func kindOf[K any](n node, kinds map[string]K, otherwise K) K {
	for _, name := range n.types() {
		if kind, known := kinds[name]; known {
			return kind
		}
	}
	return otherwise
}

// workKinds maps schema.org types to kinds of documents.
var workKinds = map[string]headwater.DocumentKind{
	"NewsArticle": headwater.Article, "Article": headwater.Article, "OpinionNewsArticle": headwater.Article,
	"ReportageNewsArticle": headwater.Article, "BlogPosting": headwater.Article,
	"SocialMediaPosting": headwater.Post, "DiscussionForumPosting": headwater.Post, "Message": headwater.Post,
	"Report":      headwater.ReportDocument,
	"VideoObject": headwater.Broadcast,
	"TVEpisode":   headwater.Broadcast, "RadioEpisode": headwater.Broadcast, "BroadcastEvent": headwater.Broadcast,
}

// readAppearance reads a work in which a claim appeared: a page for each of its addresses, or one without any.
func (r *record) readAppearance(at headwater.Pointer, n node) []page {
	urls, title := r.addresses(at, n, "url", "@id", "sameAs"), r.one(at, n, "headline", "name")
	if len(n) == 1 && len(urls) == 0 { // a text that names the work by its address, without a scheme
		if named := addressesOf(title); len(named) > 0 && absoluteURL(named[0]) != "" {
			urls, title = r.addresses(at, node{"url": title}, "url"), ""
		}
	}
	r.tellUnread(at, "a work", n, readOfWork)
	p := page{
		at: at, kind: kindOf(n, workKinds, headwater.OtherDocument),
		title: r.optionalText(at.Field("headline"), title, maxTitle), language: r.parseWorkLanguage(at, n),
		published: r.parseMoment(at.Field("datePublished"), r.one(at, n, "datePublished")),
	}
	publishers, authors := n.nodes("publisher"), n.nodes("author")
	if len(publishers) == 0 && n.hasType("Claim", "CreativeWork", "SocialMediaPosting", "WebPage", "Article", "NewsArticle") {
		publishers, authors = authors, nil
	}
	for i, publisher := range publishers {
		if i > 0 {
			r.note(at.Field("publisher"), publisher.text("name", "url"), "left out; a work has one publisher, and the first counts")
		}
	}
	if len(publishers) > 0 {
		p.publisher = r.schemaParty(at.Field("publisher"), publishers[0], headwater.OtherSource)
	}
	if p.publisher.isMissing() {
		p.publisher = party{}
	}
	for _, author := range authors {
		if name := oneLine(author.text("name")); name != "" && !slices.Contains(p.authors, name) && len(p.authors) < maxWriters {
			p.authors = append(p.authors, r.cut(at.Field("author"), name, headwater.MaxString))
		}
	}
	if len(urls) == 0 {
		return []page{p}
	}
	pages := make([]page, len(urls))
	for i, url := range urls {
		pages[i] = p
		pages[i].url = url
	}
	return pages
}

// parseWorkLanguage is the language of a work, which that of the page about it does not say.
func (r *record) parseWorkLanguage(at headwater.Pointer, n node) string {
	if n["inLanguage"] == nil {
		return ""
	}
	return r.parseLanguage(at, n)
}
