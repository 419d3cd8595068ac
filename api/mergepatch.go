package api

import (
	"cmp"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"
	jsonpatch "github.com/evanphx/json-patch/v5"
	"github.com/go-json-experiment/json"

	"github.com/headwater-project/headwater"
)

const mergePatch = "application/merge-patch+json"

// registerPatch adds the operation that changes some fields of a thing by a JSON merge patch (RFC 7396): null removes a member.
func (r resource[T, C, F]) registerPatch(api huma.API, t traits) {
	operation := r.operation("patch"+r.name, http.MethodPatch, "/{id}", "Change some of what is said about "+r.thing(),
		append(bodyErrors, changeErrors...)...)
	operation.Description = operation.Summary + ", by a JSON merge patch (RFC 7396): members that are named are replaced, null takes " +
		"one away. If-Match names the version that is changed, or * for the one that is there."
	written := writtenBody{formOf(reflect.TypeFor[F]()), r.resource(), true}
	operation.Metadata = map[string]any{writtenKey: written}
	register(api, operation, t, func(ctx context.Context, in *struct {
		// not ChangeRequest: its resolver would be hidden by that of Upload, which is less deep
		ID
		Reason
		Upload
		IfMatch string `header:"If-Match" doc:"ETag of the version to change, or * for any." example:"\"3\""`
	}) (*response[T], error) {
		version, err := r.version(ctx, in.ID.ID, in.IfMatch)
		if err != nil {
			return nil, err
		}
		patch, err := in.patch()
		if err != nil {
			return nil, err
		}
		for { // ends with the request: each time that it goes on, somebody else has made a change
			before, err := r.get(ctx, in.ID.ID)
			if err != nil {
				return nil, fail(ctx, err)
			}
			after, err := applyPatch(ctx, api.OpenAPI().Components.Schemas, written, r.fields(before), patch)
			if err != nil {
				return nil, fail(ctx, err)
			}
			// what is patched is what was read
			thing, err := r.update(ctx, in.by(), in.ID.ID, cmp.Or(version, r.meta(before).Version), after)
			if version == 0 && headwater.CodeOf(err) == headwater.CodeVersionMismatch && ctx.Err() == nil {
				continue
			}
			return r.respond(ctx, thing, err)
		}
	})
	components := api.OpenAPI().Components.Schemas
	api.OpenAPI().Paths[operation.Path].Patch.RequestBody = &huma.RequestBody{
		Required: true, Content: map[string]*huma.MediaType{mergePatch: {Schema: patchSchemaOf[F](components)}},
	}
}

// patchSchemaOf is the schema of a patch of F.
func patchSchemaOf[F any](components huma.Registry) *huma.Schema {
	return patchSchema(components, nameOf(components.Schema(reflect.TypeFor[F](), true, "")))
}

// patchSchema registers the schema of a patch of a type, and refers to it: any of the members, and null where one can be removed;
// the same within each of them, since a patch merges at every depth.
func patchSchema(components huma.Registry, of string) *huma.Schema {
	name := strings.TrimSuffix(of, "Fields") + "Patch"
	if components.Map()[name] == nil {
		whole := components.Map()[of]
		patch := *whole
		patch.Required, patch.Properties = nil, map[string]*huma.Schema{}
		for name, member := range whole.Properties {
			member = memberPatchSchema(components, member)
			if !slices.Contains(whole.Required, name) {
				member = nullable(member)
			}
			patch.Properties[name] = member
		}
		components.Map()[name] = &patch
	}
	return &huma.Schema{Ref: "#/components/schemas/" + name}
}

// memberPatchSchema is the schema of one member in a patch. It has no default: what a patch does not name stays.
func memberPatchSchema(components huma.Registry, whole *huma.Schema) *huma.Schema {
	part := *whole
	part.Default = nil
	if whole.Ref != "" && components.SchemaFromRef(whole.Ref).Type == huma.TypeObject {
		part.Ref = patchSchema(components, nameOf(whole)).Ref
	}
	if entries, ok := whole.AdditionalProperties.(*huma.Schema); ok {
		part.AdditionalProperties, part.MinProperties = nullable(entries), nil
	}
	return &part
}

func nullable(schema *huma.Schema) *huma.Schema {
	if schema.Ref != "" {
		return &huma.Schema{Description: schema.Description, AnyOf: []*huma.Schema{{Ref: schema.Ref}, {Type: "null"}}}
	}
	copied := *schema
	copied.Nullable = true
	return &copied
}

// patch reads a body that is a merge patch.
func (u *Upload) patch() ([]byte, error) {
	if media, _, err := mime.ParseMediaType(u.contentType); err != nil || media != mergePatch {
		return nil, problem(http.StatusUnsupportedMediaType, codeOf(http.StatusUnsupportedMediaType), "the body is not "+mergePatch)
	}
	patch, err := io.ReadAll(io.LimitReader(u.body, maxBody+1))
	if err != nil {
		return nil, bodyError(context.Background(), err)
	}
	if len(patch) > maxBody {
		return nil, problem(http.StatusRequestEntityTooLarge, codeOf(http.StatusRequestEntityTooLarge), "more than 16 MiB")
	}
	return patch, nil
}

// applyPatch gives the fields of a thing with a merge patch applied. It is merged as it is written: a word for a rating replaces it.
func applyPatch[F any](ctx context.Context, components huma.Registry, written writtenBody, before F, patch []byte) (after F, err error) {
	fields, err := json.Marshal(before)
	if err != nil {
		return after, err
	}
	members, err := parseBody[map[string]any](components, patch)
	if err != nil {
		return after, err
	}
	merged, err := jsonpatch.MergePatch(fields, patch)
	if err != nil {
		return after, problem(http.StatusBadRequest, codeOf(http.StatusBadRequest), "the body is not a JSON merge patch")
	}
	request := requestOf(ctx)
	stored, faults, err := written.read(ctx, request.store, merged)
	if err != nil {
		return after, err
	}
	faults = append(faults, removedUnknown(components, patchSchemaOf[F](components), members)...)
	after, faults, err = decodeBody[F](components, stored, faults...)
	if err != nil || len(faults) == 0 {
		return after, err
	}
	p := newError(http.StatusUnprocessableEntity, faultsDetail, append(faults, errorsOf(checkSaid(ctx, request.store, after))...)...)
	request.asGiven(p.Errors)
	return after, p
}

// removedUnknown finds the members that a patch removes though the type has none of that name: once it is applied, nothing is
// left of them to complain about.
func removedUnknown(components huma.Registry, schema *huma.Schema, patch map[string]any) (faults []error) {
	found := &huma.ValidateResult{}
	huma.Validate(components, schema, huma.NewPathBuffer([]byte("body"), len("body")), huma.ModeWriteToServer, patch, found)
	for _, err := range found.Errors {
		detail, ok := errors.AsType[*huma.ErrorDetail](err)
		if ok && detail.Message == validation.MsgUnexpectedProperty && faultOf(detail).Value == "null" {
			faults = append(faults, err)
		}
	}
	return faults
}
