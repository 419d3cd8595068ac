package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater/migrations"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/desk"
	"github.com/headwater-project/headwater/store/local"
)

// connection is where the database is: at an address or, without one, in a data directory.
type connection struct {
	address    string
	dataDir    string
	namespace  string
	namesSpace bool   // the command line has the namespace
	pooler     string // what kind of pooler stands before the address; none if empty
	desk       string // whose tables are meant; those of none if empty
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

// withDatabase calls work with the address of the database, in which there may be desks. A private server is kept running until work
// returns.
func (c connection) withDatabase(ctx context.Context, work func(database string) error) (err error) {
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

// checkDesks refuses a connection by which no desk can be reached.
func (c connection) checkDesks() error {
	if c.isPooled() {
		return errors.New("desks do not go with --pooler transaction: such a pooler keeps no search_path; expected an address of the " +
			"database itself")
	}
	return nil
}

// place is where the tables are that a connection means, and the namespace of what is created there.
type place struct{ address, namespace string }

// withConnection calls work with a connection to a database.
func withConnection(ctx context.Context, database string, work func(conn *pgx.Conn) error) error {
	conn, err := migrations.Connect(ctx, database)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	return work(conn)
}

// find gives the place within a database.
func (c connection) find(ctx context.Context, database string) (place, error) {
	if c.desk == "" {
		return place{database, c.namespace}, nil
	}
	if err := c.checkDesks(); err != nil {
		return place{}, err
	}
	var found desk.Desk
	err := withConnection(ctx, database, func(conn *pgx.Conn) (err error) {
		found, err = desk.Find(ctx, conn, c.desk)
		return err
	})
	if err == nil && c.namesSpace && c.namespace != found.Namespace {
		err = fmt.Errorf("--namespace is %q, and that of the desk %s is %q; expected the same, or none", c.namespace, c.desk,
			found.Namespace)
	}
	return place{found.Address(database), found.Namespace}, err
}

// withAddress calls work with the address of the database, or of the desk in it.
func (c connection) withAddress(ctx context.Context, work func(address string) error) error {
	return c.withDatabase(ctx, func(database string) error {
		at, err := c.find(ctx, database)
		if err != nil {
			return err
		}
		return work(at.address)
	})
}

// withStore calls work with an open store. It first migrates a private database; any other database is migrated by its owner,
// with the command migrate.
func (c connection) withStore(ctx context.Context, work func(*store.Store) error) error {
	return c.withOptions(ctx, store.Options{}, work)
}

// withOptions is withStore with options for the store.
func (c connection) withOptions(ctx context.Context, options store.Options, work func(*store.Store) error) error {
	return c.withDatabase(ctx, func(database string) error { return c.withStoreIn(ctx, database, options, work) })
}

// withStoreIn is withOptions for a database that is there already.
func (c connection) withStoreIn(ctx context.Context, database string, options store.Options, work func(*store.Store) error) error {
	if err := c.checkPooler(); err != nil {
		return err
	}
	at, err := c.find(ctx, database)
	if err != nil {
		return err
	}
	if c.address == "" {
		if err := migrations.Up(ctx, at.address); err != nil {
			return err
		}
	}
	options.ConnString, options.Namespace, options.Pooled = at.address, at.namespace, c.isPooled()
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
}
