package bundle_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/internal/testenv"
)

// read gives a bundle's items and faults.
func read(t testing.TB, text string) (items []bundle.Item, faults bundle.LineFaults) {
	t.Helper()
	for item, err := range bundle.NewReader(bytes.NewReader([]byte(text))).Items() {
		var found bundle.LineFaults
		switch {
		case errors.As(err, &found):
			faults = append(faults, found...)
		case err != nil:
			t.Fatal(err)
		default:
			items = append(items, item)
		}
	}
	return items, faults
}

// write gives the bundle that says what the items say.
func write(t testing.TB, items []bundle.Item) string {
	t.Helper()
	var out bytes.Buffer
	w, err := bundle.NewWriter(&out, "https://headwater.example/written")
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range items {
		var thing any
		switch it := item.Thing.(type) {
		case *headwater.Source:
			thing = *it
		case *headwater.Relation:
			thing = *it
		case *headwater.Document:
			thing = *it
		case *headwater.Claim:
			thing = *it
		case *headwater.Attribution:
			thing = *it
		case *headwater.Link:
			thing = *it
		case *headwater.Review:
			thing = *it
		}
		if err := w.Write(thing); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestBundlesReadWithoutFaultAndSurviveAWriting(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("../testdata/cases/*.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	paths = append(paths, "../testdata/demo.ndjson")
	for _, path := range append(paths, testenv.SharedToo(t, "*/*.ndjson")...) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		items, faults := read(t, string(text))
		if len(faults) > 0 {
			t.Errorf("%s: %v", path, faults)
		}
		written := write(t, items)
		again, faults := read(t, written)
		if len(faults) > 0 {
			t.Errorf("%s, written and read again: %v", path, faults)
		}
		if diff := cmp.Diff(written, write(t, again)); diff != "" {
			t.Errorf("%s, written twice, differs:\n%s", path, diff)
		}
	}
}

func TestTheArticleHoldsWhatItShould(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(testenv.Shared(t, "seed/article.ndjson")[0])
	if err != nil {
		t.Fatal(err)
	}
	items, _ := read(t, string(text))
	got := map[headwater.Resource]int{}
	for _, item := range items {
		got[item.Resource]++
	}
	want := map[headwater.Resource]int{"source": 14, "relation": 4, "document": 1, "claim": 23, "attribution": 27, "link": 13}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
