package main

import (
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"sync"

	"github.com/headwater-project/headwater/api"
)

// boundedListener closes the connections of a client that has as many as it may, so that they do not use up those of all.
type boundedListener struct {
	net.Listener
	most    int
	proxies []netip.Prefix // whose connections are those of many clients

	mutex sync.Mutex
	open  map[string]int // client
}

// boundConnections lets each client have so many connections; 0 is no bound.
func boundConnections(listener net.Listener, most int, proxies []netip.Prefix) net.Listener {
	if most == 0 {
		return listener
	}
	return &boundedListener{Listener: listener, most: most, proxies: proxies, open: map[string]int{}}
}

// Accept gives the next connection of a client that may have it.
func (l *boundedListener) Accept() (net.Conn, error) {
	for {
		connection, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		remote, err := netip.ParseAddrPort(connection.RemoteAddr().String())
		address := remote.Addr().Unmap()
		isProxy := slices.ContainsFunc(l.proxies, func(p netip.Prefix) bool { return p.Contains(address) })
		if err != nil || isProxy {
			return connection, nil
		}
		client := api.ClientName(address)
		if l.add(client, 1) <= l.most {
			return &countedConnection{Conn: connection, closed: sync.OnceFunc(func() { l.add(client, -1) })}, nil
		}
		l.add(client, -1)
		if err := connection.Close(); err != nil {
			slog.Debug("close a connection too many", "error", err)
		}
	}
}

// add counts a client's connections and says how many there are.
func (l *boundedListener) add(client string, n int) int {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.open[client] += n
	now := l.open[client]
	if now == 0 {
		delete(l.open, client)
	}
	return now
}

// countedConnection counts until it is closed.
type countedConnection struct {
	net.Conn
	closed func()
}

// Close closes the connection and counts it no longer.
func (c *countedConnection) Close() error {
	c.closed()
	return c.Conn.Close()
}
