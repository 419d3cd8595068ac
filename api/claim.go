package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
)

// ClaimStore keeps claims.
type ClaimStore interface {
	// Claim gives one claim.
	Claim(ctx context.Context, id uuid.UUID) (headwater.Claim, error)
	// Claims lists claims: those that have the words of Q, best first, or all by Sort.
	Claims(ctx context.Context, f store.ClaimFilter, p store.Paging) (store.Page[store.ClaimHit], error)
	// CountClaims says how many claims there are with all the words of Q.
	CountClaims(ctx context.Context, f store.ClaimFilter) (store.Total, error)
	// ClaimFacets counts the same claims, and says what they are.
	ClaimFacets(ctx context.Context, f store.ClaimFilter) (store.Total, store.ClaimFacets, error)
	// CreateClaim stores a new claim. A key that is taken is CodeAlreadyExists.
	CreateClaim(ctx context.Context, by store.Authorship, key string, f headwater.ClaimFields) (headwater.Claim, error)
	// UpdateClaim replaces all fields of a claim.
	UpdateClaim(ctx context.Context, by store.Authorship, id uuid.UUID, version int, f headwater.ClaimFields) (headwater.Claim, error)
	// RetractClaim retracts a claim, or restores it.
	RetractClaim(ctx context.Context, by store.Authorship, id uuid.UUID, version int, retracted bool) (headwater.Claim, error)
	// MergeClaim lets a claim speak as another. A merge that would close a loop is a fault.
	MergeClaim(ctx context.Context, by store.Authorship, id uuid.UUID, version int, into uuid.UUID) (headwater.Claim, error)
	// UnmergeClaim lets a merged claim speak for itself again.
	UnmergeClaim(ctx context.Context, by store.Authorship, id uuid.UUID, version int) (headwater.Claim, error)
	// ClaimDetail reads a claim and the parts of it that are asked for, each with its first page, at one moment.
	ClaimDetail(ctx context.Context, id uuid.UUID, parts store.Parts) (store.ClaimDetail, error)
	// ClaimSummaries gives a summary of each claim, by id.
	ClaimSummaries(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]store.ClaimSummary, error)
}

// StandingStore says how claims stand, as far as that was worked out.
type StandingStore interface {
	// Standings gives how each claim stands, by id, and as of which change. Merged and retracted claims, and new ones that were not
	// worked out yet, are not among them.
	Standings(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]store.ClaimStanding, error)
	// StandingChanges lists when claims came to stand otherwise, in order, as far as that is kept. Its NextCursor is set on the last page
	// too. A place after which some are no longer kept is a fault.
	StandingChanges(ctx context.Context, f store.StandingChangeFilter, p store.Paging) (store.Page[store.StandingChange], error)
	// KeptStandingChanges gives the place after which all of these are kept, and that of the last one.
	KeptStandingChanges(ctx context.Context) (after, last int64, err error)
	// LastStandingChange is the place of the last one; 0 where there is none.
	LastStandingChange(ctx context.Context) (int64, error)
	// StandingChangesBetween lists those with places after one and up to another, in their order, and says whether there are more.
	StandingChangesBetween(ctx context.Context, f store.StandingChangeFilter, after, upTo int64, limit int) (
		changes []store.StandingChange, more bool, err error)
}

// listedClaimStore keeps claims, and says how those of a list stand.
type listedClaimStore interface {
	relatedStore
	StandingStore
	CardStore
}

// ListedClaimPage is one page of claims, and what all that the list has is, with include.
type ListedClaimPage struct {
	List[ListedClaim]
	Total  *store.Total       `json:"total,omitempty" doc:"How many claims the list has on all its pages, up to 10,000, with include=total or include=facets. With q those that have all the words are counted, not what has but words that are spelled like them."`
	Facets *store.ClaimFacets `json:"facets,omitempty" doc:"What the claims that total counts are, with include=facets. It takes the whole list into account, whichever page this is."`
}

// NewClaim is a claim to create.
type NewClaim struct {
	Key string `json:"key,omitempty" maxLength:"200" doc:"Your own stable name for it; immutable." example:"nis"`
	headwater.ClaimFields
}

// registerClaims adds the operations on claims.
func registerClaims(api huma.API, s listedClaimStore) {
	r := resource[headwater.Claim, NewClaim, headwater.ClaimFields]{
		name: "Claim", path: "claims", get: s.Claim, update: s.UpdateClaim,
		create: func(ctx context.Context, by store.Authorship, body NewClaim) (headwater.Claim, error) {
			return s.CreateClaim(ctx, by, body.Key, body.ClaimFields)
		},
		meta:   func(t headwater.Claim) headwater.Meta { return t.Meta },
		fields: func(t headwater.Claim) headwater.ClaimFields { return t.ClaimFields },
	}
	r.registerCreate(api, postTraits(headwater.ScopeWrite))
	r.registerUpdate(api, editTraits(headwater.ScopeWrite))
	r.registerPatch(api, editTraits(headwater.ScopeWrite))
	r.registerRetraction(api, postTraits(headwater.ScopeWrite), s.RetractClaim)
	r.registerMerge(api, postTraits(headwater.ScopeWrite), s.MergeClaim)
	r.registerUnmerge(api, postTraits(headwater.ScopeWrite), s.UnmergeClaim)
	list := describedBy(pageNote, r.operation("listClaims", http.MethodGet, "", "Find claims"))
	register(api, list, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
		ListQuery
		Status     []string  `query:"status" enum:"active,merged,retracted" doc:"Only things with one of these statuses." example:"active"`
		Sort       string    `query:"sort" enum:"id,created_at,-created_at,standing,-standing,-width,-contested,-appeared" default:"id" doc:"Order; a dash before it reverses it. standing begins with what is contested, then come denied, unattributed, no_origin_left, circular, single_origin, possibly_corroborated, single_carrier and corroborated. -width begins with the widest interval of independent origins, -contested with the most attributions on the side that has fewer, -appeared with the newest publication among what counts: these and the orders by standing list active claims alone, as far as they were worked out, and go before the order of q." example:"-created_at"`
		Standing   []string  `query:"standing" enum:"contested,denied,unattributed,circular,no_origin_left,corroborated,single_carrier,possibly_corroborated,single_origin" doc:"Only active claims that stand in one of these ways, as far as they were worked out." example:"contested"`
		MinWidth   int       `query:"min_width" minimum:"0" maximum:"2147483647" doc:"Only active claims of which the interval of independent origins is at least so wide, max less min, as far as that was worked out." example:"2"`
		WidthBelow int       `query:"width_below" minimum:"1" maximum:"2147483647" doc:"Likewise narrower than this: 1 for those of which it is one number." example:"1"`
		Include    []string  `query:"include" enum:"summary,standing,total,facets" doc:"summary adds counts of attributions, publishers and links; standing how each claim stands, as of which change; total how many claims there are on all pages; facets how many of these have each standing, topic, place, language, publisher and origin." example:"standing"`
		Q          string    `query:"q" maxLength:"500" doc:"Words of the statement, in Arabic or English." example:"shells"`
		Topic      string    `query:"topic" maxLength:"1000" doc:"A topic." example:"arms"`
		Place      string    `query:"place" maxLength:"1000" doc:"A place where what it states happened." example:"Mina Port"`
		Language   string    `query:"language" format:"bcp47" maxLength:"100" doc:"BCP 47 tag of a language that has a statement; region and script do not count, and old and macro codes find one another." example:"ar"`
		Source     uuid.UUID `query:"source" format:"uuid" doc:"A source anywhere in a chain." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
		Origin     uuid.UUID `query:"origin" format:"uuid" doc:"The last source of a chain." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
		Publisher  uuid.UUID `query:"publisher" format:"uuid" doc:"The first source of a chain." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
		Stance     string    `query:"stance" enum:"affirms,denies,questions" doc:"A stance that somebody takes to it." example:"denies"`
		From       string    `query:"from" format:"edtf" maxLength:"10" doc:"Event time not before this EDTF day." example:"2023-08"`
		Proposals  bool      `query:"proposals" doc:"Only claims that a proposed attribution makes, or a proposed link joins to another one." example:"true"`
		To         string    `query:"to" format:"edtf" maxLength:"10" doc:"Event time not after this EDTF day." example:"2023-10"`
	}) (*claimsResponse, error) {
		common, err := in.common(in.Status, in.Sort)
		if err != nil {
			return nil, fail(ctx, err)
		}
		filter := store.ClaimFilter{
			Common: common, Q: in.Q, Topic: in.Topic, Place: in.Place, Language: in.Language, Stance: in.Stance,
			Source: in.Source, Origin: in.Origin, Publisher: in.Publisher, From: headwater.Day(in.From), To: headwater.Day(in.To),
			Standings: in.Standing, MinWidth: in.MinWidth, WidthBelow: in.WidthBelow, Proposals: in.Proposals,
		}
		page, err := s.Claims(ctx, filter, in.paging())
		if err != nil {
			return nil, fail(ctx, err)
		}
		claims, err := includeInList(ctx, s, page, in.Include)
		list, err := writeList(ctx, &in.PageQuery, claims, err)
		if err != nil {
			return nil, err
		}
		out := &claimsResponse{Link: list.Link, Body: ListedClaimPage{List: list.Body}}
		return out, out.Body.count(ctx, s, filter, in.Include)
	})
	registerClaimDetail(api, s, r.getOperation())
}

type claimsResponse struct {
	Link string `header:"Link" doc:"The next page, as RFC 8288 has it."`
	Body ListedClaimPage
}

// count adds what is to be included of the list as a whole.
func (p *ListedClaimPage) count(ctx context.Context, s listedClaimStore, filter store.ClaimFilter, include []string) error {
	switch {
	case slices.Contains(include, "facets"):
		total, facets, err := s.ClaimFacets(ctx, filter)
		if err != nil {
			return fail(ctx, err)
		}
		p.Total, p.Facets = &total, &facets
		p.Sources, err = readCards(ctx, facets.Sources(), s.SourceCards)
		return err
	case slices.Contains(include, "total"):
		total, err := s.CountClaims(ctx, filter)
		if err != nil {
			return fail(ctx, err)
		}
		p.Total = &total
	}
	return nil
}
