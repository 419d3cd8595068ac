package main

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
)

func newReindexCommand(connect func() connection) *cobra.Command {
	return &cobra.Command{
		Use:   "reindex",
		Short: "Write the search columns of a database anew, where this program makes them otherwise",
		Long: `Write the columns anew that searches read and that this program makes otherwise than the one that wrote them. migrate up and
serve do so by themselves. It goes on from where it was stopped; others can read and write meanwhile.`,
		Example: "  headwater reindex",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return connect().withStore(cmd.Context(), func(s *store.Store) error {
				rows, err := s.Reindex(cmd.Context(), func(int) {})
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d rows written anew\n", rows)
				return err
			})
		},
	}
}

// reindex writes the search columns anew where that is due, and logs how far it is. A database that takes no writes now, such as a
// standby, is served as it is: what it follows is written by somebody else.
func reindex(ctx context.Context, s *store.Store) error {
	indexed, err := s.Indexed(ctx)
	if err != nil || indexed {
		return err
	}
	const each = 100_000
	next := each
	_, err = s.Reindex(ctx, func(rows int) {
		if rows >= next {
			slog.InfoContext(ctx, "writing the search columns anew", "rows", rows)
			next += each
		}
	})
	if headwater.CodeOf(err) == headwater.CodeUnavailable {
		slog.WarnContext(ctx, "the search columns are not written as this program writes them, and cannot be now", "error", err)
		return nil
	}
	return err
}

// warnUnindexed tells where an import may not find what is stored, since the columns that it reads are written otherwise.
func warnUnindexed(ctx context.Context, s *store.Store) error {
	indexed, err := s.Indexed(ctx)
	if err == nil && !indexed {
		slog.WarnContext(ctx, "the search columns are not written as this program writes them, and an import may not find what is stored; "+
			"run: headwater reindex")
	}
	return err
}

// reindexAt is reindex for the database at an address.
func (c connection) reindexAt(ctx context.Context, address string) error {
	s, err := store.Open(ctx, store.Options{ConnString: address, Pooled: c.isPooled()})
	if err != nil {
		return err
	}
	defer s.Close()
	return reindex(ctx, s)
}
