package store_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater/inmem"
	"github.com/headwater-project/headwater/internal/testenv"
	"github.com/headwater-project/headwater/provenance"
)

// TestReportsFromTheDatabaseAndFromTheBundleAreEqual: a report from the database is the same, byte for byte, as one from the bundle that
// was imported, although the database holds much else and gives only what the claim rests on.
func TestReportsFromTheDatabaseAndFromTheBundleAreEqual(t *testing.T) {
	t.Parallel()
	paths := testenv.SharedToo(t, "*/*.ndjson")
	s := open(t)
	texts := map[string]string{"tension with a merged claim": mergedTension}
	for _, path := range append(paths, "../testdata/demo.ndjson") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts[path] = string(text)
	}
	whole := map[string]provenance.Facts{}
	for name, text := range texts {
		evidence, err := inmem.Read(t.Context(), strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		whole[name] = evidence.All()
		if _, err := importText(t, s, text); err != nil {
			t.Fatal(err)
		}
	}
	for name, facts := range whole {
		expected := provenance.New(facts)
		for i, claim := range facts.Claims {
			without := facts.Sources[i%len(facts.Sources)].ID
			for _, q := range []provenance.Question{{}, {Without: []uuid.UUID{without}}, {IncludeProposed: true}, {AsOf: "2024-03"}} {
				read, err := s.Facts(t.Context(), []uuid.UUID{claim.ID}, q.Without, q.IncludeProposed)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(reportText(t, expected, claim.ID, q), reportText(t, provenance.New(read.Facts), claim.ID,
					q)); diff != "" {
					t.Errorf("%s %s %+v (-bundle +database):\n%s", name, claim.Key, q, diff)
				}
			}
		}
	}
}

// mergedTension: the dam is in tension with what a claim speaks as that it is linked to, and with nothing that was
// retracted.
const mergedTension = `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://headwater.example/merged-tension"}
{"type":"source","key":"dam-keeper","kind":"person","name":"The dam keeper"}
{"type":"claim","key":"dam-full","statement":{"en":"The dam is full."}}
{"type":"claim","key":"drought","statement":{"en":"There was no rain for a year."}}
{"type":"claim","key":"dry-year","statement":{"en":"It did not rain for a year."},"status":"merged","merged_into":"drought"}
{"type":"claim","key":"river-gone","statement":{"en":"The river has run dry."},"status":"retracted"}
{"type":"claim","key":"no-river","statement":{"en":"There is no water in the river."},"status":"merged","merged_into":"river-gone"}
{"type":"link","kind":"contradicts","degree":"tension","from":"dam-full","to":"dry-year"}
{"type":"link","kind":"contradicts","degree":"tension","from":"no-river","to":"dam-full"}
`

func reportText(t *testing.T, a *provenance.Analysis, claim uuid.UUID, q provenance.Question) string {
	t.Helper()
	report, err := a.Report(t.Context(), claim, q)
	if err != nil {
		return err.Error()
	}
	text, err := json.MarshalIndent(report, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
