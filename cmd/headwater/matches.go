package main

import (
	"cmp"
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
	reason               string
	suspect, reprints    bool
}

func newMatchesCommand(connect func() connection) *cobra.Command {
	var options matchesOptions
	command := &cobra.Command{
		Use:   "matches",
		Short: "List sources and documents that may be one, and reprints, with the reasons",
		Long: `List sources and documents that may be one, and documents that may reprint another, for somebody to decide: with headwater
accept, reject and reopen, or POST /v1/matches/{id}/accept, /reject, /reopen.

With --reprints, compare all documents first, and propose what may reprint what: texts that share half of their sequences of five
words, or of which one holds nearly all of the other, from the later to the earlier, or to the wire that it credits. Imports of
documents, and new documents, do so for what they bring. What was rejected is never proposed again.

With --suspect, list instead what the release before may have made one although it was several: claims whose reviews answer another
statement, sources known by a host on which several have accounts, sources known by a name alone that several control.`,
		Example: `  headwater matches
  headwater matches --kind reprint --status rejected --format json
  headwater matches --reprints
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
				if options.reprints {
					if err := options.propose(cmd.Context(), cmd.ErrOrStderr(), s); err != nil {
						return err
					}
				}
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
	flags.BoolVar(&options.reprints, "reprints", false, "compare all documents first, and propose what may reprint what")
	addReason(command, &options.reason, "with --reprints, why, for the history")
	flags.BoolVar(&options.suspect, "suspect", false, "list what the release before may have merged")
	flags.StringVar(&options.format, "format", "text", "text or json, one match a line")
	completeWith(command, "format", "text", "json")
	completeWith(command, "status", headwater.Decision("").Values()...)
	completeWith(command, "kind", headwater.MatchKind("").Values()...)
	return command
}

// propose compares all documents, and says what came of it.
func (a *matchesOptions) propose(ctx context.Context, w io.Writer, s *store.Store) error {
	if err := warnUnindexed(ctx, s); err != nil {
		return err
	}
	found, err := s.ProposeReprints(ctx, authorship(a.reason))
	if err != nil {
		return err
	}
	a.kind = cmp.Or(a.kind, string(headwater.Reprint))
	said := fmt.Sprintf("%d documents compared, %d matches proposed\n", found.Compared, found.Proposed)
	if found.Crowded > 0 {
		said += fmt.Sprintf("%d of them share passages with very many others, and were compared with some of these only\n", found.Crowded)
	}
	if found.Truncated {
		said += "there are more; the next run proposes them\n"
	}
	_, err = io.WriteString(w, said)
	return err
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
