package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/api"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/local"
	"github.com/headwater-project/headwater/testdata"
)

// headline is the key of the claim that the demo shows.
const headline = "harbour-blast-toll"

func newDemoCommand(s *settings, getenv func(string) string) *cobra.Command {
	var once bool
	var addr string
	command := &cobra.Command{
		Use:   "demo",
		Short: "Import an invented story, show one of its claims, and serve it",
		Long: `Import an invented story into a private PostgreSQL of its own, show one of its claims with its chains, and serve the
story until interrupted. It never touches another database: DATABASE_URL is not looked at, and its data directory is
not the default one but headwater-demo beside it.`,
		Example: `  headwater demo
  headwater demo --once --data-dir ./demo-data`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := fromEnvironment(cmd.LocalFlags(), getenv); err != nil {
				return err
			}
			if s.databaseURL != "" {
				return fmt.Errorf("--database-url does not go with demo, which uses a private database; try: headwater import")
			}
			dataDir := s.dataDir
			if dataDir == "" {
				dir, err := local.DefaultDataDir()
				if err != nil {
					return err
				}
				dataDir = dir + "-demo"
			}
			c := connection{dataDir: dataDir, namespace: s.namespace}
			return c.withOptions(cmd.Context(), servedStore, func(st *store.Store) error {
				stopLog, err := logKeyOptions{}.keepLog(cmd.Context(), c, st)
				if err != nil {
					return err
				}
				defer stopLog()
				return demo(cmd, st, addr, once)
			})
		},
	}
	command.Flags().BoolVar(&once, "once", false, "stop after showing the claim")
	addAddrFlag(command, &addr)
	return command
}

func demo(cmd *cobra.Command, s *store.Store, addr string, once bool) error {
	ctx, out := cmd.Context(), cmd.OutOrStdout()
	result, err := s.Import(ctx, authorship("demo"), bundle.NewReader(bytes.NewReader(testdata.Demo)),
		store.ImportOptions{})
	if err != nil {
		return err
	}
	if err := printCounts(out, "the demo bundle", result); err != nil {
		return err
	}
	if err := showHeadline(ctx, out, s); err != nil {
		return err
	}
	options := reportOptions{claims: []string{headline}}
	if err := options.reportOnStored(cmd, s, renderReport(writeReportText)); err != nil || once {
		return err
	}
	return serveDemo(ctx, out, s, addr)
}

func serveDemo(ctx context.Context, out io.Writer, s *store.Store, addr string) error {
	listener, err := listen(ctx, addr)
	if err != nil {
		return err
	}
	defer listener.Close()
	now := time.Now()
	tomorrow := now.Add(24 * time.Hour)
	made, err := s.CreateKey(ctx, store.Authorship{Actor: actor(), Reason: "demo"}, headwater.APIKeyFields{
		Name:      "demo " + now.UTC().Format(time.RFC3339Nano),
		Scopes:    []headwater.Scope{headwater.ScopeWrite, headwater.ScopeReview},
		ExpiresAt: &tomorrow,
	})
	if err != nil {
		return err
	}
	url := "http://" + listener.Addr().String()
	if _, err := fmt.Fprintf(out, demoInvitation, url, made.Token); err != nil {
		return err
	}
	slog.Info("serving", "url", url)
	options := api.Options{PublicRead: true, Loopback: isLoopback(addr), Limits: api.DefaultLimits, Assistant: forAssistants}
	return serve(ctx, listener, api.New(s, options))
}

const demoInvitation = `
Serving until interrupted:

  the API                     %[1]s
  documentation to try it in  %[1]s/docs

Or:

  curl '%[1]s/v1/claims?q=killed'
  curl '%[1]s/v1/claims?include=standing'
  curl '%[1]s/v1/sources?kind=government'

Everybody on this machine may read. To write, for a day:

  -H 'Authorization: Bearer %[2]s'
`
