package suggest

import (
	"maps"
	"slices"
	"strings"

	"github.com/headwater-project/headwater"
	folding "github.com/headwater-project/headwater/fold"
)

func fold(s string) string { return folding.Text(s) }

// Names knows sources by all their names, in any language and script, so that a name is the same word however it is
// written.
type Names struct {
	byTerms map[string]string
	longest int // terms
}

// mostNameTerms is how many terms a name may have to be known: each place of a statement is held against names of as many.
const mostNameTerms = 20

// NewNames takes the names and aliases of sources.
func NewNames(sources []headwater.Source) Names {
	n := Names{byTerms: map[string]string{}}
	for _, source := range sources {
		for _, name := range slices.Concat([]string{source.Name}, slices.Collect(maps.Values(source.Names)), source.Aliases) {
			if terms, _ := contentTerms(name); len(terms) > 0 && len(terms) <= mostNameTerms {
				n.byTerms[strings.Join(terms, " ")] = "@" + source.ID.String()
				n.longest = max(n.longest, len(terms))
			}
		}
	}
	return n
}

// replace puts one word for each name, the longest name first.
func (n Names) replace(terms []string) []string {
	var replaced []string
	for i := 0; i < len(terms); {
		length, word := 1, terms[i]
		for l := min(n.longest, len(terms)-i); l > 0; l-- {
			if name, known := n.byTerms[strings.Join(terms[i:i+l], " ")]; known {
				length, word = l, name
				break
			}
		}
		replaced = append(replaced, word)
		i += length
	}
	return replaced
}

// negations turn a statement into its opposite. Folded, as words are.
var negations = setOf("not no never neither nor none nobody nothing cannot without dont didnt doesnt isnt wasnt werent arent hasnt "+
	"havent hadnt wont wouldnt cant couldnt shouldnt",
	"لا لم لن ليس ليست ليسوا بلا بدون دون")

// stopWords words carry nothing of what is stated; a negation in English brings some of them along.
var stopWords = setOf("a an the do did does be is was were are been being has have had will would that of to in on at by for and",
	"ان قد في من على عن الى كان كانت كانوا يكون تكون يكن تكن")

func setOf(lists ...string) map[string]bool {
	set := map[string]bool{}
	for _, list := range lists {
		for _, word := range strings.Fields(list) {
			set[fold(word)] = true
		}
	}
	return set
}

// sense is what a statement says, and whether it says so or denies it.
type sense struct {
	words   map[string]bool
	negated bool
}

func (n Names) sense(statement string) sense {
	terms, negated := contentTerms(statement)
	s := sense{words: map[string]bool{}, negated: negated}
	for _, word := range n.replace(terms) {
		s.words[word] = true
	}
	return s
}

// contentTerms gives the stems of a text's words that carry something, and whether the others turn it into its opposite.
func contentTerms(text string) (terms []string, negated bool) {
	var kept []string
	for _, word := range strings.Fields(fold(text)) {
		switch {
		case negations[word]:
			negated = !negated
		case !stopWords[word]:
			kept = append(kept, word)
		}
	}
	return folding.Terms(strings.Join(kept, " ")), negated
}

// likeness is how two claims compare in the languages in which they are most alike.
type likeness struct {
	common                        float64 // the words of both by the words of either (Jaccard's index)
	opposed                       bool    // one is negated and the other is not
	containsSecond, containsFirst bool    // the first has all words of the second and more, or the other way round
	sameNumbers                   bool
}

// compareStatements compares each language with each: names and numbers are the same words in all of them.
func compareStatements(a, b headwater.Claim, names Names) likeness {
	var best likeness
	others := names.senses(b.Statement)
	for _, x := range names.senses(a.Statement) {
		for _, y := range others {
			found := compareSenses(x, y)
			if found.common > best.common || found.common == best.common && best.opposed {
				best = found
			}
		}
	}
	return best
}

// senses are those of a statement in all of its languages, in the order of their tags.
func (n Names) senses(statement headwater.Texts) []sense {
	var senses []sense
	for _, tag := range slices.Sorted(maps.Keys(statement)) {
		senses = append(senses, n.sense(statement[tag]))
	}
	return senses
}

func compareSenses(x, y sense) likeness {
	var both int
	for word := range x.words {
		if y.words[word] {
			both++
		}
	}
	either := len(x.words) + len(y.words) - both
	if either == 0 {
		return likeness{}
	}
	return likeness{
		common: float64(both) / float64(either), opposed: x.negated != y.negated, sameNumbers: numbers(x) == numbers(y),
		containsSecond: both == len(y.words) && len(x.words) > both && both >= leastWords,
		containsFirst:  both == len(x.words) && len(y.words) > both && both >= leastWords,
	}
}

// numbers are the words of a statement that hold digits, in order.
func numbers(s sense) string {
	var found []string
	for word := range s.words {
		if !strings.HasPrefix(word, "@") && strings.ContainsAny(word, "0123456789") {
			found = append(found, word)
		}
	}
	slices.Sort(found)
	return strings.Join(found, " ")
}
