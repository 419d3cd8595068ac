package store_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/store"
)

const factNamespace = `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://facts.example/"}` + "\n"

// lines writes the lines of a bundle.
func lines(t *testing.T, things ...map[string]any) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(factNamespace)
	for _, thing := range things {
		line, err := json.Marshal(thing)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(line, '\n'))
	}
	return b.String()
}

type thing = map[string]any

func sourceLine(key, name string, more thing) thing {
	made := thing{"type": "source", "key": key, "kind": "organization", "name": name}
	maps.Copy(made, more)
	return made
}

func claimLine(key string, statement thing, more thing) thing {
	made := thing{"type": "claim", "key": key, "statement": statement}
	maps.Copy(made, more)
	return made
}

func reviewLine(key, claim, author string, more thing) thing {
	made := thing{"type": "review", "key": key, "claim": claim, "author": author, "rating": thing{"label": "rated " + key}}
	maps.Copy(made, more)
	return made
}

// shown is a result in one line: its claim in one language, its wording, and what its reviews are rated.
func shown(check store.FactCheckHit) string {
	text := check.Wording
	if text == "" {
		text = "= " + check.Statement[slices.Min(slices.Collect(maps.Keys(check.Statement)))]
	}
	var ratings []string
	for _, r := range check.Reviews {
		ratings = append(ratings, strings.TrimPrefix(r.Label, "rated "))
	}
	return text + ": " + strings.Join(ratings, " ")
}

func checksOf(t *testing.T, s *store.Store, f store.FactCheckFilter) []string {
	t.Helper()
	return walkChecks(t, s, f, 0, 100)
}

// walkChecks gives all results by pages.
func walkChecks(t *testing.T, s *store.Store, f store.FactCheckFilter, skip, limit int) (results []string) {
	t.Helper()
	p := store.Paging{Limit: limit}
	for {
		page := must(s.FactChecks(t.Context(), f, skip, p))(t)
		for _, check := range page.Items {
			results = append(results, shown(check))
		}
		if p.Cursor = page.NextCursor; p.Cursor == "" {
			return results
		}
	}
}

// factStory is a claim with four reviews in three wordings, one with reviews that do not count, and one without any.
func factStory(t *testing.T) *store.Store {
	t.Helper()
	s := open(t)
	must(importText(t, s, lines(t,
		sourceLine("mizan", "Mizan", thing{"names": thing{"ar": "ميزان", "en": "Mizan"}, "domains": []string{"checks.mizan.example"}}),
		sourceLine("plumb", "Plumbline", thing{"url": "https://www.Plumb.example/about"}),
		sourceLine("plumb-old", "Plumb", thing{"status": "merged", "merged_into": "plumb"}),
		sourceLine("nobody", "Nobody", nil),
		sourceLine("ferry", "Ferry Company", thing{"names": thing{"ar": "شركة العبارات"}}),
		sourceLine("ferries", "The Ferries", thing{"status": "merged", "merged_into": "ferry"}),
		sourceLine("post", "The Post", nil),
		thing{"type": "document", "key": "late", "publisher": "post", "kind": "article", "published": thing{"earliest": "2024-05-02"}},
		thing{"type": "document", "key": "early", "publisher": "post", "kind": "article", "published": thing{"earliest": "2024-05-01"}},
		thing{"type": "document", "key": "gone", "publisher": "post", "kind": "article", "published": thing{"earliest": "2023"},
			"status": "retracted"},
		claimLine("ferry-sank", thing{"en": "The ferry sank with 7,000 sheep.", "ar": "غرقت العبّارة وعليها ٧٬٠٠٠ خروف."}, nil),
		claimLine("boat-sank", thing{"en": "A vessel full of livestock went down."},
			thing{"status": "merged", "merged_into": "ferry-sank"}),
		claimLine("cable", thing{"ar": "انقطع كابل الإنترنت 🌊 عمداً!"}, nil),
		claimLine("signs", thing{"en": "🔥🔥 !!"}, nil),
		claimLine("withdrawn", thing{"en": "The ferry was never built."}, thing{"status": "retracted"}),
		claimLine("unchecked", thing{"en": "The ferry was late."}, nil),
		reviewLine("a", "ferry-sank", "mizan", thing{"language": "ar", "published": "2024-06-01", "url": "https://checks.mizan.example/1"}),
		reviewLine("b", "ferry-sank", "plumb-old", thing{"language": "en", "published": "2024-07",
			"claim_reviewed": "Seven thousand sheep drowned"}),
		reviewLine("c", "boat-sank", "plumb", thing{"published": "2024-08-01", "url": "https://elsewhere.example/c"}),
		reviewLine("d", "cable", "nobody", thing{"language": "en-GB", "url": "https://Facts.Dragoman.example:8443/d"}),
		reviewLine("e", "cable", "mizan", thing{"language": "ar", "status": "retracted"}),
		reviewLine("f", "signs", "nobody", thing{"published": "2024-01-01T23:30:00-02:00"}),
		reviewLine("g", "withdrawn", "mizan", nil),
		thing{"type": "attribution", "claim": "ferry-sank", "document": "late", "stance": "affirms",
			"chain": []thing{{"source": "post", "act": "publishes"}}},
		thing{"type": "attribution", "claim": "boat-sank", "document": "early", "stance": "affirms",
			"chain": []thing{{"source": "post", "act": "publishes"},
				{"source": "ferries", "act": "says", "said_at": thing{"earliest": "2024-04"}}}},
		thing{"type": "attribution", "claim": "ferry-sank", "document": "gone", "stance": "affirms",
			"chain": []thing{{"source": "post", "act": "publishes"}}},
		thing{"type": "attribution", "claim": "cable", "document": "early", "stance": "denies",
			"chain": []thing{{"source": "post", "act": "publishes"}}},
	)))(t)
	return s
}

func TestFactChecksAreFound(t *testing.T) {
	t.Parallel()
	s := factStory(t)
	const (
		ferry = "= غرقت العبّارة وعليها ٧٬٠٠٠ خروف.: c a"
		sheep = "Seven thousand sheep drowned: b"
		cable = "= انقطع كابل الإنترنت 🌊 عمداً!: d"
		signs = "= 🔥🔥 !!: f"
	)
	for name, c := range map[string]struct {
		f    store.FactCheckFilter
		want []string
	}{
		"a word of a statement finds each wording": {store.FactCheckFilter{Q: "ferries"}, []string{ferry, sheep}},
		"in Arabic":                {store.FactCheckFilter{Q: "العباره"}, []string{ferry, sheep}},
		"a number in other digits": {store.FactCheckFilter{Q: "7000"}, []string{ferry, sheep}},
		"a whole text":             {store.FactCheckFilter{Q: "the ferry sank, with ٧٠٠٠ SHEEP"}, []string{ferry, sheep}},
		"a whole wording":          {store.FactCheckFilter{Q: "Seven thousand sheep drowned!"}, []string{sheep}},
		"a word of a wording":      {store.FactCheckFilter{Q: "drown"}, []string{sheep}},
		"a word of both": {store.FactCheckFilter{Q: "sheep", Language: "ar"},
			[]string{"= غرقت العبّارة وعليها ٧٬٠٠٠ خروف.: a"}},
		"the text of what was merged":    {store.FactCheckFilter{Q: "livestock vessel"}, []string{ferry, sheep}},
		"a near spelling":                {store.FactCheckFilter{Q: "drownd"}, []string{sheep}},
		"a text with signs":              {store.FactCheckFilter{Q: "انقطع كابل الانترنت عمدا"}, []string{cable}},
		"a text of signs":                {store.FactCheckFilter{Q: " 🔥🔥  !!"}, []string{signs}},
		"signs that nothing consists of": {store.FactCheckFilter{Q: "🔥"}, nil},
		"what is retracted":              {store.FactCheckFilter{Q: "built"}, nil},
		"what is not checked":            {store.FactCheckFilter{Q: "late"}, nil},
		"all, newest first":              {store.FactCheckFilter{}, []string{ferry, sheep, signs, cable}},
		"a language": {store.FactCheckFilter{Language: "en"},
			[]string{"= غرقت العبّارة وعليها ٧٬٠٠٠ خروف.: c", sheep, signs, cable}},
		"a language of a region": {store.FactCheckFilter{Language: "ar-EG"},
			[]string{"= غرقت العبّارة وعليها ٧٬٠٠٠ خروف.: a"}},
		"a language that nobody writes": {store.FactCheckFilter{Language: "fr"}, nil},
		"a site": {store.FactCheckFilter{Site: "checks.mizan.example"},
			[]string{"= غرقت العبّارة وعليها ٧٬٠٠٠ خروف.: a"}},
		"a site above": {store.FactCheckFilter{Site: "mizan.example"},
			[]string{"= غرقت العبّارة وعليها ٧٬٠٠٠ خروف.: a"}},
		"a site below":           {store.FactCheckFilter{Site: "old.checks.mizan.example"}, nil},
		"a site that ends alike": {store.FactCheckFilter{Site: "zan.example"}, nil},
		"a site by its address": {store.FactCheckFilter{Site: "HTTPS://www.plumb.example/a?b#c"},
			[]string{"= غرقت العبّارة وعليها ٧٬٠٠٠ خروف.: c", sheep}},
		"the site of a review": {store.FactCheckFilter{Site: "www.dragoman.example"}, []string{cable}},
		"a site and words": {store.FactCheckFilter{Site: "plumb.example", Q: "sheep"},
			[]string{"= غرقت العبّارة وعليها ٧٬٠٠٠ خروف.: c", sheep}},
		"all that is at the end of the domain": {store.FactCheckFilter{Site: "example"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, checksOf(t, s, c.f)); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
		})
	}
}

// TestOldAndMacroLanguageCodes find each other, both ways.
func TestOldAndMacroLanguageCodes(t *testing.T) {
	t.Parallel()
	s := open(t)
	groups := [][]string{{"he", "iw"}, {"id", "in"}, {"yi", "ji"}, {"no", "nb"}, {"tl", "fil"}, {"zh", "cmn"}, {"ar", "arb"}}
	var text strings.Builder
	for _, group := range groups {
		for _, tag := range group {
			fmt.Fprintf(&text, `{"text":"In `+
				`%[1]s","claimReview":[{"publisher":{"name":"D"},"textualRating":"False","languageCode":"%[1]s"}]}`+
				"\n", tag)
		}
	}
	take(t, s, interchange.FactCheck, interchange.TableOptions{}, text.String(), false)
	for _, group := range groups {
		for _, asked := range group {
			var found []string
			for _, hit := range must(s.FactChecks(t.Context(), store.FactCheckFilter{Language: asked + "-001"}, 0,
				store.Paging{Limit: 50}))(t).Items {
				found = append(found, hit.Reviews[0].Language)
			}
			slices.Sort(found)
			want := slices.Sorted(slices.Values(group))
			if diff := cmp.Diff(want, found); diff != "" {
				t.Errorf("%s finds %s", asked, diff)
			}
		}
	}
}

func TestAFactCheckNamesItsClaimant(t *testing.T) {
	t.Parallel()
	s := factStory(t)
	page := must(s.FactChecks(t.Context(), store.FactCheckFilter{}, 0, store.Paging{Limit: 10}))(t)
	ferry, cable := page.Items[0], page.Items[3]
	if ferry.Claimant == nil || ferry.Claimant.Name != "Ferry Company" || ferry.Said != "" {
		t.Errorf("the ferry's claimant is %v, %s", ferry.Claimant, ferry.Said)
	}
	if cable.Claimant != nil || cable.Said != "" {
		t.Errorf("the cable's claimant is %v, %s", cable.Claimant, cable.Said)
	}
	for _, c := range []struct {
		r          store.CheckReview
		name, site string
	}{
		{ferry.Reviews[0], "Plumbline", "plumb.example"},
		{ferry.Reviews[1], "Mizan", "checks.mizan.example"},
		{page.Items[1].Reviews[0], "Plumbline", "plumb.example"},
		{cable.Reviews[0], "Nobody", "facts.dragoman.example"},
		{page.Items[2].Reviews[0], "Nobody", ""},
	} {
		if c.r.Author.Name != c.name || c.r.Site() != c.site {
			t.Errorf("%s is by %s at %s, want %s at %s", c.r.Label, c.r.Author.Name, c.r.Site(), c.name, c.site)
		}
	}
}

func TestTheAgeOfAFactCheck(t *testing.T) {
	t.Parallel()
	s := open(t)
	ago := func(days int) string { return time.Now().UTC().AddDate(0, 0, -days).Format(time.DateOnly) }
	things := []thing{sourceLine("desk", "Desk", nil)}
	for key, published := range map[string]string{"today": ago(0), "ten": ago(10), "year": ago(400)[:4], "undated": "", "future": ago(-3)} {
		things = append(things, claimLine(key, thing{"en": "Claim of " + key}, nil),
			reviewLine(key, key, "desk", thing{"published": published}))
	}
	must(importText(t, s, lines(t, things...)))(t)
	year := time.Now().UTC().YearDay() // days since the end of last year, when what is only dated by that year may have come out
	for age, want := range map[int]string{
		5: "future today", 12: "future ten today", 400 + year: "future ten today year", 1 << 30: "future ten today year",
		0: "future ten today undated year",
	} {
		var got []string
		for _, line := range checksOf(t, s, store.FactCheckFilter{MaxAgeDays: age}) {
			_, key, _ := strings.Cut(line, ": ")
			got = append(got, key)
		}
		slices.Sort(got)
		if strings.Join(got, " ") != want {
			t.Errorf("%d days: %q, want %q", age, got, want)
		}
	}
}

// TestAWholeTextComesFirst: whatever a claim's text consists of, asking for it gives it before others that are like it.
func TestAWholeTextComesFirst(t *testing.T) {
	t.Parallel()
	s := open(t)
	// over 8,000 characters
	long := strings.TrimSpace(strings.Repeat("نشرت الصفحة صورة قديمة من ٢٠١٩ على أنها حديثة، and the page says otherwise. ", 120))
	texts := []string{
		"vaccine", "Vaccine vaccine vaccine", "A vaccine of 2021", "a b c", "a", "7", "٧ ٧", "…", "?!", "🙂", "🙂🙂", "لا", "لا لا",
		"https://example.org/?a=1&b='2'", "O'Brien's \\ \"quote\" & | ! : * <-> ('x')",
		long, long + " x", "x " + long, strings.Repeat("w ", 4_000) + "end", "صورة ٧٬٠٠٠ شخص في ١٢٫٥ كم", "#هاشتاغ_طويل 😡😡 @user 100%",
		"\u202bنص\u202c مع علامات\u200f اتجاه",
		strings.Repeat("ه", 5_000), "before " + strings.Repeat("w", 5_000),
	}
	things := []thing{sourceLine("desk", "Desk", nil)}
	for i, text := range texts {
		key := fmt.Sprint(i)
		if i%2 == 0 {
			things = append(things, claimLine(key, thing{"und": text}, nil), reviewLine(key, key, "desk", nil))
		} else {
			things = append(things, claimLine(key, thing{"und": "another text " + key}, nil),
				reviewLine(key, key, "desk", thing{"claim_reviewed": text}))
		}
	}
	must(importText(t, s, lines(t, things...)))(t)
	for i, text := range texts {
		page := must(s.FactChecks(t.Context(), store.FactCheckFilter{Q: text}, 0, store.Paging{Limit: 1}))(t)
		if len(page.Items) == 0 || page.Items[0].Reviews[0].Label != fmt.Sprint("rated ", i) {
			t.Errorf("%.60q does not come first: %v", text, page.Items)
		}
	}
}

// TestAWordingComesFirstAsItIsWritten: of wordings that differ only in what folding takes off, the one that is asked for.
func TestAWordingComesFirstAsItIsWritten(t *testing.T) {
	t.Parallel()
	s := open(t)
	wordings := []string{"انفجار في المرفأ", "انفجار في المرفأ...", "«انفجار في المرفأ»", "إنفجار في المرفأ", "انفجار في المرفأ 😱",
		"  انفجار في المرفأ؟ "}
	things := []thing{sourceLine("desk", "Desk", nil), claimLine("blast", thing{"ar": wordings[0]}, nil),
		reviewLine("0", "blast", "desk", nil)}
	for i, wording := range wordings[1:] {
		things = append(things, reviewLine(fmt.Sprint(i+1), "blast", "desk", thing{"claim_reviewed": wording}))
	}
	must(importText(t, s, lines(t, things...)))(t)
	for i, wording := range wordings {
		found := walkChecks(t, s, store.FactCheckFilter{Q: strings.TrimSpace(wording)}, 0, 1)
		if len(found) != len(wordings) || !strings.HasSuffix(found[0], fmt.Sprint(": ", i)) {
			t.Errorf("%q finds %q", wording, found)
		}
	}
}

// TestFactChecksAgainstATwin holds lists, filters and pages of claims made by chance to a plain reckoning.
func TestFactChecksAgainstATwin(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			w := newFactWorld(rand.New(rand.NewPCG(seed, 1)))
			s := open(t)
			must(importText(t, s, lines(t, w.things()...)))(t)
			for _, q := range []string{"harbuor", "numbr"} { // which are found by spelling alone
				f := store.FactCheckFilter{Q: q}
				got := walkChecks(t, s, f, 0, 1000)
				for _, limit := range []int{1, 3} {
					if paged := walkChecks(t, s, f, 0, limit); len(got) == 0 || !slices.Equal(paged, got) {
						t.Errorf("%q by pages of %d: %q, want %q", q, limit, paged, got)
					}
				}
			}
			for _, q := range []string{"", "grain", "harbour"} {
				for _, site := range []string{"", "a.example", "one.a.example"} {
					for _, language := range []string{"", "en"} {
						f := store.FactCheckFilter{Q: q, Site: site, Language: language}
						got := walkChecks(t, s, f, 0, 1000)
						if diff := cmp.Diff(w.results(f), slices.Sorted(slices.Values(got))); diff != "" {
							t.Errorf("%+v: want -, got +:\n%s", f, diff)
						}
						for _, limit := range []int{1, 3} {
							if paged := walkChecks(t, s, f, 0, limit); !slices.Equal(paged, got) {
								t.Errorf("%+v by pages of %d: %q, want %q", f, limit, paged, got)
							}
						}
						for _, skip := range []int{1, len(got) / 2, len(got), len(got) + 1} {
							if skipped := walkChecks(t, s, f, skip, 2); !slices.Equal(skipped, got[min(skip, len(got)):]) {
								t.Errorf("%+v after %d: %q, want %q", f, skip, skipped, got[min(skip, len(got)):])
							}
						}
					}
				}
			}
		})
	}
}

// factWorld are claims, merged and not, and reviews of them.
type factWorld struct {
	words   []string // of each claim
	into    []int    // what each claim is merged into; itself if it is not; -1 where it is retracted
	reviews []factReview
}

type factReview struct {
	claim, author int
	wording       string
	language      string
	active        bool
}

func newFactWorld(r *rand.Rand) factWorld {
	vocabulary := []string{"grain", "harbour", "grain in the harbour", "tide", "the harbour and its grain"}
	var w factWorld
	for i := range 12 {
		w.words = append(w.words, fmt.Sprintf("%s number %d", vocabulary[r.IntN(len(vocabulary))], 100+i))
		into := i
		switch roll := r.IntN(4); {
		case roll == 0 && i > 0:
			into = r.IntN(i)
		case roll == 1 && r.IntN(2) == 0:
			into = -1
		}
		w.into = append(w.into, into)
	}
	for range 25 {
		wording := ""
		if r.IntN(3) == 0 {
			wording = fmt.Sprintf("%s as told %d", vocabulary[r.IntN(len(vocabulary))], r.IntN(2))
		}
		w.reviews = append(w.reviews, factReview{r.IntN(12), r.IntN(3), wording, []string{"", "en", "en-GB", "ar"}[r.IntN(4)],
			r.IntN(5) > 0})
	}
	return w
}

func (w factWorld) things() []thing {
	all := []thing{
		sourceLine("s0", "S0", thing{"domains": []string{"one.a.example"}}), sourceLine("s1", "S1", thing{"url": "https://two.a.example/"}),
		sourceLine("s2", "S2", thing{"domains": []string{"b.example"}}),
	}
	for i, words := range w.words {
		more := thing{}
		switch into := w.into[i]; {
		case into < 0:
			more["status"] = "retracted"
		case into != i:
			more["status"], more["merged_into"] = "merged", fmt.Sprint("c", into)
		}
		all = append(all, claimLine(fmt.Sprint("c", i), thing{"en": words}, more))
	}
	for i, r := range w.reviews {
		more := thing{"claim_reviewed": r.wording, "language": r.language, "published": fmt.Sprintf("2024-01-%02d", 1+i%7)}
		if !r.active {
			more["status"] = "retracted"
		}
		all = append(all, reviewLine(fmt.Sprintf("r%02d", i), fmt.Sprint("c", r.claim), fmt.Sprint("s", r.author), more))
	}
	return all
}

// root is the claim that a claim speaks as; -1 where it is retracted.
func (w factWorld) root(claim int) int {
	for claim >= 0 && w.into[claim] != claim {
		claim = w.into[claim]
	}
	return claim
}

// results are those of a search, in no order, with the ratings of each as the store gives them.
func (w factWorld) results(f store.FactCheckFilter) []string {
	has := func(text string) bool {
		for _, word := range strings.Fields(f.Q) {
			if !strings.Contains(text, word) {
				return false
			}
		}
		return true
	}
	found := map[string][]int{}
	for i, r := range w.reviews {
		root := w.root(r.claim)
		sites := [][]string{{"a.example", "one.a.example"}, {"a.example", "two.a.example"}, {"b.example"}}[r.author]
		if !r.active || root < 0 || f.Site != "" && !slices.Contains(sites, f.Site) || f.Language == "en" && r.language == "ar" {
			continue
		}
		text := r.wording
		if text == "" {
			text = "= " + w.words[root]
		}
		found[fmt.Sprint(root, "\x00", text)] = append(found[fmt.Sprint(root, "\x00", text)], i)
	}
	results := []string{}
	for at, reviews := range found {
		_, text, _ := strings.Cut(at, "\x00")
		root := w.root(w.reviews[reviews[0]].claim)
		matched := has(text)
		for claim, words := range w.words {
			matched = matched || w.root(claim) == root && has(words)
		}
		if !matched {
			continue
		}
		slices.SortFunc(reviews, func(a, b int) int {
			if a%7 != b%7 {
				return b%7 - a%7
			}
			x, y := reviewID(a), reviewID(b)
			return slices.Compare(y[:], x[:])
		})
		var ratings []string
		for _, i := range reviews {
			ratings = append(ratings, fmt.Sprintf("r%02d", i))
		}
		results = append(results, text+": "+strings.Join(ratings, " "))
	}
	slices.Sort(results)
	return results
}

func reviewID(i int) [16]byte {
	return headwater.NamespaceOf("https://facts.example/").ID(headwater.ResourceReview, fmt.Sprintf("r%02d", i))
}

func TestFactChecksRefuse(t *testing.T) {
	t.Parallel()
	s := factStory(t)
	first := must(s.FactChecks(t.Context(), store.FactCheckFilter{Q: "ferry"}, 0, store.Paging{Limit: 1}))(t)
	for name, c := range map[string]struct {
		f     store.FactCheckFilter
		skip  int
		p     store.Paging
		fault headwater.Pointer
	}{
		"a site":                       {store.FactCheckFilter{Site: "a b"}, 0, store.Paging{Limit: 1}, "/site"},
		"a language":                   {store.FactCheckFilter{Language: "arabic!"}, 0, store.Paging{Limit: 1}, "/language"},
		"too much to pass over":        {store.FactCheckFilter{}, store.MaxSkipped + 1, store.Paging{Limit: 1}, "/offset"},
		"a cursor of another question": {store.FactCheckFilter{Q: "sheep"}, 0, store.Paging{Limit: 1, Cursor: first.NextCursor}, "/cursor"},
	} {
		if _, err := s.FactChecks(t.Context(), c.f, c.skip, c.p); faultsOf(t, err)[0].Pointer != c.fault {
			t.Errorf("%s: %v", name, err)
		}
	}
}
