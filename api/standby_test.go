package api_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/api"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/storetest"
)

// oneStandby is a standby that is always chosen.
type oneStandby struct {
	failed int
}

func (o *oneStandby) Choose(context.Context, string) (int, bool, error) { return 0, true, nil }
func (o *oneStandby) Any() (int, bool)                                  { return 0, true }
func (o *oneStandby) Failed(int)                                        { o.failed++ }
func (o *oneStandby) Token(context.Context) (string, error)             { return "seen", nil }
func (o *oneStandby) PrimaryIsGone() bool                               { return false }
func (o *oneStandby) Count() (in, out int)                              { return 1, 0 }

// failing is the store of a standby that cannot read.
type failing struct {
	*store.Store
	err   error
	asked int
}

// Position, Changes and StandingChanges are those of a standby that is behind: a place that there is, is beyond what it has.
func (f *failing) Position(_ context.Context, recordedBy string) (int64, error) {
	return 0, headwater.Faults{headwater.NewFault("/recorded_by", headwater.FaultRange, recordedBy, "less")}
}

func (f *failing) Changes(context.Context, store.ChangeFilter, store.Paging) (store.Page[headwater.Change], error) {
	return store.Page[headwater.Change]{}, store.CheckPlace("/cursor", 2, 1)
}

func (f *failing) Source(context.Context, uuid.UUID) (headwater.Source, error) {
	f.asked++
	return headwater.Source{}, f.err
}

// TestAStandbyThatCannot: what a standby cannot answer, the primary is asked, but not what took too long. The standby is left out
// unless only this read was in the way of its replay. An answer of the standby that is none of its failures stands.
func TestAStandbyThatCannot(t *testing.T) {
	t.Parallel()
	s := open(t)
	for name, c := range map[string]struct {
		err            error
		status, failed int
	}{
		"canceled by replay": {&headwater.Error{Code: headwater.CodeUnavailable, Retryable: true, Momentary: true}, http.StatusOK, 0},
		"gone":               {&headwater.Error{Code: headwater.CodeUnavailable}, http.StatusOK, 1},
		"late":               {&headwater.Error{Code: headwater.CodeUnavailable, Late: true}, http.StatusServiceUnavailable, 0},
		"not there":          {headwater.NotFound(headwater.ResourceSource, "it"), http.StatusNotFound, 0},
	} {
		standbys, standby := &oneStandby{}, &failing{Store: s, err: c.err}
		service := serve(t, api.New(s, api.Options{Standbys: standbys, Readers: []api.Store{standby}}))
		status, header, made := service.call("POST", "/v1/sources", `{"kind": "outlet", "name": "Quay Observer"}`)
		if status != http.StatusCreated || header.Get("X-Headwater-Seen") != "seen" {
			t.Fatal(status, made)
		}
		status, header, answer := service.call("GET", "/v1/sources/"+made["id"].(string), "")
		if status != c.status || standbys.failed != c.failed || standby.asked != 1 {
			t.Errorf("%s: %d %v, failed %d times, asked %d times", name, status, answer, standbys.failed, standby.asked)
		}
		if of := header.Get("Content-Type"); status == http.StatusOK && (answer["name"] != "Quay Observer" || of != "application/json") {
			t.Errorf("%s: %s %v", name, of, answer)
		}
		if status >= 400 && !strings.Contains(header.Get("Content-Type"), "problem") {
			t.Errorf("%s: %v", name, header)
		}
	}
}

// TestAStandbyThatIsBehind: a place that a standby has not come to is looked up on the primary, so that no follower takes being behind
// for another history.
func TestAStandbyThatIsBehind(t *testing.T) {
	t.Parallel()
	s := open(t)
	standbys := &oneStandby{}
	service := serve(t, api.New(s, api.Options{Standbys: standbys, Readers: []api.Store{&failing{Store: s}}}))
	_, _, made := service.call("POST", "/v1/sources", `{"kind": "outlet", "name": "Quay Observer"}`)
	if _, err := storetest.Sequence(t.Context(), s, s.Pool); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{"/v1/changes?after=1": http.StatusOK, "/v1/changes?after=2": http.StatusUnprocessableEntity,
		"/v1/sources/" + made["id"].(string) + "?recorded_by=1": http.StatusOK,
		"/v1/sources/" + made["id"].(string) + "?recorded_by=2": http.StatusUnprocessableEntity} {
		if status, _, answer := service.call("GET", path, ""); status != want || standbys.failed > 0 {
			t.Errorf("%s: %d %v", path, status, answer)
		}
	}
}
