package api

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/report"
	"github.com/headwater-project/headwater/store"
)

// SupposedChanges are changes of what is stored that are tried and not made.
type SupposedChanges struct {
	Accept       []uuid.UUID                   `json:"accept,omitempty" maxItems:"100" doc:"Proposed links and attributions, by id, as if they were accepted." example:"[\"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d\"]"`
	Reject       []uuid.UUID                   `json:"reject,omitempty" maxItems:"100" doc:"Links and attributions, by id, as if they were rejected." example:"[]"`
	Sources      []SupposedSource              `json:"sources,omitempty" maxItems:"100" doc:"Sources as if they were there, for other changes to name by the ids that they are given here."`
	Links        []headwater.LinkFields        `json:"links,omitempty" maxItems:"100" doc:"Links as if they were there and accepted."`
	Attributions []headwater.AttributionFields `json:"attributions,omitempty" maxItems:"100" doc:"Attributions as if they were there and accepted. Their quotes are not looked for in the documents."`
	Merges       []SupposedMerger              `json:"merges,omitempty" maxItems:"100" doc:"Mergers of claims, or of sources, as if they were made."`
	Withdraw     []SupposedWithdrawal          `json:"withdraw,omitempty" maxItems:"100" doc:"Sources and documents as if they were retracted."`
}

// SupposedSource is a source that is not there, under an id that whoever tries it makes up.
type SupposedSource struct {
	ID uuid.UUID `json:"id" format:"uuid" doc:"An id that no stored source has. It is for this request alone: the source that is made in the end has its own." example:"3d2c1b52-6a5e-4f0e-9d0e-3f1f6a1b2c3d"`
	headwater.SourceFields
}

// SupposedMerger is a merger that is tried.
type SupposedMerger struct {
	Resource headwater.Resource `json:"resource" doc:"claim or source." example:"source"`
	ID       uuid.UUID          `json:"id" format:"uuid" doc:"The one that would be merged." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Into     uuid.UUID          `json:"into" format:"uuid" doc:"The one that it would speak as." example:"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
}

// SupposedWithdrawal is a retraction that is tried.
type SupposedWithdrawal struct {
	Resource headwater.Resource `json:"resource" doc:"source or document." example:"source"`
	ID       uuid.UUID          `json:"id" format:"uuid" doc:"Its id." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
}

// Comparison is a claim's figures before and after changes that are tried.
type Comparison struct {
	Claim  uuid.UUID             `json:"claim" format:"uuid" doc:"The claim." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Before provenance.AllFigures `json:"before" doc:"How it stands."`
	After  provenance.AllFigures `json:"after" doc:"How it would stand."`
}

// supposed is what the analysis needs of changes that are tried, with all that they name.
type supposed struct {
	provenance.Changes
	claims, sources, documents []named
	newSources                 []named
}

// named is a thing that a change names, and where it does.
type named struct {
	at headwater.Pointer
	id uuid.UUID
}

func idsOf(list []named) []uuid.UUID {
	ids := make([]uuid.UUID, len(list))
	for i, n := range list {
		ids[i] = n.id
	}
	return ids
}

const changesPointer headwater.Pointer = "/changes"

// suppose reads changes. It gives all faults of their words at once.
func (c SupposedChanges) suppose() (*supposed, error) {
	s := &supposed{Changes: provenance.Changes{Accepted: c.Accept, Rejected: c.Reject, Merged: map[uuid.UUID]uuid.UUID{},
		Withdrawn: map[uuid.UUID]bool{}}}
	var faults headwater.Faults
	for i, source := range c.Sources {
		source.Normalize()
		at := changesPointer.Field("sources").Index(i)
		faults = append(faults, headwater.FaultsBelow(at, source.Validate())...)
		if source.ID == uuid.Nil {
			faults = append(faults, headwater.NewFault(at.Field("id"), headwater.FaultRequired, nil, "an id for it"))
		} else if slices.ContainsFunc(s.Sources, func(before headwater.Source) bool { return before.ID == source.ID }) {
			faults = append(faults, headwater.NewFault(at.Field("id"), headwater.FaultDuplicate, source.ID, "an id for each source"))
		}
		s.newSources = append(s.newSources, named{at.Field("id"), source.ID})
		s.Sources = append(s.Sources, headwater.Source{Meta: headwater.Meta{ID: source.ID}, SourceFields: source.SourceFields,
			Status: headwater.EntityActive})
	}
	for i := range c.Links {
		link := headwater.Link{Meta: headwater.Meta{ID: headwater.NewID()}, LinkFields: c.Links[i], Status: headwater.Accepted}
		link.Normalize()
		at := changesPointer.Field("links").Index(i)
		faults = append(faults, headwater.FaultsBelow(at, link.Validate())...)
		s.claims = append(s.claims, named{at.Field("from"), link.From}, named{at.Field("to"), link.To})
		s.Links = append(s.Links, link)
	}
	for i, fields := range c.Attributions {
		attribution := headwater.Attribution{Meta: headwater.Meta{ID: headwater.NewID()}, AttributionFields: fields,
			Status: headwater.Accepted}
		attribution.Normalize()
		at := changesPointer.Field("attributions").Index(i)
		faults = append(faults, headwater.FaultsBelow(at, attribution.Validate())...)
		s.claims = append(s.claims, named{at.Field("claim"), fields.Claim})
		s.documents = append(s.documents, named{at.Field("document"), fields.Document})
		for hop, h := range fields.Chain {
			s.sources = append(s.sources, named{at.Field("chain").Index(hop).Field("source"), h.Source})
		}
		s.Attributions = append(s.Attributions, provenance.AttributionOf(attribution))
	}
	for i, merger := range c.Merges {
		at := changesPointer.Field("merges").Index(i)
		both := []named{{at.Field("id"), merger.ID}, {at.Field("into"), merger.Into}}
		switch merger.Resource {
		case headwater.ResourceClaim:
			s.claims = append(s.claims, both...)
		case headwater.ResourceSource:
			s.sources = append(s.sources, both...)
		default:
			faults = append(faults, headwater.NewFault(at.Field("resource"), headwater.FaultNotOneOf, merger.Resource, "claim or source"))
		}
		if merger.ID == merger.Into {
			faults = append(faults, headwater.NewFault(at.Field("into"), headwater.FaultSameEnds, merger.Into, "another thing"))
		}
		s.Merged[merger.ID] = merger.Into
	}
	for i, withdrawal := range c.Withdraw {
		at := changesPointer.Field("withdraw").Index(i)
		switch withdrawal.Resource {
		case headwater.ResourceSource:
			s.sources = append(s.sources, named{at.Field("id"), withdrawal.ID})
		case headwater.ResourceDocument:
			s.documents = append(s.documents, named{at.Field("id"), withdrawal.ID})
		default:
			faults = append(faults, headwater.NewFault(at.Field("resource"), headwater.FaultNotOneOf, withdrawal.Resource,
				"source or document"))
		}
		s.Withdrawn[withdrawal.ID] = true
	}
	if faults != nil {
		return nil, faults
	}
	return s, nil
}

// supposedEvidence is a store as the analysis sees it that is to try changes: it reads what they name as well.
type supposedEvidence struct {
	EvidenceStore
	*supposed
	facts provenance.Facts
}

// Facts reads from the store, and faults what the changes name and is not there.
func (e *supposedEvidence) Facts(ctx context.Context, claims, without []uuid.UUID, proposed bool) (provenance.Facts, error) {
	read, err := e.FactsWith(ctx, store.MoreFacts{
		Claims:    append(idsOf(e.claims), claims...),
		Sources:   slices.Concat(idsOf(e.sources), idsOf(e.newSources), without),
		Documents: idsOf(e.documents),
		Proposed:  proposed || len(e.Accepted) > 0,
	})
	if err != nil {
		return provenance.Facts{}, err
	}
	e.facts = read.Facts
	knownClaims, knownSources, knownDocuments := map[uuid.UUID]bool{}, map[uuid.UUID]bool{}, map[uuid.UUID]bool{}
	for _, claim := range read.Claims {
		knownClaims[claim.ID] = true
	}
	for _, source := range read.Sources {
		knownSources[source.ID] = true
	}
	for _, document := range read.Documents {
		knownDocuments[document.ID] = true
	}
	var faults headwater.Faults
	for _, n := range e.newSources {
		if knownSources[n.id] {
			faults = append(faults, headwater.NewFault(n.at, headwater.FaultConflict, n.id, "an id that no stored source has"))
		}
		knownSources[n.id] = true
	}
	for _, of := range []struct {
		resource headwater.Resource
		named    []named
		known    map[uuid.UUID]bool
	}{{headwater.ResourceClaim, e.claims, knownClaims}, {headwater.ResourceSource, e.sources, knownSources},
		{headwater.ResourceDocument, e.documents, knownDocuments}} {
		for _, n := range of.named {
			if !of.known[n.id] {
				faults = append(faults, headwater.NewFault(n.at, headwater.FaultUnknownReference, n.id, "the id of a "+string(of.resource)))
			}
		}
	}
	if faults != nil {
		return provenance.Facts{}, sortedFaults(faults)
	}
	return e.facts, nil
}

// tryChanges reports on claims as if changes were made, and compares their figures with those of today. A claim that the changes merge
// into another has that one's report.
func tryChanges(ctx context.Context, s EvidenceStore, questions Questions, q report.Request) (Reports, error) {
	changes, err := questions.Changes.suppose()
	if err != nil {
		return Reports{}, err
	}
	evidence := &supposedEvidence{EvidenceStore: s, supposed: changes}
	before, err := report.AnalyzeNamed(ctx, evidence, "/claims", questions.Claims, q)
	if err != nil {
		return Reports{}, err
	}
	then := *before
	then.Analysis, then.Claims = provenance.New(evidence.facts.With(changes.Changes)), make([]uuid.UUID, len(before.Claims))
	for i, claim := range before.Claims {
		then.Claims[i] = changes.speaker(claim)
	}
	out := Reports{Comparisons: make([]Comparison, len(before.Claims))}
	if out.Items, err = then.Reports(ctx, requestOf(ctx).countReports()); err != nil {
		return Reports{}, err
	}
	for i, claim := range before.Claims {
		figures, _, err := before.FiguresOf(ctx, claim, before.Question)
		if err != nil {
			return Reports{}, err
		}
		out.Comparisons[i] = Comparison{claim, figures, out.Items[i].AllFigures()}
	}
	return out, nil
}

// speaker is what a claim would speak as. Mergers that lead back to themselves, which nobody could make, end where they began.
func (s *supposed) speaker(claim uuid.UUID) uuid.UUID {
	for range len(s.Merged) {
		into, merged := s.Merged[claim]
		if !merged {
			break
		}
		claim = into
	}
	return claim
}
