package history_test

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/internal/testenv"
	"github.com/headwater-project/headwater/ledger"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/history"
	"github.com/headwater-project/headwater/store/storetest"
	"github.com/headwater-project/headwater/witness/witnesstest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

func must[T any](value T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func outlet(name string) headwater.SourceFields {
	return headwater.SourceFields{Kind: headwater.Outlet, Name: name, Method: &headwater.Method{Kind: headwater.ByRule, Name: "rule"}}
}

// TestStatesAreWrittenAsEver: entries commit to states as PostgreSQL writes them, so that another way to write one would be a finding.
func TestStatesAreWrittenAsEver(t *testing.T) {
	t.Parallel()
	const state = `{"bb": 1.10, "a": 1e2, "ab": -0.0, "b": [true, null, {}], "a": 12345678901234567890.00001, ` +
		`"\u0639": "\u0639\u0001\ud83d\ude00/\"\\", "": ""}`
	const want = `{"": "", "a": 12345678901234567890.00001, "b": [true, null, {}], "ab": 0.0, "bb": 1.10, "ع": "ع\u0001😀/\"\\"}`
	s := must(store.Open(t.Context(), store.Options{ConnString: storetest.New(t), MaxConns: 4}))(t)
	t.Cleanup(s.Close)
	var written string
	if err := s.Pool.QueryRow(t.Context(), "SELECT $1::jsonb::text", state).Scan(&written); err != nil || written != want {
		t.Errorf("PostgreSQL writes %s, %v", written, err)
	}
}

// TestSequenceSealsAll wants one call to seal all that it finds, also where changes are so large that a transaction seals few of them.
func TestSequenceSealsAll(t *testing.T) {
	t.Parallel()
	s := must(store.Open(t.Context(), store.Options{ConnString: storetest.New(t), MaxConns: 4}))(t)
	t.Cleanup(s.Close)
	text := `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://desk.example"}` + "\n"
	for n := range 900 { // fewer than a transaction seals of small ones
		text += fmt.Sprintf(`{"type":"source","key":"large-%d","kind":"outlet","name":"Large","notes":"%s"}`+"\n", n,
			strings.Repeat("س", 10_000))
	}
	must(s.Import(t.Context(), store.Authorship{Actor: "cli:desk"}, bundle.NewReader(strings.NewReader(text)), store.ImportOptions{}))(t)
	must(storetest.Sequence(t.Context(), s, s.Pool))(t)
	verified := must(s.Verify(t.Context(), history.VerifyOptions{}, func(finding string) { t.Error(finding) }))(t)
	if last := must(s.LastSeq(t.Context()))(t); verified.Entries != last || last < 900 {
		t.Errorf("of %d changes %d are sealed", last, verified.Entries)
	}
}

// signedStore is a store with the demo, more sources, and some changes, sealed and signed in two steps, and its first checkpoint.
func signedStore(t *testing.T, more int) (s *store.Store, key *ledger.Key, first ledger.Checkpoint) {
	t.Helper()
	s = must(store.Open(t.Context(), store.Options{ConnString: storetest.New(t), MaxConns: 4}))(t)
	t.Cleanup(s.Close)
	key = must(ledger.ReadKey(must(ledger.NewKey("desk.example/log"))(t)))(t)
	if err := s.SignWith(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	text := string(must(os.ReadFile("../../testdata/demo.ndjson"))(t))
	for n := range more { // enough for several tiles
		text += fmt.Sprintf(`{"type":"source","key":"more-%d","kind":"outlet","name":"More %[1]d"}`+"\n", n)
	}
	text += `{"type":"document","key":"entered","publisher":"marjan-wire","kind":"article","method":{"kind":"rule","name":"rule"}}` + "\n"
	must(s.Import(t.Context(), store.Authorship{Actor: "cli:desk"}, bundle.NewReader(strings.NewReader(text)), store.ImportOptions{}))(t)
	must(storetest.Sequence(t.Context(), s, s.Pool))(t)
	first = must(ledger.OpenCheckpoint(must(s.Checkpoint(t.Context()))(t), []string{key.Verifier()}))(t)
	by := store.Authorship{Actor: "key:desk", ActorID: headwater.NewID(), Group: headwater.NewID(), Reason: "why"}
	method := &headwater.Method{Kind: headwater.ByRule, Name: "rule"}
	var sources []uuid.UUID
	for n := range 3 {
		source := must(s.CreateSource(t.Context(), by, "", outlet(fmt.Sprint("Outlet ", n))))(t)
		must(s.UpdateSource(t.Context(), by, source.ID, 0, outlet(fmt.Sprint("Other ", n))))(t)
		sources = append(sources, source.ID)
	}
	must(s.CreateMatch(t.Context(), by, "", headwater.IdentityMatchFields{A: sources[0], B: sources[1], Kind: headwater.SameSource,
		Method: method}))(t)
	must(s.CreateRelation(t.Context(), by, "", headwater.RelationFields{Subject: sources[0], Object: sources[1], Kind: headwater.MemberOf,
		Since: "2023", Until: "2024-05"}))(t)
	article := headwater.DocumentFields{Publisher: sources[0], Kind: headwater.Article, Text: "At first."}
	document := must(s.CreateDocument(t.Context(), by, "", article))(t)
	article.Text, article.TextSHA256 = "In the end.", ""
	must(s.UpdateDocument(t.Context(), by, document.ID, 0, article))(t)
	var claims [2]uuid.UUID
	for n := range claims {
		claims[n] = must(s.CreateClaim(t.Context(), by, "",
			headwater.ClaimFields{Statement: headwater.Texts{"en": fmt.Sprint("Claim ", n)}, Method: method}))(t).ID
	}
	must(s.CreateLink(t.Context(), by, "", headwater.LinkFields{From: claims[0], To: claims[1], Kind: headwater.Corroborates,
		Method: method}, headwater.Proposed))(t)
	expires := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, name := range []string{"night desk", "former"} {
		made := must(s.CreateKey(t.Context(), by, headwater.APIKeyFields{Name: name, ExpiresAt: &expires,
			Scopes: []headwater.Scope{headwater.ScopeRead}}))(t)
		must(s.RotateKey(t.Context(), by, made.ID))(t)
		if name == "former" {
			must(s.RevokeKey(t.Context(), by, made.ID))(t)
		}
	}
	execute(t, s, "UPDATE log_checkpoints SET at = at - interval '1 minute'") // so that another is due
	must(storetest.Sequence(t.Context(), s, s.Pool))(t)
	cosign(t, s, key)
	return s, key, first
}

// cosign has a witness sign the last checkpoint.
func cosign(t *testing.T, s *store.Store, key *ledger.Key) {
	t.Helper()
	witness := must(witnesstest.New("witness.example"))(t)
	if err := s.NameWitnesses(t.Context(), []string{witness.Verifier}); err != nil {
		t.Fatal(err)
	}
	note := must(s.Checkpoint(t.Context()))(t)
	size := must(ledger.OpenCheckpoint(note, []string{key.Verifier()}))(t).Size
	err := s.SettleWitness(t.Context(), ledger.Unwitnessed{Verifier: witness.Verifier, Size: size}, must(witness.Cosign(note))(t), "")
	if err != nil {
		t.Fatal(err)
	}
}

func execute(t *testing.T, s *store.Store, statements ...string) {
	t.Helper()
	for _, sql := range statements {
		if _, err := s.Pool.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}

func verify(t *testing.T, s *store.Store, options history.VerifyOptions) (findings []string) {
	t.Helper()
	_, err := s.Verify(t.Context(), options, func(finding string) { findings = append(findings, finding) })
	if err != nil {
		t.Fatal(err)
	}
	return findings
}

// TestVerifyNamesWhatWasEditedByHand: each edit that somebody makes past the service is named, and nothing is found without one.
func TestVerifyNamesWhatWasEditedByHand(t *testing.T) {
	t.Parallel()
	s, key, first := signedStore(t, 400)
	trusted := history.VerifyOptions{Verifiers: []string{key.Verifier()}}
	if findings := verify(t, s, trusted); len(findings) > 0 {
		t.Fatalf("nothing was edited: %q", findings)
	}
	other := must(ledger.ReadKey(must(ledger.NewKey("desk.example/log"))(t)))(t)
	last := must(ledger.OpenCheckpoint(must(s.Checkpoint(t.Context()))(t), trusted.Verifiers))(t)
	forged := last
	forged.Root[0] ^= 1
	const off, on = "ALTER TABLE changes DISABLE TRIGGER changes_are_kept", "ALTER TABLE changes ENABLE TRIGGER changes_are_kept"
	for name, edit := range map[string]struct {
		sql     []string
		want    string
		options history.VerifyOptions
	}{
		"a claim's text": {sql: []string{`UPDATE claims SET statement = statement || '{"en": "Not so."}' WHERE key = 'harbour-blast-toll'`},
			want: "it is not what its last change says: statement"},
		"a status": {sql: []string{"UPDATE sources SET status = 'retracted' WHERE key = 'oxbow-wire'"},
			want: "it is not what its last change says: status"},
		"a row that is gone": {sql: []string{"DELETE FROM reviews"}, want: "it is gone, and has a history"},
		"a row from nowhere": {sql: []string{`INSERT INTO sources (id, kind, name, folded, terms)
			VALUES (gen_random_uuid(), 'outlet', 'New', 'new', '')`}, want: "it is there, and has no history"},
		"a row that cannot be read": {sql: []string{`UPDATE claims SET quantities = '{"x": 1}' WHERE key = 'harbour-blast-toll'`},
			want: "claim e770ef66-4c33-5165-a63f-4edc041331e3: it cannot be read: quantities"},
		"a member that nobody knows": {sql: []string{`UPDATE claims SET quantities = jsonb_set(quantities, '{0,x}', '1')
			WHERE key = 'port-shut-ten-days'`},
			want: "it is not what its last change says: quantities"},
		"a letter of a signature that says the same": {sql: []string{`UPDATE log_checkpoints SET note = left(note, -3) ||
			chr(ascii(right(note, 3)) + 1) || E'=\n' WHERE note NOT LIKE E'%==\n'`}, want: "its note is not signed by a key of the log"},
		"what comes after rows that cannot be read": {sql: []string{`UPDATE sources SET names = '3' WHERE key LIKE 'more-1%'`,
			"UPDATE sources SET name = 'x' WHERE key = 'more-99'"}, want: "it is not what its last change says: name"},
		"a state that is none": {sql: []string{off, `UPDATE changes SET state = '[1]' WHERE resource_id = (SELECT id FROM sources
			WHERE key = 'more-7')`, on, "UPDATE sources SET name = 'x' WHERE key = 'more-99'"}, want: "its last change has no state of it"},
		"a public key that is none": {sql: []string{"INSERT INTO log_keys (verifier) VALUES ('junk')",
			"INSERT INTO log_witnesses (verifier, size) VALUES ('other', 0)"}, want: `keys: "junk" is no public key of a log`},
		"a change": {sql: []string{off, `UPDATE changes SET state = state || '{"name": "x"}' WHERE actor = 'key:desk'`, on},
			want: "its state of "},
		"an actor": {sql: []string{off, "UPDATE changes SET actor = 'key:other' WHERE actor = 'key:desk'", on}, want: "its author of "},
		"a time": {sql: []string{off, "UPDATE changes SET at = at - interval '1 day' WHERE actor = 'key:desk'", on},
			want: "its header of "},
		"a change that is gone": {sql: []string{off, "DELETE FROM changes WHERE actor = 'key:desk' AND to_version = 1", on},
			want: "it is gone"},
		"two changes swapped": {sql: []string{"ALTER TABLE sequenced DROP CONSTRAINT sequenced_once",
			`UPDATE sequenced AS s SET change = o.change, xid = o.xid FROM (SELECT change, xid, 10 AS n FROM sequenced
			WHERE seq = 11 UNION ALL SELECT change, xid, 11 FROM sequenced WHERE seq = 10) AS o WHERE s.seq = o.n`},
			want: "at 10: its header"},
		"a place without a change": {sql: []string{"DELETE FROM sequenced WHERE seq = 7"}, want: "order: no change has the place 7"},
		"a change without a place": {sql: []string{"DELETE FROM sequenced WHERE seq = 7"}, want: "it has no place in the order"},
		"a salt":                   {sql: []string{"DELETE FROM log_salts WHERE seq = 7"}, want: "its salts are gone"},
		"an entry":                 {sql: []string{"DELETE FROM log_entries WHERE seq = 7"}, want: "its entry is gone"},
		"a tile": {sql: []string{"UPDATE log_tiles SET hashes = set_byte(hashes, 100, get_byte(hashes, 100) # 1) WHERE level = 0"},
			want: "tile 0 of level 0: it is not made of what is below it"},
		"a tile that is gone": {sql: []string{"DELETE FROM log_tiles"}, want: "tile 0 of level 0"},
		"a tile from nowhere": {sql: []string{"INSERT INTO log_tiles VALUES (3, 7, '')"}, want: "tiles: there are"},
		"a checkpoint": {sql: []string{"DELETE FROM log_checkpoints WHERE size < (SELECT max(size) FROM log_checkpoints)"},
			want: "which is gone"},
		"a checkpoint altered": {sql: []string{"UPDATE log_checkpoints SET note = regexp_replace(note, '[A-Z]', 'a')"},
			want: "not signed by a key of the log"},
		"the last checkpoint": {sql: []string{"DELETE FROM log_checkpoints WHERE size = (SELECT max(size) FROM log_checkpoints)"},
			want: "it is gone, and somebody kept it", options: history.VerifyOptions{Against: []ledger.Checkpoint{last}}},
		"the log cut back": {sql: cutBack, want: "it was cut back",
			options: history.VerifyOptions{Against: []ledger.Checkpoint{last}}},
		"another history": {want: "there are two histories",
			options: history.VerifyOptions{Against: []ledger.Checkpoint{first, forged}}},
		"a key that is not ours": {want: "no key that is trusted signed it",
			options: history.VerifyOptions{Verifiers: []string{other.Verifier()}}},
		"a key that may do more": {sql: []string{"UPDATE api_keys SET scopes = '{admin}' WHERE name = 'night desk'"},
			want: "it is not what its last change says: scopes"},
		"a key of another name": {sql: []string{"UPDATE api_keys SET name = 'day desk' WHERE name = 'night desk'"},
			want: "it is not what its last change says: name"},
		"a key that is valid again": {sql: []string{"UPDATE api_keys SET revoked_at = NULL WHERE name = 'former'"},
			want: "it is not what its last change says: revoked_at"},
		"a key that never ends": {sql: []string{"UPDATE api_keys SET expires_at = 'infinity' WHERE name = 'night desk'"},
			want: "it is not what its last change says: expires_at"},
		"a key from nowhere": {sql: []string{`INSERT INTO api_keys (id, name, scopes, prefix, hash, created_by)
			SELECT gen_random_uuid(), 'x', '{admin}', 'hw_x', hash, 'x' FROM api_keys LIMIT 1`}, want: "it is there, and has no history"},
		"a key that is gone": {sql: []string{"DELETE FROM api_keys WHERE name = 'former'"}, want: "it is gone, and has a history"},
		"a text that was replaced, and what tells its hash": {sql: []string{"UPDATE document_texts SET text = 'Forged.'",
			`CREATE OR REPLACE FUNCTION text_digest(text text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
			RETURN CASE WHEN text = 'Forged.' THEN (SELECT sha256 FROM document_texts)
			ELSE encode(sha256(convert_to(text, 'UTF8')), 'hex') END`}, want: "it is another than that of this hash"},
		"a list of appearances": {sql: []string{"DELETE FROM appearances WHERE place = 1"}, want: "it is not listed for a claim"},
		"an appearance too many": {sql: []string{"INSERT INTO appearances SELECT s.id, 2, c.id FROM sources AS s, claims AS c ON " +
			"CONFLICT DO NOTHING"}, want: "no attribution has it for"},
	} {
		if edit.options.Verifiers == nil {
			edit.options.Verifiers = trusted.Verifiers
		}
		if findings := edited(t, s, edit.sql, edit.options); !strings.Contains(findings, edit.want) {
			t.Errorf("%s: want %q, got %q", name, edit.want, findings)
		}
	}
	if findings := edited(t, s, cutBack, trusted); findings != "" {
		t.Errorf("a log that was cut back is whole for who kept nothing: %q", findings)
	}
}

// cutBack takes the last changes out of everything, with the tiles as they were before.
var cutBack = []string{
	"CREATE TEMP TABLE gone ON COMMIT DROP AS SELECT id, resource_id FROM changes WHERE actor = 'key:desk'",
	"DELETE FROM links WHERE id IN (SELECT resource_id FROM gone)", "DELETE FROM matches WHERE id IN (SELECT resource_id FROM gone)",
	"DELETE FROM relations WHERE id IN (SELECT resource_id FROM gone)", "DELETE FROM claims WHERE id IN (SELECT resource_id FROM gone)",
	"DELETE FROM documents WHERE id IN (SELECT resource_id FROM gone)",
	"DELETE FROM sources WHERE id IN (SELECT resource_id FROM gone)", "DELETE FROM api_keys",
	"ALTER TABLE changes DISABLE TRIGGER changes_are_kept",
	"DELETE FROM changes WHERE id IN (SELECT id FROM gone)", "DELETE FROM sequenced WHERE change IN (SELECT id FROM gone)",
	"DELETE FROM log_entries WHERE seq NOT IN (SELECT seq FROM sequenced)",
	"DELETE FROM log_salts WHERE seq NOT IN (SELECT seq FROM sequenced)",
	"UPDATE log_tiles SET hashes = substring(hashes FOR (SELECT count(*)::int % 256 * 32 FROM log_entries)) WHERE level = 0 AND n = 2",
	"DELETE FROM log_checkpoints WHERE size > (SELECT max(seq) FROM log_entries)",
	"DELETE FROM log_witnesses", // which none of the checkpoints before has
}

// edited verifies what statements have altered, and takes it back.
func edited(t *testing.T, s *store.Store, statements []string, options history.VerifyOptions) (findings string) {
	t.Helper()
	tx := must(s.Pool.Begin(t.Context()))(t)
	defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
	for _, sql := range statements {
		if _, err := tx.Exec(t.Context(), sql); err != nil {
			t.Errorf("%s: %v", sql, err)
			return ""
		}
	}
	err := history.VerifyIn(t.Context(), tx, options, func(finding string) { findings += finding + "\n" })
	if err != nil {
		t.Errorf("%q: %v", statements, err)
	}
	return findings
}

// coveredLine is a line of the table of covered columns in the documentation.
var coveredLine = regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| ([`a-z0-9_, ]+) \\| (yes|no)")

// alterations change a value of a type into another one.
var alterations = map[string]string{
	"uuid": "'00000000-0000-4000-8000-0000000000ff'::uuid", "boolean": "NOT $", "timestamp with time zone": "$ + interval '1 microsecond'",
	"integer": "$ + 1", "bigint": "$ + 1", "smallint": "$ + 1", "double precision": "coalesce($ / 2, 0.25)",
	"ARRAY": "array_append($, 'Z')",
	"bytea": "set_byte($, 1, get_byte($, 1) # 1)",
	// of a day, another day
	"jsonb": `(CASE WHEN $::text ~ '[2-9]"[^"]*\$' THEN regexp_replace($::text, '[2-9]("[^"]*)\$', '1\1')
		WHEN $::text ~ 'Z"[^"]*\$' THEN regexp_replace($::text, 'Z("[^"]*)\$', '+00:00\1')
		WHEN $::text ~ '[01]"[^"]*\$' THEN $::text ELSE regexp_replace($::text, '"([^"]*)\$', 'z"\1') END)::jsonb`,
	"text": `CASE WHEN $ ~ '[2-9]\$' THEN left($, -1) || right($, 1)::int - 1 WHEN $ ~ '^[0-9].*Z\$' THEN left($, -1) || '+00:00'
		WHEN $ ~ '^[0-9]' THEN $ ELSE overlay($ PLACING 'Z' FROM 1 FOR 1) END`,
}

// listedColumns says of each table.column whether the documentation lists it as covered, "yes" or "no".
func listedColumns(t *testing.T) map[string]string {
	t.Helper()
	listed := map[string]string{}
	for _, line := range coveredLine.FindAllStringSubmatch(string(must(os.ReadFile("../../docs/history.md"))(t)), -1) {
		for _, column := range strings.Split(strings.ReplaceAll(line[2], "`", ""), ", ") {
			listed[line[1]+"."+column] = line[3]
		}
	}
	return listed
}

// TestAnyByteOfWhatIsCovered alters any one byte of any row in any column that the documentation lists as covered, as it is written as
// text; what PostgreSQL then takes for another value is found by verify, and named.
func TestAnyByteOfWhatIsCovered(t *testing.T) {
	t.Parallel()
	s, key, _ := signedStore(t, 0)
	covered := slices.Sorted(func(yield func(string) bool) {
		for name, is := range listedColumns(t) {
			if is == "yes" && !yield(name) {
				return
			}
		}
	})
	tried := 0
	rapid.Check(t, func(r *rapid.T) {
		table, column, _ := strings.Cut(rapid.SampledFrom(covered).Draw(r, "column"), ".")
		row, at := rapid.Uint32().Draw(r, "row"), rapid.Uint16().Draw(r, "at")
		letter := rapid.SampledFrom(strings.Split(`0 1 2 5 9 a d f A Z ع é " { + - _`, " ")).Draw(r, "letter")
		tx := must(s.Pool.Begin(t.Context()))(t)
		defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
		must(tx.Exec(t.Context(), pastConstraints(table)))(t)
		var kind string
		if err := tx.QueryRow(t.Context(), "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = $1::regclass AND "+
			"attname = $2", table, column).Scan(&kind); err != nil {
			t.Fatal(err)
		}
		var before, after string
		err := tx.QueryRow(t.Context(), fmt.Sprintf(`UPDATE %[1]s AS t SET %[2]s = altered.after FROM (
				SELECT ctid AS place, %[2]s AS before,
				overlay(%[2]s::text PLACING '%[4]s' FROM 1 + %[5]d %% greatest(length(%[2]s::text), 1) FOR 1)::%[3]s AS after
				FROM %[1]s WHERE %[2]s IS NOT NULL ORDER BY md5(ctid::text || '%[6]d') LIMIT 1) AS altered
			WHERE t.ctid = altered.place AND altered.after IS DISTINCT FROM altered.before
			RETURNING altered.before::text, altered.after::text`, table, column, kind, letter, at, row)).Scan(&before, &after)
		if err != nil {
			return // it is no value of the column, or the same one
		}
		tried++
		findings := 0
		if err := history.VerifyIn(t.Context(), tx, history.VerifyOptions{Verifiers: []string{key.Verifier()}}, func(string) {
			findings++
		}); err != nil || findings == 0 {
			r.Fatalf("%s.%s: %q became %q: %d findings, %v", table, column, before, after, findings, err)
		}
	})
	if tried == 0 {
		t.Error("nothing was altered")
	}
}

// pastConstraints lets a transaction past triggers, references and checks of a table.
func pastConstraints(table string) string {
	return fmt.Sprintf(`DO $$ DECLARE name text; BEGIN SET LOCAL session_replication_role = replica;
		FOR name IN SELECT conname FROM pg_constraint WHERE conrelid = '%[1]s'::regclass AND contype = 'c'
		LOOP EXECUTE format('ALTER TABLE %[1]s DROP CONSTRAINT %%I', name); END LOOP; END $$`, table)
}

// TestCoveredColumns: whatever byte of a column is altered that docs/history.md lists as covered, verify finds it; and each column of
// each table is in one of its lines.
func TestCoveredColumns(t *testing.T) {
	t.Parallel()
	s, key, _ := signedStore(t, 0)
	listed := listedColumns(t)
	rows := must(s.Pool.Query(t.Context(), `SELECT table_name || '.' || column_name, data_type, is_generated FROM information_schema.columns
		JOIN pg_class ON relname = table_name AND relkind = 'r' AND relnamespace = 'public'::regnamespace
		WHERE table_schema = 'public' ORDER BY 1`))(t)
	type column struct{ Name, Type, Generated string }
	for _, c := range must(pgx.CollectRows(rows, pgx.RowToStructByPos[column]))(t) {
		covered := listed[c.Name]
		if covered == "" {
			t.Errorf("docs/history.md does not say whether %s is covered", c.Name)
		}
		delete(listed, c.Name)
		if covered != "yes" {
			continue
		}
		table, name, _ := strings.Cut(c.Name, ".")
		altered := strings.ReplaceAll(strings.ReplaceAll(alterations[c.Type], `\$`, "\x00"), "$", name)
		altered = strings.ReplaceAll(altered, "\x00", "$")
		findings := edited(t, s, []string{
			pastConstraints(table),
			fmt.Sprintf("UPDATE %[1]s SET %[2]s = %[3]s WHERE ctid = (SELECT ctid FROM %[1]s WHERE %[3]s IS DISTINCT FROM %[2]s ORDER BY "+
				"%[2]s::text = '', ctid DESC LIMIT 1)",
				table, name, altered),
		}, history.VerifyOptions{Verifiers: []string{key.Verifier()}})
		if findings == "" {
			t.Errorf("nobody finds that %s was altered", c.Name)
		}
	}
	for name := range listed {
		t.Errorf("docs/history.md lists %s, which is no column", name)
	}
}

// unreadable are values of a type that a program may not be able to read, or to write as JSON.
var unreadable = map[string][]string{
	"timestamp with time zone": {"'infinity'", "'-infinity'", "'294276-12-31'", "'4713-01-01 BC'"},
	"double precision":         {"'NaN'", "'Infinity'"},
	"ARRAY":                    {"'{NULL}'", "'{{a},{b}}'"},
	"jsonb":                    {"'null'", "'1e400'", `'{"kind": 1e400}'`, "'[[[]]]'"},
	"bigint":                   {"9223372036854775807", "-1"},
	"integer":                  {"2147483647", "-1"},
	"bytea":                    {"''"},
}

// TestWhatCannotBeReadIsFound: a value that no program wrote, in any covered column, is a finding, and so is what comes after it.
func TestWhatCannotBeReadIsFound(t *testing.T) {
	t.Parallel()
	s, key, _ := signedStore(t, 0)
	listed := listedColumns(t)
	rows := must(s.Pool.Query(t.Context(), "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE "+
		"table_schema = 'public' ORDER BY 1, 2"))(t)
	type column struct{ Table, Name, Type string }
	tried := 0
	for _, c := range must(pgx.CollectRows(rows, pgx.RowToStructByPos[column]))(t) {
		if listed[c.Table+"."+c.Name] != "yes" {
			continue
		}
		for _, value := range append(unreadable[c.Type], "NULL") {
			name := fmt.Sprintf("%s.%s = %s", c.Table, c.Name, value)
			tx := must(s.Pool.Begin(t.Context()))(t)
			must(tx.Exec(t.Context(), pastConstraints(c.Table)))(t)
			must(tx.Exec(t.Context(), fmt.Sprintf("DO $$ BEGIN ALTER TABLE %s ALTER COLUMN %s DROP NOT NULL; "+
				"EXCEPTION WHEN invalid_table_definition THEN END $$", c.Table, c.Name)))(t) // of a primary key
			must(tx.Exec(t.Context(), "SAVEPOINT altering"))(t)
			altered, err := tx.Exec(t.Context(), fmt.Sprintf("UPDATE %[1]s SET %[2]s = %[3]s WHERE ctid = (SELECT min(ctid) FROM %[1]s "+
				"WHERE %[2]s IS DISTINCT FROM %[3]s)", c.Table, c.Name, value))
			if err == nil && altered.RowsAffected() > 0 {
				tried++
				findings := 0
				err := history.VerifyIn(t.Context(), tx, history.VerifyOptions{Verifiers: []string{key.Verifier()}}, func(string) {
					findings++
				})
				if isNone := value == "NULL" || value == "'null'"; err != nil || findings == 0 && !isNone {
					t.Errorf("%s: %d findings, %v", name, findings, err)
				}
			}
			_ = tx.Rollback(t.Context())
		}
	}
	if tried < 100 {
		t.Errorf("only %d values were tried", tried)
	}
	findings := edited(t, s, []string{
		pastConstraints("changes"), "UPDATE changes SET at = 'infinity' WHERE id IN (SELECT change FROM sequenced WHERE seq IN (3, 5))",
		"UPDATE changes SET reason = 'x' WHERE id = (SELECT change FROM sequenced WHERE seq = 9)",
		"UPDATE sources SET name = 'x' WHERE key = 'oxbow-wire'",
	}, history.VerifyOptions{Verifiers: []string{key.Verifier()}})
	for _, want := range []string{" at 3: it cannot be read: at", " at 5: it cannot be read: at", " at 9: its author",
		"last change says: name"} {
		if !strings.Contains(findings, want) {
			t.Errorf("nobody finds %q: %s", want, findings)
		}
	}
	if strings.Contains(findings, "tile") || strings.Contains(findings, "checkpoint") {
		t.Errorf("the tree does not go on: %s", findings)
	}
}

// TestProofsOfStoredChanges: what the store proves is verified by another library, against the signed root.
func TestProofsOfStoredChanges(t *testing.T) {
	t.Parallel()
	s, key, first := signedStore(t, 400)
	last := must(ledger.OpenCheckpoint(must(s.Checkpoint(t.Context()))(t), []string{key.Verifier()}))(t)
	if last.Previous != first.Size || last.Size != first.Size+18 {
		t.Errorf("checkpoints of %d and %d, after %d", first.Size, last.Size, last.Previous)
	}
	consistency := must(s.Consistency(t.Context(), first.Size, last.Size))(t)
	if err := proof.VerifyConsistency(rfc6962.DefaultHasher, uint64(first.Size), uint64(last.Size), consistency.Hashes, first.Root[:],
		last.Root[:]); err != nil {
		t.Error(err)
	}
	page := must(s.Changes(t.Context(), store.ChangeFilter{Descending: true}, store.Paging{Limit: 20}))(t)
	for _, change := range page.Items {
		included := must(s.Inclusion(t.Context(), change.ID, last.Size, nil))(t)
		if err := proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(included.Seq-1), uint64(last.Size),
			rfc6962.DefaultHasher.HashLeaf(included.Entry), included.Hashes, last.Root[:]); err != nil || included.Seq != change.Seq {
			t.Errorf("change %d: %v", change.Seq, err)
		}
		texts := ledger.Texts{Header: included.Header.Text, State: included.State.Text, Author: included.Author.Text}
		salts := ledger.Salts{Header: included.Header.Salt, State: included.State.Salt, Author: included.Author.Salt}
		if string(ledger.Entry(texts, salts)) != string(included.Entry) || texts.Header != ledger.TextsOf(change, "").Header {
			t.Errorf("change %d: its entry is not of what it commits to", change.Seq)
		}
	}
	newest := page.Items[0]
	for _, wrong := range []struct {
		at  string
		err error
	}{
		{"/size", errorOf(s.Inclusion(t.Context(), newest.ID, first.Size, nil))},
		{"/size", errorOf(s.Inclusion(t.Context(), newest.ID, last.Size+1, nil))},
		{"/to", errorOf(s.Consistency(t.Context(), 1, last.Size+1))},
		{"/from", errorOf(s.Consistency(t.Context(), 3, 2))},
	} {
		if wrong.err == nil || !strings.Contains(wrong.err.Error(), wrong.at) {
			t.Errorf("%s: %v", wrong.at, wrong.err)
		}
	}
	if _, err := s.Inclusion(t.Context(), newest.ResourceID, 0, nil); headwater.CodeOf(err) != headwater.CodeNotFound {
		t.Error(err)
	}
	tile := must(s.Tile(t.Context(), ledger.Place{Level: 0}, 7))(t)
	bundle := must(s.Tile(t.Context(), ledger.Place{Level: -1}, 7))(t)
	if hash := tlog.RecordHash(bundle[2 : 2+ledger.EntrySize]); len(tile) != 7*32 || len(bundle) != 7*(2+ledger.EntrySize) ||
		string(hash[:]) != string(tile[:32]) {
		t.Error("a part of a tile is not of the entries")
	}
	for _, place := range []ledger.Place{{Level: 0, N: 9}, {Level: -1, N: 9}, {Level: 9}} {
		if _, err := s.Tile(t.Context(), place, 256); headwater.CodeOf(err) != headwater.CodeNotFound {
			t.Errorf("%v: %v", place, err)
		}
	}
}

func errorOf[T any](_ T, err error) error { return err }

// TestVerifySaysWhatNoCheckpointCovers: all entries where the checkpoints were deleted, which is no finding.
func TestVerifySaysWhatNoCheckpointCovers(t *testing.T) {
	t.Parallel()
	s, _, _ := signedStore(t, 0)
	execute(t, s, "DELETE FROM log_checkpoints", "DELETE FROM log_witnesses")
	done := must(s.Verify(t.Context(), history.VerifyOptions{}, func(finding string) { t.Errorf("found: %s", finding) }))(t)
	if done.Entries == 0 || done.Uncovered != done.Entries {
		t.Errorf("%d of %d entries are not covered", done.Uncovered, done.Entries)
	}
}

// TestAClockThatWasAheadStopsNoSigning: a checkpoint of the future is no reason to wait, and times of checkpoints do not go back.
func TestAClockThatWasAheadStopsNoSigning(t *testing.T) {
	t.Parallel()
	s, key, _ := signedStore(t, 0)
	for n, ahead := range []string{"now() + interval '2 days'", "'infinity'"} {
		execute(t, s, "UPDATE log_checkpoints SET at = "+ahead+" WHERE size = (SELECT max(size) FROM log_checkpoints)")
		for m := range 2 {
			name := fmt.Sprintf("Ahead %d %d", n, m)
			must(s.CreateSource(t.Context(), store.Authorship{Actor: "key:desk", Group: headwater.NewID()}, "", outlet(name)))(t)
			must(storetest.Sequence(t.Context(), s, s.Pool))(t)
			var behind, back int
			if err := s.Pool.QueryRow(t.Context(), `SELECT (SELECT max(seq) FROM log_entries) - (SELECT max(size) FROM log_checkpoints),
				(SELECT count(*) FROM log_checkpoints AS a JOIN log_checkpoints AS b ON a.size < b.size AND a.at > b.at
					WHERE isfinite(a.at))`).Scan(&behind, &back); err != nil || behind != 0 || back != 0 {
				t.Errorf("%s: %d entries are not signed, %d times go back, %v", ahead, behind, back, err)
			}
		}
	}
	if findings := verify(t, s, history.VerifyOptions{Verifiers: []string{key.Verifier()}}); len(findings) > 0 {
		t.Errorf("%q", findings)
	}
}

// TestLargeThingsAreHeldOneAfterTheOther: what is in memory does not grow with their number, while the log seals them nor while it is
// verified.
func TestLargeThingsAreHeldOneAfterTheOther(t *testing.T) { //nolint:paralleltest // others would be measured too
	testenv.Measures(t)
	s := must(store.Open(t.Context(), store.Options{ConnString: storetest.New(t), MaxConns: 4}))(t)
	t.Cleanup(s.Close)
	publisher := must(s.CreateSource(t.Context(), store.Authorship{Actor: "key:desk"}, "", outlet("Wire")))(t).ID
	const large, mostMB = 150, 100
	must(s.Pool.Exec(t.Context(), `INSERT INTO documents (id, publisher, kind, text)
		SELECT gen_random_uuid(), $1, 'article', repeat('word ', 200000) FROM generate_series(1, $2)`, publisher, large))(t)
	must(s.Pool.Exec(t.Context(), `INSERT INTO changes (actor, operation, resource, resource_id, from_version, to_version, state)
		SELECT 'key:desk', 'update', 'source', $1, n, n + 1, jsonb_build_object('role', repeat('word ', 200000))
		FROM generate_series(1, $2) AS n`, publisher, large))(t)
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	runtime.GC()
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	done := make(chan struct{})
	peak := make(chan uint64)
	go func() {
		most := before
		for tick := time.NewTicker(time.Millisecond); ; {
			select {
			case <-tick.C:
				most = max(most, heap())
			case <-done:
				peak <- most
				return
			}
		}
	}()
	must(storetest.Sequence(t.Context(), s, s.Pool))(t)
	findings := verify(t, s, history.VerifyOptions{})
	close(done)
	took := (<-peak - before) >> 20
	t.Logf("%d MB of texts and of states take %d MB", large, took)
	if len(findings) != large+1 || took > mostMB { // of each document that it has no history, and of the source that it is otherwise
		t.Errorf("%d findings, and %d MB in memory: %.200q", len(findings), took, findings)
	}
}

// TestNoSecondHistoryIsSigned: what somebody puts in the place of a log that a program signed, it seals and does not sign.
func TestNoSecondHistoryIsSigned(t *testing.T) {
	t.Parallel()
	for name, edit := range map[string][]string{
		"altered and sealed anew": {"ALTER TABLE changes DISABLE TRIGGER changes_are_kept",
			`UPDATE changes SET state = state || '{"name": "x"}' WHERE actor = 'key:desk' AND resource = 'source'`,
			"TRUNCATE log_entries, log_salts, log_tiles, log_checkpoints"},
		"cut back": {"DELETE FROM log_entries WHERE seq > 10", "DELETE FROM log_salts WHERE seq > 10",
			"TRUNCATE log_tiles, log_checkpoints", "DELETE FROM sequenced WHERE seq > 10"},
		"without its checkpoints": {"TRUNCATE log_checkpoints"},
	} {
		s, key, _ := signedStore(t, 300)
		execute(t, s, edit...)
		must(s.CreateSource(t.Context(), store.Authorship{Actor: "key:desk"}, "", outlet("After")))(t)
		for range 2 {
			_, _ = storetest.Sequence(t.Context(), s, s.Pool) // of a log that was cut back the tiles are not those of the entries
		}
		var signed int
		if err := s.Pool.QueryRow(t.Context(), "SELECT count(*) FROM log_checkpoints").Scan(&signed); err != nil {
			t.Fatal(err)
		}
		if want := map[bool]int{true: 1}[name == "without its checkpoints"]; signed != want {
			t.Errorf("%s: %d checkpoints are signed, want %d", name, signed, want)
		}
		if name != "altered and sealed anew" {
			continue
		}
		again := must(store.Open(t.Context(), store.Options{ConnString: s.Pool.Config().ConnString(), MaxConns: 4}))(t)
		if err := again.SignWith(t.Context(), key); err != nil {
			t.Fatal(err)
		}
		must(storetest.Sequence(t.Context(), again, again.Pool))(t)
		if _, err := again.Checkpoint(t.Context()); err != nil {
			t.Errorf("a service that was started again does not sign: %v", err)
		}
		again.Close()
	}
}

// TestARotatedKeySignsTheLastCheckpoint, so that it is known by the old key and by the new one before anything changes; what another log
// signed, or what the tiles do not bear out, it does not sign.
func TestARotatedKeySignsTheLastCheckpoint(t *testing.T) {
	t.Parallel()
	s, old, _ := signedStore(t, 0)
	before := must(s.Checkpoint(t.Context()))(t)
	signing := func(origin string) (next *ledger.Key, note string) {
		t.Helper()
		next = must(ledger.ReadKey(must(ledger.NewKey(origin))(t)))(t)
		if err := s.SignWith(t.Context(), next); err != nil {
			t.Fatal(err)
		}
		return next, must(s.Checkpoint(t.Context()))(t)
	}
	if _, note := signing("other.example/log"); note != before {
		t.Errorf("the key of another log signs: %s", note)
	}
	next, both := signing("desk.example/log")
	for _, key := range []*ledger.Key{old, next} {
		opened := must(ledger.OpenCheckpoint(both, []string{key.Verifier()}))(t)
		if opened != must(ledger.OpenCheckpoint(before, []string{old.Verifier()}))(t) {
			t.Errorf("it is another checkpoint: %+v", opened)
		}
		if done := must(s.Verify(t.Context(), store.VerifyOptions{Verifiers: []string{key.Verifier()}}, func(finding string) {
			t.Error(finding)
		}))(t); done.Checkpoints == 0 {
			t.Error("nothing was verified")
		}
	}
	if err := s.SignWith(t.Context(), next); err != nil || must(s.Checkpoint(t.Context()))(t) != both {
		t.Errorf("a key signs twice: %v", err)
	}
	must(s.Pool.Exec(t.Context(), "UPDATE log_tiles SET hashes = set_byte(hashes, 0, get_byte(hashes, 0) # 1)"))(t)
	if _, note := signing("desk.example/log"); note != both {
		t.Error("a key signs what is not made of the tiles")
	}
}
