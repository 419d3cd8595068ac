package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
)

// maxTreeLines is how many lines a tree of speakers may have, so that a claim that is told everywhere does not flood a terminal.
const maxTreeLines = 200

// standingSentences say each standing in a sentence.
var standingSentences = map[provenance.Standing]string{
	provenance.Contested:            "contested: there are attributions on both sides",
	provenance.Denied:               "denied, and affirmed by nobody",
	provenance.Unattributed:         "unattributed: nobody is on record for it or against it",
	provenance.Circular:             "circular: nobody is known to have it from anywhere but the others",
	provenance.NoOriginLeft:         "without an origin: what is left rests on what was withdrawn or set aside",
	provenance.Corroborated:         "corroborated: two or more independent origins over two or more lines",
	provenance.SingleCarrier:        "single carrier: two or more independent origins, and all pass through one",
	provenance.PossiblyCorroborated: "possibly corroborated: two or more origins, if those that nobody knows are independent",
	provenance.SingleOrigin:         "single origin: however many tell it, they have it from one",
}

// glossary says what the words of a report mean. docs/analysis.md says how each is worked out.
var glossary = [][2]string{
	{"attribution", "one place in a document where somebody says the claim, with the chain of who has it from whom"},
	{"origin", "who a chain ends with: nobody is known that they have it from"},
	{"independent origins", "origins that nobody controls together; where it is not known, at least and at most so many"},
	{"wire", "a way from readers to origins that shares nobody with another; over one wire, all of it passes through somebody"},
	{"common link", "somebody whom every way passes: without them, nothing is left"},
	{"speaks with", "is controlled by another, and counts as one with it"},
	{"set aside, withdrawn", "counts no longer: taken out by the question, or retracted"},
}

// reportText is a report as text for a terminal or, in Markdown, for a page.
type reportText struct {
	strings.Builder
	*provenance.Report
	markdown bool
}

// writeReportText writes a report for people.
func writeReportText(w io.Writer, r *provenance.Report) error {
	return (&reportText{Report: r}).write(w)
}

// writeReportMarkdown writes the same in Markdown.
func writeReportMarkdown(w io.Writer, r *provenance.Report) error {
	return (&reportText{Report: r, markdown: true}).write(w)
}

// writeGlossary ends one or more reports.
func writeGlossary(w io.Writer, markdown bool) error {
	t := &reportText{markdown: markdown}
	t.heading("What the words mean")
	var entries []string
	for _, entry := range glossary {
		entries = append(entries, entry[0]+": "+entry[1])
	}
	t.entries(entries)
	_, err := io.WriteString(w, t.String())
	return err
}

// markdownEscapes keep what is said in a report from being read as Markdown.
var markdownEscapes = func() *strings.Replacer {
	var pairs []string
	for _, r := range `\` + "`" + `*_{}[]<>#|~$&` {
		pairs = append(pairs, string(r), `\`+string(r))
	}
	return strings.NewReplacer(pairs...)
}()

// said is a text as the form takes it.
func (t *reportText) said(text string) string {
	if t.markdown {
		return markdownEscapes.Replace(text)
	}
	return text
}

// heading begins a part of the report.
func (t *reportText) heading(format string, args ...any) {
	text := t.said(fmt.Sprintf(format, args...))
	if t.markdown {
		text = "## " + text + "\n"
	}
	t.line("\n%s", text)
}

// entries are a list.
func (t *reportText) entries(entries []string) {
	mark := "    "
	if t.markdown {
		mark = "- "
	}
	for _, entry := range entries {
		t.line("%s%s", mark, t.said(entry))
	}
	if t.markdown {
		t.line("")
	}
}

func (t *reportText) write(w io.Writer) error {
	r := t.Report
	if t.markdown {
		t.line("# %s\n", t.said(headwater.VisibleLine(r.Claim)))
	} else {
		t.line("\nReport on %s", r.Claim)
	}
	t.texts("  ", r.Statement)
	t.line("\n%s", t.said("It is "+standingSentences[r.Standing]+"."))
	t.side("For it", r.Affirming)
	t.side("Against it", r.Denying)
	t.shared()
	t.questioning()
	t.support()
	_, err := io.WriteString(w, t.String())
	return err
}

func (t *reportText) line(format string, args ...any) { fmt.Fprintf(t, format+"\n", args...) }

// list prints a title and, if there are any, a line for each entry.
func (t *reportText) list(title string, entries []string) {
	if len(entries) == 0 {
		return
	}
	if t.markdown {
		t.line("%s:\n", title)
	} else {
		t.line("  %s", title)
	}
	t.entries(entries)
}

// texts are one text in several languages.
func (t *reportText) texts(indent string, texts headwater.Texts) {
	for _, tag := range slices.Sorted(maps.Keys(texts)) {
		if t.markdown {
			t.line("- %s: %s", t.said(headwater.VisibleLine(tag)), t.said(headwater.VisibleLine(texts[tag])))
			continue
		}
		t.line("%s%s  %s", indent, headwater.VisibleLine(tag), headwater.Isolated(texts[tag]))
	}
}

func (t *reportText) side(title string, s provenance.Side) {
	if len(s.Evidence) == 0 && len(s.OpenQuestions) == 0 {
		t.heading("%s: nothing", title)
		return
	}
	t.heading("%s: %s, %s; %s", title, attributions(s), origins(s.IndependentOrigins), allCame(s))
	t.tree(s)
	t.list("Origins", t.names(s.Origins))
	t.list("On every way (common links)", t.names(s.CommonLinks))
	var circles []string
	for _, circle := range s.Circular {
		ungrounded := slices.ContainsFunc(s.Ungrounded, func(u []uuid.UUID) bool { return slices.Equal(u, circle) })
		circles = append(circles, strings.Join(t.names(circle), " ⇄ ")+map[bool]string{true: ", and from nobody else"}[ungrounded])
	}
	t.list("They have it from one another", circles)
	t.list("Merged, since one controls them", t.merged(s))
	t.list("Without one of these", t.removals(s))
	t.list("What does not fit", t.anomalies(s))
	t.list("What could change the answer", t.questions(s))
}

// attributions says how many count, and how many of them are the claim's own.
func attributions(s provenance.Side) string {
	if s.OwnAttributions == s.Attributions {
		return plural(s.Attributions, "attribution")
	}
	return fmt.Sprintf("%s (%d of this claim's own, %d that its links bring in)", plural(s.Attributions, "attribution"),
		s.OwnAttributions, s.Attributions-s.OwnAttributions)
}

// allCame says over how many ways that share nobody all of a side came.
func allCame(s provenance.Side) string {
	switch {
	case s.Lines == 0:
		return "nobody reaches an origin"
	case s.Lines == 1 && s.Attributions == 1:
		return "it came over one wire"
	case s.Lines == 1:
		return "all of them came over one wire"
	}
	return fmt.Sprintf("they came over %d wires that share nobody", s.Lines)
}

// wires counts such ways.
func wires(lines int) string {
	switch lines {
	case 0:
		return "over no wire"
	case 1:
		return "over one wire"
	}
	return fmt.Sprintf("over %d wires", lines)
}

// shared says what both sides have in common.
func (t *reportText) shared() {
	if len(t.Shared.Origins)+len(t.Shared.Carriers) == 0 {
		return
	}
	t.heading("On both sides:")
	t.list("Origins", t.names(t.Shared.Origins))
	t.list("On every way (common links)", t.names(t.Shared.Carriers))
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

func origins(i provenance.Independence) string {
	bound := map[bool]string{false: " (bounds)"}[i.Exact]
	if i.Min == i.Max {
		return plural(i.Min, "independent origin") + bound
	}
	return interval(i) + " independent origins" + bound
}

func interval(i provenance.Independence) string {
	if i.Min == i.Max {
		return fmt.Sprint(i.Min)
	}
	return fmt.Sprintf("%d to %d", i.Min, i.Max)
}

// name gives a source's name in English and in Arabic.
func (t *reportText) name(id uuid.UUID) string {
	card := t.Sources[id]
	en, ar := cmp.Or(card.Names["en"], card.Name), card.Names["ar"]
	if ar == "" || ar == en {
		return headwater.Isolated(en)
	}
	return headwater.Isolated(en) + " · " + headwater.Isolated(ar)
}

func (t *reportText) names(ids []uuid.UUID) []string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = t.name(id)
	}
	return names
}

// shortName is a source's name in one language.
func (t *reportText) shortName(id uuid.UUID) string {
	card := t.Sources[id]
	return headwater.Isolated(cmp.Or(card.Names["en"], card.Name))
}

// speaker is a node of the tree of walks: a source, and below it those that it has the claim from.
type speaker struct {
	source  uuid.UUID
	reprint bool // the step here is from a reprint to what it reprints
	ends    int  // walks that end here
	// setAside and withdrawn are how many of these do not count.
	setAside, withdrawn int
	quotes              []*speaker
}

// child finds or adds the node below this one for a source.
func (n *speaker) child(source uuid.UUID, reprint bool) *speaker {
	for _, child := range n.quotes {
		if child.source == source && child.reprint == reprint {
			return child
		}
	}
	child := &speaker{source: source, reprint: reprint}
	n.quotes = append(n.quotes, child)
	return child
}

// tree prints the walks as a tree, the publishers to the left.
func (t *reportText) tree(s provenance.Side) {
	root := &speaker{}
	for _, evidence := range s.Evidence {
		node := root
		for i, source := range evidence.Walk {
			node = node.child(source, i > 0 && i <= evidence.Original)
		}
		node.ends++
		if evidence.SetAside {
			node.setAside++
		}
		if evidence.Withdrawn {
			node.withdrawn++
		}
	}
	left := maxTreeLines
	if t.markdown {
		t.line("```")
	}
	t.branches(s, root, "  ", &left)
	if left < 0 {
		t.line("  … and %d more; --format json gives all", -left)
	}
	if t.markdown {
		t.line("```\n")
	}
}

func (t *reportText) branches(s provenance.Side, n *speaker, indent string, left *int) {
	for i, child := range n.quotes {
		branch, next := "├─ ", "│  "
		if i == len(n.quotes)-1 {
			branch, next = "└─ ", "   "
		}
		if *left--; *left >= 0 {
			t.line("%s%s%s%s", indent, branch, t.name(child.source), t.marks(s, child))
		}
		t.branches(s, child, indent+next, left)
	}
}

// marks say what a speaker is to the side.
func (t *reportText) marks(s provenance.Side, n *speaker) string {
	group := s.Groups[n.source].Group
	var marks []string
	mark := func(applies bool, format string, args ...any) {
		if applies {
			marks = append(marks, fmt.Sprintf(format, args...))
		}
	}
	mark(n.reprint, "reprinted")
	mark(group != n.source, "speaks with %s", t.shortName(group))
	mark(slices.Contains(s.CommonLinks, group), "common link")
	mark(n.ends > 0 && slices.Contains(s.Origins, group), "origin")
	mark(slices.ContainsFunc(s.Circular, func(circle []uuid.UUID) bool { return slices.Contains(circle, group) }), "in a circle")
	mark(n.ends > 1, "×%d", n.ends)
	part := func(count int, what string) {
		mark(count > 0 && count == n.ends, "%s", what)
		mark(count > 0 && count < n.ends, "%d of %d %s", count, n.ends, what)
	}
	part(n.setAside, "set aside")
	part(n.withdrawn, "withdrawn")
	if len(marks) == 0 {
		return ""
	}
	return "  [" + strings.Join(marks, ", ") + "]"
}

// merged lists the groups of several sources, with their members.
func (t *reportText) merged(s provenance.Side) []string {
	members := map[uuid.UUID][]string{}
	for source, group := range s.Groups {
		if source != group.Group {
			members[group.Group] = append(members[group.Group], t.shortName(source))
		}
	}
	var lines []string
	for group, sources := range members {
		slices.Sort(sources)
		lines = append(lines, t.shortName(group)+" ← "+strings.Join(sources, ", "))
	}
	slices.Sort(lines)
	return lines
}

// removals lists the groups without which the figures change, the largest change first.
func (t *reportText) removals(s provenance.Side) []string {
	changing := slices.DeleteFunc(slices.Clone(s.Without), func(r provenance.Removal) bool {
		return r.IndependentOrigins == s.IndependentOrigins && r.Lines == s.Lines
	})
	slices.SortStableFunc(changing, func(x, y provenance.Removal) int {
		return cmp.Or(cmp.Compare(x.IndependentOrigins.Max+x.Lines, y.IndependentOrigins.Max+y.Lines),
			cmp.Compare(x.IndependentOrigins.Min, y.IndependentOrigins.Min))
	})
	lines := make([]string, len(changing))
	for i, r := range changing {
		lines[i] = fmt.Sprintf("%s: %s, %s", t.shortName(r.Source), origins(r.IndependentOrigins), wires(r.Lines))
	}
	return lines
}

func (t *reportText) anomalies(s provenance.Side) []string {
	var lines []string
	for _, a := range s.Anomalies {
		where := "the words of " + t.publisherOf(s, func(e provenance.Testimony) bool {
			return a.Attribution != nil && e.Attribution == *a.Attribution
		})
		switch {
		case a.Source != nil:
			where = t.shortName(*a.Source)
		case a.Hop != nil:
			where += fmt.Sprintf(", hop %d", *a.Hop)
		}
		lines = append(lines, fmt.Sprintf("%s (%s): %s", withSpaces(a.Code), where, headwater.VisibleLine(a.Detail)))
	}
	return lines
}

// maxQuestionLines is how many open questions are shown each on a line of its own.
const maxQuestionLines = 20

// questions says of the open questions that could move a figure what either answer leaves, those that could move most first, and
// names those that move none and those that were not worked out, those of one kind in one line.
func (t *reportText) questions(s provenance.Side) []string {
	var moving []string
	others := map[string][]string{}
	for _, q := range s.OpenQuestions {
		answers := t.answers(s, q)
		switch {
		case q.NotWorkedOut:
			title := withSpaces(q.Code) + ", not worked out"
			others[title] = append(others[title], t.subject(q))
		case len(answers) == 0:
			title := withSpaces(q.Code) + ", moves no figure"
			others[title] = append(others[title], t.subject(q))
		default:
			moving = append(moving, fmt.Sprintf("%s (%s): %s", withSpaces(q.Code), t.subject(q), strings.Join(answers, "; ")))
		}
	}
	if more := len(moving) - maxQuestionLines; more > 0 {
		moving = append(moving[:maxQuestionLines], fmt.Sprintf("… and %d more; --format json gives all", more))
	}
	for _, title := range slices.Sorted(maps.Keys(others)) {
		moving = append(moving, title+": "+strings.Join(others[title], ", "))
	}
	return moving
}

// subject names what a question is about.
func (t *reportText) subject(q provenance.OpenQuestion) string {
	switch {
	case q.Source != nil:
		return t.shortName(*q.Source)
	case q.Circle != nil:
		return strings.Join(t.names(q.Circle), " ⇄ ")
	case q.Link != nil:
		return "a link; headwater show link " + q.Link.String()
	}
	return "a document of " + t.publisherOf(t.sideOf(*q.Document), func(e provenance.Testimony) bool { return e.Document == *q.Document })
}

// sideOf is the side that a document speaks for.
func (t *reportText) sideOf(document uuid.UUID) provenance.Side {
	if slices.ContainsFunc(t.Denying.Evidence, func(e provenance.Testimony) bool { return e.Document == document }) {
		return t.Denying
	}
	return t.Affirming
}

// publisherOf names who published the first testimony of a kind.
func (t *reportText) publisherOf(s provenance.Side, is func(provenance.Testimony) bool) string {
	for _, evidence := range s.Evidence {
		if is(evidence) && len(evidence.Walk) > 0 {
			return t.shortName(evidence.Walk[evidence.Original])
		}
	}
	return "somebody"
}

// answered says in words what the answers to each question are. The day of an undated document stands after its words.
var answered = map[provenance.QuestionCode]struct{ same, other string }{
	provenance.AnonymousSource:    {"if it is nobody new", "if it is somebody else"},
	provenance.HearsayEnding:      {"if it has it from nobody new", "if it has it from somebody else"},
	provenance.ControlNotReviewed: {"if it is controlled as another origin is", "if it is not"},
	provenance.UndatedDocument:    {"if all relations count", "if it was published on"},
	provenance.UngroundedCircle:   {"if there is no origin in it", "if there is one"},

	provenance.ProposedLink:            {"if it is accepted", "if it is not"},
	provenance.ProposedLinkToWithdrawn: {"if it is accepted", "if it is not"},
}

// answers are what is left under either answer, where that is not what the report says.
func (t *reportText) answers(s provenance.Side, q provenance.OpenQuestion) []string {
	if q.Effect == nil {
		return nil
	}
	now := provenance.Outcome{Independence: s.IndependentOrigins, Lines: s.Lines, Standing: t.Standing}
	words := answered[q.Code]
	var answers []string
	for _, answer := range []struct {
		provenance.Outcome
		words string
	}{{q.Effect.IfSame, words.same}, {q.Effect.IfOther, strings.TrimSpace(words.other + " " + string(q.Effect.IfOther.Day))}} {
		then := answer.Outcome
		then.Day = ""
		if then == now {
			continue
		}
		left := interval(then.Independence)
		if then.Lines != now.Lines {
			left += " " + wires(then.Lines)
		}
		if then.Standing != now.Standing {
			left += " (" + cmp.Or(withSpaces(then.Standing), "no origin") + ")"
		}
		answers = append(answers, left+" "+answer.words)
	}
	return answers
}

func withSpaces[S ~string](code S) string { return strings.ReplaceAll(string(code), "_", " ") }

func (t *reportText) questioning() {
	if t.Questioning.Attributions > 0 {
		t.heading("Questioned: %s", plural(t.Questioning.Attributions, "attribution"))
		var walks []string
		for _, evidence := range t.Questioning.Evidence {
			var walk []string
			for _, source := range evidence.Walk {
				walk = append(walk, t.shortName(source))
			}
			walks = append(walks, strings.Join(walk, " → "))
		}
		t.entries(walks)
	}
	if len(t.Tensions) > 0 {
		t.heading("Hard to reconcile with: %s", plural(len(t.Tensions), "claim"))
		for _, tension := range t.Tensions {
			if t.markdown {
				t.line("%s:\n", t.said(headwater.VisibleLine(cmp.Or(tension.Key, bilingual(tension.Statement)))))
			} else {
				t.line("  %s", headwater.VisibleLine(cmp.Or(tension.Key, bilingual(tension.Statement))))
			}
			t.texts("    ", tension.Statement)
			t.entries([]string{"why: " + headwater.Isolated(tension.Rationale)})
		}
	}
}

func (t *reportText) support() {
	opinions := 0
	for _, step := range t.Support.Steps {
		if step.Kind == provenance.SaidStep {
			opinions++
		}
	}
	if !t.Support.Graded {
		t.heading("Support: no source is graded, so that nothing can be said of it")
		return
	}
	t.heading("Support, of %s: belief %.2f, disbelief %.2f, uncertainty %.2f (probability %.2f)",
		plural(opinions, "opinion"), t.Support.Belief, t.Support.Disbelief, t.Support.Uncertainty, t.Support.Probability)
}
