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
			logger, err := newLogger(cmd.ErrOrStderr(), s.logLevel, s.logFormat)
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
	flags.StringVar(&s.namespace, "namespace", cmp.Or(getenv("HEADWATER_NAMESPACE"), store.DefaultNamespace),
		"namespace of the keys that are given through the API (HEADWATER_NAMESPACE)")
	flags.StringVar(&s.logLevel, "log-level", cmp.Or(getenv("HEADWATER_LOG_LEVEL"), "info"),
		"debug, info, warn or error (HEADWATER_LOG_LEVEL)")
	flags.StringVar(&s.logFormat, "log-format", cmp.Or(getenv("HEADWATER_LOG_FORMAT"), "text"), "text or json (HEADWATER_LOG_FORMAT)")
	// The address may hold a password: as the default of a flag, --help would print it.
	database := func() string { return cmp.Or(s.databaseURL, getenv("DATABASE_URL")) }
	connect := func() connection {
		return connection{address: database(), dataDir: s.dataDir, namespace: s.namespace, pooler: s.pooler}
	}
	root.AddCommand(
		newDemoCommand(&s, getenv),
		newServeCommand(connect, getenv),
		newMigrateCommand(connect),
		newReindexCommand(connect),
		newSequenceCommand(connect),
		newVerifyCommand(connect),
		newImportCommand(connect),
		newExportCommand(connect),
		newReportCommand(connect),
		newSuggestCommand(connect),
		newMatchesCommand(connect),
		newKeyCommand(connect),
		newMCPCommand(connect, getenv),
		newOpenAPICommand(),
		newVersionCommand(),
	)
	return root
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

// version returns the module's version and the commit that it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	version := info.Main.Version
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			version += " " + setting.Value
		}
	}
	return version
}
