// Package store keeps everything in PostgreSQL. It is the catalog: things are created, read, changed, listed and merged here, one
// file for each resource, beside the history, the keys and the views of a claim. The other rooms are embedded, so that a Store can
// do all of it: store/search finds by words, store/evidence reads what the analysis rests on, store/history puts changes in order,
// store/standings keeps how each claim stands, store/transfer imports and exports, and all of them stand on store/pg, which alone
// knows the tables and the engine.
//
// It must not know HTTP, how responses are shaped, nor what the analysis makes of the rows.
package store

import (
	"context"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/migrations"
	"github.com/headwater-project/headwater/store/evidence"
	"github.com/headwater-project/headwater/store/history"
	"github.com/headwater-project/headwater/store/pg"
	"github.com/headwater-project/headwater/store/search"
	"github.com/headwater-project/headwater/store/standings"
	"github.com/headwater-project/headwater/store/transfer"
)

// Store is a database with Headwater's schema, and all that can be done with it.
type Store struct {
	*pg.DB
	*search.Searcher
	*evidence.FactReader
	*history.Log
	*standings.Follower
	*transfer.Importer
	*transfer.Exporter
	lastUseUnwritten sync.Once // logged once, however many keys are used
}

// Open connects to a database and checks it, as [pg.Open] does.
func Open(ctx context.Context, options Options) (*Store, error) {
	db, err := pg.Open(ctx, options)
	if err != nil {
		return nil, err
	}
	return newStore(db), nil
}

// OpenStandbys opens a store on each of the standbys of a primary, as [pg.OpenStandbys] does.
func OpenStandbys(ctx context.Context, options Options, primary *Store) ([]*Store, error) {
	dbs, err := pg.OpenStandbys(ctx, options, primary.DB)
	if err != nil {
		return nil, err
	}
	var standbys []*Store
	for _, db := range dbs {
		standbys = append(standbys, newStore(db))
	}
	return standbys, nil
}

// newStore puts the rooms together. Each keeps what it knows of its own server.
func newStore(db *pg.DB) *Store {
	return &Store{
		DB:         db,
		Searcher:   search.New(db),
		FactReader: evidence.New(db),
		Log:        history.New(db),
		Follower:   standings.New(db),
		Importer:   transfer.NewImporter(db),
		Exporter:   transfer.NewExporter(db),
	}
}

// What callers name of the rooms below.
type (
	Options        = pg.Options
	Authorship     = pg.Authorship
	Idempotency    = pg.Idempotency
	StoredResponse = pg.StoredResponse
	Common         = pg.Common
	Paging         = pg.Paging
	Page[T any]    = pg.Page[T]
	WALPosition    = pg.WALPosition

	Match           = search.Match
	ClaimHit        = search.ClaimHit
	SourceHit       = search.SourceHit
	FactCheckFilter = search.FactCheckFilter
	FactCheckHit    = search.FactCheckHit
	CheckReview     = search.CheckReview
	ReviewAuthor    = search.ReviewAuthor

	ChangeFilter = headwater.ChangeFilter
	Version      = history.Version
	LogKey       = history.LogKey
	LogWitness   = history.LogWitness
	Inclusion    = history.Inclusion
	Consistency  = history.Consistency

	VerifyOptions = history.VerifyOptions
	Verified      = history.Verified

	ClaimStanding        = standings.ClaimStanding
	StandingChange       = standings.StandingChange
	StandingInterval     = standings.StandingInterval
	StandingChangeFilter = standings.ChangeFilter

	FactsRead  = evidence.FactsRead
	MoreFacts  = evidence.MoreFacts
	ReadSet    = evidence.ReadSet
	Dependents = evidence.Dependents

	Batch         = transfer.Batch
	ImportOptions = transfer.ImportOptions
	ImportResult  = transfer.ImportResult
	ImportError   = transfer.ImportError
	Count         = transfer.Count
	Records       = transfer.Records
	Made          = transfer.Made
	Assumed       = transfer.Assumed
	Assumption    = transfer.Assumption
	AssumedBy     = transfer.AssumedBy
	Edition       = transfer.Edition
	EditionResult = transfer.EditionResult
	Outcome       = transfer.Outcome
	NoLongerSaid  = transfer.NoLongerSaid
)

const (
	DefaultNamespace      = pg.DefaultNamespace
	DefaultIdempotencyTTL = pg.DefaultIdempotencyTTL
	MaxKeptResponse       = pg.MaxKeptResponse
	MaxLimit              = pg.MaxLimit
	ReadingOrder          = pg.ReadingOrder
	MaxSkipped            = search.MaxSkipped
	MaxFaults             = transfer.MaxFaults
)

// Describe names the measures of the connections and the standings, for Prometheus.
func (s *Store) Describe(to chan<- *prometheus.Desc) {
	s.DB.Describe(to)
	s.Follower.Describe(to)
}

// Collect takes these measures.
func (s *Store) Collect(to chan<- prometheus.Metric) {
	s.DB.Collect(to)
	s.Follower.Collect(to)
}

// CheckPlace refuses a place that the order of changes has not come to, as [history.CheckPlace] has it.
func CheckPlace(field headwater.Pointer, place, last int64) error {
	return history.CheckPlace(field, place, last)
}

// StandingChangesAfter is the place after which to list how claims come to stand otherwise, as [standings.StandingChangesAfter] has it.
func StandingChangesAfter(field headwater.Pointer, place, kept, last int64) (int64, error) {
	return standings.StandingChangesAfter(field, place, kept, last)
}

// CheckServer says whether a database can hold Headwater at all, before any migration.
func CheckServer(ctx context.Context, db migrations.Querier) error { return pg.CheckServer(ctx, db) }
