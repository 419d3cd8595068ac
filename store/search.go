package store

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/headwater-project/headwater/fold"
)

// Searchable gives the two columns that things are searched by: the folded text, and its terms as the text form of
// a tsvector, each with its positions.
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

// WholeText is a text as it is found by all of it: folded, or in its own signs where none of them is a letter or a number.
func WholeText(text string) string { return cmp.Or(fold.Text(text), plainText(text)) }

func plainText(text string) string { return strings.Join(strings.Fields(text), " ") }

// maxPosition is the last position that a tsvector can hold.
const maxPosition = 16383

// vector writes terms as a tsvector: 'term':position …
func vector(terms []string) string {
	var b strings.Builder
	for i, term := range terms {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(QuoteTerm(term))
		b.WriteByte(':')
		b.WriteString(strconv.Itoa(min(i+1, maxPosition)))
	}
	return b.String()
}

var termEscapes = strings.NewReplacer("'", "''", `\`, `\\`)

// maxTerm is how many bytes PostgreSQL takes of a word.
const maxTerm = 2046

// QuoteTerm writes a term as tsvector and tsquery read it. One that is too long is found by how it begins.
func QuoteTerm(term string) string {
	if len(term) > maxTerm {
		term = strings.ToValidUTF8(term[:maxTerm], "") // not half a letter
	}
	return "'" + termEscapes.Replace(term) + "'"
}
