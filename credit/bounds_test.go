package credit_test

import (
	"strings"
	"testing"

	"github.com/headwater-project/headwater/credit"
	"github.com/headwater-project/headwater/internal/testenv"
)

// TestStoredWiresAreKnown: by all names that they have, and one that the table has too is the same.
func TestStoredWiresAreKnown(t *testing.T) {
	t.Parallel()
	names := credit.NewNames([]string{"Oxbow Wire", "وكالة أوكسبو", "OXW"}, []string{"Reuters News Agency", "رويترز"},
		[]string{"وكالات", "Agencies"}, []string{"Quay Wire", "وكالات أنباء"})
	for text, wire := range map[string]string{
		"LONDON (Oxbow Wire) - Ships waited.":             "Oxbow Wire",
		"لندن (أوكسبو) - انتظرت السفن.":                   "",
		"لندن (وكالة أوكسبو) - انتظرت السفن.":             "Oxbow Wire",
		"Ships waited in the roads all day. (OXW)":        "Oxbow Wire",
		"Ships waited in the roads all day. (oxw)":        "",
		"LONDON (Reuters News Agency) - Ships waited.":    "Reuters",
		"Ships waited, it said. Source told Oxbow Wire.":  "",
		"Ships waited in the roads all day. (Agencies)":   credit.Unnamed,
		"لندن - وكالات: انتظرت السفن في عرض البحر":        credit.Unnamed,
		"LONDON (Quay Wire) - Ships waited.":              "Quay Wire",
		"\u200fلندن (رويترز) - انتظرت السفن في عرض البحر": "Reuters",
	} {
		found := names.Find(credit.Article{Text: text})
		if (len(found) == 0) != (wire == "") || len(found) > 0 && found[0].Wire != wire {
			t.Errorf("%q credits %+v, want %q", text, found, wire)
		}
	}
	if !names.IsCalled("Oxbow Wire", []string{"x", "وكالة أُوكسبو"}) || names.IsCalled("Oxbow Wire", []string{"Reuters"}) ||
		names.IsCalled(credit.Unnamed, []string{"Agencies"}) {
		t.Error("a wire is called by its names alone")
	}
}

func TestWorkIsLinear(t *testing.T) {
	names := credit.NewNames()
	for _, unit := range []string{"Reuters and ", "(AFP) - ", "و", "- / رويترز\n", "(", "AP, "} {
		testenv.CheckGrowth(t, 200, func(n int) func() {
			text := strings.Repeat(unit, n)
			return func() { names.Find(credit.Article{Text: text, Authors: []string{text}}) }
		})
	}
}

// FuzzFind: whatever a text is, what is found stands where it is said to.
func FuzzFind(f *testing.F) {
	for _, file := range []string{"testdata/en.txt", "testdata/ar.txt"} {
		for _, a := range articles(f, file) {
			f.Add(a.Title, a.Text, strings.Join(a.Authors, ";"))
		}
	}
	names := credit.NewNames()
	f.Fuzz(func(t *testing.T, title, text, author string) {
		for _, c := range names.Find(credit.Article{Title: title, Text: text, Authors: []string{author}}) {
			in := []rune(text)
			if c.Place == credit.Metadata {
				in = []rune(author)
			}
			if c.Start < 0 || c.End > len(in) || c.Start >= c.End || string(in[c.Start:c.End]) != c.Written {
				t.Errorf("%+v is not there in %q, %q", c, text, author)
			}
		}
	})
}
