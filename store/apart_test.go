package store_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/internal/testenv"
	"github.com/headwater-project/headwater/store"
)

// TestNotTheSameHolds: whatever is merged, decided, reopened, suggested, imported and undone, in whatever order and format, no two
// sources or documents of which a match says that they are two count as one, and no two claims of which a link says so; and nothing
// proposes that they are, over all that counts as either.
func TestNotTheSameHolds(t *testing.T) {
	t.Parallel()
	s := open(t)
	round := 0
	rapid.Check(t, func(t *rapid.T) {
		if round++; round > 30 && !testenv.Long() { // each has some imports, which take their time
			return
		}
		a := newApart(t, s, round)
		before := a.proposedAgain()
		for range rapid.IntRange(1, 15).Draw(t, "steps") {
			a.step()
			a.check(before)
			before = a.proposedAgain()
		}
		a.checkSuggestions()
	})
}

// apart are some sources, claims and documents that look alike, of which some are said to be two.
type apart struct {
	*rapid.T
	store                      *store.Store
	prefix                     string
	sources, claims, documents []uuid.UUID
	since                      time.Time
	by                         store.Authorship // who makes the step
	groups                     []uuid.UUID      // of the steps, each of which may be undone
}

const apartThings = 4

// apartCountries and apartStatements tell the things apart that look alike.
var (
	apartCountries  = []string{"EG", "JO", "LB", ""}
	apartStatements = []string{"%s grew by 2%%", "%s grew by -2%%", "%s grew by +2%%", "%s grew by 2‰"}
)

func newApart(t *rapid.T, s *store.Store, round int) *apart {
	a := &apart{T: t, store: s, prefix: fmt.Sprintf("r%d-", round)}
	if err := s.Pool.QueryRow(t.Context(), "SELECT now()").Scan(&a.since); err != nil {
		t.Fatal(err)
	}
	for i := range apartThings {
		key := fmt.Sprintf("%s%d", a.prefix, i)
		source, err := s.CreateSource(t.Context(), tester, key, headwater.SourceFields{Kind: headwater.Outlet, Name: a.prefix + "Paper",
			Country: apartCountries[i], Domains: []string{fmt.Sprintf("%s%d.example.org", a.prefix, i)}})
		if err != nil {
			t.Fatal(err)
		}
		claim, err := s.CreateClaim(t.Context(), tester, key, headwater.ClaimFields{Statement: headwater.Texts{"en": a.statement(i)}})
		if err != nil {
			t.Fatal(err)
		}
		a.sources, a.claims = append(a.sources, source.ID), append(a.claims, claim.ID)
		document, err := s.CreateDocument(t.Context(), tester, key, headwater.DocumentFields{Kind: headwater.Article,
			Publisher: a.sources[0], URL: "https://" + a.prefix + "0.example.org/1"})
		if err != nil {
			t.Fatal(err)
		}
		a.documents = append(a.documents, document.ID)
		if _, err := s.CreateAttribution(t.Context(), tester, "", headwater.AttributionFields{Claim: claim.ID, Document: document.ID,
			Stance: headwater.Affirms, Chain: []headwater.Hop{{Source: a.sources[0]}}}, ""); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

func (a *apart) statement(i int) string { return fmt.Sprintf(apartStatements[i], a.prefix) }

// step does something to two of them; what is refused is fine.
func (a *apart) step() {
	ctx, s := a.Context(), a.store
	a.by = grouped()
	a.groups = append(a.groups, a.by.Group)
	pair := rapid.Permutation([]int{0, 1, 2, 3}).Draw(a.T, "pair")
	x, y := pair[0], pair[1]
	steps := map[string]func() error{
		"undo": func() error {
			_, err := s.Undo(ctx, a.by, rapid.SampledFrom(a.groups).Draw(a.T, "group"), nil)
			return err
		},
		"merge":   func() error { _, err := s.MergeSource(ctx, a.by, a.sources[x], 0, a.sources[y]); return err },
		"unmerge": func() error { _, err := s.UnmergeSource(ctx, a.by, a.sources[x], 0); return err },
		"match sources": func() error {
			return a.decide(headwater.IdentityMatchFields{Kind: headwater.SameSource, A: a.sources[x], B: a.sources[y]})
		},
		"match documents": func() error {
			return a.decide(headwater.IdentityMatchFields{Kind: headwater.SameDocument, A: a.documents[x], B: a.documents[y]})
		},
		"match a reprint": func() error {
			return a.decide(headwater.IdentityMatchFields{Kind: headwater.Reprint, A: a.documents[x], B: a.documents[y]})
		},
		"merge claims":   func() error { _, err := s.MergeClaim(ctx, a.by, a.claims[x], 0, a.claims[y]); return err },
		"unmerge claims": func() error { _, err := s.UnmergeClaim(ctx, a.by, a.claims[x], 0); return err },
		"reject a link": func() error {
			_, err := s.CreateLink(ctx, a.by, "", headwater.LinkFields{Kind: headwater.Equivalent, From: a.claims[x], To: a.claims[y]},
				headwater.Rejected)
			return err
		},
		"suggest": func() error { return a.decideSuggestion(a.claims[x]) },
		"import a merger": func() error {
			return a.importLine(`{"type":"source","key":"%[1]s%[2]d","kind":"outlet","name":"%[1]sPaper","status":"merged",`+
				`"merged_into":"%[1]s%[3]d"}`, x, y)
		},
		"import a merger of claims": func() error {
			return a.importLine(`{"type":"claim","key":"%[1]s%[2]d","statement":{"en":"%[1]s"},"status":"merged",`+
				`"merged_into":"%[1]s%[3]d"}`, x, y)
		},
		"import a match": func() error {
			return a.importLine(`{"type":"match","kind":"`+a.oneOf("same_source", "same_document", "reprint")+
				`","a":"%[1]s%[2]d","b":"%[1]s%[3]d","status":"`+a.oneOf("rejected", "accepted", "proposed")+`"}`, x, y)
		},
		"import a link": func() error {
			return a.importLine(`{"type":"link","kind":"equivalent","from":"%[1]s%[2]d","to":"%[1]s%[3]d","status":"rejected"}`, x, y)
		},
		"import a derivation": func() error {
			return a.importLine(`{"type":"document","key":"%[1]s%[2]d","publisher":"%[1]s0","kind":"article","derived_from":"%[1]s%[3]d"}`,
				x, y)
		},
		"import a table": func() error {
			return a.importTable(headwater.ResourceSource,
				fmt.Sprintf("key,kind,name,status,merged_into\n%[1]s%[2]d,outlet,%[1]sPaper,merged,"+
					"%[1]s%[3]d\n", a.prefix, x, y))
		},
		"import owners": func() error {
			return a.importTable(headwater.ResourceRelation, fmt.Sprintf("subject.name,subject.kind,subject.country,subject.domains,kind,"+
				"object.name\n%[1]sPaper,outlet,%[2]s,%[3]s,owned_by,%[1]sOwner\n", a.prefix, apartCountries[x], a.oneOf("",
				fmt.Sprintf("%s%d.example.org", a.prefix, y))))
		},
		"import a check": func() error {
			return a.read(fmt.Sprintf(`{"text":%q,"claimant":"%[2]sPaper","claimReview":[{"publisher":{"name":"%[2]sPaper",`+
				`"site":"%[2]s%[3]d.example.org"},"url":"https://%[2]s0.example.org/1","textualRating":"False","languageCode":"en"}]}`,
				a.statement(y), a.prefix, x), interchange.FactCheck, interchange.TableOptions{})
		},
		"import markup": func() error {
			return a.read(fmt.Sprintf(`{"@type":"ClaimReview","claimReviewed":%q,"author":{"name":"%[2]sPaper",`+
				`"url":"https://%[2]s%[3]d.example.org"},"reviewRating":{"alternateName":"No"},"itemReviewed":{"@type":"Claim",`+
				`"appearance":"https://%[2]s%[3]d.example.org/1"}}`,
				a.statement(y), a.prefix, x), interchange.ClaimReview, interchange.TableOptions{})
		},
	}
	names := slices.Sorted(maps.Keys(steps))
	if rapid.IntRange(0, 3).Draw(a.T, "imports") > 0 {
		names = slices.DeleteFunc(names, func(name string) bool { return strings.HasPrefix(name, "import") })
	}
	err := steps[a.oneOf(names...)]()
	if code := headwater.CodeOf(err); err != nil && code == "" {
		a.Fatalf("it failed: %v", err)
	}
}

func (a *apart) oneOf(options ...string) string { return rapid.SampledFrom(options).Draw(a.T, "which") }

// decide accepts, rejects or reopens the match of two things, which is made if there is none.
func (a *apart) decide(f headwater.IdentityMatchFields) error {
	id, err := a.match(f)
	if err != nil {
		return err
	}
	switch a.oneOf("accept", "reject", "reopen") {
	case "accept":
		_, err = a.store.AcceptMatch(a.Context(), a.by, id, 0)
	case "reject":
		_, err = a.store.RejectMatch(a.Context(), a.by, id, 0)
	default:
		_, err = a.store.ReopenMatch(a.Context(), a.by, id, 0)
	}
	return err
}

// match is the match of two things.
func (a *apart) match(f headwater.IdentityMatchFields) (uuid.UUID, error) {
	page, err := a.store.IdentityMatches(a.Context(), store.MatchFilter{Of: f.A, Kind: string(f.Kind)}, store.Paging{Limit: 100})
	if err != nil {
		a.Fatal(err)
	}
	for _, m := range page.Items {
		if m.B == f.B || f.Kind != headwater.Reprint && m.A == f.B {
			return m.ID, nil
		}
	}
	m, err := a.store.CreateMatch(a.Context(), a.by, "", f)
	return m.ID, err
}

// decideSuggestion accepts or rejects what is suggested first.
func (a *apart) decideSuggestion(claim uuid.UUID) error {
	near, err := a.store.Neighbourhood(a.Context(), claim)
	if err != nil {
		a.Fatal(err)
	}
	all := near.Suggestions(headwater.NamespaceOf(a.store.Namespace()))
	if len(all) == 0 {
		return nil
	}
	found, status := all[0], headwater.Decision(a.oneOf("accepted", "rejected"))
	if found.Stored {
		_, err = a.store.DecideLink(a.Context(), a.by, found.ID, 0, status == headwater.Accepted)
	} else {
		_, err = a.store.CreateLink(a.Context(), a.by, found.NaturalKey(), found.LinkFields, status)
	}
	return err
}

func (a *apart) importLine(line string, x, y int) error {
	text := fmt.Sprintf(`{"type":"bundle","format":"headwater-bundle/1","namespace":%q}`, a.store.Namespace()) + "\n" +
		fmt.Sprintf(line, a.prefix, x, y)
	return a.read(text, interchange.Bundle, interchange.TableOptions{})
}

func (a *apart) importTable(of headwater.Resource, text string) error {
	return a.read(text, interchange.CSV, interchange.TableOptions{Of: of})
}

func (a *apart) read(text string, format interchange.Format, table interchange.TableOptions) error {
	things, err := interchange.Read(strings.NewReader(text), format, table, a.store.Namespace())
	if err == nil {
		_, err = a.store.Import(a.Context(), a.by, things,
			store.ImportOptions{ProposeDuplicates: format.Holds() == interchange.HoldsReviews})
	}
	return err
}

// groupsSQL gives for each source, document and claim since $1 all that counts as one with it.
const groupsSQL = `WITH RECURSIVE ties (a, b) AS (
		SELECT id, merged_into FROM sources WHERE merged_into IS NOT NULL AND created_at >= $1
		UNION ALL SELECT id, merged_into FROM claims WHERE merged_into IS NOT NULL AND created_at >= $1
		UNION ALL SELECT a, b FROM matches WHERE kind = 'same_document' AND status = 'accepted' AND created_at >= $1
	), things AS (
		SELECT id FROM sources WHERE created_at >= $1 UNION ALL SELECT id FROM claims WHERE created_at >= $1
		UNION ALL SELECT id FROM documents WHERE created_at >= $1
	), groups (id, member) AS (
		SELECT id, id FROM things
		UNION SELECT groups.id, CASE WHEN ties.a = member THEN ties.b ELSE ties.a END FROM groups JOIN ties ON member IN (ties.a, ties.b)
	), judged (kind, a, b, status) AS (
		SELECT kind, a, b, status FROM matches WHERE created_at >= $1
		UNION ALL SELECT kind, claim_id, to_id, status FROM links WHERE kind = 'equivalent' AND created_at >= $1)
`

// check finds what is kept apart and counts as one, what derives from that of which it is no reprint, and what the last step proposed
// that was rejected.
func (a *apart) check(before []string) {
	var count int
	if err := a.store.Pool.QueryRow(a.Context(), groupsSQL+`SELECT count(*) FROM judged JOIN groups ON groups.id = a AND member = b
		WHERE status = 'rejected' AND kind <> 'reprint'`, a.since).Scan(&count); err != nil || count > 0 {
		a.Fatalf("%d pairs that are said to be two count as one: %v", count, err)
	}
	for _, proposal := range a.proposedAgain() {
		if !slices.Contains(before, proposal) && a.isNew(proposal) {
			a.Fatalf("%s proposes what was rejected", proposal)
		}
	}
}

// checkSuggestions finds what is suggested of claims that are said to be two.
func (a *apart) checkSuggestions() {
	for _, claim := range a.claims {
		near, err := a.store.Neighbourhood(a.Context(), claim)
		if err != nil {
			a.Fatal(err)
		}
		for _, found := range near.Suggestions(headwater.NamespaceOf(a.store.Namespace())) {
			var rejected bool
			if err := a.store.Pool.QueryRow(a.Context(), groupsSQL+`SELECT EXISTS (SELECT FROM judged
				JOIN groups AS x ON x.id = $2 AND x.member IN (judged.a, judged.b)
				JOIN groups AS y ON y.id = $3 AND y.member IN (judged.a, judged.b)
				WHERE status = 'rejected' AND x.member <> y.member)`, a.since, claim, found.Other.ID).Scan(&rejected); err != nil ||
				rejected {
				a.Fatalf("of %s and %s, which are said to be two, %s is suggested: %v", claim, found.Other.ID, found.Kind, err)
			}
		}
	}
}

// isNew says whether a proposal has only just been made: others were there when somebody rejected the like of them.
func (a *apart) isNew(match string) bool {
	var created bool
	if err := a.store.Pool.QueryRow(a.Context(), `SELECT xid = (SELECT max(xid::text::bigint)::text::xid8 FROM changes)
		FROM changes WHERE resource_id = $1 AND operation = 'create'`, match).Scan(&created); err != nil {
		a.Fatal(err)
	}
	return created
}

// proposedAgain are the proposals of which something like them was rejected.
func (a *apart) proposedAgain() []string {
	rows, err := a.store.Pool.Query(a.Context(), groupsSQL+`SELECT DISTINCT proposed.id::text FROM matches AS proposed
		JOIN groups AS x ON x.id = proposed.a JOIN groups AS y ON y.id = proposed.b
		JOIN judged ON judged.status = 'rejected' AND judged.kind = proposed.kind AND ((judged.a, judged.b) = (x.member, y.member)
			OR judged.kind <> 'reprint' AND (judged.b, judged.a) = (x.member, y.member))
		WHERE proposed.created_at >= $1 AND proposed.status = 'proposed' AND proposed.method IS NOT NULL`, a.since)
	if err != nil {
		a.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		a.Fatal(err)
	}
	return list
}
