package evidence

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/store/pg"
)

// FactsAt reads what [FactReader.Facts] read when the change with a place in the order was the last one. It may give more. Things come
// from the history, so that one that was changed or deleted since is what it was; links and control are followed by what they were then.
func (r *FactReader) FactsAt(ctx context.Context, claims, without []uuid.UUID, proposed bool, seq int64) (provenance.Facts, error) {
	var facts provenance.Facts
	err := r.InPast(ctx, r.db.Pool, claims, without, proposed, seq, func(_ pgx.Tx, read provenance.Facts) error {
		facts = read
		return nil
	})
	return facts, err
}

// InPast reads facts as [FactReader.FactsAt] does, and goes on with them in the transaction that read them.
func (r *FactReader) InPast(ctx context.Context, pool *pgxpool.Pool, claims, without []uuid.UUID, proposed bool, seq int64,
	then func(pgx.Tx, provenance.Facts) error) error {
	p := &past{seq: seq, proposed: proposed, claims: map[uuid.UUID]*pastClaim{}}
	return pg.Interpret(pgx.BeginTxFunc(ctx, pool, pgx.TxOptions{BeginQuery: beginSnapshot}, func(tx pgx.Tx) error {
		p.tx = tx
		if err := p.followLinks(ctx, claims); err != nil {
			return err
		}
		if err := p.readAttributions(ctx); err != nil {
			return err
		}
		if err := p.readSources(ctx, without); err != nil {
			return err
		}
		return then(tx, p.facts)
	}))
}

// past reads the history as it was at a place of the order.
type past struct {
	tx       pgx.Tx
	seq      int64
	proposed bool
	claims   map[uuid.UUID]*pastClaim // that were reached
	counting []uuid.UUID              // those whose attributions count
	facts    provenance.Facts
}

// pastClaim is a claim with what leads on from it.
type pastClaim struct {
	links    []headwater.Link
	merged   []uuid.UUID // what it was merged into, and what was merged into it
	counting bool
}

// reached is a claim that was reached, as reachSQL has it.
type reached struct {
	claim   uuid.UUID
	bearing provenance.Bearing
	guessed bool
}

// statesSQL selects the things $1 of a resource as they were at the place $2, without those that were not there.
func statesSQL(resource headwater.Resource) string {
	return fmt.Sprintf("SELECT past.state FROM unnest($1::uuid[]) AS wanted (id), LATERAL (\n\t\t\t%s) AS past\n\t\t"+
		"WHERE past.state ->> 'status' <> '%s'", pg.StateAtSQL(resource, "wanted.id", "$2"), pg.DeletedStatus)
}

// readStates reads things as they were.
func readStates[T any](ctx context.Context, p *past, resource headwater.Resource, ids []uuid.UUID, add func(T)) error {
	if len(ids) == 0 {
		return nil
	}
	rows, err := p.tx.Query(ctx, statesSQL(resource), ids, p.seq)
	if err != nil {
		return err
	}
	var state json.RawMessage
	_, err = pgx.ForEachRow(rows, []any{&state}, func() error {
		var thing T
		if err := json.Unmarshal(state, &thing); err != nil {
			return fmt.Errorf("read a %s of the history: %w", resource, err)
		}
		add(thing)
		return nil
	})
	return err
}

// What may have referred to things, now or at any time.
const (
	mergedEverSQL = `SELECT DISTINCT resource_id FROM changes WHERE resource = '%s' AND state ->> 'merged_into' IS NOT NULL
		AND state ->> 'merged_into' = ANY ($1::uuid[]::text[])`
	relationsEverSQL = `SELECT DISTINCT resource_id FROM changes WHERE resource = 'relation'
		AND state ->> 'subject' = ANY ($1::uuid[]::text[])`
)

// PartsEverSQL selects the ids of the attributions, links or reviews that some claims have or had, of which claims is SQL. The ends of
// links, and the claims of the others, never change; so it is what refers to them now, and what did when it was deleted.
func PartsEverSQL(resource headwater.Resource, claims string) string {
	present, deleted := "SELECT id FROM %s WHERE claim_id = ANY (%s)", `
		UNION SELECT resource_id FROM changes WHERE operation = 'delete' AND resource = '%s' AND state ->> '%s' = ANY (%s::uuid[]::text[])`
	if resource != headwater.ResourceLink {
		return fmt.Sprintf(present+deleted, resource.Plural(), claims, resource, "claim", claims)
	}
	return fmt.Sprintf(present+" UNION SELECT id FROM links WHERE to_id = ANY (%s)"+deleted+deleted, resource.Plural(), claims, claims,
		resource, "from", claims, resource, "to", claims)
}

func (p *past) ids(ctx context.Context, sql string, of []uuid.UUID) ([]uuid.UUID, error) {
	rows, err := p.tx.Query(ctx, sql, of)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

// followLinks follows links and mergers from the claims in question by the rules of reachSQL, step by step: each step reads what leads
// on from all claims that the one before reached.
func (p *past) followLinks(ctx context.Context, claims []uuid.UUID) error {
	found := frontier[reached]{}
	for _, claim := range claims {
		found.reach(reached{claim, provenance.Entailing, false}, reached{claim, provenance.Entailed, false})
	}
	for step := range found.steps {
		if err := p.readClaims(ctx, step); err != nil {
			return err
		}
		for _, at := range step {
			claim := p.claims[at.claim]
			if at.bearing != provenance.InTension && !claim.counting {
				claim.counting = true
				p.counting = append(p.counting, at.claim)
			}
			for _, other := range claim.merged {
				found.reach(reached{other, at.bearing, at.guessed})
			}
			for _, link := range claim.links {
				p.follow(at, link, provenance.FromEnd, link.From, link.To, &found)
				p.follow(at, link, provenance.ToEnd, link.To, link.From, &found)
			}
		}
	}
	p.facts.Links = slices.DeleteFunc(p.facts.Links, func(l headwater.Link) bool {
		return p.claims[l.From] == nil || p.claims[l.To] == nil
	})
	return nil
}

// follow reaches the claim at the other end of a link, if the link leads there.
func (p *past) follow(at reached, link headwater.Link, end provenance.LinkEnd, here, there uuid.UUID, found *frontier[reached]) {
	isProposed := link.Status == headwater.Proposed
	if here != at.claim || at.bearing == provenance.InTension || isProposed && at.guessed {
		return
	}
	if bearing, leads := provenance.BearingOver(link.Kind, link.Degree, end, at.bearing); leads {
		found.reach(reached{there, bearing, at.guessed || isProposed && !p.proposed})
	}
}

// readClaims reads the claims that were reached for the first time, with their links and mergers.
func (p *past) readClaims(ctx context.Context, step []reached) error {
	var fresh []uuid.UUID
	for _, at := range step {
		if p.claims[at.claim] == nil {
			p.claims[at.claim] = &pastClaim{}
			fresh = append(fresh, at.claim)
		}
	}
	if fresh == nil {
		return nil
	}
	if err := readStates(ctx, p, headwater.ResourceClaim, fresh, func(c headwater.Claim) {
		p.facts.Claims = append(p.facts.Claims, c)
		if c.MergedInto != nil {
			p.claims[c.ID].merged = append(p.claims[c.ID].merged, *c.MergedInto)
		}
	}); err != nil {
		return err
	}
	merged, err := p.ids(ctx, fmt.Sprintf(mergedEverSQL, headwater.ResourceClaim), fresh)
	if err != nil {
		return err
	}
	if err := readStates(ctx, p, headwater.ResourceClaim, merged, func(c headwater.Claim) {
		if c.MergedInto != nil && p.claims[*c.MergedInto] != nil {
			into := p.claims[*c.MergedInto]
			into.merged = append(into.merged, c.ID)
		}
	}); err != nil {
		return err
	}
	links, err := p.ids(ctx, PartsEverSQL(headwater.ResourceLink, "$1"), fresh)
	if err != nil {
		return err
	}
	return readStates(ctx, p, headwater.ResourceLink, links, func(l headwater.Link) {
		if l.Status == headwater.Rejected {
			return
		}
		isNew := true
		for _, end := range []uuid.UUID{l.From, l.To} {
			claim := p.claims[end]
			switch {
			case claim == nil:
			case slices.ContainsFunc(claim.links, func(known headwater.Link) bool { return known.ID == l.ID }):
				isNew = false
			default:
				claim.links = append(claim.links, l)
			}
		}
		if isNew {
			p.facts.Links = append(p.facts.Links, l)
		}
	})
}

// pastDocument is a document with what its state says of the text that it had.
type pastDocument struct {
	headwater.Document
	StoredSHA256 string `json:"stored_sha256"`
}

// readAttributions reads the attributions that counted, and their documents with what these derived from.
func (p *past) readAttributions(ctx context.Context) error {
	ids, err := p.ids(ctx, PartsEverSQL(headwater.ResourceAttribution, "$1"), p.counting)
	if err != nil {
		return err
	}
	found := frontier[uuid.UUID]{}
	if err := readStates(ctx, p, headwater.ResourceAttribution, ids, func(a headwater.Attribution) {
		if claim := p.claims[a.Claim]; a.Status != headwater.Rejected && claim != nil && claim.counting {
			p.facts.Attributions = append(p.facts.Attributions, provenance.AttributionOf(a))
			found.reach(a.Document)
		}
	}); err != nil {
		return err
	}
	for step := range found.steps {
		if err := readStates(ctx, p, headwater.ResourceDocument, step, func(d pastDocument) {
			document := provenance.DocumentOf(d.Document)
			document.Altered = d.StoredSHA256 != "" && d.TextSHA256 != d.StoredSHA256
			p.facts.Documents = append(p.facts.Documents, document)
			if d.DerivedFrom != nil {
				found.reach(*d.DerivedFrom)
			}
		}); err != nil {
			return err
		}
	}
	return nil
}

// readSources reads the sources that the attributions and documents named, what these were merged with, and all that controlled them.
func (p *past) readSources(ctx context.Context, without []uuid.UUID) error {
	found := frontier[uuid.UUID]{}
	found.reach(without...)
	for _, attribution := range p.facts.Attributions {
		found.reach(attribution.Chain...)
	}
	for _, document := range p.facts.Documents {
		found.reach(document.Publisher)
	}
	for step := range found.steps {
		if err := readStates(ctx, p, headwater.ResourceSource, step, func(s headwater.Source) {
			p.facts.Sources = append(p.facts.Sources, s)
			if s.MergedInto != nil {
				found.reach(*s.MergedInto)
			}
		}); err != nil {
			return err
		}
		merged, err := p.ids(ctx, fmt.Sprintf(mergedEverSQL, headwater.ResourceSource), step)
		if err != nil {
			return err
		}
		if err := readStates(ctx, p, headwater.ResourceSource, merged, func(s headwater.Source) {
			if s.MergedInto != nil && found.known[*s.MergedInto] {
				found.reach(s.ID)
			}
		}); err != nil {
			return err
		}
		relations, err := p.ids(ctx, relationsEverSQL, step)
		if err != nil {
			return err
		}
		stepped := map[uuid.UUID]bool{}
		for _, source := range step {
			stepped[source] = true
		}
		if err := readStates(ctx, p, headwater.ResourceRelation, relations, func(r headwater.Relation) {
			if stepped[r.Subject] && r.Controls() && r.Status == headwater.RecordActive {
				p.facts.Relations = append(p.facts.Relations, r)
				found.reach(r.Object)
			}
		}); err != nil {
			return err
		}
	}
	return nil
}

// frontier is what was found on a walk, and what of it was not looked at yet.
type frontier[K comparable] struct {
	known map[K]bool
	next  []K
}

// reach finds things, each once.
func (f *frontier[K]) reach(things ...K) {
	if f.known == nil {
		f.known = map[K]bool{}
	}
	for _, thing := range things {
		if !f.known[thing] {
			f.known[thing] = true
			f.next = append(f.next, thing)
		}
	}
}

// steps yields what was found first, then what was found by looking at that, and so on until nothing more is found.
func (f *frontier[K]) steps(yield func(step []K) bool) {
	for len(f.next) > 0 {
		step := f.next
		f.next = nil
		if !yield(step) {
			return
		}
	}
}
