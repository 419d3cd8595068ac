package api

import "sync"

// places bound how much of one kind there is at once, and how much of that is one client's. They count requests or bytes.
type places struct {
	all, share int64 // 0 is no bound

	mutex sync.Mutex
	taken int64
	by    map[string]int64 // client
}

// newPlaces makes places of which one client gets so many in a hundred, one at least.
func newPlaces(all int64, percent int) *places {
	return &places{all: all, share: (all*int64(percent) + 99) / 100, by: map[string]int64{}}
}

// take takes n places for a client, if there are so many and the client may have them.
func (p *places) take(client string, n int64) bool {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.all > 0 && p.taken+n > p.all || p.share > 0 && p.by[client]+n > p.share {
		return false
	}
	p.taken += n
	p.by[client] += n
	return true
}

// leave gives back n places of a client.
func (p *places) leave(client string, n int64) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.taken -= n
	if p.by[client] -= n; p.by[client] == 0 {
		delete(p.by, client)
	}
}

// place is the one that a request has: among those that the service works on, or among those whose clients it waits for.
type place struct {
	client string
	among  *places // nil once it is left
}

// move takes a place among others before it gives up its own, which it keeps where there is none.
func (p *place) move(to *places) bool {
	if !to.take(p.client, 1) {
		return false
	}
	p.leave()
	p.among = to
	return true
}

// leave gives up the place.
func (p *place) leave() {
	if p.among != nil {
		p.among.leave(p.client, 1)
		p.among = nil
	}
}
