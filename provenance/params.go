package provenance

import (
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// Params are the named values of a sentence, so that a client can say it in another language. A sentence has those that
// its code is documented with.
type Params struct {
	Said         headwater.Moment `json:"said,omitempty" doc:"When it was said at the earliest." example:"2024-05-06"`
	PassedOn     headwater.Moment `json:"passed_on,omitempty" doc:"When it was passed on at the latest." example:"2024-05-05"`
	Published    headwater.Moment `json:"published,omitempty" doc:"When it was published at the latest." example:"2024-05-05"`
	Event        headwater.Day    `json:"event,omitempty" doc:"When it happened at the earliest." example:"2024-05-06"`
	Document     *uuid.UUID       `json:"document,omitempty" format:"uuid" doc:"The document." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Sources      []uuid.UUID      `json:"sources,omitempty" doc:"The sources." example:"[\"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d\"]"`
	Claims       []uuid.UUID      `json:"claims,omitempty" doc:"The claims." example:"[\"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d\"]"`
	Attributions int              `json:"attributions,omitempty" minimum:"1" doc:"How many attributions." example:"3"`
}
