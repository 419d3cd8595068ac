package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

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
			if options.format != "text" && options.format != "json" {
				return fmt.Errorf("--format is %q; expected text or json", options.format)
			}
			options.by = authorship("suggest")
			return connect().withStore(cmd.Context(), func(s *store.Store) error {
				return options.run(cmd.Context(), cmd.OutOrStdout(), s, args)
			})
		},
	}
	flags := command.Flags()
	flags.BoolVar(&options.all, "all", false, "look at every active claim")
	flags.BoolVar(&options.keep, "keep", false, "store what is found as proposed links")
	flags.StringVar(&options.format, "format", "text", "text or json, one suggestion a line")
	return command
}

func (a suggestOptions) run(ctx context.Context, w io.Writer, s *store.Store, names []string) error {
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
func (a suggestOptions) suggestAll(ctx context.Context, w io.Writer, s *store.Store) error {
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

func (a suggestOptions) suggestFor(ctx context.Context, w io.Writer, s *store.Store, claims []uuid.UUID, printed map[uuid.UUID]bool) error {
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

func (a suggestOptions) keepAndPrint(ctx context.Context, w io.Writer, s *store.Store, claim headwater.Claim,
	found suggest.Suggestion) error {
	if a.keep && !found.Stored {
		if _, err := s.CreateLink(ctx, a.by, found.NaturalKey(), found.LinkFields, headwater.Proposed); err != nil {
			return err
		}
		found.Stored = true
	}
	if a.format == "json" {
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false)
		return encoder.Encode(found)
	}
	return printSuggestion(w, claim, found)
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
