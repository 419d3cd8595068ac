package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/ledger"
	"github.com/headwater-project/headwater/store"
)

// LogStore proves what the history is.
type LogStore interface {
	// Checkpoint gives the last signed note; CodeNotFound where there is none.
	Checkpoint(ctx context.Context) (note string, err error)
	// WitnessedCheckpoint gives the last signed note that witnesses of these names have all cosigned; CodeNotFound where there is none.
	WitnessedCheckpoint(ctx context.Context, witnesses []string) (note string, err error)
	// LogWitnesses lists the witnesses that checkpoints are, or were, sent to, and how far each has come.
	LogWitnesses(ctx context.Context) ([]store.LogWitness, error)
	// LogKeys lists the public keys that checkpoints are, or were, signed with.
	LogKeys(ctx context.Context) ([]store.LogKey, error)
	// Tile gives a tile of hashes or, at level -1, a bundle of entries; CodeNotFound where the log has less.
	Tile(ctx context.Context, place ledger.Place, width int) ([]byte, error)
	// Inclusion proves that a change is in the log of a size; 0 is all of it. may says whether who asks has a scope, which that of a
	// key's change needs.
	Inclusion(ctx context.Context, change uuid.UUID, size int64, may func(headwater.Scope) bool) (store.Inclusion, error)
	// Consistency proves that the log of one size begins with the log of another.
	Consistency(ctx context.Context, from, to int64) (store.Consistency, error)
}

// file is a response that is no JSON.
type file struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

// registerLog adds the signed log.
func registerLog(api huma.API, s LogStore) {
	registerCheckpoint(api, s)
	keys := readOperation("listLogKeys", "/v1/log/keys", "The public keys that checkpoints are, or were, signed with, the newest first")
	keys.Description = "Who verifies should have them from elsewhere: who can change the database can change this list."
	keys.Tags = []string{"changes"}
	noNotFound(&keys)
	register(api, keys, readTraits(headwater.ScopeRead),
		func(ctx context.Context, _ *struct{}) (*struct{ Body List[store.LogKey] }, error) {
			list, err := s.LogKeys(ctx)
			if err != nil {
				return nil, fail(ctx, err)
			}
			return &struct{ Body List[store.LogKey] }{List[store.LogKey]{Items: list}}, nil
		})
	witnesses := readOperation("listLogWitnesses", "/v1/log/witnesses", "Who else signs checkpoints, and how far each has come")
	witnesses.Description = "A witness (C2SP tlog-witness) cosigns only what goes on from what it cosigned before, so that nobody is " +
		"shown another history. Who verifies should have their keys from elsewhere."
	witnesses.Tags = []string{"changes"}
	noNotFound(&witnesses)
	register(api, witnesses, readTraits(headwater.ScopeRead),
		func(ctx context.Context, _ *struct{}) (*struct{ Body List[store.LogWitness] }, error) {
			list, err := s.LogWitnesses(ctx)
			if err != nil {
				return nil, fail(ctx, err)
			}
			return &struct{ Body List[store.LogWitness] }{List[store.LogWitness]{Items: list}}, nil
		})
	inclusion := readOperation("getLogInclusion", "/v1/log/inclusion", "A proof that a change is in the log of a size")
	inclusion.Description = "With what the change's entry commits to, so that whoever has a checkpoint can verify the change itself. " +
		"That of a key's change needs the scope admin."
	inclusion.Tags = []string{"changes"}
	register(api, inclusion, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
		Change uuid.UUID `query:"change" required:"true" format:"uuid" doc:"The change." example:"6f1c0a52-6a5e-7f0e-9d0e-3f1f6a1b2c3d"`
		Size   int64     `query:"size" minimum:"1" doc:"How many entries the log has, as a checkpoint says; all that there are if missing." example:"2048"`
	}) (*struct{ Body store.Inclusion }, error) {
		proof, err := s.Inclusion(ctx, in.Change, in.Size, requestOf(ctx).may)
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &struct{ Body store.Inclusion }{proof}, nil
	})
	consistency := readOperation("getLogConsistency", "/v1/log/consistency", "A proof that the log of one size begins with that of another")
	consistency.Description = "Who keeps a checkpoint sees by it that nothing that the checkpoint covered was changed since."
	consistency.Tags = []string{"changes"}
	noNotFound(&consistency)
	register(api, consistency, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
		From int64 `query:"from" required:"true" minimum:"1" doc:"The smaller size." example:"1024"`
		To   int64 `query:"to" required:"true" minimum:"1" doc:"The larger size." example:"2048"`
	}) (*struct{ Body store.Consistency }, error) {
		proof, err := s.Consistency(ctx, in.From, in.To)
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &struct{ Body store.Consistency }{proof}, nil
	})
}

// registerCheckpoint adds what mirrors and witnesses read, in the form of C2SP tlog-tiles. Tiles are no part of the document, which
// has no paths of several parts.
func registerCheckpoint(api huma.API, s LogStore) {
	checkpoint := readOperation("getLogCheckpoint", "/v1/log/checkpoint", "The last checkpoint of the log of all changes")
	checkpoint.Description = "A signed note (C2SP tlog-checkpoint): how many entries the log has, and the root of their tree (RFC 6962). " +
		"Its tiles are at /v1/log/tile/<level>/<n> and /v1/log/tile/entries/<n>, as C2SP tlog-tiles has them. Witnesses cosign it some " +
		"seconds later, so that it may not have their signatures yet; /v1/log/witnessed gives the last that has."
	checkpoint.Tags = []string{"changes"}
	checkpoint.Responses = map[string]*huma.Response{"200": {Description: "The note",
		Content: map[string]*huma.MediaType{plainText: {Schema: &huma.Schema{Type: huma.TypeString}}}}}
	register(api, checkpoint, readTraits(headwater.ScopeRead), func(ctx context.Context, _ *struct{}) (*file, error) {
		note, err := s.Checkpoint(ctx)
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &file{plainText, []byte(note)}, nil
	})
	witnessed := readOperation("getWitnessedCheckpoint", "/v1/log/witnessed", "The last checkpoint that witnesses have cosigned")
	witnessed.Description = "The last that all of those have cosigned that are named. Who knows their public keys sees that nobody was " +
		"shown another history up to there."
	witnessed.Tags, witnessed.Responses = checkpoint.Tags, map[string]*huma.Response{"200": checkpoint.Responses["200"]}
	register(api, witnessed, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
		Witness []string `query:"witness" required:"true" minItems:"1" maxItems:"16" doc:"Names of witnesses, with which their public keys begin." example:"[\"witness.example\"]"`
	}) (*file, error) {
		note, err := s.WitnessedCheckpoint(ctx, in.Witness)
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &file{plainText, []byte(note)}, nil
	})
	tile := huma.Operation{OperationID: "getLogTile", Method: http.MethodGet, Path: "/v1/log/tile/{path...}", Hidden: true,
		Description: "A tile of the log, or a bundle of its entries."}
	register(api, tile, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
		Path string `path:"path"`
	}) (*file, error) {
		place, width, err := ledger.TilePath(in.Path)
		if err != nil {
			return nil, fail(ctx, headwater.Faults{headwater.NewFault("/path", headwater.FaultFormat, in.Path,
				"<level>/<n> or entries/<n>, such as 0/x001/234 or entries/005.p/17")})
		}
		data, err := s.Tile(ctx, place, width)
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &file{"application/octet-stream", data}, nil
	})
}

// plainText is the media type of signed notes.
const plainText = "text/plain; charset=utf-8"
