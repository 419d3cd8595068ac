package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	vegeta "github.com/tsenart/vegeta/v12/lib"
	"golang.org/x/sync/errgroup"

	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/history"
)

const (
	// subscribers is how many clients follow the changes by a stream at once.
	subscribers = 1_000
	// sealedDatabase is a world of its own for imports, each time anew.
	sealedDatabase = "sealed"
)

// withLog measures what the log costs who writes, how soon a change is sealed, and what it takes to tell many of it.
func (b *bench) withLog(ctx context.Context) error {
	if err := b.withService(ctx, func(serve *service) error { return b.loggedWrites(ctx, serve) }); err != nil {
		return err
	}
	if err := b.loggedImports(ctx); err != nil {
		return err
	}
	key := []string{"--log-key", filepath.Join(b.folder, "log.key"), "--log-origin", "bench.example/log"}
	return b.withService(ctx, func(serve *service) error {
		return errors.Join(b.sealing(ctx, serve), b.streaming(ctx, serve))
	}, key...)
}

// loggedWrites compares writes with the same while nothing is put in order and sealed.
func (b *bench) loggedWrites(ctx context.Context, serve *service) error {
	tasks, err := createTasks(b.models())
	if err != nil {
		return err
	}
	write := func(ctx context.Context) (sample, error) { return runTasks(ctx, serve.addr, tasks, b.length) }
	_, err = b.compare(ctx, comparison{
		name: "create a claim with one attribution, against the same without a log", unit: "claims/s", goal: atLeast(.9),
		before: func(ctx context.Context) error { return b.settle(ctx, worldDatabase) },
		figure: write, ceiling: func(ctx context.Context) (taken sample, err error) {
			err = b.withoutLog(ctx, worldDatabase, func() (err error) {
				taken, err = write(ctx)
				return err
			})
			return taken, err
		},
	})
	return err
}

// loggedImports compares an import beside a service with the same while that puts nothing in order.
func (b *bench) loggedImports(ctx context.Context) error {
	path, err := b.bundle(sealedDatabase+".ndjson", b.world.writeTo)
	if err != nil {
		return err
	}
	take := func(ctx context.Context) (taken sample, err error) {
		taken, err = runWatched(ctx, b.environment(sealedDatabase), io.Discard, b.program, "import", path)
		taken.value = float64(b.size) / taken.value
		return taken, err
	}
	beside := func(ctx context.Context, measure func() error) error {
		if err := b.makeDatabase(ctx, sealedDatabase); err != nil {
			return err
		}
		serve, err := startService(ctx, b.folder, b.environment(sealedDatabase), b.program, "serve", "--addr", "127.0.0.1:0")
		if err != nil {
			return err
		}
		return errors.Join(measure(), serve.stop())
	}
	_, err = b.compare(ctx, comparison{
		name: "import beside a service, against the same without a log", unit: "attributions/s", goal: atLeast(.9),
		figure: func(ctx context.Context) (taken sample, err error) {
			err = beside(ctx, func() (err error) {
				taken, err = take(ctx)
				return err
			})
			return taken, err
		},
		ceiling: func(ctx context.Context) (taken sample, err error) {
			err = beside(ctx, func() error {
				return b.withoutLog(ctx, sealedDatabase, func() (err error) {
					taken, err = take(ctx)
					return err
				})
			})
			return taken, err
		},
	})
	return err
}

// withoutLog keeps services from putting changes in order while do runs: it is the one that does.
func (b *bench) withoutLog(ctx context.Context, database string, do func() error) error {
	return b.withConnection(ctx, database, func(conn *pgx.Conn) error {
		if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1, hashtext(current_schema()))", history.SequenceLock); err != nil {
			return err
		}
		return do()
	})
}

// awaitOrder waits until all changes have their places.
func (b *bench) awaitOrder(ctx context.Context, database string) error {
	return b.withConnection(ctx, database, func(conn *pgx.Conn) error {
		for waiting := true; waiting; time.Sleep(pollInterval) {
			if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM unsequenced)").Scan(&waiting); err != nil {
				return err
			}
		}
		return nil
	})
}

// settle puts all changes in order and works them into the standings, which a service rests in between, so that no sample pays for what
// the one before it left.
func (b *bench) settle(ctx context.Context, database string) (err error) {
	s, err := store.Open(ctx, store.Options{ConnString: b.address(database)})
	if err != nil {
		return err
	}
	defer s.Close()
	for open := true; open && err == nil; time.Sleep(pollInterval) { // while the service works some in, nobody else does
		if err = b.awaitOrder(ctx, database); err == nil {
			_, err = s.SettleStandings(ctx)
		}
		if err == nil {
			err = b.withConnection(ctx, database, func(conn *pgx.Conn) error {
				return conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM standings_due WHERE failures = 0)
					OR EXISTS (SELECT FROM standings_spread)
					OR NOT EXISTS (SELECT FROM standings_position WHERE seq = (SELECT max(seq) FROM sequenced))`).Scan(&open)
			})
		}
	}
	return err
}

// sealing measures how long the answer to a change takes that waits for the checkpoint, under the load of the soak.
func (b *bench) sealing(ctx context.Context, serve *service) error {
	if err := b.awaitOrder(ctx, worldDatabase); err != nil {
		return err
	}
	targets, err := b.mixture(ctx, "http://"+serve.addr)
	if err != nil {
		return err
	}
	attacker := vegeta.NewAttacker(vegeta.Timeout(time.Minute))
	var load sync.WaitGroup
	load.Go(func() {
		for range attacker.Attack(targets, vegeta.Rate{Freq: soakRate, Per: time.Second}, 0, "sealing") { // what it answers is the soak's
		}
	})
	defer load.Wait()
	defer attacker.Stop()
	var took []time.Duration
	for began := time.Now(); time.Since(began) < time.Duration(b.rounds)*b.length || len(took) == 0; {
		sent := time.Now()
		response, err := postSource(ctx, serve, http.Header{"Prefer": {"wait=sealed"}})
		if err != nil {
			return err
		}
		if response.Get("Preference-Applied") == "" {
			return errors.New("a change was not sealed within the time that its answer waits")
		}
		took = append(took, time.Since(sent))
	}
	b.add(withoutCeiling("write and wait until it is sealed, under the soak's load: the slowest", "s", slices.Max(took).Seconds(),
		atMost(1)))
	return nil
}

// streaming measures how far behind the slowest of many subscribers is, and what memory the service takes for them.
func (b *bench) streaming(ctx context.Context, serve *service) error {
	const changes = 20
	if err := b.awaitOrder(ctx, worldDatabase); err != nil {
		return err
	}
	host := &http.Client{Transport: &http.Transport{}} // with connections of its own
	defer host.CloseIdleConnections()
	following, stop := context.WithCancel(ctx)
	defer stop()
	var opened, reading errgroup.Group
	opened.SetLimit(50)
	slowest := make([]time.Duration, subscribers)
	for i := range subscribers {
		opened.Go(func() error {
			request, err := http.NewRequestWithContext(following, http.MethodGet,
				"http://"+serve.addr+"/v1/changes/stream?resource=source", nil)
			if err != nil {
				return err
			}
			response, err := host.Do(request)
			if err != nil {
				return err
			}
			if response.StatusCode != http.StatusOK {
				return fmt.Errorf("a stream is answered with %s", response.Status)
			}
			reading.Go(func() (err error) {
				defer response.Body.Close()
				slowest[i], err = follow(response.Body, changes)
				return err
			})
			return nil
		})
	}
	if err := opened.Wait(); err != nil {
		return err
	}
	for range changes {
		if _, err := postSource(ctx, serve, http.Header{}); err != nil {
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
	if err := reading.Wait(); err != nil {
		return err
	}
	peak, err := serve.memory("VmHWM")
	b.add(withoutCeiling(fmt.Sprintf("%d subscribers: how far behind the slowest is", subscribers), "s", slices.Max(slowest).Seconds(),
		atMost(2)))
	b.add(withoutCeiling(fmt.Sprintf("serve with %d subscribers, resident memory", subscribers), "MB", float64(megabytes(peak)),
		atMost(150)))
	return err
}

// follow reads changes from a stream, and says how long after it was made the slowest of them came.
func follow(stream io.Reader, changes int) (slowest time.Duration, err error) {
	lines := bufio.NewScanner(stream)
	for n := 0; n < changes && lines.Scan(); {
		data, is := bytes.CutPrefix(lines.Bytes(), []byte("data:"))
		if !is {
			continue
		}
		came := time.Now()
		var change struct{ At time.Time }
		if err := json.Unmarshal(data, &change); err != nil {
			return 0, err
		}
		slowest = max(slowest, came.Sub(change.At))
		n++
	}
	return slowest, lines.Err()
}

// postSource makes a source that nothing else is like, and gives the header of the answer.
func postSource(ctx context.Context, serve *service, header http.Header) (http.Header, error) {
	body := fmt.Sprintf(`{"kind": "outlet", "name": "%s"}`, uuid.NewString())
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+serve.addr+"/v1/sources", strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header = header
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusCreated {
		return nil, fmt.Errorf("POST /v1/sources: %s", response.Status)
	}
	return response.Header, nil
}
