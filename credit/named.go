package credit

import (
	"slices"
	"strings"
	"unicode"

	"github.com/headwater-project/headwater/fold"
)

// span is where a wire is named.
type span struct {
	wire       string
	start, end int
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
	introductions = foldedSet(`by from written the via with compiled source sources agency news wire credit courtesy of inputs input
		information avec source con información de mit material von par por
		وكالة وكالتا وكالتي وكالات عن نقلا نقلاً من المصدر مصدر المصادر بقلم كتب كتبت أنباء الأنباء مع
		بالاتفاق بالتعاون بتصرف`)
	// additions may stand after it.
	additions = foldedSet(`staff agency agencies news wire newswire newswires service services reports report writer writers reporter
		reporters correspondent correspondents bureau desk english arabic
		للأنباء الأنباء بتصرف الإخبارية عربي عربية`)
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
		case fields[w.folded] && i+1 < len(after) && roles[after[len(after)-1].folded]:
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
