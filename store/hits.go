package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/fold"
)

// Match says how well a thing matches the words that were asked for.
type Match struct {
	Approximate bool    `json:"approximate,omitempty" doc:"True if it has not the words asked for, but some that are spelt like them." example:"true"`
	Score       float32 `json:"-"` // rank, or likeness where approximate
	Truncated   bool    `json:"-"` // more things have the words than were ranked
}

// ClaimHit is a claim that was searched for.
type ClaimHit struct {
	headwater.Claim
	Match
}

// SourceHit is a source that was searched for.
type SourceHit struct {
	headwater.Source
	Match
}

const (
	// MinLikeness is the word similarity (pg_trgm) from which a near spelling is shown.
	MinLikeness = 0.4
	// MaxRanked is how many things that have the words are ranked at most.
	MaxRanked = 10_000
)

// The two phases of a search, as cursors name them.
const (
	exactPhase = "exact"
	fuzzyPhase  = "near"
)

// searchQuery are the words of a question, as both phases need them.
type searchQuery struct{ query, folded string }

func parseQuery(question string) (searchQuery, error) {
	var words []string
	for _, term := range fold.Terms(question) {
		words = append(words, QuoteTerm(term))
	}
	if len(words) == 0 {
		return searchQuery{}, headwater.Faults{headwater.NewFault("/q", headwater.FaultRequired, question, "at least one word or number")}
	}
	return searchQuery{strings.Join(words, " & "), fold.Text(question)}, nil
}

// search gives a page of the things that have all the words of the question, best first; where those do not fill it,
// things that have words spelt like them follow.
func search[H, T any, F Fields](ctx context.Context, s *Store, t Table[T, F], w *Where, question any, q string, p Paging, of func(H) (uuid.UUID, Match)) (Page[H], error) {
	page := Page[H]{Items: []H{}}
	words, err := parseQuery(q)
	if err != nil {
		return page, err
	}
	if err := p.Check(); err != nil {
		return page, err
	}
	after, err := DecodeCursor(question, p.Cursor, 3)
	if err != nil {
		return page, err
	}
	err = pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if after == nil || after[0] == exactPhase {
			sql, args := t.exactSQL(w.Clone(), words, after, p.Limit+1)
			if page.Items, err = Many[H](ctx, tx, sql, args...); err != nil {
				return err
			}
			page.Truncated = slices.ContainsFunc(page.Items, func(hit H) bool { _, match := of(hit); return match.Truncated })
			after = nil
		}
		if len(page.Items) > p.Limit {
			return nil
		}
		if _, err := tx.Exec(ctx, fmt.Sprintf("SET LOCAL pg_trgm.word_similarity_threshold = %g", MinLikeness)); err != nil {
			return err
		}
		sql, args := t.fuzzySQL(w.Clone(), words, after, p.Limit+1-len(page.Items))
		near, err := Many[H](ctx, tx, sql, args...)
		page.Items = append(page.Items, near...)
		return err
	})
	if err != nil {
		return page, Interpret(err)
	}
	if len(page.Items) > p.Limit {
		page.Items = page.Items[:p.Limit]
		id, match := of(page.Items[p.Limit-1])
		phase := exactPhase
		if match.Approximate {
			phase = fuzzyPhase
		}
		page.NextCursor, err = EncodeCursor(question, []string{phase, strconv.FormatFloat(float64(match.Score), 'g', -1, 32), id.String()})
	}
	return page, err
}

// exactSQL ranks what has all the words (ts_rank: how often).
func (t Table[T, F]) exactSQL(w *Where, words searchQuery, after []string, limit int) (string, []any) {
	query := w.Arg(words.query) + "::text::tsquery"
	w.Conditions = append(w.Conditions, "t.terms @@ "+query)
	return t.scoredSQL(w, "ts_rank(t.terms, "+query+")", exactPhase, after, limit), w.Args
}

// fuzzySQL ranks what has not the words, but some spelt like them (pg_trgm's word similarity).
func (t Table[T, F]) fuzzySQL(w *Where, words searchQuery, after []string, limit int) (string, []any) {
	folded, query := w.Arg(words.folded)+"::text", w.Arg(words.query)+"::text::tsquery"
	w.Conditions = append(w.Conditions, folded+" <% t.folded", "NOT t.terms @@ "+query)
	return t.scoredSQL(w, "word_similarity("+folded+", t.folded)", fuzzyPhase, after, limit), w.Args
}

// scoredSQL scores candidates by their ids alone, and reads those whole that are shown. Of those that have the words, one
// more than are ranked says that there are more.
func (t Table[T, F]) scoredSQL(w *Where, score, phase string, after []string, limit int) string {
	most, candidates := "ALL", "ALL"
	if phase == exactPhase {
		most, candidates = strconv.Itoa(MaxRanked), strconv.Itoa(MaxRanked+1)
	}
	scored := fmt.Sprintf("SELECT t.id, %s::real AS score FROM %s AS t%s LIMIT %s", score, t.Name, w, candidates)
	more := ""
	if after != nil {
		at := w.Arg(after[1]) + "::text::real"
		more = fmt.Sprintf("WHERE score < %[1]s OR score = %[1]s AND id > %[2]s::text::uuid", at, w.Arg(after[2]))
	}
	return fmt.Sprintf(`WITH candidates AS MATERIALIZED (%s)
		SELECT %s, best.score, %t AS approximate, %[4]t AND (SELECT count(*) > %[5]d FROM candidates) AS truncated
		FROM (SELECT id, score FROM (SELECT * FROM candidates LIMIT %[6]s) AS ranked %[7]s ORDER BY score DESC, id LIMIT %[8]d) AS best
		JOIN %[9]s AS t USING (id) ORDER BY best.score DESC, t.id`,
		scored, t.Selected("t"), phase == fuzzyPhase, phase == exactPhase, MaxRanked, most, more, limit, t.Name)
}

// Clone lets two queries add to the same conditions.
func (w *Where) Clone() *Where {
	return &Where{Conditions: w.Conditions[:len(w.Conditions):len(w.Conditions)], Args: w.Args[:len(w.Args):len(w.Args)]}
}

// hitsOf are things that were listed, not searched for.
func hitsOf[T, H any](page Page[T], hit func(T) H) Page[H] {
	hits := Page[H]{Items: make([]H, len(page.Items)), NextCursor: page.NextCursor}
	for i, thing := range page.Items {
		hits.Items[i] = hit(thing)
	}
	return hits
}
