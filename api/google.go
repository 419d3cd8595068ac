package api

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/text/language"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/fold"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/store"
)

// googleTag is what the operations that answer as Google does are listed under.
const googleTag = "google"

const (
	googlePage    = 10  // results of a page without pageSize
	maxGooglePage = 200 // a larger pageSize is lowered without an error, as Google does
)

// GoogleQuery is what Google's Fact Check Tools API lets its clients ask (discovery revision 20240929).
type GoogleQuery struct {
	Query        string `query:"query" maxLength:"10000" doc:"Words of a claim, or all of its text; required unless reviewPublisherSiteFilter is set." example:"غرق العبارة"`
	LanguageCode string `query:"languageCode" maxLength:"100" doc:"BCP 47 tag of the reviews' language, whose region does not count." example:"ar"`
	Site         string `query:"reviewPublisherSiteFilter" maxLength:"2048" doc:"Only reviews of this site, or of one below it; with or without scheme and www." example:"checks.example.org"`
	MaxAgeDays   int32  `query:"maxAgeDays" minimum:"0" doc:"Only reviews that were published at most so many days ago; 0 for all." example:"365"`
	PageSize     int32  `query:"pageSize" minimum:"0" doc:"Results at most: 10 if it is 0 or missing, and never more than 200." example:"10"`
	PageToken    string `query:"pageToken" maxLength:"2000" doc:"The nextPageToken of the page before. What else is asked must be the same, but for pageSize."`
	Offset       int32  `query:"offset" minimum:"0" maximum:"10000" doc:"How many results to pass over; without pageToken only." example:"0"`

	GoogleSystem
}

// GoogleSystem are the parameters that all of Google's services take. Keys are taken out before anything else is done.
type GoogleSystem struct {
	Alt            string `query:"alt" enum:"json" hidden:"true"`
	Callback       string `query:"callback" hidden:"true"`
	Fields         string `query:"fields" hidden:"true"`
	PrettyPrint    string `query:"prettyPrint" hidden:"true"`
	QuotaUser      string `query:"quotaUser" hidden:"true"`
	UserIP         string `query:"userIp" hidden:"true"`
	Trace          string `query:"$.trace" hidden:"true"`
	Xgafv          string `query:"$.xgafv" hidden:"true"`
	UploadType     string `query:"uploadType" hidden:"true"`
	UploadProtocol string `query:"upload_protocol" hidden:"true"`
}

// FactCheckClaims is a page of claims as Google's API answers them.
type FactCheckClaims struct {
	Claims        []interchange.FactCheckClaim `json:"claims,omitempty" doc:"The claims, best first; missing where there is none."`
	NextPageToken string                       `json:"nextPageToken,omitempty" doc:"Asks for the next page; missing on the last."`
}

// FactCheckStore searches claims by their reviews.
type FactCheckStore interface {
	// FactChecks finds claims that have reviews: first those whose whole text is the query, then those that have all its
	// words, then those with words spelled like them; without a query, those that were reviewed last come first. skip passes
	// over that many results of the first page, where there is no cursor.
	FactChecks(ctx context.Context, f store.FactCheckFilter, skip int, p store.Paging) (store.Page[store.FactCheckHit], error)
}

// registerGoogle adds the search of Google's Fact Check Tools API, v1alpha1.
func registerGoogle(api huma.API, s FactCheckStore) {
	schema := api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[GoogleError](), true, "")
	operation := huma.Operation{
		OperationID: "searchFactChecks", Method: http.MethodGet, Path: googlePath + "claims:search", Tags: []string{googleTag},
		Summary: "Find reviewed claims as Google's Fact Check Tools API does",
		Description: "claims:search of Google's Fact Check Tools API, v1alpha1, over the reviews that are stored here: any client of " +
			"it works by changing one address. " +
			"First come the claims whose whole text is asked for, then those that have all its words, then those that have words " +
			"spelt like them; without a query, those that were reviewed last come first. " +
			"A key may also come as Google's clients send it. System parameters such as alt and prettyPrint are taken and change nothing.",
		Responses: map[string]*huma.Response{}, RejectUnknownQueryParameters: true,
	}
	for _, status := range []int{http.StatusBadRequest, http.StatusInternalServerError, http.StatusServiceUnavailable} {
		operation.Responses[strconv.Itoa(status)] = &huma.Response{Description: http.StatusText(status),
			Content: map[string]*huma.MediaType{"application/json": {Schema: schema}}}
	}
	register(api, operation, readTraits(headwater.ScopeRead),
		func(ctx context.Context, in *GoogleQuery) (*struct{ Body FactCheckClaims }, error) {
			filter := store.FactCheckFilter{Q: strings.TrimSpace(in.Query), Language: in.LanguageCode, Site: strings.TrimSpace(in.Site),
				MaxAgeDays: int(in.MaxAgeDays)}
			if err := in.check(filter); err != nil {
				return nil, failGoogle(ctx, err)
			}
			size := min(cmp.Or(int(in.PageSize), googlePage), maxGooglePage)
			page, err := s.FactChecks(ctx, filter, int(in.Offset), store.Paging{Limit: size, Cursor: in.PageToken})
			if err != nil {
				return nil, failGoogle(ctx, err)
			}
			out := FactCheckClaims{NextPageToken: page.NextCursor}
			for _, check := range page.Items {
				out.Claims = append(out.Claims, factCheckClaim(check, filter))
			}
			return &struct{ Body FactCheckClaims }{out}, nil
		})
}

// check finds the faults that no schema can express.
func (in *GoogleQuery) check(filter store.FactCheckFilter) error {
	var faults headwater.Faults
	if filter.Q == "" && filter.Site == "" {
		faults = append(faults, headwater.NewFault("/query", headwater.FaultRequired, in.Query,
			"words of a claim, or reviewPublisherSiteFilter"))
	}
	if in.Callback != "" {
		faults = append(faults, headwater.NewFault("/callback", headwater.FaultUnknownField, in.Callback,
			"no callback: answers are JSON, and no script"))
	}
	if len(faults) > 0 {
		return faults
	}
	return nil
}

// factCheckClaim gives a found claim the form of Google's answers.
func factCheckClaim(check store.FactCheckHit, filter store.FactCheckFilter) interchange.FactCheckClaim {
	text, tag := check.Wording, cmp.Or(filter.Language, check.Reviews[0].Language)
	if text == "" {
		tag = statementFor(check.Statement, filter)
		text = check.Statement[tag]
		tag = cmp.Or(filter.Language, tag)
	}
	claim := interchange.FactCheckClaim{Text: text, ClaimDate: interchange.Instant(check.Said)}
	if check.Claimant != nil {
		claim.Claimant = nameIn(*check.Claimant, tag)
	}
	for _, r := range check.Reviews {
		claim.ClaimReview = append(claim.ClaimReview, interchange.FactCheckReview{
			Publisher: interchange.FactCheckPublisher{Name: nameIn(r.Author, cmp.Or(filter.Language, r.Language)), Site: r.Site()},
			URL:       r.URL, Title: r.Title, ReviewDate: interchange.Instant(r.Published), TextualRating: r.Label,
			LanguageCode: r.Language,
		})
	}
	return claim
}

// statementFor gives the language of the statement to show: that of the filter, or else the first of those that have most of
// its words.
func statementFor(statement headwater.Texts, filter store.FactCheckFilter) string {
	if tag, ok := inLanguage(statement, filter.Language); ok {
		return tag
	}
	terms := fold.Terms(filter.Q)
	var best string
	most := -1
	for _, tag := range slices.Sorted(maps.Keys(statement)) {
		has := fold.Terms(statement[tag])
		n := 0
		for _, term := range terms {
			if slices.Contains(has, term) {
				n++
			}
		}
		if fold.Text(statement[tag]) == fold.Text(filter.Q) {
			n = len(terms) + 1
		}
		if n > most {
			best, most = tag, n
		}
	}
	return best
}

// inLanguage gives the tag under which texts have a language: the tag itself, or the first that differs in region or script.
func inLanguage(texts headwater.Texts, tag string) (string, bool) {
	if _, ok := texts[tag]; ok || tag == "" {
		return tag, ok
	}
	wanted, _ := language.Make(tag).Base()
	for _, other := range slices.Sorted(maps.Keys(texts)) {
		if base, _ := language.Make(other).Base(); base == wanted {
			return other, true
		}
	}
	return "", false
}

// nameIn gives a source's name in a language, or else the one to display.
func nameIn(v store.ReviewAuthor, tag string) string {
	if tag, ok := inLanguage(v.Names, tag); ok {
		return v.Names[tag]
	}
	return v.Name
}
