package api

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/report"
	"github.com/headwater-project/headwater/store"
)

// ProposalStore keeps what waits for a decision.
type ProposalStore interface {
	EvidenceStore
	CardStore
	ResponseStore
	// Proposals lists proposed links, attributions and matches, the surest first.
	Proposals(ctx context.Context, f store.ProposalFilter, p store.Paging) (store.Page[store.Proposal], error)
	// CountProposals says how many proposals wait.
	CountProposals(ctx context.Context, f store.ProposalFilter) (store.Total, error)
	// LeaseProposals takes, renews or ends the leases of a holder, and gives whose each is.
	LeaseProposals(ctx context.Context, by store.Authorship, holder string, ids []uuid.UUID, release bool) ([]store.Leased, error)
	// DecideEach makes decisions, each by itself. What is refused says why, and how the thing stands.
	DecideEach(ctx context.Context, by store.Authorship, verdicts []store.Verdict) ([]store.Decided, error)
	// DecideAll makes all of them or, where one is refused, none.
	DecideAll(ctx context.Context, by store.Authorship, verdicts []store.Verdict) (decided []store.Decided, done bool, err error)
}

// QueuedProposal is a link, an attribution or a match that waits for a decision.
type QueuedProposal struct {
	Resource    headwater.Resource       `json:"resource" doc:"What is proposed: link, attribution or match." example:"link"`
	ID          uuid.UUID                `json:"id" format:"uuid" doc:"Its id." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Version     int                      `json:"version" minimum:"1" doc:"Its version, which a decision names." example:"1"`
	Link        *headwater.Link          `json:"link,omitempty" doc:"The link."`
	Attribution *headwater.Attribution   `json:"attribution,omitempty" doc:"The attribution."`
	Match       *headwater.IdentityMatch `json:"match,omitempty" doc:"The match."`
	Effects     []ProposalEffect         `json:"effects" doc:"What accepting it would do to the claims that it names; none for a match."`
	// NotWorkedOut says that effects are missing since they would take too long.
	NotWorkedOut bool         `json:"not_worked_out,omitempty" doc:"True where effects are missing since more than 500,000 attributions would be gone through for the page." example:"false"`
	Lease        *store.Lease `json:"lease,omitempty" doc:"Who is on it; missing where nobody is."`
}

// ProposalEffect is what accepting a proposal would do to the report on one claim.
type ProposalEffect struct {
	Claim  uuid.UUID             `json:"claim" format:"uuid" doc:"The claim." example:"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Before provenance.AllFigures `json:"before" doc:"How it stands."`
	After  provenance.AllFigures `json:"after" doc:"How it stands once this proposal is accepted, and no other."`
}

// moved is how far the effects move figures.
func (p *QueuedProposal) moved() int {
	moved := 0
	for _, effect := range p.Effects {
		moved += effect.Before.Moved(effect.After)
	}
	return moved
}

// claims are those whose reports the proposal is about.
func (p *QueuedProposal) claims() []uuid.UUID {
	switch {
	case p.Link != nil:
		return []uuid.UUID{p.Link.From, p.Link.To}
	case p.Attribution != nil:
		return []uuid.UUID{p.Attribution.Claim}
	}
	return nil
}

// sources are those that it names.
func (p *QueuedProposal) sources() []uuid.UUID {
	switch {
	case p.Attribution != nil:
		return p.Attribution.Sources()
	case p.Match != nil && p.Match.Resource == headwater.ResourceSource:
		return []uuid.UUID{p.Match.A, p.Match.B}
	}
	return nil
}

// ProposalQuery says which proposals are meant.
type ProposalQuery struct {
	Resource      []string  `query:"resource" enum:"link,attribution,match" doc:"Only proposals of these kinds." example:"link"`
	Kind          string    `query:"kind" enum:"equivalent,refines,corroborates,contradicts,same_source,same_document,reprint" doc:"A kind of link or of match." example:"equivalent"`
	Rule          string    `query:"rule" maxLength:"200" doc:"The name of the rule, model or person that made it." example:"headwater/quantity"`
	Claim         uuid.UUID `query:"claim" format:"uuid" doc:"The claim that an attribution makes, or that stands at either end of a link." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	MinConfidence float64   `query:"min_confidence" minimum:"0" maximum:"1" doc:"Only those whose maker is at least so sure; who says nothing is at 0." example:"0.8"`
}

func (q *ProposalQuery) filter() store.ProposalFilter {
	return store.ProposalFilter{Resources: q.Resource, Kind: q.Kind, Rule: q.Rule, Claim: q.Claim, MinConfidence: q.MinConfidence}
}

// QueueQuery asks for one page of the queue.
type QueueQuery struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"Entries at most." example:"20"`
	Cursor string `query:"cursor" maxLength:"10000" doc:"The next_cursor of the page before."`
	ProposalQuery

	parameters url.Values
}

// Resolve keeps the parameters, so that the response can link to its next page.
func (q *QueueQuery) Resolve(ctx huma.Context) []error {
	u := ctx.URL()
	q.parameters = u.Query()
	return nil
}

// registerProposals adds the queue of what waits for a decision.
func registerProposals(api huma.API, s ProposalStore) {
	list := readOperation("listProposals", "/v1/proposals", "What waits for a decision: proposed links, attributions and matches")
	noNotFound(&list)
	list.Tags = []string{"review"}
	list.Description = "The surest come first, page by page; within a page, those come first whose acceptance moves figures most. " +
		"effects says what accepting each would do to the claims that it names. Sources and claims that are named stand once in sources " +
		"and claims."
	register(api, list, readTraits(headwater.ScopeRead), func(ctx context.Context, in *QueueQuery) (*listResponse[QueuedProposal], error) {
		page, err := s.Proposals(ctx, in.filter(), store.Paging{Limit: in.Limit, Cursor: in.Cursor})
		if err != nil {
			return nil, fail(ctx, err)
		}
		items, err := workOutEffects(ctx, s, page.Items)
		if err != nil {
			return nil, fail(ctx, err)
		}
		return writeProposals(ctx, s, in, store.Page[QueuedProposal]{Items: items, NextCursor: page.NextCursor})
	})
	count := readOperation("countProposals", "/v1/proposals/count", "How many proposals wait for a decision, up to 10,000")
	noNotFound(&count)
	count.Tags = []string{"review"}
	count.Description = "count is how many there are, or 10,000 where there are more, which exact says; nothing is worked out for it."
	register(api, count, readTraits(headwater.ScopeRead), func(ctx context.Context, in *ProposalQuery) (*struct {
		Body store.Total
	}, error) {
		total, err := s.CountProposals(ctx, in.filter())
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &struct {
			Body store.Total
		}{total}, nil
	})
	lease := describedBy(immediateNote, reviewOperation("leaseProposals", "/v1/proposals/lease",
		"Say that you are on proposals, so that others see it"))
	lease.Description += " A lease holds for 60 seconds, unless it is renewed, and keeps nobody from deciding: what was decided " +
		"meanwhile is refused by its version. What nobody proposes is left out of the answer."
	leaseTraits := postTraits(headwater.ScopeReview)
	leaseTraits.passing = true
	register(api, lease, leaseTraits, func(ctx context.Context, in *struct {
		Body LeaseRequest
	}) (*struct{ Body Leases }, error) {
		r := requestOf(ctx)
		if err := headwater.CheckLine("/window", in.Body.Window); err != nil {
			return nil, fail(ctx, err)
		}
		leases, err := s.LeaseProposals(ctx, r.by(), r.holder+" "+in.Body.Window, in.Body.IDs, in.Body.Release)
		if err != nil {
			return nil, fail(ctx, err)
		}
		out := Leases{leases}
		if err := s.StoreResponse(ctx, r.by(), out); err != nil {
			return nil, fail(ctx, err)
		}
		return &struct{ Body Leases }{out}, nil
	})
	registerDecisions(api, s)
}

// reviewOperation describes a POST for those who decide.
func reviewOperation(id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: id, Method: http.MethodPost, Path: path, Summary: summary, Tags: []string{"review"},
		MaxBodyBytes: maxBody, Errors: append([]int{http.StatusBadRequest, http.StatusConflict, http.StatusUnprocessableEntity,
			http.StatusInternalServerError, http.StatusServiceUnavailable}, bodyErrors...)}
}

// LeaseRequest names the proposals that somebody is on.
type LeaseRequest struct {
	IDs     []uuid.UUID `json:"ids" minItems:"1" maxItems:"100" doc:"The links, attributions and matches." example:"[\"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d\"]"`
	Window  string      `json:"window,omitempty" maxLength:"100" doc:"A name of your own for the window that you work in, so that two with one key tell each other apart." example:"k3v9x2ma"`
	Release bool        `json:"release,omitempty" doc:"End your leases on them." example:"false"`
}

// Leases say whose each is.
type Leases struct {
	Items []store.Leased `json:"items" doc:"The leases, in the order of ids; none that were released."`
}

// mostProposalWork is how many attributions may be gone through to work out the effects of one page.
const mostProposalWork = 500_000

// workOutEffects says of each proposal of a page what accepting it would do, and puts first what moves figures most. The facts about
// the claims of the page are read once, some at a time.
func workOutEffects(ctx context.Context, s EvidenceStore, proposals []store.Proposal) ([]QueuedProposal, error) {
	items := make([]QueuedProposal, len(proposals))
	naming := map[uuid.UUID][]int{} // the proposals that name a claim
	var claims []uuid.UUID
	for i, p := range proposals {
		items[i] = queuedProposal(p)
		for _, claim := range items[i].claims() {
			if naming[claim] == nil {
				claims = append(claims, claim)
			}
			naming[claim] = append(naming[claim], i)
		}
	}
	left := mostProposalWork
	err := analyzeEach(ctx, &storedEvidence{EvidenceStore: s}, claims, func(n int, a *report.Answer) error {
		claim := claims[n]
		before, _, err := a.FiguresOf(ctx, claim, a.Question)
		if err != nil {
			return err
		}
		work := 1 + before.Attributions + before.Denying.Attributions
		for _, i := range naming[claim] {
			if left -= work; left < 0 {
				items[i].NotWorkedOut = true
				continue
			}
			after, err := a.FiguresIfAccepted(ctx, claim, items[i].ID)
			if err != nil {
				return err
			}
			items[i].Effects = append(items[i].Effects, ProposalEffect{claim, before, after})
		}
		return nil
	})
	slices.SortStableFunc(items, func(x, y QueuedProposal) int { return cmp.Compare(y.moved(), x.moved()) })
	return items, err
}

func queuedProposal(p store.Proposal) QueuedProposal {
	q := QueuedProposal{Resource: p.Resource, ID: p.ID, Link: p.Link, Attribution: p.Attribution, Match: p.Match, Lease: p.Lease,
		Effects: []ProposalEffect{}}
	switch {
	case p.Link != nil:
		q.Version = p.Link.Version
	case p.Attribution != nil:
		q.Version = p.Attribution.Version
	case p.Match != nil:
		q.Version = p.Match.Version
	}
	return q
}

// writeProposals answers with a page, and a card of each source and claim that it names.
func writeProposals(ctx context.Context, cards CardStore, q *QueueQuery, page store.Page[QueuedProposal]) (*listResponse[QueuedProposal],
	error) {
	out, err := writeListWithSources(ctx, cards, &PageQuery{parameters: q.parameters}, page, nil,
		func(p QueuedProposal) []uuid.UUID { return p.sources() })
	if err != nil {
		return nil, err
	}
	var claims []uuid.UUID
	for _, p := range page.Items {
		claims = append(claims, p.claims()...)
	}
	out.Body.Claims, err = readCards(ctx, claims, cards.ClaimCards)
	return out, err
}

// Decisions are many decisions at once.
type Decisions struct {
	Mode  string       `json:"mode,omitempty" enum:"all,each" doc:"all, which is meant where nothing is said, makes all of them or, where one is refused, none; each makes those that can be made." example:"each"`
	Items []NewVerdict `json:"items" minItems:"1" maxItems:"200" doc:"The decisions. No thing may stand twice among them."`
}

// NewVerdict is one decision to make.
type NewVerdict struct {
	Resource headwater.Resource  `json:"resource" doc:"What is decided: link, attribution or match." example:"link"`
	ID       uuid.UUID           `json:"id" format:"uuid" doc:"Its id." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Decision headwater.Operation `json:"decision" doc:"accept, reject, or reopen, which proposes it again." example:"accept"`
	Version  int                 `json:"version" minimum:"1" doc:"The version that was looked at; another one is refused." example:"1"`
	Reason   string              `json:"reason,omitempty" maxLength:"1000" doc:"Why, for the history." example:"Same agency under two spellings."`
}

// decisionOf is the status that a decision leads to.
var decisionOf = map[headwater.Operation]headwater.Decision{
	headwater.OpAccept: headwater.Accepted, headwater.OpReject: headwater.Rejected, headwater.OpReopen: headwater.Proposed,
}

// verdicts are the decisions as the store makes them. It gives all faults at once.
func (d Decisions) verdicts() ([]store.Verdict, error) {
	var faults headwater.Faults
	seen := map[uuid.UUID]bool{}
	verdicts := make([]store.Verdict, len(d.Items))
	for i, item := range d.Items {
		at := headwater.Pointer("/items").Index(i)
		switch item.Resource {
		case headwater.ResourceLink, headwater.ResourceAttribution, headwater.ResourceMatch:
		default:
			faults = append(faults, headwater.NewFault(at.Field("resource"), headwater.FaultNotOneOf, item.Resource,
				"link, attribution or match"))
		}
		to, known := decisionOf[item.Decision]
		if !known {
			faults = append(faults, headwater.NewFault(at.Field("decision"), headwater.FaultNotOneOf, item.Decision,
				"accept, reject or reopen"))
		}
		if seen[item.ID] {
			faults = append(faults, headwater.NewFault(at.Field("id"), headwater.FaultDuplicate, item.ID, "each thing once"))
		}
		seen[item.ID] = true
		var reason headwater.Faults
		errors.As(headwater.CheckLine(at.Field("reason"), item.Reason), &reason)
		faults = append(faults, reason...)
		verdicts[i] = store.Verdict{Resource: item.Resource, ID: item.ID, Version: item.Version, To: to, Reason: item.Reason}
	}
	if faults != nil {
		return nil, faults
	}
	return verdicts, nil
}

// DecisionOutcomes are what came of decisions, in their order.
type DecisionOutcomes struct {
	Done  bool              `json:"done" doc:"True if all of them were made." example:"true"`
	Items []DecisionOutcome `json:"items" doc:"What came of each, in the order of the request."`
}

// DecisionOutcome is what came of one decision.
type DecisionOutcome struct {
	ID      uuid.UUID          `json:"id" format:"uuid" doc:"The thing." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Done    bool               `json:"done" doc:"True if it is now as it was to be." example:"true"`
	Status  headwater.Decision `json:"status,omitempty" doc:"How the thing stands now; missing where there is none." example:"accepted"`
	Version int                `json:"version,omitempty" minimum:"1" doc:"Its version now." example:"2"`
	Code    headwater.Code     `json:"code,omitempty" doc:"Why it was refused; version_mismatch where somebody changed it in between." example:"version_mismatch"`
	Detail  string             `json:"detail,omitempty" doc:"The same in words." example:"the link is at version 2, not 1; read it again and repeat the change on what it is now"`
	By      string             `json:"by,omitempty" doc:"Of what was refused: who changed the thing last." example:"key:rana"`
	At      *time.Time         `json:"at,omitempty" doc:"Of what was refused: when that was." example:"2026-01-02T03:04:05Z"`
}

// registerDecisions adds many decisions at once.
func registerDecisions(api huma.API, s ProposalStore) {
	operation := reviewOperation("makeDecisions", "/v1/decisions", "Accept, reject and reopen many links, attributions and matches at once")
	operation.Description = "With all, one transaction makes all of them or none; with each, every one is made or refused by itself. The " +
		"answer says what came of each: of what was refused, why, how the thing stands, and who made it so and when. All are one group " +
		"of the history."
	register(api, operation, postTraits(headwater.ScopeReview), func(ctx context.Context, in *struct {
		Body Decisions
	}) (*struct{ Body DecisionOutcomes }, error) {
		verdicts, err := in.Body.verdicts()
		if err != nil {
			return nil, fail(ctx, err)
		}
		by, done := requestOf(ctx).by(), true
		var decided []store.Decided
		if in.Body.Mode == "each" {
			decided, err = s.DecideEach(ctx, by, verdicts)
		} else {
			decided, done, err = s.DecideAll(ctx, by, verdicts)
		}
		if err != nil {
			return nil, fail(ctx, err)
		}
		out := DecisionOutcomes{Done: done, Items: make([]DecisionOutcome, len(decided))}
		for i, d := range decided {
			out.Items[i] = outcomeOf(d)
			out.Done = out.Done && out.Items[i].Done
		}
		if err := s.StoreOutcome(ctx, by, out); err != nil {
			return nil, fail(ctx, err)
		}
		return &struct{ Body DecisionOutcomes }{out}, nil
	})
}

func outcomeOf(d store.Decided) DecisionOutcome {
	out := DecisionOutcome{ID: d.ID, Done: d.Refused == nil, Status: d.Status, Version: d.Version}
	if d.Refused == nil {
		return out
	}
	out.Code, out.Detail, out.By = headwater.CodeOf(d.Refused), d.Refused.Error(), d.Actor
	if refused, ok := errors.AsType[*headwater.Error](d.Refused); ok {
		out.Detail = refused.Detail
	}
	if !d.At.IsZero() {
		out.At = &d.At
	}
	return out
}
