package interchange

// GoogleClaim is a claim as Google's Fact Check Tools API v1alpha1 gives it
// (https://developers.google.com/fact-check/tools/api/reference/rest/v1alpha1/claims).
type GoogleClaim struct {
	Text        string         `json:"text" doc:"The claim, as its reviews word it." example:"The terminal had been empty for weeks."`
	Claimant    string         `json:"claimant,omitempty" doc:"Who is said to have made it." example:"Harbour Office"`
	ClaimDate   string         `json:"claimDate,omitempty" format:"date-time" doc:"When it was made." example:"2025-03-13T00:00:00Z"`
	ClaimReview []GoogleReview `json:"claimReview" doc:"The reviews that word the claim in this way."`
}

// GoogleReview is one of its reviews.
type GoogleReview struct {
	Publisher     GooglePublisher `json:"publisher" doc:"Who reviewed it."`
	URL           string          `json:"url,omitempty" format:"uri" doc:"Where the review was published." example:"https://checks.example.org/1"`
	Title         string          `json:"title,omitempty" doc:"Title of the review." example:"No, the terminal was not empty"`
	ReviewDate    string          `json:"reviewDate,omitempty" format:"date-time" doc:"When it was published." example:"2025-04-02T09:00:00Z"`
	TextualRating string          `json:"textualRating" doc:"The verdict in words." example:"False"`
	LanguageCode  string          `json:"languageCode,omitempty" doc:"BCP 47 tag of the review's language." example:"en"`
}

// GooglePublisher is who reviewed a claim.
type GooglePublisher struct {
	Name string `json:"name,omitempty" doc:"Its name." example:"Plumbline"`
	Site string `json:"site,omitempty" doc:"The host under which it publishes." example:"plumbline.example.org"`
}

// Google gives a claim as Google's API does: once for each way in which its reviews word it, in their order.
func (c Checked) Google() []GoogleClaim {
	var claims []GoogleClaim
	at := map[string]int{}
	claimant, said, _ := c.claimant()
	for _, r := range c.Reviews {
		text := c.wording(r)
		if _, known := at[text]; !known {
			at[text] = len(claims)
			claims = append(claims, GoogleClaim{Text: text, Claimant: claimant.Name, ClaimDate: instant(said)})
		}
		claim := &claims[at[text]]
		claim.ClaimReview = append(claim.ClaimReview, GoogleReview{
			Publisher: GooglePublisher{r.Author.Name, r.Author.site()}, URL: r.URL, Title: r.Title, ReviewDate: instant(r.Published), TextualRating: r.Rating.Label, LanguageCode: r.Language,
		})
	}
	return claims
}
