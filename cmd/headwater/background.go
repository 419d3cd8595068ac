package main

import (
	"context"
	"sync"

	"github.com/headwater-project/headwater/api"
	"github.com/headwater-project/headwater/events"
	"github.com/headwater-project/headwater/store"
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
	logKey   logKeyOptions
	webhooks webhookOptions
}

// followChanges does what a service does beside answering, until it is stopped: it puts changes in order, seals and signs them, works out
// the standings that they move, and delivers both to webhooks, whose secrets the service makes with what it gives; nil where it has no key.
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
	stopLog, stopStandings := inBackground(ctx, s.KeepLog), inBackground(ctx, s.FollowStandings)
	return webhooks, func() { stopDelivering(); stopStandings(); stopLog() }, nil
}
