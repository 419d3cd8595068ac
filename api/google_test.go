package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/headwater-project/headwater/api"
	"github.com/headwater-project/headwater/store"
)

// reviewedStory is a bundle of reviewed claims in two languages.
const reviewedStory = `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://desk.example/"}
{"type":"source","key":"mizan","kind":"organization","name":"Mizan Check","names":{"ar":"ميزان","en":"Mizan Check"},` +
	`"domains":["mizan.example"]}
{"type":"source","key":"plumb","kind":"organization","name":"Plumbline","url":"https://www.plumb.example/about"}
{"type":"source","key":"post","kind":"outlet","name":"The Post"}
{"type":"source","key":"pilot","kind":"person","name":"Harbour pilot","names":{"ar":"مرشد الميناء"}}
{"type":"document","key":"story","publisher":"post","kind":"article","language":"en",` +
	`"published":{"earliest":"2024-05-30T22:15:00-03:00","latest":"2024-05-30T22:15:00-03:00"}}
{"type":"claim","key":"silo","statement":{"en":"The silo held 7,000 tonnes of barley.","ar":"كان في الصومعة ٧٬٠٠٠ طن من الشعير."}}
{"type":"claim","key":"crane","statement":{"en":"The crane had no driver."}}
{"type":"attribution","claim":"silo","document":"story","stance":"affirms","chain":[{"source":"post","act":"publishes"},` +
	`{"source":"pilot","act":"says"}]}
{"type":"review","key":"a","claim":"silo","author":"mizan","rating":{"label":"مضلل"},"title":"كم كان في الصومعة؟",` +
	`"url":"https://mizan.example/1","language":"ar","published":"2024-06-02"}
{"type":"review","key":"b","claim":"silo","author":"plumb","rating":{"label":"Half true"},"url":"https://plumb.example/b",` +
	`"language":"en","published":"2024-07","claim_reviewed":"Barley by the thousand tonnes"}
{"type":"review","key":"c","claim":"crane","author":"plumb","rating":{"label":"False"},"language":"en"}
`

func startReviewed(t *testing.T) service {
	t.Helper()
	s := start(t)
	if status, _, answer := s.call("POST", "/v1/imports", reviewedStory, "Content-Type", "application/x-ndjson"); status != http.StatusOK {
		t.Fatal(status, answer)
	}
	return s
}

func searchPath(parameters ...string) string {
	query := url.Values{}
	for i := 0; i < len(parameters); i += 2 {
		query.Set(parameters[i], parameters[i+1])
	}
	return "/v1alpha1/claims:search?" + query.Encode()
}

const (
	siloReview = `{"publisher":{"name":"%s","site":"mizan.example"},"url":"https://mizan.example/1","title":"كم كان في الصومعة؟",` +
		`"reviewDate":"2024-06-02T00:00:00Z","textualRating":"مضلل","languageCode":"ar"}`
	siloSaid = `"claimDate":"2024-05-31T01:15:00Z"`
	barley   = `{"text":"Barley by the thousand tonnes","claimant":"Harbour pilot",` + siloSaid +
		`,"claimReview":[{"publisher":{"name":"Plumbline","site":"plumb.example"},"url":"https://plumb.example/b",` +
		`"textualRating":"Half true","languageCode":"en"}]}`
	crane = `{"text":"The crane had no driver.","claimReview":[{"publisher":{"name":"Plumbline","site":"plumb.example"},` +
		`"textualRating":"False","languageCode":"en"}]}`
)

func TestGoogleAnswers(t *testing.T) {
	t.Parallel()
	s := startReviewed(t)
	silo := func(text, claimant, publisher string) string {
		return fmt.Sprintf(`{"text":%q,"claimant":%q,%s,"claimReview":[%s]}`, text, claimant, siloSaid, fmt.Sprintf(siloReview, publisher))
	}
	english := silo("The silo held 7,000 tonnes of barley.", "Harbour pilot", "ميزان")
	arabic := silo("كان في الصومعة ٧٬٠٠٠ طن من الشعير.", "مرشد الميناء", "ميزان")
	for name, c := range map[string]struct {
		parameters []string
		want       []string
	}{
		"in English": {[]string{"query", "silo"}, []string{english, barley}},
		"in Arabic":  {[]string{"query", "الصومعه"}, []string{arabic, barley}},
		"a whole text in the other language": {[]string{"query", "كان في الصومعة 7000 طن من الشعير", "languageCode", "en-GB"},
			[]string{barley}},
		"in the language of the reviews": {[]string{"query", "silo", "languageCode", "ar-EG"}, []string{arabic}},
		"a site": {[]string{"reviewPublisherSiteFilter", "https://www.plumb.example/"},
			[]string{barley, crane}},
		"what is too old": {[]string{"query", "crane", "maxAgeDays", "30"}, nil},
		"nothing":         {[]string{"query", "zeppelin"}, nil},
		"system parameters": {[]string{"query", "crane", "alt", "json", "prettyPrint", "true", "quotaUser", "a",
			"$.xgafv", "2", "fields", "claims(text)", "key", ""}, []string{crane}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, _, text := s.send("GET", searchPath(c.parameters...), "")
			want := "{}"
			if c.want != nil {
				want = `{"claims":[` + strings.Join(c.want, ",") + `]}`
			}
			var got, wanted any
			if err := errors.Join(json.Unmarshal(text, &got), json.Unmarshal([]byte(want), &wanted)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(wanted, got); status != http.StatusOK || diff != "" {
				t.Errorf("%d; want -, got +:\n%s", status, diff)
			}
		})
	}
}

func TestGooglePages(t *testing.T) {
	t.Parallel()
	s := startReviewed(t)
	page := func(parameters ...string) (texts []string, token string) {
		t.Helper()
		status, _, answer := s.call("GET", searchPath(parameters...), "")
		if status != http.StatusOK {
			t.Fatal(status, answer)
		}
		claims, _ := answer["claims"].([]any)
		for _, claim := range claims {
			texts = append(texts, claim.(map[string]any)["text"].(string))
		}
		token, _ = answer["nextPageToken"].(string)
		return texts, token
	}
	whole, none := page("reviewPublisherSiteFilter", "example.org", "pageSize", "100000")
	if whole != nil || none != "" {
		t.Errorf("%q %q", whole, none)
	}
	for _, question := range [][]string{{"query", "silo barley"}, {"query", "crane driver barley silo"},
		{"reviewPublisherSiteFilter", "plumb.example"}} {
		whole, _ := page(question...)
		var walked []string
		for token, more := "", true; more; more = token != "" {
			asked := append(slices.Clone(question), "pageSize", "1")
			if token != "" {
				asked = append(asked, "pageToken", token, "offset", "1") // the offset is ignored with a token
			}
			var texts []string
			texts, token = page(asked...)
			walked = append(walked, texts...)
		}
		var passed []string
		for i := range whole {
			texts, _ := page(append(question, "pageSize", "1", "offset", fmt.Sprint(i))...)
			passed = append(passed, texts...)
		}
		if !cmp.Equal(walked, whole) || !cmp.Equal(passed, whole) {
			t.Errorf("%q: by token %q, by offset %q, want %q", question, walked, passed, whole)
		}
	}
}

// TestGoogleErrors: all errors below Google's path have the form of Google's.
func TestGoogleErrors(t *testing.T) {
	t.Parallel()
	s := startReviewed(t)
	_, _, first := s.call("GET", searchPath("query", "silo", "pageSize", "1"), "")
	token := first["nextPageToken"].(string)
	for name, c := range map[string]struct {
		method, path, says string
		code               int
		status, field      string
	}{
		"no query": {"GET", searchPath(), "words of a claim, or reviewPublisherSiteFilter", 400, "INVALID_ARGUMENT",
			"query"},
		"a blank query": {"GET", searchPath("query", "  "), "words of a claim", 400, "INVALID_ARGUMENT", "query"},
		"a page size of letters": {"GET", searchPath("query", "a", "pageSize", "many"), `pageSize is "many"; expected a whole number`,
			400, "INVALID_ARGUMENT", "pageSize"},
		"a page size below 0": {"GET", searchPath("query", "a", "pageSize", "-1"), `pageSize is "-1"; expected a number >= 0`, 400,
			"INVALID_ARGUMENT", "pageSize"},
		"an offset beyond": {"GET", searchPath("query", "a", "offset", "10001"), `"10001"; expected a number <= 10000`, 400,
			"INVALID_ARGUMENT", "offset"},
		"an age below 0": {"GET", searchPath("query", "a", "maxAgeDays", "-5"), "maxAgeDays", 400, "INVALID_ARGUMENT",
			"maxAgeDays"},
		"a language that is none": {"GET", searchPath("query", "a", "languageCode", "english!"),
			`languageCode is "english!"; expected a BCP 47 language tag`, 400, "INVALID_ARGUMENT", "languageCode"},
		"a site that is none": {"GET", searchPath("reviewPublisherSiteFilter", "a b"),
			`reviewPublisherSiteFilter is "a b"; expected a host name`, 400, "INVALID_ARGUMENT", "reviewPublisherSiteFilter"},
		"a token that is none": {"GET", searchPath("query", "silo", "pageToken", "x"), `pageToken is "x"`, 400, "INVALID_ARGUMENT",
			"pageToken"},
		"a token of another": {"GET", searchPath("query", "crane", "pageToken", token), "with all else asked as it was", 400,
			"INVALID_ARGUMENT", "pageToken"},
		"another form": {"GET", searchPath("query", "a", "alt", "proto"), `alt is "proto"`, 400, "INVALID_ARGUMENT", "alt"},
		"a callback": {"GET", searchPath("query", "a", "callback", "f"), `callback is "f"; expected no callback`, 400,
			"INVALID_ARGUMENT", "callback"},
		"an unknown parameter": {"GET", searchPath("query", "a", "colour", "red"), "colour: expected no parameter of this name", 400,
			"INVALID_ARGUMENT", "colour"},
		"a NUL character": {"GET", searchPath("query", "a\x00"), "query", 400, "INVALID_ARGUMENT", "query"},
		"too long a query": {"GET", searchPath("query", strings.Repeat("ب", 10_001)), "expected a text of 10000 characters at most",
			400, "INVALID_ARGUMENT", "query"},
		"another key":     {"GET", searchPath("query", "a", "key", "AIzaNot"), "X-Goog-Api-Key", 401, "UNAUTHENTICATED", ""},
		"images":          {"GET", "/v1alpha1/claims:imageSearch?imageUri=a", "no such path", 404, "NOT_FOUND", ""},
		"pages":           {"POST", "/v1alpha1/pages", "no such path", 404, "NOT_FOUND", ""},
		"the path itself": {"GET", "/v1alpha1", "no such path", 404, "NOT_FOUND", ""},
		"another method":  {"POST", "/v1alpha1/claims:search", "no such method", 405, "UNIMPLEMENTED", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, header, answer := s.call(c.method, c.path, "")
			body, _ := answer["error"].(map[string]any)
			if status != c.code || header.Get("Content-Type") != "application/json" || body["code"] != float64(c.code) ||
				body["status"] != c.status || !strings.Contains(fmt.Sprint(body["message"]), c.says) {
				t.Fatalf("%d %v", status, answer)
			}
			if older := body["errors"].([]any)[0].(map[string]any); older["message"] != body["message"] || older["domain"] != "global" ||
				older["reason"] == "" {
				t.Errorf("older clients read %v", older)
			}
			var fields, requests []any
			for _, detail := range body["details"].([]any) {
				detail := detail.(map[string]any)
				switch detail["@type"] {
				case "type.googleapis.com/google.rpc.BadRequest":
					for _, violation := range detail["fieldViolations"].([]any) {
						fields = append(fields, violation.(map[string]any)["field"])
					}
				case "type.googleapis.com/google.rpc.RequestInfo":
					requests = append(requests, detail["requestId"])
				}
			}
			if c.field != "" && !cmp.Equal(fields, []any{c.field}) || !cmp.Equal(requests, []any{header.Get("X-Request-Id")}) {
				t.Errorf("the details name %v of %v", fields, requests)
			}
		})
	}
}

// TestGoogleKeys: a key that is sent as Google's clients do works as any other, and appears in no log.
func TestGoogleKeys(t *testing.T) {
	lines := captureLog(t)
	s := startReviewed(t)
	_, _, admin := s.call("POST", "/v1/keys", `{"name":"admin","scopes":["admin"]}`)
	_, _, made := s.call("POST", "/v1/keys", `{"name":"desk","scopes":["read"]}`, "Authorization", "Bearer "+admin["token"].(string))
	token := made["token"].(string)
	for name, c := range map[string]struct {
		path    string
		headers []string
		want    int
	}{
		"none":                             {searchPath("query", "silo"), nil, 401},
		"as a parameter":                   {searchPath("query", "silo", "key", token), nil, 200},
		"as an access token":               {searchPath("query", "silo", "access_token", token), nil, 200},
		"as a header":                      {searchPath("query", "silo"), []string{"X-Goog-Api-Key", token}, 200},
		"as a bearer":                      {searchPath("query", "silo"), []string{"Authorization", "Bearer " + token}, 200},
		"with a query that cannot be read": {searchPath("query", "silo", "key", token) + "&a=%zz", nil, 400},
		"a wrong one":                      {searchPath("query", "silo", "key", token+"x"), nil, 401},
		"elsewhere, as a parameter":        {"/v1/claims?access_token=" + token[:20], nil, 401},
		"elsewhere, as a header":           {"/v1/claims", []string{"X-Goog-Api-Key", token}, 401},
	} {
		status, _, text := s.send("GET", c.path, "", c.headers...)
		if status != c.want || strings.Contains(string(text), token) {
			t.Errorf("%s: %d %s", name, status, text)
		}
	}
	if strings.Contains(lines.String(), token) {
		t.Error("the log tells the key")
	}
}

// TestGoogleFailures: internal failures have the form of Google's errors, and show nothing of the cause.
func TestGoogleFailures(t *testing.T) {
	t.Parallel()
	over := func(s api.Store, limits api.Limits) service {
		server := httptest.NewServer(validated(t, api.New(s, api.Options{Limits: limits})))
		t.Cleanup(server.Close)
		return service{t, server.URL}
	}
	s := open(t)
	limited := over(s, api.Limits{Rate: 0.01, Burst: 1})
	limited.call("GET", searchPath("query", "a"), "")
	for name, c := range map[string]struct {
		s      service
		status string
		code   int
	}{
		"a failure":        {over(failingFactChecks{s, errors.New("the cupboard is bare")}, api.Limits{}), "INTERNAL", 500},
		"a panic":          {over(failingFactChecks{s, nil}, api.Limits{}), "INTERNAL", 500},
		"too long":         {over(failingFactChecks{s, context.DeadlineExceeded}, api.Limits{}), "UNAVAILABLE", 503},
		"too many at once": {limited, "RESOURCE_EXHAUSTED", 429},
	} {
		status, _, answer := c.s.call("GET", searchPath("query", "a"), "")
		body, _ := answer["error"].(map[string]any)
		if status != c.code || body["status"] != c.status || strings.Contains(fmt.Sprint(body), "cupboard") {
			t.Errorf("%s: %d %v", name, status, answer)
		}
	}
}

// failingFactChecks is a store whose search fails, or panics where there is no error.
type failingFactChecks struct {
	api.Store
	err error
}

func (f failingFactChecks) FactChecks(context.Context, store.FactCheckFilter, int, store.Paging) (store.Page[store.FactCheckHit], error) {
	if f.err == nil {
		panic("the cupboard is bare")
	}
	return store.Page[store.FactCheckHit]{}, f.err
}
