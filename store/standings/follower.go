// Package standings keeps how each claim stands in a table that follows the changes, so that lists can be filtered and ordered by it.
// What is written says nothing to it: a follower reads the changes in their order, finds the claims whose reports each of them can
// move, and works those out anew by the analysis that makes reports.
//
// It must not know how things are written, what the figures mean, nor HTTP.
package standings

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/store/evidence"
	"github.com/headwater-project/headwater/store/pg"
)

// Follower keeps the standings of a database.
type Follower struct {
	db     *pg.DB
	rounds int
}

// New gives the follower of a database.
func New(db *pg.DB) *Follower { return &Follower{db: db} }

const (
	// changesAtOnce, stepsAtOnce and claimsAtOnce bound what one round does, each in one transaction.
	changesAtOnce = 2_000
	stepsAtOnce   = 20
	claimsAtOnce  = 100
	// restFactor is how many times as long as it has worked it rests where more is to be done, which leaves the machine to requests.
	restFactor = 2
	// longestBatch is how long some claims may be worked on together. Those that take longer are worked on one by one, after all others.
	longestBatch = 20 * time.Second
)

// FollowStandings works in whatever is changed until ctx is done. Several services may do so for one database: one of them works at a
// time. A database that cannot be written to, such as a standby, is tried again from time to time.
func (f *Follower) FollowStandings(ctx context.Context) {
	pg.Follow(ctx, "standings are not worked out now; lists say as of which change they are",
		func(ctx context.Context) (time.Duration, error) {
			began := time.Now()
			done, err := f.round(ctx)
			rest := restFactor * time.Since(began)
			if !done.isFull() { // where writes never end, rounds for a few changes each would cost the writers more than the changes do
				rest = max(rest, pg.FollowTick)
			}
			return rest, err
		})
}

// SettleStandings works in all changes that have a number, and says how many standings it worked out: none while somebody else does so.
func (f *Follower) SettleStandings(ctx context.Context) (claims int, err error) {
	for {
		done, err := f.round(ctx)
		if claims += done.claims; err != nil || !done.any() {
			return claims, err
		}
	}
}

// progress is what a round did.
type progress struct{ changes, steps, claims int }

func (p progress) any() bool { return p != progress{} }

// isFull says whether a round has done as much as it may of something, so that more of it may wait.
func (p progress) isFull() bool {
	return p.changes >= changesAtOnce || p.steps >= stepsAtOnce || p.claims >= claimsAtOnce
}

// round does a little of each: it takes changes, spreads them to claims, and works out some of these.
func (f *Follower) round(ctx context.Context) (done progress, err error) {
	if done.changes, err = f.takeChanges(ctx); err != nil {
		return done, pg.Interpret(err)
	}
	for done.steps < stepsAtOnce {
		more, err := f.spread(ctx)
		if err != nil {
			return done, pg.Interpret(err)
		}
		if !more {
			break
		}
		done.steps++
	}
	if done.claims, err = f.workOut(ctx); err == nil && done.any() {
		_, err = f.db.Pool.Exec(ctx, forgetChangesSQL)
	}
	return done, pg.Interpret(err)
}

// followLock is a number of advisory locks; any will do, as long as it stays the same.
const followLock = 0x48656167

// takeChanges notes what some changes were made to, so that it can be spread to claims. It says how many changes it took.
func (f *Follower) takeChanges(ctx context.Context) (n int, err error) {
	err = pg.Alone(ctx, f.db, followLock, pgx.TxOptions{}, func(tx pgx.Tx) error {
		var at, last int64
		var known bool
		if err := tx.QueryRow(ctx, positionSQL, provenance.AlgorithmVersion).Scan(&at, &known, &last); err != nil {
			return err
		}
		if !known {
			n = 1
			_, err := tx.Exec(ctx, beginAnewSQL, last, provenance.AlgorithmVersion)
			return err
		}
		if at == last {
			return nil
		}
		to := min(last, at+changesAtOnce)
		n = int(to - at)
		_, err := tx.Exec(ctx, takeChangesSQL, at, to)
		return err
	})
	return n, err
}

// spread takes one step from changed things to claims, and says whether there was one to take.
func (f *Follower) spread(ctx context.Context) (more bool, err error) {
	err = pg.Alone(ctx, f.db, followLock, pgx.TxOptions{}, func(tx pgx.Tx) error {
		var s step
		err := tx.QueryRow(ctx, nextStepSQL).Scan(&s.id, &s.kind, &s.things, &s.after, &s.since, &s.seq)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		more = true
		return s.take(ctx, tx)
	})
	return more, err
}

// workOut works out some standings, and says how many it tried. Those among which one cannot be worked out are put off, and tried one
// by one.
func (f *Follower) workOut(ctx context.Context) (n int, err error) {
	order := "DESC"
	if f.rounds++; f.rounds%4 == 0 { // so that what waits longest does not wait for ever
		order = "ASC"
	}
	var claims []uuid.UUID
	err = pg.Alone(ctx, f.db, followLock, pgx.TxOptions{IsoLevel: pgx.RepeatableRead}, func(tx pgx.Tx) error {
		var asOf int64
		var now time.Time
		err := tx.QueryRow(ctx, fmt.Sprintf(dueNextSQL, order), claimsAtOnce).Scan(&now, &asOf, &claims)
		if err != nil || len(claims) == 0 {
			return err
		}
		limited, cancel := context.WithTimeout(ctx, longestBatch)
		defer cancel()
		facts, err := evidence.FactsIn(limited, tx, claims)
		if err != nil {
			return err
		}
		rows, err := sumUp(limited, provenance.New(facts.Facts), claims)
		if err != nil {
			return err
		}
		n = len(claims)
		return rows.write(ctx, tx, claims, asOf, now)
	})
	if err != nil && ctx.Err() == nil && len(claims) > 0 {
		slog.WarnContext(ctx, "standings cannot be worked out; they are tried again later", "claims", len(claims), "error", err)
		_, err = f.db.Pool.Exec(ctx, putOffSQL, claims)
		return len(claims), err
	}
	return n, err
}

// columns are the rows of some claims, a column each. Claims that are merged or retracted have none.
type columns struct {
	claims                                            []uuid.UUID
	originsExact                                      []bool
	standings                                         []provenance.Standing
	originsMin, originsMax, lines, affirming, denying []int
	probability                                       []float64
	appeared                                          []*time.Time
}

func sumUp(ctx context.Context, analysis *provenance.Analysis, claims []uuid.UUID) (c columns, err error) {
	c.claims = []uuid.UUID{} // not null, of which the database would say that it holds everything
	for _, claim := range claims {
		s, err := analysis.SummaryOf(ctx, claim, provenance.Question{})
		if code := headwater.CodeOf(err); code == headwater.CodeConflict || code == headwater.CodeNotFound {
			continue
		}
		if err != nil {
			return c, err
		}
		var appeared *time.Time
		if !s.Appeared.IsZero() {
			appeared = &s.Appeared
		}
		c.claims, c.standings = append(c.claims, claim), append(c.standings, s.Standing)
		c.originsMin, c.originsMax = append(c.originsMin, s.IndependentOrigins.Min), append(c.originsMax, s.IndependentOrigins.Max)
		c.originsExact = append(c.originsExact, s.IndependentOrigins.Exact)
		c.lines, c.probability = append(c.lines, s.Lines), append(c.probability, s.Probability)
		c.affirming, c.denying = append(c.affirming, s.Attributions), append(c.denying, s.Denying.Attributions)
		c.appeared = append(c.appeared, appeared)
	}
	return c, nil
}

// write writes the rows of the claims that were worked on, notes which of them come to stand otherwise, and takes them off the list of
// what is due.
func (c *columns) write(ctx context.Context, tx pgx.Tx, workedOn []uuid.UUID, asOf int64, now time.Time) error {
	var batch pgx.Batch
	batch.Queue(noteChangesSQL, workedOn, c.claims, c.standings, c.originsMin, c.originsMax, c.originsExact, asOf,
		provenance.AlgorithmVersion, now)
	batch.Queue(writeSQL, c.claims, c.standings, c.originsMin, c.originsMax, c.lines, c.probability, c.affirming, c.denying, c.appeared,
		c.originsExact, asOf, provenance.AlgorithmVersion)
	batch.Queue("DELETE FROM standings WHERE claim_id = ANY ($1) AND NOT claim_id = ANY ($2)", workedOn, c.claims)
	batch.Queue("DELETE FROM standings_due WHERE claim_id = ANY ($1)", workedOn)
	return tx.SendBatch(ctx, &batch).Close()
}

const (
	// dueNextSQL selects the claims to work out next, at what time and up to which change they will be right. What could not be worked out
	// comes last, and alone.
	dueNextSQL = `SELECT now(), (SELECT coalesce(max(seq), 0) FROM sequenced), coalesce(
			nullif(ARRAY (SELECT claim_id FROM standings_due WHERE failures = 0 ORDER BY seq %s LIMIT $1), '{}'),
			ARRAY (SELECT claim_id FROM standings_due WHERE failures > 0 AND retry_at <= now() ORDER BY retry_at, claim_id LIMIT 1))`
	// putOffSQL counts a failure of each of some claims. The first may be that of another claim among them.
	putOffSQL = `UPDATE standings_due AS due SET failures = due.failures + 1, retry_at = next.at
		FROM (SELECT claim_id, now() + (2 ^ least(failures, 8) - 1) * interval '10 s' AS at FROM standings_due
			WHERE claim_id = ANY ($1) OFFSET 0) AS next
		WHERE due.claim_id = next.claim_id`
	writeSQL = `INSERT INTO standings (claim_id, standing, origins_min, origins_max, lines, probability, affirming, denying, appeared,
			origins_exact, as_of, algorithm)
		SELECT claim, standing, least_origins, most_origins, lines, probability, affirming, denying, appeared, exact,
			$11::bigint, $12::text
		FROM unnest($1::uuid[], $2::text[], $3::int[], $4::int[], $5::int[], $6::double precision[], $7::int[], $8::int[],
			$9::timestamptz[], $10::boolean[]) AS rows (claim, standing, least_origins, most_origins, lines, probability,
			affirming, denying, appeared, exact)
		ON CONFLICT (claim_id) DO UPDATE SET (standing, origins_min, origins_max, lines, probability, affirming, denying, appeared,
			origins_exact, as_of, algorithm) = (excluded.standing, excluded.origins_min, excluded.origins_max, excluded.lines,
			excluded.probability, excluded.affirming, excluded.denying, excluded.appeared, excluded.origins_exact, excluded.as_of,
			excluded.algorithm)`
)
