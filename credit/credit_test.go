package credit_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/headwater-project/headwater/credit"
)

// article is an article of the test data, with what it credits, as "wire place".
type article struct {
	credit.Article
	wanted []string
}

// articles reads a file of them: a title, what is known of it in lines of their own, and its text.
func articles(t testing.TB, name string) (all []article) {
	t.Helper()
	file, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for i, part := range strings.Split("\n"+string(file), "\n## ") {
		if i == 0 {
			continue
		}
		var a article
		a.Title, part, _ = strings.Cut(part, "\n")
		for {
			line, rest, _ := strings.Cut(part, "\n")
			name, value, is := strings.Cut(line, ": ")
			switch {
			case is && name == "publisher":
				a.Publisher = []string{value}
			case is && name == "author":
				a.Authors = append(a.Authors, value)
			case is && name == "credit":
				a.wanted = append(a.wanted, value)
			default:
				is = false
			}
			if !is {
				break
			}
			part = rest
		}
		a.Text = part
		all = append(all, a)
	}
	return all
}

// TestCredits: of invented articles, those that credit a wire are found to, and nothing else is.
func TestCredits(t *testing.T) {
	t.Parallel()
	names := credit.NewNames()
	for _, file := range []string{"testdata/en.txt", "testdata/ar.txt"} {
		wanted, found := 0, 0
		all := articles(t, file)
		if len(all) < 40 {
			t.Errorf("%s has %d articles", file, len(all))
		}
		for _, a := range all {
			wanted += len(a.wanted)
			for _, c := range names.Find(a.Article) {
				said := fmt.Sprintf("%s %s", c.Wire, c.Place)
				if !slices.Contains(a.wanted, said) {
					t.Errorf("%s: %q credits %s: %q", file, a.Title, said, c.Written)
					continue
				}
				found++
				in := a.Text
				if c.Place == credit.Metadata {
					in = a.Authors[c.Author]
				}
				if stands := string([]rune(in)[c.Start:c.End]); stands != c.Written {
					t.Errorf("%s: %q: at %d to %d stands %q, not %q", file, a.Title, c.Start, c.End, stands, c.Written)
				}
				a.wanted = slices.DeleteFunc(a.wanted, func(w string) bool { return w == said })
			}
			if len(a.wanted) > 0 {
				t.Logf("%s: %q: not found: %q", file, a.Title, a.wanted)
			}
		}
		t.Logf("%s: %d of %d credits found", file, found, wanted)
		if found*100 < wanted*95 {
			t.Errorf("%s: %d of %d credits are found", file, found, wanted)
		}
	}
}
