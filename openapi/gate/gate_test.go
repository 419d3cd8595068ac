// Package gate holds the OpenAPI document to the one that was last released: what clients were promised stays, and what
// is new has a version of its own. It is a module of its own, so that the service does not carry the tools that compare.
//
// It must not know the service: it reads the committed documents and nothing else.
package gate

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oasdiff/oasdiff/checker"
	"github.com/oasdiff/oasdiff/diff"
	"github.com/oasdiff/oasdiff/load"
	"golang.org/x/mod/semver"
)

const (
	released = "../released/openapi.json"
	current  = "../openapi.json"
)

// TestSinceTheLastRelease says what the document's changes ask for: a new major path if they break clients, a higher
// minor version if they only add.
func TestSinceTheLastRelease(t *testing.T) {
	t.Parallel()
	was := read(t, released)
	// Told in CHANGELOG.md: a claim may stand in ways that clients of 0.2.0 do not know, and from 0.4.0 on this enum may grow.
	was.at("components", "schemas", "Standing")["x-extensible-enum"] = was.at("components", "schemas", "Standing")["enum"]
	for _, fault := range judge(t, was, read(t, current)) {
		t.Error(fault)
	}
}

// TestTheGate: each way to break clients, and each way to add, is seen.
func TestTheGate(t *testing.T) {
	t.Parallel()
	property := func(d document) {
		d.at("components", "schemas", "Source", "properties")["more"] = map[string]any{"type": "string"}
	}
	version := func(d document, version string) { d.at("info")["version"] = version }
	enum := func(d document, name, member string, change func([]any) []any) {
		schema := d.at("components", "schemas", name)
		schema[member] = change(schema[member].([]any))
	}
	less := func(values []any) []any { return values[1:] }
	more := func(values []any) []any { return append(values, "more") }
	for name, c := range map[string]struct {
		change func(document)
		want   string // a part of the first fault; empty where there is none
	}{
		"nothing": {func(document) {}, ""},
		"a field removed": {func(d document) { delete(d.at("components", "schemas", "Source", "properties"), "name") },
			"/v2"},
		"a required input added": {func(d document) {
			enum(d, "NewSource", "required", func(r []any) []any { return append(r, "notes") })
		}, "/v2"},
		"an enum value dropped":            {func(d document) { enum(d, "Stance", "enum", less) }, "/v2"},
		"an enum value added":              {func(d document) { enum(d, "Stance", "enum", more) }, "/v2"},
		"a growing enum's value dropped":   {func(d document) { enum(d, "SourceKind", "x-extensible-enum", less) }, "/v2"},
		"a growing enum's value added":     {func(d document) { enum(d, "SourceKind", "x-extensible-enum", more) }, "0.2.0"},
		"an operation removed":             {func(d document) { delete(d.at("paths"), "/v1/sources") }, "/v2"},
		"a status removed":                 {func(d document) { delete(d.at("paths", "/v1/sources", "post", "responses"), "201") }, "/v2"},
		"an operation added":               {func(d document) { d.at("paths")["/v1/more"] = d.at("paths")["/healthz"] }, "0.2.0"},
		"a field added":                    {property, "0.2.0"},
		"a field added in a minor version": {func(d document) { property(d); version(d, "0.2.0") }, ""},
		"a field added in a patch version": {func(d document) { property(d); version(d, "0.1.1") }, "0.2.0"},
		"a field removed in a next version": {func(d document) {
			delete(d.at("components", "schemas", "Source", "properties"), "name")
			version(d, "0.2.0")
		}, "/v2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			was, is := read(t, current), read(t, current)
			version(was, "0.1.0")
			version(is, "0.1.0")
			c.change(is)
			faults := judge(t, was, is)
			if (len(faults) > 0) != (c.want != "") || c.want != "" && !strings.Contains(faults[0], c.want) {
				t.Errorf("%q, want %q", faults, c.want)
			}
		})
	}
}

// judge says what keeps a document from following another.
func judge(t *testing.T, was, is document) []string {
	t.Helper()
	if reflect.DeepEqual(was, is) {
		return nil
	}
	from, to := was.version(), is.version()
	var faults []string
	for _, breaking := range compare(t, was, is) {
		faults = append(faults, fmt.Sprintf("clients of %s would break; keep /v1 as it is, and serve the change under /v2: %s", from,
			breaking))
	}
	if needed := nextMinor(t, from); len(faults) == 0 && semver.Compare("v"+to, "v"+needed) < 0 {
		faults = append(faults, fmt.Sprintf("the document has grown since %s: its version is %s and must be %s or higher", from, to,
			needed))
	}
	return faults
}

// compare lists the changes that break clients.
func compare(t *testing.T, was, is document) []string {
	t.Helper()
	base, revision := loaded(t, was), loaded(t, is)
	changes, sources, err := diff.GetWithOperationsSourcesMap(diff.NewConfig(), base, revision)
	if err != nil {
		t.Fatal(err)
	}
	var breaking []string
	for _, change := range checker.CheckBackwardCompatibilityUntilLevel(checker.NewConfig(checker.GetAllChecks()), changes, sources,
		checker.ERR) {
		breaking = append(breaking, change.GetOperation()+" "+change.GetPath()+": "+
			change.GetUncolorizedText(checker.NewDefaultLocalizer()))
	}
	return append(breaking, shrunk(was, is)...)
}

// shrunk lists the values that growing enums have lost. What they gain breaks no client, since each was told to expect it;
// so the comparison does not see their values.
func shrunk(was, is document) []string {
	var lost []string
	now := is.growing()
	for name, values := range was.growing() {
		for _, value := range values {
			if !slices.Contains(now[name], value) {
				lost = append(lost, fmt.Sprintf("%s lost the value %v", name, value))
			}
		}
	}
	return lost
}

// document is an OpenAPI document.
type document map[string]any

func read(t *testing.T, path string) document {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// loaded is the document as the comparison reads it: with growing enums as the strings that they are to clients.
func loaded(t *testing.T, d document) *load.SpecInfo {
	t.Helper()
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var read document
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	for name := range read.growing() {
		delete(read.at("components", "schemas", name), "enum")
	}
	if text, err = json.Marshal(read); err != nil {
		t.Fatal(err)
	}
	info, err := load.NewSpecInfoFromData(openapi3.NewLoader(), text, "document")
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// at is the object that names lead to.
func (d document) at(names ...string) map[string]any {
	object := map[string]any(d)
	for _, name := range names {
		object = object[name].(map[string]any)
	}
	return object
}

func (d document) version() string { return d.at("info")["version"].(string) }

// growing gives the values of each enum that may grow.
func (d document) growing() map[string][]any {
	enums := map[string][]any{}
	for name, schema := range d.at("components", "schemas") {
		if values, ok := schema.(map[string]any)["x-extensible-enum"].([]any); ok {
			enums[name] = values
		}
	}
	return enums
}

// nextMinor is the least version that may add to a version.
func nextMinor(t *testing.T, version string) string {
	t.Helper()
	var major, minor int
	if _, err := fmt.Sscanf(version, "%d.%d.", &major, &minor); err != nil {
		t.Fatalf("%s: %v", version, err)
	}
	return fmt.Sprintf("%d.%d.0", major, minor+1)
}
