package interchange_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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
		"a list":               "[" + one + "]",
		"a page":               `{"type":"AnnotationPage","items":[` + one + `]}`,
		"a collection":         `{"type":"AnnotationCollection","total":1,"first":{"type":"AnnotationPage","items":[` + one + `]}}`,
		"one a line":           one + "\n" + one,
		"with a mark":          "\uFEFF" + one,
		"a graph":              `{"@graph":[` + one + `]}`,
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

// FuzzAnnotations: whatever stands in a file of annotations, what is read of it is valid, and the same each time.
func FuzzAnnotations(f *testing.F) {
	for _, file := range []string{"annotations.w3c.json", "annotations.hypothesis.json"} {
		text, err := os.ReadFile(filepath.Join("..", "testdata", file))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
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
