package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"runtime/debug"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/store"
)

// reports measures the analysis of claims with very many attributions, from the database to the report, against reading the
// same rows.
func (b *bench) reports(ctx context.Context) error {
	if err := b.ensureDatabase(ctx, hotDatabase, writeHot); err != nil {
		return err
	}
	s, err := store.Open(ctx, store.Options{ConnString: b.address(hotDatabase)})
	if err != nil {
		return err
	}
	defer s.Close()
	pool, err := pgxpool.New(ctx, b.address(hotDatabase))
	if err != nil {
		return err
	}
	defer pool.Close()
	took := map[int]float64{}
	for i, size := range hotSizes {
		about := idOf(headwater.ResourceClaim, i)
		result, err := b.compare(ctx, comparison{
			name: fmt.Sprintf("report over %d attributions against reading the rows", size), unit: "ms", goal: atMost(3),
			figure:  repeat(size, func(ctx context.Context) error { return report(ctx, s, about) }),
			ceiling: repeat(size, func(ctx context.Context) error { return readRows(ctx, pool, about) }),
		})
		if err != nil {
			return err
		}
		took[size] = result.Figure
	}
	least, most := hotSizes[0], hotSizes[len(hotSizes)-1]
	exponent := math.Log(took[most]/took[least]) / math.Log(float64(most)/float64(least))
	b.add(withoutCeiling(fmt.Sprintf("report, growth from %d to %d attributions", least, most), "exponent", exponent, atMost(1.1)))
	return nil
}

// repeat returns a sampler that calls do often enough to measure small claims as well as large ones, in milliseconds a call.
func repeat(size int, do func(context.Context) error) sampler {
	times := max(1, hotSizes[len(hotSizes)-1]/size/2)
	return func(ctx context.Context) (sample, error) {
		debug.FreeOSMemory()
		if err := forgetPeak(); err != nil {
			return sample{}, err
		}
		var s sample
		for range times {
			began := time.Now()
			if err := do(ctx); err != nil {
				return s, err
			}
			s.latencies = append(s.latencies, time.Since(began))
		}
		var all time.Duration
		for _, one := range s.latencies {
			all += one
		}
		s.value = milliseconds(all) / float64(times)
		var err error
		s.memory, err = statusOf(os.Getpid(), "VmHWM")
		return s, err
	}
}

func report(ctx context.Context, s *store.Store, claim uuid.UUID) error {
	facts, err := s.Facts(ctx, []uuid.UUID{claim}, nil, false)
	if err != nil {
		return err
	}
	_, err = provenance.New(facts.Facts).Report(ctx, claim, provenance.Question{})
	return err
}

// readRows reads the rows that a report needs, as directly as pgx can.
func readRows(ctx context.Context, pool *pgxpool.Pool, claim uuid.UUID) error {
	var batch pgx.Batch
	queue[attributionRow](&batch,
		`SELECT id, claim_id, document_id, stance, status, source_ids, chain -> -1 AS last, credibility, confidence
		FROM attributions WHERE claim_id = $1`, claim)
	queue[documentRow](&batch,
		`SELECT id, publisher, derived_from, published ->> 'earliest' AS earliest, published ->> 'latest' AS latest, text_altered, status
		FROM documents WHERE id IN (SELECT document_id FROM attributions WHERE claim_id = $1)`, claim)
	queue[sourceRow](&batch, `SELECT id, key, name, names, kind, country, anonymous, reliability, control_reviewed_at, status, merged_into
		FROM sources WHERE id IN (SELECT unnest(source_ids) FROM attributions WHERE claim_id = $1)`, claim)
	queue[relationRow](&batch, `SELECT id, subject, kind, object, share, since, until, status
		FROM relations WHERE subject IN (SELECT unnest(source_ids) FROM attributions WHERE claim_id = $1)`, claim)
	return pool.SendBatch(ctx, &batch).Close()
}

func queue[T any](batch *pgx.Batch, sql string, args ...any) {
	batch.Queue(sql, args...).Query(func(rows pgx.Rows) error {
		_, err := pgx.CollectRows(rows, pgx.RowToStructByName[T])
		return err
	})
}

type attributionRow struct {
	ID, ClaimID, DocumentID uuid.UUID
	Stance, Status          string
	SourceIDs               []uuid.UUID
	Last                    []byte
	Credibility             int
	Confidence              *float64
}

type documentRow struct {
	ID, Publisher    uuid.UUID
	DerivedFrom      *uuid.UUID
	Earliest, Latest *string
	TextAltered      bool
	Status           string
}

type sourceRow struct {
	ID                                                       uuid.UUID
	Key, Name, Kind, Country, Reliability, ControlReviewedAt string
	Names                                                    []byte
	Anonymous                                                bool
	Status                                                   string
	MergedInto                                               *uuid.UUID
}

type relationRow struct {
	ID, Subject, Object uuid.UUID
	Kind, Since, Until  string
	Share               *float64
	Status              string
}
