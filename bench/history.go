package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

const (
	// historyDatabase has a world whose changes have no places yet.
	historyDatabase = "history"
	// versionsOfOne is how many versions the thing has whose history is read.
	versionsOfOne = 1_000
)

// history measures what it costs that history has one order and is verified: how fast changes get their places, how long verifying all of
// them takes, and how long a page of the versions of a thing that was changed very often takes.
func (b *bench) history(ctx context.Context) error {
	if err := b.ordering(ctx); err != nil {
		return err
	}
	if err := b.ensureDatabase(ctx, worldDatabase, b.world.writeTo); err != nil { // which a section before may have made
		return err
	}
	typical, err := b.typicalClaims(ctx)
	if err != nil {
		return err
	}
	return b.withService(ctx, func(serve *service) error {
		id, err := changeOften(ctx, serve)
		if err != nil {
			return err
		}
		var claims []call
		for _, claim := range typical {
			claims = append(claims, wholeClaim(claim))
		}
		_, err = b.compare(ctx, comparison{
			name: fmt.Sprintf("page of the history of one thing with %d versions, against the claim read", versionsOfOne), unit: "ms",
			goal: atMost(2), figure: b.pace(serve, get("/v1/sources/"+id.String()+"/history?limit=50")), ceiling: b.pace(serve, claims...),
		})
		return err
	})
}

// ordering measures putting all changes of a world in order and sealing them, and verifying what then is.
func (b *bench) ordering(ctx context.Context) error {
	if err := b.ensureDatabase(ctx, historyDatabase, b.world.writeTo); err != nil {
		return err
	}
	var changes float64
	if err := b.withConnection(ctx, historyDatabase, func(conn *pgx.Conn) error {
		return conn.QueryRow(ctx, "SELECT count(*) FROM unsequenced").Scan(&changes)
	}); err != nil {
		return err
	}
	if changes == 0 {
		return errors.New("the changes have their places before they were given any")
	}
	for _, step := range []struct {
		command, name, unit string
		figure              func(seconds float64) float64
		goal                goal
	}{
		{"sequence", "put changes in order and seal them", "changes/s", func(s float64) float64 { return changes / s }, atLeast(3_000)},
		{"verify", "verify the history, for a million changes", "s", func(s float64) float64 { return s * 1e6 / changes }, atMost(60)},
	} {
		took, err := runWatched(ctx, b.environment(historyDatabase), io.Discard, b.program, step.command)
		if err != nil {
			return err
		}
		result := withoutCeiling(step.name, step.unit, step.figure(took.value), step.goal)
		result.Memory = megabytes(took.memory)
		b.add(result)
		if step.command == "verify" {
			b.add(withoutCeiling("verify, resident memory", "MB", float64(result.Memory), atMost(256)))
		}
	}
	return b.stored(ctx)
}

// stored measures how many bytes the database has for each attribution, with all that is made for it: indexes, the history and the log.
func (b *bench) stored(ctx context.Context) error {
	if err := b.vacuum(ctx, historyDatabase); err != nil {
		return err
	}
	var bytes, empty float64
	if err := b.withConnection(ctx, historyDatabase, func(conn *pgx.Conn) error {
		return conn.QueryRow(ctx, "SELECT pg_database_size($1::name), pg_database_size($2::name)", historyDatabase, emptyDatabase).Scan(
			&bytes, &empty)
	}); err != nil {
		return err
	}
	b.add(withoutCeiling("bytes stored for each attribution, with the log", "KB", (bytes-empty)/float64(b.size)/1000, atMost(3.2)))
	return nil
}

// changeOften makes a source and changes it until it has as many versions as are to be read.
func changeOften(ctx context.Context, serve *service) (id uuid.UUID, err error) {
	send := func(method, path, media, body string) (made struct{ ID uuid.UUID }, err error) {
		request, err := http.NewRequestWithContext(ctx, method, "http://"+serve.addr+path, strings.NewReader(body))
		if err != nil {
			return made, err
		}
		request.Header.Set("Content-Type", media)
		request.Header.Set("If-Match", "*")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return made, err
		}
		defer response.Body.Close()
		if response.StatusCode/100 != 2 {
			return made, fmt.Errorf("%s %s: %s", method, path, response.Status)
		}
		return made, json.NewDecoder(response.Body).Decode(&made)
	}
	made, err := send("POST", "/v1/sources", "application/json", `{"kind": "outlet", "name": "Changed often"}`)
	for version := 2; err == nil && version <= versionsOfOne; version++ {
		_, err = send("PATCH", "/v1/sources/"+made.ID.String(), "application/merge-patch+json",
			fmt.Sprintf(`{"notes": "Changed %d times."}`, version))
	}
	return made.ID, err
}
