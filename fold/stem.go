package fold

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
)

// Terms gives the words of a text in order, folded and stemmed: English words by Porter's second stemmer, Arabic ones
// by a light stemmer. Particles that stand alone before a number (و7000) are no terms.
func Terms(s string) []string { return FoldedTerms(Text(s)) }

// FoldedTerms gives the terms of a text that is folded already.
func FoldedTerms(folded string) []string {
	words := strings.Fields(folded)
	terms := words[:0]
	for _, word := range words {
		if !slices.Contains(particles, word) {
			terms = append(terms, stem(word))
		}
	}
	return terms
}

func stem(word string) string {
	for _, r := range word {
		switch {
		case unicode.Is(unicode.Arabic, r):
			return stemArabic(word)
		case r >= 'a' && r <= 'z':
			return stemEnglish(word)
		}
	}
	return word
}

func stemEnglish(word string) string {
	env := snowballstem.NewEnv(word)
	english.Stem(env)
	return env.Current()
}

// The affixes are those of light10 (Larkey, Ballesteros and Connell, "Light Stemming for Arabic Information Retrieval",
// 2007), with three differences, each so that forms of one word meet: they are taken off until none is left, since
// what looks like one may belong to the word (وزير, الوزير); the particles that light10 leaves on are taken off long
// words (بمليون, لروسيا), those last, from the stem, so that all forms of a word lose them or none does; and each
// affix says how many letters it must leave, so that short words stay whole (مليون, لبنان, بيان).

type affix struct {
	letters string
	minStem int // the least number of letters
}

var (
	prefixes = []affix{{"وال", 3}, {"بال", 3}, {"كال", 3}, {"فال", 3}, {"لل", 3}, {"ال", 3}, {"و", 3}}
	suffixes = []affix{{"هم", 4}, {"ها", 3}, {"ات", 2}, {"ان", 4}, {"ون", 4}, {"ين", 3}, {"يه", 3}, {"ه", 2}, {"ي", 3}}
)

// particles are words of one letter, written together with the next.
var particles = []string{"و", "ف", "ب", "ك", "ل"}

// minParticleStem is how many letters must be left for a word's first letter to be taken for a particle.
const minParticleStem = 4

func stemArabic(word string) string {
	word = repeatedly(word, func(word string) string { return stripAffix(word, prefixes, strings.TrimPrefix) })
	word = repeatedly(word, stripSuffix)
	return repeatedly(word, stripParticle)
}

func repeatedly(word string, take func(string) string) string {
	for {
		rest := take(word)
		if rest == word {
			return word
		}
		word = rest
	}
}

func stripAffix(word string, affixes []affix, trim func(word, letters string) string) string {
	for _, a := range affixes {
		if rest := trim(word, a.letters); rest != word && hasLetters(rest, a.minStem) {
			return rest
		}
	}
	return word
}

// hasLetters says whether a word has so many letters. It counts no more of them, since a word may be of any length.
func hasLetters(word string, least int) bool {
	for ; least > 0 && word != ""; least-- {
		_, size := utf8.DecodeRuneInString(word)
		word = word[size:]
	}
	return least <= 0
}

// million looks like a plural and is none.
const million = "مليون"

// stripSuffix takes a suffix off, and with a pronoun the feminine ending that is written open before it: حكومتها.
func stripSuffix(word string) string {
	if strings.HasSuffix(word, million) {
		return word
	}
	rest := stripAffix(word, suffixes, strings.TrimSuffix)
	if pronoun := strings.TrimPrefix(word, rest); pronoun != "ها" && pronoun != "هم" || strings.HasSuffix(rest, "ات") {
		return rest
	}
	return stripAffix(rest, []affix{{"ت", 3}}, strings.TrimSuffix)
}

func stripParticle(word string) string {
	for _, particle := range particles {
		if rest, found := strings.CutPrefix(word, particle); found && hasLetters(rest, minParticleStem) {
			return rest
		}
	}
	return word
}
