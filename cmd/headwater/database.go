package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"github.com/headwater-project/headwater/migrations"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/local"
)

// connection says where the database is: at an address or, without one, in a data directory.
type connection struct {
	address   string
	dataDir   string
	namespace string
}

// do runs work with the address of the database, whose private server, if it is one, is kept running as long.
func (c connection) do(ctx context.Context, work func(address string) error) (err error) {
	if c.address != "" {
		return work(c.address)
	}
	server, err := local.Open(ctx, local.Options{DataDir: c.dataDir, Logger: slog.Default()})
	if err != nil {
		return err
	}
	watching, stopWatching := context.WithCancel(ctx)
	var watch sync.WaitGroup
	watch.Go(func() { server.Watch(watching) })
	defer func() {
		stopWatching()
		watch.Wait()
		err = errors.Join(err, server.Close())
	}()
	return work(server.ConnString("headwater"))
}

// withStore runs work with an open store. The schema of a private database is brought up to date before; that of any
// other is its owner's to change, by the command migrate.
func (c connection) withStore(ctx context.Context, work func(*store.Store) error) error {
	return c.withOptions(ctx, store.Options{}, work)
}

// withOptions does so with a store that is run in some way.
func (c connection) withOptions(ctx context.Context, options store.Options, work func(*store.Store) error) error {
	return c.do(ctx, func(address string) error {
		if c.address == "" {
			if err := migrations.Up(ctx, address); err != nil {
				return err
			}
		}
		options.ConnString, options.Namespace, options.Logger = address, c.namespace, slog.Default()
		s, err := store.Open(ctx, options)
		if err != nil {
			return err
		}
		defer s.Close()
		return work(s)
	})
}
