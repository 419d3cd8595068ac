package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/headwater-project/headwater/store"
)

func newSequenceCommand(connect func() connection) *cobra.Command {
	return &cobra.Command{
		Use:   "sequence",
		Short: "Put changes in order that no service has",
		Long: `Give each change that has none yet its place in the order of all changes, without which it is not listed. serve does so by
itself; this is for a database that is filled by commands alone.`,
		Example: "  headwater sequence",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return connect().withStore(cmd.Context(), func(s *store.Store) error {
				changes, err := s.Sequence(cmd.Context())
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d changes put in order\n", changes)
				return err
			})
		},
	}
}
