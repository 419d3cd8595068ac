package interchange_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"golang.org/x/text/encoding/unicode"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/interchange"
)

var update = flag.Bool("update", false, "write the golden files anew")

const namespace = "https://headwater.example/test"

// told is what a file was read as.
type told struct {
	items  []bundle.Item
	faults bundle.LineFaults
	notes  []bundle.Note
}

func read(t testing.TB, text string, format interchange.Format, table interchange.TableOptions) told {
	t.Helper()
	things, err := interchange.Read(strings.NewReader(text), format, table, namespace)
	if err != nil {
		t.Fatal(err)
	}
	return items(t, things)
}

// items reads what a reader gives.
func items(t testing.TB, things interchange.Things) told {
	t.Helper()
	var out told
	for item, err := range things.Items() {
		var faults bundle.LineFaults
		switch {
		case errors.As(err, &faults):
			out.faults = append(out.faults, faults...)
		case err != nil:
			t.Fatal(err)
		default:
			out.notes = append(out.notes, item.Notes...)
			if item.Thing != nil {
				out.items = append(out.items, item)
			}
		}
	}
	return out
}

// lines are the things as a bundle has them, each once, the faults and the notes.
func (o told) lines(t testing.TB) string {
	t.Helper()
	var out bytes.Buffer
	w, err := bundle.NewWriter(&out, namespace)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, item := range o.items {
		if known[item.Meta.ID.String()] {
			continue
		}
		known[item.Meta.ID.String()] = true
		if err := w.Write(valueOf(item.Thing)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, fault := range o.faults {
		fmt.Fprintln(&out, fault.Error())
	}
	for _, note := range o.notes {
		fmt.Fprintf(&out, "line %d: note: %s\n", note.Line, note)
	}
	return out.String()
}

func valueOf(thing any) any {
	switch thing := thing.(type) {
	case *headwater.Source:
		return *thing
	case *headwater.Relation:
		return *thing
	case *headwater.Document:
		return *thing
	case *headwater.Claim:
		return *thing
	case *headwater.Attribution:
		return *thing
	case *headwater.Review:
		return *thing
	}
	return thing
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s is not what was read; if it should be, run: go test ./interchange -update\n%s", path, diff)
	}
}

var owners = interchange.TableOptions{
	Of: headwater.ResourceRelation,
	Columns: map[string]string{"subject.name": "Outlet", "subject.country": "Country", "subject.domains": "Site", "object.name": "Owner",
		"since": "From", "until": "To", "share": "Share"},
	Values: map[string]string{"kind": "owned_by", "subject.kind": "outlet"},
	Days:   "dmy",
}

func TestWhatIsRead(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		file   string
		format interchange.Format
		table  interchange.TableOptions
	}{
		"factcheck":   {"factcheck.json", interchange.FactCheck, interchange.TableOptions{}},
		"claimreview": {"claimreview.html", interchange.ClaimReview, interchange.TableOptions{}},
		"owners":      {"owners.csv", interchange.CSV, owners},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(filepath.Join("..", "testdata", test.file))
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name+".golden", read(t, string(text), test.format, test.table).lines(t))
		})
	}
}

// review is a ClaimReview of one line.
const review = `{"@type":"ClaimReview","url":"https://a.example/1","author":{"name":"A Desk"},"claimReviewed":"It ` +
	`rained","reviewRating":{"alternateName":"True"}}`

func TestTheSameHoweverItIsWrapped(t *testing.T) {
	t.Parallel()
	want := read(t, review, interchange.ClaimReview, interchange.TableOptions{})
	if len(want.items) != 3 || len(want.faults) != 0 {
		t.Fatalf("a ClaimReview gives %d things and %v", len(want.items), want.faults)
	}
	for name, text := range map[string]string{
		"a list":               "[" + review + "]",
		"a feed":               `{"@type":"DataFeed","dataFeedElement":[{"@type":"DataFeedItem","item":[` + review + `]}]}`,
		"a feed of one":        `{"@type":"DataFeed","dataFeedElement":[{"@type":"DataFeedItem","item":` + review + `}]}`,
		"a graph":              `{"@context":"https://schema.org","@graph":[{"@type":"WebSite"},` + review + `]}`,
		"within a page's data": `{"@type":"NewsArticle","review":` + review + `}`,
		"a page":               `<html><script type="application/ld+json">` + review + `</script></html>`,
		"a page with comments": "<html><script type='application/ld+json'>//<![CDATA[\n" + review + "\n//]]></script></html>",
		"a page of WordPress":  "<html><script type='application/ld+json'>\n/* <![CDATA[ */\n" + review + "\n/* ]]> */\n</script></html>",
		"broken over lines":    strings.ReplaceAll(review, ",", ",\n  "),
		"with a mark":          "\uFEFF" + review,
		"line breaks in texts": "<html><script type='application/ld+json'>" + strings.ReplaceAll(review, "It rained", "It\nrained") +
			"</script></html>",
		"tabs in texts": strings.ReplaceAll(review, "It rained", "It\trained"),
		"texts as HTML": "<html><script type='application/ld+json'>" + strings.ReplaceAll(review, "It rained", "It&#32;rained") +
			"</script></html>",
		"types as HTML": "<html><script type='application/ld+json'>" +
			strings.ReplaceAll(review, "\"ClaimReview", "\"https:&#x2F;&#x2F;schema.org&#x2F;ClaimReview") + "</script></html>",
		"no scheme": strings.ReplaceAll(review, "https:", ""),
		"a page of much else": "<html><script type='application/ld+json'></script><script " +
			"type='application/ld+json'>{\"@type\":\"WebSite\"}</script><script type='application/ld+json'>" +
			review + "</script><script type='application/ld+json'>[{\"@type\":\"BreadcrumbList\"}]</script></html>",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := read(t, text, interchange.ClaimReview, interchange.TableOptions{})
			if diff := cmp.Diff(want.lines(t), got.lines(t)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestAddressesInPages: what HTML would read in an address though no semicolon ends it is part of the address.
func TestAddressesInPages(t *testing.T) {
	t.Parallel()
	const address = "https://a.example/?id=3&section=5&region=EG&copy=1"
	for name, written := range map[string]string{"as it is": address, "escaped": strings.ReplaceAll(address, "&", "&amp;")} {
		page := "<html><script type='application/ld+json'>" + strings.ReplaceAll(review, "https://a.example/1", written) +
			"</script></html>"
		got := read(t, page, interchange.ClaimReview, interchange.TableOptions{})
		if lines := got.lines(t); len(got.faults) > 0 || !strings.Contains(lines, address) {
			t.Errorf("%s: %v\n%s", name, got.faults, lines)
		}
	}
}

// TestWorksNamedByTheirAddress: an appearance that is a text is the address of a page, with a scheme or without.
func TestWorksNamedByTheirAddress(t *testing.T) {
	t.Parallel()
	with := func(appearance string) string {
		return read(t, strings.Replace(review, `"claimReviewed"`,
			`"itemReviewed":{"@type":"Claim","appearance":["`+appearance+`"]},"claimReviewed"`, 1), interchange.ClaimReview,
			interchange.TableOptions{}).lines(t)
	}
	if diff := cmp.Diff(with("https://checks.org/1"), with("checks.org/1")); diff != "" {
		t.Error(diff)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	sources := interchange.TableOptions{Of: headwater.ResourceSource}
	check := `{"text":"It ` +
		`rained","claimReview":[{"publisher":{"name":"A","site":"a.example"},"url":"https://a.example/1","textualRating":"True"}]}`
	for name, test := range map[string]struct {
		format interchange.Format
		table  interchange.TableOptions
		text   string
		kept   int
		want   []string
	}{
		"nothing": {interchange.FactCheck, sources, "", 0, []string{
			`line 1: /: required: expected a claim with text and claimReview, as Google's Fact Check Tools API answers`}},
		"no claims":            {interchange.FactCheck, sources, `{"claims":[]}`, 0, nil},
		"an empty answer":      {interchange.FactCheck, sources, `{}`, 0, nil},
		"a page of answers":    {interchange.FactCheck, sources, `{"nextPageToken":"x"}` + "\n{}\n" + `{"claims":[` + check + `]}`, 3, nil},
		"an answer of nothing": {interchange.FactCheck, sources, "{}\n" + check, 3, nil},
		"an error of Google's": {interchange.FactCheck, sources, `{"error":{"code":400}}`, 0, []string{
			`line 1: /claimReview: required: expected at least one review`, `line 1: /text: required: expected the claim in words`}},
		"a claim that is a text": {interchange.FactCheck, sources, `{"claims":["rain",` + check + `]}`, 3, []string{
			`line 1: /claims/0: bad_format: "\"rain\"", expected an object: a claim with text and claimReview, as Google's Fact Check ` +
				`Tools API answers`}},
		"a list that is empty": {interchange.FactCheck, sources, `{"claims":[[],` + check + `]}`, 3, []string{
			`line 1: /claims/0: bad_format: "[]", expected an object: a claim with text and claimReview, as Google's Fact Check Tools ` +
				`API answers`}},
		"a broken line": {interchange.FactCheck, sources, check + "\n{\"text\":\n" + check, 6, []string{
			`line 2: /text: bad_format: "{\"text\":", expected a whole JSON object: the line ends within one`}},
		"cut within": {interchange.FactCheck, sources, `{"claims":[` + check + `,{"text":`, 3, []string{
			`line 2: /claims/1/text: bad_format: expected JSON: at byte 154, unexpected EOF; what follows was not read`}},
		"half a letter": {interchange.FactCheck, sources, "{\"claims\":[\n{\"text\":\"\\ud83d\"},\n{\"text\":\"a\xffb\"},\n" + check + "]}",
			3, []string{
				`line 1: /claims/0/text: bad_text: "{\"text\":\"\\ud83d\"}", expected an escape that stands for a character: \u and four ` +
					`hexadecimal digits, surrogates in pairs`,
				"line 2: /claims/1/text: bad_text: \"{\\\"text\\\":\\\"a\ufffdb\\\"}\", expected UTF-8: byte 11 is not"}},
		"no reviews": {interchange.FactCheck, sources, `{"text":"It rained"}`, 1,
			[]string{`line 1: /claimReview: required: expected at least one review`}},
		"nobody's": {interchange.FactCheck, sources, `{"text":"It rained","claimReview":[{"textualRating":"True"}]}`, 1,
			[]string{`line 1: /claimReview/0/publisher: required: expected who reviewed the claim: a name, a site or the address of the ` +
				`review`}},
		"a bad address": {interchange.FactCheck, sources,
			`{"text":"It rained","claimReview":[{"publisher":{"name":"A"},"url":"mailto:a","textualRating":"True"}]}`, 3,
			[]string{`line 1: /claimReview/0/url: bad_format: "mailto:a", expected an absolute http or https URL`}},
		"a verdict too long": {interchange.FactCheck, sources,
			`{"text":"It rained","claimReview":[{"publisher":{"name":"A"},"textualRating":"` + strings.Repeat("x", 1001) + `"}]}`, 3, nil},
		"a verdict too long for an explanation": {interchange.FactCheck, sources,
			`{"text":"It rained","claimReview":[{"publisher":{"name":"A"},"textualRating":"` + strings.Repeat("x", 10_001) + `"}]}`, 3,
			[]string{`line 1: /claimReview/0/textualRating: too_long: "` + strings.Repeat("x", 200) +
				`…", expected at most 10000 characters; the first were kept`}},
		"a claim and names too long": {interchange.FactCheck, sources, `{"text":"` + strings.Repeat("x", 10_001) + `","claimant":"` +
			strings.Repeat("y", 1001) + `","claimReview":[{"publisher":{"name":"` + strings.Repeat("z", 1001) +
			`"},"textualRating":"True"}]}`,
			6, []string{
				`line 1: /text: too_long: "` + strings.Repeat("x", 200) + `…", expected at most 10000 characters; the first were kept`,
				`line 1: /claimant: too_long: "` + strings.Repeat("y", 200) + `…", expected at most 1000 characters; the first were kept`,
				`line 1: /claimReview/0/publisher: too_long: "` + strings.Repeat("z", 200) +
					`…", expected at most 1000 characters; the first were kept`}},
		"a title too long": {interchange.FactCheck, sources,
			`{"claims":[{"text":"It rained","claimReview":[{"publisher":{"name":"A"},"url":"https://a.example/1","title":"` +
				strings.Repeat("x", 2001) + `","textualRating":"True"}]}]}`, 3, []string{
				`line 1: /claims/0/claimReview/0/title: too_long: "` + strings.Repeat("x", 200) + `…", expected at most 2000 characters`}},
		"a title that is just short enough": {interchange.FactCheck, sources,
			`{"text":"It rained","claimReview":[{"publisher":{"name":"A"},"title":"` + strings.Repeat("x", 2000) +
				`","textualRating":"True"}]}`, 3, nil},
		"a title that is no text": {interchange.FactCheck, sources,
			`{"text":"It rained","claimReview":[{"publisher":{"name":"A"},"title":"a\u0000","textualRating":"True"}]}`, 3,
			[]string{"line 1: /claimReview/0/title: bad_text: \"a␀\", expected no NUL character"}},
		"an address too long": {interchange.ClaimReview, sources,
			`{"@type":"ClaimReview","url":"https://a.example/` + strings.Repeat("x", 2031) +
				`","author":"A","claimReviewed":"It rained","reviewRating":{"alternateName":"True"}}`, 3, []string{
				`line 1: /url: too_long: "https://a.example/` + strings.Repeat("x", 182) + `…", expected at most 2048 characters`}},
		"an address that is just short enough": {interchange.FactCheck, sources,
			`{"text":"It rained","claimant":"B","claimReview":[{"publisher":{"name":"A"},"url":"https://a.example/` +
				strings.Repeat("x", 2030) + `","textualRating":"True"}]}`, 6, nil},
		"no markup": {interchange.ClaimReview, sources, "<html><p>rain</p></html>", 0,
			[]string{`line 1: /: required: expected an object of the type ClaimReview`}},
		"an empty item": {interchange.ClaimReview, sources,
			`{"dataFeedElement":[{"@type":"DataFeedItem","item":null},{"item":` + review + `},{"item":[null,{}]},{}]}`, 3, nil},
		"an item of something else": {interchange.ClaimReview, sources,
			`{"dataFeedElement":[{"@type":"DataFeedItem","item":{"@type":"Article"}},{"item":` + review + `}]}`, 3,
			[]string{`line 1: /dataFeedElement/0: required: expected an object of the type ClaimReview`}},
		"no verdict": {interchange.ClaimReview, sources,
			`{"@type":"ClaimReview","author":"A","claimReviewed":"It rained"}`, 1,
			[]string{`line 1: /reviewRating: required: expected the verdict: alternateName, or ratingValue`}},
		"no columns": {interchange.CSV, sources, "Outlet,Owner\nA,B\n", 0,
			[]string{`line 1: /: required: "Outlet, Owner", expected columns that are named as fields, or a map of fields to columns; ` +
				`the fields are id, key, namespace, status, merged_into, kind, name, names., aliases, country, role., anonymous, ` +
				`reliability, external_ids., domains, url, control_reviewed_at, notes`}},
		"a cell too few": {interchange.CSV, sources, "name,kind\nA\nB,outlet\n", 1, []string{
			`line 2: /: bad_format: "1", expected 2 cells, as many as there are columns`}},
		"a stray quote": {interchange.CSV, sources, "name,kind\n\"A\" x,outlet\nB,outlet\n", 1, []string{
			`line 2: /: bad_format: expected a row as RFC 4180 has it: in column 3, extraneous or missing " in quoted-field`}},
		"all of a row at once": {interchange.CSV, sources,
			"name,kind,country,anonymous,control_reviewed_at\nA,paper,Nowhere,maybe,1/2/2023\n", 0, []string{
				`line 2: /country: bad_format: "Nowhere", expected an ISO 3166-1 alpha-2 code such as EG, or the country's name in ` +
					`English or Arabic`,
				`line 2: /anonymous: not_one_of: "maybe", expected yes or no`,
				`line 2: /control_reviewed_at: bad_format: "1/2/2023", expected a date of which one can tell the day from the month, ` +
					`such as 2023-04-03 or 3 April 2023; where all dates are in figures, the option days names their order, dmy or mdy`,
				`line 2: /kind: not_one_of: "paper", expected one of person, organization, government, agency, party, military, outlet, ` +
					`wire, social_account, record, group, other`}},
		"a row over two lines": {interchange.CSV, sources, "name,kind\n\"A\nB\",outlet\nC,paper\n", 1, []string{
			`line 4: /kind: not_one_of: "paper", expected one of person, organization, government, agency, party, military, outlet, ` +
				`wire, social_account, record, group, other`}},
		"another encoding": {interchange.CSV, sources, "name,kind\nA,outlet\n\xe1\xc7,outlet\n", 1, []string{
			`line 3: /: bad_text: expected text in UTF-8, or in UTF-16 with a byte order mark; other encodings have to be named, ` +
				`such as windows-1256 by the option charset`}},
		"columns in another encoding": {interchange.CSV, sources, "\xe1\xc7,kind\nA,outlet\n", 0, []string{
			`line 1: /: bad_text: expected text in UTF-8, or in UTF-16 with a byte order mark; other encodings have to be named, ` +
				`such as windows-1256 by the option charset`}},
		"no mark": {interchange.CSV, sources, "n\x00a\x00m\x00e\x00\n\x00A\x00", 0, []string{
			`line 1: /: bad_text: expected text in UTF-8, or in UTF-16 with a byte order mark; other encodings have to be named, ` +
				`such as windows-1256 by the option charset`}},
		"percents that do not say so": {interchange.CSV, interchange.TableOptions{Of: headwater.ResourceRelation},
			"subject,kind,object,share\na,owned_by,b,51\n", 0, []string{
				`line 2: /share: out_of_range: "51", expected a number from 0 to 1, or percents, written as 51% or in a column that has ` +
					`% in ` +
					`its name`}},
		"half a relation": {interchange.CSV, interchange.TableOptions{Of: headwater.ResourceRelation},
			"subject.name,kind,object\nA,part_of,\n", 0,
			[]string{
				`line 2: /object: required: expected the key or id of a source, or its name as object.name`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := read(t, test.text, test.format, test.table)
			var faults []string
			for _, fault := range got.faults {
				faults = append(faults, fault.Error())
			}
			if diff := cmp.Diff(test.want, faults); diff != "" {
				t.Error(diff)
			}
			if len(got.items) != test.kept {
				t.Errorf("%d things are kept, want %d", len(got.items), test.kept)
			}
		})
	}
}

func TestTablesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	_, err := interchange.Read(strings.NewReader(""), interchange.CSV, interchange.TableOptions{
		Of: headwater.ResourceRelation, Columns: map[string]string{"colour": "Colour", "subject.id": "Id", "object.names.ar": "Arabic"},
		Values: map[string]string{"names.": "x"}, Days: "ydm",
	}, namespace)
	var faults headwater.Faults
	if !errors.As(err, &faults) {
		t.Fatal(err)
	}
	got := map[headwater.Pointer][]string{}
	for _, fault := range faults {
		got[fault.Pointer] = append(got[fault.Pointer], fault.Value)
	}
	want := map[headwater.Pointer][]string{"/map": {"colour", "subject.id"}, "/set": {"names."}, "/days": {"ydm"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDays(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]headwater.Day{
		"2023": "2023", "2023-08": "2023-08", "2023-8-5": "2023-08-05", "5/8/2023": "2023-08-05", "8/2023": "2023-08",
		"5.8.2023": "2023-08-05", "٥/٨/٢٠٢٣": "2023-08-05",
		"2023-08-05 00:00:00": "2023-08-05", "2023-08-05T10:30:00Z": "2023-08-05", "August 2023": "2023-08", "5 August 2023": "2023-08-05",
		"Sept 2023": "2023-09", "15 مارس 2023": "2023-03-15", "آذار ٢٠٢٣": "2023-03", "5 تشرين الأول 2023": "2023-10-05",
		"15 كانون الثاني/يناير 2023": "2023-01-15", "أغسطس 2023": "2023-08", "present": "", "حتى الآن": "", "unknown": "", "غير معروف": "",
		"—": "", "": "",
	} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			got := read(t, "subject,object,kind,until\na,b,part_of,"+given+"\n", interchange.CSV,
				interchange.TableOptions{Of: headwater.ResourceRelation, Days: "dmy"})
			if len(got.items) != 1 {
				t.Fatal(got.faults)
			}
			if until := got.items[0].Thing.(*headwater.Relation).Until; until != want {
				t.Errorf("%q is read as %q, want %q", given, until, want)
			}
		})
	}
}

func TestSharesAndEncodings(t *testing.T) {
	t.Parallel()
	utf16 := func(text string, order unicode.Endianness) string {
		encoded, err := unicode.UTF16(order, unicode.UseBOM).NewEncoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		return encoded
	}
	table := interchange.TableOptions{Of: headwater.ResourceRelation, Columns: map[string]string{"share": "Part (%)", "object": "المالك"},
		Values: map[string]string{"kind": "owned_by"}}
	const text = "subject,المالك,Part (%)\r\na,ب,51\r\nb,ب,٧٥٫٥٪\r\n"
	for name, text := range map[string]string{"plain": text, "UTF-8 with a mark": "\uFEFF" + text,
		"UTF-16": utf16(text, unicode.LittleEndian), "UTF-16, high bytes first": utf16(text, unicode.BigEndian)} {
		got := read(t, text, interchange.CSV, table)
		if len(got.items) != 2 {
			t.Errorf("%s: %v", name, got.faults)
			continue
		}
		for i, want := range []float64{0.51, 0.755} {
			if share := got.items[i].Thing.(*headwater.Relation).Share; share == nil || *share != want {
				t.Errorf("%s: the share of row %d is %v, want %v", name, i+1, share, want)
			}
		}
	}
}

func TestAddressesWithoutAScheme(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"checks.org/abc": "https://checks.org/abc", "checks.org?id=3": "https://checks.org?id=3",
		"archive.org/web/2020/https://x.org/1": "https://archive.org/web/2020/https://x.org/1",
		"//archive.org/2020/https://x.org":     "https://archive.org/2020/https://x.org", "checks.org:8080/x": "https://checks.org:8080/x",
		"desk.blogspot.com/2023/1.html": "https://desk.blogspot.com/2023/1.html", "www.checks.example/1": "https://www.checks.example/1",
		"//checks.example/1": "https://checks.example/1", "تحقق.com/1": "https://تحقق.com/1", "Checks.co.uk": "https://Checks.co.uk",
		"index.php?id=3": "", "checks": "", "org/abc": "", "a b.org/1": "", "/checks/1": "", "mailto:a@checks.org": "",
	} {
		got := read(t, fmt.Sprintf(`{"text":"It rained","claimReview":[{"publisher":{"name":"A"},"url":%q,"textualRating":"True"}]}`,
			given), interchange.FactCheck, interchange.TableOptions{})
		if url := got.items[2].Thing.(*headwater.Review).URL; url != want || (len(got.faults) == 0) != (want != "") {
			t.Errorf("%q is read as %q, want %q: %v", given, url, want, got.faults)
		}
	}
}

func TestCountriesByTheirNames(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"EG": "EG", "eg": "EG", "Egypt": "EG", "مصر": "EG", "UK": "GB", "United Kingdom": "GB", "المملكة المتحدة": "GB", "GBR": "GB",
		"USA": "US", "U.S.": "US", "UAE": "AE", "ARE": "AE", "الامارات": "AE",
		"السعودية": "SA", "المملكة العربية السعودية": "SA", "فلسطين": "PS", "Palestine": "PS", "سوريا": "SY", "Congo - Kinshasa": "CD",
		"Congo, Democratic Republic of the": "CD", "Bosnia and Herzegovina": "BA", "Bosnia & Herzegovina": "BA", "The Gambia": "GM",
		"Viet Nam": "VN", "Iran (Islamic Republic of)": "IR", "Korea, Republic of": "KR", "Türkiye": "TR", "AND": "AD", "": "",
	} {
		got := read(t, "name;country\nA;"+given+"\n", interchange.CSV, interchange.TableOptions{Of: headwater.ResourceSource})
		if len(got.items) != 1 || got.items[0].Thing.(*headwater.Source).Country != want {
			t.Errorf("%q is not read as %q: %v", given, want, got.faults)
		}
	}
	for _, given := range []string{"…", "Nowhere", "YUG", "SUN", "Q1"} {
		if got := read(t, "name,country\nA,"+given+"\n", interchange.CSV,
			interchange.TableOptions{Of: headwater.ResourceSource}); len(got.items) != 0 {
			t.Errorf("%q is read as %q", given, got.items[0].Thing.(*headwater.Source).Country)
		}
	}
}

func TestWhoIsNobodyInParticular(t *testing.T) {
	t.Parallel()
	claimant := func(name string) *headwater.Source {
		got := read(t, fmt.Sprintf(`{"text":"It rained","claimant":%q,"claimReview":[{"publisher":{"name":"A"},"textualRating":"True"}]}`,
			name), interchange.FactCheck, interchange.TableOptions{})
		return got.items[1].Thing.(*headwater.Source)
	}
	for _, name := range []string{"Social media posts", "Facebook users", "viral video", "Multiple sources", "Facebook",
		"رواد مواقع التواصل الاجتماعي", "منشورات متداوله", "مستخدمو فيسبوك", "حسابات على إكس", "تويتر", "Internautes",
		"Facebook, Twitter", "X and Instagram", "فيسبوك وتويتر", "فيسبوك و تيك توك", "وسائل الإعلام", "مصادر محلية", "بعض المواقع",
		"مقطع فيديو", "Video", "Some people"} {
		if s := claimant(name); !s.Anonymous || s.Kind != headwater.SourceGroup {
			t.Errorf("%s is taken for somebody: %+v", name, s.SourceFields)
		}
	}
	for _, name := range []string{"Zahir Anbari", "Harbour Office", "Reuters", "وزارة الموانئ", "د. لميس القندلي", "Court of Accounts",
		"Daily Online Gazette", "Meta (Facebook)", "وكيل تويتر", "Video Journal"} {
		if s := claimant(name); s.Anonymous || s.Kind != headwater.OtherSource {
			t.Errorf("%s is taken for nobody in particular: %+v", name, s.SourceFields)
		}
	}
}

func TestWhatIsWritten(t *testing.T) {
	t.Parallel()
	two, five := decimal(t, "2"), decimal(t, "5")
	desk := interchange.SourceProfile{Kind: headwater.Organization, Name: "ميزان للتحقق", Domains: []string{"mizan.example.org"}}
	office := interchange.SourceProfile{Kind: headwater.Government, Name: "Harbour Office", URL: "https://harbour.example.gov/",
		ExternalIDs: map[string]string{"wikidata": "Q99999999"}}
	day := func(day headwater.Moment) *headwater.Interval { return &headwater.Interval{Earliest: day, Latest: day} }
	claims := []interchange.ReviewedClaim{{
		Statement: headwater.Texts{"ar": "الصومعة كانت فارغة", "en": "The terminal was empty"},
		Reviews: []interchange.AuthoredReview{
			{Author: desk, Rating: headwater.Rating{Label: "غير صحيح", Value: &two, Best: &five}, Title: "هل كانت فارغة؟",
				URL: "https://mizan.example.org/1", Language: "ar", Published: "2025-04-20"},
			{Author: interchange.SourceProfile{Kind: headwater.Person, Name: "A Reader", URL: "https://www.reader.example/"},
				Rating: headwater.Rating{Label: "False <b>"}, ClaimReviewed: "It was empty & locked",
				Published: "2025-04-21T09:00:00+02:00"},
		},
		Appearances: []interchange.Appearance{
			{Kind: headwater.Post, URL: "https://x.example/1", Published: day("2025-03-14"), Publisher: office, Origin: office,
				SaidAt: day("2025-03")},
			{Kind: headwater.Article, Title: "فارغة", Language: "ar",
				Publisher: interchange.SourceProfile{Kind: headwater.Outlet, Name: "صدى المرفأ"}, Origin: office},
			{Kind: headwater.Article, URL: "https://mizan.example.org/1", Publisher: desk, Origin: office, Reviewing: true},
		},
	}, {
		Statement: headwater.Texts{"und": "?!"},
		Reviews:   []interchange.AuthoredReview{{Author: desk, Rating: headwater.Rating{Label: "مضلل"}}},
	}}
	for name, form := range map[string]struct {
		format interchange.Format
		feed   bool
	}{"feed": {interchange.ClaimReview, true}, "list": {interchange.ClaimReview, false}, "answer": {interchange.FactCheck, false}} {
		var out bytes.Buffer
		w, err := interchange.NewReviewWriter(&out, form.format, form.feed)
		if err != nil {
			t.Fatal(err)
		}
		for _, claim := range claims {
			if err := w.Write(claim); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if !json.Valid(out.Bytes()) {
			t.Errorf("%s is no JSON", name)
		}
		golden(t, "written-"+name+".golden", out.String())
	}
}

func TestTablesThatAreWritten(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	meta := func(n byte) headwater.Meta {
		return headwater.Meta{ID: uuid.UUID{15: n}, Key: "k" + string('0'+n), Namespace: namespace, Version: int(n), CreatedAt: at,
			UpdatedAt: at}
	}
	width := interchange.Width{Languages: []string{"ar", "en"}, Roles: []string{"en"}, Schemes: []string{"wikidata"}, Hops: 3}
	half, value := 0.5, decimal(t, "1000000")
	source := headwater.Source{Meta: meta(1), Status: headwater.EntityActive, SourceFields: headwater.SourceFields{
		Kind: headwater.Outlet, Name: `The "Paper", daily`, Names: headwater.Texts{"ar": "الصحيفة\nاليومية"},
		Aliases: []string{"Paper", "TP"}, Country: "EG", Anonymous: true, Reliability: "B",
		ExternalIDs: map[string]string{"wikidata": "Q1"}, Domains: []string{"paper.example"}, ControlReviewedAt: "2025"}}
	relation := headwater.Relation{Meta: meta(2), Status: headwater.RecordActive,
		RelationFields: headwater.RelationFields{Subject: uuid.UUID{15: 1}, Kind: headwater.OwnedBy, Object: uuid.UUID{15: 9}, Share: &half,
			Since: "2019"}}
	claim := headwater.Claim{Meta: meta(3), Status: headwater.EntityActive,
		ClaimFields: headwater.ClaimFields{Statement: headwater.Texts{"en": "A million"}, Topics: []string{"a", "b"},
			EventTime:  &headwater.Period{Start: "2024"},
			Quantities: []headwater.Quantity{{Value: value, Unit: "shells", Comparator: headwater.Exactly}}}}
	link := headwater.Link{Meta: meta(4), Status: headwater.Proposed,
		LinkFields: headwater.LinkFields{Kind: headwater.Refines, From: uuid.UUID{15: 3}, To: uuid.UUID{15: 5},
			Method: &headwater.Method{Kind: headwater.ByRule, Name: "r"}, Confidence: &half}}
	attribution := headwater.Attribution{Meta: meta(6), Status: headwater.Accepted,
		AttributionFields: headwater.AttributionFields{Claim: uuid.UUID{15: 3}, Document: uuid.UUID{15: 7}, Stance: headwater.Denies,
			Credibility: 6,
			Content:     &headwater.Selector{Start: 1, End: 4, Exact: "لا "},
			Chain:       []headwater.Hop{{Source: uuid.UUID{15: 1}}, {Source: uuid.UUID{15: 9}}}}}
	var all strings.Builder
	for _, table := range []struct {
		of    headwater.Resource
		write func(*interchange.TableWriter) error
	}{
		{headwater.ResourceSource, func(w *interchange.TableWriter) error { return w.Source(source) }},
		{headwater.ResourceRelation, func(w *interchange.TableWriter) error {
			return w.Relation(interchange.NamedRelation{Relation: relation, SubjectName: source.Name, ObjectName: "مالك"})
		}},
		{headwater.ResourceClaim, func(w *interchange.TableWriter) error { return w.Claim(claim) }},
		{headwater.ResourceLink, func(w *interchange.TableWriter) error { return w.Link(link) }},
		{headwater.ResourceAttribution, func(w *interchange.TableWriter) error {
			return w.Attribution(interchange.NamedAttribution{Attribution: attribution, Names: []string{source.Name, "مالك"}})
		}},
	} {
		options := interchange.ExportOptions{Of: table.of, BOM: table.of == headwater.ResourceSource}
		w, err := interchange.NewTableWriter(&all, options, width)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(table.write(w), w.Close()); err != nil {
			t.Fatal(err)
		}
	}
	golden(t, "tables.golden", all.String())
}

func decimal(t *testing.T, text string) headwater.Decimal {
	t.Helper()
	number, err := headwater.ParseDecimal(text)
	if err != nil {
		t.Fatal(err)
	}
	return number
}

func FuzzRead(f *testing.F) {
	for _, name := range []string{"factcheck.json", "claimreview.html", "owners.csv", "ownership-0.2.bods.json", "ownership-0.3.bods.json",
		"ownership-0.4.bods.ndjson", "ownership.ftm.ndjson", "trust.txt", "article.html", "news.rss.xml", "news.atom.xml",
		"captures.warc", "annotations.w3c.json", "annotations.hypothesis.json"} {
		text, err := os.ReadFile(filepath.Join("..", "testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	for _, text := range []string{review, "[" + review + ",null,7]", "{\"claims\":[{}]}", "name;kind\n\xff;outlet\n",
		`{"text":"x","claimReview":{"publisher":"A","textualRating":["T"]}}`, "\uFEFFname\tkind\nA\toutlet",
		`{"@context":[{"s":"http://schema.org/","@language":"ar"}],"@graph":[` + graphCheck + `,` + graphItem +
			`,{"@id":"#said","s:author":` +
			`{"@id":"#said"}}]}`, page("ar", graphDesk, graphCheck), "{}\n{\"claims\":[]}", "sep=;\rname ;aliases\rA;\"\"\"B;C\"\";D\"\r",
		`<html lang=x><div itemscope itemtype="schema:ClaimReview" itemref="a a"><b id=a itemprop="author claimReviewed" itemscope ` +
			`itemref=a>`,
		`[{"@type":["ClaimReview"],"claimReviewed":[{"@value":"x","@language":"ar"},{"@value":"y"}],"author":[{"@type":"Person"},{}],` +
			`"itemReviewed":[{"sameAs":"a.org, b.org/1 و https://c.org"},"x"],"reviewRating":{"ratingValue":{"@value":1}},"author":"D"}]`,
		"A title; 2024\n\nname;name;country\nA;B;US-DE\n",
		"<?xml version='1.0' encoding='windows-1256'?><script type=application/ld+json>\xc7",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for format, table := range map[interchange.Format]interchange.TableOptions{
			interchange.FactCheck: {}, interchange.ClaimReview: {}, interchange.CSV: {Of: headwater.ResourceSource, Days: "mdy"},
			interchange.BODS: {}, interchange.FollowTheMoney: {}, interchange.TrustText: trustText,
			interchange.HTML: {Values: map[string]string{"url": "https://a.example/1"}}, interchange.RSS: {},
			interchange.WARC: {}, interchange.WebAnnotation: {},
		} {
			first := read(t, text, format, table)
			line := 0
			for _, item := range first.items {
				if err := item.Thing.(interface{ Validate() error }).Validate(); err != nil {
					t.Errorf("%s: line %d tells of something that is not valid: %v", format, item.Line, err)
				}
				if item.Line < line {
					t.Errorf("%s: line %d comes after line %d", format, item.Line, line)
				}
				line = item.Line
			}
			if again := read(t, text, format, table); first.lines(t) != again.lines(t) {
				t.Errorf("%s: read twice, it says two things", format)
			}
		}
	})
}

func TestEveryFormatIsKnown(t *testing.T) {
	t.Parallel()
	for _, format := range interchange.Format("").Values() {
		table := interchange.TableOptions{Of: headwater.ResourceSource}
		if interchange.Format(format) == interchange.TrustText {
			table = trustText
		}
		if _, err := interchange.Read(strings.NewReader(""), interchange.Format(format), table, namespace); err != nil {
			t.Errorf("%s: %v", format, err)
		}
	}
	_, err := interchange.Read(strings.NewReader(""), "xml", interchange.TableOptions{}, namespace)
	if headwater.CodeOf(err) != headwater.CodeInvalid {
		t.Errorf("xml gives %v", err)
	}
}
