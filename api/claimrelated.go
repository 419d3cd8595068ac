package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/report"
	"github.com/headwater-project/headwater/store"
)

// End is the end of a link at which the claim stands that the request names.
type End string

// Values lists the ends.
func (End) Values() []string { return []string{"from", "to"} }

// ClaimLink is a link as one of its claims sees it.
type ClaimLink struct {
	headwater.Link
	AskedFrom End                 `json:"asked_from" enum:"from,to" doc:"Which end the claim is that it was asked from." example:"from"`
	Standing  *provenance.Figures `json:"standing,omitempty" doc:"How the other claim stands, with include=standing; missing where it is merged or retracted."`
	Carriers  []uuid.UUID         `json:"carriers,omitzero" doc:"The groups on every way from a reader to an origin of what affirms the other claim, with include=carriers; missing where it is merged or retracted." example:"[\"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d\"]"`
	Origins   []uuid.UUID         `json:"origins,omitzero" doc:"The groups that what affirms the other claim comes from, with include=origins; missing where it is merged or retracted." example:"[\"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d\"]"`
}

// other is the claim at the other end.
func (l *ClaimLink) other() uuid.UUID {
	if l.AskedFrom == "from" {
		return l.To
	}
	return l.From
}

// ListedClaim is a claim in a list.
type ListedClaim struct {
	store.ClaimHit
	Summary  *store.ClaimSummary  `json:"summary,omitempty" doc:"Counts, with include=summary."`
	Standing *store.ClaimStanding `json:"standing,omitempty" doc:"How it stands and as of which change, with include=standing; missing for a claim that is merged or retracted, and for some seconds for a new one."`
}

// includeInList gives the claims of a page with the counts and standings that are to be included.
func includeInList(ctx context.Context, s listedClaimStore, page store.Page[store.ClaimHit],
	include []string) (store.Page[ListedClaim], error) {
	claims := store.Page[ListedClaim]{Items: make([]ListedClaim, len(page.Items)), NextCursor: page.NextCursor, Truncated: page.Truncated,
		Bytes: page.Bytes}
	ids := make([]uuid.UUID, len(page.Items))
	for i, hit := range page.Items {
		claims.Items[i].ClaimHit, ids[i] = hit, hit.ID
	}
	if slices.Contains(include, "summary") {
		summaries, err := s.ClaimSummaries(ctx, ids)
		if err != nil {
			return claims, err
		}
		for i, id := range ids {
			summary := summaries[id]
			claims.Items[i].Summary = &summary
		}
	}
	if slices.Contains(include, "standing") {
		standings, err := s.Standings(ctx, ids)
		if err != nil {
			return claims, err
		}
		for i, id := range ids {
			if standing, known := standings[id]; known {
				claims.Items[i].Standing = &standing
			}
		}
	}
	return claims, nil
}

// analyzeEach hands the analysis of each claim to do, with the facts of some at a time. Claims that have no report are passed over.
func analyzeEach(ctx context.Context, from report.FactSource, claims []uuid.UUID, do func(i int, a *report.Answer) error) error {
	i := 0
	for some := range slices.Chunk(claims, examinedAtOnce) {
		analysis, err := report.Analyze(ctx, from, some, report.Request{})
		if err != nil {
			return err
		}
		for range some {
			if err := do(i, analysis); err != nil && !hasNoReport(err) {
				return err
			}
			i++
		}
	}
	return nil
}

// examinedAtOnce bounds the claims whose facts are in memory together.
const examinedAtOnce = 100

// ClaimDetail is a claim with the parts that are to be included: the first page of each, and each source once.
type ClaimDetail struct {
	headwater.Claim
	Attributions *List[headwater.Attribution]      `json:"attributions,omitempty" doc:"The first 1,000 attributions that are accepted, with include=attributions; next_cursor goes on at /v1/claims/{id}/attributions?limit=1000."`
	Links        *List[ClaimLink]                  `json:"links,omitempty" doc:"The first 1,000 accepted links in both directions, with include=links; next_cursor goes on at /v1/claims/{id}/links?limit=1000."`
	Reviews      *List[headwater.Review]           `json:"reviews,omitempty" doc:"The first 1,000 active reviews, with include=reviews; next_cursor goes on at /v1/reviews?claim={id}&status=active&limit=1000."`
	Sources      map[string]headwater.SourceCard   `json:"sources,omitempty" doc:"Each source that is named, once, by id. Of more than 32 MiB, some are left out."`
	Documents    map[string]headwater.DocumentCard `json:"documents,omitempty" doc:"Each document in which the attributions stand, once, by id, with include=documents. Of more than 32 MiB, some are left out."`
	Claims       map[string]headwater.ClaimCard    `json:"claims,omitempty" doc:"Each claim that the links name, once, by id, with include=links. Of more than 32 MiB, some are left out."`
	Standing     *provenance.Figures               `json:"standing,omitempty" doc:"How it stands, with include=standing."`
	Report       *provenance.Report                `json:"report,omitempty" doc:"The report on it, with include=report."`
}

// readDetail reads a claim with the parts that are to be included.
func readDetail(ctx context.Context, s claimReader, id uuid.UUID, include []string) (*ClaimDetail, error) {
	detail, err := s.ClaimDetail(ctx, id, store.Parts{
		Attributions: slices.Contains(include, "attributions") || slices.Contains(include, "documents"),
		Documents:    slices.Contains(include, "documents"),
		Links:        slices.Contains(include, "links"),
		Reviews:      slices.Contains(include, "reviews"),
	})
	if err == nil {
		err = requestOf(ctx).hold(memoryOfPage * int64(detail.Bytes()))
	}
	if err != nil {
		return nil, err
	}
	out := &ClaimDetail{
		Claim: detail.Claim, Attributions: listOf(detail.Attributions), Reviews: listOf(detail.Reviews),
		Sources: keyedByString(detail.Sources), Documents: keyedByString(detail.Documents), Claims: keyedByString(detail.Claims),
	}
	if detail.Links != nil {
		out.Links = &List[ClaimLink]{Items: claimLinks(id, detail.Links.Items), NextCursor: detail.Links.NextCursor}
	}
	return out, out.analyze(ctx, s, include)
}

// analyze adds the report and its figures. A claim that is merged or retracted has none, which is said as the report's own
// operation says it.
func (d *ClaimDetail) analyze(ctx context.Context, from report.FactSource, include []string) error {
	standing, whole := slices.Contains(include, "standing"), slices.Contains(include, "report")
	if !standing && !whole {
		return nil
	}
	analysis, err := report.Analyze(ctx, from, []uuid.UUID{d.ID}, report.Request{})
	if err != nil {
		return err
	}
	if whole {
		if err := requestOf(ctx).holdReport(analysis); err != nil {
			return err
		}
		if d.Report, err = analysis.Report(ctx, d.ID, analysis.Question); err != nil {
			return err
		}
	}
	if standing {
		figures, _, err := analysis.FiguresOf(ctx, d.ID, analysis.Question)
		if err != nil {
			return err
		}
		d.Standing = &figures.Figures
	}
	return nil
}

// listOf is a page as it is included in something else; nil where it is not.
func listOf[T any](page *store.Page[T]) *List[T] {
	if page == nil {
		return nil
	}
	return &List[T]{Items: page.Items, NextCursor: page.NextCursor}
}

// claimLinks says of each link at which end the claim stands.
func claimLinks(claim uuid.UUID, links []headwater.Link) []ClaimLink {
	list := make([]ClaimLink, len(links))
	for i, link := range links {
		list[i] = ClaimLink{Link: link, AskedFrom: "from"}
		if link.To == claim {
			list[i].AskedFrom = "to"
		}
	}
	return list
}

// registerClaimDetail adds the operation that gets a claim with the parts that are to be included.
func registerClaimDetail(api huma.API, s relatedStore, get huma.Operation) {
	get.Errors = append(slices.Clone(get.Errors), http.StatusConflict) // a merged or retracted claim has no standing and no report
	register(api, get, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
		GetQuery
		FieldsQuery
		RecordedQuery
		Include []string `query:"include" enum:"attributions,documents,links,reviews,standing,report" doc:"What to give with the claim, in one call. documents gives the cards of the documents in which its attributions stand, and these with them." example:"attributions,links"`
	}) (*response[*ClaimDetail], error) {
		from, err := in.claims(ctx, s)
		if err != nil {
			return nil, fail(ctx, err)
		}
		detail, err := readDetail(ctx, from, in.ID.ID, in.Include)
		if err != nil {
			return nil, fail(ctx, err)
		}
		out := &response[*ClaimDetail]{ETag: etag(detail.Version), Body: detail}
		if len(in.Include) > 0 {
			return out, nil // a part may have changed though the claim has not
		}
		return out, in.checkModified(out.ETag)
	})
}

// relatedStore reads what is listed below claims and documents, whether these exist, and what reports on claims rest on.
type relatedStore interface {
	ClaimStore
	DocumentStore
	AttributionStore
	LinkStore
	EvidenceStore
}

// registerClaimRelated adds the lists below a claim, and the attributions in a document.
func registerClaimRelated(api huma.API, s relatedStore) {
	links := describedBy(pageNote, readOperation("listClaimLinks", "/v1/claims/{id}/links", "Links of a claim, in both directions"))
	register(api, links, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
		ID
		LinksQuery
		Kind string `query:"kind" enum:"equivalent,refines,corroborates,contradicts" doc:"A kind of link." example:"contradicts"`
	}) (*listResponse[ClaimLink], error) {
		return listClaimLinks(ctx, s, in.ID.ID, &in.LinksQuery, headwater.LinkKind(in.Kind), nil)
	})
	ofKind := func(id, path, summary string, kind headwater.LinkKind) {
		operation := describedBy(pageNote, readOperation(id, "/v1/claims/{id}/"+path, summary))
		register(api, operation, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
			ID
			LinksQuery
			Include []string `query:"include" enum:"standing,origins,carriers" doc:"standing adds how the other claim of each link stands; origins where what affirms it comes from; carriers who all of that comes over." example:"standing,origins"`
		}) (*listResponse[ClaimLink], error) {
			return listClaimLinks(ctx, s, in.ID.ID, &in.LinksQuery, kind, in.Include)
		})
	}
	ofKind("listClaimCorroborations", "corroborations", "What corroborates a claim, and what it corroborates", headwater.Corroborates)
	ofKind("listClaimContradictions", "contradictions", "What contradicts a claim", headwater.Contradicts)

	attributions := describedBy(pageNote,
		readOperation("listClaimAttributions", "/v1/claims/{id}/attributions", "Attributions of a claim with their chains"))
	attributions.Description += " These are the claim's own. The report counts those of them that are accepted as own_attributions, and " +
		"adds what its links bring in."
	register(api, attributions, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
		ID
		ListQuery
		RecordedQuery
		Status []string `query:"status" enum:"proposed,accepted,rejected,all" default:"accepted" doc:"Only things with one of these statuses; all gives every one. Only what is accepted counts." example:"accepted"`
		Sort   string   `query:"sort" enum:"id,created_at,-created_at" default:"id" doc:"Order; a dash before it reverses it." example:"-created_at"`
	}) (*listResponse[headwater.Attribution], error) {
		common, err := in.common(in.Status, in.Sort)
		if err != nil {
			return nil, fail(ctx, err)
		}
		from, err := in.claims(ctx, s)
		if err != nil {
			return nil, fail(ctx, err)
		}
		out, err := listAttributions(ctx, from, &in.ListQuery, store.AttributionFilter{Common: common, Claim: in.ID.ID})
		return requireParent(ctx, out, err, in.ID.ID, from.Claim)
	})
	inDocument := describedBy(pageNote,
		readOperation("listDocumentAttributions", "/v1/documents/{id}/attributions", "Attributions in a document, in reading order"))
	register(api, inDocument, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
		ID
		ListQuery
		Status []string `query:"status" enum:"proposed,accepted,rejected" doc:"Only things with one of these statuses." example:"accepted"`
	}) (*listResponse[headwater.Attribution], error) {
		common, err := in.common(in.Status, store.ReadingOrder)
		if err != nil {
			return nil, fail(ctx, err)
		}
		out, err := listAttributions(ctx, presentClaims{s}, &in.ListQuery, store.AttributionFilter{Common: common, Document: in.ID.ID})
		if err == nil {
			claims := make([]uuid.UUID, len(out.Body.Items))
			for i, attribution := range out.Body.Items {
				claims[i] = attribution.Claim
			}
			out.Body.Claims, err = readCards(ctx, claims, s.ClaimCards)
		}
		return requireParent(ctx, out, err, in.ID.ID, s.Document)
	})
}

// readOperation describes an operation that reads something other than one thing of a kind as it is stored.
func readOperation(id, path, summary string) huma.Operation {
	return huma.Operation{
		OperationID: id, Method: http.MethodGet, Path: path, Summary: summary, Tags: []string{"claims"},
		Errors: []int{http.StatusBadRequest, http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusInternalServerError,
			http.StatusServiceUnavailable},
	}
}

// noNotFound takes 404 from the errors of an operation.
func noNotFound(operation *huma.Operation) {
	operation.Errors = slices.DeleteFunc(operation.Errors, func(status int) bool { return status == http.StatusNotFound })
}

// requireParent answers 404 instead of an empty list where the thing that it belongs to does not exist. A list with entries
// proves that it does, so only an empty one costs a query.
func requireParent[T, Parent any](ctx context.Context, out *listResponse[T], err error, id uuid.UUID,
	parent func(context.Context, uuid.UUID) (Parent, error)) (*listResponse[T], error) {
	if err != nil || len(out.Body.Items) > 0 {
		return out, err
	}
	if _, err := parent(ctx, id); err != nil {
		return nil, fail(ctx, err)
	}
	return out, nil
}

func listAttributions(ctx context.Context, s claimReader, q *ListQuery,
	f store.AttributionFilter) (*listResponse[headwater.Attribution], error) {
	page, err := s.Attributions(ctx, f, q.paging())
	return writeListWithSources(ctx, s, &q.PageQuery, page, err, headwater.Attribution.Sources)
}

// LinksQuery are the parameters of the links of a claim.
type LinksQuery struct {
	ListQuery
	RecordedQuery
	Status []string `query:"status" enum:"proposed,accepted,rejected,all" default:"accepted" doc:"Only things with one of these statuses; all gives every one. Only what is accepted counts." example:"accepted"`
	Sort   string   `query:"sort" enum:"id,created_at,-created_at" default:"id" doc:"Order; a dash before it reverses it." example:"-created_at"`
}

func listClaimLinks(ctx context.Context, s relatedStore, claim uuid.UUID, q *LinksQuery, kind headwater.LinkKind,
	include []string) (*listResponse[ClaimLink], error) {
	common, err := q.common(q.Status, q.Sort)
	if err != nil {
		return nil, fail(ctx, err)
	}
	from, err := q.claims(ctx, s)
	if err != nil {
		return nil, fail(ctx, err)
	}
	page, err := from.Links(ctx, store.LinkFilter{Common: common, Claim: claim, Kind: string(kind)}, q.paging())
	if err != nil {
		return nil, fail(ctx, err)
	}
	links := claimLinks(claim, page.Items)
	out, err := writeLinks(ctx, from, &q.PageQuery, page, links, includeOther(ctx, from, links, include))
	var named []uuid.UUID
	for _, link := range links {
		named = append(append(named, link.Origins...), link.Carriers...)
	}
	if err == nil && (slices.Contains(include, "origins") || slices.Contains(include, "carriers")) {
		out.Body.Sources, err = readCards(ctx, named, from.SourceCards)
	}
	return requireParent(ctx, out, err, claim, from.Claim)
}

// includeOther says how the other claim of each link stands and where it comes from, as far as that is to be included. One that
// is merged or retracted does not stand for itself.
func includeOther(ctx context.Context, from report.FactSource, links []ClaimLink, include []string) error {
	if len(include) == 0 {
		return nil
	}
	others := make([]uuid.UUID, len(links))
	for i := range links {
		others[i] = links[i].other()
	}
	return analyzeEach(ctx, from, others, func(i int, a *report.Answer) error { return links[i].include(ctx, a, include) })
}

func (l *ClaimLink) include(ctx context.Context, a *report.Answer, include []string) error {
	figures, ways, err := a.FiguresOf(ctx, l.other(), a.Question)
	if err != nil {
		return err
	}
	if slices.Contains(include, "standing") {
		l.Standing = &figures.Figures
	}
	if slices.Contains(include, "origins") {
		l.Origins = ways.Origins
	}
	if slices.Contains(include, "carriers") {
		l.Carriers = ways.Carriers
	}
	return nil
}
