package pg

import (
	"fmt"
	"strings"

	"github.com/headwater-project/headwater"
)

// What is merged speaks as what it is merged into, and so on until one that is not merged. Every query that follows merges
// does so by what is rendered here, for sources and claims alike.

// VoicesSQL renders a recursive WITH query: the things that start selects, by id, and all that are merged into them, directly or
// through others. carried are further columns, which start selects after the id and every voice of a thing keeps.
func (t Table[T, F]) VoicesSQL(name, start string, carried ...string) string {
	return t.followMerges(name, start, carried, "merged.id", "merged.merged_into = "+name+".id")
}

// SpeakersSQL renders a recursive WITH query: the things that start selects, by id, and all that they are merged into, directly
// or through others. carried are as with VoicesSQL.
func (t Table[T, F]) SpeakersSQL(name, start string, carried ...string) string {
	return t.followMerges(name, start, carried, "merged.merged_into", "merged.id = "+name+".id AND merged.merged_into IS NOT NULL")
}

func (t Table[T, F]) followMerges(name, start string, carried []string, next, condition string) string {
	columns, kept := "", ""
	for _, column := range carried {
		columns += ", " + column
		kept += ", " + name + "." + column
	}
	return fmt.Sprintf(`%[1]s (id%[2]s) AS (
		%[3]s
		UNION SELECT %[4]s%[5]s FROM %[1]s JOIN %[6]s AS merged ON %[7]s)`, name, columns, start, next, kept, t.Name, condition)
}

// MergedSQL selects what the thing called at is merged with in one step, either way: by id, and then the carried columns as they
// are. It is for recursions that follow more than merges.
func (t Table[T, F]) MergedSQL(at string, carried ...string) string {
	kept := strings.Join(append([]string{""}, carried...), ", ")
	return fmt.Sprintf(`SELECT id%[1]s FROM %[2]s WHERE merged_into = %[3]s
		UNION ALL SELECT merged_into%[1]s FROM %[2]s WHERE id = %[3]s AND merged_into IS NOT NULL`, kept, t.Name, at)
}

// SpeakingClaimSQL is the active claim that the claim of an alias is or speaks as; null where that is retracted.
func SpeakingClaimSQL(alias string) string {
	return fmt.Sprintf("CASE %[1]s.status WHEN 'active' THEN %[1]s.id WHEN 'merged' THEN claim_speaks_as(%[1]s.id) END", alias)
}

// MergedClaimVoicesSQL selects a claim and those that are merged into it if there are any; none if there are none, which is
// cheaper to say.
func MergedClaimVoicesSQL(claim string) string {
	return fmt.Sprintf("SELECT claim_voices(CASE WHEN EXISTS (SELECT FROM claims AS m WHERE m.merged_into = %[1]s OFFSET 0) THEN %[1]s "+
		"END)", claim)
}

// judged says which rows keep two things of a resource apart for ever: the table, its ends, and a condition.
var judged = map[headwater.Resource]struct{ table, a, b, condition string }{
	headwater.ResourceSource: {"matches", "a", "b", "kind = 'same_source' AND status = 'rejected'"},
	headwater.ResourceClaim:  {"links", "claim_id", "to_id", "kind = 'equivalent' AND status = 'rejected'"},
}

// ApartSQL selects the ids of what keeps two things apart: of rejected matches of sources, or rejected equivalent links of claims,
// between any that speaks as the one and any that speaks as the other.
func (t Table[T, F]) ApartSQL(one, other string) string {
	j := judged[t.Resource]
	return fmt.Sprintf(`WITH RECURSIVE %[1]s, %[2]s, %[3]s
		SELECT id FROM %[4]s WHERE %[5]s AND ((%[6]s IN (SELECT id FROM ours) AND %[7]s IN (SELECT id FROM theirs))
			OR (%[7]s IN (SELECT id FROM ours) AND %[6]s IN (SELECT id FROM theirs)))`,
		t.VoicesSQL("ours", "SELECT "+one), t.SpeakersSQL("above", "SELECT "+other), t.VoicesSQL("theirs", "SELECT id FROM above"),
		j.table, j.condition, j.a, j.b)
}

// SpeakAsOneSQL is true where two things speak as one.
func (t Table[T, F]) SpeakAsOneSQL(one, other string) string {
	return fmt.Sprintf("EXISTS (WITH RECURSIVE %s, %s SELECT FROM one JOIN other USING (id))",
		t.SpeakersSQL("one", "SELECT "+one), t.SpeakersSQL("other", "SELECT "+other))
}

// JudgedSQL selects the lines of a batch, of which staged is the prefix of its tables, that make one of what is kept apart, or
// keep apart what is one: line, pointer, code, value, and what was expected.
func (t Table[T, F]) JudgedSQL(staged string) []string {
	j := judged[t.Resource]
	return []string{
		fmt.Sprintf(`SELECT line, '/merged_into', 'conflict', merged_into::text,
			'another %[1]s than one of which it was said that they are two, by ' || apart.id
			FROM %[2]s%[3]s AS staged CROSS JOIN LATERAL (
				WITH RECURSIVE %[4]s, %[5]s SELECT id FROM %[6]s WHERE %[7]s AND %[8]s IN (SELECT id FROM together)
					AND %[9]s IN (SELECT id FROM together) LIMIT 1) AS apart
			WHERE merged_into IS NOT NULL`, t.Resource, staged, t.Name, t.SpeakersSQL("above", "SELECT staged.id"),
			t.VoicesSQL("together", "SELECT id FROM above"), j.table, j.condition, j.a, j.b),
		fmt.Sprintf(`SELECT line, '/status', 'conflict', status, 'another than rejected, since the two are merged'
			FROM %[1]s%[2]s AS staged WHERE %[3]s AND %[4]s`, staged, j.table, j.condition,
			t.SpeakAsOneSQL("staged."+j.a, "staged."+j.b)),
	}
}
