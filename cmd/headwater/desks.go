package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/pflag"

	"github.com/headwater-project/headwater/api"
	"github.com/headwater-project/headwater/migrations"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/desk"
)

const (
	// desksTick is how often a service looks which desks there are.
	desksTick = 2 * time.Second
	// deskPause is how long it waits before it tries a desk again that could not be served.
	deskPause = 5 * time.Second
	// leastDeskConnections are needed by what a service does beside answering, an answer, and an export.
	leastDeskConnections = 3
)

// desksOptions say how a service serves the desks of its database.
type desksOptions struct {
	most        int
	connections int32
	hosts       []string          // HOST=NAME
	byHost      map[string]string // which they name, once they are read
}

var usualDesks = desksOptions{most: 20, connections: 6}

// addFlags adds the flags.
func (o *desksOptions) addFlags(flags *pflag.FlagSet) {
	flags.IntVar(&o.most, "desks", o.most, "desks that are served at most, the first by their names; 0 serves none")
	flags.Int32Var(&o.connections, "desk-connections", o.connections, "connections to the database for each desk, those of its exports "+
		"among them")
	flags.StringSliceVar(&o.hosts, "desk-host", nil, "HOST=NAME: a name of the service under which it is the desk of that name alone, "+
		"such as beirut.example=beirut; repeatable")
}

// check reads what the flags say, and refuses what cannot be meant.
func (o *desksOptions) check() error {
	if o.most < 0 || o.most > desk.Max {
		return fmt.Errorf("--desks is %d; expected 0 to %d", o.most, desk.Max)
	}
	if o.connections < leastDeskConnections {
		return fmt.Errorf("--desk-connections is %d; expected %d or more", o.connections, leastDeskConnections)
	}
	o.byHost = map[string]string{}
	for _, text := range o.hosts {
		host, name, _ := strings.Cut(text, "=")
		if host == "" || strings.ContainsAny(host, "/:") || desk.CheckName(name) != nil {
			return fmt.Errorf("--desk-host has %q; expected the name of a host and that of a desk, such as beirut.example=beirut", text)
		}
		o.byHost[strings.ToLower(host)] = name
	}
	return nil
}

// serving is how a service answers for the tables that it is given: those of the main service, or of a desk.
type serving struct {
	connection connection
	addr       string
	database   store.Options
	following  followOptions
	standbys   standbyOptions
	options    api.Options
}

// handler answers requests over a store, and does what a service does beside that until it is stopped or ctx is done, which ends streams
// too.
func (h serving) handler(ctx context.Context, s *store.Store) (handler http.Handler, stop func(), err error) {
	webhooks, stopFollowing, err := h.following.followChanges(ctx, h.connection, s)
	if err != nil {
		return nil, nil, err
	}
	h.database.Pooled = h.connection.isPooled()
	stopStandbys, err := h.standbys.open(ctx, s, h.database, &h.options)
	if err != nil {
		stopFollowing()
		return nil, nil, err
	}
	h.options.Loopback, h.options.Stopping, h.options.Webhooks = isLoopback(h.addr), ctx.Done(), webhooks
	return api.New(s, h.options), func() { stopStandbys(); stopFollowing() }, nil
}

// ofDesk is how the desk of a name is served beside the main service.
func (h serving) ofDesk(name string, desks desksOptions) (serving, error) {
	logKey, err := h.following.logKey.ofDesk(h.connection, name)
	if err != nil {
		return h, err
	}
	h.following.logKey = logKey
	if h.following.webhooks.path, err = deskKeyFile(h.following.webhooks.path, webhookKeyFile, h.connection, name); err != nil {
		return h, err
	}
	h.connection.desk, h.connection.namesSpace = name, false
	h.database.MaxExports = max(1, desks.connections/3)
	h.database.MaxConns = desks.connections - h.database.MaxExports
	h.options.Desk, h.options.Desks = name, nil
	h.options.Shared = h.options.Shared.WithExports(int(h.database.MaxExports))
	if h.options.PublicURL != "" {
		h.options.PublicURL = strings.TrimSuffix(h.options.PublicURL, "/") + "/desks/" + name
	}
	if h.options.Measures != nil {
		h.options.Measures = prometheus.NewRegistry()
	}
	if isLoopback(h.addr) || len(h.options.Hosts) > 0 {
		h.options.Hosts = slices.Clone(h.options.Hosts)
		for host, of := range desks.byHost {
			if of == name {
				h.options.Hosts = append(h.options.Hosts, host)
			}
		}
	}
	return h, nil
}

// serveDesks serves the desks of a database, those that are made later too, until it is stopped. One that is at fault keeps no other from
// being served.
func (h serving) serveDesks(ctx context.Context, database string, main *store.Store, options desksOptions) (stop func()) {
	w := &deskWatch{serving: h, database: database, options: options, stopping: ctx, open: map[string]*openDesk{},
		told: map[string]string{}}
	// requests go on for a while when the service stops, and are answered
	return inBackground(context.WithoutCancel(ctx), func(ctx context.Context) { w.run(ctx, main) })
}

// deskWatch looks which desks there are.
type deskWatch struct {
	serving
	database string
	options  desksOptions
	stopping context.Context // done once the service stops
	working  sync.WaitGroup
	open     map[string]*openDesk
	told     map[string]string // why desks are not served, as the log has it
}

// openDesk is a desk that is served, or about to be.
type openDesk struct {
	desk.Desk
	end context.CancelFunc
}

func (w *deskWatch) run(ctx context.Context, main *store.Store) {
	defer w.working.Wait()
	failed := false
	for {
		desks, err := desk.List(ctx, main.Pool)
		if err == nil {
			err = w.look(ctx, main, desks)
		}
		if err != nil && !failed && ctx.Err() == nil {
			slog.WarnContext(ctx, "which desks there are is not known", "error", err)
		}
		failed = err != nil
		select {
		case <-ctx.Done():
			return
		case <-time.After(desksTick):
		}
	}
}

// look begins to serve what is there, and ends what is not.
func (w *deskWatch) look(ctx context.Context, main *store.Store, desks []desk.Desk) error {
	latest, err := migrations.Latest()
	if err != nil {
		return err
	}
	var fault error // of all of them
	if len(desks) > 0 {
		fault = desk.Check(ctx, main.Pool)
	}
	there := map[string]bool{}
	for _, d := range desks {
		there[d.Name] = true
		open := w.open[d.Name]
		if open != nil && (fault != nil || open.ID != d.ID || open.Version != d.Version && w.connection.address != "") {
			w.close(open)
		}
	}
	for name, open := range w.open {
		if !there[name] {
			w.close(open)
		}
	}
	w.serving.options.Desks.Keep(there)
	for _, d := range desks {
		switch {
		case w.open[d.Name] != nil:
			continue
		case fault != nil:
			w.refuse(ctx, d.Name, fault.Error())
		case !d.IsMade:
			w.refuse(ctx, d.Name, "it is not made to the end; headwater desk create goes on")
		case w.connection.address != "" && d.Version != latest:
			w.refuse(ctx, d.Name, fmt.Sprintf("its schema is version %d, and this program has %d; headwater migrate up --all-desks, or a "+
				"newer program, mends that", d.Version, latest))
		case len(w.open) >= w.options.most:
			w.refuse(ctx, d.Name, fmt.Sprintf("the service has as many desks as it may, %d (--desks)", w.options.most))
		default:
			w.begin(ctx, d)
		}
	}
	return nil
}

// refuse says why a desk is not served, to who asks it, and in the log when that is new.
func (w *deskWatch) refuse(ctx context.Context, name, why string) {
	w.serving.options.Desks.Refuse(name, why)
	if w.told[name] != why {
		slog.WarnContext(ctx, "a desk is not served", "desk", name, "why", why)
		w.told[name] = why
	}
}

func (w *deskWatch) close(open *openDesk) {
	open.end()
	delete(w.open, open.Name)
	slog.Info("a desk is no longer served", "desk", open.Name)
}

// begin serves a desk until it is ended, in the background, and tries again where that fails.
func (w *deskWatch) begin(ctx context.Context, d desk.Desk) {
	ctx, end := context.WithCancel(ctx)
	w.open[d.Name] = &openDesk{d, end}
	delete(w.told, d.Name)
	w.serving.options.Desks.Refuse(d.Name, "it is being opened")
	w.working.Go(func() {
		for told := ""; ctx.Err() == nil; {
			err := w.serve(ctx, d)
			if err == nil || ctx.Err() != nil {
				return
			}
			w.serving.options.Desks.Refuse(d.Name, "it cannot be opened; the log of the service says why")
			if told != err.Error() {
				slog.ErrorContext(ctx, "a desk is not served", "desk", d.Name, "error", err)
				told = err.Error()
			}
			select {
			case <-ctx.Done():
			case <-time.After(deskPause):
			}
		}
	})
}

// serve serves a desk until ctx is done.
func (w *deskWatch) serve(ctx context.Context, d desk.Desk) error {
	h, err := w.ofDesk(d.Name, w.options)
	if err != nil {
		return err
	}
	return h.connection.withStoreIn(ctx, w.database, h.database, func(s *store.Store) error {
		if err := checkReachable(ctx, s, w.addr); err != nil {
			return err
		}
		if err := reindex(ctx, s); err != nil {
			return err
		}
		working, endWork := context.WithCancel(ctx)
		defer endWork()
		defer context.AfterFunc(w.stopping, endWork)()
		handler, stop, err := h.handler(working, s)
		if err != nil {
			return err
		}
		defer stop()
		end := w.serving.options.Desks.Serve(d.Name, handler, h.options.Measures)
		slog.InfoContext(ctx, "a desk is served", "desk", d.Name, "path", "/desks/"+d.Name)
		<-ctx.Done()
		end(stopTimeout)
		return nil
	})
}
