package history_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/history"
	"github.com/headwater-project/headwater/store/storetest"
)

// TestVersionsSayWhatDiffers reads the versions of a thing in pages, from both ends.
func TestVersionsSayWhatDiffers(t *testing.T) {
	t.Parallel()
	s := must(store.Open(t.Context(), store.Options{ConnString: storetest.New(t), MaxConns: 2}))(t)
	t.Cleanup(s.Close)
	by := store.Authorship{Actor: "key:desk", Group: headwater.NewID(), Reason: "why"}
	claim := must(s.CreateClaim(t.Context(), by, "", headwater.ClaimFields{Topics: []string{"a"},
		Statement: headwater.Texts{"en": "It rained on Monday.", "ar": "نزل المطر يوم الاثنين."}}))(t)
	must(s.UpdateClaim(t.Context(), by, claim.ID, 0, headwater.ClaimFields{Topics: []string{"a", "b"},
		Statement: headwater.Texts{"en": "It rained hard on Sunday.", "ar": "نزل المطر يوم الأحد."}}))(t)
	must(s.RetractClaim(t.Context(), by, claim.ID, 0, true))(t)
	must(s.Undo(t.Context(), by, by.Group, nil))(t)
	var all []store.Version
	for cursor, n := "", 0; n == 0 || cursor != ""; n++ {
		page := must(s.Versions(t.Context(), headwater.ResourceClaim, claim.ID, false, store.Paging{Limit: 1, Cursor: cursor}))(t)
		all, cursor = append(all, page.Items...), page.NextCursor
	}
	operations := []headwater.Operation{}
	for n, version := range all {
		operations = append(operations, version.Operation)
		if version.Version != n+1 || version.Reason != "why" || *version.Group != by.Group {
			t.Errorf("%d: %+v", n, version)
		}
	}
	want := []headwater.Operation{headwater.OpCreate, headwater.OpUpdate, headwater.OpRetract, headwater.OpDelete}
	if !slices.Equal(operations, want) {
		t.Fatalf("%v", operations)
	}
	differences := func(n int) string { return string(must(json.Marshal(all[n].Differences))(t)) }
	if got := differences(1); got != `[{"field":"/statement/ar","before":"نزل المطر يوم الاثنين.","after":"نزل المطر يوم الأحد.","words":[`+
		`{"kind":"kept","text":"نزل المطر يوم "},{"kind":"removed","text":"الاثنين."},{"kind":"added","text":"الأحد."}]},`+
		`{"field":"/statement/en","before":"It rained on Monday.","after":"It rained hard on Sunday.","words":[`+
		`{"kind":"kept","text":"It rained "},{"kind":"added","text":"hard "},{"kind":"kept","text":"on "},`+
		`{"kind":"removed","text":"Monday."},{"kind":"added","text":"Sunday."}]},`+
		`{"field":"/topics","before":["a"],"after":["a","b"]}]` {
		t.Errorf("of version 2: %s", got)
	}
	if got := differences(2); got != `[{"field":"/status","before":"active","after":"retracted"}]` {
		t.Errorf("of version 3: %s", got)
	}
	if got := differences(0); !strings.Contains(got, `{"field":"/topics","after":["a"]}`) || strings.Contains(got, "before") {
		t.Errorf("of version 1: %s", got)
	}
	back := must(s.Versions(t.Context(), headwater.ResourceClaim, claim.ID, true, store.Paging{Limit: 10}))(t)
	slices.Reverse(back.Items)
	if !reflect.DeepEqual(back.Items, all) || back.NextCursor != "" {
		t.Errorf("from the end: %+v", back)
	}
	for resource, id := range map[headwater.Resource]uuid.UUID{headwater.ResourceSource: claim.ID, headwater.ResourceClaim: uuid.New()} {
		if _, err := s.Versions(t.Context(), resource, id, false, store.Paging{Limit: 1}); headwater.CodeOf(err) != headwater.CodeNotFound {
			t.Errorf("of a %s %s: %v", resource, id, err)
		}
	}
}

// TestVersionsOfTexts: where a document's text was corrected, its history has the words, until the texts of a page are too much.
func TestVersionsOfTexts(t *testing.T) {
	t.Parallel()
	s := must(store.Open(t.Context(), store.Options{ConnString: storetest.New(t), MaxConns: 2}))(t)
	t.Cleanup(s.Close)
	by := store.Authorship{Actor: "key:desk", Group: headwater.NewID()}
	publisher := must(s.CreateSource(t.Context(), by, "", headwater.SourceFields{Name: "Wire", Kind: "outlet"}))(t)
	long := strings.Repeat(strings.Repeat("ز", 500)+" ", 1_100) // a megabyte, of fewer words than are compared
	texts := []string{"", "نزل المطر يوم الاثنين.", "نزل المطر يوم الأحد.", "نزل المطر يوم الاثنين.", long, "rain", "it rained"}
	var document headwater.Document
	for n, text := range texts {
		f := headwater.DocumentFields{Publisher: publisher.ID, Kind: "article", Language: "ar", Title: "المطر", Text: text}
		if n == 0 {
			document = must(s.CreateDocument(t.Context(), by, "", f))(t)
		} else {
			must(s.UpdateDocument(t.Context(), by, document.ID, 0, f))(t)
		}
	}
	const (
		sunday  = `[{"kind":"kept","text":"نزل المطر يوم "},{"kind":"removed","text":"الاثنين."},{"kind":"added","text":"الأحد."}]`
		monday  = `[{"kind":"kept","text":"نزل المطر يوم "},{"kind":"removed","text":"الأحد."},{"kind":"added","text":"الاثنين."}]`
		it      = `[{"kind":"removed","text":"rain"},{"kind":"added","text":"it rained"}]`
		nothing = "null"
	)
	for name, c := range map[string]struct {
		descending bool
		limit      int
		want       []string // of each version, nothing for one whose words are many
	}{
		"the first two that differ":               {false, 4, []string{nothing, nothing, sunday, monday}},
		"all, of which two are too much together": {false, 100, []string{nothing, nothing, sunday, monday, "", nothing, nothing}},
		"the newest, before that":                 {true, 2, []string{it, ""}},
	} {
		page := must(s.Versions(t.Context(), headwater.ResourceDocument, document.ID, c.descending, store.Paging{Limit: c.limit}))(t)
		for i, want := range c.want {
			words := nothing
			for _, d := range page.Items[i].Differences {
				if d.Field == "/stored_sha256" && d.Words != nil {
					words = string(must(json.Marshal(d.Words))(t))
				}
			}
			if words != want && (want != "" || words == nothing) {
				t.Errorf("%s, version %d: %.200s, want %s", name, page.Items[i].Version, words, want)
			}
		}
	}
}

// TestWordsAreWhole: what is kept and removed is the text before, what is kept and added the text after.
func TestWordsAreWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.SampledFrom([]string{"rain", "المطر", " ", "\n ", "fell", "é", "."}), 0, 30)
		before, after := strings.Join(words.Draw(t, "before"), ""), strings.Join(words.Draw(t, "after"), "")
		list := history.WordsOf(before, after)
		if list == nil {
			return
		}
		var left, right string
		for _, w := range list {
			if w.Kind != history.WordsAdded {
				left += w.Text
			}
			if w.Kind != history.WordsRemoved {
				right += w.Text
			}
		}
		if left != before || right != after {
			t.Fatalf("%q became %q: %v", before, after, list)
		}
	})
	long := strings.Repeat("word ", 20_000)
	if list := history.WordsOf(long, long+"x"); list != nil {
		t.Errorf("of a text that is too long: %d", len(list))
	}
	if list := history.WordsOf("one", "two"); list != nil {
		t.Errorf("of single words: %v", list)
	}
	half := strings.Repeat("a b ", 2_500)
	if list := history.WordsOf(half, strings.ReplaceAll(half, "a", "c")); len(list) == 0 {
		t.Error(fmt.Sprint("of texts that have little in common: ", list))
	}
}
