package interchange_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
)

// TestAnnotationsAreRead: what Web Annotations and an answer of Hypothes.is are read as, with their faults and notes.
func TestAnnotationsAreRead(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"annotations.w3c.json", "annotations.hypothesis.json"} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(filepath.Join("..", "testdata", file))
			if err != nil {
				t.Fatal(err)
			}
			golden(t, file+".golden", read(t, string(text), interchange.WebAnnotation, interchange.TableOptions{}).lines(t))
		})
	}
}

// TestAnnotationsHoweverTheyCome: one alone, a page, a collection that holds its first page, a list and one a line say the same.
func TestAnnotationsHoweverTheyCome(t *testing.T) {
	t.Parallel()
	const one = `{"id":"https://n.example/1","type":"Annotation","bodyValue":"It rained.","target":"https://p.example/1"}`
	want := read(t, one, interchange.WebAnnotation, interchange.TableOptions{})
	if len(want.items) != 4 || len(want.faults) > 0 {
		t.Fatalf("an annotation gives %d things and %v", len(want.items), want.faults)
	}
	for name, text := range map[string]string{
		"a list":       "[" + one + "]",
		"a page":       `{"type":"AnnotationPage","items":[` + one + `]}`,
		"a collection": `{"type":"AnnotationCollection","total":1,"first":{"type":"AnnotationPage","items":[` + one + `]}}`,
		"one a line":   one + "\n" + one,
		"with a mark":  "\uFEFF" + one,
		"a graph":      `{"@graph":[` + one + `]}`,
		"in markup": strings.Replace(one, `"bodyValue":"It rained."`,
			`"body":{"type":"TextualBody","format":"text/html","value":"<p>It <b>rained</b>.</p>"}`, 1),
		"with an object":       strings.Replace(one, `"https://p.example/1"`, `{"source":"https://p.example/1"}`, 1),
		"with a textual body":  strings.Replace(one, `"bodyValue":"It rained."`, `"body":{"type":"TextualBody","value":"It rained."}`, 1),
		"with a type of a set": strings.Replace(one, `"Annotation"`, `["Annotation"]`, 1),
	} {
		got := read(t, text, interchange.WebAnnotation, interchange.TableOptions{})
		if diff := cmp.Diff(want.lines(t), got.lines(t)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	for text, want := range map[string]string{
		`{"type":"AnnotationCollection","total":0}`: "",
		`{"total":0,"rows":[]}`:                     "",
		`{"client_version":"1","annotations":[]}`:   "",
		`{"type":"AnnotationCollection","first":"https://n.example/page1"}`: `line 1: /first: required: "https://n.example/page1", ` +
			`expected the first page with its items; nothing is fetched`,
		`{"type":"AnnotationPage","items":[7]}`: `line 1: /items/0: bad_format: "7", expected an object: an annotation with a target`,
	} {
		got := read(t, text, interchange.WebAnnotation, interchange.TableOptions{})
		if told := got.faults.Error(); len(got.items) > 0 || told != want {
			t.Errorf("%s is read as %d things and %q, want %q", text, len(got.items), told, want)
		}
	}
}

// TestAnnotationsOfAFile: a file that the sidebar of Hypothes.is saved is read as what its API answers.
func TestAnnotationsOfAFile(t *testing.T) {
	t.Parallel()
	const rows = `[{"id": "a", "uri": "https://bay.example/a", "text": "It rained.", "target": [{"source": "https://bay.example/a"}]}]`
	want := read(t, `{"total": 1, "rows": `+rows+`}`, interchange.WebAnnotation, interchange.TableOptions{})
	got := read(t, `{"export_date": "2024-07-04T12:00:00.000Z", "export_userid": "acct:ann@hypothes.is", "client_version": "1.1425.0", `+
		`"annotations": `+rows+`}`, interchange.WebAnnotation, interchange.TableOptions{})
	if diff := cmp.Diff(want.lines(t), got.lines(t)); diff != "" || len(want.items) == 0 {
		t.Error(diff, want.items)
	}
}

// writtenAnnotations are two attributions as they are written: one of a page without an address and of a claim that is merged.
func writtenAnnotations(t testing.TB) string {
	t.Helper()
	meta := func(n byte) headwater.Meta {
		return headwater.Meta{ID: uuid.UUID{15: n}, Key: "k" + string('0'+n), Namespace: namespace}
	}
	paper := headwater.Source{Meta: meta(1), Status: headwater.EntityActive, SourceFields: headwater.SourceFields{
		Kind: headwater.Outlet, Name: `The "Paper" </script>`, Names: headwater.Texts{"ar": "الصحيفة"}}}
	into := uuid.UUID{15: 3}
	office := headwater.Source{Meta: meta(2), Status: headwater.EntityMerged, MergedInto: &into, SourceFields: headwater.SourceFields{
		Kind: headwater.Agency, Name: "مكتب الميناء"}}
	port := headwater.Source{Meta: meta(3), Status: headwater.EntityActive, SourceFields: headwater.SourceFields{
		Kind: headwater.Agency, Name: "The port"}}
	page := headwater.Document{Meta: meta(4), Status: headwater.RecordActive, DocumentFields: headwater.DocumentFields{
		Publisher: paper.ID, Kind: headwater.Article, Language: "ar", URL: "https://paper.example/7", Title: "🚢"}}
	claim := headwater.Claim{Meta: meta(5), Status: headwater.EntityActive, ClaimFields: headwater.ClaimFields{
		Statement: headwater.Texts{"en": "The berth is closed.", "ar": "الرصيف مغلق."}, Topics: []string{"harbour"}}}
	merged := headwater.Claim{Meta: meta(6), Status: headwater.EntityMerged, MergedInto: &claim.ID, ClaimFields: headwater.ClaimFields{
		Statement: headwater.Texts{"und": "closed"}}}
	sure := 0.5
	denial := headwater.Attribution{Meta: meta(7), Status: headwater.Proposed, AttributionFields: headwater.AttributionFields{
		Claim: claim.ID, Document: page.ID, Stance: headwater.Denies, Credibility: 2, Confidence: &sure, Note: "قال",
		Content: &headwater.Selector{Start: 2, End: 6, Exact: "مغلق", Prefix: "🚢 "}, Method: &headwater.Method{Kind: headwater.ByModel,
			Name: "reader", Version: "2"},
		Chain: []headwater.Hop{{Source: paper.ID}, {Source: office.ID, Role: "spokesman", Act: "says", Cue: &headwater.Selector{
			Start: 9, End: 12, Exact: "قال"}}}}}
	nowhere := page
	nowhere.Meta, nowhere.URL = meta(8), ""
	plain := headwater.Attribution{Meta: headwater.Meta{ID: uuid.UUID{15: 9}}, Status: headwater.Accepted,
		AttributionFields: headwater.AttributionFields{Claim: merged.ID, Document: nowhere.ID, Stance: headwater.Affirms, Credibility: 6,
			Method: &headwater.Method{Kind: headwater.ByHuman, Name: "desk-b"}, Chain: []headwater.Hop{{Source: paper.ID}}}}
	var out strings.Builder
	w, err := interchange.NewAnnotationWriter(&out, interchange.WebAnnotation, namespace)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range []interchange.AnnotatedAttribution{
		{Attribution: denial, Claims: []headwater.Claim{claim}, Page: page, Sources: []headwater.Source{paper, office, port}},
		{Attribution: plain, Claims: []headwater.Claim{merged, claim}, Page: nowhere, Sources: []headwater.Source{paper}},
	} {
		if err := w.Write(a); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestAnnotationsAreWritten: what attributions are written as, and that all of them is read again.
func TestAnnotationsAreWritten(t *testing.T) {
	t.Parallel()
	written := writtenAnnotations(t)
	golden(t, "written-annotations.golden", written)
	golden(t, "annotations.written.golden", read(t, written, interchange.WebAnnotation, interchange.TableOptions{}).lines(t))
	if _, err := interchange.NewAnnotationWriter(io.Discard, interchange.CSV, namespace); err == nil {
		t.Error("annotations are written as a table")
	}
}

// TestCarriedBundlesAtFault: what is wrong in the bundle that an annotation carries is told with its place in the annotation.
func TestCarriedBundlesAtFault(t *testing.T) {
	t.Parallel()
	const begin = `{"type":"Annotation","headwater":[{"type":"bundle","format":"headwater-bundle/1","namespace":"https://n.example"}`
	for text, want := range map[string]string{
		`{"type":"Annotation","headwater":[]}`: "line 1: /headwater/0: required: expected",
		`{"type":"Annotation","headwater":[{"type":"bundle","format":"headwater-bundle/9","namespace":"x"}]}`: `line 1: ` +
			`/headwater/0/format: not_one_of: "headwater-bundle/9", expected headwater-bundle/1`,
		begin + `,7]}`: `line 1: /headwater/1: bad_format: "7", expected a JSON object`,
		begin + `,{"type":"source","key":"a","kind":"oracle","name":"A"}]}`: `line 1: /headwater/1/kind: not_one_of: "oracle"`,
	} {
		got := read(t, text, interchange.WebAnnotation, interchange.TableOptions{})
		if told := got.faults.Error(); len(got.items) > 0 || !strings.HasPrefix(told, want) {
			t.Errorf("%s is read as %d things and %q, want %q", text, len(got.items), told, want)
		}
	}
}

// FuzzAnnotations: whatever stands in a file of annotations, what is read of it is valid, and the same each time.
func FuzzAnnotations(f *testing.F) {
	for _, file := range []string{"annotations.w3c.json", "annotations.hypothesis.json"} {
		text, err := os.ReadFile(filepath.Join("..", "testdata", file))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Add(writtenAnnotations(f))
	f.Add(`{"uri":"a.org","text":["x","y"],"tags":"Denies",` +
		`"target":[[{"selector":{"refinedBy":{"type":"TextQuoteSelector","exact":"\ud83d\udea2"}}}]]}`)
	f.Add(`{"type":"Annotation","target":"https://a.org","body":[{"type":"Choice","items":[{"value":"x"}]},{"value":"x","language":"ar"}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		first := read(t, text, interchange.WebAnnotation, interchange.TableOptions{})
		for _, item := range first.items {
			if err := item.Thing.(interface{ Validate() error }).Validate(); err != nil {
				t.Errorf("line %d tells of something that is not valid: %v", item.Line, err)
			}
		}
		if again := read(t, text, interchange.WebAnnotation, interchange.TableOptions{}); first.lines(t) != again.lines(t) {
			t.Error("read twice, it says two things")
		}
	})
}

// TestRepliesAreLeft: a reply says something of an annotation, and not of the page.
func TestRepliesAreLeft(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]headwater.Pointer{
		`{"rows": [{"id": "r", "uri": "https://bay.example/a", "text": "No.", "references": ["q"], "target": [{"source": ` +
			`"https://bay.example/a"}]}]}`: "/rows/0/references",
		`{"id": "https://n.example/r", "type": "Annotation", "motivation": "replying", "bodyValue": "No.", "target": ` +
			`"https://n.example/q"}`: "/motivation",
		`{"id": "https://n.example/r", "type": "Annotation", "motivation": ["oa:replying"], "bodyValue": "No.", "target": ` +
			`"https://n.example/q"}`: "/motivation",
	} {
		out := read(t, text, interchange.WebAnnotation, interchange.TableOptions{})
		if len(out.items)+len(out.faults) > 0 || len(out.notes) != 1 || out.notes[0].Pointer != want {
			t.Errorf("%s is read as %v, with %v and %v", text, out.items, out.faults, out.notes)
		}
	}
}
