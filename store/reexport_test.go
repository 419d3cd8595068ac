package store_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/internal/testenv"
	"github.com/headwater-project/headwater/store"
)

// anyFile is a file as somebody would import it.
type anyFile struct {
	name, text string
	format     interchange.Format
	table      interchange.TableOptions
}

// allFiles are the shared files that import, several of the shared cases, and the project's own samples.
func allFiles(t *testing.T) []anyFile {
	t.Helper()
	sources, relations := interchange.TableOptions{Of: headwater.ResourceSource}, interchange.TableOptions{
		Of: headwater.ResourceRelation, Days: "dmy"}
	var files []anyFile
	shared := func(name string, format interchange.Format, table interchange.TableOptions) {
		text, err := os.ReadFile(testenv.Shared(t, name)[0])
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, anyFile{filepath.Base(name), string(text), format, table})
	}
	for _, name := range []string{"inputs/withdrawal.ndjson", "inputs/alias.ndjson", "seed/article.ndjson", "cases/03.ndjson",
		"cases/41.ndjson", "cases/97.ndjson"} {
		shared(name, interchange.Bundle, interchange.TableOptions{})
	}
	for _, name := range []string{"opposites", "social", "graph", "twourls", "authors", "slug", "dates"} {
		shared("inputs/"+name+".json", interchange.ClaimReview, interchange.TableOptions{})
	}
	shared("inputs/empty_answer.json", interchange.FactCheck, interchange.TableOptions{})
	shared("inputs/cr.csv", interchange.CSV, sources)
	for _, name := range []string{"telegram", "rlm"} {
		shared("inputs/"+name+".csv", interchange.CSV, relations)
	}
	return append(files, ownFiles(t)...)
}

// ownFiles are the project's samples, of each format that is read.
func ownFiles(t *testing.T) []anyFile {
	t.Helper()
	var files []anyFile
	own := func(name string, format interchange.Format, table interchange.TableOptions) {
		files = append(files, anyFile{name, file(t, name), format, table})
	}
	own("demo.ndjson", interchange.Bundle, interchange.TableOptions{})
	own("factcheck.json", interchange.FactCheck, interchange.TableOptions{})
	own("claimreview.html", interchange.ClaimReview, interchange.TableOptions{})
	own("ownership-0.2.bods.json", interchange.BODS, interchange.TableOptions{})
	own("ownership-0.4.bods.ndjson", interchange.BODS, interchange.TableOptions{})
	own("ownership.ftm.ndjson", interchange.FollowTheMoney, interchange.TableOptions{})
	own("trust.txt", interchange.TrustText, interchange.TableOptions{Values: map[string]string{"domains": "herald.example.org"}})
	own("article.html", interchange.HTML, interchange.TableOptions{})
	own("captures.warc", interchange.WARC, interchange.TableOptions{})
	own("news.rss.xml", interchange.RSS, interchange.TableOptions{})
	own("annotations.w3c.json", interchange.WebAnnotation, interchange.TableOptions{})
	return files
}

func (f anyFile) takeInto(t *testing.T, s *store.Store) store.ImportResult {
	t.Helper()
	return take(t, s, f.format, f.table, f.text, f.format != interchange.Bundle)
}

// TestEverythingComesInAgain: of a store that was filled from all kinds of files, each export that carries all goes into an empty store,
// into one in which other things stand, and into the one that it came from, and says the same there, once.
func TestEverythingComesInAgain(t *testing.T) {
	t.Parallel()
	from, empty, other := open(t), open(t), open(t)
	for _, file := range allFiles(t) {
		file.takeInto(t, from)
		if again := file.takeInto(t, from); again.Changed() {
			t.Errorf("%s, imported twice, changes %+v", file.name, again.Counts)
		}
	}
	r := rand.New(rand.NewPCG(19, 19))
	for range 6 {
		wild(r).takeInto(t, other)
	}
	bundled, before := export(t, from), export(t, other)
	for name, to := range map[string]*store.Store{"empty": empty, "with other things": other, "its own": from} {
		take(t, to, interchange.Bundle, interchange.TableOptions{}, bundled, false)
		if again := take(t, to, interchange.Bundle, interchange.TableOptions{}, bundled, false); again.Changed() {
			t.Errorf("the bundle, imported twice into a store %s, changes %+v", name, again.Counts)
		}
		for _, of := range []headwater.Resource{headwater.ResourceSource, headwater.ResourceRelation} {
			table := exportAs(t, from, interchange.ExportOptions{Format: interchange.CSV, Of: of})
			result := take(t, to, interchange.CSV, interchange.TableOptions{Of: of}, table, false)
			if result.Changed() || result.Noted > 0 {
				t.Errorf("the table of %ss says something else than the bundle in a store %s: %+v", of, name, result.Counts)
			}
		}
	}
	if diff := cmp.Diff(bundled, export(t, empty)); diff != "" {
		t.Errorf("as a bundle: %s", diff)
	}
	if diff := cmp.Diff(linesOf(bundled, before), linesOf(export(t, other))); diff != "" {
		t.Errorf("beside other things: %s", diff)
	}
	for _, of := range []headwater.Resource{headwater.ResourceSource, headwater.ResourceRelation} {
		form := interchange.ExportOptions{Format: interchange.CSV, Of: of}
		tabled, filled := exportAs(t, from, form), open(t)
		if of == headwater.ResourceRelation {
			take(t, filled, interchange.CSV, interchange.TableOptions{Of: headwater.ResourceSource},
				exportAs(t, from, interchange.ExportOptions{Format: interchange.CSV, Of: headwater.ResourceSource}), false)
		}
		take(t, filled, interchange.CSV, interchange.TableOptions{Of: of}, tabled, false)
		if diff := cmp.Diff(firstVersions(tabled), firstVersions(exportAs(t, filled, form))); diff != "" {
			t.Errorf("as a table of %ss: %s", of, diff)
		}
	}
}

// TestReviewsGoBackWhereTheyCameFrom: what the formats of fact-checks carry of a store comes in again without a fault where it came
// from, and adds nothing more each time.
func TestReviewsGoBackWhereTheyCameFrom(t *testing.T) {
	t.Parallel()
	for _, format := range []interchange.Format{interchange.ClaimReview, interchange.FactCheck} {
		t.Run(string(format), func(t *testing.T) {
			t.Parallel()
			s, form := open(t), interchange.ExportOptions{Format: format}
			for _, file := range allFiles(t) {
				file.takeInto(t, s)
			}
			take(t, s, format, interchange.TableOptions{}, exportAs(t, s, form), false)
			take(t, s, format, interchange.TableOptions{}, exportAs(t, s, form), false)
			if again := take(t, s, format, interchange.TableOptions{}, exportAs(t, s, form), false); again.Changed() {
				t.Errorf("a third time it changes %+v %v", again.Counts, again.Made)
			}
		})
	}
}

// linesOf are the lines of bundles but for their first, each once, in order.
func linesOf(bundles ...string) []string {
	var lines []string
	for _, text := range bundles {
		lines = append(lines, strings.Split(strings.TrimSpace(text), "\n")[1:]...)
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

// firstVersions is a table without times, of which all rows are of the first version.
func firstVersions(table string) string {
	rows := strings.Split(untimed(table), "\n")
	for i, row := range rows {
		if cells := strings.Split(row, ","); len(cells) > 4 && uuid.Validate(cells[0]) == nil {
			cells[3] = "1"
			rows[i] = strings.Join(cells, ",")
		}
	}
	return strings.Join(rows, "\n")
}
