package pg_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater/store/pg"
	"github.com/headwater-project/headwater/store/storetest"
)

// fakeServer gives other answers than the server that the tests have.
type fakeServer []any

func (t fakeServer) QueryRow(context.Context, string, ...any) pgx.Row { return t }

func (t fakeServer) Scan(into ...any) error {
	for i, value := range t {
		switch at := into[i].(type) {
		case *int:
			*at = value.(int)
		case *string:
			*at = value.(string)
		case *bool:
			*at = value.(bool)
		}
	}
	return nil
}

func TestServersThatAreRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		server fakeServer
		says   []string
	}{
		"an old one":        {fakeServer{140011, "14.11", "UTF8", true, false}, []string{"PostgreSQL 14.11", "15 or later"}},
		"no pg_trgm":        {fakeServer{150004, "15.4", "UTF8", false, false}, []string{"pg_trgm", "postgresql-15"}},
		"another encoding":  {fakeServer{150004, "15.4", "LATIN1", true, false}, []string{"LATIN1", "createdb --encoding=UTF8"}},
		"no Arabic letters": {fakeServer{150004, "15.4", "UTF8", true, true}, []string{"LC_CTYPE", "createdb", "--locale=C.UTF-8"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := pg.CheckServer(t.Context(), test.server)
			for _, part := range test.says {
				if err == nil || !strings.Contains(err.Error(), part) {
					t.Errorf("got %v, want %q", err, part)
				}
			}
		})
	}
	if err := pg.CheckServer(t.Context(), fakeServer{180001, "18.1", "UTF8", true, false}); err != nil {
		t.Errorf("a new one: %v", err)
	}
}

func TestDatabasesThatAreRefused(t *testing.T) {
	t.Parallel()
	address, err := url.Parse(storetest.NewEmpty(t))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), address.String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	own := conn.Config().Database
	for kind, test := range map[string]struct{ with, says string }{
		"latin1":    {"ENCODING 'LATIN1' LOCALE 'C'", "LATIN1"},
		"sql_ascii": {"ENCODING 'SQL_ASCII' LOCALE 'C'", "SQL_ASCII"},
		"plain":     {"ENCODING 'UTF8' LOCALE 'C'", "LC_CTYPE"},
		"posix":     {"ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'POSIX'", "LC_CTYPE"},
		"good":      {"ENCODING 'UTF8' LOCALE 'C.UTF-8'", "headwater migrate up"},
	} {
		name := pgx.Identifier{own + "_" + kind}
		if _, err := conn.Exec(t.Context(), "CREATE DATABASE "+name.Sanitize()+" TEMPLATE template0 "+test.with); err != nil {
			t.Fatal(err)
		}
		address.Path = "/" + name[0]
		if _, err := pg.Open(t.Context(), pg.Options{ConnString: address.String()}); err == nil ||
			!strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: got %v, want %q", kind, err, test.says)
		}
		if _, err := conn.Exec(t.Context(), "DROP DATABASE "+name.Sanitize()); err != nil {
			t.Fatal(err)
		}
	}
}
