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

// UndoStore undoes what was done.
type UndoStore interface {
	// Undo makes what a group of changes did as it was before, whole or not at all: CodeChangedSince names what stands in the way,
	// CodeAlreadyUndone says that it is undone. may says whether who asks has a scope, which may be the one that is needed; without it
	// everything is allowed.
	Undo(ctx context.Context, by store.Authorship, group uuid.UUID, may func(headwater.Scope) bool) (store.Undone, error)
	// Imports lists the imports that changed something, the newest first.
	Imports(ctx context.Context, p store.Paging) (store.Page[store.ListedImport], error)
}

// UndoRequest names what is to be undone.
type UndoRequest struct {
	Group  uuid.UUID `json:"group" format:"uuid" doc:"A group of changes: a request's X-Headwater-Group, or as the history or the list of imports has it." example:"5b1c0a52-6a5e-7f0e-9d0e-3f1f6a1b2c3d"`
	Reason string    `json:"reason,omitempty" maxLength:"1000" doc:"Why, for the history; it goes before X-Change-Reason." example:"The wrong file."`
}

// undoTraits are those of the undo, which may be of an import of everything there is.
var undoTraits = traits{scope: headwater.ScopeWriteOrReview, idempotent: yes, unbounded: yes, sealed: no, endless: no}

// registerUndo adds the undo, and the list of what can be undone as a whole.
func registerUndo(api huma.API, s UndoStore) {
	undo := huma.Operation{
		OperationID: "undoChanges", Method: http.MethodPost, Path: "/v1/changes/undo", Tags: []string{"changes"}, MaxBodyBytes: maxBody,
		Summary: "Undo what a group of changes did, whole or not at all",
		Description: "New changes make everything what it was before the group: what it changed is put back, what it created is " +
			"deleted, and its history stays. They have a group of their own: to undo that does it again. Where anything of the group " +
			"was changed since, unless it was put back, or where others refer to what it created, 409 changed_since names each, and " +
			"nothing is changed. It needs the scope that the group needed: review to undo decisions and reviews, write for all else.",
		Errors: slices.Concat([]int{http.StatusBadRequest, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity,
			http.StatusInternalServerError, http.StatusServiceUnavailable}, bodyErrors),
	}
	register(api, undo, undoTraits, func(ctx context.Context, in *struct {
		Reason
		Body UndoRequest
	}) (*struct{ Body store.Undone }, error) {
		if err := in.saidInBody(in.Body.Reason); err != nil {
			return nil, fail(ctx, err)
		}
		undone, err := s.Undo(ctx, in.by(), in.Body.Group, requestOf(ctx).may)
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &struct{ Body store.Undone }{undone}, nil
	})
	imports := describedBy(pageNote, readOperation("listImports", "/v1/imports", "The imports that changed something, the newest first"))
	imports.Tags = []string{"bundles"}
	noNotFound(&imports)
	register(api, imports, readTraits(headwater.ScopeRead),
		func(ctx context.Context, in *PageQuery) (*listResponse[store.ListedImport], error) {
			page, err := s.Imports(ctx, in.paging())
			return writeList(ctx, in, page, err)
		})
}

// may says whether who makes the request has a scope; everybody has all until a key is made, and then --public-read lets all read.
func (r *request) may(scope headwater.Scope) bool {
	if r.public {
		return scope == headwater.ScopeRead
	}
	return r.key == uuid.Nil || headwater.APIKey{APIKeyFields: headwater.APIKeyFields{Scopes: r.scopes}}.May(scope)
}
