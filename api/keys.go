package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
)

// KeyStore keeps API keys.
type KeyStore interface {
	// KeysExist says whether any key was ever made. Once that is so it stays so.
	KeysExist(ctx context.Context) (bool, error)
	// Authenticate gives the key of a token; false where the token is unknown, expired or revoked.
	Authenticate(ctx context.Context, token string) (headwater.APIKey, bool, error)
	// Keys lists the keys, without tokens, in the order in which they were made.
	Keys(ctx context.Context, p store.Paging) (store.Page[headwater.APIKey], error)
	// CreateKey makes a key. This is the only time that its token is given.
	CreateKey(ctx context.Context, by store.Authorship, f headwater.APIKeyFields) (store.MadeKey, error)
	// RotateKey gives a key another token. The one before ends at once.
	RotateKey(ctx context.Context, by store.Authorship, id uuid.UUID) (store.MadeKey, error)
	// RevokeKey ends a key for good.
	RevokeKey(ctx context.Context, by store.Authorship, id uuid.UUID) (headwater.APIKey, error)
}

// MadeKey is a key with its token, which is shown this once.
type MadeKey struct {
	headwater.APIKey
	Token string `json:"token" doc:"What a program sends as Authorization: Bearer. It is shown once and stored nowhere." example:"hw_k3v9x2ma_7mJ1wB8dT0xq2cVQy5nZrLpK4sHfG9aUeOiXvNt6bDk"`
}

var (
	// tokenTraits are those of an operation on a key whose answer holds a token.
	tokenTraits = traits{scope: headwater.ScopeAdmin, idempotent: yes, unbounded: no, sealed: yes, endless: no, recorded: true}
	// revokeTraits are those of an operation on a key whose answer holds none.
	revokeTraits = traits{scope: headwater.ScopeAdmin, idempotent: yes, unbounded: no, sealed: no, endless: no, recorded: true}
)

// keyChange names a key that is changed, and says why.
type keyChange struct {
	ID
	Reason
}

// registerKeys adds the administration of keys. The first key that is made ends open access.
func registerKeys(api huma.API, s KeyStore, open *openAccess) {
	operation := func(id, method, path, summary string, errors ...int) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: "/v1/keys" + path, Summary: summary, Tags: []string{"keys"},
			Errors: append([]int{http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusInternalServerError,
				http.StatusServiceUnavailable}, errors...),
		}
	}
	list := describedBy(pageNote, operation("listKeys", http.MethodGet, "", "List the keys, without their tokens"))
	register(api, list, readTraits(headwater.ScopeAdmin),
		func(ctx context.Context, in *PageQuery) (*listResponse[headwater.APIKey], error) {
			page, err := s.Keys(ctx, in.paging())
			return writeList(ctx, in, page, err)
		})
	create := describedBy(createNote, operation("createKey", http.MethodPost, "", "Make a key",
		append(bodyErrors, http.StatusConflict)...))
	create.DefaultStatus = http.StatusCreated
	register(api, create, tokenTraits, func(ctx context.Context, in *struct {
		Reason
		FieldsBody[headwater.APIKeyFields]
	}) (*struct{ Body MadeKey }, error) {
		made, err := s.CreateKey(ctx, in.by(), in.Body)
		if err != nil {
			return nil, fail(ctx, err)
		}
		open.end()
		return &struct{ Body MadeKey }{madeKeyOf(made)}, nil
	})
	rotate := describedBy(immediateNote,
		operation("rotateKey", http.MethodPost, "/{id}/rotate", "Give a key another token; the one before ends at once",
			http.StatusNotFound, http.StatusConflict))
	register(api, rotate, tokenTraits,
		func(ctx context.Context, in *keyChange) (*struct{ Body MadeKey }, error) {
			made, err := s.RotateKey(ctx, in.by(), in.ID.ID)
			if err != nil {
				return nil, fail(ctx, err)
			}
			return &struct{ Body MadeKey }{madeKeyOf(made)}, nil
		})
	revoke := describedBy(immediateNote,
		operation("revokeKey", http.MethodPost, "/{id}/revoke", "End a key for good", http.StatusNotFound, http.StatusConflict))
	register(api, revoke, revokeTraits,
		func(ctx context.Context, in *keyChange) (*struct{ Body headwater.APIKey }, error) {
			key, err := s.RevokeKey(ctx, in.by(), in.ID.ID)
			if err != nil {
				return nil, fail(ctx, err)
			}
			return &struct{ Body headwater.APIKey }{key}, nil
		})
}

func madeKeyOf(made store.MadeKey) MadeKey { return MadeKey{made.APIKey, made.Token.String()} }
