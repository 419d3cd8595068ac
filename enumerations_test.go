package headwater_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/headwater-project/headwater"
)

// TestTheDataModelHasEveryValue: each value of each list stands in the data model, and so has a meaning for who enters it.
func TestTheDataModelHasEveryValue(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("docs/data-model.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(page), "## Every list of values")
	lists, _, found := strings.Cut(after, "\n## ")
	if !found {
		t.Fatal("the page has no section of lists")
	}
	for _, list := range []interface{ Values() []string }{
		headwater.SourceKind(""), headwater.Reliability(""), headwater.EntityStatus(""), headwater.RecordStatus(""), headwater.Decision(""),
		headwater.RelationKind(""), headwater.DocumentKind(""), headwater.Stance(""), headwater.Act(""), headwater.Mode(""),
		headwater.Certainty(""), headwater.Endorsement(""), headwater.Evidence(""), headwater.LinkKind(""), headwater.Degree(""),
		headwater.MethodKind(""), headwater.MatchKind(""), headwater.Comparator(""), headwater.Scope(""), headwater.Operation(""),
		headwater.Resource(""),
	} {
		for _, value := range list.Values() {
			if !strings.Contains(lists, "`"+value+"`") {
				t.Errorf("%s: %q is not in docs/data-model.md", fmt.Sprintf("%T", list), value)
			}
		}
	}
}
