package transfer

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/identity"
	"github.com/headwater-project/headwater/store/pg"
	"github.com/headwater-project/headwater/suggest"
)

const (
	// minSimilarity is the similarity (pg_trgm) from which two statements are compared by the rules.
	minSimilarity = 0.6
	// maxDuplicates is how many claims a new claim is compared with at most, the most similar ones.
	maxDuplicates = 20
	// maxCandidates is how many similar claims are ranked for that; where there are more, any of them.
	maxCandidates = 200
	// maxCompared is how many new claims an import compares with similar ones unless the options say otherwise, the first of its file:
	// where many say nearly the same, each takes some milliseconds.
	maxCompared = 20_000
	// fewAlike is how many new claims may have the same figures for each to be compared with all of them. That is soon done: to look
	// up the trigrams of one in the index takes as long as some fifty comparisons.
	fewAlike = 50
	// pairBatch is how many pairs are compared at once.
	pairBatch = 1_000
)

// duplicatePair are two claims that may say the same: a new one, and another that is staged or stored. They are not linked, not
// even by a link that was rejected.
type duplicatePair struct {
	Line           int
	ID             uuid.UUID
	Statement      headwater.Texts
	OtherID        uuid.UUID
	OtherStatement headwater.Texts
}

// newClaimsSQL collects the claims that are not stored yet, each with a sum of its words that hold digits, and how many have the same.
// By the rules, claims that differ in these never say the same; and statements that differ in nothing else are many.
var newClaimsSQL = []string{
	`CREATE TEMP TABLE new_claims ON COMMIT DROP AS SELECT *, ARRAY[sum] AS figures, count(*) OVER (PARTITION BY sum) AS alike FROM (
		SELECT line, id, statement, folded, md5(coalesce((
			SELECT string_agg(DISTINCT word, ' ' ORDER BY word) FROM regexp_split_to_table(folded, ' ') AS word
				WHERE word ~ '[0-9]'), '')) AS sum
		FROM staged_claims AS staged WHERE NOT EXISTS (SELECT FROM claims WHERE claims.id = staged.id)) AS new`,
	fmt.Sprintf("CREATE INDEX ON new_claims USING gin (figures, folded gin_trgm_ops) WHERE alike > %d", fewAlike),
	"CREATE INDEX ON new_claims (sum)",
	"CREATE INDEX ON new_claims (md5(folded), id)",
	"ANALYZE new_claims",
}

// declareRespelledSQL opens a cursor over the new claims that a search takes for the same as a stored claim, or as the first of
// the new ones that are folded alike.
var declareRespelledSQL = fmt.Sprintf(`DECLARE respelled NO SCROLL CURSOR FOR
	SELECT new.line, new.id, new.statement, other.id AS other_id, other.statement AS other_statement
	FROM new_claims AS new CROSS JOIN LATERAL (
		(SELECT id, statement FROM claims WHERE text_sums(folded) && text_sums(new.folded) AND status = 'active' LIMIT %[1]d)
		UNION ALL
		(SELECT id, statement FROM new_claims AS another WHERE md5(another.folded) = md5(new.folded) AND another.id < new.id
			ORDER BY id LIMIT 1)
	) AS other
	WHERE %[2]s ORDER BY new.line, new.id`, maxDuplicates, notLinkedSQL("staged_links"))

// declareDuplicatesSQL opens a cursor over the pairs of the first new claims. A pair of new claims comes once.
func declareDuplicatesSQL(compared int) string {
	return fmt.Sprintf(`DECLARE duplicates NO SCROLL CURSOR FOR
	SELECT new.line, new.id, new.statement, other.id AS other_id, other.statement AS other_statement
	FROM (SELECT * FROM new_claims ORDER BY line, id LIMIT %[3]d) AS new CROSS JOIN LATERAL (
		SELECT id, statement FROM (
			(SELECT id, statement, similarity(folded, new.folded) AS similarity FROM claims WHERE folded %% new.folded
				AND status = 'active' LIMIT %[2]d)
			UNION ALL
			(SELECT id, statement, similarity(folded, new.folded) FROM new_claims AS another
				WHERE new.alike > %[6]d AND alike > %[6]d AND folded %% new.folded AND figures @> new.figures AND id > new.id
				LIMIT %[2]d)
			UNION ALL
			(SELECT id, statement, similarity(folded, new.folded) FROM new_claims AS another
				WHERE new.alike <= %[6]d AND similarity(folded, new.folded) >= %[7]g AND sum = new.sum AND id > new.id)
		) AS ranked ORDER BY similarity DESC, id LIMIT %[1]d
	) AS other
	WHERE %[4]s AND %[5]s ORDER BY new.line, new.id`, maxDuplicates, maxCandidates, compared, notLinkedSQL("links"),
		notLinkedSQL("staged_links"), fewAlike, minSimilarity)
}

// notLinkedSQL is true where a table links a new claim and another in neither direction. These are two conditions, since PostgreSQL
// would look through all of a table without an index for each pair if they were one with OR.
func notLinkedSQL(table string) string {
	return fmt.Sprintf(`NOT EXISTS (SELECT FROM %[1]s WHERE claim_id = new.id AND to_id = other.id)
	AND NOT EXISTS (SELECT FROM %[1]s WHERE claim_id = other.id AND to_id = new.id)`, table)
}

// proposeDuplicates stages a proposed link for each pair of claims that say the same in nearly the same words, by the rules of
// package suggest, with memory for a batch of pairs.
func (j *job) proposeDuplicates(ctx context.Context) error {
	if !j.options.ProposeDuplicates {
		return nil
	}
	for _, sql := range newClaimsSQL {
		if _, err := j.tx.Exec(ctx, j.db.Temporary(sql)); err != nil {
			return err
		}
	}
	if err := j.declare(ctx, declareRespelledSQL); err != nil {
		return err
	}
	if err := j.proposeFrom(ctx, "respelled", respelledLink); err != nil {
		return err
	}
	compared := cmp.Or(j.options.MaxCompared, maxCompared)
	if err := j.declare(ctx, declareDuplicatesSQL(compared)); err != nil {
		return err
	}
	if err := j.proposeFrom(ctx, "duplicates", duplicateLink); err != nil {
		return err
	}
	return j.noteUncompared(ctx, compared)
}

// declare opens a cursor that looks each new claim up in indexes. PostgreSQL expects one stored claim in a hundred to be similar to
// it, and so finds the first of them soonest by going through all; where there are none, that is a comparison with all that is stored.
func (j *job) declare(ctx context.Context, sql string) error {
	return execEach(ctx, j.tx,
		fmt.Sprintf("SET LOCAL pg_trgm.similarity_threshold = %g", minSimilarity),
		"SET LOCAL enable_seqscan = off",
		"SET LOCAL jit = off", // what cannot do without is made to look dear enough to be compiled
		sql,
		"SET LOCAL enable_seqscan TO DEFAULT",
		"SET LOCAL jit TO DEFAULT",
	)
}

// execEach sends statements one by one: Citus sends on the whole of a message in which it finds a change of a table.
func execEach(ctx context.Context, tx pgx.Tx, statements ...string) error {
	for _, sql := range statements {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// noteUncompared says from where on new claims were not compared with similar ones.
func (j *job) noteUncompared(ctx context.Context, compared int) error {
	lines, err := pg.Many[struct{ Line int }](ctx, j.tx, "SELECT line FROM new_claims ORDER BY line, id LIMIT 1 OFFSET $1", compared)
	for _, first := range lines {
		j.note([]bundle.Note{{Line: first.Line, Text: fmt.Sprintf(
			"from here on, new claims were not compared with similar ones: an import compares %d", compared)}})
	}
	return err
}

// proposeFrom stages a proposed link for each pair of a cursor for which there is one.
func (j *job) proposeFrom(ctx context.Context, cursor string, link func(duplicatePair) (headwater.LinkFields, bool)) error {
	links := j.stageOf(headwater.ResourceLink)
	for {
		pairs, err := pg.Many[duplicatePair](ctx, j.tx, fmt.Sprintf("FETCH %d FROM %s", pairBatch, cursor))
		if err != nil {
			return err
		}
		if len(pairs) == 0 {
			return nil
		}
		for _, pair := range pairs {
			if proposed, found := link(pair); found {
				if _, err := links.add(j.proposal(pair.Line, proposed)); err != nil {
					return err
				}
			}
		}
		if err := links.takeRows()(ctx, j.tx); err != nil {
			return err
		}
	}
}

// respelledLink is the proposal for a pair that a search takes for the same, and that are two by a sign, an accent or the like.
func respelledLink(pair duplicatePair) (headwater.LinkFields, bool) {
	for _, tag := range slices.Sorted(maps.Keys(pair.Statement)) {
		for _, other := range slices.Sorted(maps.Keys(pair.OtherStatement)) {
			if difference := identity.Difference(pair.Statement[tag], pair.OtherStatement[other]); difference != "" {
				return headwater.LinkFields{Kind: headwater.Equivalent, From: pair.ID, To: pair.OtherID, Basis: "spelling",
						Rationale: difference, Method: &headwater.Method{Kind: headwater.ByRule, Name: "headwater/identity", Version: "1"}},
					true
			}
		}
	}
	return headwater.LinkFields{}, false
}

// duplicateLink is the proposal for a pair, if the rules find that the two say the same.
func duplicateLink(pair duplicatePair) (headwater.LinkFields, bool) {
	claim := func(id uuid.UUID, statement headwater.Texts) headwater.Claim {
		return headwater.Claim{Meta: headwater.Meta{ID: id}, ClaimFields: headwater.ClaimFields{Statement: statement}}
	}
	proposed, found := suggest.LinkBetween(claim(pair.ID, pair.Statement), claim(pair.OtherID, pair.OtherStatement), suggest.Names{})
	return proposed, found && proposed.Kind == headwater.Equivalent
}

// proposal is a proposed link as a line.
func (j *job) proposal(line int, proposed headwater.LinkFields) bundle.Item {
	proposed.Normalize()
	link := &headwater.Link{LinkFields: proposed, Status: headwater.Proposed}
	link.Key, link.Namespace = link.NaturalKey(), j.namespace
	link.ID = headwater.NamespaceOf(j.namespace).ID(headwater.ResourceLink, link.Key)
	return bundle.Item{Line: line, Resource: headwater.ResourceLink, Thing: link, Meta: &link.Meta, Assertion: bundle.Mentions}
}
