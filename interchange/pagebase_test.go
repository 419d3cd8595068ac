package interchange_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
)

// TestRelativeAddresses: they count from where the page is, if it says so. Else they are told, and nothing is known by them.
func TestRelativeAddresses(t *testing.T) {
	t.Parallel()
	const (
		rating = `<span itemprop="reviewRating" itemscope><b itemprop="alternateName">False</b></span>`
		micro  = `<div itemscope itemtype="https://schema.org/ClaimReview"><a itemprop="url" href="rain.mov">x</a>
			<b itemprop="claimReviewed">It rained</b><i itemprop="author" itemscope itemtype="https://schema.org/Organization">
			<b itemprop="name">Hill</b><link itemprop="url" href="/about"></i>` + rating + `</div>`
		rdfa = `<div vocab="https://schema.org/" typeof="ClaimReview"><a property="url" href="rain.mov">x</a>
			<b property="claimReviewed">It rained</b><i property="author" typeof="Organization"><b property="name">Hill</b>
			<link property="url" href="/about"></i><span property="reviewRating" typeof="Rating">
			<b property="alternateName">False</b></span></div>`
		linked = `<script type="application/ld+json">{"@type":"ClaimReview","url":"./rain.mov","claimReviewed":"It rained",
			"author":{"@type":"Organization","@id":"/#us","name":"Hill","url":"/about"},"reviewRating":{"alternateName":"False"}}</script>`
	)
	for name, markup := range map[string]string{"microdata": micro, "rdfa": rdfa, "json-ld": linked} {
		const inA, inD = "https://hill.example.org/a/rain.mov", "https://hill.example.org/d/rain.mov"
		for head, want := range map[string]string{
			`<base href="https://hill.example.org/a/b"><link rel="canonical" href="https://other.example.org/x">`: inA,
			`<link rel="canonical" href="https://hill.example.org/a/b">`:                                          inA,
			`<meta property="og:url" content="https://hill.example.org/c/"><base href="/d/">`:                     inD,
			``: "",
		} {
			t.Run(name+" "+head, func(t *testing.T) {
				t.Parallel()
				page := "<html><head>" + head + "</head><body>" + markup + "</body></html>"
				things, err := interchange.Read(strings.NewReader(page), interchange.ClaimReview, interchange.TableOptions{}, "n")
				if err != nil {
					t.Fatal(err)
				}
				var reviews, told, sites []string
				for item, err := range things.Items() {
					if err != nil {
						told = append(told, err.Error())
					}
					for _, note := range item.Notes {
						told = append(told, string(note.Pointer)+" "+note.Value)
					}
					switch thing := item.Thing.(type) {
					case *headwater.Review:
						reviews = append(reviews, thing.URL)
					case *headwater.Source:
						sites = append(sites, strings.Join(thing.Domains, " ")+thing.URL)
					}
				}
				slices.Sort(told)
				if len(reviews) != 1 || reviews[0] != want {
					t.Errorf("the reviews are at %q, want %q; told are %q", reviews, want, told)
				}
				if want == "" && (len(told) != 2 || !strings.Contains(strings.Join(told, "\n"), "/about")) || want != "" && len(told) > 0 {
					t.Errorf("told are %q", told)
				}
				if site := strings.Join(sites, ","); want == "" && site != "" || want != "" && site != "hill.example.org" {
					t.Errorf("the source is known by %q", site)
				}
			})
		}
	}
}
