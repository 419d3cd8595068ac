package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
)

func newUndoCommand(connect func() connection) *cobra.Command {
	var reason string
	command := &cobra.Command{
		Use:   "undo GROUP",
		Short: "Undo what a request, an import or a command did, whole or not at all",
		Long: `Undo what a group of changes did: a request, an import or a command. What it changed is put back, what it created is
deleted, and the history keeps all of it. Where anything was changed since, or others refer to what it created, everything stays as it
is, and each thing that stands in the way is named. To undo the undo does it again.

headwater imports lists the groups of imports; GET /v1/changes has the group of every change.`,
		Example: `  headwater undo 6f1c0a52-6a5e-7f0e-9d0e-3f1f6a1b2c3d --reason "The wrong file."`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			group, err := headwater.ParseID(args[0])
			if err != nil {
				return fmt.Errorf("%q is no group; expected a UUID, as headwater imports prints it", args[0])
			}
			return connect().withStore(cmd.Context(), func(s *store.Store) error {
				undone, err := s.Undo(cmd.Context(), authorship(reason), group, nil)
				if err != nil {
					return explainUndo(err)
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "undone by %s: %s\n", undone.Group, undoCounts(undone))
				return err
			})
		},
	}
	addReason(command, &reason, "why, for the history")
	return command
}

// explainUndo writes what stands in the way of an undo, one thing a line.
func explainUndo(err error) error {
	refusal, ok := errors.AsType[*headwater.Error](err)
	if !ok || refusal.Code != headwater.CodeChangedSince {
		return err
	}
	text := refusal.Detail
	for _, fault := range refusal.Faults {
		text += "\n  " + headwater.VisibleLine(fault.Value) + ": expected " + headwater.VisibleLine(fault.Expected)
	}
	return errors.New(text)
}

// undoCounts says in words what an undo did.
func undoCounts(undone store.Undone) string {
	var parts []string
	for _, name := range headwater.Things() {
		resource := headwater.Resource(name)
		count := undone.Counts[resource]
		for _, done := range []struct {
			n    int
			word string
		}{{count.Created, "created"}, {count.Changed, "changed"}, {count.Deleted, "deleted"},
			{count.Kept, "kept, since another feed says them"}} {
			if done.n > 0 {
				parts = append(parts, fmt.Sprintf("%s %s: %d", resource.Plural(), done.word, done.n))
			}
		}
	}
	if parts == nil {
		return "nothing had to be changed"
	}
	return strings.Join(parts, ", ")
}

func newImportsCommand(connect func() connection) *cobra.Command {
	var format string
	var limit int
	command := &cobra.Command{
		Use:   "imports",
		Short: "List imports, the newest first: their groups, when, by whom, how much of what, and whether they are undone",
		Example: `  headwater imports
  headwater imports --limit 5 --format json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkOneOf("format", format, "text", "json"); err != nil {
				return err
			}
			if limit < 1 || limit > store.MaxLimit {
				return fmt.Errorf("--limit is %d; expected 1 to %d", limit, store.MaxLimit)
			}
			return connect().withStore(cmd.Context(), func(s *store.Store) error {
				page, err := s.Imports(cmd.Context(), store.Paging{Limit: limit})
				if err != nil {
					return err
				}
				return writeEach(cmd.OutOrStdout(), format, page.Items, importText)
			})
		},
	}
	command.Flags().StringVar(&format, "format", "text", "text or json, one import a line")
	completeWith(command, "format", "text", "json")
	command.Flags().IntVar(&limit, "limit", 50, "imports at most")
	return command
}

func importText(imported store.ListedImport) string {
	text := fmt.Sprintf("%s  %s  %s\n", imported.Group, imported.At.UTC().Format(time.RFC3339), headwater.Isolated(imported.Actor))
	if imported.Feed != "" {
		text += fmt.Sprintf("  edition %d of the feed %s\n", imported.Edition, headwater.Isolated(imported.Feed))
	}
	text += countsText(imported.Counts)
	if imported.Reason != "" {
		text += "  why: " + headwater.Isolated(imported.Reason) + "\n"
	}
	if imported.UndoneBy != nil {
		text += fmt.Sprintf("  undone by %s\n", imported.UndoneBy)
	}
	return text
}

// countsText says how much of what an import added and changed, one kind a line.
func countsText(counts map[headwater.Resource]store.Count) (text string) {
	for _, name := range headwater.Things() {
		resource := headwater.Resource(name)
		count := counts[resource]
		if count.Added+count.Changed+count.TakenBack == 0 {
			continue
		}
		text += fmt.Sprintf("  %s: %d added, %d changed", resource.Plural(), count.Added, count.Changed)
		if count.TakenBack > 0 {
			text += fmt.Sprintf(", %d taken back", count.TakenBack)
		}
		text += "\n"
	}
	return text
}
