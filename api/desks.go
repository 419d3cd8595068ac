package api

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/headwater-project/headwater"
)

// desksPath begins the addresses of desks; the name follows.
const desksPath = "/desks/"

// Shared is what the services of one process have together.
type Shared struct{ limits *limiter }

// NewShared makes limits that hold for all services that get them, together.
func NewShared(limits Limits) *Shared { return &Shared{newLimiter(limits)} }

// WithExports are the same limits for a service that has connections of its own for so many exports: these count for it alone, so that it
// is full when they are taken, and fills no other.
func (s *Shared) WithExports(exports int) *Shared {
	limits := *s.limits
	limits.Exports = exports
	limits.exporting = newPlaces(int64(exports), limits.Share)
	return &Shared{&limits}
}

// Desks hands requests on to the services of desks: by the path /desks/NAME/…, or by the name of the host that they are sent to. What
// names no desk is the main service's.
type Desks struct {
	hosts map[string]string // desks by the hosts that are theirs

	mutex sync.RWMutex
	known map[string]*servedDesk
}

// servedDesk is a desk that there is.
type servedDesk struct {
	handler  http.Handler // nil while it is not served
	why      string       // it is not
	measures *prometheus.Registry
	running  sync.WaitGroup
}

// NewDesks makes what desks are added to.
func NewDesks(hosts map[string]string) *Desks {
	return &Desks{hosts: hosts, known: map[string]*servedDesk{}}
}

// Serve serves a desk until that is ended, which waits for the requests that run, as long as they may take. The measures, if there are
// any, are gathered with those of the others.
func (d *Desks) Serve(name string, handler http.Handler, measures *prometheus.Registry) (end func(longest time.Duration)) {
	served := &servedDesk{handler: handler, measures: measures}
	d.mutex.Lock()
	d.known[name] = served
	d.mutex.Unlock()
	return func(longest time.Duration) {
		d.mutex.Lock()
		if d.known[name] == served {
			d.known[name] = &servedDesk{why: "it is being taken out of service"}
		}
		d.mutex.Unlock() // from here on no request begins
		ended := make(chan struct{})
		go func() { served.running.Wait(); close(ended) }()
		select {
		case <-ended:
		case <-time.After(longest):
		}
	}
}

// Refuse says why a desk that there is is not served.
func (d *Desks) Refuse(name, why string) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.known[name] = &servedDesk{why: why}
}

// Keep forgets all desks but these.
func (d *Desks) Keep(names map[string]bool) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	for name := range d.known {
		if !names[name] {
			delete(d.known, name)
		}
	}
}

// measures are those of all desks, each with its name as the label desk.
func (d *Desks) measures() (all prometheus.Gatherers) {
	d.mutex.RLock()
	defer d.mutex.RUnlock()
	for _, served := range d.known {
		if served.measures != nil {
			all = append(all, served.measures)
		}
	}
	return all
}

// begin finds the desk of a name, and counts a request of it.
func (d *Desks) begin(name string) (served *servedDesk, refused *Problem) {
	d.mutex.RLock()
	defer d.mutex.RUnlock()
	served = d.known[name]
	if served == nil {
		return nil, problem(http.StatusNotFound, headwater.CodeNotFound, fmt.Sprintf("unknown desk: the service has no desk %q", name))
	}
	if served.handler == nil {
		return nil, problem(http.StatusServiceUnavailable, headwater.CodeUnavailable,
			fmt.Sprintf("the desk %q is not served now: %s", name, served.why))
	}
	served.running.Add(1)
	return served, nil
}

// deskOf is the desk that a request names, and the path up to what is the desk's own; empty where it names none.
func (d *Desks) deskOf(r *http.Request) (name, prefix string) {
	host := r.Host
	if bare, _, err := net.SplitHostPort(host); err == nil {
		host = bare
	}
	if name = d.hosts[strings.ToLower(strings.TrimSuffix(host, "."))]; name != "" {
		return name, ""
	}
	if rest, is := strings.CutPrefix(r.URL.EscapedPath(), desksPath); is {
		name, _, _ = strings.Cut(rest, "/")
		return name, desksPath + name
	}
	return "", ""
}

// deskKey is where the context of a request has what [Desks] found.
type deskKey struct{}

// deskFound is how a request came to its desk, or why it did not.
type deskFound struct {
	prefix  string // of its path, which the desk's service does not see
	refused *Problem
}

// handOn is the handler that answers what names a desk by its service, and all else by the main one, which also says why a desk does not
// answer.
func (d *Desks) handOn(main http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, prefix := d.deskOf(r)
		if name == "" {
			main.ServeHTTP(w, r)
			return
		}
		served, refused := d.begin(name)
		r = r.WithContext(context.WithValue(r.Context(), deskKey{}, deskFound{prefix, refused}))
		if refused != nil {
			main.ServeHTTP(w, r)
			return
		}
		defer served.running.Done()
		if r.URL.Path == prefix { // from which the addresses of the page, which are relative, would lead elsewhere
			w.Header().Set("Location", name+"/")
			w.WriteHeader(http.StatusPermanentRedirect)
			return
		}
		http.StripPrefix(prefix, served.handler).ServeHTTP(w, r)
	})
}

// refuseUnserved answers what names a desk that is not served, within the main service.
func refuseUnserved(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if found, is := r.Context().Value(deskKey{}).(deskFound); is && found.refused != nil {
			writeProblem(w, r, found.refused)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// deskPrefix is the part of a request's path that the service does not see.
func deskPrefix(ctx context.Context) string {
	found, _ := ctx.Value(deskKey{}).(deskFound)
	return found.prefix
}
