// Package credit finds the news agencies that an article credits as where it has its text from: in its metadata, its dateline, its
// byline and its closing lines, in Arabic and English, and by their common forms in French, German and Spanish. A wire that the
// article quotes or writes about is not credited, nor is one whose picture it shows, nor the publisher itself.
//
// It must not know where articles and sources are stored, nor what follows from a credit.
package credit

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/headwater-project/headwater/fold"
)

// Article is what is looked at of a document.
type Article struct {
	Title, Text string
	Authors     []string
	Publisher   []string // its names
}

// Place is where in an article a credit stands.
type Place string

const (
	Metadata Place = "metadata" // a name of an author
	Dateline Place = "dateline" // before the first sentence: LONDON (Reuters) -
	Byline   Place = "byline"   // a line above the text
	Closing  Place = "closing"  // a line below the text, or what ends it
)

// Credit is one wire that an article credits, and where.
type Credit struct {
	Wire       string // its first name in the table, or of the source; Unnamed where agencies are credited without their names
	Written    string // as the article writes it; of Reuters' note of who wrote and edited, the note
	Place      Place
	Author     int // the number of the author in the list, from 0, where it is in the metadata
	Start, End int // where that is, in code points: of the text, or of the author's name
}

// String says in words what is credited where.
func (c Credit) String() string {
	where := fmt.Sprintf("in its %s, characters %d to %d", c.Place, c.Start, c.End)
	if c.Place == Metadata {
		where = fmt.Sprintf("as author %d", c.Author+1)
	}
	return fmt.Sprintf("credits %s %s (“%s”)", c.Wire, where, c.Written)
}

// Find gives the credits of an article: of each wire the first in each place.
func (n *Names) Find(a Article) []Credit {
	found := []Credit{}
	keep := func(place Place, author int, runes []rune, spans []span) {
		for _, s := range spans {
			again := slices.ContainsFunc(found, func(c Credit) bool { return c.Wire == s.wire && c.Place == place })
			if !again && !n.IsCalled(s.wire, a.Publisher) {
				found = append(found, Credit{s.wire, string(runes[s.start:s.end]), place, author, s.start, s.end})
			}
		}
	}
	for i, author := range a.Authors {
		t := newReader(n, []rune(author))
		keep(Metadata, i, t.runes, t.ofAuthor())
	}
	t := newReader(n, []rune(a.Text))
	body := 0 // where the first paragraph begins
	for i, line := range t.firstLines(a.Title) {
		body = line.start
		if spans := t.dateline(line); len(spans) > 0 {
			keep(Dateline, 0, t.runes, spans)
			break
		}
		spans := t.byline(line, i == 0)
		if keep(Byline, 0, t.runes, spans); len(spans) == 0 && t.isParagraph(line) {
			break
		}
	}
	for i, line := range t.lastLines() {
		if line.start >= body {
			keep(Closing, 0, t.runes, t.closing(line, i == 0))
		}
	}
	return found
}

// isParagraph says whether a line is one of the text itself, before which bylines stand.
func (t reader) isParagraph(l line) bool {
	words := len(t.words(l.start, l.end))
	return words >= 8 || words >= 4 && l.end < len(t.runes) && strings.ContainsRune(".!?؟", t.runes[l.end])
}

// span is where a wire is named.
type span struct {
	wire       string
	start, end int
}

// reader reads a text by the names that it knows.
type reader struct {
	*Names
	runes []rune
}

func newReader(n *Names, runes []rune) reader { return reader{n, runes} }

// segment is what stands between separators, without the blanks around it, and the separators before and after it; 0 at an end of the
// line.
type segment struct {
	start, end    int
	before, after rune
}

// line is where a line stands.
type line struct{ start, end int }

const (
	// headLines and tailLines are how many lines that are not empty are looked at above and below.
	headLines, tailLines = 3, 4
	// maxDateline is how many characters a dateline has at most.
	maxDateline = 160
)

// firstLines are those that may hold a dateline or a byline, without the title.
func (t reader) firstLines(title string) []line {
	var lines []line
	for at := 0; at < len(t.runes) && len(lines) < headLines; {
		end := at
		for end < len(t.runes) && t.runes[end] != '\n' {
			end++
		}
		l := t.trimmed(at, end)
		if at = end + 1; l.start == l.end || title != "" && l.end-l.start < maxDateline && fold.Same(t.text(l.start, l.end), title) {
			continue
		}
		lines = append(lines, l)
	}
	return lines
}

// lastLines are those that may hold what closes a text, from the end.
func (t reader) lastLines() []line {
	var lines []line
	for end := len(t.runes); end > 0 && len(lines) < tailLines; {
		at := end
		for at > 0 && t.runes[at-1] != '\n' {
			at--
		}
		if l := t.trimmed(at, end); l.start < l.end {
			lines = append(lines, l)
		}
		end = at - 1
	}
	return lines
}

func (t reader) text(start, end int) string { return string(t.runes[start:end]) }

// trimmed leaves out blanks at both ends, and the dots, quotes and marks of direction that are no part of a name.
func (t reader) trimmed(start, end int) line {
	isAround := func(r rune) bool {
		return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune(`.*"'“”‘’`, r)
	}
	for start < end && isAround(t.runes[start]) {
		start++
	}
	for start < end && isAround(t.runes[end-1]) && !t.isInitial(start, end) {
		end--
	}
	return line{start, end}
}

// isInitial says whether what ends here is an initial with its dot, as in U.P.I.
func (t reader) isInitial(start, end int) bool {
	return t.runes[end-1] == '.' && end-start >= 4 && t.runes[end-3] == '.'
}

const (
	dashes     = "-–—―‒−"
	separators = dashes + "ـ|/\\()[]{}<>«»,،;؛:：•·+&*…"
)

// segments cuts a line at its separators.
func (t reader) segments(l line) []segment {
	var list []segment
	start, before := l.start, rune(0)
	for i := l.start; i <= l.end; i++ {
		if i < l.end && !t.separates(l, i) {
			continue
		}
		after := rune(0)
		if i < l.end {
			after = t.runes[i]
		}
		if s := t.trimmed(start, i); s.start < s.end {
			list = append(list, segment{s.start, s.end, before, after})
			before = after
		} else if n := len(list) - 1; n >= 0 && after != 0 {
			list[n].after, before = stronger(list[n].after, after), after
		} else {
			before = after
		}
		start = i + 1
	}
	return list
}

// stronger is which of two separators in a row counts: a dash or a colon after a bracket.
func stronger(a, b rune) rune {
	if isClosing(a) && (isDash(b) || b == ':') {
		return b
	}
	return a
}

func isDash(r rune) bool    { return r != 0 && (strings.ContainsRune(dashes, r) || r == 'ـ') }
func isOpening(r rune) bool { return strings.ContainsRune("([{<«/", r) }
func isClosing(r rune) bool { return strings.ContainsRune(")]}>»/", r) }

// separates says whether the character at i ends what stands before it. A hyphen does not within a Latin name, nor a stroke within
// an Arabic word.
func (t reader) separates(l line, i int) bool {
	r := t.runes[i]
	if !strings.ContainsRune(separators, r) {
		return false
	}
	if i == l.start || i+1 == l.end {
		return true
	}
	before, after := t.runes[i-1], t.runes[i+1]
	switch r {
	case 'ـ':
		return unicode.IsSpace(before) || unicode.IsSpace(after)
	case '-', '‒', '–':
		return !isLatin(before) || !isLatin(after)
	}
	return true
}

func isLatin(r rune) bool { return unicode.Is(unicode.Latin, r) || unicode.IsDigit(r) }

// word is where a word stands, and its folded letters.
type word struct {
	start, end int
	folded     string
}

func (t reader) words(start, end int) []word {
	var words []word
	for i := start; i < end; {
		if unicode.IsSpace(t.runes[i]) {
			i++
			continue
		}
		from := i
		for i < end && !unicode.IsSpace(t.runes[i]) {
			i++
		}
		words = append(words, word{from, i, fold.Text(t.text(from, i))})
	}
	return words
}

// foldedSet is the set of some words, folded.
func foldedSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(words) {
		set[fold.Text(word)] = true
	}
	return set
}

var (
	// introductions may stand before a wire's name.
	introductions = foldedSet(`by from the via with compiled source sources agency news wire credit courtesy of inputs input information
		avec source con información de mit material von par por
		وكالة وكالتا وكالتي وكالات عن نقلا نقلاً من المصدر مصدر المصادر بقلم كتب كتبت أنباء الأنباء مع بالاتفاق بالتعاون`)
	// additions may stand after it.
	additions = foldedSet(`staff agency agencies news wire newswire newswires service services reports report writer writers reporter
		reporters correspondent correspondents bureau desk english arabic
		للأنباء الأنباء بتصرف الإخبارية`)
	inPlace = foldedSet("in في")
	// connectors join names.
	connectors = foldedSet("and with via plus und et y e")
	// belongings tell whom a reporter writes for.
	belongings = foldedSet("of for at")
	// verbs do not stand in a place or a date: what has one is a sentence or a headline.
	verbs = foldedSet(`قال قالت قالوا ذكر ذكرت أعلن أعلنت أفاد أفادت نقل نقلت نشر نشرت بث بثت أكد أكدت أضاف أضافت وقال وقالت وذكرت وأفادت
		ونقلت بحسب حسب وفق وفقا وفقاً أن إن التي الذي الذين هي هو وهي وهو تقول يقول كشف كشفت نفى نفت تنفي ينفي اتهم اتهمت مراسل مراسلة
		مصدر مصادر في عام بين إلى حول بعد قبل خلال منذ على لم لن لا قد كما هذا هذه
		said says say told reported reports according that which who has have had was were is are will would`)
	// pictures tell that a credit is one of a picture.
	pictures = foldedSet(`photo photos photograph photographs photographer picture pictures image images photo/ video footage file
		صورة الصورة صور الصور تصوير بعدسة فيديو أرشيفية`)
	// explanations continue a sentence about a wire.
	explanations = foldedSet(`the a an which whose one owned part now that who
		التي الذي وهي وهو إحدى أكبر المملوكة والتي وإحدى`)
)

// isAdjective says whether a word says of which country a wire is: الروسية.
func isAdjective(folded string) bool {
	return strings.HasPrefix(folded, "ال") && strings.HasSuffix(folded, "يه")
}

// only gives the wires that a segment names if it says nothing else, but for what introduces a name and joins several.
func (t reader) only(start, end int) []span {
	words := t.words(start, end)
	if len(words) > 12 {
		return nil
	}
	if s, is := t.one(words); is {
		return []span{s}
	}
	if first := &words[0]; strings.HasPrefix(first.folded, "و") && first.end-first.start > 1 { // and, written to the name
		if s, is := t.one(append([]word{{first.start + 1, first.end, strings.TrimPrefix(first.folded, "و")}}, words[1:]...)); is {
			return []span{s}
		}
	}
	for i, w := range words {
		rest := words[i+1:]
		var second []word
		switch {
		case i == 0:
			continue
		case connectors[w.folded] || w.folded == "و":
			second = rest
		case strings.HasPrefix(w.folded, "و") && len(w.folded) > len("و"): // written to the name
			second = append([]word{{w.start + 1, w.end, strings.TrimPrefix(w.folded, "و")}}, rest...)
		default:
			continue
		}
		if len(second) == 0 {
			continue
		}
		first, is := t.one(words[:i])
		if others := t.only(second[0].start, end); is && len(others) > 0 {
			return append([]span{first}, others...)
		}
	}
	return nil
}

// endsName says whether nothing but what may stand after a wire's name does: where its reporter is, or of which country it is.
func endsName(after []word) bool {
	for i, w := range after {
		switch {
		case inPlace[w.folded]:
			return i+1 < len(after) && len(after)-i <= 3
		case !additions[w.folded] && (i+1 < len(after) || !isAdjective(w.folded)):
			return false
		}
	}
	return true
}

// one is the wire that some words name, if they name just one.
func (t reader) one(words []word) (span, bool) {
	for i := range words {
		if i > 0 && !introductions[words[i-1].folded] {
			break
		}
		for j := len(words); j > i; j-- {
			if !endsName(words[j:]) {
				continue
			}
			if j-i > t.Names.words {
				continue
			}
			if wire, is := t.find(t.text(words[i].start, words[j-1].end)); is {
				return span{wire, words[i].start, words[j-1].end}, true
			}
		}
	}
	return span{}, false
}

// hasPicture says whether a line credits a picture.
func (t reader) hasPicture(l line) bool {
	return slices.ContainsFunc(strings.Fields(fold.Text(t.text(l.start, l.end))), func(word string) bool { return pictures[word] })
}

// ofAuthor gives the wires of an author's name.
func (t reader) ofAuthor() (spans []span) {
	all := line{0, len(t.runes)}
	if t.hasPicture(all) {
		return nil
	}
	for i, s := range t.segments(all) {
		spans = append(spans, t.named(s, i)...)
		words := t.words(s.start, s.end)
		for i, w := range words[:max(0, len(words)-1)] {
			if i > 0 && belongings[w.folded] {
				spans = append(spans, t.only(words[i+1].start, s.end)...)
			}
		}
	}
	return spans
}

// towns are called as a wire is.
var towns = foldedSet("قنا بترا petra spa")

// named gives the wires that the segment i of a line names. A town that begins the line is where it happened.
func (t reader) named(s segment, i int) []span {
	if i == 0 && s.after != 0 && !isOpening(s.before) && towns[fold.Text(t.text(s.start, s.end))] {
		return nil
	}
	return t.only(s.start, s.end)
}

// isPlaceOrName says whether a segment that names no wire can be a place, a date or a person: a few words, none of which makes a
// sentence, and in Latin letters with capitals.
func (t reader) isPlaceOrName(s segment, mostWords int) bool {
	words := t.words(s.start, s.end)
	if len(words) > mostWords {
		return false
	}
	for i, w := range words {
		first := t.runes[w.start]
		switch {
		case verbs[w.folded] && !t.isOfPlaceOrDate(words, i):
			return false
		case w.folded == "the" && (len(words) < 2 || i > 0 || words[1].folded != "hague"):
			return false
		case unicode.IsLower(first) && !smallWords[w.folded] && !introductions[w.folded]:
			return false
		}
	}
	return true
}

// isOfPlaceOrDate says whether a word that is otherwise one of a sentence belongs to a town or a date here: Port Said, القاهرة في 5 مايو.
func (t reader) isOfPlaceOrDate(words []word, i int) bool {
	switch words[i].folded {
	case "said":
		return i > 0 && words[i-1].folded == "port"
	case "في":
		return i+1 < len(words) && unicode.IsDigit(t.runes[words[i+1].start])
	}
	return false
}

// smallWords stand in names of places and persons, and in dates.
var smallWords = foldedSet(`de del di da du la le el al an bin ibn van von of and sur en st nd rd th
	jan feb mar apr may jun jul aug sep oct nov dec`)

// dateline gives the wires of a dateline at the begin of a line.
func (t reader) dateline(l line) []span {
	end := min(l.end, l.start+maxDateline)
	segments := t.segments(line{l.start, end})
	var spans []span
	for i, s := range segments {
		if s.end == end && end < l.end {
			break // cut
		}
		named := t.named(s, i)
		if i == 0 && len(named) > 0 && isOpening(s.after) && s.after != '/' {
			break // a wire and its short form: the sentence is about it
		}
		if len(named) == 0 {
			if len(spans) > 0 || i >= 5 || !t.isPlaceOrName(s, 5) {
				break
			}
			continue
		}
		spans = append(spans, named...)
		if t.endsDateline(segments, i, l) {
			return spans
		}
	}
	return nil
}

// endsDateline says whether a dateline ends with the segment i, which names a wire, and the text follows.
func (t reader) endsDateline(segments []segment, i int, l line) bool {
	s := segments[i]
	if i+1 == len(segments) {
		return false // a line of its own is a byline
	}
	next := segments[i+1]
	words := t.words(next.start, next.end)
	if len(words) < 2 && next.after != 0 && len(t.only(next.start, next.end)) > 0 {
		return false // another wire
	}
	if len(words) > 0 && explanations[words[0].folded] && !unicode.IsUpper(t.runes[words[0].start]) && !isOpening(s.before) {
		return false
	}
	switch {
	case isDash(s.after):
		return true
	case s.after == ':':
		return i > 0
	case isClosing(s.after) && i == 0:
		return isOpening(s.before) && len(words) > 0 && !unicode.IsLower(t.runes[words[0].start])
	case isClosing(s.after):
		return t.isCapital(segments[0].start, segments[0].end) || t.hasDigit(segments[0].start, segments[i-1].end)
	}
	return i > 0 && s.after == '|'
}

// hasDigit says whether a digit stands there, as in a date.
func (t reader) hasDigit(start, end int) bool {
	return slices.ContainsFunc(t.runes[start:end], unicode.IsDigit)
}

// isCapital says whether Latin letters stand there, and all are capitals.
func (t reader) isCapital(start, end int) bool {
	text := t.text(start, end)
	return text == strings.ToUpper(text) && text != strings.ToLower(text)
}

// bylineBegins are words that begin a line which says from whom the text is.
var bylineBegins = foldedSet(`by from source sources credit via story written compiled copyright quelle fuente
	بقلم كتب كتبت المصدر مصدر المصادر نقلا عن إعداد وكالات متابعة بتصرف`)

// byline gives the wires of a line above the text that says nothing but who wrote it, and where and when.
func (t reader) byline(l line, first bool) (spans []span) {
	words := t.words(l.start, l.end)
	if len(words) > 14 || t.hasPicture(l) {
		return nil
	}
	begun := bylineBegins[words[0].folded]
	mostWords := 3
	if first && !begun {
		mostWords = 2 // a headline may stand there: طهران تستأنف المحادثات - رويترز
	}
	if begun {
		mostWords = 6
	}
	for i, s := range t.segments(l) {
		named := t.named(s, i)
		if len(named) == 0 && begun {
			named = t.belonging(s)
		}
		if len(named) == 0 {
			named = t.dated(s)
		}
		if len(named) == 0 && !t.isPlaceOrName(s, mostWords) {
			return nil
		}
		if len(named) > 0 && s.after == ':' && (!begun || i > 0) {
			return nil // whoever says what follows
		}
		spans = append(spans, named...)
	}
	return spans
}

// belonging is the wire for which somebody writes: By Jane Doe of The Associated Press.
func (t reader) belonging(s segment) []span {
	words := t.words(s.start, s.end)
	for i, w := range words[:max(0, len(words)-1)] {
		if i > 0 && belongings[w.folded] {
			return t.only(words[i+1].start, s.end)
		}
	}
	return nil
}

// dated is the wire that stands after a place and a date, without anything between: الرياض 05 مايو 2024 واس.
func (t reader) dated(s segment) []span {
	words := t.words(s.start, s.end)
	last := len(words) - 1
	if last < 2 || !t.hasDigit(s.start, words[last].start) ||
		!t.isPlaceOrName(segment{start: s.start, end: words[last-1].end}, 5) {
		return nil
	}
	return t.only(words[last].start, s.end)
}

// isInitials says whether a segment is who sent a dispatch, as some wires end one: EFE/jg.
func (t reader) isInitials(s segment) bool {
	text := t.text(s.start, s.end)
	return s.before == '/' && len(text) <= 4 && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz") == ""
}

// closingPhrases are parts of lines that credit every wire that the line names, as they are folded.
var closingPhrases = func() []string {
	var phrases []string
	for _, phrase := range []string{
		"contributed to this report", "contributed to this story", "contributed to this article", "was used in this report",
		"were used in this report", "was used in this story", "all rights reserved", "this story was produced by",
		"this article was produced by", "this story was provided by", "this article was first published by",
		"this story was first published by", "was originally published by", "additional reporting by",
		"this report was first published by", "this article originally appeared on",
		"with inputs from", "with input from", "inputs from", "with reporting by", "with reporting from", "with material from",
		"with files from",
		"compiled from reports by", "compiled from wire reports", "based on reporting by", "con información de",
		"avec l'afp", "mit material von",
		"ساهم في هذا التقرير", "ساهمت في هذا التقرير", "ساهما في هذا التقرير", "شارك في التغطية", "جميع الحقوق محفوظة", "حقوق النشر محفوظة",
		"شاركت في إعداد هذا التقرير", "ساهمت في إعداد هذا التقرير", "مع معلومات من", "أعد هذا التقرير بالاستناد إلى",
	} {
		phrases = append(phrases, fold.Text(phrase))
	}
	return phrases
}()

// reutersNotes are how Reuters says who wrote and edited an article, in its two languages: what stands in both parts of the note.
var reutersNotes = [][2]string{{"reporting by", "editing by"}, {"writing by", "editing by"}, {"reporting by", "writing by"},
	{"اعداد", "للنشره العربيه"}, {"تغطيه صحفيه", "تحرير"}}

// closing gives the wires of a line below the text; last says that it is the last one.
func (t reader) closing(l line, last bool) []span {
	if t.hasPicture(l) {
		return nil
	}
	if note, is := t.reutersNote(l); is {
		return []span{note}
	}
	words := t.words(l.start, l.end)
	if bylineBegins[words[0].folded] {
		if spans := t.byline(l, false); len(spans) > 0 {
			return spans
		}
	}
	folded := fold.Text(t.text(max(l.start, l.end-400), l.end))
	if len(words) <= 40 && slices.ContainsFunc(closingPhrases, func(phrase string) bool {
		return strings.Contains(" "+folded+" ", " "+phrase+" ")
	}) || strings.ContainsRune(t.text(l.start, min(l.end, l.start+3)), '©') {
		return t.anywhere(words)
	}
	segments := t.segments(l)
	if len(words) <= 10 {
		var spans []span
		for i, s := range segments {
			named := t.named(s, i)
			if len(named) == 0 && !t.isPlaceOrName(s, 2) && (i == 0 || !t.isInitials(s)) || len(named) > 0 && s.after == ':' {
				spans = nil
				break
			}
			spans = append(spans, named...)
		}
		if len(spans) > 0 {
			return spans
		}
	}
	return t.ending(l, segments, last)
}

// reutersNote finds the note of who wrote and edited an article, which Reuters has in brackets at the end.
func (t reader) reutersNote(l line) (span, bool) {
	end := l.end
	start := end - 1
	for start > l.start && end-start < 400 && t.runes[start] != '(' && t.runes[start] != '[' {
		start--
	}
	text := fold.Text(t.text(start, end))
	for _, parts := range reutersNotes {
		first, second, both := strings.Cut(text, parts[0])
		if both && len(first) < 2 && strings.Contains(second, parts[1]) && strings.ContainsRune("([", t.runes[start]) {
			return span{wires[0][0], start, end}, true
		}
	}
	return span{}, false
}

// anywhere gives each wire that some words name.
func (t reader) anywhere(words []word) (spans []span) {
	for i := 0; i < len(words); i++ {
		for j := min(len(words), i+t.Names.words); j > i; j-- {
			named := t.trimmedName(words[i].start, words[j-1].end)
			if wire, is := t.find(t.text(named.start, named.end)); is {
				spans = append(spans, span{wire, named.start, named.end})
				i = j - 1
				break
			}
		}
	}
	return spans
}

// trimmedName leaves out the separators at both ends, and the particle that is written to an Arabic name.
func (t reader) trimmedName(start, end int) line {
	isAround := func(r rune) bool { return strings.ContainsRune(separators+".'’\"“”©", r) }
	for start < end && isAround(t.runes[start]) {
		start++
	}
	for start < end && isAround(t.runes[end-1]) {
		end--
	}
	if _, is := t.find(t.text(start, end)); !is && end-start > 3 && (t.runes[start] == 'و' || t.runes[start] == 'ل') {
		start++
	}
	return line{start, end}
}

// ending gives the wires that end a paragraph, in brackets or after a dash, once its last sentence is over.
func (t reader) ending(l line, segments []segment, last bool) []span {
	var spans []span
	i := len(segments) - 1
	for ; i > 0; i-- {
		named := t.only(segments[i].start, segments[i].end)
		if len(named) == 0 {
			break
		}
		spans = append(spans, named...)
		if isDash(segments[i].before) || isOpening(segments[i].before) {
			break
		}
	}
	if len(spans) == 0 || i <= 0 {
		return nil
	}
	before := segments[i].before
	at := segments[i].start - 1 // the last character of the sentence before
	for at > l.start && (unicode.IsSpace(t.runes[at]) || strings.ContainsRune(dashes+"ـ([{/«", t.runes[at])) {
		at--
	}
	over := strings.ContainsRune(".!?؟…”\"»’'", t.runes[at])
	ended := l.end == len(t.runes) || !strings.ContainsRune(".،,", t.runes[l.end])
	bracket := isOpening(before) && before != '«'
	if (bracket || isDash(before)) && (over || bracket && last && ended && !t.namesAgency(segments[i-1])) {
		return spans
	}
	return nil
}

// namesAgency says whether what stands before a bracket speaks of an agency, whose name the bracket holds.
func (t reader) namesAgency(s segment) bool {
	words := t.words(s.start, s.end)
	return slices.ContainsFunc(words[max(0, len(words)-5):], func(w word) bool {
		return slices.Contains([]string{"وكاله", "الوكاله", "لوكاله", "agency", "service", "wire"}, w.folded)
	})
}
