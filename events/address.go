package events

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"syscall"
	"time"

	"github.com/headwater-project/headwater"
)

// notPublic are the networks that lead nowhere public, besides those that [netip.Addr] knows: who may register a webhook must not reach
// through the service what only the service can reach.
var notPublic = parsePrefixes(
	"0.0.0.0/8",      // this network
	"100.64.0.0/10",  // shared by the customers of a provider (CGNAT)
	"192.0.0.0/24",   // assigned to protocols
	"192.88.99.0/24", // relays of 6to4
	"198.18.0.0/15",  // for measuring
	"240.0.0.0/4",    // reserved, and broadcast
	"::/96",          // IPv4 in an old form
	"64:ff9b::/96",   // NAT64
	"64:ff9b:1::/48", // NAT64 of a network's own
	"100::/64",       // discarded
	"2001::/32",      // Teredo, which carries IPv4
	"2002::/16",      // 6to4, which carries IPv4
	"fec0::/10",      // site-local
)

func parsePrefixes(texts ...string) (prefixes []netip.Prefix) {
	for _, text := range texts {
		prefixes = append(prefixes, netip.MustParsePrefix(text))
	}
	return prefixes
}

// isPublic says whether everybody can reach an address.
func isPublic(a netip.Addr) bool {
	return a.IsGlobalUnicast() && !a.IsPrivate() && !isWithin(a, notPublic)
}

func isWithin(a netip.Addr, networks []netip.Prefix) bool {
	return slices.ContainsFunc(networks, func(n netip.Prefix) bool { return n.Contains(a) })
}

// Networks says which addresses deliveries may be sent to.
type Networks struct {
	// Allowed are networks that may be reached although they are not public, and without TLS.
	Allowed []netip.Prefix
	// Lookup finds the addresses of a name; nil is the resolver of the machine. Dialing does not ask it.
	Lookup func(ctx context.Context, host string) ([]netip.Addr, error)
}

// lookupTime is how long a registration waits for the addresses of a name.
const lookupTime = 2 * time.Second

// may says whether an address may be reached, by TLS or without.
func (n Networks) may(address netip.Addr, plain bool) bool {
	address = address.Unmap().WithZone("")
	return isWithin(address, n.Allowed) || !plain && isPublic(address)
}

// Check says what is wrong with the address of a webhook: that it is not public, or that what is sent there could be read on the way. A
// name that has no address now may get one. Since it may get another one too, the address is looked at again when it is dialed.
func (n Networks) Check(ctx context.Context, text string) error {
	u, err := url.Parse(text)
	if err != nil {
		return err
	}
	refuse := func(value any, expected string) error {
		return headwater.Faults{headwater.NewFault("/url", headwater.FaultRange, value, expected)}
	}
	addresses, err := n.addressesOf(ctx, u.Hostname())
	if err != nil {
		return nil
	}
	for _, address := range addresses {
		if !n.may(address, false) {
			return refuse(text, "an address that is public; others are for whoever runs the service to "+
				"allow, by --webhook-networks")
		}
	}
	for _, address := range addresses {
		if u.Scheme == "http" && !n.may(address, true) {
			return refuse(text, "https, since everybody on the way could read what is sent")
		}
	}
	return nil
}

func (n Networks) addressesOf(ctx context.Context, host string) ([]netip.Addr, error) {
	if address, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{address}, nil
	}
	limited, cancel := context.WithTimeout(ctx, lookupTime)
	defer cancel()
	if n.Lookup != nil {
		return n.Lookup(limited, host)
	}
	return net.DefaultResolver.LookupNetIP(limited, "ip", host)
}

// dialer dials addresses that may be reached, and no others: it looks at what a name was resolved to, so that no answer of a name server
// leads elsewhere.
func (n Networks) dialer(plain bool) *net.Dialer {
	return &net.Dialer{Timeout: deliveryTime, ControlContext: func(_ context.Context, network, address string, _ syscall.RawConn) error {
		host, err := netip.ParseAddrPort(address)
		if err != nil || network != "tcp4" && network != "tcp6" {
			return errors.Join(errNotReachable, err)
		}
		if !n.may(host.Addr(), plain) {
			return fmt.Errorf("%s: %w", host.Addr(), errNotReachable)
		}
		return nil
	}}
}
