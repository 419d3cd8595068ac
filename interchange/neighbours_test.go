package interchange_test

import (
	"slices"
	"testing"
)

// TestWhoReviewed: of a writer and a desk it is the desk, wherever a record names it; nothing is dropped without being told.
func TestWhoReviewed(t *testing.T) {
	t.Parallel()
	const desk = `{"@type":"Organization","name":"Dam Desk","url":"https://d.example.org"}`
	const one, two = `{"@type":"Person","name":"Writer One"}`, `{"@type":"Person","name":"Writer Two"}`
	for members, told := range map[string][]string{
		`"author":[` + desk + `,` + one + `]`:                    {"note /author Writer One"},
		`"author":[` + one + `,` + desk + `,` + two + `]`:        {"note /author Writer One", "note /author Writer Two"},
		`"author":[` + one + `,` + two + `],"publisher":` + desk: {"note /author Writer One", "note /author Writer Two"},
		`"author":` + one + `,"sourceOrganization":` + desk:      {"note /author Writer One"},
		`"creator":` + desk:                      nil,
		`"publisher":[` + one + `,` + desk + `]`: nil,
		`"author":{"@type":"Person","name":"Writer One","worksFor":` + desk + `}`: {"note /author Writer One"},
		`"author":[{"@type":"Person","name":"Writer One","affiliation":` + desk + `},` + two +
			`]`: {"note /author Writer One", "note /author Writer Two"},
	} {
		got := summary(t, `{"@type":"ClaimReview","claimReviewed":"It `+
			`rained","url":"https://d.example.org/1","reviewRating":{"alternateName":`+
			`"False"},`+members+`}`)
		want := append([]string{"claim und: It rained", "review by Dam Desk: False"}, told...)
		if !slices.Equal(got, want) {
			t.Errorf("%s is read as %q, want %q", members, got, want)
		}
	}
}

// TestListsWithinLists: what stands in a list within a list is read as what stands in the list.
func TestListsWithinLists(t *testing.T) {
	t.Parallel()
	got := summary(t, `{"@type":"ClaimReview","claimReviewed":"It rained","author":[["A"]],"reviewRating":[{"ratingValue":1},`+
		`{"alternateName":"False"}],"itemReviewed":[[{"@type":"Claim","author":[["Q"]],"appearance":[["https://p.example.com/1"],`+
		`[{"url":"https://q.example.com/2"}]]}]]}`)
	for _, want := range []string{"review by A: False", "page https://p.example.com/1", "page https://q.example.com/2",
		"chain q.example.com < Q", "note /reviewRating 1"} {
		if !slices.Contains(got, want) {
			t.Errorf("%q lacks %q", got, want)
		}
	}
}
