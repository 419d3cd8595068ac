package bundle_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

func TestNaturalKeysAreThoseOfTheVectors(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../testdata/identity.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors struct {
		Namespace   string `json:"namespace"`
		NaturalKeys []struct {
			Name string          `json:"name"`
			Line json.RawMessage `json:"line"`
			Key  string          `json:"key"`
			ID   uuid.UUID       `json:"id"`
		} `json:"natural_keys"`
	}
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors.NaturalKeys {
		var line map[string]any
		if err := json.Unmarshal(v.Line, &line); err != nil {
			t.Fatal(err)
		}
		compact, err := json.Marshal(line)
		if err != nil {
			t.Fatal(err)
		}
		items, faults := read(t, `{"type":"bundle","format":"headwater-bundle/1","namespace":"`+vectors.Namespace+"\"}\n"+string(compact))
		if len(faults) > 0 {
			t.Fatalf("%s: %v", v.Name, faults)
		}
		if m := items[0].Meta; m.Key != v.Key || m.ID != v.ID || m.Namespace != vectors.Namespace {
			t.Errorf("%s: got key %s and id %s in %s, want %s and %s", v.Name, m.Key, m.ID, m.Namespace, v.Key, v.ID)
		}
	}
}

const carried = "6f1c0a52-6a5e-4f0e-9d0e-3f1f6a1b2c3d"

func TestIdentityOfALine(t *testing.T) {
	t.Parallel()
	here := headwater.NamespaceOf("https://headwater.example/test")
	there := headwater.NamespaceOf("urn:elsewhere")
	claim := here.ID(headwater.ResourceClaim, "c")
	for name, test := range map[string]struct {
		line string
		want headwater.Meta
	}{
		"by key": {`{"type":"source","key":"a","kind":"outlet","name":"A"}`,
			headwater.Meta{ID: here.ID(headwater.ResourceSource, "a"), Key: "a", Namespace: "https://headwater.example/test"}},
		"by key of another space": {`{"type":"claim","key":"a","namespace":"urn:elsewhere","statement":{"en":"x"}}`,
			headwater.Meta{ID: there.ID(headwater.ResourceClaim, "a"), Key: "a", Namespace: "urn:elsewhere"}},
		"by id": {`{"type":"source","id":"` + carried + `","kind":"outlet","name":"A"}`,
			headwater.Meta{ID: uuid.MustParse(carried)}},
		"by id, with a key": {`{"type":"source","id":"` + carried + `","key":"a","kind":"outlet","name":"A"}`,
			headwater.Meta{ID: uuid.MustParse(carried), Key: "a", Namespace: "https://headwater.example/test"}},
		"by id where there is a natural key": {`{"type":"relation","id":"` + carried + `","subject":"a","kind":"part_of","object":"b"}`,
			headwater.Meta{ID: uuid.MustParse(carried)}},
		"an attribution within its claim": {`{"type":"attribution","key":"a","claim":"c","document":"d","stance":"affirms",` +
			`"chain":[{"source":"s"}]}`,
			headwater.Meta{ID: here.AttributionID(claim, "a"), Key: "a", Namespace: "https://headwater.example/test"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			items, faults := read(t, head+test.line)
			if len(faults) > 0 {
				t.Fatal(faults)
			}
			if got := *items[0].Meta; got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestWhatHasNeitherKeyNorIDIsNewEachTime(t *testing.T) {
	t.Parallel()
	line := `{"type":"claim","statement":{"en":"x"}}` + "\n"
	items, faults := read(t, head+line+line)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	if a, b := items[0].Meta, items[1].Meta; a.ID == b.ID || a.ID.Version() != 7 || a.Key != "" || a.Namespace != "" {
		t.Errorf("got %+v and %+v", a, b)
	}
}

func TestAKeyLeadsToTheIDThatItsObjectCarries(t *testing.T) {
	t.Parallel()
	own := headwater.NamespaceOf("https://headwater.example/test").ID(headwater.ResourceSource, "a")
	document := `{"type":"document","kind":"article","publisher":"a"}` + "\n"
	for name, test := range map[string]struct {
		text string
		want uuid.UUID
	}{
		"named after its use": {document + `{"type":"source","id":"` + carried + `","key":"a","kind":"outlet","name":"A"}`,
			uuid.MustParse(carried)},
		"named before": {`{"type":"source","id":"` + carried + `","key":"a","kind":"outlet","name":"A"}` + "\n" + document,
			uuid.MustParse(carried)},
		"its id written escaped": {document + `{"type":"source","\u0069\u0064":"` + carried + `","key":"a","kind":"outlet","name":"A"}`,
			uuid.MustParse(carried)},
		"a key elsewhere": {document + `{"type":"source","id":"` + carried +
			`","key":"a","namespace":"urn:elsewhere","kind":"outlet","name":"A"}`, own},
		"a claim's key": {document + `{"type":"claim","id":"` + carried + `","key":"a","statement":{"en":"x"}}`, own},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			items, faults := read(t, head+test.text)
			if len(faults) > 0 {
				t.Fatal(faults)
			}
			for _, item := range items {
				if d, ok := item.Thing.(*headwater.Document); ok && (d.Publisher != test.want || item.References[0].Given != "a") {
					t.Errorf("publisher is %s by %+v, want %s", d.Publisher, item.References, test.want)
				}
			}
		})
	}
}

func TestReferencesSayWhereAndHowTheyWereGiven(t *testing.T) {
	t.Parallel()
	items, faults := read(t, head+`{"type":"attribution","claim":"c","document":"`+carried+`","stance":"affirms","chain":[{"source":"s"},`+
		`{"source":"s2"}]}`)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	want := []struct {
		pointer  headwater.Pointer
		resource headwater.Resource
		given    string
	}{{"/claim", "claim", "c"}, {"/document", "document", carried}, {"/chain/0/source", "source", "s"}, {"/chain/1/source", "source", "s2"}}
	if len(items[0].References) != len(want) {
		t.Fatalf("got %+v", items[0].References)
	}
	for i, r := range items[0].References {
		if r.Pointer != want[i].pointer || r.Resource != want[i].resource || r.Given != want[i].given {
			t.Errorf("got %+v, want %+v", r, want[i])
		}
	}
}

func TestAStatusIsNamedOrNot(t *testing.T) {
	t.Parallel()
	items, faults := read(t, head+`{"type":"link","kind":"refines","from":"a","to":"b"}`+"\n"+
		`{"type":"link","kind":"refines","from":"a","to":"c","status":"accepted"}`+"\n"+
		`{"type":"source","key":"a","kind":"outlet","name":"A","status":"merged","merged_into":"b"}`+"\n"+
		`{"type":"relation","subject":"a","kind":"part_of","object":"b","status":null}`)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	for i, want := range []bool{false, true, true, false} {
		if items[i].StatusNamed != want {
			t.Errorf("line %d: StatusNamed is %t", items[i].Line, !want)
		}
	}
	if got := items[0].Thing.(*headwater.Link).Status; got != headwater.Accepted {
		t.Errorf("a link's status is %q where none is named", got)
	}
	if got := items[2].Thing.(*headwater.Source); *got.MergedInto != headwater.NamespaceOf("https://headwater.example/test").ID("source",
		"b") {
		t.Errorf("merged into %s", got.MergedInto)
	}
}

// TestKeysThatReviewsOnceGot: an export of what the release before stored comes in again.
func TestKeysThatReviewsOnceGot(t *testing.T) {
	t.Parallel()
	const line = `{"type":"%s","key":"a22bcc32336c7dac2ed913b7281c3dc4","claim":"c","author":"a","rating":{"label":"x"}}`
	if _, faults := read(t, head+strings.Replace(line, "%s", "review", 1)); len(faults) > 0 {
		t.Error(faults)
	}
	if _, faults := read(t, head+
		`{"type":"source","key":"a22bcc32336c7dac2ed913b7281c3dc4","kind":"outlet","name":"A"}`); len(faults) != 1 {
		t.Errorf("a source with such a key: %v", faults)
	}
}
