package interchange_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/interchange"
)

var trustText = interchange.TableOptions{Values: map[string]string{"domains": "https://www.bay.example/", "name": "Bay Media"}}

// TestOwnershipIsRead: what the formats of who owns whom are read as, with their faults and notes.
func TestOwnershipIsRead(t *testing.T) {
	t.Parallel()
	for file, test := range map[string]struct {
		format interchange.Format
		table  interchange.TableOptions
	}{
		"ownership-0.2.bods.json":   {interchange.BODS, interchange.TableOptions{}},
		"ownership-0.3.bods.json":   {interchange.BODS, interchange.TableOptions{}},
		"ownership-0.4.bods.ndjson": {interchange.BODS, interchange.TableOptions{}},
		"ownership.ftm.ndjson":      {interchange.FollowTheMoney, interchange.TableOptions{}},
		"trust.txt":                 {interchange.TrustText, trustText},
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(filepath.Join("..", "testdata", file))
			if err != nil {
				t.Fatal(err)
			}
			golden(t, file+".golden", read(t, string(text), test.format, test.table).lines(t))
		})
	}
}

// withoutEnds is the key of a relation without what it is between, and any other key as it is.
func withoutEnds(key string) string {
	return regexp.MustCompile(`:[0-9a-f]{32}$`).ReplaceAllString(key, "")
}

// TestStatementsInAnyOrder: which statement replaces which does not depend on where it stands, and a chain of replacements is one thing.
func TestStatementsInAnyOrder(t *testing.T) {
	t.Parallel()
	var statements []string
	for n := range 9 {
		replaces := ""
		if n > 0 {
			replaces = fmt.Sprintf(`, "replacesStatements": ["e%d"]`, n-1)
		}
		statements = append(statements, fmt.Sprintf(`{"statementID": "e%d", "statementType": "entityStatement", "entityType": `+
			`"registeredEntity", "name": "Name %[1]d"%s}`, n, replaces))
	}
	statements = append(statements, `{"statementID": "p", "statementType": "personStatement", "names": [{"fullName": "Owner"}]}`,
		`{"statementID": "o", "statementType": "ownershipOrControlStatement", "subject": {"describedByEntityStatement": "e4"}, `+
			`"interestedParty": {"describedByPersonStatement": "p"}, "interests": [{"type": "shareholding", "share": {"exact": 100}}]}`)
	things := func(order []string) map[string]any {
		t.Helper()
		out := read(t, "["+strings.Join(order, ",")+"]", interchange.BODS, interchange.TableOptions{})
		if len(out.faults) > 0 || len(out.notes) != 8 {
			t.Fatalf("%v %v", out.faults, out.notes)
		}
		all := map[string]any{}
		for _, item := range out.items {
			all[withoutEnds(item.Meta.Key)] = item.Thing
		}
		return all
	}
	want := things(statements)
	entity, _ := want["bods:e0"].(*headwater.Source)
	relation, _ := want["bods:o:owned_by"].(*headwater.Relation)
	if len(want) != 3 || entity == nil || entity.Name != "Name 8" || relation == nil || relation.Subject != entity.ID {
		t.Fatalf("read as %v", want)
	}
	var reversed []string
	for _, statement := range statements {
		reversed = append([]string{statement}, reversed...)
	}
	if diff := cmp.Diff(want, things(reversed)); diff != "" {
		t.Errorf("in another order (-first +reversed):\n%s", diff)
	}
}

// TestInterestsOfOtherTimes: interests of a kind that held at other times are each a relation, so that one that is over does not hide
// the one that holds now; of those of one time the larger counts.
func TestInterestsOfOtherTimes(t *testing.T) {
	t.Parallel()
	share := func(part float64) *float64 { return &part }
	for interests, want := range map[string]map[string]headwater.RelationFields{
		`{"type": "shareholding", "share": {"exact": 80}, "startDate": "2001-01-01", "endDate": "2015-01-01"},
			{"type": "shareholding", "share": {"exact": 60}, "startDate": "2015-01-02"}`: {
			"bods:o:owned_by":   {Kind: headwater.OwnedBy, Share: share(0.8), Since: "2001-01-01", Until: "2015-01-01"},
			"bods:o:owned_by:2": {Kind: headwater.OwnedBy, Share: share(0.6), Since: "2015-01-02"},
		},
		`{"type": "influenceOrControl", "endDate": "2015-01-01"}, {"type": "appointmentOfBoard", "startDate": "2015-01-02"}`: {
			"bods:o:controlled_by":   {Kind: headwater.ControlledBy, Until: "2015-01-01"},
			"bods:o:controlled_by:2": {Kind: headwater.ControlledBy, Since: "2015-01-02"},
		},
		`{"type": "shareholding", "share": {"exact": 20}}, {"type": "shareholding", "share": {"exact": 70}}`: {
			"bods:o:owned_by": {Kind: headwater.OwnedBy, Share: share(0.7)},
		},
		`{"type": "shareholding", "share": {"exact": 33.3}}`: {
			"bods:o:owned_by": {Kind: headwater.OwnedBy, Share: share(0.333)}, // not 0.33299999999999996
		},
		`{"type": "trustee-of-trust"}, {"type": "other-influence-or-control-of-trust", "startDate": "2015-01-02"}`: { // of 0.2
			"bods:o:controlled_by":   {Kind: headwater.ControlledBy},
			"bods:o:controlled_by:2": {Kind: headwater.ControlledBy, Since: "2015-01-02"},
		},
	} {
		out := read(t, `[{"statementID": "o", "statementType": "ownershipOrControlStatement", "subject": {"describedByEntityStatement": `+
			`"e"}, "interestedParty": {"describedByPersonStatement": "p"}, "interests": [`+interests+`]}]`, interchange.BODS,
			interchange.TableOptions{})
		if len(out.faults) > 0 {
			t.Errorf("%s has the faults %v", interests, out.faults)
		}
		got := map[string]headwater.RelationFields{}
		for _, item := range out.items {
			relation, _ := item.Thing.(*headwater.Relation)
			f := relation.RelationFields
			f.Subject, f.Object, f.Citation = uuid.Nil, uuid.Nil, ""
			got[withoutEnds(item.Meta.Key)] = f
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", interests, diff)
		}
	}
}

// TestNoInterestsAreTold: a statement that brings nothing says so, and one that ended on no day is none that holds for ever.
func TestNoInterestsAreTold(t *testing.T) {
	t.Parallel()
	const statement = `[{"statementId": "s", "recordId": "r", "recordType": "relationship", "recordStatus": "closed", ` +
		`"recordDetails": {"subject": "e", "interestedParty": "p", "interests": %s}}]`
	none := read(t, fmt.Sprintf(statement, "[]"), interchange.BODS, interchange.TableOptions{})
	if len(none.notes) != 1 || none.notes[0].Pointer != "/0/recordDetails/interests" {
		t.Errorf("no interests are told as %v", none.notes)
	}
	told := read(t, fmt.Sprintf(statement, `[{"type": "shareholding", "share": {"exact": 80}, "endDate": "2015"}]`), interchange.BODS,
		interchange.TableOptions{})
	if len(told.items) != 1 || len(told.faults)+len(none.faults) != 0 {
		t.Errorf("what says itself when it ended is read as %v with the faults %v", told.items, told.faults)
	}
	ended := read(t, fmt.Sprintf(statement, `[{"type": "shareholding", "share": {"exact": 80}}]`), interchange.BODS,
		interchange.TableOptions{})
	if len(ended.items) != 0 || len(ended.faults) != 1 || ended.faults[0].Pointer != "/0/statementDate" {
		t.Errorf("what ended on no day is read as %v with the faults %v", ended.items, ended.faults)
	}
}

// TestSourcesWithIDsStayTwo: two ids are two sources, whatever they are called, and what is stored of them stays.
func TestSourcesWithIDsStayTwo(t *testing.T) {
	t.Parallel()
	out := read(t, `{"id": "a", "schema": "Company", "properties": {"name": ["Bay Media"]}}
{"id": "b", "schema": "Company", "properties": {"name": ["Bay Media"]}}`, interchange.FollowTheMoney, interchange.TableOptions{})
	if len(out.items) != 2 || out.items[0].Meta.ID == out.items[1].Meta.ID {
		t.Fatalf("read as %v", out.items)
	}
	for _, item := range out.items {
		if item.Assertion != bundle.Mentions {
			t.Errorf("%s is not only mentioned", item.Meta.Key)
		}
	}
}

// TestWhoseTrustText: a trust.txt does not say whose it is.
func TestWhoseTrustText(t *testing.T) {
	t.Parallel()
	const whose = "domains=HOST, the host whose trust.txt this is, which the file does not say"
	for _, test := range []struct {
		values map[string]string
		want   string
	}{
		{nil, "/set: required: expected " + whose},
		{map[string]string{"domains": "n"}, `/set: required: "n", expected ` + whose},
		{map[string]string{"country": "EG", "domains": "bay.example"}, `/set: not_one_of: "country", expected one of domains, name`},
	} {
		_, err := interchange.Read(strings.NewReader(""), interchange.TrustText, interchange.TableOptions{Values: test.values}, namespace)
		if err == nil || err.Error() != test.want {
			t.Errorf("got %v, want %s", err, test.want)
		}
	}
}

// TestTiesToAccounts: what a trust.txt names at a platform is an account there, and never the platform.
func TestTiesToAccounts(t *testing.T) {
	t.Parallel()
	out := read(t, "control=https://twitter.com/baysports\ncontrolledby=https://twitter.com/\nmember=https://sites.google.com/x\n",
		interchange.TrustText, trustText)
	var got []string
	for _, item := range out.items {
		if source, is := item.Thing.(*headwater.Source); is && source.Name != "Bay Media" {
			got = append(got, fmt.Sprint(source.Name, source.Domains))
		}
	}
	if diff := cmp.Diff([]string{"x.com/baysports[]"}, got); diff != "" || len(out.faults) > 0 || len(out.notes) != 2 {
		t.Error(diff, out.faults, out.notes)
	}
}

// TestEntitiesWithin: an entity that stands within another is not read, which is told, whichever property it is a value of.
func TestEntitiesWithin(t *testing.T) {
	t.Parallel()
	out := read(t, `{"id": "p", "schema": "Person", "properties": {"name": ["Nina"], "ownershipOwner": [{"id": "o", `+
		`"schema": "Ownership", "properties": {"asset": [{"id": "c", "schema": "Company", `+
		`"properties": {"name": ["Bay"]}}]}}, {"id": "o2"}]}}`,
		interchange.FollowTheMoney, interchange.TableOptions{})
	if len(out.items) != 1 || len(out.faults) > 0 || len(out.notes) != 1 || out.notes[0].Pointer != "/properties/ownershipOwner" {
		t.Errorf("read as %v, with %s", out.items, out.said())
	}
}

// TestRecordsOfTwoRegisters: an id of a record is one among those of its publisher, or else of its feed.
func TestRecordsOfTwoRegisters(t *testing.T) {
	t.Parallel()
	const entity = `{"entityType": {"type": "registeredEntity"}, "name": "Bay"}`
	const holds = `{"subject": "1", "interestedParty": "2", "interests": [{"type": "shareholding", "share": {"exact": 60}}]}`
	by := func(publisher string) string { return `, "publicationDetails": {"publisher": {` + publisher + `}}` }
	for name, test := range map[string]struct {
		publishers [2]string // of the record 1, and of the record 2 and who holds what
		feed       string
		want       []string
	}{
		"one": {[2]string{by(`"name": "Marjan  Register"`), by(`"name": "marjan register"`)}, "f",
			[]string{"marjan-register:", "marjan-register:"}},
		"two": {[2]string{by(`"name": "Marjan"`), by(`"url": "https://www.hill.example/x"`)}, "f",
			[]string{"marjan:", "hill.example:"}},
		"one, and one open": {[2]string{"", by(`"name": "Marjan"`)}, "f", []string{"marjan:", "marjan:"}},
		"none":              {[2]string{"", ""}, "Register.json", []string{"register-json:", "register-json:"}},
		"none, of no feed":  {[2]string{"", ""}, "", []string{"", ""}},
	} {
		first, second := test.publishers[0], test.publishers[1]
		line := func(publisher, id, kind, details string) string {
			return fmt.Sprintf(`{"statementId": "s%[1]s", "recordId": "%[1]s", "recordType": "%[2]s", "recordDetails": %[3]s%[4]s}`,
				id, kind, details, publisher)
		}
		out := read(t, strings.Join([]string{line(first, "1", "entity", entity), line(second, "2", "entity", entity),
			line(second, "h", "relationship", holds)}, "\n"), interchange.BODS, interchange.TableOptions{Feed: test.feed})
		var keys []string
		ids := map[uuid.UUID]string{}
		for _, item := range out.items {
			keys = append(keys, withoutEnds(item.Meta.Key))
			ids[item.Meta.ID] = item.Meta.Key
		}
		want := []string{"bods:" + test.want[0] + "1", "bods:" + test.want[1] + "2", "bods:" + test.want[1] + "h:owned_by"}
		if diff := cmp.Diff(want, keys); diff != "" || len(out.faults)+len(out.notes) > 0 {
			t.Errorf("%s: %v %v (-want +got):\n%s", name, out.faults, out.notes, diff)
			continue
		}
		if relation := out.items[2].Thing.(*headwater.Relation); ids[relation.Object] != want[1] {
			t.Errorf("%s: the owner is %q", name, ids[relation.Object])
		}
	}
}

// TestManyPagesOfASite: an entity that names several pages of one site has the site once.
func TestManyPagesOfASite(t *testing.T) {
	t.Parallel()
	pages := `["http://bay.example", "https://www.bay.example/en", "https://bay.example/", "https://news.bay.example/"]`
	for format, text := range map[interchange.Format]string{
		interchange.FollowTheMoney: `{"id": "a", "schema": "Company", "properties": {"name": ["Bay"], "website": ` + pages + `}}`,
		interchange.BODS: `{"statementID": "a", "statementType": "entityStatement", "entityType": "registeredEntity", "name": "Bay", ` +
			`"uri": ` + pages + `}`,
	} {
		out := read(t, text, format, interchange.TableOptions{})
		if len(out.faults) > 0 || len(out.items) != 1 {
			t.Errorf("%s: %v %v", format, out.items, out.faults)
			continue
		}
		source, _ := out.items[0].Thing.(*headwater.Source)
		if diff := cmp.Diff([]string{"bay.example", "news.bay.example"}, source.Domains); diff != "" {
			t.Errorf("%s: %s", format, diff)
		}
	}
}

// TestCaptionsName: of several names of an entity, that which the file shows it by is its name, and the others are kept.
func TestCaptionsName(t *testing.T) {
	t.Parallel()
	out := read(t, `{"id":"NK-1","caption":"Bay Media","schema":"Company","properties":{"name":["Бэй Медиа","Bay Media"],"alias":["BM"]},`+
		`"referents":["x"],"datasets":["d"],"first_seen":"2023-04-20T06:22:03","target":true}
{"id":"NK-2","caption":"Somebody","schema":"Person","properties":{"name":["A","B"]}}`,
		interchange.FollowTheMoney, interchange.TableOptions{})
	var got []string
	for _, item := range out.items {
		source := item.Thing.(*headwater.Source)
		got = append(got, source.Name+": "+strings.Join(source.Aliases, ", "))
	}
	if diff := cmp.Diff([]string{"Bay Media: Бэй Медиа, BM", "A: B"}, got); diff != "" || len(out.faults) > 0 {
		t.Error(diff, out.faults)
	}
}

// TestFragmentsAreJoined: fragments of an entity that follow one another are read as what an aggregated stream says, whatever they hold.
func TestFragmentsAreJoined(t *testing.T) {
	t.Parallel()
	const whole = `{"id": "c", "schema": "Company", "caption": "Bay", "properties": {"name": ["Bay", "Bay Media"], "country": ["eg"]}}
{"id": "o", "schema": "Ownership", "properties": {"owner": ["p"], "asset": ["c"], "percentage": ["60"], "endDate": ["2024-01-31"]}}
{"id": "p", "schema": "Person", "properties": {"name": ["Mona"]}}`
	parts := []string{
		`{"id": "c", "schema": "LegalEntity", "properties": {"name": ["Bay"]}}`,
		`{"id": "c", "schema": "Asset", "caption": "Bay", "properties": {}}`,
		`{"id": "c", "schema": "Company", "properties": {"name": ["Bay", "Bay Media"], "country": "eg"}}`,
		`{"id": "c", "schema": "LegalEntity", "properties": {"country": ["eg"]}}`,
		`{"id": "o", "schema": "Ownership", "properties": {"owner": ["p"]}}`,
		`{"id": "o", "schema": "Ownership", "properties": {"asset": ["c"], "percentage": ["60"]}}`,
		`{"id": "o", "schema": "Ownership", "properties": {"owner": ["p"], "endDate": ["2024-01-31"]}}`,
		`{"id": "p", "schema": "Person", "properties": {"name": ["Mona"]}}`,
	}
	things := func(text string) (all []any) {
		t.Helper()
		out := read(t, text, interchange.FollowTheMoney, interchange.TableOptions{})
		if len(out.faults)+len(out.notes) > 0 {
			t.Errorf("told is %s", out.said())
		}
		for _, item := range out.items {
			all = append(all, item.Thing)
		}
		return all
	}
	want := things(whole)
	if len(want) != 3 {
		t.Fatalf("read as %v", want)
	}
	for form, text := range map[string]string{"lines": strings.Join(parts, "\n\n"), "a list": "[" + strings.Join(parts, ",") + "]",
		"a list by its name": `{"entities": [` + strings.Join(parts, ",") + "]}"} {
		if diff := cmp.Diff(want, things(text)); diff != "" {
			t.Errorf("%s (-whole +fragments):\n%s", form, diff)
		}
	}
	person := strings.ReplaceAll(parts[7], `"p"`, `"c"`)
	if out := read(t, parts[2]+"\n"+person, interchange.FollowTheMoney, interchange.TableOptions{}); len(out.items) != 2 {
		t.Errorf("a person and a company of one id are read as %v", out.items)
	}
	apart := read(t, strings.Join([]string{parts[4], parts[7], parts[5]}, "\n"), interchange.FollowTheMoney, interchange.TableOptions{})
	if len(apart.items) != 1 || len(apart.faults) != 2 || apart.faults[0].Pointer != "/properties/asset" {
		t.Errorf("fragments apart are read as %v, and told is %s", apart.items, apart.said())
	}
}

// TestRecordsTooLong: a record that is too long or broken costs none of those after it where each has a line; elsewhere what follows is
// told not to be read.
func TestRecordsTooLong(t *testing.T) {
	t.Parallel()
	company := func(name string) string {
		return `{"id": "` + name[:1] + `", "schema": "Company", "properties": {"name": ["` + name + `"]}}`
	}
	long, broken := company(strings.Repeat("x", 17<<20)), `{"id": "b", "schema": "Company", "properties": {"name": ["B"],`
	for name, lines := range map[string][]string{
		"long first": {long, company("a"), company("c")}, "long first of two": {long, company("a")},
		"long in between": {company("a"), long, company("c")}, "broken first": {broken, company("a"), company("c")},
		"broken in between": {company("a"), broken, company("c")}, "broken last": {company("a"), company("c"), broken},
	} {
		out := read(t, strings.Join(lines, "\n"), interchange.FollowTheMoney, interchange.TableOptions{})
		if len(out.items) != len(lines)-1 || len(out.faults) != 1 {
			t.Errorf("%s: %d read, with %v", name, len(out.items), out.faults)
		}
	}
	out := read(t, "["+company("a")+",\n"+long+","+company("c")+"]", interchange.FollowTheMoney, interchange.TableOptions{})
	if len(out.items) != 1 || len(out.faults) != 1 || !strings.Contains(out.faults[0].Expected, "what follows was not read") {
		t.Errorf("of a list %d are read, with %v", len(out.items), out.faults)
	}
}
