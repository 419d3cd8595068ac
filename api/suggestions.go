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
}

// registerSuggestions adds the links that might hold, and the decisions on them.
func registerSuggestions(api huma.API, s suggestionStore) {
	list := readOperation("listClaimSuggestions", "/v1/claims/{id}/suggestions",
		"Links that might hold between a claim and others: proposals, and what rules find")
	list.Description = "None counts before it is accepted. A pair that was accepted or rejected in any kind is not suggested again."
	list.Tags = []string{"analysis"}
	register(api, list, readTraits(headwater.ScopeRead),
		func(ctx context.Context, in *ID) (*struct{ Body List[suggest.Suggestion] }, error) {
			found, err := readSuggestions(ctx, s, in.ID)
			if err != nil {
				return nil, fail(ctx, err)
			}
			return &struct{ Body List[suggest.Suggestion] }{List[suggest.Suggestion]{Items: found}}, nil
		})
	registerDecision(api, s, "accept", "Accept a suggestion: the link is stored and counts", headwater.Accepted)
	registerDecision(api, s, "reject", "Reject a suggestion: the link is stored as rejected, so that the pair is not suggested again",
		headwater.Rejected)
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
