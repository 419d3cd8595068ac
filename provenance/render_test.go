package provenance_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/testdata"
)

// isolates shows the marks that keep the direction of one line from turning its neighbours round.
func isolates(text string) string { return "\u2068" + text + "\u2069" }

// TestDrawn: both languages of a drawing show who has it from whom, circles, groups, common links, the uncertain and what
// is set aside; names stand as they are, whatever they hold.
func TestDrawn(t *testing.T) {
	t.Parallel()
	s := newStory()
	s.affirm("paper", "echo", "bureau")
	s.affirm("echo", "paper", "insiders")
	s.affirm("station")
	s.attribute(headwater.Denies, headwater.Certain, "paper")
	s.partOf("bureau", "ministry")
	s.source("paper").Name = `The "<Paper>" #1 \ & co`
	s.source("insiders").Anonymous = true
	above := s.source("ministry")
	above.Name, above.Names = "وزارة الموانئ", headwater.Texts{"ar": "وزارة الموانئ", "en": "Ministry of\nPorts"}
	drawing, err := provenance.New(s.Facts).Drawing(t.Context(), s.claim, provenance.Question{Without: []uuid.UUID{s.source("station").ID}})
	if err != nil {
		t.Fatal(err)
	}
	ministry := []string{isolates("وزارة الموانئ"), isolates("Ministry of Ports"), "(" + isolates("bureau") + ")"}
	mermaid := `flowchart LR
  subgraph affirming["affirming"]
    a0["` + isolates(`The #quot;#lt;Paper#gt;#quot; #35;1 \ #amp; co`) + `"]
    a1["` + isolates("echo") + `"]
    a2(["` + isolates("insiders") + `"]):::uncertain
    a3(["` + isolates("station") + `"]):::aside
    a4(["` + ministry[0] + "<br/>" + ministry[1] + "<br/>" + ministry[2] + `"])
    a0 -.->|1| a1
    a0 -->|1| a2
    a1 -.->|1| a0
    a1 -->|1| a4
  end
  subgraph denying["denying"]
    d0(["` + isolates(`The #quot;#lt;Paper#gt;#quot; #35;1 \ #amp; co`) + `"]):::common
  end
  classDef uncertain stroke-dasharray: 4 3
  classDef common stroke-width: 4px
  classDef aside opacity: 0.35
`
	if diff := cmp.Diff(mermaid, drawing.Mermaid()); diff != "" {
		t.Errorf("Mermaid (-want +got):\n%s", diff)
	}
	dot := `digraph provenance {
  rankdir=LR;
  node [shape=box, fontname="sans-serif"];
  subgraph cluster_affirming {
    label="affirming";
    a0 [label="` + isolates(`The \"<Paper>\" #1 \\ &amp; co`) + `"];
    a1 [label="` + isolates("echo") + `"];
    a2 [label="` + isolates("insiders") + `", shape=ellipse, style=dashed];
    a3 [label="` + isolates("station") + `", shape=ellipse, color=gray, fontcolor=gray];
    a4 [label="` + ministry[0] + `\n` + ministry[1] + `\n` + ministry[2] + `", shape=ellipse];
    a0 -> a1 [label="1", style=dotted];
    a0 -> a2 [label="1"];
    a1 -> a0 [label="1", style=dotted];
    a1 -> a4 [label="1"];
  }
  subgraph cluster_denying {
    label="denying";
    d0 [label="` + isolates(`The \"<Paper>\" #1 \\ &amp; co`) + `", shape=ellipse, penwidth=3];
  }
}
`
	if diff := cmp.Diff(dot, drawing.DOT()); diff != "" {
		t.Errorf("DOT (-want +got):\n%s", diff)
	}
}

// TestDrawingsShowWhatIsHidden: names that were stored before there were rules for them cannot reach beyond their place.
func TestDrawingsShowWhatIsHidden(t *testing.T) {
	t.Parallel()
	for hostile := range testdata.HostileNames {
		s := newStory()
		s.affirm("paper", "bureau")
		s.partOf("bureau", "ministry")
		for _, name := range []string{"paper", "bureau", "ministry"} {
			s.source(name).Name, s.source(name).Names = hostile, headwater.Texts{"ar": "ب " + hostile}
		}
		drawing, err := provenance.New(s.Facts).Drawing(t.Context(), s.claim, provenance.Question{})
		if err != nil {
			t.Fatal(err)
		}
		for _, drawn := range []string{drawing.Mermaid(), drawing.DOT()} {
			if headwater.Visible(drawn) != drawn || strings.Contains(drawn, hostile) {
				t.Errorf("%q is drawn as %q", hostile, drawn)
			}
		}
	}
}
