package store_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/store"
)

// contendedWrite is one way to write, among others that do at the same time.
type contendedWrite struct {
	method string // of a store, which it calls
	// conflictsMayBe is true where the state that another left can rule the write out.
	conflictsMayBe bool
	write          func(n int) error
}

// contendedWrites are the writes of single things, each of one among those that everybody writes.
func contendedWrites(t *testing.T, s *store.Store) []contendedWrite {
	ctx, space := t.Context(), headwater.NamespaceOf("https://headwater.example/test")
	id := func(resource headwater.Resource, letter string) uuid.UUID {
		return space.ID(resource, fmt.Sprint(letter, 1+rand.IntN(contended-1)))
	}
	source := func() uuid.UUID { return id(headwater.ResourceSource, "s") }
	merged := func() uuid.UUID { return id(headwater.ResourceSource, "m") } // the others control each other, and cannot be merged
	claim := func() uuid.UUID { return id(headwater.ResourceClaim, "c") }
	document := func() uuid.UUID { return id(headwater.ResourceDocument, "d") }
	attribution := func() uuid.UUID { return space.AttributionID(claim(), "a") }
	link := func() uuid.UUID { return id(headwater.ResourceLink, "l") }
	relation := func() uuid.UUID { return id(headwater.ResourceRelation, "r") }
	review := func() uuid.UUID { return id(headwater.ResourceReview, "v") }
	matches := contendedMatches(t, s)
	match := func() uuid.UUID { return matches[rand.IntN(len(matches))] }
	// verdicts are on a link, an attribution and a match as they stand.
	verdicts := func(n int) ([]store.Verdict, error) {
		l, errLink := s.Link(ctx, link())
		a, errAttribution := s.Attribution(ctx, attribution())
		m, errMatch := s.IdentityMatch(ctx, match())
		to := []headwater.Decision{headwater.Accepted, headwater.Rejected, headwater.Proposed}[n%3]
		return []store.Verdict{
			{Resource: headwater.ResourceLink, ID: l.ID, Version: l.Version, To: to},
			{Resource: headwater.ResourceAttribution, ID: a.ID, Version: a.Version, To: to},
			{Resource: headwater.ResourceMatch, ID: m.ID, Version: m.Version, To: to},
		}, errors.Join(errLink, errAttribution, errMatch)
	}
	writes := []contendedWrite{
		{"UpdateSource", false, func(n int) error {
			updated := source()
			if n%2 == 0 {
				updated = merged()
			}
			_, err := s.UpdateSource(ctx, tester, updated, 0, outlet(fmt.Sprint("Update ", n)))
			return err
		}},
		{"UpdateClaim", false, func(n int) error {
			_, err := s.UpdateClaim(ctx, tester, claim(), 0, headwater.ClaimFields{Statement: headwater.Texts{"en": fmt.Sprint("Dam ", n)}})
			return err
		}},
		{"UpdateDocument", true, func(n int) error {
			d, err := s.Document(ctx, document())
			if err != nil {
				return err
			}
			d.Text = strings.Repeat("So. ", n%3) + "The dam held."
			_, err = s.UpdateDocument(ctx, tester, d.ID, 0, d.DocumentFields)
			return err
		}},
		{"UpdateAttribution", true, func(n int) error {
			a, err := s.Attribution(ctx, attribution())
			if err != nil {
				return err
			}
			a.Note = fmt.Sprint("update ", n)
			_, err = s.UpdateAttribution(ctx, tester, a.ID, 0, a.AttributionFields)
			return err
		}},
		{"DecideAttribution", false, func(n int) error {
			_, err := s.DecideAttribution(ctx, tester, attribution(), 0, n%2 == 0)
			return err
		}},
		{"UpdateLink", false, func(n int) error {
			l, err := s.Link(ctx, link())
			if err != nil {
				return err
			}
			l.Rationale = fmt.Sprint("update ", n)
			_, err = s.UpdateLink(ctx, tester, l.ID, 0, l.LinkFields)
			return err
		}},
		{"DecideLink", false, func(n int) error {
			_, err := s.DecideLink(ctx, tester, link(), 0, n%2 == 0)
			return err
		}},
		{"UpdateRelation", false, func(n int) error {
			r, err := s.Relation(ctx, relation())
			if err != nil {
				return err
			}
			r.Since = headwater.Day(fmt.Sprint(1900 + n%100))
			_, err = s.UpdateRelation(ctx, tester, r.ID, 0, r.RelationFields)
			return err
		}},
		{"RetractRelation", false, func(n int) error {
			_, err := s.RetractRelation(ctx, tester, relation(), 0, n%2 == 0)
			return err
		}},
		{"UpdateReview", false, func(n int) error {
			v, err := s.Review(ctx, review())
			if err != nil {
				return err
			}
			v.Title = fmt.Sprint("update ", n)
			_, err = s.UpdateReview(ctx, tester, v.ID, 0, v.ReviewFields)
			return err
		}},
		{"RetractReview", false, func(n int) error {
			_, err := s.RetractReview(ctx, tester, review(), 0, n%2 == 0)
			return err
		}},
		{"RetractClaim", true, func(n int) error {
			_, err := s.RetractClaim(ctx, tester, claim(), 0, n%2 == 0)
			return err
		}},
		{"MergeClaim", true, func(int) error {
			_, err := s.MergeClaim(ctx, tester, claim(), 0, claim())
			return err
		}},
		{"UnmergeClaim", true, func(int) (err error) {
			for range contended { // some of them are merged, most of the time
				if _, err = s.UnmergeClaim(ctx, tester, claim(), 0); err == nil {
					break
				}
			}
			return err
		}},
		{"MergeSource", true, func(int) error {
			_, err := s.MergeSource(ctx, tester, merged(), 0, merged())
			return err
		}},
		{"UnmergeSource", true, func(int) (err error) {
			for range contended {
				if _, err = s.UnmergeSource(ctx, tester, merged(), 0); err == nil {
					break
				}
			}
			return err
		}},
		{"CreateAttribution", true, func(n int) error {
			_, err := s.CreateAttribution(ctx, tester, fmt.Sprint("more", n), headwater.AttributionFields{
				Claim: claim(), Document: document(), Stance: headwater.Affirms,
				Content: &headwater.Selector{Start: 0, End: 12, Exact: "The dam held"},
				Chain:   []headwater.Hop{{Source: space.ID(headwater.ResourceSource, "s0")}},
			}, "")
			return err
		}},
		{"CreateSource", false, func(n int) error {
			_, err := s.CreateSource(ctx, tester, "", outlet(fmt.Sprint("Another ", n%7)))
			return err
		}},
		{"CreateRelation", true, func(n int) error {
			made, err := s.CreateSource(ctx, tester, "", outlet(fmt.Sprint("A part ", n)))
			if err == nil {
				_, err = s.CreateRelation(ctx, tester, "", headwater.RelationFields{Subject: made.ID, Kind: headwater.PartOf,
					Object: source()})
			}
			return err
		}},
		{"CreateDocument", false, func(n int) error {
			_, err := s.CreateDocument(ctx, tester, "", headwater.DocumentFields{Publisher: source(), Kind: headwater.Article,
				Text: fmt.Sprint("At last. So. The dam held, says number ", n)})
			return err
		}},
		{"CreateClaim", false, func(n int) error {
			_, err := s.CreateClaim(ctx, tester, "", headwater.ClaimFields{Statement: headwater.Texts{"en": fmt.Sprint("A new dam ", n)}})
			return err
		}},
		{"CreateLink", true, func(int) error {
			_, err := s.CreateLink(ctx, tester, "", headwater.LinkFields{Kind: headwater.Equivalent, From: claim(), To: claim()}, "")
			return err
		}},
		{"CreateReview", false, func(n int) error {
			_, err := s.CreateReview(ctx, tester, "", headwater.ReviewFields{Claim: claim(), Author: source(),
				URL: fmt.Sprint("https://another.example/", n), Rating: headwater.Rating{Label: fmt.Sprint("Another ", n)}})
			return err
		}},
		{"CreateMatch", true, func(int) error {
			_, err := s.CreateMatch(ctx, tester, "", headwater.IdentityMatchFields{Kind: headwater.SameSource, A: merged(), B: merged()})
			return err
		}},
		{"AcceptMatch", true, func(int) error {
			_, err := s.AcceptMatch(ctx, tester, match(), 0)
			return err
		}},
		{"RejectMatch", true, func(int) error {
			_, err := s.RejectMatch(ctx, tester, match(), 0)
			return err
		}},
		{"ReopenMatch", true, func(int) error {
			_, err := s.ReopenMatch(ctx, tester, match(), 0)
			return err
		}},
		{"ReopenAttribution", true, func(int) error {
			_, err := s.ReopenAttribution(ctx, tester, attribution(), 0)
			return err
		}},
		{"ReopenLink", true, func(int) error {
			_, err := s.ReopenLink(ctx, tester, link(), 0)
			return err
		}},
		{"DecideEach", false, func(n int) error {
			verdicts, err := verdicts(n)
			if err == nil {
				_, err = s.DecideEach(ctx, tester, verdicts)
			}
			return err
		}},
		{"DecideAll", true, func(n int) error {
			verdicts, err := verdicts(n)
			if err != nil {
				return err
			}
			_, done, err := s.DecideAll(ctx, tester, verdicts)
			if err == nil && !done {
				err = &headwater.Error{Code: headwater.CodeConflict, Detail: "one of them was refused"}
			}
			return err
		}},
		{"RetractSource", true, func(n int) error {
			_, err := s.RetractSource(ctx, tester, merged(), 0, n%2 == 0)
			return err
		}},
		{"RetractDocument", true, func(n int) error {
			_, err := s.RetractDocument(ctx, tester, document(), 0, n%2 == 0)
			return err
		}},
		{"Undo", true, func(n int) error {
			by := grouped()
			if _, err := s.UpdateSource(ctx, by, merged(), 0, outlet(fmt.Sprint("A mistake ", n))); err != nil {
				return err
			}
			_, err := s.Undo(ctx, grouped(), by.Group, nil)
			return err
		}},
		{"ProposeReprints", false, func(int) error {
			_, err := s.ProposeReprints(ctx, tester)
			return err
		}},
	}
	for importer, options := range []store.ImportOptions{{}, {KeepGoing: true}, {ProposeDuplicates: true, ProposeReprints: true}} {
		writes = append(writes, contendedWrite{"Import", false, func(n int) error {
			_, err := s.Import(ctx, tester, bundle.NewReader(strings.NewReader(contendedBundle(3*n+importer))), options)
			return err
		}})
	}
	return append(writes, contendedFiles(t, s)...)
}

// contendedMatches are between sources and documents that nothing else is said of.
func contendedMatches(t *testing.T, s *store.Store) (ids []uuid.UUID) {
	t.Helper()
	create := func(kind headwater.MatchKind, a, b uuid.UUID) {
		t.Helper()
		ids = append(ids, must(s.CreateMatch(t.Context(), tester, "", headwater.IdentityMatchFields{Kind: kind, A: a, B: b}))(t).ID)
	}
	for i := range 3 {
		var sources, documents []uuid.UUID
		for j := range 2 {
			made := must(s.CreateSource(t.Context(), tester, "", outlet(fmt.Sprint("One of two ", i, j))))(t)
			sources = append(sources, made.ID)
			documents = append(documents, must(s.CreateDocument(t.Context(), tester, "", headwater.DocumentFields{Publisher: made.ID,
				Kind: headwater.Article}))(t).ID)
		}
		create(headwater.SameSource, sources[0], sources[1])
		create([]headwater.MatchKind{headwater.SameDocument, headwater.Reprint}[i%2], documents[0], documents[1])
	}
	return ids
}

// contendedFiles are imports of the formats of others: of a table that says of the same sources what round it is, of the editions of a
// feed, and of samples of all formats, each by two, of whom one undoes what it imported of a sample.
func contendedFiles(t *testing.T, s *store.Store) []contendedWrite {
	ctx := t.Context()
	importAs := func(by store.Authorship, file anyFile, options store.ImportOptions) error {
		things, err := interchange.Read(strings.NewReader(file.text), file.format, file.table, s.Namespace())
		if err == nil {
			_, err = s.Import(ctx, by, things, options)
		}
		return err
	}
	table := func(n int) error {
		text := "key,kind,name\n"
		for i := range contended {
			text += fmt.Sprintf("s%d,outlet,Row %d\nm%[1]d,outlet,Row %[2]d\n", i, n)
		}
		return importAs(tester, anyFile{format: interchange.CSV, table: interchange.TableOptions{Of: headwater.ResourceSource}, text: text},
			store.ImportOptions{})
	}
	edition := func(n int) error {
		text := company("owner")
		for i := range contended {
			if (i+n)%3 > 0 {
				name := fmt.Sprint("company", i)
				text += company(name) + owns(fmt.Sprint("share", i), "owner", name, fmt.Sprint(50+n%40), "")
			}
		}
		return importAs(tester, anyFile{format: interchange.FollowTheMoney, text: text}, store.ImportOptions{Edition: store.Edition{
			Feed: "register", Date: headwater.Day(time.Date(2000, 1, n, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)), Fewer: true}})
	}
	writes := []contendedWrite{
		{"Import", false, table}, {"Import", false, table},
		{"Import", true, edition}, {"Import", true, edition}, // an edition can be older than the one that the other imported
		{"UndoFeed", true, func(int) error {
			_, err := s.UndoFeed(ctx, grouped(), "register")
			if headwater.CodeOf(err) == headwater.CodeNotFound { // no edition of it came yet
				return nil
			}
			return err
		}},
	}
	// more than four would leave no connection to others. Where they begin is another one each time.
	samples := ownFiles(t)
	first := rand.IntN(len(samples))
	sample := func(by store.Authorship, n int) error {
		file := samples[(first+n)%len(samples)]
		return importAs(by, file, store.ImportOptions{KeepGoing: file.format != interchange.Bundle,
			ProposeDuplicates: file.format.MakesClaims(), ProposeReprints: file.format.Holds() == interchange.HoldsDocuments})
	}
	for _, begin := range []int{0, len(samples) / 2} {
		writes = append(writes,
			contendedWrite{"Import", true, func(n int) error { return sample(tester, begin+n) }},
			contendedWrite{"Import", true, func(n int) error {
				by := grouped()
				if err := sample(by, begin+n); err != nil {
					return err
				}
				_, err := s.Undo(ctx, grouped(), by.Group, nil)
				if headwater.CodeOf(err) == headwater.CodeNotFound { // all of it was there
					return nil
				}
				return err
			}})
	}
	return writes
}

// uncontended are the methods of a store that are told who writes, and what they write instead of things with versions.
var uncontended = map[string]string{
	"CreateFirstKey": "keys, which have no versions", "CreateKey": "keys", "RotateKey": "keys", "RevokeKey": "keys",
	"CreateWebhook": "webhooks, which have no versions", "RotateWebhook": "webhooks", "EnableWebhook": "webhooks",
	"DisableWebhook": "webhooks", "LeaseProposals": "who looks at what", "StoreResponse": "an answer, to give it again",
	"StoreOutcome": "an answer",
}

// TestEveryWriteIsContended: all that writes to the history, and so is told who writes, is among the writes that are tried beside each
// other.
func TestEveryWriteIsContended(t *testing.T) {
	t.Parallel()
	tried := map[string]bool{}
	for _, write := range contendedWrites(t, open(t)) {
		tried[write.method] = true
	}
	methods := reflect.TypeFor[*store.Store]()
	there := map[string]bool{}
	for i := range methods.NumMethod() {
		method := methods.Method(i)
		for in := range method.Type.NumIn() {
			there[method.Name] = there[method.Name] || method.Type.In(in) == reflect.TypeFor[store.Authorship]()
		}
		if _, other := uncontended[method.Name]; there[method.Name] && tried[method.Name] == other {
			t.Errorf("%s is told who writes: it is tried beside other writes: %t, and named as what need not be: %t", method.Name,
				tried[method.Name], other)
		}
	}
	for name := range uncontended {
		if !there[name] {
			t.Errorf("%s is no method that is told who writes", name)
		}
	}
	read := map[interchange.Format]bool{interchange.CSV: true} // contendedFiles writes one
	for _, file := range ownFiles(t) {
		read[file.format] = true
	}
	for _, format := range interchange.Format("").Values() {
		if !read[interchange.Format(format)] {
			t.Errorf("no file in the format %s is imported beside other writes", format)
		}
	}
}
