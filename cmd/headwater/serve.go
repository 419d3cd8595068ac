package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
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
	var options api.Options
	command := &cobra.Command{
		Use:   "serve",
		Short: "Serve the API over HTTP",
		Long: `Serve the API over HTTP until interrupted. Until a key is made (headwater key create), everybody who reaches the service may
do everything, and so it listens on a loopback address only. From then on requests need a key, or --public-read to read.`,
		Example: `  headwater serve
  headwater key create --name desk --scope write && headwater serve --addr 0.0.0.0:8080 --public-read`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			if err := checkAddr(addr); err != nil {
				return err
			}
			return connect().withStore(ctx, func(s *store.Store) error {
				if err := reachable(ctx, s, addr); err != nil {
					return err
				}
				listener, err := listen(ctx, addr)
				if err != nil {
					return err
				}
				defer listener.Close()
				slog.Info("serving", "url", "http://"+listener.Addr().String())
				return serve(ctx, listener, api.New(s, options))
			})
		},
	}
	addAddrFlag(command, &addr, getenv)
	publicRead, _ := strconv.ParseBool(getenv("HEADWATER_PUBLIC_READ"))
	command.Flags().BoolVar(&options.PublicRead, "public-read", publicRead, "let everybody read without a key (HEADWATER_PUBLIC_READ)")
	return command
}

func addAddrFlag(command *cobra.Command, addr *string, getenv func(string) string) {
	command.Flags().StringVar(addr, "addr", cmp.Or(getenv("HEADWATER_ADDR"), defaultAddr), "address and port to listen on, a loopback one until a key is made; port 0 takes a free one (HEADWATER_ADDR)")
}

// checkAddr says what is wrong with an address before anything is started for it.
func checkAddr(addr string) error {
	if _, _, err := net.SplitHostPort(addr); err != nil {
		return fmt.Errorf("--addr is %q; expected an address and a port, such as %s", addr, defaultAddr)
	}
	return nil
}

// reachable refuses an address that others than this machine can reach as long as there are no keys.
func reachable(ctx context.Context, s *store.Store, addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err != nil || host == "localhost" || ip != nil && ip.IsLoopback() {
		return err
	}
	exist, err := s.KeysExist(ctx)
	if err == nil && !exist {
		err = fmt.Errorf("--addr is %q; expected a loopback address, such as %s, until a key is made: without keys, anybody who reaches the service may change what it holds; try: headwater key create --name admin --scope admin", addr, defaultAddr)
	}
	return err
}

func listen(ctx context.Context, addr string) (net.Listener, error) {
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
