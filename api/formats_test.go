package api_test

import (
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/headwater-project/headwater/interchange"
)

func sample(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestFormatsOfOthersGoInAndOut(t *testing.T) {
	t.Parallel()
	s := start(t)
	const header = `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://a.example/"}` + "\n"
	page := sample(t, "claimreview.html")
	for name, test := range map[string]struct {
		path, media, body string
		status            int
	}{
		"a page":                       {"/v1/imports", "text/html; charset=utf-8", page, 200},
		"a page that is named":         {"/v1/imports?format=claimreview", "text/html", page, 200},
		"a page that says it is JSON":  {"/v1/imports", "application/ld+json", page, 415},
		"a page as JSON that is named": {"/v1/imports?format=claimreview", "application/json", "\ufeff\n " + page, 415},
		"a page as lines":              {"/v1/imports?format=claimreview", "application/x-ndjson", page, 415},
		"JSON that says it is a page":  {"/v1/imports", "text/html", `{"@context":"https://schema.org","@type":"ClaimReview"}`, 415},
		"answers with faults":          {"/v1/imports?format=factcheck", "application/json", sample(t, "factcheck.json"), 422},
		"answers, what can be kept": {"/v1/imports?format=factcheck&keep_going=true", "application/json", sample(t, "factcheck.json"),
			200},
		"owners": {"/v1/imports?of=relations&days=dmy&keep_going=true&map=subject.name%3DOutlet" +
			"&map=object.name%3DOwner&map=since%3DFrom&set=kind%3Dcontrolled_by",
			"text/csv", sample(t, "owners.csv"), 200},
		"JSON that nobody names":  {"/v1/imports", "application/json", sample(t, "factcheck.json"), 415},
		"a page of answers":       {"/v1/imports?format=factcheck", "text/html", page, 415},
		"a bundle that goes on":   {"/v1/imports?keep_going=true", "application/x-ndjson", header, 422},
		"a bundle with a map":     {"/v1/imports?map=name%3DA", "application/x-ndjson", header, 422},
		"a table of nothing":      {"/v1/imports", "text/csv", "name\nA\n", 422},
		"a map that is none":      {"/v1/imports?of=sources&map=name", "text/csv", "name\nA\n", 422},
		"a format that is no one": {"/v1/imports?format=xml", "text/csv", "name\nA\n", 422},
	} {
		if status, _, answer := s.call("POST", test.path, test.body, "Content-Type", test.media); status != test.status {
			t.Errorf("%s gives %d, want %d: %.400v", name, status, test.status, answer)
		}
	}
	claim := s.items("/v1/claims?q=terminal")[0].(map[string]any)["id"].(string)
	for name, test := range map[string]struct {
		path, accept string
		status       int
		media, says  string
	}{
		"all": {"/v1/exports", "", 200, "application/x-ndjson", `{"type":"bundle"`},
		"all, to who takes JSON": {"/v1/exports", "application/json, application/problem+json", 200, "application/x-ndjson",
			`{"type":"bundle"`},
		"a feed": {"/v1/exports", "application/ld+json", 200, "application/ld+json", `"@type":"DataFeed"`},
		"the reviews of a claim": {"/v1/exports?format=claimreview&claim=" + claim, "", 200, "application/ld+json",
			`[` + "\n" + `{"@context":"https://schema.org","@type":"ClaimReview"`},
		"answers":                 {"/v1/exports?format=factcheck", "", 200, "application/json", `{"claims":[`},
		"a table":                 {"/v1/exports?of=relations", "text/csv;q=0.9", 200, "text/csv", "id,key,namespace"},
		"a table for a sheet":     {"/v1/exports?format=csv&of=attributions&bom=true", "", 200, "text/csv", "\uFEFFid,key,"},
		"a table of nothing":      {"/v1/exports?format=csv", "", 422, "application/problem+json", "/of"},
		"a bundle of a claim":     {"/v1/exports?claim=" + claim, "", 422, "application/problem+json", "/claim"},
		"reviews of no claim":     {"/v1/exports?format=claimreview&claim=nothing", "", 422, "application/problem+json", "/claim/0"},
		"a format that is no one": {"/v1/exports?format=xml", "", 422, "application/problem+json", "/format"},
	} {
		status, header, text := s.send("GET", test.path, "", "Accept", test.accept)
		if media, _, _ := strings.Cut(header.Get("Content-Type"), ";"); status != test.status || media != test.media ||
			!strings.Contains(string(text), test.says) {
			t.Errorf("%s gives %d %s, without %q: %.300s", name, status, header.Get("Content-Type"), test.says, text)
		}
	}
}

func TestAnImportSaysWhatItKept(t *testing.T) {
	t.Parallel()
	s := start(t)
	status, _, answer := s.call("POST", "/v1/imports?format=factcheck&keep_going=true", sample(t, "factcheck.json"), "Content-Type",
		"application/json")
	if status != http.StatusOK {
		t.Fatal(status, answer)
	}
	records := answer["records"].(map[string]any)
	if records["read"] != 6.0 || records["kept"].(float64)+records["partly"].(float64)+records["refused"].(float64) != 6 {
		t.Errorf("the records are %v", records)
	}
	if refused := answer["refused"].([]any); float64(len(refused)) != answer["faults"] || refused[0].(map[string]any)["line"] != 4.0 {
		t.Errorf("refused is %v", refused)
	}
}

// TestExportsHaveTheirDocumentedMediaTypes: those of the answers to exports are the ones of formats that are written, and no others.
func TestExportsHaveTheirDocumentedMediaTypes(t *testing.T) {
	t.Parallel()
	s := start(t)
	document, err := model()
	if err != nil {
		t.Fatal(err)
	}
	answer := document.Model.Paths.PathItems.GetOrZero("/v1/exports").Get.Responses.Codes.GetOrZero("200")
	documented := slices.Sorted(answer.Content.KeysFromOldest())
	written := map[string]bool{}
	for _, name := range interchange.Format("").Values() {
		format := interchange.Format(name)
		if !format.IsWritten() {
			continue
		}
		for _, media := range format.MediaTypes() {
			written[media] = true
		}
		question := "?format=" + name
		if format == interchange.CSV {
			question += "&of=sources"
		}
		status, header, text := s.send("GET", "/v1/exports"+question, "")
		if sent := header.Get("Content-Type"); status != http.StatusOK || !slices.Contains(documented, sent) {
			t.Errorf("%s: %d %s as %s, expected one of %v", format, status, text, sent, documented)
		}
	}
	if want := slices.Sorted(maps.Keys(written)); !slices.Equal(documented, want) {
		t.Errorf("documented are %v, expected %v", documented, want)
	}
}
