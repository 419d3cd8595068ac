package main

import (
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/api"
	"github.com/headwater-project/headwater/store"
)

// settings are the options of all commands: each from its flag, else from its environment variable, else the default.
type settings struct {
	dataDir     string
	databaseURL string
	namespace   string
	pooler      string
	desk        string
	logLevel    string
	logFormat   string
}

func newRootCommand(getenv func(string) string) *cobra.Command {
	var s settings
	root := &cobra.Command{
		Use:   "headwater",
		Short: "Claims, the chains of who told whom, and what speaks for and against them",
		Long: `Headwater keeps every claim together with the chain of who told whom that carried it.

Without a database address it runs a private PostgreSQL in a data directory.`,
		Example: `  headwater demo
  headwater import articles.ndjson
  headwater serve --addr 127.0.0.1:8080
  DATABASE_URL=postgres://headwater@db.example/headwater headwater migrate up`,
		SilenceUsage:  true,
		SilenceErrors: true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			logger, err := newLogger(cmd.ErrOrStderr(), cmp.Or(s.logLevel, usualLogLevel(cmd)), s.logFormat)
			if err == nil {
				slog.SetDefault(logger)
			}
			return err
		},
	}
	flags := root.PersistentFlags()
	flags.StringVar(&s.dataDir, "data-dir", getenv("HEADWATER_DATA_DIR"),
		"folder of the private PostgreSQL (HEADWATER_DATA_DIR; by default headwater in your data folder)")
	flags.StringVar(&s.databaseURL, "database-url", "", "address of a PostgreSQL database to use instead of the private one (DATABASE_URL)")
	flags.StringVar(&s.pooler, "pooler", getenv("HEADWATER_POOLER"),
		"what kind of pooler, such as PgBouncer, stands before the database: transaction (HEADWATER_POOLER; none)")
	flags.StringVar(&s.desk, "desk", getenv("HEADWATER_DESK"),
		"the desk that is meant, of those that headwater desk made in the database or that the service at --server has (HEADWATER_DESK)")
	flags.StringVar(&s.namespace, "namespace", cmp.Or(getenv("HEADWATER_NAMESPACE"), store.DefaultNamespace),
		"namespace of the keys that are given through the API (HEADWATER_NAMESPACE)")
	flags.StringVar(&s.logLevel, "log-level", getenv("HEADWATER_LOG_LEVEL"),
		"debug, info, warn or error (HEADWATER_LOG_LEVEL; info for what serves or looks after a database, warn for other commands)")
	flags.StringVar(&s.logFormat, "log-format", cmp.Or(getenv("HEADWATER_LOG_FORMAT"), "text"), "text or json (HEADWATER_LOG_FORMAT)")
	// The address may hold a password: as the default of a flag, --help would print it.
	database := func() string { return cmp.Or(s.databaseURL, getenv("DATABASE_URL")) }
	connect := func() connection {
		return connection{address: database(), dataDir: s.dataDir, namespace: s.namespace, namesSpace: flags.Changed("namespace"),
			pooler: s.pooler, desk: s.desk}
	}
	client := clientFlags{getenv: getenv, connect: connect}
	root.AddCommand(
		newSearchCommand(client),
		newShowCommand(client),
		newListCommand(client),
		newAddCommand(client),
		newProposalsCommand(client),
		newDecideCommand(client, "accept", "Accept proposed links, attributions and matches"),
		newDecideCommand(client, "reject", "Reject proposed links, attributions and matches"),
		newDecideCommand(client, "reopen", "Propose links, attributions and matches again that were decided"),
		newHistoryCommand(client),
		newOpenCommand(client),
		newDemoCommand(&s, getenv),
		newServeCommand(connect, getenv),
		newMigrateCommand(connect),
		newDeskCommand(connect),
		newReindexCommand(connect),
		newSequenceCommand(connect),
		newStandingsCommand(connect),
		newVerifyCommand(connect),
		newBackupCommand(connect),
		newRestoreCommand(connect),
		newImportCommand(connect),
		newExportCommand(connect),
		newReportCommand(connect),
		newSuggestCommand(connect),
		newMatchesCommand(connect),
		newWebhooksCommand(client),
		newImportsCommand(connect),
		newFeedsCommand(connect),
		newUndoCommand(connect),
		newKeyCommand(connect),
		newMCPCommand(connect, getenv),
		newOpenAPICommand(),
		newVersionCommand(),
	)
	return root
}

// usualLogLevel is what a command logs at least unless it is told otherwise. Who watches a service, or looks after a database, wants to
// know how it gets on; who works with what is stored wants the answer, and what went wrong.
func usualLogLevel(cmd *cobra.Command) string {
	switch path := strings.Fields(cmd.CommandPath()); path[min(1, len(path)-1)] {
	case "serve", "demo", "mcp", "migrate", "desk", "reindex", "sequence", "standings":
		return "info"
	}
	return "warn"
}

func newLogger(w io.Writer, level, format string) (*slog.Logger, error) {
	var least slog.Level
	if err := least.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("--log-level is %q; expected debug, info, warn or error", level)
	}
	options := &slog.HandlerOptions{Level: least, ReplaceAttr: visibleAttr}
	switch strings.ToLower(format) {
	case "text":
		return slog.New(api.LogHandler{Handler: slog.NewTextHandler(w, options)}), nil
	case "json":
		return slog.New(api.LogHandler{Handler: slog.NewJSONHandler(w, options)}), nil
	}
	return nil, fmt.Errorf("--log-format is %q; expected text or json", format)
}

// visibleAttr keeps what others wrote, a name in an error for example, from steering the terminal that a log is read in.
func visibleAttr(_ []string, attr slog.Attr) slog.Attr {
	switch value := attr.Value.Any().(type) {
	case string:
		attr.Value = slog.StringValue(headwater.Visible(value))
	case error:
		attr.Value = slog.StringValue(headwater.Visible(value.Error()))
	}
	return attr
}

func newVersionCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Example: "  headwater version",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), "headwater", version())
			return err
		},
	}
}

// version returns the version of the release, with the commit that it was built from where the build knows it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return headwater.Version
	}
	built := map[string]string{}
	for _, setting := range info.Settings {
		built[setting.Key] = setting.Value
	}
	commit := built["vcs.revision"]
	switch {
	case commit == "":
		return headwater.Version
	case built["vcs.modified"] == "true":
		return headwater.Version + " (commit " + commit + ", with changes)"
	}
	return headwater.Version + " (commit " + commit + ")"
}
