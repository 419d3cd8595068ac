package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
)

// filter is one of the filters of a list, as the API has it.
type filter struct {
	name, says string
	values     []string
	of         headwater.Resource // that it names one of, by key or id
}

var (
	kindOf = func(values []string) filter {
		return filter{name: "kind", says: "only those of a kind", values: values}
	}
	sortBy = func(values ...string) filter {
		return filter{name: "sort", says: "order; a dash before it reverses it", values: values}
	}
	decided  = filter{name: "status", says: "only those with this status", values: headwater.Decision("").Values()}
	recorded = filter{name: "status", says: "only those with this status", values: headwater.RecordStatus("").Values()}
	entity   = filter{name: "status", says: "only those with this status", values: headwater.EntityStatus("").Values()}
	byKey    = filter{name: "key", says: "only the one with this key"}
	byFeed   = filter{name: "feed", says: "only those that this feed says now"}
	byClaim  = filter{name: "claim", says: "only those about this claim", of: headwater.ResourceClaim}
	bySource = filter{name: "source", says: "only those that have this source", of: headwater.ResourceSource}
	byPaper  = filter{name: "publisher", says: "only what this source published", of: headwater.ResourceSource}
	fromDay  = filter{name: "from", says: "only from this EDTF day on"}
	toDay    = filter{name: "to", says: "only up to this EDTF day"}
	byTongue = filter{name: "language", says: "only those in this language, a BCP 47 tag"}
	stance   = filter{name: "stance", says: "only those with this stance", values: headwater.Stance("").Values()}
)

// filters are those of each list.
var filters = map[headwater.Resource][]filter{
	headwater.ResourceSource: {byKey, byFeed, entity, kindOf(headwater.SourceKind("").Values()),
		{name: "country", says: "only those of a country, by its ISO 3166-1 code"},
		{name: "domain", says: "only the one that publishes under this host"},
		{name: "external-id", says: "SCHEME:VALUE of an identifier elsewhere"},
		sortBy("created_at", "-created_at", "name", "-name")},
	headwater.ResourceRelation: {byKey, byFeed, recorded, bySource, kindOf(headwater.RelationKind("").Values()),
		sortBy("created_at", "-created_at")},
	headwater.ResourceDocument: {byKey, byFeed, recorded, byPaper, kindOf(headwater.DocumentKind("").Values()), byTongue, fromDay,
		toDay,
		{name: "q", says: "only those with these words in the title or the text"},
		{name: "url", says: "only the one at this address"},
		{name: "derived-from", says: "only reprints of this document", of: headwater.ResourceDocument},
		sortBy("created_at", "-created_at", "published", "-published")},
	headwater.ResourceClaim: {byKey, byFeed, entity, {name: "standing", says: "only those that stand so",
		values: provenance.Standing("").Values()},
		{name: "min-width", says: "only those whose interval of independent origins is at least so wide"},
		{name: "width-below", says: "only those whose interval is narrower than this; 1 for one number"},
		{name: "topic", says: "only those about a topic"}, {name: "place", says: "only those about what happened there"},
		byTongue, bySource, byPaper,
		{name: "origin", says: "only those that come from this source", of: headwater.ResourceSource}, stance, fromDay, toDay,
		{name: "proposals", says: "true for only those with a proposal that waits", values: []string{"true", "false"}},
		sortBy("created_at", "-created_at", "standing", "-standing", "-width", "-contested", "-appeared")},
	headwater.ResourceAttribution: {byKey, byFeed, decided, byClaim,
		{name: "document", says: "only those in this document", of: headwater.ResourceDocument},
		stance, sortBy("created_at", "-created_at")},
	headwater.ResourceLink: {byKey, byFeed, decided, byClaim, kindOf(headwater.LinkKind("").Values()),
		{name: "degree", says: "only contradictions of this degree", values: headwater.Degree("").Values()},
		sortBy("created_at", "-created_at")},
	headwater.ResourceReview: {byKey, byFeed, recorded, byClaim,
		{name: "author", says: "only those of this source", of: headwater.ResourceSource},
		sortBy("created_at", "-created_at")},
	headwater.ResourceMatch: {byKey, byFeed, decided, kindOf(headwater.MatchKind("").Values()), sortBy("created_at", "-created_at")},
}

// column is a column of a table of things.
type column struct {
	title string
	of    func(thing map[string]any, names map[string]string) string
}

// member is the column of a member of a thing, with the name of what it names.
func member(title, name string) column {
	return column{title, func(thing map[string]any, names map[string]string) string {
		text, _ := thing[name].(string)
		return cmp.Or(names[text], headwater.VisibleLine(text), "–")
	}}
}

// called is the column of what a thing is named by in other commands.
var called = column{"KEY OR ID", func(thing map[string]any, _ map[string]string) string {
	key, _ := thing["key"].(string)
	id, _ := thing["id"].(string)
	return cmp.Or(headwater.VisibleLine(key), id)
}}

var identifier = member("ID", "id")

// columns are those of each table. What may be long, and of any script, comes last.
var columns = map[headwater.Resource][]column{
	headwater.ResourceSource: {called, member("KIND", "kind"), member("COUNTRY", "country"), member("GRADE", "reliability"),
		{"NAME", func(thing map[string]any, _ map[string]string) string {
			name, _ := thing["name"].(string)
			return nameOf(name, textsOf(thing["names"]))
		}}},
	headwater.ResourceRelation: {identifier, member("SUBJECT", "subject"), member("KIND", "kind"), member("OBJECT", "object")},
	headwater.ResourceDocument: {called, member("KIND", "kind"), {"PUBLISHED", publishedOf}, member("PUBLISHER", "publisher"),
		member("TITLE", "title")},
	headwater.ResourceClaim: {called, {"STANDING", func(thing map[string]any, _ map[string]string) string {
		standing, _ := thing["standing"].(map[string]any)
		word, _ := standing["standing"].(string)
		return cmp.Or(withSpaces(word), "–")
	}}, {"STATEMENT", func(thing map[string]any, _ map[string]string) string { return bilingual(textsOf(thing["statement"])) }}},
	headwater.ResourceAttribution: {identifier, member("STATUS", "status"), member("STANCE", "stance"), member("CLAIM", "claim"),
		member("DOCUMENT", "document"), {"CHAIN", chainOf}},
	headwater.ResourceLink: {identifier, member("STATUS", "status"), member("KIND", "kind"), member("FROM", "from"), member("TO", "to")},
	headwater.ResourceReview: {identifier, member("STATUS", "status"), member("CLAIM", "claim"), member("AUTHOR", "author"),
		{"VERDICT", func(thing map[string]any, _ map[string]string) string {
			rating, _ := thing["rating"].(map[string]any)
			label, _ := rating["label"].(string)
			return headwater.Isolated(label)
		}}},
	headwater.ResourceMatch: {identifier, member("STATUS", "status"), member("KIND", "kind"), member("A", "a"), member("B", "b")},
}

func textsOf(value any) headwater.Texts {
	texts := headwater.Texts{}
	members, _ := value.(map[string]any)
	for tag, text := range members {
		texts[tag], _ = text.(string)
	}
	return texts
}

// chainOf is a chain in one line, the publisher first.
func chainOf(thing map[string]any, names map[string]string) string {
	hops, _ := thing["chain"].([]any)
	walk := make([]string, len(hops))
	for i, hop := range hops {
		members, _ := hop.(map[string]any)
		source, _ := members["source"].(string)
		walk[i] = cmp.Or(names[source], source)
	}
	return strings.Join(walk, " → ")
}

// publishedOf is when a document was published: a day, or the two between which that was.
func publishedOf(thing map[string]any, _ map[string]string) string {
	published, _ := thing["published"].(map[string]any)
	earliest, _ := published["earliest"].(string)
	latest, _ := published["latest"].(string)
	return between(headwater.Interval{Earliest: headwater.Moment(earliest), Latest: headwater.Moment(latest)}, "–")
}

// between is an interval in words, as precise as it is; undated is what stands for one of which nothing is known.
func between(i headwater.Interval, undated string) string {
	switch {
	case i.Earliest == i.Latest:
		return cmp.Or(string(i.Earliest), undated)
	case i.Earliest == "":
		return "until " + string(i.Latest)
	case i.Latest == "":
		return "from " + string(i.Earliest)
	}
	return string(i.Earliest) + "/" + string(i.Latest)
}

func newListCommand(flags clientFlags) *cobra.Command {
	command := &cobra.Command{
		Use: "list", Short: "List things: sources, documents, claims, attributions and others",
		Example: "  headwater list claims --standing contested\n  headwater list attributions --claim gates-shut --format json",
	}
	for _, name := range headwater.Things() {
		command.AddCommand(newListResourceCommand(flags, headwater.Resource(name)))
	}
	return command
}

func newListResourceCommand(flags clientFlags, resource headwater.Resource) *cobra.Command {
	given := map[string]*string{}
	command := &cobra.Command{
		Use: resource.Plural(), Aliases: []string{string(resource)}, Short: "List " + resource.Plural(), Args: cobra.NoArgs,
		Example: "  headwater list " + resource.Plural() + " --limit 20",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return flags.with(cmd.Context(), func(c *client) error {
				query := url.Values{}
				for _, f := range filters[resource] {
					value := *given[f.name]
					if value == "" {
						continue
					}
					if f.of != "" {
						id, err := c.resolve(cmd.Context(), f.of, value)
						if err != nil {
							return fmt.Errorf("--%s: %w", f.name, err)
						}
						value = id
					}
					query.Set(strings.ReplaceAll(f.name, "-", "_"), value)
				}
				return flags.list(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), c, resource, query)
			})
		},
	}
	flags.addTo(command)
	flags.addLimit(command, 50, "things that are listed at most")
	for _, f := range filters[resource] {
		given[f.name] = command.Flags().String(f.name, "", f.says+listOf(f.values))
		command.Flags().Lookup(f.name).Annotations = map[string][]string{madeFromFields: nil}
		if f.values != nil {
			completeWith(command, f.name, f.values...)
		}
	}
	return command
}

func listOf(values []string) string {
	if values == nil {
		return ""
	}
	return ": " + strings.Join(values, ", ")
}

// list prints a list as a table or as lines of JSON.
func (f *clientFlags) list(ctx context.Context, out, notes io.Writer, c *client, resource headwater.Resource,
	query url.Values) error {
	switch resource {
	case headwater.ResourceClaim:
		query.Set("include", "standing")
		c.settleStandings(ctx, notes)
	case headwater.ResourceDocument:
		if f.format == "text" {
			query.Set("fields", "key,title,published") // and not its text
		}
	}
	all, more, err := c.list(ctx, "/v1/"+resource.Plural(), query, f.limit, 1000)
	if err != nil {
		return err
	}
	if f.format == "json" {
		err = writeLines(out, all.Items)
	} else {
		err = c.writeThings(ctx, out, all, columns[resource])
	}
	if more {
		fmt.Fprintf(notes, "there are more; --limit lists more than %d\n", f.limit)
	}
	return err
}

// writeThings writes a table of things.
func (c *client) writeThings(ctx context.Context, w io.Writer, all page, shown []column) error {
	names, err := c.names(ctx, all)
	if err != nil {
		return err
	}
	return writeColumns(w, all.Items, names, shown)
}

// writeColumns writes a table of things, with these names in place of ids.
func writeColumns(w io.Writer, things []json.RawMessage, names map[string]string, shown []column) error {
	titles, rows := make([]string, len(shown)), make([][]string, len(things))
	for i, item := range things {
		var thing map[string]any
		if err := json.Unmarshal(item, &thing); err != nil {
			return err
		}
		for _, column := range shown {
			rows[i] = append(rows[i], column.of(thing, names))
		}
	}
	for i, column := range shown {
		titles[i] = column.title
	}
	return writeTable(w, titles, rows)
}

func newSearchCommand(flags clientFlags) *cobra.Command {
	command := &cobra.Command{
		Use: "search WORDS…", Short: "Find claims by words of their statements, and sources by their names, in Arabic and English",
		Example: "  headwater search flood gates\n  headwater search القندلي --format json", Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return flags.with(cmd.Context(), func(c *client) error {
				for i, resource := range []headwater.Resource{headwater.ResourceClaim, headwater.ResourceSource} {
					if i > 0 && flags.format == "text" {
						fmt.Fprintln(cmd.OutOrStdout())
					}
					query := url.Values{"q": {strings.Join(args, " ")}}
					if err := flags.list(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), c, resource, query); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	flags.addTo(command)
	flags.addLimit(command, 20, "things of each kind at most")
	return command
}
