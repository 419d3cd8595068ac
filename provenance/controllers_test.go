package provenance_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
)

// TestControl: who controls a source changes with the day, and each controller comes with the relations that lead to it.
func TestControl(t *testing.T) {
	t.Parallel()
	s := newStory()
	s.relate("paper", headwater.ControlledBy, "holding", "", "2020")
	s.relate("paper", headwater.SpeaksFor, "party", "2021-03", "")
	s.relate("holding", headwater.PartOf, "trust", "", "")
	s.relate("paper", headwater.MemberOf, "guild", "", "")
	s.relate("trust", headwater.ControlledBy, "holding", "2019", "2019")
	s.source("trust").Status = headwater.EntityRetracted
	for name, test := range map[string]struct {
		at          headwater.Day
		group       string
		controllers map[string][]int // relations by number
		relations   []int
		loops       int
	}{
		"of the holding":         {"2020-12-31", "trust", map[string][]int{"holding": {0}, "trust": {0, 2}}, []int{0, 2}, 0},
		"of nobody":              {"2021-02", "paper", map[string][]int{}, []int{}, 0},
		"of the party":           {"2022", "party", map[string][]int{"party": {1}}, []int{1}, 0},
		"of a loop":              {"2019-05-06", "holding", map[string][]int{"holding": {0}, "trust": {0, 2}}, []int{0, 2, 4}, 1},
		"whenever":               {"", "paper", map[string][]int{"holding": {0}, "party": {1}, "trust": {0, 2}}, []int{0, 1, 2, 4}, 1},
		"of both within a span":  {"2021", "party", map[string][]int{"party": {1}}, []int{1}, 0},
		"on the last day of one": {"2020", "trust", map[string][]int{"holding": {0}, "trust": {0, 2}}, []int{0, 2}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, err := provenance.New(s.Facts).Control(t.Context(), idOf(sourceID, 0), test.at)
			if err != nil {
				t.Fatal(err)
			}
			controllers, relations := map[string][]int{}, []int{}
			for _, c := range found.Controllers {
				controllers[s.names[c.Source]] = s.numbers(c.Via)
			}
			for _, r := range found.Relations {
				relations = append(relations, s.numbers([]uuid.UUID{r.Relation})...)
			}
			if diff := cmp.Diff(test.controllers, controllers); diff != "" {
				t.Errorf("controllers (-want +got):\n%s", diff)
			}
			if s.names[found.Group] != test.group || !cmp.Equal(relations, test.relations) || len(found.Loops) != test.loops {
				t.Errorf("group %s, relations %v, loops %v, want %s, %v and %d", s.names[found.Group], relations, found.Loops, test.group,
					test.relations, test.loops)
			}
		})
	}
}

// numbers are those of relations.
func (s *story) numbers(ids []uuid.UUID) []int {
	numbers := []int{}
	for _, id := range ids {
		numbers = append(numbers, int(id[15]))
	}
	return numbers
}

// TestControlOfGroups: a source's controllers are those by which a report groups it.
func TestControlOfGroups(t *testing.T) {
	t.Parallel()
	s := newStory()
	s.affirm("paper", "mayor")
	s.dateLast("2024-05-06", "2024-05-06")
	s.relate("paper", headwater.ControlledBy, "holding", "", "2024-05-06")
	s.relate("mayor", headwater.PartOf, "city", "2024-05-07", "")
	analysis := provenance.New(s.Facts)
	for source, group := range s.report(t).Affirming.Groups {
		found, err := analysis.Control(t.Context(), source, "2024-05-06")
		if err != nil {
			t.Fatal(err)
		}
		if found.Group != group.Group {
			t.Errorf("%s is in the group of %s, and of %s in the report", s.names[source], s.names[found.Group], s.names[group.Group])
		}
	}
}

func TestControlFaults(t *testing.T) {
	t.Parallel()
	analysis := provenance.New(portClosed().Facts)
	var faults headwater.Faults
	if _, err := analysis.Control(t.Context(), idOf(sourceID, 0), "2024-02-31"); !errors.As(err, &faults) || faults[0].Pointer != "/at" {
		t.Errorf("got %v, want a fault at /at", err)
	}
	var unknown *headwater.Error
	if _, err := analysis.Control(t.Context(), idOf(sourceID, 99), ""); !errors.As(
		err, &unknown) || unknown.Code != headwater.CodeNotFound {
		t.Errorf("got %v, want not found", err)
	}
}
