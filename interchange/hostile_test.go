package interchange_test

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/testdata"
)

// TestControlsAreLeftOut of the records of others: the record is kept, without them.
func TestControlsAreLeftOut(t *testing.T) {
	t.Parallel()
	for hostile := range testdata.HostileNames {
		quoted, err := json.Marshal(hostile)
		if err != nil {
			t.Fatal(err)
		}
		answer := `{"claims": [{"text": ` + string(quoted) + `, "claimant": ` + string(quoted) +
			`, "claimReview": [{"publisher": {"name": ` +
			string(quoted) + `, "site": "checks.example.org"}, "url": "https://checks.example.org/1", "title": ` + string(quoted) +
			`, "textualRating": ` + string(quoted) + `}]}]}`
		var table strings.Builder
		rows := csv.NewWriter(&table)
		_ = rows.WriteAll([][]string{
			{"name", "names.en", "aliases", "notes", "kind"}, {hostile, hostile, "x " + hostile, hostile, "agency"}})
		for format, text := range map[interchange.Format]string{interchange.FactCheck: answer, interchange.CSV: table.String()} {
			things, err := interchange.Read(strings.NewReader(text), format, interchange.TableOptions{Of: headwater.ResourceSource},
				"https://headwater.example/test")
			if err != nil {
				t.Fatal(err)
			}
			count := 0
			for item, err := range things.Items() {
				if err != nil {
					t.Errorf("%q as %s: %v", hostile, format, err)
					continue
				}
				count++
				if s, ok := item.Thing.(*headwater.Source); ok && strings.Trim(s.Name, " ") == "" {
					t.Errorf("%q as %s: nothing is left of the name", hostile, format)
				}
			}
			if count == 0 {
				t.Errorf("%q as %s: nothing is kept", hostile, format)
			}
		}
	}
}
