package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/headwater-project/headwater/migrations"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/local"
)

// connection is where the database is: at an address or, without one, in a data directory.
type connection struct {
	address   string
	dataDir   string
	namespace string
	pooler    string // what kind of pooler stands before the address; none if empty
}

// transactionPooler is the kind of pooler that gives a connection for each transaction.
const transactionPooler = "transaction"

// isPooled says whether a pooler stands before the database; none stands before the private one.
func (c connection) isPooled() bool { return c.address != "" && c.pooler != "" }

// checkPooler refuses a kind of pooler that is not known.
func (c connection) checkPooler() error {
	if c.pooler != "" && c.pooler != transactionPooler {
		return fmt.Errorf("--pooler is %q; expected %s, or nothing where no pooler stands before the database", c.pooler, transactionPooler)
	}
	return nil
}

// options adds to the options of a store what holds for the connection.
func (c connection) options(options store.Options) store.Options {
	options.Namespace, options.Pooled = c.namespace, c.isPooled()
	return options
}

// withAddress calls work with the address of the database. A private server is kept running until work returns.
func (c connection) withAddress(ctx context.Context, work func(address string) error) (err error) {
	if c.address != "" {
		return work(c.address)
	}
	server, err := local.Open(ctx, local.Options{DataDir: c.dataDir, Logger: slog.Default()})
	if err != nil {
		return err
	}
	stopWatching := inBackground(ctx, server.Watch)
	defer func() {
		stopWatching()
		err = errors.Join(err, server.Close())
	}()
	return work(server.ConnString("headwater"))
}

// withStore calls work with an open store. It first migrates a private database; any other database is migrated by its owner,
// with the command migrate.
func (c connection) withStore(ctx context.Context, work func(*store.Store) error) error {
	return c.withOptions(ctx, store.Options{}, work)
}

// withOptions is withStore with options for the store.
func (c connection) withOptions(ctx context.Context, options store.Options, work func(*store.Store) error) error {
	if err := c.checkPooler(); err != nil {
		return err
	}
	return c.withAddress(ctx, func(address string) error {
		if c.address == "" {
			if err := migrations.Up(ctx, address); err != nil {
				return err
			}
		}
		options := c.options(options)
		options.ConnString = address
		s, err := store.Open(ctx, options)
		if err != nil {
			return err
		}
		defer s.Close()
		if c.address == "" {
			if err := reindex(ctx, s); err != nil {
				return err
			}
		}
		return work(s)
	})
}
