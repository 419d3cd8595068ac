package interchange

import (
	"maps"
	"slices"
	"strings"

	"github.com/headwater-project/headwater"
)

// The fields that are read of the objects of a record. Of schema.org, those of its type that say nothing of a claim are many.
var (
	readOfReview = fieldSet("url headline name datePublished dateCreated inLanguage author creator publisher sourceOrganization provider " +
		"claimReviewed reviewRating itemReviewed mainEntityOfPage")
	readOfRating = fieldSet("alternateName name ratingValue bestRating worstRating ratingExplanation")
	readOfClaim  = fieldSet("author datePublished firstAppearance appearance url sameAs mainEntityOfPage")
	readOfWork   = fieldSet("url sameAs headline name datePublished inLanguage publisher author mainEntityOfPage " +
		"firstAppearance appearance")
	readOfItemAlone = fieldSet("name text author datePublished firstAppearance appearance url sameAs mainEntityOfPage headline " +
		"inLanguage publisher")
	readOfParty    = fieldSet("name legalName url sameAs")
	readOfReviewer = fieldSet("name legalName url sameAs worksFor affiliation memberOf")

	readOfAnswer       = fieldSet("text claimant claimDate claimReview")
	readOfAnswerReview = fieldSet("publisher url title reviewDate textualRating languageCode")
	readOfPublisher    = fieldSet("name site")
)

func fieldSet(names string) map[string]bool {
	set := map[string]bool{"type": true}
	for name := range strings.FieldsSeq(names) {
		set[name] = true
	}
	return set
}

// tellUnread tells of the fields of an object that nothing is made of: each where it stands first in the file.
func (r *record) tellUnread(at headwater.Pointer, what string, n node, read map[string]bool) {
	for _, name := range slices.Sorted(maps.Keys(n)) {
		place := what + "/" + name
		if read[name] || strings.HasPrefix(name, "@") || saysNothing(n[name]) || n[name] == "" || !r.tells(place) {
			continue
		}
		r.note(below(at, name), n.text(name), "left out here and wherever "+what+" has it; nothing holds it")
	}
}

// tells says whether it is this record that tells of a field of the file, and notes that it did.
func (r *record) tells(place string) bool {
	first, told := r.told[place]
	if r.told == nil || r.toldHere[place] || told && first != r.line || !told && len(r.told) >= maxUnread {
		return false
	}
	if r.toldHere == nil {
		r.toldHere = map[string]bool{}
	}
	r.told[place], r.toldHere[place] = r.line, true
	return true
}

// maxUnread is how many fields of a file are told of.
const maxUnread = 1_000
