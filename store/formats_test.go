package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/store"
)

// ownershipEdition is an edition of a file in which one owner has two outlets; until says when it sold the second.
func ownershipEdition(share, until string) string {
	return fmt.Sprintf(`{"id": "herald", "schema": "Company", "properties": {"name": ["Herald Ltd"], "website": ["herald.example"]}}
{"id": "post", "schema": "Company", "properties": {"name": ["Post Ltd"], "website": ["https://post.example/"]}}
{"id": "owner", "schema": "Company", "properties": {"name": ["Harbour Holding"]}}
{"id": "own-1", "schema": "Ownership", "properties": {"owner": ["owner"], "asset": ["herald"], "percentage": ["100"]}}
{"id": "own-2", "schema": "Ownership", "properties": {"owner": ["owner"], "asset": ["post"], "percentage": [%q], "endDate": [%q]}}
`, share, until)
}

// TestTwoEditionsOfOwnership: two outlets report the same. While one owner has more than half of both they are one origin; a newer file
// changes shares and ends, and nothing else: not what people said, nor what they mended.
func TestTwoEditionsOfOwnership(t *testing.T) {
	t.Parallel()
	s := open(t)
	must(importText(t, s, `{"type":"bundle","format":"headwater-bundle/1","namespace":"`+changing+`"}
{"type":"source","key":"herald","kind":"outlet","name":"The Herald","domains":["herald.example"]}
{"type":"source","key":"post","kind":"outlet","name":"The Post","domains":["post.example"]}
{"type":"source","key":"club","kind":"organization","name":"Press Club"}
{"type":"relation","key":"member","subject":"post","kind":"member_of","object":"club","citation":"said by hand"}
{"type":"document","key":"h","kind":"article","publisher":"herald","published":{"earliest":"2024-06-01","latest":"2024-06-01"}}
{"type":"document","key":"p","kind":"article","publisher":"post","published":{"earliest":"2024-06-02","latest":"2024-06-02"}}
{"type":"claim","key":"c","statement":{"en":"The bridge is closed."}}
{"type":"attribution","key":"ah","claim":"c","document":"h","stance":"affirms","chain":[{"source":"herald"}]}
{"type":"attribution","key":"ap","claim":"c","document":"p","stance":"affirms","chain":[{"source":"post"}]}
`))(t)
	claim := headwater.NamespaceOf(changing).ID(headwater.ResourceClaim, "c")
	expect := func(what string, want int) {
		t.Helper()
		facts := must(s.Facts(t.Context(), []uuid.UUID{claim}, nil, false))(t)
		report := must(provenance.New(facts.Facts).Report(t.Context(), claim, provenance.Question{}))(t)
		if got := report.Figures().IndependentOrigins; got.Min != want || got.Max != want {
			t.Errorf("%s: %d to %d independent origins, want %d", what, got.Min, got.Max, want)
		}
	}
	own := func(key string) uuid.UUID {
		return headwater.NamespaceOf(s.Namespace()).ID(headwater.ResourceSource, "ftm:"+key)
	}
	edition := func(share, until string) {
		t.Helper()
		result := take(t, s, interchange.FollowTheMoney, interchange.TableOptions{}, ownershipEdition(share, until), false)
		if len(result.Assumed.List) > 0 {
			t.Errorf("assumed: %v", result.Assumed.List)
		}
	}
	expect("nobody says who owns them", 2)
	edition("60", "")
	expect("nobody says that the companies are the outlets", 2)
	for _, outlet := range []string{"herald", "post"} {
		into := headwater.NamespaceOf(changing).ID(headwater.ResourceSource, outlet)
		must(s.MergeSource(t.Context(), tester, own(outlet), 0, into))(t)
	}
	expect("one owner has both", 1)
	mended := must(s.Source(t.Context(), own("owner")))(t).SourceFields
	mended.Reliability = "D"
	must(s.UpdateSource(t.Context(), tester, own("owner"), 0, mended))(t)

	edition("40", "")
	expect("it has less than half of the second", 2)
	edition("60", "2024-05-31")
	expect("it sold the second on the day before", 2)
	edition("60", "2024-06-30")
	expect("it sold the second later", 1)
	if got := must(s.Source(t.Context(), own("owner")))(t); got.Reliability != "D" {
		t.Errorf("the owner's grade is %s after another edition", got.Reliability)
	}
	member := must(s.Relation(t.Context(), headwater.NamespaceOf(changing).ID(headwater.ResourceRelation, "member")))(t)
	if member.Status != headwater.RecordActive || member.Citation != "said by hand" {
		t.Errorf("what others say is %+v", member)
	}
	before := exportAs(t, s, interchange.ExportOptions{})
	edition("60", "2024-06-30")
	if exportAs(t, s, interchange.ExportOptions{}) != before {
		t.Error("the same edition again changes something")
	}
}

// TestFeedsAndPagesOfOneSite: who publishes a feed is who publishes the saved pages of its site, whichever comes first: by the domain and
// the name, or where one of them has no name. Where both have names, and other ones, a match is to decide.
func TestFeedsAndPagesOfOneSite(t *testing.T) {
	t.Parallel()
	const (
		text = "<p>The harbour office said that the third berth will stay closed until the cranes are mended, and nobody else did.</p>"
		page = `<html><head><title>T</title><link rel="canonical" href="https://bay.example/1">%s</head><body>` + text + text +
			"</body></html>"
		feed = `<rss version="2.0"><channel><title>%s</title><link>https://www.bay.example/</link><item><title>Two</title>` +
			`<link>https://bay.example/2</link></item></channel></rss>`
	)
	for name, test := range map[string]struct {
		feed, page string
		called     []string
		matches    int
	}{
		"one name":              {"Bay Herald", `<meta property="og:site_name" content="Bay Herald">`, []string{"Bay Herald"}, 0},
		"a page without a name": {"Bay Herald", "", []string{"Bay Herald"}, 0},
		"a feed without a name": {"", `<meta property="og:site_name" content="Bay Herald">`, []string{"Bay Herald"}, 0},
		"two names": {"Bay Herald - World", `<meta property="og:site_name" content="Bay Herald">`,
			[]string{"Bay Herald", "Bay Herald - World"}, 1},
	} {
		for _, feedFirst := range []bool{true, false} {
			s := open(t)
			read := func(isFeed bool) store.ImportResult {
				if isFeed {
					return take(t, s, interchange.RSS, interchange.TableOptions{}, fmt.Sprintf(feed, test.feed), true)
				}
				return take(t, s, interchange.HTML, interchange.TableOptions{}, fmt.Sprintf(page, test.page), true)
			}
			matches := read(feedFirst).Counts[headwater.ResourceMatch].Added + read(!feedFirst).Counts[headwater.ResourceMatch].Added
			var called []string
			for _, source := range must(s.Sources(t.Context(), store.SourceFilter{}, store.Paging{Limit: 10}))(t).Items {
				called = append(called, source.Name)
			}
			slices.Sort(called)
			if diff := cmp.Diff(test.called, called); diff != "" || matches != test.matches {
				t.Errorf("%s, feed first %t: %d matches, sources (-want +got):\n%s", name, feedFirst, matches, diff)
			}
		}
	}
}

// TestEndsThatAreNotThere: of what ties two, an end that neither the file nor the store has is named as the file has it, where it stands.
func TestEndsThatAreNotThere(t *testing.T) {
	t.Parallel()
	const bods = `{"statementID": "s%d", "statementType": "ownershipOrControlStatement", "subject": ` +
		`{"describedByEntityStatement": %q}, "interestedParty": {"describedByEntityStatement": %q}, ` +
		`"interests": [{"type": %q}]}` + "\n"
	for _, test := range []struct {
		format interchange.Format
		text   string
		want   []string
	}{
		{interchange.FollowTheMoney, `{"id": "a", "schema": "Company", "properties": {"name": ["A"]}}
{"id": "o1", "schema": "Ownership", "properties": {"owner": ["ghost"], "asset": ["a"]}}
{"id": "o2", "schema": "Ownership", "properties": {"owner": ["a"], "asset": ["ghost 2"]}}
{"id": "o3", "schema": "Directorship", "properties": {"director": ["x"], "organization": ["y"]}}
`, []string{`line 2: /properties/owner: "ghost"`, `line 3: /properties/asset: "ghost 2"`, `line 4: /properties/director: "x"`,
			`line 4: /properties/organization: "y"`}},
		{interchange.BODS, `{"statementID": "a", "statementType": "entityStatement", "entityType": "registeredEntity", "name": "A"}` +
			"\n" + fmt.Sprintf(bods, 1, "a", "ghost", "shareholding") + fmt.Sprintf(bods, 2, "board", "a", "board-member"),
			[]string{`line 2: /interestedParty: "ghost"`, `line 3: /subject: "board"`}},
	} {
		var got []string
		for _, fault := range take(t, open(t), test.format, interchange.TableOptions{}, test.text, true).Refused {
			got = append(got, fmt.Sprintf("line %d: %s: %q", fault.Line, fault.Pointer, fault.Value))
			if fault.Code != headwater.FaultUnknownReference {
				t.Errorf("%s: %v", test.format, fault)
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.format, diff)
		}
	}
}

// TestSamplesAreStored: what the samples of formats that are only read say is stored, with its ends, and what is at fault is not.
func TestSamplesAreStored(t *testing.T) {
	t.Parallel()
	domain := interchange.TableOptions{Values: map[string]string{"domains": "bay.example"}}
	for name, test := range map[string]struct {
		format                        interchange.Format
		table                         interchange.TableOptions
		sources, relations, documents int
		claims, attributions          int
	}{
		"ownership-0.2.bods.json":     {format: interchange.BODS, sources: 3, relations: 3},
		"ownership-0.4.bods.ndjson":   {format: interchange.BODS, sources: 2, relations: 2},
		"ownership.ftm.ndjson":        {format: interchange.FollowTheMoney, sources: 5, relations: 4},
		"trust.txt":                   {format: interchange.TrustText, table: domain, sources: 5, relations: 4},
		"article.html":                {format: interchange.HTML, sources: 1, documents: 1},
		"captures.warc":               {format: interchange.WARC, sources: 3, documents: 3},
		"news.rss.xml":                {format: interchange.RSS, sources: 2, documents: 4},
		"news.atom.xml":               {format: interchange.RSS, sources: 2, documents: 2},
		"annotations.w3c.json":        {format: interchange.WebAnnotation, sources: 3, documents: 3, claims: 3, attributions: 4},
		"annotations.hypothesis.json": {format: interchange.WebAnnotation, sources: 1, documents: 1, claims: 2, attributions: 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			result := take(t, s, test.format, test.table, file(t, name), true)
			for resource, want := range map[headwater.Resource]int{headwater.ResourceSource: test.sources,
				headwater.ResourceRelation: test.relations, headwater.ResourceDocument: test.documents,
				headwater.ResourceClaim: test.claims, headwater.ResourceAttribution: test.attributions} {
				if got := result.Counts[resource].Added; got != want {
					t.Errorf("%d %s are added, want %d", got, resource.Plural(), want)
				}
			}
			if again := take(t, s, test.format, test.table, file(t, name), true); again.Changed() {
				t.Errorf("read again, it changes %v", again.Counts)
			}
		})
	}
}

// TestAnnotationsOfStoredPages: what an annotation quotes is looked for in the page that has its address, whoever published it, and counts
// for nothing until somebody accepts it. A quote that does not stand there is refused, and so is one that stands there twice.
func TestAnnotationsOfStoredPages(t *testing.T) {
	t.Parallel()
	s := open(t)
	take(t, s, interchange.Bundle, interchange.TableOptions{},
		`{"type":"bundle","format":"headwater-bundle/1","namespace":"https://pages.example"}
{"type":"source","key":"bay","kind":"outlet","name":"Bay Herald"}
{"type":"document","key":"seven","publisher":"bay","kind":"article","url":"https://www.bay.example/news/7/","text":"🚢 الميناء: `+
			`the third berth will stay closed. The harbour office said so. It will stay, it will."}
`, false)
	annotation := func(id, exact, prefix string) string {
		return fmt.Sprintf(`{"id":%q,"type":"Annotation","bodyValue":"The third berth stays closed.","target":{`+
			`"source":"http://bay.example/news/7#top","selector":[{"type":"TextQuoteSelector","exact":%q,"prefix":%q},`+
			`{"type":"TextPositionSelector","start":400,"end":%d}]}}`,
			id, exact, prefix, 400+len(exact))
	}
	file := annotation("n:1", "will stay closed", "") + "\n" + annotation("n:2", "it will", "stay, ") + "\n" +
		annotation("n:3", "will", "") +
		"\n" + annotation("n:4", "sank", "")
	result := take(t, s, interchange.WebAnnotation, interchange.TableOptions{}, file, true)
	if result.Records.Kept != 2 || result.Faults != 2 || result.Noted != 0 || result.Counts[headwater.ResourceDocument].Added != 0 ||
		result.Counts[headwater.ResourceSource].Added != 0 {
		t.Fatalf("kept %+v, with %v and %v", result.Records, result.Refused, result.Notes)
	}
	for i, want := range []string{"line 3: /content: quote_mismatch", "line 4: /content: quote_mismatch"} {
		if got := result.Refused[i].Error(); !strings.HasPrefix(got, want) {
			t.Errorf("fault %d is %s, want one at %s", i, got, want)
		}
	}
	out := exportAs(t, s, interchange.ExportOptions{})
	for _, want := range []string{`"content":{"start":27,"end":43,"exact":"will stay closed"}`,
		`"content":{"start":87,"end":94,"exact":"it will","prefix":"stay, "}`, `"status":"proposed"`} {
		if !strings.Contains(out, want) {
			t.Errorf("%s is not in %s", want, out)
		}
	}
	if again := take(t, s, interchange.WebAnnotation, interchange.TableOptions{}, file, true); again.Changed() {
		t.Errorf("read again, it changes %v", again.Counts)
	}
}

// TestAnnotationsThatWereWritten: what an export has of attributions comes in again with all that they name: where the documents are
// stored, in the same bytes, and where no text is, with the quotes as notes. In the store that they come from, they change nothing.
func TestAnnotationsThatWereWritten(t *testing.T) {
	t.Parallel()
	from, withTexts, empty := open(t), open(t), open(t)
	must(importText(t, from, file(t, "demo.ndjson")))(t)
	claims := must(from.Claims(t.Context(), store.ClaimFilter{}, store.Paging{Limit: 3}))(t).Items
	must(from.MergeClaim(t.Context(), tester, claims[0].ID, 0, claims[1].ID))(t)
	must(from.MergeClaim(t.Context(), tester, claims[1].ID, 0, claims[2].ID))(t)
	sources := must(from.Sources(t.Context(), store.SourceFilter{}, store.Paging{Limit: 2}))(t).Items
	must(from.MergeSource(t.Context(), tester, sources[0].ID, 0, sources[1].ID))(t)
	attributions := must(from.Attributions(t.Context(), store.AttributionFilter{}, store.Paging{Limit: 2}))(t).Items
	must(from.DecideAttribution(t.Context(), tester, attributions[0].ID, 0, false))(t)
	form := interchange.ExportOptions{Format: interchange.WebAnnotation}
	written := exportAs(t, from, form)
	all := strings.Count(exportAs(t, from, interchange.ExportOptions{}), `{"type":"attribution"`)
	if got := strings.Count(written, `"type":"Annotation"`); got != all || all == 0 {
		t.Errorf("%d annotations are written of %d attributions", got, all)
	}
	if again := take(t, from, interchange.WebAnnotation, interchange.TableOptions{}, written, false); again.Changed() || again.Noted > 0 {
		t.Errorf("read where it comes from, it changes %v, with %v", again.Counts, again.Notes)
	}
	var documents strings.Builder
	for line := range strings.Lines(exportAs(t, from, interchange.ExportOptions{})) {
		if strings.HasPrefix(line, `{"type":"bundle"`) || strings.HasPrefix(line, `{"type":"source"`) ||
			strings.HasPrefix(line, `{"type":"document"`) {
			documents.WriteString(line)
		}
	}
	must(importText(t, withTexts, documents.String()))(t)
	take(t, withTexts, interchange.WebAnnotation, interchange.TableOptions{}, written, false)
	if diff := cmp.Diff(written, exportAs(t, withTexts, form)); diff != "" {
		t.Error(diff)
	}
	result := take(t, empty, interchange.WebAnnotation, interchange.TableOptions{}, written, false)
	if got := result.Counts[headwater.ResourceAttribution].Added; got != all || result.Noted == 0 {
		t.Errorf("into an empty store come %d attributions, with %d notes", got, result.Noted)
	}
	quoteless := exportAs(t, empty, form)
	if strings.Contains(quoteless, "TextQuoteSelector") || !strings.Contains(quoteless, `"note":"“`) {
		t.Errorf("without texts, quotes are no notes:\n%s", quoteless)
	}
	third := open(t)
	take(t, third, interchange.WebAnnotation, interchange.TableOptions{}, quoteless, false)
	if diff := cmp.Diff(quoteless, exportAs(t, third, form)); diff != "" {
		t.Error(diff)
	}
}

// TestNotesOnStoredPages: a note on a whole page quotes nothing of its text, so that it is a claim alone.
func TestNotesOnStoredPages(t *testing.T) {
	t.Parallel()
	s := open(t)
	take(t, s, interchange.Bundle, interchange.TableOptions{},
		`{"type":"bundle","format":"headwater-bundle/1","namespace":"https://pages.example"}
{"type":"source","key":"bay","kind":"outlet","name":"Bay Herald"}
{"type":"document","key":"seven","publisher":"bay","kind":"article","url":"https://bay.example/7","text":"The berth is closed."}
`, false)
	result := take(t, s, interchange.WebAnnotation, interchange.TableOptions{}, `{"rows": [{"id": "n", "uri": "https://bay.example/7", `+
		`"text": "The berth was open.", "target": [{"source": "https://bay.example/7"}]}]}`, true)
	if result.Faults != 0 || result.Noted != 1 || result.Counts[headwater.ResourceClaim].Added != 1 ||
		result.Counts[headwater.ResourceAttribution].Added != 0 {
		t.Errorf("kept %+v, with %v and %v", result.Counts, result.Refused, result.Notes)
	}
}
