package evidence

import (
	"fmt"
	"strings"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
)

// step is one way over a link in SQL: from the claim that stands at an end to the claim at the other end.
type step struct {
	end       provenance.LinkEnd
	backwards bool // from There to Here, which finds what a claim bears on
}

// columns names the column of links that holds the claim at the end, and that of the claim at the other.
func (s step) columns() (at, other string) {
	if s.end == provenance.FromEnd {
		return "claim_id", "to_id"
	}
	return "to_id", "claim_id"
}

// bearingSQL renders the rules of package provenance: the bearing after the step, from the columns kind, degree and bearing;
// null where the step leads nowhere.
func (s step) bearingSQL() string {
	kinds := map[headwater.LinkKind]map[headwater.Degree][]string{}
	for _, rule := range provenance.BearingRules() {
		end, before, after := rule.End, rule.Here, rule.There
		if s.backwards {
			end, before, after = rule.End.Other(), rule.There, rule.Here
		}
		if end != s.end {
			continue
		}
		if kinds[rule.Kind] == nil {
			kinds[rule.Kind] = map[headwater.Degree][]string{}
		}
		kinds[rule.Kind][rule.Degree] = append(kinds[rule.Kind][rule.Degree], fmt.Sprintf("WHEN %d THEN %d", before, after))
	}
	var cases strings.Builder
	for _, kind := range headwater.LinkKind("").Values() {
		degrees := kinds[headwater.LinkKind(kind)]
		if len(degrees) == 0 {
			continue
		}
		fmt.Fprintf(&cases, " WHEN '%s' THEN ", kind)
		if any := degrees[""]; any != nil {
			fmt.Fprintf(&cases, "CASE bearing %s END", strings.Join(any, " "))
			continue
		}
		cases.WriteString("CASE degree")
		for _, degree := range headwater.Degree("").Values() {
			if bearings := degrees[headwater.Degree(degree)]; bearings != nil {
				fmt.Fprintf(&cases, " WHEN '%s' THEN CASE bearing %s END", degree, strings.Join(bearings, " "))
			}
		}
		cases.WriteString(" END")
	}
	return "CASE kind" + cases.String() + " END"
}
