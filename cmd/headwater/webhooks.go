package main

import (
	"context"
	"fmt"
	"net/netip"
	"os"

	"github.com/spf13/pflag"

	"github.com/headwater-project/headwater/events"
)

// webhookKeyFile is the name of the key of webhooks in the folder of a private database.
const webhookKeyFile = "webhook.key"

// webhookOptions say with which key webhooks are signed, and where they may be besides public addresses.
type webhookOptions struct {
	path     string
	allowed  []string
	networks []netip.Prefix // those that are allowed, once they are parsed
}

// addFlags adds the flags.
func (o *webhookOptions) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&o.path, "webhook-key", "", "file of the key that webhooks are signed with, made where there is none; by default "+
		"webhook.key in the folder of the private database, and none for another database")
	flags.StringSliceVar(&o.allowed, "webhook-networks", nil, "addresses or networks (CIDR) that webhooks may be in although they are "+
		"not public, also without TLS, such as 127.0.0.1; repeatable")
}

// parse reads what the flags say.
func (o *webhookOptions) parse() (err error) {
	o.networks, err = parseNetworks("webhook-networks", o.allowed)
	return err
}

// open gives what delivers to webhooks, with a key that is made where there is none; nil where no file of a key is named.
func (o webhookOptions) open(ctx context.Context, c connection) (*events.Webhooks, error) {
	path, err := keyFile(o.path, webhookKeyFile, c)
	if err != nil || path == "" {
		return nil, err
	}
	err = ensureKeyFile(ctx, path, "made a key that webhooks are signed with; keep a copy of it",
		func() (string, error) { return events.NewWebhookKey(), nil })
	if err != nil {
		return nil, fmt.Errorf("the key of webhooks: %w", err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("the key of webhooks: %w", err)
	}
	key, err := events.ReadWebhookKey(string(text))
	if err != nil {
		return nil, fmt.Errorf("the key of webhooks: %s: %w", path, err)
	}
	return events.NewWebhooks(key, events.Networks{Allowed: o.networks}), nil
}
