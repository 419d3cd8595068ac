// Package search finds by words: claims, sources and documents, and for those who look for fact checks the claims that have reviews.
// What has all the words comes first, best first; what has words that are spelled like them follows.
//
// It must not know how things are written, imported or analyzed, nor HTTP.
package search

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/fold"
	"github.com/headwater-project/headwater/store/pg"
)

// Match says how well a thing matches the words of a search.
type Match struct {
	Approximate bool    `json:"approximate,omitempty" doc:"True if it has not the words asked for, but some that are spelt like them." example:"true"`
	Score       float32 `json:"-"` // rank, or likeness where approximate
	Truncated   bool    `json:"-"` // more things have the words than were ranked
}

// ClaimHit is a claim that a search found, or that was listed without one.
type ClaimHit struct {
	headwater.Claim
	Match
	Words []WordMatch `json:"matches,omitempty" db:"-" doc:"With q: where the words asked for stand in the statement, in order, whatever their forms; none where it has but some that are spelt like them."`
}

// WordMatch is where a word that was searched for stands in a text.
type WordMatch struct {
	Language string `json:"lang" format:"bcp47" doc:"Which of the texts." example:"en"`
	Start    int    `json:"start" minimum:"0" doc:"Offset of its first character, in Unicode code points from 0." example:"4"`
	End      int    `json:"end" minimum:"1" doc:"Offset after its last character, in Unicode code points." example:"10"`
}

// MarkWords says of each hit where the words of q stand in it; nothing where there are none.
func MarkWords(hits []ClaimHit, q string) {
	terms := fold.Terms(q)
	if len(terms) == 0 {
		return
	}
	isAsked := func(term string) bool { return slices.Contains(terms, term) }
	for i := range hits {
		for _, language := range slices.Sorted(maps.Keys(hits[i].Statement)) {
			for _, word := range fold.Words(hits[i].Statement[language]) {
				if slices.ContainsFunc(word.Terms, isAsked) && !hits[i].Approximate {
					hits[i].Words = append(hits[i].Words, WordMatch{language, word.Start, word.End})
				}
			}
		}
	}
}

// SourceHit is a source that a search found, or that was listed without one.
type SourceHit struct {
	headwater.Source
	Match
}

// MinLikeness is the word similarity (pg_trgm) from which a similar spelling is found.
const MinLikeness = 0.4

// The two phases of a search, as cursors name them.
const (
	exactPhase = "exact"
	fuzzyPhase = "near"
)

var phaseValue = pg.OneOfValues(exactPhase, fuzzyPhase)

// searchQuery is a question as both phases need it: its terms as a tsquery, and its folded text.
type searchQuery struct {
	terms, folded string
	beginning     bool // what begins with the text comes first
}

func parseQuery(question string) (searchQuery, error) {
	terms := fold.Terms(question)
	if len(terms) == 0 {
		return searchQuery{}, headwater.Faults{headwater.NewFault("/q", headwater.FaultRequired, question, "at least one word or number")}
	}
	return searchQuery{terms: pg.TermQuery(terms, "&"), folded: fold.Text(question)}, nil
}

// parseBeginning parses what somebody has typed of a name: its last word may go on.
func parseBeginning(question string) (searchQuery, error) {
	query, err := parseQuery(question)
	if err != nil {
		return query, err
	}
	query.beginning = true
	words := strings.Fields(query.folded)
	last := words[len(words)-1]
	if stems := fold.FoldedTerms(last); len(stems) > 0 {
		terms := fold.Terms(question)
		begun := fmt.Sprintf("(%s | %s)", pg.PrefixQuery(stems[0]), pg.PrefixQuery(last))
		query.terms = begun
		if whole := terms[:len(terms)-1]; len(whole) > 0 {
			query.terms = pg.TermQuery(whole, "&") + " & " + begun
		}
	}
	return query, nil
}

// ByWords gives a page of the things in a table that meet the conditions and have all the words of q, best first; where those do
// not fill the page, things that have words spelled like them follow. question is the whole filter, to which the cursor is tied.
func ByWords[H, T any, F pg.Fields](ctx context.Context, db *pg.DB, t pg.Table[T, F], w *pg.Where, question any, q string, p pg.Paging,
	of func(H) (uuid.UUID, Match)) (pg.Page[H], error) {
	query, err := parseQuery(q)
	if err != nil {
		return pg.Page[H]{Items: []H{}}, err
	}
	return find(ctx, db, t, w, question, query, p, of)
}

// ByNames is to the beginning of a name, as somebody types it, what [ByWords] is to words: the last word may go on, and what has a
// name that begins so comes first.
func ByNames[H, T any, F pg.Fields](ctx context.Context, db *pg.DB, t pg.Table[T, F], w *pg.Where, question any, q string, p pg.Paging,
	of func(H) (uuid.UUID, Match)) (pg.Page[H], error) {
	query, err := parseBeginning(q)
	if err != nil {
		return pg.Page[H]{Items: []H{}}, err
	}
	return find(ctx, db, t, w, question, query, p, of)
}

func find[H, T any, F pg.Fields](ctx context.Context, db *pg.DB, t pg.Table[T, F], w *pg.Where, question any, query searchQuery,
	p pg.Paging, of func(H) (uuid.UUID, Match)) (pg.Page[H], error) {
	page := pg.Page[H]{Items: []H{}}
	if err := p.Check(); err != nil {
		return page, err
	}
	after, err := pg.DecodeCursor(question, p.Cursor, phaseValue, pg.ScoreValue, pg.UUIDValue)
	if err != nil {
		return page, err
	}
	more := false
	err = pgx.BeginTxFunc(ctx, db.Pool, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		read := func(sql string, args []any) (err error) {
			more, err = page.ReadIn(ctx, tx, p.Limit, sql, args...)
			return err
		}
		if after == nil || after[0] == exactPhase {
			if err := read(exactSQL(t, w.Clone(), query, after, p.Limit+1)); err != nil {
				return err
			}
			page.Truncated = slices.ContainsFunc(page.Items, func(hit H) bool { _, match := of(hit); return match.Truncated })
			after = nil
		}
		if more || !t.Approximates() {
			return nil
		}
		if _, err := tx.Exec(ctx, fmt.Sprintf("SET LOCAL pg_trgm.word_similarity_threshold = %g", MinLikeness)); err != nil {
			return err
		}
		return read(fuzzySQL(t, w.Clone(), query, after, p.Limit+1-len(page.Items)))
	})
	if err != nil {
		return page, pg.Interpret(err)
	}
	if more {
		id, match := of(page.Items[len(page.Items)-1])
		phase := exactPhase
		if match.Approximate {
			phase = fuzzyPhase
		}
		page.NextCursor, err = pg.EncodeCursor(question, []string{phase, pg.FormatScore(match.Score), id.String()})
	}
	return page, err
}

// CandidatesSQL selects the ids of things that have all the words of q: of as many as are ranked, and one more that says that there are
// more.
func CandidatesSQL[T any, F pg.Fields](t pg.Table[T, F], w *pg.Where, q string) (string, error) {
	query, err := parseQuery(q)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("SELECT t.id FROM %s AS t WHERE t.terms @@ %s::text::tsquery LIMIT %d", t.Name, w.Arg(query.terms),
		pg.MaxRanked+1), nil
}

// HaveWords adds the condition that things called t have all the words of q.
func HaveWords(w *pg.Where, q string) error {
	query, err := parseQuery(q)
	if err == nil {
		w.Add("t.terms @@ ?::text::tsquery", query.terms)
	}
	return err
}

// exactSQL ranks what has all the words (ts_rank: how often).
func exactSQL[T any, F pg.Fields](t pg.Table[T, F], w *pg.Where, q searchQuery, after []string, limit int) (string, []any) {
	terms := w.Arg(q.terms) + "::text::tsquery"
	w.Conditions = append(w.Conditions, "t.terms @@ "+terms)
	score := "ts_rank(t.terms, " + terms + ")"
	if q.beginning { // the folded names stand in lines
		score += " + CASE WHEN position(E'\\n' || " + w.Arg(q.folded) + "::text IN E'\\n' || t.folded) > 0 THEN 1 ELSE 0 END"
	}
	return scoredSQL(t, w, score, exactPhase, after, limit), w.Args
}

// fuzzySQL ranks what has not the words, but some spelled like them (pg_trgm's word similarity).
func fuzzySQL[T any, F pg.Fields](t pg.Table[T, F], w *pg.Where, q searchQuery, after []string, limit int) (string, []any) {
	folded, terms := w.Arg(q.folded)+"::text", w.Arg(q.terms)+"::text::tsquery"
	w.Conditions = append(w.Conditions, folded+" <% t.folded", "NOT t.terms @@ "+terms)
	return scoredSQL(t, w, "word_similarity("+folded+", t.folded)", fuzzyPhase, after, limit), w.Args
}

// scoredSQL scores candidates by their ids alone, and reads only those whole that are on the page. Of those that have the words,
// one more than are ranked says that there are more.
func scoredSQL[T any, F pg.Fields](t pg.Table[T, F], w *pg.Where, score, phase string, after []string, limit int) string {
	most, candidates := "ALL", "ALL"
	if phase == exactPhase {
		most, candidates = strconv.Itoa(pg.MaxRanked), strconv.Itoa(pg.MaxRanked+1)
	}
	scored := fmt.Sprintf("SELECT t.id, (%s)::real AS score FROM %s AS t%s LIMIT %s", score, t.Name, w, candidates)
	more := ""
	if after != nil {
		at := w.Arg(after[1]) + "::text::real"
		more = fmt.Sprintf("WHERE score < %[1]s OR score = %[1]s AND id > %[2]s::text::uuid", at, w.Arg(after[2]))
	}
	return fmt.Sprintf(`WITH candidates AS MATERIALIZED (%s)
		SELECT %s, best.score, %t AS approximate, %[4]t AND (SELECT count(*) > %[5]d FROM candidates) AS truncated
		FROM (SELECT id, score FROM (SELECT * FROM candidates LIMIT %[6]s) AS ranked %[7]s ORDER BY score DESC, id LIMIT %[8]d) AS best
		JOIN %[9]s AS t USING (id) ORDER BY best.score DESC, t.id`,
		scored, t.Listed("t"), phase == fuzzyPhase, phase == exactPhase, pg.MaxRanked, most, more, limit, t.Name)
}
