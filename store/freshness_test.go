package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/storetest"
)

const changing = "https://headwater.example/changing"

// someChange is a line of a bundle that creates or changes one of a few things. Some are refused, since they would close a loop.
func someChange(chance *rand.Rand) string {
	one := func(of ...string) string { return of[chance.IntN(len(of))] }
	source := func() string { return fmt.Sprintf("s%d", chance.IntN(12)) }
	claim := func() string { return fmt.Sprintf("c%d", chance.IntN(changingClaims)) }
	state := func(into func() string) string {
		if chance.IntN(4) == 0 {
			return fmt.Sprintf(`"status":"merged","merged_into":"%s"`, into())
		}
		return `"status":"active"`
	}
	record := one(`"status":"active"`, `"status":"retracted"`, `"status":"retracted"`)
	decided := one(`"status":"accepted"`, `"status":"proposed"`, `"status":"rejected"`, `"status":"rejected"`)
	n := chance.IntN(12)
	switch chance.IntN(6) {
	case 0:
		return fmt.Sprintf(`{"type":"source","key":"%s","kind":"outlet","name":"%s",%s}`, source(), one("One", "Other"), state(source))
	case 1:
		return fmt.Sprintf(`{"type":"relation","key":"r%d","subject":"%s","kind":"controlled_by","object":"%s",%s}`, n, source(),
			source(), record)
	case 2:
		return fmt.Sprintf(`{"type":"document","key":"d%d","kind":"article","publisher":"s%d"%s,%s}`,
			n, n, one("", "", fmt.Sprintf(`,"derived_from":"d%d"`, chance.IntN(12))), record)
	case 3:
		return fmt.Sprintf(`{"type":"claim","key":"%s","statement":{"en":"%s"},%s}`, claim(), one("It rained.", "It snowed."), state(claim))
	case 4:
		return fmt.Sprintf(`{"type":"attribution","key":"a%d","claim":"c%d","document":"d%d","stance":"%s",`+
			`"chain":[{"source":"s%d"},{"source":"%s"}],%s}`,
			n, n%changingClaims, n, one("affirms", "denies"), n, source(), decided)
	}
	return fmt.Sprintf(`{"type":"link","key":"l%d","kind":"%s","from":"c%d","to":"c%d",%s}`,
		n, []string{"refines", "equivalent", "contradicts", "corroborates"}[n%4], n%changingClaims, (n+1)%changingClaims, decided)
}

const changingClaims = 10

const changingHeader = `{"type":"bundle","format":"headwater-bundle/1","namespace":"` + changing + `"}`

// fillChanging makes the things that someChange changes.
func fillChanging(t *testing.T, s *store.Store) {
	t.Helper()
	everything := []string{changingHeader}
	for n := range 12 {
		everything = append(everything,
			fmt.Sprintf(`{"type":"source","key":"s%d","kind":"outlet","name":"One"}`, n),
			fmt.Sprintf(`{"type":"document","key":"d%d","kind":"article","publisher":"s%d"}`, n, n),
			fmt.Sprintf(`{"type":"claim","key":"c%d","statement":{"en":"It rained."}}`, n),
			fmt.Sprintf(`{"type":"attribution","key":"a%d","claim":"c%d","document":"d%d","stance":"affirms",`+
				`"chain":[{"source":"s%d"},{"source":"s%d"}]}`, n, n%changingClaims, n, n, (n+1)%12))
	}
	if _, err := importText(t, s, strings.Join(everything, "\n")); err != nil {
		t.Fatal(err)
	}
}

// TestStillValid: a report that is still valid would be the same if it were made anew, whatever was changed since; and many stay valid
// although something was changed.
func TestStillValid(t *testing.T) {
	t.Parallel()
	type cached struct {
		readSet *store.ReadSet
		report  string
	}
	s := open(t)
	fillChanging(t, s)
	report := func(claim int, proposed bool) cached {
		id := headwater.NamespaceOf(changing).ID(headwater.ResourceClaim, fmt.Sprintf("c%d", claim))
		facts, err := s.Facts(t.Context(), []uuid.UUID{id}, nil, proposed)
		if err != nil {
			t.Fatal(err)
		}
		return cached{facts.ReadSet(), reportText(t, provenance.New(facts.Facts), id, provenance.Question{IncludeProposed: proposed})}
	}
	reports := [2 * changingClaims]cached{}
	for i := range reports {
		reports[i] = report(i/2, i%2 == 0)
	}
	chance := rand.New(rand.NewPCG(7, 1))
	valid, stale := 0, 0
	for range 200 {
		line := someChange(chance)
		result, err := importText(t, s, changingHeader+"\n"+line)
		if refused := new(store.ImportError); err != nil && !errors.As(err, &refused) {
			t.Fatal(err)
		}
		if !result.Changed() {
			continue
		}
		for i, last := range reports {
			still, err := s.StillValid(t.Context(), last.readSet)
			if err != nil {
				t.Fatal(err)
			}
			if !still {
				stale++
				reports[i] = report(i/2, i%2 == 0)
				continue
			}
			valid++
			if chance.IntN(4) > 0 {
				continue
			}
			if anew := report(i/2, i%2 == 0); anew.report != last.report {
				t.Errorf("claim c%d, proposed %t, is called valid after\n%s\n%s", i/2, i%2 == 0, line, cmp.Diff(last.report, anew.report))
				reports[i] = anew
			}
		}
	}
	if valid < 1_000 || stale < 300 {
		t.Errorf("%d stayed valid after a change, and %d did not: this shows little", valid, stale)
	}
}

// readSetOf is what a report about some sources and no claim rests on.
func readSetOf(t *testing.T, s *store.Store, sources ...uuid.UUID) *store.ReadSet {
	t.Helper()
	facts, err := s.Facts(t.Context(), nil, sources, false)
	if err != nil {
		t.Fatal(err)
	}
	return facts.ReadSet()
}

// expectValid checks whether a read set is still valid.
func expectValid(t *testing.T, s *store.Store, g *store.ReadSet, expected bool) {
	t.Helper()
	if valid, err := s.StillValid(t.Context(), g); err != nil || valid != expected {
		t.Errorf("valid: %t (%v) instead of %t", valid, err, expected)
	}
}

// TestStillValidIsNeverLate: a call knows of everything that was changed before it, also while others call, and whatever other
// transactions are open.
func TestStillValidIsNeverLate(t *testing.T) {
	t.Parallel()
	address := storetest.New(t)
	s, err := store.Open(t.Context(), store.Options{ConnString: address, MaxConns: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	created, err := s.CreateSource(t.Context(), tester, "", outlet("One"))
	if err != nil {
		t.Fatal(err)
	}
	read := func() *store.ReadSet { return readSetOf(t, s, created.ID) }
	valid := func(g *store.ReadSet) bool {
		yes, err := s.StillValid(t.Context(), g)
		if err != nil {
			t.Fatal(err)
		}
		return yes
	}
	valid(read()) // from here on there is a window of changes
	var done atomic.Bool
	var others sync.WaitGroup
	for range 4 {
		others.Go(func() {
			for g := read(); !done.Load(); {
				valid(g)
			}
		})
	}
	for n := range 30 {
		late, err := conn.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := late.Exec(t.Context(), `INSERT INTO changes (actor, group_id, operation, resource, resource_id, from_version,
				to_version, state) VALUES ('cli:tester', gen_random_uuid(), 'update', 'source', $1, $2, $2 + 1, '{}')`, created.ID,
			n+1); err != nil {
			t.Fatal(err)
		}
		if _, err := s.CreateSource(t.Context(), tester, "", outlet("Another")); err != nil {
			t.Fatal(err)
		}
		g := read()
		if !valid(g) {
			t.Errorf("round %d: not valid although nothing was changed that it rests on", n)
		}
		if err := late.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		if valid(g) {
			t.Errorf("round %d: valid although a transaction has changed it that began before", n)
		}
	}
	done.Store(true)
	others.Wait()
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.StillValid(canceled, read()); !errors.Is(err, context.Canceled) {
		t.Errorf("a canceled call gives %v", err)
	}
}

// TestStillValidForgets: after more changes than a window holds, no read set is valid that was not checked in between, and those that
// are read after that are.
func TestStillValidForgets(t *testing.T) {
	t.Parallel()
	s := open(t)
	read := func() *store.ReadSet { return readSetOf(t, s) }
	adding := func(prefix string, count int) {
		lines := []string{fmt.Sprintf(`{"type":"bundle","format":"headwater-bundle/1","namespace":"%s"}`, changing)}
		for n := range count {
			lines = append(lines, fmt.Sprintf(`{"type":"source","key":"%s%d","kind":"outlet","name":"One"}`, prefix, n))
		}
		if _, err := importText(t, s, strings.Join(lines, "\n")); err != nil {
			t.Fatal(err)
		}
	}
	checked, unchecked := read(), read()
	expectValid(t, s, checked, true)
	adding("s", 3_000)
	expectValid(t, s, checked, true)
	adding("t", 3_000)
	expectValid(t, s, checked, true)
	expectValid(t, s, unchecked, false)
	adding("u", 5_000)
	expectValid(t, s, checked, false)
	expectValid(t, s, read(), true)
}

// TestHistoryOfAnotherCluster: a dump keeps the numbers of changes, and the cluster that it is restored into counts from another
// number. The history goes on after what was restored: it is read in its order, and what rests on it falls with it.
func TestHistoryOfAnotherCluster(t *testing.T) {
	t.Parallel()
	address := storetest.New(t)
	opened := func() *store.Store {
		s, err := store.Open(t.Context(), store.Options{ConnString: address, MaxConns: 4})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		return s
	}
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	ahead := func() (n int64) {
		if err := conn.QueryRow(t.Context(), "SELECT ahead FROM numbering").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	created, err := opened().CreateSource(t.Context(), tester, "", outlet("One"))
	if err != nil {
		t.Fatal(err)
	}
	const change = `INSERT INTO changes (xid, actor, group_id, operation, resource, resource_id, from_version, to_version, state) `
	if _, err := conn.Exec(t.Context(), change+`
		SELECT (pg_current_xact_id()::text::bigint + 1000000 + n)::text::xid8, 'cli:tester', gen_random_uuid(), 'update', 'source', $1,
			n + 10, n + 11, '{}'
		FROM generate_series(1, 2000) AS n`, created.ID); err != nil {
		t.Fatal(err)
	}
	s := opened()
	mended := ahead()
	if opened(); mended < 1_000_000 || ahead() != mended {
		t.Errorf("the history is %d ahead, and then %d", mended, ahead())
	}
	// what the service would have left to the sequencer
	const unsequencedSQL = `INSERT INTO unsequenced (xid, place, change) SELECT xid, 1, id FROM changes
		WHERE NOT EXISTS (SELECT FROM sequenced WHERE change = changes.id) ON CONFLICT DO NOTHING`
	versions := func(cursor string) (list []int, next string) {
		if _, err := conn.Exec(t.Context(), unsequencedSQL); err != nil {
			t.Fatal(err)
		}
		if _, err := storetest.Sequence(t.Context(), s, s.Pool); err != nil {
			t.Fatal(err)
		}
		for {
			page, err := s.Changes(t.Context(), store.ChangeFilter{ResourceID: created.ID}, store.Paging{Limit: 1_000, Cursor: cursor})
			if err != nil {
				t.Fatal(err)
			}
			if len(page.Items) == 0 {
				return list, cursor
			}
			for _, change := range page.Items {
				list = append(list, change.ToVersion)
			}
			cursor = page.NextCursor
		}
	}
	restored, follower := versions("")
	if len(restored) != 2_001 || !slices.IsSorted(restored) {
		t.Errorf("%d changes of those restored are read", len(restored))
	}
	read := func() *store.ReadSet { return readSetOf(t, s, created.ID) }
	first := read()
	expectValid(t, s, first, true)
	result, err := importText(t, s, fmt.Sprintf(`{"type":"bundle","format":"headwater-bundle/1","namespace":"%s"}`,
		changing)+"\n"+`{"type":"source","key":"s","kind":"outlet","name":"Another"}`)
	if err != nil || len(result.Made) != 1 {
		t.Errorf("an import names %d things as made (%v), want 1", len(result.Made), err)
	}
	expectValid(t, s, first, true)
	late, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := late.Exec(t.Context(), change+`VALUES (DEFAULT, 'cli:tester', gen_random_uuid(), 'update', 'source', $1, 2, 3, '{}')`,
		created.ID); err != nil {
		t.Fatal(err)
	}
	second := read()
	expectValid(t, s, second, true)
	if err := late.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	expectValid(t, s, second, false)
	third := read()
	expectValid(t, s, third, true)
	if _, err := s.UpdateSource(t.Context(), tester, created.ID, 1, outlet("Other")); err != nil {
		t.Fatal(err)
	}
	expectValid(t, s, third, false)
	if list, _ := versions(follower); !slices.Equal(list, []int{2, 3}) {
		t.Errorf("a follower gets %v", list)
	}
}
