package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/store"
)

// TestOneNameOnTwoDomains: papers of one name on two domains are two sources and a match to decide, in one file or in several, and
// whoever of that name has no domain makes them one neither.
func TestOneNameOnTwoDomains(t *testing.T) {
	t.Parallel()
	rows := map[string]string{
		"a": "The Times,outlet,https://times-a.example/", "b": "The Times,outlet,https://times-b.example/", "none": "The Times,outlet,",
		"sub": "The Times,outlet,https://en.times-a.example/",
	}
	for _, test := range []struct {
		files string // each with rows
		want  int
	}{
		{"a b", 2}, {"a,b", 2}, {"b,a", 2}, {"a sub", 1}, {"none a", 1}, {"a none", 1},
		{"a b none", 3}, {"none,a,b", 3}, {"none,a b", 2}, {"a none b", 2}, {"none a b", 2},
	} {
		s := open(t)
		for file := range strings.SplitSeq(test.files, " ") {
			text := "name,kind,url\n"
			for row := range strings.SplitSeq(file, ",") {
				text += rows[row] + "\n"
			}
			things := must(interchange.Read(strings.NewReader(text), interchange.CSV,
				interchange.TableOptions{Of: headwater.ResourceSource}, s.Namespace()))(t)
			must(s.Import(t.Context(), grouped(), things, store.ImportOptions{}))(t)
		}
		sources := must(s.Sources(t.Context(), store.SourceFilter{}, store.Paging{Limit: 10}))(t).Items
		matches := matches(t, s)
		if len(sources) != test.want || test.want > 1 && len(matches) == 0 {
			t.Errorf("%s: %d sources and %d matches, want %d: %+v", test.files, len(sources), len(matches), test.want, sources)
		}
		if test.files == "a b" && !slices.ContainsFunc(matches, func(m headwater.IdentityMatch) bool {
			return strings.Contains(m.Rationale, "the domain (times-a.example and times-b.example)")
		}) {
			t.Errorf("matches: %+v", matches)
		}
	}
}

// TestSavedPagesOfOneSiteName: so are the publishers of saved pages, in either script.
func TestSavedPagesOfOneSiteName(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"The Times", "صحيفة الساحل"} {
		s := open(t)
		for _, host := range []string{"times-a.example", "times-b.example"} {
			page := fmt.Sprintf(`<html><head><title>Bridge</title><link rel="canonical" href="https://%s/bridge">
				<meta property="og:site_name" content="%s"></head><body><article><h1>Bridge</h1>%s</article></body></html>`, host, name,
				strings.Repeat("<p>The harbour office said that the bridge was closed, and that it would stay so for a while.</p>", 6))
			things := must(interchange.Read(strings.NewReader(page), interchange.HTML, interchange.TableOptions{}, s.Namespace()))(t)
			must(s.Import(t.Context(), grouped(), things, store.ImportOptions{}))(t)
		}
		if documents := documentsOf(t, s); len(documents) != 2 || documents[0].Publisher == documents[1].Publisher {
			t.Errorf("%s: the publishers are one", name)
		}
		if matches := matches(t, s); len(matches) != 1 {
			t.Errorf("%s: %d matches", name, len(matches))
		}
	}
}
