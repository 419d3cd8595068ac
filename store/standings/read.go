package standings

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/store/pg"
)

// ClaimStanding is how a claim stands, and as of which change.
type ClaimStanding struct {
	provenance.Figures
	Attributions     int        `json:"attributions" minimum:"0" doc:"How many attributions affirm it." example:"12"`
	Denials          int        `json:"denials" minimum:"0" doc:"How many attributions deny it." example:"0"`
	Appeared         *time.Time `json:"appeared,omitempty" doc:"When the newest document was published in which one of these stands; the first moment that it can have been." example:"2024-05-31T00:00:00Z"`
	AsOf             int64      `json:"as_of" minimum:"0" doc:"The seq of a change: it takes into account all changes up to this one, and perhaps some after it." example:"1042"`
	Behind           bool       `json:"behind,omitempty" doc:"True where a change after as_of may have moved it, which is being worked in." example:"false"`
	AlgorithmVersion string     `json:"algorithm_version" doc:"The rules that it was worked out by." example:"2"`
}

// Standings gives how each of some claims stands, by id. Those that are merged or retracted are not among them, nor those that are so
// new that they were not worked out yet.
func (f *Follower) Standings(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]ClaimStanding, error) {
	rows, err := f.db.Pool.Query(ctx, standingsSQL, ids, provenance.AlgorithmVersion)
	if err != nil {
		return nil, pg.Interpret(err)
	}
	found := make(map[uuid.UUID]ClaimStanding, len(ids))
	var id uuid.UUID
	var s ClaimStanding
	_, err = pgx.ForEachRow(rows, []any{&id, &s.Standing, &s.IndependentOrigins.Min, &s.IndependentOrigins.Max,
		&s.IndependentOrigins.Exact, &s.Lines, &s.Probability, &s.Attributions, &s.Denials, &s.Appeared, &s.AsOf, &s.Behind,
		&s.AlgorithmVersion}, func() error {
		found[id] = s
		return nil
	})
	return found, pg.Interpret(err)
}

// settledSQL is the number of the change up to which all claims are on the list of what is due that need be: what is not on it is right
// as of that change.
const settledSQL = `greatest(0, least((SELECT seq FROM standings_position), (SELECT min(since) - 1 FROM standings_spread)))`

// standingsSQL reads the standings of some claims. One that is due is right up to before the first change that may have moved it.
const standingsSQL = `SELECT claim_id, standing, origins_min, origins_max, origins_exact, lines, probability, affirming, denying, appeared,
		right_at, right_at < newest OR algorithm <> $2, algorithm
	FROM (
		SELECT s.*, newest, CASE WHEN algorithm = $2 THEN greatest(as_of, least(settled, (
				SELECT since - 1 FROM standings_due AS due WHERE due.claim_id = s.claim_id))) ELSE as_of END AS right_at
		FROM standings AS s JOIN claims ON claims.id = s.claim_id AND claims.status = 'active',
			(SELECT ` + settledSQL + ` AS settled, (SELECT coalesce(max(seq), 0) FROM sequenced) AS newest) AS follower
		WHERE s.claim_id = ANY ($1)
	) AS found`

var (
	changesBehind = prometheus.NewDesc("headwater_standings_changes_behind",
		"Changes that the standings of claims do not take into account yet.", nil, nil)
	claimsDue = prometheus.NewDesc("headwater_standings_claims_due",
		"Claims whose standing is to be worked out anew, up to 100,000.", nil, nil)
)

// Describe names the measures of the standings, for Prometheus.
func (f *Follower) Describe(to chan<- *prometheus.Desc) {
	to <- changesBehind
	to <- claimsDue
}

// collectTimeout is how long the measures may take.
const collectTimeout = 2 * time.Second

// behindSQL measures how much is to be worked in.
const behindSQL = `SELECT (SELECT coalesce(max(seq), 0) FROM sequenced) - coalesce(` + settledSQL + `, 0),
	(SELECT count(*) FROM (SELECT FROM standings_due LIMIT 100000) AS due)`

// Collect takes the measures. Without an answer of the database there are none.
func (f *Follower) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), collectTimeout)
	defer cancel()
	var changes, claims float64
	if err := f.db.Pool.QueryRow(ctx, behindSQL).Scan(&changes, &claims); err != nil {
		return
	}
	to <- prometheus.MustNewConstMetric(changesBehind, prometheus.GaugeValue, changes)
	to <- prometheus.MustNewConstMetric(claimsDue, prometheus.GaugeValue, claims)
}
