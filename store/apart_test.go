package store_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/store"
)

// TestNotTheSameHolds: whatever is merged, decided, reopened and imported, in whatever order, no two sources of which a match says
// that they are two speak as one, and no two claims of which a link says so.
func TestNotTheSameHolds(t *testing.T) {
	t.Parallel()
	s := open(t)
	round := 0
	rapid.Check(t, func(t *rapid.T) {
		round++
		a := newApart(t, s, round)
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			a.step()
			a.check()
		}
	})
}

// apart are some sources and claims of which some are said to be two.
type apart struct {
	*rapid.T
	store           *store.Store
	prefix          string
	sources, claims []uuid.UUID
}

const apartThings = 4

func newApart(t *rapid.T, s *store.Store, round int) *apart {
	a := &apart{T: t, store: s, prefix: fmt.Sprintf("r%d-", round)}
	for i := range apartThings {
		key := fmt.Sprintf("%s%d", a.prefix, i)
		source, err := s.CreateSource(t.Context(), tester, key, headwater.SourceFields{Kind: headwater.Outlet, Name: key})
		if err != nil {
			t.Fatal(err)
		}
		claim, err := s.CreateClaim(t.Context(), tester, key, headwater.ClaimFields{Statement: headwater.Texts{"en": key}})
		if err != nil {
			t.Fatal(err)
		}
		a.sources, a.claims = append(a.sources, source.ID), append(a.claims, claim.ID)
	}
	return a
}

// step does something to two of them; what is refused is fine.
func (a *apart) step() {
	ctx, s := a.Context(), a.store
	pair := rapid.Permutation([]int{0, 1, 2, 3}).Draw(a.T, "pair")
	x, y := pair[0], pair[1]
	from, into := a.sources[x], a.sources[y]
	var err error
	switch op := rapid.IntRange(0, 9).Draw(a.T, "what"); op {
	case 0:
		_, err = s.MergeSource(ctx, tester, from, 0, into)
	case 1:
		_, err = s.UnmergeSource(ctx, tester, from, 0)
	case 2, 3, 4:
		id := a.match(from, into)
		decide := []func() (headwater.IdentityMatch, error){
			func() (headwater.IdentityMatch, error) { return s.AcceptMatch(ctx, tester, id, 0) },
			func() (headwater.IdentityMatch, error) { return s.RejectMatch(ctx, tester, id, 0) },
			func() (headwater.IdentityMatch, error) { return s.ReopenMatch(ctx, tester, id, 0) },
		}[op-2]
		_, err = decide()
	case 5:
		err = a.importLine(`{"type":"source","key":"%[1]s%[2]d","kind":"outlet","name":"%[1]s%[2]d","status":"merged",`+
			`"merged_into":"%[1]s%[3]d"}`, x, y)
	case 6:
		err = a.importLine(`{"type":"match","kind":"same_source","a":"%[1]s%[2]d","b":"%[1]s%[3]d","status":"rejected"}`, x, y)
	case 7:
		_, err = s.MergeClaim(ctx, tester, a.claims[x], 0, a.claims[y])
	case 8:
		err = a.importLine(`{"type":"link","kind":"equivalent","from":"%[1]s%[2]d","to":"%[1]s%[3]d","status":"rejected"}`, x, y)
	case 9:
		table := fmt.Sprintf("key,kind,name,status,merged_into\n%[1]s%[2]d,outlet,%[1]s%[2]d,merged,%[1]s%[3]d\n", a.prefix, x, y)
		err = a.importTable(table)
	}
	if code := headwater.CodeOf(err); err != nil && code == "" {
		a.Fatalf("it failed: %v", err)
	}
}

// match is the match of two sources, made if there is none.
func (a *apart) match(x, y uuid.UUID) uuid.UUID {
	page, err := a.store.IdentityMatches(a.Context(), store.MatchFilter{Of: x}, store.Paging{Limit: 100})
	if err != nil {
		a.Fatal(err)
	}
	for _, m := range page.Items {
		if m.A == y || m.B == y {
			return m.ID
		}
	}
	m, err := a.store.CreateMatch(a.Context(), tester, "", headwater.IdentityMatchFields{Kind: headwater.SameSource, A: x, B: y})
	if err != nil {
		a.Fatal(err)
	}
	return m.ID
}

func (a *apart) importLine(line string, x, y int) error {
	text := fmt.Sprintf(`{"type":"bundle","format":"headwater-bundle/1","namespace":%q}`, a.store.Namespace()) + "\n" +
		fmt.Sprintf(line, a.prefix, x, y)
	return a.read(text, interchange.Bundle, interchange.TableOptions{})
}

func (a *apart) importTable(text string) error {
	return a.read(text, interchange.CSV, interchange.TableOptions{Of: headwater.ResourceSource})
}

func (a *apart) read(text string, format interchange.Format, table interchange.TableOptions) error {
	things, err := interchange.Read(strings.NewReader(text), format, table, a.store.Namespace())
	if err == nil {
		_, err = a.store.Import(a.Context(), tester, things, store.ImportOptions{})
	}
	return err
}

// check finds what is kept apart and speaks as one.
func (a *apart) check() {
	for _, sql := range []string{
		`WITH RECURSIVE above AS (SELECT id, id AS at FROM sources UNION SELECT above.id, merged_into FROM above
			JOIN sources AS s ON s.id = at WHERE merged_into IS NOT NULL)
		SELECT count(*) FROM matches JOIN above AS x ON x.id = a JOIN above AS y ON y.id = b
		WHERE status = 'rejected' AND kind = 'same_source' AND x.at = y.at`,
		`WITH RECURSIVE above AS (SELECT id, id AS at FROM claims UNION SELECT above.id, merged_into FROM above
			JOIN claims AS c ON c.id = at WHERE merged_into IS NOT NULL)
		SELECT count(*) FROM links JOIN above AS x ON x.id = claim_id JOIN above AS y ON y.id = to_id
		WHERE status = 'rejected' AND kind = 'equivalent' AND x.at = y.at`,
	} {
		var count int
		if err := a.store.Pool.QueryRow(a.Context(), sql).Scan(&count); err != nil || count > 0 {
			a.Fatalf("%d pairs that are said to be two speak as one: %v", count, err)
		}
	}
}
