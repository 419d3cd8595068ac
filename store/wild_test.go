package store_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/internal/testenv"
	"github.com/headwater-project/headwater/store"
)

// wildFile is a file of invented records, as untidy as those of others.
type wildFile struct {
	format interchange.Format
	table  interchange.TableOptions
	text   string
}

var (
	wildNames = []string{"Hill Checks", "hill checks", "Dale", "Canal+", "Canal", "NTV", "الأفق", "«الأفق»", "N/A Press", "-", "A; B",
		`A "B"`,
		"</script><!--", "Facebook post", "Nguyễn Văn Hưng", "Nguyễn Văn Hùng", " Padded  Name ", "=SUM(A1)", ""}
	wildStatements = []string{"GDP grew by 2%", "GDP grew by -2%", "gdp grew by 2%.", "The dam leaks", "السد يتسرب", "«السد يتسرّب»",
		"</script> rained", "papá rained", "papa rained", "> 50 died", "< 50 died", "7,000 left", "٧٬٠٠٠ left"}
	wildPlaces = []string{"https://hill.example.org/%7Ex", "https://HILL.example.org./~x/", "https://www.facebook.com/hill/posts/1",
		"https://m.facebook.com/dale", "https://t.me/s/hill", "https://twitter.com/Dale/status/1", "https://bit.ly/x",
		"https://a.example.com/1?utm_source=x&id=3", "https://a.example.com/خبر", "https://a.example.com/%D8%AE%D8%A8%D8%B1",
		"https://dale.wordpress.com/2", "https://archive.org/web/1", ""}
	wildDates = []string{"2017-03-01 20:30:17 UTC", "2017-03-01T20:30:17+03:00", "Oct. 7, 2020", "٧ أكتوبر ٢٠٢٠", "2020", "2020-00-00",
		"0001-01-01T00:00:00Z", "20200102", "2020/1/2", ""}
	wildLanguages = []string{"ar", "en", "iw", "he", "no", "English", "en_US", ""}
	wildVerdicts  = []string{"False", "خطأ", "½ true", "4/5", "\"x\"; y", "word " + strings.Repeat("essay ", 220)}
)

func pick(r *rand.Rand, list []string) string { return list[r.IntN(len(list))] }

// wild makes a file of a format of a few records.
func wild(r *rand.Rand) wildFile {
	switch r.IntN(3) {
	case 0:
		return wildFile{interchange.FactCheck, interchange.TableOptions{}, wildList(r, wildAnswer)}
	case 1:
		return wildFile{interchange.ClaimReview, interchange.TableOptions{}, wildList(r, wildMarkup)}
	}
	var b strings.Builder
	b.WriteString("subject.name,subject.country,subject.domains,subject.kind,object.name,kind,since,share\n")
	for range 1 + r.IntN(4) {
		fmt.Fprintf(&b, "%q,%s,%q,outlet,%q,owned_by,%s,%s\n", strings.ReplaceAll(pick(r, wildNames), `"`, "'"),
			pick(r, []string{"TR", "Nepal", "مصر", "N/A", ""}), pick(r, wildPlaces), strings.ReplaceAll(pick(r, wildNames), `"`, "'"),
			pick(r, []string{"2010", "2015", ""}), pick(r, []string{"51%", "25–50%", "-", "majority"}))
	}
	return wildFile{interchange.CSV, interchange.TableOptions{Of: headwater.ResourceRelation}, b.String()}
}

func wildList(r *rand.Rand, record func(*rand.Rand) map[string]any) string {
	var list []any
	for range 1 + r.IntN(4) {
		list = append(list, record(r))
	}
	var value any = list
	if r.IntN(3) == 0 {
		value = map[string]any{"claims": list, "dataFeedElement": list}
	}
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func wildAnswer(r *rand.Rand) map[string]any {
	return map[string]any{"text": pick(r, wildStatements), "claimant": pick(r, wildNames), "claimDate": pick(r, wildDates),
		"claimReview": []any{map[string]any{"publisher": map[string]any{"name": pick(r, wildNames), "site": pick(r, wildPlaces)},
			"url": pick(r, wildPlaces), "title": pick(r, wildNames), "reviewDate": pick(r, wildDates),
			"textualRating": pick(r, wildVerdicts), "languageCode": pick(r, wildLanguages)}}}
}

func wildMarkup(r *rand.Rand) map[string]any {
	party := func(kind string) map[string]any {
		return map[string]any{"@type": kind, "name": pick(r, wildNames), "url": pick(r, wildPlaces),
			"sameAs": []any{pick(r, wildPlaces), pick(r, []string{"https://www.wikidata.org/wiki/Q42", "", ""})}}
	}
	return map[string]any{"@type": "ClaimReview", "url": pick(r, wildPlaces), "claimReviewed": pick(r, wildStatements),
		"author": party(pick(r, []string{"Organization", "Person", "NewsMediaOrganization"})), "inLanguage": pick(r, wildLanguages),
		"datePublished": pick(r, wildDates),
		"reviewRating":  map[string]any{"alternateName": pick(r, wildVerdicts), "ratingValue": pick(r, []string{"1", "0.5", ""})},
		"itemReviewed": map[string]any{"@type": "Claim", "author": party("Person"), "datePublished": pick(r, wildDates),
			"appearance": []any{map[string]any{"@type": "NewsArticle", "url": pick(r, wildPlaces), "headline": pick(r, wildNames)}}}}
}

func (f wildFile) takeInto(t *testing.T, s *store.Store) store.ImportResult {
	t.Helper()
	return take(t, s, f.format, f.table, f.text, f.format != interchange.Bundle)
}

// wildRounds is how many stores are made.
func wildRounds() uint64 {
	if testenv.Long() {
		return 200
	}
	return 5
}

// TestEveryExportOfAnyStore: whatever was imported into a store, each of its exports comes in again whole, and goes out with the same
// bytes; and it changes nothing in the store that it came from.
func TestEveryExportOfAnyStore(t *testing.T) {
	t.Parallel()
	for seed := range wildRounds() {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 19))
			from, to := open(t), open(t)
			for range 2 + r.IntN(3) {
				file := wild(r)
				file.takeInto(t, from)
				if again := file.takeInto(t, from); again.Changed() {
					t.Errorf("imported twice, this changes %+v\n%s", again.Counts, file.text)
				}
			}
			bundled := export(t, from)
			take(t, to, interchange.Bundle, interchange.TableOptions{}, bundled, false)
			if diff := cmp.Diff(bundled, export(t, to)); diff != "" {
				t.Errorf("as a bundle: %s", diff)
			}
			for _, of := range []headwater.Resource{headwater.ResourceSource, headwater.ResourceRelation} {
				form := interchange.ExportOptions{Format: interchange.CSV, Of: of}
				tabled := exportAs(t, from, form)
				if result := take(t, from, interchange.CSV, interchange.TableOptions{Of: of}, tabled, false); result.Changed() ||
					result.Noted > 0 {
					t.Errorf("the table of %ss changes %+v", of, result.Counts)
				}
			}
			for _, format := range []interchange.Format{interchange.ClaimReview, interchange.FactCheck} {
				checkReviewsComeBack(t, from, format)
			}
		})
	}
}

// checkReviewsComeBack: what a format carries of the reviews of a store comes in without a fault, and a second time changes nothing.
func checkReviewsComeBack(t *testing.T, from *store.Store, format interchange.Format) {
	t.Helper()
	empty := open(t)
	written := exportAs(t, from, interchange.ExportOptions{Format: format})
	take(t, empty, format, interchange.TableOptions{}, written, false)
	if result := take(t, empty, format, interchange.TableOptions{}, written, false); result.Changed() {
		t.Errorf("its own export as %s changes %+v\n%s", format, result.Counts, written)
	}
	once := exportAs(t, empty, interchange.ExportOptions{Format: format})
	another := open(t)
	take(t, another, format, interchange.TableOptions{}, once, false)
	if again := exportAs(t, another, interchange.ExportOptions{Format: format}); again != once {
		t.Errorf("as %s: %s", format, cmp.Diff(strings.Split(once, "}"), strings.Split(again, "}")))
	}
	if strings.Contains(written, "</script") {
		t.Errorf("%s ends the script that it is put in", format)
	}
}
