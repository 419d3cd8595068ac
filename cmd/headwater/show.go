package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/headwater-project/headwater"
)

// parseResource reads the name of a kind of thing, of one or of several.
func parseResource(text string) (headwater.Resource, error) {
	for _, name := range headwater.Things() {
		if text == name || text == headwater.Resource(name).Plural() {
			return headwater.Resource(name), nil
		}
	}
	return "", fmt.Errorf("%q is no kind of thing; expected %s", text, strings.Join(headwater.Things(), ", "))
}

// completeResources completes the first argument of a command.
func completeResources(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return headwater.Things(), cobra.ShellCompDirectiveNoFileComp
}

func newShowCommand(flags clientFlags) *cobra.Command {
	command := &cobra.Command{
		Use: "show KIND KEY|ID", Short: "Show a thing; a claim with its chains, what it is linked to, and its reviews",
		Example: "  headwater show claim gates-shut\n  headwater show document flood-gates --format json",
		Args:    cobra.ExactArgs(2), ValidArgsFunction: completeResources,
		RunE: func(cmd *cobra.Command, args []string) error {
			resource, err := parseResource(args[0])
			if err != nil {
				return err
			}
			return flags.with(cmd.Context(), func(c *client) error {
				return flags.show(cmd.Context(), cmd.OutOrStdout(), c, resource, args[1])
			})
		},
	}
	flags.addTo(command)
	return command
}

func (f *clientFlags) show(ctx context.Context, w io.Writer, c *client, resource headwater.Resource, name string) error {
	id, err := c.resolve(ctx, resource, name)
	if err != nil {
		return err
	}
	query := url.Values{}
	if resource == headwater.ResourceClaim {
		how := "report" // which says what its links bring in
		if f.format == "json" {
			how = "standing"
		}
		query.Set("include", "attributions,links,reviews,"+how)
	}
	var thing json.RawMessage
	if err := c.get(ctx, "/v1/"+resource.Plural()+"/"+id, query, &thing); err != nil {
		return err
	}
	if f.format == "json" {
		return writeLines(w, []json.RawMessage{thing})
	}
	if resource == headwater.ResourceClaim {
		return c.showClaim(ctx, forPeople(w), thing)
	}
	names, err := c.names(ctx, page{Items: []json.RawMessage{thing}})
	if err != nil {
		return err
	}
	var b strings.Builder
	if err := writeOutline(&b, "", thing, names); err != nil {
		return err
	}
	var feeds struct{ Items []struct{ Name string } }
	if err := c.get(ctx, "/v1/feeds", url.Values{"thing": {id}}, &feeds); err != nil {
		return err
	}
	for _, feed := range feeds.Items {
		fmt.Fprintf(&b, "feed: %s\n", headwater.Isolated(feed.Name))
	}
	_, err = io.WriteString(forPeople(w), b.String())
	return err
}

// readByID reads things by their ids, in whatever order, with some of their members; with all where none is named.
func readByID[T any](ctx context.Context, c *client, resource headwater.Resource, ids []string, fields string) ([]T, error) {
	var all []T
	for some := range slices.Chunk(slices.Compact(slices.Sorted(slices.Values(ids))), 200) {
		var found struct{ Items []T }
		query := url.Values{"id": {strings.Join(some, ",")}, "limit": {"200"}}
		if fields != "" {
			query.Set("fields", fields)
		}
		if err := c.get(ctx, "/v1/"+resource.Plural(), query, &found); err != nil {
			return nil, err
		}
		all = append(all, found.Items...)
	}
	return all, nil
}

func newHistoryCommand(flags clientFlags) *cobra.Command {
	command := &cobra.Command{
		Use: "history [KIND KEY|ID]", Short: "Say who changed a thing, or anything, when, and how; the newest first",
		Example: "  headwater history --limit 20\n  headwater history claim gates-shut",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 0 && len(args) != 2 {
				return errors.New("expected a kind of thing and its key or id, or neither")
			}
			return nil
		},
		ValidArgsFunction: completeResources,
		RunE: func(cmd *cobra.Command, args []string) error {
			return flags.with(cmd.Context(), func(c *client) error {
				return flags.history(cmd.Context(), cmd.OutOrStdout(), c, args)
			})
		},
	}
	flags.addTo(command)
	flags.addLimit(command, 50, "changes at most")
	return command
}

// historyColumns are those of the changes of anything; versionColumns of those of one thing.
var (
	when = column{"WHEN", func(change map[string]any, _ map[string]string) string {
		at, err := time.Parse(time.RFC3339, fmt.Sprint(change["at"]))
		if err != nil {
			return member("", "at").of(change, nil)
		}
		return at.UTC().Format(time.RFC3339)
	}}
	historyColumns = []column{when, member("WHO", "actor"), member("WHAT", "operation"), member("OF", "resource"),
		{"KEY OR ID", func(change map[string]any, names map[string]string) string {
			state, _ := change["state"].(map[string]any)
			if key, _ := state["key"].(string); key != "" {
				return headwater.VisibleLine(key)
			}
			return member("", "resource_id").of(change, names)
		}}, member("GROUP", "group"), member("WHY", "reason")}
	versionColumns = []column{{"VERSION", func(change map[string]any, _ map[string]string) string { return fmt.Sprint(change["version"]) }},
		when, member("WHO", "actor"), member("WHAT", "operation"), {"FIELDS", differingFields}, member("WHY", "reason")}
)

func differingFields(change map[string]any, _ map[string]string) string {
	differences, _ := change["differences"].([]any)
	var fields []string
	for _, difference := range differences {
		members, _ := difference.(map[string]any)
		fields = append(fields, fmt.Sprint(members["field"]))
	}
	return headwater.VisibleLine(strings.Join(fields, ", "))
}

func (f *clientFlags) history(ctx context.Context, w io.Writer, c *client, args []string) error {
	path, shown := "/v1/changes", historyColumns
	if len(args) > 0 {
		resource, err := parseResource(args[0])
		if err != nil {
			return err
		}
		id, err := c.resolve(ctx, resource, args[1])
		if err != nil {
			return err
		}
		path, shown = "/v1/"+resource.Plural()+"/"+id+"/history", versionColumns
	}
	all, _, err := c.list(ctx, path, url.Values{"order": {"desc"}}, f.limit, 100)
	if err != nil {
		return err
	}
	if f.format == "json" {
		return writeLines(w, all.Items)
	}
	return writeColumns(w, all.Items, nil, shown)
}

// paged are the things that have a screen of their own on the page.
var paged = []headwater.Resource{headwater.ResourceClaim, headwater.ResourceDocument, headwater.ResourceSource}

func newOpenCommand(flags clientFlags) *cobra.Command {
	var browser bool
	var language string
	command := &cobra.Command{
		Use: "open KIND KEY|ID", Short: "Print the address of a claim, a document or a source on the page, or open it",
		Long: `Print the address of a claim, a document or a source on the page that serve has, at --server or else where serve listens by
default. With --browser it is opened.`,
		Example: "  headwater open claim gates-shut\n  headwater open source lock-office --lang ar --browser",
		Args:    cobra.ExactArgs(2), ValidArgsFunction: completeResources,
		RunE: func(cmd *cobra.Command, args []string) error {
			resource, err := parseResource(args[0])
			if err != nil {
				return err
			}
			if !slices.Contains(paged, resource) {
				return fmt.Errorf("the page has no screen for a %s; expected claim, document or source", resource)
			}
			if err := checkOneOf("lang", language, "en", "ar"); err != nil {
				return err
			}
			return flags.with(cmd.Context(), func(c *client) error {
				id, err := c.resolve(cmd.Context(), resource, args[1])
				if err != nil {
					return err
				}
				server := flags.server
				if server == "" {
					server = "http://" + defaultAddr
				}
				address := strings.TrimSuffix(server, "/") + "/" + language + "/" + resource.Plural() + "/" + id
				if _, err := fmt.Fprintln(cmd.OutOrStdout(), address); err != nil || !browser {
					return err
				}
				opener := map[string]string{"darwin": "open"}[runtime.GOOS]
				if opener == "" {
					opener = "xdg-open"
				}
				//nolint:gosec // the address is of the flag's server and an id
				return exec.CommandContext(cmd.Context(), opener, address).Run()
			})
		},
	}
	flags.addTo(command)
	command.Flags().BoolVar(&browser, "browser", false, "open it in the browser")
	command.Flags().StringVar(&language, "lang", "en", "en or ar, the language of the page")
	completeWith(command, "lang", "en", "ar")
	return command
}
