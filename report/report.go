// Package report answers questions about claims, wherever the facts are: it resolves the names, reads the facts, and hands
// both to the analysis. The service and the command share it.
//
// It must not know SQL, HTTP, nor any store or format: it sees the facts through the interface that it declares.
package report

import (
	"cmp"
	"context"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
)

// FactSource is where facts come from, such as a database or a bundle in memory.
type FactSource interface {
	// ResolveClaims gives the ids of claims that are named by id or key, in order. Names that are unknown or ambiguous are
	// headwater.Faults, all of them at once, each at its index below the pointer.
	ResolveClaims(ctx context.Context, at headwater.Pointer, names []string) ([]uuid.UUID, error)
	// ResolveSources does the same for sources.
	ResolveSources(ctx context.Context, at headwater.Pointer, names []string) ([]uuid.UUID, error)
	// Facts reads all that reports on the claims can rest on, as of one moment. It may give more. The sources in without are
	// among them. With proposed, proposed links are followed as accepted ones are. An unknown claim is no error here: the
	// analysis finds it.
	Facts(ctx context.Context, claims, without []uuid.UUID, proposed bool) (provenance.Facts, error)
}

// Request is a provenance.Question as people ask it: sources are named by id or key.
type Request struct {
	Without         []string
	AsOf            headwater.Day
	IncludeProposed bool
}

// Or takes what the request leaves open from a question, such as the one that a bundle was made for.
func (q Request) Or(question provenance.Question) Request {
	if q.Without == nil {
		for _, source := range question.Without {
			q.Without = append(q.Without, source.String())
		}
	}
	q.AsOf = cmp.Or(q.AsOf, question.AsOf)
	q.IncludeProposed = q.IncludeProposed || question.IncludeProposed
	return q
}

// Answer is an analysis with the claims and the question that it was made for.
type Answer struct {
	*provenance.Analysis
	Claims   []uuid.UUID
	Question provenance.Question
}

// AnalyzeNamed analyzes claims that are named by id or key. Faults of the names stand below the pointer.
func AnalyzeNamed(ctx context.Context, from FactSource, at headwater.Pointer, names []string, q Request) (*Answer, error) {
	claims, err := from.ResolveClaims(ctx, at, names)
	if err != nil {
		return nil, err
	}
	return Analyze(ctx, from, claims, q)
}

// Analyze reads the facts about claims for a question.
func Analyze(ctx context.Context, from FactSource, claims []uuid.UUID, q Request) (*Answer, error) {
	without, err := from.ResolveSources(ctx, "/without", q.Without)
	if err != nil {
		return nil, err
	}
	facts, err := from.Facts(ctx, claims, without, q.IncludeProposed)
	if err != nil {
		return nil, err
	}
	question := provenance.Question{Without: without, AsOf: q.AsOf, IncludeProposed: q.IncludeProposed}
	return &Answer{provenance.New(facts), claims, question}, nil
}

// Reports gives a report on each claim, in order, unless ctx ends before. A question that is at fault is refused even where there is no
// claim. Each report is given to counted as it is made, unless that is nil; its error ends the others.
func (a *Answer) Reports(ctx context.Context, counted func(*provenance.Report) error) ([]*provenance.Report, error) {
	if err := a.Check(a.Question); err != nil {
		return nil, err
	}
	reports := make([]*provenance.Report, len(a.Claims))
	for i, claim := range a.Claims {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		report, err := a.Report(ctx, claim, a.Question)
		if err == nil && counted != nil {
			err = counted(report)
		}
		if err != nil {
			return nil, err
		}
		reports[i] = report
	}
	return reports, nil
}

// FactsOf gives just the facts that reports on claims rest on, each once. It fails as a report on one of them does.
func FactsOf(ctx context.Context, facts provenance.Facts, claims []uuid.UUID, q provenance.Question) (provenance.Facts, error) {
	analysis := provenance.New(facts)
	var all provenance.Facts
	for _, claim := range claims {
		just, err := analysis.FactsOf(ctx, claim, q)
		if err != nil {
			return all, err
		}
		all = provenance.Facts{
			Claims: append(all.Claims, just.Claims...), Links: append(all.Links, just.Links...),
			Sources:      append(all.Sources, just.Sources...),
			Attributions: append(all.Attributions, just.Attributions...), Documents: append(all.Documents, just.Documents...),
			Relations: append(all.Relations, just.Relations...),
		}
	}
	return all, nil
}
