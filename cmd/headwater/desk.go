package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/jackc/pgx/v5"
	"github.com/spf13/cobra"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/migrations"
	"github.com/headwater-project/headwater/store/desk"
)

func newDeskCommand(connect func() connection) *cobra.Command {
	command := &cobra.Command{
		Use:   "desk",
		Short: "Make, list and drop desks: archives of their own in one database",
		Long: `Make, list and drop desks. Each is a schema of the database with a namespace, keys, history and log of its own, which
serve has at /desks/NAME, and every other command with --desk NAME. Nothing of one desk can be named from another.`,
		Example: `  headwater desk create beirut --namespace https://beirut.example
  headwater key create --desk beirut --name editor --scope admin
  headwater desk list
  headwater desk drop beirut --yes`,
	}
	command.AddCommand(newDeskCreateCommand(connect), newDeskListCommand(connect), newDeskDropCommand(connect), newDeskMoveCommand(connect))
	return command
}

// onDatabase does something to the database that desks are in.
func onDatabase(cmd *cobra.Command, c connection, do func(ctx context.Context, database string) error) error {
	if err := c.checkDesks(); err != nil {
		return err
	}
	return c.withDatabase(cmd.Context(), func(database string) error { return do(cmd.Context(), database) })
}

func newDeskCreateCommand(connect func() connection) *cobra.Command {
	return &cobra.Command{
		Use: "create NAME", Short: "Make a desk, or go on where that was stopped", Args: cobra.ExactArgs(1),
		Long: `Make a desk: its schema, with the tables of this program's version. Where that was stopped, the same command goes on. Its
namespace is that of --namespace, and stays; by default that of the main service with /desks/NAME behind it. The extension pg_trgm
is moved to the schema headwater_trigrams, where it is beside other tables. A database that has Citus places the desk on a node.`,
		Example: "  headwater desk create beirut --namespace https://beirut.example",
		RunE: func(cmd *cobra.Command, args []string) error {
			c, name := connect(), args[0]
			namespace := c.namespace
			if !c.namesSpace {
				namespace = strings.TrimSuffix(namespace, "/") + "/desks/" + name
			}
			return onDatabase(cmd, c, func(ctx context.Context, database string) error {
				if err := checkServer(ctx, database); err != nil {
					return err
				}
				if err := desk.Create(ctx, database, name, namespace); err != nil {
					return err
				}
				made := c
				made.desk, made.namesSpace = name, false
				at, err := made.find(ctx, database)
				if err == nil {
					err = c.reindexAt(ctx, at.address)
				}
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "the desk %s is made, with the namespace %s\nits first key: headwater key create "+
					"--desk %s --name NAME --scope admin\n", name, headwater.VisibleLine(at.namespace), name)
				return err
			})
		},
	}
}

// listDesks lists the desks of a database.
func listDesks(ctx context.Context, database string) (desks []desk.Desk, err error) {
	err = withConnection(ctx, database, func(conn *pgx.Conn) (err error) {
		desks, err = desk.List(ctx, conn)
		return err
	})
	return desks, err
}

// deskState is how a desk stands, in a word or two.
func deskState(d desk.Desk, latest uint) string {
	switch {
	case !d.IsMade:
		return "not made to the end"
	case d.Version < latest:
		return fmt.Sprintf("needs %d", latest)
	case d.Version > latest:
		return "newer than this program"
	}
	return "up to date"
}

// printDesks writes the table of desks.
func printDesks(ctx context.Context, w io.Writer, conn *pgx.Conn) error {
	desks, err := desk.List(ctx, conn)
	if err != nil {
		return err
	}
	sizes, err := desk.Sizes(ctx, conn)
	if err != nil {
		return err
	}
	nodes, err := desk.Nodes(ctx, conn)
	if err != nil {
		return err
	}
	latest, err := migrations.Latest()
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	columns := "NAME\tVERSION\tSTATE\tBYTES\tNAMESPACE"
	if nodes != nil {
		columns += "\tNODE"
	}
	fmt.Fprintln(table, columns)
	for _, d := range desks {
		line := fmt.Sprintf("%s\t%d\t%s\t%d\t%s", d.Name, d.Version, deskState(d, latest), sizes[d.Name],
			headwater.VisibleLine(d.Namespace))
		if nodes != nil {
			line += "\t" + nodes[d.Name]
		}
		fmt.Fprintln(table, line)
	}
	return table.Flush()
}

func newDeskListCommand(connect func() connection) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the desks, with their versions and sizes", Args: cobra.NoArgs, Example: "  headwater desk list",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return onDatabase(cmd, connect(), func(ctx context.Context, database string) error {
				return withConnection(ctx, database, func(conn *pgx.Conn) error { return printDesks(ctx, cmd.OutOrStdout(), conn) })
			})
		},
	}
}

func newDeskDropCommand(connect func() connection) *cobra.Command {
	var isSure bool
	command := &cobra.Command{
		Use: "drop NAME", Short: "Drop a desk with all that it holds", Args: cobra.ExactArgs(1),
		Long: `Drop a desk with all that it holds: its things, their history, its log and its keys. Without --yes it says what that would
be, and does nothing. The key of its log stays where it is, in desks/NAME.`,
		Example: "  headwater backup --desk beirut beirut.backup && headwater desk drop beirut --yes",
		RunE: func(cmd *cobra.Command, args []string) error {
			name := args[0]
			return onDatabase(cmd, connect(), func(ctx context.Context, database string) error {
				if !isSure {
					return withConnection(ctx, database, func(conn *pgx.Conn) error { return refuseDrop(ctx, conn, name) })
				}
				if err := desk.Drop(ctx, database, name); err != nil {
					return err
				}
				_, err := fmt.Fprintf(cmd.OutOrStdout(), "the desk %s is dropped\n", name)
				return err
			})
		},
	}
	command.Flags().BoolVar(&isSure, "yes", false, "do it")
	return command
}

// refuseDrop says what would be lost with a desk.
func refuseDrop(ctx context.Context, conn *pgx.Conn, name string) error {
	found, err := desk.Named(ctx, conn, name)
	if err != nil {
		return err
	}
	sizes, err := desk.Sizes(ctx, conn)
	if err != nil {
		return err
	}
	return fmt.Errorf("nothing is dropped without --yes, which drops the desk %s: the schema of version %d, %d bytes, with everything of "+
		"the namespace %s, its history and its keys", name, found.Version, sizes[name], found.Namespace)
}

func newDeskMoveCommand(connect func() connection) *cobra.Command {
	var to string
	command := &cobra.Command{
		Use: "move NAME --to HOST:PORT", Short: "Have Citus move a desk to one of its nodes", Args: cobra.ExactArgs(1),
		Long: `Have Citus move a desk to one of its nodes, while others read and write it. At the end, writes wait for a moment. A plain
PostgreSQL has no nodes, and refuses.`,
		Example: "  headwater desk move beirut --to 10.0.0.5:5432",
		RunE: func(cmd *cobra.Command, args []string) error {
			host, port, err := net.SplitHostPort(to)
			number, portErr := strconv.ParseUint(port, 10, 16)
			if err != nil || portErr != nil || host == "" {
				return fmt.Errorf("--to is %q; expected a host and a port, such as 10.0.0.5:5432", to)
			}
			return onDatabase(cmd, connect(), func(ctx context.Context, database string) error {
				if err := desk.Move(ctx, database, args[0], host, int(number)); err != nil {
					return err
				}
				_, err := fmt.Fprintf(cmd.OutOrStdout(), "the desk %s is at %s\n", args[0], to)
				return err
			})
		},
	}
	command.Flags().StringVar(&to, "to", "", "the node, as HOST:PORT, which Citus knows by this name")
	return command
}
