package main

import (
	"context"
	"errors"
	"sync"

	"github.com/headwater-project/headwater/api"
	"github.com/headwater-project/headwater/events"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/witness"
)

// inBackground does some work until it is stopped, which waits for its end.
func inBackground(ctx context.Context, work func(ctx context.Context)) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var working sync.WaitGroup
	working.Go(func() { work(ctx) })
	return func() { cancel(); working.Wait() }
}

// followOptions say how a service does what it does beside answering.
type followOptions struct {
	logKey    logKeyOptions
	witnesses []string           // as flags name them
	asked     *witness.Witnesses // which they name
	webhooks  webhookOptions
}

// parse reads what the flags say.
func (o *followOptions) parse() error {
	var witnessErr error
	o.asked, witnessErr = witness.Read(o.witnesses)
	return errors.Join(witnessErr, o.webhooks.parse())
}

// followChanges does what a service does beside answering, until it is stopped: it puts changes in order, seals and signs them, has
// witnesses cosign, works out the standings that they move, and delivers both to webhooks, whose secrets the service makes with what it
// gives; nil where it has no key.
func (o followOptions) followChanges(ctx context.Context, c connection, s *store.Store) (
	webhooks *events.Webhooks, stop func(), err error) {
	if err := o.logKey.sign(ctx, c, s); err != nil {
		return nil, nil, err
	}
	if webhooks, err = o.webhooks.open(ctx, c); err != nil {
		return nil, nil, err
	}
	stopDelivering := func() {}
	if webhooks != nil {
		stopDelivering = inBackground(ctx, func(ctx context.Context) { webhooks.Deliver(ctx, s, api.WebhookMessages(s)) })
	}
	stopAsking := func() {}
	if o.asked != nil {
		stopAsking = inBackground(ctx, func(ctx context.Context) { o.asked.Ask(ctx, s) })
	}
	stopLog, stopStandings := inBackground(ctx, s.KeepLog), inBackground(ctx, s.FollowStandings)
	return webhooks, func() { stopDelivering(); stopAsking(); stopStandings(); stopLog() }, nil
}
