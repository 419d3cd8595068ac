package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/headwater-project/headwater/api"
	"github.com/headwater-project/headwater/internal/testenv"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/storetest"
)

// TestExportedClaimGivesTheServicesReport: for every claim, export --claim piped into report --bundle writes the report that the
// service answers with, to the byte.
func TestExportedClaimGivesTheServicesReport(t *testing.T) {
	t.Parallel()
	for _, file := range append(testenv.SharedToo(t, "seed/article.ndjson"), demoBundle) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			database := storetest.New(t)
			ok(t, "import", "--database-url", database, file)
			s, err := store.Open(t.Context(), store.Options{ConnString: database})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			server := httptest.NewServer(api.New(s, api.Options{}))
			defer server.Close()
			claims, err := s.Claims(t.Context(), store.ClaimFilter{Common: store.Common{Status: []string{"active"}}},
				store.Paging{Limit: 1000})
			if err != nil || len(claims.Items) < 20 {
				t.Fatalf("%d claims (%v)", len(claims.Items), err)
			}
			for _, claim := range claims.Items {
				report := command(t, "report", "--bundle", "-", "--format", "json")
				report.Stdin = strings.NewReader(ok(t, "export", "--database-url", database, "--claim", claim.Key))
				made := finish(t, report)
				if want := body(t, server.URL+"/v1/claims/"+claim.ID.String()+"/corroboration"); made.code != 0 || made.stdout != want {
					t.Errorf("%s: exit status %d, %s, got\n%s\nwant\n%s", claim.Key, made.code, made.stderr, made.stdout, want)
				}
			}
		})
	}
}

// TestExportOfAClaimThatDoesNotStand writes nothing and says why.
func TestExportOfAClaimThatDoesNotStand(t *testing.T) {
	t.Parallel()
	database := storetest.New(t)
	ok(t, "import", "--database-url", database, "../../testdata/cases/16.ndjson")
	ok(t, "import", "--database-url", database,
		bundleFile(t, `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://a.example/"}
{"type":"claim","key":"moonrise","statement":{"en":"The moon rose."},"status":"retracted"}
`))
	for name, test := range map[string]struct {
		args []string
		says string
	}{
		"merged":            {[]string{"--claim", "no-street-light"}, "is merged into"},
		"one of two merged": {[]string{"--claim", "lamps-out", "--claim", "no-street-light"}, "is merged into"},
		"retracted":         {[]string{"--claim", "moonrise"}, "is retracted"},
		"unknown":           {[]string{"--claim", "nothing"}, `/claim/0: unknown_reference: "nothing"`},
		"texts of all":      {[]string{"--texts"}, "--texts goes with --claim"},
	} {
		r := invoke(t, append([]string{"export", "--database-url", database}, test.args...)...)
		if r.code == 0 || r.stdout != "" {
			t.Errorf("%s: exit status %d, %q", name, r.code, r.stdout)
		}
		contains(t, r.stderr, test.says)
	}
}

// body is what a GET answers with.
func body(t *testing.T, url string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %d %v", url, response.StatusCode, err)
	}
	return string(text)
}
