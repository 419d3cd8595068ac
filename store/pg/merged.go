package pg

import (
	"fmt"
	"strings"
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
	return fmt.Sprintf("SELECT claim_voices(CASE WHEN EXISTS (SELECT FROM claims AS m WHERE m.merged_into = %[1]s OFFSET 0) THEN %[1]s END)", claim)
}
