package headwater

import (
	"github.com/google/uuid"
)

// Review is a fact-check verdict on a claim by a named reviewer; a claim may have many.
type Review struct {
	Meta
	ReviewFields
	Status RecordStatus `json:"status" doc:"active or retracted." example:"active"`
}

// ReviewFields are the fields of a review that a caller sets.
type ReviewFields struct {
	Claim         uuid.UUID `json:"claim" written:"reference claim" format:"uuid" doc:"The claim that was reviewed." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Author        uuid.UUID `json:"author" written:"reference source" format:"uuid" doc:"The source that reviewed it." example:"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Rating        Rating    `json:"rating" doc:"The verdict."`
	Title         string    `json:"title,omitempty" maxLength:"2000" doc:"Title of the review." example:"No, the terminal was not empty"`
	URL           string    `json:"url,omitempty" maxLength:"2048" doc:"Where it was published." example:"https://checks.example.org/1"`
	Language      string    `json:"language,omitempty" format:"bcp47" maxLength:"100" doc:"BCP 47 tag of the language that it is written in." example:"ar"`
	ClaimReviewed string    `text:"prose" json:"claim_reviewed,omitempty" maxLength:"10000" doc:"The claim in the reviewer's words (schema.org's claimReviewed), where they are not one of its statements to the letter." example:"The grain terminal had been empty for weeks."`
	Published     Moment    `json:"published,omitempty" maxLength:"40" doc:"When it was published, a day (EDTF level 0) or an instant (RFC 3339)." example:"2024-06-01"`
}

// Rating is a verdict in the reviewer's own words and, where it has one, on the reviewer's scale.
type Rating struct {
	Label string   `json:"label" minLength:"1" maxLength:"1000" doc:"The verdict in the reviewer's words." example:"Mostly false"`
	Value *Decimal `json:"value,omitempty" doc:"The verdict on the reviewer's scale." example:"2"`
	Best  *Decimal `json:"best,omitempty" doc:"The scale's best value." example:"5"`
	Worst *Decimal `json:"worst,omitempty" doc:"The scale's worst value." example:"1"`
	// Explanation is the whole of a verdict of which Label has the first words, or what the reviewer says of it beside.
	Explanation string `text:"prose" json:"explanation,omitempty" maxLength:"10000" doc:"The reasons that the reviewer gives for the verdict." example:"Two of the three sheds were full."`
}

// Validate returns all faults at once, as Faults.
func (r ReviewFields) Validate() error {
	var c checker
	c.strings(r)
	c.required("/claim", r.Claim != uuid.Nil, "a claim")
	c.required("/author", r.Author != uuid.Nil, "a source")
	c.required("/rating/label", !ShowsNothing(r.Rating.Label), "the verdict in the reviewer's words")
	c.url("/url", r.URL)
	if r.Language != "" {
		c.language("/language", r.Language)
	}
	c.moment("/published", r.Published)
	return c.err()
}
