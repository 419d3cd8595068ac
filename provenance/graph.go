package provenance

import (
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// Drawing is the provenance of a claim as a graph that is ready to be drawn: who has the claim from whom, after
// sources under one control have become one group.
type Drawing struct {
	Claim            string                             `json:"claim" doc:"The claim's key, or its id where it has none." example:"over-million-since-august"`
	ClaimID          uuid.UUID                          `json:"claim_id" format:"uuid" doc:"The claim's id." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Statement        headwater.Texts                    `json:"statement" doc:"The claim's statement by BCP 47 language tag." example:"{\"en\":\"About 7,000 containers were shipped.\"}"`
	AlgorithmVersion string                             `json:"algorithm_version" doc:"The rules that it was made by." example:"1"`
	Affirming        SideDrawing                        `json:"affirming" doc:"The graph of what speaks for it."`
	Denying          SideDrawing                        `json:"denying" doc:"The graph of what speaks against it."`
	Sources          map[uuid.UUID]headwater.SourceCard `json:"sources" doc:"Each source that the graph names, by id."`
}

// SideDrawing is the graph of one side.
type SideDrawing struct {
	Nodes       []Node        `json:"nodes" doc:"The groups."`
	Edges       []Edge        `json:"edges" doc:"Who has it from whom."`
	CommonLinks []uuid.UUID   `json:"common_links" doc:"The groups on every way from a reader to an origin." example:"[\"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d\"]"`
	Circular    [][]uuid.UUID `json:"circular" doc:"Sets of two or more groups that have the claim from one another." example:"[]"`
	Folds       []Fold        `json:"folds" doc:"The cards that stand for several nodes, where both sides together have more than 60."`
}

// Node is a group and what it does on this side.
type Node struct {
	Group      uuid.UUID   `json:"group" format:"uuid" doc:"The source that names the group." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Members    []uuid.UUID `json:"members" doc:"The sources of this side that speak with it." example:"[\"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d\"]"`
	Roles      []Role      `json:"roles" doc:"What it does: publishes (a reader comes in here), relays, is an origin." example:"[\"publisher\",\"relay\"]"`
	Uncertain  bool        `json:"uncertain,omitempty" doc:"Of an origin: nobody knows who it is or who stands behind it." example:"false"`
	CommonLink bool        `json:"common_link,omitempty" doc:"True if it is on every way from a reader to an origin." example:"true"`
	SetAside   bool        `json:"set_aside,omitempty" doc:"True if the question takes it out." example:"false"`
	OutOfReach bool        `json:"out_of_reach,omitempty" doc:"True if no reader gets there without what is taken out or was withdrawn." example:"false"`
	Certain    *bool       `json:"certain,omitempty" doc:"Of an origin: whether somebody knows who it is. Missing for what is none." example:"true"`
	Because    *Because    `json:"because,omitempty" doc:"Of an origin: why it is one, and certain or not."`
	// First and Last are of documents that have a date.
	First        headwater.Moment `json:"first,omitempty" doc:"When the first document was published at the earliest of those with an attribution whose walk passes it." example:"2024-05-06"`
	Last         headwater.Moment `json:"last,omitempty" doc:"When the last of these documents was published at the latest." example:"2024-05-09"`
	Proposed     bool             `json:"proposed,omitempty" doc:"True if no attribution that counts without proposals passes it. Only where the question counts proposals." example:"false"`
	Attributions int              `json:"attributions" minimum:"1" doc:"How many attributions' walks pass it, those that are withdrawn or set aside included." example:"3"`
	Without      *Remainder       `json:"without,omitempty" doc:"What is left of the side's figures without it; missing where it is set aside or no reader gets there."`
	Layer        int              `json:"layer" minimum:"0" doc:"How far it is drawn from the readers: each edge leads to a later layer, but for those that close a circle. Origins that have the claim from nobody stand in the last." example:"1"`
	Order        int              `json:"order" minimum:"0" doc:"Its place in the layer. The nodes of a fold follow one another." example:"0"`
	Fold         *int             `json:"fold,omitempty" minimum:"0" doc:"The number in folds of the card that is drawn for it, from 0; missing where it has its own." example:"0"`
}

// Remainder is what is left of a side's figures.
type Remainder struct {
	IndependentOrigins Independence `json:"independent_origins" doc:"What is left of the independent origins."`
	Lines              int          `json:"lines" minimum:"0" doc:"What is left of the lines." example:"0"`
}

// Edge says that one group has the claim from another.
type Edge struct {
	From         uuid.UUID   `json:"from" format:"uuid" doc:"The group that tells." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	To           uuid.UUID   `json:"to" format:"uuid" doc:"The group that it was told by." example:"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Attributions []uuid.UUID `json:"attributions" doc:"The attributions whose walks go this way." example:"[\"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d\"]"`
	InCircle     bool        `json:"in_circle,omitempty" doc:"True if it leads from a group of a circle to another of the same." example:"false"`

	First      headwater.Moment `json:"first,omitempty" doc:"When the first document was published at the earliest of those with one of these attributions." example:"2024-05-06"`
	Members    []EdgeMember     `json:"members" doc:"The sources of the one group that have it from sources of the other."`
	Acts       []headwater.Act  `json:"acts" doc:"The speech acts by which these sources of the other group have it said; none where all are reprints." example:"[\"says\"]"`
	Hearsay    bool             `json:"hearsay,omitempty" doc:"True if each of the attributions ends with this step, and the source of the other group has it from hearsay." example:"false"`
	Proposed   bool             `json:"proposed,omitempty" doc:"True if none of the attributions counts without proposals. Only where the question counts proposals." example:"false"`
	Reprint    bool             `json:"reprint,omitempty" doc:"True if one of the attributions goes this way as a reprint." example:"false"`
	OutOfReach bool             `json:"out_of_reach,omitempty" doc:"True if no reader goes this way: what led there was withdrawn or is taken out." example:"false"`
}

// EdgeMember says that one source has the claim from another.
type EdgeMember struct {
	From         uuid.UUID   `json:"from" format:"uuid" doc:"The source that passes it on." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	To           uuid.UUID   `json:"to" format:"uuid" doc:"The source that it has it from." example:"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Attributions []uuid.UUID `json:"attributions" doc:"The attributions that say so." example:"[\"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d\"]"`
}

// Role is what a group does on a side.
type Role string

const (
	PublisherRole Role = "publisher" // a walk begins here
	RelayRole     Role = "relay"     // a walk passes here, between its ends
	OriginRole    Role = "origin"
)

// Values lists the roles.
func (Role) Values() []string {
	return []string{string(PublisherRole), string(RelayRole), string(OriginRole)}
}

// Drawing answers a question about a claim as a graph. It fails as [Analysis.Report] does.
func (a *Analysis) Drawing(ctx context.Context, id uuid.UUID, q Question) (drawing *Drawing, err error) {
	defer endInterrupted(&err)
	e, err := a.during(ctx).examine(id, q)
	if err != nil {
		return nil, err
	}
	c := e.claims[e.claim]
	d := &Drawing{
		Claim: keyOrID(c.Claim), ClaimID: c.ID, Statement: c.Statement, AlgorithmVersion: AlgorithmVersion,
		Affirming: e.affirming.drawing(), Denying: e.denying.drawing(), Sources: map[uuid.UUID]headwater.SourceCard{},
	}
	if q.IncludeProposed {
		q.IncludeProposed = false
		without, err := e.examine(id, q)
		if err != nil {
			return nil, err
		}
		d.Affirming.markProposed(e.affirming.side, without.affirming.side)
		d.Denying.markProposed(e.denying.side, without.denying.side)
	}
	for _, side := range []SideDrawing{d.Affirming, d.Denying} {
		for _, node := range side.Nodes {
			a.addCards(d.Sources, node.Group)
			a.addCards(d.Sources, node.Members...)
		}
	}
	e.step(foldRounds * (len(d.Affirming.Nodes) + len(d.Affirming.Edges) + len(d.Denying.Nodes) + len(d.Denying.Edges)))
	d.LayOut(MostCards)
	return d, nil
}

func (s *namedSide) drawing() SideDrawing {
	f := *s.figures()
	d := SideDrawing{Nodes: make([]Node, len(s.groups)), Edges: make([]Edge, len(s.edges)), CommonLinks: s.ids(f.common),
		Circular: s.circular(f, false)}
	publishers, relays := s.walkRoles()
	because := s.because()
	common := make([]bool, len(s.groups))
	for _, g := range f.common {
		common[g] = true
	}
	for g := range s.groups {
		d.Nodes[g] = Node{
			Group: s.id(int32(g)), Members: []uuid.UUID{}, Roles: rolesOf(publishers[g], relays[g], s.origin[g]),
			Uncertain:  s.origin[g] && !s.certain[g],
			CommonLink: common[g], SetAside: s.setAside[g], OutOfReach: !s.setAside[g] && !f.reached[g],
		}
		if s.origin[g] {
			d.Nodes[g].Certain, d.Nodes[g].Because = &s.certain[g], &because[g]
		}
	}
	for _, r := range f.without {
		d.Nodes[r.group].Without = &Remainder{r.independence, r.lines}
	}
	s.addPassages(d.Nodes)
	for v, speaker := range s.speakers {
		node := &d.Nodes[speaker.group]
		node.Members = append(node.Members, s.source(v).ID)
	}
	for _, node := range d.Nodes {
		slices.SortFunc(node.Members, headwater.CompareIDs)
	}
	passages := s.passages()
	circleOf := s.circleOf(f)
	for i, e := range s.edges {
		d.Edges[i] = s.edgeOf(e, passages[e])
		d.Edges[i].InCircle = circleOf[e.from] >= 0 && circleOf[e.from] == circleOf[e.to]
		d.Edges[i].OutOfReach = !passages[e].stands || !f.reached[e.from] || !f.reached[e.to]
	}
	return d
}

// markProposed marks what nothing passes that counts without proposals too. Nodes are in the order of the side's groups.
func (d *SideDrawing) markProposed(with, without *side) {
	counts := make(map[uuid.UUID]bool, len(without.testimonies))
	for _, t := range without.testimonies {
		counts[t.ID] = true
	}
	for g := range d.Nodes {
		d.Nodes[g].Proposed = true
	}
	for i, t := range with.testimonies {
		for _, g := range with.walks[i] {
			d.Nodes[g].Proposed = d.Nodes[g].Proposed && !counts[t.ID]
		}
	}
	for i := range d.Edges {
		d.Edges[i].Proposed = !slices.ContainsFunc(d.Edges[i].Attributions, func(id uuid.UUID) bool { return counts[id] })
	}
}

func rolesOf(publishes, relays, originates bool) []Role {
	roles := []Role{}
	if publishes {
		roles = append(roles, PublisherRole)
	}
	if relays {
		roles = append(roles, RelayRole)
	}
	if originates {
		roles = append(roles, OriginRole)
	}
	return roles
}

// walkRoles says at which groups a walk begins, and which a walk passes between its ends, by all that was ever said.
func (s *side) walkRoles() (publishers, relays []bool) {
	publishers, relays = make([]bool, len(s.groups)), make([]bool, len(s.groups))
	for _, walk := range s.walks {
		publishers[walk[0]] = true
		for _, g := range walk[1:max(1, len(walk)-1)] {
			relays[g] = true
		}
	}
	return publishers, relays
}

// circleOf numbers the circle of each group, -1 for none. Only circles that the report lists are told of.
func (s *side) circleOf(f sideResult) []int32 {
	of := filledSlice(len(s.groups), -1)
	for n, c := range s.circles {
		if !f.reachesAll(c.groups) {
			continue
		}
		for _, g := range c.groups {
			of[g] = int32(n)
		}
	}
	return of
}

// keyOrID is a claim's key, or its id where it has none.
func keyOrID(c headwater.Claim) string { return cmp.Or(c.Key, c.ID.String()) }
