package store_test

import (
	"strings"
	"testing"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/store"
)

// TestEmptyCellsSayNothing: what an earlier row says stays where a later one has an empty cell, in one file or in two, which is told.
func TestEmptyCellsSayNothing(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		of    headwater.Resource
		head  string
		rows  []string
		want  string
		noted []string // of two files
	}{
		"a holding": {headwater.ResourceRelation, "subject.name,object.name,kind,since,until,share,citation",
			[]string{"A,B,owned_by,2010,,60%,Register", "A,B,owned_by,2010,2015,-,N/A"}, ",0.6,2010,2015,Register\r\n",
			[]string{"/citation", "/share"}},
		"a source": {headwater.ResourceSource, "key,name,kind,country,notes,names.ar,names.fr,domains",
			[]string{"k,Hill,outlet,NP,Old,هضبة,,hill.example.org", "k,Hill,,N/A,,,Colline,"},
			",outlet,Hill,", []string{"/country", "/domains", "/kind", "/notes"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			table, form := interchange.TableOptions{Of: test.of}, interchange.ExportOptions{Format: interchange.CSV, Of: test.of}
			whole, parts := open(t), open(t)
			result := take(t, whole, interchange.CSV, table, test.head+"\n"+strings.Join(test.rows, "\n")+"\n", false)
			if len(result.Refused) > 0 {
				t.Errorf("in one file, %v", result.Refused)
			}
			var told []string
			for _, row := range test.rows {
				result := take(t, parts, interchange.CSV, table, test.head+"\n"+row+"\n", false)
				for _, note := range result.Notes {
					told = append(told, string(note.Pointer))
				}
			}
			got := exportAs(t, parts, form)
			if !strings.Contains(got, test.want) {
				t.Errorf("in two files, it gives\n%s", got)
			}
			if one := exportAs(t, whole, form); firstVersions(one) != firstVersions(got) {
				t.Errorf("in one file\n%s, in two\n%s", one, got)
			}
			if strings.Join(told, " ") != strings.Join(test.noted, " ") {
				t.Errorf("told are %q, want %q", told, test.noted)
			}
		})
	}
}

// TestATableLeavesWhatItHasNoColumnFor: a list of names takes no grade, note or address away.
func TestATableLeavesWhatItHasNoColumnFor(t *testing.T) {
	t.Parallel()
	s := open(t)
	made, err := s.CreateSource(t.Context(), tester, "k", headwater.SourceFields{Kind: headwater.Outlet, Name: "Hill", Reliability: "B",
		Notes: "by hand", Country: "NP", Domains: []string{"hill.example.org"}})
	if err != nil {
		t.Fatal(err)
	}
	sources := interchange.TableOptions{Of: headwater.ResourceSource}
	if result := take(t, s, interchange.CSV, sources, "key,name\nk,Hill\n", false); result.Changed() || result.Noted > 0 {
		t.Errorf("%+v", result.Counts)
	}
	take(t, s, interchange.CSV, sources, "key,name,reliability\nk,Hill Daily,C\n", false)
	got, err := s.Source(t.Context(), made.ID)
	if err != nil || got.Name != "Hill Daily" || got.Reliability != "C" || got.Notes != "by hand" || got.Country != "NP" ||
		len(got.Domains) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	page, err := s.Sources(t.Context(), store.SourceFilter{Q: "daily"}, store.Paging{Limit: 10})
	if err != nil || len(page.Items) != 1 {
		t.Errorf("%+v, %v", page, err)
	}
}

// TestAReviewKeepsWhatAFormatCannotSay: Google's answer about a review that markup described has no scale and no reason.
func TestAReviewKeepsWhatAFormatCannotSay(t *testing.T) {
	t.Parallel()
	markup := `{"@type":"ClaimReview","url":"https://hill.example.org/1","claimReviewed":"It rained","datePublished":"2024-01-02",` +
		`"author":{"@type":"Organization","name":"Hill","url":"https://hill.example.org"},"inLanguage":"en",` +
		`"reviewRating":{"alternateName":"False",` +
		`"ratingValue":1,"bestRating":5,"ratingExplanation":"It did not."}}`
	answer := `{"text":"It rained","claimReview":[{"publisher":{"name":"Hill","site":"hill.example.org"},` +
		`"url":"https://hill.example.org/1","title":"Rain","reviewDate":"2024-01-02","textualRating":"False","languageCode":"en"}]}`
	for name, order := range map[string][]string{"the answer last": {"m", "a"}, "the markup last": {"a", "m"}} {
		s := open(t)
		for _, which := range order {
			if which == "m" {
				take(t, s, interchange.ClaimReview, interchange.TableOptions{}, markup, false)
			} else {
				take(t, s, interchange.FactCheck, interchange.TableOptions{}, answer, false)
			}
		}
		got := reviewsOf(t, s)
		if len(got) != 1 || got[0].Rating.Value == nil || got[0].Rating.Explanation != "It did not." || got[0].Title != "Rain" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
