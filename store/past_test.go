package store_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/internal/testenv"
	"github.com/headwater-project/headwater/ledger"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/report"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/storetest"
)

// recordedFacts is a store as the analysis sees it: now or, with a place in the order, as it was then.
type recordedFacts struct {
	*store.Store
	seq int64
}

func (e recordedFacts) Facts(ctx context.Context, claims, without []uuid.UUID, proposed bool) (provenance.Facts, error) {
	if e.seq > 0 {
		return e.FactsAt(ctx, claims, without, proposed, e.seq)
	}
	facts, err := e.Store.Facts(ctx, claims, without, proposed)
	return facts.Facts, err
}

// someHistory makes a random history, of few things that are changed often.
type someHistory struct {
	*rapid.T
	s                                                    *store.Store
	sources, documents, claims, links, relations, quotes []uuid.UUID
	groups, reviews                                      []uuid.UUID
}

func (h *someHistory) one(of []uuid.UUID) uuid.UUID { return rapid.SampledFrom(of).Draw(h.T, "thing") }

func (h *someHistory) two(of []uuid.UUID) (a, b uuid.UUID) {
	both := rapid.Permutation(of).Draw(h.T, "things")
	return both[0], both[1]
}

func keep[T interface{ Stored() headwater.Meta }](to *[]uuid.UUID) func(thing T, err error) error {
	return func(thing T, err error) error {
		if err == nil {
			*to = append(*to, thing.Stored().ID)
		}
		return err
	}
}

// begin makes what the history is about.
func (h *someHistory) begin(ctx context.Context, round int) {
	for n := range 5 {
		if err := keep[headwater.Source](&h.sources)(h.s.CreateSource(ctx, grouped(), "", outlet(fmt.Sprint("Source ", n)))); err != nil {
			h.Fatal(err)
		}
		if err := keep[headwater.Claim](&h.claims)(h.s.CreateClaim(ctx, grouped(), fmt.Sprintf("c-%d-%d", round, n),
			headwater.ClaimFields{Statement: headwater.Texts{"en": fmt.Sprint("Claim ", n)}})); err != nil {
			h.Fatal(err)
		}
	}
	for range 3 {
		if err := keep[headwater.Document](&h.documents)(h.s.CreateDocument(ctx, grouped(), "",
			headwater.DocumentFields{Publisher: h.one(h.sources), Kind: headwater.Article})); err != nil {
			h.Fatal(err)
		}
	}
}

// step changes something, or is refused.
func (h *someHistory) step(ctx context.Context) error {
	by, s := grouped(), h.s
	h.groups = append(h.groups, by.Group)
	decision := rapid.SampledFrom([]headwater.Decision{headwater.Proposed, headwater.Accepted, headwater.Rejected}).Draw(h.T, "decision")
	yes := rapid.Bool().Draw(h.T, "yes")
	switch rapid.IntRange(0, 15).Draw(h.T, "step") {
	case 0, 1:
		document, err := s.Document(ctx, h.one(h.documents))
		if err != nil {
			return err
		}
		chain := []headwater.Hop{{Source: document.Publisher}, {Source: h.one(h.sources), Certainty: headwater.Certain}}
		return keep[headwater.Attribution](&h.quotes)(s.CreateAttribution(ctx, by, "", headwater.AttributionFields{Claim: h.one(h.claims),
			Document: document.ID, Stance: rapid.SampledFrom([]headwater.Stance{headwater.Affirms, headwater.Denies}).Draw(h.T, "stance"),
			Chain: chain}, decision))
	case 2:
		a, b := h.two(h.claims)
		kind := headwater.LinkKind(rapid.SampledFrom(headwater.LinkKind("").Values()).Draw(h.T, "kind"))
		return keep[headwater.Link](&h.links)(s.CreateLink(ctx, by, "", headwater.LinkFields{Kind: kind, From: a, To: b}, decision))
	case 3:
		if len(h.links) == 0 {
			return nil
		}
		_, err := s.DecideLink(ctx, by, h.one(h.links), 0, yes)
		return err
	case 4:
		if len(h.quotes) == 0 {
			return nil
		}
		_, err := s.DecideAttribution(ctx, by, h.one(h.quotes), 0, yes)
		return err
	case 5:
		a, b := h.two(h.sources)
		if yes {
			_, err := s.MergeSource(ctx, by, a, 0, b)
			return err
		}
		_, err := s.UnmergeSource(ctx, by, a, 0)
		return err
	case 6:
		a, b := h.two(h.claims)
		if yes {
			_, err := s.MergeClaim(ctx, by, a, 0, b)
			return err
		}
		_, err := s.UnmergeClaim(ctx, by, a, 0)
		return err
	case 7:
		a, b := h.two(h.sources)
		fields := headwater.RelationFields{Subject: a, Object: b, Kind: headwater.PartOf}
		if yes || len(h.relations) == 0 {
			return keep[headwater.Relation](&h.relations)(s.CreateRelation(ctx, by, "", fields))
		}
		_, err := s.UpdateRelation(ctx, by, h.one(h.relations), 0, fields)
		return err
	case 8:
		if len(h.relations) == 0 {
			return nil
		}
		_, err := s.RetractRelation(ctx, by, h.one(h.relations), 0, yes)
		return err
	case 9:
		a, b := h.two(h.documents)
		document, err := s.Document(ctx, a)
		if err != nil {
			return err
		}
		fields := document.DocumentFields
		if fields.DerivedFrom = nil; yes {
			fields.DerivedFrom = &b
		}
		fields.Text, fields.TextSHA256 = rapid.SampledFrom([]string{"", "A text."}).Draw(h.T, "text"), headwater.TextSHA256("Another text.")
		_, err = s.UpdateDocument(ctx, by, a, 0, fields)
		return err
	case 10:
		_, err := s.RetractDocument(ctx, by, h.one(h.documents), 0, yes)
		return err
	case 11:
		if yes || len(h.reviews) == 0 {
			return keep[headwater.Review](&h.reviews)(s.CreateReview(ctx, by, "", headwater.ReviewFields{Claim: h.one(h.claims),
				Author: h.one(h.sources), Rating: headwater.Rating{Label: "False"}, URL: "https://desk.example/" + by.Group.String()}))
		}
		_, err := s.RetractReview(ctx, by, h.one(h.reviews), 0, true)
		return err
	case 12:
		_, err := s.UpdateSource(ctx, by, h.one(h.sources), 0, outlet("Renamed "+by.Group.String()))
		return err
	case 13:
		_, err := s.UpdateClaim(ctx, by, h.one(h.claims), 0, headwater.ClaimFields{Scope: "Of " + by.Group.String(),
			Statement: headwater.Texts{"en": "Claim " + by.Group.String()}})
		return err
	case 14:
		if len(h.quotes) == 0 {
			return nil
		}
		quote, err := s.Attribution(ctx, h.one(h.quotes))
		if err != nil {
			return err
		}
		quote.Note, quote.Credibility = by.Group.String(), rapid.IntRange(1, 6).Draw(h.T, "credibility")
		_, err = s.UpdateAttribution(ctx, by, quote.ID, 0, quote.AttributionFields)
		return err
	default:
		_, err := s.Undo(ctx, by, h.one(h.groups), nil)
		return err
	}
}

// reports are the reports on all claims at a place of the order, or now, as text.
func (h *someHistory) reports(ctx context.Context, seq int64) []string {
	var all []string
	for _, claim := range h.claims {
		for _, proposed := range []bool{false, true} {
			answer, err := report.Analyze(ctx, recordedFacts{h.s, seq}, []uuid.UUID{claim}, report.Request{IncludeProposed: proposed})
			if err != nil {
				h.Fatal(err)
			}
			given, err := answer.Report(ctx, claim, answer.Question)
			if err != nil {
				all = append(all, err.Error())
				continue
			}
			text, err := json.Marshal(given)
			if err != nil {
				h.Fatal(err)
			}
			all = append(all, string(text))
		}
	}
	return all
}

// thingReader reads things and what belongs to claims, as they are or as they were.
type thingReader interface {
	Source(ctx context.Context, id uuid.UUID) (headwater.Source, error)
	Relation(ctx context.Context, id uuid.UUID) (headwater.Relation, error)
	Document(ctx context.Context, id uuid.UUID) (headwater.Document, error)
	Claim(ctx context.Context, id uuid.UUID) (headwater.Claim, error)
	Attribution(ctx context.Context, id uuid.UUID) (headwater.Attribution, error)
	Link(ctx context.Context, id uuid.UUID) (headwater.Link, error)
	Review(ctx context.Context, id uuid.UUID) (headwater.Review, error)
	Attributions(ctx context.Context, f store.AttributionFilter, p store.Paging) (store.Page[headwater.Attribution], error)
	Links(ctx context.Context, f store.LinkFilter, p store.Paging) (store.Page[headwater.Link], error)
	ClaimDetail(ctx context.Context, id uuid.UUID, parts store.Parts) (store.ClaimDetail, error)
	Timeline(ctx context.Context, claim uuid.UUID, order store.TimelineOrder, p store.Paging) (store.Page[store.TimelineEntry], error)
}

// things are all that the history is about, each as text, read by pages of two where they are listed.
func (h *someHistory) things(ctx context.Context, r thingReader) (all []string) {
	addEach(ctx, h, &all, h.sources, r.Source)
	addEach(ctx, h, &all, h.relations, r.Relation)
	addEach(ctx, h, &all, h.documents, r.Document)
	addEach(ctx, h, &all, h.claims, r.Claim)
	addEach(ctx, h, &all, h.quotes, r.Attribution)
	addEach(ctx, h, &all, h.links, r.Link)
	addEach(ctx, h, &all, h.reviews, r.Review)
	for _, id := range h.claims {
		addEach(ctx, h, &all, []uuid.UUID{id}, func(ctx context.Context, id uuid.UUID) (store.ClaimDetail, error) {
			return r.ClaimDetail(ctx, id, store.Parts{Attributions: true, Documents: true, Links: true, Reviews: true})
		})
		for _, sort := range []string{"id", "-created_at"} {
			for _, status := range [][]string{nil, {"proposed", "rejected"}} {
				common := store.Common{Sort: sort, Status: status}
				addPages(h, &all, func(p store.Paging) (store.Page[headwater.Attribution], error) {
					return r.Attributions(ctx, store.AttributionFilter{Common: common, Claim: id}, p)
				})
				addPages(h, &all, func(p store.Paging) (store.Page[headwater.Link], error) {
					return r.Links(ctx, store.LinkFilter{Common: common, Claim: id}, p)
				})
			}
		}
		for _, order := range store.ByPublication.Values() {
			addPages(h, &all, func(p store.Paging) (store.Page[store.TimelineEntry], error) {
				return r.Timeline(ctx, id, store.TimelineOrder(order), p)
			})
		}
	}
	return all
}

func addEach[T any](ctx context.Context, h *someHistory, all *[]string, ids []uuid.UUID, read func(context.Context, uuid.UUID) (T, error)) {
	for _, id := range ids {
		thing, err := read(ctx, id)
		if err != nil {
			*all = append(*all, err.Error())
			continue
		}
		h.add(all, thing)
	}
}

func addPages[T any](h *someHistory, all *[]string, read func(store.Paging) (store.Page[T], error)) {
	for p := (store.Paging{Limit: 2}); ; {
		page, err := read(p)
		if err != nil {
			h.Fatal(err)
		}
		h.add(all, page.Items)
		if p.Cursor = page.NextCursor; p.Cursor == "" {
			return
		}
	}
}

func (h *someHistory) add(all *[]string, value any) {
	text, err := json.Marshal(value)
	if err != nil {
		h.Fatal(err)
	}
	*all = append(*all, string(text))
}

// exports are the store in all formats, and what the reports on its claims rest on, as of a place of the order or now.
func (h *someHistory) exports(ctx context.Context, seq int64) (all []string) {
	forms := []interchange.ExportOptions{{}, {Format: interchange.ClaimReview}, {Format: interchange.WebAnnotation}}
	for _, of := range interchange.TableOf("").Values() {
		forms = append(forms, interchange.ExportOptions{Format: interchange.CSV, Of: interchange.TableOf(of).Resource()})
	}
	for _, form := range forms {
		form.RecordedBy = seq
		var out strings.Builder
		if err := h.s.Export(ctx, &out, form); err != nil {
			h.Fatal(err)
		}
		all = append(all, out.String())
	}
	for _, claim := range h.claims {
		var out strings.Builder
		err := h.s.ExportClaims(ctx, &out, store.ClaimBundle{Claims: []uuid.UUID{claim}, RecordedBy: seq, Select: report.FactsOf})
		all = append(all, fmt.Sprint(err, out.String()))
	}
	return all
}

// TestThePast: after each step of a random history what is stored is read in every way, and at the end what is recorded by that step
// equals it, byte for byte.
func TestThePast(t *testing.T) {
	t.Parallel()
	s := open(t)
	round := 0
	rapid.Check(t, func(t *rapid.T) {
		if round++; round > 10 && !testenv.Long() { // each makes some hundred reports
			return
		}
		ctx := context.Background()
		h := &someHistory{T: t, s: s}
		h.begin(ctx, round)
		type moment struct {
			seq                      int64
			h                        someHistory // with the things that there were
			reports, things, exports []string
		}
		var moments []moment
		steps := 50 // of one history, and fewer of the others
		if round > 1 {
			steps = rapid.IntRange(1, 25).Draw(t, "steps")
		}
		for range steps {
			if err := h.step(ctx); err != nil && headwater.CodeOf(err) == "" {
				t.Fatal(err)
			}
			if _, err := storetest.Sequence(ctx, s, s.Pool); err != nil {
				t.Fatal(err)
			}
			var seq int64
			if err := s.Pool.QueryRow(ctx, "SELECT max(seq) FROM sequenced").Scan(&seq); err != nil {
				t.Fatal(err)
			}
			m := moment{seq: seq, h: *h, reports: h.reports(ctx, 0), things: h.things(ctx, s)}
			if len(moments)%8 == 0 {
				m.exports = h.exports(ctx, 0)
			}
			moments = append(moments, m)
		}
		for _, m := range moments {
			compareAll(t, m.seq, "reports", m.h.reports(ctx, m.seq), m.reports)
			compareAll(t, m.seq, "things", m.h.things(ctx, s.RecordedBy(m.seq)), m.things)
			if m.exports != nil {
				compareAll(t, m.seq, "exports", m.h.exports(ctx, m.seq), m.exports)
			}
		}
	})
}

func compareAll(t *rapid.T, seq int64, what string, got, want []string) {
	if len(got) != len(want) {
		t.Fatalf("recorded by %d, %s: %d, were %d", seq, what, len(got), len(want))
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("recorded by %d, %s %d:\n%s\nwas then:\n%s", seq, what, i, got[i], want[i])
		}
	}
}

// TestNamesOfThePast: what was recorded by a place is named by its id also when it is gone, and what came later is not.
func TestNamesOfThePast(t *testing.T) {
	t.Parallel()
	s := open(t)
	by := store.Authorship{Actor: "key:desk", Group: headwater.NewID()}
	gone := must(s.CreateClaim(t.Context(), by, "", headwater.ClaimFields{Statement: headwater.Texts{"en": "It rained."}}))(t)
	kept := must(s.CreateClaim(t.Context(), tester, "gates", headwater.ClaimFields{Statement: headwater.Texts{"en": "It was shut."}}))(t)
	must(s.Undo(t.Context(), tester, by.Group, nil))(t)
	must(storetest.Sequence(t.Context(), s, s.Pool))(t)
	names := []string{"gates", gone.ID.String(), kept.ID.String()}
	ids := must(s.RecordedBy(2).ResolveClaims(t.Context(), "/claim", names))(t)
	if want := []uuid.UUID{kept.ID, gone.ID, kept.ID}; !slices.Equal(ids, want) {
		t.Errorf("%v, want %v", ids, want)
	}
	for seq, at := range map[int64]headwater.Pointer{0: "/claim/1", 1: "/claim/1"} {
		_, err := s.RecordedBy(seq).ResolveClaims(t.Context(), "/claim", append(names[:1:1], uuid.NewString()))
		if faults := faultsOf(t, err); len(faults) != 1 || faults[0].Pointer != at {
			t.Errorf("by %d: %v", seq, faults)
		}
	}
}

// TestPositions: what recorded_by means it means for ever, and what it cannot mean yet is refused.
func TestPositions(t *testing.T) {
	t.Parallel()
	s := open(t)
	key := must(ledger.ReadKey(must(ledger.NewKey("desk.example/log"))(t)))(t)
	if err := s.SignWith(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	refused := func(recordedBy string, code headwater.FaultCode) {
		t.Helper()
		_, err := s.Position(t.Context(), recordedBy)
		if faults := faultsOf(t, err); faults[0].Pointer != "/recorded_by" || faults[0].Code != code {
			t.Errorf("%s: %v", recordedBy, faults)
		}
	}
	refused("1", headwater.FaultRange)
	for n := range 2 {
		must(s.CreateSource(t.Context(), tester, "", outlet(fmt.Sprint(n))))(t)
		must(storetest.Sequence(t.Context(), s, s.Pool))(t)
		if _, err := s.Pool.Exec(t.Context(), "UPDATE log_checkpoints SET at = at - interval '1 hour'"); err != nil {
			t.Fatal(err)
		}
	}
	now := time.Now().UTC()
	for recordedBy, want := range map[string]int64{
		"1": 1, "2": 2,
		now.Add(-90 * time.Minute).Format(time.RFC3339): 1,
	} {
		if seq := must(s.Position(t.Context(), recordedBy))(t); seq != want {
			t.Errorf("%s means %d, want %d", recordedBy, seq, want)
		}
	}
	for _, out := range []string{"0", "3", "-1", strconv.Itoa(1 << 62), now.Format(time.RFC3339),
		now.Add(-3 * time.Hour).Format(time.RFC3339)} {
		refused(out, headwater.FaultRange)
	}
	for _, bad := range []string{"yesterday", "2024-05", "1.5"} {
		refused(bad, headwater.FaultFormat)
	}
}
