package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/headwater-project/headwater/store"
)

func newStandingsCommand(connect func() connection) *cobra.Command {
	return &cobra.Command{
		Use:   "standings",
		Short: "Work out how each claim stands, by which claims are listed",
		Long: `Put changes in order, and work out anew the standing of each claim that they may have moved: of all claims where none was
worked out before. Lists of claims are filtered and ordered by what is worked out. serve does so by itself; this is for a database that
is filled by commands alone, and for one that is to be ready before it is served.`,
		Example: "  headwater standings",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return connect().withStore(cmd.Context(), func(s *store.Store) error {
				if _, err := s.Sequence(cmd.Context()); err != nil {
					return err
				}
				claims, err := s.SettleStandings(cmd.Context())
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d standings worked out\n", claims)
				return err
			})
		},
	}
}
