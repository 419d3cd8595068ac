package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
)

// registerControl adds who controls a source.
func registerControl(api huma.API, s EvidenceStore) {
	operation := readOperation("getSourceControl", "/v1/sources/{id}/control", "Who controls a source on a day, all the way up")
	operation.Description = "The controllers of a source, by which relations they are so, and the group that reports put it in."
	operation.Tags = []string{"analysis"}
	register(api, operation, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
		ID
		At string `query:"at" format:"edtf" maxLength:"10" doc:"Only relations that held on some day of this EDTF day, month or year; all, whenever they held, if missing." example:"2024-05-06"`
	}) (*struct{ Body provenance.Controllers }, error) {
		facts, err := s.Facts(ctx, nil, []uuid.UUID{in.ID.ID}, false)
		if err != nil {
			return nil, fail(ctx, err)
		}
		controllers, err := provenance.New(facts.Facts).Control(ctx, in.ID.ID, headwater.Day(in.At))
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &struct{ Body provenance.Controllers }{*controllers}, nil
	})
}
