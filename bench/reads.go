package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/valyala/fasthttp"
	"golang.org/x/sync/errgroup"
)

// claimsPerCase is how many claims a read case requests in turn; pgbench accepts at most 128 scripts.
const claimsPerCase = 100

// reads measures the requests that a dashboard sends most.
func (b *bench) reads(ctx context.Context) error {
	return b.withService(ctx, func(serve *service) error {
		if err := b.atRest(serve); err != nil {
			return err
		}
		claims, err := b.typicalClaims(ctx)
		if err != nil {
			return err
		}
		if err := b.claimReads(ctx, serve, claims); err != nil {
			return err
		}
		if err := b.reportReads(ctx, serve, claims); err != nil {
			return err
		}
		peak, err := serve.memory("VmHWM")
		b.add(withoutCeiling("serve under the read load, resident memory", "MB", float64(megabytes(peak)), atMost(150)))
		return err
	})
}

// atRest measures the memory of the service after its first response.
func (b *bench) atRest(serve *service) error {
	if _, _, err := (call{method: "GET", path: "/readyz", status: 204}).send(serve.host()); err != nil {
		return err
	}
	resident, err := serve.memory("VmRSS")
	b.add(withoutCeiling("serve at rest, resident memory", "MB", float64(megabytes(resident)), atMost(60)))
	return err
}

// withService runs the service on the world while do runs, with more flags.
func (b *bench) withService(ctx context.Context, do func(*service) error, more ...string) error {
	if err := b.ensureDatabase(ctx, worldDatabase, b.world.writeTo); err != nil {
		return err
	}
	serve, err := startService(ctx, b.folder, b.environment(worldDatabase), b.program,
		append([]string{"serve", "--addr", "127.0.0.1:0"}, more...)...)
	if err != nil {
		return err
	}
	return errors.Join(do(serve), serve.stop())
}

// typicalClaims returns claims with 10 to 30 attributions.
func (b *bench) typicalClaims(ctx context.Context) (claims []uuid.UUID, err error) {
	err = b.withConnection(ctx, worldDatabase, func(conn *pgx.Conn) error {
		rows,
			err := conn.Query(ctx,
			`SELECT claim_id FROM attributions GROUP BY claim_id HAVING count(*) BETWEEN 10 AND 30 ORDER BY claim_id LIMIT $1`,
			claimsPerCase)
		if err != nil {
			return err
		}
		claims, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		return err
	})
	return claims, err
}

func wholeClaim(id uuid.UUID) call {
	return get(fmt.Sprintf("/v1/claims/%s?include=attributions", id))
}

func corroboration(id uuid.UUID) call {
	return get(fmt.Sprintf("/v1/claims/%s/corroboration", id))
}

// each returns the results of calling make with each entry.
func each[A, B any](list []A, make func(A) B) []B {
	var results []B
	for _, one := range list {
		results = append(results, make(one))
	}
	return results
}

// uncachedReport requests a report as of another day each time, all after the last document, so that no response is cached.
func uncachedReport(id uuid.UUID) task {
	return func(host *fasthttp.HostClient, _ int) error {
		day := time.Date(2100, time.January, int(uncachedReports.Add(1)), 0, 0, 0, 0, time.UTC)
		q := get(fmt.Sprintf("/v1/claims/%s/corroboration?as_of=%s", id, day.Format(time.DateOnly)))
		return q.run(host, 0)
	}
}

// uncachedReports counts these requests, to give each another day.
var uncachedReports atomic.Int64

// rate measures requests to a service.
func (b *bench) rate(s *service, calls ...call) sampler {
	return b.taskRate(s, each(calls, func(q call) task { return q.run }))
}

func (b *bench) taskRate(s *service, tasks []task) sampler {
	return func(ctx context.Context) (sample, error) { return runTasks(ctx, s.addr, tasks, b.length) }
}

// sqlRate measures transactions by pgbench.
func (b *bench) sqlRate(scripts ...string) sampler {
	return func(ctx context.Context) (sample, error) {
		return pgbench(ctx, b.folder, b.address(worldDatabase), scripts, b.length)
	}
}

// claimSQL is the three statements by which the service reads a claim with its attributions, their chains and their sources.
func claimSQL(id uuid.UUID) string {
	return fmt.Sprintf(
		`SELECT id, key, namespace, version, created_at, updated_at, status, merged_into,
		statement, quantities, event_time, places, topics, scope
	FROM claims WHERE id = '%[1]s';
SELECT id, key, namespace, version, created_at, updated_at, status, claim_id, document_id, stance, content,
		event_time_span, chain, credibility, method, confidence, note
	FROM attributions WHERE claim_id = '%[1]s' ORDER BY id LIMIT 1001;
SELECT id, key, name, names, kind, country, anonymous FROM sources WHERE id = ANY (ARRAY (
	SELECT unnest(source_ids) FROM (SELECT source_ids FROM attributions WHERE claim_id = '%[1]s' ORDER BY id LIMIT 1000) AS named));
`, id)
}

func (b *bench) claimReads(ctx context.Context, serve *service, claims []uuid.UUID) error {
	calls := each(claims, wholeClaim)
	if _, err := b.compare(ctx, comparison{
		name: "claim with attributions, chains and sources against pgbench", unit: "requests/s", goal: atLeast(.35),
		figure: b.rate(serve, calls...), ceiling: b.sqlRate(each(claims, claimSQL)...),
	}); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	bare, err := startService(ctx, b.folder, nil, self, bareRole, b.address(worldDatabase))
	if err != nil {
		return err
	}
	_, err = b.compare(ctx, comparison{
		name: "the same against a bare net/http and pgx handler", unit: "requests/s", goal: atLeast(1),
		figure: b.rate(serve, calls...), ceiling: b.rate(bare, calls...),
	})
	return errors.Join(err, bare.stop())
}

func (b *bench) reportReads(ctx context.Context, serve *service, claims []uuid.UUID) error {
	if _, err := b.compare(ctx, comparison{
		name: "report of a typical claim against the claim read", unit: "requests/s", goal: atLeast(.6),
		figure: b.rate(serve, each(claims, corroboration)...), ceiling: b.rate(serve, each(claims, wholeClaim)...),
	}); err != nil {
		return err
	}
	if _, err := b.compare(ctx, comparison{
		name: "the same, analysed anew each time", unit: "requests/s", goal: atLeast(.6),
		figure: b.taskRate(serve, each(claims, uncachedReport)), ceiling: b.rate(serve, each(claims, wholeClaim)...),
	}); err != nil {
		return err
	}
	creating, err := createTasks(b.models())
	if err != nil {
		return err
	}
	if _, err := b.compare(ctx, comparison{
		name: "the same, while others make 20 claims a second", unit: "requests/s", goal: atLeast(.6),
		figure:  withOtherClient(serve, creating, b.rate(serve, each(claims, corroboration)...)),
		ceiling: withOtherClient(serve, creating, b.rate(serve, each(claims, wholeClaim)...)),
	}); err != nil {
		return err
	}
	known, err := revalidationCalls(serve, claims)
	if err != nil {
		return err
	}
	_, err = b.compare(ctx, comparison{
		name: "repeated report with If-None-Match against /healthz", unit: "requests/s", goal: atLeast(.5),
		figure: b.rate(serve, known...), ceiling: b.rate(serve, call{method: "GET", path: "/healthz", status: 204}),
	})
	return err
}

// otherInterval is how long the other client waits between its requests.
const otherInterval = 50 * time.Millisecond

// withOtherClient measures while another client runs tasks of its own at a fixed rate.
func withOtherClient(s *service, tasks []task, take sampler) sampler {
	return func(ctx context.Context) (sample, error) {
		working, stop := context.WithCancel(ctx)
		var others errgroup.Group
		others.Go(func() error {
			host := s.host()
			defer host.CloseIdleConnections()
			pause := time.NewTicker(otherInterval)
			defer pause.Stop()
			for n := 0; ; n++ {
				select {
				case <-working.Done():
					return nil
				case <-pause.C:
				}
				if err := tasks[n%len(tasks)](host, n); err != nil {
					return err
				}
			}
		})
		taken, err := take(ctx)
		stop()
		return taken, errors.Join(err, others.Wait())
	}
}

// revalidationCalls are requests for reports with the ETag that the client already has.
func revalidationCalls(serve *service, claims []uuid.UUID) ([]call, error) {
	var list []call
	for _, id := range claims {
		q := corroboration(id)
		_, tag, err := q.send(serve.host())
		if err != nil {
			return nil, err
		}
		q.etag, q.status = tag, 304
		list = append(list, q)
	}
	return list, nil
}
