package store_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/internal/testenv"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/storetest"
)

// TestChangesNameTheClaimsThatTheyMove: whatever is changed, each claim whose figures are others afterwards is named by the change;
// and of the claims that stay as they are, many are not.
func TestChangesNameTheClaimsThatTheyMove(t *testing.T) {
	t.Parallel()
	s := open(t)
	header := fmt.Sprintf(`{"type":"bundle","format":"headwater-bundle/1","namespace":"%s"}`, changing)
	everything := []string{header}
	var claims []uuid.UUID
	for n := range 12 {
		claims = append(claims, headwater.NamespaceOf(changing).ID(headwater.ResourceClaim, fmt.Sprintf("c%d", n)))
		everything = append(everything,
			fmt.Sprintf(`{"type":"source","key":"s%d","kind":"outlet","name":"One"}`, n),
			fmt.Sprintf(`{"type":"document","key":"d%d","kind":"article","publisher":"s%d"}`, n, n),
			fmt.Sprintf(`{"type":"claim","key":"c%d","statement":{"en":"It rained."}}`, n),
			fmt.Sprintf(`{"type":"attribution","key":"a%d","claim":"c%d","document":"d%d","stance":"affirms",`+
				`"chain":[{"source":"s%d"},{"source":"s%d"}]}`, n, n%changingClaims, n, n, (n+1)%12))
	}
	must(importText(t, s, strings.Join(everything, "\n")))(t)
	must(storetest.Sequence(t.Context(), s, s.Pool))(t)
	figures := func() map[uuid.UUID]provenance.AllFigures {
		facts := must(s.Facts(t.Context(), claims, nil, false))(t)
		analysis, all := provenance.New(facts.Facts), map[uuid.UUID]provenance.AllFigures{}
		for _, claim := range facts.Claims {
			if claim.Status == headwater.EntityActive && slices.Contains(claims, claim.ID) {
				report := must(analysis.Report(t.Context(), claim.ID, provenance.Question{}))(t)
				all[claim.ID] = report.AllFigures()
			}
		}
		return all
	}
	last, before := must(s.LastSeq(t.Context()))(t), figures()
	chance := rand.New(rand.NewPCG(20, 7))
	moved, spared := 0, 0
	rounds := 40
	if testenv.Long() {
		rounds = 400
	}
	for range rounds {
		line := someChange(chance)
		result, err := importText(t, s, header+"\n"+line)
		if refused := new(store.ImportError); err != nil && !errors.As(err, &refused) {
			t.Fatal(err)
		}
		if !result.Changed() {
			continue
		}
		must(storetest.Sequence(t.Context(), s, s.Pool))(t)
		page := must(s.Changes(t.Context(), store.ChangeFilter{After: last}, store.Paging{Limit: 100}))(t)
		if err := s.NameClaims(t.Context(), page.Items); err != nil {
			t.Fatal(err)
		}
		var named []uuid.UUID
		for _, change := range page.Items {
			named, last = append(named, change.Claims...), change.Seq
			if change.MoreClaims != 0 || !slices.IsSortedFunc(change.Claims, headwater.CompareIDs) {
				t.Errorf("change %d names %v and %d more", change.Seq, change.Claims, change.MoreClaims)
			}
		}
		after := figures()
		for id, now := range after {
			was, there := before[id]
			switch is := slices.Contains(named, id); {
			case there && was == now && !is:
				spared++
			case there && was == now:
			case is:
				moved++
			default:
				t.Errorf("%s is not named by the change that moved it:\n%s\n%s", id, line, cmp.Diff(was, now))
			}
		}
		before = after
	}
	if moved < rounds/8 || spared < rounds/2 {
		t.Errorf("%d claims were moved and named, %d neither: this shows little", moved, spared)
	}
}

// TestFiltersOfChanges: what a filter includes is the same in Go and in SQL.
func TestFiltersOfChanges(t *testing.T) {
	t.Parallel()
	s := open(t)
	groups := []uuid.UUID{headwater.NewID(), headwater.NewID()}
	for n := range 4 {
		by := store.Authorship{Actor: []string{"key:a", "key:b"}[n%2], Group: groups[n/2]}
		source := must(s.CreateSource(t.Context(), by, "", outlet("One")))(t)
		must(s.RetractSource(t.Context(), by, source.ID, 0, true))(t)
	}
	must(storetest.Sequence(t.Context(), s, s.Pool))(t)
	all, more, err := s.ChangesBetween(t.Context(), store.ChangeFilter{}, 0, 8, 100)
	if len(all) != 8 || more || err != nil {
		t.Fatalf("%d changes, more: %t, %v", len(all), more, err)
	}
	for _, resource := range []string{"", "source", "claim"} {
		for _, id := range []uuid.UUID{uuid.Nil, all[0].ResourceID, groups[0]} {
			for _, actor := range []string{"", "key:a", "key:c"} {
				for _, operation := range []string{"", "retract", "merge"} {
					for _, group := range append(groups, uuid.Nil, all[0].ResourceID) {
						f := store.ChangeFilter{Resource: resource, ResourceID: id, Actor: actor, Operation: operation, Group: group}
						var want []int64
						for _, change := range all {
							if f.Includes(change) && change.Seq > 1 && change.Seq <= 7 {
								want = append(want, change.Seq)
							}
						}
						var got []int64
						changes, _, err := s.ChangesBetween(t.Context(), f, 1, 7, 100)
						if err != nil {
							t.Fatal(err)
						}
						for _, change := range changes {
							got = append(got, change.Seq)
						}
						if diff := cmp.Diff(want, got); diff != "" {
							t.Errorf("%+v (-Go +SQL):\n%s", f, diff)
						}
					}
				}
			}
		}
	}
}
