package provenance_test

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/internal/testenv"
	"github.com/headwater-project/headwater/provenance"
)

// grown are facts of any size, about claim 0.
type grown struct{ provenance.Facts }

func largeID(kind byte, n int) (id uuid.UUID) {
	id[0] = kind
	binary.BigEndian.PutUint32(id[12:], uint32(n))
	return id
}

// claims adds n claims.
func (g *grown) claims(n int) {
	for i := range n {
		g.Claims = append(g.Claims, headwater.Claim{Meta: headwater.Meta{ID: largeID(claimID, i)}, Status: headwater.EntityActive})
	}
}

// sources adds n sources, each with a document of the same number.
func (g *grown) sources(n int) {
	for i := range n {
		g.Sources = append(g.Sources, headwater.Source{Meta: headwater.Meta{ID: largeID(sourceID, i)}, Status: headwater.EntityActive})
		g.Documents = append(g.Documents, provenance.Document{ID: largeID(documentID, i), Publisher: largeID(sourceID, i)})
	}
}

// tell adds an attribution of a claim whose chain is these sources, in the document of the first.
func (g *grown) tell(claim int, chain ...int) {
	a := provenance.Attribution{ID: largeID(attributionID, len(g.Attributions)), Claim: largeID(claimID, claim),
		Document: largeID(documentID, chain[0]), Stance: headwater.Affirms}
	for _, source := range chain {
		a.Chain = append(a.Chain, largeID(sourceID, source))
	}
	g.Attributions = append(g.Attributions, a)
}

func (g *grown) control(subject, object int) {
	g.Relations = append(g.Relations, headwater.Relation{
		Meta: headwater.Meta{ID: largeID(relationID, len(g.Relations))}, Status: headwater.RecordActive,
		RelationFields: headwater.RelationFields{Kind: headwater.PartOf, Subject: largeID(sourceID, subject),
			Object: largeID(sourceID, object)},
	})
}

func (g *grown) link(kind headwater.LinkKind, from, to int) {
	l := headwater.Link{Meta: headwater.Meta{ID: largeID(linkID, len(g.Links))}, Status: headwater.Accepted}
	l.Kind, l.From, l.To = kind, largeID(claimID, from), largeID(claimID, to)
	g.Links = append(g.Links, l)
}

// said are n sources that say claim 0 in their own voices, and more sources besides.
func (g *grown) said(n, more int) {
	g.claims(1)
	g.sources(n + more)
	for i := range n {
		g.tell(0, i)
	}
}

// growingFacts are in the shapes that are the worst for whoever follows them.
var growingFacts = map[string]func(g *grown, n int){
	"many sources": func(g *grown, n int) { g.said(n, 0) },
	"a chain of control": func(g *grown, n int) {
		g.said(n, 0)
		for i := range n - 1 {
			g.control(i, i+1)
		}
	},
	"all owned by two": func(g *grown, n int) {
		g.said(n, 2)
		for i := range n {
			g.control(i, n)
			g.control(i, n+1)
		}
	},
	"each owned with the next": func(g *grown, n int) {
		g.said(n, n+1)
		for i := range n {
			g.control(i, n+i)
			g.control(i, n+i+1)
		}
	},
	"one owner of many owners": func(g *grown, n int) {
		g.said(n, n+1)
		for i := range n {
			g.control(i, n)
			g.control(n, n+1+i)
		}
	},
	"layers of owners": func(g *grown, n int) {
		g.said(n, 10*n)
		for i := range 10 * n { // each by two of the layer above, spread wide
			layer := n * (i/n + 1)
			g.control(i, layer+(i*7919)%n)
			g.control(i, layer+(i*104_729+1)%n)
		}
	},
	"a circle of control with many owners": func(g *grown, n int) {
		g.said(n, n)
		for i := range n {
			g.control(i, (i+1)%n)
			g.control(i, n+i)
		}
	},
	"a chain of tellers before many origins": func(g *grown, n int) {
		g.claims(1)
		g.sources(2 * n)
		for i := range n {
			g.tell(0, i, i+1)
			g.tell(0, n, min(n+1+i, 2*n-1))
		}
	},
	"a circle of tellers": func(g *grown, n int) {
		g.claims(1)
		g.sources(n)
		for i := range n {
			g.tell(0, i, (i+1)%n)
		}
	},
	"circles of two": func(g *grown, n int) {
		g.claims(1)
		g.sources(2 * n)
		for i := range n {
			g.tell(0, 2*i, 2*i+1)
			g.tell(0, 2*i+1, 2*i)
		}
	},
	"a chain of reprints": func(g *grown, n int) {
		g.said(n, 0)
		for i := range n - 1 {
			g.Documents[i].DerivedFrom = g.Documents[i+1].ID
		}
	},
	"a chain of mergers": func(g *grown, n int) {
		g.said(n, 0)
		for i := range n - 1 {
			g.Sources[i].Status, g.Sources[i].MergedInto = headwater.EntityMerged, &g.Sources[i+1].ID
		}
	},
	"a chain of links": func(g *grown, n int) {
		g.claims(n)
		g.sources(n)
		for i := range n {
			g.tell(i, i)
			if i > 0 {
				g.link(headwater.Equivalent, i-1, i)
			}
		}
	},
	"anonymous sources of undated documents": func(g *grown, n int) {
		g.said(n, 0)
		for i := range g.Sources {
			g.Sources[i].Anonymous = true
		}
	},
}

// TestReportGrowth: what a report and its drawing take grows as the facts do, whatever their shape.
func TestReportGrowth(t *testing.T) {
	t.Parallel()
	for name, grow := range growingFacts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			from := 100
			if strings.Contains(name, "owne") {
				from = 1000 // fewer are worked out as long as what that takes is bounded
			}
			testenv.CheckGrowth(t, from, func(n int) func() {
				var g grown
				grow(&g, n)
				return func() {
					analysis := provenance.New(g.Facts)
					if _, err := analysis.Report(t.Context(), g.Claims[0].ID, provenance.Question{}); err != nil {
						t.Error(err)
					}
					if _, err := analysis.Drawing(t.Context(), g.Claims[0].ID, provenance.Question{}); err != nil {
						t.Error(err)
					}
				}
			})
		})
	}
}

// TestControlGrowth: who controls a source is found in time that grows as the control does.
func TestControlGrowth(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a chain of control", "one owner of many owners", "layers of owners",
		"a circle of control with many owners"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testenv.CheckGrowth(t, 1000, func(n int) func() {
				var g grown
				growingFacts[name](&g, n)
				return func() {
					if _, err := provenance.New(g.Facts).Control(t.Context(), largeID(sourceID, 0), ""); err != nil {
						t.Error(err)
					}
				}
			})
		})
	}
}
