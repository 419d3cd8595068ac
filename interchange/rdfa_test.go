package interchange_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/headwater-project/headwater/interchange"
)

// rdfaWant is what each of the pages below says.
var rdfaWant = []string{
	"claim en: Carrots cure night blindness",
	"chain paper.example.com < Zaynab Q. on 2021-02-03",
	"page https://paper.example.com/a1",
	"review by Graph Desk: False en 2021-02-05",
}

// rdfaPages say one thing in RDFa Lite, with prefixes, with references, with rel, and with objects spread over the page.
var rdfaPages = map[string]string{
	"lite": `<div vocab="https://schema.org/" typeof="ClaimReview"><a property="url" href="https://desk.example.org/p">Read</a>
		<h1 property="claimReviewed">Carrots <b>cure</b> night
		blindness</h1><time property="datePublished" datetime="2021-02-05">February</time>
		<span property="author" typeof="Organization"><span property="name">Graph Desk</span><link property="url"
		href="https://desk.example.org/"></span>
		<span property="itemReviewed" typeof="Claim"><span property="author" typeof="Person"><span property="name">Zaynab Q.</span></span>
		<meta property="datePublished" content="2021-02-03"><a property="appearance" href="https://paper.example.com/a1">there</a></span>
		<span property="reviewRating" typeof="Rating"><span property="alternateName">False</span></span></div>`,
	"prefixed": `<article prefix="s: http://schema.org/ og: http://ogp.me/ns#" typeof="s:ClaimReview" resource="#review">
		<meta property="og:title" content="Other"><meta property="s:url" content="https://desk.example.org/p">
		<p property="s:claimReviewed">Carrots cure night blindness</p><meta property="s:datePublished" content="2021-02-05">
		<div property="s:author" typeof="s:Organization"><b property="s:name">Graph Desk</b>
		<a property="s:url" href="https://desk.example.org/">home</a></div>
		<div property="s:itemReviewed" typeof="s:Claim"><div property="s:author" typeof="s:Person"><i property="s:name">Zaynab Q.</i></div>
		<meta property="s:datePublished" content="2021-02-03"><meta property="s:appearance" content="https://paper.example.com/a1"></div>
		<div property="s:reviewRating" typeof="s:Rating"><meta property="s:alternateName" content="False"></div></article>`,
	"known prefixes and references": `<div typeof="schema:ClaimReview" about="#review">
		<a property="schema:url" href="https://desk.example.org/p"></a><p property="schema:claimReviewed">Carrots cure night blindness</p>
		<meta property="schema:datePublished" content="2021-02-05"><link property="schema:author" resource="#desk">
		<link property="schema:itemReviewed" resource="#claim"><link property="schema:reviewRating" href="#rating"></div>
		<div resource="#desk" typeof="schema:Organization"><p property="schema:name">Graph Desk</p></div>
		<div resource="#desk"><a property="schema:url" href="https://desk.example.org/">home</a></div>
		<div resource="#claim" typeof="schema:Claim"><meta property="schema:datePublished" content="2021-02-03">
		<link property="schema:author" resource="#said"><link property="schema:appearance" href="https://paper.example.com/a1"></div>
		<p resource="#said" typeof="schema:Person"><b property="schema:name">Zaynab Q.</b></p>
		<p resource="#rating" typeof="schema:Rating"><b property="schema:alternateName">False</b></p>`,
	"with rel": `<div xmlns:schema="http://schema.org/" typeof="schema:ClaimReview"><a rel="schema:url nofollow"
		href="https://desk.example.org/p">Read</a><p property="schema:claimReviewed">Carrots cure night blindness</p>
		<span property="schema:datePublished" content="2021-02-05" datatype="xsd:date">February</span>
		<div rel="schema:author"><div typeof="schema:Organization"><a property="schema:name" rel="schema:url"
		href="https://desk.example.org/">Graph Desk</a></div></div>
		<div rel="schema:itemReviewed"><div typeof="schema:Claim"><div rel="schema:author"><p typeof="schema:Person"><b
		property="schema:name">Zaynab Q.</b></p></div><meta property="schema:datePublished" content="2021-02-03">
		<a rel="schema:appearance" href="https://paper.example.com/a1">there</a></div></div>
		<div rel="schema:reviewRating"><div typeof="schema:Rating"><p property="schema:alternateName">False</p></div></div></div>`,
}

func TestRDFa(t *testing.T) {
	t.Parallel()
	for name, text := range rdfaPages {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := summary(t, `<!DOCTYPE html><html lang="en"><body>`+text+"</body></html>")
			if diff := cmp.Diff(slices.Sorted(slices.Values(rdfaWant)), slices.Sorted(slices.Values(got))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestRDFaOfOthers: what a page says in other vocabularies is no review, and no name of schema.org.
func TestRDFaOfOthers(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"another vocabulary": `<div vocab="http://xmlns.com/foaf/0.1/" typeof="ClaimReview"><p property="claimReviewed">It ` +
			`rained</p></div>`,
		"another prefix": `<div prefix="x: http://x.example/" typeof="x:ClaimReview"><p property="x:claimReviewed">It rained</p></div>`,
		"no object":      `<p property="claimReviewed">It rained</p><meta property="og:type" content="article">`,
	} {
		got := read(t, "<html><body>"+text+"</body></html>", interchange.ClaimReview, interchange.TableOptions{})
		if len(got.items) > 0 || len(got.faults) != 1 || !strings.Contains(got.faults[0].Error(), "an object of the type ClaimReview") {
			t.Errorf("%s is read as\n%s", name, got.lines(t))
		}
	}
}

// FuzzRDFa reads pages of any elements: in bounded time, and what it gives is valid.
func FuzzRDFa(f *testing.F) {
	for _, text := range rdfaPages {
		f.Add(text)
	}
	f.Add(`<p resource="#a" typeof="ClaimReview" property="author"><p resource="#a" property="author" typeof="Person">`)
	f.Add(`<div typeof="ClaimReview" about="#a" rel="schema:author"><div rel="schema:author" resource="#a">`)
	f.Fuzz(func(t *testing.T, text string) {
		read(t, "<html><body>"+text, interchange.ClaimReview, interchange.TableOptions{}).lines(t)
	})
}
