package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/pg"
)

// Proposal is a link, an attribution or a match that waits for a decision. One of the three is there.
type Proposal struct {
	Resource    headwater.Resource
	ID          uuid.UUID
	Sureness    float64 // its confidence or score; 0 where its maker says nothing
	Link        *headwater.Link
	Attribution *headwater.Attribution
	Match       *headwater.IdentityMatch
	Lease       *Lease // of whoever is on it
}

// ProposalFilter says which proposals to list.
type ProposalFilter struct {
	Resources     []string  // of link, attribution and match; all if empty
	Kind          string    // of a link or a match
	Rule          string    // the name of the method that made it
	Claim         uuid.UUID // that an attribution makes, or at either end of a link; a match is of no claim
	MinConfidence float64
}

// queued names a proposal and its place in the queue.
type queued struct {
	Resource headwater.Resource
	ID       uuid.UUID
	Sureness float64
}

// queue is one kind of proposals: its table, and the columns that hold what a filter asks for.
type queue struct {
	table    string
	sureness string
	kind     string // NULL where it has none
	ofClaim  string // a condition on the claim
}

var queues = map[headwater.Resource]queue{
	headwater.ResourceLink:        {"links", "confidence", "kind", "(claim_id = ? OR to_id = ?)"},
	headwater.ResourceAttribution: {"attributions", "confidence", "NULL::text", "claim_id = ?"},
	headwater.ResourceMatch:       {"matches", "score", "kind", "false"},
}

// Proposals lists what waits for a decision, the surest first. Each kind is read by an index of its own, as far as the page goes.
func (s *Store) Proposals(ctx context.Context, f ProposalFilter, p Paging) (Page[Proposal], error) {
	page := Page[Proposal]{Items: []Proposal{}}
	if err := p.Check(); err != nil {
		return page, err
	}
	after, err := pg.DecodeCursor(f, p.Cursor, pg.DoubleValue, pg.UUIDValue)
	if err != nil {
		return page, err
	}
	w := &pg.Where{}
	sql := fmt.Sprintf("SELECT resource, id, sureness FROM (%s) AS waiting ORDER BY sureness DESC, id LIMIT %d",
		f.sql(w, after, p.Limit+1), p.Limit+1)
	found, err := pg.Many[queued](ctx, s.Pool, sql, w.Args...)
	if err != nil {
		return page, pg.Interpret(err)
	}
	if len(found) > p.Limit {
		found = found[:p.Limit]
		last := found[p.Limit-1]
		if page.NextCursor, err = pg.EncodeCursor(f, []string{pg.FormatDouble(last.Sureness), last.ID.String()}); err != nil {
			return page, err
		}
	}
	page.Items, err = s.readProposals(ctx, found)
	return page, err
}

// CountProposals says how many proposals wait.
func (s *Store) CountProposals(ctx context.Context, f ProposalFilter) (Total, error) {
	w := &pg.Where{}
	sql := fmt.Sprintf("SELECT count(*) FROM (SELECT FROM (%s) AS waiting LIMIT %d) AS counted", f.sql(w, nil, MaxCounted+1), MaxCounted+1)
	var n int
	err := s.Pool.QueryRow(ctx, sql, w.Args...).Scan(&n)
	return totalOf(n), pg.Interpret(err)
}

// sql selects the first of each kind that is asked for, after a place in the queue.
func (f ProposalFilter) sql(w *pg.Where, after []string, limit int) string {
	var parts []string
	for _, resource := range []headwater.Resource{headwater.ResourceLink, headwater.ResourceAttribution, headwater.ResourceMatch} {
		if len(f.Resources) == 0 || slices.Contains(f.Resources, string(resource)) {
			parts = append(parts, queues[resource].sql(resource, w, f, after, limit))
		}
	}
	return strings.Join(parts, " UNION ALL ")
}

// sql selects the first of a kind, after a place in the queue.
func (q queue) sql(resource headwater.Resource, w *pg.Where, f ProposalFilter, after []string, limit int) string {
	own := pg.Where{Args: w.Args}
	sureness := "coalesce(" + q.sureness + ", 0)"
	own.Conditions = []string{"status = 'proposed'"}
	pg.AddIf(&own, q.kind+" = ?", f.Kind)
	pg.AddIf(&own, "method ->> 'name' = ?", f.Rule)
	if f.Claim != uuid.Nil {
		own.Add(q.ofClaim, slices.Repeat([]any{f.Claim}, strings.Count(q.ofClaim, "?"))...)
	}
	pg.AddIf(&own, sureness+" >= ?", f.MinConfidence)
	if after != nil {
		at, id := own.Arg(after[0]), own.Arg(after[1])
		own.Conditions = append(own.Conditions, fmt.Sprintf("%[1]s <= %[2]s::text::float8 AND (%[1]s < %[2]s::text::float8 "+
			"OR id > %[3]s::text::uuid)", sureness, at, id))
	}
	w.Args = own.Args
	return fmt.Sprintf("(SELECT '%s' AS resource, id, %s AS sureness FROM %s%s ORDER BY %s DESC, id LIMIT %d)", resource, sureness, q.table,
		own.String(), sureness, limit)
}

// readProposals reads the things of a page, in its order, and who is on them. What was decided meanwhile is left out.
func (s *Store) readProposals(ctx context.Context, found []queued) ([]Proposal, error) {
	ids := make([]uuid.UUID, len(found))
	for i, q := range found {
		ids[i] = q.ID
	}
	var links []headwater.Link
	var attributions []headwater.Attribution
	var matches []headwater.IdentityMatch
	var leases []leased
	var batch pgx.Batch
	pg.Queue(&batch, &links, pgx.RowToStructByName[headwater.Link], proposedSQL(pg.Links), ids)
	pg.Queue(&batch, &attributions, pgx.RowToStructByName[headwater.Attribution], proposedSQL(pg.Attributions), ids)
	pg.Queue(&batch, &matches, pgx.RowToStructByName[headwater.IdentityMatch], proposedSQL(pg.Matches), ids)
	pg.Queue(&batch, &leases, pgx.RowToStructByName[leased],
		"SELECT thing, actor, until FROM leases WHERE thing = ANY ($1) AND until > now()", ids)
	if err := s.Pool.SendBatch(ctx, &batch).Close(); err != nil {
		return nil, pg.Interpret(err)
	}
	byID := make(map[uuid.UUID]*Proposal, len(found))
	for i := range links {
		byID[links[i].ID] = &Proposal{Link: &links[i]}
	}
	for i := range attributions {
		byID[attributions[i].ID] = &Proposal{Attribution: &attributions[i]}
	}
	for i := range matches {
		byID[matches[i].ID] = &Proposal{Match: &matches[i]}
	}
	for _, l := range leases {
		if p := byID[l.Thing]; p != nil {
			p.Lease = &Lease{Actor: l.Actor, Until: l.Until}
		}
	}
	proposals := make([]Proposal, 0, len(found))
	for _, q := range found {
		if p := byID[q.ID]; p != nil {
			p.Resource, p.ID, p.Sureness = q.Resource, q.ID, q.Sureness
			proposals = append(proposals, *p)
		}
	}
	return proposals, nil
}

func proposedSQL[T any, F pg.Fields](t pg.Table[T, F]) string {
	return fmt.Sprintf("SELECT %s FROM %s AS t WHERE id = ANY ($1) AND status = 'proposed'", t.Selected("t"), t.Name)
}

// Lease says who is on a proposal. Nobody is kept from deciding it: that two decide one thing is refused by its version.
type Lease struct {
	Actor string    `json:"actor" doc:"Who is on it." example:"key:rana"`
	Until time.Time `json:"until" doc:"When the lease ends, unless it is renewed." example:"2026-01-02T03:04:05Z"`
}

// leased is a lease with what it is on.
type leased struct {
	Thing uuid.UUID
	Actor string
	Until time.Time
}

// LeaseTime is how long a lease holds.
const LeaseTime = time.Minute

// Leased is the answer to whoever asks for a lease: it, or that of somebody else who was there before.
type Leased struct {
	ID   uuid.UUID `json:"id" format:"uuid" doc:"The link, attribution or match." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Mine bool      `json:"mine" doc:"True if the lease is yours." example:"true"`
	Lease
}

// LeaseProposals takes leases on proposals for a holder, or renews them, as far as nobody else has one; it gives whose each is.
// With release, the holder's leases on them end. Leases that have ended are swept out.
func (s *Store) LeaseProposals(ctx context.Context, by Authorship, holder string, ids []uuid.UUID, release bool) ([]Leased, error) {
	ids = slices.Clone(ids)
	by.Idempotency = nil                       // the response is stored by the caller, in the form that it has
	slices.SortFunc(ids, headwater.CompareIDs) // so that two who lease the same do not wait for each other
	ids = slices.Compact(ids)
	var answer []Leased
	err := pg.Write(ctx, s.DB, by, &answer, func(tx pgx.Tx) error {
		if release {
			_, err := tx.Exec(ctx, "DELETE FROM leases WHERE thing = ANY ($1) AND holder = $2", ids, holder)
			answer = []Leased{}
			return err
		}
		var now time.Time
		if err := tx.QueryRow(ctx, sweepLeasesSQL).Scan(&now); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, leaseSQL, ids, holder, by.Actor, LeaseTime.Seconds(), now); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, "SELECT thing, holder = $2, actor, until FROM leases WHERE thing = ANY ($1)", ids, holder)
		if err != nil {
			return err
		}
		answer, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (l Leased, err error) {
			return l, row.Scan(&l.ID, &l.Mine, &l.Actor, &l.Until)
		})
		slices.SortFunc(answer, func(x, y Leased) int { return headwater.CompareIDs(x.ID, y.ID) })
		return err
	})
	return answer, err
}

const (
	// sweepLeasesSQL passes over what others hold locked, and says what time it is for the database.
	sweepLeasesSQL = `WITH swept AS (DELETE FROM leases WHERE thing IN (SELECT thing FROM leases
		WHERE until < now() - interval '1 hour' LIMIT 100 FOR UPDATE SKIP LOCKED)) SELECT now()`
	// leaseSQL takes what is free, has ended, or is the holder's own; only what waits for a decision can be leased.
	leaseSQL = `WITH waiting AS MATERIALIZED (
			SELECT id FROM unnest($1::uuid[]) AS wanted (id)
			WHERE EXISTS (SELECT FROM links WHERE links.id = wanted.id AND status = 'proposed')
			OR EXISTS (SELECT FROM attributions WHERE attributions.id = wanted.id AND status = 'proposed')
			OR EXISTS (SELECT FROM matches WHERE matches.id = wanted.id AND status = 'proposed'))
		INSERT INTO leases (thing, holder, actor, until)
		SELECT id, $2, $3, now() + make_interval(secs => $4) FROM waiting ORDER BY id
		ON CONFLICT (thing) DO UPDATE SET holder = excluded.holder, actor = excluded.actor, until = excluded.until
			WHERE leases.holder = excluded.holder OR leases.until < $5`
)

// Verdict is one decision to make.
type Verdict struct {
	Resource headwater.Resource
	ID       uuid.UUID
	Version  int // that was looked at
	To       headwater.Decision
	Reason   string
}

// Decided is what came of a decision. Where it was refused it says how the thing stands, and who made it so and when.
type Decided struct {
	ID      uuid.UUID
	Status  headwater.Decision
	Version int
	Refused error // nil where the thing is now as it was to be
	Actor   string
	At      time.Time
}

// DecideEach makes decisions one by one: each is kept, or refused, by itself.
func (s *Store) DecideEach(ctx context.Context, by Authorship, verdicts []Verdict) ([]Decided, error) {
	by.Idempotency = nil // the response to all of them is stored by the caller
	decided := make([]Decided, len(verdicts))
	for i, v := range verdicts {
		err := pg.Write(ctx, s.DB, by, &decided[i], func(tx pgx.Tx) (err error) {
			decided[i], err = s.decideIn(ctx, tx, by, v)
			return err
		})
		if err != nil {
			if isFailure(err) {
				return nil, err
			}
			decided[i] = Decided{ID: v.ID, Refused: err}
		}
	}
	return decided, s.tellOfRefused(ctx, verdicts, decided)
}

// DecideAll makes all decisions in one transaction, or none: then it gives what came of each, and done is false.
func (s *Store) DecideAll(ctx context.Context, by Authorship, verdicts []Verdict) (decided []Decided, done bool, err error) {
	by.Idempotency = nil
	decided = make([]Decided, len(verdicts))
	order := make([]int, len(verdicts))
	for i := range order {
		order[i] = i
	}
	// Matches last, since accepting one locks the structure, after which no other thing may be locked; and by id, as everybody does.
	slices.SortFunc(order, func(x, y int) int {
		a, b := verdicts[x], verdicts[y]
		return cmp.Or(cmp.Compare(placeInOrder(a), placeInOrder(b)), headwater.CompareIDs(a.ID, b.ID))
	})
	refused := -1
	err = pg.Write(ctx, s.DB, by, &decided, func(tx pgx.Tx) (err error) {
		for _, i := range order {
			if decided[i], err = s.decideIn(ctx, tx, by, verdicts[i]); err != nil {
				refused = i
				return err
			}
		}
		return nil
	})
	if err == nil {
		return decided, true, nil
	}
	if refused < 0 || isFailure(err) {
		return nil, false, err
	}
	clear(decided)
	for i, v := range verdicts {
		decided[i].ID, decided[i].Refused = v.ID, errNotTried
	}
	decided[refused].Refused = err
	return decided, false, s.tellOfRefused(ctx, verdicts, decided)
}

// isFailure says of an error that it is no word on the decision: the request can be sent again as it is, and what was made of it by then
// is refused, as it is made.
func isFailure(err error) bool {
	refused, ok := errors.AsType[*headwater.Error](err)
	return headwater.CodeOf(err) == "" || headwater.CodeOf(err) == headwater.CodeUnavailable || ok && refused.Retryable
}

// errNotTried is why a decision was not made of which another of the same request was refused.
var errNotTried = &headwater.Error{Code: headwater.CodeConflict,
	Detail: "another decision of the request was refused, so that none was made"}

func placeInOrder(v Verdict) int {
	if v.Resource == headwater.ResourceMatch {
		return 1
	}
	return 0
}

// decideIn makes one decision in a transaction.
func (s *Store) decideIn(ctx context.Context, tx pgx.Tx, by Authorship, v Verdict) (Decided, error) {
	by.Reason = v.Reason
	if v.Version == 0 { // any version would let two decide one thing
		return Decided{}, headwater.Faults{headwater.NewFault("/version", headwater.FaultRequired, v.Version,
			"the version that was looked at")}
	}
	switch v.Resource {
	case headwater.ResourceLink:
		link, err := changeStatusIn(ctx, tx, pg.Links, by, v.ID, v.Version, string(v.To), func(before headwater.Link) error {
			return checkLinkStatus(ctx, tx, before.LinkFields, v.To)
		})
		return Decided{ID: link.ID, Status: link.Status, Version: link.Version}, err
	case headwater.ResourceAttribution:
		attribution, err := changeStatusIn(ctx, tx, pg.Attributions, by, v.ID, v.Version, string(v.To),
			func(headwater.Attribution) error { return nil })
		return Decided{ID: attribution.ID, Status: attribution.Status, Version: attribution.Version}, err
	}
	match, err := changeStatusIn(ctx, tx, pg.Matches, by, v.ID, v.Version, string(v.To), func(m headwater.IdentityMatch) error {
		return s.followMatch(ctx, tx, by, m, v.To)
	})
	return Decided{ID: match.ID, Status: match.Status, Version: match.Version}, err
}

// tellOfRefused says how what was refused stands now, and who made it so.
func (s *Store) tellOfRefused(ctx context.Context, verdicts []Verdict, decided []Decided) error {
	at := map[uuid.UUID][]int{}
	var ids []uuid.UUID
	for i := range decided {
		if decided[i].Refused != nil {
			at[verdicts[i].ID] = append(at[verdicts[i].ID], i)
			ids = append(ids, verdicts[i].ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	rows, err := s.Pool.Query(ctx, `SELECT DISTINCT ON (resource_id) resource_id, to_version, actor, at, state ->> 'status' FROM changes
		WHERE resource_id = ANY ($1) AND resource IN ('link', 'attribution', 'match') ORDER BY resource_id, to_version DESC`, ids)
	if err != nil {
		return pg.Interpret(err)
	}
	var now Decided
	_, err = pgx.ForEachRow(rows, []any{&now.ID, &now.Version, &now.Actor, &now.At, &now.Status}, func() error {
		for _, i := range at[now.ID] {
			now.Refused = decided[i].Refused
			decided[i] = now
		}
		return nil
	})
	return pg.Interpret(err)
}
