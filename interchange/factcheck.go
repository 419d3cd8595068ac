package interchange

import "github.com/headwater-project/headwater"

// factCheck is what Google's Fact Check Tools API v1alpha1 answers: claims, each with its reviews
// (https://developers.google.com/fact-check/tools/api/reference/rest/v1alpha1/claims).
var factCheck = dialect{
	lists:      []string{"claims"},
	isRecord:   func(n node) bool { return n["claims"] == nil && !isAnswer(n) },
	isEmpty:    func(n node) bool { return n["claims"] == nil && isAnswer(n) },
	read:       readFactCheck,
	recordName: "a claim with text and claimReview, as Google's Fact Check Tools API answers",
}

// isAnswer reports whether an object is a whole answer. One without claims is {}.
func isAnswer(n node) bool {
	for name := range n {
		if name != "claims" && name != "nextPageToken" {
			return false
		}
	}
	return true
}

func readFactCheck(r *record, at headwater.Pointer, n node) {
	text := fieldText{r.cut(at.Field("text"), n.text("text"), headwater.MaxString), at.Field("text")}
	c := statement{text: text, tellings: []telling{{
		claimants: []party{{name: fieldText{n.text("claimant"), at.Field("claimant")}, kind: headwater.OtherSource}},
		claimedAt: r.parseMoment(at.Field("claimDate"), n.text("claimDate")),
	}}}
	r.tellUnread(at, "a claim", n, readOfAnswer)
	for i, entry := range n.nodes("claimReview") {
		r.tellUnread(at.Field("claimReview").Index(i), "a review", entry, readOfAnswerReview)
		r.tellUnread(at.Field("claimReview").Index(i).Field("publisher"), "a publisher", entry.node("publisher"), readOfPublisher)
		review := r.readGoogleReview(at.Field("claimReview").Index(i), entry)
		if c.language == "" {
			c.language = review.language
		}
		if review.rating.Label == "" {
			r.fault(review.at.Field("textualRating"), headwater.FaultRequired, nil, "the verdict in words")
			continue
		}
		c.reviews = append(c.reviews, review)
	}
	if len(c.reviews) == 0 && len(r.faults) == 0 {
		r.fault(at.Field("claimReview"), headwater.FaultRequired, nil, "at least one review")
	}
	r.addStatement(c)
}

func (r *record) readGoogleReview(at headwater.Pointer, n node) review {
	publisher, address := n.node("publisher"), r.parseAddress(at.Field("url"), n.text("url"))
	return review{
		page: page{
			at: at, kind: headwater.Article, url: address, title: r.optionalText(at.Field("title"), n.text("title"), maxTitle),
			language:  r.parseLanguageCode(at.Field("languageCode"), n.text("languageCode")),
			published: r.parseMoment(at.Field("reviewDate"), n.text("reviewDate")),
			publisher: party{name: fieldText{publisher.text("name"), at.Field("publisher")}, kind: headwater.Organization,
				host: siteOf(publisher.text("site"), address), places: []string{publisher.text("site"), address}},
		},
		rating:       r.verdict(at.Field("textualRating"), n.text("textualRating"), ""),
		saidLanguage: languageTag(n.text("languageCode")),
	}
}

// parseLanguageCode reads a tag. What is none is told, and left out.
func (r *record) parseLanguageCode(at headwater.Pointer, raw string) string {
	tag := languageOf(raw)
	if tag == "" && raw != "" && raw != unknownLanguage {
		r.note(at, raw, "left out; expected a BCP 47 tag such as ar")
	}
	return tag
}

// FactCheckClaim is a claim in the wording of some of its reviewers, as Google's Fact Check Tools API v1alpha1 gives it
// (https://developers.google.com/fact-check/tools/api/reference/rest/v1alpha1/claims).
type FactCheckClaim struct {
	Text        string            `json:"text" doc:"The claim." example:"The grain terminal had been empty for weeks."`
	Claimant    string            `json:"claimant,omitempty" doc:"Who said it first, as far as is known." example:"A port worker"`
	ClaimDate   string            `json:"claimDate,omitempty" format:"date-time" doc:"When." example:"2024-05-30T00:00:00Z"`
	ClaimReview []FactCheckReview `json:"claimReview" doc:"Its reviews, newest first, 100 at most."`
}

// FactCheckReview is a review as Google's API gives it.
type FactCheckReview struct {
	Publisher     FactCheckPublisher `json:"publisher" doc:"Who reviewed the claim."`
	URL           string             `json:"url,omitempty" doc:"Where the review was published." example:"https://checks.example.org/1"`
	Title         string             `json:"title,omitempty" doc:"Its title." example:"No, the terminal was not empty"`
	ReviewDate    string             `json:"reviewDate,omitempty" format:"date-time" doc:"When." example:"2024-06-01T00:00:00Z"`
	TextualRating string             `json:"textualRating" doc:"The verdict in the reviewer's words." example:"Mostly false"`
	LanguageCode  string             `json:"languageCode,omitempty" doc:"BCP 47 tag of the language that it is written in." example:"ar"`
}

// FactCheckPublisher is who publishes reviews.
type FactCheckPublisher struct {
	Name string `json:"name" doc:"The name." example:"Mizan Check"`
	Site string `json:"site,omitempty" doc:"The host name." example:"checks.example.org"`
}

// factCheckClaims gives a claim as Google's API does: once for each wording of its reviews, in their order.
func (c ReviewedClaim) factCheckClaims() []FactCheckClaim {
	var claims []FactCheckClaim
	at := map[string]int{}
	claimant, saidAt, _ := c.claimant()
	for _, r := range c.Reviews {
		text := c.wording(r)
		if _, known := at[text]; !known {
			at[text] = len(claims)
			claims = append(claims, FactCheckClaim{Text: text, Claimant: claimant.Name, ClaimDate: Instant(saidAt)})
		}
		claim := &claims[at[text]]
		claim.ClaimReview = append(claim.ClaimReview, FactCheckReview{
			Publisher: FactCheckPublisher{r.Author.Name, r.Author.site()}, URL: r.URL, Title: r.Title, ReviewDate: Instant(r.Published),
			TextualRating: verdictInFull(r.Rating), LanguageCode: r.Language,
		})
	}
	return claims
}

// factCheckLayout is a single answer of Google's API, for any number of claims.
func factCheckLayout(bool) layout { return layout{`{"claims":[`, "]}\n", factCheckElements} }

func factCheckElements(c ReviewedClaim) []any {
	var elements []any
	for _, claim := range c.factCheckClaims() {
		elements = append(elements, claim)
	}
	return elements
}
