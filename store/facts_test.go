package store_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/provenance"
)

// TestFactsSayWhatTheBundleSays: a report from the database is the same, byte for byte, as one from the bundle that
// was imported, although the database holds much else and gives only what the claim rests on.
func TestFactsSayWhatTheBundleSays(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("../../shared/*/*.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	s := open(t)
	paths = append(paths, "../testdata/demo.ndjson")
	whole := map[string]provenance.Facts{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if whole[path], err = bundle.Facts(strings.NewReader(string(text))); err != nil {
			t.Fatal(err)
		}
		if _, err := importText(t, s, string(text)); err != nil {
			t.Fatal(err)
		}
	}
	for path, facts := range whole {
		expected := provenance.New(facts)
		for i, claim := range facts.Claims {
			without := facts.Sources[i%len(facts.Sources)].ID
			for _, q := range []provenance.Question{{}, {Without: []uuid.UUID{without}}, {IncludeProposed: true}, {AsOf: "2024-03"}} {
				read, err := s.Facts(t.Context(), []uuid.UUID{claim.ID}, q.Without, q.IncludeProposed)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(reportText(t, expected, claim.ID, q), reportText(t, provenance.New(read.Facts), claim.ID, q)); diff != "" {
					t.Errorf("%s %s %+v (-bundle +database):\n%s", path, claim.Key, q, diff)
				}
			}
		}
	}
}

func reportText(t *testing.T, a *provenance.Analysis, claim uuid.UUID, q provenance.Question) string {
	t.Helper()
	report, err := a.Report(claim, q)
	if err != nil {
		return err.Error()
	}
	text, err := json.MarshalIndent(report, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestMark: the mark changes with every change. It may change without one, when transactions elsewhere end.
func TestMark(t *testing.T) {
	t.Parallel()
	s := open(t)
	mark := func() string {
		m, err := s.Mark(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	before := mark()
	if _, err := s.CreateSource(t.Context(), tester, "", outlet("One")); err != nil {
		t.Fatal(err)
	}
	if after := mark(); before == after {
		t.Errorf("a new source leaves the mark at %s", before)
	}
}
