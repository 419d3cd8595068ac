package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/headwater-project/headwater"
)

// addExamples are one for each resource.
var addExamples = map[headwater.Resource]string{
	headwater.ResourceSource:   `--key lock-office --kind government --name "Lock Office" --names ar="مكتب الهويس" --country Egypt`,
	headwater.ResourceRelation: `--subject lock-office --kind part_of --object water-ministry`,
	headwater.ResourceDocument: `--key flood-gates --publisher quay-courier --kind article --published 2025-03/2025-04 --text @article.txt`,
	headwater.ResourceClaim:    `--key gates-shut --statement en="All four flood gates were shut by midnight."`,
	headwater.ResourceAttribution: `--claim gates-shut --document flood-gates --stance affirms \
      --content "all four gates were shut by midnight" --chain quay-courier --chain lock-office,act=says,cue=said`,
	headwater.ResourceLink:   `--kind contradicts --from gates-shut --to gate-open --rationale "It was open at dawn."`,
	headwater.ResourceReview: `--claim gates-shut --author second-look --rating Unproven --published 2025-05-02`,
	headwater.ResourceMatch:  `--kind same_source --a lock-office --b office-of-locks --rationale "One address."`,
}

func newAddCommand(flags clientFlags) *cobra.Command {
	command := &cobra.Command{
		Use:   "add",
		Short: "Add a thing by hand: its fields as flags, or as JSON",
		Long: `Add a thing by hand, with its fields as flags. Things that it names are named by key or id. With "-", standard input has
JSON objects, one for each thing to add, as POST takes them; a flag then holds for all objects that do not have its field.`,
		Example: "  headwater add source " + addExamples[headwater.ResourceSource] + "\n" +
			"  headwater add claim " + addExamples[headwater.ResourceClaim] + "\n" +
			"  headwater add attribution - < attributions.ndjson",
	}
	for _, name := range headwater.Things() {
		command.AddCommand(newAddResourceCommand(flags, headwater.Resource(name)))
	}
	return command
}

func newAddResourceCommand(flags clientFlags, resource headwater.Resource) *cobra.Command {
	var fields bodyFields
	command := &cobra.Command{
		Use: string(resource) + " [-]", Aliases: []string{resource.Plural()}, Short: "Add a " + string(resource),
		Example: "  headwater add " + string(resource) + " " + addExamples[resource], Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			given := fields.given(cmd.LocalFlags())
			if len(args) == 0 && len(given) == 0 {
				return fmt.Errorf("nothing is said of the %s; expected its fields as flags, or - for JSON on standard input", resource)
			}
			objects := []map[string]any{given}
			if len(args) > 0 {
				if args[0] != "-" {
					return fmt.Errorf("%q is neither a flag nor -", args[0])
				}
				var err error
				if objects, err = readObjects(cmd.InOrStdin(), given); err != nil {
					return err
				}
			}
			return flags.with(cmd.Context(), func(c *client) error {
				return flags.add(cmd.Context(), cmd.OutOrStdout(), c, resource, objects)
			})
		},
	}
	fields = addBodyFlags(command, bodies[resource])
	flags.addTo(command)
	flags.addReason(command)
	return command
}

// readObjects reads JSON objects. What is given holds for those that do not say it themselves.
func readObjects(input io.Reader, given map[string]any) ([]map[string]any, error) {
	var objects []map[string]any
	for decoder := json.NewDecoder(input); ; {
		decoder.UseNumber()
		var object map[string]any
		switch err := decoder.Decode(&object); {
		case errors.Is(err, io.EOF):
			return objects, nil
		case err != nil:
			return nil, fmt.Errorf("object %d of standard input: %w", len(objects)+1, err)
		}
		for name, value := range given {
			if _, said := object[name]; !said {
				object[name] = value
			}
		}
		objects = append(objects, object)
	}
}

// add adds things, each by itself. One that is refused keeps no other from being added, so that all faults are told at once.
func (f *clientFlags) add(ctx context.Context, w io.Writer, c *client, resource headwater.Resource, objects []map[string]any) error {
	var refused []error
	for i, object := range objects {
		body, err := json.Marshal(object)
		if err != nil {
			return err
		}
		answer, err := c.send(ctx, http.MethodPost, "/v1/"+resource.Plural(), body)
		if err != nil {
			if len(objects) > 1 {
				err = fmt.Errorf("object %d: %w", i+1, err)
			}
			refused = append(refused, err)
			continue
		}
		if f.format == "json" {
			err = writeLines(w, []json.RawMessage{answer})
		} else {
			err = writeAdded(w, resource, answer)
		}
		if err != nil {
			return err
		}
	}
	return errors.Join(refused...)
}

// writeAdded says what was added, and what the service told of it.
func writeAdded(w io.Writer, resource headwater.Resource, answer []byte) error {
	var added struct {
		ID          uuid.UUID
		Key, Status string
		Mended      []headwater.Mended
		Matches     []headwater.IdentityMatch
	}
	if err := json.Unmarshal(answer, &added); err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s  %s\n", resource, added.ID, cmp.Or(added.Key, added.Status))
	for _, m := range added.Mended {
		fmt.Fprintf(&b, "  mended: the words of %s stand elsewhere in the text, and are found there\n", m.Pointer)
	}
	for _, m := range added.Matches {
		fmt.Fprintf(&b, "  perhaps the same as another: %s, %s\n    headwater accept %[3]s@%[4]d, or headwater reject %[3]s@%[4]d\n",
			withSpaces(m.Kind), headwater.Isolated(m.Rationale), m.ID, m.Version)
	}
	_, err := io.WriteString(forPeople(w), b.String())
	return err
}
