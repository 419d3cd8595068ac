package pg

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/uuid"
)

// randomControl is a small graph in which dates decide, and all relations are written.
func randomControl(chance *rand.Rand, sources, relations, days int) []controlRelation {
	ids := make([]uuid.UUID, sources)
	for i := range ids {
		ids[i] = uuid.New()
	}
	list := make([]controlRelation, relations)
	for i := range list {
		first := chance.Int32N(int32(days))
		from := chance.Perm(sources)
		list[i] = controlRelation{uuid.New(), ids[from[0]], ids[from[1]], first, first + 1 + chance.Int32N(int32(days)/2+1),
			chance.IntN(4) > 0}
	}
	return list
}

// closes tries every path on from a relation, as long as all of it holds at one time.
func closes(relations []controlRelation, origin, at uuid.UUID, first, end int32, passed []uuid.UUID) bool {
	if at == origin {
		return true
	}
	for _, next := range relations {
		from, until := max(first, next.First), min(end, next.End)
		if next.Subject == at && from < until && !slices.Contains(passed, next.Object) &&
			closes(relations, origin, next.Object, from, until, append(passed[:len(passed):len(passed)], next.Object)) {
			return true
		}
	}
	return false
}

func TestControlLoopsAgainstATwin(t *testing.T) {
	t.Parallel()
	chance := rand.New(rand.NewPCG(6, 7))
	looped := 0
	for range 3_000 {
		relations := randomControl(chance, 2+chance.IntN(5), 1+chance.IntN(12), 1+chance.IntN(12))
		loops, err := findControlLoops(t.Context(), relations, maxLoopSteps)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range relations {
			got := slices.Contains(loops, LoopFault{r.ID, r.Subject, notControlled})
			if expected := r.Written && closes(relations, r.Subject, r.Object, r.First, r.End, nil); got != expected {
				t.Fatalf("relation %v: got %v, expected %v, of %v", r, got, expected, relations)
			} else if expected {
				looped++
			}
		}
	}
	if looped == 0 {
		t.Error("there was no loop")
	}
}

func TestControlLoopsHaveABound(t *testing.T) {
	t.Parallel()
	relations := randomControl(rand.New(rand.NewPCG(1, 2)), 20, 300, 1_000)
	loops, err := findControlLoops(t.Context(), relations, 1_000)
	if err != nil || len(loops) == 0 || loops[0].Expected != fewerInCircle {
		t.Errorf("got %v, %v", loops, err)
	}
	circle := func() []controlRelation {
		a, b := uuid.New(), uuid.New()
		return []controlRelation{{uuid.New(), a, b, 0, 1, true}, {uuid.New(), b, a, 1, 2, true}}
	}
	loops, err = findControlLoops(t.Context(), slices.Concat(circle(), circle(), circle()), 8) // two circles of two relations on two days
	if err != nil || len(loops) != 2 || loops[0].Expected != fewerInCircle {
		t.Errorf("of three circles: %v, %v", loops, err)
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := findControlLoops(canceled, relations, maxLoopSteps); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}
