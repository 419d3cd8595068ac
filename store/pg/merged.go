package pg

import (
	"fmt"
	"strings"
)

// A source or claim that was merged counts as the one that it was merged into, which may have been merged itself: its merge target is
// the last one. SQL that follows merges is rendered in this file: up to the targets, and down to the members, which are all that
// count as one thing, itself included. Where a query asks about one claim at a time, it calls the functions claim_speaks_as and
// claim_voices of the database instead, which do the same (migrations 000005 and 000007).

// MergeMembersSQL renders a recursive WITH query: the things that start selects, by id, and all that are merged into them, directly or
// through others. carried are further columns: start selects them after the id, and each row found from one of its rows repeats them.
func (t Table[T, F]) MergeMembersSQL(name, start string, carried ...string) string {
	return t.followMerges(name, start, carried, "merged.id", "merged.merged_into = "+name+".id")
}

// MergeTargetsSQL renders a recursive WITH query: the things that start selects, by id, and all that they are merged into, directly
// or through others. carried are as with MergeMembersSQL.
func (t Table[T, F]) MergeTargetsSQL(name, start string, carried ...string) string {
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

// MergeTargetOfClaimSQL is the active claim that the claim of an alias is or speaks as; null where that is retracted.
func MergeTargetOfClaimSQL(alias string) string {
	return fmt.Sprintf("CASE %[1]s.status WHEN 'active' THEN %[1]s.id WHEN 'merged' THEN claim_speaks_as(%[1]s.id) END", alias)
}

// ClaimMembersSQL selects a claim and those that are merged into it, or nothing where none is merged into it: the usual case,
// which the planner answers by one look into an index.
func ClaimMembersSQL(claim string) string {
	return fmt.Sprintf("SELECT claim_voices(CASE WHEN EXISTS (SELECT FROM claims AS m WHERE m.merged_into = %[1]s OFFSET 0) THEN %[1]s "+
		"END)", claim)
}
