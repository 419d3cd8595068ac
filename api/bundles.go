package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"os"

	"github.com/danielgtaylor/huma/v2"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
)

const ndjson = "application/x-ndjson"

// Imported says what an import did.
type Imported struct {
	Counts map[string]store.Count `json:"counts" doc:"By resource, what was added, changed and unchanged."`
	Made   []store.Made           `json:"made" doc:"The first 1,000 things that were added."`
}

// health adds what says whether the service is well.
func (h *handlers) health(api huma.API) {
	answer := func(id, path, summary string, check func(ctx context.Context) error) {
		huma.Register(api, huma.Operation{
			OperationID: id, Method: http.MethodGet, Path: path, Summary: summary, Tags: []string{"service"}, DefaultStatus: http.StatusNoContent,
			Errors: []int{http.StatusBadRequest, http.StatusServiceUnavailable},
		}, func(ctx context.Context, _ *struct{}) (*struct{}, error) {
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

// bundles adds import and export.
func (h *handlers) bundles(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "exportBundle", Method: http.MethodGet, Path: "/v1/exports", Summary: "Export all that is stored as a bundle", Tags: []string{"bundles"},
		Errors: []int{http.StatusBadRequest, http.StatusInternalServerError},
		Responses: map[string]*huma.Response{"200": {
			Description: "headwater-bundle/1, one object a line",
			Content:     map[string]*huma.MediaType{ndjson: lines()},
		}},
	}, func(context.Context, *struct{}) (*huma.StreamResponse, error) {
		return &huma.StreamResponse{Body: func(ctx huma.Context) {
			ctx.SetHeader("Content-Type", ndjson)
			if err := h.store.Export(ctx.Context(), ctx.BodyWriter()); err != nil {
				slog.ErrorContext(ctx.Context(), "an export failed", "error", err)
				panic(http.ErrAbortHandler) // so that the client sees the bundle cut off, not ended
			}
		}}, nil
	})
	huma.Register(api, huma.Operation{
		OperationID: "importBundle", Method: http.MethodPost, Path: "/v1/imports", Summary: "Import a bundle, all or nothing", Tags: []string{"bundles"},
		Errors:      []int{http.StatusBadRequest, http.StatusRequestTimeout, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity, http.StatusInternalServerError, http.StatusServiceUnavailable},
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{ndjson: lines()}},
	}, func(ctx context.Context, in *struct {
		Reason
		Upload
	}) (*struct{ Body Imported }, error) {
		if err := in.checkMediaType(); err != nil {
			return nil, err
		}
		spooled, err := spool(in.body)
		if err != nil {
			return nil, unread(ctx, err)
		}
		defer spooled.Close()
		result, err := h.store.Import(ctx, in.by(), spooled, nil)
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &struct{ Body Imported }{importedOf(result)}, nil
	})
}

func importedOf(result store.ImportResult) Imported {
	imported := Imported{Counts: map[string]store.Count{}, Made: append([]store.Made{}, result.Made...)}
	for resource, count := range result.Counts {
		imported.Counts[string(resource)] = count
	}
	return imported
}

// Upload is a request's body, read as it comes.
type Upload struct {
	body        io.Reader
	contentType string
}

// Resolve keeps the body.
func (u *Upload) Resolve(ctx huma.Context) []error {
	u.body, u.contentType = ctx.BodyReader(), ctx.Header("Content-Type")
	return nil
}

// checkMediaType refuses what says that it is something else than a bundle.
func (u *Upload) checkMediaType() error {
	if media, _, err := mime.ParseMediaType(u.contentType); u.contentType == "" || err == nil && media == ndjson {
		return nil
	}
	return problem(http.StatusUnsupportedMediaType, codeOf(http.StatusUnsupportedMediaType), fmt.Sprintf("Content-Type is %q; expected %s", u.contentType, ndjson))
}

// unread is why a body could not be kept: what the client does, or else what we do.
func unread(ctx context.Context, err error) error {
	refused := func(status int, detail string) error { return problem(status, codeOf(status), detail) }
	var tooLarge *http.MaxBytesError
	var unsent *unsentError
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return refused(http.StatusRequestTimeout, "the body did not come in time; nothing of it was kept")
	case errors.As(err, &tooLarge):
		return refused(http.StatusRequestEntityTooLarge, fmt.Sprintf("more than %d bytes; nothing of it was kept", tooLarge.Limit))
	case errors.As(err, &unsent):
		return cutOff()
	}
	return fail(ctx, err)
}

// cutOff is the answer to a body that ends before its length, or whose chunks cannot be told apart.
func cutOff() *Problem {
	return problem(http.StatusBadRequest, codeOf(http.StatusBadRequest), "the body is cut off, or not sent as its headers say; nothing of it was kept")
}

// sent is a body as it comes from a client. Its errors are told apart from those of what it is kept in.
type sent struct{ io.Reader }

// Read marks what goes wrong.
func (s sent) Read(into []byte) (int, error) {
	n, err := s.Reader.Read(into)
	if err != nil && err != io.EOF {
		err = &unsentError{err}
	}
	return n, err
}

// unsentError is a body that did not come.
type unsentError struct{ error }

// Unwrap gives why.
func (e *unsentError) Unwrap() error { return e.error }

// spool keeps a body in a file without a name, which is gone when it is closed, since a bundle is read more than once.
func spool(body io.Reader) (*os.File, error) {
	file, err := os.CreateTemp("", "headwater-import-*.ndjson")
	if err != nil {
		return nil, err
	}
	if err = os.Remove(file.Name()); err == nil {
		_, err = io.Copy(file, body)
	}
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}
