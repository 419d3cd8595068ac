package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/api"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// plantedRows is how many rows each table has.
const plantedRows = 100_000

// plantSQL fills all tables in some seconds, without the checks that triggers make: chains of three hops, source 0 at the
// end of every second one; each claim linked to the next, in groups of ten; all by one import.
const plantSQL = `
	SET session_replication_role = replica;
	CREATE FUNCTION made(what text, i int) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$ SELECT md5(what || i)::uuid $$;
	INSERT INTO sources (id, key, namespace, kind, name, folded, terms, domains, country)
		SELECT made('source', i), 's' || i, 'test', 'outlet', 'Paper ' || i, 'paper ' || i,
			to_tsvector('simple', 'paper ' || i), ARRAY['paper' || i || '.example'], 'DE'
		FROM generate_series(0, %[1]d - 1) AS i;
	INSERT INTO relations (id, subject, kind, object)
		SELECT made('relation', i), made('source', i), 'part_of', made('source', i / 10)
		FROM generate_series(1, %[1]d) AS i WHERE i < %[1]d;
	INSERT INTO documents (id, key, namespace, publisher, kind, url_canonical, derived_from)
		SELECT made('document', i), 'd' || i, 'test', made('source', i), 'article', 'paper.example/' || i,
			CASE WHEN i %% 10 = 9 THEN made('document', i - 1) END FROM generate_series(0, %[1]d - 1) AS i;
	INSERT INTO claims (id, key, namespace, statement, topics, places, folded, terms)
		SELECT made('claim', i), 'c' || i, 'test', jsonb_build_object('en', 'Number ' || i), ARRAY['topic' || i %% 1000],
			ARRAY['port' || i %% 1000], 'number ' || i,
			to_tsvector('simple', 'number ' || i || ' group' || i / 10) FROM generate_series(0, %[1]d - 1) AS i;
	INSERT INTO attributions (claim_id, id, document_id, stance, chain)
		SELECT made('claim', i), made('attribution', i), made('document', i), 'affirms', jsonb_build_array(
			jsonb_build_object('source', made('source', i)),
			jsonb_build_object('source', made('source', (i + 1) %% %[1]d)),
			jsonb_build_object('source', made('source', CASE WHEN i %% 2 = 0 THEN 0 ELSE (i + 2) %% %[1]d END)))
		FROM generate_series(0, %[1]d - 1) AS i;
	INSERT INTO appearances
		SELECT source_id, place, claim_id FROM attributions, chain_appearances(source_ids) ORDER BY source_id, place, claim_id;
	INSERT INTO links (claim_id, id, kind, to_id)
		SELECT made('claim', i), made('link', i), 'corroborates', made('claim', i + 1)
		FROM generate_series(0, %[1]d - 1) AS i WHERE i %% 10 <> 9;
	INSERT INTO reviews (claim_id, id, author, rating)
		SELECT made('claim', i), made('review', i), made('source', i), '{"label": "Unproven"}'
		FROM generate_series(0, %[1]d - 1) AS i;
	INSERT INTO standings (claim_id, standing, origins_min, origins_max, origins_exact, lines, probability, affirming, denying, as_of,
			algorithm)
		SELECT made('claim', i), CASE WHEN i %% 10 = 0 THEN 'contested' ELSE 'single_origin' END, 1, 1 + i %% 1000, true, 1, 0.5, i %% 7,
			i %% 5, 1, '%[2]s'
		FROM generate_series(0, %[1]d - 1) AS i;
	WITH change AS (
		INSERT INTO changes (actor, group_id, operation, resource, resource_id, from_version, to_version, state)
			SELECT 'test', made('group', 0), 'create', 'claim', made('claim', i), 0, 1,
				jsonb_build_object('id', made('claim', i), 'key', 'c' || i, 'namespace', 'test', 'statement',
					jsonb_build_object('en', 'Number ' || i), 'status', 'active', 'version', 1, 'created_at', now(), 'updated_at', now())
			FROM generate_series(0, %[1]d - 1) AS i
			RETURNING xid, id
	) INSERT INTO sequenced (seq, xid, change, at) SELECT row_number() OVER (), xid, id, now() FROM change;
	INSERT INTO standings_position (seq, algorithm) VALUES (%[1]d, '%[2]s')`

// rounds is how often a request is sent over one connection: PostgreSQL plans a statement for its values five times, and then may take one
// plan for all values.
const rounds = 8

// TestHotRequestsScanNoTable sends each frequent request some times and counts the rows that PostgreSQL read for it. No response needs
// more rows than a search has candidates, 10,000, so that one look at a whole table is seen.
func TestHotRequestsScanNoTable(t *testing.T) {
	t.Parallel()
	address := storetest.New(t)
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	for _, sql := range append(strings.Split(fmt.Sprintf(plantSQL, plantedRows, provenance.AlgorithmVersion), ";\n"), "VACUUM ANALYZE") {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	claim, source, document := made(t, conn, "claim", 4_242), made(t, conn, "source", 4_242), made(t, conn, "document", 4_242)
	everywhere := made(t, conn, "source", 0)
	other, apart, attribution := made(t, conn, "claim", 77), made(t, conn, "source", 77_777), made(t, conn, "attribution", 4_242)
	link, review, relation := made(t, conn, "link", 4_242), made(t, conn, "review", 4_242), made(t, conn, "relation", 4_242)
	reads := func(what string, do func(*store.Store)) {
		for table, rows := range rowsTouched(t, conn, address, do) {
			if rows.scanned >= plantedRows || rows.fetched >= rounds*plantedRows/4 {
				t.Errorf("%s, %d times, scans %d and fetches %d rows of %s, which has %d", what, rounds, rows.scanned, rows.fetched, table,
					plantedRows)
			}
		}
	}
	for _, path := range []string{
		"/v1/claims/" + claim + "?include=attributions,links,reviews",
		"/v1/claims/" + claim + fmt.Sprintf("?include=reviews&recorded_by=%d", plantedRows),
		"/v1/claims/" + claim + "/attributions",
		"/v1/claims/" + claim + "/links",
		"/v1/claims/" + claim + "/timeline",
		"/v1/claims/" + claim + "/corroboration",
		"/v1/claims/" + claim + "/provenance",
		"/v1/claims/" + claim + "/suggestions",
		"/v1/claims?include=standing",
		"/v1/claims?source=" + everywhere,
		"/v1/claims?origin=" + everywhere,
		"/v1/claims",
		"/v1/claims?sort=-created_at",
		"/v1/claims?sort=standing",
		"/v1/claims?sort=-standing&width_below=900",
		"/v1/claims?sort=-width&standing=single_origin",
		"/v1/claims?sort=-contested",
		"/v1/claims?sort=-appeared",
		"/v1/claims?min_width=998",
		"/v1/claims?width_below=1",
		"/v1/claims?include=summary",
		"/v1/claims?key=c77&namespace=test",
		"/v1/claims?q=4242",
		"/v1/claims?q=number",
		"/v1/claims?topic=topic7",
		"/v1/claims?source=" + source,
		"/v1/claims?publisher=" + source,
		"/v1/claims?stance=affirms",
		"/v1/sources/" + source,
		"/v1/sources/" + everywhere + "/claims",
		"/v1/sources/" + everywhere + "/claims?position=origin",
		"/v1/sources?q=4242",
		"/v1/sources?domain=paper77.example",
		"/v1/sources?key=s77&namespace=test",
		"/v1/relations?source=" + source,
		"/v1/documents/" + document,
		"/v1/documents/" + document + "/attributions",
		"/v1/documents?url=https://paper.example/77",
		"/v1/documents?publisher=" + source,
		"/v1/reviews?claim=" + claim,
		"/v1/claims?include=facets&topic=topic242",
		"/v1/claims?include=total&place=port242",
		"/v1/proposals/count",
		"/v1alpha1/claims:search?query=4242",
		"/v1alpha1/claims:search?query=number&offset=100",
		"/v1alpha1/claims:search?reviewPublisherSiteFilter=paper77.example",
		"/v1/changes?resource_id=" + claim,
		"/v1/changes",
		"/readyz",
	} {
		reads(path, func(s *store.Store) { askOften(t, s, address, path) })
	}
	for _, steps := range [][]string{ // of each: method, path and body; # is the round, $ what the one before gave
		{`POST /v1/sources {"kind": "outlet", "name": "Gazette #"}`},
		{`POST /v1/relations {"subject": "` + source + `", "kind": "part_of", "object": "` + everywhere + `", "since": "200#"}`},
		{`POST /v1/documents {"publisher": "` + source + `", "kind": "article", "url": "https://paper.example/new/#"}`},
		{`POST /v1/claims {"statement": {"en": "Bread costs # more"}}`, `POST /v1/attributions {"claim": "$id", "document": "` + document +
			`", "stance": "denies", "chain": [{"source": "` + source + `"}]}`},
		{`POST /v1/claims {"statement": {"en": "Milk costs # more"}}`, `POST /v1/reviews {"claim": "$id", "author": "` + source +
			`", "rating": {"label": "Wrong"}}`},
		{`POST /v1/claims {"statement": {"en": "Rice costs # more"}}`,
			`POST /v1/links {"from": "$id", "kind": "contradicts", "to": "` + claim + `"}`},
		{`PATCH /v1/sources/` + source + ` {"notes": "#"}`},
		{`PATCH /v1/relations/` + relation + ` {"citation": "#"}`},
		{`PATCH /v1/documents/` + document + ` {"title": "Number #"}`},
		{`PATCH /v1/claims/` + claim + ` {"topics": ["number-#"]}`},
		{`PATCH /v1/attributions/` + attribution + ` {"note": "#"}`},
		{`PATCH /v1/links/` + link + ` {"rationale": "#"}`},
		{`PATCH /v1/reviews/` + review + ` {"rating": {"label": "Number #"}}`},
		{`POST /v1/attributions/` + attribution + `/reject`, `POST /v1/attributions/` + attribution + `/reopen`,
			`POST /v1/attributions/` + attribution + `/accept`},
		{`POST /v1/links/` + link + `/reject`, `POST /v1/links/` + link + `/reopen`, `POST /v1/links/` + link + `/accept`},
		{`POST /v1/claims/` + claim + `/retract`, `POST /v1/claims/` + claim + `/restore`},
		{`POST /v1/claims/` + claim + `/merge {"into": "` + other + `"}`, `POST /v1/claims/` + claim + `/unmerge`},
		{`POST /v1/sources/` + source + `/merge {"into": "` + apart + `"}`, `POST /v1/sources/` + source + `/unmerge`},
		{`PATCH /v1/claims/` + claim + ` {"scope": "number #"}`, `POST /v1/changes/undo {"group": "$group"}`},
		{`POST /v1/suggestions {"claims": ["` + claim + `"]}`},
		{`POST /v1/analyses {"claims": ["` + claim + `"]}`},
	} {
		reads(strings.Join(steps, ", "), func(s *store.Store) { sendOften(t, s, steps) })
	}
	reads("an import of one source", func(s *store.Store) {
		for i := range rounds {
			line := `{"type":"bundle","format":"headwater-bundle/1","namespace":"test"}` + "\n" +
				fmt.Sprintf(`{"type":"source","key":"new%[1]d","kind":"outlet","name":"New %[1]d"}`, i)
			if _, err := s.Import(t.Context(), tester, bundle.NewReader(strings.NewReader(line)), store.ImportOptions{}); err != nil {
				t.Fatal(err)
			}
		}
	})
	follow := func(s *store.Store) {
		if _, err := s.Sequence(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := s.SettleStandings(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	rowsTouched(t, conn, address, follow) // what was made before
	reads("to put some claims in order, seal them, and work them in", func(s *store.Store) {
		for range rounds {
			for i := range 20 {
				if _, err := s.CreateClaim(t.Context(), tester, "", headwater.ClaimFields{Statement: headwater.Texts{
					"en": fmt.Sprint("Salt costs ", i)}}); err != nil {
					t.Fatal(err)
				}
			}
			follow(s)
		}
	})
}

var tester = store.Authorship{Actor: "cli:tester"}

func made(t *testing.T, conn *pgx.Conn, what string, i int) string {
	t.Helper()
	var id uuid.UUID
	if err := conn.QueryRow(t.Context(), "SELECT made($1, $2)", what, i).Scan(&id); err != nil {
		t.Fatal(err)
	}
	return id.String()
}

// askOften sends a request some times. After the first it commits a transaction that was open during the first one, and makes another
// change: the next response may be the cached first one, if it is still valid.
func askOften(t *testing.T, s *store.Store, address, path string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	late, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := late.Exec(t.Context(), "INSERT INTO changes (actor, group_id, operation, resource, resource_id, from_version, "+
		"to_version, state) VALUES ('test', gen_random_uuid(), 'create', 'claim', gen_random_uuid(), 0, 1, '{}')"); err != nil {
		t.Fatal(err)
	}
	service := api.New(s, api.Options{})
	send(t, service, http.MethodGet, path, "")
	if err := late.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.CreateSource(t.Context(), tester, "", headwater.SourceFields{Kind: headwater.Outlet, Name: "One"}); err != nil {
		t.Fatal(err)
	}
	for range rounds - 1 {
		send(t, service, http.MethodGet, path, "")
	}
}

// sendOften makes some changes one after the other, and again.
func sendOften(t *testing.T, s *store.Store, steps []string) {
	t.Helper()
	service := api.New(s, api.Options{})
	for i := range rounds {
		var id, group string
		for _, step := range steps {
			method, rest, _ := strings.Cut(step, " ")
			path, body, _ := strings.Cut(rest, " ")
			body = strings.NewReplacer("#", strconv.Itoa(i), "$id", id, "$group", group).Replace(body)
			header, made := send(t, service, method, path, body)
			id, group = made.ID, header.Get("X-Headwater-Group")
		}
	}
}

// send sends one request, which must be served, and reads the id of what it made.
func send(t *testing.T, service http.Handler, method, path, body string) (header http.Header, made struct{ ID string }) {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), method, "http://localhost"+path, strings.NewReader(body))
	request.Header.Set("Accept", "application/json")
	request.Header.Set("If-Match", "*")
	if body != "" {
		request.Header.Set("Content-Type", map[string]string{http.MethodPost: "application/json",
			http.MethodPatch: "application/merge-patch+json"}[method])
	}
	response := httptest.NewRecorder()
	service.ServeHTTP(response, request)
	if response.Code >= http.StatusBadRequest {
		t.Errorf("%s %s %s: %d: %s", method, path, body, response.Code, response.Body)
	}
	if body != "" && response.Code == http.StatusCreated {
		if err := json.Unmarshal(response.Body.Bytes(), &made); err != nil {
			t.Fatal(err)
		}
	}
	return response.Header(), made
}

// touched is how many rows of a table were read in its order, and by an index.
type touched struct{ scanned, fetched int64 }

// rowsTouched counts the rows of each table that do reads. A connection reports its statistics when it ends.
func rowsTouched(t *testing.T, conn *pgx.Conn, address string, do func(*store.Store)) map[string]touched {
	t.Helper()
	before := rowsRead(t, conn)
	s, err := store.Open(t.Context(), store.Options{ConnString: address})
	if err != nil {
		t.Fatal(err)
	}
	do(s)
	s.Close()
	for open := true; open; time.Sleep(time.Millisecond) {
		if err := conn.QueryRow(t.Context(), "SELECT count(*) > 1 FROM pg_stat_activity WHERE datname = current_database()").Scan(
			&open); err != nil {
			t.Fatal(err)
		}
	}
	after := rowsRead(t, conn)
	for table, rows := range after {
		after[table] = touched{rows.scanned - before[table].scanned, rows.fetched - before[table].fetched}
	}
	return after
}

func rowsRead(t *testing.T, conn *pgx.Conn) map[string]touched {
	t.Helper()
	rows, err := conn.Query(t.Context(), "SELECT relname, seq_tup_read, coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables")
	if err != nil {
		t.Fatal(err)
	}
	read := map[string]touched{}
	var table string
	var count touched
	if _, err := pgx.ForEachRow(rows, []any{&table, &count.scanned, &count.fetched}, func() error {
		read[table] = count
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return read
}
