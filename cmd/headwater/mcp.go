package main

import (
	"net/http"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/spf13/cobra"

	"github.com/headwater-project/headwater/api"
	"github.com/headwater-project/headwater/assistant"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/transport"
)

func newMCPCommand(connect func() connection, getenv func(string) string) *cobra.Command {
	var server string
	command := &cobra.Command{
		Use:   "mcp",
		Short: "Let an assistant read and propose, by the Model Context Protocol",
		Long: `Let an assistant read and propose, by the Model Context Protocol on standard input and output, from the database or
with --server from a running service. What it proposes counts for nothing until a person accepts it; it can edit, merge, withdraw
and decide nothing.

Once there are keys, HEADWATER_KEY must have one: with the scope read to read, with write to propose. A running service takes the
same at /mcp.`,
		Example: `  headwater mcp
  HEADWATER_KEY=hw_… headwater mcp --server https://headwater.example`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			document, err := api.OpenAPIDocument()
			if err != nil {
				return err
			}
			a, err := assistant.New(document, version())
			if err != nil {
				return err
			}
			ctx, key := cmd.Context(), getenv("HEADWATER_KEY")
			if server != "" {
				send, err := connect().remote(server, key)
				if err != nil {
					return err
				}
				return a.Serve(ctx, &mcp.StdioTransport{}, send)
			}
			return connect().withOptions(ctx, servedStore, func(s *store.Store) error {
				return a.Serve(ctx, &mcp.StdioTransport{}, transport.Local(api.New(s, api.Options{Limits: api.DefaultLimits}), key))
			})
		},
	}
	command.Flags().StringVar(&server, "server", getenv("HEADWATER_SERVER"),
		"address of a running service to use instead of a database (HEADWATER_SERVER)")
	return command
}

// forAssistants makes what answers assistants at a service, from its OpenAPI document.
func forAssistants(service http.Handler, document []byte) (http.Handler, error) {
	a, err := assistant.New(document, version())
	if err != nil {
		return nil, err
	}
	return a.Handler(service), nil
}
