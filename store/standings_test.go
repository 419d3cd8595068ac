package store_test

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/internal/testenv"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/storetest"
)

// settle puts all changes in order and works them in.
func settle(t *testing.T, s *store.Store) (claims int) {
	t.Helper()
	must(storetest.Sequence(t.Context(), s, s.Pool))(t)
	return must(s.SettleStandings(t.Context()))(t)
}

// expectStandings expects that each row of the table equals the report on its claim, as of the newest change, and that there are no
// others.
func expectStandings(t *testing.T, s *store.Store) {
	t.Helper()
	newest := must(s.Changes(t.Context(), store.ChangeFilter{Descending: true}, store.Paging{Limit: 1}))(t).Items[0].Seq
	for cursor := ""; ; {
		page := must(s.Claims(t.Context(), store.ClaimFilter{}, store.Paging{Limit: 1_000, Cursor: cursor}))(t)
		var ids []uuid.UUID
		for _, claim := range page.Items {
			ids = append(ids, claim.ID)
		}
		found := must(s.Standings(t.Context(), ids))(t)
		analysis := provenance.New(must(s.Facts(t.Context(), ids, nil, false))(t).Facts)
		for _, claim := range page.Items {
			report, err := analysis.Report(t.Context(), claim.ID, provenance.Question{})
			standing, known := found[claim.ID]
			if claim.Status != headwater.EntityActive {
				if known || err == nil {
					t.Errorf("claim %s is %s and stands as %+v (%v)", claim.Key, claim.Status, standing, err)
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			var appeared time.Time
			for _, counted := range must(analysis.Counted(t.Context(), claim.ID, provenance.Question{}, false))(t) {
				if at := counted.Published.Earliest.Earliest(); at.After(appeared) && counted.Side != provenance.CountedQuestioning {
					appeared = at
				}
			}
			if (standing.Appeared == nil) != appeared.IsZero() || standing.Appeared != nil && !standing.Appeared.Equal(appeared) {
				t.Errorf("claim %s appeared at %s, and in the table at %v", claim.Key, appeared, standing.Appeared)
			}
			want := store.ClaimStanding{Figures: report.Figures(), Attributions: report.Affirming.Attributions,
				Denials: report.Denying.Attributions, Appeared: standing.Appeared, AsOf: newest,
				AlgorithmVersion: provenance.AlgorithmVersion}
			if diff := cmp.Diff(want, standing); diff != "" {
				t.Errorf("claim %s: -report +table:\n%s", claim.Key, diff)
			}
		}
		if cursor = page.NextCursor; cursor == "" {
			return
		}
	}
}

// decide retracts, restores, merges or unmerges one of a few sources and claims, as single writes do. Some are refused.
func decide(t *testing.T, s *store.Store, chance *rand.Rand) {
	t.Helper()
	id := func(resource headwater.Resource, letter string) uuid.UUID {
		return headwater.NamespaceOf(changing).ID(resource, fmt.Sprintf("%s%d", letter, chance.IntN(changingClaims)))
	}
	source, claim := id(headwater.ResourceSource, "s"), id(headwater.ResourceClaim, "c")
	var err error
	switch chance.IntN(8) {
	case 0:
		_, err = s.RetractSource(t.Context(), tester, source, 0, chance.IntN(2) == 0)
	case 1, 2:
		_, err = s.MergeSource(t.Context(), tester, source, 0, id(headwater.ResourceSource, "s"))
	case 3:
		_, err = s.UnmergeSource(t.Context(), tester, source, 0)
	case 4:
		_, err = s.RetractClaim(t.Context(), tester, claim, 0, chance.IntN(2) == 0)
	case 5, 6:
		_, err = s.MergeClaim(t.Context(), tester, claim, 0, id(headwater.ResourceClaim, "c"))
	case 7:
		_, err = s.UnmergeClaim(t.Context(), tester, claim, 0)
	}
	if err != nil && headwater.CodeOf(err) == "" {
		t.Log(err)
	}
}

// told replays what is told of how claims come to stand otherwise, from a cursor on.
type told struct {
	seq    int64
	cursor string
	stand  map[uuid.UUID]store.StandingInterval
}

// expect expects that what is told since then leads from how each claim stood to how it stands, in order, without a gap.
func (o *told) expect(t *testing.T, s *store.Store) (entries []store.StandingChange) {
	t.Helper()
	for more := true; more; {
		page := must(s.StandingChanges(t.Context(), store.StandingChangeFilter{}, store.Paging{Limit: 7, Cursor: o.cursor}))(t)
		o.cursor, more = page.NextCursor, len(page.Items) > 0
		entries = append(entries, page.Items...)
	}
	for _, c := range entries {
		o.seq++
		before, stood := o.stand[c.Claim]
		if c.Seq != o.seq || stood != (c.Before != nil) || stood && *c.Before != before {
			t.Errorf("entry %d is %+v, after %+v", o.seq, c, before)
		}
		if (c.Before == nil) == (c.After == nil) && (c.Before == nil || *c.Before == *c.After) {
			t.Errorf("nothing changes by %+v", c)
		}
		delete(o.stand, c.Claim)
		if c.After != nil {
			o.stand[c.Claim] = *c.After
		}
	}
	claims := must(s.Claims(t.Context(), store.ClaimFilter{}, store.Paging{Limit: 1_000}))(t).Items
	want, ids := map[uuid.UUID]store.StandingInterval{}, []uuid.UUID{}
	for _, claim := range claims {
		ids = append(ids, claim.ID)
	}
	for id, standing := range must(s.Standings(t.Context(), ids))(t) {
		want[id] = store.StandingInterval{Standing: standing.Standing, IndependentOrigins: standing.IndependentOrigins}
	}
	if diff := cmp.Diff(want, o.stand); diff != "" {
		t.Errorf("-table +what is told:\n%s", diff)
	}
	return entries
}

// TestStandingChangesAreForgotten: after 30 days, but for the newest; who comes back after a place before that is told, and a claim that is
// retracted and restored is told of each time.
func TestStandingChangesAreForgotten(t *testing.T) {
	t.Parallel()
	s := open(t)
	claim := must(s.CreateClaim(t.Context(), tester, "", headwater.ClaimFields{Statement: headwater.Texts{"en": "It rained."}}))(t)
	replay := told{stand: map[uuid.UUID]store.StandingInterval{}}
	settle(t, s)
	replay.expect(t, s)
	early := replay.cursor
	for n := range 4 {
		must(s.RetractClaim(t.Context(), tester, claim.ID, 0, n%2 == 0))(t)
		settle(t, s)
		if entries := replay.expect(t, s); len(entries) != 1 {
			t.Errorf("retracted or restored, this is told: %+v", entries)
		}
	}
	must(s.Pool.Exec(t.Context(), "UPDATE standing_changes SET at = at - interval '31 days'"))(t)
	must(s.RetractClaim(t.Context(), tester, claim.ID, 0, true))(t)
	settle(t, s)
	must(s.RetractClaim(t.Context(), tester, claim.ID, 0, false))(t)
	settle(t, s)
	replay.expect(t, s)
	list := func(after int64, cursor string) (store.Page[store.StandingChange], error) {
		return s.StandingChanges(t.Context(), store.StandingChangeFilter{After: after}, store.Paging{Limit: 10, Cursor: cursor})
	}
	if page := must(list(0, ""))(t); len(page.Items) != 2 || page.Items[0].Seq != 6 {
		t.Errorf("these are kept: %+v", page.Items)
	}
	if page := must(list(6, ""))(t); len(page.Items) != 1 || page.Items[0].Seq != 7 {
		t.Errorf("after 6: %+v", page.Items)
	}
	for _, lost := range []struct {
		after  int64
		cursor string
	}{{4, ""}, {8, ""}, {0, early}} {
		if page, err := list(lost.after, lost.cursor); headwater.CodeOf(err) != headwater.CodeInvalid {
			t.Errorf("after %+v: %+v %v", lost, page.Items, err)
		}
	}
}

// TestStandingsFollow: after whatever was written, every row of the table equals the report, and what is told leads to it.
func TestStandingsFollow(t *testing.T) {
	t.Parallel()
	s := open(t)
	header := fmt.Sprintf(`{"type":"bundle","format":"headwater-bundle/1","namespace":"%s"}`, changing)
	lines := []string{header}
	for n := range 12 {
		lines = append(lines,
			fmt.Sprintf(`{"type":"source","key":"s%d","kind":"outlet","name":"One"}`, n),
			fmt.Sprintf(`{"type":"document","key":"d%[1]d","kind":"article","publisher":"s%[1]d",`+
				`"published":{"earliest":"2024-03-%[2]d","latest":"2024-03-%[2]d"}}`, n, 10+n),
			fmt.Sprintf(`{"type":"claim","key":"c%d","statement":{"en":"It rained."}}`, n),
			fmt.Sprintf(`{"type":"attribution","key":"a%d","claim":"c%d","document":"d%d","stance":"affirms",`+
				`"chain":[{"source":"s%d"},{"source":"s%d"}]}`, n, n%changingClaims, n, n, (n+1)%12))
	}
	must(importText(t, s, strings.Join(lines, "\n")))(t)
	settle(t, s)
	expectStandings(t, s)
	replay := told{stand: map[uuid.UUID]store.StandingInterval{}}
	replay.expect(t, s)
	chance := rand.New(rand.NewPCG(20, 6))
	rounds, worked, moved := 25, 0, 0
	if testenv.Long() {
		rounds = 2_000
	}
	for range rounds {
		for range 1 + chance.IntN(6) {
			if chance.IntN(3) == 0 {
				decide(t, s, chance)
				continue
			}
			_, _ = importText(t, s, header+"\n"+someChange(chance)) // some are refused
		}
		worked += settle(t, s)
		expectStandings(t, s)
		moved += len(replay.expect(t, s))
		if t.Failed() {
			return
		}
	}
	if again := settle(t, s); again != 0 {
		t.Errorf("%d standings are worked out though nothing was changed", again)
	}
	if all := rounds * 12; worked == 0 || worked > all*9/10 {
		t.Errorf("%d standings were worked out in %d rounds of 12 claims: this shows little", worked, rounds)
	}
	if moved < rounds/2 || moved >= worked {
		t.Errorf("%d of %d standings that were worked out are other ones: this shows little", moved, worked)
	}
}

// TestStandingsOfManyClaims: a source that is in the chains of more claims than are looked at together, and a document that others
// reprint, move all of them; new rules move every claim; and two followers keep out of one another's way.
func TestStandingsOfManyClaims(t *testing.T) {
	t.Parallel()
	address := storetest.New(t)
	s := must(store.Open(t.Context(), store.Options{ConnString: address, MaxConns: 4}))(t)
	t.Cleanup(s.Close)
	const many = 1_100
	lines := []string{fmt.Sprintf(`{"type":"bundle","format":"headwater-bundle/1","namespace":"%s"}`, changing),
		`{"type":"source","key":"wire","kind":"agency","name":"Oxbow Wire"}`,
		`{"type":"source","key":"owner","kind":"organization","name":"Oxbow Holding"}`,
		`{"type":"source","key":"paper","kind":"outlet","name":"Galeway Gazette"}`,
		`{"type":"document","key":"original","kind":"article","publisher":"wire"}`,
		`{"type":"document","key":"reprint","kind":"article","publisher":"paper","derived_from":"original"}`}
	for n := range many {
		lines = append(lines, fmt.Sprintf(`{"type":"claim","key":"c%d","statement":{"en":"Ship %d sailed."}}`, n, n),
			fmt.Sprintf(`{"type":"attribution","key":"a%d","claim":"c%d","document":"reprint","stance":"affirms",`+
				`"chain":[{"source":"paper"}]}`, n, n))
	}
	must(importText(t, s, strings.Join(lines, "\n")))(t)
	if worked := settle(t, s); worked != many {
		t.Errorf("%d standings are worked out at first, instead of %d", worked, many)
	}
	expectStandings(t, s)
	id := func(resource headwater.Resource, key string) uuid.UUID {
		return headwater.NamespaceOf(changing).ID(resource, key)
	}
	must(s.RetractSource(t.Context(), tester, id(headwater.ResourceSource, "wire"), 0, true))(t)
	if worked := settle(t, s); worked != many {
		t.Errorf("%d standings are worked out after the publisher of the original is retracted", worked)
	}
	expectStandings(t, s)
	must(s.RetractDocument(t.Context(), tester, id(headwater.ResourceDocument, "original"), 0, true))(t)
	if worked := settle(t, s); worked != many {
		t.Errorf("%d standings are worked out after the original is retracted", worked)
	}
	expectStandings(t, s)

	// behind, and saying so
	claim := id(headwater.ResourceClaim, "c7")
	before := must(s.Standings(t.Context(), []uuid.UUID{claim}))(t)[claim]
	must(s.RetractSource(t.Context(), tester, id(headwater.ResourceSource, "paper"), 0, true))(t)
	must(storetest.Sequence(t.Context(), s, s.Pool))(t)
	if late := must(s.Standings(t.Context(), []uuid.UUID{claim}))(t)[claim]; !late.Behind || late.AsOf != before.AsOf || before.Behind {
		t.Errorf("before the change: %+v; before it is worked in: %+v", before, late)
	}
	other := must(store.Open(t.Context(), store.Options{ConnString: address, MaxConns: 4}))(t)
	t.Cleanup(other.Close)
	var both sync.WaitGroup
	for _, follower := range []*store.Store{s, other} {
		both.Go(func() {
			if _, err := follower.SettleStandings(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	settle(t, s)
	expectStandings(t, s)

	conn := must(pgx.Connect(t.Context(), address))(t)
	t.Cleanup(func() { conn.Close(t.Context()) })
	must(conn.Exec(t.Context(), "UPDATE standings SET algorithm = '0'; UPDATE standings_position SET algorithm = '0'"))(t)
	if old := must(s.Standings(t.Context(), []uuid.UUID{claim}))(t)[claim]; !old.Behind || old.AlgorithmVersion != "0" {
		t.Errorf("by older rules: %+v", old)
	}
	if worked := settle(t, s); worked != many {
		t.Errorf("%d standings are worked out by new rules", worked)
	}
	expectStandings(t, s)
}

// TestClaimsByStanding: claims are filtered by standing and by the width of the interval, and ordered by either and by the newest
// appearance, a page after the other, with and without words to search for, just as the reports say.
func TestClaimsByStanding(t *testing.T) {
	t.Parallel()
	s := open(t)
	must(importText(t, s, file(t, "demo.ndjson")))(t)
	settle(t, s)
	expectStandings(t, s)
	all := must(s.Claims(t.Context(), store.ClaimFilter{}, store.Paging{Limit: 1_000}))(t).Items
	ids := make([]uuid.UUID, len(all))
	for i, claim := range all {
		ids[i] = claim.ID
	}
	standings := must(s.Standings(t.Context(), ids))(t)
	listed := func(f store.ClaimFilter) (list []uuid.UUID) {
		for cursor := ""; ; {
			page := must(s.Claims(t.Context(), f, store.Paging{Limit: 3, Cursor: cursor}))(t)
			for _, claim := range page.Items {
				list = append(list, claim.ID)
				if (f.Q != "") != (len(claim.Words) > 0) {
					t.Errorf("%+v: %q has %d words that match", f, claim.Statement["en"], len(claim.Words))
				}
			}
			if cursor = page.NextCursor; cursor == "" {
				return list
			}
		}
	}
	kinds := 0
	for _, standing := range provenance.Standing("").Values() {
		var want []uuid.UUID
		for _, id := range ids {
			if string(standings[id].Standing) == standing {
				want = append(want, id)
			}
		}
		if diff := cmp.Diff(want, listed(store.ClaimFilter{Standings: []string{standing}})); diff != "" {
			t.Errorf("%s: -reports +list:\n%s", standing, diff)
		}
		kinds += min(len(want), 1)
	}
	if kinds < 3 {
		t.Errorf("the demo has %d standings, which shows little", kinds)
	}
	width := func(s store.ClaimStanding) int64 { return int64(s.IndependentOrigins.Max - s.IndependentOrigins.Min) }
	wide := func(s store.ClaimStanding, least, below int) bool {
		return width(s) >= int64(least) && (below == 0 || width(s) < int64(below))
	}
	contested := func(s store.ClaimStanding) int64 { return int64(min(s.Attributions, s.Denials)) }
	appeared := func(s store.ClaimStanding) int64 {
		if s.Appeared == nil {
			return math.MinInt64
		}
		return s.Appeared.UnixNano()
	}
	founded := []provenance.Standing{provenance.Contested, provenance.Denied, provenance.Unattributed, provenance.NoOriginLeft,
		provenance.Circular, provenance.SingleOrigin, provenance.PossiblyCorroborated, provenance.SingleCarrier, provenance.Corroborated}
	rank := func(s store.ClaimStanding) int64 { return int64(slices.Index(founded, s.Standing)) }
	disputed := func(s store.ClaimStanding) int64 { return -rank(s) }
	for sort, of := range map[string]func(store.ClaimStanding) int64{"-width": width, "-contested": contested, "-appeared": appeared,
		"standing": disputed, "-standing": rank} {
		outOfOrder := func(list []uuid.UUID) int {
			for i := range list {
				if i > 0 && of(standings[list[i-1]]) < of(standings[list[i]]) {
					return i
				}
			}
			return 0
		}
		for _, least := range []int{0, 1, 2} {
			for _, below := range []int{0, 1, 2, 4} {
				if least == 0 && below == 0 {
					continue
				}
				var want []uuid.UUID
				for _, id := range ids {
					if standing, known := standings[id]; known && wide(standing, least, below) {
						want = append(want, id)
					}
				}
				f := store.ClaimFilter{MinWidth: least, WidthBelow: below}
				if diff := cmp.Diff(want, listed(f)); diff != "" {
					t.Errorf("%d to below %d wide: -reports +list:\n%s", least, below, diff)
				}
				f.Sort = sort
				found := listed(f)
				byID := slices.SortedFunc(slices.Values(found), func(x, y uuid.UUID) int { return bytes.Compare(x[:], y[:]) })
				if !cmp.Equal(want, byID) || outOfOrder(found) > 0 {
					t.Errorf("%d to below %d wide by %s: %v, and %v by the reports", least, below, sort, found, want)
				}
			}
		}
		for _, q := range []string{"", "killed"} {
			list := listed(store.ClaimFilter{Common: store.Common{Sort: sort}, Q: q})
			matching := ids
			if q != "" {
				matching = listed(store.ClaimFilter{Q: q})
			}
			if i := outOfOrder(list); i > 0 {
				t.Errorf("%s %q: place %d is out of order", sort, q, i)
			}
			for i := range list {
				if !slices.Contains(matching, list[i]) || slices.Contains(list[:i], list[i]) {
					t.Errorf("%s %q lists %s, which does not match, or twice", sort, q, list[i])
				}
			}
			if q == "" && len(list) != len(standings) || len(list) < 2 {
				t.Errorf("%s %q lists %d of %d claims", sort, q, len(list), len(standings))
			}
		}
	}
}

// TestStandingsAreSoonRight: while a service follows, a change is worked in within two seconds.
func TestStandingsAreSoonRight(t *testing.T) {
	t.Parallel()
	s := open(t)
	must(importText(t, s, file(t, "demo.ndjson")))(t)
	var following sync.WaitGroup
	defer following.Wait()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	following.Go(func() { s.KeepLog(ctx) })
	following.Go(func() { s.FollowStandings(ctx) })
	for range 3 {
		claim := must(s.CreateClaim(t.Context(), tester, "", headwater.ClaimFields{Statement: headwater.Texts{"en": "It rained."}}))(t)
		written := time.Now()
		for {
			if standing, known := must(s.Standings(t.Context(), []uuid.UUID{claim.ID}))(t)[claim.ID]; known && !standing.Behind {
				break
			}
			if time.Since(written) > 10*time.Second {
				t.Fatal("a new claim has no standing after ten seconds")
			}
			time.Sleep(20 * time.Millisecond)
		}
		t.Logf("right after %s", time.Since(written))
	}
}
