package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/headwater-project/headwater/migrations"
	"github.com/headwater-project/headwater/store"
)

func newMigrateCommand(connect func() connection) *cobra.Command {
	command := &cobra.Command{
		Use:   "migrate",
		Short: "Bring the database's schema up to date, or back",
		Example: `  headwater migrate status
  headwater migrate up
  headwater migrate down --steps 1`,
	}
	steps := 1
	migrate := func(use, short string, change func(ctx context.Context, address string) error) *cobra.Command {
		return &cobra.Command{
			Use: use, Short: short, Example: "  headwater migrate " + use, Args: cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error {
				ctx := cmd.Context()
				return connect().withAddress(ctx, func(address string) error {
					if err := checkServer(ctx, address); err != nil {
						return err
					}
					if err := change(ctx, address); err != nil {
						return err
					}
					return printStatus(ctx, cmd.OutOrStdout(), address)
				})
			},
		}
	}
	down := migrate("down", "Take the schema back; what it held is lost", func(ctx context.Context, address string) error {
		if steps < 1 {
			return fmt.Errorf("--steps is %d; expected 1 or more", steps)
		}
		return migrations.Down(ctx, address, steps)
	})
	down.Flags().IntVar(&steps, "steps", steps, "how many versions to take back")
	command.AddCommand(
		migrate("up", "Bring the schema to this program's version, and search columns to its rules",
			func(ctx context.Context, address string) error {
				if err := migrations.Up(ctx, address); err != nil {
					return err
				}
				return connect().reindexAt(ctx, address)
			}), down,
		migrate("status", "Say which version the schema has", func(context.Context, string) error { return nil }),
	)
	return command
}

func checkServer(ctx context.Context, address string) error {
	conn, err := migrations.Connect(ctx, address)
	if err != nil {
		return fmt.Errorf("the database cannot be reached: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	return store.CheckServer(ctx, conn)
}

func printStatus(ctx context.Context, w io.Writer, address string) error {
	status, err := migrations.StatusOf(ctx, address)
	if err != nil {
		return err
	}
	stands := "up to date"
	switch {
	case status.Version < status.Latest:
		stands = fmt.Sprintf("this program needs %d; run: headwater migrate up", status.Latest)
	case status.Version > status.Latest:
		stands = fmt.Sprintf("newer than this program's %d", status.Latest)
	}
	_, err = fmt.Fprintf(w, "schema version %d: %s\n", status.Version, stands)
	return err
}
