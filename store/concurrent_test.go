package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/internal/testenv"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/storetest"
)

// contended is how many things of each resource everybody writes.
const contended = 12

// contendedBundle says of each thing what round it is; every other round names their statuses, and moves the quotes of texts
// without naming the attributions that quote them.
func contendedBundle(round int) string {
	var b strings.Builder
	b.WriteString(bundleHead)
	status := func(s string) string {
		if round%2 == 0 {
			return ""
		}
		return `,"status":"` + s + `"`
	}
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	for i := range contended {
		line(`{"type":"source","key":"s%d","kind":"outlet","name":"Round %d"%s}`, i, round, status("active"))
		line(`{"type":"source","key":"m%d","kind":"outlet","name":"Merged in round %d"%s}`, i, round, status("active"))
		line(`{"type":"claim","key":"c%d","statement":{"en":"The dam number %d held."},"topics":["round-%d"]%s}`, i, i, round,
			status("active"))
		line(`{"type":"document","key":"d%d","kind":"article","publisher":"s0","text":"%sThe dam held."}`, i,
			strings.Repeat("At last. ", round%3))
		if i > 0 {
			line(`{"type":"relation","key":"r%d","subject":"s%d","kind":"part_of","object":"s%d","since":"%d"%s}`, i, i, i-1,
				1900+round%100, status("active"))
			line(`{"type":"link","key":"l%d","kind":"corroborates","from":"c%d","to":"c%d","rationale":"round %d"%s}`, i, i, i-1, round,
				status("accepted"))
		}
		line(`{"type":"review","key":"v%d","claim":"c%d","author":"s0","rating":{"label":"Round %d"}%s}`, i, i, round, status("active"))
		if round%2 == 0 {
			line(`{"type":"attribution","key":"a","claim":"c%d","document":"d%d","stance":"affirms","note":"round %d",`+
				`"content":{"start":0,"end":12,"exact":"The dam held"},"chain":[{"source":"s0"}]}`, i, i, round)
		}
	}
	return b.String()
}

// TestConcurrentWritersShareNoVersion: whatever writes beside whatever, each change of a thing has a version of its own, 1…n, and
// the thing is what the last of them says. No import fails for it: rows are locked in one order, and read again once they are.
func TestConcurrentWritersShareNoVersion(t *testing.T) {
	t.Parallel()
	address := storetest.New(t)
	s := must(store.Open(t.Context(), store.Options{ConnString: address, MaxConns: 16,
		Namespace: "https://headwater.example/test"}))(t)
	t.Cleanup(s.Close)
	must(importText(t, s, contendedBundle(0)))(t)
	length := 4 * time.Second
	if testenv.Long() {
		length = time.Minute
	}
	ctx, cancel := context.WithTimeout(t.Context(), length)
	defer cancel()
	var all sync.WaitGroup
	repeat := func(name string, conflictsMayBe bool, write func(n int) error) {
		all.Go(func() {
			written := 0
			for n := 1; ctx.Err() == nil; n++ {
				err := write(n)
				conflict := conflictsMayBe && slices.Contains([]headwater.Code{headwater.CodeConflict, headwater.CodeInvalid,
					headwater.CodeAlreadyExists, headwater.CodeChangedSince}, headwater.CodeOf(err))
				if err != nil && !conflict {
					t.Errorf("%s: %v (%v)", name, err, errors.Unwrap(err))
					return
				}
				if err == nil {
					written++
				}
			}
			if written == 0 && !conflictsMayBe {
				t.Errorf("%s never wrote", name)
			}
			t.Logf("%s wrote %d times", name, written)
		})
	}
	for _, write := range contendedWrites(t, s) {
		repeat(write.method, write.conflictsMayBe, write.write)
	}
	all.Wait()
	expectWholeHistory(t, s, address)
}

// expectWholeHistory expects that the changes of each thing are 1…n, once each, and that the thing is what the last says.
func expectWholeHistory(t *testing.T, s *store.Store, address string) {
	t.Helper()
	versions := map[uuid.UUID][]int{}
	last := map[uuid.UUID]headwater.Change{}
	// not through the API, which lists what is sequenced
	connection := must(pgx.Connect(t.Context(), address))(t)
	defer connection.Close(context.WithoutCancel(t.Context()))
	rows := must(connection.Query(t.Context(),
		`SELECT 0::bigint AS seq, id, at, actor, actor_id, group_id AS "group", operation, resource, resource_id, from_version,
			to_version, reason, state FROM changes`))(t)
	for _, change := range must(pgx.CollectRows(rows, pgx.RowToStructByName[headwater.Change]))(t) {
		versions[change.ResourceID] = append(versions[change.ResourceID], change.ToVersion)
		if change.FromVersion != change.ToVersion-1 {
			t.Errorf("%s %s: from %d to %d", change.Resource, change.ResourceID, change.FromVersion, change.ToVersion)
		}
		if change.ToVersion > last[change.ResourceID].ToVersion {
			last[change.ResourceID] = change
		}
	}
	for id, change := range last {
		slices.Sort(versions[id])
		for i, version := range versions[id] {
			if version != i+1 {
				t.Errorf("%s %s: version %d stands in place %d", change.Resource, id, version, i+1)
				break
			}
		}
		if change.Operation == headwater.OpDelete {
			continue
		}
		if diff := cmp.Diff(canonical(t, storedThing(t, s, change)), canonical(t, change.State)); diff != "" {
			t.Errorf("%s %s at version %d (-thing +history):\n%s", change.Resource, id, change.ToVersion, diff)
		}
	}
	if len(last) == 0 {
		t.Error("the history is empty")
	}
	expectAppearances(t, connection)
}

// expectAppearances: the way back from sources to claims says just what the accepted attributions say.
func expectAppearances(t *testing.T, connection *pgx.Conn) {
	t.Helper()
	var differ int
	err := connection.QueryRow(t.Context(), `
		WITH said AS (SELECT DISTINCT appearance.source_id, appearance.place, a.claim_id
			FROM attributions AS a, chain_appearances(a.source_ids) AS appearance WHERE a.status = 'accepted')
		SELECT count(*) FROM said FULL JOIN appearances AS there USING (source_id, place, claim_id)
		WHERE NOT EXISTS (SELECT FROM said AS s WHERE (s.source_id, s.place, s.claim_id) = (source_id, place, claim_id))
			OR NOT EXISTS (SELECT FROM appearances AS a WHERE (a.source_id, a.place, a.claim_id) = (source_id, place, claim_id))`).
		Scan(&differ)
	if err != nil || differ > 0 {
		t.Errorf("%d appearances are not what the attributions say (%v)", differ, err)
	}
}

// TestAppearancesBesideDecisions: whoever decides on attributions of one claim at the same time, the claim is found by its sources.
func TestAppearancesBesideDecisions(t *testing.T) {
	t.Parallel()
	address := storetest.New(t)
	s := must(store.Open(t.Context(), store.Options{ConnString: address, MaxConns: 8}))(t)
	t.Cleanup(s.Close)
	text := bundleHead + `{"type":"source","key":"s","kind":"outlet","name":"S"}` + "\n" +
		`{"type":"claim","key":"c","statement":{"en":"The dam held."}}` + "\n"
	for _, n := range []string{"1", "2"} {
		text += fmt.Sprintf(`{"type":"document","key":"d%[1]s","kind":"article","publisher":"s"}
{"type":"attribution","key":"a%[1]s","claim":"c","document":"d%[1]s","stance":"affirms","chain":[{"source":"s"}]}
`, n)
	}
	must(importText(t, s, text))(t)
	claim := headwater.NamespaceOf("https://headwater.example/test").ID(headwater.ResourceClaim, "c")
	id := func(key string) uuid.UUID {
		return headwater.NamespaceOf("https://headwater.example/test").AttributionID(claim, key)
	}
	decide := func(key string, accepted bool) error {
		_, err := s.DecideAttribution(t.Context(), tester, id(key), 0, accepted)
		return err
	}
	connection := must(pgx.Connect(t.Context(), address))(t)
	defer connection.Close(context.WithoutCancel(t.Context()))
	for _, second := range []bool{true, false} { // what the other transaction decides, while the first is rejected
		if err := errors.Join(decide("a1", true), decide("a2", !second)); err != nil {
			t.Fatal(err)
		}
		beside := must(connection.Begin(t.Context()))(t)
		must(beside.Exec(t.Context(), "UPDATE attributions SET status = CASE WHEN $2 THEN 'accepted' ELSE 'rejected' END WHERE id = $1",
			id("a2"), second))(t)
		decided := make(chan error, 1)
		go func() { decided <- decide("a1", false) }()
		time.Sleep(200 * time.Millisecond) // enough for the decision to end, if nothing holds it
		if err := errors.Join(beside.Commit(t.Context()), <-decided); err != nil {
			t.Fatal(err)
		}
		expectAppearances(t, connection)
	}
}

// TestAnImportLosesNoLine: what somebody creates while an import waits is changed by the line that says something else of it, or the
// import fails; never is the line left out without a word.
func TestAnImportLosesNoLine(t *testing.T) {
	t.Parallel()
	address := storetest.New(t)
	s := must(store.Open(t.Context(), store.Options{ConnString: address, MaxConns: 8,
		Namespace: "https://headwater.example/test"}))(t)
	t.Cleanup(s.Close)
	source := func(key, name string) string {
		return fmt.Sprintf(`{"type":"source","key":"%s","kind":"outlet","name":"%s"}`+"\n", key, name)
	}
	must(importText(t, s, bundleHead+source("x", "X")))(t)
	connection := must(pgx.Connect(t.Context(), address))(t)
	defer connection.Close(context.WithoutCancel(t.Context()))
	holding := must(connection.Begin(t.Context()))(t)
	must(holding.Exec(t.Context(), "SELECT FROM sources WHERE key = 'x' FOR UPDATE"))(t)
	imported, created := make(chan error, 1), make(chan error, 1)
	go func() {
		_, err := importText(t, s, bundleHead+source("x", "Other X")+source("k", "B"))
		imported <- err
	}()
	for waits := 0; waits == 0; {
		if err := s.Pool.QueryRow(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "+
			"wait_event_type = 'Lock'").Scan(&waits); err != nil {
			t.Fatal(err)
		}
	}
	go func() {
		_, err := s.CreateSource(t.Context(), tester, "k", headwater.SourceFields{Kind: headwater.Outlet, Name: "A"})
		created <- err
	}()
	time.Sleep(200 * time.Millisecond) // enough for the creation to end, if nothing holds it
	if err := holding.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	err := <-imported
	t.Log("created:", <-created, "imported:", err)
	var name string
	if e := s.Pool.QueryRow(t.Context(), "SELECT name FROM sources WHERE key = 'k'").Scan(&name); e != nil || err == nil && name != "B" {
		t.Errorf("the source is %q (%v) after the import said that it is B (%v)", name, e, err)
	}
}

// TestAnImportKeepsWhatIsSaidBesideIt: an import that changes a text mends the quotes of attributions that it does not name. What
// somebody says of them meanwhile is kept.
func TestAnImportKeepsWhatIsSaidBesideIt(t *testing.T) {
	t.Parallel()
	address := storetest.New(t)
	s := must(store.Open(t.Context(), store.Options{ConnString: address}))(t)
	t.Cleanup(s.Close)
	must(importText(t, s, contendedBundle(0)))(t)
	space := headwater.NamespaceOf("https://headwater.example/test")
	a := must(s.Attribution(t.Context(), space.AttributionID(space.ID(headwater.ResourceClaim, "c1"), "a")))(t)

	// the import waits for a source, which it writes first, when the attributions have been read
	connection := must(pgx.Connect(t.Context(), address))(t)
	defer connection.Close(context.WithoutCancel(t.Context()))
	tx := must(connection.Begin(t.Context()))(t)
	must(tx.Exec(t.Context(), "SELECT FROM sources FOR UPDATE"))(t)
	var both sync.WaitGroup
	both.Go(func() {
		if _, err := importText(t, s, contendedBundle(1)); err != nil {
			t.Errorf("import: %v", err)
		}
	})
	waiting := func() (n int) {
		t.Helper()
		err := s.Pool.QueryRow(t.Context(),
			"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for waiting() < 1 {
		time.Sleep(5 * time.Millisecond)
	}
	said := make(chan struct{})
	both.Go(func() {
		defer close(said)
		a.Note = "said beside the import"
		if _, err := s.UpdateAttribution(t.Context(), tester, a.ID, 0, a.AttributionFields); err != nil {
			t.Errorf("update: %v", err)
		}
	})
	for done := false; !done && waiting() < 2; {
		select {
		case <-said:
			done = true
		case <-time.After(5 * time.Millisecond):
		}
	}
	must("", tx.Rollback(t.Context()))(t)
	both.Wait()
	after := must(s.Attribution(t.Context(), a.ID))(t)
	if after.Note != a.Note || after.Content.Start != 9 {
		t.Errorf("the note is %q, the quote begins at %d", after.Note, after.Content.Start)
	}
	expectWholeHistory(t, s, address)
}

// TestAnImportLetsOthersChangeTheStructure: a relation is made while an import waits for a source that somebody else writes, with
// nearly all of it done.
func TestAnImportLetsOthersChangeTheStructure(t *testing.T) {
	t.Parallel()
	address := storetest.New(t)
	s := must(store.Open(t.Context(), store.Options{ConnString: address, MaxConns: 8}))(t)
	t.Cleanup(s.Close)
	must(importText(t, s, contendedBundle(0)))(t)
	space := headwater.NamespaceOf("https://headwater.example/test")
	other := must(pgx.Connect(t.Context(), address))(t)
	defer other.Close(context.WithoutCancel(t.Context()))
	writing := must(other.Begin(t.Context()))(t)
	must(writing.Exec(t.Context(), "UPDATE sources SET notes = notes WHERE id = $1", space.ID(headwater.ResourceSource, "m1")))(t)
	imported := make(chan error, 1)
	go func() {
		_, err := s.Import(t.Context(), tester, bundle.NewReader(strings.NewReader(contendedBundle(1))), store.ImportOptions{})
		imported <- err
	}()
	for waiting := false; !waiting; {
		row := writing.QueryRow(t.Context(), "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND "+
			"pg_backend_pid() = ANY (pg_blocking_pids(pid)))")
		if err := row.Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	one, another := must(s.CreateSource(ctx, tester, "", outlet("One")))(t), must(s.CreateSource(ctx, tester, "", outlet("Another")))(t)
	must(s.CreateRelation(ctx, tester, "", headwater.RelationFields{Subject: one.ID, Kind: headwater.PartOf, Object: another.ID}))(t)
	claim := must(s.CreateClaim(ctx, tester, "", headwater.ClaimFields{Statement: headwater.Texts{"en": "A."}}))(t)
	must(s.MergeClaim(ctx, tester, claim.ID, 0, space.ID(headwater.ResourceClaim, "c1")))(t)
	if err := writing.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-imported; err != nil {
		t.Error(err)
	}
}
