package interchange_test

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/testdata"
)

// story is a bundle of all that the report of a claim rests on.
const story = `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://a.example"}
{"type":"source","key":"agency","kind":"agency","name":"Agency","names":{"ar":"وكالة"},"country":"EG","domains":["agency.example"]}
{"type":"source","key":"gazette","kind":"outlet","name":"Gazette","external_ids":{"wikidata":"Q1"}}
{"type":"relation","key":"r","subject":"agency","object":"gazette","kind":"owned_by","share":0.5,"since":"2020","until":"2024-05"}
{"type":"document","key":"d","publisher":"gazette","kind":"article","url":"https://gazette.example/1","title":"The ship","language":"en",` +
	`"published":{"earliest":"2024-05-20","latest":"2024-05-21"},"authors":["Mona"],"text":"The ship left."}
{"type":"claim","key":"left","statement":{"en":"The ship left.","ar":"غادرت السفينة."},"topics":["ships"]}
{"type":"claim","key":"stays","statement":{"en":"The ship stays."}}
{"type":"attribution","key":"a","claim":"left","document":"d","stance":"affirms","content":{"start":0,"end":14,"exact":"The ship left."},` +
	`"chain":[{"source":"gazette"},{"source":"agency","said_at":{"earliest":"2024-05-19","latest":"2024-05-20"},"act":"denies"}],` +
	`"credibility":2,"confidence":0.5}
{"type":"link","kind":"contradicts","from":"left","to":"stays","degree":"tension","rationale":"one left"}
`

// FuzzClaimRecords: whatever a bundle holds is written as PROV-JSON and as STIX that their schemas take, and twice the same.
func FuzzClaimRecords(f *testing.F) {
	f.Add(story)
	var hostile strings.Builder
	hostile.WriteString(`{"type":"bundle","format":"headwater-bundle/1","namespace":"https://a.example"}` + "\n" +
		`{"type":"claim","key":"c","statement":{"en":"The ship left."}}` + "\n")
	for name := range testdata.HostileNames {
		line, err := json.Marshal(map[string]any{"type": "source", "key": "k" + uuid.NewSHA1(uuid.Nil, []byte(name)).String(),
			"kind": "person", "name": name})
		if err != nil {
			f.Fatal(err)
		}
		hostile.Write(append(line, '\n'))
	}
	f.Add(hostile.String())
	schemas := map[interchange.ClaimFormat]*jsonschema.Schema{}
	for format, name := range map[interchange.ClaimFormat]string{
		interchange.ProvJSON: "prov-json.schema.json", interchange.STIX: "stix-2.1.schema.json"} {
		compiler := jsonschema.NewCompiler()
		compiler.AssertFormat()
		schema, err := compiler.Compile(filepath.Join("..", "testdata", "schema", name))
		if err != nil {
			f.Fatal(err)
		}
		schemas[format] = schema
	}
	f.Fuzz(func(t *testing.T, text string) {
		things, claims := thingsOf(t, text)
		if len(claims) == 0 { // nobody asks what is known of none
			return
		}
		for format, schema := range schemas {
			out := claimRecord(t, things, claims, format)
			var record any
			if err := json.Unmarshal(out, &record); err != nil {
				t.Fatalf("%s: %v", format, err)
			}
			if err := schema.Validate(record); err != nil {
				t.Errorf("%s: %v", format, err)
			}
			if !bytes.Equal(out, claimRecord(t, things, claims, format)) {
				t.Errorf("%s is written in two ways", format)
			}
		}
	})
}

// thingsOf are the things of a bundle in the order in which the store gives them, each after what it names, and which of them are claims.
// What names something that is not there is left out, as the store refuses it.
func thingsOf(t *testing.T, text string) (things []any, claims []uuid.UUID) {
	t.Helper()
	stored, there := time.Date(2025, 3, 20, 8, 9, 10, 0, time.UTC), map[uuid.UUID]bool{}
	told := items(t, bundle.NewReader(strings.NewReader(text))).items
	for _, resource := range []headwater.Resource{headwater.ResourceSource, headwater.ResourceRelation, headwater.ResourceDocument,
		headwater.ResourceClaim, headwater.ResourceAttribution, headwater.ResourceLink} {
		for _, item := range told {
			names := item.Thing.(interface{ References() []headwater.Reference }).References()
			if item.Resource != resource || there[item.Meta.ID] ||
				slices.ContainsFunc(names, func(r headwater.Reference) bool { return !there[r.ID] }) {
				continue
			}
			there[item.Meta.ID] = true
			item.Meta.CreatedAt, item.Meta.UpdatedAt = stored, stored
			things = append(things, reflect.ValueOf(item.Thing).Elem().Interface())
			if resource == headwater.ResourceClaim {
				claims = append(claims, item.Meta.ID)
			}
		}
	}
	return things, claims
}

// claimRecord is what is known of claims in a format of others.
func claimRecord(t *testing.T, things []any, claims []uuid.UUID, format interchange.ClaimFormat) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := interchange.NewClaimWriter(&out, format, "https://a.example", claims)
	if err != nil {
		t.Fatal(err)
	}
	for _, thing := range things {
		if err := w.Write(thing); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
