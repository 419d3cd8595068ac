package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/headwater-project/headwater"
)

func newProposalsCommand(flags clientFlags) *cobra.Command {
	command := &cobra.Command{
		Use: "proposals", Short: "List what waits for a decision: links, attributions and matches, the surest first",
		Example: "  headwater proposals\n  headwater proposals --limit 5 --format json", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return flags.with(cmd.Context(), func(c *client) error { return flags.proposals(cmd, c) })
		},
	}
	flags.addTo(command)
	flags.addLimit(command, 20, "proposals at most")
	return command
}

func (f *clientFlags) proposals(cmd *cobra.Command, c *client) error {
	all, more, err := c.list(cmd.Context(), "/v1/proposals", url.Values{}, f.limit, 100)
	if err != nil {
		return err
	}
	if f.format == "json" {
		return writeLines(cmd.OutOrStdout(), all.Items)
	}
	if err := c.writeThings(cmd.Context(), cmd.OutOrStdout(), all, proposalColumns); err != nil {
		return err
	}
	if more {
		fmt.Fprintf(cmd.ErrOrStderr(), "there are more; --limit lists more than %d\n", f.limit)
	}
	return nil
}

// proposalColumns are those of the queue. What is proposed is said in one line, and so is why: of a reprint, the words that are
// shared and the credit.
var proposalColumns = []column{{"ID@VERSION", func(p map[string]any, _ map[string]string) string {
	return fmt.Sprintf("%v@%v", p["id"], p["version"])
}}, member("OF", "resource"), {"SURE", func(p map[string]any, _ map[string]string) string {
	thing, _ := p[fmt.Sprint(p["resource"])].(map[string]any)
	sure := thing["confidence"]
	if sure == nil {
		sure = thing["score"]
	}
	if sure == nil {
		return "–"
	}
	return fmt.Sprint(sure)
}}, {"WHAT", func(p map[string]any, names map[string]string) string {
	thing, _ := p[fmt.Sprint(p["resource"])].(map[string]any)
	text := func(name string) string { return member("", name).of(thing, names) }
	switch headwater.Resource(fmt.Sprint(p["resource"])) {
	case headwater.ResourceLink:
		return text("from") + " " + text("kind") + " " + text("to")
	case headwater.ResourceAttribution:
		return text("document") + " " + text("stance") + " " + text("claim") + ": " + chainOf(thing, names)
	}
	return text("a") + " " + withSpaces(text("kind")) + " " + text("b")
}}, {"WHY", func(p map[string]any, names map[string]string) string {
	thing, _ := p[fmt.Sprint(p["resource"])].(map[string]any)
	return member("", "rationale").of(thing, names)
}}}

func newDecideCommand(flags clientFlags, verb, short string) *cobra.Command {
	command := &cobra.Command{
		Use: verb + " ID@VERSION…", Short: short, Args: cobra.MinimumNArgs(1),
		Long: short + `, all of them or none. What waits for a decision is listed by headwater proposals, with its version:
what somebody changed since is refused. An id alone stands for whatever version there is now.`,
		Example: "  headwater " + verb + " 6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d@1 --reason \"Read again.\"",
		RunE: func(cmd *cobra.Command, args []string) error {
			verdicts := make([]verdict, len(args))
			var faults []error
			for i, arg := range args {
				id, version, err := parseIDAt(arg)
				if err != nil {
					faults = append(faults, fmt.Errorf("%q names nothing to decide; expected a UUID, and perhaps @ and a version, "+
						"as headwater proposals prints it: %w", arg, err))
				}
				verdicts[i] = verdict{ID: id.String(), Decision: verb, Version: version, Reason: flags.reason}
			}
			if faults != nil {
				return errors.Join(faults...)
			}
			return flags.with(cmd.Context(), func(c *client) error { return flags.decide(cmd.Context(), cmd.OutOrStdout(), c, verdicts) })
		},
	}
	flags.addTo(command)
	flags.addReason(command)
	return command
}

// verdict is a decision, as the service takes it.
type verdict struct {
	Resource headwater.Resource `json:"resource"`
	ID       string             `json:"id"`
	Decision string             `json:"decision"`
	Version  int                `json:"version"`
	Reason   string             `json:"reason,omitempty"`
}

// decide decides links, attributions and matches, whichever of these the ids are.
func (f *clientFlags) decide(ctx context.Context, w io.Writer, c *client, verdicts []verdict) error {
	if err := c.complete(ctx, verdicts); err != nil {
		return err
	}
	body, err := json.Marshal(map[string]any{"mode": "all", "items": verdicts})
	if err != nil {
		return err
	}
	// the reason stands in each decision
	answer, err := (&client{by: c.by}).send(ctx, http.MethodPost, "/v1/decisions", body)
	if err != nil {
		return err
	}
	return f.writeDecided(w, verdicts, answer)
}

// complete says of each verdict what it decides and, where none was named, the version that there is.
func (c *client) complete(ctx context.Context, verdicts []verdict) error {
	var ids []string
	for _, v := range verdicts {
		ids = append(ids, v.ID)
	}
	for _, resource := range []headwater.Resource{headwater.ResourceLink, headwater.ResourceAttribution, headwater.ResourceMatch} {
		things, err := readByID[struct {
			ID      string
			Version int
		}](ctx, c, resource, ids, "")
		if err != nil {
			return err
		}
		versions := map[string]int{}
		for _, thing := range things {
			versions[thing.ID] = thing.Version
		}
		for i, v := range verdicts {
			if version, found := versions[v.ID]; found {
				verdicts[i].Resource, verdicts[i].Version = resource, cmp.Or(v.Version, version)
			}
		}
	}
	var unknown []error
	for _, v := range verdicts {
		if v.Resource == "" {
			unknown = append(unknown, fmt.Errorf("%s is no link, attribution or match that is stored; "+
				"headwater suggest --keep stores what it finds", v.ID))
		}
	}
	return errors.Join(unknown...)
}

func (f *clientFlags) writeDecided(w io.Writer, verdicts []verdict, answer []byte) error {
	var outcomes struct {
		Done  bool
		Items []struct {
			ID                       uuid.UUID
			Done                     bool
			Status, Code, Detail, By string
		}
	}
	if err := json.Unmarshal(answer, &outcomes); err != nil {
		return err
	}
	var refused []error
	var text strings.Builder
	for i, o := range outcomes.Items {
		if o.Code != "" {
			why := cmp.Or(o.Detail, o.Code)
			if o.By != "" {
				why += "; " + headwater.VisibleLine(o.By) + " changed it last"
			}
			refused = append(refused, fmt.Errorf("%s %s: %s", verdicts[i].Resource, o.ID, why))
		} else if outcomes.Done {
			fmt.Fprintf(&text, "%s  %s: %s\n", verdicts[i].Resource, o.ID, o.Status)
		}
	}
	if !outcomes.Done {
		return fmt.Errorf("nothing was decided\n%w", errors.Join(refused...))
	}
	if f.format == "json" {
		return writeLines(w, []json.RawMessage{answer})
	}
	_, err := io.WriteString(w, text.String())
	return err
}
