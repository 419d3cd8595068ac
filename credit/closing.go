package credit

import (
	"slices"
	"strings"
	"unicode"

	"github.com/headwater-project/headwater/fold"
)

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

var (
	trademarks   = foldedSet("trademark trademarks trademarked")
	marks, trade = foldedSet("علامة العلامة علامات العلامات"), foldedSet("تجارية التجارية")
)

// isOfTrademark says whether a line says whose a name is: Reuters is a trademark of Thomson Reuters, «علامة تجارية».
func isOfTrademark(words []word) bool {
	for i, w := range words {
		if trademarks[w.folded] || i > 0 && trade[w.folded] && marks[words[i-1].folded] {
			return true
		}
	}
	return false
}

// closing gives the wires of a line below the text; last says that it is the last one.
func (t reader) closing(l line, last bool) []span {
	if spans := t.ofText(l); len(spans) > 0 {
		return spans
	}
	words := t.words(l.start, l.end)
	if t.isOfPicture(l) {
		return nil
	}
	if isOfTrademark(words) {
		return t.ending(l, t.segments(l), last)
	}
	if note, is := t.reutersNote(l); is {
		return []span{note}
	}
	if bylineBegins[words[0].folded] {
		if spans := t.byline(l, false); len(spans) > 0 {
			return spans
		}
	}
	if t.isOfRoles(words) {
		return t.anywhere(words)
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
			if len(named) == 0 {
				named = t.besideWriters(s, false)
			}
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

// writerRoles are words that begin a line of who did what for an article.
var writerRoles = foldedSet("reporting reported writing written editing edited compiled")

// isOfRoles says whether a line says who did what, without brackets: Reporting by Jane Doe and agencies; Editing by Ann Hill. These are
// people, and no wire unless the line names one.
func (t reader) isOfRoles(words []word) bool {
	return len(words) > 2 && len(words) <= 40 && writerRoles[words[0].folded] && words[1].folded == "by" &&
		unicode.IsUpper(t.runes[words[2].start])
}

// anywhere gives each wire that some words name.
func (t reader) anywhere(words []word) (spans []span) {
	for i := 0; i < len(words); i++ {
		for j := min(len(words), i+t.Names.words); j > i; j-- {
			named := t.trimmedName(words[i].start, words[j-1].end)
			if wire, is := t.find(t.text(named.start, named.end)); is && (wire != Unnamed || t.isOfNews(words, i, j)) {
				spans = append(spans, span{wire, named.start, named.end})
				i = j - 1
				break
			}
		}
	}
	return spans
}

// isOfNews says whether agencies that the words from i to j name stand by themselves, so that no other word says of what they are: aid
// agencies, «وكالات الإغاثة».
func (t reader) isOfNews(words []word, i, j int) bool {
	if isLatin(t.runes[words[i].start]) {
		return i == 0 || strings.ContainsRune(separators, t.runes[words[i-1].end-1]) || introductions[words[i-1].folded] ||
			connectors[words[i-1].folded] || words[i-1].folded == "other"
	}
	return j == len(words) || strings.ContainsRune(separators+".", t.runes[words[j-1].end-1]) ||
		strings.HasPrefix(words[j].folded, "و") || inPlace[words[j].folded] || words[j].folded == fold.Text("أخرى")
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
