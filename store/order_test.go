package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/store"
)

// TestAnyOrderAndAnyFilesGiveTheSame: up to proposed matches, and nothing that differs is one in any order.
func TestAnyOrderAndAnyFilesGiveTheSame(t *testing.T) {
	t.Parallel()
	rows := []string{"NTV,TR,,A", "NTV,NP,,B", "NTV,,,C", "ntv,TR,,B", "Hill,NP,hill.example.org,A", "Hill,NP,,B",
		"Hill,,hill.example.org,C",
		"Dale,NP,hill.example.org,A", "Canal+,FR,,A", "Canal,FR,,A"}
	want := []string{"A", "B", "C", "Canal", "Canal+", "Dale Hill", "NTV"}
	for seed := range uint64(4) {
		for _, files := range []int{1, 3, len(rows)} {
			t.Run(fmt.Sprintf("order %d in %d files", seed, files), func(t *testing.T) {
				t.Parallel()
				s, order := open(t), slices.Clone(rows)
				rand.New(rand.NewPCG(seed, 0)).Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
				for part := range slices.Chunk(order, (len(order)+files-1)/files) {
					take(t, s, interchange.CSV, owners, "outlet,country,site,owner\n"+strings.Join(part, "\n")+"\n", false)
				}
				if got := alikeNames(t, s); !slices.Equal(got, want) {
					t.Errorf("of the rows %q come %q, want %q", order, got, want)
				}
				page, err := s.Sources(t.Context(), store.SourceFilter{}, store.Paging{Limit: 100})
				if err != nil {
					t.Fatal(err)
				}
				countries := map[string]int{}
				for _, hit := range page.Items {
					if strings.EqualFold(hit.Name, "NTV") {
						countries[hit.Country]++
					}
				}
				if len(page.Items) < 11 || countries["TR"] != 1 || countries["NP"] != 1 || countries[""] != 1 {
					t.Errorf("there are %d sources, and of NTV %v", len(page.Items), countries)
				}
			})
		}
	}
}

// alikeNames gives the names of the sources that proposed matches tie together, each once.
func alikeNames(t *testing.T, s *store.Store) []string {
	t.Helper()
	page, err := s.Sources(t.Context(), store.SourceFilter{}, store.Paging{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	groups := map[uuid.UUID]uuid.UUID{}
	for _, hit := range page.Items {
		groups[hit.ID] = hit.ID
	}
	for _, m := range matches(t, s) {
		from, to := groups[m.A], groups[m.B]
		for id, group := range groups {
			if group == from && m.Status == headwater.Proposed {
				groups[id] = to
			}
		}
	}
	names := map[uuid.UUID][]string{}
	for _, hit := range page.Items {
		name := hit.Name
		if strings.EqualFold(name, "NTV") {
			name = "NTV" // whichever row came first
		}
		if group := groups[hit.ID]; !slices.Contains(names[group], name) {
			names[group] = append(names[group], name)
		}
	}
	var all []string
	for _, group := range names {
		slices.Sort(group)
		all = append(all, strings.Join(group, " "))
	}
	slices.Sort(all)
	return all
}
