package headwater_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	headwater "github.com/headwater-project/headwater/sdk/go"
)

// cutting gives clients whose streams are cut again and again, or that have none; cuts counts the streams that were asked for.
func cutting(t *testing.T) (through func(streams bool) *headwater.Client, cuts *atomic.Int32) {
	t.Helper()
	target, err := url.Parse(os.Getenv("HEADWATER_URL"))
	if err != nil {
		t.Fatal(err)
	}
	cuts = &atomic.Int32{}
	return func(streams bool) *headwater.Client {
		proxy := httputil.NewSingleHostReverseProxy(target)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx := r.Context()
			if strings.HasSuffix(r.URL.Path, "/stream") {
				if !streams {
					http.NotFound(w, r)
					return
				}
				cuts.Add(1)
				var stop context.CancelFunc
				ctx, stop = context.WithTimeout(ctx, 300*time.Millisecond)
				defer stop()
			}
			defer func() { _ = recover() }() // which the proxy does where it is cut off
			proxy.ServeHTTP(w, r.WithContext(ctx))
		}))
		t.Cleanup(server.Close)
		return clientOf(t, server.URL)
	}, cuts
}

// TestFollowStandings: each time that a claim comes to stand otherwise comes once and in order, as changes do.
func TestFollowStandings(t *testing.T) {
	through, cuts := cutting(t)
	first, err := client(t).CreateClaim(t.Context(), headwater.NewClaim{Statement: map[string]string{"en": "A ferry ran."}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	beginning, place := 0, 0
	from := &headwater.StreamStandingChangesParams{After: &beginning}
	for change, err := range client(t).FollowStandings(t.Context(), from) { // what is there already comes before
		if err != nil {
			t.Fatal(err)
		}
		if place = change.Seq; change.Claim == first.ID {
			break
		}
	}
	const claims = 6
	go func() {
		for n := range claims {
			_, err := client(t).CreateClaim(t.Context(), headwater.NewClaim{Statement: map[string]string{"en": fmt.Sprintf(
				"Ferry %d ran.", n)}}, nil)
			if err != nil {
				t.Error(err)
			}
			time.Sleep(150 * time.Millisecond)
		}
	}()
	for _, streams := range []bool{true, false} {
		at, seen := place, map[string]bool{}
		for change, err := range through(streams).FollowStandings(t.Context(), &headwater.StreamStandingChangesParams{After: &place}) {
			if err != nil {
				t.Fatal(err)
			}
			if change.Seq <= at {
				t.Errorf("%d comes after %d", change.Seq, at)
			}
			at = change.Seq
			if seen[change.Claim.String()] = true; change.Before != nil || change.After == nil {
				t.Errorf("a new claim: %+v", change)
			}
			if len(seen) == claims {
				break
			}
		}
	}
	if cuts.Load() < 2 {
		t.Errorf("the stream was asked for %d times; it was to be cut", cuts.Load())
	}
}

// TestFollow: each change comes once and in order, although the connection is cut again and again, or there are no streams at all; and
// a reason is kept in its own script.
func TestFollow(t *testing.T) {
	through, cuts := cutting(t)
	last, err := headwater.First(client(t).ListChanges(t.Context(),
		&headwater.ListChangesParams{Limit: 1, Order: headwater.ListChangesParamsOrderDesc}))
	if err != nil {
		t.Fatal(err)
	}
	const changes, reason = 8, "خطأ في الاسم — o'clock"
	go func() {
		for n := range changes {
			_, err := client(t).CreateSource(t.Context(), headwater.NewSource{Kind: headwater.SourceKindOutlet,
				Name: fmt.Sprint("Followed ", n)}, &headwater.CreateSourceParams{Reason: reason})
			if err != nil {
				t.Error(err)
			}
			time.Sleep(150 * time.Millisecond)
		}
	}()
	for _, streams := range []bool{true, false} {
		place, seen := last.Seq, 0
		for change, err := range through(streams).Follow(t.Context(), &headwater.StreamChangesParams{After: &place, Resource: "source"}) {
			if err != nil {
				t.Fatal(err)
			}
			if change.Seq <= place {
				t.Errorf("%d comes after %d", change.Seq, place)
			}
			if place = change.Seq; change.Reason == reason {
				seen++
			}
			if seen == changes {
				break
			}
		}
	}
	if cuts.Load() < 2 {
		t.Errorf("the stream was asked for %d times; it was to be cut", cuts.Load())
	}
	beyond := last.Seq + 1_000_000
	for _, err := range client(t).Follow(t.Context(), &headwater.StreamChangesParams{After: &beyond}) {
		if p := new(headwater.Problem); !errors.As(err, &p) || p.Status != http.StatusUnprocessableEntity {
			t.Errorf("a place beyond the order: %v", err)
		}
	}
}
