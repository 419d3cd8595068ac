package api

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/headwater-project/headwater"
)

// health adds what says whether the service is well.
func (h *handlers) health(api huma.API) {
	answer := func(id, path, summary string, check func(ctx context.Context) error) {
		operation := describedBy(serviceNote, huma.Operation{
			OperationID: id, Method: http.MethodGet, Path: path, Summary: summary, Tags: []string{"service"}, DefaultStatus: http.StatusNoContent,
			Errors: []int{http.StatusBadRequest, http.StatusServiceUnavailable},
		})
		register(api, operation, traits{scope: noScope, idempotent: no, unbounded: no, sealed: no}, func(ctx context.Context, _ *struct{}) (*struct{}, error) {
			if err := check(ctx); err != nil {
				slog.ErrorContext(ctx, "not ready", "error", err)
				return nil, problem(http.StatusServiceUnavailable, headwater.CodeUnavailable, "the database cannot be reached, or its schema is not this program's")
			}
			return &struct{}{}, nil
		})
	}
	answer("getHealth", "/healthz", "Whether the service runs", func(context.Context) error { return nil })
	answer("getReadiness", "/readyz", "Whether the service can answer: database and schema", h.store.Ping)
}
