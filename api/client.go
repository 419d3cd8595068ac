package api

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// proxies are the addresses whose word on the client of a request is taken.
type proxies []netip.Prefix

// clientOf is the address that a request comes from: that of its connection or, where that is a proxy's, the last one that the
// proxies name and that is not a proxy's itself. A proxy that knows one of the two headers leaves the other as the client sent
// it: where both came and differ, neither is believed.
func (p proxies) clientOf(r *http.Request) netip.Addr {
	connection := addressOf(r.RemoteAddr)
	if !p.contain(connection) {
		return connection
	}
	var named []netip.Addr
	for _, header := range []struct {
		name string
		read func(element string) netip.Addr
	}{{"X-Forwarded-For", addressOf}, {"Forwarded", forwardedFor}} {
		if lines := r.Header.Values(header.name); len(lines) > 0 {
			named = append(named, p.follow(connection, strings.Split(strings.Join(lines, ","), ","), header.read))
		}
	}
	if len(named) == 0 || named[0] != named[len(named)-1] {
		return connection
	}
	return named[0]
}

// follow goes back along the way of a request, from its end, as far as proxies tell of it.
func (p proxies) follow(from netip.Addr, way []string, read func(element string) netip.Addr) netip.Addr {
	for _, element := range slices.Backward(way) {
		before := read(element)
		if !p.contain(from) || !before.IsValid() {
			break
		}
		from = before
	}
	return from
}

func (p proxies) contain(address netip.Addr) bool {
	return slices.ContainsFunc(p, func(prefix netip.Prefix) bool { return prefix.Contains(address) })
}

// forwardedFor is the address in one element of a Forwarded header (RFC 7239), if it names one.
func forwardedFor(element string) netip.Addr {
	for pair := range strings.SplitSeq(element, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
		if strings.EqualFold(name, "for") {
			if len(value) > 1 && value[0] == '"' && value[len(value)-1] == '"' {
				value = value[1 : len(value)-1]
			}
			return addressOf(value)
		}
	}
	return netip.Addr{}
}

// addressOf is an address with or without a port; invalid where it is none.
func addressOf(text string) netip.Addr {
	text = strings.TrimSpace(text)
	if both, err := netip.ParseAddrPort(text); err == nil {
		return both.Addr().Unmap().WithZone("")
	}
	address, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"))
	if err != nil {
		return netip.Addr{}
	}
	return address.Unmap().WithZone("")
}

// perNetwork is the IPv6 prefix that counts as one client: providers give each customer that much at least.
const perNetwork = 64

// ClientName names the client at an address, as limits count it.
func ClientName(address netip.Addr) string {
	if address.Is6() {
		if network, err := address.Prefix(perNetwork); err == nil {
			return network.String()
		}
	}
	return address.String()
}
