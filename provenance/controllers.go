package provenance

import (
	"context"
	"math"
	"slices"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// Controllers are those who control a source at a time, all the way up.
type Controllers struct {
	Source      uuid.UUID                          `json:"source" format:"uuid" doc:"The source; of a merged one, the source that speaks for it." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	At          headwater.Day                      `json:"at,omitempty" doc:"The day, month or year, EDTF level 0: relations that held on some day of it. Missing for all relations, whenever they held." example:"2024-05-06"`
	Group       uuid.UUID                          `json:"group" format:"uuid" doc:"Whom it speaks with: its topmost controller if there is just one, itself if there are several or none." example:"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Topmost     []uuid.UUID                        `json:"topmost" doc:"The controllers that nothing else controls, a loop by its least id; the source itself where nothing controls it." example:"[\"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d\"]"`
	Controllers []Controller                       `json:"controllers" doc:"All that control it, the nearest first."`
	Relations   []ControlRelation                  `json:"relations" doc:"The relations among them that held."`
	Loops       [][]uuid.UUID                      `json:"loops" doc:"Sets of them that control one another." example:"[]"`
	Sources     map[uuid.UUID]headwater.SourceCard `json:"sources" doc:"Each source that is named here, by id."`
}

// Controller is one of those who control a source.
type Controller struct {
	Source uuid.UUID   `json:"source" format:"uuid" doc:"The controller." example:"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Via    []uuid.UUID `json:"via" doc:"The relations on the shortest way up to it, the lowest first; of several ways, the one with the least ids." example:"[\"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d\"]"`
	// ViaLeftOut says that Via is empty since the ways to all controllers are too long together.
	ViaLeftOut bool `json:"via_left_out,omitempty" doc:"True where via is empty since the ways to nearer controllers have more than a million relations together, and 64 for each controller." example:"false"`
}

// ControlRelation is a relation that gives control.
type ControlRelation struct {
	Relation uuid.UUID              `json:"relation" format:"uuid" doc:"The relation." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Subject  uuid.UUID              `json:"subject" format:"uuid" doc:"Who is controlled." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Kind     headwater.RelationKind `json:"kind" doc:"What ties the two." example:"part_of"`
	Object   uuid.UUID              `json:"object" format:"uuid" doc:"Who controls it." example:"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Share    *float64               `json:"share,omitempty" minimum:"0" maximum:"1" doc:"The part owned, of owned_by only." example:"0.51"`
	Since    headwater.Day          `json:"since,omitempty" doc:"First day on which it held; open if missing." example:"2019"`
	Until    headwater.Day          `json:"until,omitempty" doc:"Last day on which it held; open if missing." example:"2024-03"`
}

// Control says who controls a source on some day of a day, month or year, and by which relations. An empty day takes all
// relations, whenever they held. It fails with [headwater.Faults] where the day is none, and with a [headwater.Error]
// where the source is not among the facts.
func (a *Analysis) Control(ctx context.Context, source uuid.UUID, at headwater.Day) (controllers *Controllers, err error) {
	defer endInterrupted(&err)
	a = a.during(ctx)
	if at != "" {
		if _, err := headwater.ParseDay(string(at)); err != nil {
			return nil, headwater.Faults{headwater.NewFault("/at", headwater.FaultFormat, at, dayExpected)}
		}
	}
	subject, known := a.resolveSource(source)
	if !known {
		return nil, headwater.NotFound(headwater.ResourceSource, source)
	}
	c := newControl(a, period{at.First(), at.Last()}, []int32{subject})
	v := c.at[subject]
	found := &Controllers{
		Source: c.id(v), At: at, Group: c.id(c.group(v)), Topmost: []uuid.UUID{}, Controllers: c.controllers(v), Relations: c.relations(),
		Loops: [][]uuid.UUID{}, Sources: map[uuid.UUID]headwater.SourceCard{},
	}
	for l, loop := range c.loops { // all are above the source, or hold it
		if slices.Equal(loop.topmost, []int32{int32(l)}) {
			found.Topmost = append(found.Topmost, c.id(loop.members[0]))
		}
	}
	slices.SortFunc(found.Topmost, headwater.CompareIDs)
	for _, l := range c.loops {
		if len(l.members) > 1 {
			found.Loops = append(found.Loops, c.ids(l.members))
		}
	}
	slices.SortFunc(found.Loops, func(x, y []uuid.UUID) int { return slices.CompareFunc(x, y, headwater.CompareIDs) })
	for v := range int32(len(c.sources)) {
		a.addCards(found.Sources, c.id(v))
	}
	return found, nil
}

// controllers are all above a source, by the shortest way to each.
func (c *control) controllers(v int32) []Controller {
	all := math.MaxInt
	order, _ := c.above(v, &all)
	found := make([]Controller, len(order)-1)
	steps := make([]int, len(order)) // on the way to each
	for at := 1; at < len(order); at++ {
		step := order[at]
		steps[at] = steps[step.previous] + 1
		c.analysis.step(steps[at])
		found[at-1] = Controller{Source: c.id(step.source), Via: []uuid.UUID{}}
		if c.viaLeft -= steps[at]; c.viaLeft < 0 {
			found[at-1].ViaLeftOut = true
			continue
		}
		via := make([]uuid.UUID, steps[at])
		for i := at; i > 0; i = order[i].previous {
			via[steps[i]-1] = order[i].relation
		}
		found[at-1].Via = via
	}
	return found
}

// relations are those that held, in the order of their ids.
func (c *control) relations() []ControlRelation {
	found := []ControlRelation{}
	for v, source := range c.sources {
		held := map[uuid.UUID]bool{}
		for _, up := range c.up[v] {
			held[up.relation] = true
		}
		for _, edge := range c.analysis.relations[source] {
			if held[edge.ID] {
				object := c.id(c.at[edge.object])
				found = append(found, ControlRelation{edge.ID, c.id(int32(v)), edge.Kind, object, edge.Share, edge.Since, edge.Until})
			}
		}
	}
	slices.SortFunc(found, func(x, y ControlRelation) int { return headwater.CompareIDs(x.Relation, y.Relation) })
	return found
}
