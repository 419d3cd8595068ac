package interchange

// FactCheckClaim is a claim in the wording of some of its reviewers, as Google's Fact Check Tools API v1alpha1 gives it
// (https://developers.google.com/fact-check/tools/api/reference/rest/v1alpha1/claims).
type FactCheckClaim struct {
	Text        string            `json:"text" doc:"The claim." example:"The grain terminal had been empty for weeks."`
	Claimant    string            `json:"claimant,omitempty" doc:"Who said it first, as far as is known." example:"A port worker"`
	ClaimDate   string            `json:"claimDate,omitempty" format:"date-time" doc:"When." example:"2024-05-30T00:00:00Z"`
	ClaimReview []FactCheckReview `json:"claimReview" doc:"Its reviews, newest first, 100 at most."`
}

// FactCheckReview is a review as Google's API answers it.
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

// Google gives a claim as Google's API does: once for each way in which its reviews word it, in their order.
func (c ReviewedClaim) Google() []FactCheckClaim {
	var claims []FactCheckClaim
	at := map[string]int{}
	claimant, said, _ := c.claimant()
	for _, r := range c.Reviews {
		text := c.wording(r)
		if _, known := at[text]; !known {
			at[text] = len(claims)
			claims = append(claims, FactCheckClaim{Text: text, Claimant: claimant.Name, ClaimDate: Instant(said)})
		}
		claim := &claims[at[text]]
		claim.ClaimReview = append(claim.ClaimReview, FactCheckReview{
			Publisher: FactCheckPublisher{r.Author.Name, r.Author.site()}, URL: r.URL, Title: r.Title, ReviewDate: Instant(r.Published), TextualRating: r.Rating.Label, LanguageCode: r.Language,
		})
	}
	return claims
}
