package headwater

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/google/uuid"
)

// Source is anyone who can say something: a person, government, agency, outlet, wire service, account, or a record
// that speaks for itself.
type Source struct {
	Meta
	SourceFields
	Status     EntityStatus    `json:"status" doc:"active; merged, then merged_into says where; or retracted." example:"active"`
	MergedInto *uuid.UUID      `json:"merged_into,omitempty" format:"uuid" doc:"The source that this one speaks as." example:"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Matches    []IdentityMatch `json:"matches,omitempty" db:"-" doc:"In the answer to a new one: those that it may be, as proposed matches for people to decide."`
}

// SourceFields are the fields of a source that a caller sets.
type SourceFields struct {
	Kind              SourceKind        `json:"kind" doc:"What kind of source it is." example:"agency"`
	Name              string            `json:"name" minLength:"1" maxLength:"1000" doc:"The name to display." example:"National Intelligence Service"`
	Names             Texts             `json:"names,omitempty" doc:"The name by BCP 47 language tag." example:"{\"en\":\"National Intelligence Service\",\"ar\":\"جهاز الاستخبارات الوطني\"}"`
	Aliases           []string          `json:"aliases,omitempty" maxItems:"200" doc:"Other names that texts use." example:"[\"the spy agency\"]"`
	Country           string            `json:"country,omitempty" written:"country" maxLength:"2" doc:"ISO 3166-1 alpha-2 country code." example:"KR"`
	Role              Texts             `json:"role,omitempty" doc:"Office or function, by BCP 47 language tag." example:"{\"en\":\"South Korean lawmaker\"}"`
	Anonymous         bool              `json:"anonymous,omitempty" doc:"True if nobody can tell who it is: diplomats, a US official." example:"false"`
	Reliability       Reliability       `json:"reliability" required:"false" doc:"The Admiralty scale's grade of the source, A (reliable) to E (unreliable); F, cannot be judged, by default." example:"B"`
	ExternalIDs       map[string]string `json:"external_ids,omitempty" doc:"Identifiers elsewhere: scheme to value." example:"{\"wikidata\":\"Q7184\"}"`
	Domains           []string          `json:"domains,omitempty" maxItems:"200" doc:"Host names that it publishes under, in lower case." example:"[\"news.example.org\"]"`
	URL               string            `json:"url,omitempty" maxLength:"2048" doc:"Its page." example:"https://news.example.org/"`
	ControlReviewedAt Day               `json:"control_reviewed_at,omitempty" maxLength:"10" doc:"When somebody last looked up who controls it, EDTF level 0." example:"2026-03-14"`
	Notes             string            `text:"prose" json:"notes,omitempty" doc:"Remarks." example:"Changed owners in 2024."`
	Method            *Method           `json:"method,omitempty" doc:"Who or what entered it, where that was not a person."`
}

// SourceKind is the kind of a source.
type SourceKind string

const (
	Person        SourceKind = "person"
	Organization  SourceKind = "organization"
	Government    SourceKind = "government"
	Agency        SourceKind = "agency"
	Party         SourceKind = "party"
	Military      SourceKind = "military"
	Outlet        SourceKind = "outlet"
	Wire          SourceKind = "wire"
	SocialAccount SourceKind = "social_account"
	Record        SourceKind = "record" // a document, data set or image that speaks for itself
	SourceGroup   SourceKind = "group"
	OtherSource   SourceKind = "other"
)

// Values lists the kinds.
func (SourceKind) Values() []string {
	return []string{
		string(Person), string(Organization), string(Government), string(Agency), string(Party), string(Military),
		string(Outlet), string(Wire), string(SocialAccount), string(Record), string(SourceGroup), string(OtherSource),
	}
}

// Reliability grades a source on the Admiralty scale (NATO AJP-2.1): A reliable, B usually reliable, C fairly
// reliable, D not usually reliable, E unreliable, F cannot be judged.
type Reliability string

// CannotBeJudged is the default grade.
const CannotBeJudged Reliability = "F"

// Values lists the grades.
func (Reliability) Values() []string {
	return []string{"A", "B", "C", "D", "E", string(CannotBeJudged)}
}

const (
	maxList      = 200
	maxLanguages = 50
)

var schemePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

// Normalize fills in the defaults of fields that are not set.
func (s *SourceFields) Normalize() {
	if s.Reliability == "" {
		s.Reliability = CannotBeJudged
	}
}

// Validate returns all faults at once, as Faults.
func (s SourceFields) Validate() error {
	var c checker
	c.strings(s)
	checkOneOf(&c, "/kind", s.Kind)
	c.required("/name", !ShowsNothing(s.Name), "a name to display")
	c.texts("/names", s.Names)
	c.list("/names", len(s.Names), maxLanguages)
	c.list("/aliases", len(s.Aliases), maxList)
	c.distinct("/aliases", s.Aliases)
	c.country("/country", s.Country)
	c.texts("/role", s.Role)
	c.list("/role", len(s.Role), maxLanguages)
	checkOptionalOneOf(&c, "/reliability", s.Reliability)
	c.externalIDs("/external_ids", s.ExternalIDs)
	c.domains("/domains", s.Domains)
	c.url("/url", s.URL)
	s.Method.check(&c, "/method")
	c.day("/control_reviewed_at", s.ControlReviewedAt)
	return c.err()
}

func (c *checker) externalIDs(at Pointer, ids map[string]string) {
	c.list(at, len(ids), maxList)
	for _, scheme := range slices.Sorted(maps.Keys(ids)) {
		if !schemePattern.MatchString(scheme) {
			c.add(at.Field(scheme), FaultFormat, scheme, "a scheme of lower-case letters, digits, dots, dashes and underscores, such as "+
				"wikidata")
		}
		c.required(at.Field(scheme), !ShowsNothing(ids[scheme]), "the identifier")
	}
}

func (c *checker) domains(at Pointer, domains []string) {
	c.list(at, len(domains), maxList)
	c.distinct(at, domains)
	for i, domain := range domains {
		if domain != "" && (!isHost(domain) || strings.ToLower(domain) != domain) {
			c.add(at.Index(i), FaultFormat, domain, "a host name in lower case, such as news.example.org")
		}
	}
}

// isHost says whether a text is the name of a host in a domain, in any script: labels of 1 to 63 letters, digits, marks and hyphens, which
// begin with a letter or digit and do not end with a hyphen; the last has two characters at least. Imports ask it of each source, and so
// it is no pattern.
func isHost(name string) bool {
	labels, length := 0, 0
	for label := range strings.SplitSeq(name, ".") {
		length = 0
		for _, r := range label {
			if !unicode.IsLetter(r) && !unicode.IsNumber(r) && (length == 0 || r != '-' && !unicode.IsMark(r)) {
				return false
			}
			length++
		}
		if length == 0 || length > 63 || strings.HasSuffix(label, "-") {
			return false
		}
		labels++
	}
	return labels > 1 && length > 1
}

// SourceCard is the part of a source that a response includes once for each source that it names, so that clients need no
// second request.
type SourceCard struct {
	Key       string     `json:"key,omitempty" doc:"The source's key." example:"nis"`
	Name      string     `json:"name" doc:"The name to display." example:"National Intelligence Service"`
	Names     Texts      `json:"names,omitempty" doc:"The name by BCP 47 language tag." example:"{\"en\":\"National Intelligence Service\",\"ar\":\"جهاز الاستخبارات الوطني\"}"`
	Kind      SourceKind `json:"kind" doc:"What kind of source it is." example:"agency"`
	Country   string     `json:"country,omitempty" doc:"ISO 3166-1 alpha-2 country code." example:"KR"`
	Anonymous bool       `json:"anonymous,omitempty" doc:"True if nobody can tell who it is." example:"false"`
}

// Size is about how many bytes the card takes.
func (c SourceCard) Size() int { return len(c.Key) + len(c.Name) + c.Names.size() }

// Card returns the card of the source.
func (s Source) Card() SourceCard {
	return SourceCard{Key: s.Key, Name: s.Name, Names: s.Names, Kind: s.Kind, Country: s.Country, Anonymous: s.Anonymous}
}
