package interchange_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/internal/testenv"
)

// repeated joins what is made of each number below n.
func repeated(n int, separator, format string) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = strings.ReplaceAll(format, "#", fmt.Sprint(i))
	}
	return strings.Join(parts, separator)
}

// reviewWith is a ClaimReview with more fields.
func reviewWith(more string) string {
	return `{"@type":"ClaimReview","claimReviewed":"The dam held.","url":"https://c.example/1","author":{"name":"Checks",` +
		`"url":"https://c.example"},"reviewRating":{"alternateName":"False"}` + more + `}`
}

// growingRecords are files with ever more in them, in the shapes that are the worst for whoever reads them.
var growingRecords = map[string]struct {
	format interchange.Format
	text   func(n int) string
}{
	"lists deep within lists": {interchange.ClaimReview, func(n int) string {
		return strings.Repeat("[", n/10) + repeated(n, ",", reviewWith("")) + strings.Repeat("]", n/10)
	}},
	"objects deep within objects": {interchange.ClaimReview, func(n int) string {
		return strings.Repeat(`{"x":`, n/10) + "[" + repeated(n, ",", `{"y":#}`) + "]" + strings.Repeat("}", n/10)
	}},
	"much below a long name": {interchange.ClaimReview, func(n int) string {
		return `{"` + strings.Repeat("x", 100*n) + `":[` + repeated(n, ",", `{"y":{}}`) + `]}`
	}},
	"much below the long name of a list": {interchange.ClaimReview, func(n int) string {
		return `{"` + strings.Repeat("x", 100*n) + `/@graph":[` + repeated(n, ",", `{"y":{}}`) + `]}`
	}},
	"references to one that says much": {interchange.ClaimReview, func(n int) string {
		return `{"@graph":[{"@id":"#much","@type":"Organization","name":"X","member":[` + repeated(n, ",", "#") + `]},` +
			repeated(n, ",", reviewWith(`,"publisher":{"@id":"#much"}`)) + `]}`
	}},
	"references in a circle": {interchange.ClaimReview, func(n int) string {
		return `{"@graph":[` + repeated(n, ",", `{"@id":"#n#","a":{"@id":"#n#"},"b":{"@id":"#n#"}}`) + `,` +
			repeated(n, ",", reviewWith(`,"publisher":{"@id":"#n#"}`)) + `]}`
	}},
	"contexts within a large one": {interchange.ClaimReview, func(n int) string {
		return `{"@context":{` + repeated(n, ",", `"t#":"https://schema.org/u#"`) + `},"@graph":[` +
			repeated(n, ",", reviewWith(`,"itemReviewed":{"@context":{"a":"https://schema.org/name"},"a":"x"}`)) + `]}`
	}},
	"many prefixes": {interchange.ClaimReview, func(n int) string {
		return `{"@context":{` + repeated(n, ",", `"p#":"https://schema.org/"`) + `},` + reviewWith("," + repeated(n, ",", `"p0:x#":1`))[1:]
	}},
	"many authors": {interchange.ClaimReview, func(n int) string {
		return `{"@type":"ClaimReview","claimReviewed":"The dam held.","url":"https://c.example/1","publisher":{"name":"` +
			strings.Repeat("x", n) + `"},"author":[` + repeated(n, ",", `{"@type":"Person","name":"P #"}`) +
			`],"reviewRating":{"alternateName":"False"}}`
	}},
	"many items, and a publisher of many addresses": {interchange.ClaimReview, func(n int) string {
		return `{"@type":"ClaimReview","url":"https://x.com/1","author":{"name":"C","sameAs":[` + repeated(n, ",", `"https://x.com/p/#"`) +
			`]},"itemReviewed":[` + repeated(n, ",", `{"@type":"Claim","name":"The dam # held."}`) +
			`],"reviewRating":{"alternateName":"False"}}`
	}},
	"texts within texts of a page": {interchange.ClaimReview, func(n int) string {
		return `<html><body><div itemscope itemtype="https://schema.org/ClaimReview">` +
			strings.Repeat(`<div itemprop="name">`, min(n/10, 400)) +
			repeated(n, "", "<b></b>") + strings.Repeat("</div>", min(n/10, 400)) + `</div></body></html>`
	}},
	"many fragments of an entity": {interchange.FollowTheMoney, func(n int) string {
		return repeated(n, "\n", `{"id":"c","schema":"Company","properties":{"name":["N #"],"country":["eg"]}}`)
	}},
	"many reviews of a claim": {interchange.FactCheck, func(n int) string {
		return `{"claims":[{"text":"The dam held.","claimant":"X","claimReview":[` + repeated(n, ",",
			`{"publisher":{"name":"C #","site":"c.example"},"url":"https://c.example/#","textualRating":"False"}`) + `]}]}`
	}},
	"many columns": {interchange.CSV, func(n int) string {
		return "name,kind," + repeated(n, ",", "column #") + "\nS,outlet," + repeated(n, ",", "#") + "\n"
	}},
	"many cells in a row": {interchange.CSV, func(n int) string {
		return "name,kind\nS,outlet" + repeated(n, "", ",#") + "\n"
	}},
	"many aliases": {interchange.CSV, func(n int) string {
		return "name,kind,aliases\nS,outlet,\"" + repeated(n, "|", "a #") + "\"\n"
	}},
}

// TestRecordsGrowth: what a file of others takes to be read grows as the file does, whatever its shape.
func TestRecordsGrowth(t *testing.T) {
	t.Parallel()
	for name, records := range growingRecords {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testenv.CheckGrowth(t, 200, func(n int) func() {
				text := records.text(n)
				return func() {
					things, err := interchange.Read(strings.NewReader(text), records.format,
						interchange.TableOptions{Of: headwater.ResourceSource},
						"https://headwater.example/test")
					if err != nil {
						t.Error(err)
						return
					}
					for range things.Items() { //nolint:revive // reading is all
					}
				}
			})
		})
	}
}

// TestDeepValues: what stands deeper than any record does is a fault of its record, and the others are read.
func TestDeepValues(t *testing.T) {
	t.Parallel()
	text := "[" + reviewWith("") + "," + reviewWith(`,"x":`+strings.Repeat("[", 101)+strings.Repeat("]", 101)) + "," + reviewWith("") + "]"
	things, err := interchange.Read(strings.NewReader(text), interchange.ClaimReview, interchange.TableOptions{},
		"https://headwater.example/test")
	if err != nil {
		t.Fatal(err)
	}
	var claims int
	var faults []string
	for item, err := range things.Items() {
		switch {
		case err != nil:
			faults = append(faults, err.Error())
		case item.Resource == headwater.ResourceClaim:
			claims++
		}
	}
	if claims != 2 || len(faults) != 1 || !strings.Contains(faults[0], "more than 100 times") {
		t.Errorf("%d claims and the faults %q", claims, faults)
	}
}
