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

// suggestions adds links that might hold, and what is decided about them.
func (h *handlers) suggestions(api huma.API) {
	list := below("listClaimSuggestions", "/v1/claims/{id}/suggestions", "Links that might hold between a claim and others: proposals, and what rules find")
	list.Description = "None counts before it is accepted. A pair that was accepted or rejected in any kind is not suggested again."
	list.Tags = []string{"analysis"}
	register(api, list, readTraits(headwater.ScopeRead), func(ctx context.Context, in *ID) (*struct{ Body List[suggest.Suggestion] }, error) {
		found, err := h.suggested(ctx, in.ID)
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &struct{ Body List[suggest.Suggestion] }{List[suggest.Suggestion]{Items: found}}, nil
	})
	h.decision(api, "accept", "Accept a suggestion: the link is stored and counts", headwater.Accepted)
	h.decision(api, "reject", "Reject a suggestion: the link is stored as rejected, so that the pair is not suggested again", headwater.Rejected)
}

func (h *handlers) suggested(ctx context.Context, claim uuid.UUID) ([]suggest.Suggestion, error) {
	near, err := h.store.Neighbourhood(ctx, claim)
	if err != nil {
		return nil, err
	}
	return near.Suggestions(headwater.NamespaceOf(h.store.Namespace())), nil
}

func (h *handlers) decision(api huma.API, verb, summary string, status headwater.Decision) {
	operation := describedBy(immediateNote, huma.Operation{
		OperationID: verb + "Suggestion", Method: http.MethodPost, Path: "/v1/claims/{id}/suggestions/{suggestion}/" + verb, Summary: summary, Tags: []string{"analysis"},
		Errors: []int{http.StatusBadRequest, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusInternalServerError, http.StatusServiceUnavailable},
	})
	register(api, operation, postTraits(headwater.ScopeReview), func(ctx context.Context, in *struct {
		ID
		Reason
		Suggestion uuid.UUID `path:"suggestion" format:"uuid" doc:"The suggestion's id." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	}) (*answer[headwater.Link], error) {
		link, err := h.decide(ctx, in.by(), in.ID.ID, in.Suggestion, status)
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &answer[headwater.Link]{ETag: etag(link.Version), Body: link}, nil
	})
}

func (h *handlers) decide(ctx context.Context, by store.Authorship, claim, id uuid.UUID, status headwater.Decision) (headwater.Link, error) {
	found, err := h.suggested(ctx, claim)
	if err != nil {
		return headwater.Link{}, err
	}
	at := slices.IndexFunc(found, func(s suggest.Suggestion) bool { return s.ID == id })
	switch {
	case at < 0:
		return headwater.Link{}, &headwater.Error{Code: headwater.CodeNotFound, Detail: fmt.Sprintf("claim %s has no suggestion %s, or it was decided already", claim, id)}
	case found[at].Stored:
		return h.store.DecideLink(ctx, by, id, 0, status == headwater.Accepted)
	}
	return h.store.CreateLink(ctx, by, found[at].NaturalKey(), found[at].LinkFields, status)
}
