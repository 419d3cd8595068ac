package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/card"
	"github.com/headwater-project/headwater/inmem"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/report"
	"github.com/headwater-project/headwater/store"
)

// reportOptions are the flags and arguments of the command.
type reportOptions struct {
	bundle   string
	claims   []string
	question questionFlags
	recorded string
	format   string
	language string // of a card
}

// reportFormats are the forms of a report.
var reportFormats = []string{"text", "markdown", "html", "svg", "json", "facts", "mermaid", "dot"}

// questionFlags are the flags of what a report is asked for.
type questionFlags report.Request

func (q *questionFlags) addFlags(flags *pflag.FlagSet) {
	flags.StringArrayVar(&q.Without, "without", nil, "key or id of a source whose group is taken out; repeatable")
	flags.StringVar((*string)(&q.AsOf), "as-of", "", "only documents that were published by the end of this EDTF day")
	flags.BoolVar(&q.IncludeProposed, "include-proposed", false, "count proposed links and attributions as if they were accepted")
}

func newReportCommand(connect func() connection) *cobra.Command {
	var options reportOptions
	command := &cobra.Command{
		Use:   "report KEY|ID… | report --bundle FILE [--claim KEY|ID]…",
		Short: "Say how many independent origins stand behind a claim, and what speaks against it",
		Long: `Say how many independent origins stand behind a claim, who they all pass through, and what speaks against it.

With --bundle the claims of a bundle are reported on, all of them or those that --claim names, with no database at all;
"-" reads standard input. A bundle that "headwater export --claim" made says what its reports are asked for; --without, --as-of
and --include-proposed ask for something else.

As json, each report is one object a line, in the shape that the API has.`,
		Example: `  headwater report over-million-since-august
  headwater report over-million-since-august --without nis --format json
  headwater report --bundle article.ndjson --claim over-million-since-august
  headwater report over-million-since-august --format html --lang ar > card.html
  headwater report over-million-since-august --format dot | dot -Tsvg > chains.svg`,
		RunE: func(cmd *cobra.Command, args []string) error {
			options.claims = append(options.claims, args...)
			show, err := options.renderer()
			if err != nil {
				return err
			}
			if err := checkOneOf("lang", options.language, "en", "ar"); err != nil {
				return err
			}
			if options.bundle != "" && options.recorded != "" {
				return errors.New("--recorded-by asks a database, and --bundle names none; expected one of the two")
			}
			if options.bundle != "" {
				return options.reportOnBundle(cmd, show)
			}
			if len(options.claims) == 0 {
				return errors.New("no claim is named; expected keys or ids, or --bundle FILE")
			}
			return connect().withStore(cmd.Context(), func(s *store.Store) error { return options.reportOnStored(cmd, s, show) })
		},
	}
	flags := command.Flags()
	flags.StringVar(&options.bundle, "bundle", "", "report on the claims of this bundle, with no database")
	flags.StringArrayVar(&options.claims, "claim", nil, "key or id of a claim; repeatable")
	options.question.addFlags(flags)
	flags.StringVar(&options.recorded, "recorded-by", "", recordedByUsage)
	flags.StringVar(&options.format, "format", "text", strings.Join(reportFormats, ", ")+"; html and svg are a card to share and print, "+
		"facts is what facts_sha256 is the hash of")
	completeWith(command, "format", reportFormats...)
	flags.StringVar(&options.language, "lang", "en", "language of html and svg, en or ar")
	completeWith(command, "lang", "en", "ar")
	return command
}

const recordedByUsage = "as it was recorded by a place in the order of changes (seq), or by the last checkpoint before an instant " +
	"(RFC 3339)"

// renderer writes one claim of an analysis in the format that is asked for.
type renderer func(ctx context.Context, w io.Writer, a *report.Answer, claim uuid.UUID) error

func (o *reportOptions) renderer() (renderer, error) {
	switch o.format {
	case "text":
		return renderReport(writeReportText), nil
	case "markdown":
		return renderReport(writeReportMarkdown), nil
	case "html":
		return o.renderCard(card.Card.HTML), nil
	case "svg":
		return o.renderCard(card.Card.SVG), nil
	case "facts":
		return func(ctx context.Context, w io.Writer, a *report.Answer, claim uuid.UUID) error {
			return a.WriteFacts(ctx, w, claim, a.Question)
		}, nil
	case "json":
		return renderReport(func(w io.Writer, r *provenance.Report) error {
			encoder := json.NewEncoder(w)
			encoder.SetEscapeHTML(false)
			return encoder.Encode(r)
		}), nil
	case "mermaid":
		return renderDrawing((*provenance.Drawing).Mermaid), nil
	case "dot":
		return renderDrawing((*provenance.Drawing).DOT), nil
	}
	return nil, fmt.Errorf("--format is %q; expected %s", o.format, strings.Join(reportFormats, ", "))
}

func renderReport(write func(io.Writer, *provenance.Report) error) renderer {
	return func(ctx context.Context, w io.Writer, a *report.Answer, claim uuid.UUID) error {
		r, err := a.Report(ctx, claim, a.Question)
		if err != nil {
			return err
		}
		return write(w, r)
	}
}

// renderCard writes a card. It names no address, since nobody serves it.
func (o *reportOptions) renderCard(encode func(card.Card) ([]byte, error)) renderer {
	return func(ctx context.Context, w io.Writer, a *report.Answer, claim uuid.UUID) error {
		c := card.Card{Language: card.Language(o.language), AsOf: a.Question.AsOf,
			Made: headwater.Day(time.Now().UTC().Format(time.DateOnly))}
		var err error
		if c.Report, err = a.Report(ctx, claim, a.Question); err != nil {
			return err
		}
		if c.Drawing, err = a.Drawing(ctx, claim, a.Question); err != nil {
			return err
		}
		text, err := encode(c)
		if err != nil {
			return err
		}
		_, err = w.Write(text)
		return err
	}
}

func renderDrawing(encode func(*provenance.Drawing) string) renderer {
	return func(ctx context.Context, w io.Writer, a *report.Answer, claim uuid.UUID) error {
		drawing, err := a.Drawing(ctx, claim, a.Question)
		if err != nil {
			return err
		}
		_, err = io.WriteString(w, encode(drawing))
		return err
	}
}

func (o *reportOptions) reportOnStored(cmd *cobra.Command, s *store.Store, render renderer) error {
	var evidence report.FactSource = storedEvidence{s}
	seq, err := recordedPlace(cmd.Context(), s, o.recorded)
	if err != nil {
		return err
	}
	if seq > 0 {
		evidence = s.RecordedBy(seq)
	}
	analysis, err := report.AnalyzeNamed(cmd.Context(), evidence, "/claim", o.claims, report.Request(o.question))
	if err != nil {
		return err
	}
	return o.renderAll(cmd.Context(), cmd.OutOrStdout(), analysis, render)
}

// reportOnBundle reports on the claims of a bundle that are named or, if none is, on all that stand for themselves.
func (o *reportOptions) reportOnBundle(cmd *cobra.Command, render renderer) error {
	evidence, err := readBundle(cmd.Context(), cmd.InOrStdin(), o.bundle)
	if err != nil {
		return err
	}
	question := report.Request(o.question).Or(evidence.Question())
	if cmd.Flags().Changed("include-proposed") { // also where it says no
		question.IncludeProposed = o.question.IncludeProposed
	}
	var analysis *report.Answer
	if len(o.claims) > 0 {
		analysis, err = report.AnalyzeNamed(cmd.Context(), evidence, "/claim", o.claims, question)
	} else {
		analysis, err = report.Analyze(cmd.Context(), evidence, evidence.ActiveClaims(), question)
	}
	if err != nil {
		return err
	}
	return o.renderAll(cmd.Context(), cmd.OutOrStdout(), analysis, render)
}

// renderAll writes claim by claim, so that nothing waits for the last of many, and below them what the words mean.
func (o *reportOptions) renderAll(ctx context.Context, w io.Writer, a *report.Answer, render renderer) error {
	if (o.format == "html" || o.format == "svg") && len(a.Claims) != 1 {
		return fmt.Errorf("--format %s is of one claim, and these are %d; name it with --claim", o.format, len(a.Claims))
	}
	isForPeople := o.format == "text" || o.format == "markdown"
	if isForPeople {
		w = forPeople(w)
	}
	for _, claim := range a.Claims {
		if err := render(ctx, w, a, claim); err != nil {
			return err
		}
	}
	if !isForPeople {
		return nil
	}
	return writeGlossary(w, o.format == "markdown")
}

// storedEvidence is a store as the analysis sees it.
type storedEvidence struct{ *store.Store }

// Facts reads what there is now.
func (e storedEvidence) Facts(ctx context.Context, claims, without []uuid.UUID, proposed bool) (provenance.Facts, error) {
	facts, err := e.Store.Facts(ctx, claims, without, proposed)
	return facts.Facts, err
}

// readBundle reads a bundle into memory, from a file or, where the path is "-", from standard input.
func readBundle(ctx context.Context, stdin io.Reader, path string) (*inmem.Bundle, error) {
	input := stdin
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		input = file
	}
	file, remove, err := openSeekable(input)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	defer remove()
	evidence, err := inmem.Read(ctx, file)
	var faults bundle.LineFaults
	switch {
	case errors.As(err, &faults):
		return nil, fmt.Errorf("%s cannot be reported on: it has faults%s", path, listLines(path, "line", faults, faultOf))
	case err != nil:
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return evidence, nil
}
