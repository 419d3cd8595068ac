package main

import (
	"context"
	"errors"
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
  headwater migrate up --all-desks
  headwater migrate down --steps 1`,
	}
	steps, all := 1, false
	migrate := func(use, short string, run func(ctx context.Context, out io.Writer) error) *cobra.Command {
		return &cobra.Command{
			Use: use, Short: short, Example: "  headwater migrate " + use, Args: cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), cmd.OutOrStdout()) },
		}
	}
	one := func(change func(ctx context.Context, address string) error) func(context.Context, io.Writer) error {
		return func(ctx context.Context, out io.Writer) error {
			return connect().withAddress(ctx, func(address string) error { return migrateAt(ctx, out, address, change) })
		}
	}
	up := migrate("up", "Bring the schema to this program's version, and search columns to its rules",
		func(ctx context.Context, out io.Writer) error {
			if all {
				return connect().migrateAll(ctx, out)
			}
			return one(connect().migrateUp)(ctx, out)
		})
	up.Flags().BoolVar(&all, "all-desks", false, "the main schema, and after it that of each desk; where one fails, the others go on")
	down := migrate("down", "Take the schema back; what it held is lost", one(func(ctx context.Context, address string) error {
		if steps < 1 {
			return fmt.Errorf("--steps is %d; expected 1 or more", steps)
		}
		return migrations.Down(ctx, address, steps)
	}))
	down.Flags().IntVar(&steps, "steps", steps, "how many versions to take back")
	command.AddCommand(up, down,
		migrate("status", "Say which version the schema has", one(func(context.Context, string) error { return nil })))
	return command
}

// migrateAt changes a schema, and says how it stands.
func migrateAt(ctx context.Context, out io.Writer, address string, change func(ctx context.Context, address string) error) error {
	if err := checkServer(ctx, address); err != nil {
		return err
	}
	if err := change(ctx, address); err != nil {
		return err
	}
	return printStatus(ctx, out, address)
}

// migrateUp brings a schema to what this program works with.
func (c connection) migrateUp(ctx context.Context, address string) error {
	if err := migrations.Up(ctx, address); err != nil {
		return err
	}
	return c.reindexAt(ctx, address)
}

// migrateAll migrates the main schema and those of all desks, one by one. What fails is told of each, and keeps no other from it.
func (c connection) migrateAll(ctx context.Context, out io.Writer) error {
	if c.desk != "" {
		return fmt.Errorf("--desk is %q, with --all-desks; expected one of both", c.desk)
	}
	if err := c.checkDesks(); err != nil {
		return err
	}
	return c.withDatabase(ctx, func(database string) error {
		desks, err := listDesks(ctx, database)
		if err != nil {
			return err
		}
		faults := []error{migrateAt(ctx, out, database, c.migrateUp)}
		for _, d := range desks {
			fmt.Fprintf(out, "desk %s: ", d.Name)
			if err := migrateAt(ctx, out, d.Address(database), c.migrateUp); err != nil {
				fmt.Fprintln(out, "failed")
				faults = append(faults, fmt.Errorf("desk %s: %w", d.Name, err))
			}
		}
		return errors.Join(faults...)
	})
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
