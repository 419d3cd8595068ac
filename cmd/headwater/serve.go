package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/headwater-project/headwater/api"
	"github.com/headwater-project/headwater/store"
)

const (
	defaultAddr = "127.0.0.1:8080"
	// headerTimeout bounds how long a client may take to send a request's header.
	headerTimeout = 10 * time.Second
	// idleTimeout is how long a connection is kept open between requests.
	idleTimeout = 2 * time.Minute
	// stopTimeout is how long requests under way may take to end when the service is told to stop.
	stopTimeout = 15 * time.Second
)

func newServeCommand(connect func() connection, getenv func(string) string) *cobra.Command {
	var addr string
	command := &cobra.Command{
		Use:   "serve",
		Short: "Serve the API over HTTP",
		Long: `Serve the API over HTTP until interrupted. There are no keys yet that would say who may do what, so it listens on a
loopback address only.`,
		Example: `  headwater serve
  headwater serve --addr 127.0.0.1:9000`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			listener, err := listen(ctx, addr)
			if err != nil {
				return err
			}
			defer listener.Close()
			return connect().withStore(ctx, func(s *store.Store) error {
				slog.Info("serving", "url", "http://"+listener.Addr().String())
				return serve(ctx, listener, api.New(s))
			})
		},
	}
	addAddrFlag(command, &addr, getenv)
	return command
}

func addAddrFlag(command *cobra.Command, addr *string, getenv func(string) string) {
	command.Flags().StringVar(addr, "addr", cmp.Or(getenv("HEADWATER_ADDR"), defaultAddr), "loopback address and port to listen on; port 0 takes a free one (HEADWATER_ADDR)")
}

// listen opens the address if it is one that only this machine can reach.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("--addr is %q; expected a loopback address and a port, such as %s", addr, defaultAddr)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("--addr is %q; expected a loopback address, such as %s: without keys, anybody who reaches the service may change what it holds", addr, defaultAddr)
	}
	var config net.ListenConfig
	return config.Listen(ctx, "tcp", addr)
}

// serve answers requests until ctx is done, and then lets those under way end.
func serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTimeout,
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
