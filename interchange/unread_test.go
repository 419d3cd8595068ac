package interchange_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/headwater-project/headwater/interchange"
)

// TestWhatNothingIsMadeOfIsTold: each field once in a file, whatever it is of.
func TestWhatNothingIsMadeOfIsTold(t *testing.T) {
	t.Parallel()
	markup := `{"@type":"ClaimReview","url":"https://a.example.org/N","claimReviewed":"It rained","image":"i.png",
		"sdPublisher":{"name":"G"},
		"author":{"@type":"Organization","name":"A","logo":"l.png","url":"@handle","description":""},
		"reviewRating":{"alternateName":"False","image":"r.png"},"isAccessibleForFree":null,"itemReviewed":{"@type":"CreativeWork",
		"name":"A chain message","contentUrl":"https://img.example.com/1.jpg","author":{"name":"B","jobTitle":"Clerk"},
		"appearance":{"url":"https://b.example.org/1","wordCount":5}}}`
	for name, test := range map[string]struct {
		format interchange.Format
		text   string
		want   []string
	}{
		"markup": {interchange.ClaimReview, "[" + markup + "," + strings.ReplaceAll(markup, "/N", "/2") + "]", []string{
			"/0/author", "/0/author/logo", "/0/image", "/0/itemReviewed/appearance/0/wordCount", "/0/itemReviewed/author/jobTitle",
			"/0/itemReviewed/contentUrl", "/0/itemReviewed/name", "/0/reviewRating/image", "/0/sdPublisher", "/1/author"}},
		"an answer": {interchange.FactCheck, `{"claims":[{"text":"It rained","languageCode":"en","claimReview":[{"publisher":{"name":"A",` +
			`"logo":"x"},"textualRating":"False","author":"W"}]}]}`, []string{"/claims/0/claimReview/0/author",
			"/claims/0/claimReview/0/publisher/logo", "/claims/0/languageCode"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			things, err := interchange.Read(strings.NewReader(test.text), test.format, interchange.TableOptions{}, "n")
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // it is read again, with the same notes
				var told []string
				for item, err := range things.Items() {
					if err != nil {
						t.Error(err)
					}
					for _, note := range item.Notes {
						told = append(told, string(note.Pointer))
					}
				}
				slices.Sort(told)
				if diff := cmp.Diff(test.want, told); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}
