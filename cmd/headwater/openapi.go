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
			v31, v30, err := api.OpenAPIDocuments()
			if err != nil {
				return err
			}
			documents := map[string][]byte{"3.1": v31, "3.0": v30}
			document, known := documents[version]
			if !known {
				return fmt.Errorf("--spec is %q; expected 3.1 or 3.0", version)
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
