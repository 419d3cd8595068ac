package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/suggest"
)

// suggestOptions are the flags of the command suggest.
type suggestOptions struct {
	all, keep bool
	format    string
	kept      []string         // ids and versions of what is newly stored
	by        store.Authorship // of what is kept
}

func newSuggestCommand(connect func() connection) *cobra.Command {
	var options suggestOptions
	command := &cobra.Command{
		Use:   "suggest KEY|ID… | suggest --all",
		Short: "Find links that might hold between claims, by rule",
		Long: `Find links that might hold between claims, by rule: numbers of the same unit, the same statement denied, nearly the same
words, or the same with more detail. None counts before somebody accepts it; a pair that was accepted or rejected is not
suggested again.

With --keep what is found is stored as proposed links; otherwise it is only printed.`,
		Example: `  headwater suggest over-million-since-august
  headwater suggest --all --keep
  headwater suggest --all --format json | jq .rationale`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if options.all == (len(args) > 0) {
				return errors.New("expected keys or ids of claims, or --all")
			}
			if err := checkOneOf("format", options.format, "text", "json"); err != nil {
				return err
			}
			options.by = authorship("suggest")
			return connect().withStore(cmd.Context(), func(s *store.Store) error {
				if err := options.run(cmd.Context(), forPeople(cmd.OutOrStdout()), s, args); err != nil {
					return err
				}
				return options.tellKept(cmd.OutOrStdout())
			})
		},
	}
	flags := command.Flags()
	flags.BoolVar(&options.all, "all", false, "look at every active claim")
	flags.BoolVar(&options.keep, "keep", false, "store what is found as proposed links")
	flags.StringVar(&options.format, "format", "text", "text or json, one suggestion a line")
	completeWith(command, "format", "text", "json")
	return command
}

func (a *suggestOptions) run(ctx context.Context, w io.Writer, s *store.Store, names []string) error {
	claims, err := s.ResolveClaims(ctx, "/claim", names)
	if err != nil {
		return err
	}
	if a.all {
		return a.suggestAll(ctx, w, s)
	}
	return a.suggestFor(ctx, w, s, claims, map[uuid.UUID]bool{})
}

// suggestAll goes through all active claims, a page at a time.
func (a *suggestOptions) suggestAll(ctx context.Context, w io.Writer, s *store.Store) error {
	printed := map[uuid.UUID]bool{} // a link is found from both of its ends
	for cursor := ""; ; {
		page, err := s.Claims(ctx, store.ClaimFilter{Common: store.Common{Status: []string{string(headwater.EntityActive)}}},
			store.Paging{Limit: store.MaxLimit, Cursor: cursor})
		if err != nil {
			return err
		}
		var claims []uuid.UUID
		for _, claim := range page.Items {
			claims = append(claims, claim.ID)
		}
		if err := a.suggestFor(ctx, w, s, claims, printed); err != nil {
			return err
		}
		if cursor = page.NextCursor; cursor == "" {
			return nil
		}
	}
}

func (a *suggestOptions) suggestFor(ctx context.Context, w io.Writer, s *store.Store, claims []uuid.UUID,
	printed map[uuid.UUID]bool) error {
	for _, claim := range claims {
		neighborhood, err := s.Neighbourhood(ctx, claim)
		if err != nil {
			return err
		}
		for _, found := range neighborhood.Suggestions(headwater.NamespaceOf(s.Namespace())) {
			if printed[found.ID] {
				continue
			}
			printed[found.ID] = true
			if err := a.keepAndPrint(ctx, w, s, neighborhood.Claim, found); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *suggestOptions) keepAndPrint(ctx context.Context, w io.Writer, s *store.Store, claim headwater.Claim,
	found suggest.Suggestion) error {
	if a.keep && !found.Stored {
		link, err := s.CreateLink(ctx, a.by, found.NaturalKey(), found.LinkFields, headwater.Proposed)
		if err != nil {
			return err
		}
		found.Stored = true
		a.kept = append(a.kept, fmt.Sprintf("%s@%d", link.ID, link.Version))
	}
	if a.format == "json" {
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false)
		return encoder.Encode(found)
	}
	return printSuggestion(w, claim, found)
}

// tellKept says what was kept, and how it is accepted.
func (a *suggestOptions) tellKept(w io.Writer) error {
	if !a.keep || a.format != "text" {
		return nil
	}
	if len(a.kept) == 0 {
		_, err := fmt.Fprintln(w, "Nothing new was kept; headwater proposals lists what waits for a decision.")
		return err
	}
	_, err := fmt.Fprintf(w, "Kept as proposed, which counts for nothing yet: %s. headwater proposals lists what waits; "+
		"to accept, or reject:\n\n"+
		"  headwater accept %s\n", plural(len(a.kept), "link"), strings.Join(a.kept, " "))
	return err
}

func printSuggestion(w io.Writer, claim headwater.Claim, s suggest.Suggestion) error {
	kind := string(s.Kind)
	if s.Degree != "" {
		kind += " (" + string(s.Degree) + ")"
	}
	if s.Kind.Directed() && s.To == claim.ID {
		kind += ", the other way round"
	}
	confidence := ""
	if s.Confidence != nil {
		confidence = fmt.Sprintf(" %.2f", *s.Confidence)
	}
	_, err := fmt.Fprintf(w, "%s%s  %s\n%s  and\n%s  why: %s\n\n", kind, confidence, s.ID, statement(claim, "  "),
		statement(headwater.Claim{ClaimFields: headwater.ClaimFields{Statement: s.Other.Statement}}, "  "), headwater.Isolated(s.Rationale))
	return err
}
