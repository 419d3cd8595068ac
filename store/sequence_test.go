package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/pg"
	"github.com/headwater-project/headwater/store/storetest"
)

// follower reads the history from where it was.
type follower struct {
	store  *store.Store
	cursor string
	seen   []headwater.Change
}

// read reads what is new, in pages of a few.
func (f *follower) read(t *testing.T) {
	t.Helper()
	for {
		page := must(f.store.Changes(t.Context(), store.ChangeFilter{}, store.Paging{Limit: 7, Cursor: f.cursor}))(t)
		f.seen, f.cursor = append(f.seen, page.Items...), page.NextCursor
		if len(page.Items) == 0 {
			return
		}
	}
}

// expectOrder expects that each change came once, without a gap, and version n of a thing before n+1.
func (f *follower) expectOrder(t *testing.T) {
	t.Helper()
	type thing struct {
		headwater.Resource
		uuid.UUID
	}
	versions := map[thing]int{}
	for i, change := range f.seen {
		if change.Seq != int64(i+1) {
			t.Fatalf("change %d of those that were followed has the place %d", i+1, change.Seq)
		}
		of := thing{change.Resource, change.ResourceID}
		if change.FromVersion != versions[of] || change.ToVersion != versions[of]+1 {
			t.Errorf("%s %s goes from %d to %d after %d", of.Resource, of.UUID, change.FromVersion, change.ToVersion, versions[of])
		}
		versions[of] = change.ToVersion
	}
}

// TestEverybodyIsSequenced: while imports and single writes change the same things, and transactions are left open in this database
// and in another one of the cluster, whoever follows gets all that is committed, once and in order.
func TestEverybodyIsSequenced(t *testing.T) {
	t.Parallel()
	address := storetest.New(t)
	s := must(store.Open(t.Context(), store.Options{ConnString: address, MaxConns: 8}))(t)
	t.Cleanup(s.Close)
	var open []pgx.Tx
	for _, database := range []string{address, storetest.New(t)} {
		conn := must(pgx.Connect(t.Context(), database))(t)
		t.Cleanup(func() { conn.Close(context.Background()) })
		tx := must(conn.Begin(t.Context()))(t)
		if _, err := tx.Exec(t.Context(), "SELECT pg_current_xact_id()"); err != nil { // and so it has a number
			t.Fatal(err)
		}
		open = append(open, tx)
	}
	var ids []uuid.UUID
	for n := range 8 {
		ids = append(ids, must(s.CreateSource(t.Context(), tester, fmt.Sprintf("s%d", n), outlet("One")))(t).ID)
	}
	var writers, sequencers sync.WaitGroup
	writing, stop := context.WithCancel(t.Context())
	for range 2 {
		sequencers.Go(func() { s.KeepLog(writing) })
	}
	for w := range 4 {
		writers.Go(func() {
			for n := range 25 {
				if w == 0 {
					lines := []string{fmt.Sprintf(`{"type":"bundle","format":"headwater-bundle/1","namespace":"%s"}`, s.Namespace())}
					for i := range ids {
						lines = append(lines, fmt.Sprintf(`{"type":"source","key":"s%d","kind":"outlet","name":"Import %d"}`, i, n))
					}
					if _, err := importText(t, s, strings.Join(lines, "\n")); err != nil &&
						headwater.CodeOf(err) != headwater.CodeConflict {
						t.Error(err)
					}
					continue
				}
				_, err := s.UpdateSource(t.Context(), tester, ids[(n+w)%len(ids)], 0, outlet(fmt.Sprintf("Update %d %d", w, n)))
				if err != nil && headwater.CodeOf(err) != headwater.CodeConflict {
					t.Error(err)
				}
			}
		})
	}
	f := &follower{store: s}
	done := make(chan struct{})
	go func() { writers.Wait(); close(done) }()
	for ended := false; !ended; {
		select {
		case <-done:
			ended = true
		default:
			f.read(t)
		}
	}
	stop()
	sequencers.Wait()
	var committed int
	if err := s.Pool.QueryRow(t.Context(), "SELECT count(*) FROM changes").Scan(&committed); err != nil {
		t.Fatal(err)
	}
	must(storetest.Sequence(t.Context(), s, s.Pool))(t)
	f.read(t)
	f.expectOrder(t)
	if committed != len(f.seen) {
		t.Errorf("%d changes are followed of %d", len(f.seen), committed)
	}
	for _, tx := range open {
		if err := tx.Rollback(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// TestALateTransactionComesAfterWhatItChanged: a transaction with a low number that changes what one with a higher number changed
// before comes after it, also where more changes wait than get their numbers at once.
func TestALateTransactionComesAfterWhatItChanged(t *testing.T) {
	t.Parallel()
	s := open(t)
	a := must(s.CreateSource(t.Context(), tester, "", outlet("A")))(t).ID
	b := must(s.CreateSource(t.Context(), tester, "", outlet("B")))(t).ID
	late := must(s.Pool.Begin(t.Context()))(t)
	t.Cleanup(func() { _ = late.Rollback(context.Background()) })
	if _, err := late.Exec(t.Context(), "SELECT pg_current_xact_id()"); err != nil {
		t.Fatal(err)
	}
	for n := range 3 {
		must(s.UpdateSource(t.Context(), tester, a, 0, outlet(fmt.Sprint("A", n))))(t)
		must(s.UpdateSource(t.Context(), tester, b, 0, outlet(fmt.Sprint("B", n))))(t)
	}
	before := must(pg.LockForWrite(t.Context(), late, pg.Sources, a, 4))(t)
	said := outlet("late")
	said.Normalize()
	must(pg.Update(t.Context(), late, pg.Sources, tester, before, said))(t)
	for n := range 2_100 { // of the late transaction, and before its change of a in the order in which they wait
		_, err := late.Exec(t.Context(), `WITH change AS (INSERT INTO changes (xid, id, actor, group_id, operation, resource, resource_id,
				from_version, to_version, state)
			VALUES (change_number(pg_current_xact_id()), $1, 'cli:tester', gen_random_uuid(), 'create', 'source', gen_random_uuid(), 0, 1,
				'{}') RETURNING xid, id)
			INSERT INTO unsequenced (xid, place, change) SELECT xid, 1, id FROM change`, uuid.UUID{14: byte(n >> 8), 15: byte(n)})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := late.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := must(storetest.Sequence(t.Context(), s, s.Pool))(t); n != 2_109 {
		t.Errorf("%d changes were sequenced", n)
	}
	f := &follower{store: s}
	f.read(t)
	f.expectOrder(t)
	if len(f.seen) != 2_109 {
		t.Errorf("%d changes are followed", len(f.seen))
	}
}

// TestListsOfChanges: newest first, from now on, by what made them; and cursors of the version before are read on.
func TestListsOfChanges(t *testing.T) {
	t.Parallel()
	s := open(t)
	by := func() store.Authorship {
		return store.Authorship{Actor: "key:desk", ActorID: headwater.NewID(), Group: headwater.NewID()}
	}
	list := func(f store.ChangeFilter, p store.Paging) (seqs []int64, next string) {
		t.Helper()
		page := must(s.Changes(t.Context(), f, p))(t)
		for _, change := range page.Items {
			seqs = append(seqs, change.Seq)
		}
		return seqs, page.NextCursor
	}
	first, second := by(), by()
	for n := range 3 {
		must(s.CreateSource(t.Context(), first, fmt.Sprint(n), outlet(fmt.Sprint("One ", n))))(t)
	}
	must(storetest.Sequence(t.Context(), s, s.Pool))(t)
	_, now := list(store.ChangeFilter{}, store.Paging{Limit: 10, Cursor: "now"})
	source := must(s.CreateSource(t.Context(), second, "last", outlet("Two")))(t)
	must(storetest.Sequence(t.Context(), s, s.Pool))(t)
	expect := func(what string, got []int64, want ...int64) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	got, next := list(store.ChangeFilter{}, store.Paging{Limit: 10, Cursor: now})
	expect("from now on", got, 4)
	got, _ = list(store.ChangeFilter{}, store.Paging{Limit: 10, Cursor: next})
	expect("nothing new", got)
	newest := store.ChangeFilter{Descending: true}
	got, next = list(newest, store.Paging{Limit: 3})
	expect("newest first", got, 4, 3, 2)
	got, next = list(newest, store.Paging{Limit: 3, Cursor: next})
	expect("and on", got, 1)
	if next != "" {
		t.Errorf("the end has the cursor %q", next)
	}
	decided := store.ChangeFilter{Operation: "accept"}
	got, next = list(decided, store.Paging{Limit: 10})
	expect("nothing yet", got)
	got, next = list(decided, store.Paging{Limit: 10, Cursor: next})
	expect("nothing yet, again", got)
	if next == "" {
		t.Error("who follows what was not done yet has no cursor")
	}
	got, _ = list(store.ChangeFilter{Group: first.Group}, store.Paging{Limit: 10})
	expect("one group", got, 1, 2, 3)
	got, _ = list(store.ChangeFilter{Group: second.Group, Actor: "key:desk", Resource: "source", Operation: "create",
		ResourceID: source.ID}, store.Paging{Limit: 10})
	expect("all filters", got, 4)
	page := must(s.Changes(t.Context(), store.ChangeFilter{Group: second.Group}, store.Paging{Limit: 10}))(t)
	if c := page.Items[0]; c.ActorID == nil || *c.ActorID != second.ActorID || c.Group == nil || *c.Group != second.Group {
		t.Errorf("the actor is %v, the group %v", c.ActorID, c.Group)
	}

	for after := range 3 { // a cursor of the version before is the number of a transaction and the id of a change
		var xid, id string
		if err := s.Pool.QueryRow(t.Context(), "SELECT xid::text, id::text FROM changes ORDER BY xid, id OFFSET $1 LIMIT 1", after).
			Scan(&xid, &id); err != nil {
			t.Fatal(err)
		}
		cursor := must(pg.EncodeCursor(map[string]any{"Resource": "", "ResourceID": uuid.Nil, "Actor": "", "Operation": ""},
			[]string{xid, id}))(t)
		old := must(pg.EncodeCursor(struct {
			Resource         string
			ResourceID       uuid.UUID
			Actor, Operation string
		}{}, []string{xid, id}))(t)
		if _, err := s.Changes(t.Context(), store.ChangeFilter{}, store.Paging{Limit: 1, Cursor: cursor}); err == nil {
			t.Error("the cursor of another list is taken")
		}
		var all []int64
		for cursor = old; ; {
			got, next := list(store.ChangeFilter{}, store.Paging{Limit: 1, Cursor: cursor})
			if all, cursor = append(all, got...), next; len(got) == 0 {
				break
			}
		}
		expect("read on", all, []int64{2, 3, 4}[after:]...)
	}
	beyond := must(pg.EncodeCursor(store.ChangeFilter{}, []string{"5"}))(t) // of a database that an older copy took the place of
	for _, cursor := range []string{"then", must(pg.EncodeCursor(store.ChangeFilter{}, []string{"x"}))(t), beyond} {
		if _, err := s.Changes(t.Context(), store.ChangeFilter{}, store.Paging{Limit: 1, Cursor: cursor}); headwater.CodeOf(err) !=
			headwater.CodeInvalid {
			t.Errorf("the cursor %s: %v", cursor, err)
		}
	}
}

// TestAnImportIsOneGroup: all changes of an import have the group that its result names.
func TestAnImportIsOneGroup(t *testing.T) {
	t.Parallel()
	s := open(t)
	result := must(importText(t, s, mergedTension))(t)
	rows := must(s.Pool.Query(t.Context(), "SELECT DISTINCT group_id FROM changes"))(t)
	groups := must(pgx.CollectRows(rows, pgx.RowTo[uuid.UUID]))(t)
	if result.Group == uuid.Nil || !slices.Equal(groups, []uuid.UUID{result.Group}) {
		t.Errorf("the changes have the groups %v, the import %v", groups, result.Group)
	}
}
