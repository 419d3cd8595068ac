package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/headwater-project/headwater/api"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/web"
)

const (
	defaultAddr = "127.0.0.1:8080"
	// headerTimeout is how long a client may take to send the header of a request.
	headerTimeout = 10 * time.Second
	// maxHeader is how many bytes the header of a request may have, and about 4 KiB more: a thousand ids in an address are 39,000 bytes.
	// Parsed, small fields take ten times that.
	maxHeader = 40 << 10
	// idleTimeout is how long a connection is kept open between requests.
	idleTimeout = 2 * time.Minute
	// stopTimeout is how long running requests may take when the service stops.
	stopTimeout = 15 * time.Second
)

func newServeCommand(connect func() connection, getenv func(string) string) *cobra.Command {
	var addr, metricsAddr, firstKey string
	var noPage bool
	var trusted []string
	var following followOptions
	var standbys standbyOptions
	options, database := api.Options{Limits: api.DefaultLimits}, servedStore
	desks := usualDesks
	connections := defaultClientConnections
	command := &cobra.Command{
		Use:   "serve",
		Short: "Serve the API and the page over HTTP",
		Long: `Serve the API, and the page that works with it, over HTTP until interrupted. Until a key is made (headwater key create),
everybody who reaches the service may do everything, and so it listens on a loopback address only. From then on requests
need a key, or --public-read to read. What headwater desk makes is served at /desks/NAME, without a restart.

Each flag can be given as an environment variable: --request-time as HEADWATER_REQUEST_TIME. Of limits, 0 is none. With
--public-read, limits that are not given are lower.
With OTEL_EXPORTER_OTLP_ENDPOINT, requests and queries are traced to it by OpenTelemetry.`,
		Example: `  headwater serve
  headwater key create --name desk --scope write && headwater serve --addr 0.0.0.0:8080 --public-read --rate 50`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			err := errors.Join(fromEnvironment(cmd.LocalFlags(), getenv), checkAddr("addr", addr), standbys.check(), desks.check())
			if metricsAddr != "" {
				err = errors.Join(err, checkAddr("metrics-addr", metricsAddr))
			}
			if err == nil && options.PublicRead {
				err = lowerLimits(cmd.LocalFlags())
			}
			proxies, proxiesErr := parseNetworks("trusted-proxies", trusted)
			if err := errors.Join(err, proxiesErr, following.parse()); err != nil {
				return err
			}
			options.Assistant = forAssistants
			if !noPage {
				options.Page = web.Register
			}
			options.Proxies, database.MaxExports = proxies, int32(options.Limits.Exports)
			stopTracing, err := startTracing(ctx, getenv)
			if err != nil {
				return err
			}
			defer stopTracing()
			options.Traced = tracingConfigured(getenv)
			database.Traced = options.Traced
			c := connect()
			h := serving{connection: c, addr: addr, database: database, following: following, standbys: standbys, options: options}
			return c.withDatabase(ctx, func(address string) error {
				return c.withStoreIn(ctx, address, database, func(s *store.Store) error {
					if firstKey != "" {
						if err := createFirstKey(ctx, s, firstKey); err != nil {
							return err
						}
					}
					return h.run(ctx, address, s, desks, metricsAddr, connections)
				})
			})
		},
	}
	addAddrFlag(command, &addr)
	flags, limits := command.Flags(), &options.Limits
	flags.StringVar(&metricsAddr, "metrics-addr", "",
		"address and port at which /metrics is served to everybody, and there alone; without it, /metrics is at --addr, for keys with the "+
			"scope admin")
	flags.BoolVar(&noPage, "no-page", false, "serve the API alone, without the page at /")
	flags.BoolVar(&options.PublicRead, "public-read", false, "let everybody read without a key")
	flags.StringSliceVar(&options.Origins, "cors-origin", nil, "an origin whose pages may call the service from a browser, such as "+
		"https://desk.example; repeatable; * is all")
	flags.StringVar(&options.PublicURL, "public-url", "", "address under which others reach the service, such as https://claims.example, "+
		"which cards name; by default the one that each request names")
	flags.StringSliceVar(&options.Hosts, "allowed-hosts", nil, "names under which the service may be called without a key, besides "+
		"localhost, 127.0.0.1 and [::1]: until there is one, where it listens on loopback, and where this is given; repeatable")
	flags.StringVar(&firstKey, "bootstrap-key-file", "", "file with a token (headwater key token) that the first key is made from, with "+
		"the scope admin; not used once there is a key")
	flags.StringVar(&following.logKey.path, "log-key", "", "file of the key that signs the log of changes, made where there is none; by "+
		"default log.key in the folder of the private database, and none for another database")
	flags.StringVar(&following.logKey.origin, "log-origin", "", "name of the log of changes, when its key is made; by default the "+
		"namespace without https://")
	flags.StringSliceVar(&following.witnesses, "witness", nil, "public key and, after a space, address of a witness (C2SP tlog-witness) "+
		"that cosigns the log; repeatable")
	following.webhooks.addFlags(flags)
	standbys.addFlags(flags)
	desks.addFlags(flags)
	flags.Float64Var(&limits.Rate, "rate", limits.Rate, "requests a second for each key, or for each address without one")
	flags.IntVar(&limits.Burst, "burst", limits.Burst, "requests that may come at once before --rate counts")
	flags.IntVar(&limits.Concurrent, "concurrent", limits.Concurrent, "requests that are worked on at once")
	flags.IntVar(&limits.Exports, "exports", limits.Exports, "exports at once, each with a connection to the database beside --connections")
	flags.IntVar(&limits.Imports, "imports", limits.Imports, "imports that are worked on at once")
	flags.IntVar(&limits.Streams, "streams", limits.Streams, "clients that follow the changes by a stream at once")
	flags.DurationVar(&limits.StreamTime, "stream-time", limits.StreamTime, "how long a stream of changes lasts; its client comes back")
	flags.IntVar(&limits.Share, "client-share", limits.Share, "what one address may have of these, in percent")
	flags.IntVar(&limits.LeastRate, "least-rate", limits.LeastRate, "bytes a second that a client must send and take; it may fall behind "+
		"by --stall-time")
	flags.IntVar(&connections, "client-connections", connections, "connections that one address may have to the service")
	flags.Int32Var(&database.MaxConns, "connections", database.MaxConns, "connections to the database, exports aside")
	flags.StringSliceVar(&trusted, "trusted-proxies", nil, "addresses or networks (CIDR) whose Forwarded and X-Forwarded-For say where a "+
		"request comes from; repeatable")
	flags.BoolVar(&options.LogClients, "log-clients", false, "name in the log the address that each request comes from")
	flags.DurationVar(&limits.Request, "request-time", limits.Request, "how long a request may take, imports and exports aside")
	flags.DurationVar(&database.Statement, "statement-time", database.Statement,
		"how long PostgreSQL may work on one statement, imports and exports aside")
	flags.DurationVar(&limits.Stall, "stall-time", limits.Stall, "how long a client may neither send nor take anything")
	flags.Int64Var(&limits.ImportBytes, "max-import", limits.ImportBytes, "bytes that a bundle may have")
	flags.Int64Var(&limits.Memory, "answer-memory", limits.Memory, "bytes of memory, about, that large analyses, reports, drawings and "+
		"pages may take at once while they are made; half of it for one address")
	flags.DurationVar(&database.IdempotencyTTL, "keep-answers", database.IdempotencyTTL,
		"how long answers are kept for who asks again with the same Idempotency-Key")
	return command
}

// run serves a store, and the desks of the database at an address, until ctx is done.
func (h serving) run(ctx context.Context, database string, s *store.Store, desks desksOptions, metricsAddr string, connections int) error {
	if err := checkReachable(ctx, s, h.addr); err != nil {
		return err
	}
	if err := reindex(ctx, s); err != nil {
		return err
	}
	listener, err := listen(ctx, h.addr)
	if err != nil {
		return err
	}
	defer listener.Close()
	h.options.Shared = api.NewShared(h.options.Limits)
	if desks.most > 0 && h.connection.desk == "" && h.connection.checkDesks() == nil {
		h.options.Desks = api.NewDesks(desks.byHost)
	}
	if metricsAddr != "" {
		h.options.Measures = prometheus.NewRegistry()
		stop, err := serveMetrics(ctx, metricsAddr, h.options.Measures, h.options.Desks)
		if err != nil {
			return err
		}
		defer stop()
	}
	handler, stop, err := h.handler(ctx, s)
	if err != nil {
		return err
	}
	defer stop()
	if h.options.Desks != nil {
		defer h.serveDesks(ctx, database, s, desks)()
	}
	slog.Info("serving", "url", "http://"+listener.Addr().String())
	return serve(ctx, boundConnections(listener, connections, h.options.Proxies), handler)
}

// servedStore is how a service uses its database unless it is told otherwise. A PostgreSQL of 100 connections can give so many
// to two services.
var servedStore = store.Options{MaxConns: 32, MaxExports: int32(api.DefaultLimits.Exports),
	IdempotencyTTL: store.DefaultIdempotencyTTL, Statement: api.DefaultLimits.Request}

// defaultClientConnections are more than a browser, a desk behind one address or a program opens.
const defaultClientConnections = 2048

// lowerLimits sets the limits that nobody gave to those of a service that everybody may read from.
func lowerLimits(flags *pflag.FlagSet) error {
	limits := api.PublicLimits
	var faults []error
	for name, value := range map[string]any{"rate": limits.Rate, "burst": limits.Burst, "exports": limits.Exports,
		"client-share": limits.Share, "request-time": limits.Request, "statement-time": limits.Request, "stall-time": limits.Stall,
		"least-rate": limits.LeastRate} {
		if !flags.Changed(name) {
			faults = append(faults, flags.Lookup(name).Value.Set(fmt.Sprint(value)))
		}
	}
	return errors.Join(faults...)
}

// parseNetworks reads the addresses and networks of a flag.
func parseNetworks(flag string, texts []string) ([]netip.Prefix, error) {
	var networks []netip.Prefix
	var faults []error
	for _, text := range texts {
		prefix, err := netip.ParsePrefix(text)
		if address, addressErr := netip.ParseAddr(text); addressErr == nil {
			prefix, err = netip.PrefixFrom(address, address.BitLen()), nil
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("--%s has %q; expected addresses and networks, such as 10.0.0.0/8", flag, text))
		}
		networks = append(networks, prefix)
	}
	return networks, errors.Join(faults...)
}

// fromEnvironment sets each flag that the command line does not from the HEADWATER_ variable of its name.
func fromEnvironment(flags *pflag.FlagSet, getenv func(string) string) error {
	var faults []error
	flags.VisitAll(func(flag *pflag.Flag) {
		name := "HEADWATER_" + strings.ToUpper(strings.ReplaceAll(flag.Name, "-", "_"))
		value := getenv(name)
		if value == "" || flag.Changed {
			return
		}
		if err := flags.Set(flag.Name, value); err != nil {
			faults = append(faults, fmt.Errorf("%s is %q; expected %s, as for --%s", name, value, flag.Value.Type(), flag.Name))
		}
	})
	return errors.Join(faults...)
}

func addAddrFlag(command *cobra.Command, addr *string) {
	command.Flags().StringVar(addr, "addr", defaultAddr, "address and port to listen on, a loopback one until a key is made; port 0 "+
		"takes a free one (HEADWATER_ADDR)")
}

// checkAddr validates an address before anything is started.
func checkAddr(flag, addr string) error {
	if _, _, err := net.SplitHostPort(addr); err != nil {
		return fmt.Errorf("--%s is %q; expected an address and a port, such as %s", flag, addr, defaultAddr)
	}
	return nil
}

// checkReachable refuses an address that other machines can reach while there are no keys.
func checkReachable(ctx context.Context, s *store.Store, addr string) error {
	if isLoopback(addr) {
		return nil
	}
	exist, err := s.KeysExist(ctx)
	if err == nil && !exist {
		err = fmt.Errorf("--addr is %q; expected a loopback address, such as %s, until a key is made: without keys, anybody who reaches "+
			"the service may change what it holds; try: headwater key create --name admin --scope admin, or --bootstrap-key-file", addr,
			defaultAddr)
	}
	return err
}

// isLoopback says whether only the machine itself can reach an address.
func isLoopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}

func listen(ctx context.Context, addr string) (net.Listener, error) {
	var config net.ListenConfig
	return config.Listen(ctx, "tcp", addr)
}

// serveMetrics serves the measures at an address of their own until it is stopped. Nobody needs a key there.
func serveMetrics(ctx context.Context, addr string, measures *prometheus.Registry, desks *api.Desks) (stop func(), err error) {
	listener, err := listen(ctx, addr)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", api.MetricsHandler(measures, desks, isLoopback(addr)))
	slog.Info("measures are served", "url", "http://"+listener.Addr().String()+"/metrics")
	return inBackground(ctx, func(ctx context.Context) {
		if err := serve(ctx, listener, mux); err != nil {
			slog.ErrorContext(ctx, "the measures are no longer served", "error", err)
		}
	}), nil
}

// serve serves requests until ctx is done, and then waits for the running ones.
func serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTimeout,
		MaxHeaderBytes:    maxHeader,
		IdleTimeout:       idleTimeout,
		ErrorLog:          slog.NewLogLogger(slog.Default().Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	slog.Info("stopping", "reason", context.Cause(ctx))
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("requests did not end within %s: %w", stopTimeout, err), server.Close())
	}
	return nil
}
