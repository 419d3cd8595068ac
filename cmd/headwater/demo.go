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
	"github.com/headwater-project/headwater/events"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/local"
	"github.com/headwater-project/headwater/testdata"
	"github.com/headwater-project/headwater/web"
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
				webhooks, stopFollowing, err := followOptions{}.followChanges(cmd.Context(), c, st)
				if err != nil {
					return err
				}
				defer stopFollowing()
				return demo(cmd, st, webhooks, addr, once)
			})
		},
	}
	command.Flags().BoolVar(&once, "once", false, "stop after showing the claim")
	addAddrFlag(command, &addr)
	return command
}

func demo(cmd *cobra.Command, s *store.Store, webhooks *events.Webhooks, addr string, once bool) error {
	ctx, out := cmd.Context(), cmd.OutOrStdout()
	result, err := s.Import(ctx, authorship("demo"), bundle.NewReader(bytes.NewReader(testdata.Demo)),
		store.ImportOptions{})
	if err != nil {
		return err
	}
	if err := printCounts(out, "the demo bundle", result); err != nil {
		return err
	}
	show := clientFlags{format: "text"}
	if err := show.show(ctx, out, newLocalClient(s, "", nil), headwater.ResourceClaim, headline); err != nil {
		return err
	}
	options := reportOptions{claims: []string{headline}, format: "text"}
	if err := options.reportOnStored(cmd, s, renderReport(writeReportText)); err != nil || once {
		return err
	}
	return serveDemo(ctx, out, s, webhooks, addr)
}

func serveDemo(ctx context.Context, out io.Writer, s *store.Store, webhooks *events.Webhooks, addr string) error {
	claims, err := s.ResolveClaims(ctx, "/claim", []string{headline})
	if err != nil {
		return fmt.Errorf("the story's headline claim: %w", err)
	}
	listener, err := listen(ctx, addr)
	if err != nil {
		return err
	}
	defer listener.Close()
	now := time.Now()
	tomorrow := now.Add(24 * time.Hour)
	made, err := s.CreateKey(ctx, authorship("demo"), headwater.APIKeyFields{
		Name:      "demo " + now.UTC().Format(time.RFC3339),
		Scopes:    []headwater.Scope{headwater.ScopeWrite, headwater.ScopeReview},
		ExpiresAt: &tomorrow,
	})
	if err != nil {
		return err
	}
	url := "http://" + listener.Addr().String()
	if _, err := fmt.Fprintf(out, demoInvitation, url, made.Token, claims[0]); err != nil {
		return err
	}
	slog.Info("serving", "url", url)
	options := api.Options{PublicRead: true, Loopback: isLoopback(addr), Limits: api.DefaultLimits, Assistant: forAssistants,
		Page: web.Register, Webhooks: webhooks}
	return serve(ctx, listener, api.New(s, options))
}

const demoInvitation = `
Serving until interrupted:

  the page, at that claim     %[1]s/en/claims/%[3]s
  in Arabic                   %[1]s/ar/claims/%[3]s
  the API                     %[1]s
  documentation to try it in  %[1]s/docs

Or:

  curl '%[1]s/v1/claims?q=killed'
  curl '%[1]s/v1/claims?include=standing'
  curl '%[1]s/v1/sources?kind=government'

Everybody on this machine may read. To write, for a day:

  -H 'Authorization: Bearer %[2]s'
`
