package headwater

import (
	"net/http"
	"sync"
)

// seenHeader is where the answer to a change says how much a read must know to find the change.
const seenHeader = "X-Headwater-Seen"

// seen is what the service last said of that to one client, who sends it back, so that a service that reads from standbys answers with
// what the client wrote before.
type seen struct {
	mutex sync.Mutex
	token string
}

// mark adds the token to a request, unless its caller did.
func (s *seen) mark(req *http.Request) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.token != "" && req.Header.Get(seenHeader) == "" {
		req.Header.Set(seenHeader, s.token)
	}
}

// keep keeps the token of an answer, unless a later one was kept. One that the service refuses is of a database that it no longer has.
func (s *seen) keep(resp *http.Response) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if resp.StatusCode == http.StatusBadRequest {
		s.token = ""
	}
	s.token = max(s.token, resp.Header.Get(seenHeader))
}
