package transfer

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/credit"
	"github.com/headwater-project/headwater/fold"
	"github.com/headwater-project/headwater/reprint"
	"github.com/headwater-project/headwater/store/pg"
)

const (
	// sketchBatch is for how many documents the candidates are looked up at once.
	sketchBatch = 200
	// maxBand is how many documents a number of a sketch may have before it is crowded: a boilerplate that thousands of texts share
	// gives it to all of them. Of those that have a crowded one, each is compared with the first only.
	maxBand, firstOfCrowd = 32, 8
	// comparedBytes is how much text is in memory at once, beside that of one pair.
	comparedBytes = 8 << 20
	// maxReprints is how many matches one run proposes at most.
	maxReprints = 50_000
	// maxRareLookups is how many words that both texts of a pair have are looked up, to see whether others have them.
	maxRareLookups = 32
	// rareDocuments is how many documents have a rare word at most, where there are manyDocuments or more; where there are fewer,
	// every name is rare.
	rareDocuments, manyDocuments = 5, 500
	// maxRareWord is how many bytes such a word has at most.
	maxRareWord = 60
	// shownWords is how many words of a shared passage a match shows.
	shownWords = 20
)

// candidatesSQL selects, for the active documents $1, the others that have a number of their sketch: all others, or with $2 those before
// each, so that a pair comes once where all documents are asked for. Pairs that were judged, or wait to be, are left out.
var candidatesSQL = fmt.Sprintf(`WITH alike AS MATERIALIZED (
		SELECT ours.id AS a, other.document_id AS b, bool_or(other.members > %[1]d) AS crowded
		FROM documents AS ours CROSS JOIN LATERAL unnest(ours.sketch) AS asked (band)
		CROSS JOIN LATERAL (
			SELECT document_id, row_number() OVER (ORDER BY document_id) AS place, count(*) OVER () AS members FROM (
				SELECT DISTINCT document_id FROM document_bands WHERE document_bands.band = asked.band AND document_id <> ours.id
				ORDER BY document_id LIMIT %[1]d + 1) AS sharing
		) AS other
		WHERE ours.id = ANY ($1) AND ours.status = 'active' AND (other.members <= %[1]d OR other.place <= %[2]d)
		GROUP BY ours.id, other.document_id
	) SELECT alike.a, alike.b, octet_length(one.text) AS a_bytes, octet_length(other.text) AS b_bytes, alike.crowded
	FROM alike JOIN documents AS one ON one.id = alike.a JOIN documents AS other ON other.id = alike.b
	WHERE other.status = 'active' AND (NOT $2::boolean OR alike.b < alike.a)
	AND one.derived_from IS DISTINCT FROM other.id AND other.derived_from IS DISTINCT FROM one.id
	AND NOT EXISTS (SELECT FROM matches WHERE resource = 'document' AND matches.a IN (one.id, other.id) AND matches.b IN (one.id, other.id)
		AND (kind = 'reprint' OR status <> 'rejected'))
	ORDER BY alike.a, alike.b`, maxBand, firstOfCrowd)

// candidate pairs of documents that share a number of their sketches.
type candidatePair struct {
	A, B           uuid.UUID
	ABytes, BBytes int
	Crowded        bool
}

// comparedSQL selects what a comparison needs of documents.
const comparedSQL = `SELECT d.id, d.title, d.language, d.text, coalesce(d.authors, '{}') AS authors, d.published_from, d.published_until,
		d.created_at, d.derived_from, p.kind AS publisher_kind, d.publisher,
		array_prepend(p.name, coalesce(p.aliases, '{}') || coalesce((SELECT array_agg(value) FROM jsonb_each_text(p.names)), '{}'))
			AS publisher_names
	FROM documents AS d JOIN sources AS p ON p.id = d.publisher WHERE d.id = ANY ($1)`

// comparedDocument is a document that is compared with others.
type comparedDocument struct {
	ID                            uuid.UUID
	Title, Language, Text         string
	Authors                       []string
	PublishedFrom, PublishedUntil *time.Time
	CreatedAt                     time.Time
	DerivedFrom                   *uuid.UUID
	PublisherKind                 headwater.SourceKind
	Publisher                     uuid.UUID
	PublisherNames                []string

	compared reprint.Text    `db:"-"`
	credits  []credit.Credit `db:"-"`
}

// Reprints says what a search for reprints found.
type Reprints struct {
	Compared int // documents that were compared with those that may be like them
	Proposed int // new matches
	// Crowded is how many documents share passages with very many others, and were compared with some of these only.
	Crowded int
	// Truncated says that there are more, which the next search proposes.
	Truncated bool
}

// reprintSearch finds what may reprint what.
type reprintSearch struct {
	tx pgx.Tx
	Reprints

	wires   *credit.Names   // once it is needed
	common  map[string]bool // words that many documents have, by the planner's statistics; once it is needed
	many    bool            // whether there are so many documents that a word can be rare
	found   []headwater.IdentityMatchFields
	seen    map[[2]uuid.UUID]bool // pairs that were found
	perText map[uuid.UUID]int     // how many originals each was given
}

func newReprintSearch(tx pgx.Tx) *reprintSearch {
	return &reprintSearch{tx: tx, seen: map[[2]uuid.UUID]bool{}, perText: map[uuid.UUID]int{}}
}

// among compares some documents with all that may be like them; with each of those before it where all are asked for.
func (r *reprintSearch) among(ctx context.Context, ids []uuid.UUID, all bool) error {
	r.Compared += len(ids)
	pairs, err := pg.Many[candidatePair](ctx, r.tx, candidatesSQL, ids, all)
	if err != nil {
		return err
	}
	crowded := map[uuid.UUID]bool{}
	for _, pair := range pairs {
		if pair.Crowded {
			crowded[pair.A] = true
		}
	}
	r.Crowded += len(crowded)
	for len(pairs) > 0 && !r.Truncated {
		some := fitting(pairs)
		if err := r.compare(ctx, pairs[:some]); err != nil {
			return err
		}
		pairs = pairs[some:]
	}
	return nil
}

// fitting is how many of the pairs, at least one, have texts that may be in memory together. Those of the first pair do not count, so that
// a large text is read once for many that it is compared with.
func fitting(pairs []candidatePair) int {
	size, has := 0, map[uuid.UUID]bool{pairs[0].A: true, pairs[0].B: true}
	for i, pair := range pairs {
		if !has[pair.A] {
			size += pair.ABytes
		}
		if !has[pair.B] {
			size += pair.BBytes
		}
		if size > comparedBytes {
			return i
		}
		has[pair.A], has[pair.B] = true, true
	}
	return len(pairs)
}

// likePair are two documents, of which a may reprint b.
type likePair struct {
	a, b    *comparedDocument
	overlap reprint.Overlap
	because string
	shared  []string // words that both have and that may be rare
}

// compare compares pairs word by word, and keeps those of which one is likely a reprint.
func (r *reprintSearch) compare(ctx context.Context, pairs []candidatePair) error {
	ids := map[uuid.UUID]bool{}
	for _, pair := range pairs {
		ids[pair.A], ids[pair.B] = true, true
	}
	documents, err := pg.Many[comparedDocument](ctx, r.tx, comparedSQL, slices.Collect(maps.Keys(ids)))
	if err != nil {
		return err
	}
	byID := make(map[uuid.UUID]*comparedDocument, len(documents))
	for i := range documents {
		documents[i].compared = reprint.Of(documents[i].Text)
		byID[documents[i].ID] = &documents[i]
	}
	var alike []*likePair
	for _, pair := range pairs {
		a, b := byID[pair.A], byID[pair.B]
		if overlap := reprint.Compare(a.compared, b.compared); overlap.IsReprint() && !r.seen[[2]uuid.UUID{b.ID, a.ID}] {
			r.seen[[2]uuid.UUID{a.ID, b.ID}] = true
			alike = append(alike, &likePair{a: a, b: b, overlap: overlap})
		}
	}
	if len(alike) == 0 {
		return nil
	}
	return r.explain(ctx, alike)
}

// explain says of pairs which reprints which and why, and keeps what is not known yet.
func (r *reprintSearch) explain(ctx context.Context, alike []*likePair) error {
	if err := r.learn(ctx); err != nil {
		return err
	}
	var asked []string
	for _, pair := range alike {
		for _, d := range []*comparedDocument{pair.a, pair.b} {
			if d.credits == nil {
				d.credits = r.wires.Find(credit.Article{Title: d.Title, Text: d.Text, Authors: d.Authors, Publisher: d.PublisherNames})
			}
		}
		r.direct(pair)
		if r.many {
			pair.shared = r.perhapsRare(pair)
			asked = append(asked, pair.shared...)
		}
	}
	rare, err := r.rareAmong(ctx, asked)
	if err != nil {
		return err
	}
	matches := make([]headwater.IdentityMatchFields, 0, len(alike))
	for _, pair := range alike {
		if pair.a.DerivedFrom == nil { // else it is known what it reprints
			matches = append(matches, pair.match(slices.DeleteFunc(pair.shared, func(word string) bool { return !rare[word] })))
		}
	}
	slices.SortStableFunc(matches, func(x, y headwater.IdentityMatchFields) int { return cmp.Compare(*y.Score, *x.Score) })
	for _, match := range matches {
		if r.perText[match.A] == maxMatches {
			continue
		}
		if r.Truncated = len(r.found) == maxReprints; r.Truncated {
			return nil
		}
		r.perText[match.A]++
		r.found = append(r.found, match)
	}
	return nil
}

// learn reads what is the same for all pairs: who is a wire, and which words are common.
func (r *reprintSearch) learn(ctx context.Context) error {
	if r.wires != nil {
		return nil
	}
	type wire struct{ Names []string }
	stored, err := pg.Many[wire](ctx, r.tx, `SELECT array_prepend(name, coalesce(aliases, '{}')
			|| coalesce((SELECT array_agg(value ORDER BY key) FROM jsonb_each_text(names)), '{}')) AS names
		FROM sources WHERE kind IN ('wire', 'agency') AND status = 'active' AND NOT anonymous ORDER BY id LIMIT 5000`)
	if err != nil {
		return err
	}
	names := make([][]string, len(stored))
	for i := range stored {
		names[i] = stored[i].Names
	}
	r.wires = credit.NewNames(names...)
	type known struct {
		Many   bool
		Common []string
	}
	words, err := pg.One[known](ctx, r.tx, fmt.Sprintf(`SELECT
		(SELECT count(*) = %[1]d FROM (SELECT FROM documents LIMIT %[1]d) AS first) AS many,
		coalesce((SELECT most_common_elems::text::text[] FROM pg_stats WHERE schemaname = current_schema() AND tablename = 'documents'
			AND attname = 'terms'), '{}') AS common`, manyDocuments))
	r.common, r.many = make(map[string]bool, len(words.Common)), words.Many
	for _, word := range words.Common {
		r.common[word] = true
	}
	return err
}

// direct turns a pair round where its first document is the original, and says why: a credit counts first, then dates, then who is a
// wire or credits one, then what was stored first.
func (r *reprintSearch) direct(pair *likePair) {
	a, b := pair.a, pair.b
	for _, rule := range []struct {
		reprints func(a, b *comparedDocument) bool
		because  string
	}{
		{func(a, b *comparedDocument) bool { return r.credits(a, b) && !r.credits(b, a) }, "It credits the publisher of the other."},
		{func(a, b *comparedDocument) bool { return a.isLater(b, true) }, "It was published later."},
		{func(a, b *comparedDocument) bool {
			return a.PublisherKind != headwater.Wire && b.PublisherKind == headwater.Wire
		}, "Their dates do not tell which came first; the other is of a wire."},
		{func(a, b *comparedDocument) bool { return len(a.credits) == 0 && len(b.credits) > 0 },
			"Their dates do not tell which came first; the other credits a wire."},
		{func(a, b *comparedDocument) bool { return a.isLater(b, false) },
			"It was likely published later; nobody knows where in the world its day, or that of the other, was."},
		{func(a, b *comparedDocument) bool {
			return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), headwater.CompareIDs(a.ID, b.ID)) > 0
		}, "Their dates do not tell which came first; it was stored later."},
	} {
		switch {
		case rule.reprints(a, b):
			pair.because = rule.because
			return
		case rule.reprints(b, a):
			pair.a, pair.b, pair.because = b, a, rule.because
			return
		}
	}
}

// isLater says whether a document was published later than another. Where one has a day and the other a time, that is certain only if
// the day had begun nowhere, or had ended everywhere: nobody knows whose day it is. Two days are mostly those of one region.
func (d *comparedDocument) isLater(other *comparedDocument, certainly bool) bool {
	if d.PublishedFrom == nil || other.PublishedUntil == nil {
		return false
	}
	from := *d.PublishedFrom
	switch {
	case !certainly || d.hasDay() == other.hasDay():
	case d.hasDay(): // which begins earlier in the east
		from = from.Add(-14 * time.Hour)
	default: // the other's ends later in the west
		from = from.Add(-12 * time.Hour)
	}
	return from.After(*other.PublishedUntil)
}

// hasDay says whether of a document whole days are known, and no time.
func (d *comparedDocument) hasDay() bool {
	begins := d.PublishedFrom == nil || d.PublishedFrom.Equal(d.PublishedFrom.Truncate(dayLong))
	ends := d.PublishedUntil == nil || d.PublishedUntil.Add(time.Second).Truncate(dayLong).After(*d.PublishedUntil)
	return begins && ends
}

const dayLong = 24 * time.Hour

// credits says whether a document credits the publisher of another.
func (r *reprintSearch) credits(a, b *comparedDocument) bool {
	return slices.ContainsFunc(a.credits, func(c credit.Credit) bool { return r.wires.IsCalled(c.Wire, b.PublisherNames) })
}

// perhapsRare are words that both texts have, without the common ones: figures first, then the longest.
func (r *reprintSearch) perhapsRare(pair *likePair) []string {
	in := map[string]bool{}
	for _, word := range fold.FoldedTerms(pair.b.compared.Folded) {
		in[word] = !r.common[word]
	}
	var both []string
	for _, word := range fold.FoldedTerms(pair.a.compared.Folded) {
		if in[word] && len(word) <= maxRareWord {
			in[word] = false
			both = append(both, word)
		}
	}
	withoutDigits := func(word string) int {
		if strings.ContainsAny(word, "0123456789") {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(both, func(x, y string) int {
		return cmp.Or(withoutDigits(x)-withoutDigits(y), len(y)-len(x))
	})
	return both[:min(len(both), maxRareLookups)]
}

// rareAmong are those of some words that few documents have. PostgreSQL is told to look them up in their index: of some thousands of
// documents it would rather read all, or some until a few are found, since it does not count that their terms are large.
func (r *reprintSearch) rareAmong(ctx context.Context, words []string) (map[string]bool, error) {
	slices.Sort(words)
	words = slices.Compact(words)
	queries := make([]string, len(words))
	for i, word := range words {
		queries[i] = pg.TermQuery([]string{word}, "&")
	}
	if err := execEach(ctx, r.tx, "SET LOCAL enable_seqscan = off", "SET LOCAL enable_indexscan = off",
		"SET LOCAL enable_indexonlyscan = off"); err != nil {
		return nil, err
	}
	type row struct{ Word string }
	rows, err := pg.Many[row](ctx, r.tx, fmt.Sprintf(`SELECT word FROM unnest($1::text[], $2::text[]) AS asked (word, query)
		WHERE (SELECT count(*) FROM (SELECT FROM documents WHERE terms @@ asked.query::tsquery LIMIT %[1]d + 1) AS first) <= %[1]d`,
		rareDocuments), words, queries)
	if err == nil {
		err = execEach(ctx, r.tx, "SET LOCAL enable_seqscan TO DEFAULT", "SET LOCAL enable_indexscan TO DEFAULT",
			"SET LOCAL enable_indexonlyscan TO DEFAULT")
	}
	rare := make(map[string]bool, len(rows))
	for _, found := range rows {
		rare[found.Word] = true
	}
	return rare, err
}

// match is what a pair says, with the rare words that both have.
func (p *likePair) match(rare []string) headwater.IdentityMatchFields {
	o := p.overlap
	score := math.Round(o.Score(len(rare))*1000) / 1000
	sentences := []string{
		fmt.Sprintf("Of its %d sequences of five words, %d stand in the other, which has %d (Jaccard %.2f, containment %.2f), "+
			"such as “%s”.",
			len(p.a.compared.Sequences), o.Shared, len(p.b.compared.Sequences), o.Jaccard(), o.Containment(),
			reprint.Passage(p.a.compared, p.b.compared, shownWords)),
		p.because,
	}
	basis := "shared passages"
	for _, side := range []struct {
		who string
		of  *comparedDocument
	}{{"It", p.a}, {"The other", p.b}} {
		for _, c := range side.of.credits {
			sentences = append(sentences, fmt.Sprintf("%s %s.", side.who, c))
		}
	}
	if len(p.a.credits)+len(p.b.credits) > 0 {
		basis += ", credit"
	}
	if len(rare) > 0 {
		basis += ", rare words"
		sentences = append(sentences, fmt.Sprintf("Both have words that hardly any other document has: %s.", strings.Join(rare, ", ")))
	}
	if p.a.Publisher == p.b.Publisher {
		sentences = append(sentences, "Both have the same publisher.")
	}
	return headwater.IdentityMatchFields{
		A: p.a.ID, B: p.b.ID, Kind: headwater.Reprint, Score: &score, Basis: basis,
		Rationale: headwater.WithoutControls(strings.Join(sentences, " ")),
		Method:    &headwater.Method{Kind: headwater.ByRule, Name: "headwater/reprints", Version: "1"},
	}
}

// ReprintsOf gives the matches to propose for a document that was just stored, without those with documents that it may be itself.
func ReprintsOf(ctx context.Context, tx pgx.Tx, id uuid.UUID, itself []headwater.IdentityMatchFields) (
	[]headwater.IdentityMatchFields, error) {
	search := newReprintSearch(tx)
	err := search.among(ctx, []uuid.UUID{id}, false)
	return slices.DeleteFunc(search.found, func(m headwater.IdentityMatchFields) bool {
		return slices.ContainsFunc(itself, func(same headwater.IdentityMatchFields) bool {
			return m.A == same.A && m.B == same.B || m.A == same.B && m.B == same.A
		})
	}), err
}

// ProposeReprints compares all documents, and proposes what may reprint what. The search holds up nobody; what it found is written
// together at the end.
func (i *Importer) ProposeReprints(ctx context.Context, by pg.Authorship) (Reprints, error) {
	if by.Group == uuid.Nil {
		by.Group = headwater.NewID()
	}
	var search *reprintSearch
	err := pgx.BeginTxFunc(ctx, i.db.Pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if err := pg.WithoutStatementTimeout(ctx, tx); err != nil {
			return err
		}
		search = newReprintSearch(tx)
		for after := uuid.Nil; !search.Truncated; {
			type row struct{ ID uuid.UUID }
			rows, err := pg.Many[row](ctx, tx, fmt.Sprintf(`SELECT id FROM documents WHERE id > $1 AND sketch <> '{}'
				AND status = 'active' ORDER BY id LIMIT %d`, sketchBatch), after)
			if err != nil || len(rows) == 0 {
				return err
			}
			ids := make([]uuid.UUID, len(rows))
			for i := range rows {
				ids[i] = rows[i].ID
			}
			after = ids[len(ids)-1]
			if err := search.among(ctx, ids, true); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return Reprints{}, pg.Interpret(err)
	}
	result := search.Reprints
	if len(search.found) == 0 {
		return result, nil
	}
	err = pg.Write(ctx, i.db, by, &result, func(tx pgx.Tx) error {
		if err := pg.WithoutStatementTimeout(ctx, tx); err != nil {
			return err
		}
		j := &job{db: i.db, by: by, namespace: i.db.Namespace(), tx: tx, stages: newStages(), counts: map[headwater.Resource]Count{}}
		if err := pg.LockImports(ctx, tx); err != nil {
			return err
		}
		if err := j.begin(ctx); err != nil {
			return err
		}
		result.Proposed, err = j.storeReprints(ctx, search.found)
		return err
	})
	return result, err
}

// storeReprints writes matches that somebody has not judged, after all that they refer to is written.
func (j *job) storeReprints(ctx context.Context, found []headwater.IdentityMatchFields) (added int, err error) {
	stage := j.stageOf(headwater.ResourceMatch)
	if err := stage.drop(ctx, j.tx, "true"); err != nil { // those of before are written
		return 0, err
	}
	matches := make([]bundle.Item, len(found))
	for i, fields := range found {
		matches[i] = j.proposedMatch(0, fields)
	}
	if err := j.propose(ctx, matches...); err != nil {
		return 0, err
	}
	if err := stage.drop(ctx, j.tx, idleMatchesSQL); err != nil {
		return 0, err
	}
	count, err := j.write(ctx, stage)
	before := j.counts[headwater.ResourceMatch]
	before.Added += count.Added
	j.counts[headwater.ResourceMatch] = before
	return count.Added, err
}

// writtenDocumentsSQL selects the documents that the transaction of a number wrote.
const writtenDocumentsSQL = `SELECT DISTINCT resource_id AS id FROM changes WHERE xid = $1::bigint::text::xid8
	AND resource = 'document' AND operation IN ('create', 'update') ORDER BY id`

// proposeReprints proposes what the documents of the batch may reprint, and what may reprint them.
func (j *job) proposeReprints(ctx context.Context) error {
	if !j.options.ProposeReprints {
		return nil
	}
	number, err := pg.CurrentChangeNumber(ctx, j.tx)
	if err != nil {
		return err
	}
	type row struct{ ID uuid.UUID }
	rows, err := pg.Many[row](ctx, j.tx, writtenDocumentsSQL, number)
	if err != nil {
		return err
	}
	search := newReprintSearch(j.tx)
	for some := range slices.Chunk(rows, sketchBatch) {
		ids := make([]uuid.UUID, len(some))
		for i := range some {
			ids[i] = some[i].ID
		}
		if err := search.among(ctx, ids, false); err != nil {
			return err
		}
	}
	if search.Crowded > 0 {
		j.note([]bundle.Note{{Line: j.records.Read, Text: fmt.Sprintf("%d of the documents up to here share passages with very many "+
			"others, and were compared with some of these only", search.Crowded)}})
	}
	if search.Truncated {
		j.note([]bundle.Note{{Line: j.records.Read, Text: fmt.Sprintf("of the documents up to here, more may be reprints than were "+
			"proposed: an import proposes %d; headwater matches --reprints goes on", maxReprints)}})
	}
	if len(search.found) > 0 {
		_, err = j.storeReprints(ctx, search.found)
	}
	return err
}
