package main

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/headwater-project/headwater/api"
)

func newOpenAPICommand() *cobra.Command {
	var version string
	command := &cobra.Command{
		Use:   "openapi",
		Short: "Print the OpenAPI document that the service serves",
		Example: `  headwater openapi
  headwater openapi --spec 3.0`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			made, known := map[string]func() ([]byte, error){"3.1": api.OpenAPIDocument, "3.0": api.OpenAPIDocument30}[version]
			if !known {
				return fmt.Errorf("--spec is %q; expected 3.1 or 3.0", version)
			}
			document, err := made()
			if err != nil {
				return err
			}
			var indented bytes.Buffer
			if err := json.Indent(&indented, document, "", " "); err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), indented.String())
			return err
		},
	}
	command.Flags().StringVar(&version, "spec", "3.1", "version of the OpenAPI specification: 3.1 or 3.0")
	return command
}
