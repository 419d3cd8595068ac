package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater/migrations"
	"github.com/headwater-project/headwater/store/storetest"
	"github.com/headwater-project/headwater/testdata"
)

func statements(t *testing.T, database string, list ...string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	for _, sql := range list {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}

// with gives a database's address more parameters.
func with(t *testing.T, database string, parameters ...string) string {
	t.Helper()
	address, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	query := address.Query()
	for i := 0; i < len(parameters); i += 2 {
		query.Set(parameters[i], parameters[i+1])
	}
	address.RawQuery = query.Encode()
	return address.String()
}

// TestTrigramsInAnotherSchema has pg_trgm where a provider keeps all extensions: the schema is made, the service is ready,
// and searches by likeness and imports work. When search loses what it needs, the service is not ready.
func TestTrigramsInAnotherSchema(t *testing.T) {
	t.Parallel()
	database := storetest.NewEmpty(t)
	statements(t, database, "CREATE SCHEMA extensions", "CREATE EXTENSION pg_trgm SCHEMA extensions")
	contains(t, ok(t, "migrate", "up", "--database-url", database), "up to date")
	works(t, database)
	s := startService(t, "--database-url", database)
	statements(t, database, "CREATE SCHEMA elsewhere", "ALTER EXTENSION pg_trgm SET SCHEMA elsewhere")
	if status, body := s.get(t, "/readyz"); status != http.StatusServiceUnavailable {
		t.Errorf("ready without what search needs: %d %s", status, body)
	}
	contains(t, takenBack(t, database), "schema version 0")
	if queried(t, database, "SELECT extname::text FROM pg_extension WHERE extname = 'pg_trgm'") == "" {
		t.Error("the extension that was there before was removed")
	}
}

// takenBack takes all migrations back, and gives what that says.
func takenBack(t *testing.T, database string) string {
	t.Helper()
	latest, err := migrations.Latest()
	if err != nil {
		t.Fatal(err)
	}
	return ok(t, "migrate", "down", "--steps", fmt.Sprint(latest), "--database-url", database)
}

func works(t *testing.T, database string) {
	t.Helper()
	ok(t, "import", "--database-url", database, bundleFile(t, string(testdata.Demo)))
	s := startService(t, "--database-url", database)
	for _, path := range []string{"/readyz", "/v1/claims?q=kiled+peple", "/v1/sources?q=Anbary"} {
		if status, body := s.get(t, path); status/100 != 2 {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
}

// TestTenantsInSchemasOfTheirOwn has two services in one database, the second of which sees the first one's schema behind its own.
func TestTenantsInSchemasOfTheirOwn(t *testing.T) {
	t.Parallel()
	first := storetest.New(t)
	statements(t, first, "CREATE SCHEMA second")
	for _, path := range []string{"second", "second,public"} {
		second := with(t, first, "search_path", path)
		contains(t, ok(t, "migrate", "status", "--database-url", second), "schema version 0")
		ok(t, "migrate", "up", "--database-url", second)
		works(t, second)
		if n := queried(t, first, "SELECT count(*)::text FROM public.sources"); n != "0" {
			t.Errorf("%s: the first tenant has got %s sources", path, n)
		}
		takenBack(t, second)
	}
	if n := queried(t, first, "SELECT count(*)::text FROM claims WHERE folded <% 'x'"); n != "0" {
		t.Error("the first tenant has claims")
	}
}

// newRole makes a role without rights, which ends with the test.
func newRole(t *testing.T, database string) (role string) {
	t.Helper()
	role = "r" + queried(t, database, "SELECT md5(current_database())")
	statements(t, database, "CREATE ROLE "+role, "GRANT "+role+" TO CURRENT_USER")
	t.Cleanup(func() {
		conn, err := pgx.Connect(context.Background(), database)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(context.Background())
		if _, err := conn.Exec(context.Background(), "DROP OWNED BY "+role+"; DROP ROLE "+role); err != nil {
			t.Error(err)
		}
	})
	return role
}

// TestMissingRightsAreNamed starts as a role that lacks one right after another.
func TestMissingRightsAreNamed(t *testing.T) {
	t.Parallel()
	database := storetest.NewEmpty(t)
	name := queried(t, database, "SELECT quote_ident(current_database())")
	role := newRole(t, database)
	statements(t, database, "REVOKE TEMPORARY ON DATABASE "+name+" FROM PUBLIC")
	as := with(t, database, "role", role)
	for _, step := range []struct{ says, grant string }{
		{"GRANT TEMPORARY ON DATABASE " + name + " TO " + role, "GRANT TEMPORARY ON DATABASE " + name + " TO " + role},
		{"GRANT CREATE ON SCHEMA public TO " + role, "GRANT CREATE ON SCHEMA public TO " + role},
		{"CREATE EXTENSION pg_trgm", "CREATE EXTENSION pg_trgm"},
	} {
		r := invoke(t, "migrate", "up", "--database-url", as)
		if r.code == 0 {
			t.Errorf("migrated without: %s", step.grant)
		}
		contains(t, r.stderr, step.says)
		statements(t, database, step.grant)
	}
	ok(t, "migrate", "up", "--database-url", as)
	statements(t, database, "REVOKE TEMPORARY ON DATABASE "+name+" FROM "+role)
	contains(t, invoke(t, "serve", "--addr", "127.0.0.1:0", "--database-url", as).stderr, "may not make temporary tables")
}
