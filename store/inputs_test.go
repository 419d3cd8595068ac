package store_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/internal/testenv"
	"github.com/headwater-project/headwater/store"
)

// input is one of the shared files, each of which shows a kind of fault.
func input(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(testenv.Shared(t, "inputs/"+name)[0])
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// everything is what is stored of one resource.
func everything[T, F any](t *testing.T, list func(filter F) (store.Page[T], error)) []T {
	t.Helper()
	var none F
	page, err := list(none)
	if err != nil {
		t.Fatal(err)
	}
	return page.Items
}

func reviewsOf(t *testing.T, s *store.Store) []headwater.Review {
	t.Helper()
	return everything(t, func(f store.ReviewFilter) (store.Page[headwater.Review], error) {
		return s.Reviews(t.Context(), f, store.Paging{Limit: 100})
	})
}

func documentsOf(t *testing.T, s *store.Store) []headwater.Document {
	t.Helper()
	return everything(t, func(f store.DocumentFilter) (store.Page[headwater.Document], error) {
		return s.Documents(t.Context(), f, store.Paging{Limit: 100})
	})
}

// storedNames are the names of all sources, in order.
func storedNames(t *testing.T, s *store.Store) []string {
	t.Helper()
	page, err := s.Sources(t.Context(), store.SourceFilter{}, store.Paging{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	names := make([]string, len(page.Items))
	for i, item := range page.Items {
		names[i] = item.Name
	}
	slices.Sort(names)
	return names
}

// TestSharedMarkup: each of the files gives what the page beside it says, whole and without --keep-going.
func TestSharedMarkup(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		sources, pages, reviews []string
	}{
		"graph.json": {[]string{"Graph Desk", "Zaynab Q.", "paper.example.com"}, []string{"https://paper.example.com/a1"},
			[]string{"False 2021-02-05"}},
		"twourls.json": {[]string{"Sami", "Two Desk", "a.example.com", "b.example.com"},
			[]string{"https://a.example.com/1", "https://b.example.com/2"}, []string{"False 2024-01-02"}},
		"authors.json": {[]string{"Dam Desk", "Minister Alpha", "Minister Beta"}, []string{"https://au.example.org/1 Writer One"},
			[]string{"False 2024-01-02"}},
		"slug.json": {[]string{"Akhbar Checks"}, nil, []string{"مضلل 2024-02-02"}},
		"dates.json": {[]string{"D"}, nil,
			[]string{"False 2017-03-01", "False 2017-03-01", "False 2020-10-07"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, text := open(t), input(t, name)
			take(t, s, interchange.ClaimReview, interchange.TableOptions{}, text, false)
			var pages, reviews []string
			for _, d := range documentsOf(t, s) {
				pages = append(pages, strings.TrimSpace(d.URL+" "+strings.Join(d.Authors, ", ")))
			}
			for _, r := range reviewsOf(t, s) {
				reviews = append(reviews, strings.TrimSpace(r.Rating.Label+" "+string(r.Published)))
			}
			slices.Sort(pages)
			slices.Sort(reviews)
			got := [][]string{storedNames(t, s), pages, reviews}
			if diff := cmp.Diff([][]string{test.sources, test.pages, test.reviews}, got); diff != "" {
				t.Error(diff)
			}
			if again := take(t, s, interchange.ClaimReview, interchange.TableOptions{}, text, false); again.Changed() {
				t.Errorf("a second time changes %+v", again.Counts)
			}
		})
	}
}

// TestSharedTables: as TestSharedMarkup, for tables.
func TestSharedTables(t *testing.T) {
	t.Parallel()
	sources := interchange.TableOptions{Of: headwater.ResourceSource}
	t.Run("cr.csv", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		take(t, s, interchange.CSV, sources, input(t, "cr.csv"), false)
		if diff := cmp.Diff([]string{"Cr Cli Paper", "Cr Cli Two"}, storedNames(t, s)); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("dup.csv", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		result := take(t, s, interchange.CSV, sources, input(t, "dup.csv"), true)
		if len(result.Refused) != 1 || result.Refused[0].Value != "name" || result.Refused[0].Code != headwater.FaultDuplicate ||
			len(storedNames(t, s)) != 0 {
			t.Errorf("%+v", result)
		}
	})
	t.Run("rlm.csv", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		take(t, s, interchange.CSV, interchange.TableOptions{Of: headwater.ResourceRelation, Days: "dmy"}, input(t, "rlm.csv"), false)
		table := exportAs(t, s, interchange.ExportOptions{Format: interchange.CSV, Of: headwater.ResourceRelation})
		if !strings.Contains(table, ",2016-03-14,") {
			t.Error(table)
		}
	})
	t.Run("alias.ndjson", func(t *testing.T) {
		t.Parallel()
		from, to := open(t), open(t)
		if _, err := importText(t, from, input(t, "alias.ndjson")); err != nil {
			t.Fatal(err)
		}
		form := interchange.ExportOptions{Format: interchange.CSV, Of: headwater.ResourceSource}
		first := exportAs(t, from, form)
		take(t, to, interchange.CSV, sources, first, false)
		if diff := cmp.Diff(untimed(first), untimed(exportAs(t, to, form))); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(export(t, from), export(t, to)); diff != "" {
			t.Error(diff)
		}
	})
}

// TestSharedEmptyAnswer: it has no records and no fault.
func TestSharedEmptyAnswer(t *testing.T) {
	t.Parallel()
	s := open(t)
	result := take(t, s, interchange.FactCheck, interchange.TableOptions{}, input(t, "empty_answer.json"), false)
	if result.Records != (store.Records{}) || result.Changed() {
		t.Errorf("%+v", result)
	}
}

// TestAPageHasOneReview: the later, in whatever order it comes, however its address is written.
func TestAPageHasOneReview(t *testing.T) {
	t.Parallel()
	review := func(url, label, day string) string {
		return `{"@type":"ClaimReview","url":"` + url + `","claimReviewed":"It rained","author":{"name":"A","@type":"Organization"},` +
			`"reviewRating":{"alternateName":"` + label + `"},"datePublished":"` + day + `","inLanguage":"en",` +
			`"itemReviewed":{"author":"B"}}`
	}
	older, newer := review("https://www.a.example.com/%7eX/%d8%ae/?utm_source=f", "False", "2024-01-02"),
		review("http://A.example.com./~X/خ", "True", "2024-02-02")
	for name, files := range map[string][]string{
		"in a file": {"[" + older + "," + newer + "]"}, "the other way round": {"[" + newer + "," + older + "]"},
		"in two": {older, newer}, "in two, the newer first": {newer, older},
	} {
		s := open(t)
		for _, file := range files {
			take(t, s, interchange.ClaimReview, interchange.TableOptions{}, file, false)
		}
		if got := reviewsOf(t, s); len(got) != 1 || got[0].Rating.Label != "True" || len(documentsOf(t, s)) != 1 {
			t.Errorf("%s: %+v", name, got)
		}
		markup := exportAs(t, s, interchange.ExportOptions{Format: interchange.ClaimReview})
		if strings.Contains(markup, "ppearance") || !strings.Contains(markup, `"name":"B"`) {
			t.Errorf("%s: the page of the review is written as one that makes the claim: %s", name, markup)
		}
	}
}

// TestRowsOfAHolding: the later says how it went on, and what it leaves open stays.
func TestRowsOfAHolding(t *testing.T) {
	t.Parallel()
	s := open(t)
	table := "subject.name,object.name,kind,since,until,share,citation\nA,B,owned_by,2010,,25%,Register\nA,B,owned_by,2010,,60%,\n" +
		"A,B,owned_by,2010,2015,,\nA,C,owned_by,2015,,,\n"
	result := take(t, s, interchange.CSV, interchange.TableOptions{Of: headwater.ResourceRelation}, table, false)
	out := exportAs(t, s, interchange.ExportOptions{Format: interchange.CSV, Of: headwater.ResourceRelation})
	if !strings.Contains(out, ",0.6,2010,2015,Register\r\n") || strings.Count(out, "\r\n") != 3 {
		t.Error(out)
	}
	if len(result.Refused) != 1 || result.Refused[0].Line != 2 || result.Refused[0].Code != headwater.FaultDuplicate {
		t.Errorf("what the later rows say otherwise is told as %v", result.Refused)
	}
	if again := take(t, s, interchange.CSV, interchange.TableOptions{Of: headwater.ResourceRelation}, table, false); again.Changed() {
		t.Errorf("a second time changes %+v", again.Counts)
	}
}

// TestEveryExportIsImported: whatever was imported, in whatever format, comes out in every format that can carry all, goes
// into an empty store, and comes out again as it was.
func TestEveryExportIsImported(t *testing.T) {
	t.Parallel()
	essay := strings.Repeat("word ", 300)
	awkward := `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://headwater.example/awkward"}
{"type":"source","key":"a","kind":"outlet","name":" N/A","aliases":["A; B","C|D","\"E\" F"," G ","-"],"notes":" x\n\ty ","country":"NA"}
{"type":"source","key":"b","kind":"other","name":"-","names":{"ar":"—","en":"n/a"},"url":"https://b.example.com/%7Ex","domains":["b.org"]}
{"type":"source","key":"c","kind":"other","name":"</script><!--","aliases":["C,D\"E"]}
{"type":"relation","subject":"a","object":"b","kind":"owned_by","share":0.5000000000000001,"since":"2010","citation":" N/A \n- "}
{"type":"claim","key":"k","statement":{"en":"</script> rained"}}
{"type":"review","claim":"k","author":"c","rating":{"label":"False","explanation":"` + essay + `"},"published":"2024"}
`
	files := map[string]struct {
		format interchange.Format
		text   string
	}{
		"an empty store": {interchange.FactCheck, "{}"},
		"answers":        {interchange.FactCheck, file(t, "factcheck.json")},
		"markup":         {interchange.ClaimReview, file(t, "claimreview.html")},
		"the demo":       {interchange.Bundle, file(t, "demo.ndjson")},
		"awkward things": {interchange.Bundle, awkward},
		"an essay": {interchange.FactCheck,
			`{"text":"It rained","claimant":"B","claimReview":[{"publisher":{"name":"A"},"textualRating":"` +
				essay + `","languageCode":"iw"}]}`},
	}
	for name, file := range files {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			from, to := open(t), open(t)
			take(t, from, file.format, interchange.TableOptions{}, file.text, file.format != interchange.Bundle)
			bundled := export(t, from)
			take(t, to, interchange.Bundle, interchange.TableOptions{}, bundled, false)
			if diff := cmp.Diff(bundled, export(t, to)); diff != "" {
				t.Errorf("as a bundle: %s", diff)
			}
			for _, form := range []interchange.ExportOptions{
				{Format: interchange.CSV, Of: headwater.ResourceSource}, {Format: interchange.CSV, Of: headwater.ResourceRelation},
			} {
				tabled := exportAs(t, from, form)
				result := take(t, to, interchange.CSV, interchange.TableOptions{Of: form.Of}, tabled, false)
				if result.Changed() || result.Noted > 0 {
					t.Errorf("the table of %ss says something else than the bundle: %+v", form.Of, result)
				}
				if diff := cmp.Diff(untimed(tabled), untimed(exportAs(t, to, form))); diff != "" {
					t.Errorf("as a table of %ss: %s", form.Of, diff)
				}
			}
			for _, format := range []interchange.Format{interchange.ClaimReview, interchange.FactCheck} {
				empty, form := open(t), interchange.ExportOptions{Format: format}
				written := exportAs(t, from, form)
				take(t, empty, format, interchange.TableOptions{}, written, false)
				if again := exportAs(t, empty, form); file.format != interchange.Bundle && again != written { // others carry less
					t.Errorf("as %s: %s", format, cmp.Diff(written, again))
				}
				if strings.Contains(written, "</script") {
					t.Errorf("%s ends the script that it is put in", format)
				}
			}
		})
	}
}
