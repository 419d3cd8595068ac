package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/pflag"

	"github.com/headwater-project/headwater/api"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/standby"
)

// standbyOptions say which standbys of the database answer reads.
type standbyOptions struct {
	address string // of all of them; none if empty
	maxLag  time.Duration
}

// addFlags adds the flags.
func (o *standbyOptions) addFlags(flags *pflag.FlagSet) {
	// The address may hold a password: it is no default of the flag, which --help would print.
	flags.StringVar(&o.address, "read-url", "", "PostgreSQL URL of standbys of the database, several hosts in one, that answer what only "+
		"reads, such as postgres://reader@10.0.0.2,10.0.0.3/headwater?target_session_attrs=prefer-standby")
	flags.DurationVar(&o.maxLag, "read-max-lag", standby.DefaultMaxLag, "how far a standby may be behind; one that is farther is left out "+
		"until it is not")
}

// check refuses what cannot be meant.
func (o *standbyOptions) check() error {
	if o.maxLag < standby.LeastMaxLag || o.maxLag > standby.GreatestMaxLag {
		return fmt.Errorf("--read-max-lag is %s; expected %s to %s", o.maxLag, standby.LeastMaxLag, standby.GreatestMaxLag)
	}
	return nil
}

// open opens the standbys and watches them until it is stopped, and has the service ask them. Without an address it does nothing.
func (o *standbyOptions) open(ctx context.Context, primary *store.Store, as store.Options, service *api.Options) (stop func(), err error) {
	if o.address == "" {
		return func() {}, nil
	}
	as.ConnString, as.Namespace = o.address, primary.Namespace()
	stores, err := store.OpenStandbys(ctx, as, primary)
	if err != nil {
		return nil, fmt.Errorf("--read-url: %w", err)
	}
	set := standby.New(primary, stores, o.maxLag)
	for _, s := range stores {
		service.Readers = append(service.Readers, s)
	}
	service.Standbys = set
	stopWatching := inBackground(ctx, set.Watch)
	return func() {
		stopWatching()
		set.Close()
	}, nil
}
