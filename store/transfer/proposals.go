package transfer

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/identity"
	"github.com/headwater-project/headwater/store/pg"
)

// maxMatches is how many matches are proposed for one new source at most.
const maxMatches = 20

// likeness are two sources that may be one: the one that was known first, and the other.
type likeness struct {
	a, b      uuid.UUID
	basis     string
	score     float64
	rationale string
}

// How likely two sources are one that are not taken for one.
const (
	scoreOfIdentity = 0.9 // they are one by what they have in common, but so are others
	scoreOfName     = 0.5
	scoreOfDomain   = 0.4
)

// likenessOf says why two sources may be one; false where they are too different. by is what they would be one by.
func likenessOf(a, b voice, by identity.Basis) (likeness, bool) {
	l := likeness{a: a.ID, b: b.ID, rationale: identity.Conflicts(a.fields, b.fields)}
	switch {
	case by != "":
		l.basis, l.score = string(by), scoreOfIdentity
		if l.rationale == "" {
			l.rationale = "Several sources have what a record is known by."
		}
	case identity.SameName(a.fields, b.fields):
		l.basis, l.score = string(identity.ByName), scoreOfName
		if l.rationale == "" && identity.Name(a.fields.Name) != identity.Name(b.fields.Name) { // so that nothing took them for one
			l.rationale = "They share a name that is not the first name of both."
		}
		if l.rationale == "" && a.fields.HasDomain() != b.fields.HasDomain() {
			l.rationale = "They share a name, which others may have on other domains."
		}
	default:
		l.basis, l.score = string(identity.ByDomain), scoreOfDomain
	}
	return l, l.rationale != "" && a.speaks != b.speaks
}

// propose stages proposed matches.
func (j *job) propose(ctx context.Context, matches ...bundle.Item) error {
	stage := j.stageOf(headwater.ResourceMatch)
	for _, match := range matches {
		full, err := stage.add(match)
		if full && err == nil {
			err = stage.takeRows()(ctx, j.tx)
		}
		if err != nil {
			return err
		}
	}
	return stage.takeRows()(ctx, j.tx)
}

// match is what a match of the two says.
func (l likeness) match(kind headwater.MatchKind) headwater.IdentityMatchFields {
	return headwater.IdentityMatchFields{
		A: l.a, B: l.b, Kind: kind, Score: &l.score, Basis: l.basis, Rationale: l.rationale,
		Method: &headwater.Method{Kind: headwater.ByRule, Name: "headwater/identity", Version: "1"},
	}
}

// proposedMatch is a proposed match as a line.
func (j *job) proposedMatch(line int, fields headwater.IdentityMatchFields) bundle.Item {
	match := &headwater.IdentityMatch{Status: headwater.Proposed, IdentityMatchFields: fields}
	match.Normalize()
	match.Key, match.Namespace = match.NaturalKey(), j.namespace
	match.ID = headwater.NamespaceOf(j.namespace).ID(headwater.ResourceMatch, match.Key)
	return bundle.Item{Line: line, Resource: headwater.ResourceMatch, Thing: match, Meta: &match.Meta, Assertion: bundle.Mentions}
}

// MatchesOfSource gives the matches to propose for a source that was just stored: with each that is like it by the rules by which an
// import takes one source for another, which is left to people here.
func MatchesOfSource(ctx context.Context, tx pgx.Tx, s headwater.Source) ([]headwater.IdentityMatchFields, error) {
	if s.Anonymous {
		return nil, nil
	}
	itself := candidate{Meta: s.Meta, fields: identity.FeaturesOf(s.SourceFields)}
	known := newKnownSources()
	if err := known.compare(ctx, tx, []candidate{itself}); err != nil {
		return nil, err
	}
	var matches []headwater.IdentityMatchFields
	for _, l := range known.likenesses(itself) {
		if len(matches) < maxMatches {
			matches = append(matches, l.match(headwater.SameSource))
		}
	}
	return matches, nil
}

// likenesses are those of a source that is not taken for another with each known source that it may be.
func (k *knownSources) likenesses(c candidate) (list []likeness) {
	for _, other := range k.alike(c) {
		l, may := likenessOf(other.voice, voice{c.Meta, c.fields, c.ID, false}, other.by)
		if !may || other.speaks == c.ID {
			continue
		}
		if other.by != "" && identity.Conflicts(other.fields, c.fields) == "" {
			l.rationale = "Both are known by the same " + sameness[other.by] + "."
		}
		list = append(list, l)
	}
	return list
}

// sameness says in words what two sources are one by.
var sameness = map[identity.Basis]string{
	identity.ByName: "name", identity.ByDomain: "domain", identity.ByAccount: "account", identity.ByExternalID: "identifier elsewhere",
}

// MatchesOfDocument gives the match to propose for a document that was just stored and whose address another has.
func MatchesOfDocument(ctx context.Context, tx pgx.Tx, d headwater.Document) ([]headwater.IdentityMatchFields, error) {
	address := identity.Address(d.URL)
	if address == "" {
		return nil, nil
	}
	type row struct{ ID, Publisher uuid.UUID }
	others, err := pg.Many[row](ctx, tx, `SELECT id, publisher FROM documents WHERE url_canonical = $1 AND id <> $2 AND status = 'active'
		ORDER BY id LIMIT 1`, address, d.ID)
	if err != nil || len(others) == 0 {
		return nil, err
	}
	return []headwater.IdentityMatchFields{addressed(others[0].ID, d.ID, d.URL).match(headwater.SameDocument)}, nil
}

// addressed is the likeness of two documents that have one address.
func addressed(a, b uuid.UUID, url string) likeness {
	return likeness{a: a, b: b, basis: "address", score: scoreOfIdentity, rationale: fmt.Sprintf("They have one address, %s.", url)}
}

// sameAddressSQL selects the new documents whose address another has: a stored one, or the first of the new ones.
const sameAddressSQL = `SELECT new.line, other.id AS a, new.id AS b, new.url
	FROM staged_documents AS new
	LEFT JOIN (SELECT url_canonical, (array_agg(id ORDER BY line, id))[1] AS first FROM staged_documents WHERE url_canonical <> ''
		GROUP BY url_canonical HAVING count(*) > 1) AS several USING (url_canonical)
	CROSS JOIN LATERAL (
		(SELECT id FROM documents WHERE url_canonical = new.url_canonical AND url_canonical <> '' AND status = 'active' ORDER BY id LIMIT 1)
		UNION ALL SELECT several.first WHERE several.first <> new.id LIMIT 1
	) AS other
	WHERE new.url_canonical <> '' AND other.id <> new.id AND NOT EXISTS (SELECT FROM documents WHERE documents.id = new.id)
	ORDER BY new.line, new.id`

// declareIdentifiedSQL opens a cursor over the new sources to which the formats of who owns whom give ids.
var declareIdentifiedSQL = fmt.Sprintf(`DECLARE identified NO SCROLL CURSOR FOR
	SELECT line, id, key, namespace, kind, name, names, country, external_ids, domains, url FROM staged_sources AS new
	WHERE assertion = %d AND %s AND NOT anonymous AND NOT EXISTS (SELECT FROM sources WHERE sources.id = new.id) ORDER BY line, id`,
	bundle.Mentions, hasOwnIDSQL("key"))

// proposeIdentified stages matches of new sources that have ids of their own, and so are taken for none, with stored ones that each may be.
// Sources of one file are two if it gives them two ids. What a feed said before and no longer says may be one with what it says now.
func (j *job) proposeIdentified(ctx context.Context) error {
	if j.stageOf(headwater.ResourceSource).lines() == 0 {
		return nil
	}
	if _, err := j.tx.Exec(ctx, declareIdentifiedSQL); err != nil {
		return err
	}
	for {
		type row struct {
			sourceRow
			Line int
		}
		rows, err := pg.Many[row](ctx, j.tx, fmt.Sprintf("FETCH %d FROM identified", resolveBatch))
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			_, err = j.tx.Exec(ctx, "CLOSE identified")
			return err
		}
		candidates := make([]candidate, len(rows))
		for i, r := range rows {
			candidates[i] = candidate{r.Line, r.meta(), r.features()}
		}
		if err := j.proposeStored(ctx, candidates); err != nil {
			return err
		}
	}
}

// proposeStored stages matches of some new sources with stored ones.
func (j *job) proposeStored(ctx context.Context, candidates []candidate) error {
	known := newKnownSources()
	if err := known.compare(ctx, j.tx, candidates); err != nil {
		return err
	}
	var stored []uuid.UUID
	for _, v := range known.voices {
		stored = append(stored, v.ID)
	}
	ofSame, err := storedIDs(ctx, j.tx, "SELECT id FROM staged_sources WHERE id = ANY ($1)", stored)
	if err != nil {
		return err
	}
	var matches []bundle.Item
	for _, c := range candidates {
		likely := slices.DeleteFunc(known.likenesses(c), func(l likeness) bool { return ofSame[l.a] })
		for _, l := range likely[:min(len(likely), maxMatches)] {
			matches = append(matches, j.proposedMatch(c.line, l.match(headwater.SameSource)))
		}
	}
	return j.propose(ctx, matches...)
}

// proposeMatches stages matches of new sources with ids of their own, and one for each new document whose address another has. It drops the
// proposals that somebody has judged.
func (j *job) proposeMatches(ctx context.Context) error {
	if err := j.proposeIdentified(ctx); err != nil {
		return err
	}
	if j.options.ProposeDuplicates || j.options.ProposeReprints {
		type row struct {
			Line int
			A, B uuid.UUID
			URL  string
		}
		rows, err := pg.Many[row](ctx, j.tx, sameAddressSQL)
		if err != nil {
			return err
		}
		var matches []bundle.Item
		for _, r := range rows {
			matches = append(matches, j.proposedMatch(r.Line, addressed(r.A, r.B, r.URL).match(headwater.SameDocument)))
		}
		if err := j.propose(ctx, matches...); err != nil {
			return err
		}
	}
	return j.stageOf(headwater.ResourceMatch).drop(ctx, j.tx, idleMatchesSQL)
}

// idleMatchesSQL is the condition of proposed matches that say nothing new: of things that are at fault, that have a match already,
// that count as one, or of which somebody said that they are two, or no reprint of one another.
var idleMatchesSQL = fmt.Sprintf(`assertion = %d AND (
	resource = 'source' AND EXISTS (SELECT FROM unnest(ARRAY[staged.a, staged.b]) AS wanted (id)
		WHERE NOT EXISTS (SELECT FROM sources WHERE sources.id = wanted.id)
		AND NOT EXISTS (SELECT FROM staged_sources WHERE staged_sources.id = wanted.id))
	OR EXISTS (SELECT FROM matches AS there WHERE there.kind = staged.kind AND (there.id <> staged.id OR there.a <> staged.a)
		AND (there.a, there.b) IN ((staged.a, staged.b), (staged.b, staged.a)))
	OR staged.id IN (%s)
	OR resource = 'document' AND %s
	OR kind = 'same_document' AND EXISTS (%s)
	OR kind = 'reprint' AND (EXISTS (%s) OR EXISTS (%s)))`, bundle.Mentions,
	pg.Sources.SettledSQL(fmt.Sprintf("SELECT id, a, b FROM staged_matches WHERE resource = 'source' AND assertion = %d", bundle.Mentions)),
	pg.Documents.SpeakAsOneSQL("staged.a", "staged.b"), pg.Documents.ApartSQL("staged.a", "staged.b"),
	pg.NoReprintSQL("staged.a", "staged.b"), pg.NoReprintSQL("staged.b", "staged.a"))
