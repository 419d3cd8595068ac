package identity

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"github.com/headwater-project/headwater/fold"
)

// Vague says whether a name is that of nobody in particular: "Facebook post", "social media users", «ناشطون على فيسبوك»,
// "Varias fuentes", "sources proches de l'enquête". Whoever has it is an anonymous group. Every word of such a name is one
// that names nobody, in English, French, Spanish, Turkish or Arabic (vague.txt), up to one after which anything may come.
// A name that holds another word is somebody's: Some Nguyen, Social Media Foundation Ltd, Sources Media Group.
func Vague(name string) bool {
	words := strings.Fields(fold.Text(name))
	if len(words) == 0 || isTitle(words) {
		return false
	}
	if isUnnamed(words) || isDescription(name, words) {
		return true
	}
	var has roles
	for i := 0; i < len(words); {
		role, length := roleAt(words, i)
		switch {
		case role == open && has.vague(i+1):
			return true
		case role == "" && i > 0 && describes(words[i], words[i-1]):
			role, length = beside, 1
		case role == "":
			return false
		}
		has.add(role)
		i += length
	}
	return has.vague(len(words))
}

// The roles of words in a vague name, as vague.txt has them.
const (
	inPlatform = "platform"
	crowd      = "crowd"
	thing      = "thing"
	body       = "body"
	noun       = "noun"
	marker     = "marker"
	beside     = "beside"
	open       = "open"
	unnamed    = "unnamed"
)

// roles are those that the words of a name have.
type roles map[string]bool

func (r *roles) add(role string) {
	if *r == nil {
		*r = roles{}
	}
	(*r)[role] = true
}

// vague says whether a name of that many words names nobody, if its words have these roles and no others.
func (r roles) vague(words int) bool {
	switch {
	case r[inPlatform]:
		return true
	case r[body]:
		return false
	case r[thing]:
		return r[marker]
	case r[noun]:
		return r[marker] || r[crowd] || words > 1
	}
	return r[crowd] || r[marker]
}

//go:embed vague.txt
var vagueList string

// longestVague is how many words an entry has at most.
const longestVague = 5

// vagueWords are the roles of the entries of vague.txt, folded.
var vagueWords = sync.OnceValue(func() map[string]string {
	all := map[string]string{}
	role := ""
	for line := range strings.Lines(vagueList) {
		entries, _, _ := strings.Cut(strings.TrimSpace(line), "#")
		if after, found := strings.CutPrefix(entries, "["); found {
			role, _, _ = strings.Cut(after, "]")
			continue
		}
		for entry := range strings.SplitSeq(entries, ",") {
			if folded := fold.Text(entry); folded != "" && all[folded] == "" {
				all[folded] = role // the first counts
			}
		}
	}
	return all
})

// roleAt is the role of the longest entry that begins at a word, and how many words it has. An Arabic conjunction may be
// written to the first of them.
func roleAt(words []string, at int) (role string, length int) {
	for length = min(longestVague, len(words)-at); length > 0; length-- {
		entry := strings.Join(words[at:at+length], " ")
		if role = vagueWords()[entry]; role == "" && at > 0 {
			role = vagueWords()[strings.TrimPrefix(entry, "و")]
		}
		if role != "" {
			return role, length
		}
	}
	if strings.Trim(words[at], "0123456789") == "" {
		return beside, 1
	}
	return "", 0
}

// described are Arabic words after which an adjective says of which kind: مصادر أمنية, ناشط سوري.
var described = folded("مصدر", "مصادر", "ناشط", "ناشطة", "ناشطون", "ناشطين", "نشطاء", "مدونون", "مدونين", "مغردون", "مغردين", "مسؤول",
	"مسؤولون", "مسؤولين", "مواقع", "صفحات", "حسابات")

// describes says whether a word is an Arabic adjective of the word before it.
func describes(word, before string) bool {
	if !slices.Contains(described, before) || strings.HasPrefix(word, "ال") {
		return false
	}
	return slices.ContainsFunc(adjectives, func(ending string) bool { return strings.HasSuffix(word, ending) })
}

var adjectives = folded("ية", "ي", "يون", "يين", "يات")

// isTitle says whether a name is one of two words that says of which it is, as a magazine's is ("The Source"), or ends as
// names of companies do.
func isTitle(words []string) bool {
	last := words[len(words)-1]
	role, _ := roleAt(words, len(words)-1)
	if len(words) == 2 && words[0] == "the" {
		return role != inPlatform && role != marker
	}
	return slices.Contains(companies, last) && vagueWords()[strings.Join(words, " ")] == ""
}

// isUnnamed says whether a name says outright that it is none: Unnamed diplomats, Port inspector (unnamed).
func isUnnamed(words []string) bool {
	for i := range words {
		if role, _ := roleAt(words, i); role == unnamed {
			return true
		}
	}
	return false
}

var companies = folded("ltd", "limited", "inc", "llc", "gmbh", "plc", "corp", "corporation", "foundation", "network", "association",
	"institute", "magazine", "sarl",
	"fundación", "fondation", "derneği", "vakfı", "مؤسسة", "شركة", "جمعية")

// isDescription says whether a name of several words ends in one that, in lower case, describes whoever it is of: Hamas
// sources, saraya yakın kaynaklar.
func isDescription(name string, words []string) bool {
	written := strings.Fields(name)
	return len(words) > 1 && len(written) > 1 && slices.Contains(descriptions, written[len(written)-1])
}

var descriptions = strings.Fields("sources users activists netizens bloggers officials eyewitnesses kaynaklar kaynakları kullanıcıları")

func folded(names ...string) []string {
	for i, name := range names {
		names[i] = fold.Text(name)
	}
	return names
}
