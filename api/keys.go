package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
)

// MadeKey is a key with its token, which is shown this once.
type MadeKey struct {
	headwater.APIKey
	Token string `json:"token" doc:"What a program sends as Authorization: Bearer. It is shown once and stored nowhere." example:"hw_k3v9x2ma_7mJ1wB8dT0xq2cVQy5nZrLpK4sHfG9aUeOiXvNt6bDk"`
}

// tokenTraits are those of an operation whose answer holds a token.
var tokenTraits = traits{scope: headwater.ScopeAdmin, idempotent: yes, unbounded: no, sealed: yes}

// keys adds the administration of keys.
func (h *handlers) keys(api huma.API) {
	operation := func(id, method, path, summary string, errors ...int) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: "/v1/keys" + path, Summary: summary, Tags: []string{"keys"},
			Errors: append([]int{http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusInternalServerError, http.StatusServiceUnavailable}, errors...),
		}
	}
	list := describedBy(pageNote, operation("listKeys", http.MethodGet, "", "List the keys, without their tokens"))
	register(api, list, readTraits(headwater.ScopeAdmin), func(ctx context.Context, in *PageQuery) (*listAnswer[headwater.APIKey], error) {
		page, err := h.store.Keys(ctx, in.paging())
		return listed(ctx, h, in, page, err, nil)
	})
	create := describedBy(createNote, operation("createKey", http.MethodPost, "", "Make a key", append(bodyErrors, http.StatusConflict)...))
	create.DefaultStatus = http.StatusCreated
	register(api, create, tokenTraits, func(ctx context.Context, in *struct{ Words[headwater.APIKeyFields] }) (*struct{ Body MadeKey }, error) {
		made, err := h.store.CreateKey(ctx, requestOf(ctx).by(), in.Body)
		if err != nil {
			return nil, fail(ctx, err)
		}
		h.guard.open.close()
		return &struct{ Body MadeKey }{madeKeyOf(made)}, nil
	})
	rotate := describedBy(immediateNote,
		operation("rotateKey", http.MethodPost, "/{id}/rotate", "Give a key another token; the one before ends at once", http.StatusNotFound, http.StatusConflict))
	register(api, rotate, tokenTraits,
		func(ctx context.Context, in *ID) (*struct{ Body MadeKey }, error) {
			made, err := h.store.RotateKey(ctx, requestOf(ctx).by(), in.ID)
			if err != nil {
				return nil, fail(ctx, err)
			}
			return &struct{ Body MadeKey }{madeKeyOf(made)}, nil
		})
	revoke := describedBy(immediateNote,
		operation("revokeKey", http.MethodPost, "/{id}/revoke", "End a key for good", http.StatusNotFound, http.StatusConflict))
	register(api, revoke, postTraits(headwater.ScopeAdmin),
		func(ctx context.Context, in *ID) (*struct{ Body headwater.APIKey }, error) {
			key, err := h.store.RevokeKey(ctx, requestOf(ctx).by(), in.ID)
			if err != nil {
				return nil, fail(ctx, err)
			}
			return &struct{ Body headwater.APIKey }{key}, nil
		})
}

func madeKeyOf(made store.MadeKey) MadeKey { return MadeKey{made.APIKey, made.Token.String()} }
