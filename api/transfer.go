package api

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/store"
)

const ndjson = bundle.MediaType

// Imported is the result of an import.
type Imported struct {
	Counts  map[string]store.Count `json:"counts" doc:"By resource, what was added, changed and unchanged."`
	Made    []store.Made           `json:"made" doc:"The first 1,000 things that were added."`
	Records store.Records          `json:"records" doc:"What the file was made of; all of them are kept unless the import keeps going."`
	Refused []ProblemFault         `json:"refused" doc:"The first 100 faults of what was not kept, by line."`
	Faults  int                    `json:"faults" minimum:"0" doc:"How many faults there are in all." example:"3"`
	Notes   []bundle.Note          `json:"notes" doc:"The first 100 values that were read otherwise than they are written, or left out, though nothing is at fault."`
	Noted   int                    `json:"noted" minimum:"0" doc:"How many of them there are in all." example:"1"`
	Assumed []store.Assumption     `json:"assumed" doc:"The first 10,000 sources and claims of records that were taken for others of the file or stored ones, by record."`
	// AssumedBy counts them all.
	AssumedBy map[string]int       `json:"assumed_by" doc:"How many there are in all, by what they were taken for others by."`
	Feed      *store.EditionResult `json:"feed,omitempty" doc:"The edition of the feed that the file is, and what became of what the feed no longer says; missing without feed."`
}

// TransferStore moves many things at once, in and out.
type TransferStore interface {
	PastStore
	// Import stores a batch: all of it or, if it is to keep going, all lines without a fault. Faults are *store.ImportError
	// unless it keeps going.
	Import(ctx context.Context, by store.Authorship, batch store.Batch, options store.ImportOptions) (store.ImportResult, error)
	// Export writes what is stored, as of one moment. Options that are at fault are refused before anything is written; after
	// another error what was written is not whole.
	Export(ctx context.Context, w io.Writer, options interchange.ExportOptions) error
	// ExportClaims writes a bundle of what reports on claims rest on, from one snapshot. What its Select refuses is refused
	// before anything is written.
	ExportClaims(ctx context.Context, w io.Writer, b store.ClaimBundle) error
	// Namespace is the namespace of the keys that clients give.
	Namespace() string
}

// registerTransfer adds import and export.
func registerTransfer(api huma.API, s TransferStore) {
	schemas := api.OpenAPI().Components.Schemas
	schemas.Map()[linkedData] = &huma.Schema{
		Description: "JSON in a format of others, such as schema.org's ClaimReview or PROV-JSON: an object or a list.",
	}
	export := huma.Operation{
		OperationID: "exportBundle", Method: http.MethodGet, Path: "/v1/exports", Tags: []string{"bundles"},
		Summary: "Export what is stored, as a bundle or in the format of others",
		Description: fmt.Sprintf("All that is stored as %s; the claims that have reviews as %s; all attributions as %s; or "+
			"things of one kind as %s. docs/interchange.md says what each format keeps and loses.",
			interchange.FilesHolding(interchange.HoldsEverything), interchange.FilesHolding(interchange.HoldsReviews),
			interchange.FilesHolding(interchange.HoldsAnnotations), interchange.FilesHolding(interchange.HoldsRows)),
		Errors: []int{http.StatusBadRequest, http.StatusInternalServerError},
		Responses: map[string]*huma.Response{"200": {
			Description: "What was asked for, as it is at one moment; it is cut off where it cannot be ended",
			Content:     fileContent(interchange.WrittenMediaTypes()),
		}},
	}
	exportTraits := traits{scope: headwater.ScopeRead, idempotent: no, unbounded: yes, sealed: no, endless: no}
	register(api, export, exportTraits, func(ctx context.Context, in *ExportQuery) (*huma.StreamResponse, error) {
		options, err := exportOptions(ctx, s, in)
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &huma.StreamResponse{Body: func(ctx huma.Context) {
			stream(ctx, options.Format.MediaTypes()[0], func(w io.Writer) error { return s.Export(ctx.Context(), w, options) })
		}}, nil
	})
	imports := huma.Operation{
		OperationID: "importBundle", Method: http.MethodPost, Path: "/v1/imports", Tags: []string{"bundles"},
		Summary: "Import a bundle, all or nothing, or a file in the format of others",
		Description: "A bundle is headwater-bundle/1: one JSON object a line, the first of which names the format and the namespace of " +
			"the keys. Other formats are named by format or, but for JSON, by the Content-Type. All of a file is stored or, with " +
			"keep_going, what is not at fault. A file that is an edition of a feed says all that the feed says: what it said before and " +
			"no longer says is taken back, unless others say it too; docs/interchange.md says how.",
		Errors: []int{http.StatusBadRequest, http.StatusRequestTimeout, http.StatusConflict, http.StatusRequestEntityTooLarge,
			http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity, http.StatusInternalServerError, http.StatusServiceUnavailable},
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{ndjson: lines()}},
	}
	importTraits := traits{scope: headwater.ScopeWrite, idempotent: yes, unbounded: yes, sealed: no, endless: no}
	register(api, imports, importTraits, func(ctx context.Context, in *struct {
		Reason
		ImportQuery
		Upload
	}) (*struct{ Body Imported }, error) {
		format, err := in.format(in.Format)
		if err != nil {
			return nil, err
		}
		options := in.readOptions(format)
		options.Charset = cmp.Or(options.Charset, in.charset(format))
		table, err := options.Table()
		if err != nil {
			return nil, fail(ctx, err)
		}
		if err := in.checkPage(format); err != nil {
			return nil, fail(ctx, err)
		}
		table.Feed = in.Feed
		things, err := interchange.Read(in.body, format, table, s.Namespace())
		if err != nil {
			return nil, fail(ctx, err)
		}
		result, err := s.Import(ctx, in.by(), things, store.ImportOptions{
			KeepGoing: in.KeepGoing, Strict: in.Strict, DryRun: in.DryRun, Edition: in.edition(format),
			ProposeDuplicates: format.MakesClaims(), ProposeReprints: format.Holds() == interchange.HoldsDocuments,
		})
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &struct{ Body Imported }{newImported(result)}, nil
	})
	paths := api.OpenAPI().Paths
	// set after the operation is registered: huma would parse a body of JSON itself
	paths["/v1/imports"].Post.RequestBody.Content = fileContent(interchange.MediaTypes())
	nameFormats(paths["/v1/exports"].Get)
	nameFormats(paths["/v1/imports"].Post)
}

// stream answers with what is made while the client takes it. Where that cannot be ended, the client sees that it was cut off.
func stream(ctx huma.Context, mediaType string, export func(io.Writer) error) {
	ctx.SetHeader("Content-Type", mediaType)
	w := &clientWriter{Writer: ctx.BodyWriter()}
	err := export(w)
	switch {
	case err == nil:
		return
	case w.err != nil, ctx.Context().Err() != nil: // while it was written, or while it was read
		slog.InfoContext(ctx.Context(), "an export was not taken to its end, or too slowly", "error", err)
	default:
		slog.ErrorContext(ctx.Context(), "an export failed", "error", err)
	}
	panic(http.ErrAbortHandler)
}

// clientWriter keeps the error of a client that does not take what is written.
type clientWriter struct {
	io.Writer
	err error
}

// Write keeps the error.
func (w *clientWriter) Write(text []byte) (int, error) {
	n, err := w.Writer.Write(text)
	w.err = err
	return n, err
}

// nameFormats names, where the description of a parameter has %s, the formats that take it.
func nameFormats(operation *huma.Operation) {
	for _, p := range operation.Parameters {
		if strings.Contains(p.Description, "%s") {
			p.Description = fmt.Sprintf(p.Description, interchange.FormatsTaking(interchange.Option(p.Name)))
			p.Schema.Description = p.Description
		}
	}
}

// linkedData is the component for JSON in formats that others define.
const linkedData = "LinkedData"

// fileContent documents media types in which files come or go out.
func fileContent(mediaTypes []string) map[string]*huma.MediaType {
	content := map[string]*huma.MediaType{}
	for _, name := range mediaTypes {
		switch {
		case name == ndjson:
			content[name] = lines()
		case strings.HasSuffix(name, "json"):
			content[name] = &huma.MediaType{Schema: &huma.Schema{Ref: refersTo(linkedData)}}
		default:
			content[name] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
		}
	}
	return content
}

// ExportQuery are the parameters of an export.
type ExportQuery struct {
	RecordedQuery
	Format interchange.Format  `query:"format" doc:"The format; it goes before Accept. A bundle if neither says." example:"claimreview"`
	Of     interchange.TableOf `query:"of" doc:"What the rows of a table are; with %s." example:"sources"`
	BOM    bool                `query:"bom" doc:"Puts a byte order mark before a table, for spreadsheets." example:"true"`
	Safe   bool                `query:"safe_cells" doc:"Puts an apostrophe before each cell of a table that a spreadsheet would take for a formula." example:"true"`
	Claim  []string            `query:"claim,explode" maxItems:"1000" doc:"Id or key of a claim whose reviews are exported, as %s." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Accept string              `header:"Accept" doc:"The media types that the client takes." example:"application/ld+json"`
}

// exportOptions are those of a request. The format is that of the parameter, else of the first media type that the client
// accepts and that means one.
func exportOptions(ctx context.Context, s TransferStore, in *ExportQuery) (interchange.ExportOptions, error) {
	options := interchange.ExportOptions{Format: in.Format, Of: in.Of.Resource(), BOM: in.BOM, SafeCells: in.Safe}
	for accepted := range strings.SplitSeq(in.Accept, ",") {
		mediaType, _, _ := strings.Cut(strings.TrimSpace(accepted), ";")
		options.Format = cmp.Or(options.Format, interchange.FormatOf(mediaType))
	}
	options.Format = cmp.Or(options.Format, interchange.Bundle)
	var err error
	if options.RecordedBy, err = in.place(ctx, s); err != nil {
		return options, err
	}
	if options.Claims, err = s.RecordedBy(options.RecordedBy).ResolveClaims(ctx, "/claim", in.Claim); err != nil {
		return options, err
	}
	return options, options.Validate()
}

// ImportQuery are the parameters of an import.
type ImportQuery struct {
	Format    interchange.Format      `query:"format" doc:"The format, if the Content-Type does not say it." example:"claimreview"`
	KeepGoing bool                    `query:"keep_going" doc:"Keeps what is not at fault; not of a bundle." example:"true"`
	Strict    bool                    `query:"strict" doc:"Refuses records whose sources are taken for others by their names alone; not of a bundle." example:"true"`
	Of        interchange.ReadTableOf `query:"of" doc:"What the rows of a table are; with %s." example:"relations"`
	Map       []string                `query:"map,explode" maxItems:"200" doc:"FIELD=COLUMN: the column of a table that a field stands in, unless it has the field's name." example:"subject.name=Outlet"`
	Set       []string                `query:"set,explode" maxItems:"200" doc:"FIELD=VALUE: what a field holds in all rows of a table; of a trust.txt, domains=HOST, whose it is; of a saved page, url=ADDRESS and publisher=NAME." example:"kind=controlled_by"`
	Days      interchange.DayOrder    `query:"days" doc:"The order in which a file writes days that are figures." example:"dmy"`
	SafeCells bool                    `query:"safe_cells" doc:"Takes off the apostrophes that a table was exported with." example:"true"`
	Charset   string                  `query:"charset" maxLength:"40" doc:"The encoding of a file that does not say it itself; it goes before the charset of the Content-Type. UTF-8 if none says." example:"windows-1256"`
	Feed      string                  `query:"feed" maxLength:"200" doc:"The name of the feed that the file is an edition of." example:"register.json"`
	Edition   headwater.Day           `query:"edition" maxLength:"10" doc:"The day as of which an edition of a feed says what it says; today if missing." example:"2024-06-01"`
	File      string                  `query:"file" maxLength:"200" doc:"The name of the file, to tell the editions of a feed apart." example:"register-2024-06.json"`
	Fewer     bool                    `query:"fewer" doc:"Takes back what an edition of a feed no longer says also where that is more than half of what the feed said." example:"true"`
	DryRun    bool                    `query:"dry_run" doc:"Says what the import would do, and does nothing." example:"true"`
}

// edition says of which feed the file is an edition.
func (q *ImportQuery) edition(format interchange.Format) store.Edition {
	return store.Edition{Feed: q.Feed, Date: q.Edition, File: q.File, Format: string(format), Fewer: q.Fewer}
}

// readOptions are those of a request whose file is in this format.
func (q *ImportQuery) readOptions(format interchange.Format) interchange.ReadOptions {
	return interchange.ReadOptions{
		Format: format, KeepGoing: q.KeepGoing, Strict: q.Strict, Of: q.Of, Map: q.Map, Set: q.Set, Days: q.Days, Charset: q.Charset,
		SafeCells: q.SafeCells,
	}
}

func newImported(result store.ImportResult) Imported {
	imported := Imported{
		Counts: map[string]store.Count{}, Made: append([]store.Made{}, result.Made...), Records: result.Records, Refused: []ProblemFault{},
		Faults: result.Faults, Notes: append([]bundle.Note{}, result.Notes...), Noted: result.Noted,
		Assumed: append([]store.Assumption{}, result.Assumed.List...), AssumedBy: map[string]int{},
	}
	for by, count := range result.Assumed.Counts {
		imported.AssumedBy[string(by)] = count
	}
	imported.Feed = result.Edition
	for resource, count := range result.Counts {
		imported.Counts[string(resource)] = count
	}
	for _, fault := range result.Refused {
		imported.Refused = append(imported.Refused, ProblemFault{fault.Fault, fault.Line})
	}
	return imported
}

// Upload is a request's body, read as a file.
type Upload struct {
	body        io.ReadSeeker
	contentType string
}

// Resolve keeps the body.
func (u *Upload) Resolve(ctx huma.Context) []error {
	u.body, u.contentType = receivedBody(ctx), ctx.Header("Content-Type")
	return nil
}

// format is the format that the request names, or that its Content-Type means. It refuses a Content-Type in which the format
// does not come.
func (u *Upload) format(requested interchange.Format) (interchange.Format, error) {
	mediaType, _, err := mime.ParseMediaType(u.contentType)
	format := cmp.Or(requested, interchange.FormatOf(mediaType))
	expected := format.MediaTypes()
	if format == "" {
		expected = interchange.TellingMediaTypes()
	}
	if err == nil && slices.Contains(expected, mediaType) {
		return format, nil
	}
	return "", unsupportedMediaType("Content-Type is %q; expected %s", u.contentType, strings.Join(expected, " or "))
}

// charset is the encoding that the Content-Type names, where the format takes one.
func (u *Upload) charset(format interchange.Format) string {
	_, parameters, err := mime.ParseMediaType(u.contentType)
	if err != nil || !format.Takes(interchange.OptionCharset) {
		return ""
	}
	return parameters["charset"]
}

// checkPage refuses a web page sent under the name of JSON, and JSON as a web page: a reader of a format that comes in both
// takes either.
func (u *Upload) checkPage(format interchange.Format) error {
	if !format.TakesPages() {
		return nil
	}
	page, err := interchange.BeginsAsPage(u.body)
	if err != nil {
		return err
	}
	mediaType, _, _ := mime.ParseMediaType(u.contentType)
	if page == (mediaType == interchange.WebPage) {
		return nil
	}
	holds := "JSON"
	if page {
		holds = "a web page"
	}
	return unsupportedMediaType("Content-Type is %q, and the body is %s; expected %s for a web page, and %s for JSON",
		u.contentType, holds, interchange.WebPage, format.MediaTypes()[0])
}

func unsupportedMediaType(format string, args ...any) error {
	return problem(http.StatusUnsupportedMediaType, codeOf(http.StatusUnsupportedMediaType), fmt.Sprintf(format, args...))
}
