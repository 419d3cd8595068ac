package migrations_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/golang-migrate/migrate/v4/database"

	"github.com/headwater-project/headwater/migrations"
	"github.com/headwater-project/headwater/store/storetest"
)

// holdLock takes the lock of who migrates, as golang-migrate and the programs that used it do.
func holdLock(t *testing.T, to string) {
	t.Helper()
	conn := connect(t, to)
	lock, err := database.GenerateAdvisoryLockId(conn.Config().Database, "public", "schema_migrations")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), "SELECT pg_advisory_lock("+lock+")"); err != nil {
		t.Fatal(err)
	}
}

func TestUpToDateWaitsForNobody(t *testing.T) {
	t.Parallel()
	to := storetest.New(t)
	holdLock(t, to)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := migrations.Up(ctx, to); err != nil {
		t.Error(err)
	}
}

// TestVersionIsReadBesideAMigration: who asks where the schema stands, as readiness does, does not wait for a migration.
func TestVersionIsReadBesideAMigration(t *testing.T) {
	t.Parallel()
	to := storetest.New(t)
	if err := migrations.Down(t.Context(), to, 1); err != nil {
		t.Fatal(err)
	}
	holder := connect(t, to)
	tx, err := holder.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "LOCK TABLE schema_migrations IN EXCLUSIVE MODE"); err != nil { // which any migration waits for
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- migrations.Up(context.Background(), to) }()
	awaitWaiter(t, to)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	status, err := migrations.StatusOf(ctx, to)
	if err != nil || status.Version != status.Latest-1 {
		t.Errorf("got %+v, %v", status, err)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// awaitWaiter returns once somebody waits for a lock in the database.
func awaitWaiter(t *testing.T, to string) {
	t.Helper()
	const waiting = "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = " +
		"current_database())"
	observer := connect(t, to)
	for waits, start := false, time.Now(); !waits; {
		if time.Since(start) > time.Minute {
			t.Fatal("nobody waits")
		}
		if err := observer.QueryRow(t.Context(), waiting).Scan(&waits); err != nil {
			t.Fatal(err)
		}
	}
}

// TestMigrationInADeadlockIsTriedAgain has a service that reads two tables in the other order than a migration alters them.
func TestMigrationInADeadlockIsTriedAgain(t *testing.T) {
	t.Parallel()
	to := storetest.New(t)
	const proposals = 17 // which makes these two tables
	latest, err := migrations.Latest()
	if err == nil {
		err = migrations.Down(t.Context(), to, int(latest)-proposals)
	}
	if err != nil {
		t.Fatal(err)
	}
	service := connect(t, to)
	statement := func(sql string) {
		t.Helper()
		if _, err := service.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	statement("BEGIN; SET LOCAL deadlock_timeout = '1h'; SELECT FROM leases") // PostgreSQL ends who looks for deadlocks first
	done := make(chan error, 1)
	go func() { done <- migrations.Down(context.Background(), to, 1) }()
	awaitWaiter(t, to)
	statement("SELECT FROM sessions; COMMIT")
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestWaitForAnotherMigrationIsBounded(t *testing.T) {
	t.Parallel()
	to := storetest.NewEmpty(t)
	holdLock(t, to)
	err := migrations.UpWaiting(t.Context(), to, 200*time.Millisecond)
	if err == nil || !strings.Contains(err.Error(), "another process has been migrating the database for 200ms") {
		t.Errorf("got %v", err)
	}
}

func TestWaitingMigrationEndsWhenToldTo(t *testing.T) {
	t.Parallel()
	to := storetest.NewEmpty(t)
	holdLock(t, to)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	start := time.Now()
	err := migrations.Up(ctx, to)
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 10*time.Second {
		t.Errorf("got %v after %s", err, time.Since(start))
	}
}

func TestHalfDoneMigrationOfAnotherProgramIsRefused(t *testing.T) {
	t.Parallel()
	to := storetest.New(t)
	if err := migrations.Down(t.Context(), to, 1); err != nil {
		t.Fatal(err)
	}
	conn := connect(t, to)
	if _, err := conn.Exec(t.Context(), "UPDATE schema_migrations SET dirty = true"); err != nil {
		t.Fatal(err)
	}
	if err := migrations.Up(t.Context(), to); err == nil || !strings.Contains(err.Error(), "dirty") {
		t.Errorf("got %v", err)
	}
}
