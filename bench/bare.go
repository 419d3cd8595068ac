package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/headwater-project/headwater"
)

// bareRole is the argument that makes the harness run itself as the bare handler, which people could write instead of the
// service.
const bareRole = "serve-bare"

// bareClaim is the response of the bare handler.
type bareClaim struct {
	headwater.Claim
	Attributions []headwater.Attribution            `json:"attributions"`
	Sources      map[uuid.UUID]headwater.SourceCard `json:"sources"`
}

// serveBare serves claim reads with net/http, pgx and encoding/json and nothing else, until a signal stops it.
func serveBare(address string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	pool, err := pgxpool.New(ctx, address)
	if err != nil {
		return err
	}
	defer pool.Close()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/claims/{id}", func(w http.ResponseWriter, r *http.Request) {
		body, err := bareRead(r.Context(), pool, r.PathValue("id"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if _, err := w.Write(body); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	})
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println("http://" + listener.Addr().String())
	server := &http.Server{Handler: mux}
	stopped := make(chan error, 1)
	context.AfterFunc(ctx, func() { stopped <- server.Shutdown(context.WithoutCancel(ctx)) })
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

// bareRead reads a claim with one round trip to the database.
func bareRead(ctx context.Context, pool *pgxpool.Pool, id string) ([]byte, error) {
	var batch pgx.Batch
	var claim bareClaim
	batch.Queue(
		`SELECT id, key, namespace, version, created_at, updated_at, status, merged_into,
			statement, quantities, event_time, places, topics, scope
		FROM claims WHERE id = $1`, id).Query(func(rows pgx.Rows) (err error) {
		claim.Claim, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByNameLax[headwater.Claim])
		return err
	})
	batch.Queue(
		`SELECT id, key, namespace, version, created_at, updated_at, status, claim_id AS claim, document_id AS document, stance, content,
			event_time_span, chain, credibility, method, confidence, note
		FROM attributions WHERE claim_id = $1 ORDER BY id LIMIT 1001`, id).Query(func(rows pgx.Rows) (err error) {
		claim.Attributions, err = pgx.CollectRows(rows, pgx.RowToStructByNameLax[headwater.Attribution])
		return err
	})
	batch.Queue(`SELECT id, key, name, names, kind, country, anonymous FROM sources
		WHERE id = ANY (ARRAY (SELECT unnest(source_ids) FROM attributions WHERE claim_id = $1))`, id).Query(func(rows pgx.Rows) error {
		type card struct {
			ID uuid.UUID
			headwater.SourceCard
		}
		cards, err := pgx.CollectRows(rows, pgx.RowToStructByName[card])
		claim.Sources = make(map[uuid.UUID]headwater.SourceCard, len(cards))
		for _, c := range cards {
			claim.Sources[c.ID] = c.SourceCard
		}
		return err
	})
	if err := pool.SendBatch(ctx, &batch).Close(); err != nil {
		return nil, err
	}
	return json.Marshal(claim)
}
