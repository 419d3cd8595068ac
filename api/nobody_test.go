package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater/api"
)

// rowsOfEachTable says how many rows each table has.
func rowsOfEachTable(t *testing.T, connection *pgx.Conn) string {
	t.Helper()
	var rows string
	if err := connection.QueryRow(t.Context(), `SELECT string_agg(tablename || ' ' ||
		(xpath('//n/text()', query_to_xml(format('SELECT count(*) AS n FROM %I', tablename), false, true, '')))[1]::text, ', '
			ORDER BY tablename)
		FROM pg_tables WHERE schemaname = current_schema()`).Scan(&rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestBodiesThatSayNothing: of an empty object, each member that the document requires is named with what was expected. What is no
// object, or nothing at all, is refused and said to be so. Nothing is stored of either. The bodies that may say nothing are listed here.
func TestBodiesThatSayNothing(t *testing.T) {
	t.Parallel()
	opened, connection := openBeside(t, 4)
	s := serve(t, api.New(opened, api.Options{Webhooks: webhooks}))
	s.importFile("../testdata/demo.ndjson")
	document, err := model()
	if err != nil {
		t.Fatal(err)
	}
	before := rowsOfEachTable(t, connection)
	asked := 0
	for _, o := range operations(t) {
		taken := document.Model.Paths.PathItems.GetOrZero(o.path).GetOperations().GetOrZero(strings.ToLower(o.method)).RequestBody
		if taken == nil {
			continue
		}
		path := s.pathOf(o.path)
		for media, content := range taken.Content.FromOldest() {
			for _, body := range []string{`{}`, `[]`, `null`, `"x"`, `1`, ``} {
				asked++
				status, _, problem := s.call(o.method, path, body, "Content-Type", media, "If-Match", "*")
				what := fmt.Sprintf("%s of %s %q: %d %v", o.id, media, body, status, problem)
				// these change nothing then, and are about all claims
				mayBeEmpty := o.method == http.MethodPatch || o.id == "suggestLinks"
				// a list of a format of others, or of a search without results
				noRecords := o.id == "importBundle" && body == `[]`
				if status == http.StatusOK && (body == `{}` && mayBeEmpty || noRecords) {
					continue
				}
				if status < 400 || status >= 500 {
					t.Error(what)
					continue
				}
				if status == http.StatusUnsupportedMediaType && strings.Contains(fmt.Sprint(problem["detail"]), "expected") {
					continue // an import of another format is asked for by a parameter
				}
				faults, _ := problem["errors"].([]any)
				var missing []string
				for _, fault := range faults {
					fault := fault.(map[string]any)
					if expected, _ := fault["expected"].(string); expected == "" {
						t.Errorf("%s: nothing is said to be expected", what)
					}
					if fault["code"] == "required" {
						missing = append(missing, fault["pointer"].(string))
					}
				}
				if len(faults) == 0 {
					t.Errorf("%s: no fault is named", what)
				}
				if body != `{}` || media != "application/json" {
					continue
				}
				for _, required := range content.Schema.Schema().Required {
					if !slices.Contains(missing, "/"+required) {
						t.Errorf("%s: %s is not named", what, required)
					}
				}
			}
		}
	}
	if asked < 200 {
		t.Errorf("only %d bodies were sent", asked)
	}
	if after := rowsOfEachTable(t, connection); after != before {
		t.Errorf("before %s\nafter  %s", before, after)
	}
}

// withNul gives an example in which one text has a NUL at its end, for each of its texts.
func withNul(example any, put func(any) any) (bodies []any) {
	switch node := example.(type) {
	case string:
		bodies = append(bodies, put(node+"\x00"))
	case map[string]any:
		for _, name := range keys(node) {
			bodies = append(bodies, withNul(node[name], func(one any) any {
				copied := maps.Clone(node)
				copied[name] = one
				return put(copied)
			})...)
		}
	case []any:
		for i := range node {
			bodies = append(bodies, withNul(node[i], func(one any) any {
				copied := slices.Clone(node)
				copied[i] = one
				return put(copied)
			})...)
		}
	}
	return bodies
}

// TestEachTextWithANul: no column can hold a NUL, and whichever text of a body has one, the client is told so, or reads what was made of
// it.
func TestEachTextWithANul(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.importFile("../testdata/demo.ndjson")
	sent := 0
	for _, o := range s.exampleRequests() {
		for _, body := range withNul(o.body, func(one any) any { return one }) {
			text, err := json.Marshal(body)
			if err != nil {
				t.Fatal(err)
			}
			sent++
			status, _, answer := s.send(o.method, o.path, string(text), "Content-Type", o.media, "If-Match", "*")
			if status >= http.StatusInternalServerError || status < http.StatusBadRequest && strings.Contains(string(answer), `\u0000`) {
				t.Errorf("%s: %s: %d %.300s", o.id, text, status, answer)
			}
		}
	}
	if sent < 100 {
		t.Errorf("only %d bodies were sent", sent)
	}
}
