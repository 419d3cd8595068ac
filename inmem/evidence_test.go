package inmem_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/inmem"
	"github.com/headwater-project/headwater/provenance"
)

const (
	header = `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://pier.example"}` + "\n"
	pier   = header + `{"type":"claim","key":"second","statement":{"en":"The pier is open."}}
{"type":"claim","key":"first","statement":{"en":"The pier is closed."}}
{"type":"claim","key":"old","statement":{"en":"The pier is shut."},"status":"merged","merged_into":"first"}
{"type":"source","key":"harbour","kind":"agency","name":"Harbour Office"}
`
)

func read(t *testing.T, text string) *inmem.Bundle {
	t.Helper()
	evidence, err := inmem.Read(t.Context(), strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return evidence
}

// TestActiveClaims: the claims that stand for themselves come in the order of the bundle's lines.
func TestActiveClaims(t *testing.T) {
	t.Parallel()
	evidence := read(t, pier)
	want, err := evidence.ResolveClaims(t.Context(), "/claim", []string{"second", "first"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, evidence.ActiveClaims()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestResolve: a thing is found by key and by id, and each name that is none is a fault at its place.
func TestResolve(t *testing.T) {
	t.Parallel()
	evidence := read(t, pier)
	byKey, err := evidence.ResolveSources(t.Context(), "/without", []string{"harbour"})
	if err != nil {
		t.Fatal(err)
	}
	byID, err := evidence.ResolveSources(t.Context(), "/without", []string{byKey[0].String()})
	if diff := cmp.Diff(byKey, byID); diff != "" || err != nil {
		t.Errorf("by id: %v (-key +id):\n%s", err, diff)
	}
	_, err = evidence.ResolveClaims(t.Context(), "/claim", []string{"first", "harbour", "none"})
	var faults headwater.Faults
	if !errors.As(err, &faults) || len(faults) != 2 || faults[0].Pointer != "/claim/1" || faults[1].Pointer != "/claim/2" {
		t.Errorf("got %v, want faults at /claim/1 and /claim/2", err)
	}
}

// shared is the id of a claim.
const shared = "0f9a1c52-6a5e-4f0e-9d0e-3f1f6a1b2c3d"

// claimed is the line of that claim.
const claimed = `{"type":"claim","id":"` + shared + `","statement":{"en":"A"}}` + "\n"

// attributed is the line of an attribution of that claim.
func attributed(document, source, key string) string {
	return fmt.Sprintf(`{"type":"attribution","key":"%s","claim":"%s","document":"%s","stance":"affirms","chain":[{"source":"%s"}]}`, key,
		shared, document, source)
}

// TestFaults: a bundle that does not hold together is refused with all that is wrong, in the order of its lines.
func TestFaults(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		lines string
		want  []string
	}{
		"a reference to what is not there": {
			`{"type":"document","key":"d","publisher":"nobody","kind":"article","language":"en","title":"A","derived_from":"nothing"}`,
			[]string{"2 /publisher unknown_reference", "2 /derived_from unknown_reference"},
		},
		"a reference to what is something else": {
			claimed + `{"type":"source","key":"a","kind":"outlet","name":"A"}` + "\n" + attributed(shared, "a", ""),
			[]string{"4 /document unknown_reference"},
		},
		"attributions before and after their document, whose publisher is another": {
			claimed + `{"type":"source","key":"a","kind":"outlet","name":"A"}` + "\n" +
				`{"type":"source","key":"b","kind":"outlet","name":"B"}` + "\n" + attributed("d", "b", "1") + "\n" +
				`{"type":"document","key":"d","publisher":"a","kind":"article"}` + "\n" + attributed("d", "b", "2") + "\n" +
				attributed("d", "a", "3"),
			[]string{"5 /chain/0/source chain_start", "7 /chain/0/source chain_start"},
		},
		"the same thing twice": {
			`{"type":"source","key":"a","kind":"outlet","name":"A"}` + "\n" + `{"type":"source","key":"a","kind":"outlet","name":"A"}`,
			[]string{"3 /key duplicate"},
		},
		"documents that derive from each other": {
			`{"type":"source","key":"a","kind":"outlet","name":"A"}` + "\n" +
				`{"type":"document","key":"d","publisher":"a","kind":"article","language":"en","title":"A","derived_from":"e"}` + "\n" +
				`{"type":"document","key":"e","publisher":"a","kind":"article","language":"en","title":"A","derived_from":"d"}`,
			[]string{"3 /derived_from loop", "4 /derived_from loop"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := inmem.Read(t.Context(), strings.NewReader(header+test.lines+"\n"))
			var faults bundle.LineFaults
			if !errors.As(err, &faults) {
				t.Fatalf("got %v, want faults", err)
			}
			var got []string
			for _, fault := range faults {
				got = append(got, strings.Join([]string{string(rune('0' + fault.Line)), string(fault.Pointer), string(fault.Code)}, " "))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestQuestionOfAHeader: an extract says what its reports are asked for, and a day that is none is at fault.
func TestQuestionOfAHeader(t *testing.T) {
	t.Parallel()
	asked := func(question string) string {
		return strings.Replace(pier, `"namespace"`, `"question":`+question+`,"namespace"`, 1)
	}
	const source = "6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"
	want := provenance.Question{Without: []uuid.UUID{uuid.MustParse(source)}, AsOf: "2024-05", IncludeProposed: true}
	got := read(t, asked(`{"without":["`+source+`"],"as_of":"2024-05","include_proposed":true}`)).Question()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	_, err := inmem.Read(t.Context(), strings.NewReader(asked(`{"as_of":"soon"}`)))
	var faults bundle.LineFaults
	if !errors.As(err, &faults) || len(faults) != 1 || faults[0].Line != 1 || faults[0].Pointer != "/question/as_of" {
		t.Errorf("got %v, want a fault at /question/as_of of line 1", err)
	}
}
