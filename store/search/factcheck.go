package search

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/store/pg"
)

// FactCheckFilter says which reviewed claims to find, and which of their reviews.
type FactCheckFilter struct {
	Q          string // words of the claim or of its reviewers; without any, all claims are listed
	Language   string // BCP 47 tag, of which the first part counts; of the review, or of the claim where it says none
	Site       string // a host name or address that the review's author, or the review, is at or below
	MaxAgeDays int    // how many days ago the review was published at most; 0 is any number
}

// FactCheckHit is a claim in one wording, with its reviews in that wording, newest first.
type FactCheckHit struct {
	Claim     uuid.UUID
	Statement headwater.Texts
	Wording   string           // the reviewers'; empty where they speak of the statement
	Claimant  *ReviewAuthor    // the end of the chain of the first attribution that affirms the claim; nil if there is none
	Said      headwater.Moment // when it was said there, or else published; empty if not known, or only as a range
	Reviews   []CheckReview    // MaxCheckReviews at most
}

// CheckReview is a review as those who search for fact checks see it.
type CheckReview struct {
	Author    ReviewAuthor
	Label     string // the verdict
	Title     string
	URL       string
	Language  string
	Published headwater.Moment
}

// ReviewAuthor is the source of a review, by the names that it is shown under: those of its merge target, if it is merged.
type ReviewAuthor struct {
	Name    string
	Names   headwater.Texts
	Domains []string
	URL     string
}

// Site is the host name that a source publishes under; empty if it has none.
func (a ReviewAuthor) Site() string {
	if len(a.Domains) > 0 {
		return a.Domains[0]
	}
	return interchange.HostOf(a.URL)
}

// Site is the host name of the review's author, or else of the review.
func (r CheckReview) Site() string { return cmp.Or(r.Author.Site(), interchange.HostOf(r.URL)) }

// MaxCheckReviews is how many reviews of a claim in one wording a search gives, the newest.
const MaxCheckReviews = 100

// Searcher searches a database.
type Searcher struct{ db *pg.DB }

// New gives the searcher of a database.
func New(db *pg.DB) *Searcher { return &Searcher{db} }

// FactChecks finds claims that have reviews: first those of which Q is the whole text, then those that have all its words, then
// those that have words spelled like them; without words, those that were reviewed last come first. skip passes over results,
// and counts only without a cursor.
func (s *Searcher) FactChecks(ctx context.Context, f FactCheckFilter, skip int, p pg.Paging) (pg.Page[FactCheckHit], error) {
	page := pg.Page[FactCheckHit]{Items: []FactCheckHit{}}
	if err := p.Check(); err != nil {
		return page, err
	}
	if skip < 0 || skip > MaxSkipped {
		return page, headwater.Faults{headwater.NewFault("/offset", headwater.FaultRange, skip, fmt.Sprintf("0 to %d", MaxSkipped))}
	}
	search, err := newFactSearch(f, skip, p)
	if err != nil {
		return page, err
	}
	err = pgx.BeginTxFunc(ctx, s.db.Pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		search.tx = tx
		found, err := search.run(ctx)
		if err != nil {
			return err
		}
		if found, page.NextCursor, err = search.cut(found, p.Limit); err != nil {
			return err
		}
		page.Items, err = search.read(ctx, found)
		return err
	})
	return page, pg.Interpret(err)
}

// read reads what a page shows of its results.
func (s *factSearch) read(ctx context.Context, found []searchResult) ([]FactCheckHit, error) {
	checks := make([]FactCheckHit, len(found))
	roots, wordings := make([]uuid.UUID, len(found)), make([]string, len(found))
	for i, result := range found {
		checks[i] = FactCheckHit{Claim: result.Root, Wording: result.Wording}
		roots[i], wordings[i] = result.Root, result.Wording
	}
	var statements []claimStatement
	var reviews []pageReview
	var affirmed []firstAffirmation
	var batch pgx.Batch
	pg.Queue(&batch, &statements, pgx.RowToStructByName[claimStatement], "SELECT id, statement FROM claims WHERE id = ANY ($1)", roots)
	w := &pg.Where{Args: []any{roots, wordings}}
	passes := s.reviewConditions(w, "r")
	pg.Queue(&batch, &reviews, pgx.RowToStructByName[pageReview], fmt.Sprintf(`
		WITH RECURSIVE %s
		SELECT place, author, label, title, url, language, published FROM (
			SELECT family.place, r.author, r.rating ->> 'label' AS label, r.title, r.url, r.language, r.published,
				row_number() OVER (PARTITION BY family.place ORDER BY %s DESC, r.id DESC) AS nth
			FROM family JOIN reviews AS r ON r.claim_id = family.id AND r.claim_reviewed = family.wording WHERE %s) AS r
		WHERE nth <= %d ORDER BY place, nth`,
		pg.Claims.MergeMembersSQL("family",
			"SELECT root, place, wording FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS page (root, "+
				"wording, place)", "place", "wording"),
		pg.PublishedAt("r"), passes, MaxCheckReviews), w.Args...)
	pg.Queue(&batch, &affirmed, pgx.RowToStructByName[firstAffirmation], firstAffirmationSQL, roots)
	if err := s.tx.SendBatch(ctx, &batch).Close(); err != nil {
		return nil, err
	}
	ids := map[uuid.UUID]bool{}
	for _, review := range reviews {
		ids[review.Author] = true
	}
	for _, first := range affirmed {
		ids[first.Origin] = true
	}
	speakers, err := s.speakers(ctx, slices.Collect(maps.Keys(ids)))
	if err != nil {
		return nil, err
	}
	return assemble(checks, statements, reviews, affirmed, speakers), nil
}

type claimStatement struct {
	ID        uuid.UUID
	Statement headwater.Texts
}

type pageReview struct {
	Place     int64 // on the page, from 1
	Author    uuid.UUID
	Label     string
	Title     string
	URL       string
	Language  string
	Published headwater.Moment
}

type firstAffirmation struct {
	Root   uuid.UUID
	Origin uuid.UUID
	Said   headwater.Moment
}

// firstAffirmationSQL finds the attribution by which each claim, or one that is merged into it, was first affirmed.
var firstAffirmationSQL = `
	WITH RECURSIVE ` + pg.Claims.MergeMembersSQL("family", "SELECT DISTINCT root, root FROM unnest($1::uuid[]) AS root", "root") + `
	SELECT DISTINCT ON (family.root) family.root, a.source_ids[cardinality(a.source_ids)] AS origin,
		coalesce(CASE
			WHEN a.chain #>> '{-1,said_at,earliest}' = a.chain #>> '{-1,said_at,latest}' THEN a.chain #>> '{-1,said_at,earliest}'
			WHEN a.chain #> '{-1,said_at}' IS NULL AND d.published ->> 'earliest' = d.published ->> 'latest'
				THEN d.published ->> 'earliest' END, '') AS said
	FROM family JOIN attributions AS a ON a.claim_id = family.id JOIN documents AS d ON d.id = a.document_id
	WHERE a.status = 'accepted' AND a.stance = 'affirms' AND d.status = 'active'
	ORDER BY family.root, coalesce(d.published_from, 'infinity'), a.id`

// speakers gives each source by the names of what it speaks as.
func (s *factSearch) speakers(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]ReviewAuthor, error) {
	type speaker struct {
		Source uuid.UUID
		ReviewAuthor
	}
	found, err := pg.Many[speaker](ctx, s.tx, `
		WITH RECURSIVE `+pg.Sources.SpeakersSQL("speakers", "SELECT unnest($1::uuid[])")+`
		SELECT speakers.id AS source, s.name, s.names, s.domains, s.url FROM speakers CROSS JOIN LATERAL (
			SELECT name, names, domains, url FROM sources WHERE sources.id = speaks_as OFFSET 0) AS s`, ids)
	speakers := make(map[uuid.UUID]ReviewAuthor, len(found))
	for _, s := range found {
		speakers[s.Source] = s.ReviewAuthor
	}
	return speakers, err
}

// assemble adds what was read to the results that it belongs to.
func assemble(checks []FactCheckHit, statements []claimStatement, reviews []pageReview, affirmed []firstAffirmation,
	speakers map[uuid.UUID]ReviewAuthor) []FactCheckHit {
	of := map[uuid.UUID][]*FactCheckHit{}
	for i := range checks {
		of[checks[i].Claim] = append(of[checks[i].Claim], &checks[i])
	}
	for _, claim := range statements {
		for _, check := range of[claim.ID] {
			check.Statement = claim.Statement
		}
	}
	for _, first := range affirmed {
		claimant := speakers[first.Origin]
		for _, check := range of[first.Root] {
			check.Claimant, check.Said = &claimant, first.Said
		}
	}
	for _, r := range reviews {
		check := &checks[r.Place-1]
		check.Reviews = append(check.Reviews, CheckReview{speakers[r.Author], r.Label, r.Title, r.URL, r.Language, r.Published})
	}
	return checks
}
