package interchange

import (
	"maps"
	"slices"
	"strings"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/fold"
)

// claimReview is schema.org's ClaimReview, as search engines read it (https://schema.org/ClaimReview).
var claimReview = dialect{
	lists:      []string{"dataFeedElement", "@graph", "itemListElement"},
	isRecord:   func(n node) bool { return n.hasType("ClaimReview") },
	read:       readClaimReviews,
	recordName: "an object of the type ClaimReview",
	inPages:    true,
}

// readClaimReviews reads the ClaimReviews in an element: the element itself, or those inside it. Elements of other types
// are other markup and are skipped; an element of a feed must hold at least one ClaimReview.
func readClaimReviews(r *record, at headwater.Pointer, n node) {
	found := 0
	findClaimReviews(n, at, func(at headwater.Pointer, n node) {
		found++
		r.readClaimReview(at, n)
	})
	if found == 0 && (strings.Contains(string(at), "/dataFeedElement/") || at == "") {
		r.fault(at, headwater.FaultRequired, nil, "an object of the type ClaimReview")
	}
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
			findClaimReviews(value[name], at.Field(name), found)
		}
	}
}

func (r *record) readClaimReview(at headwater.Pointer, n node) {
	item, verdict := n.node("itemReviewed"), r.readSchemaReview(at, n)
	about := at.Field("itemReviewed")
	text := fieldText{n.text("claimReviewed"), at.Field("claimReviewed")}
	if text.text == "" {
		text.text = item.text("name", "text")
	}
	c := statement{
		text: text, language: verdict.language,
		claimant:  schemaParty(about.Field("author"), item.node("author"), headwater.OtherSource),
		claimedAt: r.parseMoment(about.Field("datePublished"), item.text("datePublished")),
	}
	for _, field := range []string{"firstAppearance", "appearance"} {
		for i, appearance := range item.nodes(field) {
			c.appearances = append(c.appearances, r.readAppearance(about.Field(field).Index(i), appearance))
		}
	}
	if !item.hasType("Claim") && absoluteURL(item.text("url")) != "" { // a work that was reviewed as such, as before the type Claim
		c.appearances = append(c.appearances, r.readAppearance(about, item))
	}
	if verdict.rating.Label == "" {
		r.fault(at.Field("reviewRating"), headwater.FaultRequired, nil, "the verdict: alternateName, or ratingValue")
	} else {
		c.reviews = []review{verdict}
	}
	r.addStatement(c)
}

func (r *record) readSchemaReview(at headwater.Pointer, n node) review {
	author := n.node("author")
	if publisher := n.node("publisher"); len(author) == 0 || author.hasType("Person") && len(publisher) > 0 {
		author = publisher // the desk, not the writer
	}
	verdict := review{
		page: page{
			at: at, kind: headwater.Article, url: r.parseAddress(at.Field("url"), n.text("url", "@id", "mainEntityOfPage")),
			title:     r.optionalText(at.Field("headline"), n.text("headline", "name"), maxTitle),
			language:  languageOf(n.text("inLanguage")),
			published: r.parseMoment(at.Field("datePublished"), n.text("datePublished", "dateCreated")),
			publisher: schemaParty(at.Field("author"), author, headwater.Organization),
		},
		rating: schemaRating(n.node("reviewRating")),
	}
	verdict.publisher.host = siteOf(author.text("url", "sameAs"), verdict.url)
	verdict.publisher.places = append(verdict.publisher.places, verdict.url)
	verdict.publisher.url = ""
	return verdict
}

// schemaRating is the verdict in words or, without words, the number on its scale.
func schemaRating(n node) headwater.Rating {
	rating := headwater.Rating{Label: n.text("alternateName", "name", "ratingExplanation"), Value: decimal(n.text("ratingValue")),
		Best: decimal(n.text("bestRating")), Worst: decimal(n.text("worstRating"))}
	if rating.Label == "" && rating.Value != nil {
		rating.Label = rating.Value.String()
		if rating.Best != nil {
			rating.Label += "/" + rating.Best.String()
		}
	}
	if rating.Label == "" {
		rating.Label = n.text("ratingValue")
	}
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

func schemaParty(at headwater.Pointer, n node, kind headwater.SourceKind) party {
	p := party{name: fieldText{n.text("name", "legalName"), at}, kind: kindOf(n, partyKinds, kind)}
	for _, same := range append(n.nodes("sameAs"), n.nodes("url")...) {
		link := absoluteURL(same.text("url", "name"))
		p.places = append(p.places, link)
		if id, found := strings.CutPrefix(HostOf(link)+pathOf(link), "wikidata.org/wiki/"); found && id != "" {
			p.ids = map[string]string{"wikidata": id}
		} else if p.url == "" {
			p.url = link
		}
	}
	if p.name.text == "" && p.url != "" {
		p.host = HostOf(p.url)
	}
	return p
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

// readAppearance reads a work in which a claim appeared.
func (r *record) readAppearance(at headwater.Pointer, n node) page {
	url, title := n.text("url", "@id", "sameAs"), n.text("headline", "name")
	if len(n) == 1 && absoluteURL(title) != "" { // a text that names the work by its address, without a scheme
		url, title = title, ""
	}
	p := page{
		at: at, kind: kindOf(n, workKinds, headwater.OtherDocument), url: r.parseAddress(at, url),
		title: r.optionalText(at.Field("headline"), title, maxTitle), language: languageOf(n.text("inLanguage")),
		published: r.parseMoment(at.Field("datePublished"), n.text("datePublished")),
	}
	publisher := n.node("publisher")
	if len(publisher) == 0 && n.hasType("Claim", "CreativeWork", "SocialMediaPosting", "WebPage", "Article", "NewsArticle") {
		publisher = n.node("author")
	}
	p.publisher = schemaParty(at.Field("publisher"), publisher, headwater.OtherSource)
	if p.publisher.isMissing() {
		p.publisher = party{}
	}
	return p
}
