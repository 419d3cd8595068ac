package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/evidence"
	"github.com/headwater-project/headwater/store/storetest"
)

// aboveCounter counts the statements that read who controls whom.
type aboveCounter struct{ atomic.Int64 }

func (c *aboveCounter) TraceQueryStart(ctx context.Context, _ *pgx.Conn, query pgx.TraceQueryStartData) context.Context {
	if strings.Contains(query.SQL, "WITH RECURSIVE above") {
		c.Add(1)
	}
	return ctx
}

func (*aboveCounter) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// TestKeptSourcesAreThoseOfTheSnapshot: the sources and relations that are kept in memory are, in each snapshot, just those that are
// stored, while others change them: rename, merge and part them, and change who controls whom.
func TestKeptSourcesAreThoseOfTheSnapshot(t *testing.T) {
	t.Parallel()
	var above aboveCounter
	s, err := store.Open(t.Context(), store.Options{ConnString: storetest.New(t), MaxConns: 8, Tracer: &above})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	fillChanging(t, s)
	above.Store(0)
	var writers, readers sync.WaitGroup
	var done atomic.Bool
	for seed := range uint64(2) {
		writers.Go(func() {
			chance := rand.New(rand.NewPCG(seed, 1))
			for range 40 {
				_, err := importText(t, s, changingHeader+"\n"+someChange(chance))
				if refused := new(store.ImportError); err != nil && !errors.As(err, &refused) {
					t.Error(err)
				}
			}
		})
	}
	var reads atomic.Int64
	for seed := range uint64(2) {
		readers.Go(func() {
			chance := rand.New(rand.NewPCG(seed, 2))
			for !done.Load() && !t.Failed() {
				reads.Add(1)
				claim := headwater.NamespaceOf(changing).ID(headwater.ResourceClaim, fmt.Sprintf("c%d", chance.IntN(changingClaims)))
				if err := s.InSnapshot(t.Context(), s.Pool, []uuid.UUID{claim}, nil, false, func(tx pgx.Tx, read store.FactsRead) error {
					return compareSources(t, tx, claim, read)
				}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	done.Store(true)
	readers.Wait()
	if fromDatabase := above.Load() - reads.Load(); reads.Load() < 50 || fromDatabase > reads.Load()*9/10 {
		t.Errorf("of %d reads %d read sources: this shows little", reads.Load(), fromDatabase)
	}
}

// compareSources compares what was read with what the transaction reads without anything that was kept.
func compareSources(t *testing.T, tx pgx.Tx, claim uuid.UUID, read store.FactsRead) error {
	stored, err := evidence.FactsIn(t.Context(), tx, []uuid.UUID{claim})
	if err != nil {
		return err
	}
	ids := make([]uuid.UUID, len(stored.Sources))
	names := make(map[uuid.UUID]int, len(ids))
	for i, source := range stored.Sources {
		ids[i], names[source.ID] = source.ID, i
	}
	var id uuid.UUID
	var key, name string
	rows, err := tx.Query(t.Context(), "SELECT id, key, name FROM sources WHERE id = ANY ($1)", ids)
	if err != nil {
		return err
	}
	if _, err := pgx.ForEachRow(rows, []any{&id, &key, &name}, func() error {
		stored.Sources[names[id]].Key, stored.Sources[names[id]].Name = key, name
		return nil
	}); err != nil {
		return err
	}
	for _, facts := range []*store.FactsRead{&read, &stored} {
		slices.SortFunc(facts.Sources, func(x, y headwater.Source) int { return headwater.CompareIDs(x.ID, y.ID) })
		slices.SortFunc(facts.Relations, func(x, y headwater.Relation) int { return headwater.CompareIDs(x.ID, y.ID) })
	}
	if diff := cmp.Diff(stored.Sources, read.Sources); diff != "" {
		t.Errorf("sources (-stored +kept):\n%s", diff)
	}
	if diff := cmp.Diff(stored.Relations, read.Relations); diff != "" {
		t.Errorf("relations (-stored +kept):\n%s", diff)
	}
	return nil
}
