package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// show prints a claim with the chains that carry it and the claims that it is linked to, in Arabic and in English.
func (st *story) show(w io.Writer, claim headwater.Claim) error {
	var b strings.Builder
	fmt.Fprintf(&b, "\nClaim %s\n%s", headwater.VisibleLine(claim.Key), statement(claim, "  "))
	for _, stance := range headwater.Stance("").Values() {
		st.showSide(&b, claim.ID, headwater.Stance(stance))
	}
	st.showLinks(&b, claim.ID, headwater.Corroborates, "Corroborations")
	st.showLinks(&b, claim.ID, headwater.Contradicts, "Contradictions")
	st.showReviews(&b, claim.ID)
	_, err := io.WriteString(w, b.String())
	return err
}

// statement returns the statement of a claim, one language a line.
func statement(claim headwater.Claim, indent string) string {
	text := ""
	for _, tag := range []string{"en", "ar"} {
		if words, ok := claim.Statement[tag]; ok {
			text += fmt.Sprintf("%s%s  %s\n", indent, tag, headwater.Isolated(words))
		}
	}
	return text
}

var sideTitles = map[headwater.Stance]string{
	headwater.Affirms:   "Who affirms it",
	headwater.Denies:    "Who denies it",
	headwater.Questions: "Who questions it",
}

func (st *story) showSide(b *strings.Builder, claim uuid.UUID, stance headwater.Stance) {
	side := slices.DeleteFunc(slices.Clone(st.attributions), func(a headwater.Attribution) bool {
		return a.Claim != claim || a.Stance != stance || a.Status != headwater.Accepted
	})
	slices.SortStableFunc(side, func(a, b headwater.Attribution) int {
		return cmp.Or(cmp.Compare(st.order(a), st.order(b)), headwater.CompareIDs(a.ID, b.ID))
	})
	if len(side) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s (%d)\n", sideTitles[stance], len(side))
	for _, a := range side {
		st.showChain(b, a)
	}
}

func (st *story) published(a headwater.Attribution) headwater.Interval {
	if p := st.documents[a.Document].Published; p != nil {
		return p.Interval
	}
	return headwater.Interval{}
}

// order is what attributions are ordered by: when their documents were published, those without a date last.
func (st *story) order(a headwater.Attribution) headwater.Moment {
	published := st.published(a)
	return cmp.Or(published.Earliest, published.Latest, "undated")
}

// showChain prints an attribution: its document, its words, and a line for each speaker, the publisher first.
func (st *story) showChain(b *strings.Builder, a headwater.Attribution) {
	document := st.documents[a.Document]
	fmt.Fprintf(b, "\n  %s  %s\n", between(st.published(a), "undated"), headwater.Isolated(document.Title))
	if a.Content != nil {
		fmt.Fprintf(b, "  “%s”\n", headwater.Isolated(a.Content.Exact))
	}
	indent := "  "
	if document.DerivedFrom != nil {
		original := st.documents[*document.DerivedFrom]
		fmt.Fprintf(b, "  reprinted from %s\n", st.name(original.Publisher))
	}
	for i, hop := range a.Chain {
		if i > 0 {
			fmt.Fprintf(b, "%s└─ ", indent)
			indent += "   "
		} else {
			b.WriteString(indent)
		}
		b.WriteString(st.speaker(hop))
		b.WriteByte('\n')
	}
}

// speaker describes a hop: who speaks, how, how sure it is and how it knows.
func (st *story) speaker(hop headwater.Hop) string {
	var verbs []string
	if hop.Act != "" {
		verbs = append(verbs, strings.ReplaceAll(string(hop.Act), "_", " "))
	}
	if hop.Cue != nil {
		verbs = append(verbs, "“"+headwater.Isolated(hop.Cue.Exact)+"”")
	}
	text := st.name(hop.Source)
	if len(verbs) > 0 {
		text += "  " + strings.Join(verbs, " ")
	}
	var qualifiers []string
	if hop.Certainty != "" {
		qualifiers = append(qualifiers, string(hop.Certainty))
	}
	if hop.Evidence != "" && hop.Evidence != "unstated" {
		qualifiers = append(qualifiers, string(hop.Evidence))
	}
	if len(qualifiers) > 0 {
		text += "  [" + strings.Join(qualifiers, ", ") + "]"
	}
	return text
}

// name returns a source's name in English and in Arabic.
func (st *story) name(id uuid.UUID) string {
	source := st.sources[id]
	en, ar := cmp.Or(source.Names["en"], source.Name), source.Names["ar"]
	if ar == "" || ar == en {
		return headwater.Isolated(en)
	}
	return headwater.Isolated(en) + " · " + headwater.Isolated(ar)
}

func (st *story) showLinks(b *strings.Builder, claim uuid.UUID, kind headwater.LinkKind, title string) {
	shown := false
	for _, link := range st.links {
		if link.Kind != kind || link.Status != headwater.Accepted || (link.From != claim && link.To != claim) {
			continue
		}
		if !shown {
			fmt.Fprintf(b, "\n%s\n", title)
			shown = true
		}
		other := st.claims[link.From]
		relation := string(kind) + " it"
		switch {
		case kind == headwater.Contradicts:
			relation = string(cmp.Or(link.Degree, headwater.DegreeDirect))
		case link.From == claim:
			other, relation = st.claims[link.To], "it "+string(kind)
		}
		if other.ID == claim {
			other = st.claims[link.To]
		}
		fmt.Fprintf(b, "\n  %s (%s)\n%s", headwater.VisibleLine(other.Key), relation, statement(other, "    "))
		if link.Rationale != "" {
			fmt.Fprintf(b, "    why: %s\n", headwater.Isolated(link.Rationale))
		}
	}
}

func (st *story) showReviews(b *strings.Builder, claim uuid.UUID) {
	for _, review := range st.reviews {
		if review.Claim == claim && review.Status == headwater.RecordActive {
			fmt.Fprintf(b, "\nReviewed by %s: %s\n", st.name(review.Author), headwater.Isolated(review.Rating.Label))
			if review.Title != "" {
				fmt.Fprintf(b, "  %s\n", headwater.Isolated(review.Title))
			}
		}
	}
}
