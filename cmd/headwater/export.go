package main

import (
	"github.com/spf13/cobra"

	"github.com/headwater-project/headwater/store"
)

func newExportCommand(connect func() connection) *cobra.Command {
	return &cobra.Command{
		Use:   "export",
		Short: "Write all that is stored as a bundle to standard output",
		Long: `Write all that is stored, as it is at one moment, as a bundle to standard output. The same things give the same
bytes, and importing them elsewhere gives the same things.`,
		Example: `  headwater export > backup.ndjson
  headwater export | gzip > backup.ndjson.gz`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return connect().withStore(cmd.Context(), func(s *store.Store) error {
				return s.Export(cmd.Context(), cmd.OutOrStdout())
			})
		},
	}
}
