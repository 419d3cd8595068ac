package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
)

func newFeedsCommand(connect func() connection) *cobra.Command {
	var format string
	var limit int
	command := &cobra.Command{
		Use: "feeds [NAME]", Short: "List feeds, which are imports under one name, or the editions of one, the newest first",
		Long: `List feeds, which are imports under one name, or the editions of one: when each came, in what file, how much of what it
brought, and what became of what it no longer says.

An edition is undone by its group with headwater undo, and all of a feed with headwater feeds undo.`,
		Example: `  headwater feeds
  headwater feeds register.json
  headwater list relations --feed register.json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkOneOf("format", format, "text", "json"); err != nil {
				return err
			}
			if limit < 1 || limit > store.MaxLimit {
				return fmt.Errorf("--limit is %d; expected 1 to %d", limit, store.MaxLimit)
			}
			return connect().withStore(cmd.Context(), func(s *store.Store) error {
				out, paging := cmd.OutOrStdout(), store.Paging{Limit: limit}
				if len(args) == 1 {
					page, err := s.FeedEditions(cmd.Context(), args[0], paging)
					return errors.Join(err, writeEach(out, format, page.Items, editionText))
				}
				page, err := s.Feeds(cmd.Context(), store.FeedFilter{}, paging)
				return errors.Join(err, writeEach(out, format, page.Items, feedText))
			})
		},
	}
	command.Flags().StringVar(&format, "format", "text", "text or json, one feed or edition a line")
	completeWith(command, "format", "text", "json")
	command.Flags().IntVar(&limit, "limit", 50, "feeds or editions at most")
	command.AddCommand(newFeedsUndoCommand(connect))
	return command
}

func newFeedsUndoCommand(connect func() connection) *cobra.Command {
	var reason string
	command := &cobra.Command{
		Use: "undo NAME", Short: "Undo all that a feed brought: its editions in turn, the newest first",
		Long: `Undo all that a feed brought: its editions in turn, the newest first, as headwater undo does. Where something stands in
the way of one, nothing is undone. What another feed says stays.`,
		Example: `  headwater feeds undo register.json --reason "Not the register that it says it is."`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return connect().withStore(cmd.Context(), func(s *store.Store) error {
				editions, err := s.UndoFeed(cmd.Context(), authorship(reason), args[0])
				if err != nil {
					return explainUndo(err)
				}
				for _, edition := range editions {
					_, err := fmt.Fprintf(cmd.OutOrStdout(), "edition %d undone by %s: %s\n", edition.Edition, edition.Group,
						undoCounts(edition.Undone))
					if err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	addReason(command, &reason, "why, for the history")
	return command
}

// writeEach writes things as JSON, one a line, or as text.
func writeEach[T any](w io.Writer, format string, things []T, text func(T) string) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	for _, thing := range things {
		var err error
		if format == "json" {
			err = encoder.Encode(thing)
		} else {
			_, err = io.WriteString(w, text(thing))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func feedText(feed store.Feed) string {
	text := fmt.Sprintf("%s  editions: %d", headwater.Isolated(feed.Name), feed.Editions)
	if feed.Current == nil {
		return text + ", all undone\n"
	}
	return text + fmt.Sprintf(", the newest as of %s  things: %d\n", feed.Current.Date, feed.Current.Says)
}

func editionText(e store.FeedEdition) string {
	text := fmt.Sprintf("edition %d as of %s  %s  %s  %s\n", e.Edition, e.Date, e.Group, e.At.UTC().Format(time.RFC3339),
		headwater.Isolated(e.Actor))
	if e.File != "" {
		text += "  file: " + headwater.Isolated(e.File) + "\n"
	}
	text += countsText(e.Counts)
	if outcomes := outcomesText(e.Outcomes); outcomes != "" {
		text += "  no longer said: " + outcomes + "\n"
	}
	if e.Withheld != "" {
		text += "  nothing taken back: " + e.Withheld + "\n"
	}
	if e.Reason != "" {
		text += "  why: " + headwater.Isolated(e.Reason) + "\n"
	}
	if e.Undone {
		text += "  undone\n"
	}
	return text
}

// outcomesText says what became of how many things that a feed no longer says.
func outcomesText(outcomes map[store.Outcome]int) string {
	words := map[store.Outcome]string{"ended": "ended", "retracted": "retracted", "edited": "left, since somebody edited them",
		"others": "left, since others say them or refer to them", "unchanged": "did not count any more", "withheld": "left for now"}
	var parts []string
	for _, name := range store.Outcome("").Values() {
		if n := outcomes[store.Outcome(name)]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, words[store.Outcome(name)]))
		}
	}
	return strings.Join(parts, ", ")
}

// maxPrintedMissing is how many things that a feed no longer says are printed.
const maxPrintedMissing = 20

// printEdition prints which edition of a feed a file is, and what became of what the feed no longer says.
func printEdition(w io.Writer, e *store.EditionResult) error {
	if e == nil {
		return nil
	}
	text := fmt.Sprintf("  edition %d of the feed %s, as of %s\n", e.Edition, headwater.Isolated(e.Feed), e.Date)
	if e.Restored > 0 {
		text += fmt.Sprintf("  said again and restored: %d\n", e.Restored)
	}
	if outcomes := outcomesText(e.Outcomes); outcomes != "" {
		text += "  no longer said: " + outcomes + "\n"
	}
	if e.Withheld != "" {
		text += "  nothing taken back: " + e.Withheld + "\n"
	}
	for _, thing := range e.Missing[:min(len(e.Missing), maxPrintedMissing)] {
		name := thing.Key
		if name == "" {
			name = thing.ID.String()
		}
		text += fmt.Sprintf("    %s %s: %s\n", thing.Resource, headwater.VisibleLine(name), thing.Outcome)
	}
	if more := len(e.Missing) - maxPrintedMissing; more > 0 {
		text += "    and more; headwater import --dry-run and the API list 1,000\n"
	}
	_, err := io.WriteString(w, text)
	return err
}
