package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/inmem"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/store"
)

// asking is what the command line asks for.
type asking struct {
	bundle          string
	claims          []string
	without         []string
	asOf            string
	includeProposed bool
	format          string
}

func newReportCommand(connect func() connection) *cobra.Command {
	var ask asking
	command := &cobra.Command{
		Use:   "report KEY|ID… | report --bundle FILE [--claim KEY|ID]…",
		Short: "Say how many independent origins stand behind a claim, and what speaks against it",
		Long: `Say how many independent origins stand behind a claim, who they all pass through, and what speaks against it.

With --bundle the claims of a bundle are reported on, all of them or those that --claim names, with no database at all;
"-" reads standard input.

As json, each report is one object a line, in the shape that the API has.`,
		Example: `  headwater report over-million-since-august
  headwater report over-million-since-august --without nis --format json
  headwater report --bundle article.ndjson --claim over-million-since-august
  headwater report over-million-since-august --format dot | dot -Tsvg > chains.svg`,
		RunE: func(cmd *cobra.Command, args []string) error {
			ask.claims = append(ask.claims, args...)
			show, err := ask.renderer()
			if err != nil {
				return err
			}
			if ask.bundle != "" {
				return ask.reportBundle(cmd, show)
			}
			if len(ask.claims) == 0 {
				return errors.New("no claim is named; expected keys or ids, or --bundle FILE")
			}
			return connect().withStore(cmd.Context(), func(s *store.Store) error { return ask.reportStored(cmd, s, show) })
		},
	}
	flags := command.Flags()
	flags.StringVar(&ask.bundle, "bundle", "", "report on the claims of this bundle, with no database")
	flags.StringArrayVar(&ask.claims, "claim", nil, "key or id of a claim; repeatable")
	flags.StringArrayVar(&ask.without, "without", nil, "key or id of a source whose group is taken out; repeatable")
	flags.StringVar(&ask.asOf, "as-of", "", "only documents that were published by the end of this EDTF day")
	flags.BoolVar(&ask.includeProposed, "include-proposed", false, "count proposed links and attributions as if they were accepted")
	flags.StringVar(&ask.format, "format", "text", "text, json, mermaid or dot")
	return command
}

// renderer shows one claim in the format that is asked for.
type renderer func(w io.Writer, a *provenance.Analysis, claim uuid.UUID, q provenance.Question) error

func (a *asking) renderer() (renderer, error) {
	switch a.format {
	case "text":
		return withReport(showReport), nil
	case "json":
		return withReport(func(w io.Writer, r *provenance.Report) error {
			encoder := json.NewEncoder(w)
			encoder.SetEscapeHTML(false)
			return encoder.Encode(r)
		}), nil
	case "mermaid":
		return withDrawing((*provenance.Drawing).Mermaid), nil
	case "dot":
		return withDrawing((*provenance.Drawing).DOT), nil
	}
	return nil, fmt.Errorf("--format is %q; expected text, json, mermaid or dot", a.format)
}

func withReport(show func(io.Writer, *provenance.Report) error) renderer {
	return func(w io.Writer, a *provenance.Analysis, claim uuid.UUID, q provenance.Question) error {
		report, err := a.Report(claim, q)
		if err != nil {
			return err
		}
		return show(w, report)
	}
}

func withDrawing(draw func(*provenance.Drawing) string) renderer {
	return func(w io.Writer, a *provenance.Analysis, claim uuid.UUID, q provenance.Question) error {
		drawing, err := a.Drawing(claim, q)
		if err != nil {
			return err
		}
		_, err = io.WriteString(w, draw(drawing))
		return err
	}
}

func (a *asking) question(without []uuid.UUID) provenance.Question {
	return provenance.Question{Without: without, AsOf: headwater.Day(a.asOf), IncludeProposed: a.includeProposed}
}

func (a *asking) reportStored(cmd *cobra.Command, s *store.Store, show renderer) error {
	claims, err := s.ResolveClaims(cmd.Context(), "/claim", a.claims)
	if err != nil {
		return err
	}
	without, err := s.ResolveSources(cmd.Context(), "/without", a.without)
	if err != nil {
		return err
	}
	facts, err := s.Facts(cmd.Context(), claims, without, a.includeProposed)
	if err != nil {
		return err
	}
	return showAll(cmd.OutOrStdout(), facts.Facts, claims, a.question(without), show)
}

func (a *asking) reportBundle(cmd *cobra.Command, show renderer) error {
	evidence, err := readBundle(cmd.InOrStdin(), a.bundle)
	if err != nil {
		return err
	}
	without, err := evidence.ResolveSources(cmd.Context(), "/without", a.without)
	if err != nil {
		return err
	}
	claims, err := evidence.ResolveClaims(cmd.Context(), "/claim", a.claims)
	if err != nil {
		return err
	}
	if len(a.claims) == 0 {
		claims = evidence.ActiveClaims()
	}
	return showAll(cmd.OutOrStdout(), evidence.All(), claims, a.question(without), show)
}

func showAll(w io.Writer, facts provenance.Facts, claims []uuid.UUID, q provenance.Question, show renderer) error {
	analysis := provenance.New(facts)
	for _, claim := range claims {
		if err := show(w, analysis, claim, q); err != nil {
			return err
		}
	}
	return nil
}

// readBundle reads a bundle into memory; "-" is standard input.
func readBundle(stdin io.Reader, path string) (*inmem.Evidence, error) {
	input := stdin
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		input = file
	}
	file, remove, err := seekable(input)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	defer remove()
	evidence, err := inmem.Read(file)
	var faults bundle.Faults
	switch {
	case errors.As(err, &faults):
		return nil, fmt.Errorf("%s cannot be reported on: it has faults%s", path, lineByLine(path, "line", faults))
	case err != nil:
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return evidence, nil
}
