package interchange

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"

	"github.com/headwater-project/headwater"
)

// Writer writes claims with their reviews, one at a time.
type Writer struct {
	out   *bufio.Writer
	to    *json.Encoder
	begin string
	end   string
	of    func(ReviewedClaim) []any
	count int
}

// NewWriter writes FactCheck or ClaimReview: as one answer of Google's API; as a DataFeed or, of claims that were asked for one by
// one, as a list of ClaimReviews that a page about them can hold as it is.
func NewWriter(w io.Writer, format Format, feed bool) (*Writer, error) {
	out := &Writer{out: bufio.NewWriterSize(w, 1<<16)}
	out.to = json.NewEncoder(out.out)
	out.to.SetEscapeHTML(false)
	switch {
	case format == FactCheck:
		out.begin, out.end, out.of = `{"claims":[`, "]}\n", googleClaims
	case format == ClaimReview && feed:
		out.begin, out.end, out.of = `{"@context":"https://schema.org","@type":"DataFeed","dataFeedElement":[`, "]}\n", feedItem
	case format == ClaimReview:
		out.begin, out.end, out.of = "[", "]\n", claimReviews
	default:
		return nil, fmt.Errorf("interchange: no claims are written as %s", format)
	}
	_, err := out.out.WriteString(out.begin + "\n")
	return out, err
}

// Write writes a claim and its reviews.
func (w *Writer) Write(c ReviewedClaim) error {
	for _, element := range w.of(c) {
		if w.count++; w.count > 1 {
			if err := w.out.WriteByte(','); err != nil {
				return err
			}
		}
		if err := w.to.Encode(element); err != nil {
			return err
		}
	}
	return nil
}

// Close writes the end. The writer below stays open.
func (w *Writer) Close() error {
	if _, err := w.out.WriteString(w.end); err != nil {
		return err
	}
	return w.out.Flush()
}

func googleClaims(c ReviewedClaim) []any {
	var elements []any
	for _, claim := range c.Google() {
		elements = append(elements, claim)
	}
	return elements
}

func feedItem(c ReviewedClaim) []any {
	reviews := c.markup("")
	return []any{struct {
		Type string              `json:"@type"`
		Item []claimReviewMarkup `json:"item"`
	}{"DataFeedItem", reviews}}
}

func claimReviews(c ReviewedClaim) []any {
	var elements []any
	for _, review := range c.markup("https://schema.org") {
		elements = append(elements, review)
	}
	return elements
}

// claimReviewMarkup is a ClaimReview of schema.org.
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

// markup are the ClaimReviews of a claim.
func (c ReviewedClaim) markup(context string) []claimReviewMarkup {
	item := c.itemReviewed()
	reviews := make([]claimReviewMarkup, len(c.Reviews))
	for i, r := range c.Reviews {
		author := r.Author.markup()
		if site := r.Author.site(); site != "" {
			author.URL = "https://" + site + "/"
		}
		reviews[i] = claimReviewMarkup{
			Context: context, Type: "ClaimReview", URL: r.URL, Headline: r.Title, InLanguage: r.Language, DatePublished: r.Published, Author: author, ClaimReviewed: c.wording(r),
			ReviewRating: ratingMarkup{"Rating", r.Rating.Value, r.Rating.Best, r.Rating.Worst, r.Rating.Label}, ItemReviewed: item,
		}
	}
	return reviews
}

func (c ReviewedClaim) itemReviewed() claimMarkup {
	item := claimMarkup{Type: "Claim"}
	if claimant, said, ok := c.claimant(); ok {
		author := claimant.markup()
		item.Author, item.DatePublished = &author, said
	}
	for _, appearance := range c.Appearances {
		if appearance.Reviewing {
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

func (p Party) markup() partyMarkup {
	m := partyMarkup{Type: typeOf(partyTypes, p.Kind, "Organization"), Name: p.Name, URL: p.URL}
	if id := p.ExternalIDs["wikidata"]; id != "" {
		m.SameAs = []string{"https://www.wikidata.org/wiki/" + id}
	}
	return m
}

func (a Appearance) markup() workMarkup {
	m := workMarkup{Type: typeOf(workTypes, a.Kind, "CreativeWork"), URL: a.URL, Headline: a.Title, InLanguage: a.Language, Publisher: a.Publisher.markup()}
	if a.Published != nil {
		m.DatePublished = a.Published.Earliest
	}
	return m
}

// partyTypes and workTypes are the types of schema.org that come closest to a kind.
var (
	partyTypes = map[headwater.SourceKind]string{
		headwater.Person: "Person", headwater.Outlet: "NewsMediaOrganization", headwater.Wire: "NewsMediaOrganization", headwater.Government: "GovernmentOrganization",
		headwater.Agency: "GovernmentOrganization", headwater.Military: "GovernmentOrganization", headwater.Party: "PoliticalParty",
	}
	workTypes = map[headwater.DocumentKind]string{
		headwater.Article: "NewsArticle", headwater.WireReport: "NewsArticle", headwater.Post: "SocialMediaPosting", headwater.Report: "Report", headwater.Broadcast: "VideoObject",
	}
)

func typeOf[K comparable](types map[K]string, kind K, other string) string {
	if name, known := types[kind]; known {
		return name
	}
	return other
}
