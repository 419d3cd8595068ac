package store_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
)

// must gives the value, or fails the test.
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
	return headwater.SourceFields{Kind: headwater.Outlet, Name: name}
}

func faultsOf(t *testing.T, err error) headwater.Faults {
	t.Helper()
	var faults headwater.Faults
	if !errors.As(err, &faults) {
		t.Fatalf("got %v, want faults", err)
	}
	return faults
}

func TestASourceAndItsHistory(t *testing.T) {
	t.Parallel()
	s, ctx := open(t), t.Context()
	made := must(s.CreateSource(ctx, tester, "paper", outlet("The Paper")))(t)
	if made.ID != headwater.NamespaceOf(store.DefaultNamespace).ID(headwater.ResourceSource, "paper") || made.Version != 1 ||
		made.Status != headwater.EntityActive || made.Reliability != "F" {
		t.Errorf("made %+v", made)
	}
	if _, err := s.CreateSource(ctx, tester, "paper", outlet("Again")); headwater.CodeOf(err) != headwater.CodeAlreadyExists {
		t.Errorf("a second time: %v", err)
	}
	changed := must(s.UpdateSource(ctx, tester, made.ID, 1, outlet("The Daily Paper")))(t)
	if changed.Version != 2 || changed.Name != "The Daily Paper" || changed.Key != "paper" {
		t.Errorf("changed %+v", changed)
	}
	if same := must(s.UpdateSource(ctx, tester, made.ID, 2, outlet("The Daily Paper")))(t); same.Version != 2 {
		t.Errorf("the same words made version %d", same.Version)
	}
	_, err := s.UpdateSource(ctx, tester, made.ID, 1, outlet("Too late"))
	var stale *headwater.Error
	if !errors.As(err, &stale) || stale.Code != headwater.CodeVersionMismatch || stale.Version != 2 {
		t.Errorf("an outdated version: %v", err)
	}
	if _, err := s.UpdateSource(ctx, tester, uuid.New(), 1, outlet("Nobody")); headwater.CodeOf(err) != headwater.CodeNotFound {
		t.Errorf("an unknown id: %v", err)
	}
	if gone := must(s.RetractSource(ctx, tester, made.ID, 2, true))(t); gone.Status != headwater.EntityRetracted || gone.Version != 3 {
		t.Errorf("retracted %+v", gone)
	}
	if back := must(s.RetractSource(ctx, tester, made.ID, 0, false))(t); back.Status != headwater.EntityActive || back.Version != 4 {
		t.Errorf("restored %+v", back)
	}
}

func TestMergesAreUndoneAndNeverLoop(t *testing.T) {
	t.Parallel()
	s, ctx := open(t), t.Context()
	a := must(s.CreateSource(ctx, tester, "a", outlet("A")))(t)
	b := must(s.CreateSource(ctx, tester, "b", outlet("B")))(t)
	merged := must(s.MergeSource(ctx, tester, a.ID, 1, b.ID))(t)
	if merged.Status != headwater.EntityMerged || merged.MergedInto == nil || *merged.MergedInto != b.ID {
		t.Errorf("merged %+v", merged)
	}
	if _, err := s.MergeSource(ctx, tester, b.ID, 1, a.ID); faultsOf(t, err)[0].Code != headwater.FaultLoop {
		t.Errorf("merged back: %v", err)
	}
	if _, err := s.MergeSource(ctx, tester, b.ID, 1, b.ID); faultsOf(t, err)[0].Code != headwater.FaultLoop {
		t.Errorf("merged into itself: %v", err)
	}
	if _, err := s.RetractSource(ctx, tester, a.ID, 0, true); headwater.CodeOf(err) != headwater.CodeConflict {
		t.Errorf("retracted while merged: %v", err)
	}
	if apart := must(s.UnmergeSource(ctx, tester, a.ID, 2))(t); apart.Status != headwater.EntityActive || apart.MergedInto != nil ||
		apart.Version != 3 {
		t.Errorf("unmerged %+v", apart)
	}
	if _, err := s.UnmergeSource(ctx, tester, a.ID, 0); headwater.CodeOf(err) != headwater.CodeConflict {
		t.Errorf("unmerged twice: %v", err)
	}
}

// desk is a paper, a ministry, a document of the paper and a claim.
func desk(t *testing.T, s *store.Store) (paper, ministry headwater.Source, document headwater.Document, claim headwater.Claim) {
	t.Helper()
	ctx := t.Context()
	paper = must(s.CreateSource(ctx, tester, "paper", outlet("The Paper")))(t)
	ministry = must(s.CreateSource(ctx, tester, "ministry", headwater.SourceFields{Kind: headwater.Government, Name: "The Ministry"}))(t)
	document = must(s.CreateDocument(ctx, tester, "d", headwater.DocumentFields{Publisher: paper.ID, Kind: headwater.Article,
		Text: "قالت الوزارة: the dam held."}))(t)
	claim = must(s.CreateClaim(ctx, tester, "held", headwater.ClaimFields{Statement: headwater.Texts{"en": "The dam held."}}))(t)
	return paper, ministry, document, claim
}

func TestAnAttributionIsCheckedAgainstItsDocument(t *testing.T) {
	t.Parallel()
	s, ctx := open(t), t.Context()
	paper, ministry, document, claim := desk(t, s)
	fields := func(first uuid.UUID, start int) headwater.AttributionFields {
		return headwater.AttributionFields{
			Claim: claim.ID, Document: document.ID, Stance: headwater.Affirms,
			Content: &headwater.Selector{Start: start, End: start + 12, Exact: "the dam held"},
			Chain:   []headwater.Hop{{Source: first}, {Source: ministry.ID}},
		}
	}
	a := must(s.CreateAttribution(ctx, tester, "x", fields(paper.ID, 3), ""))(t)
	if a.Content.Start != 14 || a.Status != headwater.Accepted || a.Credibility != headwater.CredibilityUnknown {
		t.Errorf("made %+v", a)
	}
	if _, err := s.CreateAttribution(ctx, tester, "", fields(ministry.ID, 14), ""); faultsOf(t, err)[0].Code != headwater.FaultChainStart {
		t.Errorf("another first hop: %v", err)
	}
	wrong := fields(uuid.New(), 14)
	wrong.Document = uuid.New()
	if _, err := s.CreateAttribution(ctx, tester, "", wrong, ""); len(faultsOf(t, err)) != 2 {
		t.Errorf("two unknown references: %v", err)
	}
	rejected := must(s.DecideAttribution(ctx, tester, a.ID, 1, false))(t)
	if rejected.Status != headwater.Rejected {
		t.Errorf("rejected %+v", rejected)
	}
	moved := must(s.UpdateDocument(ctx, tester, document.ID, 1, headwater.DocumentFields{Publisher: paper.ID, Kind: headwater.Article,
		Text: "the dam held."}))(t)
	if moved.Version != 2 {
		t.Errorf("moved %+v", moved)
	}
	if mended := must(s.Attribution(ctx, a.ID))(t); mended.Content.Start != 0 || mended.Version != 3 {
		t.Errorf("mended %+v", mended)
	}
	if _, err := s.UpdateDocument(ctx, tester, document.ID, 2, headwater.DocumentFields{Publisher: paper.ID, Kind: headwater.Article,
		Text: "Nothing."}); faultsOf(t, err)[0].Pointer != "/text" {
		t.Errorf("a text without the words: %v", err)
	}
	if _, err := s.UpdateDocument(ctx, tester, document.ID, 2, headwater.DocumentFields{Publisher: ministry.ID,
		Kind: headwater.Article, Text: "the dam held."}); faultsOf(t, err)[0].Pointer != "/publisher" {
		t.Errorf("a publisher that no chain begins with: %v", err)
	}
	if _, err := s.UpdateDocument(ctx, tester, document.ID, 2, headwater.DocumentFields{Publisher: paper.ID, Kind: headwater.Article,
		Text: "the dam held.", DerivedFrom: &document.ID}); faultsOf(t, err)[0].Code != headwater.FaultLoop {
		t.Errorf("a reprint of itself: %v", err)
	}
}

func TestLinksAreStoredOnceAndControlDoesNotLoop(t *testing.T) {
	t.Parallel()
	s, ctx := open(t), t.Context()
	paper, ministry, _, held := desk(t, s)
	broke := must(s.CreateClaim(ctx, tester, "broke", headwater.ClaimFields{Statement: headwater.Texts{"en": "The dam broke."}}))(t)
	link := must(s.CreateLink(ctx, tester, "", headwater.LinkFields{Kind: headwater.Contradicts, From: held.ID, To: broke.ID},
		headwater.Proposed))(t)
	if link.Degree != headwater.DegreeDirect || link.Status != headwater.Proposed {
		t.Errorf("made %+v", link)
	}
	if _, err := s.CreateLink(ctx, tester, "", headwater.LinkFields{Kind: headwater.Contradicts, From: broke.ID, To: held.ID},
		""); headwater.CodeOf(err) != headwater.CodeAlreadyExists {
		t.Errorf("the other way round: %v", err)
	}
	must(s.CreateRelation(ctx, tester, "", headwater.RelationFields{Subject: paper.ID, Kind: headwater.PartOf, Object: ministry.ID}))(t)
	if _, err := s.CreateRelation(ctx, tester, "", headwater.RelationFields{Subject: ministry.ID, Kind: headwater.SpeaksFor,
		Object: paper.ID}); faultsOf(t, err)[0].Code != headwater.FaultLoop {
		t.Errorf("a loop of control: %v", err)
	}
}

// TestNothingControlsItselfUnderAnotherName: sources that are merged are one, in whatever order they come to be merged and controlled.
func TestNothingControlsItselfUnderAnotherName(t *testing.T) {
	t.Parallel()
	s, ctx := open(t), t.Context()
	source := func(name string) uuid.UUID {
		return must(s.CreateSource(ctx, tester, name, headwater.SourceFields{Kind: headwater.Organization, Name: name}))(t).ID
	}
	controls := func(subject, object uuid.UUID, since, until string) error {
		_, err := s.CreateRelation(ctx, tester, "", headwater.RelationFields{Subject: subject, Kind: headwater.PartOf, Object: object,
			Since: headwater.Day(since), Until: headwater.Day(until)})
		return err
	}
	merge := func(id, into uuid.UUID) error {
		_, err := s.MergeSource(ctx, tester, id, 0, into)
		return err
	}
	allowed := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	refused := func(what string, err error, at headwater.Pointer) {
		t.Helper()
		if faults := faultsOf(t, err); len(faults) != 1 || faults[0].Code != headwater.FaultLoop || faults[0].Pointer != at {
			t.Errorf("%s: %v", what, err)
		}
	}
	desk, paper, group, title, holding := source("desk"), source("paper"), source("group"), source("title"), source("holding")
	allowed("the desk of the paper", controls(desk, paper, "", ""))
	allowed("the paper of the group", controls(paper, group, "2020", "2022"))
	refused("a part into its whole", merge(desk, paper), "/into")
	refused("the whole into its part", merge(paper, desk), "/into")
	refused("a part into the whole of its whole", merge(desk, group), "/into")
	allowed("the title into the paper", merge(title, paper))
	refused("a part into the whole's other name", merge(desk, title), "/into")
	refused("the group of the desk", controls(group, desk, "2021", ""), "/object")
	refused("the group of the paper's other name", controls(group, title, "2021", ""), "/object")
	refused("the title of the paper, which it is", controls(title, paper, "", ""), "/object")
	allowed("at another time", controls(group, title, "2023", ""))
	allowed("the group of a holding", controls(group, holding, "2022", ""))
	refused("the holding into the paper's other name", merge(holding, title), "/into")
	owner := source("owner")
	allowed("the group of an owner, when the paper was not of the group", controls(group, owner, "2010", "2011"))
	allowed("the owner into the paper's other name", merge(owner, title))
	if _, err := s.UnmergeSource(ctx, tester, title, 0); err != nil {
		t.Errorf("unmerged: %v", err)
	}
	allowed("the title of the paper, once it is another", controls(title, paper, "", ""))
	refused("the title into the paper again", merge(title, paper), "/into")
}

// TestTheSameIsRefused: what a bundle would take for the same thing is refused with the id of what is there, whatever became of that;
// so is a key that is taken. With a key of its own it is another thing, but for links.
func TestTheSameIsRefused(t *testing.T) {
	t.Parallel()
	ctx, s := t.Context(), open(t)
	paper, err := s.CreateSource(ctx, tester, "paper", outlet("Paper"))
	if err != nil {
		t.Fatal(err)
	}
	other, err := s.CreateSource(ctx, tester, "", outlet("Other"))
	if err != nil {
		t.Fatal(err)
	}
	claim, err := s.CreateClaim(ctx, tester, "claim", headwater.ClaimFields{Statement: headwater.Texts{"en": "It broke."}})
	if err != nil {
		t.Fatal(err)
	}
	held, err := s.CreateClaim(ctx, tester, "", headwater.ClaimFields{Statement: headwater.Texts{"en": "It held."}})
	if err != nil {
		t.Fatal(err)
	}
	document, err := s.CreateDocument(ctx, tester, "", headwater.DocumentFields{Publisher: paper.ID, Kind: headwater.Article,
		Text: "It broke. It broke."})
	if err != nil {
		t.Fatal(err)
	}
	said := headwater.AttributionFields{Claim: claim.ID, Document: document.ID, Stance: headwater.Affirms,
		Content: &headwater.Selector{Start: 0, End: 9, Exact: "It broke."}, Chain: []headwater.Hop{{Source: paper.ID}}}
	later := said
	later.Content = &headwater.Selector{Start: 10, End: 19, Exact: "It broke."}
	for name, create := range map[string]func(key string) (headwater.Meta, error){
		"attribution": func(key string) (headwater.Meta, error) {
			made, err := s.CreateAttribution(ctx, tester, key, said, headwater.Rejected)
			return made.Meta, err
		},
		"relation": func(key string) (headwater.Meta, error) {
			made, err := s.CreateRelation(ctx, tester, key,
				headwater.RelationFields{Subject: paper.ID, Kind: headwater.PartOf, Object: other.ID, Since: "2019"})
			return made.Meta, err
		},
		"link": func(string) (headwater.Meta, error) {
			made, err := s.CreateLink(ctx, tester, "", headwater.LinkFields{Kind: headwater.Contradicts, From: claim.ID, To: held.ID}, "")
			return made.Meta, err
		},
		"review": func(key string) (headwater.Meta, error) {
			made, err := s.CreateReview(ctx, tester, key,
				headwater.ReviewFields{Claim: claim.ID, Author: other.ID, Rating: headwater.Rating{Label: "False"}})
			return made.Meta, err
		},
	} {
		first, err := create("")
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var refused *headwater.Error
		if _, err := create(""); !errors.As(err, &refused) || refused.Code != headwater.CodeAlreadyExists || refused.Existing != first.ID {
			t.Errorf("%s again: %v, want that %s is there", name, err, first.ID)
		}
		if name == "link" {
			continue
		}
		if _, err := create("own"); err != nil {
			t.Errorf("%s with a key of its own: %v", name, err)
		}
	}
	if _, err := s.CreateAttribution(ctx, tester, "", later, ""); err != nil {
		t.Errorf("the same words elsewhere: %v", err)
	}
	var taken *headwater.Error
	if _, err := s.CreateSource(ctx, tester, "paper", outlet("Paper")); !errors.As(err, &taken) || taken.Existing != paper.ID {
		t.Errorf("a key that is taken: %v, want that %s has it", err, paper.ID)
	}
}

// TestWhatIsAlikeIsProposed: a new source that looks like another and a document whose address another has are stored, and matches of
// them are proposed and told.
func TestWhatIsAlikeIsProposed(t *testing.T) {
	t.Parallel()
	ctx, s := t.Context(), open(t)
	paper := outlet("Quay Post")
	paper.Domains = []string{"quay.example"}
	first, err := s.CreateSource(ctx, tester, "", paper)
	if err != nil || len(first.Matches) > 0 {
		t.Fatalf("the first: %+v, %v", first.Matches, err)
	}
	second, err := s.CreateSource(ctx, tester, "", paper)
	if err != nil || len(second.Matches) != 1 {
		t.Fatalf("the second: %+v, %v", second.Matches, err)
	}
	match := second.Matches[0]
	if match.A != first.ID || match.B != second.ID || match.Status != headwater.Proposed || match.Basis != "domain" ||
		match.Rationale != "Both are known by the same domain." {
		t.Errorf("the match is %+v", match)
	}
	if stored, err := s.IdentityMatch(ctx, match.ID); err != nil || stored.Kind != headwater.SameSource {
		t.Errorf("the match is stored as %+v, %v", stored, err)
	}
	if alone, err := s.CreateSource(ctx, tester, "", outlet("Another")); err != nil || len(alone.Matches) > 0 {
		t.Errorf("one that is like none: %+v, %v", alone.Matches, err)
	}
	person := headwater.SourceFields{Kind: headwater.Person, Name: "Yoo Sang-bum", Names: headwater.Texts{"ar": "يو سانغ بوم"},
		Country: "KR"}
	member, err := s.CreateSource(ctx, tester, "", person)
	if err != nil || len(member.Matches) > 0 {
		t.Fatalf("a person: %+v, %v", member.Matches, err)
	}
	person.Name, person.Names = "يو سانغ بوم", nil
	inArabic, err := s.CreateSource(ctx, tester, "", person)
	if err != nil || len(inArabic.Matches) != 1 || inArabic.Matches[0].A != member.ID || inArabic.Matches[0].Basis != "name" ||
		inArabic.Matches[0].Rationale != "They share a name that is not the first name of both." {
		t.Errorf("the person by the name in another language: %+v, %v", inArabic.Matches, err)
	}
	page := headwater.DocumentFields{Publisher: first.ID, Kind: headwater.Article, URL: "https://quay.example/a?utm_source=x"}
	original, err := s.CreateDocument(ctx, tester, "", page)
	if err != nil || len(original.Matches) > 0 {
		t.Fatalf("a page: %+v, %v", original.Matches, err)
	}
	page.URL = "http://www.quay.example/a"
	again, err := s.CreateDocument(ctx, tester, "", page)
	if err != nil || len(again.Matches) != 1 || again.Matches[0].A != original.ID || again.Matches[0].Kind != headwater.SameDocument {
		t.Errorf("the page again: %+v, %v", again.Matches, err)
	}
	if read, err := s.Document(ctx, again.ID); err != nil || read.Matches != nil {
		t.Errorf("a reader is told of %+v, %v", read.Matches, err)
	}
}
