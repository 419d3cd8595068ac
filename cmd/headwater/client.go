package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/api"
	"github.com/headwater-project/headwater/events"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/desk"
	"github.com/headwater-project/headwater/transport"
)

// clientFlags say where the service is that a command speaks with, and how its answers are shown.
type clientFlags struct {
	server, keyFile, format, reason string
	limit                           int             // things that are listed at most
	webhooks                        *webhookOptions // of the commands on webhooks, with their flags
	webhookFlags                    *pflag.FlagSet
	getenv                          func(string) string
	connect                         func() connection
}

// addTo adds the flags to a command.
func (f *clientFlags) addTo(command *cobra.Command) {
	flags := command.Flags()
	flags.StringVar(&f.server, "server", f.getenv("HEADWATER_SERVER"),
		"address of a running service to use instead of a database (HEADWATER_SERVER)")
	flags.StringVar(&f.keyFile, "key-file", "", "file with the key for --server; without it HEADWATER_KEY has the key")
	flags.StringVar(&f.format, "format", "text", "text or json, one thing a line")
	completeWith(command, "format", "text", "json")
}

// addReason adds the flag of those that change something.
func (f *clientFlags) addReason(command *cobra.Command) {
	addReason(command, &f.reason, "why, for the history")
}

// reasonFlag is why a change is made, in one line.
type reasonFlag string

func addReason(command *cobra.Command, reason *string, usage string) {
	command.Flags().Var((*reasonFlag)(reason), "reason", usage)
}

func (r *reasonFlag) String() string { return string(*r) }

// Set takes the reason, unless it could not be kept or would reach beyond its line.
func (r *reasonFlag) Set(text string) error {
	var faults headwater.Faults
	if errors.As(headwater.CheckLine("", text), &faults) {
		return errors.New("expected " + faults[0].Expected)
	}
	*r = reasonFlag(text)
	return nil
}

// Type names the kind of value in the help.
func (*reasonFlag) Type() string { return "string" }

// addLimit adds the flag of those that list something.
func (f *clientFlags) addLimit(command *cobra.Command, usual int, says string) {
	command.Flags().IntVar(&f.limit, "limit", usual, says)
	command.PreRunE = func(*cobra.Command, []string) error {
		if f.limit < 1 {
			return fmt.Errorf("--limit is %d; expected 1 or more", f.limit)
		}
		return nil
	}
}

// completeWith completes the values of a flag.
func completeWith(command *cobra.Command, flag string, values ...string) {
	if err := command.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)); err != nil {
		panic(err) // the flag is there: it was added just before
	}
}

// checkOneOf faults the value of a flag that has a few values.
func checkOneOf(flag, value string, allowed ...string) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	return fmt.Errorf("--%s is %q; expected %s", flag, value, interchange.Either(allowed))
}

// with calls work with a client of the service: the one at --server or, without it, the service's handler in this process, over the
// database. So a command meets the same rules, and says the same of what is at fault, either way.
func (f *clientFlags) with(ctx context.Context, work func(*client) error) error {
	if err := checkOneOf("format", f.format, "text", "json"); err != nil {
		return err
	}
	if f.server == "" {
		return f.connect().withOptions(ctx, servedStore, func(s *store.Store) error {
			if _, err := s.Sequence(ctx); err != nil { // what commands did is listed too where no service runs
				return err
			}
			webhooks, err := f.openWebhooks(ctx)
			if err != nil {
				return err
			}
			return work(newLocalClient(s, f.reason, webhooks))
		})
	}
	key := f.getenv("HEADWATER_KEY")
	if f.keyFile != "" {
		text, err := os.ReadFile(f.keyFile)
		if err != nil {
			return err
		}
		key = strings.TrimSpace(string(text))
	}
	by, err := f.connect().remote(f.server, key)
	if err != nil {
		return err
	}
	return work(&client{by: by, reason: f.reason})
}

// remote sends requests to a service that runs, or to the desk of it that is meant.
func (c connection) remote(server, key string) (http.RoundTripper, error) {
	if c.desk != "" {
		if err := desk.CheckName(c.desk); err != nil {
			return nil, err
		}
		server = strings.TrimSuffix(server, "/") + "/desks/" + c.desk
	}
	by, err := transport.Remote(server, key)
	if err != nil {
		return nil, fmt.Errorf("--server: %w", err)
	}
	return by, nil
}

// openWebhooks gives what makes the secrets of webhooks, for the commands that need them.
func (f *clientFlags) openWebhooks(ctx context.Context) (*events.Webhooks, error) {
	if f.webhooks == nil {
		return nil, nil
	}
	if err := errors.Join(fromEnvironment(f.webhookFlags, f.getenv), f.webhooks.parse()); err != nil {
		return nil, err
	}
	return f.webhooks.open(ctx, f.connect())
}

// client speaks with the service.
type client struct {
	by     http.RoundTripper
	reason string // of what is changed, for the history
	// settle works out how claims stand, where there is a database: what a service keeps up by itself. It says how many it worked out.
	settle func(context.Context) (int, error)
}

// longestSettling is how long who lists claims waits until it is worked out how they stand.
const longestSettling = 10 * time.Second

// settleStandings works out how claims stand before they are listed. What goes wrong is told, and is no reason not to list them.
func (c *client) settleStandings(ctx context.Context, notes io.Writer) {
	if c.settle == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, longestSettling)
	defer cancel()
	if _, err := c.settle(ctx); err != nil {
		fmt.Fprintf(notes, "how claims stand is not all worked out; headwater standings and headwater serve go on with it (%v)\n", err)
	}
}

// newLocalClient makes a client of the service's handler in this process, over the database, for whoever runs the command.
func newLocalClient(s *store.Store, reason string, webhooks *events.Webhooks) *client {
	handler := api.New(s, api.Options{Operator: actor(), Limits: api.DefaultLimits, Webhooks: webhooks})
	return &client{by: transport.Local(handler, ""), reason: reason, settle: s.SettleStandings}
}

// get reads what stands at a path.
func (c *client) get(ctx context.Context, path string, query url.Values, into any) error {
	text, err := c.send(ctx, http.MethodGet, path+"?"+query.Encode(), nil)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

// send sends a request, and gives the body of the answer. What the service refuses is an error with all that it says is at fault.
func (c *client) send(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, "http://headwater"+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if c.reason != "" { // in any script, as RFC 8187 has it
		request.Header.Set("X-Change-Reason", "UTF-8''"+strings.ReplaceAll(url.QueryEscape(c.reason), "+", "%20"))
	}
	response, err := c.by.RoundTrip(request)
	if err != nil {
		return nil, fmt.Errorf("the service cannot be reached: %w", err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode/100 == 2 {
		return text, err
	}
	return nil, problemOf(response, text)
}

// problemOf is why the service refused a request, with all faults.
func problemOf(response *http.Response, text []byte) error {
	var problem struct {
		Title, Detail string
		Errors        []headwater.Fault
	}
	if json.Unmarshal(text, &problem) != nil || problem.Title == "" {
		return fmt.Errorf("the service answers with %s; is Headwater there?", response.Status)
	}
	said := cmp.Or(problem.Detail, problem.Title)
	for _, fault := range problem.Errors {
		said += "\n  " + fault.Error()
	}
	return errors.New(said)
}

// page is one page of a list, with the cards of what it names.
type page struct {
	Items      []json.RawMessage               `json:"items"`
	NextCursor string                          `json:"next_cursor"`
	Sources    map[string]headwater.SourceCard `json:"sources"`
	Claims     map[string]headwater.ClaimCard  `json:"claims"`
}

// list reads up to limit things of a list, and says whether there are more.
func (c *client) list(ctx context.Context, path string, query url.Values, limit, each int) (all page, more bool, err error) {
	all.Sources, all.Claims = map[string]headwater.SourceCard{}, map[string]headwater.ClaimCard{}
	for query = maps.Clone(query); ; {
		query.Set("limit", fmt.Sprint(min(each, limit-len(all.Items))))
		var next page
		if err := c.get(ctx, path, query, &next); err != nil {
			return all, false, err
		}
		all.Items = append(all.Items, next.Items...)
		maps.Copy(all.Sources, next.Sources)
		maps.Copy(all.Claims, next.Claims)
		// A list that is followed has a next page for ever: its end is a page that is not full.
		if next.NextCursor == "" || len(next.Items) == 0 || len(all.Items) >= limit {
			return all, next.NextCursor != "" && len(all.Items) >= limit, nil
		}
		query.Set("cursor", next.NextCursor)
	}
}

// parseIDAt reads an id, with the version that somebody looked at where one follows, as headwater proposals prints it; 0 without.
func parseIDAt(text string) (id uuid.UUID, version int, err error) {
	before, after, hasVersion := strings.Cut(text, "@")
	if id, err = headwater.ParseID(before); err != nil || !hasVersion {
		return id, 0, err
	}
	if version, err = strconv.Atoi(after); err != nil || version < 1 {
		return id, 0, fmt.Errorf("the version is %q; expected a number from 1 on", after)
	}
	return id, version, nil
}

// resolve is the id of a thing that is named by id, in whatever version, or key.
func (c *client) resolve(ctx context.Context, resource headwater.Resource, name string) (string, error) {
	if id, _, err := parseIDAt(name); err == nil {
		return id.String(), nil
	}
	var found struct {
		Items []struct {
			ID        uuid.UUID
			Namespace string
		}
	}
	if err := c.get(ctx, "/v1/"+resource.Plural(), url.Values{"key": {name}, "limit": {"2"}}, &found); err != nil {
		return "", err
	}
	switch len(found.Items) {
	case 0:
		return "", fmt.Errorf("no %s has the key %q; headwater list %s lists them", resource, name, resource.Plural())
	case 1:
		return found.Items[0].ID.String(), nil
	}
	return "", fmt.Errorf("several namespaces have a %s with the key %q; expected an id, such as %s (of %s) or %s (of %s)", resource, name,
		found.Items[0].ID, found.Items[0].Namespace, found.Items[1].ID, found.Items[1].Namespace)
}

// references are the members that name another thing.
var references = map[string]headwater.Resource{
	"publisher": headwater.ResourceSource, "author": headwater.ResourceSource, "subject": headwater.ResourceSource,
	"object": headwater.ResourceSource, "source": headwater.ResourceSource, "claim": headwater.ResourceClaim,
	"from": headwater.ResourceClaim, "to": headwater.ResourceClaim, "document": headwater.ResourceDocument,
	"derived_from": headwater.ResourceDocument,
}

// namedThing is what people know a thing of any resource by.
type namedThing struct {
	ID, Key, Title, Name string
	Names, Statement     headwater.Texts
}

// names reads what the things of a page name, and gives each id the name that people know it by.
func (c *client) names(ctx context.Context, p page) (map[string]string, error) {
	names := map[string]string{}
	for id, card := range p.Sources {
		names[id] = nameOf(card.Name, card.Names)
	}
	for id, card := range p.Claims {
		names[id] = cmp.Or(card.Key, bilingual(card.Statement))
	}
	missing := map[headwater.Resource][]string{}
	for _, item := range p.Items {
		var parsed any
		if err := json.Unmarshal(item, &parsed); err != nil {
			return nil, err
		}
		collectIDs(parsed, func(resource headwater.Resource, id string) {
			if _, known := names[id]; !known {
				names[id] = ""
				missing[resource] = append(missing[resource], id)
			}
		})
	}
	for resource, ids := range missing {
		fields := ""
		if resource == headwater.ResourceDocument {
			fields = "key,title" // and not its text
		}
		found, err := readByID[namedThing](ctx, c, resource, ids, fields)
		if err != nil {
			return nil, err
		}
		for _, thing := range found {
			name := cmp.Or(thing.Key, thing.Title, bilingual(thing.Statement))
			if resource == headwater.ResourceSource {
				name = nameOf(thing.Name, thing.Names)
			}
			names[thing.ID] = cmp.Or(name, thing.ID)
		}
	}
	return names, nil
}

// collectIDs tells of each id that names another thing, however deep it stands.
func collectIDs(value any, tell func(headwater.Resource, string)) {
	switch value := value.(type) {
	case []any:
		for _, item := range value {
			collectIDs(item, tell)
		}
	case map[string]any:
		of := headwater.ResourceSource // that the two of a match are
		if value["resource"] == string(headwater.ResourceDocument) {
			of = headwater.ResourceDocument
		}
		for name, member := range value {
			resource, refers := references[name]
			if name == "a" || name == "b" {
				resource, refers = of, true
			}
			if text, is := member.(string); is && refers {
				if _, err := headwater.ParseID(text); err == nil {
					tell(resource, text)
				}
				continue
			}
			collectIDs(member, tell)
		}
	}
}

// nameOf is a source's name in English and in Arabic.
func nameOf(name string, names headwater.Texts) string {
	en, ar := cmp.Or(names["en"], name), names["ar"]
	if ar == "" || ar == en {
		return headwater.Isolated(en)
	}
	return headwater.Isolated(en) + " · " + headwater.Isolated(ar)
}

// bilingual is a text in all its languages.
func bilingual(texts headwater.Texts) string {
	var parts []string
	for _, tag := range slices.Sorted(maps.Keys(texts)) {
		parts = append(parts, headwater.Isolated(texts[tag]))
	}
	return strings.Join(parts, " · ")
}
