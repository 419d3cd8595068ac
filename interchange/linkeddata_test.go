package interchange_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
)

// summary is what a ClaimReview was read as, a thing a line.
func summary(t *testing.T, text string) []string {
	t.Helper()
	got := read(t, text, interchange.ClaimReview, interchange.TableOptions{})
	names := map[string]string{}
	var lines []string
	for _, item := range got.items {
		switch thing := item.Thing.(type) {
		case *headwater.Source:
			names[thing.ID.String()] = thing.Name
		case *headwater.Claim:
			for _, tag := range []string{"ar", "en", "fr", "und"} {
				if words, has := thing.Statement[tag]; has {
					lines = append(lines, fmt.Sprintf("claim %s: %s", tag, words))
				}
			}
		case *headwater.Review:
			lines = append(lines, strings.TrimSpace(fmt.Sprintf("review by %s: %s %s %s", names[thing.Author.String()], thing.Rating.Label,
				thing.Language, thing.Published)))
		case *headwater.Document:
			lines = append(lines, strings.TrimSpace(fmt.Sprintf("page %s %s", thing.URL, strings.Join(thing.Authors, ", "))))
		case *headwater.Attribution:
			chain := make([]string, len(thing.Chain))
			for i, hop := range thing.Chain {
				if chain[i] = names[hop.Source.String()]; hop.SaidAt != nil {
					chain[i] += " on " + string(hop.SaidAt.Earliest)
				}
			}
			lines = append(lines, "chain "+strings.Join(chain, " < "))
		}
	}
	for _, fault := range got.faults {
		lines = append(lines, "fault "+string(fault.Pointer))
	}
	for _, note := range got.notes {
		lines = append(lines, fmt.Sprintf("note %s %s", note.Pointer, note.Value))
	}
	return lines
}

// page is a web page with a script of linked data for each text.
func page(lang string, scripts ...string) string {
	var text strings.Builder
	fmt.Fprintf(&text, "<!DOCTYPE html><html lang=%q><head>", lang)
	for _, script := range scripts {
		text.WriteString(`<script type="application/ld+json">` + script + "</script>")
	}
	return text.String() + "</head></html>"
}

const (
	graphDesk  = `{"@type":"Organization","@id":"#desk","name":"Graph Desk","url":"https://desk.example.org/"}`
	graphItem  = `{"@type":"Claim","@id":"#claim","author":{"@id":"#said"},"datePublished":"2021-02-03","appearance":{"@id":"#page"}}`
	graphSaid  = `{"@type":"Person","@id":"#said","name":"Zaynab Q."}`
	graphPage  = `{"@type":"NewsArticle","@id":"#page","url":"https://paper.example.com/a1"}`
	graphCheck = `{"@type":"ClaimReview","url":"https://desk.example.org/p","claimReviewed":"Carrots cure","author":{"@id":"#desk"},` +
		`"itemReviewed":{"@id":"#claim"},"reviewRating":{"@type":"Rating","alternateName":"False"},"inLanguage":"en"}`
)

// TestReferences: what a record names by @id is found, wherever it stands in the file.
func TestReferences(t *testing.T) {
	t.Parallel()
	nodes := strings.Join([]string{graphCheck, graphDesk, graphItem, graphSaid, graphPage}, ",")
	want := summary(t, `{"@context":"https://schema.org","@graph":[`+nodes+`]}`)
	if diff := cmp.Diff([]string{"claim en: Carrots cure", "page https://paper.example.com/a1",
		"chain paper.example.com < Zaynab Q. on 2021-02-03", "review by Graph Desk: False en"}, want); diff != "" {
		t.Fatal(diff)
	}
	expanded := strings.NewReplacer(`"url":"https://desk.example.org/p"`, `"http://schema.org/url":[{"@id":"https://desk.example.org/p"}]`,
		`"claimReviewed":"Carrots cure"`, `"http://schema.org/claimReviewed":[{"@value":"Carrots cure"}]`,
		`"author"`, `"http://schema.org/author"`, `"itemReviewed"`, `"http://schema.org/itemReviewed"`, `"reviewRating"`,
		`"https://schema.org/reviewRating"`, `"@type":"ClaimReview"`, `"@type":["http://schema.org/ClaimReview"]`,
		`"appearance"`, `"http://schema.org/appearance"`, `"datePublished":"2021-02-03"`,
		`"http://schema.org/datePublished":[{"@type":"http://schema.org/Date","@value":"2021-02-03"}]`).Replace(nodes)
	for name, text := range map[string]string{
		"in reverse": `{"@graph":[` + strings.Join([]string{graphPage, graphSaid, graphItem, graphDesk, graphCheck}, ",") + `]}`,
		"over scripts": page("fr", graphCheck, `{"@graph":[`+graphDesk+`,`+graphItem+`]}`, "["+graphSaid+"]",
			`{"@type":"WebPage","mentions":[`+graphPage+`]}`),
		"within another": `{"@graph":[` + strings.Replace(graphCheck, `{"@id":"#desk"}`, graphDesk, 1) + `,{"@type":"WebSite","x":[` +
			graphItem + `,` + graphSaid + `]},` + graphPage + `]}`,
		"in halves": `{"@graph":[` + graphCheck + `,` + graphItem + `,` + graphPage + `,{"@id":"#said","@type":"Person"},` + graphSaid +
			`,{"@id":"#desk","url":"https://desk.example.org/"},{"@id":"#desk","name":"Graph Desk"}]}`,
		"expanded": `[` + expanded + `]`,
		"prefixed": strings.NewReplacer(`"url"`, `"schema:url"`, `"claimReviewed"`, `"sdo:claimReviewed"`, `"author"`, `"s:author"`,
			`"ClaimReview"`, `"s:ClaimReview"`).Replace(`{"@context":{"s":"https://schema.org/"},"@graph":[` + nodes + `]}`),
		"aliases": strings.NewReplacer(`"@type"`, `"type"`, `"@id"`, `"id"`, `"itemReviewed"`, `"about"`, `"author"`, `"by"`,
			`"a context"`, `"@context":["https://schema.org",{"about":"schema:itemReviewed","by":{"@id":"http://schema.org/author"}}]`,
		).Replace(
			`{"a context","@graph":[` + nodes + `]}`),
		"sets and lists": `{"@graph":[` + strings.Replace(strings.Replace(nodes, `{"@id":"#said"}`, `{"@list":[{"@id":"#said"}]}`, 1),
			`{"@id":"#page"}`, `{"@set":{"@id":"#page"}}`, 1) + `]}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(want, summary(t, text)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestReferencesInCircles end.
func TestReferencesInCircles(t *testing.T) {
	t.Parallel()
	circle := `{"@graph":[` + graphCheck + `,{"@id":"#claim","author":{"@id":"#a"}},{"@id":"#a","name":"A","url":{"@id":"#a"},` +
		`"author":{"@id":"#claim"}}]}`
	if got := summary(t, circle); len(got) < 3 || got[0] != "claim en: Carrots cure" {
		t.Error(got)
	}
	wide := strings.Repeat(`{"@id":"#wide"},`, 500) + `{"@id":"#said"}`
	got := summary(t, `{"@graph":[`+graphCheck+`,{"@id":"#claim","author":[`+wide+`]},{"@id":"#wide","author":[`+wide+`]},`+
		graphSaid+`]}`)
	if diff := cmp.Diff([]string{"fault /@graph/0"}, got); diff != "" {
		t.Error(diff)
	}
}

// with is a ClaimReview in which some fields stand for those of a plain one.
func with(fields ...string) string {
	all := map[string]string{"@type": `"ClaimReview"`, "url": `"https://d.example.org/1"`, "claimReviewed": `"It rained"`,
		"author": `{"@type":"Organization","name":"D"}`, "reviewRating": `{"alternateName":"False"}`}
	for i := 0; i < len(fields); i += 2 {
		all[fields[i]] = fields[i+1]
	}
	var members []string
	for name, value := range all {
		if value != "" {
			members = append(members, fmt.Sprintf("%q:%s", name, value))
		}
	}
	return "{" + strings.Join(members, ",") + "}"
}

// TestWhatRecordsSay: each says a thing in a way of its own, and nothing of it is dropped untold.
func TestWhatRecordsSay(t *testing.T) {
	t.Parallel()
	person, organization := `{"@type":"Person","name":%q}`, `{"@type":"Organization","name":%q}`
	writer, editor, desk, other := fmt.Sprintf(person, "Writer"), fmt.Sprintf(person, "Editor"), fmt.Sprintf(organization, "Desk"),
		fmt.Sprintf(organization, "Other")
	said := `{"@type":"Claim","author":[` + fmt.Sprintf(person, "Alpha") + `,` + fmt.Sprintf(person, "Beta") + `]}`
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"a writer and a desk": {with("author", "["+writer+","+desk+"]", "itemReviewed", said), []string{"claim und: It rained",
			"review by Desk: False", "page https://d.example.org/1 Writer", "chain Desk < Alpha", "chain Desk < Beta"}},
		"a desk and writers": {with("author", "["+desk+","+writer+","+editor+"]", "itemReviewed", said), []string{"claim und: It rained",
			"review by Desk: False", "page https://d.example.org/1 Writer, Editor", "chain Desk < Alpha", "chain Desk < Beta"}},
		"a writer and a publisher": {with("author", writer, "publisher", desk, "itemReviewed", said), []string{"claim und: It rained",
			"review by Desk: False", "page https://d.example.org/1 Writer", "chain Desk < Alpha", "chain Desk < Beta"}},
		"two desks": {with("author", "["+desk+","+other+"]"),
			[]string{"claim und: It rained", "review by Desk: False", "note /author/1 Other"}},
		"two writers": {with("author", "["+writer+","+editor+"]"),
			[]string{"claim und: It rained", "review by Writer: False", "note /author/1 Editor"}},
		"two claimants on a page": {with("itemReviewed",
			strings.Replace(said, `"author"`, `"appearance":"https://p.example.com/1","author"`, 1)),
			[]string{"claim und: It rained", "page https://p.example.com/1", "chain p.example.com < Alpha", "chain p.example.com < Beta",
				"review by D: False"}},
		"two items": {with("itemReviewed", `[{"@type":"Claim","author":"A","appearance":"https://p.example.com/1"},{"@type":"Claim",`+
			`"author":"B","datePublished":"2020-01-02"}]`), []string{"claim und: It rained", "page https://p.example.com/1",
			"chain p.example.com < A", "review by D: False", "page https://d.example.org/1", "chain D < B on 2020-01-02"}},
		"two items that are claims": {with("claimReviewed", "", "itemReviewed", `[{"@type":"Claim","name":"It rained"},{"@type":"Claim",`+
			`"name":"It snowed"}]`), []string{"claim und: It rained", "review by D: False", "claim und: It snowed", "review by D: False"}},
		"two addresses in an appearance": {with("itemReviewed", `{"appearance":["https://a.example.com/1, https://b.example.com/2"]}`),
			[]string{"claim und: It rained", "page https://a.example.com/1", "chain a.example.com", "page https://b.example.com/2",
				"chain b.example.com", "review by D: False"}},
		"addresses on lines": {with("itemReviewed",
			`{"appearance":{"@type":"NewsArticle","url":"https://a.example.com/1\nhttps://b.example.com/2"}}`),
			[]string{"claim und: It rained", "page https://a.example.com/1", "chain a.example.com", "page https://b.example.com/2",
				"chain b.example.com", "review by D: False"}},
		"addresses without a scheme": {with("itemReviewed", `{"appearance":"a-daily.com/1 و b-daily.com/2؛ www.c-daily.com"}`),
			[]string{"claim und: It rained", "page https://a-daily.com/1", "chain a-daily.com", "page https://b-daily.com/2",
				"chain b-daily.com", "page https://www.c-daily.com", "chain c-daily.com", "review by D: False"}},
		"an address of an archive": {with("itemReviewed", `{"appearance":"https://a.example.com/2020/https://b.example.com/2,3"}`),
			[]string{"claim und: It rained", "page https://a.example.com/2020/https://b.example.com/2,3", "chain a.example.com",
				"review by D: False"}},
		"two addresses of a review": {with("url", `["https://d.example.org/1","https://d.example.org/1/amp"]`, "itemReviewed",
			`{"author":"A"}`),
			[]string{"claim und: It rained", "review by D: False", "page https://d.example.org/1", "chain D < A",
				"note /url https://d.example.org/1/amp"}},
		"sameAs": {with("itemReviewed", `{"@type":"Claim","sameAs":["https://a.example.com/1","https://d.example.org/2",`+
			`"https://en.wikipedia.org/wiki/Rain","https://a.example.com/1#top"],"mainEntityOfPage":{"@type":"WebPage","name":"B",`+
			`"@id":"https://b.example.com/2"},"url":"https://d.example.org/1#claim"}`), []string{"claim und: It rained",
			"page https://a.example.com/1", "chain a.example.com", "page https://b.example.com/2", "chain b.example.com",
			"review by D: False",
			"note /itemReviewed/sameAs https://d.example.org/2", "note /itemReviewed/sameAs https://en.wikipedia.org/wiki/Rain"}},
		"texts in languages": {with("claimReviewed", `[{"@value":"أمطرت","@language":"ar"},{"@value":"It rained","@language":"en"},`+
			`{"@value":"It poured","@language":"en"}]`), []string{"claim ar: أمطرت", "claim en: It rained", "review by D: False",
			"note /claimReviewed It poured"}},
		"a context's language": {with("@context", `["https://schema.org",{"@language":"fr"}]`), []string{"claim fr: It rained",
			"review by D: False fr"}},
		"a page's language": {page("ar", with()), []string{"claim ar: It rained", "review by D: False ar"}},
		"a language as object": {with("inLanguage", `{"@type":"Language","name":"Arabic","alternateName":"ar"}`), []string{
			"claim ar: It rained", "review by D: False ar"}},
		"a language by its name": {with("inLanguage", `{"@type":"Language","name":"العربية"}`), []string{"claim ar: It rained",
			"review by D: False ar"}},
		"no language": {with("inLanguage", `"Klingonese"`), []string{"claim und: It rained", "review by D: False",
			"note /inLanguage Klingonese"}},
		"two verdicts": {with("reviewRating", `[{"alternateName":"False"},{"alternateName":"Misleading"}]`),
			[]string{"claim und: It rained",
				"review by D: False", "note /reviewRating Misleading"}},
		"two dates": {with("datePublished", `["2024-01-02","2024-01-03"]`),
			[]string{"claim und: It rained", "review by D: False  2024-01-02",
				"note /datePublished 2024-01-03"}},
		"an ambiguous date": {with("datePublished", `"1/2/2024"`), []string{"claim und: It rained", "review by D: False",
			"fault /datePublished"}},
		"a publisher and a writer of a page": {with("itemReviewed", `{"appearance":{"@type":"NewsArticle","url":"https://a.example.com/1",`+
			`"publisher":"Paper","author":[{"name":"Hand"}]}}`), []string{"claim und: It rained", "page https://a.example.com/1 Hand",
			"chain Paper", "review by D: False"}},
		"a page that an @id names within its file": {with("itemReviewed", `{"appearance":{"@id":"#a","@type":"NewsArticle","name":"A",`+
			`"publisher":"Paper"}}`), []string{"claim und: It rained", "page", "chain Paper", "review by D: False"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, summary(t, test.text)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestEssays: a verdict of 1,500 characters is kept whole, and its first words stand for it.
func TestEssays(t *testing.T) {
	t.Parallel()
	essay := strings.TrimSpace(strings.Repeat("The minister's figures are not those of the register. ", 28))
	got := read(t, with("reviewRating", fmt.Sprintf(`{"alternateName":%q,"ratingExplanation":"See above."}`, essay)),
		interchange.ClaimReview,
		interchange.TableOptions{})
	rating := got.items[2].Thing.(*headwater.Review).Rating
	if len(got.faults) > 0 || rating.Explanation != essay+"\n\nSee above." || len(rating.Label) > 130 ||
		!strings.HasPrefix(essay, strings.TrimSuffix(rating.Label, "…")) {
		t.Errorf("%v: %+v", got.faults, rating)
	}
	answer := fmt.Sprintf(`{"text":"It rained","claimReview":[{"publisher":{"name":"A"},"textualRating":%q}]}`, essay)
	rating = read(t, answer, interchange.FactCheck, interchange.TableOptions{}).items[2].Thing.(*headwater.Review).Rating
	if rating.Explanation != essay || rating.Label == "" {
		t.Errorf("%+v", rating)
	}
	brief := read(t, with("reviewRating", `{"alternateName":"False","ratingExplanation":"It did not."}`), interchange.ClaimReview,
		interchange.TableOptions{}).items[2].Thing.(*headwater.Review).Rating
	if brief.Label != "False" || brief.Explanation != "It did not." {
		t.Errorf("%+v", brief)
	}
}

// TestMicrodata of a page is read as its linked data are.
func TestMicrodata(t *testing.T) {
	t.Parallel()
	const markup = `<!DOCTYPE html><html lang="en"><body itemscope itemtype="https://schema.org/WebPage">
<div itemprop="mainEntity" itemscope itemtype="http://schema.org/ClaimReview" itemref="more">
 <a itemprop="url" href="https://d.example.org/1">link</a><h1><span itemprop="claimReviewed">It
 rained</span></h1><time itemprop="datePublished" datetime="2024-01-02">January</time>
 <div itemprop="author" itemscope itemtype="https://schema.org/Organization"><meta itemprop="name" content="D"></div>
 <div itemprop="reviewRating" itemscope itemtype="https://schema.org/Rating"><b itemprop="alternateName">False</b></div>
</div>
<div id="more"><div itemprop="itemReviewed" itemscope itemtype="https://schema.org/Claim"><span itemprop="author" itemscope><i
 itemprop="name">Alpha</i></span><link itemprop="appearance" href="https://p.example.com/1"></div></div></body></html>`
	want := []string{"claim en: It rained", "page https://p.example.com/1", "chain p.example.com < Alpha",
		"review by D: False en 2024-01-02"}
	if diff := cmp.Diff(want, summary(t, markup)); diff != "" {
		t.Error(diff)
	}
	circle := `<html><div itemscope itemtype="https://schema.org/ClaimReview" itemref="a"></div><div id="a" itemprop="author" itemscope` +
		` itemref="b"></div><div id="b" itemprop="author" itemscope itemref="a"></div></html>`
	summary(t, circle) // and comes back
}

// TestWrappedScripts: whatever programs of pages put around a script.
func TestWrappedScripts(t *testing.T) {
	t.Parallel()
	want := read(t, review, interchange.ClaimReview, interchange.TableOptions{}).lines(t)
	for _, wrap := range [][2]string{{"<!--", "-->"}, {"//<![CDATA[\n", "\n//]]>"}, {"/*<![CDATA[*/", "/*]]>*/"}, {"// <!--\n", "\n// -->"},
		{"<![CDATA[", "]]>"}, {"<!--//--><![CDATA[//><!--\n", "\n//--><!]]>"}, {"\n/* <![CDATA[ */\n[", "]\n/* ]]> */\n"}} {
		text := "<html><script type='application/ld+json'>" + wrap[0] + review + wrap[1] + "</script></html>"
		if diff := cmp.Diff(want, read(t, text, interchange.ClaimReview, interchange.TableOptions{}).lines(t)); diff != "" {
			t.Errorf("%q: %s", wrap, diff)
		}
	}
}

// TestEncodings: a page is in the encoding that it, or who sends it, says.
func TestEncodings(t *testing.T) {
	t.Parallel()
	arabic := func(text string) string {
		encoded, err := charmap.Windows1256.NewEncoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		return encoded
	}
	script := `<script type="application/ld+json">` + with("claimReviewed", `"أمطرت"`) + "</script>"
	for name, test := range map[string]struct{ text, charset string }{
		"meta":            {arabic(`<html><meta charset="windows-1256">` + script), ""},
		"http-equiv":      {arabic(`<html><meta http-equiv="Content-Type" content="text/html; charset=Windows-1256">` + script), ""},
		"XML":             {arabic(`<?xml version="1.0" encoding="windows-1256"?><html>` + script + "</html>"), ""},
		"a parameter":     {arabic(`<html>` + script), "cp1256"},
		"JSON":            {arabic(with("claimReviewed", `"أمطرت"`)), "windows-1256"},
		"a mark":          {"\uFEFF<html><meta charset='windows-1256'>" + script, "windows-1256"},
		"UTF-8":           {"<html><meta charset='utf-8'>" + script, ""},
		"nothing is said": {"<html>" + script, ""},
	} {
		got := read(t, test.text, interchange.ClaimReview, interchange.TableOptions{Charset: test.charset})
		if len(got.items) == 0 || got.items[0].Thing.(*headwater.Claim).Statement["und"] != "أمطرت" {
			t.Errorf("%s: %s", name, got.lines(t))
		}
	}
	table := read(t, arabic("name,kind\nالأفق,outlet\n"), interchange.CSV, interchange.TableOptions{Of: headwater.ResourceSource,
		Charset: "windows-1256"})
	if len(table.items) != 1 || table.items[0].Thing.(*headwater.Source).Name != "الأفق" {
		t.Error(table.lines(t))
	}
	_, err := interchange.Read(strings.NewReader(""), interchange.ClaimReview, interchange.TableOptions{Charset: "klingon"}, namespace)
	if headwater.CodeOf(err) != headwater.CodeInvalid {
		t.Errorf("an encoding that there is none of gives %v", err)
	}
}
