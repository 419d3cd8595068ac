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

// TestExportedClaimIsNamedByAnyKey: a key may have whatever is no white space, also what lists are parted by and quoted with.
func TestExportedClaimIsNamedByAnyKey(t *testing.T) {
	t.Parallel()
	database := storetest.New(t)
	ok(t, "import", "--database-url", database, bundleFile(t,
		`{"type":"bundle","format":"headwater-bundle/1","namespace":"https://a.example/"}
{"type":"claim","key":"dry,2024","statement":{"en":"The river is dry."}}
{"type":"claim","key":"the\"mill\"","statement":{"en":"The mill stands."}}
`))
	for _, key := range []string{"dry,2024", `the"mill"`} {
		want := finish(t, command(t, "report", "--database-url", database, "--format", "facts", key))
		exported := finish(t, command(t, "export", "--database-url", database, "--claim", key))
		report := command(t, "report", "--bundle", "-", "--format", "facts")
		report.Stdin = strings.NewReader(exported.stdout)
		if made := finish(t, report); want.code != 0 || exported.code != 0 || made.stdout != want.stdout {
			t.Errorf("%s: exported with status %d: %s", key, exported.code, exported.stderr)
		}
	}
}

// TestExportedClaimKeepsTheQuestion: whatever the report is asked for, the bundle says it, and report --bundle asks the same. What the
// command asks for itself goes before.
func TestExportedClaimKeepsTheQuestion(t *testing.T) {
	t.Parallel()
	database := storetest.New(t)
	ok(t, "import", "--database-url", database, demoBundle)
	const claim = "harbour-blast-toll"
	from := func(exported string, question ...string) string {
		report := command(t, append([]string{"report", "--bundle", "-", "--format", "json"}, question...)...)
		report.Stdin = strings.NewReader(exported)
		made := finish(t, report)
		if made.code != 0 {
			t.Fatal(made.stderr)
		}
		return made.stdout
	}
	export := func(question ...string) string {
		return ok(t, append([]string{"export", "--database-url", database, "--claim", claim}, question...)...)
	}
	stored := func(question ...string) string {
		return ok(t, append([]string{"report", "--database-url", database, claim, "--format", "json"}, question...)...)
	}
	plain := stored()
	for _, question := range [][]string{
		{"--without", "oxbow-wire"}, {"--as-of", "2025-03-11"}, {"--include-proposed"},
		{"--without", "oxbow-wire", "--without", "ebbtide-post", "--as-of", "2025-03", "--include-proposed"},
	} {
		want := stored(question...)
		if want == plain {
			t.Errorf("%v changes nothing", question)
		}
		if got := from(export(question...)); got != want {
			t.Errorf("%v: got\n%s\nwant\n%s", question, got, want)
		}
	}
	other := []string{"--as-of", "2025-03-11"}
	if got, want := from(export("--as-of", "2025"), other...), stored(other...); got != want {
		t.Errorf("the question of the command does not go before: got\n%s\nwant\n%s", got, want)
	}
}

// TestReportOnAnExportWithoutWhatIsProposed: what report is told goes before what the bundle was asked for, also where it says no.
func TestReportOnAnExportWithoutWhatIsProposed(t *testing.T) {
	t.Parallel()
	database := storetest.New(t)
	ok(t, "import", "--database-url", database, demoBundle)
	report := command(t, "report", "--bundle", "-", "--format", "json", "--include-proposed=false")
	report.Stdin = strings.NewReader(ok(t, "export", "--database-url", database, "--claim", headline, "--include-proposed"))
	got := finish(t, report)
	if want := ok(t, "report", "--database-url", database, "--format", "json", headline); got.code != 0 || got.stdout != want {
		t.Errorf("exit status %d, %s, got\n%s\nwant\n%s", got.code, got.stderr, got.stdout, want)
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
		"a day of all":      {[]string{"--as-of", "2024"}, "--as-of goes with --claim"},
		"sources of all":    {[]string{"--without", "reader"}, "--without goes with --claim"},
		"no day":            {[]string{"--claim", "lamps-out", "--as-of", "soon"}, `/as_of: bad_format: "soon"`},
		"no such source":    {[]string{"--claim", "lamps-out", "--without", "nobody"}, `/without/0: unknown_reference: "nobody"`},
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

// TestExportedClaimForOthers: what is known of a claim is written in the formats of others, for a claim that is named.
func TestExportedClaimForOthers(t *testing.T) {
	t.Parallel()
	database := storetest.New(t)
	ok(t, "import", "--database-url", database, demoBundle)
	for format, holds := range map[string]string{"prov-json": `"wasDerivedFrom":`, "stix": `"type":"report"`} {
		written := ok(t, "export", "--database-url", database, "--claim", "harbour-blast-toll", "--format", format)
		if !strings.Contains(written, holds) {
			t.Errorf("as %s it is %.300s", format, written)
		}
		for _, flags := range [][]string{nil, {"--claim", "harbour-blast-toll", "--texts"}} {
			refused := finish(t, command(t, append([]string{"export", "--database-url", database, "--format", format}, flags...)...))
			if refused.code == 0 || refused.stdout != "" || !strings.Contains(refused.stderr, format) {
				t.Errorf("with %s: exit status %d, %s", flags, refused.code, refused.stderr)
			}
		}
	}
}
