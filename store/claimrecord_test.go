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
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

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

// provSections are the sections of a document of PROV-JSON that are written, with the members of a record that name others, and in which
// section these are (https://www.w3.org/submissions/prov-json/).
var provSections = map[string]map[string][]string{
	"entity": {}, "agent": {},
	"wasAttributedTo":  {"prov:entity": {"entity"}, "prov:agent": {"agent"}},
	"wasDerivedFrom":   {"prov:generatedEntity": {"entity"}, "prov:usedEntity": {"entity"}},
	"actedOnBehalfOf":  {"prov:delegate": {"agent"}, "prov:responsible": {"agent"}},
	"wasInfluencedBy":  {"prov:influencee": {"entity", "agent"}, "prov:influencer": {"entity", "agent"}},
	"specializationOf": {"prov:specificEntity": {"entity"}, "prov:generalEntity": {"entity"}},
	"alternateOf":      {"prov:alternate1": {"entity", "agent"}, "prov:alternate2": {"entity", "agent"}},
}

// TestProvJSONIsValid by the rules of its schema: known sections, records that name what is there, and values of the types that it has.
func TestProvJSONIsValid(t *testing.T) {
	t.Parallel()
	counts := map[string]int{}
	for claim, document := range claimRecords(t, interchange.ProvJSON) {
		prefixes, _ := document["prefix"].(map[string]any)
		qualified := func(name string) bool {
			prefix, local, isQualified := strings.Cut(name, ":")
			return isQualified && local != "" && (slices.Contains([]string{"prov", "xsd", "_"}, prefix) || prefixes[prefix] != nil)
		}
		var fault func(value any) string
		fault = func(value any) string {
			switch value := value.(type) {
			case string, float64, bool:
				return ""
			case []any:
				for _, entry := range value {
					if found := fault(entry); found != "" {
						return found
					}
				}
				return ""
			case map[string]any:
				text, isText := value["$"].(string)
				kind, isTyped := value["type"].(string)
				delete(value, "$")
				delete(value, "type")
				if _, isLanguage := value["lang"].(string); isLanguage {
					delete(value, "lang")
				}
				if len(value) > 0 || !isText || !isTyped || !qualified(kind) || kind == "xsd:QName" && !qualified(text) {
					return fmt.Sprint(value)
				}
				return ""
			}
			return fmt.Sprint(value)
		}
		for section, records := range document {
			names, isKnown := provSections[section]
			if section == "prefix" {
				continue
			}
			if !isKnown {
				t.Fatalf("%s: a section %s", claim, section)
			}
			for id, value := range records.(map[string]any) {
				counts[section]++
				record := value.(map[string]any)
				if !qualified(id) {
					t.Errorf("%s: %s is no qualified name", claim, id)
				}
				for member, of := range names {
					named, _ := record[member].(string)
					if !slices.ContainsFunc(of, func(section string) bool {
						there, _ := document[section].(map[string]any)
						return there[named] != nil
					}) {
						t.Errorf("%s: %s of %s in %s is %q, which is not there", claim, member, id, section, named)
					}
				}
				for member, value := range record {
					if found := fault(value); !qualified(member) || found != "" {
						t.Errorf("%s: %s of %s has the value %s", claim, member, id, found)
					}
				}
			}
		}
	}
	for section := range provSections {
		if counts[section] == 0 {
			t.Errorf("nothing is written of %s", section)
		}
	}
}

// stixMembers are the members that objects of STIX must have beside those of all.
var stixMembers = map[string][]string{
	"identity": {"name"}, "report": {"name", "published", "object_refs"}, "note": {"content", "object_refs"},
	"opinion": {"opinion", "object_refs"}, "relationship": {"relationship_type", "source_ref", "target_ref"},
}

// stixOptional are the members that objects may have besides: a strict reader refuses what a schema does not name.
var stixOptional = map[string][]string{
	"identity": {"description", "identity_class", "external_references"}, "report": {"description", "lang"},
	"note": {"authors", "lang", "external_references"}, "opinion": {"authors"},
	"relationship": {"description", "start_time", "stop_time"},
}

var (
	stixID = regexp.MustCompile(`^([a-z][a-z0-9-]+[a-z0-9])--[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-` +
		`[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	stixRelationship = regexp.MustCompile(`^[a-z0-9-]+$`)
)

// TestSTIXIsValid by the rules of its schemas: members that must be there, ids, instants in order, vocabularies that are closed, and
// references to what is there.
func TestSTIXIsValid(t *testing.T) {
	t.Parallel()
	counts := map[string]int{}
	for claim, bundle := range claimRecords(t, interchange.STIX) {
		match := stixID.FindStringSubmatch(fmt.Sprint(bundle["id"]))
		if bundle["type"] != "bundle" || match == nil || match[1] != "bundle" {
			t.Fatalf("%s: the bundle is %v", claim, bundle["id"])
		}
		objects, _ := bundle["objects"].([]any)
		there, uuids := map[string]bool{}, map[string]bool{}
		for _, object := range objects {
			id := fmt.Sprint(object.(map[string]any)["id"])
			_, unique, _ := strings.Cut(id, "--")
			if uuids[unique] {
				t.Errorf("%s: %s has the UUID of another", claim, id)
			}
			there[id], uuids[unique] = true, true
		}
		for _, value := range objects {
			object := value.(map[string]any)
			kind, id := fmt.Sprint(object["type"]), fmt.Sprint(object["id"])
			counts[kind]++
			match := stixID.FindStringSubmatch(id)
			if match == nil || match[1] != kind || object["spec_version"] != "2.1" {
				t.Errorf("%s: %s of type %s", claim, id, kind)
			}
			must, isKnown := stixMembers[kind]
			if !isKnown {
				t.Fatalf("%s: an object of type %s", claim, kind)
			}
			for _, member := range append([]string{"created", "modified"}, must...) {
				if text := fmt.Sprint(object[member]); object[member] == nil || text == "" || text == "[]" {
					t.Errorf("%s: %s has no %s", claim, id, member)
				}
			}
			known := slices.Concat([]string{"type", "spec_version", "id", "created", "modified"}, must, stixOptional[kind])
			for member := range object {
				if !slices.Contains(known, member) {
					t.Errorf("%s: %s has a member %s, which its schema does not name", claim, id, member)
				}
			}
			instants := map[string]time.Time{}
			for _, member := range []string{"created", "modified", "published", "start_time", "stop_time"} {
				if text, isThere := object[member].(string); isThere {
					instant, err := time.Parse("2006-01-02T15:04:05.000Z", text)
					if err != nil {
						t.Errorf("%s: %s of %s: %v", claim, member, id, err)
					}
					instants[member] = instant
				}
			}
			if instants["modified"].Before(instants["created"]) {
				t.Errorf("%s: %s is modified before it is created", claim, id)
			}
			if stop, ends := instants["stop_time"]; ends && !stop.After(instants["start_time"]) {
				t.Errorf("%s: %s ends before it begins", claim, id)
			}
			refs, _ := object["object_refs"].([]any)
			for _, ref := range append(refs, object["source_ref"], object["target_ref"]) {
				if ref != nil && !there[fmt.Sprint(ref)] {
					t.Errorf("%s: %s refers to %s, which is not there", claim, id, ref)
				}
			}
			counts[fmt.Sprint(object["relationship_type"])]++
			if kind == "relationship" && !stixRelationship.MatchString(fmt.Sprint(object["relationship_type"])) {
				t.Errorf("%s: %s is a %s", claim, id, object["relationship_type"])
			}
			if kind == "opinion" && !slices.Contains([]any{"strongly-disagree", "disagree", "neutral", "agree", "strongly-agree"},
				object["opinion"]) {
				t.Errorf("%s: %s is %s", claim, id, object["opinion"])
			}
			for _, reference := range anyList(object["external_references"]) {
				members := reference.(map[string]any)
				if members["source_name"] == nil ||
					members["description"] == nil && members["url"] == nil && members["external_id"] == nil {
					t.Errorf("%s: %s refers to %v", claim, id, members)
				}
			}
		}
	}
	if counts["duplicate-of"] < 2 {
		t.Error("a merger is not written")
	}
	for kind := range stixMembers {
		if counts[kind] == 0 {
			t.Errorf("no %s is written", kind)
		}
	}
}

func anyList(value any) []any {
	list, _ := value.([]any)
	return list
}
