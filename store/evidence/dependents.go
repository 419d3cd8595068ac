package evidence

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/store/pg"
)

// Dependents is a page of claims whose reports may change with a source or a document. A claim may be on several pages: each page says
// for which ways to a claim it stands.
type Dependents struct {
	Claims     []uuid.UUID // active ones, by id
	ways       []uuid.UUID
	reprints   bool
	NextCursor string
}

// Includes says whether this page stands for a way to a claim: an impact is reported on the page of its least way alone.
func (d Dependents) Includes(way provenance.Way) bool {
	return way.Reprint == d.reprints && slices.Contains(d.ways, way.Through)
}

// DependentsOfSource lists the claims whose reports may change with a source, or one that speaks as it: first by the claims in whose
// chains it is, then by those of its documents that others reprint.
func (r *FactReader) DependentsOfSource(ctx context.Context, source uuid.UUID, p pg.Paging) (Dependents, error) {
	if _, err := pg.Get(ctx, r.db, pg.Sources, source); err != nil {
		return Dependents{}, err
	}
	return r.dependents(ctx, source, []string{tellsClaims, isReprinted}, p)
}

// DependentsOfDocument lists the claims whose reports may change with a document, by the claims that attributions in it name.
func (r *FactReader) DependentsOfDocument(ctx context.Context, document uuid.UUID, p pg.Paging) (Dependents, error) {
	if _, err := pg.Get(ctx, r.db, pg.Documents, document); err != nil {
		return Dependents{}, err
	}
	return r.dependents(ctx, document, []string{holdsClaims}, p)
}

// The ways by which a thing can bear on claims, each with the statement that lists them by id: some after one id, up to another.
const (
	tellsClaims = "tells" // claims in whose chains a source is
	isReprinted = "reprinted"
	holdsClaims = "holds" // claims of attributions in a document
)

var waysSQL = map[string]string{
	tellsClaims: `
		WITH RECURSIVE ` + voiceSQL + `
		SELECT DISTINCT claim_id FROM voice, generate_series(0, 2) AS place, LATERAL (
			SELECT claim_id FROM appearances WHERE source_id = voice.id AND appearances.place = place.place AND claim_id > $2
				AND claim_id <= $3 ORDER BY claim_id LIMIT $4) AS found
		ORDER BY claim_id LIMIT $4`,
	isReprinted: `
		WITH RECURSIVE ` + voiceSQL + `
		SELECT original.id FROM voice, LATERAL (
			SELECT id FROM documents WHERE publisher = voice.id AND id > $2 AND id <= $3
				AND EXISTS (SELECT FROM documents AS reprint WHERE reprint.derived_from = documents.id)
			ORDER BY id LIMIT $4) AS original
		ORDER BY id LIMIT $4`,
	holdsClaims: `
		SELECT DISTINCT claim_id FROM attributions WHERE document_id = $1 AND status = 'accepted' AND claim_id > $2 AND claim_id <= $3
		ORDER BY claim_id LIMIT $4`,
}

// voiceSQL is a source and all that it is merged with.
var voiceSQL = `voice (id) AS (
			SELECT $1::uuid
			UNION
			SELECT next.id FROM voice AS at, LATERAL (` + pg.Sources.MergedSQL("at.id") + `) AS next (id))`

// reprintedClaimsSQL selects the claims of attributions in what reprints some documents, directly or through others.
const reprintedClaimsSQL = `
		WITH RECURSIVE reprints (id) AS (
			SELECT id FROM documents WHERE derived_from = ANY ($1)
			UNION SELECT reprint.id FROM reprints JOIN documents AS reprint ON reprint.derived_from = reprints.id)
		SELECT DISTINCT claim_id FROM reprints JOIN attributions ON document_id = reprints.id WHERE status = 'accepted'`

// dependentsPlace is where a page of dependents begins: among the claims to which the ways of a kind lead, after one id and up to another.
type dependentsPlace struct {
	kind        string
	after, upTo uuid.UUID // upTo is uuid.Max where the ways are still to be read
	claim       uuid.UUID // the last one of the page before
}

// dependents reads up to as many ways as a page has entries, and up to as many of the claims to which these lead. Where there are more
// claims, the next page goes on with the same ways.
func (r *FactReader) dependents(ctx context.Context, about uuid.UUID, kinds []string, p pg.Paging) (Dependents, error) {
	if err := p.Check(); err != nil {
		return Dependents{}, err
	}
	question := []string{"dependents", about.String()}
	values, err := pg.DecodeCursor(question, p.Cursor, pg.OneOfValues(kinds...), pg.UUIDValue, pg.UUIDValue, pg.UUIDValue)
	if err != nil {
		return Dependents{}, err
	}
	var at *dependentsPlace
	if values == nil {
		at, err = r.nextWays(ctx, about, kinds, uuid.Nil)
	} else {
		at = &dependentsPlace{values[0], uuid.MustParse(values[1]), uuid.MustParse(values[2]), uuid.MustParse(values[3])}
	}
	if err != nil || at == nil {
		return Dependents{}, pg.Interpret(err)
	}
	found, next, err := r.dependentsAt(ctx, about, *at, p.Limit)
	if err == nil && next == nil {
		next, err = r.nextWays(ctx, about, kinds[slices.Index(kinds, at.kind):], found.lastWay())
	}
	if err == nil && next != nil {
		found.NextCursor, err = pg.EncodeCursor(question, []string{next.kind, next.after.String(), next.upTo.String(), next.claim.String()})
	}
	return found, pg.Interpret(err)
}

// lastWay is uuid.Max where there is none, after which nothing comes.
func (d Dependents) lastWay() uuid.UUID {
	if len(d.ways) == 0 {
		return uuid.Max
	}
	return d.ways[len(d.ways)-1]
}

// nextWays is where the ways begin that come after one of the first kind; nil where there are no more of any kind.
func (r *FactReader) nextWays(ctx context.Context, about uuid.UUID, kinds []string, after uuid.UUID) (*dependentsPlace, error) {
	for _, kind := range kinds {
		ways, err := r.ids(ctx, waysSQL[kind], about, after, uuid.Max, 1)
		if err != nil {
			return nil, err
		}
		if len(ways) > 0 {
			return &dependentsPlace{kind: kind, after: after, upTo: uuid.Max}, nil
		}
		after = uuid.Nil
	}
	return nil, nil
}

// dependentsAt reads the claims from a place on, and where those are that the same ways lead to after them; nil if there are none.
func (r *FactReader) dependentsAt(ctx context.Context, about uuid.UUID, at dependentsPlace, limit int) (found Dependents,
	next *dependentsPlace, err error) {
	most := limit
	if at.upTo != uuid.Max {
		most = pg.MaxLimit // whatever the limit was when they were first read
	}
	found.reprints = at.kind == isReprinted
	if found.ways, err = r.ids(ctx, waysSQL[at.kind], about, at.after, at.upTo, most); err != nil {
		return found, nil, err
	}
	attributed := found.ways
	if found.reprints {
		if attributed, err = r.ids(ctx, reprintedClaimsSQL, found.ways); err != nil {
			return found, nil, err
		}
	}
	if found.Claims, err = r.ids(ctx, toldOfSQL, attributed, at.claim, limit+1); err == nil && len(found.Claims) > limit {
		found.Claims = found.Claims[:limit]
		next = &dependentsPlace{at.kind, at.after, found.lastWay(), found.Claims[limit-1]}
	}
	return found, next, err
}

// ids reads the ids that a statement selects.
func (r *FactReader) ids(ctx context.Context, sql string, args ...any) ([]uuid.UUID, error) {
	rows, err := r.db.Pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

// BearingOnSQL selects, by id, the active claims in whose reports the attributions of some claims may count, after an id and up to a
// limit; toldOfSQL also those whose reports say what one proposed link on each way would bring in.
var (
	BearingOnSQL = claimsReachedSQL(false)
	toldOfSQL    = claimsReachedSQL(true)
)

func claimsReachedSQL(guessing bool) string {
	return fmt.Sprintf(`
		WITH RECURSIVE %s
		SELECT DISTINCT claims.id FROM reach JOIN claims ON claims.id = reach.claim WHERE %s
			AND status = 'active' AND claims.id > $2 ORDER BY claims.id LIMIT $3`,
		reachBackSQL("SELECT unnest($1::uuid[])", guessing), inQuestionSQL)
}

// reachBackSQL follows links as reports do, backwards, from claims that a query selects. It begins with all bearings under which an
// attribution can count. With guessing, it also follows one proposed link on each way.
func reachBackSQL(claims string, guessing bool) string {
	columns := []string{"claim", "bearing"}
	begin := ""
	if guessing {
		columns, begin = append(columns, "guessed"), ", false"
	}
	return fmt.Sprintf(`reach (%[7]s) AS (
			SELECT claim, bearing%[8]s FROM (%[1]s) AS start (claim), generate_series(%[2]d, %[3]d) AS bearing
			UNION
			SELECT next.* FROM reach, LATERAL (
				%[4]s
				UNION ALL
				%[5]s
				UNION ALL %[6]s
			) AS next (%[7]s)
			WHERE next.bearing IS NOT NULL)`,
		claims, provenance.Entailing, provenance.Contradicting,
		backwards(provenance.FromEnd, guessing), backwards(provenance.ToEnd, guessing),
		pg.Claims.MergedSQL(columns[0], columns[1:]...), strings.Join(columns, ", "), begin)
}

// inQuestionSQL keeps what is reached under a bearing that a report begins with.
var inQuestionSQL = fmt.Sprintf("bearing IN (%d, %d)", provenance.Entailing, provenance.Entailed)

// backwards reads the claims from which links lead to the claim at one of their ends.
func backwards(end provenance.LinkEnd, guessing bool) string {
	step := step{end: end, backwards: true}
	at, other := step.columns()
	if guessing {
		return fmt.Sprintf(`SELECT %s, %s, guessed OR status = 'proposed'
				FROM links WHERE %s = claim AND (status = 'accepted' OR status = 'proposed' AND NOT guessed)`, other, step.bearingSQL(), at)
	}
	return fmt.Sprintf("SELECT %s, %s FROM links WHERE %s = claim AND status = 'accepted'", other, step.bearingSQL(), at)
}
