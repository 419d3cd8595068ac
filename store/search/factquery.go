package search

import (
	"context"
	"crypto/md5" // as PostgreSQL has it at hand; nothing rests on its strength
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/fold"
	"github.com/headwater-project/headwater/identity"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/store/pg"
)

const (
	// MaxSkipped is how many results a search can pass over without a cursor.
	MaxSkipped = 10_000
	// maxCompared is how many characters of a question are compared with what is spelled like them.
	maxCompared = 400
	// maxAge is an age in days that no review has.
	maxAge = 700_000
)

// undatedLast is when a review that nobody has dated counts as published, newest first.
const undatedLast = "-infinity"

// searchResult is a claim in one wording of its reviewers, "" being that of the claim itself.
type searchResult struct {
	Root    uuid.UUID
	Wording string
	Score   float32
	At      *time.Time // when its newest review was published, nil if nobody knows; of lists only
	Newest  uuid.UUID  // that review; of lists only
	Fuzzy   bool
}

// factSearch is one search under way. In its SQL, OFFSET 0 keeps the planner from reading a whole table to answer a subquery about
// a few rows.
type factSearch struct {
	tx     pgx.Tx
	filter FactCheckFilter
	terms  string // of the question, as a tsquery
	folded string
	sites  []string // the names of Site
	bases  []string // the first parts of tags in which Language is written
	skip   int
	limit  int
	after  []string // where the page before ended

	authors []uuid.UUID // those at the sites
}

func newFactSearch(f FactCheckFilter, skip int, p pg.Paging) (*factSearch, error) {
	s := &factSearch{filter: f, folded: pg.WholeText(f.Q), terms: pg.TermQuery(fold.Terms(f.Q), "&"), skip: skip, limit: p.Limit + 1}
	if f.Site != "" {
		if s.sites = sitesOf(f.Site); s.sites == nil {
			return nil, headwater.Faults{headwater.NewFault("/site", headwater.FaultFormat, f.Site,
				"a host name or an address, such as checks.example.org")}
		}
	}
	if f.Language != "" {
		var err error
		if s.bases, err = LanguageBases(f.Language); err != nil {
			return nil, err
		}
	}
	types := []pg.ValueType{phaseValue, pg.ScoreValue, pg.UUIDValue, pg.UUIDValue}
	if f.Q == "" {
		types = []pg.ValueType{pg.TimeValue, pg.UUIDValue}
	}
	var err error
	if s.after, err = pg.DecodeCursor(f, p.Cursor, types...); s.after != nil {
		s.skip = 0
	}
	return s, err
}

// LanguageBases are the first parts of the tags in which the language of a tag is written. Its error is the fault of a tag that is
// none.
func LanguageBases(tag string) ([]string, error) {
	bases, known := identity.Languages(tag)
	if !known {
		return nil, headwater.Faults{headwater.NewFault("/language", headwater.FaultFormat, tag,
			"a BCP 47 language tag, such as ar or en-GB")}
	}
	return bases, nil
}

// InLanguageSQL is true where a tag begins with one of the bases that are the argument.
func InLanguageSQL(tag string) string {
	return "split_part(lower(" + tag + "), '-', 1) = ANY (?::text[])"
}

// sitesOf gives the names that a site can have in what is stored; none where it cannot be read.
func sitesOf(site string) []string {
	site = strings.ToLower(strings.TrimSpace(site))
	if !strings.Contains(site, "://") {
		site = "https://" + site
	}
	host := fold.Host(site)
	if host == "" {
		return nil
	}
	return []string{host, interchange.HostOf(site)} // in ASCII, and as it is written
}

// run finds the results of a page, and one more if there are more.
func (s *factSearch) run(ctx context.Context) ([]searchResult, error) {
	if s.sites != nil {
		rows, err := s.tx.Query(ctx, "WITH RECURSIVE "+pg.Sources.MergeMembersSQL("voices",
			"SELECT id FROM sources WHERE sites_of(domains, url) && $1 AND (domains IS NOT NULL OR url <> '')")+" SELECT id FROM "+
			"voices", s.sites)
		if err != nil {
			return nil, err
		}
		if s.authors, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID]); err != nil {
			return nil, err
		}
	}
	if s.filter.Q == "" {
		return s.newestReviewed(ctx)
	}
	var found []searchResult
	after := s.after
	if after == nil || after[0] == exactPhase {
		exact, err := s.exact(ctx, after, s.skip+s.limit)
		if err != nil || len(exact) >= s.skip+s.limit {
			return exact[min(s.skip, len(exact)):], err
		}
		found, after = exact, nil
	}
	if s.terms != "" {
		similar, err := s.fuzzy(ctx, after, s.skip+s.limit-len(found))
		if err != nil {
			return nil, err
		}
		found = append(found, similar...)
	}
	return found[min(s.skip, len(found)):], nil
}

// cut takes off what is beyond the page, and says where it ended.
func (s *factSearch) cut(found []searchResult, limit int) ([]searchResult, string, error) {
	if len(found) <= limit {
		return found, "", nil
	}
	last := found[limit-1]
	at := []string{undatedLast, last.Newest.String()}
	if last.At != nil {
		at[0] = pg.FormatTime(*last.At)
	}
	if s.filter.Q != "" {
		phase := exactPhase
		if last.Fuzzy {
			phase = fuzzyPhase
		}
		at = []string{phase, pg.FormatScore(last.Score), last.Root.String(), wordingKey(last.Wording).String()}
	}
	cursor, err := pg.EncodeCursor(s.filter, at)
	return found[:limit], cursor, err
}

// wordingKeySQL orders the wordings of one claim: that of the claim itself first, the others by their MD5.
const wordingKeySQL = "CASE wording WHEN '' THEN '00000000-0000-0000-0000-000000000000' ELSE md5(wording)::uuid END"

func wordingKey(wording string) uuid.UUID {
	if wording == "" {
		return uuid.Nil
	}
	return md5.Sum([]byte(wording))
}

// reviewConditions are the filter's conditions on the review of an alias.
func (s *factSearch) reviewConditions(w *pg.Where, alias string) string {
	of := &pg.Where{Args: w.Args}
	of.Add("{r}.status = 'active'")
	if s.sites != nil {
		of.Add("({r}.author = ANY (?::uuid[]) OR sites_of(NULL, {r}.url) && ?::text[] AND {r}.url <> '')", s.authors, s.sites)
	}
	if s.bases != nil {
		of.Add("("+InLanguageSQL("{r}.language")+" OR {r}.language = '' AND EXISTS (SELECT FROM claims AS c, unnest(c.languages) AS tag "+
			"WHERE c.id = {r}.claim_id AND "+InLanguageSQL("tag")+" OFFSET 0))", s.bases, s.bases)
	}
	if s.filter.MaxAgeDays > 0 {
		of.Add("moment_last({r}.published) >= (now() AT TIME ZONE 'UTC')::date - ?::int", min(s.filter.MaxAgeDays, maxAge))
	}
	w.Args = of.Args
	return strings.ReplaceAll(strings.Join(of.Conditions, " AND "), "{r}", alias)
}

// newestReviewed lists claims by their newest review.
func (s *factSearch) newestReviewed(ctx context.Context) ([]searchResult, error) {
	w := &pg.Where{}
	passes, newerPasses := s.reviewConditions(w, "r"), s.reviewConditions(w, "newer")
	if s.after != nil {
		passes += fmt.Sprintf(" AND (%s, r.id) < (%s::text::timestamptz, %s::text::uuid)", pg.PublishedAt("r"), w.Arg(s.after[0]),
			w.Arg(s.after[1]))
	}
	return pg.Many[searchResult](ctx, s.tx, fmt.Sprintf(`
		SELECT r.root, r.claim_reviewed AS wording, 0::real AS score, nullif(r.at, '-infinity') AS at, r.id AS newest, false AS fuzzy
		FROM (SELECT r.*, %[1]s AS at, %[7]s AS root
			FROM reviews AS r JOIN claims AS c ON c.id = r.claim_id WHERE %[2]s) AS r
		WHERE r.root IS NOT NULL AND NOT EXISTS (
			SELECT FROM reviews AS newer WHERE newer.claim_id IN (SELECT claim_voices(r.root)) AND newer.claim_reviewed = r.claim_reviewed
				AND (%[3]s, newer.id) > (r.at, r.id) AND %[4]s OFFSET 0)
		ORDER BY r.at DESC, r.id DESC LIMIT %[5]d OFFSET %[6]d`,
		pg.PublishedAt("r"), passes, pg.PublishedAt("newer"), newerPasses, s.limit, s.skip, pg.MergeTargetOfClaimSQL("c")), w.Args...)
}

// wholeTextScore is the score of a result whose claim says just what was asked for, letters folded. One is added where the result's
// own text says it rather than another wording of its claim, and a half where it is written exactly so. Ranks and similarities are
// 1 at most, so such results come first.
const wholeTextScore = 2

// spelledAlikeSQL says whether a result is written just like the question.
const spelledAlikeSQL = `CASE wording WHEN '' THEN EXISTS (SELECT FROM claims AS c, jsonb_each_text(c.statement) AS statement
	WHERE c.id = root AND btrim(statement.value, E' \t\r\n') = %[1]s)
	ELSE btrim(wording, E' \t\r\n') = %[1]s END`

// exact ranks what has the whole text or all the words of the question.
func (s *factSearch) exact(ctx context.Context, after []string, limit int) ([]searchResult, error) {
	w := &pg.Where{}
	passes := s.reviewConditions(w, "r")
	most := fmt.Sprintf(" LIMIT %d", pg.MaxRanked)
	found := candidatesSQL("text_sums({t}.folded) && text_sums("+w.Arg(s.folded)+"::text)", strconv.Itoa(wholeTextScore), passes, most)
	if s.terms != "" {
		query := w.Arg(s.terms) + "::text::tsquery"
		found += " UNION ALL " + candidatesSQL("{t}.terms @@ "+query, "ts_rank({t}.terms, "+query+")", passes, most)
	}
	return s.rank(ctx, w, found, passes, false, after, limit)
}

// fuzzy ranks what has not all the words, but some spelled like them.
func (s *factSearch) fuzzy(ctx context.Context, after []string, limit int) ([]searchResult, error) {
	if _, err := s.tx.Exec(ctx, fmt.Sprintf("SET LOCAL pg_trgm.word_similarity_threshold = %g", MinLikeness)); err != nil {
		return nil, err
	}
	w := &pg.Where{}
	passes := s.reviewConditions(w, "r")
	compared, query := w.Arg(firstWords(s.folded))+"::text", w.Arg(s.terms)+"::text::tsquery"
	found := candidatesSQL(compared+" <% {t}.folded AND NOT {t}.terms @@ "+query, "word_similarity("+compared+", {t}.folded)", passes, "")
	// the exact phase has found what has the words in another text of the claim or in the wording
	found = "SELECT * FROM (" + found + ") AS found WHERE NOT EXISTS (SELECT FROM claims AS c WHERE c.id = root AND c.terms @@ " + query +
		") AND NOT EXISTS (SELECT FROM claims AS c WHERE c.id IN (" + pg.ClaimMembersSQL("root") + ") AND c.terms @@ " + query + ")"
	return s.rank(ctx, w, found, passes+" AND NOT r.terms @@ "+query, true, after, limit)
}

// candidatesSQL selects claim, wording and score of all that may be a result: statements of claims, for which wording is null, and
// wordings of reviews. condition and score are SQL in which {t} stands for the alias of either table. passes is the filter on
// reviews. A claim that is merged, or that others are merged into, is taken unchecked, since its reviews are spread over several
// claims: the ranking checks those.
func candidatesSQL(condition, score, passes, most string) string {
	of := func(sql, alias string) string { return strings.ReplaceAll(sql, "{t}", alias) }
	return fmt.Sprintf(`(SELECT %[1]s AS root, NULL AS wording, %[2]s AS score FROM claims AS c WHERE %[3]s
			AND (c.status = 'merged' OR c.status = 'active' AND (EXISTS (SELECT FROM reviews AS r WHERE r.claim_id = c.id
				AND %[4]s OFFSET 0) OR EXISTS (SELECT FROM claims AS m WHERE m.merged_into = c.id OFFSET 0)))%[5]s)
		UNION ALL (SELECT %[1]s, r.claim_reviewed, %[6]s FROM reviews AS r JOIN claims AS c ON c.id = r.claim_id WHERE r.folded <> ''
			AND %[7]s AND %[4]s%[5]s)`,
		pg.MergeTargetOfClaimSQL("c"), of(score, "c"), of(condition, "c"), passes, most, of(score, "r"), of(condition, "r"))
}

// rank makes results of the texts that were found, best first: a statement stands for each wording of its claim that has reviews
// that pass, a wording for itself.
func (s *factSearch) rank(ctx context.Context, w *pg.Where, found, passes string, fuzzy bool, after []string,
	limit int) ([]searchResult, error) {
	keyset := "true"
	if after != nil {
		keyset = fmt.Sprintf("(-score, root, "+wordingKeySQL+") > (-%s::text::real, %s::text::uuid, %s::text::uuid)", w.Arg(after[1]),
			w.Arg(after[2]), w.Arg(after[3]))
	}
	return pg.Many[searchResult](ctx, s.tx, fmt.Sprintf(`
		WITH found AS MATERIALIZED (%[1]s
		), statements AS (
			SELECT root, max(score) AS score FROM found WHERE root IS NOT NULL AND wording IS NULL GROUP BY root
		), results AS (
			SELECT root, wording, score + CASE WHEN score >= %[2]d AND wording = '' THEN 1 ELSE 0 END AS score FROM statements, LATERAL (
				SELECT r.claim_reviewed FROM reviews AS r WHERE r.claim_id = root AND %[3]s
				UNION SELECT r.claim_reviewed FROM (%[4]s) AS voices (claim) JOIN reviews AS r ON r.claim_id = claim
					WHERE %[3]s) AS reviewed (wording)
			UNION ALL SELECT root, wording, score + CASE WHEN score >= %[2]d THEN 1 ELSE 0 END FROM found WHERE root IS NOT NULL
				AND wording IS NOT NULL
		), scored AS (
			SELECT root, wording, (score + CASE WHEN score >= %[2]d AND %[9]s THEN 0.5 ELSE 0 END)::real AS score
			FROM (SELECT root, wording, max(score) AS score FROM results GROUP BY root, wording) AS best
		)
		SELECT root, wording, score, NULL::timestamptz AS at, root AS newest, %[5]t AS fuzzy FROM scored WHERE %[6]s
			ORDER BY score DESC, root, %[8]s LIMIT %[7]d`,
		found, wholeTextScore, passes, pg.ClaimMembersSQL("root"), fuzzy, keyset, limit, wordingKeySQL,
		fmt.Sprintf(spelledAlikeSQL, w.Arg(s.filter.Q)+"::text")), w.Args...)
}

// firstWords is the part of a long text that is compared: its first words.
func firstWords(folded string) string {
	runes := []rune(folded)
	if len(runes) <= maxCompared {
		return folded
	}
	cut := string(runes[:maxCompared])
	if end := strings.LastIndexByte(cut, ' '); end > 0 {
		return cut[:end]
	}
	return cut
}
