package api

import (
	"cmp"
	"context"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/card"
	"github.com/headwater-project/headwater/report"
)

// cardResponse is a card with what browsers may do with it.
type cardResponse struct {
	ContentType string `header:"Content-Type"`
	ETag        string `header:"ETag" doc:"Changes whenever anything that the answer rests on changes it." example:"\"9f86d081884c7d659a2feaa0c55ad015\""`
	Policy      string `header:"Content-Security-Policy" doc:"Nothing is loaded or run; who may frame the card."`
	Sniffing    string `header:"X-Content-Type-Options"`
	Referrer    string `header:"Referrer-Policy"`
	Body        []byte
}

const svg = "image/svg+xml"

// registerCard adds the card of a claim, which is made to be shared.
func registerCard(api huma.API, h *reportHandlers, options Options) {
	operation := reportOperation("getClaimCard", "card", "Where a claim comes from, on one page to share and to print",
		map[string]*huma.Schema{"text/html": {Type: huma.TypeString}, svg: {Type: huma.TypeString}})
	operation.Description = "The claim, how it stands in whole sentences, who has it from whom in a dozen boxes at most, and what all of " +
		"it rests on (facts_sha256), so that a reader can see whether it is still so. The card holds no script and asks nobody for " +
		"anything. Only the pages of --cors-origin may frame it. It is made anew each day, whose date it has. " + string(cachedNote)
	register(api, operation, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
		GetQuery
		CardAddress
		RecordedQuery
		Language string `query:"lang" enum:"ar,en" default:"en" doc:"The language that it speaks." example:"ar"`
		Format   string `query:"format" enum:"html,svg" default:"html" doc:"html is a page; svg is a picture of fixed size, for print." example:"html"`
		AsOf     string `query:"as_of" format:"edtf" maxLength:"10" doc:"Only documents that were published by the end of this EDTF day." example:"2024-05-31"`
	}) (*cardResponse, error) {
		today := headwater.Day(time.Now().UTC().Format(time.DateOnly))
		service := cmp.Or(options.PublicURL, in.origin+in.prefix)
		address := service + in.of(in.ID.ID.String(), in.Language, in.AsOf, in.RecordedBy)
		mediaType := map[string]string{"html": "text/html; charset=utf-8", "svg": svg}[in.Format]
		query := &AnalysisQuery{GetQuery: in.GetQuery, QuestionQuery: QuestionQuery{AsOf: in.AsOf},
			RecordedQuery: in.RecordedQuery}
		kind := "card " + in.Language + " " + string(today) + " " + address
		answered, err := h.respond(ctx, query, kind, mediaType, func(a *report.Answer) ([]byte, error) {
			c := card.Card{Language: card.Language(in.Language), AsOf: headwater.Day(in.AsOf), Made: today, Address: address,
				Page: service + "/" + in.Language + "/claims/" + in.ID.ID.String()}
			var err error
			if c.Report, err = a.Report(ctx, in.ID.ID, a.Question); err != nil {
				return nil, err
			}
			if c.Drawing, err = a.Drawing(ctx, in.ID.ID, a.Question); err != nil {
				return nil, err
			}
			if in.Format == "svg" {
				return c.SVG()
			}
			return c.HTML()
		})
		if err != nil {
			return nil, err
		}
		return &cardResponse{answered.ContentType, answered.ETag, card.Policy(options.Origins), "nosniff", "no-referrer",
			answered.Body}, nil
	})
}

// CardAddress is where the service was asked, for links that hold outside of it.
type CardAddress struct{ origin, prefix string }

// Resolve takes the origin from the request, as far as a proxy leaves it.
func (a *CardAddress) Resolve(ctx huma.Context) []error {
	origin := url.URL{Scheme: "http", Host: ctx.Host()}
	if isSecure(ctx) {
		origin.Scheme = "https"
	}
	a.origin, a.prefix = origin.String(), requestOf(ctx.Context()).prefix
	return nil
}

// of is the permanent address of a card within the service: what is there then may be another card, which is what its reader wants to see.
func (a *CardAddress) of(claim, language, asOf, recordedBy string) string {
	parameters := url.Values{"lang": {language}}
	if asOf != "" {
		parameters.Set("as_of", asOf)
	}
	if recordedBy != "" {
		parameters.Set("recorded_by", recordedBy)
	}
	return "/v1/claims/" + claim + "/card?" + parameters.Encode()
}
