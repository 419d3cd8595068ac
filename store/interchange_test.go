package store_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/store"
)

// take imports a text in some format.
func take(t *testing.T, s *store.Store, format interchange.Format, table interchange.TableOptions, text string,
	keepGoing bool) store.ImportResult {
	t.Helper()
	things, err := interchange.Read(strings.NewReader(text), format, table, s.Namespace())
	if err != nil {
		t.Fatal(err)
	}
	result, err := s.Import(t.Context(), tester, things, store.ImportOptions{KeepGoing: keepGoing,
		ProposeDuplicates: format.MakesClaims(),
		ProposeReprints:   format.Holds() == interchange.HoldsDocuments})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func exportAs(t *testing.T, s *store.Store, form interchange.ExportOptions) string {
	t.Helper()
	var out bytes.Buffer
	if err := s.Export(t.Context(), &out, form); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func file(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestKeepGoingKeepsWhatIsNotAtFault(t *testing.T) {
	t.Parallel()
	s, messy := open(t), file(t, "factcheck.json")
	things, err := interchange.Read(strings.NewReader(messy), interchange.FactCheck, interchange.TableOptions{}, s.Namespace())
	if err != nil {
		t.Fatal(err)
	}
	before := export(t, s)
	if _, err := s.Import(t.Context(), tester, things, store.ImportOptions{}); headwater.CodeOf(err) != headwater.CodeInvalid {
		t.Errorf("a file with faults gives %v", err)
	}
	if after := export(t, s); after != before {
		t.Errorf("of a file with faults was kept:\n%s", after)
	}
	result := take(t, s, interchange.FactCheck, interchange.TableOptions{}, messy, true)
	if want := (store.Records{Read: 6, Kept: 3, Partly: 2, Refused: 1}); result.Records != want {
		t.Errorf("the records are %+v, want %+v", result.Records, want)
	}
	if result.Faults != 4 || len(result.Refused) != 4 {
		t.Errorf("%d faults, of which are told %v", result.Faults, result.Refused)
	}
	if again := take(
		t, s, interchange.FactCheck, interchange.TableOptions{}, messy, true); again.Changed() || again.Records != result.Records {
		t.Errorf("a second time: %+v", again)
	}
}

// TestKeepGoingSkipsLinesThatContradictOthers: what only all lines together show, over many lines and several rounds.
func TestKeepGoingSkipsLinesThatContradictOthers(t *testing.T) {
	t.Parallel()
	s := open(t)
	var table strings.Builder
	table.WriteString("key,subject,kind,object\n")
	for i := range 300 { // more than are told
		fmt.Fprintf(&table, "r%d,nobody-%d,part_of,none\n", i, i)
	}
	take(t, s, interchange.CSV, interchange.TableOptions{Of: headwater.ResourceSource}, "key,name\na,A\nb,B\nc,C\nd,D\n", false)
	table.WriteString("ab,a,part_of,b\nbc,b,part_of,c\nca,c,part_of,a\nad,a,part_of,d\n")
	result := take(t, s, interchange.CSV, interchange.TableOptions{Of: headwater.ResourceRelation}, table.String(), true)
	if want := (store.Records{Read: 304, Kept: 1, Refused: 303}); result.Records != want {
		t.Errorf("the records are %+v, want %+v", result.Records, want)
	}
	if len(result.Refused) != store.MaxFaults || result.Faults != 603 {
		t.Errorf("%d of %d faults are told", len(result.Refused), result.Faults)
	}
	things, err := interchange.Read(strings.NewReader(table.String()), interchange.CSV,
		interchange.TableOptions{Of: headwater.ResourceRelation}, s.Namespace())
	if err != nil {
		t.Fatal(err)
	}
	all, err := s.Import(t.Context(), tester, things, store.ImportOptions{KeepGoing: true, MaxFaults: 1000})
	if err != nil || len(all.Refused) != 603 || all.Faults != 603 {
		t.Errorf("%d of %d faults are told where 1000 may be: %v", len(all.Refused), all.Faults, err)
	}
	if fault := result.Refused[0]; fault.Line != 2 || fault.Value != "none" && fault.Value != "nobody-0" {
		t.Errorf("the first is %v", fault)
	}
}

// TestRowsAboutOneThing: they agree where one of them is silent, and not where both say something else.
func TestRowsAboutOneThing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		of    headwater.Resource
		table string
		read  string // the table that is read out in the end; empty where the rows are refused
	}{
		"a status that comes first": {headwater.ResourceRelation,
			"kind,subject.name,object.name,status\npart_of,A,B,retracted\npart_of,A,B,\n", ",retracted"},
		"a status that comes last": {headwater.ResourceRelation,
			"kind,subject.name,object.name,status\npart_of,A,B,\npart_of,A,B,retracted\n", ",retracted"},
		"two statuses": {headwater.ResourceRelation,
			"kind,subject.name,object.name,status\npart_of,A,B,active\npart_of,A,B,retracted\n", ""},
		"a key that comes first": {headwater.ResourceSource, identified("some-key", ""), ",some-key,"},
		"a key that comes last":  {headwater.ResourceSource, identified("", "some-key"), ",some-key,"},
		"two keys":               {headwater.ResourceSource, identified("some-key", "other-key"), ""},
		"two kinds":              {headwater.ResourceSource, "kind,name,key\noutlet,A,a\nperson,A,a\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			things, err := interchange.Read(strings.NewReader(c.table), interchange.CSV, interchange.TableOptions{Of: c.of}, s.Namespace())
			if err != nil {
				t.Fatal(err)
			}
			_, err = s.Import(t.Context(), tester, things, store.ImportOptions{})
			if refused := new(store.ImportError); errors.As(err, &refused) {
				if c.read != "" {
					t.Errorf("refused: %v", refused.Faults)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if out := exportAs(t, s, interchange.ExportOptions{Format: interchange.CSV, Of: c.of}); c.read == "" ||
				!strings.Contains(out, c.read) {
				t.Errorf("kept as\n%s\nwant %q in it", out, c.read)
			}
		})
	}
}

// identified is a table of one source with one key and then with another.
func identified(key, again string) string {
	const row = "0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d,outlet,A,%s\n"
	return "id,kind,name,key\n" + fmt.Sprintf(row, key) + fmt.Sprintf(row, again)
}

func TestTheSamePageAndClaimUnderManyNames(t *testing.T) {
	t.Parallel()
	s := open(t)
	lines := []string{
		`{"text":"أُطلقت ٧٬٠٠٠ قذيفة","claimant":"Facebook users","claimReview":[{"publisher":{"name":"A Desk","site":"www.a.example"},` +
			`"url":"https://a.example/1?utm_source=x","textualRating":"خطأ","languageCode":"ar"}]}`,
		`{"text":"اطلقت 7000 قذيفه","claimant":"facebook users","claimReview":[{"publisher":{"name":"Desk A","site":"a.example"},` +
			`"url":"http://www.a.example/1/","textualRating":"خطأ","languageCode":"ar"},{"publisher":{"name":"A Desk",` +
			`"site":"a.example"},"url":"https://a.example/1","textualRating":"False","languageCode":"en"}]}`,
		`{"text":"أُطلقت ٧٬٠٠٠ قذيفة","claimReview":[{"publisher":{"name":"A Desk","site":"a.example"},"url":"//a.example/1#top",` +
			`"textualRating":"خطأ","languageCode":"ar"},{"publisher":{"name":"B Desk"},"url":"https://b.example/1",` +
			`"textualRating":"مضلل","languageCode":"ar"}]}`,
	}
	result := take(t, s, interchange.FactCheck, interchange.TableOptions{}, strings.Join(lines, "\n"), false)
	want := map[headwater.Resource]int{headwater.ResourceClaim: 2, headwater.ResourceSource: 4, headwater.ResourceReview: 4,
		headwater.ResourceLink: 1}
	for resource, count := range want {
		if got := result.Counts[resource].Added; got != count {
			t.Errorf("%d %ss are made, want %d", got, resource, count)
		}
	}
	answer := exportAs(t, s, interchange.ExportOptions{Format: interchange.FactCheck})
	for _, wording := range []string{"أُطلقت ٧٬٠٠٠ قذيفة", "اطلقت 7000 قذيفه"} {
		if strings.Count(answer, `"text":"`+wording+`"`) != 1 {
			t.Errorf("%q does not come out once:\n%s", wording, answer)
		}
	}
}

// TestTheNewestOfTwoReviewsCounts: one page's review of one wording, told with another date, title or verdict.
func TestTheNewestOfTwoReviewsCounts(t *testing.T) {
	t.Parallel()
	review := `{"publisher":{"name":"A Desk","site":"a.example"},"url":"https://a.example/1","title":"%s","reviewDate":"%s",` +
		`"textualRating":"%s","languageCode":"en"}`
	older, newer, undated := fmt.Sprintf(review, "Older", "2024-06-01T23:00:00-05:00", "False"),
		fmt.Sprintf(review, "Newer", "2024-06-02T05:00:00Z", "Half true"), fmt.Sprintf(review, "Undated", "", "True")
	claim := func(reviews ...string) string {
		return `{"text":"It rained","claimReview":[` + strings.Join(reviews, ",") + `]}`
	}
	whole := func(claims ...string) string { return `{"claims":[` + "\n" + strings.Join(claims, ",\n") + `]}` }
	for name, test := range map[string]struct {
		text    string
		records store.Records
		told    []string
	}{
		"in records": {whole(claim(older), claim(newer), claim(undated)), store.Records{Read: 3, Kept: 1, Partly: 2}, []string{
			"line 1: /claims/0/claimReview/0: duplicate: expected what record 2 tells of the same review /claims/1/claimReview/0; what " +
				"was published last counts, or else what came first",
			"line 3: /claims/2/claimReview/0: duplicate: expected what record 2 tells of the same review /claims/1/claimReview/0; what " +
				"was published last counts, or else what came first"}},
		"in lines": {claim(older) + "\n" + claim(newer), store.Records{Read: 2, Kept: 1, Partly: 1}, []string{
			"line 1: /claimReview/0: duplicate: expected what line 2 tells of the same review /claimReview/0; what was published last " +
				"counts, or else what came first"}},
		"in one record": {claim(newer, older), store.Records{Read: 1, Partly: 1}, []string{
			"line 1: /claimReview/1: duplicate: expected what record 1 tells of the same review /claimReview/0; what was published last " +
				"counts, or else what came first"}},
		"in the same words": {whole(claim(newer, newer), claim(newer)), store.Records{Read: 2, Kept: 2}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			result := take(t, s, interchange.FactCheck, interchange.TableOptions{}, test.text, true)
			if result.Records != test.records || result.Faults != len(test.told) {
				t.Errorf("the records are %+v with %d faults", result.Records, result.Faults)
			}
			var told []string
			for _, fault := range result.Refused {
				told = append(told, fault.Error())
			}
			if diff := cmp.Diff(test.told, told); diff != "" {
				t.Error(diff)
			}
			if answer := exportAs(t, s, interchange.ExportOptions{Format: interchange.FactCheck}); !strings.Contains(answer,
				"Half true") || strings.Count(answer, "textualRating") != 1 {
				t.Errorf("what is kept is\n%s", answer)
			}
		})
	}
}

func TestImportsOfOthersAddToWhatIsThere(t *testing.T) {
	t.Parallel()
	s := open(t)
	line := `{"text":"It rained","claimant":"Weather Office","claimReview":[{"publisher":{"name":"A Desk","site":"a.example"},` +
		`"url":"https://a.example/1","textualRating":"%s","languageCode":"en"}]}`
	take(t, s, interchange.FactCheck, interchange.TableOptions{}, fmt.Sprintf(line, "False"), false)
	page, err := s.Sources(t.Context(), store.SourceFilter{Common: store.Common{Key: "domain:a.example/a·desk/"}}, store.Paging{Limit: 1})
	if err != nil || len(page.Items) != 1 {
		t.Fatal(page, err)
	}
	desk := page.Items[0].Source
	desk.Reliability, desk.Country = "B", "EG"
	if _, err := s.UpdateSource(t.Context(), tester, desk.ID, desk.Version, desk.SourceFields); err != nil {
		t.Fatal(err)
	}
	result := take(t, s, interchange.FactCheck, interchange.TableOptions{}, fmt.Sprintf(line, "True"), false)
	if diff := cmp.Diff(store.Count{Unchanged: 2}, result.Counts[headwater.ResourceSource]); diff != "" {
		t.Errorf("sources that are only named: %s", diff)
	}
	if diff := cmp.Diff(store.Count{Changed: 1}, result.Counts[headwater.ResourceReview]); diff != "" {
		t.Errorf("a verdict that was changed: %s", diff)
	}
}

func TestDuplicatesAreProposedAsEquivalent(t *testing.T) {
	t.Parallel()
	s := open(t)
	check := func(text string) string {
		return fmt.Sprintf(`{"text":%q,"claimReview":[{"publisher":{"name":"A Desk"},"textualRating":"False",`+
			`"languageCode":"en"}]}`+"\n", text)
	}
	near := "The grain terminal at Tamarisk had stood empty for many long weeks before the big explosion"
	take(t, s, interchange.FactCheck, interchange.TableOptions{}, check(near), false)
	file := check(near+" there") + check("The grain terminal at Tamarisk had stood empty for many long weeks before the explosion") +
		check("The grain terminal at Tamarisk had not stood empty for many long weeks before the big explosion") +
		check("Something else altogether")
	result := take(t, s, interchange.FactCheck, interchange.TableOptions{}, file, false)
	if got := result.Counts[headwater.ResourceLink].Added; got != 2 {
		t.Errorf("%d links are proposed, want one to each of the two that are near", got)
	}
	links, err := s.Links(t.Context(), store.LinkFilter{}, store.Paging{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range links.Items {
		if link.Kind != headwater.Equivalent || link.Status != headwater.Proposed || link.Method == nil || link.Rationale == "" {
			t.Errorf("%+v is not a proposal that says why", link)
		}
		if _, err := s.DecideLink(t.Context(), tester, link.ID, 0, false); err != nil {
			t.Fatal(err)
		}
	}
	again := take(t, s, interchange.FactCheck, interchange.TableOptions{}, file, false)
	if count := again.Counts[headwater.ResourceLink]; count.Added+count.Changed > 0 {
		t.Errorf("what was rejected is proposed again: %+v", count)
	}
}

// TestDuplicatesAmongManyThatDifferInANumber: none of those is another, and those that are near are found among them.
func TestDuplicatesAmongManyThatDifferInANumber(t *testing.T) {
	t.Parallel()
	s := open(t)
	var file strings.Builder
	check := func(text string) {
		fmt.Fprintf(&file, `{"text":%q,"claimReview":[{"publisher":{"name":"A Desk"},"textualRating":"False",`+
			`"languageCode":"en"}]}`+"\n", text)
	}
	for i := range 300 {
		check(fmt.Sprintf("The old tower of %d lamps beside the harbour was closed after the great storm of last winter", 100+i))
	}
	const near = 5
	for i := range near {
		check(fmt.Sprintf("The old tower of %d lamps beside the harbour was unceremoniously closed after the great storm of last "+
			"winter", 200+i))
	}
	if got := take(t, s, interchange.FactCheck, interchange.TableOptions{}, file.String(),
		false).Counts[headwater.ResourceLink].Added; got != near {
		t.Errorf("%d links are proposed, want %d", got, near)
	}
}

// TestDuplicatesAmongManyWithoutANumber: those that are near are found among more than are compared with each other one by one.
func TestDuplicatesAmongManyWithoutANumber(t *testing.T) {
	t.Parallel()
	check := func(text string) string {
		return fmt.Sprintf(`{"text":%q,"claimReview":[{"publisher":{"name":"A Desk"},"textualRating":"False","languageCode":"en"}]}`+"\n",
			text)
	}
	for _, others := range []int{10, 100} {
		file := check("The grain terminal at Tamarisk had stood empty for many long weeks before the explosion") +
			check("The grain terminal at Tamarisk had stood empty for many long weeks before the big explosion")
		for i := range others {
			word := string([]rune{rune('a' + i/10), rune('k' + i%10)})
			file += check(strings.Repeat(word, 2) + " told " + strings.Repeat(word, 3) + " of " + strings.Repeat(word, 4))
		}
		result := take(t, open(t), interchange.FactCheck, interchange.TableOptions{}, file, false)
		if got := result.Counts[headwater.ResourceLink].Added; got != 1 {
			t.Errorf("among %d others %d links are proposed, want one", others, got)
		}
	}
}

// TestRoundTrips: what a format can carry, it carries into an empty store and out again.
func TestRoundTrips(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		format interchange.Format
		of     headwater.Resource
		file   string
		read   interchange.Format
	}{
		"claimreview":                {interchange.ClaimReview, "", "claimreview.html", interchange.ClaimReview},
		"factcheck":                  {interchange.FactCheck, "", "factcheck.json", interchange.FactCheck},
		"claimreview from factcheck": {interchange.ClaimReview, "", "factcheck.json", interchange.FactCheck},
		"sources":                    {interchange.CSV, headwater.ResourceSource, "demo.ndjson", interchange.Bundle},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			from, to := open(t), open(t)
			take(t, from, test.read, interchange.TableOptions{}, file(t, test.file), test.read.Holds() == interchange.HoldsReviews)
			form := interchange.ExportOptions{Format: test.format, Of: test.of}
			first := exportAs(t, from, form)
			take(t, to, test.format, interchange.TableOptions{Of: test.of}, first, false)
			if diff := cmp.Diff(untimed(first), untimed(exportAs(t, to, form))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestSafeCells: no cell of a table begins as a formula does, and who reads the table as it was written has what was stored.
func TestSafeCells(t *testing.T) {
	t.Parallel()
	from, to := open(t), open(t)
	lines := `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://headwater.example/local"}` + "\n"
	for i, name := range []string{"=HYPERLINK(\"https://evil.example\")", "+1 555", "-", "@handle", "'=1", "''=1", "'quoted'", "plain",
		"＝1", "=1; a", "'"} {
		lines += fmt.Sprintf(`{"type":"source","key":"s%d","kind":"other","name":%q,"aliases":["=a",%[2]q],"notes":"@SUM(1)\tx"}`, i,
			name) + "\n"
	}
	if _, err := importText(t, from, lines); err != nil {
		t.Fatal(err)
	}
	plain := interchange.ExportOptions{Format: interchange.CSV, Of: headwater.ResourceSource}
	safe := plain
	safe.SafeCells = true
	table := exportAs(t, from, safe)
	rows, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, cell := range slices.Concat(rows...) {
		if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r\n") || strings.HasPrefix(cell, "＝") {
			t.Errorf("a spreadsheet takes %q for a formula", cell)
		}
	}
	take(t, to, interchange.CSV, interchange.TableOptions{Of: headwater.ResourceSource, SafeCells: true}, table, false)
	if diff := cmp.Diff(untimed(exportAs(t, from, plain)), untimed(exportAs(t, to, plain))); diff != "" {
		t.Error(diff)
	}
}

// untimed leaves out of a table's rows when they were written.
func untimed(text string) string {
	rows := strings.Split(text, "\n")
	for i, row := range rows {
		if cells := strings.Split(row, ","); len(cells) > 6 && uuid.Validate(cells[0]) == nil {
			rows[i] = strings.Join(append(cells[:4:4], cells[6:]...), ",")
		}
	}
	return strings.Join(rows, "\n")
}

func TestTables(t *testing.T) {
	t.Parallel()
	s := open(t)
	if _, err := importText(t, s, file(t, "demo.ndjson")); err != nil {
		t.Fatal(err)
	}
	counts := map[headwater.Resource]int{headwater.ResourceSource: 44, headwater.ResourceRelation: 22, headwater.ResourceClaim: 26,
		headwater.ResourceLink: 19, headwater.ResourceAttribution: 62}
	for resource, count := range counts {
		plain := exportAs(t, s, interchange.ExportOptions{Format: interchange.CSV, Of: resource})
		if got := strings.Count(plain, "\r\n") - 1; got != count {
			t.Errorf("the table of %ss has %d rows, want %d", resource, got, count)
		}
		if marked := exportAs(t, s, interchange.ExportOptions{Format: interchange.CSV, Of: resource, BOM: true}); marked != "\uFEFF"+plain {
			t.Errorf("the table of %ss with a byte order mark is another", resource)
		}
	}
	attributions := exportAs(t, s, interchange.ExportOptions{Format: interchange.CSV, Of: headwater.ResourceAttribution})
	if head, _, _ := strings.Cut(attributions, "\r\n"); !strings.HasSuffix(head,
		"hop.1,hop.2,hop.3,hop.4,hop.5,hop.1.source,hop.2.source,hop.3.source,hop.4.source,hop.5.source") {
		t.Errorf("the columns are %s", head)
	}
	if !strings.Contains(attributions, ",Saltmarsh Courier,يوميات الرصيف,Oxbow Wire,Zahir Anbari,Dockers' Union of Qasr al-Milh,") {
		t.Error("the chain of five hops is not there")
	}
}

func TestExportOptionsThatAreNotValid(t *testing.T) {
	t.Parallel()
	s := open(t)
	for name, form := range map[string]interchange.ExportOptions{
		"no such format":        {Format: "xml"},
		"a table of nothing":    {Format: interchange.CSV},
		"a table of documents":  {Format: interchange.CSV, Of: headwater.ResourceDocument},
		"a bundle of sources":   {Format: interchange.Bundle, Of: headwater.ResourceSource},
		"a marked bundle":       {BOM: true},
		"a bundle of cells":     {SafeCells: true},
		"a bundle of one claim": {Claims: []uuid.UUID{headwater.NewID()}},
	} {
		var out bytes.Buffer
		if err := s.Export(t.Context(), &out, form); headwater.CodeOf(err) != headwater.CodeInvalid || out.Len() > 0 {
			t.Errorf("%s gives %v and %q", name, err, out.String())
		}
	}
}

// TestOutletsUnderOneControllerAreDependent: a table of 1,156 outlets and who controls them, every pair of which under one
// controller is one voice in a report.
func TestOutletsUnderOneControllerAreDependent(t *testing.T) {
	t.Parallel()
	s := open(t)
	const outlets, controllers = 1156, 37
	table := "Outlet;Controller;Since\n"
	for i := range outlets {
		table += fmt.Sprintf("Outlet %d;Ministry %d;19%02d\n", i, i%controllers, i%100)
	}
	result := take(t, s, interchange.CSV, interchange.TableOptions{
		Of: headwater.ResourceRelation, Columns: map[string]string{"subject.name": "Outlet", "object.name": "Controller", "since": "Since"},
		Values: map[string]string{"kind": "controlled_by", "subject.kind": "outlet", "object.kind": "government"},
	}, table, false)
	if got := result.Counts[headwater.ResourceSource].Added; got != outlets+controllers {
		t.Fatalf("%d sources", got)
	}
	var told strings.Builder
	fmt.Fprintf(&told, `{"type":"bundle","format":"headwater-bundle/1","namespace":%q}`+"\n"+`{"type":"claim","key":"c",`+
		`"statement":{"en":"It rained"}}`+"\n", s.Namespace())
	for i := range outlets {
		fmt.Fprintf(&told, `{"type":"document","key":"d%[1]d","publisher":"named:outlet·%[1]d/media/","kind":"article",`+
			`"published":{"earliest":"2025-01-01","latest":"2025-01-01"}}
{"type":"attribution","claim":"c","document":"d%[1]d","stance":"affirms","chain":[{"source":"named:outlet·%[1]d/media/"}]}
`, i)
	}
	if _, err := s.Import(t.Context(), tester, bundle.NewReader(strings.NewReader(told.String())), store.ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	claim := headwater.NamespaceOf(s.Namespace()).ID(headwater.ResourceClaim, "c")
	facts, err := s.Facts(t.Context(), []uuid.UUID{claim}, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	report, err := provenance.New(facts.Facts).Report(t.Context(), claim, provenance.Question{})
	if err != nil {
		t.Fatal(err)
	}
	if got := report.Affirming.IndependentOrigins; got.Min != controllers || got.Max != controllers || !got.Exact {
		t.Errorf("%d outlets under %d controllers are %+v independent origins", outlets, controllers, got)
	}
}
