package store_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

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
	add := func(path string, format interchange.Format, table interchange.TableOptions) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, anyFile{filepath.Base(path), string(text), format, table})
	}
	shared := func(name string, format interchange.Format, table interchange.TableOptions) {
		add(testenv.Shared(t, name)[0], format, table)
	}
	for _, name := range []string{"inputs/withdrawal.ndjson", "inputs/alias.ndjson", "seed/article.ndjson", "cases/03.ndjson", "cases/41.ndjson",
		"cases/97.ndjson"} {
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
	own := func(name string, format interchange.Format, table interchange.TableOptions) {
		add("../testdata/"+name, format, table)
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

func TestReexport(t *testing.T) {
	t.Parallel()
	from := open(t)
	for _, f := range allFiles(t) {
		r := f.takeInto(t, from)
		t.Logf("%s: %+v refused %d %v", f.name, r.Records, r.Faults, r.Refused)
		if again := f.takeInto(t, from); again.Changed() {
			t.Errorf("%s twice: %+v", f.name, again.Counts)
		}
	}
	bundled := export(t, from)
	to := open(t)
	take(t, to, interchange.Bundle, interchange.TableOptions{}, bundled, false)
	if diff := cmp.Diff(bundled, export(t, to)); diff != "" {
		t.Errorf("as a bundle: %s", diff)
	}
	for _, format := range []interchange.Format{interchange.ClaimReview, interchange.FactCheck} {
		form := interchange.ExportOptions{Format: format}
		e1 := exportAs(t, from, form)
		os.WriteFile("/tmp/k19-"+string(format)+"-1", []byte(e1), 0o644)
		a := open(t)
		take(t, a, format, interchange.TableOptions{}, e1, false)
		e2 := exportAs(t, a, form)
		os.WriteFile("/tmp/k19-"+string(format)+"-2", []byte(e2), 0o644)
		b := open(t)
		take(t, b, format, interchange.TableOptions{}, e2, false)
		e3 := exportAs(t, b, form)
		os.WriteFile("/tmp/k19-"+string(format)+"-3", []byte(e3), 0o644)
		t.Logf("%s: %v %v", format, e1 == e2, e2 == e3)
		if r := take(t, from, format, interchange.TableOptions{}, e1, false); r.Changed() {
			t.Errorf("%s into where it came from: %+v %v", format, r.Counts, r.Made)
		}
	}
	for _, of := range []headwater.Resource{headwater.ResourceSource, headwater.ResourceRelation} {
		form := interchange.ExportOptions{Format: interchange.CSV, Of: of}
		e1 := exportAs(t, from, form)
		a := open(t)
		if of == headwater.ResourceRelation {
			form := interchange.ExportOptions{Format: interchange.CSV, Of: headwater.ResourceSource}
			take(t, a, interchange.CSV, interchange.TableOptions{Of: headwater.ResourceSource}, exportAs(t, from, form), false)
		}
		take(t, a, interchange.CSV, interchange.TableOptions{Of: of}, e1, false)
		if diff := cmp.Diff(untimed(e1), untimed(exportAs(t, a, form))); diff != "" {
			t.Error(diff)
		}
		if r := take(t, from, interchange.CSV, interchange.TableOptions{Of: of}, e1, false); r.Changed() {
			t.Errorf("%s into where it came from: %+v %v", of, r.Counts, r.Made)
		}
	}
}
