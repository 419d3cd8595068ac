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

// asked is how many claims the read cases ask for in turn; pgbench takes no more than 128 scripts.
const asked = 100

// reads measures what pages of a dashboard ask for most.
func (b *bench) reads(ctx context.Context) error {
	return b.serving(ctx, func(serve *service) error {
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
		b.add(bounded("serve under the read load, resident memory", "MB", float64(megabytes(peak)), atMost(150)))
		return err
	})
}

// atRest looks at the service after its first answer.
func (b *bench) atRest(serve *service) error {
	if _, _, err := (question{method: "GET", path: "/readyz", status: 204}).put(serve.host()); err != nil {
		return err
	}
	resident, err := serve.memory("VmRSS")
	b.add(bounded("serve at rest, resident memory", "MB", float64(megabytes(resident)), atMost(60)))
	return err
}

// serving runs the service on the world.
func (b *bench) serving(ctx context.Context, do func(*service) error) error {
	if err := b.need(ctx, worldDatabase, b.world.writeTo); err != nil {
		return err
	}
	serve, err := startService(ctx, b.folder, b.environment(worldDatabase), b.program, "serve", "--addr", "127.0.0.1:0")
	if err != nil {
		return err
	}
	return errors.Join(do(serve), serve.stop())
}

// typicalClaims are some with 10 to 30 attributions.
func (b *bench) typicalClaims(ctx context.Context) (claims []uuid.UUID, err error) {
	err = b.connected(ctx, worldDatabase, func(conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, `SELECT claim_id FROM attributions GROUP BY claim_id HAVING count(*) BETWEEN 10 AND 30 ORDER BY claim_id LIMIT $1`, asked)
		if err != nil {
			return err
		}
		claims, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		return err
	})
	return claims, err
}

func wholeClaim(id uuid.UUID) question {
	return get(fmt.Sprintf("/v1/claims/%s?include=attributions", id))
}

func corroboration(id uuid.UUID) question {
	return get(fmt.Sprintf("/v1/claims/%s/corroboration", id))
}

// each makes a list of one thing for each other thing.
func each[A, B any](list []A, make func(A) B) []B {
	var made []B
	for _, one := range list {
		made = append(made, make(one))
	}
	return made
}

// anew asks for a report as of another day each time, each after all documents, so that no answer can be used again.
func anew(id uuid.UUID) asking {
	return func(host *fasthttp.HostClient, _ int) error {
		day := time.Date(2100, time.January, int(reported.Add(1)), 0, 0, 0, 0, time.UTC)
		q := get(fmt.Sprintf("/v1/claims/%s/corroboration?as_of=%s", id, day.Format(time.DateOnly)))
		return q.ask(host, 0)
	}
}

// reported counts the reports that were asked for anew.
var reported atomic.Int64

// rate measures questions to a service.
func (b *bench) rate(s *service, questions ...question) measured {
	return b.asking(s, each(questions, func(q question) asking { return q.ask }))
}

func (b *bench) asking(s *service, askings []asking) measured {
	return func(ctx context.Context) (sample, error) { return ask(ctx, s.addr, askings, b.length) }
}

// sqlRate measures transactions.
func (b *bench) sqlRate(scripts ...string) measured {
	return func(ctx context.Context) (sample, error) {
		return pgbench(ctx, b.folder, b.address(worldDatabase), scripts, b.length)
	}
}

// claimSQL reads a claim with its attributions, their chains and the sources that they name: three statements, as the
// service sends them.
func claimSQL(id uuid.UUID) string {
	return fmt.Sprintf(`SELECT id, key, namespace, version, created_at, updated_at, status, merged_into, statement, quantities, event_time, places, topics, scope
	FROM claims WHERE id = '%[1]s';
SELECT id, key, namespace, version, created_at, updated_at, status, claim_id, document_id, stance, content, event_time_span, chain, credibility, method, confidence, note
	FROM attributions WHERE claim_id = '%[1]s' ORDER BY id LIMIT 1001;
SELECT id, key, name, names, kind, country, anonymous FROM sources WHERE id = ANY (ARRAY (
	SELECT unnest(source_ids) FROM (SELECT source_ids FROM attributions WHERE claim_id = '%[1]s' ORDER BY id LIMIT 1000) AS told));
`, id)
}

func (b *bench) claimReads(ctx context.Context, serve *service, claims []uuid.UUID) error {
	questions := each(claims, wholeClaim)
	if _, err := b.compare(ctx, contest{
		name: "claim with attributions, chains and sources against pgbench", unit: "requests/s", goal: atLeast(.35),
		figure: b.rate(serve, questions...), ceiling: b.sqlRate(each(claims, claimSQL)...),
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
	_, err = b.compare(ctx, contest{
		name: "the same against a bare net/http and pgx handler", unit: "requests/s", goal: atLeast(1),
		figure: b.rate(serve, questions...), ceiling: b.rate(bare, questions...),
	})
	return errors.Join(err, bare.stop())
}

func (b *bench) reportReads(ctx context.Context, serve *service, claims []uuid.UUID) error {
	if _, err := b.compare(ctx, contest{
		name: "report of a typical claim against the claim read", unit: "requests/s", goal: atLeast(.6),
		figure: b.rate(serve, each(claims, corroboration)...), ceiling: b.rate(serve, each(claims, wholeClaim)...),
	}); err != nil {
		return err
	}
	if _, err := b.compare(ctx, contest{
		name: "the same, analysed anew each time", unit: "requests/s", goal: atLeast(.6),
		figure: b.asking(serve, each(claims, anew)), ceiling: b.rate(serve, each(claims, wholeClaim)...),
	}); err != nil {
		return err
	}
	creating, err := creations(b.models())
	if err != nil {
		return err
	}
	if _, err := b.compare(ctx, contest{
		name: "the same, while others make 20 claims a second", unit: "requests/s", goal: atLeast(.6),
		figure:  whileOthers(serve, creating, b.rate(serve, each(claims, corroboration)...)),
		ceiling: whileOthers(serve, creating, b.rate(serve, each(claims, wholeClaim)...)),
	}); err != nil {
		return err
	}
	known, err := revalidations(serve, claims)
	if err != nil {
		return err
	}
	_, err = b.compare(ctx, contest{
		name: "repeated report with If-None-Match against /healthz", unit: "requests/s", goal: atLeast(.5),
		figure: b.rate(serve, known...), ceiling: b.rate(serve, question{method: "GET", path: "/healthz", status: 204}),
	})
	return err
}

// othersPause is how long others wait before they ask again.
const othersPause = 50 * time.Millisecond

// whileOthers measures while another client asks for something else, at a rate of its own.
func whileOthers(s *service, askings []asking, take measured) measured {
	return func(ctx context.Context) (sample, error) {
		working, stop := context.WithCancel(ctx)
		var others errgroup.Group
		others.Go(func() error {
			host := s.host()
			defer host.CloseIdleConnections()
			pause := time.NewTicker(othersPause)
			defer pause.Stop()
			for n := 0; ; n++ {
				select {
				case <-working.Done():
					return nil
				case <-pause.C:
				}
				if err := askings[n%len(askings)](host, n); err != nil {
					return err
				}
			}
		})
		taken, err := take(ctx)
		stop()
		return taken, errors.Join(err, others.Wait())
	}
}

// revalidations ask for reports that the client has.
func revalidations(serve *service, claims []uuid.UUID) ([]question, error) {
	var list []question
	for _, id := range claims {
		q := corroboration(id)
		_, tag, err := q.put(serve.host())
		if err != nil {
			return nil, err
		}
		q.etag, q.status = tag, 304
		list = append(list, q)
	}
	return list, nil
}
