package store_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/storetest"
)

func claimed(t *testing.T, s *store.Store, key string, statement headwater.Texts) {
	t.Helper()
	must(s.CreateClaim(t.Context(), tester, key, headwater.ClaimFields{Statement: statement}))(t)
}

func TestSearchFindsWordsAndThenSpellings(t *testing.T) {
	t.Parallel()
	s := open(t)
	claimed(t, s, "shells", headwater.Texts{"en": "The depot lost 7,000 shells.", "ar": "فقد المستودع ٧٬٠٠٠ قذيفة."})
	claimed(t, s, "satellites", headwater.Texts{"en": "Two satellites were launched.", "ar": "أطلقت الأقمار الاصطناعية."})
	claimed(t, s, "shells-twice", headwater.Texts{"en": "Shells upon shells were lost."})
	for question, want := range map[string][]string{
		"قذيفه":          {"shells"},
		"shell":          {"shells-twice", "shells"},
		"٧٠٠٠":           {"shells"},
		"7,000":          {"shells"},
		"7000":           {"shells"},
		"اقمار اصطناعيه": {"satellites"},
		"satelite":       {"satellites ~"},
		"zzzz":           nil,
	} {
		page := must(s.Claims(t.Context(), store.ClaimFilter{Q: question}, store.Paging{Limit: 10}))(t)
		var got []string
		for _, hit := range page.Items {
			mark := ""
			if hit.Approximate {
				mark = " ~"
			}
			got = append(got, hit.Key+mark)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s finds %v, want %v", question, got, want)
		}
	}
	if _, err := s.Claims(t.Context(), store.ClaimFilter{Q: "…"}, store.Paging{Limit: 10}); faultsOf(t, err)[0].Pointer != "/q" {
		t.Errorf("a question without words: %v", err)
	}
}

func TestSearchPagesWalkEveryHitOnceInTheSameOrder(t *testing.T) {
	t.Parallel()
	s := open(t)
	for i := range 23 {
		word := "harbour"
		if i%3 == 0 {
			word = "harbor" // near, and not the word
		}
		claimed(t, s, fmt.Sprint("c", i), headwater.Texts{"en": fmt.Sprintf("The %s burned on day %d.", word, i)})
	}
	walk := func(limit int) (keys []string) {
		p := store.Paging{Limit: limit}
		for {
			page := must(s.Claims(t.Context(), store.ClaimFilter{Q: "harbour"}, p))(t)
			for _, hit := range page.Items {
				keys = append(keys, hit.Key)
			}
			if p.Cursor = page.NextCursor; p.Cursor == "" {
				return keys
			}
		}
	}
	whole := walk(100)
	if len(whole) != 23 {
		t.Fatalf("%d hits, want 23", len(whole))
	}
	for _, limit := range []int{1, 4, 7, 15} {
		if got := walk(limit); fmt.Sprint(got) != fmt.Sprint(whole) {
			t.Errorf("by pages of %d: %v, want %v", limit, got, whole)
		}
	}
}

// TestSearchSaysWhenItDoesNotRankAll: a word that more things have than are ranked is answered with some of them, on each page,
// and the answer says so.
func TestSearchSaysWhenItDoesNotRankAll(t *testing.T) {
	t.Parallel()
	address := storetest.New(t)
	conn := must(pgx.Connect(t.Context(), address))(t)
	defer conn.Close(context.Background())
	must(conn.Exec(t.Context(), `INSERT INTO claims (id, statement, folded, terms)
		SELECT gen_random_uuid(), '{"en": "planted"}', 'planted', CAST(CASE WHEN i > 0 THEN 'most all' ELSE 'all' END AS tsvector) `+
		`FROM generate_series(0, 10000) AS i`))(t)
	s := must(store.Open(t.Context(), store.Options{ConnString: address}))(t)
	t.Cleanup(s.Close)
	for question, truncated := range map[string]bool{"most": false, "all": true} {
		var p store.Paging
		for range 2 {
			p.Limit = 20
			page := must(s.Claims(t.Context(), store.ClaimFilter{Q: question}, p))(t)
			if len(page.Items) != p.Limit || page.NextCursor == "" || page.Truncated != truncated {
				t.Errorf("%q: %d hits, truncated %t, want %t", question, len(page.Items), page.Truncated, truncated)
			}
			p.Cursor = page.NextCursor
		}
	}
}

// TestNamesThatBeginAsTyped: what somebody has typed of a name finds it, names that begin so first, page by page.
func TestNamesThatBeginAsTyped(t *testing.T) {
	t.Parallel()
	s := open(t)
	for key, fields := range map[string]headwater.SourceFields{
		"wire":   {Kind: "wire", Name: "Oxbow Wire", Names: headwater.Texts{"ar": "وكالة أوكسبو"}},
		"shire":  {Kind: "outlet", Name: "Oxbowshire Post"},
		"daily":  {Kind: "outlet", Name: "The Daily of Oxbow and of Oxbow Hill"},
		"marjan": {Kind: "government", Name: "Government of Marjan", Aliases: []string{"حكومة إقليم مرجان"}},
	} {
		must(s.CreateSource(t.Context(), tester, key, fields))(t)
	}
	const begins, has, resembles = "begins", "has", "resembles" // in the order in which they are to come
	for question, want := range map[string][]string{
		"oxb":      {"begins shire", "begins wire", "has daily"},
		"OXBOW W":  {"begins wire"},
		"oxbow hi": {"has daily"},
		"أوكس":     {"has wire"},
		"الحكوم":   {"has marjan"},
		"حكومة إق": {"begins marjan"},
		"oxbox":    {},
	} {
		var order []string
		got := []string{}
		for at := (store.Paging{Limit: 1}); ; {
			page := must(s.Sources(t.Context(), store.SourceFilter{Q: question}, at))(t)
			for _, hit := range page.Items {
				how := has
				switch {
				case hit.Approximate:
					how = resembles
				case hit.Score >= 1:
					how = begins
				}
				order = append(order, how)
				if how != resembles {
					got = append(got, how+" "+hit.Key)
				}
			}
			if at.Cursor = page.NextCursor; at.Cursor == "" {
				break
			}
		}
		if !slices.IsSorted(order) {
			t.Errorf("%s finds in this order: %v", question, order)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s finds %q, want %q", question, got, want)
		}
	}
}

// TestHitsSayWhereTheWordsStand: in the text that was kept, in both scripts, whatever the form of the word.
func TestHitsSayWhereTheWordsStand(t *testing.T) {
	t.Parallel()
	s := open(t)
	claimed(t, s, "shells", headwater.Texts{"en": "The depot lost 7,000 shells.", "ar": "فُقِدَ ٧٬٠٠٠ من القذائف، ومستودع."})
	for question, want := range map[string][]string{
		"shell 7000":    {"ar ٧٬٠٠٠", "en 7,000", "en shells"},
		"المستودع":      {"ar ومستودع"},
		"depots lossed": {}, // approximate
	} {
		page := must(s.Claims(t.Context(), store.ClaimFilter{Q: question}, store.Paging{Limit: 10}))(t)
		if len(page.Items) != 1 {
			t.Fatalf("%s finds %d claims", question, len(page.Items))
		}
		got := []string{}
		for _, word := range page.Items[0].Words {
			got = append(got, word.Language+" "+string([]rune(page.Items[0].Statement[word.Language])[word.Start:word.End]))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s stands at %q, want %q", question, got, want)
		}
	}
}
