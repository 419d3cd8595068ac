package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/store"
)

// matchesOptions are the flags of the command matches.
type matchesOptions struct {
	status, kind, format string
	suspect              bool
}

func newMatchesCommand(connect func() connection) *cobra.Command {
	var options matchesOptions
	command := &cobra.Command{
		Use:   "matches",
		Short: "List sources and documents that may be one, and reprints, with the reasons",
		Long: `List sources and documents that may be one, and documents that may reprint another, for somebody to decide: with headwater
accept, reject and reopen, or POST /v1/matches/{id}/accept, /reject, /reopen.

With --suspect, list instead what the release before may have made one although it was several: claims whose reviews answer another
statement, sources known by a host on which several have accounts, sources known by a name alone that several control.`,
		Example: `  headwater matches
  headwater matches --kind reprint --status rejected --format json
  headwater matches --suspect`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkOneOf("format", options.format, "text", "json"); err != nil {
				return err
			}
			if kinds := headwater.MatchKind("").Values(); options.kind != "" && !slices.Contains(kinds, options.kind) {
				return fmt.Errorf("--kind is %q; expected %s", options.kind, interchange.Either(kinds))
			}
			return connect().withStore(cmd.Context(), func(s *store.Store) error {
				if options.suspect {
					return options.listSuspects(cmd.Context(), cmd.OutOrStdout(), s)
				}
				return options.list(cmd.Context(), cmd.OutOrStdout(), s)
			})
		},
	}
	flags := command.Flags()
	flags.StringVar(&options.status, "status", string(headwater.Proposed), "proposed, accepted or rejected")
	flags.StringVar(&options.kind, "kind", "", "only those of a kind: "+interchange.Either(headwater.MatchKind("").Values()))
	flags.BoolVar(&options.suspect, "suspect", false, "list what the release before may have merged")
	flags.StringVar(&options.format, "format", "text", "text or json, one match a line")
	completeWith(command, "format", "text", "json")
	completeWith(command, "status", headwater.Decision("").Values()...)
	completeWith(command, "kind", headwater.MatchKind("").Values()...)
	return command
}

func (a matchesOptions) list(ctx context.Context, w io.Writer, s *store.Store) error {
	filter := store.MatchFilter{Common: store.Common{Status: []string{a.status}}, Kind: a.kind}
	for cursor := ""; ; {
		page, err := s.IdentityMatches(ctx, filter, store.Paging{Limit: store.MaxLimit, Cursor: cursor})
		if err != nil {
			return err
		}
		names, err := s.MatchNames(ctx, page.Items)
		if err != nil {
			return err
		}
		for _, m := range page.Items {
			if err := a.print(w, m, fmt.Sprintf("%s  %s@%d\n  a: %s  %s\n  b: %s  %s\n  why: %s\n", m.Kind, m.ID, m.Version, m.A,
				headwater.Isolated(names[m.A]), m.B, headwater.Isolated(names[m.B]), headwater.Isolated(m.Rationale))); err != nil {
				return err
			}
		}
		if cursor = page.NextCursor; cursor == "" {
			return nil
		}
	}
}

func (a matchesOptions) listSuspects(ctx context.Context, w io.Writer, s *store.Store) error {
	suspects, err := s.Suspects(ctx)
	if err != nil {
		return err
	}
	for _, x := range suspects {
		if err := a.print(w, x, fmt.Sprintf("%s %s  %s\n  %s\n  why: %s\n", x.Resource, x.ID, x.Key, headwater.Isolated(x.Name),
			headwater.Isolated(x.Reason))); err != nil {
			return err
		}
	}
	return nil
}

// print writes one entry, as JSON or as the text.
func (a matchesOptions) print(w io.Writer, entry any, text string) error {
	if a.format == "json" {
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false)
		return encoder.Encode(entry)
	}
	_, err := io.WriteString(w, text)
	return err
}
