package card

import (
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"github.com/headwater-project/headwater/provenance"
)

// words are all that cards say in one language, in whole sentences: none is put together from parts. What a sentence is filled with
// stands in it as {0}, {1}.
type words struct {
	language  language.Tag
	direction string

	Title, For, Against, HasItFrom, StillSo, Facts, NoVerdict    string
	made, asOf, algorithm, bounds, commonLink                    string
	publishes, relays, origin, uncertain, onEveryWay, outOfReach string
	standing                                                     map[provenance.Standing]string
	atLeastAtMost                                                string
	attributionsFor, attributionsAgainst, exactly, atMost, lines counted
	others                                                       counted
}

// counted is a sentence with a number, by the forms of CLDR that its language has.
type counted map[plural.Form]string

// fill puts values into a sentence.
func fill(sentence string, values ...string) string {
	pairs := make([]string, 0, 2*len(values))
	for i, value := range values {
		pairs = append(pairs, "{"+strconv.Itoa(i)+"}", value)
	}
	return strings.NewReplacer(pairs...).Replace(sentence)
}

// count is a sentence in the form that a number asks for.
func (w *words) count(sentence counted, n int) string {
	form := plural.Cardinal.MatchPlural(w.language, n, 0, 0, 0, 0)
	text, has := sentence[form]
	if n == 0 && sentence[plural.Zero] != "" { // “none” is said in a sentence of its own, also where grammar has no form for it
		text, has = sentence[plural.Zero], true
	}
	if !has {
		text = sentence[plural.Other]
	}
	return fill(text, strconv.Itoa(n))
}

// origins says how many independent origins there are.
func (w *words) origins(i provenance.Independence) string {
	switch i.Min {
	case i.Max:
		return w.count(w.exactly, i.Min)
	case 0:
		return w.count(w.atMost, i.Max)
	}
	return fill(w.atLeastAtMost, strconv.Itoa(i.Min), strconv.Itoa(i.Max))
}

var wordsIn = map[Language]*words{English: english, Arabic: arabic}
