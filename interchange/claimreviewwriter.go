package interchange

import (
	"maps"
	"slices"
	"strings"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/identity"
)

// claimReviewLayout is a DataFeed for all claims. For claims requested one by one it is a list of ClaimReviews, which a
// web page about them can embed unchanged.
func claimReviewLayout(feed bool) layout {
	if feed {
		return layout{`{"@context":"https://schema.org","@type":"DataFeed","dataFeedElement":[`, "]}\n", feedElements}
	}
	return layout{"[", "]\n", claimReviewElements}
}

func feedElements(c ReviewedClaim) []any {
	reviews := c.markup("")
	return []any{struct {
		Type string              `json:"@type"`
		Item []claimReviewMarkup `json:"item"`
	}{"DataFeedItem", reviews}}
}

func claimReviewElements(c ReviewedClaim) []any {
	var elements []any
	for _, review := range c.markup("https://schema.org") {
		elements = append(elements, review)
	}
	return elements
}

// claimReviewMarkup is schema.org's ClaimReview.
type claimReviewMarkup struct {
	Context       string           `json:"@context,omitempty"`
	Type          string           `json:"@type"`
	URL           string           `json:"url,omitempty"`
	Headline      string           `json:"headline,omitempty"`
	InLanguage    string           `json:"inLanguage,omitempty"`
	DatePublished headwater.Moment `json:"datePublished,omitempty"`
	Author        partyMarkup      `json:"author"`
	ClaimReviewed string           `json:"claimReviewed"`
	ReviewRating  ratingMarkup     `json:"reviewRating"`
	ItemReviewed  claimMarkup      `json:"itemReviewed"`
}

type partyMarkup struct {
	Type   string   `json:"@type"`
	Name   string   `json:"name"`
	URL    string   `json:"url,omitempty"`
	SameAs []string `json:"sameAs,omitempty"`
}

type ratingMarkup struct {
	Type  string             `json:"@type"`
	Value *headwater.Decimal `json:"ratingValue,omitempty"`
	Best  *headwater.Decimal `json:"bestRating,omitempty"`
	Worst *headwater.Decimal `json:"worstRating,omitempty"`
	Name  string             `json:"alternateName"`
	Why   string             `json:"ratingExplanation,omitempty"`
}

type claimMarkup struct {
	Type            string           `json:"@type"`
	Author          *partyMarkup     `json:"author,omitempty"`
	DatePublished   headwater.Moment `json:"datePublished,omitempty"`
	FirstAppearance *workMarkup      `json:"firstAppearance,omitempty"`
	Appearance      []workMarkup     `json:"appearance,omitempty"`
}

type workMarkup struct {
	Type          string           `json:"@type"`
	URL           string           `json:"url,omitempty"`
	Headline      string           `json:"headline,omitempty"`
	InLanguage    string           `json:"inLanguage,omitempty"`
	DatePublished headwater.Moment `json:"datePublished,omitempty"`
	Publisher     partyMarkup      `json:"publisher"`
}

// markup gives the ClaimReviews of a claim.
func (c ReviewedClaim) markup(context string) []claimReviewMarkup {
	item := c.itemReviewed()
	reviews := make([]claimReviewMarkup, len(c.Reviews))
	for i, r := range c.Reviews {
		author := r.Author.markup("Organization")
		if site := r.Author.site(); site != "" {
			if author.URL = "https://" + site; !strings.Contains(site, "/") {
				author.URL += "/"
			}
		}
		reviews[i] = claimReviewMarkup{
			Context: context, Type: "ClaimReview", URL: r.URL, Headline: r.Title, InLanguage: r.Language, DatePublished: r.Published,
			Author: author, ClaimReviewed: c.wording(r),
			ReviewRating: ratingMarkup{"Rating", r.Rating.Value, r.Rating.Best, r.Rating.Worst, r.Rating.Label, r.Rating.Explanation},
			ItemReviewed: item,
		}
	}
	return reviews
}

func (c ReviewedClaim) itemReviewed() claimMarkup {
	item := claimMarkup{Type: "Claim"}
	if claimant, saidAt, ok := c.claimant(); ok {
		author := claimant.markup(unknownType)
		item.Author, item.DatePublished = &author, saidAt
	}
	for _, appearance := range c.Appearances {
		if appearance.Reviewing || c.hasReviewAt(appearance) {
			continue
		}
		work := appearance.markup()
		if item.FirstAppearance == nil {
			item.FirstAppearance = &work
		} else {
			item.Appearance = append(item.Appearance, work)
		}
	}
	return item
}

// hasReviewAt reports whether an appearance is the page of a review, however its address is written.
func (c ReviewedClaim) hasReviewAt(a Appearance) bool {
	return a.URL != "" && slices.ContainsFunc(c.Reviews, func(r AuthoredReview) bool {
		return r.Author.ID == a.Publisher.ID && identity.Address(r.URL) == identity.Address(a.URL)
	})
}

// markup gives a source as a party, of another type where its kind says nothing.
func (p SourceProfile) markup(other string) partyMarkup {
	m := partyMarkup{Type: typeOf(partyTypes, p.Kind, other), Name: p.Name, URL: p.URL}
	if m.URL == "" && len(p.Domains) > 0 {
		m.URL = "https://" + p.Domains[0] + "/" // by which it is known
	}
	written := map[string]bool{}
	for _, register := range identifierPages {
		if id := p.ExternalIDs[register.scheme]; id != "" && !written[register.scheme] {
			m.SameAs, written[register.scheme] = append(m.SameAs, register.page+id), true
		}
	}
	for _, platform := range slices.Sorted(maps.Keys(p.ExternalIDs)) {
		if account := identity.Account(p.ExternalIDs[platform]); account != "" {
			m.SameAs = append(m.SameAs, "https://"+account)
		}
	}
	return m
}

func (a Appearance) markup() workMarkup {
	m := workMarkup{Type: typeOf(workTypes, a.Kind, "CreativeWork"), URL: a.URL, Headline: a.Title, InLanguage: a.Language,
		Publisher: a.Publisher.markup(unknownType)}
	if a.Published != nil {
		m.DatePublished = a.Published.Single()
	}
	return m
}

// unknownType is that of a party of which nobody says what it is. It is no organization, which one of the same name may be.
const unknownType = "Thing"

// partyTypes and workTypes map kinds to the closest types of schema.org.
var (
	partyTypes = map[headwater.SourceKind]string{
		headwater.Person: "Person", headwater.Organization: "Organization", headwater.SourceGroup: "Organization",
		headwater.Outlet: "NewsMediaOrganization", headwater.Wire: "NewsMediaOrganization",
		headwater.Government: "GovernmentOrganization",
		headwater.Agency:     "GovernmentOrganization", headwater.Military: "GovernmentOrganization", headwater.Party: "PoliticalParty",
	}
	workTypes = map[headwater.DocumentKind]string{
		headwater.Article: "NewsArticle", headwater.WireReport: "NewsArticle", headwater.Post: "SocialMediaPosting",
		headwater.ReportDocument: "Report", headwater.Broadcast: "VideoObject",
	}
)

func typeOf[K comparable](types map[K]string, kind K, other string) string {
	if name, known := types[kind]; known {
		return name
	}
	return other
}
