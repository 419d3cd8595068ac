package store_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/report"
	"github.com/headwater-project/headwater/store"
)

// claimRecords gives what is known of each claim of the demo in a format of others, as objects, and checks that it is the same twice.
func claimRecords(t *testing.T, format interchange.ClaimFormat) map[string]map[string]any {
	t.Helper()
	s := open(t)
	must(importText(t, s, file(t, "demo.ndjson")))(t)
	demo := headwater.NamespaceOf("https://headwater.example/demo")
	must(s.MergeClaim(t.Context(), tester, demo.ID(headwater.ResourceClaim, "thirty-or-more-dead"), 0,
		demo.ID(headwater.ResourceClaim, "harbour-blast-toll")))(t)
	must(s.MergeSource(t.Context(), tester, demo.ID(headwater.ResourceSource, "galeway-gazette"), 0,
		demo.ID(headwater.ResourceSource, "ebbtide-post")))(t)
	page := must(s.Claims(t.Context(), store.ClaimFilter{Common: store.Common{Status: []string{"active"}}}, store.Paging{Limit: 100}))(t)
	records := map[string]map[string]any{}
	for _, claim := range page.Items {
		write := func() string {
			var out bytes.Buffer
			if err := s.ExportClaims(t.Context(), &out, store.ClaimBundle{Claims: []uuid.UUID{claim.ID}, Format: format,
				Select: report.FactsOf}); err != nil {
				t.Fatal(err)
			}
			return out.String()
		}
		text := write()
		if again := write(); again != text {
			t.Errorf("%s is written in two ways", claim.Key)
		}
		var record map[string]any
		if err := json.Unmarshal([]byte(text), &record); err != nil {
			t.Fatal(err)
		}
		records[claim.Key] = record
	}
	return records
}

// importedAt matches the times of objects of STIX, which are those of the instance.
var importedAt = regexp.MustCompile(`"(created|modified|published)":"[^"]*"`)

// TestClaimRecordsAsWritten: what is known of a claim of the demo, as others get it; but for when it was imported.
func TestClaimRecordsAsWritten(t *testing.T) {
	t.Parallel()
	s := open(t)
	must(importText(t, s, file(t, "demo.ndjson")))(t)
	claim := headwater.NamespaceOf("https://headwater.example/demo").ID(headwater.ResourceClaim, "harbour-blast-toll")
	for format, name := range map[interchange.ClaimFormat]string{
		interchange.ProvJSON: "harbour-blast-toll.prov.json", interchange.STIX: "harbour-blast-toll.stix.json"} {
		var out bytes.Buffer
		if err := s.ExportClaims(t.Context(), &out, store.ClaimBundle{Claims: []uuid.UUID{claim}, Format: format,
			Select: report.FactsOf}); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", name)
		written := importedAt.ReplaceAllString(out.String(), `"$1":"…"`)
		if *update {
			if err := os.WriteFile(path, []byte(written), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), written); diff != "" {
			t.Errorf("%s is not what is written; if it should be, run: go test ./store -run ClaimRecordsAsWritten -update\n%s", path, diff)
		}
	}
}

// schemaOf compiles one of the schemas that were written from the text of a standard.
func schemaOf(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	return must(c.Compile(filepath.Join("..", "testdata", "schema", name)))(t)
}

// provMembers are the members of records of PROV-JSON that name others, by their section, and in which sections these are.
var provMembers = map[string]map[string][]string{
	"entity": {}, "agent": {},
	"wasAttributedTo":  {"prov:entity": {"entity"}, "prov:agent": {"agent"}},
	"wasDerivedFrom":   {"prov:generatedEntity": {"entity"}, "prov:usedEntity": {"entity"}},
	"actedOnBehalfOf":  {"prov:delegate": {"agent"}, "prov:responsible": {"agent"}},
	"wasInfluencedBy":  {"prov:influencee": {"entity", "agent"}, "prov:influencer": {"entity", "agent"}},
	"specializationOf": {"prov:specificEntity": {"entity"}, "prov:generalEntity": {"entity"}},
	"alternateOf":      {"prov:alternate1": {"entity", "agent"}, "prov:alternate2": {"entity", "agent"}},
}

// TestProvJSONIsValid by its schema, and in what a schema cannot say: names have prefixes that are declared, and name what is there.
func TestProvJSONIsValid(t *testing.T) {
	t.Parallel()
	schema := schemaOf(t, "prov-json.schema.json")
	counts := map[string]int{}
	for claim, document := range claimRecords(t, interchange.ProvJSON) {
		if err := schema.Validate(document); err != nil {
			t.Errorf("%s: %v", claim, err)
			continue
		}
		prefixes := document["prefix"].(map[string]any)
		prefixes["prov"], prefixes["xsd"], prefixes["_"] = true, true, true
		checkName := func(name string) {
			if prefix, _, _ := strings.Cut(name, ":"); prefixes[prefix] == nil {
				t.Errorf("%s: the prefix of %s is not declared", claim, name)
			}
		}
		delete(document, "prefix")
		for section, records := range document {
			for id, value := range records.(map[string]any) {
				counts[section]++
				checkName(id)
				record := value.(map[string]any)
				for member, of := range provMembers[section] {
					named, _ := record[member].(string)
					if !slices.ContainsFunc(of, func(section string) bool {
						there, _ := document[section].(map[string]any)
						return there[named] != nil
					}) {
						t.Errorf("%s: %s of %s in %s is %q, which is not there", claim, member, id, section, named)
					}
				}
				for member, value := range record {
					checkName(member)
					for _, one := range append(anyList(value), value) {
						if literal, isLiteral := one.(map[string]any); isLiteral {
							if kind, isTyped := literal["type"].(string); isTyped {
								checkName(kind)
							}
							if literal["type"] == "xsd:QName" {
								checkName(literal["$"].(string))
							}
						}
					}
				}
			}
		}
	}
	for section := range provMembers {
		if counts[section] == 0 {
			t.Errorf("nothing is written of %s", section)
		}
	}
}

// TestSTIXIsValid by its schema, and in what a schema cannot say: no UUID twice, instants in order, and references to what is there.
func TestSTIXIsValid(t *testing.T) {
	t.Parallel()
	schema := schemaOf(t, "stix-2.1.schema.json")
	counts := map[string]int{}
	for claim, bundle := range claimRecords(t, interchange.STIX) {
		if err := schema.Validate(bundle); err != nil {
			t.Errorf("%s: %v", claim, err)
			continue
		}
		objects, there, uuids := anyList(bundle["objects"]), map[any]bool{}, map[string]bool{}
		for _, object := range objects {
			id := object.(map[string]any)["id"]
			_, unique, _ := strings.Cut(id.(string), "--")
			if uuids[unique] {
				t.Errorf("%s: %s has the UUID of another", claim, id)
			}
			there[id], uuids[unique] = true, true
		}
		for _, value := range objects {
			object := value.(map[string]any)
			counts[object["type"].(string)]++
			counts[fmt.Sprint(object["relationship_type"])]++
			for _, ref := range append(anyList(object["object_refs"]), object["source_ref"], object["target_ref"]) {
				if ref != nil && !there[ref] {
					t.Errorf("%s: %s refers to %s, which is not there", claim, object["id"], ref)
				}
			}
			instant := func(member string) string { text, _ := object[member].(string); return text }
			if instant("modified") < instant("created") {
				t.Errorf("%s: %s is modified before it is created", claim, object["id"])
			}
			if stop := instant("stop_time"); stop != "" && stop <= instant("start_time") {
				t.Errorf("%s: %s ends before it begins", claim, object["id"])
			}
		}
	}
	if counts["duplicate-of"] < 2 {
		t.Error("a merger is not written")
	}
	for _, kind := range []string{"identity", "report", "note", "opinion", "relationship"} {
		if counts[kind] == 0 {
			t.Errorf("no %s is written", kind)
		}
	}
}

// TestSchemasRefuse what the standards do: a schema that takes anything would find nothing.
func TestSchemasRefuse(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		valid   string
		replace [][2]string // each of which alone makes it invalid
	}{
		"stix-2.1.schema.json": {`{"type": "bundle", "id": "bundle--b1a7c3de-0001-5000-8000-000000000001", "objects": [{"type": "opinion",
			"spec_version": "2.1", "id": "opinion--b1a7c3de-0001-5000-8000-000000000002", "created": "2025-03-21T06:07:08.000Z",
			"modified": "2025-03-21T06:07:08.000Z", "opinion": "neutral", "object_refs": ["note--b1a7c3de-0001-5000-8000-000000000003"]},
			{"type": "relationship", "spec_version": "2.1", "id": "relationship--b1a7c3de-0001-5000-8000-000000000004",
			"created": "2025-03-21T06:07:08.000Z", "modified": "2025-03-21T06:07:08.000Z", "relationship_type": "derived-from",
			"source_ref": "identity--b1a7c3de-0001-5000-8000-000000000005", "target_ref":
			"identity--b1a7c3de-0001-5000-8000-000000000006"}]}`, [][2]string{
			{`"type": "bundle"`, `"type": "bundles"`}, {"bundle--", "note--"}, {`"type": "opinion"`, `"type": "indicator"`},
			{`"2.1"`, `"2.0"`}, {"opinion--b1a7c3de-0001-5", "opinion--b1a7c3de-0001-6"}, {`"id": "opinion--`, `"id": "note--`},
			{"08.000Z", "08Z"}, {"neutral", "perhaps"}, {`["note--b1a7c3de-0001-5000-8000-000000000003"]`, "[]"},
			{`"opinion": `, `"lang": `}, {`"opinion": "neutral"`, `"opinion": "neutral", "x": 1`}, {"derived-from", "derived_from"},
			{`"source_ref": "identity`, `"source_ref": "relationship`}, {`"target_ref":`, `"x":`}}},
		"prov-json.schema.json": {`{"prefix": {"ex": "https://e.example/"}, "entity": {"ex:a": {"prov:label": {"$": "a", "lang": "ar"},
			"ex:kind": [{"$": "ex:b", "type": "xsd:QName"}, 1]}, "ex:b": {}},
			"wasDerivedFrom": {"_:d": {"prov:generatedEntity": "ex:a", "prov:usedEntity": "ex:b"}},
			"alternateOf": {"_:a": {"prov:alternate1": "ex:a", "prov:alternate2": "ex:b"}}}`, [][2]string{
			{`"ex": "https`, `"prov": "https`}, {`"entity": {`, `"entities": {`}, {`"ex:a": {"`, `"a": {"`}, {`"lang": "ar"`, `"lang": ""`},
			{`"lang": "ar"`, `"lang": "ar", "type": "xsd:string"`}, {`"$": "ex:b"`, `"$": "b"`}, {`, 1]`, `, null]`},
			{`"type": "xsd`, `"kind": "xsd`},
			{"prov:usedEntity", "prov:entity"}, {`"prov:usedEntity": "ex:b"`, `"prov:usedEntity": 1`},
			{`"prov:alternate2": "ex:b"`, `"prov:alternate2": "ex:b", "ex:x": 1`}}},
	} {
		schema := schemaOf(t, name)
		for _, replace := range append([][2]string{{"", ""}}, test.replace...) {
			text := strings.Replace(test.valid, replace[0], replace[1], 1)
			err := schema.Validate(must(jsonschema.UnmarshalJSON(strings.NewReader(text)))(t))
			if isValid := replace[0] == ""; (err == nil) != isValid || !isValid && text == test.valid {
				t.Errorf("%s: with %s for %s: %v", name, replace[1], replace[0], err)
			}
		}
	}
}

func anyList(value any) []any {
	list, _ := value.([]any)
	return list
}
