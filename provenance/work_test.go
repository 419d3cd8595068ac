package provenance_test

import (
	"context"
	"errors"
	"io"
	"testing"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater/provenance"
)

// watched is a context that counts how often it is looked at, and ends at one of these looks.
type watched struct {
	context.Context //nolint:containedctx // it is one
	looks, endsAt   int
}

func (w *watched) Err() error {
	if w.looks++; w.endsAt > 0 && w.looks >= w.endsAt {
		return context.Canceled
	}
	return nil
}

// longAnswers are all that takes long.
var longAnswers = map[string]func(ctx context.Context, a *provenance.Analysis, claim, source uuid.UUID) error{
	"report": func(ctx context.Context, a *provenance.Analysis, claim, _ uuid.UUID) error {
		_, err := a.Report(ctx, claim, provenance.Question{})
		return err
	},
	"drawing": func(ctx context.Context, a *provenance.Analysis, claim, _ uuid.UUID) error {
		_, err := a.Drawing(ctx, claim, provenance.Question{})
		return err
	},
	"facts": func(ctx context.Context, a *provenance.Analysis, claim, _ uuid.UUID) error {
		_, err := a.FactsOf(ctx, claim, provenance.Question{})
		return err
	},
	"lines of facts": func(ctx context.Context, a *provenance.Analysis, claim, _ uuid.UUID) error {
		return a.WriteFacts(ctx, io.Discard, claim, provenance.Question{})
	},
	"counted": func(ctx context.Context, a *provenance.Analysis, claim, _ uuid.UUID) error {
		_, err := a.Counted(ctx, claim, provenance.Question{}, true)
		return err
	},
	"figures": func(ctx context.Context, a *provenance.Analysis, claim, _ uuid.UUID) error {
		_, _, err := a.FiguresOf(ctx, claim, provenance.Question{})
		return err
	},
	"impact": func(ctx context.Context, a *provenance.Analysis, claim, source uuid.UUID) error {
		_, err := a.ImpactOfSource(ctx, claim, source)
		return err
	},
}

// TestAnswersEndWithTheirContext: an answer about a huge claim looks at its context again and again, as often as the claim is large,
// and ends where it has ended.
func TestAnswersEndWithTheirContext(t *testing.T) {
	t.Parallel()
	facts, claim := hotClaim(20_000)
	analysis := provenance.New(facts)
	half, claimOfHalf := hotClaim(10_000)
	analysisOfHalf := provenance.New(half)
	for name, answer := range longAnswers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			whole, part := &watched{Context: t.Context()}, &watched{Context: t.Context()}
			if err := errors.Join(answer(whole, analysis, claim, facts.Sources[0].ID), answer(part, analysisOfHalf, claimOfHalf,
				half.Sources[0].ID)); err != nil {
				t.Fatal(err)
			}
			if whole.looks < 20 || float64(whole.looks) < 1.5*float64(part.looks) {
				t.Errorf("looks %d times, and %d times at a claim that is half as large", whole.looks, part.looks)
			}
			for _, at := range []int{1, 2, whole.looks / 2, whole.looks} {
				ctx := &watched{Context: t.Context(), endsAt: at}
				if err := answer(ctx, analysis, claim, facts.Sources[0].ID); !errors.Is(err, context.Canceled) || ctx.looks != at {
					t.Errorf("ends at look %d of %d with %v", ctx.looks, at, err)
				}
			}
		})
	}
}
