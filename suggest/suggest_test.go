package suggest_test

import (
	"encoding/json"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/suggest"
)

var first, second = uuid.MustParse("00000000-0000-7000-8000-000000000001"), uuid.MustParse("00000000-0000-7000-8000-000000000002")

func claim(t testing.TB, id uuid.UUID, fields string) headwater.Claim {
	t.Helper()
	c := headwater.Claim{Meta: headwater.Meta{ID: id}}
	if err := json.Unmarshal([]byte(fields), &c.ClaimFields); err != nil {
		t.Fatal(err)
	}
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	return c
}

var agencies = suggest.NewNames([]headwater.Source{{
	Meta: headwater.Meta{ID: uuid.MustParse("00000000-0000-7000-8000-00000000000a")},
	SourceFields: headwater.SourceFields{
		Name: "Harbour Inquiry Commission", Names: headwater.Texts{"ar": "لجنة التحقيق في المرفأ"}, Aliases: []string{"HIC"},
	},
}})

func TestBetween(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ a, b, want string }{
		"opposite polarity in English": {`{"statement": {"en": "The port authority closed the northern gate."}}`,
			`{"statement": {"en": "The port authority did not close the northern gate."}}`, "contradicts direct polarity"},
		"opposite polarity in Arabic": {`{"statement": {"ar": "السفينة كانت في الميناء يوم الانفجار"}}`,
			`{"statement": {"ar": "السفينة لم تكن في الميناء يوم الانفجار"}}`, "contradicts direct polarity"},
		"negated twice is not": {`{"statement": {"en": "Nobody never closed the gate."}}`,
			`{"statement": {"en": "Closed the gate."}}`, "equivalent statement"},
		"exact numbers that differ": {`{"statement": {"en": "30 people were killed in the blast."}, "quantities": [{"value": ` +
			`30, "unit": "person", "comparator": "="}], "event_time": {"start": "2025-03-11", "end": "2025-03-11"}}`,
			`{"statement": {"en": "12 people were killed in the blast."}, "quantities": [{"value": 12, "unit": "person", "comparator": ` +
				`"="}], "event_time": {"start": "2025-03-11", "end": "2025-03-11"}}`, "contradicts direct quantity"},
		"a bound that excludes": {`{"statement": {"en": "The blast at the terminal killed dockers, at least 30."}, ` +
			`"quantities": [{"value": 30, "unit": "docker", "comparator": ">="}], "event_time": {"start": "2025-03", "end": "2025-03"}}`,
			`{"statement": {"en": "The blast at the terminal killed dockers, fewer than 30."}, "quantities": [{"value": 30, "unit": ` +
				`"docker", "comparator": "<"}], "event_time": {"start": "2025-03", "end": "2025-03"}}`, "contradicts direct quantity"},
		"an estimate that is off": {`{"statement": {"en": "About 100 trucks crossed the bridge."}, "quantities": [{"value": ` +
			`100, "unit": "truck", "comparator": "~"}]}`,
			`{"statement": {"en": "About 200 trucks crossed the bridge."}, "quantities": [{"value": 200, "unit": "truck", "comparator": ` +
				`"~"}]}`, "contradicts tension quantity"},
		"numbers over different scopes": {`{"statement": {"en": "30 people were killed in the blast."}, "scope": "hospitals", ` +
			`"quantities": [{"value": 30, "unit": "person", "comparator": "="}]}`,
			`{"statement": {"en": "12 people were killed in the blast."}, "scope": "dockers", "quantities": [{"value": 12, "unit": ` +
				`"person", "comparator": "="}]}`, ""},
		"numbers at different times": {`{"statement": {"en": "30 trucks crossed the bridge."}, "quantities": [{"value": 30, ` +
			`"unit": "truck", "comparator": "="}], "event_time": {"start": "2024"}}`,
			`{"statement": {"en": "12 trucks crossed the bridge."}, "quantities": [{"value": 12, "unit": "truck", "comparator": "="}], ` +
				`"event_time": {"end": "2023-11"}}`, ""},
		"numbers of different things": {`{"statement": {"en": "30 trucks crossed the bridge."}, "quantities": [{"value": 30, ` +
			`"unit": "truck", "comparator": "="}]}`,
			`{"statement": {"en": "12 cars crossed the bridge."}, "quantities": [{"value": 12, "unit": "car", "comparator": "="}]}`, ""},
		"a number that entails another": {`{"statement": {"en": "The ferry carried 500 passengers."}, "quantities": [{"value": 500, ` +
			`"unit": "passenger", "comparator": "="}]}`,
			`{"statement": {"en": "The ferry carried over 400 passengers."}, "quantities": [{"value": 400, "unit": "passenger", ` +
				`"comparator": ">"}]}`, "corroborates first quantity"},
		"the same words": {`{"statement": {"en": "The northern gate was closed on Monday."}}`,
			`{"statement": {"en": "On Monday, the northern gates were closed."}}`, "equivalent statement"},
		"the same words but a number": {`{"statement": {"en": "The northern gate of terminal 4 at the old harbour was closed on ` +
			`Monday by the guards."}}`,
			`{"statement": {"en": "The northern gate of terminal 5 at the old harbour was closed on Monday by the guards."}}`, ""},
		"one name in two scripts": {`{"statement": {"ar": "لجنة التحقيق في المرفأ أغلقت البوابة الشمالية"}}`,
			`{"statement": {"ar": "HIC أغلقت البوابة الشمالية"}}`, "equivalent statement"},
		"a name and its short form": {`{"statement": {"en": "The Harbour Inquiry Commission closed the northern gate."}}`,
			`{"statement": {"en": "HIC closed the northern gate."}}`, "equivalent statement"},
		"more detail, first": {`{"statement": {"en": "The northern gate was closed on Monday by order of the mayor."}}`,
			`{"statement": {"en": "The northern gate was closed."}}`, "refines first detail"},
		"more detail, second": {`{"statement": {"ar": "أغلقت البوابة الشمالية"}}`,
			`{"statement": {"ar": "أغلقت البوابة الشمالية يوم الاثنين بأمر المحافظ"}}`, "refines second detail"},
		"nothing in common": {`{"statement": {"en": "The northern gate was closed."}}`,
			`{"statement": {"en": "Shares of the shipping line fell."}}`, ""},
		"numbers in two languages": {`{"statement": {"en": "HIC counted 30 dead."}, "quantities": [{"value": 30, "unit": ` +
			`"person", "comparator": "="}]}`,
			`{"statement": {"ar": "أحصت لجنة التحقيق في المرفأ ٣٠ قتيلا"}, "quantities": [{"value": 30, "unit": "person", "comparator": ` +
				`"="}]}`, "corroborates first quantity"},
		"other numbers in two languages": {`{"statement": {"ar": "أحصت لجنة التحقيق في المرفأ ٣٠ قتيلا في محطة HX-4"}, "quantities": ` +
			`[{"value": 30, "unit": "person", "comparator": "="}]}`,
			`{"statement": {"en": "HIC counted 12 dead at HX-4."}, "quantities": [{"value": 12, "unit": "person", "comparator": "="}]}`,
			"contradicts tension quantity"},
		"two regions of one language": {`{"statement": {"en-GB": "The northern gate was closed on Monday."}}`,
			`{"statement": {"en-US": "On Monday, the northern gates were closed."}}`, "equivalent statement"},
		"nothing in common in two languages": {`{"statement": {"en": "The northern gate was closed."}}`,
			`{"statement": {"ar": "أغلقت البوابة الشمالية"}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			link, found := suggest.LinkBetween(claim(t, first, test.a), claim(t, second, test.b), agencies)
			if got := described(link, found); got != test.want {
				t.Errorf("%q, want %q: %s", got, test.want, link.Rationale)
			}
			if found && (link.Method.Kind != headwater.ByRule || link.Rationale == "" || link.Validate() != nil) {
				t.Errorf("%+v: %v", link, link.Validate())
			}
		})
	}
}

func described(l headwater.LinkFields, found bool) string {
	if !found {
		return ""
	}
	text := string(l.Kind)
	if l.Degree != "" {
		text += " " + string(l.Degree)
	}
	if l.Kind.Directed() {
		text += map[bool]string{true: " first", false: " second"}[l.From == first]
	}
	return text + " " + l.Basis
}

// TestBetweenHasNoOrder: whichever claim is asked about, the proposal is the same link.
func TestBetweenHasNoOrder(t *testing.T) {
	t.Parallel()
	words := []string{"gate", "closed", "not", "north", "30", "40", "guards", "Monday", "HIC"}
	comparators := headwater.Comparator("").Values()
	draw := rapid.Custom(func(t *rapid.T) headwater.Claim {
		statement := ""
		for _, word := range rapid.SliceOfN(rapid.SampledFrom(words), 1, 6).Draw(t, "words") {
			statement += word + " "
		}
		c := headwater.Claim{ClaimFields: headwater.ClaimFields{Statement: headwater.Texts{"en": statement}}}
		if rapid.Bool().Draw(t, "counts") {
			value, _ := headwater.ParseDecimal(rapid.SampledFrom([]string{"10", "10.5", "11", "-3"}).Draw(t, "value"))
			q := headwater.Quantity{Value: value, Unit: "gate",
				Comparator: headwater.Comparator(rapid.SampledFrom(comparators).Draw(t, "comparator"))}
			if q.Comparator == headwater.Between {
				high, _ := headwater.ParseDecimal("12")
				q.High = &high
			}
			c.Quantities = []headwater.Quantity{q}
		}
		return c
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := draw.Draw(t, "a"), draw.Draw(t, "b")
		a.ID, b.ID = first, second
		one, found := suggest.LinkBetween(a, b, agencies)
		other, alsoFound := suggest.LinkBetween(b, a, agencies)
		if found != alsoFound || one.Kind != other.Kind || one.Degree != other.Degree {
			t.Fatalf("%v %+v and %v %+v", found, one, alsoFound, other)
		}
		if found && (one.Kind == headwater.Refines) && (one.From != other.From) {
			t.Fatalf("%+v and %+v", one, other)
		}
	})
}
