package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/suggest"
)

// SuggestionStore reads what links are suggested from.
type SuggestionStore interface {
	// Neighbourhood reads a claim with the active claims that it may be linked to, and those that it is linked to already.
	Neighbourhood(ctx context.Context, claim uuid.UUID) (suggest.Neighbourhood, error)
	// Namespace is the namespace of the keys that clients give.
	Namespace() string
}

// suggestionStore reads suggestions, and stores the links that are decided.
type suggestionStore interface {
	SuggestionStore
	LinkStore
	ResponseStore
	// Claims lists claims, all by id where nothing is asked for.
	Claims(ctx context.Context, f store.ClaimFilter, p store.Paging) (store.Page[store.ClaimHit], error)
}

// registerSuggestions adds the links that might hold, and the decisions on them.
func registerSuggestions(api huma.API, s suggestionStore) {
	list := readOperation("listClaimSuggestions", "/v1/claims/{id}/suggestions",
		"Links that might hold between a claim and others: proposals, and what rules find")
	list.Description = "None counts before it is accepted. A pair that was accepted or rejected in any kind is not suggested again. Of " +
		"the proposals these are the 200 most confident; GET /v1/proposals has all."
	list.Tags = []string{"analysis"}
	register(api, list, readTraits(headwater.ScopeRead),
		func(ctx context.Context, in *ID) (*struct{ Body List[suggest.Suggestion] }, error) {
			found, err := readSuggestions(ctx, s, in.ID)
			if err != nil {
				return nil, fail(ctx, err)
			}
			return &struct{ Body List[suggest.Suggestion] }{List[suggest.Suggestion]{Items: found}}, nil
		})
	registerRules(api, s)
	registerDecision(api, s, "accept", "Accept a suggestion: the link is stored and counts", headwater.Accepted)
	registerDecision(api, s, "reject", "Reject a suggestion: the link is stored as rejected, so that the pair is not suggested again",
		headwater.Rejected)
}

// RulesRun says to which claims the rules are put.
type RulesRun struct {
	Claims []uuid.UUID `json:"claims,omitempty" maxItems:"10" doc:"The claims; all that are active, some at a time, where none is named." example:"[\"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d\"]"`
	Cursor string      `json:"cursor,omitempty" maxLength:"10000" doc:"The next_cursor of the run before, which goes on after its last claim."`
}

// RulesFound is what the rules found.
type RulesFound struct {
	Items      []headwater.Link `json:"items" doc:"The links that are new among the proposals, in the order in which they were found."`
	Claims     int              `json:"claims" minimum:"0" doc:"How many claims were looked at." example:"100"`
	NextCursor string           `json:"next_cursor,omitempty" doc:"Asks for the claims after these; missing once all were looked at."`
}

const (
	// claimsOfRun is how many claims a run looks at, at most, and claimsOfStep how many it reads at a time.
	claimsOfRun, claimsOfStep = 100, 10
	// mostFound is after how many new proposals a run goes no further.
	mostFound = 200
)

// registerRules adds the operation that runs the rules, so that what they find waits for a decision.
func registerRules(api huma.API, s suggestionStore) {
	operation := huma.Operation{
		OperationID: "suggestLinks", Method: http.MethodPost, Path: "/v1/suggestions",
		Summary: "Look for links by rule, and propose those that are found", Tags: []string{"review"}, MaxBodyBytes: maxBody,
		Description: "Rules compare each claim with those that it shares words or units with. What they find is stored as proposed, " +
			"counts for nothing before it is accepted, and is then in GET /v1/proposals. A pair that is linked, or was judged, in any " +
			"kind is not proposed again, so that to run the rules twice finds nothing new. One run looks at 100 claims, or fewer once it " +
			"has found 200 links; next_cursor goes on after them. Links that were found before a run was broken off stay.",
		Errors: append([]int{http.StatusBadRequest, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity,
			http.StatusInternalServerError, http.StatusServiceUnavailable}, bodyErrors...),
	}
	register(api, operation, postTraits(headwater.ScopeWriteOrReview), func(ctx context.Context, in *struct {
		Reason
		Body RulesRun
	}) (*struct{ Body RulesFound }, error) {
		out, err := runRules(ctx, s, in.by(), in.Body)
		if err == nil {
			err = s.StoreOutcome(ctx, in.by(), out)
		}
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &struct{ Body RulesFound }{out}, nil
	})
}

// runRules puts the rules to each claim, and stores what they find as proposed.
func runRules(ctx context.Context, s suggestionStore, by store.Authorship, run RulesRun) (RulesFound, error) {
	out := RulesFound{Items: []headwater.Link{}}
	if len(run.Claims) > 0 && run.Cursor != "" {
		return out, headwater.Faults{headwater.NewFault("/cursor", headwater.FaultConflict, run.Cursor, "nothing where claims are named")}
	}
	by.Idempotency = nil // the response to all of it is stored by the caller
	if len(run.Claims) > 0 {
		err := proposeFound(ctx, s, by, run.Claims, &out)
		return out, err
	}
	filter := store.ClaimFilter{Common: store.Common{Status: []string{string(headwater.EntityActive)}}}
	for out.NextCursor = run.Cursor; out.Claims < claimsOfRun && len(out.Items) < mostFound; {
		page, err := s.Claims(ctx, filter, store.Paging{Limit: claimsOfStep, Cursor: out.NextCursor})
		if err != nil {
			return out, err
		}
		claims := make([]uuid.UUID, len(page.Items))
		for i, claim := range page.Items {
			claims[i] = claim.ID
		}
		if err := proposeFound(ctx, s, by, claims, &out); err != nil {
			return out, err
		}
		if out.NextCursor = page.NextCursor; out.NextCursor == "" {
			break
		}
	}
	return out, nil
}

// proposeFound stores what the rules find for each of some claims as proposed.
func proposeFound(ctx context.Context, s suggestionStore, by store.Authorship, claims []uuid.UUID, out *RulesFound) error {
	for _, claim := range claims {
		found, err := readSuggestions(ctx, s, claim)
		if err != nil {
			return err
		}
		out.Claims++
		for _, f := range found {
			if f.Stored {
				continue
			}
			link, err := s.CreateLink(ctx, by, f.NaturalKey(), f.LinkFields, headwater.Proposed)
			switch {
			case headwater.CodeOf(err) == headwater.CodeAlreadyExists: // another run was first
			case err != nil:
				return err
			default:
				out.Items = append(out.Items, link)
			}
		}
	}
	return nil
}

// readSuggestions gives the suggestions for a claim, stored proposals among them.
func readSuggestions(ctx context.Context, s suggestionStore, claim uuid.UUID) ([]suggest.Suggestion, error) {
	near, err := s.Neighbourhood(ctx, claim)
	if err != nil {
		return nil, err
	}
	return near.Suggestions(headwater.NamespaceOf(s.Namespace())), nil
}

func registerDecision(api huma.API, s suggestionStore, verb, summary string, status headwater.Decision) {
	operation := describedBy(immediateNote, huma.Operation{
		OperationID: verb + "Suggestion", Method: http.MethodPost, Path: "/v1/claims/{id}/suggestions/{suggestion}/" + verb,
		Summary: summary, Tags: []string{"analysis"},
		Errors: []int{http.StatusBadRequest, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity,
			http.StatusInternalServerError, http.StatusServiceUnavailable},
	})
	register(api, operation, postTraits(headwater.ScopeReview), func(ctx context.Context, in *struct {
		ID
		Reason
		Suggestion uuid.UUID `path:"suggestion" format:"uuid" doc:"The suggestion's id." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	}) (*response[headwater.Link], error) {
		link, err := decide(ctx, s, in.by(), in.ID.ID, in.Suggestion, status)
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &response[headwater.Link]{ETag: etag(link.Version), Body: link}, nil
	})
}

// decide stores the link of a suggestion as accepted or rejected.
func decide(ctx context.Context, s suggestionStore, by store.Authorship, claim, id uuid.UUID,
	status headwater.Decision) (headwater.Link, error) {
	found, err := readSuggestions(ctx, s, claim)
	if err != nil {
		return headwater.Link{}, err
	}
	at := slices.IndexFunc(found, func(f suggest.Suggestion) bool { return f.ID == id })
	switch {
	case at < 0:
		return headwater.Link{}, &headwater.Error{Code: headwater.CodeNotFound,
			Detail: fmt.Sprintf("claim %s has no suggestion %s, or it was decided already", claim, id)}
	case found[at].Stored:
		return s.DecideLink(ctx, by, id, 0, status == headwater.Accepted)
	}
	return s.CreateLink(ctx, by, found[at].NaturalKey(), found[at].LinkFields, status)
}
