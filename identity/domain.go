package identity

import (
	_ "embed"
	"net/netip"
	"strings"
	"sync"

	"golang.org/x/net/publicsuffix"
)

// OwnDomain is the host of an address, or a host, where it can be somebody's own: in lower case and ASCII, without a
// leading www. and a dot at the end. Hosts below one another stay two (arabic.example.org and example.org). It is empty
// for a platform, a wiki, a link shortener, an archive and other hosts that many share (platforms.txt, shared.txt), for a
// public suffix with its private part (co.uk, github.io), for a number, and for what is no host of a domain.
//
// A host below which each has a part of their own is theirs: ana.wordpress.com, ana.github.io. Whether the sources that
// are known say that several have it is not for this rule.
func OwnDomain(address string) string {
	return placeOf(address).ownDomain()
}

// ownDomain is what OwnDomain says.
func (p place) ownDomain() string {
	host := strings.TrimSuffix(p.host, ".")
	if !isDomain(host) || platformOf(host) != nil || isShared(host) {
		return ""
	}
	if suffix, _ := publicsuffix.PublicSuffix(host); suffix == host {
		return ""
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return ""
	}
	return host
}

// isDomain says whether a host is one of a domain, in ASCII: labels of letters, digits and, but at their ends, hyphens. The last has two
// characters at least; the others may have low lines. It is asked of each source several times, and so no pattern.
func isDomain(host string) bool {
	labels := strings.Split(host, ".")
	last := len(labels) - 1
	for i, label := range labels {
		for _, c := range []byte(label) {
			letter := 'a' <= c && c <= 'z' || '0' <= c && c <= '9'
			if !letter && c != '-' && (c != '_' || i == last) {
				return false
			}
		}
		if label == "" || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
	}
	return last > 0 && len(labels[last]) > 1
}

//go:embed shared.txt
var sharedList string

// shared are the hosts of shared.txt, and whether each name below one is somebody's own.
var shared = sync.OnceValue(func() map[string]bool {
	hosts := map[string]bool{}
	for line := range strings.Lines(sharedList) {
		line = strings.TrimSpace(line)
		if host, own := strings.CutPrefix(line, "*."); line != "" && line[0] != '#' {
			hosts[host] = own
		}
	}
	return hosts
})

// isShared says whether a host is one that many share.
func isShared(host string) bool {
	for above := host; above != ""; _, above, _ = strings.Cut(above, ".") {
		if own, listed := shared()[above]; listed {
			return !own || above == host
		}
	}
	return false
}
