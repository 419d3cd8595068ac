package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/headwater-project/headwater"
)

func newWebhooksCommand(flags clientFlags) *cobra.Command {
	command := &cobra.Command{
		Use: "webhooks", Short: "List and manage webhooks, which the service sends what happens to",
		Long: `List and manage webhooks: addresses that a running service sends each change to, or each time that a claim comes to stand
otherwise. Over a database, the key that makes their secrets is that of the service: --webhook-key, or webhook.key in the folder of the
private database. With --server, HEADWATER_KEY needs the scope admin.`,
		Example: `  headwater webhooks list
  headwater webhooks add https://desk.example/headwater --kind standing`,
		Args: cobra.NoArgs,
	}
	command.AddCommand(newWebhookListCommand(flags), newWebhookAddCommand(flags), newWebhookEnableCommand(flags),
		newWebhookStepCommand(flags, "rotate", "Give a webhook another secret, which is shown once; the one before counts for a day",
			http.MethodPost, "/rotate"),
		newWebhookStepCommand(flags, "disable", "Deliver nothing more to a webhook until it is enabled", http.MethodPost, "/disable"),
		newWebhookTestCommand(flags),
		newWebhookStepCommand(flags, "remove", "End a webhook for good", http.MethodDelete, ""))
	return command
}

// addWebhookFlags adds what all commands on webhooks take.
func (f *clientFlags) addWebhookFlags(command *cobra.Command) {
	f.addTo(command)
	f.webhooks, f.webhookFlags = &webhookOptions{}, pflag.NewFlagSet("webhooks", pflag.ContinueOnError)
	f.webhooks.addFlags(f.webhookFlags)
	command.Flags().AddFlagSet(f.webhookFlags)
}

func newWebhookListCommand(flags clientFlags) *cobra.Command {
	command := &cobra.Command{
		Use: "list", Short: "List webhooks: how far each has come, and whether it fails or is disabled",
		Example: "  headwater webhooks list\n  headwater webhooks list --format json", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return flags.with(cmd.Context(), func(c *client) error {
				all, _, err := c.list(cmd.Context(), "/v1/webhooks", url.Values{}, 1_000, 1_000)
				if err != nil {
					return err
				}
				return flags.writeWebhooks(cmd.OutOrStdout(), all.Items)
			})
		},
	}
	flags.addWebhookFlags(command)
	return command
}

func newWebhookAddCommand(flags clientFlags) *cobra.Command {
	var fields headwater.WebhookFields
	var after int64
	command := &cobra.Command{
		Use: "add URL", Short: "Make a webhook and print it with its secret, which is shown this once",
		Example: `  headwater webhooks add https://desk.example/headwater --kind standing --note "tells the news desk"
  headwater webhooks add https://desk.example/all --kind change --after 0`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			fields.URL = args[0]
			if err := checkOneOf("kind", string(fields.Kind), fields.Kind.Values()...); err != nil {
				return err
			}
			body, err := json.Marshal(fields)
			if err != nil {
				return err
			}
			return flags.changeWebhook(cmd, http.MethodPost, "", afterQuery(cmd, after), body)
		},
	}
	flags.addWebhookFlags(command)
	command.Flags().StringVar((*string)(&fields.Kind), "kind", "",
		"what is delivered: change, or standing where a claim comes to stand otherwise")
	completeWith(command, "kind", fields.Kind.Values()...)
	command.Flags().StringVar(&fields.Note, "note", "", "what it is for")
	addAfter(command, &after, "what comes next")
	return command
}

func newWebhookEnableCommand(flags clientFlags) *cobra.Command {
	var after int64
	command := &cobra.Command{
		Use: "enable ID", Short: "Deliver at once to a webhook that was disabled or waits, from where it was or after another place",
		Example: "  headwater webhooks enable 0199f3a2-7c1e-7d3a-9f00-1b2c3d4e5f60 --after 1042", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := webhookID(args[0])
			if err != nil {
				return err
			}
			return flags.changeWebhook(cmd, http.MethodPost, "/"+id+"/enable", afterQuery(cmd, after), nil)
		},
	}
	flags.addWebhookFlags(command)
	addAfter(command, &after, "where it was")
	return command
}

// newWebhookStepCommand makes a command that does one thing with a webhook, by a request to a path below it.
func newWebhookStepCommand(flags clientFlags, verb, short, method, path string) *cobra.Command {
	command := &cobra.Command{
		Use: verb + " ID", Short: short, Args: cobra.ExactArgs(1),
		Example: "  headwater webhooks " + verb + " 0199f3a2-7c1e-7d3a-9f00-1b2c3d4e5f60",
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := webhookID(args[0])
			if err != nil {
				return err
			}
			return flags.changeWebhook(cmd, method, "/"+id+path, "", nil)
		},
	}
	flags.addWebhookFlags(command)
	return command
}

func newWebhookTestCommand(flags clientFlags) *cobra.Command {
	command := &cobra.Command{
		Use: "test ID", Short: "Send a message to a webhook now, to try it; the exit status is 1 where it is not accepted",
		Example: "  headwater webhooks test 0199f3a2-7c1e-7d3a-9f00-1b2c3d4e5f60", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := webhookID(args[0])
			if err != nil {
				return err
			}
			return flags.with(cmd.Context(), func(c *client) error {
				answer, err := c.send(cmd.Context(), http.MethodPost, "/v1/webhooks/"+id+"/test", nil)
				if err != nil {
					return err
				}
				var tested headwater.WebhookTest
				if err := json.Unmarshal(answer, &tested); err != nil {
					return err
				}
				return flags.writeWebhookTest(cmd.OutOrStdout(), answer, tested)
			})
		},
	}
	flags.addWebhookFlags(command)
	return command
}

func (f *clientFlags) writeWebhookTest(w io.Writer, answer json.RawMessage, tested headwater.WebhookTest) (err error) {
	if f.format == "json" {
		err = writeLines(w, []json.RawMessage{answer})
	} else if tested.Accepted {
		_, err = fmt.Fprintf(w, "accepted with %d after %d ms\n", tested.Status, tested.Milliseconds)
	}
	if err == nil && !tested.Accepted {
		err = fmt.Errorf("it was not accepted after %d ms: %s", tested.Milliseconds, tested.Failure)
	}
	return err
}

func addAfter(command *cobra.Command, after *int64, usually string) {
	command.Flags().Int64Var(after, "after", 0, "the place (seq) after which to begin; 0 is the beginning. Without it, with "+usually)
}

// afterQuery is the query that says where to begin, where somebody says so.
func afterQuery(cmd *cobra.Command, after int64) string {
	if !cmd.Flags().Changed("after") {
		return ""
	}
	return "?after=" + strconv.FormatInt(after, 10)
}

func webhookID(text string) (string, error) {
	id, err := headwater.ParseID(text)
	if err != nil {
		return "", fmt.Errorf("%q is no webhook; expected a UUID, as headwater webhooks list prints it", text)
	}
	return id.String(), nil
}

// changeWebhook sends a request about webhooks and writes the answer, which has a secret where one was made.
func (f *clientFlags) changeWebhook(cmd *cobra.Command, method, path, query string, body []byte) error {
	return f.with(cmd.Context(), func(c *client) error {
		answer, err := c.send(cmd.Context(), method, "/v1/webhooks"+path+query, body)
		if err != nil || len(answer) == 0 {
			return err
		}
		var made headwater.MadeWebhook
		if err := json.Unmarshal(answer, &made); err != nil {
			return err
		}
		if err := f.writeWebhooks(cmd.OutOrStdout(), []json.RawMessage{answer}); err != nil || f.format == "json" || made.Secret == "" {
			return err
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "secret, shown this once: %s\n", made.Secret)
		return err
	})
}

func (f *clientFlags) writeWebhooks(w io.Writer, webhooks []json.RawMessage) error {
	if f.format == "json" {
		return writeLines(w, webhooks)
	}
	return writeColumns(w, webhooks, nil, webhookColumns)
}

// webhookColumns are those of the table. How it is comes in one word, or with why.
var webhookColumns = []column{identifier, member("KIND", "kind"), {"AFTER", func(w map[string]any, _ map[string]string) string {
	after, _ := w["after"].(float64)
	return strconv.FormatInt(int64(after), 10)
}}, {"STATE", func(w map[string]any, _ map[string]string) string {
	text := func(name string) string { value, _ := w[name].(string); return headwater.VisibleLine(value) }
	switch {
	case text("disabled_at") != "":
		return "disabled: " + text("disabled_because")
	case text("failing_since") != "":
		return "failing since " + text("failing_since") + ": " + text("last_failure")
	}
	return "delivered to"
}}, member("URL", "url")}
