package main

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/report"
	"github.com/headwater-project/headwater/store"
)

func newExportCommand(connect func() connection) *cobra.Command {
	var options interchange.ExportOptions
	var of interchange.TableOf
	var claims []string
	var question questionFlags
	var texts bool
	var recorded string
	command := &cobra.Command{
		Use:   "export",
		Short: "Write what is stored to standard output, as a bundle or in the format of others",
		Long: strings.TrimSpace(`
Write what is stored, as it is at one moment, to standard output. The same things give the same bytes. A bundle holds all that is
stored, and importing it elsewhere gives the same things; what the other formats leave out is in docs/interchange.md.`),
		Example: `  headwater export | gzip > backup.ndjson.gz
  headwater export --claim harbour-blast-toll | headwater report --bundle -
  headwater export --claim harbour-blast-toll --without oxbow-wire | headwater report --bundle -
  headwater export --recorded-by 2024-06-01T00:00:00Z > then.ndjson
  headwater export --format claimreview > feed.json
  headwater export --format claimreview --claim harbour-blast-toll > markup.json
  headwater export --format prov-json --claim harbour-blast-toll > provenance.json
  headwater export --format stix --claim harbour-blast-toll > report.stix.json
  headwater export --format webannotation > annotations.jsonld
  headwater export --format csv --of attributions --bom --safe-cells > attributions.csv`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			defer debug.SetGCPercent(debug.SetGCPercent(400)) // whatever GOGC says: rows pass through, and little is ever live
			facts := claimFormat(options.Format)
			if facts != "" && len(claims) == 0 {
				return fmt.Errorf("--format %s goes with --claim: it is of what is known of a claim", facts)
			}
			if facts != "" && texts {
				return fmt.Errorf("--texts goes with a bundle: %s has what is quoted alone", facts)
			}
			if facts != "" || options.Format == interchange.Bundle && len(claims) > 0 {
				return connect().withStore(ctx, func(s *store.Store) error {
					return exportClaims(cmd, s, claims, report.Request(question), facts, texts, recorded)
				})
			}
			if texts {
				return errors.New("--texts goes with --claim, for a bundle: all other bundles have the texts")
			}
			for _, name := range []string{"without", "as-of", "include-proposed"} {
				if cmd.Flags().Changed(name) {
					return fmt.Errorf("--%s goes with --claim, for a bundle: it is what the report is asked for", name)
				}
			}
			options.Of = of.Resource()
			if err := options.Validate(); err != nil {
				return asFlagErrors(err)
			}
			return connect().withStore(ctx, func(s *store.Store) error {
				var err error
				if options.RecordedBy, err = recordedPlace(ctx, s, recorded); err != nil {
					return err
				}
				if options.Claims, err = s.RecordedBy(options.RecordedBy).ResolveClaims(ctx, "/claim", claims); err != nil {
					return err
				}
				return asFlagErrors(s.Export(ctx, cmd.OutOrStdout(), options))
			})
		},
	}
	flags := command.Flags()
	formats := append(interchange.WrittenFormats(), interchange.ClaimFormat("").Values()...)
	flags.StringVar((*string)(&options.Format), "format", string(interchange.Bundle), strings.Join(formats, ", "))
	flags.StringVar((*string)(&of), "of", "", "what the rows of a table are: "+interchange.Either(of.Values()))
	flags.BoolVar(&options.BOM, "bom", false, "put a byte order mark before a table, for spreadsheets")
	flags.BoolVar(&options.SafeCells, "safe-cells", false,
		"put an apostrophe before each cell of a table that a spreadsheet would take for a formula")
	flags.StringArrayVar(&claims, "claim", nil,
		"key or id of a claim: in a bundle, and as "+interchange.Either(interchange.ClaimFormat("").Values())+
			", just what its report rests on; as "+interchange.FormatsTaking(interchange.OptionClaim)+
			", its reviews; repeatable")
	flags.BoolVar(&texts, "texts", false, "with --claim, write the whole texts of documents and not only what is quoted")
	question.addFlags(flags)
	flags.StringVar(&recorded, "recorded-by", "", recordedByUsage)
	completeWith(command, "format", formats...)
	completeWith(command, "of", of.Values()...)
	return command
}

// claimFormat is the format of what is known of a claim that a name means; empty where it is none.
func claimFormat(format interchange.Format) interchange.ClaimFormat {
	if slices.Contains(interchange.ClaimFormat("").Values(), string(format)) {
		return interchange.ClaimFormat(format)
	}
	return ""
}

// exportClaims writes just what the reports on some claims rest on, as a bundle or in a format of others.
func exportClaims(cmd *cobra.Command, s *store.Store, names []string, q report.Request, format interchange.ClaimFormat, texts bool,
	recorded string) error {
	seq, err := recordedPlace(cmd.Context(), s, recorded)
	if err != nil {
		return err
	}
	claims, err := s.RecordedBy(seq).ResolveClaims(cmd.Context(), "/claim", names)
	if err != nil {
		return err
	}
	without, err := s.RecordedBy(seq).ResolveSources(cmd.Context(), "/without", q.Without)
	if err != nil {
		return err
	}
	return s.ExportClaims(cmd.Context(), cmd.OutOrStdout(), store.ClaimBundle{
		Claims: claims, Texts: texts, Format: format, RecordedBy: seq, Select: report.FactsOf,
		Question: provenance.Question{Without: without, AsOf: q.AsOf, IncludeProposed: q.IncludeProposed},
	})
}

// recordedPlace is the place in the order of changes that --recorded-by means; 0 where it is not given.
func recordedPlace(ctx context.Context, s *store.Store, recordedBy string) (int64, error) {
	if recordedBy == "" {
		return 0, nil
	}
	seq, err := s.Position(ctx, recordedBy)
	return seq, asFlagErrors(err)
}
