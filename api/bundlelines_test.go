package api_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/pb33f/libopenapi-validator/schema_validation"

	"github.com/headwater-project/headwater/testdata"
)

// TestLinesAreAsTheDocumentSays validates each line of a bundle written by hand, and of an export, by the schema of its type,
// and checks that the schemas refuse unknown members.
func TestLinesAreAsTheDocumentSays(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.importFile("../testdata/demo.ndjson")
	resp, err := http.Get(s.url + "/v1/exports")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	exported, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	const ofDemo = "&namespace=https://headwater.example/demo"
	_, _, extract := s.send("GET", "/v1/claims/"+s.idOf("claims", "harbour-blast-toll"+ofDemo)+
		"/bundle?as_of=2025-04&include_proposed=true&without="+s.idOf("sources", "oxbow-wire"+ofDemo), "")
	lines := strings.Split(strings.TrimSpace(string(testdata.Demo)+string(exported)+string(extract)), "\n")
	met := map[string]int{}
	for _, line := range lines {
		var named struct{ Type string }
		if err := json.Unmarshal([]byte(line), &named); err != nil {
			t.Fatal(err)
		}
		met[named.Type]++
		if faults := lineFaults(t, named.Type, line); len(faults) > 0 {
			t.Errorf("%s: %q", line, faults)
		}
		if faults := lineFaults(t, named.Type, strings.Replace(line, "{", `{"rumour": 1,`, 1)); len(faults) == 0 {
			t.Errorf("the schema of a %s allows any member", named.Type)
		}
	}
	if len(met) != 8 || met["attribution"] < 120 {
		t.Errorf("lines of %v", met)
	}
}

// lineFaults lists what the schema of its type finds in a line.
func lineFaults(t *testing.T, kind, line string) (faults []string) {
	t.Helper()
	document, err := model()
	if err != nil {
		t.Fatal(err)
	}
	name := strings.ToUpper(kind[:1]) + kind[1:] + "Line"
	if kind == "bundle" {
		name = "BundleHeader"
	}
	schema := document.Model.Components.Schemas.GetOrZero(name)
	if schema == nil {
		t.Fatalf("the document has no %s", name)
	}
	_, found := schema_validation.NewSchemaValidator().ValidateSchemaString(schema.Schema(), line)
	for _, fault := range found {
		faults = append(faults, fmt.Sprint(fault.Reason, fault.SchemaValidationErrors))
	}
	return faults
}
