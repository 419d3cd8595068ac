package api

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/headwater-project/headwater"
)

// HealthStore says whether the service can answer.
type HealthStore interface {
	// Ping fails unless the database can be reached and has the schema that this program works with.
	Ping(ctx context.Context) error
}

// readiness says how the servers of the database are.
type readiness struct {
	Servers string `header:"X-Headwater-Servers" doc:"Where the database has standbys: whether the primary answers, how many standbys do, and how many do not for now." example:"primary=1, standbys=2, out=0"`
}

// registerHealth adds the operations that say whether the service is well. While the primary is gone, it can answer what standbys can.
func registerHealth(api huma.API, s HealthStore, standbys Standbys) {
	add := func(id, path, summary string, check func(ctx context.Context) error) {
		operation := describedBy(serviceNote, huma.Operation{
			OperationID: id, Method: http.MethodGet, Path: path, Summary: summary, Tags: []string{"service"},
			DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusBadRequest, http.StatusServiceUnavailable},
		})
		open := traits{scope: noScope, idempotent: no, unbounded: no, sealed: no, endless: no}
		register(api, operation, open, func(ctx context.Context, _ *struct{}) (*readiness, error) {
			if err := check(ctx); err != nil {
				slog.ErrorContext(ctx, "not ready", "error", err)
				return nil, problem(http.StatusServiceUnavailable, headwater.CodeUnavailable,
					"the database cannot be reached, or its schema is not this program's")
			}
			return &readiness{servers(standbys)}, nil
		})
	}
	add("getHealth", "/healthz", "Whether the service runs", func(context.Context) error { return nil })
	add("getReadiness", "/readyz", "Whether the service can answer: database and schema", func(ctx context.Context) error {
		if standbys != nil && standbys.PrimaryIsGone() {
			if in, _ := standbys.Count(); in > 0 {
				return nil
			}
		}
		return s.Ping(ctx)
	})
}
