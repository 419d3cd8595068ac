package pg

import (
	"fmt"
	"strings"

	"github.com/headwater-project/headwater"
)

// A source or claim that was merged counts as the one that it was merged into, which may have been merged itself: its merge target is
// the last one. SQL that follows merges is rendered in this file: up to the targets, and down to the members, which are all that
// count as one thing, itself included. Where a query asks about one claim at a time, it calls the functions claim_speaks_as and
// claim_voices of the database instead, which do the same (migrations 000005 and 000007).

// MergeMembersSQL renders a recursive WITH query: the things that start selects, by id, and all that are merged into them, directly or
// through others. carried are further columns: start selects them after the id, and each row found from one of its rows repeats them.
func (t Table[T, F]) MergeMembersSQL(name, start string, carried ...string) string {
	columns, kept := "", ""
	for _, column := range carried {
		columns += ", " + column
		kept += ", " + name + "." + column
	}
	return fmt.Sprintf(`%[1]s (id%[2]s) AS (
		%[3]s
		UNION SELECT merged.id%[4]s FROM %[1]s JOIN %[5]s AS merged ON merged.merged_into = %[1]s.id)`, name, columns, start, kept, t.Name)
}

// MergeTargetsSQL renders a recursive WITH query: the things that start selects, by id, and all that they are merged into, directly
// or through others.
func (t Table[T, F]) MergeTargetsSQL(name, start string) string {
	return fmt.Sprintf(`%[1]s (id) AS (
		%[2]s
		UNION SELECT merged.merged_into FROM %[1]s JOIN %[3]s AS merged ON merged.id = %[1]s.id AND merged.merged_into IS NOT NULL)`,
		name, start, t.Name)
}

// SpeakersSQL renders recursive WITH queries, of which the last has the name: the things that start selects, by id, with the last of
// those that each is merged into; and likewise what is between the two. It goes up to the last ones and down again on the same ways: to
// go up from each by itself would pass the upper part of a long chain once for each thing below it. The condition on those ways is no
// join, so that PostgreSQL looks each up in a table of hashes; OFFSET, and asking for each of the last ones by itself, keep to the index,
// whatever it thinks that it will find.
func (t Table[T, F]) SpeakersSQL(name, start string) string {
	return t.MergeTargetsSQL(name+"_above", start) + fmt.Sprintf(`, %[1]s (id, speaks_as) AS (
		SELECT id, id FROM %[1]s_above AS above WHERE (SELECT merged_into IS NULL FROM %[2]s AS last WHERE last.id = above.id)
		UNION ALL SELECT merged.id, %[1]s.speaks_as FROM %[1]s CROSS JOIN LATERAL (
			SELECT id FROM %[2]s WHERE merged_into = %[1]s.id OFFSET 0) AS merged
		WHERE (merged.id IN (SELECT id FROM %[1]s_above)) IS TRUE)`, name, t.Name)
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

// judged says which rows keep two things of a resource apart for ever: the table, its ends, and a condition.
var judged = map[headwater.Resource]struct{ table, a, b, condition string }{
	headwater.ResourceSource:   {"matches", "a", "b", "kind = 'same_source' AND status = 'rejected'"},
	headwater.ResourceDocument: {"matches", "a", "b", "kind = 'same_document' AND status = 'rejected'"},
	headwater.ResourceClaim:    {"links", "claim_id", "to_id", "kind = 'equivalent' AND status = 'rejected'"},
}

// TogetherSQL renders recursive WITH queries, of which the last has the name: the things that start selects, by id, and all that
// count as one with them. Sources and claims do by mergers, documents by accepted matches.
func (t Table[T, F]) TogetherSQL(name, start string) string {
	if t.Merges {
		return t.MergeTargetsSQL(name+"_above", start) + ", " + t.MergeMembersSQL(name, "SELECT id FROM "+name+"_above")
	}
	return fmt.Sprintf(`%[1]s (id) AS (
		%[2]s
		UNION SELECT CASE WHEN accepted.a = %[1]s.id THEN accepted.b ELSE accepted.a END FROM %[1]s JOIN matches AS accepted
			ON (accepted.a = %[1]s.id OR accepted.b = %[1]s.id) AND accepted.kind = 'same_document' AND accepted.status = 'accepted')`,
		name, start)
}

// ApartSQL selects the ids of what keeps two things apart: of rejected matches of sources or documents, or rejected equivalent links
// of claims, between any that counts as one with the one and any that does with the other.
func (t Table[T, F]) ApartSQL(one, other string) string {
	j := judged[t.Resource]
	return fmt.Sprintf(`WITH RECURSIVE %[1]s, %[2]s
		SELECT id FROM %[3]s WHERE %[4]s AND ((%[5]s IN (SELECT id FROM ours) AND %[6]s IN (SELECT id FROM theirs))
			OR (%[6]s IN (SELECT id FROM ours) AND %[5]s IN (SELECT id FROM theirs)))`,
		t.TogetherSQL("ours", "SELECT "+one), t.TogetherSQL("theirs", "SELECT "+other), j.table, j.condition, j.a, j.b)
}

// SpeakAsOneSQL is true where two things count as one.
func (t Table[T, F]) SpeakAsOneSQL(one, other string) string {
	if t.Merges {
		return fmt.Sprintf("EXISTS (WITH RECURSIVE %s, %s SELECT FROM one JOIN other USING (id))",
			t.MergeTargetsSQL("one", "SELECT "+one), t.MergeTargetsSQL("other", "SELECT "+other))
	}
	return fmt.Sprintf("%s IN (WITH RECURSIVE %s SELECT id FROM one)", other, t.TogetherSQL("one", "SELECT "+one))
}

// DerivesSQL is true where a document, or any that counts as one with it, derives from an original or from one that counts as that.
func DerivesSQL(reprint, original string) string {
	return fmt.Sprintf(`EXISTS (WITH RECURSIVE %s, %s SELECT FROM documents WHERE id IN (SELECT id FROM ours)
		AND derived_from IN (SELECT id FROM theirs))`,
		Documents.TogetherSQL("ours", "SELECT "+reprint), Documents.TogetherSQL("theirs", "SELECT "+original))
}

// NoReprintSQL selects the ids of rejected matches which say that a document is no reprint of an original, or that any is that
// counts as one with it of any that counts as one with the original.
func NoReprintSQL(reprint, original string) string {
	return fmt.Sprintf(`WITH RECURSIVE %s, %s SELECT id FROM matches WHERE kind = 'reprint' AND status = 'rejected'
		AND a IN (SELECT id FROM ours) AND b IN (SELECT id FROM theirs)`,
		Documents.TogetherSQL("ours", "SELECT "+reprint), Documents.TogetherSQL("theirs", "SELECT "+original))
}

// SettledSQL selects the ids of pairs of sources or claims about which nothing is left to say: those that speak as one already, and
// those of which somebody said that they are two. pairs selects an id and the two ends, a and b. All pairs are followed at once, up
// and down, since many may be pairs of what one long chain of mergers speaks as.
func (t Table[T, F]) SettledSQL(pairs string) string {
	j := judged[t.Resource]
	return fmt.Sprintf(`WITH RECURSIVE pairs (id, a, b) AS MATERIALIZED (%[1]s), %[2]s, %[3]s, apart (a, b) AS (
			SELECT one.speaks_as, other.speaks_as FROM %[4]s JOIN members AS one ON one.id = %[4]s.%[5]s
				JOIN members AS other ON other.id = %[4]s.%[6]s WHERE %[7]s
		)
		SELECT pairs.id FROM pairs JOIN speakers AS one ON one.id = a JOIN speakers AS other ON other.id = b
		WHERE one.speaks_as = other.speaks_as
			OR (one.speaks_as, other.speaks_as) IN (SELECT a, b FROM apart UNION ALL SELECT b, a FROM apart)`,
		pairs, t.SpeakersSQL("speakers", "SELECT a FROM pairs UNION SELECT b FROM pairs"),
		t.MergeMembersSQL("members", "SELECT DISTINCT speaks_as, speaks_as FROM speakers", "speaks_as"), j.table, j.a, j.b, j.condition)
}

// JudgedSQL selects the lines of a batch, of which staged is the prefix of its tables, that make one of what is kept apart, or
// keep apart what is one: line, pointer, code, value, and what was expected. What the batch merges is followed once, up and down, and
// so is what is kept apart among that; only what is at fault is looked at by itself.
func (t Table[T, F]) JudgedSQL(staged string) []string {
	j := judged[t.Resource]
	return []string{
		fmt.Sprintf(`WITH RECURSIVE %[3]s, %[4]s, apart AS MATERIALIZED (
				SELECT id, %[6]s, %[7]s FROM %[5]s WHERE %[9]s AND %[6]s IN (SELECT id FROM together) AND %[7]s IN (SELECT id FROM together)
			), %[10]s
			SELECT merger.line, '/merged_into', 'conflict', merger.merged_into::text,
				'another %[1]s than one of which it was said that they are two, by ' || apart.id
			FROM apart JOIN speakers AS one ON one.id = apart.%[6]s JOIN speakers AS other ON other.id = apart.%[7]s
			CROSS JOIN LATERAL (
				WITH RECURSIVE %[8]s SELECT staged.line, staged.merged_into FROM ends JOIN %[2]s AS staged USING (id)
					WHERE staged.merged_into IS NOT NULL ORDER BY staged.line LIMIT 1) AS merger
			WHERE one.speaks_as = other.speaks_as`,
			t.Resource, staged+t.Name, t.MergeTargetsSQL("above", "SELECT id FROM "+staged+t.Name+" WHERE merged_into IS NOT NULL"),
			t.MergeMembersSQL("together", "SELECT id FROM above"), j.table, j.a, j.b,
			t.MergeTargetsSQL("ends", "SELECT unnest(ARRAY[apart."+j.a+", apart."+j.b+"])"), j.condition,
			t.SpeakersSQL("speakers", "SELECT "+j.a+" FROM apart UNION SELECT "+j.b+" FROM apart")),
		fmt.Sprintf(`WITH RECURSIVE apart AS MATERIALIZED (SELECT * FROM %[1]s WHERE %[2]s), %[5]s
			SELECT line, '/status', 'conflict', status, 'another than rejected, since the two are merged'
			FROM apart JOIN speakers AS one ON one.id = %[3]s JOIN speakers AS other ON other.id = %[4]s
			WHERE one.speaks_as = other.speaks_as`, staged+j.table, j.condition, j.a, j.b,
			t.SpeakersSQL("speakers", "SELECT "+j.a+" FROM apart UNION SELECT "+j.b+" FROM apart")),
	}
}

// JudgedDocumentsSQL is JudgedSQL for documents, which accepted matches make one, and for what reprints what.
func JudgedDocumentsSQL(staged string) []string {
	return []string{
		fmt.Sprintf(`SELECT staged.line, '/status', 'conflict', staged.status,
				'another than accepted, since it was said that the two are two, by ' || apart.id
			FROM %smatches AS staged CROSS JOIN LATERAL (%s ORDER BY id LIMIT 1) AS apart
			WHERE staged.kind = 'same_document' AND staged.status = 'accepted'`, staged, Documents.ApartSQL("staged.a", "staged.b")),
		fmt.Sprintf(`SELECT line, '/status', 'conflict', status, 'another than rejected, since the two are one by accepted matches'
			FROM %smatches AS staged WHERE kind = 'same_document' AND status = 'rejected' AND %s`,
			staged, Documents.SpeakAsOneSQL("staged.a", "staged.b")),
		fmt.Sprintf(`SELECT staged.line, '/derived_from', 'conflict', staged.derived_from::text,
				'another document than one of which it was said that this is no reprint, by ' || apart.id
			FROM matches AS apart
			CROSS JOIN LATERAL (WITH RECURSIVE %s SELECT id FROM ours) AS reprint
			CROSS JOIN LATERAL (WITH RECURSIVE %s SELECT id FROM theirs) AS original
			JOIN %[3]sdocuments AS staged ON staged.id = reprint.id AND staged.derived_from = original.id
			WHERE apart.kind = 'reprint' AND apart.status = 'rejected'
			AND EXISTS (SELECT FROM %[3]sdocuments WHERE derived_from IS NOT NULL)`,
			Documents.TogetherSQL("ours", "SELECT apart.a"), Documents.TogetherSQL("theirs", "SELECT apart.b"), staged),
		fmt.Sprintf(`SELECT line, '/status', 'conflict', status, 'another than rejected, since the one derives from the other'
			FROM %smatches AS staged WHERE kind = 'reprint' AND status = 'rejected' AND %s`,
			staged, DerivesSQL("staged.a", "staged.b")),
	}
}
