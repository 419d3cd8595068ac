package api_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/api"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/storetest"
)

// TestTablesAlteredBeneath alters a table under a running service, all of whose connections have prepared statements for it as it was:
// no request notices.
func TestTablesAlteredBeneath(t *testing.T) {
	t.Parallel()
	address := storetest.New(t)
	opened, err := store.Open(t.Context(), store.Options{ConnString: address, MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(opened.Close)
	s := serve(t, api.New(opened, api.Options{}))
	_, _, made := s.call("POST", "/v1/sources", aSource)
	one := "/v1/sources/" + fmt.Sprint(made["id"])
	owner, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close(t.Context())
	n := 0
	calls := []func() (int, http.Header, map[string]any){
		func() (int, http.Header, map[string]any) { return s.call("GET", one, "") },
		func() (int, http.Header, map[string]any) { return s.call("GET", "/v1/sources?limit=5", "") },
		func() (int, http.Header, map[string]any) { return s.call("GET", "/v1/sources?q=gazette", "") },
		func() (int, http.Header, map[string]any) { return s.call("POST", "/v1/sources", aSource) },
		func() (int, http.Header, map[string]any) {
			n++
			return s.call("PATCH", one, fmt.Sprintf(`{"notes": "%d"}`, n), "If-Match", "*", "Content-Type", "application/merge-patch+json")
		},
	}
	for _, kind := range []string{"varchar", "text"} {
		for _, call := range calls {
			for range 3 {
				if status, _, answer := call(); status >= 300 {
					t.Fatal("before: ", status, answer)
				}
			}
		}
		for i, call := range calls {
			if _, err := owner.Exec(t.Context(), "ALTER TABLE sources ALTER COLUMN notes TYPE "+kind); err != nil {
				t.Fatal(err)
			}
			if status, _, answer := call(); status >= 300 {
				t.Errorf("call %d after notes became %s: %d %v", i, kind, status, answer)
			}
			kind = map[string]string{"varchar": "text", "text": "varchar"}[kind]
			for range 3 {
				call()
			}
		}
	}
	if _, _, answer := s.call("GET", one, ""); answer["notes"] != fmt.Sprint(n) {
		t.Errorf("the last change is lost: %v", answer)
	}
}

// overtakenStore fails a read for a cause that is gone at once, so many times.
type overtakenStore struct {
	api.Store
	fails *atomic.Int32
}

func (s overtakenStore) Sources(ctx context.Context, f store.SourceFilter, p store.Paging) (store.Page[store.SourceHit], error) {
	if s.fails.Add(-1) >= 0 {
		return store.Page[store.SourceHit]{}, &headwater.Error{Code: headwater.CodeUnavailable, Retryable: true, Momentary: true}
	}
	return s.Store.Sources(ctx, f, p)
}

// TestWhatIsOverIsTriedAgain: once, and then it is the client's to try.
func TestWhatIsOverIsTriedAgain(t *testing.T) {
	t.Parallel()
	var fails atomic.Int32
	server := httptest.NewServer(handler(overtakenStore{open(t), &fails}))
	t.Cleanup(server.Close)
	for failures, want := range map[int32]int{0: 200, 1: 200, 2: 503} {
		fails.Store(failures)
		status, header, answer := service{t, server.URL}.call("GET", "/v1/sources", "")
		if status != want || (header.Get("Retry-After") != "") != (want == 503) {
			t.Errorf("after %d failures: %d %v %v", failures, status, header, answer)
		}
	}
}
