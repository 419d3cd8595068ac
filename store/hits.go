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
	// maxRanked is how many things that have the words are ranked at most.
	maxRanked = 10_000
)

// The two phases of a search, as cursors name them.
const (
	exactly = "exact"
	nearly  = "near"
)

// asked are the words of a question, as both phases need them.
type asked struct{ query, folded string }

func ask(question string) (asked, error) {
	var words []string
	for _, term := range fold.Terms(question) {
		words = append(words, quoted(term))
	}
	if len(words) == 0 {
		return asked{}, headwater.Faults{headwater.NewFault("/q", headwater.FaultRequired, question, "at least one word or number")}
	}
	return asked{strings.Join(words, " & "), fold.Text(question)}, nil
}

// search gives a page of the things that have all the words of the question, best first; where those do not fill it,
// things that have words spelt like them follow.
func search[H, T any, F fields](ctx context.Context, s *Store, t table[T, F], w *where, question any, q string, p Paging, of func(H) (uuid.UUID, Match)) (Page[H], error) {
	page := Page[H]{Items: []H{}}
	words, err := ask(q)
	if err != nil {
		return page, err
	}
	if err := p.check(); err != nil {
		return page, err
	}
	after, err := decodeCursor(question, p.Cursor, 3)
	if err != nil {
		return page, err
	}
	err = pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if after == nil || after[0] == exactly {
			sql, args := t.exactSQL(w.clone(), words, after, p.Limit+1)
			if page.Items, err = many[H](ctx, tx, sql, args...); err != nil {
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
		sql, args := t.nearSQL(w.clone(), words, after, p.Limit+1-len(page.Items))
		near, err := many[H](ctx, tx, sql, args...)
		page.Items = append(page.Items, near...)
		return err
	})
	if err != nil {
		return page, interpret(err)
	}
	if len(page.Items) > p.Limit {
		page.Items = page.Items[:p.Limit]
		id, match := of(page.Items[p.Limit-1])
		phase := exactly
		if match.Approximate {
			phase = nearly
		}
		page.NextCursor, err = encodeCursor(question, []string{phase, strconv.FormatFloat(float64(match.Score), 'g', -1, 32), id.String()})
	}
	return page, err
}

// exactSQL ranks what has all the words (ts_rank: how often).
func (t table[T, F]) exactSQL(w *where, words asked, after []string, limit int) (string, []any) {
	query := w.arg(words.query) + "::text::tsquery"
	w.conditions = append(w.conditions, "t.terms @@ "+query)
	return t.scoredSQL(w, "ts_rank(t.terms, "+query+")", exactly, after, limit), w.args
}

// nearSQL ranks what has not the words, but some spelt like them (pg_trgm's word similarity).
func (t table[T, F]) nearSQL(w *where, words asked, after []string, limit int) (string, []any) {
	folded, query := w.arg(words.folded)+"::text", w.arg(words.query)+"::text::tsquery"
	w.conditions = append(w.conditions, folded+" <% t.folded", "NOT t.terms @@ "+query)
	return t.scoredSQL(w, "word_similarity("+folded+", t.folded)", nearly, after, limit), w.args
}

// scoredSQL scores candidates by their ids alone, and reads those whole that are shown. Of those that have the words, one
// more than are ranked says that there are more.
func (t table[T, F]) scoredSQL(w *where, score, phase string, after []string, limit int) string {
	most, candidates := "ALL", "ALL"
	if phase == exactly {
		most, candidates = strconv.Itoa(maxRanked), strconv.Itoa(maxRanked+1)
	}
	scored := fmt.Sprintf("SELECT t.id, %s::real AS score FROM %s AS t%s LIMIT %s", score, t.name, w, candidates)
	more := ""
	if after != nil {
		at := w.arg(after[1]) + "::text::real"
		more = fmt.Sprintf("WHERE score < %[1]s OR score = %[1]s AND id > %[2]s::text::uuid", at, w.arg(after[2]))
	}
	return fmt.Sprintf(`WITH candidates AS MATERIALIZED (%s)
		SELECT %s, best.score, %t AS approximate, %[4]t AND (SELECT count(*) > %[5]d FROM candidates) AS truncated
		FROM (SELECT id, score FROM (SELECT * FROM candidates LIMIT %[6]s) AS ranked %[7]s ORDER BY score DESC, id LIMIT %[8]d) AS best
		JOIN %[9]s AS t USING (id) ORDER BY best.score DESC, t.id`,
		scored, t.selected("t"), phase == nearly, phase == exactly, maxRanked, most, more, limit, t.name)
}

// clone lets two queries add to the same conditions.
func (w *where) clone() *where {
	return &where{conditions: w.conditions[:len(w.conditions):len(w.conditions)], args: w.args[:len(w.args):len(w.args)]}
}

// hitsOf are things that were listed, not searched for.
func hitsOf[T, H any](page Page[T], hit func(T) H) Page[H] {
	hits := Page[H]{Items: make([]H, len(page.Items)), NextCursor: page.NextCursor}
	for i, thing := range page.Items {
		hits.Items[i] = hit(thing)
	}
	return hits
}
