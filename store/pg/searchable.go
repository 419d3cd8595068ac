package pg

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/headwater-project/headwater/fold"
)

// Searchable gives the two columns that things are searched by: the folded text, and its terms with their positions as the text
// form of a tsvector.
func Searchable(texts ...string) (folded, terms string) {
	var words, all []string
	for _, text := range texts {
		folded := fold.Text(text)
		words = append(words, fold.FoldedTerms(folded)...)
		if text = cmp.Or(folded, plainText(text)); text != "" {
			all = append(all, text)
		}
	}
	return strings.Join(all, "\n"), vector(words)
}

// WholeText is the form in which a text is found by all of it: folded, or as it is where nothing in it is a letter or a number.
func WholeText(text string) string { return cmp.Or(fold.Text(text), plainText(text)) }

func plainText(text string) string { return strings.Join(strings.Fields(text), " ") }

// maxPosition is the last position that a tsvector can hold.
const maxPosition = 16383

// A tsvector holds a megabyte, and so many places of one term. What a term takes beside its letters is an upper bound.
const (
	maxVector   = 1 << 20
	maxPlaces   = 255
	besideTerm  = 4
	besidePlace = 2
)

// vector writes terms as a tsvector: 'term':position … Of terms that take more than it can hold, the first are written.
func vector(terms []string) string {
	var b strings.Builder
	places := map[string]int{}
	size := 0
	for i, term := range terms {
		if places[term]++; places[term] > maxPlaces {
			continue
		}
		if size += besidePlace; places[term] == 1 {
			size += len(term) + besideTerm
		}
		if size >= maxVector {
			break
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(quotedTerm(term))
		b.WriteByte(':')
		b.WriteString(strconv.Itoa(min(i+1, maxPosition)))
	}
	return b.String()
}

// MaxRanked is how many things that have the words of a search are ranked at most.
const MaxRanked = 10_000

// TermQuery joins terms to a tsquery: with & for things that have them all, with | for things that have any.
func TermQuery(terms []string, operator string) string {
	quoted := make([]string, len(terms))
	for i, term := range terms {
		quoted[i] = quotedTerm(term)
	}
	return strings.Join(quoted, " "+operator+" ")
}

// PrefixQuery is a tsquery for terms that begin with one.
func PrefixQuery(term string) string { return quotedTerm(term) + ":*" }

var termEscapes = strings.NewReplacer("'", "''", `\`, `\\`)

// maxTerm is how many bytes a word in a tsvector can have.
const maxTerm = 2046

// quotedTerm writes a term as tsvector and tsquery read it. One that is too long is cut.
func quotedTerm(term string) string {
	if len(term) > maxTerm {
		term = strings.ToValidUTF8(term[:maxTerm], "") // not half a letter
	}
	return "'" + termEscapes.Replace(term) + "'"
}
